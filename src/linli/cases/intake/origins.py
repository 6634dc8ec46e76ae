"""Which numbers of a source the base has already, with the case each made, and whether that lies in some areas."""

from __future__ import annotations

import polars as pl

from linli.kernel.areas import contains
from linli.registry.merge import stage

_NUMBERS = {"number": 'text COLLATE "C"'}
_STAGED = "case_numbers_asked"
KNOWN = {
    "key": pl.String, "case_id": pl.String, "known_kind": pl.String, "told": pl.String, "left_at": pl.Int64, "version": pl.Int64,
    "state": pl.String, "known_area": pl.String,
}  # fmt: skip
_KNOWN = f"""
SELECT o.number, c.id::text, o.kind, o.told::text, o.version, c.version, c.state,
    CASE WHEN c.restricted_to = '' THEN c.area_code ELSE '' END
FROM {_STAGED} n JOIN cases_origin o ON o.number = n.number AND o.source_code = '{{source}}' AND o.withdrawn_at IS NULL
JOIN cases_case c ON c.id = o.case_id
"""


def known(numbers: pl.Series, source: str) -> pl.DataFrame:
    """What the base has of these numbers of a source (columns KNOWN). Inside a transaction of an actor over the district. A case for
    restricted readers lies in nobody's area: sheets leave it alone."""
    asked = pl.DataFrame({"number": numbers.drop_nulls().unique()})
    if not asked.height:
        return pl.DataFrame(schema=KNOWN)
    stage.create(_STAGED, _NUMBERS)
    stage.fill(_STAGED, _NUMBERS, asked)
    return stage.fetch(_KNOWN.format(source=_quoted(source)), KNOWN)


def elsewhere(numbers: pl.Series, source: str, allowed: tuple[str, ...]) -> pl.Series:
    """Those whose case lies outside some areas."""
    found = known(numbers, source)
    outside = [not any(contains(area, code) for area in allowed) for code in found["known_area"].to_list()]
    return found["key"].filter(pl.Series(outside, dtype=pl.Boolean))


def _quoted(text: str) -> str:
    """A text inside a literal of a COPY, which takes no parameters."""
    return text.replace("'", "''")


__all__ = ["KNOWN", "elsewhere", "known"]
