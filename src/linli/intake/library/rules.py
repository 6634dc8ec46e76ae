"""Which mappings of the library fit a file by its header, and what of them does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..fields import BY_KIND
from ..mapping import Mapping
from ..reading.header import plain

Id = TypeVar("Id")
# A mapping is offered when the file has at least this share of the columns it reads, and at least two of them.
ALIKE, FEWEST = 0.6, 2
OFFERED = 3


@dataclass(frozen=True, slots=True)
class Fit(Generic[Id]):
    """A mapping that fits a file: the share of its columns that are there, those that are not, and what the file's own
    columns become."""

    id: Id
    share: float
    missing: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]


def in_order(kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """A mapping in the documented form with its columns in the order of the fields they fill, unused ones last.

    The database keeps no order of keys, and a list of columns in none is hard to read.
    """
    position = {target.name: number for number, target in enumerate(BY_KIND[kind])}

    def place(entry: tuple[str, Any]) -> tuple[int, str]:
        fields = [entry[1]] if isinstance(entry[1], str) else entry[1] or []
        return min((position.get(name, len(position)) for name in fields), default=len(position) + 1), entry[0]

    return document | {"columns": dict(sorted(document["columns"].items(), key=place))}


def resembling(headers: Sequence[str], library: Iterable[tuple[Id, Mapping]]) -> list[Fit[Id]]:
    """The mappings that fit best, the best first; of two that fit alike, the one that reads more of the file."""
    by_plain = {plain(name): name for name in headers}
    found = []
    for known, mapping in library:
        read = {name: fields for name, fields in mapping.columns.items() if fields}
        here = {by_plain[plain(name)]: fields for name, fields in read.items() if plain(name) in by_plain}
        share = len(here) / len(read) if read else 0.0
        if share >= ALIKE and len(here) >= min(FEWEST, len(read)):
            missing = tuple(name for name in read if plain(name) not in by_plain)
            found.append(Fit(known, round(share, 2), missing, here))
    return sorted(found, key=lambda fit: (-fit.share, -len(fit.columns)))[:OFFERED]
