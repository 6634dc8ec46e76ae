"""The catalogue of metrics (`data/metrics.csv`): what bounds may be on, and which measure computes it."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from linli.kernel.errors import Text

from ..rules import Unit


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its name, its unit, and the code of the kernel measure that computes it, empty where none does."""

    code: str
    name: Text
    unit: Unit
    measure: str
    note: str


@cache
def metrics() -> dict[str, Metric]:
    """Every metric by its code."""
    with files("linli.tiers").joinpath("data/metrics.csv").open(encoding="utf-8") as handle:
        return {
            row["code"]: Metric(
                row["code"],
                Text(row["name_zh"], row["name_en"]),
                cast(Unit, row["unit"]),
                row["measure"],
                row["note"],
            )
            for row in csv.DictReader(handle)
        }


def name_of(code: str) -> Text:
    """The name of a metric; one that is not in the catalogue stands for itself."""
    found = metrics().get(code)
    return found.name if found else Text(code, code)
