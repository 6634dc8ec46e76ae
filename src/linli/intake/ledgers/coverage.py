"""What a filled ledger covers, gathered while its rows go by: filled and blank cells, their sources and dates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from .columns import SEALED, Bindable
from .rows import DATED, SOURCE, Piece, exceptions, records


@dataclass(slots=True)
class ColumnCoverage:
    """One field of a ledger: in how many of its rows it is filled, from which sources, stated between which days."""

    name: str
    label: str
    render: str = "text"
    filled: int = 0
    blank: int = 0
    masked: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    first: date | None = None
    last: date | None = None

    @property
    def share(self) -> float | None:
        """The share of rows that are filled; None where there are no rows."""
        rows = self.filled + self.blank
        return self.filled / rows if rows else None

    def seen(self, source: str | None, count: int, first: date | None, last: date | None) -> None:
        """Add cells of one source."""
        self.sources[source or ""] += count
        self.first = min(filter(None, (self.first, first)), default=None)
        self.last = max(filter(None, (self.last, last)), default=None)


@dataclass(slots=True)
class Coverage:
    """Everything gathered about one ledger. `lines` tell of each row: its sheet, its row there, main source and date."""

    columns: dict[str, ColumnCoverage]
    of: Mapping[str, str]  # column -> the declared field its source goes by
    rows: int = 0
    lines: list[pl.DataFrame] = field(default_factory=list)
    apart: list[pl.DataFrame] = field(default_factory=list)  # line, field, record: what is not from the main source
    _records: Counter[tuple[str, str]] = field(default_factory=Counter)

    @classmethod
    def of_columns(cls, wanted: Iterable[Bindable], language: str) -> Coverage:
        """An empty one for the fields asked for."""
        fields = [b for b in wanted if b.render != "serial"]
        return cls(
            {b.name: ColumnCoverage(b.name, b.label(language), b.render) for b in fields},
            {b.name: b.of for b in fields},
        )

    def add(self, piece: Piece, renders: Mapping[str, str], sheet: str, places: Sequence[int] | pl.Series) -> None:
        """Count a piece whose rows stand in these rows of a sheet."""
        facts = piece.facts
        other = exceptions(facts)
        for name, column in self.columns.items():
            values = piece.values[name]
            filled = values.is_not_null()
            column.filled += int(filled.sum())
            column.blank += int((~filled).sum())
            if renders[name] in SEALED:
                column.masked += int((filled & ~piece.clear).sum())
            if name in piece.stated:
                for source, count, first, last in _by_source(piece.stated[name].filter(filled)):
                    column.seen(source, count, first, last)
            if not self.of[name]:
                continue
            apart = other.filter(pl.col("field") == self.of[name])
            rows = pl.Series("row", range(facts.height), dtype=pl.Int64)
            main = filled & ~rows.is_in(apart["row"].implode())
            for source, count, first, last in _by_source(facts.filter(main)):
                column.seen(source, count, first, last)
            for row, record in apart.select("row", "record").iter_rows():
                if filled[row]:
                    self._records[name, record] += 1
        self.lines.append(
            facts.select(pl.lit(sheet).alias("sheet"), pl.Series("place", places, dtype=pl.Int64), SOURCE, DATED)
        )
        wanted = {of for of in self.of.values() if of}
        self.apart.append(
            other.filter(pl.col("field").is_in(sorted(wanted))).with_columns(line=pl.col("row") + self.rows).drop("row")
        )
        self.rows += facts.height

    def finish(self, language: str) -> pl.DataFrame:
        """Look up what is not from the main source; returns a line for each row: sheet, place, source, dated, others."""
        apart = (
            pl.concat(self.apart)
            if self.apart
            else pl.DataFrame(schema={"field": pl.String, "record": pl.String, "line": pl.Int64})
        )
        known = records(apart["record"].unique().to_list(), language)
        told = {r: (s, d) for r, s, d in known.iter_rows()}
        for (name, record), count in self._records.items():
            source, day = told.get(record, (None, None))
            self.columns[name].seen(source, count, day, day)
        lines = (
            pl.concat(self.lines)
            if self.lines
            else pl.DataFrame(schema={"sheet": pl.String, "place": pl.Int64, SOURCE: pl.String, DATED: pl.Date})
        )
        english = language.startswith("en")
        labels = {of: self.columns[name].label for name, of in self.of.items() if of}
        said = (
            apart.join(known, on="record", how="inner")
            .select(
                "line",
                text=pl.concat_str(
                    pl.col("field").replace(labels),
                    pl.lit(": " if english else "："),
                    pl.col("source"),
                    pl.lit(" "),
                    pl.col("dated").cast(pl.String),
                ),
            )
            .group_by("line")
            .agg(others=pl.col("text").sort().str.join("; " if english else "；"))
        )
        return (
            lines.with_row_index("line")
            .with_columns(pl.col("line").cast(pl.Int64))
            .join(said, on="line", how="left", maintain_order="left")
            .select("sheet", "place", pl.col(SOURCE).alias("source"), pl.col(DATED).alias("dated"), "others")
        )

    def to_json(self) -> list[dict[str, object]]:
        """As the answer of a job tells it."""
        return [
            {
                "field": c.name, "label": c.label, "filled": c.filled, "blank": c.blank, "masked": c.masked,
                "sources": dict(c.sources.most_common()),
                "first": c.first.isoformat() if c.first else None, "last": c.last.isoformat() if c.last else None,
            }
            for c in self.columns.values()
        ]  # fmt: skip


def _by_source(stated: pl.DataFrame) -> Iterable[tuple[str | None, int, date | None, date | None]]:
    """How many cells are from each source, and of which days."""
    grouped = stated.group_by(SOURCE).agg(pl.len(), first=pl.col(DATED).min(), last=pl.col(DATED).max())
    return grouped.iter_rows()
