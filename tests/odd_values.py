"""Values that broke programs, to be put where a good one stood: of the right type nowhere, or just so."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

ODD: tuple[Any, ...] = (
    None, True, "", " ", "\x00", "a\x00b", "\ud800", "\udfff甲", "𠮷" * 40, "甲" * 5000, "'; --", "%", "\\", "NaN", "1e400",
    "-1", -1, 0, 2**31, 2**63, 10**40, -(10**40), 1.5e308, 5e-324, "0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00",
    "99999-01-01", "2026-01-01T00:00:00+99:99", "00000000-0000-0000-0000-000000000000", "~", "370302", "1" * 200,
    [], {}, [[]], [None], ["\x00"], {"": "\x00"}, {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[[118, 36], [118, 36], [118, 36], [118, 36]]]},
    {"type": "Polygon", "coordinates": [[[1e308, 1e308], [-1e308, 1e308], [0, -1e308], [1e308, 1e308]]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]},
    {"type": "Point", "coordinates": ["a", None]}, {"type": "GeometryCollection", "geometries": [{}]},
)  # fmt: skip
#: The same, as they can stand in an address: bytes that are no UTF-8 among them.
IN_ADDRESSES = ("", "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%", "%25", "..%2F..", "~", "-1", "0", "99999999999999999999", "1e400",
                "NaN", "2026-02-30", "9999-12-31", "0001-01-01", "%F0%A0%AE%B7" * 40, "1" * 3000,
                "00000000-0000-0000-0000-000000000000", "e30", "W10", "370302", "'")  # fmt: skip


def bodies(good: Any) -> Iterator[Any]:
    """Every body that differs from a good one in one value, or lacks it."""
    for path in _paths(good):
        for odd in ODD:
            yield _with(good, path, odd)
        yield _without(good, path)
    yield from ([], None, "", {}, 0)


def addresses(good: str) -> Iterator[str]:
    """Every address that differs from a good one in one part of its query, or in one id of its path."""
    path, _, query = good.partition("?")
    parts = path.split("/")
    for place, part in enumerate(parts):
        if any(letter.isdigit() for letter in part):
            for odd in filter(None, IN_ADDRESSES):
                yield "/".join([*parts[:place], odd, *parts[place + 1 :]]) + (f"?{query}" if query else "")
    pairs = [pair.partition("=")[::2] for pair in query.split("&")] if query else []
    for place in range(len(pairs)):
        for odd in IN_ADDRESSES:
            yield f"{path}?" + "&".join(f"{n}={odd if i == place else v}" for i, (n, v) in enumerate(pairs))


def encoded(body: Any) -> bytes:
    """JSON as ASCII: lone surrogates travel as escapes."""
    return json.dumps(body).encode()


def _paths(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield (*above, key)
        yield from _paths(entry, (*above, key))


def _with(good: Any, path: tuple[Any, ...], odd: Any) -> Any:
    changed = copy.deepcopy(good)
    _holder(changed, path)[path[-1]] = odd
    return changed


def _without(good: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(good)
    del _holder(changed, path)[path[-1]]
    return changed


def _holder(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value
