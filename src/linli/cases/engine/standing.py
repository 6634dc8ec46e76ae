"""What becomes of clocks without anybody: a suspension ends on its day, and a changed calendar moves what is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from linli.access.calendar.queries import work_calendar
from linli.kernel import clock
from linli.kernel.actors import Actor, system
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting
from linli.kernel.worktime import WorkCalendar, moment_of, seconds_of

from ..clocks.rules import Clock, Kind, Pause
from . import procedure, sight
from .act import do_step
from .adjusting import facts_of
from .effects import Given, moved
from .models import CaseFlow, CasePause
from .rules import BY_CODE, OPEN, refusal
from .states import State

log = structlog.get_logger("linli.cases")
PROGRAM = "cases"
PROGRAM_ID = f"system:{PROGRAM}"
#: So many cases are locked at a time: nobody who acts on one waits for long.
AT_ONCE = 5_000
_BY_CALENDAR = [kind.value for kind in (Kind.WORK_HOUR, Kind.WORK_DAY)]
#: A clock that was stopped by a result stays as it was: it is reckoned anew where the result is sent back.
_CLOCKS = """
SELECT id, state, version, clock, clock_from, limit_value, extended_by, amber_at, due_at, provisional
FROM cases_case
WHERE state = ANY(%(open)s) AND clock = ANY(%(kinds)s) AND clock_from IS NOT NULL AND due_at IS NOT NULL
    AND handed_back_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(size)s FOR UPDATE
"""
#: A unit is no more when it is gone or was ended, or when of the accounts it had none is in use any longer. What waits for it is told
#: by each procedure: of proposals, review and signing off as well.
_GONE = """
SELECT c.id FROM cases_case c
WHERE c.state = ANY(%(states)s) AND (c.procedure, c.state) IN (SELECT * FROM unnest(%(procedures)s::text[], %(waits)s::text[]))
AND c.unit_id IN (
    SELECT u.unit_id FROM (SELECT DISTINCT unit_id FROM cases_case WHERE state = ANY(%(states)s) AND unit_id IS NOT NULL) u
    LEFT JOIN access_account a ON a.unit_id = u.unit_id
    GROUP BY u.unit_id
    HAVING count(a.id) FILTER (WHERE a.active) = 0
       AND (count(a.id) > 0 OR NOT EXISTS (SELECT FROM access_unit x WHERE x.id = u.unit_id))
       OR EXISTS (SELECT FROM access_unit x WHERE x.id = u.unit_id AND x.ended_on <= %(today)s)
)
ORDER BY c.id
"""
GONE = "处置单位已撤销，或已没有在用的账号 The unit is no more, or none of its accounts is in use"
_PAUSES = """
SELECT p.case_id, p.since, p.until FROM cases_pause p JOIN cases_case c ON c.id = p.case_id
WHERE p.case_id = ANY(%(ids)s) AND p.since >= c.clock_from
"""
_MOVE = """
UPDATE cases_case c SET amber_at = m.amber, due_at = m.due, provisional = m.provisional, version = c.version + 1
FROM unnest(%(ids)s::uuid[], %(amber)s::timestamptz[], %(due)s::timestamptz[], %(provisional)s::boolean[])
    AS m (id, amber, due, provisional)
WHERE c.id = m.id
"""


@dataclass(frozen=True, slots=True)
class Running:
    """A case's clock as its row holds it."""

    id: UUID
    state: str
    version: int
    clock: str
    clock_from: datetime
    limit_value: int
    extended_by: int
    amber_at: datetime
    due_at: datetime
    provisional: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What the calendar as it is makes of a clock."""

    amber: datetime
    due: datetime
    provisional: bool


def end_suspensions() -> int:
    """Have every case go on whose day on account is over. Each in a transaction of its own; returns how many."""
    with acting(_program()):
        due = list(
            CasePause.objects.filter(kind="suspended", until=None, planned__lt=clock.today()).values_list(
                "case_id", flat=True
            )
        )
    return _each("end_suspension", due, end_suspension)


def end_suspension(case_id: UUID) -> bool:
    """Take the step, unless somebody went on with the case meanwhile."""
    return _by_itself(
        "end_suspension",
        case_id,
        lambda: CasePause.objects.filter(case_id=case_id, until=None, planned__lt=clock.today()).exists(),
    )


def return_from_gone_units() -> int:
    """Send cases of units that are no more back to dispatch, with a note; returns how many."""
    waits = [(way.code, state.value) for way in procedure.known().values() for state in _waits(way)]
    params: dict[str, Any] = {
        "states": sorted({state for _, state in waits}), "procedures": [code for code, _ in waits],
        "waits": [state for _, state in waits], "today": clock.today(),
    }  # fmt: skip
    with acting(_program()), connection.cursor() as cursor:
        cursor.execute(_GONE, params)
        cases = [row[0] for row in cursor.fetchall()]
    return _each("unit_gone", cases, lambda case_id: _by_itself("unit_gone", case_id, lambda: True, GONE))


def _waits(way: procedure.Procedure) -> tuple[State, ...]:
    """The states in which a case of a procedure waits for its unit."""
    action = way.by_code.get("unit_gone")
    return action.sources if action else ()


def reckon_again() -> int:
    """Bring the clocks of open cases to the work calendar, and note it in the flow of each that moves; returns how many."""
    after, count = UUID(int=0), 0
    while True:
        with acting(_program()) as actor:
            rows = _running(after)
            count += _move_apart(actor, rows)
        if len(rows) < AT_ONCE:
            return count
        after = rows[-1].id


def _each(code: str, cases: Sequence[UUID], step: Callable[[UUID], bool]) -> int:
    """Take a step in every case for itself; returns in how many. One that breaks holds up none of the others: it is told to
    whoever keeps the program, with its id alone, counted, and tried again with the next run."""
    taken = failed = 0
    for case_id in cases:
        try:
            taken += step(case_id)
        except OperationalError:  # the database, not a case
            raise
        except Exception as error:  # whatever is wrong with one case
            failed += 1
            log.error("cases.step_failed", step=code, case=str(case_id), error=type(error).__name__)
    if failed:
        log.error("cases.steps_failed", step=code, failed=failed, taken=taken)
    return taken


def _by_itself(code: str, case_id: UUID, still: Callable[[], bool], reason: str = "") -> bool:
    """Take a step of the program's own in a case, if it is still wanted once the case is locked."""
    with acting(_program()) as actor:
        case = sight.locked(actor, case_id)
        action = procedure.of(case.procedure).by_code[code]
        if refusal(action, facts_of(case), sight.doer(actor, case.area_code)) is not None or not still():
            return False
        do_step(actor, case, action, Given(case.version, reason=reason))
        return True


def _program() -> Actor:
    return system(PROGRAM, settings.LINLI_DISTRICT)


def _running(after: UUID) -> list[Running]:
    params: dict[str, Any] = {"open": [s.value for s in OPEN], "kinds": _BY_CALENDAR, "after": after, "size": AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(_CLOCKS, params)
        return [Running(*row) for row in cursor.fetchall()]


def _move_apart(actor: Actor, rows: Sequence[Running]) -> int:
    """Move clocks together, or each for itself where one of them cannot be reckoned; returns how many moved."""
    try:
        with transaction.atomic():
            return _move(actor, rows)
    except OperationalError:
        raise
    except Exception:  # one of them: which it is, is found one by one
        by_id = {row.id: row for row in rows}

        def move(case_id: UUID) -> bool:
            with transaction.atomic():
                return _move(actor, [by_id[case_id]]) > 0

        return _each("reckon_again", list(by_id), move)


def _move(actor: Actor, rows: Sequence[Running]) -> int:
    """Write what moved. Three statements, and the history's."""
    found = list(zip(rows, _reckoned(rows, work_calendar().calendar), strict=True))
    changed = [(row, new) for row, new in found if Moment(row.amber_at, row.due_at, row.provisional) != new]
    if not changed:
        return 0
    params: dict[str, Any] = {
        "ids": [row.id for row, _ in changed], "amber": [new.amber for _, new in changed],
        "due": [new.due for _, new in changed], "provisional": [new.provisional for _, new in changed],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, params)
    action, now = BY_CODE["reckon_again"], clock.now()
    CaseFlow.objects.bulk_create(
        CaseFlow(
            id=key, case_id=row.id, version=row.version + 1, at=now, action=action.code, kind=action.kind, from_state=row.state,
            to_state=row.state, actor=actor.id, actor_name=actor.name, detail=moved(row.due_at, new.due),
        )
        for key, (row, new) in zip(uuid7_many(len(changed)), changed, strict=True)
    )  # fmt: skip
    return len(changed)


def _reckoned(rows: Sequence[Running], calendar: WorkCalendar) -> Iterable[Moment]:
    import numpy as np

    from ..clocks.many import amber_many, due_many, provisional_many

    if not rows:
        return []
    pauses: dict[UUID, list[Pause]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PAUSES, {"ids": [row.id for row in rows]})
        for case_id, since, until in cursor.fetchall():
            pauses.setdefault(case_id, []).append(Pause(seconds_of(since), seconds_of(until or since)))
    clocks = [
        Clock(
            Kind(row.clock), seconds_of(row.clock_from), row.limit_value, tuple(pauses.get(row.id, ())),
            (row.extended_by,) if row.extended_by else (),
        )
        for row in rows
    ]  # fmt: skip
    due, begun = due_many(clocks, calendar), np.fromiter((each.start for each in clocks), np.int64, len(clocks))
    lights = zip(
        amber_many(clocks, calendar).tolist(),
        due.tolist(),
        provisional_many(calendar, begun, due).tolist(),
        strict=True,
    )
    return [Moment(moment_of(amber), moment_of(at), unsure) for amber, at, unsure in lights]
