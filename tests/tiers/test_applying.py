"""Applying for a tier from the plan to the re-check, through the API: who may what, who sees what, who was quicker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import staff
from applying_world import CONTACT, NEIGHBOUR, OWN, TOKEN, World, call, publish
from test_ladder import everything_up_to

from linli.access.models import ChangeLog
from linli.kernel import clock, todos
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.tiers.applying import objecting
from linli.tiers.applying.models import Application, Objection, PlanYear, StandingWarning
from linli.tiers.applying.problems import PublicationOver
from linli.tiers.applying.watching import watch
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import CommunityStanding, Recognition
from linli.tiers.values.actions import declare_many

#: Asked for at the lowest tier, by the official row B01: at least 70.
ASKED = "gigabit_household_rate"


@pytest.fixture
def world(seeded_db: str) -> Iterator[World]:
    yield World()


def test_from_the_plan_over_returns_to_recognition_award_recheck_and_lapse(world: World) -> None:
    w = world
    assert w.act(w.village, "submit", 409)["code"] == "tiers.application_not_now"
    w.act(w.village, "begin")
    assert w.say(w.officer, "town", status=403)
    refused = w.act(w.village, "submit", 409)
    assert "没有自评结论" in refused["fields"][0]["message"]
    w.say(w.village, "self", "missed")
    assert "整改项" in w.act(w.village, "submit", 409)["fields"][0]["message"]
    w.say(w.village, "self")
    w.act(w.village, "submit")
    assert w.act(w.town, "return_to_community", 422)["fields"][0]["field"] == "reason"
    assert w.act(w.town, "return_to_community", reason="佐证材料不全")["state"] == "self_assessing"
    assert "没有确认" in w.act(w.village, "submit", 409)["fields"][0]["message"], "what was said before it came back"
    w.say(w.village, "self")
    w.act(w.village, "submit")
    w.say(w.town, "town")
    w.act(w.town, "pass_town")
    w.say(w.officer, "district", "missed")
    back = w.act(w.officer, "return_to_town", reason="请再核对一次")
    assert back["state"] == "town_checking" and back["missed"] == 0, "verdicts to confirm do not count before others"
    assert all(each[stage]["prefilled"] for each in back["indicators"] for stage in ("town", "district"))
    assert not any(each["self"]["prefilled"] for each in back["indicators"])
    assert "没有确认" in w.act(w.town, "pass_town", 409)["fields"][0]["message"]
    w.say(w.town, "town")
    w.act(w.town, "pass_town")
    assert "没有确认" in w.act(w.officer, "pass_acceptance", 409)["fields"][0]["message"]
    w.say(w.officer, "district", "missed")
    assert "未达标" in w.act(w.officer, "pass_acceptance", 409)["fields"][0]["message"]
    w.say(w.officer, "district")
    assert "验收组" in w.act(w.officer, "pass_acceptance", 409)["fields"][0]["message"]
    assert w.act(w.officer, "publish", 409)
    group = {
        "version": w.read()["version"],
        "members": [{"name": "甲", "unit": "区大数据局", "post": "组长"}, {"name": "乙"}],
    }
    numbered = {**group, "members": [{"name": "甲", "post": "组长 139 1234 5678"}]}
    refused = call(w.officer, "PUT", f"{w.path}/group", numbered, 422)
    assert refused["fields"][0]["field"] == "members.0.post"
    assert [m["name"] for m in call(w.officer, "PUT", f"{w.path}/group", group)["group"]] == ["甲", "乙"]
    early = {"day": str(clock.today() - timedelta(days=1)), "place": "服务大厅"}
    assert call(w.officer, "POST", f"{w.path}/visits", early, 422)["fields"][0]["field"] == "day", "before the plan"
    call(w.officer, "POST", f"{w.path}/visits", {"day": str(clock.today()), "place": "服务大厅", "notes": "齐全"}, 201)
    w.act(w.officer, "pass_acceptance")
    shown = w.act(w.officer, "publish")
    assert shown["publication"]["until"] == str(clock.today() + timedelta(days=5)), "five days from tomorrow on"
    assert "期满" in w.act(w.officer, "end_publication", 409)["fields"][0]["message"]
    with acting(staff.OPERATOR):
        PlanYear.objects.filter(id=w.year["id"]).update(year=clock.today().year - 1)
    with clock.frozen(clock.now() + timedelta(days=6)):
        today = str(clock.today())
        w.act(w.officer, "end_publication")
        last = shown["publication"]["until"]
        assert w.act(w.officer, "report", 422, document="x", on=last)["fields"][0]["field"] == "on", "not over yet"
        w.act(w.officer, "report", document="川数发〔2026〕9号", on=today)
        given: dict[str, Any] = {"document": "淄数〔2026〕3号", "authority": "淄博市大数据局", "on": today}
        assert (
            w.act(w.officer, "recognise", 422, document="x", authority="y", on="2020-01-01")["fields"][0]["field"]
            == "on"
        )
        assert w.act(w.officer, "recognise", **given)["decision"]["outcome"] == "recognised"
        assert w.act(w.officer, "award", 422, cents=10_000_001, on=today, document="财〔2026〕1号"), (
            "more than there is"
        )
        assert (
            w.act(w.officer, "award", cents=10_000_000, on=today, document="财〔2026〕1号")["award"]["cents"]
            == 10_000_000
        )
        assert w.act(w.officer, "award", 409, cents=1, on=today, document="又一次")
        until = str(clock.today() + timedelta(days=30))
        assert call(w.officer, "POST", f"/years/{w.year['id']}/recheck", {"until": until}) == {"opened": 1}
        assert w.act(w.officer, "keep", reason="指标仍然达标")["state"] == "recognised"
        assert ladder(w) == "basic"
        w.act(w.officer, "open_recheck", until=until)
        assert w.act(w.officer, "lapse", reason="多项指标不再达标")["state"] == "lapsed"
        assert ladder(w) == "none"
    with acting(staff.OPERATOR):
        said = list(Recognition.objects.filter(area_code=OWN).order_by("id"))
    assert [each.outcome for each in said] == ["reached", "rechecked", "lapsed"]
    assert {each.certainty for each in said} == {"official"}
    assert {each.year for each in said} == {clock.today().year - 1}, "that of the plan"
    assert (said[0].authority, said[0].source) == ("淄博市大数据局", "淄数〔2026〕3号")
    steps = w.read()["steps"]
    assert [step["action"] for step in steps[:4]] == ["plan", "begin", "submit", "return_to_community"]
    assert steps[3]["reason"] == "佐证材料不全" and steps[3]["by"] == "用户town" and steps[-1]["to"] == "lapsed"


def ladder(w: World) -> str:
    rungs = call(w.officer, "GET", f"/ladder?area={OWN}")["items"]
    return str(next(each["now"] for each in rungs if each["area_code"] == OWN))


def test_a_self_assessment_starts_filled_in_and_what_differs_is_explained(world: World) -> None:
    w = world
    with acting(staff.OPERATOR) as actor:
        declare_many(actor, everything_up_to("basic", OWN, leave=(ASKED,)), synthetic=True)
    w.act(w.village, "begin")
    found = w.read(w.village)
    filled = [each for each in found["indicators"] if each["self"]]
    assert filled and all(each["self"]["prefilled"] and each["self"]["verdict"] == each["computed"] for each in filled)
    open_ones = [each["code"] for each in found["indicators"] if not each["self"]]
    assert open_ones and all(each["computed"] == "unknown" for each in found["indicators"] if each["code"] in open_ones)
    rest = [{"indicator": code, "verdict": "met"} for code in open_ones]
    found = call(w.village, "PUT", f"{w.path}/verdicts/self", {"version": found["version"], "items": rest})
    assert f"还有 {len(filled)} 条" in w.act(w.village, "submit", 409)["fields"][0]["message"], (
        "filled in is not judged"
    )
    met = next(each for each in filled if each["computed"] == "met")
    body = {"version": found["version"], "items": [{"indicator": met["code"], "verdict": "missed"}]}
    refused = call(w.village, "PUT", f"{w.path}/verdicts/self", body, 422)
    assert refused["fields"][0]["field"] == "items.0.reason"
    body["items"][0]["reason"] = "设备已损坏"
    after = call(w.village, "PUT", f"{w.path}/verdicts/self", body)
    assert (
        after["missed"] == found["missed"] + 1
        and not next(each for each in after["indicators"] if each["code"] == met["code"])["self"]["prefilled"]
    )
    gap = {"indicator": met["code"], "todo": "更换设备", "owner": "社区居委会", "due_on": str(clock.today())}
    assert (
        call(w.village, "POST", f"{w.path}/gaps", {**gap, "owner": "张三 13912345678"}, 422)["fields"][0]["field"]
        == "owner"
    )
    gap["owner"] = "2026年第12网格3号楼1单元网格员"
    made = call(w.village, "POST", f"{w.path}/gaps", gap, 201)
    done = {**gap, "version": made["version"], "done_on": str(clock.today())}
    assert call(w.village, "PATCH", f"{w.path}/gaps/{made['id']}", done)["done_on"]
    assert call(w.village, "PATCH", f"{w.path}/gaps/{made['id']}", done, 409)["code"] == "tiers.gap_changed"


def test_of_two_at_once_the_later_is_told_who_was_quicker_and_a_double_submit_is_one_step(world: World) -> None:
    w = world
    seen = w.read(w.village)["version"]
    w.act(w.village, "begin", version=seen)
    late = w.act(w.officer, "withdraw", 409, version=seen, reason="计划调整")
    assert late["code"] == "tiers.application_taken" and "用户village" in late["detail"]
    body = {"version": w.read()["version"], "reason": "今年条件不够"}
    browser = staff.client(w.village)
    twice = [
        browser.post(
            f"/api/tiers{w.path}/actions/withdraw", body, content_type="application/json", headers={"Idempotency-Key": "one-and-the-same"}
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [answer.status_code for answer in twice] == [200, 200] and twice[0].json() == twice[1].json()
    assert [step["action"] for step in w.read()["steps"]] == ["plan", "begin", "withdraw"]
    again = {"year_id": w.year["id"], "area_codes": [OWN, OWN, "370302999999"], "tier": "basic"}
    refused = call(w.officer, "POST", "/applications", again, 422)
    assert [field["field"] for field in refused["fields"]] == ["area_codes.1"], "one that is none: nothing is planned"
    assert len(call(w.officer, "POST", "/applications", {**again, "area_codes": [OWN, NEIGHBOUR]}, 201)["items"]) == 2


def test_a_neighbour_sees_nothing_before_and_only_the_public_record_after_publication(world: World) -> None:
    w = world
    w.to_acceptance()
    assert call(w.neighbour, "GET", w.path, status=404)
    assert call(w.neighbour, "GET", "/applications")["items"] == []
    assert call(w.neighbour, "GET", "/years")["items"][0]["counts"] == {}
    w.say(w.officer, "district")
    assert publish(w)["publication"]
    seen = call(w.neighbour, "GET", w.path)
    assert not seen["within"] and seen["publication"]["until"] and seen["state"] == "publicised"
    assert all(
        seen[part] == []
        for part in ("actions", "indicators", "gaps", "group", "visits", "objections", "warnings", "steps")
    )
    assert [each["id"] for each in call(w.neighbour, "GET", "/applications")["items"]] == [w.id]
    body = {"version": seen["version"], "reason": "不是我的社区"}
    assert call(w.neighbour, "POST", f"{w.path}/actions/withdraw", body, 404)
    with acting(staff.actor(w.neighbour)):
        assert Application.objects.filter(id=w.id).update(state="withdrawn") == 0, "the database itself refuses"
        assert Application.objects.filter(id=w.id).count() == 1
    assert w.act(w.officer, "withdraw", reason="计划调整")["publication"]["path"] is None
    assert call(w.neighbour, "GET", w.path, status=404)
    assert call(w.neighbour, "GET", "/years")["items"][0]["counts"] == {}
    with acting(staff.actor(w.neighbour)):
        assert not Application.objects.filter(id=w.id).exists(), "the database itself shows it no more"


def test_objections_are_taken_until_the_last_day_kept_encrypted_and_answered_before_the_end(
    world: World, owner_sql: Any
) -> None:
    w = world
    with pytest.raises(Exception, match=r"not_found"):
        objecting.object_publicly(w.id, "没有公示就不能提", "", TOKEN)
    w.to_publication()
    first = objecting.object_publicly(w.id, "宣传栏里的数据不实", CONTACT, TOKEN)
    assert objecting.object_publicly(w.id, "宣传栏里的数据不实", CONTACT, TOKEN) == objecting.Received(
        first.id, first.at, again=True
    )
    for number in range(2):
        objecting.object_publicly(w.id, "宣传栏里的数据不实", "", f"{TOKEN}-again-{number}")
    mine = call(w.village, "POST", f"{w.path}/objections", {"text": "对一条结论有异议", "indicator": "B01"}, 201)
    seen, told = w.read(w.village)["objections"], w.read()["objections"]
    assert [each["from"] for each in told] == ["public", "public", "public", "community"]
    assert (seen[0]["contact"], told[0]["contact"]) == ("", "13******678")
    assert CONTACT.encode() not in bytes(
        owner_sql("SELECT contact FROM tiers_objection WHERE contact IS NOT NULL")[0][0]
    )
    reveal = f"{w.path}/objections/{first.id}/reveal"
    assert call(w.officer, "POST", reveal, {"purpose": ""}, 422) and call(
        w.village, "POST", reveal, {"purpose": "核实情况"}, 403
    )
    assert call(w.officer, "POST", reveal, {"purpose": "核实情况"}) == {"contact": CONTACT}
    with clock.frozen(clock.now() + timedelta(days=6)):
        with pytest.raises(PublicationOver):
            objecting.object_publicly(w.id, "期满以后才来提", "", TOKEN + "2")
        late = call(w.village, "POST", f"{w.path}/objections", {"text": "期满以后才来提"}, 409)
        assert late["code"] == "tiers.publication_over"
        assert "异议没有答复" in w.act(w.officer, "end_publication", 409)["fields"][0]["message"]
        for each in (str(first.id), mine["id"]):
            answer = {"answer": "经核实，数据属实", "alike": True}
            assert call(w.officer, "POST", f"{w.path}/objections/{each}/answer", answer)["answer"]
            assert (
                call(w.officer, "POST", f"{w.path}/objections/{each}/answer", answer, 409)["code"]
                == "tiers.objection_answered"
            )
        assert w.act(w.officer, "end_publication")["state"] == "publicised"
    with acting(staff.OPERATOR):
        assert Objection.objects.count() == 4


def test_words_of_the_public_are_hidden_with_a_reason_and_stay_counted_answerable_and_read_by_who_answers(
    world: World, owner_sql: Any
) -> None:
    w = world
    w.to_publication()
    insult = "网格员某某是个懒汉"
    first = objecting.object_publicly(w.id, insult, "", TOKEN)
    objecting.object_publicly(w.id, insult, "", f"{TOKEN}-again")
    mine = call(w.village, "POST", f"{w.path}/objections", {"text": "对一条结论有异议"}, 201)
    sight = f"{w.path}/objections/{first.id}/sight"
    hide: dict[str, Any] = {"hidden": True, "reason": "点名辱骂他人", "alike": True}
    version = w.read()["version"]
    for who, given, status in (
        (w.officer, hide | {"reason": " "}, 422), (w.officer, hide | {"reason": "电话 13912345678"}, 422),
        (w.officer, hide | {"hidden": False}, 409), (w.village, hide, 403), (w.neighbour, hide, 403),
    ):  # fmt: skip
        call(who, "POST", sight, given, status)
    assert call(w.officer, "POST", f"{w.path}/objections/{mine['id']}/sight", hide, 409)["code"] == (
        "tiers.objection_of_community"
    )
    done = call(w.officer, "POST", sight, hide)
    assert (done["text"], done["hidden"]["reason"]) == (insult, "点名辱骂他人")
    for who, words in ((w.village, ["", "", "对一条结论有异议"]), (w.officer, [insult, insult, "对一条结论有异议"])):
        seen = w.read(who)["objections"]
        assert [each["text"] for each in seen] == words
        assert [bool(each["hidden"]) for each in seen] == [True, True, False]
    assert insult not in json.dumps(w.read(w.village), ensure_ascii=False)
    assert w.read()["version"] == version, "nobody's work on the application is held up by it"
    assert call(w.officer, "GET", "/applications")["items"][0]["objections_open"] == 3
    answer = f"{w.path}/objections/{first.id}/answer"
    assert call(w.officer, "POST", answer, {"answer": "经核实无误", "alike": True})["hidden"]
    assert [each["answer"] for each in w.read(w.village)["objections"]] == ["经核实无误", "经核实无误", None]
    assert call(w.officer, "POST", sight, hide, 409)["code"] == "tiers.objection_sight_same"
    assert call(w.officer, "POST", sight, {"hidden": False, "reason": "误判"})["hidden"] is None
    assert [each["text"] for each in w.read(w.village)["objections"]][:2] == [insult, ""]
    steps = owner_sql("SELECT hidden, reason FROM tiers_objection_hiding ORDER BY at, id")
    assert steps == [(True, "点名辱骂他人"), (True, "点名辱骂他人"), (False, "误判")]
    for right in ("UPDATE", "DELETE"):
        assert owner_sql("SELECT has_table_privilege('linli_app', 'tiers_objection_hiding', %s)", [right]) == [(False,)]


def test_each_body_has_its_to_dos_and_each_is_the_count_of_its_list(world: World) -> None:
    w = world
    expected: list[tuple[Any, set[str]]] = [
        (w.village, {"tiers_self"}),
        (w.town, set()),
        (w.officer, set()),
        (w.neighbour, set()),
    ]
    _told(expected)
    w.to_acceptance()
    _told([(w.village, set()), (w.town, set()), (w.officer, {"tiers_accept"})])
    with clock.frozen(clock.now() + timedelta(days=70)):
        late = call(w.officer, "GET", "/applications?queue=mine&overdue=true")
        assert [each["overdue"] for each in late["items"]] == [True] and late["counts"]["accepting"] == 1
    w.say(w.officer, "district")
    publish(w)
    objecting.object_publicly(w.id, "宣传栏里的数据不实", "", TOKEN)
    with clock.frozen(clock.now() + timedelta(days=6)):
        _told([(w.village, set()), (w.officer, {"tiers_objections", "tiers_ended"})])


def _told(expected: list[tuple[Any, set[str]]]) -> None:
    for who, codes in expected:
        actor = staff.actor(who)
        with acting(actor):
            found = {each.todo.code: each for each in todos.of(actor) if each.todo.code.startswith("tiers_")}
        assert found.keys() == codes, who.username
        for each in found.values():
            page = call(who, "GET", each.todo.path.removeprefix("/tiers"))
            assert len(page["items"]) == each.count.value == sum(page["counts"].values())


def test_a_recognised_community_is_warned_of_while_a_live_indicator_is_missed(world: World) -> None:
    w = world
    assessing.assess(staff.OPERATOR)
    with acting(staff.OPERATOR):
        Application.objects.filter(id=w.id).update(state="recognised")
    _live(ASKED, "10")
    assert watch() == watch() == 1, "done twice it warns once"
    warnings = w.read(w.village)["warnings"]
    assert len(warnings) == 1 and warnings[0]["shown"]["zh"].endswith(" 10%")
    _told([(w.village, {"tiers_slipping"}), (w.officer, {"tiers_warnings"})])
    _live(ASKED, None)
    assert watch() == 1, "what is not known takes nothing back"
    _live(ASKED, "70")
    assert watch() == 0
    with acting(staff.OPERATOR):
        assert StandingWarning.objects.get().gone_at is not None
        StandingWarning.objects.update(gone_at=None)
        Application.objects.filter(id=w.id).update(state="lapsed")
    _told([(w.village, set()), (w.officer, set())])


def test_a_higher_tier_ends_the_rechecks_of_the_lower_one(world: World) -> None:
    w = world
    today = clock.today()
    with acting(staff.OPERATOR):
        year = PlanYear.objects.get(id=w.year["id"])
        year.id, year.year = uuid7(), today.year - 1
        year.save(force_insert=True)
        older = Application.objects.create(
            area_code=OWN, plan_year=year, tier="basic", state="rechecking", recheck_by=today, due_on=today, planned_at=clock.now(),
            planned_by="test", updated_at=clock.now(),
        )  # fmt: skip
        Application.objects.filter(id=w.id).update(tier="growing", state="reported", reported_on=today)
    path = f"/applications/{older.id}"
    assert "recheck" in [each["kind"] for each in call(w.officer, "GET", path)["papers"]]
    w.act(w.officer, "recognise", document="淄数〔2026〕3号", authority="淄博市大数据局", on=str(today))
    found = call(w.officer, "GET", path)
    assert (found["state"], found["due_on"], found["version"]) == ("recognised", None, 2)
    step = found["steps"][-1]
    assert (step["action"], step["from"], step["to"]) == ("supersede", "rechecking", "recognised")
    assert step["title"]["zh"] == "由之后的申报取代" and w.year["title"] in step["reason"]
    assert "recheck" not in [each["kind"] for each in found["papers"]], "nobody said how it ended"
    with acting(staff.OPERATOR):
        noted = ChangeLog.objects.get(action="tiers.application.supersede")
    assert noted.detail == {"applications": [str(older.id)]}
    until = str(today + timedelta(days=30))
    refused = {"version": found["version"], "until": until}
    told = call(w.officer, "POST", f"{path}/actions/open_recheck", refused, 409)
    assert "之后的申报" in told["fields"][0]["message"]
    assert call(w.officer, "POST", f"/years/{year.id}/recheck", {"until": until}) == {"opened": 0}
    assert call(w.officer, "POST", f"/years/{w.year['id']}/recheck", {"until": until}) == {"opened": 1}
    assert ladder(w) == "growing"


def _live(metric: str, value: str | None) -> None:
    """What was computed of the community in the last assessment."""
    with acting(staff.OPERATOR):
        readings = {metric: [value, None, None]} if value is not None else {}
        assert CommunityStanding.objects.filter(area_code=OWN).update(readings=readings)
