"""Custom fields: what may be one, normal forms, statements with their source, and that they follow their person."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import staff
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st
from people_frames import DISTRICT, clerk, merge, nobody_is_alike, person, row

from linli.kernel import clock, secrets
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.scope import acting
from linli.registry.custom import queries, rules
from linli.registry.custom.actions import (
    FieldValue,
    change_field,
    declare_field,
    do_state_values,
    retire_field,
    reveal_value,
    state_by_hand,
)
from linli.registry.custom.models import CustomField, CustomValue
from linli.registry.custom.problems import FieldChanged, FieldTaken, FieldUsed
from linli.registry.custom.rules import FieldForm
from linli.registry.merge import undo_people
from linli.registry.models import Person
from linli.registry.problems import PurposeMissing, ReasonMissing, RestedUpon
from linli.registry.regrouping.actions import join_people, undo_regrouping
from linli.registry.regrouping.problems import RestsUpon

Sql = Callable[..., Sequence[Any]]
WHY = "入户核实"


def make(name: str = "住房面积", kind: str = "decimal", **more: Any) -> CustomField:
    with acting(staff.OPERATOR):
        return declare_field(staff.OPERATOR, FieldForm(name_zh=name, kind=kind, owner_name="民政局", **more))


def state(field: CustomField, person_id: uuid.UUID, value: str | None, on: date | None = None, **more: Any) -> None:
    with acting(clerk()) as actor:
        do_state_values(actor, [FieldValue(person_id, field.id, value, on)], **({"reason": WHY} | more))


def told(person_id: uuid.UUID) -> dict[str, str | None]:
    with acting(clerk()) as actor:
        return {fact.field.name_zh: fact.value for fact in queries.facts_of(actor, person_id)}


# --- what may be a field ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        (FieldForm("", "text", "民政局"), "name_zh"),
        (FieldForm("面积", "number", "民政局"), "kind"),
        (FieldForm("面积", "text", " "), "owner_name"),
        (FieldForm("姓名", "text", "民政局"), "name_zh"),
        (FieldForm("等级", "choice", "民政局", choices=("一",)), "choices"),
        (FieldForm("等级", "choice", "民政局", choices=("一", " 一")), "choices"),
        (FieldForm("面积", "decimal", "民政局", choices=("一", "二")), "choices"),
        (FieldForm("社区矫正对象", "boolean", "司法局", sensitive=True), "name_zh"),
        (FieldForm("是否吸毒", "boolean", "公安局", sensitive=True), "name_zh"),
        (FieldForm("类别", "choice", "卫健局", choices=("艾滋病", "其他"), sensitive=True), "choices"),
        (FieldForm("备注", "text", "卫健局", note="精神障碍患者名册"), "note"),
        (FieldForm("宗教信仰", "text", "民宗局", sensitive=True), "name_zh"),
        (FieldForm("慢性病种", "text", "卫健局"), "sensitive"),
        (FieldForm("银行账户", "text", "民政局"), "sensitive"),
        (FieldForm("监护人身份证号", "text", "民政局"), "sensitive"),
        (FieldForm("紧急联系人手机", "integer", "民政局"), "sensitive"),
        (FieldForm("联系人", "text", "民政局", name_en="Phone of the carer"), "sensitive"),
        (FieldForm("面\u0001积", "decimal", "民政局"), "name_zh"),
        (FieldForm("面积\u202e", "decimal", "民政局"), "name_zh"),
        (FieldForm("等级", "choice", "民政局", choices=("一", "二\u200b")), "choices"),
    ],
    ids=lambda found: found.name_zh or "no name" if isinstance(found, FieldForm) else found,
)
def test_what_may_not_be_a_field_is_told_at_its_place(form: FieldForm, wrong: str) -> None:
    assert wrong in {problem.field for problem in rules.check_field(form, {"姓名"})}


def test_a_sensitive_field_that_a_benefit_needs_is_taken_when_it_is_marked() -> None:
    assert rules.check_field(FieldForm("慢性病种", "text", "卫健局", sensitive=True), set()) == ()
    assert rules.check_field(FieldForm("银行账户", "text", "民政局", sensitive=True), set()) == ()


def test_what_only_tells_of_phones_and_names_in_rare_characters_are_fields_like_others() -> None:
    for form in (FieldForm("有无电话", "boolean", "民政局"), FieldForm("电话费补贴", "decimal", "民政局")):
        assert rules.check_field(form, set()) == ()
    assert rules.check_field(FieldForm("\ue863村补贴", "decimal", "民政局"), set()) == ()
    assert rules.normal("text", "王\ue863") == "王\ue863"


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        ("text", "  甲　乙  ", "甲 乙"), ("text", "a\x00b", None), ("text", "x" * 501, None), ("text", " ", None),
        ("integer", "１，２３４", "1234"), ("integer", "-07", "-7"), ("integer", "1.0", "1"), ("integer", "1.5", None),
        ("integer", "1,23", None), ("integer", "一", None), ("integer", "-0", "0"),
        ("decimal", "12.50", "12.5"), ("decimal", ".5", "0.5"), ("decimal", "-0.5", "-0.5"), ("decimal", "-0.0", "0"),
        ("decimal", "1e5", None), ("decimal", "NaN", None), ("decimal", "0.1234567", None),
        ("date", "2026年5月1日", "2026-05-01"), ("date", "20260501", "2026-05-01"), ("date", "2026.5.1", "2026-05-01"),
        ("date", "2026-02-30", None), ("date", "5月1日", None),
        ("boolean", "是", "true"), ("boolean", "√", "true"), ("boolean", "No", "false"), ("boolean", "也许", None),
        ("choice", "一级", "一级"), ("choice", "三级", None),
    ],
)  # fmt: skip
def test_values_have_one_normal_form(kind: str, text: str, normal: str | None) -> None:
    assert rules.normal(kind, text, ("一级", "二级")) == normal


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_numbers_keep_their_value_and_the_normal_form_is_its_own(number: Decimal) -> None:
    normal = rules.normal("decimal", format(number, "f"))
    assert normal is not None and Decimal(normal) == number
    assert rules.normal("decimal", normal) == normal


@given(st.dates(min_value=date(1000, 1, 1)))
def test_days_come_through_every_way_of_writing_them(day: date) -> None:
    ways = (
        day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{day:%Y%m%d}",
    )
    assert {rules.normal("date", way) for way in ways} == {day.isoformat()}


# --- fields --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("db")
def test_a_name_and_kind_is_there_once_and_again_when_it_was_retired() -> None:
    field = make()
    with pytest.raises(FieldTaken):
        make("住房 面积".replace(" ", ""))
    assert make(kind="text").id != field.id
    with acting(staff.OPERATOR):
        retire_field(staff.OPERATOR, field.id)
    assert make().id != field.id


@pytest.mark.usefixtures("db")
def test_a_retired_field_is_brought_back_with_what_it_holds_unless_another_took_its_name() -> None:
    merge([row(2, "王建国", 1)])
    field, free = make(), make("入会日期", "date")
    state(field, person(1).id, "80")
    officer = staff.client(staff.staff("officer", "officer", staff.DISTRICT))
    for one in (field, free):
        assert officer.delete(f"/api/custom-fields/{one.id}").status_code == 204
    listed = officer.get("/api/custom-fields/kept").json()
    assert {f["id"]: (f["used"], f["retired_at"] is not None) for f in listed} == {
        str(field.id): (True, True), str(free.id): (False, True)
    }  # fmt: skip
    back = officer.post(f"/api/custom-fields/{field.id}/restore", content_type="application/json")
    assert back.status_code == 200 and [f["id"] for f in officer.get("/api/custom-fields").json()] == [str(field.id)]
    assert told(person(1).id) == {"住房面积": "80"}
    assert officer.post(f"/api/custom-fields/{field.id}/restore", content_type="application/json").status_code == 404
    make("入会日期", "date")
    taken = officer.post(f"/api/custom-fields/{free.id}/restore", content_type="application/json")
    assert (taken.status_code, taken.json()["code"]) == (409, "registry.custom.taken")
    listed = officer.get("/api/custom-fields/kept").json()
    assert [f["retired_at"] is None for f in listed] == [True, True, False], "those in use come first"


@pytest.mark.usefixtures("db")
def test_only_who_keeps_fields_of_the_district_declares_one() -> None:
    with acting(clerk(staff.TOWN)) as actor, pytest.raises(Forbidden):
        declare_field(actor, FieldForm("住房面积", "decimal", "民政局"))


@pytest.mark.usefixtures("db")
def test_of_two_who_change_a_field_one_wins_and_used_fields_keep_their_kind() -> None:
    merge([row(2, "王建国", 1)])
    field = make("等级", "choice", choices=("一级", "二级"))
    with acting(staff.OPERATOR) as actor:
        wider = FieldForm("等级", "choice", "民政局", choices=("一级", "二级", "三级"))
        changed = change_field(actor, field.id, wider, field.version)
        with pytest.raises(FieldChanged):
            change_field(actor, field.id, wider, field.version)
    state(field, person(1).id, "三级")
    with acting(staff.OPERATOR) as actor:
        for other in (
            FieldForm("等级", "text", "民政局"),
            FieldForm("等级", "choice", "民政局", choices=("一级", "三级")),
        ):
            with pytest.raises(FieldUsed):
                change_field(actor, field.id, other, changed.version)


def waits(owner_sql: Sql, process: int) -> bool:
    """Whether a process of the database waits for a lock of another."""
    ((waiting,),) = owner_sql("SELECT cardinality(pg_blocking_pids(%s)) > 0", [process])
    return bool(waiting)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("change", ["kind", "retired"])
def test_what_is_stated_while_the_field_is_changed_is_held_against_the_field_as_it_became(
    owner_sql: Sql, change: str
) -> None:
    """The statement begins while the change is written and not committed, and waits for it."""
    merge([row(2, "王建国", 1)])
    field, subject = make("住房情况", "text"), person(1).id
    began, ended, processes, outcomes = threading.Event(), threading.Event(), [], []

    def later() -> None:
        try:
            with acting(clerk()) as actor:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    processes.append(cursor.fetchone()[0])
                began.set()
                outcomes.append(do_state_values(actor, [FieldValue(subject, field.id, "砖混")], reason=WHY))
        except Invalid as problem:
            outcomes.append(problem.fields[0].field)
        finally:
            began.set()
            ended.set()
            connections.close_all()

    thread = threading.Thread(target=later)
    with acting(staff.OPERATOR) as actor:
        if change == "kind":
            change_field(actor, field.id, FieldForm("住房情况", "integer", "民政局"), field.version)
        else:
            retire_field(actor, field.id)
        thread.start()
        assert began.wait(60) and processes
        while not ended.is_set() and not waits(owner_sql, processes[0]):
            pass
        assert not ended.is_set(), "it has not read what is about to change"
    thread.join()
    assert outcomes == ["values.0"]
    assert told(subject) == {}


@pytest.mark.usefixtures("db")
def test_a_field_is_not_changed_under_what_is_being_stated_in_it(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)])
    field, subject = make("住房情况", "text"), person(1).id
    began, ended, processes, outcomes = threading.Event(), threading.Event(), [], []

    def later() -> None:
        try:
            with acting(staff.OPERATOR) as actor:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    processes.append(cursor.fetchone()[0])
                began.set()
                change_field(actor, field.id, FieldForm("住房情况", "integer", "民政局"), field.version)
                outcomes.append("changed")
        except FieldUsed:
            outcomes.append("used")
        finally:
            began.set()
            ended.set()
            connections.close_all()

    thread = threading.Thread(target=later)
    with acting(clerk()) as actor:
        do_state_values(actor, [FieldValue(subject, field.id, "砖混")], reason=WHY)
        thread.start()
        assert began.wait(60) and processes
        while not ended.is_set() and not waits(owner_sql, processes[0]):
            pass
        assert not ended.is_set()
    thread.join()
    assert outcomes == ["used"] and told(subject) == {"住房情况": "砖混"}


# --- values ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("db")
def test_the_latest_statement_is_the_value_whatever_order_they_arrive_in() -> None:
    merge([row(2, "王建国", 1), row(3, "李秀英", 2)])
    field, today = make(), clock.today()
    state(field, person(1).id, "80.0", today)
    state(field, person(1).id, "75", today - timedelta(days=30))
    state(field, person(2).id, "60")
    assert told(person(1).id) == {"住房面积": "80"} and told(person(2).id) == {"住房面积": "60"}
    state(field, person(1).id, None)
    assert told(person(1).id) == {"住房面积": None}, "it is known that there is none"


@pytest.mark.usefixtures("db")
def test_many_values_are_written_whole_or_not_at_all() -> None:
    merge([row(2, "王建国", 1), row(3, "李秀英", 2)])
    area, level = make(), make("入住日期", "date")
    one, other = person(1).id, person(2).id
    wrong = [
        FieldValue(one, area.id, "80"),
        FieldValue(other, area.id, "很大"),
        FieldValue(other, level.id, "2026-13-01"),
    ]
    with acting(clerk()) as actor, pytest.raises(Invalid) as caught:
        do_state_values(actor, wrong)
    assert [p.field for p in caught.value.fields] == ["values.1", "values.2"]
    with acting(clerk()) as actor, pytest.raises(Invalid):
        do_state_values(actor, [FieldValue(one, area.id, "1", clock.today() + timedelta(days=1))])
    with pytest.raises(NotFound), acting(clerk()) as actor:
        do_state_values(actor, [FieldValue(one, area.id, "80"), FieldValue(uuid.uuid4(), area.id, "80")])
    assert told(one) == told(other) == {}
    with acting(clerk()) as actor:
        good = [
            FieldValue(one, area.id, "80"),
            FieldValue(other, area.id, "90"),
            FieldValue(other, level.id, "2026.1.2"),
        ]
        assert do_state_values(actor, good, source="civil", origin="round:1", reason="季度报表") == 3
        (fact, _) = queries.facts_of(actor, other)
    assert (fact.source_code, fact.origin, fact.reason, fact.recorded_by) == ("civil", "round:1", "季度报表", actor.id)
    assert told(other) == {"住房面积": "90", "入住日期": "2026-01-02"}


@pytest.mark.usefixtures("db")
def test_a_sensitive_value_is_kept_encrypted_and_told_for_a_purpose(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)])
    field = make("银行账户", "text", sensitive=True)
    state(field, person(1).id, "6222000011112222")
    ((plain, sealed),) = owner_sql("SELECT value, sealed FROM registry_custom_value")
    assert plain is None and secrets.decrypt(bytes(sealed)) == "6222000011112222"
    assert told(person(1).id) == {"银行账户": "******"}
    keeper = staff.actor(staff.staff("keeper", "village_clerk", staff.VILLAGE))
    looker = staff.actor(staff.staff("looker", permissions=["registry.person.view"], area=staff.VILLAGE))
    with acting(keeper) as actor, pytest.raises(PurposeMissing):
        reveal_value(actor, person(1).id, field.id, "看")
    with acting(looker) as actor, pytest.raises(Forbidden):
        reveal_value(actor, person(1).id, field.id, "核对补贴账户")
    with acting(keeper) as actor:
        assert reveal_value(actor, person(1).id, field.id, "核对补贴账户") == "6222000011112222"
    (logged,) = owner_sql("SELECT purpose FROM access_read_log WHERE kind = 'reveal' AND subject_type LIKE 'custom.%%'")
    assert logged[0] == "核对补贴账户"


@pytest.mark.usefixtures("db")
def test_what_an_office_keeps_to_itself_is_told_to_its_own_people_only() -> None:
    merge([row(2, "王建国", 1)])
    unit = staff.units()[staff.TOWN]
    with acting(staff.OPERATOR) as actor:
        form = FieldForm("帮扶等级", "text", "", owner_only=True)
        field = declare_field(actor, form, unit)
    assert field.owner_name == staff.NAMES[staff.TOWN]
    state(field, person(1).id, "一级")
    own = staff.actor(staff.staff("own", "town_clerk", staff.TOWN))
    other = staff.actor(staff.staff("other", "village_clerk", staff.VILLAGE))
    with acting(own) as actor:
        assert [fact.value for fact in queries.facts_of(actor, person(1).id)] == ["一级"]
    with acting(other) as actor:
        assert queries.facts_of(actor, person(1).id) == [] and queries.offered(actor) == []
        with pytest.raises(NotFound):
            state_by_hand(actor, person(1).id, field.id, "二级", WHY)


@pytest.mark.usefixtures("db")
def test_nobody_opens_to_themselves_what_another_office_keeps() -> None:
    unit = staff.units()[staff.TOWN]
    with acting(staff.OPERATOR) as actor:
        field = declare_field(actor, FieldForm("帮扶等级", "text", "", owner_only=True), unit)
        with pytest.raises(Invalid) as nobodys:
            declare_field(actor, FieldForm("帮扶措施", "text", "民政局", owner_only=True))
    assert [p.field for p in nobodys.value.fields] == ["owner_id"]
    officer = staff.client(staff.staff("officer", "officer", staff.DISTRICT))
    address = f"/api/custom-fields/{field.id}"
    body = {"name_zh": "帮扶等级", "kind": "text", "owner_name": "区民政局", "version": 1}
    assert officer.put(address, body, content_type="application/json").status_code == 404
    assert officer.delete(address).status_code == 404
    kept = CustomField.objects.get()
    assert kept.owner_only and kept.owner_id == unit and kept.retired_at is None
    mine = staff.staff("mine", permissions=["registry.custom.edit"], area=staff.DISTRICT, unit_area=staff.TOWN)
    changed = staff.client(mine).put(address, body, content_type="application/json")
    assert changed.status_code == 200 and not changed.json()["owner_only"]


@pytest.mark.usefixtures("db")
def test_by_hand_it_takes_sight_the_right_to_correct_and_a_reason(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)])
    field = make()
    worker = staff.actor(staff.staff("worker", "grid_worker", staff.VILLAGE))
    foreign = staff.actor(staff.staff("foreign", "village_clerk", staff.OTHER_VILLAGE))
    officer = staff.actor(staff.staff("officer", "officer", staff.TOWN))
    with acting(foreign) as actor, pytest.raises(NotFound):
        state_by_hand(actor, person(1).id, field.id, "80", WHY)
    with acting(officer) as actor, pytest.raises(Forbidden):
        state_by_hand(actor, person(1).id, field.id, "80", WHY)
    with acting(worker) as actor, pytest.raises(ReasonMissing):
        state_by_hand(actor, person(1).id, field.id, "80", " ")
    with acting(worker) as actor:
        state_by_hand(actor, person(1).id, field.id, "80", WHY)
    assert told(person(1).id) == {"住房面积": "80"}
    with acting(foreign):
        assert CustomValue.objects.count() == 0, "the database shows nothing of another town"


# --- people who are joined, and batches taken back ----------------------------------------------------------------


@pytest.mark.usefixtures("db")
def test_values_follow_a_join_and_go_back_with_it(owner_sql: Sql) -> None:
    nobody_is_alike()
    merge([row(2, "王建国", 1, birth=date(1950, 3, 4))], "police")
    merge([row(3, "王建囯", birth=date(1950, 3, 4), record_key="L9")])
    with acting(clerk()):
        one, other = Person.objects.get(name="王建国"), Person.objects.get(name="王建囯")
    field, today = make(), clock.today()
    state(field, one.id, "80", today - timedelta(days=9))
    state(field, other.id, "90", today)
    before = sorted(map(str, owner_sql("SELECT * FROM registry_custom_value")))
    with acting(clerk()) as actor:
        made = join_people(actor, one.id, other.id, "同一个人", one.version, other.version)
    assert told(one.id) == {"住房面积": "90"}, "of both the later counts"
    with acting(clerk()) as actor:
        undo_regrouping(actor, made.id, "合并错了")
    assert sorted(map(str, owner_sql("SELECT * FROM registry_custom_value"))) == before
    with acting(clerk()) as actor:
        one, other = Person.objects.get(id=one.id), Person.objects.get(id=other.id)
        made = join_people(actor, one.id, other.id, "同一个人", one.version, other.version)
    state(field, other.id, "100")
    assert told(one.id) == {"住房面积": "100"}, "an old id is found"
    with acting(clerk()) as actor, pytest.raises(RestsUpon):
        undo_regrouping(actor, made.id, "合并错了")


@pytest.mark.usefixtures("db")
def test_a_batch_is_not_taken_back_from_under_what_was_stated_of_its_people() -> None:
    batch, _ = merge([row(2, "王建国", 1)])
    state(make(), person(1).id, "80")
    with pytest.raises(RestedUpon):
        undo_people(batch, clerk(), DISTRICT)


@pytest.mark.usefixtures("db")
def test_values_lie_where_their_person_does_and_remember_where_they_were_stated() -> None:
    merge([row(2, "王建国", 1)])
    state(make(), person(1).id, "80")
    merge([row(2, "王建国", 1, staff.OTHER_VILLAGE)], observed_on=date(2026, 2, 1))
    with acting(clerk()):
        (said,) = CustomValue.objects.all()
        assert said.area_code == staff.OTHER_VILLAGE == Person.objects.get(id=said.person_id).area_code
        assert said.stated_area == staff.VILLAGE
