"""Orders of the 12345 hotline from a sheet to cases and back, with sheets as ugly as they come."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import case_sheets as sheets
import openpyxl
import polars as pl
import pytest
import staff
from case_sheets import codes, order, sheet, take
from case_world import World
from django.db import connection

from linli.access.models import Unit
from linli.cases.intake import checking, orders
from linli.cases.intake.actions import set_word
from linli.cases.intake.fields import HISTORIES
from linli.cases.intake.naming import like_a_name
from linli.cases.intake.times import read_limits, read_moments
from linli.cases.models import Case, CaseFlow, CaseOrigin, CaseWord, Category, RoutedCase
from linli.cases.permissions import VIEW
from linli.intake import actions, perform
from linli.intake.actions.merging import UndoBlocked
from linli.intake.models import Batch
from linli.intake.suggest import guess_kind
from linli.kernel import clock, secrets
from linli.kernel.actors import Grant
from linli.kernel.errors import Forbidden, Invalid
from linli.kernel.outbox.actions import postman
from linli.kernel.outbox.models import Event
from linli.kernel.scope import acting


@pytest.fixture
def hotline(seeded_db: str) -> None:
    """Sources of orders and of old cases, and staff."""
    staff.units()
    with acting(sheets.OPERATOR):
        for code, name in (("hotline", "12345热线"), ("older", "旧系统")):
            actions.save_source(sheets.OPERATOR, code, name, code)


def cases() -> dict[str, Case]:
    """The cases there are, by the numbers of their orders."""
    with acting(sheets.OPERATOR):
        return {
            o.number: o.case for o in CaseOrigin.objects.select_related("case", "case__category").order_by("case_id")
        }


def plain(sealed: Any) -> str | None:
    return secrets.decrypt(bytes(sealed)) if sealed else None


# --- reading ----------------------------------------------------------------------------------------------------


def test_moments_are_read_in_the_ways_they_are_written() -> None:
    written = {
        "2024.3.5": "2024-03-05 00:00:00", "2024/3/5 14:05": "2024-03-05 14:05:00", "45356.5": "2024-03-05 12:00:00",
        "２０２４－０３－０５　１４：０５：０９": "2024-03-05 14:05:09", "20240305140509": "2024-03-05 14:05:09",
        "2024年3月5日14时05分": "2024-03-05 14:05:00", "2024年3月5日14时": "2024-03-05 14:00:00", "45356": "2024-03-05 00:00:00",
        "2024-03-05T14:05:09": "2024-03-05 14:05:09", "2024-02-29": "2024-02-29 00:00:00",
    }  # fmt: skip
    found = read_moments(pl.Series(list(written)), latest=None)
    told = [datetime.fromtimestamp(at, clock.LOCAL).strftime("%Y-%m-%d %H:%M:%S") for at in found.value.to_list()]
    assert told == list(written.values())
    wrong = read_moments(
        pl.Series(["2023-02-29", "昨天", "2024-03-05 25:00", "2099-1-1", None, ""]), latest=1_800_000_000
    )
    assert wrong.wrong.to_list() == [
        "moment.impossible",
        "moment.form",
        "moment.impossible",
        "moment.future",
        None,
        None,
    ]
    assert wrong.value.null_count() == 6


def test_deadlines_end_with_their_day_and_limits_have_their_clock() -> None:
    days = read_moments(
        pl.Series(["2024-03-05", "2024-03-05 00:00:00", "45356", "2024-03-05 10:00"]), latest=None, whole_days_end=True
    )
    told = [datetime.fromtimestamp(at, clock.LOCAL).strftime("%H:%M:%S") for at in days.value.to_list()]
    assert told == ["23:59:59", "23:59:59", "23:59:59", "10:00:00"]
    limits = read_limits(pl.Series(["5个工作日", "24小时", "３天内办结", "8工作小时", "尽快"]))
    assert limits.amount.to_list() == [5, 24, 3, 8, None]
    assert limits.clock.to_list() == ["work_day", "urgent_hour", "natural_day", "work_hour", None]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (list(sheets.ORDER), "hotline-orders"), (list(sheets.OLD), "closed-cases"),
        (["工单号", "来电时间", "问题描述", "事发地点", "来电人姓名", "主叫号码", "截止时间"], "hotline-orders"),
        (["案卷号", "小类名称", "案发地址", "上报时间", "结案时间"], "closed-cases"),
        (["姓名", "公民身份号码", "联系电话", "现住址"], "people"),
    ],
)  # fmt: skip
def test_columns_tell_which_sheet_it_is(header: list[str], kind: str) -> None:
    from linli.intake import kinds

    assert kind in kinds.KINDS and guess_kind(header) == kind


# --- orders -----------------------------------------------------------------------------------------------------


def test_an_ugly_sheet_becomes_cases_and_says_of_each_bad_row_why(hotline: None, tmp_path: Path) -> None:
    """Two sheets under merged titles; each row of the first that is bad is bad in its own way."""
    name = Category.objects.filter(kind="matter", offered=True).order_by("code").first()
    secret = Category.objects.exclude(restricted_to="").order_by("code").first()
    assert name is not None and secret is not None
    good = [
        order(),
        order(工单编号="ｚｃ２００２", 受理时间="2024.3.5", 诉求类别=name.name, 紧急程度="紧急", 承办单位="淄川区昆仑镇", 办理时限="2个工作日"),
        order(工单编号="ZC2003", 受理时间=45356.5, 联系电话="1234", 诉求类别="没有的类别", 承办单位="没有的单位", 办理时限="尽快"),
        order(工单编号="ZC2004", 是否保密="是", 诉求内容="王小明反映楼道有杂物，电话10070000001"),
    ]  # fmt: skip
    bad = {
        "case.no_missing": order(工单编号=None), "case.text_missing": order(工单编号="ZC3002", 诉求内容=None),
        "moment.future": order(工单编号="ZC3003", 受理时间="2099-01-01 08:00"),
        "moment.form": order(工单编号="ZC3004", 受理时间="前天"),
        "area.elsewhere": order(工单编号="ZC3005", 事发地址="北京市朝阳区建国路1号"),
        "case.again": order(工单编号="ZC2003", 诉求内容="另一件事"),
        "case.restricted": order(工单编号="ZC3006", 诉求类别=secret.name),
    }  # fmt: skip
    again = order()  # the very same as the first row
    rows = [good[0], dict.fromkeys(sheets.ORDER), *good[1:], *bad.values(), again]
    path = sheet(tmp_path / "orders.xlsx", rows, title="淄川区12345热线工单明细", more=[order(工单编号="ZC2005")])
    book = tmp_path / "errors.xlsx"
    outcome = take(path, errors=book)
    assert outcome.problem is None and outcome.merged
    found = codes(outcome)
    assert {code: found.get(code) for code in bad} == dict.fromkeys(bad, 1)
    assert (found["row.duplicate"], found["phone.left"], found["category.unknown"], found["unit.unknown"]) == (
        1,
        1,
        1,
        1,
    )
    assert (found["limit.form"], found["confidential.left"]) == (1, 1)
    assert (outcome.merge_counts["new"], outcome.merge_counts["skipped"]) == (5, 7)
    assert outcome.merge_counts["unknown"] == {"unit": [["没有的单位", 1]], "category": [["没有的类别", 1]]}

    made = cases()
    assert set(made) == {"ZC20240305001", "ZC2002", "ZC2003", "ZC2004", "ZC2005"}
    first = made["ZC20240305001"]
    assert (first.source, first.state, first.version, first.clock, first.area_code) == (
        "hotline",
        "reported",
        1,
        "",
        "370302001001",
    )
    assert (first.description, first.place_text) == (sheets.ORDER["诉求内容"], sheets.PLACE)
    assert first.occurred_at == datetime(2024, 3, 5, 9, 10, tzinfo=clock.LOCAL)
    assert first.due_at == datetime(2024, 3, 8, 18, 0, tzinfo=clock.LOCAL)
    assert first.amber_at is not None and first.occurred_at < first.amber_at < first.due_at
    assert (plain(first.reporter_name), plain(first.reporter_phone)) == ("王小明", "10070000001")
    second = made["ZC2002"]
    assert second.urgent and second.category == name and second.procedure == "standard"
    assert second.due_at == datetime(2024, 3, 7, 8, 30, tzinfo=clock.LOCAL) or second.due_at.weekday() < 5
    assert plain(made["ZC2003"].reporter_phone) is None and made["ZC2003"].category is None
    hidden = made["ZC2004"]
    assert hidden.reporter_name is None and hidden.reporter_phone is None
    assert hidden.description == "***反映楼道有杂物，电话***"
    with acting(sheets.OPERATOR):
        assert CaseFlow.objects.filter(action="report", to_state="reported").count() == 5
        assert CaseOrigin.objects.get(number="ZC2002").unit_id == staff.units()[staff.TOWN]

    marked = openpyxl.load_workbook(book)
    comments = [c.comment.text for page in marked.worksheets for row in page.iter_rows() for c in row if c.comment]
    assert any("时间在现在之后" in text for text in comments) and any("没有编号" in text for text in comments)


def test_an_order_from_a_sheet_is_the_case_that_reporting_by_hand_makes(hotline: None, tmp_path: Path) -> None:
    """Of no category, and of one whose cases go a way of their own."""
    own_way = Category.objects.filter(procedure="hazard", restricted_to="", offered=True).first()
    assert own_way is not None
    rows = [order(办理时限="", 承办单位=""), order(工单编号="ZC2", 诉求类别=own_way.name, 办理时限="", 承办单位="")]
    take(sheet(tmp_path / "orders.xlsx", rows))
    for mine, category in zip(cases().values(), (None, own_way), strict=True):
        same_as_by_hand(mine, category)


def same_as_by_hand(mine: Case, category: Category | None) -> None:
    from linli.cases.engine.report import NewCase, report

    with acting(sheets.OPERATOR) as actor:
        hand = report(
            actor,
            NewCase(
                description=sheets.ORDER["诉求内容"], source="hotline", place_text=sheets.PLACE, reporter_name="王小明",
                reporter_phone="10070000001", occurred_at=datetime(2024, 3, 5, 9, 10, tzinfo=clock.LOCAL),
                category_id=category.id if category else None,
            ),
        )  # fmt: skip
        hand.refresh_from_db()
        own = {"id", "number", "reported_at", "reporter_name", "reporter_phone"}
        for column in Case._meta.concrete_fields:
            if column.attname not in own:
                assert getattr(mine, column.attname) == getattr(hand, column.attname), column.attname
        steps = [CaseFlow.objects.get(case=case) for case in (mine, hand)]
        for column in CaseFlow._meta.concrete_fields:
            if column.attname not in {"id", "case_id", "at", "detail", "request"}:
                assert getattr(steps[0], column.attname) == getattr(steps[1], column.attname), column.attname
        assert steps[0].detail["source"] == steps[1].detail["source"] == "hotline"
        assert RoutedCase.objects.filter(case=mine).count() == RoutedCase.objects.filter(case=hand).count()


def test_a_sheet_twice_makes_no_second_case_and_a_changed_order_is_told(hotline: None, tmp_path: Path) -> None:
    world = World.make()
    rows = [order(), order(工单编号="ZC2", 诉求内容="另一件")]
    take(sheet(tmp_path / "one.xlsx", rows))
    same = take(sheet(tmp_path / "again.xlsx", rows))
    assert (same.merge_counts["unchanged"], same.merge_counts["new"], same.merge_counts["nothing_changed"]) == (
        2,
        0,
        True,
    )
    touched = cases()["ZC2"]
    world.do("acceptor", str(touched.id), "file", category_id=str(world.category().id), limit_value=2, clock="work_day")
    filed = cases()["ZC2"]

    more = [
        order(诉求内容="路灯仍然不亮", 联系电话="10070000009"),
        order(工单编号="ZC2", 诉求内容="另一件，已经三天", 办理时限="2024-03-10"),
    ]
    changed = take(sheet(tmp_path / "changed.xlsx", more))
    assert (changed.merge_counts["updated"], changed.merge_counts["new"]) == (2, 0)
    now = cases()
    assert (now["ZC20240305001"].description, now["ZC20240305001"].version) == ("路灯仍然不亮", 2)
    assert plain(now["ZC20240305001"].reporter_phone) == "10070000009"
    after = now["ZC2"]
    assert (after.description, after.due_at, after.state, after.version) == (
        "另一件",
        filed.due_at,
        "to_dispatch",
        filed.version + 1,
    )
    page = world.look(str(after.id)).json()
    last = page["flow"][-1]
    assert (last["action"], last["label"], last["reason"]) == ("order_changed", "热线工单有变化", "另一件，已经三天")
    with acting(sheets.OPERATOR):
        step = CaseFlow.objects.get(case=now["ZC20240305001"], version=2)
        assert step.detail["changed"] == ["text", "reporter"] and "10070000009" not in str(step.detail)
    with acting(postman()):
        left = Event.objects.filter(topic="cases.step", payload__action="order_changed")
        assert {(e.subject, e.payload["version"]) for e in left} == {(case.id, case.version) for case in now.values()}
    assert take(sheet(tmp_path / "third.xlsx", more)).merge_counts["unchanged"] == 2


def test_a_step_taken_while_a_sheet_is_merged_is_not_written_over(
    hotline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the base and the change people go on: here, in a connection of their own, one files the case."""
    world, entering = World.make(), orders._enter_new
    take(sheet(tmp_path / "one.xlsx", [order()]))
    case, category = str(cases()["ZC20240305001"].id), str(world.category().id)

    def file() -> None:
        world.do("acceptor", case, "file", category_id=category, limit_value=2, clock="work_day")
        connection.close()

    def meanwhile(*given: Any) -> None:
        acceptor = threading.Thread(target=file)
        acceptor.start()
        acceptor.join()
        entering(*given)

    monkeypatch.setattr(orders, "_enter_new", meanwhile)
    changed = take(sheet(tmp_path / "two.xlsx", [order(诉求内容="路灯仍然不亮")]))
    assert changed.merge_counts["updated"] == 1
    now = cases()["ZC20240305001"]
    assert (now.description, now.state, now.version) == (order()["诉求内容"], "to_dispatch", 3)
    assert world.look(case).json()["flow"][-1]["reason"] == "路灯仍然不亮"


def test_two_who_bring_the_same_order_at_once_make_one_case(hotline: None, tmp_path: Path) -> None:
    path = sheet(tmp_path / "one.xlsx", [order()])
    both = [take(path, commit=False), take(path, commit=False)]
    assert [each.match_counts["new"] for each in both] == [1, 1]
    for each in both:
        with acting(sheets.OPERATOR) as actor:
            actions.merge_batch(actor, each.batch_id)
        perform.perform("merge", each.batch_id)
        perform.perform("merge", each.batch_id)  # a job that comes again finds nothing to do
    with acting(sheets.OPERATOR):
        counts = [Batch.objects.get(id=each.batch_id).merge_counts for each in both]
        assert [(c["new"], c["unchanged"]) for c in counts] == [(1, 0), (0, 1)]
        assert Case.objects.count() == CaseFlow.objects.count() == 1


def test_rows_outside_the_uploaders_areas_are_refused(hotline: None, tmp_path: Path) -> None:
    clerk = staff.actor(staff.staff("clerk", "town_clerk", staff.TOWN))
    inside, outside = order(工单编号="A1", 事发地址="昆仑镇聂村3号"), order(工单编号="A2", 事发地址=sheets.PLACE)
    outcome = take(sheet(tmp_path / "town.xlsx", [inside, outside]), clerk, staff.TOWN)
    assert codes(outcome)["area.outside"] == 1 and outcome.merge_counts["new"] == 1
    assert next(iter(cases())) == "A1"
    # A number whose case lies elsewhere is refused without a word about it.
    take(sheet(tmp_path / "district.xlsx", [outside]))
    other = take(sheet(tmp_path / "claim.xlsx", [order(工单编号="A2", 事发地址="昆仑镇聂村3号")]), clerk, staff.TOWN)
    assert codes(other)["case.elsewhere"] == 1 and other.merge_counts["new"] == 0
    # Whoever may not report there brings none, whatever else they may bring.
    mute = sheets.actor(
        "mute", Grant(staff.TOWN, frozenset({"intake.batch.upload", "intake.batch.merge", "intake.batch.view"}))
    )
    refused = take(
        sheet(tmp_path / "mute.xlsx", [order(工单编号="A3", 事发地址="昆仑镇聂村3号")]), mute, staff.TOWN, commit=False
    )
    assert codes(refused)["area.outside"] == 1


def test_a_code_of_two_lists_is_told_with_what_it_may_mean_and_codes_are_shown_in_clear(
    hotline: None, tmp_path: Path
) -> None:
    component, matter = (Category.objects.get(kind=kind, code="01001") for kind in ("component", "matter"))
    typed = ["01001", f"01001{component.name}", "98765", "13812345678", "370302199001011234"]
    rows = [order(工单编号=f"ZC400{n}", 诉求类别=each, 诉求内容=f"第{n}件事") for n, each in enumerate(typed)]
    outcome = take(sheet(tmp_path / "codes.xlsx", rows))
    assert (codes(outcome)["category.ambiguous"], codes(outcome)["category.unknown"]) == (1, 3)
    client = staff.client(staff.staff("clerk", "town_clerk", staff.DISTRICT))
    told = client.get(f"/api/intake/batches/{outcome.batch_id}/findings").json()["items"]
    (several,) = [each for each in told if each["code"] == "category.ambiguous"]
    assert several["value_masked"] == "01001"
    assert f"管理部件 01001 {component.name}、管理事项 01001 {matter.name}" in several["reason"]
    assert f"01001{component.name}" in several["remedy"]
    shown = [each["value_masked"] for each in told if each["code"] == "category.unknown"]
    assert shown == ["98765", "13*******78", "37**************34"], "codes in clear, and no number of anybody"
    with acting(sheets.OPERATOR):
        filed = {o.number: o.case.category_id for o in CaseOrigin.objects.select_related("case")}
    assert (filed["ZC4000"], filed["ZC4001"]) == (None, component.id)
    words = dict(outcome.merge_counts["unknown"]["category"])
    assert words == {"01001": 1, "98765": 1}, "and offered on the step that says what they stand for"


def test_words_of_a_source_are_said_once_and_remembered(hotline: None, tmp_path: Path) -> None:
    rows = [order(诉求类别="路灯照明", 承办单位="昆仑办事处")]
    first = take(sheet(tmp_path / "one.xlsx", rows), commit=False)
    assert {"category.unknown", "unit.unknown"} <= codes(first).keys()
    assert first.match_counts["unknown"] == {"unit": [["昆仑办事处", 1]], "category": [["路灯照明", 1]]}
    category = Category.objects.filter(offered=True, restricted_to="", kind="component").first()
    assert category is not None
    client = staff.client(staff.staff("clerk", "town_clerk", staff.DISTRICT))
    words = client.get(f"/api/case-sheets/words?batch={first.batch_id}").json()
    assert words["source"] == "hotline" and {w["written"] for w in words["items"]} == {"昆仑办事处", "路灯照明"}
    for what, written, target in (
        ("category", "路灯照明", category.id),
        ("unit", "昆仑办事处", staff.units()[staff.TOWN]),
    ):
        body = {"source": "hotline", "what": what, "written": written, "target_id": str(target)}
        assert client.put("/api/case-sheets/words", body, content_type="application/json").status_code == 204
    told = client.get(f"/api/case-sheets/words?batch={first.batch_id}").json()["items"]
    assert {w["target"]["name"] for w in told} == {category.name, staff.NAMES[staff.TOWN]}
    second = take(sheet(tmp_path / "two.xlsx", rows))
    assert not {"category.unknown", "unit.unknown"} & codes(second).keys()
    (case,) = cases().values()
    assert case.category == category
    origin = client.get(f"/api/cases/{case.id}/origin").json()["origin"]
    assert (origin["number"], origin["unit_text"], origin["kind"]) == ("ZC20240305001", "昆仑办事处", "order")
    # A closed category is said so; the case has none then.
    Category.objects.filter(id=category.id).update(offered=False)
    closed = take(sheet(tmp_path / "three.xlsx", [order(工单编号="ZC9", 诉求类别=category.name)]))
    assert "category.closed" in codes(closed) and cases()["ZC9"].category is None
    with acting(sheets.OPERATOR) as actor, pytest.raises(Invalid):
        set_word(actor, "hotline", "unit", "某单位", category.id)


def test_nobody_of_one_town_says_where_the_cases_of_another_go(hotline: None, tmp_path: Path) -> None:
    clerk, town = staff.staff("clerk", "town_clerk", staff.TOWN), staff.units()[staff.TOWN]
    # Remembered when nothing was called so, or by whoever had the right: what a thing is really called goes before it.
    other = staff.units()[staff.OTHER_TOWN]
    named = list(Category.objects.filter(offered=True, restricted_to="", kind="component").order_by("code")[:2])
    with acting(sheets.OPERATOR) as actor:
        set_word(actor, "hotline", "unit", staff.NAMES[staff.OTHER_TOWN], town)
        set_word(actor, "hotline", "category", named[0].name, named[1].id)
        set_word(actor, "hotline", "unit", "昆仑办事处", town)
    client = staff.client(clerk)
    body = {"source": "hotline", "what": "unit", "written": "某办事处", "target_id": str(town)}
    refused = client.put("/api/case-sheets/words", body, content_type="application/json")
    assert (refused.status_code, CaseWord.objects.filter(written="某办事处").exists()) == (403, False)
    rows = [
        order(工单编号="W1", 承办单位=staff.NAMES[staff.OTHER_TOWN], 诉求类别=named[0].name),
        order(工单编号="W2", 承办单位="昆仑办事处"), order(工单编号="W3", 承办单位="某办事处"),
    ]  # fmt: skip
    take(sheet(tmp_path / "words.xlsx", rows))
    with acting(sheets.OPERATOR):
        units = dict(CaseOrigin.objects.values_list("number", "unit_id"))
    assert units == {"W1": other, "W2": town, "W3": None}
    assert cases()["W1"].category == named[0]
    own = take(
        sheet(tmp_path / "own.xlsx", [order(工单编号="W4", 事发地址="昆仑镇聂村3号", 承办单位="某办事处")]),
        staff.actor(clerk), staff.TOWN, commit=False,
    )  # fmt: skip
    whole = staff.client(staff.staff("whole", "town_clerk", staff.DISTRICT))
    for who, may in ((client, False), (whole, True)):
        told = who.get(f"/api/case-sheets/words?batch={own.batch_id}").json()
        assert told["may_say"] is may and [word["written"] for word in told["items"]] == ["某办事处"]


def test_an_order_leaves_a_case_that_came_elsewhere_after_it_was_checked(
    hotline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = staff.actor(staff.staff("clerk", "town_clerk", staff.TOWN))
    take(sheet(tmp_path / "district.xlsx", [order(工单编号="A2")]))
    before = cases()["A2"]
    # As the check saw it before the case of the other town was there.
    monkeypatch.setattr(checking, "elsewhere", lambda numbers, source, allowed: pl.Series([], dtype=pl.String))
    claim = [
        order(工单编号="A2", 事发地址="昆仑镇聂村3号", 诉求内容="别的"),
        order(工单编号="A3", 事发地址="昆仑镇聂村3号"),
    ]
    outcome = take(sheet(tmp_path / "claim.xlsx", claim), clerk, staff.TOWN)
    counts = outcome.merge_counts
    assert (counts["left"], counts["updated"], counts["new"]) == (1, 0, 1)
    after = cases()["A2"]
    assert (after.area_code, after.description, after.version) == (before.area_code, before.description, before.version)


def test_closed_cases_are_brought_in_by_the_role_shipped_for_it_and_who_may_not_is_told_at_once(
    hotline: None, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "old.xlsx", [sheets.old(案件类别="")])
    clerk, analyst = (staff.actor(staff.staff(role, role, staff.DISTRICT)) for role in ("town_clerk", "analyst"))
    refused = take(path, clerk, commit=False)
    assert refused.batch_id and refused.has_errors
    with acting(clerk), pytest.raises(Forbidden):
        actions.set_kind(clerk, refused.batch_id, HISTORIES)
    assert take(path, analyst).merged
    with acting(analyst):
        assert Case.objects.restrict(analyst, VIEW).get(description="井盖缺失").state == "evaluated"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("王小明", True), ("李强", True), ("张 女士", True), ("欧阳明", True), ("司马小明", True), ("张杨晓月", True),
        ("阿不都·买买提", True), ("王村", False), ("安监局", False), ("黄河路街道", False), ("高速公路管理处", False),
        ("昆仑办事处", False), ("路灯照明", False), ("欧阳", False), ("某单位", False), ("环境卫生", False), ("王", False),
        ("A1", False),
    ],
)  # fmt: skip
def test_words_that_look_like_names_are_told_from_those_of_units(word: str, name: bool) -> None:
    assert like_a_name(word) is name


def test_a_column_of_names_is_not_listed_among_unknown_words(hotline: None, tmp_path: Path) -> None:
    people = ["王小明", "欧阳明", "赵丽"]
    rows = [order(工单编号=f"N{nth}", 承办单位=who, 诉求类别=who) for nth, who in enumerate([*people, "某办事处"])]
    outcome = take(sheet(tmp_path / "names.xlsx", rows), commit=False)
    assert outcome.match_counts["unknown"] == {"unit": [["某办事处", 1]], "category": [["某办事处", 1]]}
    with acting(sheets.OPERATOR):
        assert not [who for who in people if who in str(Batch.objects.get(id=outcome.batch_id).match_counts)]
    # Unless a unit is called so: then it is a word of the district's own.
    with acting(sheets.OPERATOR):
        assert Unit.objects.filter(area_code=staff.TOWN).update(name="王小明工作室") == 1
    again = take(sheet(tmp_path / "called.xlsx", rows), commit=False)
    assert ["王小明", 1] in again.match_counts["unknown"]["unit"]


def test_an_import_is_undone_while_nobody_has_touched_its_cases(hotline: None, tmp_path: Path) -> None:
    world = World.make()
    rows = [order(), order(工单编号="ZC2")]
    outcome = take(sheet(tmp_path / "one.xlsx", rows))
    case = cases()["ZC2"]
    world.do("acceptor", str(case.id), "file", category_id=str(world.category().id), limit_value=2, clock="work_day")
    with acting(sheets.OPERATOR) as actor, pytest.raises(UndoBlocked):
        actions.undo_batch(actor, outcome.batch_id)
    other = take(sheet(tmp_path / "two.xlsx", [order(工单编号="ZC3")]))
    with acting(sheets.OPERATOR) as actor:
        actions.undo_batch(actor, other.batch_id)
    perform.perform("undo", other.batch_id)
    gone = cases()["ZC3"]
    assert (gone.state, gone.version) == ("cancelled", 2)
    with acting(sheets.OPERATOR):
        assert Batch.objects.get(id=other.batch_id).state == "undone"
        assert CaseFlow.objects.get(case=gone, version=2).action == "import_withdrawn"
    again = take(sheet(tmp_path / "three.xlsx", [order(工单编号="ZC3")]))
    assert again.merge_counts["new"] == 1
    assert timedelta() <= clock.now() - cases()["ZC3"].reported_at
