"""Which row of one batch is which of another, and what differs: pure functions over whole columns."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from linli.kernel.masking import masked_column

OUTCOMES = ("new", "gone", "changed", "flawed", "unchanged")
KEYS = ("identity", "record", "likeness")
PAIRS = {"before": pl.UInt32, "after": pl.UInt32}


@dataclass(frozen=True, slots=True)
class Side:
    """One batch as compared, a row each: `row` (in its file), `area_code`, `flawed`, `name`, `mark`, the KEYS that
    tell it again (null where it states none), and a text for every fact it states.

    `values` are what is compared, `shown` what is told of them; `masks` names the rule (`kernel.masking`) by which a
    fact, or the mark, is masked before anybody sees it.
    """

    rows: pl.DataFrame
    values: pl.DataFrame
    shown: pl.DataFrame
    masks: Dict[str, str]

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it states, in order."""
        return tuple(self.values.columns)

    def told(self, fact: str, at: pl.Series) -> pl.Series:
        """A fact at some positions as people may see it."""
        found = self.shown[fact].gather(at)
        return masked_column(found, self.masks[fact]) if fact in self.masks else found


@dataclass(frozen=True, slots=True)
class Result:
    """`rows`: every row of both sides with `outcome`, `area_code`, `before_row`, `after_row`, `name`, `mark`, `fields`
    and `changes` (JSON). Unchanged ones are counted only: `villages` has a column for each outcome."""

    rows: pl.DataFrame
    counts: dict[str, int]
    villages: pl.DataFrame


def pair(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The positions of rows that are the same record: by identity, else by the source's own number, else by likeness.

    Two rows with different identities are never one: sources give their numbers to others. Rows of one side with the
    same key (namesakes born on one day in one home) are paired in their order.
    """
    left = before.select(KEYS).with_row_index("before")
    right = after.select(KEYS).with_row_index("after")
    found = [pl.DataFrame(schema=PAIRS)]
    for key in KEYS:
        told = [
            side.filter(pl.col(key).is_not_null()).with_columns(nth=pl.int_range(pl.len()).over(key))
            for side in (left, right)
        ]
        pairs = told[0].join(told[1], on=[key, "nth"], suffix="_after")
        if key != "identity":
            other = pl.col("identity_after")
            pairs = pairs.filter((pl.col("identity") == other).fill_null(True))  # one of them states none, or the same
        found.append(pairs.select(*PAIRS))
        left = left.join(pairs, on="before", how="anti")
        right = right.join(pairs, on="after", how="anti")
    return pl.concat(found)


def compare(before: Side, after: Side) -> Result:
    """What became of each row. Only facts that both sides state are compared; rows with errors are not."""
    pairs = pair(before.rows, after.rows)
    gone = before.rows.with_row_index("before").join(pairs, on="before", how="anti").select("before")
    new = after.rows.with_row_index("after").join(pairs, on="after", how="anti").select("after")
    whole = pl.concat([pairs, gone, new], how="diagonal")
    facts = [name for name in before.facts if name in after.facts]
    told = [_gathered(side.rows, whole[at], suffix) for side, at, suffix in _sides(before, after)]
    flawed = pl.any_horizontal(pl.col("flawed_before").fill_null(False), pl.col("flawed_after").fill_null(False))
    joined = pl.concat([whole, *told], how="horizontal").with_columns(
        differs=_contents(before, facts)
        .gather(whole["before"])
        .ne_missing(_contents(after, facts).gather(whole["after"]))
    )
    rows = joined.select(
        "before",
        "after",
        outcome=pl.when(flawed)
        .then(pl.lit("flawed"))
        .when(pl.col("before").is_null())
        .then(pl.lit("new"))
        .when(pl.col("after").is_null())
        .then(pl.lit("gone"))
        .when("differs")
        .then(pl.lit("changed"))
        .otherwise(pl.lit("unchanged")),
        area_code=pl.coalesce("area_code_after", "area_code_before"),
        before_row=pl.col("row_before"),
        after_row=pl.col("row_after"),
        name=pl.coalesce("name_after", "name_before"),
        mark=pl.coalesce("mark_after", "mark_before"),
    )
    counts = dict.fromkeys(OUTCOMES, 0) | dict(rows.group_by("outcome").len().iter_rows())
    villages = (
        rows.group_by(area=pl.col("area_code").str.slice(0, 12))
        .agg((pl.col("outcome") == name).sum().alias(name) for name in OUTCOMES)
        .sort("area")
    )
    return Result(_with_changes(rows.filter(pl.col("outcome") != "unchanged"), before, after, facts), counts, villages)


def _sides(before: Side, after: Side) -> tuple[tuple[Side, str, str], ...]:
    return (before, "before", "_before"), (after, "after", "_after")


def _gathered(rows: pl.DataFrame, at: pl.Series, suffix: str) -> pl.DataFrame:
    """The rows at these positions; null where there is none."""
    wanted = rows.select("row", "area_code", "flawed", "name", "mark")
    return wanted.select(pl.all().gather(at)).rename({name: name + suffix for name in wanted.columns})


def _contents(side: Side, facts: Sequence[str]) -> pl.Series:
    """One number for all that a row says: a cell left empty says the same as none."""
    if not facts:
        return pl.repeat(0, side.values.height, dtype=pl.UInt64, eager=True)
    return side.values.select(pl.struct(pl.col(facts).fill_null("")).hash(seed=0)).to_series()


def _with_changes(rows: pl.DataFrame, before: Side, after: Side, facts: Sequence[str]) -> pl.DataFrame:
    """In the order people read them: by village, changed ones with the facts that differ, old and new."""
    order = pl.Enum(["changed", "new", "gone", "flawed"])
    changed, others = rows.filter(pl.col("outcome") == "changed"), rows.filter(pl.col("outcome") != "changed")
    nothing = (pl.lit(None, pl.String).alias(name) for name in ("fields", "changes"))
    both = pl.concat([_changes(changed, before, after, facts), others.with_columns(nothing)])
    if "mark" in after.masks:
        both = both.with_columns(masked_column(both["mark"], after.masks["mark"]).alias("mark"))
    return both.sort(pl.col("outcome").cast(order), "area_code", "after_row", "before_row").drop("before", "after")


def _changes(changed: pl.DataFrame, before: Side, after: Side, facts: Sequence[str]) -> pl.DataFrame:
    """`fields` as PostgreSQL's array text and `changes` as JSON, for rows of which something differs."""
    at = (changed["before"], changed["after"])
    fields, changes = [], []
    table = {}
    for name in facts:
        old, new = (side.values[name].gather(where) for side, where in zip((before, after), at, strict=True))
        table[f"{name}?"] = old.fill_null("") != new.fill_null("")
        for when, side, where in (("<", before, at[0]), (">", after, at[1])):
            table[f"{name}{when}"] = side.told(name, where)
        fields.append(pl.when(f"{name}?").then(pl.lit(name)))
        changes.append(
            pl.when(f"{name}?").then(
                pl.struct(
                    pl.lit(name).alias("field"), pl.col(f"{name}<").alias("before"), pl.col(f"{name}>").alias("after")
                )
            )
        )
    if not changed.height or not facts:
        return changed.with_columns(pl.lit(None, pl.String).alias(name) for name in ("fields", "changes"))
    told = pl.DataFrame(table).select(
        fields=pl.concat_str(pl.lit("{"), pl.concat_list(fields).list.drop_nulls().list.join(","), pl.lit("}")),
        changes=pl.struct(list=pl.concat_list(changes).list.drop_nulls())
        .struct.json_encode()
        .str.strip_prefix('{"list":')
        .str.strip_suffix("}"),
    )
    return pl.concat([changed, told], how="horizontal")
