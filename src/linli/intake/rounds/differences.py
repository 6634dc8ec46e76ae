"""What is different between two sets of frozen rows: who came, who is gone, whose cells changed. Pure, by whole columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import polars as pl

Kind = Literal["added", "gone", "changed"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Differences:
    """The rows that differ, by kind, with the earlier values beside the later ones (`…#before`), in the order of areas."""

    frames: Mapping[Kind, pl.DataFrame]
    fields: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {kind: self.frames[kind].height for kind in KINDS}

    def changes(self, row: Mapping[str, str | None]) -> list[tuple[str, str | None, str | None]]:
        """The cells of a row that changed: field, before, after."""
        return [(f, row[before(f)], row[f]) for f in self.fields if row[f] != row[before(f)]]


def before(field: str) -> str:
    """The column of the earlier value."""
    return f"{field}#before"


def compare(
    earlier: pl.DataFrame, later: pl.DataFrame, key: str, order: Sequence[str], fields: Sequence[str]
) -> Differences:
    """Compare rows by their key. `fields` are compared as far as both have them: a column that is new says nothing."""
    shared = tuple(f for f in fields if f in earlier.columns and f in later.columns)
    old = earlier.select(key, *(pl.col(f).alias(before(f)) for f in shared))
    both = later.join(old, on=key, how="inner", maintain_order="left")
    differs = [pl.col(f).ne_missing(pl.col(before(f))) for f in shared]
    frames: dict[Kind, pl.DataFrame] = {
        "added": later.join(earlier, on=key, how="anti", maintain_order="left"),
        "gone": earlier.join(later, on=key, how="anti", maintain_order="left"),
        "changed": both.filter(pl.any_horizontal(differs)) if differs else both.clear(),
    }
    return Differences({kind: frame.sort(*order, maintain_order=True) for kind, frame in frames.items()}, shared)
