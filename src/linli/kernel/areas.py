"""Area codes: text, 6 county + 3 town + 3 village + 3 grid (GB/T 2260, GB/T 10114, 网格标识码).

An area contains another when its code is a prefix of the other's, so an area is the range [code, code + "~").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.db import models

Level = Literal["district", "town", "village", "grid"]
LENGTHS: dict[int, Level] = {6: "district", 9: "town", 12: "village", 15: "grid"}
GRID_LENGTH = 15
END = "~"


class AreaCodeField(models.TextField):  # type: ignore[type-arg]
    """An area code column: text in byte order, so that prefix ranges use the index."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)


def is_code(code: str) -> bool:
    """Whether `code` has the form of an area code."""
    return code.isascii() and code.isdigit() and len(code) in LENGTHS


def level(code: str) -> Level:
    """The level of an area. Raises KeyError for a text of another length."""
    return LENGTHS[len(code)]


def contains(area: str, code: str) -> bool:
    """Whether `code` lies in `area` (an area contains itself)."""
    return code.startswith(area)


def bounds(area: str) -> tuple[str, str]:
    """The half-open range of codes in `area`."""
    return area, area + END


def ancestors(code: str) -> tuple[str, ...]:
    """The areas that contain `code`, widest first, `code` itself last."""
    return tuple(code[:n] for n in LENGTHS if n <= len(code))


def minimal(codes: Iterable[str]) -> tuple[str, ...]:
    """The fewest areas that cover all `codes`, in order."""
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return tuple(kept)


def intersect(left: Iterable[str], right: Iterable[str]) -> tuple[str, ...]:
    """The areas covered by both sides."""
    right = tuple(right)
    return minimal(
        longer for a in left for b in right for longer in ([a] if a.startswith(b) else [b] if b.startswith(a) else [])
    )
