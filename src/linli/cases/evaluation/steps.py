"""What staff took over dispatching, verifying and checking: every wait for such a step, judged by limits of working time.

A step is waited for from each moment a case comes to stand where it is next, until the step is taken; whatever else leads away
(a return to the acceptor, a merge) is no delay of anybody's. A round has several: a case that a unit sent back is dispatched
again, one that failed its check is checked again. What counts of a round is its worst: late, else waited for, else in time; so
that it is in time where each of them was, and figures go on to count cases.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl

from linli.kernel.worktime.many import Columns

from ..engine.states import State
from .counts import STEP_MINUTES

#: Where a case stands while a step is waited for, and the actions that are the step.
WAITS: dict[str, tuple[State, tuple[str, ...]]] = {
    "verify": (State.VERIFY_REPORT, ("confirm_report", "deny_report")),
    "dispatch": (State.TO_DISPATCH, ("dispatch",)),
    "check_send": (State.HANDED_BACK, ("ask_check",)),
    "check": (State.CHECK_RESULT, ("pass_check", "fail_check")),
}
#: When each was done, by the name facts have for it.
DONE = {"verify": "verified_at", "dispatch": "dispatched_at", "check_send": "check_sent_at", "check": "checked_at"}
#: The month a step counts in; of two rounds in one month the last is kept, with the worst of both.
MONTHS = {"dispatch": "dispatch_month", "check_send": "due_month", "check": "due_month"}
READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.String, "round": pl.Int64, "step": pl.String, "since": pl.Int64, "done": pl.Int64,
}  # fmt: skip


def statement(steps: str, unchecked: Iterable[str]) -> str:
    """The waits of the cases whose steps `steps` selects, in seconds since 1970; `done` empty while it lasts. A case dispatched
    first was waited for since its report. `unchecked`: procedures in which a result waits for no check."""
    codes = ", ".join(f"'{code}'" for code in unchecked)
    which = " ".join(f"WHEN '{state}' THEN '{step}'" for step, (state, _) in WAITS.items())
    ended = " OR ".join(
        f"(s.to_state = '{state}' AND (s.left_by IS NULL OR s.left_by IN ({', '.join(repr(each) for each in actions)})))"
        for state, actions in WAITS.values()
    )
    return f"""
WITH w AS ({steps})
SELECT s.case_id, s.round, CASE s.to_state {which} END AS step, extract(epoch FROM s.at)::bigint AS since,
    extract(epoch FROM s.left_at)::bigint AS done
FROM (
    SELECT w.case_id, w.round, w.to_state, w.at, lead(w.action) OVER t AS left_by, lead(w.at) OVER t AS left_at
    FROM w WHERE w.from_state <> w.to_state WINDOW t AS (PARTITION BY w.case_id ORDER BY w.version)
) s JOIN cases_case c ON c.id = s.case_id
WHERE ({ended}) AND NOT (s.to_state = '{State.HANDED_BACK}' AND c.procedure = ANY(ARRAY[{codes}]::text[]))
UNION ALL
SELECT w.case_id, w.round, 'dispatch', extract(epoch FROM c.reported_at)::bigint, extract(epoch FROM w.at)::bigint
FROM w JOIN cases_case c ON c.id = w.case_id WHERE w.action = 'dispatch_first'
"""


def judged(waits: pl.DataFrame, line: Columns) -> pl.DataFrame:
    """The worst wait of each step of a round: `case_id`, `round`, and for each step by when it was due and when it was done."""
    minutes = pl.col("step").replace_strict(STEP_MINUTES, return_dtype=pl.Int64)
    limits = waits.select(minutes.alias("minutes")).to_series().to_numpy()
    since = waits["since"].to_numpy().astype(np.int64)
    due = pl.Series("due", line.reached(line.total(since) + limits * 60), dtype=pl.Int64)
    worst = (
        waits.with_columns(due)
        .with_columns(rank=_rank("due", "done"))
        .sort("rank", "since")
        .group_by("case_id", "round", "step")
        .last()
    )
    found = waits.select("case_id", "round").unique()
    for step, done in DONE.items():
        own = worst.filter(pl.col("step") == step).select(
            "case_id", "round", pl.col("due").alias(f"{step}_due"), pl.col("done").alias(done)
        )
        found = found.join(own, on=["case_id", "round"], how="left")
    return found


def carried(frame: pl.DataFrame) -> pl.DataFrame:
    """Facts of rounds, where each tells the worst that any round of the same case told in the same month."""
    several = frame.select(pl.col("round").max().over("case_id") > 0).to_series()
    if not several.any():
        return frame
    again = frame.filter(several).with_columns(pl.col("returned").eq("true").any().over("case_id", "dispatch_month"))
    again = again.with_columns(pl.col("returned").cast(pl.String))
    for step, month in MONTHS.items():
        due, done = f"{step}_due", DONE[step]
        worst = [pl.col(name).sort_by(_rank(due, done), "round").last().over("case_id", month) for name in (due, done)]
        again = again.with_columns(worst)
    return pl.concat([frame.filter(~several), again])


def _rank(due: str, done: str) -> pl.Expr:
    """Late, waited for, in time, none: the worse the more."""
    late, (worst, waits, well, none) = pl.col(done) > pl.col(due), (pl.lit(n, dtype=pl.Int64) for n in (2, 1, 0, -1))
    judged_by = pl.when(late).then(worst).otherwise(well)
    return pl.when(pl.col(due).is_null()).then(none).when(pl.col(done).is_null()).then(waits).otherwise(judged_by)
