"""What a check needs to know besides the table, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from linli.kernel.slices import Changed, Slices
from linli.places.addresses import AddressParser

from ..fields import PEOPLE
from ..limits import Limits
from .areas import Areas
from .codes import CodeList

# Longitudes and latitudes in WGS-84 to the 15-digit code of the grid they lie in, null outside of all.
Locate = Callable[[pl.Series, pl.Series], pl.Series]
Report = Callable[[str, float], None]
# Which of some keys belong to things that lie outside the areas the uploader may bring rows for.
Elsewhere = Callable[[pl.Series], pl.Series]
# Rows of relations or tags with whom they are about and what the base says already (`registry.ties.incoming.resolve`).
Tied = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class TagRule:
    """Of a kind of tag in use: the department that gives it, its name, and the validity in months."""

    source: str
    department: str
    department_en: str
    months: int


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The district's names and codes, and the upload's circumstances.

    `allowed`: areas the uploader may bring rows for. `default_area`: the area chosen at upload. `observed_on`: the
    date the facts were true where rows do not say. `source`: whose records these are, part of the keys of things.
    `tied` and `tags`: for tables of relations and tags.
    """

    today: date
    observed_on: date
    default_area: str
    allowed: tuple[str, ...]
    areas: Areas
    parser: AddressParser
    codes: Dict[str, CodeList]
    locate: Locate | None = None
    demo: bool = False
    limits: Limits = field(default_factory=Limits)
    report: Report = lambda stage, share: None
    kind: str = PEOPLE
    source: str = ""
    elsewhere: Elsewhere | None = None
    tied: Tied | None = None
    tags: Dict[str, TagRule] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """`rows`: canonical rows of people or things (all of them; bad cells null). `findings`: see `collect.SCHEMA`; of very
    many of one code the first are kept, `by_code` and `by_severity` count them all.

    `bad`: sheet rows with an error. `same`: later rows that say exactly what an earlier one does.
    """

    rows: Slices
    findings: pl.DataFrame
    bad: pl.Series
    same: pl.Series
    by_code: Dict[str, int]
    by_severity: Dict[str, int]

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once."""
        return self.rows.frame

    @property
    def clean(self) -> Iterable[pl.DataFrame]:
        """The rows that may be merged, slice by slice, as often as wanted."""
        left_out = pl.concat([self.bad, self.same]).unique().implode()
        return Changed(self.rows, lambda part: part.filter(~pl.col("row").is_in(left_out)))

    @property
    def counts(self) -> dict[str, Any]:
        """Rows, bad rows, and findings per code."""
        by_code = dict(sorted(self.by_code.items(), key=lambda told: -told[1]))
        return {
            "rows": self.rows.height,
            "bad_rows": self.bad.len(),
            "same_rows": self.same.len(),
            "errors": self.by_severity.get("error", 0),
            "warnings": self.by_severity.get("warning", 0),
            "by_code": by_code,
        }
