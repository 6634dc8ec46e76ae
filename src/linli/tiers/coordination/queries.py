"""Reads of plans, tasks, meetings and visits in sight, and of everything one community takes part in. Fixed queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import models
from django.db.models import Count, Q
from django.db.models.functions import StrIndex

from linli.kernel import area_names, areas, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.paging import Page
from linli.kernel.scoped import ScopedQuerySet, within
from linli.places.models import Region

from ..cursors import after_id
from ..permissions import COORDINATE
from ..plans.models import UpgradeMeasure
from ..systems.models import Indicator
from ..systems.queries import holding
from . import rules, seeing
from .models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting

Held = TypeVar("Held", TierMeeting, StudyVisit)
OPEN = Q(state__in=rules.OPEN)
#: Tasks that bind: those of a plan that runs, and those without one.
BINDING = Q(plan__isnull=True) | Q(plan__state="running")
#: How many of each a community's page shows.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What tasks are narrowed by. `mark`: late or coming. `since` and `until` are days on which they are due."""

    area: str | None = None
    plan: UUID | None = None
    meeting: UUID | None = None
    state: str | None = None
    mark: str | None = None
    words: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called: areas, indicators, measures (Chinese, English)."""

    areas: Mapping[str, str]
    indicators: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Board:
    """A page of tasks, how many of them there are by state and mark, and what their codes are called."""

    page: Page[PlanTask]
    counts: Mapping[str, int]
    names: Names


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A plan with the tasks of it that are in sight."""

    plan: ImplementationPlan
    tasks: Sequence[PlanTask]
    names: Names


@dataclass(frozen=True, slots=True)
class PartsOf:
    """Everything a community takes part in: the newest of each, and how many of its tasks are open and late."""

    plans: Sequence[ImplementationPlan]
    tasks: Sequence[PlanTask]
    meetings: Sequence[TierMeeting]
    visits: Sequence[StudyVisit]
    counts: Mapping[str, int]
    names: Names


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen when something is written: areas one writes in, indicators that hold now, measures."""

    areas: Sequence[tuple[str, str]]
    indicators: Sequence[tuple[str, str]]
    measures: Sequence[tuple[str, str, str]]


def marked(rows: ScopedQuerySet[PlanTask], mark: str, today: date) -> ScopedQuerySet[PlanTask]:
    """The tasks that are late or coming."""
    until = today + timedelta(days=rules.AHEAD)
    due = Q(due_on__lt=today) if mark == "late" else Q(due_on__gte=today, due_on__lte=until)
    return rows.filter(OPEN, BINDING, due)


def tasks_count(actor: Actor, mark: str) -> paging.Count:
    """How many tasks in sight are late or coming, exact up to a bound. One query."""
    rows = marked(seeing.seen(PlanTask, actor), mark, clock.today()).order_by()
    found = rows.values("id")[: paging.EXACT_TO + 1].count()
    return paging.Count(min(found, paging.EXACT_TO), found <= paging.EXACT_TO)


def board(actor: Actor, wanted: TaskFilter, cursor: str | None = None, size: int | None = None) -> Board:
    """Tasks in sight, the earliest due first, with counts by state and mark of all that match. Six queries at most."""
    today = clock.today()
    rows = _narrowed(seeing.seen(PlanTask, actor, wanted.area), wanted)
    late = OPEN & BINDING & Q(due_on__lt=today)
    soon = OPEN & BINDING & Q(due_on__gte=today, due_on__lte=today + timedelta(days=rules.AHEAD))
    counts = rows.aggregate(
        **{state: Count("id", filter=Q(state=state)) for state in rules.TASK_STATES},
        late=Count("id", filter=late), coming=Count("id", filter=soon),
    )  # fmt: skip
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.mark:
        rows = marked(rows, wanted.mark, today)
    if (after := _after_day(cursor)) is not None:
        rows = rows.filter(Q(due_on__gt=after[0]) | Q(due_on=after[0], id__gt=after[1]))
    most = paging.limit(size)
    found = list(rows.select_related("plan").order_by("due_on", "id")[: most + 1])
    last = found[most - 1] if len(found) > most else None
    page = Page(found[:most], paging.encode((last.due_on, last.id)) if last else None)
    return Board(page, counts, _names(page.items))


def _narrowed(rows: ScopedQuerySet[PlanTask], wanted: TaskFilter) -> ScopedQuerySet[PlanTask]:
    if wanted.plan is not None:
        rows = rows.filter(plan_id=wanted.plan)
    if wanted.meeting is not None:
        rows = rows.filter(meeting_id=wanted.meeting)
    if wanted.since is not None:
        rows = rows.filter(due_on__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(due_on__lte=wanted.until)
    if words := wanted.words.strip():
        said = models.Value(words)
        found: Any = rows.annotate(at=StrIndex("title", said), by=StrIndex("owner", said))
        rows = found.filter(Q(at__gt=0) | Q(by__gt=0))
    return rows


def one_task(actor: Actor, task_id: UUID) -> tuple[PlanTask, Names]:
    """A task in sight. Raises NotFound. Five queries at most."""
    found = seeing.seen(PlanTask, actor).select_related("plan").filter(id=task_id).first()
    if found is None:
        raise NotFound()
    return found, _names([found])


def plans_page(
    actor: Actor,
    area: str | None,
    state: str | None,
    words: str = "",
    cursor: str | None = None,
    size: int | None = None,
) -> tuple[Page[ImplementationPlan], Names]:
    """Plans in sight, the newest first, each with how many tasks it has, are done and are late. Two queries."""
    rows = _with_counts(seeing.seen(ImplementationPlan, actor, area)).order_by("-id")
    if state:
        rows = rows.filter(state=state)
    if said := words.strip():
        of_title: Any = rows.annotate(at=StrIndex("title", models.Value(said)))
        rows = of_title.filter(at__gt=0)
    if (after := after_id(cursor)) is not None:
        rows = rows.filter(id__lt=after)
    most = paging.limit(size)
    found = list(rows[: most + 1])
    page = Page(found[:most], paging.encode((found[most - 1].id,)) if len(found) > most else None)
    return page, Names(area_names.names_of([each.area_code for each in page.items]))


def _with_counts(rows: ScopedQuerySet[ImplementationPlan]) -> ScopedQuerySet[ImplementationPlan]:
    """With figures of the tasks in sight: row-level security counts them as it lists them."""
    standing = ~Q(tasks__state="dropped")
    late = Q(state="running", tasks__state__in=rules.OPEN, tasks__due_on__lt=clock.today())
    counted: Any = rows.annotate(
        tasks_of=Count("tasks", filter=standing), tasks_done=Count("tasks", filter=Q(tasks__state="done")),
        tasks_late=Count("tasks", filter=late), first_on=models.Min("tasks__starts_on", filter=standing),
        last_on=models.Max("tasks__due_on", filter=standing),
    )  # fmt: skip
    return cast("ScopedQuerySet[ImplementationPlan]", counted)


def plan_detail(actor: Actor, plan_id: UUID) -> PlanDetail:
    """A plan in sight with its tasks in sight. Raises NotFound. Six queries at most."""
    plan = _with_counts(seeing.seen(ImplementationPlan, actor)).filter(id=plan_id).first()
    if plan is None:
        raise NotFound()
    found = (
        seeing.seen(PlanTask, actor)
        .filter(plan_id=plan_id)
        .select_related("plan")
        .order_by("starts_on", "due_on", "id")
    )
    tasks = list(found[: rules.MOST_TASKS])
    return PlanDetail(plan, tasks, _names(tasks, [plan.area_code]))


def held_page(
    model: type[Held], actor: Actor, area: str | None, cursor: str | None = None, size: int | None = None
) -> tuple[Page[Held], Names]:
    """Meetings or visits in sight, the last first. Two queries."""
    rows = seeing.seen(model, actor, area).order_by("-held_on", "-id")
    if (after := _after_day(cursor)) is not None:
        rows = rows.filter(Q(held_on__lt=after[0]) | Q(held_on=after[0], id__lt=after[1]))
    most = paging.limit(size)
    found = list(rows[: most + 1])
    last = found[most - 1] if len(found) > most else None
    page = Page(found[:most], paging.encode((last.held_on, last.id)) if last else None)
    return page, names_of_held(page.items)


def one_meeting(actor: Actor, meeting_id: UUID) -> tuple[TierMeeting, list[PlanTask], Names]:
    """A meeting in sight with the tasks in sight that came of it. Raises NotFound. Six queries at most."""
    meeting = seeing.seen(TierMeeting, actor).filter(id=meeting_id).first()
    if meeting is None:
        raise NotFound()
    made = seeing.seen(PlanTask, actor).filter(meeting_id=meeting_id).select_related("plan").order_by("id")
    tasks = list(made[: rules.MOST_ITEMS])
    return meeting, tasks, _names(tasks, [meeting.area_code, *meeting.areas])


def one_visit(actor: Actor, visit_id: UUID) -> tuple[StudyVisit, Names]:
    """A visit in sight. Raises NotFound. Two queries."""
    found = seeing.seen(StudyVisit, actor).filter(id=visit_id).first()
    if found is None:
        raise NotFound()
    return found, names_of_held([found])


def parts_of(actor: Actor, code: str) -> PartsOf:
    """What a community takes part in. Raises NotFound where it is not one of theirs. Nine queries at most."""
    if not (areas.is_code(code) and actor.may(COORDINATE, code)):
        raise NotFound()
    plans = list(
        _with_counts(seeing.seen(ImplementationPlan, actor, code)).exclude(state="dropped").order_by("-id")[:SHOWN]
    )
    rows = seeing.seen(PlanTask, actor, code)
    late = OPEN & BINDING & Q(due_on__lt=clock.today())
    counts = rows.aggregate(open=Count("id", filter=OPEN & BINDING), late=Count("id", filter=late))
    tasks = list(rows.filter(OPEN, BINDING).select_related("plan").order_by("due_on", "id")[:SHOWN])
    meetings = list(seeing.seen(TierMeeting, actor, code).order_by("-held_on", "-id")[:SHOWN])
    visits = list(seeing.seen(StudyVisit, actor, code).order_by("-held_on", "-id")[:SHOWN])
    codes = [each.area_code for each in (*plans, *meetings, *visits)]
    codes += [code for each in (*meetings, *visits) for code in each.areas]
    return PartsOf(plans, tasks, meetings, visits, counts, _names(tasks, codes))


def choices(actor: Actor) -> Choices:
    """What may be chosen. Four queries."""
    held = actor.areas_for(COORDINATE)
    regions = Region.objects.filter(within(held, "code"), valid_to=None) if held else Region.objects.none()
    places = regions.filter(level__in=("district", "town", "village")).order_by("code")
    system = holding(clock.today())
    indicators = Indicator.objects.filter(system_id=system.id).order_by("position") if system else []
    return Choices(
        [(each.code, each.short_name) for each in places],
        [(each.code, each.name) for each in indicators],
        [(each.code, each.name_zh, each.name_en) for each in UpgradeMeasure.objects.order_by("theme", "code")],
    )


def names_of_held(rows: Sequence[TierMeeting | StudyVisit]) -> Names:
    """What the areas of meetings or visits are called. One query."""
    return Names(area_names.names_of([code for each in rows for code in (each.area_code, *each.areas)]))


def _names(tasks: Sequence[PlanTask], codes: Sequence[str] = ()) -> Names:
    """What the codes of tasks are called. Three queries at most."""
    measures = {each.measure for each in tasks if each.measure}
    indicators = {each.indicator for each in tasks if each.indicator}
    known: dict[str, tuple[str, str]] = {}
    if measures:
        rows = UpgradeMeasure.objects.filter(code__in=measures)
        known = {code: (zh, en) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}
    called: dict[str, str] = {}
    if indicators:  # of several systems the last one's name stands
        called = dict(Indicator.objects.filter(code__in=indicators).order_by("id").values_list("code", "name"))
    return Names(area_names.names_of([*codes, *(each.area_code for each in tasks)]), called, known)


def _after_day(cursor: str | None) -> tuple[date, UUID] | None:
    """The day and id a page goes on after. Raises Invalid."""
    key: list[Any] | None = paging.decode(cursor, 2)
    if not key:
        return None
    try:
        return date.fromisoformat(str(key[0])), UUID(str(key[1]))
    except ValueError:
        raise Invalid(reason="cursor") from None
