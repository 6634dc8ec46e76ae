"""Plans end to end: asked over HTTP, solved by the job, compared, asked again with choices locked, written by the command."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import staff
from permissions import Door, PermissionSuite, Sample
from typer.testing import CliRunner

from linli.kernel import clock, measures
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.tiers.assessing import actions as assessing
from linli.tiers.commands import tiers_app
from linli.tiers.models import Assessment, IndicatorSystem, Recognition, UpgradeMeasure, UpgradeScenario
from linli.tiers.plans import actions
from linli.tiers.plans.catalogue import shipped
from linli.tiers.plans.inputs import inputs
from linli.tiers.plans.wanted import simple
from linli.tiers.values.catalogue import metrics

TOWN, OTHER_TOWN = staff.TOWN, staff.OTHER_TOWN
JSON = "application/json"


@pytest.fixture
def assessed(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> Assessment:
    """An assessment in which nothing is known of any community."""
    measures.catalogue()
    for metric in metrics().values():
        monkeypatch.delitem(measures._declared, metric.measure, raising=False)
    return assessing.assess(staff.OPERATOR)


def asked(**changes: Any) -> dict[str, Any]:
    return {
        "title": "三年方案", "first_year": 2027, "years": 2, "sources": [{"code": "district", "amounts": ["4000000", "4000000"]}],
        "objective": "communities", **changes,
    }  # fmt: skip


def solved(scenario: str) -> UpgradeScenario:
    """The scenario after its job."""
    with acting(staff.OPERATOR):
        done = actions.carry_out(UUID(scenario))
    assert done is not None
    return done


def test_shipped_measures_are_assumptions_and_move_metrics_there_are(seeded_db: str) -> None:
    rows = shipped()
    assert len(rows) >= 40
    assert {metric for row in rows for metric, _, _ in row["effects"]} <= set(metrics())
    with acting(staff.OPERATOR):
        held = UpgradeMeasure.objects.all()
        assert {m.code for m in held} == {row["code"] for row in rows}
        assert {m.certainty for m in held} == {"assumption"}
        assert all("假设" in m.note for m in held)


def test_a_community_whose_tier_lapsed_starts_from_none(assessed: Assessment) -> None:
    code = f"{TOWN}003"

    def starts() -> int:
        with acting(staff.OPERATOR):
            return next(each.tier for each in inputs(assessed, code, []).communities)

    with acting(staff.OPERATOR):
        for year, outcome in ((2098, "reached"), (2099, "lapsed")):
            Recognition.objects.create(
                key=f"test:{outcome}", scope="community", area_code=code, about="示例", tier="growing", outcome=outcome, year=year,
                authority="示例机关", source="示例文件", certainty="synthetic", recorded_at=clock.now(), recorded_by="test",
            )  # fmt: skip
    assert starts() == 0
    with acting(staff.OPERATOR):
        Recognition.objects.filter(key="test:lapsed").update(year=2097)
    assert starts() == 2


def test_a_plan_is_asked_solved_locked_and_compared(assessed: Assessment) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    made = client.post("/api/tiers/plans", {"asked": asked()}, content_type=JSON)
    assert made.status_code == 202, made.content
    first = made.json()
    assert first["state"] == "waiting" and first["plan_id"] == first["id"]
    solved(first["id"])
    got = client.get(f"/api/tiers/plans/{first['id']}").json()
    assert got["state"] == "finished", got
    result = got["result"]
    assert result["raised"] > 0, [
        (c["reason"]["code"], c["reason"]["missing"], c["reason"]["cheapest_cents"]) for c in result["communities"]
    ][:2]
    assert sum(p["cents"] for p in result["paid"]) == result["cost_cents"] <= 8_000_000_00 + result["award_cents"]
    assert got["assumed_costs"] >= 40
    left = next(c for c in result["communities"] if not c["raised"] and c["before"] == "none")
    assert left["reason"]["text"]["zh"] and left["reason"]["text"]["en"]
    again = client.post(
        f"/api/tiers/plans/{first['id']}/again",
        {"title": "锁定", "locks": [{"community": left["area_code"], "tier": "basic"}]},
        content_type=JSON,
    )
    assert again.status_code == 202, again.content
    second = again.json()
    assert second["plan_id"] == first["id"]
    solved(second["id"])
    both = client.get(f"/api/tiers/plans/compare?ids={first['id']},{second['id']}").json()
    assert [s["state"] for s in both["items"]] == ["finished", "finished"]
    assert [(t["budget_cents"], t["years"], t["locks"], t["bans"]) for t in both["terms"]] == [
        (8_000_000_00, 2, 0, 0), (8_000_000_00, 2, 1, 0)
    ]  # fmt: skip
    assert both["items"][1]["summary"]["points"] <= got["result"]["bound"] + 1e-6, (
        "more conditions lift no more than can be"
    )
    row = next(c for c in both["communities"] if c["area_code"] == left["area_code"])
    assert row["after"][0] == "none" and row["after"][1] != "none"
    assert {s["id"] for s in client.get(f"/api/tiers/plans?plan={first['id']}").json()["items"]} == {
        first["id"], second["id"]
    }  # fmt: skip
    lifted = client.post(f"/api/tiers/plans/{second['id']}/again", {"locks": []}, content_type=JSON).json()
    kept = client.post(f"/api/tiers/plans/{second['id']}/again", {"bans": []}, content_type=JSON).json()
    locks = [client.get(f"/api/tiers/plans/{each['id']}").json()["asked"]["locks"] for each in (lifted, kept)]
    assert [len(each) for each in locks] == [0, 1], "given lists replace, others stay"
    here, built = left["area_code"], next(w for w in result["works"] if w["serves"] == [w["area_code"]])
    body = {
        "locks": [{"community": here, "measure": built["measure"], "year": 2027}],
        "bans": [{"community": built["area_code"], "measure": built["measure"]}],
    }
    third = client.post(f"/api/tiers/plans/{first['id']}/again", body, content_type=JSON).json()
    solved(third["id"])
    told = client.get(f"/api/tiers/plans/{third['id']}").json()
    begun = {(w["area_code"], w["measure"]): w["year"] for w in told["result"]["works"]}
    assert begun[here, built["measure"]] == 2027 and (built["area_code"], built["measure"]) not in begun
    assert set(told["names"]) == {here, built["area_code"]} and all(told["names"].values())
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/api/tiers/plans/{first['id']}/export").content))
    assert book.sheetnames == ["概要", "社区", "措施", "资金"]
    assert "推断值" in str(book["概要"]["B2"].value)


def test_a_budget_of_zero_is_refused_at_once_in_clear_words(assessed: Assessment) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    for amounts in (["0", "0"], ["-5", "10"]):
        refused = client.post(
            "/api/tiers/plans", {"asked": asked(sources=[{"code": "district", "amounts": amounts}])}, content_type=JSON
        )
        assert refused.status_code == 422
        assert refused.json()["code"] == "tiers.plan_refused"
        assert "预算" in refused.json()["detail"] or "不能为负" in refused.json()["detail"]


def test_an_infeasible_plan_says_which_conditions_collide(assessed: Assessment) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    made = client.post(
        "/api/tiers/plans",
        {"asked": asked(sources=[{"code": "district", "amounts": ["1000", "0"]}], per_town=1, awards=False)},
        content_type=JSON,
    )
    done = solved(made.json()["id"])
    assert done.state == "infeasible"
    got = client.get(f"/api/tiers/plans/{done.id}").json()
    assert {c["group"] for c in got["result"]["collisions"]} == {"budget", "town"}
    assert all(c["text"]["zh"] and c["text"]["en"] for c in got["result"]["collisions"])


def test_a_changed_price_holds_for_the_next_plan_and_not_for_those_before(assessed: Assessment) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    before = client.post("/api/tiers/plans", {"asked": asked()}, content_type=JSON).json()["id"]
    changed = client.patch(
        "/api/tiers/measures/service_hall",
        {"unit_cost": "123456.78", "certainty": "quoted", "town_prices": {TOWN: "99.10"}},
        content_type=JSON,
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["unit_cost"] == "123456.78" and changed.json()["town_prices"] == {TOWN: "99.10"}
    after = client.post("/api/tiers/plans", {"asked": asked()}, content_type=JSON).json()["id"]
    with acting(staff.OPERATOR):
        prices = {
            str(s.id): next(row for row in s.catalogue if row["code"] == "service_hall")
            for s in UpgradeScenario.objects.all()
        }
    assert prices[before]["unit_cents"] == 9_000_000
    assert prices[after]["unit_cents"] == 12_345_678 and prices[after]["town_cents"] == {TOWN: 9_910}


def test_the_log_of_a_measure_tells_old_and_new_by_whom(seeded_db: str) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    path = "/api/tiers/measures/service_hall"
    steps: tuple[dict[str, Any], ...] = (
        {"unit_cost": "80000", "certainty": "quoted"}, {"town_prices": {TOWN: "99.1"}, "note": "三家报价"},
    )  # fmt: skip
    for step in steps:
        assert client.patch(path, step, content_type=JSON).status_code == 200
    again = client.patch(path, {"unit_cost": "80000.00"}, content_type=JSON)
    assert again.status_code == 409 and again.json()["code"] == "tiers.measure_same"
    last, first = client.get(f"{path}/log").json()["items"]
    told = {price["field"]: (price["before"], price["after"]) for price in (*first["prices"], *last["prices"])}
    assert told["unit_cost"] == ("90000.00", "80000.00") and told["certainty"] == ("assumption", "quoted")
    assert told["town_prices"] == ({}, {TOWN: "99.10"}) and told["note"][1] == "三家报价"
    assert {first["by_name"], last["by_name"]} == {"用户official"}
    held = client.get("/api/tiers/measures").json()
    assert held["may_edit"] and TOWN in {town["code"] for town in held["towns"]}
    town = staff.client(staff.staff("town", "tier_officer", TOWN))
    assert town.get("/api/tiers/measures").json()["may_edit"] is False


def test_prices_changed_since_they_were_read_and_towns_there_are_not_are_refused(seeded_db: str) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    path = "/api/tiers/measures/service_hall"
    read = next(m for m in client.get("/api/tiers/measures").json()["items"] if m["code"] == "service_hall")[
        "changed_at"
    ]
    quick = client.patch(path, {"unit_cost": "80000", "changed_at": read}, content_type=JSON)
    assert quick.status_code == 200, quick.content
    late = client.patch(path, {"note": "旧报价", "changed_at": read}, content_type=JSON)
    assert late.status_code == 409 and late.json()["code"] == "tiers.measure_changed", late.content
    anew = {"note": "报价", "changed_at": quick.json()["changed_at"]}
    assert client.patch(path, anew, content_type=JSON).status_code == 200
    nowhere = client.patch(path, {"town_prices": {"370302999": "1"}}, content_type=JSON)
    assert nowhere.status_code == 422 and nowhere.json()["fields"][0]["field"] == "town_prices", nowhere.content
    many = client.get("/api/tiers/plans/compare?ids=" + ",".join(str(uuid7()) for _ in range(7)))
    assert many.status_code == 422 and many.json()["fields"][0]["field"] == "ids", many.content


def test_what_ends_a_plan_in_its_job_is_told_in_words_and_what_passes_is_tried_again(
    assessed: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from linli.kernel.errors import Text
    from linli.tiers.optimum import solving
    from linli.tiers.optimum.instance import Refused

    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    ids = [client.post("/api/tiers/plans", {"asked": asked()}, content_type=JSON).json()["id"] for _ in range(3)]
    solve = solving.solve
    ends: list[Exception] = [Refused("entangled", Text("互相影响", "entangled")), OperationalError("gone")]

    def failing(*given: Any, **more: Any) -> Any:
        if ends:
            raise ends.pop(0)
        return solve(*given, **more)

    monkeypatch.setattr(solving, "solve", failing)
    refused = solved(ids[0])
    told = client.get(f"/api/tiers/plans/{ids[0]}").json()
    assert (refused.state, told["why_text"]) == ("failed", {"zh": "互相影响", "en": "entangled"})
    with pytest.raises(OperationalError):
        actions.carry_out(UUID(ids[1]))
    assert client.get(f"/api/tiers/plans/{ids[1]}").json()["state"] == "running", "the queue tries again"
    assert solved(ids[1]).state == "finished"
    with acting(staff.OPERATOR):
        UpgradeScenario.objects.filter(id=ids[2]).update(state="running", started_at=clock.now() - timedelta(hours=2))
    assert actions.give_up_lost() == 1
    lost = client.get(f"/api/tiers/plans/{ids[2]}").json()
    assert lost["state"] == "failed" and "重新" in lost["why_text"]["zh"] and lost["why_text"]["en"]
    listed = {each["id"]: each["summary"] for each in client.get("/api/tiers/plans").json()["items"]}
    answer = client.get(f"/api/tiers/plans/{ids[1]}").json()["result"]
    assert listed[ids[0]] is None and listed[ids[1]] == {name: answer[name] for name in listed[ids[1]]}


def test_a_town_sees_its_own_scenarios_and_plans_its_own_communities(assessed: Assessment) -> None:
    town = staff.client(staff.staff("town", "tier_officer", TOWN))
    refused = town.post("/api/tiers/plans", {"asked": asked()}, content_type=JSON)
    assert refused.status_code == 403
    made = town.post("/api/tiers/plans", {"asked": asked(), "area": TOWN}, content_type=JSON)
    assert made.status_code == 202, made.content
    done = solved(made.json()["id"])
    assert done.result is not None
    assert {c["area_code"][:9] for c in done.result["communities"]} == {TOWN}
    other = staff.client(staff.staff("other", "tier_officer", OTHER_TOWN))
    assert other.get(f"/api/tiers/plans/{done.id}").status_code == 404
    assert other.get("/api/tiers/plans").json()["items"] == []


def test_the_front_reaches_more_people_with_more_money(assessed: Assessment) -> None:
    with acting(staff.OPERATOR) as actor:
        made = actions.ask(actor, asked(front=True), TOWN)
    done = actions.carry_out(made.id)
    assert done is not None and done.result is not None
    people = [p["people"] for p in done.result["front"]]
    assert people == sorted(people) and len(people) == 6


@pytest.mark.parametrize("suffix", [".JSON", ".xlsx"])
def test_the_command_writes_a_plan_and_says_nothing_else(
    assessed: Assessment, tmp_path: Path, suffix: str, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / f"plan{suffix}"
    ran = CliRunner().invoke(tiers_app, ["plan", "--budget", "5000000", "--years", "3", "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    assert "HiGHS" not in capfd.readouterr().out
    if suffix == ".JSON":
        held = json.loads(out.read_text())
        assert held["result"]["raised"] > 0 and "假设" in held["note"]["zh"]
        assert held["asked"]["sources"][0]["amounts"][0] == "1666666.68"
    else:
        book = openpyxl.load_workbook(out)
        assert book.sheetnames[0] == "概要"
        said = {row[0]: row[1] for row in book["概要"].iter_rows(values_only=True)}
        assert said["状态"] == "已求解" and {"其中无需措施", "方案期后奖补(元,上限)"} <= set(said)
        assert {row[0] for row in book["资金"].iter_rows(min_row=2, values_only=True)} <= {"区财政", "创建奖补"}


def test_the_command_refuses_a_budget_of_zero_with_a_code_of_its_own(assessed: Assessment, tmp_path: Path) -> None:
    ran = CliRunner().invoke(tiers_app, ["plan", "--budget", "0", "--years", "3", "--out", str(tmp_path / "plan.json")])
    assert ran.exit_code == 2 and "预算" in ran.output, ran.output


def test_a_cursor_of_another_list_is_refused(assessed: Assessment) -> None:
    from linli.kernel import paging

    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    assert client.get("/api/tiers/plans", {"cursor": paging.encode(("not an id",))}).status_code == 422


def test_a_choice_of_what_does_not_exist_is_refused_by_name(assessed: Assessment) -> None:
    client = staff.client(staff.staff("official", "tier_officer", staff.DISTRICT))
    for empty in ({"bans": [{}]}, {"locks": [{"community": f"{TOWN}001", "year": 2027}]}):
        refused = client.post("/api/tiers/plans", {"asked": asked(**empty)}, content_type=JSON)
        assert refused.status_code == 422 and "指明" in refused.json()["detail"]
    for ban in ({"measure": "moon"}, {"community": "370302999999"}):
        refused = client.post("/api/tiers/plans", {"asked": asked(bans=[ban])}, content_type=JSON)
        assert refused.status_code == 422 and next(iter(ban.values())) in refused.json()["detail"]


def test_even_amounts_add_up_to_the_budget() -> None:
    from decimal import Decimal

    for budget in ("0.01", "1000000", "99999.99"):
        amounts = simple(Decimal(budget), 3, 2027)["sources"][0]["amounts"]
        assert sum(Decimal(a) for a in amounts) == Decimal(budget)


@pytest.mark.parametrize("budget", ["0", "-3", "much", "1e30", "0.001"])
def test_the_command_refuses_no_money(assessed: Assessment, tmp_path: Path, budget: str) -> None:
    out = tmp_path / "plan.json"
    ran = CliRunner().invoke(tiers_app, ["plan", "--budget", budget, "--years", "3", "--out", str(out)])
    assert ran.exit_code != 0 and not out.exists()


class TestUpgradePlanDoors(PermissionSuite):
    seeded = True
    doors = [
        Door("GET", "/api/tiers/measures", "tiers.plan.view"),
        Door("GET", "/api/tiers/measures/vending/log", "tiers.plan.view"),
        Door("PATCH", "/api/tiers/measures/vending", "tiers.plan.edit", {"lead_months": 4}, also=("tiers.plan.view",),
             district_only=True),
        Door("GET", "/api/tiers/plans", "tiers.plan.view", finds=True),
        Door("POST", "/api/tiers/plans", "tiers.plan.edit", {"asked": asked(), "plan_id": "{plan}"}, answers=(202,)),
        Door("GET", "/api/tiers/plans/compare?ids={plan}", "tiers.plan.view", finds=True),
        Door("GET", "/api/tiers/plans/{plan}", "tiers.plan.view", finds=True),
        Door("POST", "/api/tiers/plans/{plan}/again", "tiers.plan.edit", {}, also=("tiers.plan.view",), answers=(202,)),
        Door("GET", "/api/tiers/plans/{plan}/export", "tiers.plan.view"),
    ]  # fmt: skip

    def sample(self) -> Sample:
        with acting(staff.OPERATOR):
            system = IndicatorSystem.objects.get()
            run = Assessment.objects.create(
                id=uuid7(), system=system, day=clock.today(), state="finished", asked_at=clock.now(), asked_by="x",
                finished_at=clock.now(),
            )  # fmt: skip
            from linli.tiers.models import CommunityStanding
            from linli.tiers.plans.catalogue import snapshot

            kept = snapshot(UpgradeMeasure.objects.order_by("code"))
            ids = {}
            for area, title in ((staff.TOWN, "本镇方案"), (staff.OTHER_TOWN, "外镇方案")):
                from linli.places.models import Region

                code = Region.objects.filter(parent_code=area, level="village").order_by("code").values_list(
                    "code", flat=True
                )[0]  # fmt: skip
                CommunityStanding.objects.create(
                    id=uuid7(), assessment=run, area_code=code, people=10, next="basic", met=0, missed=0, unknown=30,
                    of=30, passed=0,
                )  # fmt: skip
                new = uuid7()
                UpgradeScenario.objects.create(
                    id=new, plan_id=new, area_code=area, title=title, assessment=run, catalogue=kept, asked=asked(),
                    asked_at=clock.now(), asked_by="x", state="infeasible", finished_at=clock.now(),
                    result={"collisions": [], "colliding_communities": [], "only_in_fractions": False},
                )  # fmt: skip
                ids[title] = str(new)
        return Sample(
            own={"plan": ids["本镇方案"]}, foreign={"plan": ids["外镇方案"]}, own_marks=("本镇方案",),
            foreign_marks=("外镇方案",),
        )  # fmt: skip
