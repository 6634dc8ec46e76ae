"""Drawing the facts of cases: those whose steps are new every few minutes, every case by night. Derived data only.

One statement reads each slice of cases, a row for each round, and one the waits for steps of staff (`steps`), whose deadlines are
reckoned over columns by the work calendar; one statement writes the facts. A round begins with the report or with a reopening, whose
step keeps what the round before came to, so that what is done since changes nothing about it. A case that was imported as history
(`cases.intake`) counts by the times its sheet had: no step is late that nobody wrote down. One whose import was undone counts nowhere,
nor does one whose procedure has a door of its own (proposals), which has figures of its own: its facts have no moments and no months.
Figures are everybody's, so that what is for restricted readers counts in none and has no facts at all.
A child case says nothing of how its matter came to be known; its parent does, once.
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

from ..engine.procedure import known
from ..engine.states import FINISHED, State
from . import steps
from .counts import STEP_MINUTES, STEP_VERSION
from .models import CaseFact, FactRun

SLICE = 50_000
#: A step is seen though its transaction ended so long after its id was made.
OVERLAP = timedelta(minutes=20)
#: The limits of staff that a round has once: from which moment each runs, and when it was done. All others are in `steps`.
ONCE = {"verify_send": ("verify_from", "verify_sent_at"), "file": ("file_from", "filed_at")}
MOMENTS = (
    "reported_at", "filed_at", "due_at", "closed_at", "handed_back_at", "begun_at", "verify_from", "verify_sent_at", "file_from",
)  # fmt: skip
FLAGS = (
    "open", "public", "collector", "patrolled", "confirmed", "cancelled", "merged", "paused", "exempt", "returned", "reworked", "closed",
    "transferred", "responded", "solved", "satisfied",
)  # fmt: skip
READ: dict[str, pl.DataType | type[pl.DataType]] = {
    "case_id": pl.String, "round": pl.Int64, "version": pl.Int64, "area_code": pl.String, "unit_id": pl.String, "procedure": pl.String,
    **dict.fromkeys(FLAGS, pl.String), **dict.fromkeys(("imported", "withdrawn"), pl.String), **dict.fromkeys(MOMENTS, pl.Int64),
}  # fmt: skip
WRITTEN = {
    "case_id": "uuid", "round": "smallint", "version": "integer", "steps": "smallint", "area_code": 'text COLLATE "C"', "unit_id": "uuid",
    **dict.fromkeys(("reported_month", "filed_month", "dispatch_month", "due_month", "closed_month"), "integer"),
    **dict.fromkeys(FLAGS, "boolean"),
    **dict.fromkeys(
        ("due_at", "handed_back_at", "filed_at", "verify_sent_at", *(f"{step}_due" for step in (*ONCE, *steps.DONE)),
         *steps.DONE.values()), "timestamptz",
    ),
}  # fmt: skip
KEY = ("case_id", "round")

_FINISHED = ", ".join(f"'{state}'" for state in FINISHED)
#: No unit has it, though one may have had it: what becomes of it is nobody's.
_NOBODYS = ", ".join(
    f"'{state}'"
    for state in (
        State.REPORTED, State.VERIFY_REPORT, State.TO_FILE, State.TO_DISPATCH, State.NOT_ACCEPTED, State.CANCELLED,
    )
)  # fmt: skip
_GONE = f"c.state IN ('{State.NOT_ACCEPTED}', '{State.CANCELLED}')"
_CLOSED = f"c.state IN ('{State.CLOSED}', '{State.EVALUATED}')"
_SECONDS = ", ".join(f"extract(epoch FROM x.{name})::bigint AS {name}" for name in MOMENTS)
#: What filing waited for: it is the acceptor's from the last of these, and of a case dispatched first only from then.
_BEFORE_FILING = "'confirm_report', 'deny_report', 'dispatch_first'"


def _as_told(name: str, kind: str) -> str:
    """What a case says of its last round, and the step that ended an earlier one of that."""
    return f"CASE WHEN s.told IS NULL THEN c.{name} ELSE (s.told ->> '{name}')::{kind} END AS {name}"


#: The steps of the cases in the temporary table `evaluation_drawn`, each with its round. A reopening from before rounds were kept
#: begins none.
_STEPS = """
SELECT w.case_id, w.version, w.action, w.kind, w.from_state, w.to_state, w.at, w.detail -> 'round' AS before,
    count(*) FILTER (WHERE w.detail -> 'round' IS NOT NULL) OVER (PARTITION BY w.case_id ORDER BY w.version) AS round,
    min(w.at) FILTER (WHERE w.action IN ('file', 'file_afterwards')) OVER (PARTITION BY w.case_id) AS first_filed_at
FROM evaluation_drawn d JOIN cases_flow w ON w.case_id = d.id
"""
#: What the steps of each round tell; `told`: what it came to, empty for the last.
_ROUNDS = f"""
SELECT r.*, lead(r.before) OVER (PARTITION BY r.case_id ORDER BY r.round) AS told
FROM (
    SELECT w.case_id, w.round, (array_agg(w.before) FILTER (WHERE w.before IS NOT NULL))[1] AS before,
        bool_or(w.action = 'confirm_report') AS confirmed, bool_or(w.action = 'return_to_dispatcher') AS returned,
        bool_or(w.action IN ('rework', 'fail_check')) AS reworked, bool_or(w.action = 'transfer_out') AS transferred,
        bool_or(w.kind = 'imported') AS imported,
        bool_or(w.action = 'import_withdrawn') AS withdrawn, min(w.at) AS begun_at,
        min(w.at) FILTER (WHERE w.action = 'ask_verify') AS verify_sent_at,
        max(w.at) FILTER (WHERE w.action IN ({_BEFORE_FILING}) AND (w.at <= w.first_filed_at OR w.first_filed_at IS NULL))
            AS file_from
    FROM ({_STEPS}) w GROUP BY w.case_id, w.round
) r
"""
#: Facts of the rounds. A case is reported and filed once, in its first.
_READ = f"""
SELECT x.case_id, x.round, x.version, x.area_code, x.unit_id, x.procedure, {", ".join(f"x.{flag}::text" for flag in FLAGS)},
    x.imported::text, x.withdrawn::text,
    {_SECONDS}
FROM (
    SELECT c.id AS case_id, coalesce(s.round, 0) AS round, c.version, c.area_code, c.procedure,
        CASE WHEN s.told IS NULL THEN CASE WHEN c.state NOT IN ({_NOBODYS}) THEN c.unit_id END
            ELSE coalesce((s.told ->> 'unit_id')::uuid, CASE WHEN s.told ->> 'unit_name' = c.unit_name THEN c.unit_id END)
            END AS unit_id,
        c.state NOT IN ({_FINISHED}) AS open,
        k.child_id IS NULL AND c.source IN ('resident', 'hotline') AS public,
        k.child_id IS NULL AND c.source = 'collector' AS collector,
        k.child_id IS NULL AND coalesce(g.kind IN ('component', 'matter'), false) AS patrolled, coalesce(s.confirmed, false) AS confirmed,
        s.told IS NULL AND {_GONE} AS cancelled, s.told IS NULL AND c.state = '{State.MERGED}' AS merged,
        s.told IS NULL AND coalesce(c.paused_at <= coalesce(c.due_at, c.paused_at), false) AS paused,
        coalesce(CASE WHEN s.told IS NULL THEN c.exempt ELSE (s.told ->> 'exempt')::boolean END, false) AS exempt,
        coalesce(s.returned, false) AS returned, coalesce(s.reworked, false) AS reworked,
        coalesce(s.transferred, false) AS transferred,
        coalesce(s.imported, false) AS imported, coalesce(s.withdrawn, false) AS withdrawn,
        s.told IS NOT NULL OR {_CLOSED} AS closed,
        {", ".join(_as_told(name, "boolean") for name in ("responded", "solved", "satisfied"))},
        CASE WHEN coalesce(s.round, 0) = 0 THEN c.reported_at END AS reported_at,
        CASE WHEN coalesce(s.round, 0) = 0 THEN c.filed_at END AS filed_at,
        CASE WHEN s.told IS NOT NULL THEN (s.told ->> 'due_at')::timestamptz
            WHEN c.filed_at IS NOT NULL THEN c.due_at END AS due_at,
        {", ".join(_as_told(name, "timestamptz") for name in ("closed_at", "handed_back_at"))},
        CASE WHEN s.round > 0 THEN s.begun_at END AS begun_at, s.verify_sent_at,
        CASE WHEN s.verify_sent_at IS NOT NULL THEN c.reported_at END AS verify_from,
        CASE WHEN c.filed_at IS NOT NULL OR NOT coalesce(s.imported, false) THEN coalesce(s.file_from, c.reported_at) END AS file_from
    FROM evaluation_drawn d JOIN cases_case c ON c.id = d.id LEFT JOIN cases_category g ON g.id = c.category_id
    LEFT JOIN cases_child k ON k.child_id = c.id LEFT JOIN ({_ROUNDS}) s ON s.case_id = c.id
    WHERE c.restricted_to = ''
) x
"""
#: What became a case for restricted readers while its facts were drawn, this run or one before.
_HIDDEN = "DELETE FROM cases_evaluation_fact f USING cases_case c WHERE c.id = f.case_id AND c.restricted_to <> ''"
_COLUMNS = ", ".join(WRITTEN)
_UPSERT = f"""
INSERT INTO cases_evaluation_fact ({_COLUMNS}) SELECT {_COLUMNS} FROM evaluation_new
ON CONFLICT (case_id, round) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in WRITTEN if name not in KEY)}
"""
#: Where new steps are, by the index of their ids, which rise with time.
_NEW = "SELECT DISTINCT w.case_id FROM cases_flow w WHERE w.id >= %(since)s"
_NEXT = """
SELECT c.id FROM cases_case c LEFT JOIN cases_evaluation_fact f ON f.case_id = c.id AND f.round = 0
WHERE c.id > %(after)s AND c.restricted_to = ''
    AND (f.case_id IS NULL OR f.version <> c.version OR f.steps <> %(steps)s OR f.area_code <> c.area_code)
ORDER BY c.id LIMIT %(size)s
"""


def draw_recent(actor: Actor) -> int:
    """Draw the facts of cases with steps since the last run, of all where none is by the definitions of now; returns how many.
    Four statements for each slice."""
    actor.require("*")
    last = FactRun.objects.order_by("-id").first()
    if last is None or not CaseFact.objects.filter(steps=STEP_VERSION).exists():
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
    with connection.cursor() as cursor:
        cursor.execute(_HIDDEN)
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
    waits = stage.fetch(steps.statement(_STEPS, _unchecked()), steps.READ)
    stage.fill("evaluation_new", WRITTEN, _facts(read, waits))
    stage.run(_UPSERT)


def _unchecked() -> list[str]:
    """The procedures in which nobody has a result checked: a result that comes back waits for no check there."""
    return [each.code for each in known().values() if "ask_check" not in each.by_code]


def _own_door() -> list[str]:
    """The procedures whose cases are worked at a door of their own, and counted there."""
    return [each.code for each in known().values() if each.own_door]


def _facts(read: pl.DataFrame, waits: pl.DataFrame) -> pl.DataFrame:
    """What is written, from what was read: moments in seconds since 1970."""
    gone = (pl.col("withdrawn") == "true") | pl.col("procedure").is_in(_own_door())
    frame = read.with_columns(pl.when(~gone).then(name).alias(name) for name in MOMENTS)
    line = Columns.of(work_calendar().calendar)
    kept = waits.join(read.filter(gone), on="case_id", how="anti")
    frame = frame.join(steps.judged(kept, line), on=["case_id", "round"], how="left")
    for step, (since, _) in ONCE.items():
        column = frame[since]
        runs = column.is_not_null()
        due = np.zeros(frame.height, dtype=np.int64)
        begun = column.filter(runs).to_numpy().astype(np.int64)
        due[runs.to_numpy()] = line.reached(line.total(begun) + STEP_MINUTES[step] * 60)
        frame = frame.with_columns(pl.when(runs).then(pl.Series(due)).alias(f"{step}_due"))
    months = [_month(name).alias(f"{name[:-3]}_month") for name in ("reported_at", "filed_at", "due_at", "closed_at")]
    frame = frame.with_columns(*months, pl.lit(STEP_VERSION).alias("steps"))
    frame = frame.with_columns(dispatch_month=pl.coalesce("filed_month", _month("begun_at")))
    frame = steps.carried(frame).with_columns(_once("dispatch_month"), _once("due_month"), _once("closed_month"))
    return frame.with_columns(_moment(name) for name, kind in WRITTEN.items() if kind == "timestamptz")


def _once(month: str) -> pl.Expr:
    """A case counts once in a month, by the last of its rounds there: figures count cases, and lists show as many."""
    last = pl.col("round") == pl.col("round").max().over("case_id", month)
    return pl.when(last).then(pl.col(month)).alias(month)


def _month(name: str) -> pl.Expr:
    local = pl.from_epoch(pl.col(name) + 8 * 3600, time_unit="s")
    return local.dt.year() * 100 + local.dt.month().cast(pl.Int32)


def _moment(name: str) -> pl.Expr:
    return pl.from_epoch(pl.col(name), time_unit="s").dt.strftime("%Y-%m-%d %H:%M:%S+00").alias(name)
