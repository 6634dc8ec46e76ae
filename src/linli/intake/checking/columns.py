"""From the file's columns to one text series per target field: splits, joins, constants, cells not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ..fields import BY_NAME
from ..mapping import Mapping
from ..reading.sheet_scan import Places
from ..reading.table import ROW, RawTable
from .collect import Collector

# Whole runs of digits, right or wrong: a number cut out of a longer one would pass and be somebody else's.
ID_IN_TEXT = r"(\d{12,}[\dXx])"
PHONE_IN_TEXT = r"(\+?\d[\d /、,，;；-]{3,}\d)"
SEPARATORS = "/、,，;；|\\ \t　()（）:：-"
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{200b}\x{feff}]"
# What a CSV keeps of a number that was rounded before it was exported.
ROUNDED_TEXT = r"^\d(\.\d+)?[eE]\+?1[5-9]$"


@dataclass(slots=True)
class Columns:
    """Text per field (only fields that are filled), the columns they come from, and rows whose number was cut."""

    rows: pl.Series
    values: dict[str, pl.Series]
    sources: dict[str, str]
    rounded: dict[str, pl.Series]

    def get(self, name: str) -> pl.Series | None:
        return self.values.get(name)

    def empty(self, kind: type[pl.DataType] = pl.String) -> pl.Series:
        """A column of nulls."""
        return pl.Series([None], dtype=kind).new_from_index(0, self.rows.len())

    def source(self, name: str) -> str:
        return self.sources.get(name, "")


def gather(table: RawTable, mapping: Mapping, collector: Collector, longest: int) -> Columns:
    """The mapped fields as text. Errors, uncomputed formulas, rubbish and over-long cells become findings and null."""
    rows = table.frame[ROW]
    columns = Columns(rows, {}, {}, {})
    used = [c for c in table.columns if mapping.columns.get(c.name)]
    for column in used:
        fields = mapping.columns[column.name]
        text = table.frame[column.name].str.replace_all(CONTROL, "")
        # A column of nothing but failed formulas has no text at all, and still much to be told of.
        if text.null_count() != text.len() or _marked(table, column.index):
            text = _sound(text, column.name, column.index, fields[0], table, collector, longest)
        cut = _at(table.marks.rounded, column.index, rows)
        if fields[0] in BY_NAME and BY_NAME[fields[0]].check in ("identity", "key", "credit", "component"):
            cut = cut | text.str.contains(ROUNDED_TEXT).fill_null(False)
        for name, part in _split(text, fields).items():
            before = columns.values.get(name)
            columns.values[name] = part if before is None else _join(before, part)
            columns.sources.setdefault(name, column.name)
            columns.rounded[name] = cut
    for name, value in mapping.constants.items():
        constant = pl.Series([value], dtype=pl.String).new_from_index(0, rows.len())
        held = columns.values.get(name)
        columns.values[name] = constant if held is None else held.fill_null(value)
        columns.rounded.setdefault(name, pl.Series([False]).new_from_index(0, rows.len()))
    return columns


def _marked(table: RawTable, index: int) -> bool:
    """Whether any cell of the column holds a formula without a result or an error value."""
    return any(bool((cells[:, 1] == index).any()) for cells in (table.marks.uncomputed, table.marks.failed))


def _at(cells: Places, index: int, rows: pl.Series) -> pl.Series:
    """Whether each row has a mark in the column of that index."""
    marked = cells[cells[:, 1] == index, 0]
    if not len(marked):
        return pl.Series([False]).new_from_index(0, rows.len())
    return pl.Series(np.isin(rows.to_numpy(), marked))


def _sound(
    text: pl.Series, name: str, index: int, field: str, table: RawTable, collector: Collector, longest: int
) -> pl.Series:
    rows = table.frame[ROW]
    uncomputed, failed = _at(table.marks.uncomputed, index, rows), _at(table.marks.failed, index, rows)
    garbled = text.str.contains("\ufffd").fill_null(False)
    long = (text.str.len_chars() > longest).fill_null(False)
    for code, where in (
        ("cell.formula_uncomputed", uncomputed),
        ("cell.error_value", failed),
        ("cell.garbled", garbled),
        ("cell.too_long", long),
    ):
        collector.cells(code, where, field=field, column=name, values=text, params={"limit": longest})
    bad = uncomputed | failed | garbled | long
    return pl.select(pl.when(~bad).then(text)).to_series() if bad.any() else text


def _split(text: pl.Series, fields: tuple[str, ...]) -> dict[str, pl.Series]:
    """The parts of a column that holds several fields: numbers by their form, names by what is left, else in order."""
    if len(fields) == 1:
        return {fields[0]: text}
    frame = pl.DataFrame({"t": text})
    rest = pl.col("t")
    found: dict[str, pl.Expr] = {}
    for check, pattern in (("identity", ID_IN_TEXT), ("phone", PHONE_IN_TEXT)):
        for name in fields:
            if BY_NAME[name].check == check:
                found[name] = rest.str.extract(pattern)
                rest = rest.str.replace(pattern, " ")
    left = [name for name in fields if name not in found]
    rest = rest.str.strip_chars(SEPARATORS)
    if len(left) == 1:
        found[left[0]] = pl.when(rest != "").then(rest)
    else:
        parts = rest.str.replace_all(r"[/、,，;；|\\\s]+", "\x1f").str.splitn("\x1f", max(len(left), 1))
        for place, name in enumerate(left):
            found[name] = parts.struct.field(f"field_{place}")
    parted = frame.select(**found)
    return {name: parted[name] for name in fields}


def _join(first: pl.Series, second: pl.Series) -> pl.Series:
    """Two columns of one address, side by side; a repeated piece once."""
    frame = pl.DataFrame({"a": first, "b": second})
    repeated = pl.col("a").str.contains(pl.col("b"), literal=True)
    joined = (
        pl.when(pl.col("b").is_null() | repeated.fill_null(False))
        .then("a")
        .otherwise(pl.concat_str("a", "b", ignore_nulls=True))
    )
    return frame.select(joined).to_series()
