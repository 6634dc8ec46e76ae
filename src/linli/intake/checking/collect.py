"""Collects findings column-wise and masks the values they show."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dict
from typing import Any

import polars as pl

from linli.kernel.masking import masked_column

from ..fields import BY_NAME
from ..findings import severity_of

SCHEMA = {
    "row": pl.Int64,
    "column": pl.String,
    "field": pl.String,
    "code": pl.String,
    "severity": pl.String,
    "value_masked": pl.String,
    "params": pl.String,  # JSON
}
MASKS = {"identity": "id", "phone": "phone", "name": "name", "key": "id"}


class Collector:
    """The findings of one table. `rows` gives the sheet row of every table row."""

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
        kind = MASKS.get(BY_NAME[field].check, "text") if field in BY_NAME else "text"
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
