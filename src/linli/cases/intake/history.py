"""Closed cases of an earlier system into the base, as what was: steps marked as imported, no clock, no notice, no event.

Each step stands where the sheet gives it a time; figures count a case by the times it has (`evaluation.facts`).
"""

from __future__ import annotations

import json

import polars as pl

from linli.access.models import Unit
from linli.intake.kinds import Way
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.kernel.worktime import seconds_of
from linli.registry.merge.run import lock

from ..engine.states import State
from .models import HISTORY
from .orders import CaseCounts, counts
from .origins import known
from .writing import CASES, FLOW, ORIGINS, Hand, enter, fingerprints, numbered, sealed

#: What is compared with what was said before; a case that says something else stays as it is.
PARTS = {
    "all": (
        "text", "place_text", "area_code", "lon", "lat", "category_text", "unit_text", "case_at", "case_filed", "case_dispatched",
        "case_handled", "case_closed", "due_said", "result", "source", "satisfied", "solved", "reporter", "phone",
    )
}  # fmt: skip
#: The kind of a step that was taken elsewhere and told here.
IMPORTED = "imported"
#: The engine's step, the column with its time, and the state it led to, in their order.
LEGS = (
    ("report", "case_at", State.REPORTED), ("file", "case_filed", State.TO_DISPATCH), ("dispatch", "case_dispatched", State.TO_TAKE),
    ("hand_back", "case_handled", State.HANDED_BACK), ("close", "case_closed", State.CLOSED), ("rate", "rated_at", State.EVALUATED),
)  # fmt: skip
NOTE = "历史案件导入 Imported from an earlier system"


def match(way: Way) -> CaseCounts:
    """Foretell a merge without writing."""
    with acting(system("matching", way.district)):
        return counts(_resolved(way))


def merge(way: Way) -> CaseCounts:
    """Enter the cases whose numbers the base does not have. Repeating a sheet changes nothing."""
    hand = Hand(way.uploader, way.district, way.batch_id)
    with acting(hand.over):
        lock()
        way.report("match", 0.0)
        found = _resolved(way)
        fresh = found.filter(pl.col("outcome") == "new")
        way.report("write", 0.0)
        if fresh.height:
            _enter(hand, way, fresh)
        way.report("write", 1.0)
    return counts(found)


def _resolved(way: Way) -> pl.DataFrame:
    frame = pl.concat(list(way.rows), how="diagonal_relaxed")
    frame = frame.with_columns(fingerprints(frame, PARTS).alias("told_now"))
    there = known(frame["key"], way.source).with_columns(before=pl.col("told").str.json_path_match("$.all"))
    frame = frame.join(there, on="key", how="left", maintain_order="left")
    same = pl.col("told_now").str.json_path_match("$.all") == pl.col("before")
    return frame.with_columns(
        outcome=pl.when(pl.col("case_id").is_null()).then(pl.lit("new"))
        .when(same.fill_null(False)).then(pl.lit("unchanged")).otherwise(pl.lit("left"))
    )  # fmt: skip


def _enter(hand: Hand, way: Way, frame: pl.DataFrame) -> None:
    frame = sealed(numbered(frame, "case_at"))
    rated = pl.any_horizontal(pl.col("satisfied", "solved").is_not_null())
    frame = frame.with_columns(rated_at=pl.when(rated).then("case_closed"))
    steps = pl.sum_horizontal(pl.col(column).is_not_null().cast(pl.Int64) for _, column, _ in LEGS)
    frame = frame.with_columns(steps=steps)
    cases = frame.with_columns(
        state=pl.when(rated).then(pl.lit(State.EVALUATED.value)).otherwise(pl.lit(State.CLOSED.value)),
        description=pl.col("text"), occurred_at=pl.col("case_at"), reported_at=pl.col("case_at"),
        reported_by=pl.lit(hand.actor.id), unit_name=_named(frame), filed_at=pl.col("case_filed"),
        due_at=pl.col("due"), handed_back_at=pl.col("case_handled"), closed_at=pl.col("case_closed"), version=pl.col("steps"),
    )  # fmt: skip
    enter("cases_case", CASES, cases, lambda share: way.report("write", 0.4 * share))
    enter("cases_flow", FLOW, _flow(hand, way, frame), lambda share: way.report("write", 0.4 + 0.5 * share))
    enter("cases_origin", ORIGINS, _origins(way, frame))


def _named(frame: pl.DataFrame) -> pl.Series:
    """The name of each unit: its own where it is known, for whose name stands there sees the case; else as written. One query."""
    names = {str(id_): name for id_, name in Unit.objects.values_list("id", "name")}
    own = frame["unit_id"].cast(pl.String).replace_strict(names, default=None, return_dtype=pl.String)
    return frame.select(pl.coalesce(own, pl.col("unit_text"), pl.lit(""))).to_series()


def _flow(hand: Hand, way: Way, frame: pl.DataFrame) -> pl.DataFrame:
    """A row for each step with a time: whose numbers and states go on from the step before it."""
    told = json.dumps({"imported": str(way.batch_id)})
    detail = {
        "report": pl.struct(source="source", number="key", row="row", imported=pl.lit(str(way.batch_id))).struct.json_encode(),
        "dispatch": pl.struct(unit=pl.col("unit_text")).struct.json_encode(),
        "hand_back": pl.struct(result="result").struct.json_encode(),
        "rate": pl.struct("satisfied", "solved").struct.json_encode(),
    }  # fmt: skip
    parts: list[pl.DataFrame] = []
    before, nth = pl.lit(""), pl.lit(0)
    for action, column, state in LEGS:
        there = pl.col(column).is_not_null()
        nth = nth + there.cast(pl.Int64)
        parts.append(
            frame.filter(there).select(
                pl.col("id").alias("case_id"), *hand.signs(), nth.alias("version"),
                pl.col(column).alias("at"), pl.lit(action).alias("action"), pl.lit(IMPORTED).alias("kind"),
                before.alias("from_state"), pl.lit(state.value).alias("to_state"),
                pl.lit(NOTE if action == "report" else "").alias("reason"), detail.get(action, pl.lit(told)).alias("detail"),
            )
        )  # fmt: skip
        before = pl.when(there).then(pl.lit(state.value)).otherwise(before)
    return pl.concat(parts)


def _origins(way: Way, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col("id").alias("case_id"), pl.lit(HISTORY).alias("kind"), pl.lit(way.source).alias("source_code"),
        pl.col("key").alias("number"), pl.lit(str(way.batch_id)).alias("batch_id"), "row", pl.col("told_now").alias("told"),
        pl.col("due").alias("due_at"), "unit_id", pl.col("unit_text").fill_null(""), pl.col("category_text").fill_null(""),
        pl.lit(False).alias("confidential"), pl.col("steps").alias("version"), pl.lit(seconds_of(clock.now())).alias("taken_at"),
    )  # fmt: skip
