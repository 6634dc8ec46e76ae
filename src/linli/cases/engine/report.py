"""Reporting a case: the one way in, for staff now and for every other door later."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel import clock, prepared, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from ..categories.models import Category
from ..categories.rules import holds
from ..permissions import REPORT
from ..routing import deciding as routing
from ..suggesting import actions as suggesting
from . import numbering, placing, procedure, restricted
from .models import SOURCES, Case, CaseFlow
from .problems import InFuture

LONGEST_TEXT = 2000
LONGEST_PLACE = 200
LONGEST_NAME = 40
#: Clocks of phones and servers are never quite the same.
AHEAD = timedelta(minutes=2)
LONGEST_AGO = timedelta(days=366 * 50)
PHONE = re.compile(r"\+?[0-9][0-9 -]{3,18}[0-9]")
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
BAD_TIME = Text("请填写带时区的时间，且不早于五十年前。", "A time with its zone is wanted, of the last fifty years.")
NO_PROCEDURE = Text("没有这种办理流程。", "There is no such procedure.")
BAD_PHONE = Text("不像电话号码。", "This is no phone number.")
CLOSED_CATEGORY = Text("这个类别已停用，请另选。", "This category is out of use; choose another.")
RESTRICTED = Text(
    "这类事项只限专人上报和办理；您没有这项权限。",
    "Matters of this kind are for restricted readers, and you are not one of them.",
)


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody reports. `occurred_at` None: now. `procedure` None: as its category or its source suggests. Reporter's
    name and phone may both be left out (anonymous)."""

    description: str
    source: str
    place_text: str = ""
    area: str | None = None
    lon: float | None = None
    lat: float | None = None
    category_id: UUID | None = None
    urgent: bool = False
    occurred_at: datetime | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    procedure: str | None = None


@dataclass(frozen=True, slots=True)
class Reportable:
    """A report that holds: with its place settled and its category and procedure looked up."""

    given: NewCase
    place: placing.Place
    category: Category | None
    occurred_at: datetime
    way: procedure.Procedure


def report(actor: Actor, given: NewCase) -> Case:
    """Enter a case, with its number and its first step. Raises what `check_report` does."""
    return do_report(actor, check_report(actor, given))


def check_report(actor: Actor, given: NewCase) -> Reportable:
    """Look at a report and settle its place. Raises Invalid, OutsideDistrict, InFuture, Forbidden."""
    problems = []
    if not given.description.strip():
        problems.append(FieldProblem("description", "required", NEEDED))
    for name, value, most in (
        ("description", given.description, LONGEST_TEXT),
        ("place_text", given.place_text, LONGEST_PLACE),
        ("reporter_name", given.reporter_name, LONGEST_NAME),
    ):
        if len(value) > most:
            problems.append(FieldProblem(name, "too_long", LONG))
    if given.source not in SOURCES:
        problems.append(FieldProblem("source", "form", NEEDED))
    if given.procedure is not None and given.procedure not in procedure.choosable():
        problems.append(FieldProblem("procedure", "unknown", NO_PROCEDURE))
    if given.reporter_phone.strip() and not PHONE.fullmatch(given.reporter_phone.strip()):
        problems.append(FieldProblem("reporter_phone", "form", BAD_PHONE))
    now = clock.now()
    if given.occurred_at and (given.occurred_at.tzinfo is None or given.occurred_at < now - LONGEST_AGO):
        problems.append(FieldProblem("occurred_at", "form", BAD_TIME))
    if problems:
        raise Invalid(fields=tuple(problems))
    occurred_at = given.occurred_at or now
    if occurred_at > now + AHEAD:
        raise InFuture(fields=(FieldProblem("occurred_at", "future", InFuture.text),))
    place = placing.settle(given.place_text, given.area, given.lon, given.lat)
    actor.require(REPORT, place.area_code)
    category = category_in_use(actor, place.area_code, given.category_id)
    way = given.procedure or procedure.default_for(category.procedure if category else "", given.source)
    return Reportable(given, place, category, min(occurred_at, now), procedure.of(way))


def do_report(actor: Actor, checked: Reportable) -> Case:
    """Write a report that was checked."""
    given, place, way, now = checked.given, checked.place, checked.way, clock.now()
    mark = checked.category.restricted_to if checked.category else ""
    (number,) = numbering.take(clock.today(), apart=bool(mark))
    name, phone = given.reporter_name.strip(), given.reporter_phone.strip()
    case = Case(
        id=uuid7(), number=number, state=way.begin, source=given.source, procedure=way.code,
        urgent=given.urgent or way.urgent or (checked.category is not None and checked.category.dispatch_first), category=checked.category,
        description=given.description.strip(), area_code=place.area_code, place_text=place.text, lon=place.lon,
        lat=place.lat, on_border=place.on_border, occurred_at=checked.occurred_at, reported_at=now, reported_by=actor.id,
        reporter_name=secrets.encrypt(name) if name else None, reporter_phone=secrets.encrypt(phone) if phone else None,
        restricted_to=mark,
    )  # fmt: skip
    prepared.insert(case)  # before what belongs to it: who sees that is who sees the case
    begun = CaseFlow(
        id=uuid7(), case=case, version=1, at=now, action="report", kind="forward", to_state=way.begin, actor=actor.id,
        actor_name=actor.name, actor_unit=actor.unit_name, detail={"source": given.source}, request=actor.request_id,
    )  # fmt: skip
    beside = (suggesting.suggested(case), routing.decided(case))
    prepared.insert(begun, *(each for each in beside if each is not None))
    return case


def category_in_use(
    actor: Actor, area_code: str, category_id: UUID | None, field: str = "category_id"
) -> Category | None:
    """The category `actor` may give a case in an area today. Raises Invalid for one that is unknown, closed or for others alone."""
    if category_id is None:
        return None
    found = next(iter(prepared.read(Category, "id = %s", [category_id])), None)
    if found is None or not found.offered or not holds(found, clock.today()):
        raise Invalid(fields=(FieldProblem(field, "closed", CLOSED_CATEGORY),))
    if not restricted.may_use(actor, found.restricted_to, area_code):
        raise Invalid(fields=(FieldProblem(field, "restricted", RESTRICTED),))
    return found
