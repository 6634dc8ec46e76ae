"""Reads of cases: lists by queue and filter, how many wait in each queue, one case with its flow. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import UUID

from linli.kernel import clock, paging, secrets
from linli.kernel.actors import Actor
from linli.kernel.masking import mask_name, mask_phone
from linli.kernel.paging import Count, Page
from linli.registry.queries import sql

from ..cooperation import holds
from ..cooperation.ahead import AHEAD
from ..cooperation.withheld import told_to
from ..duplicates import parted
from ..evaluation.behind import behind
from ..permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE, REVEAL, VIEW
from . import numbering, procedure, sight
from .adjusting import facts_with
from .models import Adjustment, Case, CaseFlow, CasePause, FieldTask
from .rules import AFTERWARDS, Option, options
from .states import ENDED, FINISHED, OPEN, Stage, State, states_of
from .whole import whole

Light = Literal["green", "amber", "red"]
Order = Literal["newest", "due"]
QueueCode = Literal["acceptance", "verify", "dispatch", "unit", "supporting", "check", "closing", "rating"]
BEGINNING = 120  # characters of the description a line of a list shows


#: In the words of the index that holds open cases in the order they are due.
IS_OPEN = "NOT (c.state IN (" + ", ".join(f"'{state}'" for state in FINISHED) + "))"


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one kind of work: cases in `states`, where the right is held (by unit for handling)."""

    code: QueueCode
    permission: str
    states: tuple[State, ...]
    unfiled: tuple[State, ...] = ()  # urgent cases in these wait there too as long as they are not filed
    common: bool = True  # a case with a door of its own waits there, for no step of it is taken here
    here: bool = False  # what a body outside goes on with does not wait there

    def where(self, params: dict[str, Any]) -> str:
        """The condition on cases `c`; adds to `params`. With `unfiled` it is worded for the index of open cases alone: the planner
        would put two indexes of states together, and read ten thousand cases for what one holds."""
        params["queue"] = list(self.states)
        here = "c.state = ANY(%(queue)s)"
        if self.unfiled:
            params["elsewhere"] = [state for state in OPEN if state not in self.unfiled]
            unfiled = "(c.urgent AND c.filed_at IS NULL AND c.state <> ALL(%(elsewhere)s))"
            here = f"{IS_OPEN} AND ({here} OR {unfiled})"
        if self.here:
            here += " AND NOT c.transferred"
        elsewhere = [way.code for way in procedure.known().values() if way.own_door]
        if not self.common or not elsewhere:
            return here
        params["own_doors"] = elsewhere
        return f"{here} AND c.procedure <> ALL(%(own_doors)s)"


QUEUES: tuple[Queue, ...] = (
    Queue("acceptance", ACCEPT, (State.REPORTED, State.TO_FILE), tuple(AFTERWARDS)),
    Queue("verify", CHECK, (State.VERIFY_REPORT,)),
    Queue("dispatch", DISPATCH, (State.TO_DISPATCH, State.HANDED_BACK), (State.REPORTED, State.TO_FILE)),
    Queue("unit", HANDLE, (State.TO_TAKE, State.HANDLING, State.WAITING, State.SUSPENDED)),
    Queue("supporting", HANDLE, OPEN, common=False),
    Queue("check", CHECK, (State.CHECK_RESULT,)),
    Queue("closing", CLOSE, (State.TO_CLOSE,)),
    Queue("rating", CLOSE, (State.CLOSED,), here=True),
)
BY_QUEUE = {queue.code: queue for queue in QUEUES}


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list may be narrowed by. `words`: a number or its beginning, or the serial of a case of today. `since` and
    `until`: the days of the report, both included."""

    queue: QueueCode | None = None
    area: str | None = None
    state: State | None = None
    stage: Stage | None = None
    open: bool | None = None
    unit_id: UUID | None = None
    category_id: UUID | None = None
    light: Light | None = None
    urgent: bool | None = None
    ahead: bool | None = None  # found before anybody complained (cooperation.ahead)
    since: date | None = None
    until: date | None = None
    procedure: str | None = None
    figure: str | None = None  # month:count, the cases behind a figure (evaluation.behind)
    words: str = ""
    order: Order = "newest"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a line of a list. `light` is None where no clock runs or ran; `level` is how grave a hazard is; `merged` is how
    many other reports of the same were merged into it; `transferred`: a body outside of the system goes on with it."""

    id: UUID
    number: str
    state: State
    source: str
    urgent: bool
    beginning: str
    area_code: str
    place_text: str
    category_name: str | None
    unit_name: str
    reported_at: datetime
    clock_from: datetime | None
    amber_at: datetime | None
    due_at: datetime | None
    paused_at: datetime | None
    handed_back_at: datetime | None
    provisional: bool
    reworks: int
    solved: bool | None
    satisfied: bool | None
    version: int
    level: str | None
    merged: int
    transferred: bool
    light: Light | None
    sort: datetime


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case with everything its page shows. Reporter's name and phone masked; None where there is none."""

    case: Case
    light: Light | None
    reporter_name: str | None
    reporter_phone: str | None
    may_reveal: bool
    flow: Sequence[CaseFlow]
    pauses: Sequence[CasePause]
    adjustments: Sequence[Adjustment]
    tasks: Sequence[FieldTask]
    options: Sequence[Option]


#: When the light is looked at: at the hand-back, in a pause at its beginning, else now.
_AT = "coalesce(c.handed_back_at, c.paused_at, %(now)s)"
_LIGHTS: dict[Light, str] = {
    "green": f"{_AT} <= c.amber_at", "amber": f"({_AT} > c.amber_at AND {_AT} <= c.due_at)", "red": f"{_AT} > c.due_at",
}  # fmt: skip
#: What was not accepted or cancelled has no clock any more.
_ENDED = "c.state IN (" + ", ".join(f"'{state}'" for state in ENDED) + ")"
NEVER = "coalesce(c.due_at, timestamptz '9999-01-01 00:00+00')"
LIGHT = f"""
CASE WHEN c.due_at IS NULL OR {_ENDED} THEN NULL WHEN {_LIGHTS["red"]} THEN 'red' WHEN {_LIGHTS["amber"]} THEN 'amber' ELSE 'green' END
"""
#: How grave a hazard is: what its last step that said so did. Looked up for the lines that are shown, of hazards alone.
LEVEL = """
CASE WHEN c.procedure = 'hazard' THEN (
    SELECT w.detail ->> 'level' FROM cases_flow w WHERE w.case_id = c.id AND w.detail ->> 'level' IS NOT NULL
    ORDER BY w.version DESC LIMIT 1
) END
"""
#: How many reports of the same go on within a case: looked up by index for the lines that are shown.
MERGED = "(SELECT count(m.id) FROM cases_merge m WHERE m.main_id = c.id AND m.undone_at IS NULL)"
COLUMNS = f"""
c.id, c.number, c.state, c.source, c.urgent, left(c.description, {BEGINNING}) AS beginning, c.area_code, c.place_text,
g.name AS category_name, c.unit_name, c.reported_at, c.clock_from, c.amber_at, c.due_at, c.paused_at, c.handed_back_at,
c.provisional, c.reworks, c.solved, c.satisfied, c.version, {LEVEL} AS level,
{MERGED} AS merged, c.transferred,
{LIGHT} AS light, {NEVER} AS sort
"""
CATEGORY = "LEFT JOIN cases_category g ON g.id = c.category_id"


def cases_page(
    actor: Actor, wanted: CaseFilter, cursor: str | None = None, limit: int | None = None, counted: bool = True
) -> Page[CaseRow]:
    """A page of the cases in sight: the newest first, or the soonest due. Two queries."""
    size = paging.limit(limit)
    by_due = wanted.order == "due"
    after = paging.decode(cursor, 2 if by_due else 1)
    params: dict[str, Any] = {"size": size + 1, "now": clock.now()}
    seen, where = _seen(actor, wanted, params), _where(wanted, params)
    turned, order = "", f"{NEVER}, c.id" if by_due else "c.id DESC"
    if after and by_due:
        params |= {"c0": after[0], "c1": after[1]}
        turned = f" AND ({NEVER}, c.id) > (%(c0)s::timestamptz, %(c1)s::uuid)"
    elif after:
        params["c0"] = after[0]
        turned = " AND c.id < %(c0)s::uuid"
    found = _page(seen, f"{where}{turned}", order, params)
    shown = found[:size]
    following = None
    if len(found) > size:
        last = shown[-1]
        following = paging.encode((last.sort.isoformat(), last.id) if by_due else (last.id,))
    if not counted:
        return Page(shown, following)
    whole = not after and following is None  # then what is shown is all there is
    return Page(shown, following, Count(len(shown)) if whole else _count(seen, where, params))


def cases_count(actor: Actor, wanted: CaseFilter) -> Count:
    """How many cases a list shows. One query."""
    params: dict[str, Any] = {"now": clock.now()}
    seen, where = _seen(actor, wanted, params), _where(wanted, params)
    return _count(seen, where, params)


def queue_counts(actor: Actor, area: str | None = None) -> list[tuple[Queue, Count]]:
    """The queues that are an actor's, and how many cases wait in each. One query for each queue that is theirs."""
    own = [q for q in QUEUES if (sight.unit_of(actor) if q.permission == HANDLE else actor.may(q.permission))]
    return [(queue, cases_count(actor, CaseFilter(queue=queue.code, area=area))) for queue in own]


def case_detail(actor: Actor, case_id: UUID) -> CaseDetail:
    """One case the actor sees, with its flow, pauses and what can be done. Raises NotFound. One query, and one more each where it may
    be closed, asks for a photo, or was merged."""
    found = whole(actor, case_id)
    case = found.case
    name, phone = (secrets.decrypt(bytes(each)) if each else None for each in (case.reporter_name, case.reporter_phone))
    return CaseDetail(
        case=case,
        light=light_of(case, clock.now()),
        reporter_name=mask_name(name),
        reporter_phone=mask_phone(phone),
        may_reveal=bool(name or phone) and actor.may(REVEAL, case.area_code),
        flow=parted.told_to(actor, case, told_to(actor, case, found.flow)),
        pauses=found.pauses,
        adjustments=found.adjustments,
        tasks=found.tasks,
        options=holds.held(
            case,
            options(
                facts_with(case, found.adjustments),
                sight.doer(actor, case.area_code),
                procedure.of(case.procedure).actions,
            ),
        ),
    )


def light_of(case: Case, now: datetime) -> Light | None:
    """The light of a case at a moment; the same as the lists compute."""
    if case.due_at is None or case.amber_at is None or case.state in ENDED:
        return None
    at = case.handed_back_at or case.paused_at or now
    return "red" if at > case.due_at else "amber" if at > case.amber_at else "green"


def asked(actor: Actor, wanted: CaseFilter, params: dict[str, Any]) -> tuple[list[str], str]:
    """What a list asks for as SQL over `cases_case c`: the arms of sight, each for a query of its own, and the condition.

    The board and the map are made of it, so that they hold the same cases as the list. Adds to `params`.
    """
    params["now"] = clock.now()
    return _seen(actor, wanted, params), _where(wanted, params)


def _seen(actor: Actor, wanted: CaseFilter, params: dict[str, Any]) -> list[str]:
    if wanted.queue == "supporting":
        return sight.to_support(actor, params, wanted.area)
    permission = BY_QUEUE[wanted.queue].permission if wanted.queue else VIEW
    return sight.arms(actor, params, wanted.area, permission)


def states_in(wanted: CaseFilter) -> set[State]:
    """The states a list is narrowed to by stage, state and whether cases are open; all where it is not."""
    states = set(states_of(wanted.stage)) if wanted.stage else set(State)
    if wanted.state:
        states &= {wanted.state}
    if wanted.open is not None:
        states &= set(OPEN if wanted.open else FINISHED)
    return states


def _where(wanted: CaseFilter, params: dict[str, Any]) -> str:
    conditions = ["true"]
    if wanted.queue:
        conditions.append(BY_QUEUE[wanted.queue].where(params))
    states = states_in(wanted)
    if states == set(OPEN):
        conditions.append(IS_OPEN)
    elif len(states) < len(State):
        params["states"] = sorted(states)
        conditions.append("c.state = ANY(%(states)s)")
    if wanted.unit_id and not wanted.figure:
        params["unit"] = wanted.unit_id
        conditions.append("c.unit_id = %(unit)s")
    if wanted.category_id:
        params["category"] = wanted.category_id
        conditions.append("c.category_id = %(category)s")
    if wanted.light:
        conditions.append(f"c.due_at IS NOT NULL AND NOT {_ENDED} AND {_LIGHTS[wanted.light]}")
    if wanted.procedure:
        params["procedure"] = wanted.procedure
        conditions.append("c.procedure = %(procedure)s")
    if wanted.urgent is not None:
        conditions.append("c.urgent" if wanted.urgent else "NOT c.urgent")
    if wanted.ahead is not None:
        conditions.append(AHEAD if wanted.ahead else f"NOT {AHEAD}")
    if wanted.since:
        params["since"] = datetime.combine(wanted.since, time(), clock.LOCAL)
        conditions.append("c.reported_at >= %(since)s")
    if wanted.until:
        params["until"] = datetime.combine(wanted.until + timedelta(days=1), time(), clock.LOCAL)
        conditions.append("c.reported_at < %(until)s")
    if wanted.figure:
        conditions.append(behind(wanted.figure, params, wanted.unit_id))
    if wanted.words.strip():
        meant = numbering.bounds_of(wanted.words, clock.today())
        if meant is None:
            return "false"
        params["low"], params["high"] = meant
        conditions.append("c.number >= %(low)s AND c.number < %(high)s")
    return " AND ".join(conditions)


def keys(seen: list[str], where: str, order: str, most: str) -> str:
    """SQL for the first `most` cases (`id`, `sort`) of what is seen by area and by unit, each by its own index, without doubles.

    Rows are read for these alone: an index that holds what is asked is looked through ten times as fast as the cases themselves.
    """
    parts = [
        f"(SELECT c.id, {NEVER} AS sort FROM cases_case c WHERE {arm} AND {where} ORDER BY {order} LIMIT {most})"
        for arm in seen
    ]
    if len(parts) == 1:
        return parts[0]
    return f"(SELECT * FROM ({' UNION '.join(parts)}) c ORDER BY {order.replace(NEVER, 'c.sort')} LIMIT {most})"


def _page(seen: list[str], where: str, order: str, params: dict[str, Any]) -> list[CaseRow]:
    if not seen:
        return []
    first = keys(seen, where, order, "%(size)s")
    return sql.rows(
        CaseRow, f"SELECT {COLUMNS} FROM {first} k JOIN cases_case c ON c.id = k.id {CATEGORY} ORDER BY {order}", params
    )


def _count(seen: list[str], where: str, params: dict[str, Any]) -> Count:
    if not seen:
        return Count(0)
    most = f"LIMIT {paging.EXACT_TO + 1}"
    parts = [f"(SELECT c.id FROM cases_case c WHERE {arm} AND {where} {most})" for arm in seen]
    return sql.count(f"SELECT * FROM ({' UNION '.join(parts)}) x", params)
