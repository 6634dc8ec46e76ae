"""Collects findings column-wise and masks the values they show."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping as Dict
from typing import Any

import polars as pl

from linli.kernel.masking import masked_column

from ..fields import BY_NAME, Target
from ..findings import KINDS, severity_of

SCHEMA = {
    "row": pl.Int64,
    "column": pl.String,
    "field": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "value_masked": pl.String,
    "params": pl.String,  # JSON
}
# Of one code no more findings are kept; all are counted, and every row with an error is known.
MOST_KEPT = 100_000
MASKS = {"identity": "id", "phone": "phone", "name": "name", "key": "id", "code": "code"}


def mask_of(target: Target | None) -> str:
    """By which rule the values of a field are masked where a finding shows them."""
    if target is None:
        return "text"
    return "code" if target.coded else MASKS.get(target.check, "text")


class Findings:
    """The findings of a whole table, gathered slice by slice: the first MOST_KEPT of each code, and how many there are."""

    def __init__(self) -> None:
        self.by_code: Counter[str] = Counter()
        self._kept: Counter[str] = Counter()
        self._parts: list[pl.DataFrame] = []
        self._bad: list[pl.Series] = []

    def add(self, found: pl.DataFrame) -> None:
        """Count findings, and keep those there is room for."""
        for own in found.partition_by("code"):
            self.count(own["code"][0], own["row"])
        self.keep(found)

    def count(self, code: str, rows: pl.Series) -> None:
        """Count findings of one code, in these rows (0: the file)."""
        self.by_code[code] += rows.len()
        if severity_of(code) == "error":
            self._bad.append(rows.filter(rows > 0).unique())

    def room(self, code: str) -> int:
        """How many more findings of a code are kept."""
        return MOST_KEPT - self._kept[code]

    def keep(self, found: pl.DataFrame) -> None:
        """Keep findings there is room for."""
        codes = found["code"].unique()
        room = pl.Series([self.room(code) for code in codes], dtype=pl.Int64)
        kept = found.filter(
            pl.int_range(pl.len()).over("code")
            < pl.col("code").replace_strict(codes, room, return_dtype=pl.Int64)
        ) if codes.len() else found  # fmt: skip
        self._kept.update(dict(kept.group_by("code").len().iter_rows()))
        self._parts.append(kept)

    @property
    def kept(self) -> pl.DataFrame:
        """The findings kept, by row, errors first within a row."""
        return pl.concat([pl.DataFrame(schema=SCHEMA), *self._parts]).sort("row", "severity", maintain_order=True)

    @property
    def bad(self) -> pl.Series:
        """The rows with an error."""
        return pl.concat([pl.Series([], dtype=pl.Int64), *self._bad]).unique().sort()

    @property
    def by_severity(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        found: Counter[str] = Counter()
        for code, count in self.by_code.items():
            found[KINDS[code].severity] += count
        return dict(found)


class Collector:
    """The findings of one slice of a table. `rows` gives the sheet row of every table row."""

    def __init__(self, rows: pl.Series) -> None:
        self._rows = rows
        self._parts: list[pl.DataFrame] = []

    def at(self, row: int, code: str, column: str = "", params: Dict[str, Any] | None = None) -> None:
        """One finding about the file (row 0) or a row as a whole."""
        self._parts.append(
            pl.DataFrame([(row, column, "", code, severity_of(code), None, _json(params))], schema=SCHEMA, orient="row")
        )

    def cells(
        self,
        code: str,
        where: pl.Series,
        *,
        field: str,
        column: str,
        values: pl.Series | None = None,
        params: Dict[str, Any] | None = None,
        each: pl.DataFrame | None = None,
    ) -> None:
        """A finding for every row where `where` holds; `each` has one column per parameter that varies by row."""
        where = where.fill_null(False)
        if not where.any():
            return
        count = int(where.sum())
        kind = mask_of(BY_NAME.get(field))
        shown = (
            masked_column(values.filter(where), kind)
            if values is not None
            else pl.Series([None] * count, dtype=pl.String)
        )
        if each is not None:
            fixed = [pl.lit(v).alias(k) for k, v in (params or {}).items()]
            told = each.filter(where).with_columns(fixed).select(pl.struct(pl.all()).struct.json_encode()).to_series()
        else:
            told = pl.Series([_json(params)]).new_from_index(0, count)
        constant = {"column": column, "field": field, "code": code, "severity": severity_of(code)}
        self._parts.append(
            pl.DataFrame({"row": self._rows.filter(where), "value_masked": shown, "params": told})
            .with_columns(pl.lit(v).alias(k) for k, v in constant.items())
            .select(list(SCHEMA))
            .cast(SCHEMA)  # type: ignore[arg-type]
        )

    def codes(self, found: pl.Series, *, field: str, column: str, values: pl.Series, **more: Any) -> None:
        """Findings from a column that holds a code per row, or null."""
        for code in found.drop_nulls().unique(maintain_order=True):
            self.cells(code, found == code, field=field, column=column, values=values, **more)

    def result(self) -> pl.DataFrame:
        """All findings by row, errors first within a row."""
        if not self._parts:
            return pl.DataFrame(schema=SCHEMA)
        return pl.concat(self._parts).sort("row", "severity", maintain_order=True)


def _json(params: Dict[str, Any] | None) -> str:
    return json.dumps(dict(params or {}), ensure_ascii=False, default=str)
