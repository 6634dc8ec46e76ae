"""A town with two villages of elders, an approved form about them, and the staff who complete, send and check it."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[2] / "registry"))

import openpyxl
import staff
from people_frames import merge, row

from linli.intake.catalogue.actions import register_form
from linli.intake.catalogue.models import Form, FormVersion
from linli.intake.catalogue.rules import FormFacts
from linli.intake.rounds.actions import returns, rounds
from linli.intake.rounds.models import Return, Round
from linli.intake.rounds.rules import Deed
from linli.kernel.actors import Actor, Grant
from linli.kernel.scope import acting
from linli.registry.models import District, Person

DAY = date(2026, 6, 1)
OLD, RECENT = date(2024, 1, 1), date(2026, 5, 1)
TOWN, OTHER_TOWN = staff.TOWN, staff.OTHER_TOWN
VILLAGE, SECOND, FOREIGN = staff.VILLAGE, "370302102202", staff.OTHER_VILLAGE
GRID, OTHER_GRID = VILLAGE + "001", VILLAGE + "002"
COLUMNS = ("序号", "姓名", "性别", "出生日期", "身份证号", "联系电话", "婚姻状况", "现住址")
#: name, area, day it was stated, what else is known
PEOPLE: Sequence[tuple[str, str, date, dict[str, Any]]] = (
    ("赵全新", GRID, RECENT, {"phone": "10070000001", "marital": "20"}),
    ("钱缺话", GRID, RECENT, {"marital": "20"}),
    ("孙旧话", OTHER_GRID, OLD, {"phone": "10070000003", "marital": "20"}),
    ("李二村", SECOND, RECENT, {"phone": "10070000004"}),
    ("周外镇", FOREIGN, RECENT, {}),
)


def people() -> dict[str, UUID]:
    """The people taken in; their ids by name."""
    with acting(staff.OPERATOR):
        District.objects.update_or_create(code=staff.DISTRICT, defaults={"demo": True})
    for serial, (name, area, day, more) in enumerate(PEOPLE, 1):
        merge([row(serial, name, serial, area[:12], **({"area_code": area} | more))], observed_on=day)
    return {name: person(name).id for name, *_ in PEOPLE}


def person(name: str) -> Person:
    with acting(staff.OPERATOR):
        return Person.objects.get(name=name)


def template(columns: Sequence[str] = COLUMNS) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["高龄津贴发放花名册"])
    page.append(list(columns))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def form(
    tmp_path: Path, name: str = "高龄津贴花名册", where: str = "age>=60", columns: Sequence[str] = COLUMNS
) -> UUID:
    """A form that was approved; its id."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(template(columns))
    facts = FormFacts(name=name, issuer_name="区民政局", legal_basis="高龄津贴发放办法", cycle="month")
    with acting(staff.OPERATOR) as actor:
        made = register_form(actor, facts, path, "高龄津贴.xlsx")
        version = FormVersion.objects.get(form_id=made.id)
        version.binding = version.binding | {"where": where}
        version.save(update_fields=["binding"])
        Form.objects.filter(id=made.id).update(state="approved")
    return made.id


def opened(form_id: UUID, area: str = staff.DISTRICT, period: str = "2026-06", actor: Actor = staff.OPERATOR) -> Round:
    """A round, opened."""
    asked = rounds.RoundForm(form_id, area, period, DAY, date(2026, 6, 30))
    with acting(actor):
        return rounds.open_round(actor, asked)


def return_of(round_: Round, area: str) -> Return:
    with acting(staff.OPERATOR):
        return Return.objects.select_related("round").get(round_id=round_.id, area_code=area)


def clerks() -> dict[str, Any]:
    """Who works at it, by place; accounts."""
    return {
        "district": staff.staff("district", "analyst", staff.DISTRICT),
        "town": staff.staff("town", "town_clerk", TOWN),
        "village": staff.staff("village", "village_clerk", VILLAGE),
        "grid": staff.staff("grid", "grid_worker", GRID, unit_area=VILLAGE),
        "foreign": staff.staff("foreign", "village_clerk", FOREIGN),
    }


def step(who: Any, one: Return, deed: Deed, reason: str = "") -> Return:
    """Take a step as an account."""
    actor = staff.actor(who)
    with acting(actor):
        return returns.do(actor, one.id, deed, reason)


def through_rest(round_: Round, who: dict[str, Any]) -> None:
    """Send up and accept what of the town is not accepted yet."""
    with acting(staff.OPERATOR):
        below = list(Return.objects.filter(round_id=round_.id, receiver_code=TOWN).exclude(state="accepted"))
    for one in below:
        step(who["town"], one, Deed.SUBMIT)
        step(who["town"], one, Deed.ACCEPT)


def send(one: Return, area: str) -> None:
    """Send a return up as somebody who may do everything in an area."""
    actor = Actor(kind="staff", id="staff:sender", name="上报人", grants=(Grant(area, frozenset({"*"})),))
    with acting(actor):
        returns.do(actor, one.id, Deed.SUBMIT)
