"""Drawing the facts of cases: those whose steps are new every few minutes, every case by night. Derived data only.

One statement reads each slice of cases with the first of each of their steps; deadlines of the steps of staff are reckoned over
columns by the work calendar; one statement writes them.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import numpy as np
import polars as pl
from django.db import connection

from linli.access.calendar.queries import work_calendar
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7
from linli.kernel.worktime.many import Columns
from linli.registry.merge import stage

from ..engine.states import ENDED, FINISHED, State
from .counts import STEP_MINUTES, STEP_VERSION
from .models import FactRun

SLICE = 50_000
#: A step is seen though its transaction ended so long after its id was made.
OVERLAP = timedelta(minutes=20)
#: A limit of staff in front of its two columns: from which moment it runs, and when it was done.
STEPS = {
    "verify_send": ("reported_at", "verify_sent_at"),
    "verify": ("verify_sent_at", "verified_at"),
    "file": ("file_from", "filed_at"),
    "dispatch": ("dispatch_from", "dispatched_at"),
    "check_send": ("back_at", "check_sent_at"),
    "check": ("check_sent_at", "checked_at"),
}
#: A limit runs only for cases that are to be verified.
WANTED = {"verify_send": "verify_sent_at"}
MOMENTS = (
    "reported_at", "filed_at", "due_at", "closed_at", "handed_back_at", "verify_sent_at", "verified_at", "dispatch_from",
    "dispatched_at", "back_at", "check_sent_at", "checked_at",
)  # fmt: skip
FLAGS = (
    "open", "public", "collector", "patrolled", "confirmed", "cancelled", "paused", "returned", "reworked", "closed", "responded",
    "solved", "satisfied",
)  # fmt: skip
READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.String, "version": pl.Int64, "area_code": pl.String, "unit_id": pl.String,
    **dict.fromkeys(FLAGS, pl.String), **dict.fromkeys(MOMENTS, pl.Int64),
}  # fmt: skip
WRITTEN = {
    "case_id": "uuid", "version": "integer", "steps": "smallint", "area_code": 'text COLLATE "C"', "unit_id": "uuid",
    "reported_month": "integer", "filed_month": "integer", "due_month": "integer", "closed_month": "integer",
    **dict.fromkeys(FLAGS, "boolean"),
    **dict.fromkeys(
        ("due_at", "handed_back_at", "filed_at", *(f"{step}_due" for step in STEPS),
         "verify_sent_at", "verified_at", "dispatched_at", "check_sent_at", "checked_at"), "timestamptz",
    ),
}  # fmt: skip

_FINISHED = ", ".join(f"'{state}'" for state in FINISHED)
_ENDED = ", ".join(f"'{state}'" for state in ENDED)
_CLOSED = f"c.state IN ('{State.CLOSED}', '{State.EVALUATED}')"
_SECONDS = ", ".join(f"extract(epoch FROM x.{name})::bigint AS {name}" for name in MOMENTS)
_FIRST = {
    "verify_sent_at": "w.action = 'ask_verify'", "verified_at": "w.action IN ('confirm_report', 'deny_report')",
    "dispatch_from": "w.to_state = 'to_dispatch'", "dispatched_at": "w.action IN ('dispatch', 'dispatch_first')",
    "back_at": "w.action = 'hand_back'", "check_sent_at": "w.action = 'ask_check'",
    "checked_at": "w.action IN ('pass_check', 'fail_check')",
}  # fmt: skip
#: Facts of the cases in the temporary table `evaluation_drawn`. A case dispatched first waited for it since its report.
_READ = f"""
SELECT x.case_id, x.version, x.area_code, x.unit_id, {", ".join(f"x.{flag}::text" for flag in FLAGS)}, {_SECONDS}
FROM (
    SELECT c.id AS case_id, c.version, c.area_code, c.unit_id, c.state NOT IN ({_FINISHED}) AS open,
        c.source IN ('resident', 'hotline') AS public, c.source = 'collector' AS collector,
        coalesce(g.kind IN ('component', 'matter'), false) AS patrolled, coalesce(s.confirmed, false) AS confirmed,
        c.state IN ({_ENDED}) AS cancelled, c.paused_at IS NOT NULL AS paused,
        coalesce(s.returned, false) AS returned, c.reworks > 0 AS reworked, {_CLOSED} AS closed, c.responded, c.solved,
        c.satisfied, c.reported_at, c.filed_at, CASE WHEN c.filed_at IS NOT NULL THEN c.due_at END AS due_at, c.closed_at,
        c.handed_back_at, {", ".join(f"s.{name}" for name in _FIRST if name != "dispatch_from")},
        CASE WHEN s.dispatch_from IS NULL OR s.dispatched_at < s.dispatch_from
            THEN CASE WHEN s.dispatched_at IS NOT NULL THEN c.reported_at END
            ELSE s.dispatch_from END AS dispatch_from
    FROM evaluation_drawn d JOIN cases_case c ON c.id = d.id LEFT JOIN cases_category g ON g.id = c.category_id
    LEFT JOIN (
        SELECT w.case_id, bool_or(w.action = 'confirm_report') AS confirmed,
            bool_or(w.action = 'return_to_dispatcher') AS returned,
            {", ".join(f"min(w.at) FILTER (WHERE {when}) AS {name}" for name, when in _FIRST.items())}
        FROM evaluation_drawn d JOIN cases_flow w ON w.case_id = d.id GROUP BY w.case_id
    ) s ON s.case_id = c.id
) x
"""
_COLUMNS = ", ".join(WRITTEN)
_UPSERT = f"""
INSERT INTO cases_evaluation_fact ({_COLUMNS}) SELECT {_COLUMNS} FROM evaluation_new
ON CONFLICT (case_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in WRITTEN if name != "case_id")}
"""
#: Where new steps are, by the index of their ids, which rise with time.
_NEW = "SELECT DISTINCT w.case_id FROM cases_flow w WHERE w.id >= %(since)s"
_NEXT = """
SELECT c.id FROM cases_case c LEFT JOIN cases_evaluation_fact f ON f.case_id = c.id
WHERE c.id > %(after)s AND (f.case_id IS NULL OR f.version <> c.version OR f.steps <> %(steps)s OR f.area_code <> c.area_code)
ORDER BY c.id LIMIT %(size)s
"""


def draw_recent(actor: Actor) -> int:
    """Draw the facts of cases with steps since the last run; returns how many. Three statements for each slice."""
    actor.require("*")
    last = FactRun.objects.order_by("-id").first()
    if last is None:
        return draw_all(actor)
    run = FactRun(id=uuid7(), at=clock.now(), whole=False, cases=0)
    with connection.cursor() as cursor:
        cursor.execute(_NEW, {"since": _before(last.id)})
        ids = sorted(row[0] for row in cursor.fetchall())
    for first in range(0, len(ids), SLICE):
        _draw(ids[first : first + SLICE])
    return _ran(run, len(ids))


def draw_all(actor: Actor) -> int:
    """Draw the facts of every case whose facts are not those of its last step; returns how many."""
    actor.require("*")
    run = FactRun(id=uuid7(), at=clock.now(), whole=True, cases=0)
    count, after = 0, UUID(int=0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, {"after": after, "size": SLICE, "steps": STEP_VERSION})
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return _ran(run, count)
        _draw(ids)
        count, after = count + len(ids), ids[-1]


def _ran(run: FactRun, count: int) -> int:
    run.cases = count
    run.save(force_insert=True)
    return count


def _before(run: UUID) -> UUID:
    """The least id that can have been made `OVERLAP` before that of a run: ids begin with the milliseconds of their making."""
    made = run.int >> 80
    return UUID(int=(made - int(OVERLAP.total_seconds() * 1000)) << 80)


def _draw(ids: list[UUID]) -> None:
    stage.create("evaluation_drawn", {"id": "uuid"})
    stage.create("evaluation_new", WRITTEN)
    stage.fill("evaluation_drawn", {"id": "uuid"}, pl.DataFrame({"id": [str(each) for each in ids]}))
    read = stage.fetch(_READ, READ)
    stage.fill("evaluation_new", WRITTEN, _facts(read))
    stage.run(_UPSERT)


def _facts(read: pl.DataFrame) -> pl.DataFrame:
    """What is written, from what was read: moments in seconds since 1970."""
    frame = read.with_columns(file_from=pl.coalesce("verified_at", "reported_at"))
    line = Columns.of(work_calendar().calendar)
    for step, (since, _) in STEPS.items():
        starts = (
            pl.col(since) if step not in WANTED else pl.when(pl.col(WANTED[step]).is_not_null()).then(pl.col(since))
        )
        column = frame.select(starts.alias("start")).to_series()
        runs = column.is_not_null()
        due = np.zeros(frame.height, dtype=np.int64)
        begun = column.filter(runs).to_numpy().astype(np.int64)
        due[runs.to_numpy()] = line.reached(line.total(begun) + STEP_MINUTES[step] * 60)
        frame = frame.with_columns(pl.when(runs).then(pl.Series(due)).alias(f"{step}_due"))
    months = [_month(name).alias(f"{name[:-3]}_month") for name in ("reported_at", "filed_at", "due_at", "closed_at")]
    frame = frame.with_columns(*months, pl.lit(STEP_VERSION).alias("steps"))
    return frame.with_columns(_moment(name) for name, kind in WRITTEN.items() if kind == "timestamptz")


def _month(name: str) -> pl.Expr:
    local = pl.from_epoch(pl.col(name) + 8 * 3600, time_unit="s")
    return local.dt.year() * 100 + local.dt.month().cast(pl.Int32)


def _moment(name: str) -> pl.Expr:
    return pl.from_epoch(pl.col(name), time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S+00").alias(name)
