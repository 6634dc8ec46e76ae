"""What a check needs to know besides the table, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

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


@dataclass(frozen=True, slots=True)
class CheckContext:
    """The district's names and codes, and the upload's circumstances.

    `allowed`: areas the uploader may bring rows for. `default_area`: the area chosen at upload. `observed_on`: the
    date the facts were true where rows do not say. `source`: whose records these are, part of the keys of things.
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


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """`frame`: canonical rows of people or things (all of them; bad cells null). `findings`: see `collect.SCHEMA`.

    `bad`: sheet rows with an error. `same`: later rows that say exactly what an earlier one does.
    """

    frame: pl.DataFrame
    findings: pl.DataFrame
    bad: pl.Series
    same: pl.Series

    @property
    def clean(self) -> pl.DataFrame:
        """The rows that may be merged."""
        left_out = pl.concat([self.bad, self.same]).unique()
        return self.frame.filter(~pl.col("row").is_in(left_out.implode())) if left_out.len() else self.frame

    @property
    def counts(self) -> dict[str, Any]:
        """Rows, bad rows, and findings per code."""
        by_code = dict(self.findings.group_by("code").len().sort("len", descending=True).iter_rows())
        by_severity = dict(self.findings.group_by("severity").len().iter_rows())
        return {
            "rows": self.frame.height,
            "bad_rows": self.bad.len(),
            "same_rows": self.same.len(),
            "errors": by_severity.get("error", 0),
            "warnings": by_severity.get("warning", 0),
            "by_code": by_code,
        }
