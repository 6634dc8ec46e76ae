"""Which fields are asked about, and which sources are trusted enough for their differing to matter."""

from __future__ import annotations

from collections.abc import Iterable

#: Sources that count at most this for a field. Ledgers of communities (40) differ from registers all the time; asking
#: about each would bury the conflicts that matter. Ours to choose (inferred); a source's priority is the district's.
TRUSTED = 30
#: What tells two statements of a field apart, as SQL over a record `r`. "Unknown" contradicts nothing, nor does a document
#: of another kind.
ASKED: dict[str, str] = {
    "name": "r.name",
    "sex": "CASE WHEN r.sex IN ('1', '2') THEN r.sex END",
    "birth": "r.birth::text",
    "id_number": "CASE WHEN coalesce(r.id_kind, '111') = '111' THEN encode(r.id_hash, 'hex') END",
}


def marks(values: Iterable[str | None]) -> list[str | None]:
    """A letter for each value, the same for equal ones: two masked numbers may look alike."""
    known: dict[str, str] = {}
    return [None if v is None else known.setdefault(v, chr(ord("A") + min(len(known), 25))) for v in values]
