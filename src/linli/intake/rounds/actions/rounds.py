"""Opening a round with a return for each area, keeping its figures up to date, and closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from linli.access import changes
from linli.kernel import area_names, areas, clock
from linli.kernel.actors import ANONYMOUS, Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.kernel.texts import unprintable
from linli.places.models import Region

from ...ledgers import selecting
from ...ledgers.condition_text import from_text
from ...permissions import ROUND_OPEN
from .. import rules
from ..asking import Asking, keeper
from ..forms import usable
from ..models import FIGURES, Return, Round
from ..problems import Closed, OpenAlready

REQUIRED = Text("请填写此项。", "Please fill this in.")
NO_AREA = Text("请选择区县或镇街，其下须有村居。", "Choose the district or a town that has villages.")
DUE_BEFORE = Text("截止日期不能早于今天。", "The due day cannot be in the past.")
DAYS = Text("请填 1 至 3650 之间的天数。", "Give days from 1 to 3650.")
LONGEST_DAYS = 3650
NOTHING = (0,) * len(FIGURES)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class RoundForm:
    """What is asked for: a form, over which area, for which period, by when. `fresh_days`: values that are
    older are asked for again (None: what each field has)."""

    form_id: UUID
    area: str
    period: str
    as_of: date
    due_on: date
    fresh_days: int | None = None


def check_open(actor: Actor, form: RoundForm) -> str:
    """The area as it is now. Raises Forbidden, or Invalid naming what does not hold."""
    area = area_names.going_by(form.area)[-1]
    actor.require(ROUND_OPEN, area)
    problems = [*unprintable([("period", form.period)])]
    if not form.period.strip():
        problems.append(FieldProblem("period", "required", REQUIRED))
    if form.due_on < clock.today():
        problems.append(FieldProblem("due_on", "past", DUE_BEFORE))
    if form.fresh_days is not None and not 1 <= form.fresh_days <= LONGEST_DAYS:
        problems.append(FieldProblem("fresh_days", "range", DAYS))
    if areas.level(area) not in ("district", "town"):
        problems.append(FieldProblem("area", "area", NO_AREA))
    if problems:
        raise Invalid(fields=tuple(problems))
    return area


def open_round(actor: Actor, form: RoundForm) -> Round:
    """Ask for a form over an area. Raises Forbidden, Invalid, NotFound, NotInUse, OpenAlready, ConditionInvalid."""
    area = check_open(actor, form)
    asked = usable(form.form_id)
    # Nobody is chosen by what another office keeps to itself: whoever completes would see who meets it.
    selecting.understood(ANONYMOUS, from_text(str(asked.binding.get("where") or "")))
    # Who asks for the district receives for the district; a town that asks its own villages is the top itself.
    top = area[:6] if actor.may(ROUND_OPEN, area[:6]) else area
    regions = list(
        Region.objects.filter(code__gte=area, code__lt=area + areas.END, valid_to=None, level__in=("town", "village"))
        .order_by("code")
        .values_list("code", "level")
    )
    places = rules.asked_areas(
        area, top, (c for c, level in regions if level == "town"), (c for c, level in regions if level == "village")
    )
    if not any(len(place) > len(top) for place in places):
        raise Invalid(fields=(FieldProblem("area", "area", NO_AREA),))
    now = clock.now()
    try:
        with transaction.atomic():
            made = Round.objects.create(
                **{name: getattr(asked, name) for name in asked.__slots__},
                period=form.period.strip(),
                as_of=form.as_of,
                due_on=form.due_on,
                area_code=area,
                top_code=top,
                fresh_days=form.fresh_days,
                opened_by=actor.id,
                opened_by_name=actor.name,
                opened_at=now,
            )
    except IntegrityError:
        raise OpenAlready(period=form.period.strip()) from None
    Return.objects.bulk_create(
        Return(
            id=uuid7(),
            round_id=made.id,
            area_code=place,
            receiver_code=rules.receiver(place, top),
            place=place,
            changed_at=now,
        )
        for place in places
    )
    measure(made)
    changes.record(actor, "intake.round.open", "round", made.id, area, {"form": str(asked.form_id)})
    return made


def close_round(actor: Actor, round_id: UUID) -> None:
    """End a round: what was not sent stays as it is, and nothing is sent any more. Raises NotFound, Forbidden, Closed."""
    found = Round.objects.select_for_update().filter(id=round_id).first()
    if found is None:
        raise NotFound()
    actor.require(ROUND_OPEN, found.area_code)
    if found.state == Round.State.CLOSED:
        raise Closed()
    Round.objects.filter(id=round_id).update(state=Round.State.CLOSED, closed_at=clock.now())
    changes.record(actor, "intake.round.close", "round", round_id, found.area_code)


# In the order in which a step locks them (the one above before those below), and no return that changed while all were
# counted: whoever answered or took a step counted it anew.
_MEASURED = """
WITH told AS (
    SELECT t.id, m.rows, m.blanks, m.stale, m.waiting
    FROM intake_return t JOIN unnest(%(ids)s::uuid[], %(rows)s::int[], %(blanks)s::int[], %(stale)s::int[],
        %(waiting)s::int[], %(was_rows)s::int[], %(was_blanks)s::int[], %(was_stale)s::int[], %(was_waiting)s::int[])
        AS m (id, rows, blanks, stale, waiting, was_rows, was_blanks, was_stale, was_waiting) ON m.id = t.id
    WHERE t.state = ANY(%(at_work)s)
      AND (t.rows, t.blanks, t.stale, t.waiting) = (m.was_rows, m.was_blanks, m.was_stale, m.was_waiting)
    ORDER BY t.area_code, t.id FOR NO KEY UPDATE OF t
)
UPDATE intake_return t SET rows = n.rows, blanks = n.blanks, stale = n.stale, waiting = n.waiting
FROM told n WHERE n.id = t.id
"""


def measure(round_: Round, one: Return | None = None) -> None:
    """Count what the returns of a round hold and lack, all in one statement; those already sent keep their figures.

    One return by itself is held while it is counted, so that of two answers at once the later count tells of both.
    """
    with acting(keeper()):
        rows = Return.objects.filter(round_id=round_.id, state__in=rules.AT_WORK)
        if one is not None:
            rows = rows.filter(id=one.id).select_for_update(no_key=True)
        before = list(rows)
        found = _figures(round_, one)
        changed = [(r, f) for r in before if (f := found.get(r.area_code, NOTHING)) != figures_of(r)]
        if changed:
            columns: dict[str, list[int]] = {}
            for number, name in enumerate(FIGURES):
                columns[name] = [figures[number] for _, figures in changed]
                columns[f"was_{name}"] = [figures_of(r)[number] for r, _ in changed]
            with connection.cursor() as cursor:
                cursor.execute(
                    _MEASURED, columns | {"ids": [r.id for r, _ in changed], "at_work": [str(s) for s in rules.AT_WORK]}
                )
        if one is None:
            Round.objects.filter(id=round_.id).update(measured_at=clock.now())


def follow_moves(round_: Round) -> int:
    """Have returns of villages that went to another town sent to that one, unless the old one has accepted them or the new one
    has sent its own; returns how many. Else nobody who sees them could accept them."""
    moved = 0
    with acting(keeper()):
        rows = Return.objects.filter(round_id=round_.id)
        lost = rows.exclude(area_code__startswith=F("receiver_code")).exclude(state=rules.State.ACCEPTED)
        for one in lost.order_by("area_code", "id"):
            # The one above before the one below, as a step locks them.
            above = rows.select_for_update().filter(area_code=one.area_code[:9]).order_by("id").first()
            if above is None or above.state not in rules.AT_WORK:
                continue
            again = rows.select_for_update().filter(id=one.id).exclude(state=rules.State.ACCEPTED)
            moved += again.update(receiver_code=above.area_code)
    return moved


def _figures(round_: Round, one: Return | None) -> dict[str, tuple[int, ...]]:
    statement, params = Asking(round_).figures(one.area_code if one else None)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {place: tuple(int(figure) for figure in figures) for place, *figures in cursor.fetchall()}


def figures_of(one: Return) -> tuple[int, ...]:
    """What a return held and lacked when it was last counted."""
    return tuple(getattr(one, name) for name in FIGURES)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rounds were counted anew, and how many could not be."""

    measured: int
    failed: int


def measure_open() -> Counted:
    """Measure every open round anew, each in a transaction of its own, after villages that changed towns: one that cannot be
    counted is logged and keeps no other from being."""
    with acting(keeper()):
        opened = list(Round.objects.filter(state=Round.State.OPEN).order_by("id"))
    measured = 0
    for one in opened:
        try:
            follow_moves(one)
            measure(one)
        except Exception as error:
            log.exception("round_not_measured", round=str(one.id), error=type(error).__name__)
        else:
            measured += 1
    return Counted(measured, len(opened) - measured)
