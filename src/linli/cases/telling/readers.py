"""Who of a unit reads what is for restricted readers: a case is given to no unit where nobody could see it, and told to nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel import areas, clock
from linli.kernel.actors import system
from linli.kernel.errors import FieldProblem, Text
from linli.kernel.scope import acting

from ..categories import marks
from ..engine.models import Case
from ..engine.states import HELD
from ..permissions import READERS
from .queries import handlers

NO_READER = Text(
    "这是限定人员事项，该单位没有人有权查看。请先由管理员授权，或选择其他单位。",
    "This is for restricted readers, and nobody of that unit is one. Have an administrator grant the right, or choose another unit.",
)
OTHER_READERS = Text(
    "与本案并案或拆分的案件限定给其他人员办理；一件事只能由一类限定人员办理。",
    "A case joined to this one or split from it is for other restricted readers; one matter has one circle of them.",
)


def of_cases(cases: Iterable[Case]) -> Mapping[UUID, frozenset[str]]:
    """By restricted case the accounts that read it where it lies; cases for everybody are left out. A query for each mark."""
    marked = [case for case in cases if case.restricted_to]
    found: dict[UUID, frozenset[str]] = {}
    for mark in sorted({case.restricted_to for case in marked}):
        theirs = [case for case in marked if case.restricted_to == mark]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT account::text, area FROM access_sight(%s::text[], %s, %s)",
                [sorted({case.area_code for case in theirs}), READERS[mark], clock.now()],
            )
            readers = cursor.fetchall()
        for case in theirs:
            found[case.id] = frozenset(who for who, area in readers if areas.contains(area, case.area_code))
    return found


def unread(case: Case, unit_id: UUID, field: str = "unit_id") -> list[FieldProblem]:
    """Why a case cannot be given to a unit, if it is restricted and nobody who handles for the unit reads it. No query for others."""
    if not case.restricted_to:
        return []
    with acting(system("cases", settings.LINLI_DISTRICT)):  # who has which post elsewhere is not the actor's to see
        able = {str(each) for each in handlers([unit_id], clock.today()).get(unit_id, [])}
        readers = of_cases([case])[case.id]
    return [] if able & readers else [FieldProblem(field, "no_reader", NO_READER)]


def unread_family(case_ids: list[UUID], mark: str, field: str, besides: UUID | None = None) -> list[FieldProblem]:
    """Why cases and what they are joined to cannot get a mark they do not have: one of them is other readers' by its category, or a
    unit has one where nobody would see it any more. `besides` leaves one out. Two queries, and those of `unread` for each unit's."""
    others = [each for each in marks.family(case_ids) if each.id != besides]
    if any(each.own not in ("", mark) for each in others):
        return [FieldProblem(field, "other_readers", OTHER_READERS)]
    new = [each.id for each in others if not each.mark]
    with acting(system("cases", settings.LINLI_DISTRICT)):
        held = list(Case.objects.filter(id__in=new, state__in=HELD, unit_id__isnull=False).order_by("id"))
    for case in held:
        case.restricted_to = mark  # to ask, never saved
        if case.unit_id is not None and (problems := unread(case, case.unit_id, field)):
            return problems
    return []
