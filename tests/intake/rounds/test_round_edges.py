"""Rounds where the base moves beneath them: codes of areas, joined people, fields of other offices, forms of other rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import round_world as world
import staff
from round_world import TOWN, VILLAGE, return_of, step

from linli.intake.rounds import looking
from linli.intake.rounds.actions import answers
from linli.intake.rounds.models import Return, RoundAnswer
from linli.intake.rounds.problems import NotAsked
from linli.intake.rounds.rules import Deed
from linli.kernel import clock
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.custom.actions import FieldValue, declare_field, do_state_values
from linli.registry.custom.models import CustomField, CustomValue
from linli.registry.custom.rules import FieldForm
from linli.registry.problems import ChangedMeanwhile
from linli.registry.regrouping.actions import join_people

Who = dict[str, Any]
NEW = f"{TOWN}399"


def rows_of(actor: Actor, one: Return, every: bool = False) -> dict[str, Any]:
    with acting(actor):
        return {row.label: row for row in looking.rows(actor, one.id, every=every).page.items}


def needs(row: Any) -> dict[str, str]:
    return {cell.asked.name: cell.need for cell in row.cells if cell.need}


def answer(actor: Actor, one: Return, row: Any, given: dict[str, str | None], confirm: bool = False) -> Any:
    with acting(actor):
        return answers.answer(actor, one.id, row.person_id, given, row.version, confirm=confirm)


def sheet(actor: Actor, one: Return, number: int, path: Path) -> list[list[Any]]:
    with acting(actor):
        looking.write_file(actor, one.id, number, path, purpose="存档核对", full=True, language="zh")
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


def test_a_version_gives_the_same_file_after_its_village_got_another_code(
    people: dict[str, UUID], form: UUID, who: Who, tmp_path: Path
) -> None:
    round_ = world.opened(form)
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    before = sheet(staff.actor(who["village"]), village, 1, tmp_path / "before.xlsx")
    assert {row[1] for row in before[2:5]} == {"赵全新", "钱缺话", "孙旧话"}
    browser = staff.client(staff.staff("keeper", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))
    made = browser.post("/api/recodes", {"old": VILLAGE, "new": NEW}, content_type="application/json")
    assert made.status_code == 201, made.content
    assert return_of(round_, NEW).id == village.id
    assert sheet(staff.actor(who["village"]), village, 1, tmp_path / "after.xlsx") == before


def test_who_was_joined_into_another_since_is_the_same_person_in_the_differences(
    people: dict[str, UUID], form: UUID, who: Who
) -> None:
    world.merge([world.row(90, "吴无号", None, VILLAGE, birth=date(1948, 5, 6))], observed_on=world.RECENT)
    round_ = world.opened(form)
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.RETURN, "有重复的人")
    kept, gone = world.person("吴无号"), world.person("赵全新")
    with acting(staff.OPERATOR):
        join_people(staff.OPERATOR, kept.id, gone.id, "同一人", kept.version, gone.version)
    actor = staff.actor(who["village"])
    with acting(actor):
        found = looking.compared(actor, village.id, against="returned", kind="gone")
    assert found.counts["gone"] == found.counts["added"] == 0


def custom(name: str = "住房面积", **more: Any) -> CustomField:
    unit = staff.units()[staff.DISTRICT]
    with acting(staff.OPERATOR):
        return declare_field(staff.OPERATOR, FieldForm(name_zh=name, kind="decimal", owner_name="", **more), unit)


def say(field: CustomField, person: UUID, value: str, on: date) -> None:
    with acting(staff.OPERATOR):
        do_state_values(staff.OPERATOR, [FieldValue(person, field.id, value, on)], reason="登记")


def asked_with(tmp_path: Path, field: CustomField) -> UUID:
    """A form that asks for a custom field too; approved."""
    return world.form(tmp_path, "住房表", columns=(*world.COLUMNS, field.name_zh))


def test_nothing_changed_never_confirms_what_another_office_keeps_to_itself(
    people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    field = custom(owner_only=True)
    say(field, people["孙旧话"], "80", world.OLD)
    say(field, people["钱缺话"], "80", world.OLD)
    round_ = world.opened(asked_with(tmp_path, field))
    village, actor = return_of(round_, VILLAGE), staff.actor(who["village"])
    rows = rows_of(actor, village)
    name = f"custom:{field.id}"
    assert needs(rows["孙旧话"])[name] == "stale"
    now = answer(actor, village, rows["孙旧话"], {}, confirm=True)
    assert needs(now) == {name: "stale"}
    with acting(staff.OPERATOR):
        assert not RoundAnswer.objects.filter(field=name).exists()
    with pytest.raises(NotAsked):
        answer(actor, village, rows["钱缺话"], {}, confirm=True)


def test_two_who_answer_a_custom_field_at_once_do_not_overwrite_each_other_unseen(
    people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    field = custom()
    village_form = asked_with(tmp_path, field)
    village = return_of(world.opened(village_form), VILLAGE)
    actor, other = staff.actor(who["village"]), staff.actor(who["grid"])
    name = f"custom:{field.id}"
    seen = rows_of(actor, village)["赵全新"]
    answer(other, village, rows_of(other, village)["赵全新"], {name: "80"})
    with pytest.raises(ChangedMeanwhile):
        answer(actor, village, seen, {name: "95"})
    with acting(staff.OPERATOR):
        assert list(CustomValue.objects.filter(field_id=field.id).values_list("value", flat=True)) == ["80"]


def test_confirming_and_saying_there_is_none_takes_seeing_and_correcting_the_person(
    people: dict[str, UUID], form: UUID, who: Who
) -> None:
    village = return_of(world.opened(form), VILLAGE)
    rows = rows_of(staff.actor(who["village"]), village)
    for held, problem in (
        ({"intake.round.view", "intake.round.complete"}, NotFound),
        ({"intake.round.view", "intake.round.complete", "registry.person.edit"}, NotFound),
        ({"intake.round.view", "intake.round.complete", "registry.person.view"}, Forbidden),
    ):
        actor = Actor(kind="staff", id="staff:half", name="半", grants=(Grant(VILLAGE, frozenset(held)),))
        with pytest.raises(problem):
            answer(actor, village, rows["孙旧话"], {}, confirm=True)
        with pytest.raises(problem):
            answer(actor, village, rows["钱缺话"], {"phone": None})
    with acting(staff.OPERATOR):
        assert not RoundAnswer.objects.exists()


COLUMNS_OF: dict[str, Sequence[str]] = {
    "households": ("序号", "户主姓名", "户主身份证号", "家庭人口"),
    "rentals": ("序号", "房东", "承租人", "出租房地址"),
    "areas": ("序号", "村居", "户数", "总人口", "60岁以上"),
}


@pytest.mark.parametrize("subject", COLUMNS_OF)
def test_forms_about_other_rows_are_asked_for_sent_and_compared(
    subject: str, people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    asked = world.form(tmp_path, f"表{subject}", where="", columns=COLUMNS_OF[subject])
    round_ = world.opened(asked)
    assert round_.subject == subject
    village, actor = return_of(round_, VILLAGE), staff.actor(who["village"])
    for every in (False, True):
        rows_of(actor, village, every)
    step(who["village"], village, Deed.SUBMIT)
    sheet(actor, village, 1, tmp_path / f"{subject}.xlsx")
    step(who["town"], village, Deed.RETURN, "再看看")
    with acting(actor):
        for kind in ("added", "gone", "changed"):
            assert looking.compared(actor, village.id, against="returned", kind=kind).counts == {  # type: ignore[arg-type]
                "added": 0, "gone": 0, "changed": 0,
            }  # fmt: skip


def test_what_was_corrected_long_ago_stays_old_when_another_value_is_answered(
    people: dict[str, UUID], form: UUID, who: Who
) -> None:
    person = world.person("钱缺话")
    with clock.frozen(datetime(2024, 1, 1, 4, tzinfo=UTC)), acting(staff.OPERATOR):
        edit_person(staff.OPERATOR, person.id, {"marital": "30"}, "更正", person.version)
    village, actor = return_of(world.opened(form), VILLAGE), staff.actor(who["village"])
    row = rows_of(actor, village)["钱缺话"]
    assert needs(row)["marital"] == "stale"
    now = answer(actor, village, row, {"phone": "10070000077"})
    assert needs(now).get("marital") == "stale"
    # And a confirmation of it outlives the next correction of something else.
    with acting(actor):
        now = answers.answer(actor, village.id, now.person_id, {}, now.version, confirm=True)
    assert needs(now) == {}
    now = world.person("钱缺话")
    with acting(staff.OPERATOR):
        edit_person(staff.OPERATOR, now.id, {"phone": "10070000078"}, "更正", now.version)
    assert needs(rows_of(actor, village, every=True)["钱缺话"]) == {}
