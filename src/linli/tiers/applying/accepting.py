"""The district's acceptance on site: who is in the group, and its visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, Text
from linli.kernel.ids import uuid7

from ..numbers import holds_any_number
from ..permissions import ACCEPT
from . import rules, seeing, steps
from .models import AcceptanceMember, Application, SiteVisit
from .problems import ApplicationNotNow
from .table import NOT_HERE, STATES, State

NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
NUMBER = Text("不要填写个人号码。", "Leave out somebody's number.")
MANY = Text("请登记 1 至 {most} 位成员。", "Name one to {most} members.")
MANY_VISITS = Text("最多登记 {most} 次实地验收。", "At most {most} visits are entered.")
BAD_DAY = Text(
    "实地验收日期不能晚于今天，也不能早于列入计划那天。",
    "A visit is not later than today, nor before the day it was planned.",
)
#: The group is named and visits while these go on; a re-check may visit too.
VISITING: tuple[State, ...] = ("town_checking", "accepting", "rechecking")


@dataclass(frozen=True, slots=True)
class MemberGiven:
    """A member of the group: staff, by name, unit and post."""

    name: str
    unit: str = ""
    post: str = ""


@dataclass(frozen=True, slots=True)
class VisitGiven:
    """A visit on site."""

    day: date
    place: str
    notes: str = ""


def set_group(actor: Actor, application_id: UUID, version: int, members: Sequence[MemberGiven]) -> Application:
    """Say who is in the acceptance group. Raises NotFound, Forbidden, ApplicationTaken, ApplicationNotNow, Invalid."""
    with transaction.atomic():
        found = _open(actor, application_id)
        if found.version != version:
            raise steps.taken(found)
        problems = []
        if not 0 < len(members) <= rules.MOST_MEMBERS:
            problems.append(FieldProblem("members", "many", MANY, {"most": rules.MOST_MEMBERS}))
        for place, each in enumerate(members):
            if not each.name.strip():
                problems.append(FieldProblem(f"members.{place}.name", "required", NEEDED))
            problems += [
                FieldProblem(f"members.{place}.{name}", "too_long", LONG)
                for name in ("name", "unit", "post") if len(getattr(each, name)) > rules.LONGEST_LINE
            ]  # fmt: skip
            problems += [
                FieldProblem(f"members.{place}.{name}", "number", NUMBER)
                for name in ("name", "unit", "post") if holds_any_number(getattr(each, name))
            ]  # fmt: skip
        if problems:
            raise Invalid(fields=tuple(problems))
        AcceptanceMember.objects.filter(application=found).delete()
        AcceptanceMember.objects.bulk_create(
            AcceptanceMember(
                id=uuid7(), application=found, position=place, name=each.name.strip(), unit=each.unit.strip(), post=each.post.strip()
            )
            for place, each in enumerate(members)
        )  # fmt: skip
        found.version, found.updated_at = found.version + 1, clock.now()
        found.save(update_fields=["version", "updated_at"])
        changes.record(
            actor, "tiers.acceptance.group", "application", found.id, found.area_code, {"members": len(members)}
        )
    return found


def add_visit(actor: Actor, application_id: UUID, given: VisitGiven) -> SiteVisit:
    """Enter a visit on site. Raises NotFound, Forbidden, ApplicationNotNow, Invalid."""
    with transaction.atomic():
        found = _open(actor, application_id)
        problems, place = [], given.place.strip()
        if not place or len(place) > rules.LONGEST_LINE:
            problems.append(FieldProblem("place", "too_long" if place else "required", LONG if place else NEEDED))
        if len(given.notes) > rules.LONGEST_TEXT:
            problems.append(FieldProblem("notes", "too_long", LONG))
        if not found.planned_at.astimezone(clock.LOCAL).date() <= given.day <= clock.today():
            problems.append(FieldProblem("day", "range", BAD_DAY))
        if SiteVisit.objects.filter(application=found).count() >= rules.MOST_VISITS:
            problems.append(FieldProblem("day", "many", MANY_VISITS, {"most": rules.MOST_VISITS}))
        if problems:
            raise Invalid(fields=tuple(problems))
        made: SiteVisit = SiteVisit.objects.create(
            id=uuid7(), application=found, day=given.day, place=place, notes=given.notes.strip(), added_at=clock.now(),
            added_by=actor.id, added_by_name=actor.name,
        )  # fmt: skip
        changes.record(
            actor, "tiers.acceptance.visit", "application", found.id, found.area_code, {"day": str(given.day)}
        )
    return made


def _open(actor: Actor, application_id: UUID) -> Application:
    found = seeing.locked(actor, application_id)
    if not actor.may(ACCEPT, found.area_code):
        raise Forbidden(permission=ACCEPT)
    if found.state not in VISITING:
        here = STATES[found.state]  # type: ignore[index]
        why = Text(NOT_HERE.zh.format(state=here.zh), NOT_HERE.en.format(state=here.en))
        raise ApplicationNotNow(why=why.zh, why_en=why.en, fields=(FieldProblem("action", "not_now", why),))
    return found
