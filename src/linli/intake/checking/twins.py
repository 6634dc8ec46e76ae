"""What rows of one table say of each other: the same row twice, one number for two people, two heads in a household.

Such rows may lie in different slices, so their keys are gathered over all of them and told at the end.
"""

from __future__ import annotations

import polars as pl

from linli.kernel.slices import Repeats

from ..mapping import Mapping
from ..reading.table import ROW, RawTable
from .collect import Collector, Findings
from .columns import gather

HEAD = "0"
# Finding, the columns that must not be the same twice, and the field it is told of.
Duplicate = tuple[str, tuple[str, ...], str]
OF_PEOPLE: tuple[Duplicate, ...] = (
    ("id.duplicate", ("id_kind", "id_number"), "id_number"),
    ("record.duplicate", ("record_key",), "record_key"),
)


class Twins:
    """Notes the keys of each slice, then tells what comes again."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._used = [name for name, fields in mapping.columns.items() if fields and fields != ("default_village",)]
        self._rows, self._heads = Repeats(), Repeats()
        self._keys: dict[Duplicate, Repeats] = {}

    def note(self, raw: pl.DataFrame, frame: pl.DataFrame, told_of: str, again: str = "thing.duplicate") -> None:
        """Note a slice: its rows as they came and as they were read. `told_of`: the field that the identity of things
        is told of, "" for people; `again`: the finding that makes."""
        rows, said = frame["row"], raw.select(self._used)
        if "default_village" in self._mapping.fields:  # in another sheet the same words may mean another village
            said = said.with_columns(frame["area_code"].alias("#area"))
        self._rows.add(rows, said)
        for duplicate in ((again, ("key",), told_of),) if told_of else OF_PEOPLE:
            keys = [key for key in duplicate[1] if key in frame.columns]
            if duplicate[1][-1] in keys:
                held = frame.filter(pl.col(keys[-1]).is_not_null())
                self._keys.setdefault(duplicate, Repeats()).add(held["row"], held.select(keys))
        if {"household_no", "relation_to_head"} <= set(frame.columns):
            heads = frame.filter((pl.col("relation_to_head") == HEAD) & pl.col("household_no").is_not_null())
            self._heads.add(heads["row"], heads.select("household_no"))

    def tell(self, table: RawTable, found: Findings, longest: int) -> pl.Series:
        """Tell of rows said twice: the very same are dropped; the same number with other facts is an error. Returns the
        rows that say what an earlier one does."""
        teller = _Teller(table, self._mapping, found, longest)
        later = self._rows.found().filter(pl.col("serial") > 0).select("row", "first")
        teller.tell("row.duplicate", later, field="", of="")
        same = later["row"]
        for (code, _, field), keys in self._keys.items():
            again = keys.found().filter((pl.col("serial") > 0) & ~pl.col("row").is_in(same.implode()))
            teller.tell(code, again.select("row", "first"), field=field, of=field)
        heads = self._heads.found().select("row", pl.col("count").alias("heads"))
        teller.tell("household.several_heads", heads, field="relation_to_head", of="household_no")
        return same


class _Teller:
    """Makes findings of rows anywhere in the table, with their cells as they came, masked."""

    def __init__(self, table: RawTable, mapping: Mapping, found: Findings, longest: int) -> None:
        self._table, self._mapping, self._found, self._longest = table, mapping, found, longest

    def tell(self, code: str, rows: pl.DataFrame, *, field: str, of: str) -> None:
        """A finding for each of `rows`, whose other columns are its parameters; `of` is the field whose cell it shows."""
        if not rows.height:
            return
        self._found.count(code, rows["row"])
        kept = rows.head(self._found.room(code))
        if not kept.height:
            return
        for piece in self._table.rows.within(int(kept["row"][0]), int(kept["row"][-1])):
            hit = piece.join(kept.select(pl.col("row").alias(ROW)), on=ROW, how="semi", maintain_order="left")
            if hit.height:
                told = kept.join(hit.select(pl.col(ROW).alias("row")), on="row", how="semi", maintain_order="left")
                columns = gather(self._table.part(hit), self._mapping, Collector(hit[ROW]), self._longest)
                collector = Collector(hit[ROW])
                collector.cells(
                    code,
                    pl.Series([True]).new_from_index(0, hit.height),
                    field=field,
                    column=columns.source(field),
                    values=columns.values.get(of),
                    each=told.drop("row"),
                )
                self._found.keep(collector.result())
