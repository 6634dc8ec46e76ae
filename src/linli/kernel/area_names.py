"""Names of areas, and what old codes became, for rooms below `places`, which knows: places provides, everyone may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

Lookup = Callable[[list[str]], Mapping[str, str]]
_lookup: Lookup = lambda codes: {}  # noqa: E731
_became: Lookup = lambda codes: {}  # noqa: E731


def provide(lookup: Lookup, became: Lookup) -> None:
    """Called once by the room that knows: codes in, names out (unknown codes left out); codes that ended in, and out what
    each became."""
    global _lookup, _became
    _lookup, _became = lookup, became


def going_by(code: str) -> tuple[str, ...]:
    """The codes that rows of an area go by: its own, and where it ended, the one that took it over. One query."""
    return tuple({code: None, _became([code]).get(code, code): None})


def present(codes: Iterable[str]) -> dict[str, str]:
    """The code that each of `codes` goes by now: its own, or the one that took it over. One query."""
    asked = sorted(set(codes))
    return {code: code for code in asked} | dict(_became(asked))


def names_of(codes: Iterable[str | None]) -> dict[str, str]:
    """The names of `codes`, in one query whatever their number; a code without a name stands for itself."""
    asked = sorted({code for code in codes if code})
    found = _lookup(asked) if asked else {}
    return {code: found.get(code, code) for code in asked}
