"""Names of areas for rooms below `places`, which knows them: places provides, everyone may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

Lookup = Callable[[list[str]], Mapping[str, str]]
_lookup: Lookup = lambda codes: {}  # noqa: E731


def provide(lookup: Lookup) -> None:
    """Called once by the room that knows the names: codes in, names out (unknown codes left out)."""
    global _lookup
    _lookup = lookup


def names_of(codes: Iterable[str | None]) -> dict[str, str]:
    """The names of `codes`, in one query whatever their number; a code without a name stands for itself."""
    asked = sorted({code for code in codes if code})
    found = _lookup(asked) if asked else {}
    return {code: found.get(code, code) for code in asked}
