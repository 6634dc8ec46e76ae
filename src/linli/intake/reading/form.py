"""Sheets that hold one person a form (一人一表): labels with their values beside them, one form a sheet or many.

A form is told from a table by its labels: in a table known names stand side by side in one row, in a form each has
its value to the right and they come in several rows. Forms may lie below each other and side by side; each becomes a
row, and every value keeps the cell it came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from ..problems import TooManyColumns
from .header import LOOK_AT, plain

# "姓名：张三" in one cell.
INLINE = re.compile(r"^([^:：]{2,12})[:：]\s*(\S.*)$", re.S)
LONGEST_LABEL = 16
FEWEST_FIELDS = 3
# Larger sheets are tables; a form sheet of this many cells holds some ten thousand people.
MOST_CELLS = 2_000_000
# A column for each: forms that have nothing in common are none, and their table would be a square of what they hold.
MOST_LABELS = 300
FieldOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Forms:
    """`values`: a row per form (column `form`, from 1), a text column per label, in the order of the sheet.

    `cells`: where each label's value is or belongs: form, label, row (from 1), column (from 0). `lists`: sheet rows
    at which a list inside a form begins, which is not taken.
    """

    values: pl.DataFrame
    cells: pl.DataFrame
    lists: tuple[int, ...]


def looks_like_forms(rows: Sequence[Sequence[str | None]], field_of: FieldOf) -> bool:
    """Whether the first rows are a form: a name and two more labels, in two rows or more, before any table header."""
    fields: set[str] = set()
    filled = 0
    for row in rows[:LOOK_AT]:
        labels = {place: name for place, cell in enumerate(row) if cell and (name := field_of(plain(cell)))}
        if sum(place + 1 in labels for place in labels) >= 2:
            break  # known names side by side: a table begins here
        found = {name for place, name in labels.items() if place + 1 not in labels}
        found |= {field_of(plain(inline[0])) for cell in row if cell and (inline := _inline(cell, field_of))}
        filled += bool(found)
        fields |= found
    return "name" in fields and len(fields) >= FEWEST_FIELDS and filled >= 2


def read_forms(frame: pl.DataFrame, field_of: FieldOf) -> Forms | None:
    """The forms of a sheet whose first rows look like one; `frame` has columns c0… and a row per sheet row. Raises
    TooManyColumns."""
    if frame.height * frame.width > MOST_CELLS:
        return None
    cells = _cells(frame, field_of)
    tabular = _tabular_rows(cells)
    cells = _values_that_read_like_labels(cells, tabular)
    anchors = _anchors(cells.filter(~pl.col("row").is_in(tabular)))
    if not anchors.height:
        return None
    bands = sorted(anchors.filter(pl.col("row") == anchors["row"].min())["column"].unique())
    cells = _in_forms(cells, anchors, bands)
    lists = cells.filter(pl.col("row").is_in(tabular)).group_by("form").agg(begin=pl.col("row").min())
    cells = cells.join(lists, on="form", how="left").filter(
        pl.col("begin").is_null() | (pl.col("row") < pl.col("begin"))
    )
    stated = _stated(cells)
    kept = stated.filter(pl.col("value").is_not_null().any().over("form"))
    if not kept.height:
        return None
    numbers = kept.select("form").unique(maintain_order=True).with_row_index("number", 1)
    kept = kept.join(numbers, on="form", maintain_order="left").with_columns(form=pl.col("number").cast(pl.Int64))
    used = kept.group_by("label", maintain_order=True).agg(pl.col("value").count())
    # A heading across the form looks like a label, but nothing is ever written beside it.
    order = [label for label, count in used.iter_rows() if count or field_of(label)]
    if len(order) > MOST_LABELS:
        raise TooManyColumns(columns=len(order), limit=MOST_LABELS)
    kept = kept.filter(pl.col("label").is_in(order))
    values = kept.pivot("label", index="form", values="value", aggregate_function="first").sort("form")
    begins = tuple(sorted(int(row) for row in lists["begin"]))
    return Forms(values.select("form", *order), kept.select("form", "label", "row", "column"), begins)


def _inline(cell: str, field_of: FieldOf) -> tuple[str, str] | None:
    found = INLINE.match(cell)
    return (found[1], found[2]) if found and field_of(plain(found[1])) else None


def _cells(frame: pl.DataFrame, field_of: FieldOf) -> pl.DataFrame:
    """Every filled cell in reading order: row, column, text, label (its name where it is one), field, value inline."""
    long = (
        frame.with_row_index("row", 1)
        .unpivot(index="row", variable_name="place", value_name="text")
        .drop_nulls("text")
        .with_columns(pl.col("row").cast(pl.Int64), column=pl.col("place").str.slice(1).cast(pl.Int64))
        .sort("row", "column")
    )
    looked: list[tuple[str, str, str, str | None]] = []
    for text in long["text"].unique():
        name = plain(text)
        inline = _inline(text, field_of)
        if inline:
            looked.append((text, plain(inline[0]), field_of(plain(inline[0])), inline[1].strip()))
        elif len(name) <= LONGEST_LABEL and field_of(name):
            looked.append((text, name.rstrip(":："), field_of(name), None))
    schema = {"text": pl.String, "label": pl.String, "field": pl.String, "inline": pl.String}
    known = pl.DataFrame(looked, schema=schema, orient="row")
    return long.select("row", "column", "text").join(known, on="text", how="left", maintain_order="left")


def _tabular_rows(cells: pl.DataFrame) -> list[int]:
    """Rows in which labels stand side by side: the header of a list inside a form, as 家庭成员."""
    labels = cells.filter(pl.col("label").is_not_null() & pl.col("inline").is_null())
    beside = (pl.col("column").shift(-1).over("row") - pl.col("column")) == 1
    counted = labels.with_columns(beside=beside.fill_null(False)).group_by("row").agg(pl.col("beside").sum())
    return sorted(counted.filter(pl.col("beside") >= 2)["row"].to_list())


def _values_that_read_like_labels(cells: pl.DataFrame, tabular: list[int]) -> pl.DataFrame:
    """与户主关系 | 户主: what stands right beside a label is its value, even where it is a label elsewhere."""
    label = pl.col("label").is_not_null() & pl.col("inline").is_null()
    beside = (pl.col("column") - pl.col("column").shift(1).over("row") == 1) & label.shift(1).over("row")
    value = (label & beside & ~pl.col("row").is_in(tabular)).fill_null(False)
    kept = [pl.when(~value).then(name).alias(name) for name in ("label", "field")]
    return cells.with_columns(kept)


def _anchors(cells: pl.DataFrame) -> pl.DataFrame:
    """The label that begins each form: the sheet's first where it comes as often as the name, else the name."""
    labels = cells.filter(pl.col("label").is_not_null())
    names = labels.filter(pl.col("field") == "name")
    if not names.height:
        return names
    names = names.filter(pl.col("label") == names["label"][0])
    first = labels.filter(pl.col("label") == labels["label"][0])
    return first if first.height == names.height else names


def _in_forms(cells: pl.DataFrame, anchors: pl.DataFrame, bands: list[int]) -> pl.DataFrame:
    """The cells with the number of the form they belong to; what stands before the first form goes."""
    edges = pl.DataFrame({"left": bands, "band": range(len(bands))}).cast(pl.Int64)
    banded = [
        part.sort("column")
        .join_asof(edges.sort("left"), left_on="column", right_on="left", check_sortedness=False)
        .with_columns(pl.col("band").fill_null(0))
        for part in (cells, anchors)
    ]
    starts = banded[1].select("band", "row").unique().sort("row", "band").with_row_index("form", 1)
    return (
        banded[0]
        .sort("row")
        .join_asof(starts, on="row", by="band", check_sortedness=False)
        .drop_nulls("form")
        .with_columns(pl.col("form").cast(pl.Int64))
        .sort("form", "row", "column")
    )


def _stated(cells: pl.DataFrame) -> pl.DataFrame:
    """A row per label: form, label, value, and the cell of the value."""
    line = ["form", "row"]
    label_columns = cells.filter(pl.col("label").is_not_null()).select("band", "column").unique()
    cells = cells.join(label_columns.with_columns(usual=True), on=["band", "column"], how="left", maintain_order="left")
    after_label = pl.col("label").is_not_null().shift(1).over(line).fill_null(False)
    # Where labels usually stand, a short word without digits that is no label's value is one that we do not know.
    unknown = (
        pl.col("label").is_null()
        & pl.col("usual").fill_null(False)
        & ~after_label
        & (pl.col("text").str.len_chars() <= LONGEST_LABEL)
        & ~pl.col("text").str.contains(r"\d")
    )
    cells = cells.with_columns(
        label=pl.when(unknown).then(pl.col("text").str.replace_all(r"[\s:：]", "")).otherwise("label")
    )
    follows = pl.col("label").shift(-1).over(line).is_null()
    value = pl.when(follows).then(pl.col("text").shift(-1).over(line))
    place = pl.when(follows).then(pl.col("column").shift(-1).over(line))
    inline = pl.col("inline").is_not_null()
    stated = cells.with_columns(
        value=pl.when(inline).then("inline").otherwise(value),
        at=pl.when(inline).then("column").otherwise(pl.coalesce(place, pl.col("column") + 1)),
    ).filter(pl.col("label").is_not_null() & (pl.col("label") != ""))
    again = pl.int_range(pl.len()).over("form", "label")
    named = pl.when(again > 0).then(pl.concat_str("label", pl.lit("("), again + 1, pl.lit(")"))).otherwise("label")
    return stated.with_columns(label=named).select("form", "label", "value", "row", column="at")
