"""Reads of rounds and returns, through the areas the actor holds. Nothing is counted by people of the staff."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count as Counting
from django.db.models import Q, Sum

from linli.kernel import area_names, areas, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.paging import Count, Page
from linli.kernel.scoped import within
from linli.registry.permissions import EDIT, TAG_VIEW, VIEW

from ..permissions import ROUND_COMPLETE, ROUND_OPEN, ROUND_SUBMIT, ROUND_VIEW
from . import lineage, rules
from .desks import answerable, case_of, checked_for, chosen_by_tag
from .models import FIGURES, Return, ReturnStep, ReturnVersion, Round
from .problems import VersionGone
from .rules import State, Timing

VILLAGE = 12


@dataclass(frozen=True, slots=True)
class Progress:
    """What the returns in sight hold and lack, and how many stand where."""

    rows: int = 0
    blanks: int = 0
    stale: int = 0
    waiting: int = 0
    draft: int = 0
    submitted: int = 0
    accepted: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as lists show it, with what of it is in sight."""

    round: Round
    area_name: str
    top_name: str
    progress: Progress
    may_close: bool


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as lists show it."""

    id: UUID
    round_id: UUID
    form_name: str
    period: str
    due_on: date
    area_code: str
    area_name: str
    state: str
    timing: Timing
    version: int
    rows: int
    blanks: int
    stale: int
    waiting: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ReturnDetail:
    """One return with its steps and versions, and what the actor can do with it now."""

    row: ReturnRow
    round: RoundRow
    receiver_name: str
    deeds: tuple[str, ...]
    below_open: int
    may_complete: bool
    whole: bool  # all of it is in sight, not only some grids
    steps: Sequence[ReturnStep]
    versions: Sequence[ReturnVersion]


def _asking(held: Sequence[str]) -> Q:
    """Rounds that ask something of the areas held."""
    around = {part for area in held for part in areas.ancestors(area)}
    return within(tuple(held)) | Q(area_code__in=sorted(around))


def _seen(held: Sequence[str]) -> Q:
    """Returns of the areas held; whoever has a grid sees the figures of its village."""
    return within(tuple(held)) | Q(area_code__in=sorted({area[:VILLAGE] for area in held}))


def rounds(
    actor: Actor, *, state: str | None = None, under: str | None = None, cursor: str | None = None,
    limit: int | None = None,
) -> Page[RoundRow]:  # fmt: skip
    """Rounds that ask something of the actor's areas, the last due first."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    held = (
        areas.intersect(actor.areas_for(ROUND_VIEW), area_names.going_by(under))
        if under
        else actor.areas_for(ROUND_VIEW)
    )
    if not held:
        return Page([], None, Count(0))
    found = Round.objects.filter(_asking(held))
    if state:
        found = found.filter(state=state)
    total = found[: paging.EXACT_TO + 1].count()
    if after:
        try:
            due, last = date.fromisoformat(str(after[0])), UUID(str(after[1]))
        except ValueError:
            raise Invalid(reason="cursor") from None
        found = found.filter(Q(due_on__lt=due) | Q(due_on=due, id__lt=last))
    rows = list(found.order_by("-due_on", "-id")[: size + 1])
    shown = _rounds(actor, rows[:size], held)
    following = paging.encode((rows[size - 1].due_on, rows[size - 1].id)) if len(rows) > size else None
    return Page(shown, following, Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def round_(actor: Actor, round_id: UUID) -> RoundRow:
    """One round. Raises NotFound."""
    held = actor.areas_for(ROUND_VIEW)
    found = Round.objects.filter(_asking(held), id=round_id).first() if held else None
    if found is None:
        raise NotFound()
    return _rounds(actor, [found], held)[0]


def _rounds(actor: Actor, rows: Sequence[Round], held: Sequence[str]) -> list[RoundRow]:
    names = area_names.names_of([code for row in rows for code in (row.area_code, row.top_code)])
    progress = _progress([row.id for row in rows], held)
    return [
        RoundRow(
            row, names[row.area_code], names[row.top_code], progress.get(row.id, Progress()),
            row.state == Round.State.OPEN and actor.may(ROUND_OPEN, row.area_code),
        )
        for row in rows
    ]  # fmt: skip


def _progress(ids: Iterable[UUID], held: Sequence[str]) -> dict[UUID, Progress]:
    summed = {name: Sum(name) for name in FIGURES}
    states = {f"in_{state}": Counting("id", filter=Q(state=state)) for state in State}
    grouped: Any = (
        Return.objects.filter(_seen(held), round_id__in=list(ids)).values("round_id").annotate(**summed, **states)
    )
    return {
        row["round_id"]: Progress(
            **{name: row[name] or 0 for name in FIGURES}, **{str(state): row[f"in_{state}"] for state in State}
        )
        for row in grouped
    }


def returns(
    actor: Actor, *, round_id: UUID | None = None, under: str | None = None, state: str | None = None,
    todo: str | None = None, cursor: str | None = None, limit: int | None = None,
) -> Page[ReturnRow]:  # fmt: skip
    """Returns in the order of due days and areas. `todo`: those the actor is to `submit`, or to `check`, now."""
    size, after = paging.limit(limit), paging.decode(cursor, 3)
    found = _returns(actor, under)
    if round_id is not None:
        found = found.filter(round_id=round_id)
    if state:
        found = found.filter(state=state)
    if todo:
        found = _to_do(actor, found, todo)
    total = found[: paging.EXACT_TO + 1].count()
    if after:
        try:
            due, area, last = date.fromisoformat(str(after[0])), str(after[1]), UUID(str(after[2]))
        except ValueError:
            raise Invalid(reason="cursor") from None
        found = found.filter(
            Q(round__due_on__gt=due) | Q(round__due_on=due, area_code__gt=area)
            | Q(round__due_on=due, area_code=area, id__gt=last)
        )  # fmt: skip
    rows = list(found.select_related("round").order_by("round__due_on", "area_code", "id")[: size + 1])
    shown = _rows(rows[:size])
    last_row = rows[size - 1] if len(rows) > size else None
    following = paging.encode((last_row.round.due_on, last_row.area_code, last_row.id)) if last_row else None
    return Page(shown, following, Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def count_to_do(actor: Actor, todo: str) -> Count:
    """How many returns wait for the actor: the count of the list with the same `todo`."""
    found = _to_do(actor, _returns(actor, None), todo)[: paging.EXACT_TO + 1].count()
    return Count(min(found, paging.EXACT_TO), found <= paging.EXACT_TO)


def _returns(actor: Actor, under: str | None) -> Any:
    held = actor.areas_for(ROUND_VIEW)
    if not held:
        return Return.objects.none()
    found = Return.objects.filter(_seen(held))
    return found.filter(within(areas.minimal(area_names.going_by(under)))) if under else found


def _to_do(actor: Actor, found: Any, todo: str) -> Any:
    """To complete: rows wait in the villages one completes, or whose grids one has. To submit: still being made, at one's
    own level. To check: sent to the very areas for which one checks."""
    found = found.filter(round__state=Round.State.OPEN)
    if todo == "complete":
        held = areas.intersect(actor.areas_for(ROUND_COMPLETE), actor.areas_for(VIEW))
        held = areas.intersect(held, actor.areas_for(EDIT))
        near = _villages(held)
        found = found.filter(area_code__in=sorted(near), state__in=rules.AT_WORK, waiting__gt=0)
        if untold := near - _villages(areas.intersect(held, actor.areas_for(TAG_VIEW))):
            hidden = [each.id for each in Round.objects.filter(state=Round.State.OPEN) if chosen_by_tag(each)]
            found = found.exclude(round_id__in=hidden, area_code__in=sorted(untold))
        return found
    if todo == "submit":
        return found.filter(area_code__in=actor.areas_for(ROUND_SUBMIT), state__in=rules.AT_WORK)
    return found.filter(receiver_code__in=sorted(checked_for(actor)), state=State.SUBMITTED)


def _villages(held: Sequence[str]) -> set[str]:
    """The villages in which, or in grids of which, areas lie."""
    return {area[:VILLAGE] for area in held if len(area) >= VILLAGE}


def _rows(rows: Sequence[Return]) -> list[ReturnRow]:
    names, today = area_names.names_of(row.area_code for row in rows), clock.today()
    return [
        ReturnRow(
            id=row.id,
            round_id=row.round_id,
            form_name=row.round.form_name,
            period=row.round.period,
            due_on=row.round.due_on,
            area_code=row.area_code,
            area_name=names[row.area_code],
            state=row.state,
            timing=rules.timing(State(row.state), row.round.due_on, today),
            version=row.version,
            changed_at=row.changed_at,
            **{name: getattr(row, name) for name in FIGURES},
        )
        for row in rows
    ]


def find(actor: Actor, return_id: UUID, *, whole: bool = False) -> Return:
    """A return in sight; `whole`: all of it, not only some grids of it. Raises NotFound."""
    held = actor.areas_for(ROUND_VIEW)
    seen = within(held) if whole and held else _seen(held) if held else Q(pk__in=[])
    found: Return | None = Return.objects.filter(seen, id=return_id).select_related("round").first()
    if found is None:
        raise NotFound()
    return found


def return_(actor: Actor, return_id: UUID) -> ReturnDetail:
    """One return. Raises NotFound."""
    owner = find(actor, return_id)
    found = owner.round
    below = lineage.reporting_to(owner)
    case = case_of(actor, owner, found, below, lineage.above(owner))
    whole = actor.may(ROUND_VIEW, owner.area_code)
    at_work = found.state == Round.State.OPEN and owner.state in rules.AT_WORK
    return ReturnDetail(
        row=_rows([owner])[0],
        round=_rounds(actor, [found], actor.areas_for(ROUND_VIEW))[0],
        receiver_name=area_names.names_of([owner.receiver_code])[owner.receiver_code],
        deeds=rules.possible(case),
        below_open=sum(one.state != State.ACCEPTED for one in below),
        may_complete=at_work and bool(answerable(actor, owner)),
        whole=whole,
        steps=list(ReturnStep.objects.filter(owner_id=owner.id).order_by("-made_at", "-id")),
        versions=list(ReturnVersion.objects.filter(owner_id=owner.id).order_by("-number")) if whole else [],
    )


def version(actor: Actor, return_id: UUID, number: int) -> tuple[Return, ReturnVersion]:
    """A version of a return that is wholly in sight. Raises NotFound, VersionGone."""
    owner = find(actor, return_id, whole=True)
    found = ReturnVersion.objects.filter(owner_id=owner.id, number=number).first()
    if found is None:
        raise NotFound()
    if found.gone_at is not None:
        raise VersionGone(on=found.gone_at.astimezone(clock.LOCAL).date().isoformat())
    return owner, found
