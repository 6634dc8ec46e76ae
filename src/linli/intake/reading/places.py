"""Where a row of a table is in the user's own file: which file of an archive, which sheet, which row, which cell."""

from __future__ import annotations

import polars as pl

from .container import column_letters
from .table import ROW, RawTable

PLACE = {"file": pl.String, "sheet": pl.String, "sheet_row": pl.Int64, "cell": pl.String}


def places(table: RawTable, wanted: pl.DataFrame) -> pl.DataFrame:
    """For every `row` and `column` of `wanted` its place: PLACE columns, in the same order.

    File and sheet are told only where there are several; `sheet_row` is null for what concerns a sheet or the file as
    a whole, and in forms for what concerns no single value.
    """
    starts = pl.Series([part.start for part in table.parts], dtype=pl.Int64)
    index = pl.Series("part", starts.search_sorted(wanted["row"], side="right"), dtype=pl.Int64) - 1
    about = wanted.select("row", "column").with_columns(index)
    parts = pl.DataFrame(
        [
            (
                i,
                p.start,
                p.form,
                (p.file or None) if table.several else None,
                (p.sheet or None) if table.several else None,
            )
            for i, p in enumerate(table.parts)
        ],
        schema={"part": pl.Int64, "start": pl.Int64, "form": pl.Boolean, "file": pl.String, "sheet": pl.String},
        orient="row",
    )
    letters = pl.DataFrame(
        [(i, c.name, c.letters) for i, p in enumerate(table.parts) if not p.form for c in p.columns],
        schema={"part": pl.Int64, "column": pl.String, "letters": pl.String},
        orient="row",
    )
    whole = pl.col("row") <= pl.col("start")
    told = (
        about.join(parts, on="part", how="left", maintain_order="left")
        .join(letters, on=["part", "column"], how="left", maintain_order="left")
        .with_columns(sheet_row=pl.when(~whole & ~pl.col("form")).then(pl.col("row") - pl.col("start")))
    )
    if table.cells is not None:
        names = table.cells["index"].unique()
        named = pl.DataFrame({"index": names, "at": [column_letters(i) for i in names]})
        cells = table.cells.join(named, on="index").select(
            pl.col(ROW).alias("row"), "column", pl.col("sheet_row").alias("form_row"), "at"
        )
        told = told.join(cells, on=["row", "column"], how="left", maintain_order="left").with_columns(
            sheet_row=pl.coalesce("sheet_row", "form_row"), letters=pl.coalesce("letters", "at")
        )
    cell = pl.when(pl.col("letters") != "").then(pl.concat_str("letters", "sheet_row"))
    return told.with_columns(cell=cell).select(list(PLACE)).cast(PLACE)  # type: ignore[arg-type]


def row_words(table: RawTable, rows: pl.Series) -> pl.Series:
    """Rows as a user would name them, in the notation of spreadsheets: 城里社区!5, 名单.xlsx/Sheet1!5, 张三!B2."""
    starts = pl.Series([part.start for part in table.parts], dtype=pl.Int64)
    index = (starts.search_sorted(rows, side="right").cast(pl.Int64) - 1).clip(0)
    labels = pl.Series([part.label for part in table.parts], dtype=pl.String).gather(index)
    return pl.select(pl.concat_str(labels, pl.lit("!"), rows - starts.gather(index))).to_series()
