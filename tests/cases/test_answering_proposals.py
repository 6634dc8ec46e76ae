"""Proposals from registering to a published answer, over HTTP: who may do what, what is kept, what the public reads."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
import staff
from django.db import connection
from django.test import Client
from proposal_world import NUMBER, PHONE, Proposals, unit

from linli.kernel import clock, scope
from linli.kernel.limiting.actions import Limiter
from linli.public import proposal_views

PATH = f"/proposals/cppcc/{NUMBER}"


@pytest.fixture
def world(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> Proposals:
    monkeypatch.setattr(proposal_views, "looks", Limiter("proposals", 500, 60))
    return Proposals.make()


def test_a_proposal_is_answered_published_and_rated(world: Proposals) -> None:
    made = world.register()
    again = world.post("registrar", "", **world.entered())
    assert again.status_code == 409
    assert again.json()["fields"][0]["field"] == "number"
    assert Client().get(PATH).status_code == 404

    world.do(
        "registrar", made, "assign", unit_id=str(unit(staff.TOWN)),
        cohosts=[{"unit_id": str(unit(staff.OTHER_TOWN)), "role": "assisting"}],
    )  # fmt: skip
    page = world.look(made, "host")
    assert page["host_name"] == staff.NAMES[staff.TOWN]
    due = datetime.fromisoformat(page["due_at"]).astimezone(clock.LOCAL).date()
    assert due == proposals_rules().due_by(clock.today())
    assert [each["masked"] for each in page["proposers"]] == ["13******234"]

    world.do("host", made, "take")
    assert world.step("host", made, "submit").json()["fields"][0]["code"] == "no_draft"
    assert world.draft(made).status_code == 200
    stale = world.put("host", f"/{made}/draft", version=0, text="另一份")
    assert stale.status_code == 409
    assert world.look(made)["replies"][0]["text"].startswith("已规划")
    assert world.put("helper", f"/{made}/contribution", text="可提供示例场地。").status_code == 200
    world.do("host", made, "submit")
    assert world.draft(made).status_code == 409  # with the reviewer
    assert world.step("host", made, "review").status_code == 403
    world.do("signer", made, "revise", reason="补充时限")
    world.draft(made)
    world.do("host", made, "submit")
    world.do("signer", made, "review")
    unsigned = world.step("signer", made, "sign")
    assert {each["field"] for each in unsigned.json()["fields"]} == {"document_number", "signed_post", "signed_name"}
    signed = world.sign(made)
    assert signed["replies"][0]["in_time"] is True
    assert Client().get(PATH).status_code == 404  # signed is not published
    assert world.put("registrar", f"/{made}", version=signed["version"], **world.entered(title="改")).status_code == 409

    world.do("registrar", made, "publish")
    shown = Client().get(PATH).content.decode()
    for told in (
        "编号", NUMBER, "建议人", "示例甲", "主办单位", staff.NAMES[staff.TOWN], "答复时间", "答复内容", "已规划示例桩位。", "建议内容",
        "示例小区车多桩少。", "示政字〔2026〕7号", "签发人：(略)", "对区政协十三届三次会议第76号提案的答复", staff.NAMES[staff.OTHER_TOWN],
    ):  # fmt: skip
        assert told in shown, told
    for hidden in (PHONE, "示例签发人", "示例联系人", "可提供示例场地", "补充时限", "用户p-"):
        assert hidden not in shown, hidden

    rated = world.do("registrar", made, "rate", opinion="satisfied", attitude="satisfied", outcome="basically")
    assert rated["replies"][0]["opinion"] == "satisfied"
    assert world.step("registrar", made, "rehandle", reason="再办").json()["fields"][0]["code"] == "satisfied"
    assert [step["label"] for step in rated["flow"]] == [
        "登记", "交办", "接收", "送审", "退回修改", "送审", "审核通过", "签发", "公开答复", "登记满意度",
    ]  # fmt: skip


def proposals_rules() -> Any:
    from linli.cases.proposals import rules as found

    return found


def test_who_is_not_satisfied_is_answered_again_while_the_first_answer_stays(world: Proposals) -> None:
    made = world.until("closed")
    world.do("registrar", made, "rate", opinion="dissatisfied")
    opened = world.do("registrar", made, "rehandle", reason="答复不具体")
    assert (opened["round"], opened["state"]) == (2, "to_dispatch")
    assert "已规划示例桩位" in Client().get(PATH).content.decode()

    same = world.step("registrar", made, "reassign", unit_id=str(unit(staff.TOWN)))
    assert same.status_code == 422  # back to who was not satisfactory only with a reason
    day = (clock.today() + timedelta(days=30)).isoformat()
    world.do("registrar", made, "reassign", unit_id=str(unit(staff.TOWN)), reason="由原单位补充", due_on=day)
    world.until("to_close", made)
    assert "已规划示例桩位" in Client().get(PATH).content.decode()
    world.do("registrar", made, "publish")
    page = world.look(made)
    assert [each["round"] for each in page["replies"]] == [1, 2]
    assert page["replies"][0]["opinion"] == "dissatisfied"

    counts = world.get("registrar", "/counts?year=2026").json()
    assert (
        counts["total"]["figures"] | {"received": 1, "replied": 1, "in_time": 1, "again": 1, "dissatisfied": 1}
        == (counts["total"]["figures"])
    )
    assert [each["key"] for each in counts["hosts"]] == [str(unit(staff.TOWN))]
    for figure, count in counts["total"]["figures"].items():
        listed = world.get("registrar", f"?year=2026&figure={figure}").json()
        assert listed["count"]["value"] == count == len(listed["items"]), figure
    assert world.get("registrar", "?figure=none").status_code == 404
    waiting = world.register(number="20260099")
    counts = world.get("registrar", "/counts?year=2026").json()
    assert counts["hosts"][-1] == counts["hosts"][-1] | {"key": "", "name": ""}, "not assigned yet"
    listed = world.get("registrar", "?year=2026&unit=none").json()
    assert [each["id"] for each in listed["items"]] == [waiting] and counts["hosts"][-1]["figures"]["received"] == 1
    assert world.get("registrar", "?unit=nobody").status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(world.get("registrar", "/counts/report?year=2026").content))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=4)]
    assert rows[0][:3] == ["主办单位", "收到", "已答复"]
    assert rows[1][:3] == [staff.NAMES[staff.TOWN], 1, 1]


def test_a_closed_answer_is_public_nowhere_and_a_withdrawn_one_no_more(world: Proposals) -> None:
    made = world.until("to_close")
    assert world.step("registrar", made, "conclude").status_code == 422  # a reason is wanted
    world.do("registrar", made, "conclude", reason="涉及内部信息")
    browser = Client()
    assert browser.get(PATH).status_code == 404
    assert "共 0 件" in browser.get("/proposals").content.decode()
    world.do("registrar", made, "disclose")
    assert browser.get(PATH).status_code == 200
    world.do("registrar", made, "withdraw", reason="更正")
    assert browser.get(PATH).status_code == 404
    assert world.look(made)["openness_reason"] == "更正"


def test_names_are_public_only_with_consent_and_contacts_are_revealed_for_a_purpose(world: Proposals) -> None:
    people = [{"name": "示例甲", "contact": PHONE, "shown": True}, {"name": "示例乙", "shown": False}]
    made = world.until("closed", world.register(proposers=people))
    shown = Client().get(PATH).content.decode()
    assert "示例甲、(略)" in shown
    assert "示例乙" not in shown
    assert ">委员：<" in shown  # the letter names all or nobody
    first = world.look(made)["proposers"][0]["id"]
    path = f"/{made}/proposers/{first}/reveal"
    assert world.post("registrar", path, purpose="").status_code == 422
    assert world.post("registrar", path, purpose="电话征询意见").json() == {"value": PHONE}
    assert world.post("host", path, purpose="电话征询意见").status_code == 403
    with scope.acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT name, contact FROM cases_proposer")
        kept = b"".join(bytes(value) for row in cursor.fetchall() for value in row if value)
    assert PHONE.encode() not in kept
    assert "示例甲".encode() not in kept


def test_mending_keeps_contacts_that_were_not_typed_again(world: Proposals) -> None:
    made = world.register()
    version = world.look(made)["version"]
    changed = world.entered(title="关于示例的建议", number="20260077", proposers=[{"name": "示例甲", "shown": False}])
    assert world.put("registrar", f"/{made}", version=version + 1, **changed).status_code == 409
    page = world.put("registrar", f"/{made}", version=version, **changed)
    assert page.status_code == 200, page.content.decode()
    assert (page.json()["number"], page.json()["title"]) == ("20260077", "关于示例的建议")
    assert page.json()["proposers"][0]["masked"] == "13******234"
    bad = world.post("registrar", "", **world.entered(number="76", term=0, title=" ", proposers=[], area="370399999"))
    assert {each["field"] for each in bad.json()["fields"]} == {"number", "term", "title", "proposers", "area"}


def test_a_unit_sees_what_it_hosts_or_helps_with_and_nothing_else(world: Proposals) -> None:
    made = world.register()
    assert world.get("host", f"/{made}").status_code == 404
    cohosts = [{"unit_id": str(unit(staff.OTHER_TOWN)), "role": "separate"}]
    world.do("registrar", made, "assign", unit_id=str(unit(staff.TOWN)), cohosts=cohosts)
    assert world.get("stranger", f"/{made}").status_code == 404
    assert world.get("stranger", "").json()["items"] == []
    (line,) = world.get("helper", "").json()["items"]
    assert (line["own_part"], line["state"]) == (True, None)
    part = world.look(made, "helper")
    assert part["may_contribute"]
    assert (part["actions"], part["flow"], part["may_draft"]) == ([], [], False)
    assert world.put("helper", f"/{made}/draft", version=0, text="越权").status_code == 403
    assert world.step("helper", made, "take").status_code == 403
    assert world.put("host", f"/{made}/contribution", text="不是协办").status_code == 403
    world.do("host", made, "decline", reason="不属本单位职责")
    two = [*cohosts, {"unit_id": str(unit(staff.TOWN)), "role": "assisting"}]
    assert (
        world.put("registrar", f"/{made}/cohosts", cohosts=two).status_code == 422
    )  # the host is no helper of its own
    moved = world.do("registrar", made, "reassign", unit_id=str(unit(staff.OTHER_TOWN)))
    assert (moved["host_name"], moved["cohosts"]) == (staff.NAMES[staff.OTHER_TOWN], [])
    assert world.get("host", f"/{made}").status_code == 404  # it went on to another
    late = world.step("helper", made, "take", version=1)
    assert late.status_code == 409
    assert "重新交办" in late.json()["fields"][0]["message"]


def test_the_public_list_is_searched_paged_and_kept_for_a_minute(world: Proposals) -> None:
    world.until("closed")
    world.until("closed", world.register(body="congress", title="关于示例路灯的建议", number="20250003"))
    browser = Client()
    page = browser.get("/proposals?lang=en")
    text = page.content.decode()
    assert "2 found" in text
    assert "<script" not in text
    assert "noindex" not in text
    assert page["Cache-Control"] == "public, max-age=60"
    assert not page.cookies
    assert browser.get("/proposals?lang=en", headers={"If-None-Match": page["ETag"]}).status_code == 304
    for asked, shown in (
        ("year=2025", ("20250003",)), ("kind=cppcc", (NUMBER,)), ("q=路灯", ("20250003",)), (f"q={NUMBER[:6]}", (NUMBER,)),
        (f"host={staff.NAMES[staff.TOWN]}", (NUMBER, "20250003")), ("q=%00'<b>", ()), ("year=x&page=999", (NUMBER, "20250003")),
    ):  # fmt: skip
        text = browser.get(f"/proposals?{asked}").content.decode()
        assert [number for number in (NUMBER, "20250003") if f"/{number}?" in text] == list(shown), asked
        assert "<b>" not in text
    for wrong in ("/proposals/cppcc/20250003", "/proposals/none/1", "/proposals/cppcc/x"):
        assert browser.get(wrong).status_code == 404
    assert browser.post("/proposals").status_code == 405


def test_an_answer_after_its_day_is_late_and_one_that_is_missing_overdue(world: Proposals) -> None:
    made = world.until("handling")
    with clock.frozen(clock.now() + timedelta(days=120)):
        world.again()
        assert world.get("registrar", "/counts").json()["total"]["figures"]["overdue"] == 1
        world.until("to_close", made)
        figures = world.get("registrar", "/counts").json()["total"]["figures"]
        assert (figures["overdue"], figures["late"], figures["in_time"]) == (0, 1, 0)


def test_the_letter_is_a_pdf_that_says_when_it_is_a_draft(world: Proposals) -> None:
    made = world.until("handling")
    assert world.get("host", f"/{made}/letter").status_code == 409
    world.draft(made)
    answer = world.get("host", f"/{made}/letter")
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")
    assert f"{NUMBER}-letter.pdf" in answer["Content-Disposition"]


def test_a_proposals_case_goes_its_own_way_and_through_its_own_door(world: Proposals) -> None:
    from case_world import World

    others = World.make()
    made = world.until("handling")
    world.draft(made)
    case = world.look(made)["case_id"]
    page = others.look(case).json()
    assert page["procedure"] == "proposal"
    asked = others.step("handler", case, "proposal_submit")
    assert (asked.status_code, asked.json()["fields"][0]["code"]) == (409, "proposal_door")
    assert others.step("handler", case, "hand_back", result="绕过").status_code == 409
    category = others.category("58003", "local")
    plain = others.new(category_id=str(category.id))
    assert others.look(plain).json()["procedure"] == "standard"  # a resident's suggestion is none of a member
    listed = others.people["acceptor"].get("/api/cases/procedures").json()
    assert "proposal" not in [each["code"] for each in listed]
