"""Routing through the API: rules saved and tried, a case routed with the reason kept, past cases asked where no rule fits."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import openpyxl
import pytest
import staff
from case_world import World, unit, village
from django.core.files.uploadedfile import SimpleUploadedFile
from typer.testing import CliRunner

from linli.access.models import ChangeLog
from linli.cases.commands import cases_app
from linli.cases.models import Case, RoutedCase, RoutingRule
from linli.cases.routing.owners import owners_of_many
from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.models import Grid

ANY = {"target": "unit", "basis": "某政办字〔2026〕1号"}
WHY = "某政办字〔2026〕1号"


@pytest.fixture
def world(seeded_db: str) -> World:
    world = World.make()
    world.add("keeper", "analyst", staff.DISTRICT)
    return world


def send(world: World, method: str, path: str, body: dict[str, Any], who: str = "keeper", **more: Any) -> Any:
    return world.people[who].generic(method, f"/api{path}", json.dumps(body), content_type="application/json", **more)


def to(area: str, **more: Any) -> dict[str, Any]:
    return {**ANY, "unit_id": str(unit(area)), **more}


def rules(world: World) -> dict[str, Any]:
    answer = world.people["keeper"].get("/api/case-routing/rules")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def save(world: World, *lines: dict[str, Any]) -> dict[str, Any]:
    answer = send(world, "PUT", "/case-routing/rules", {"rules": lines, "stamp": rules(world)["stamp"], "reason": WHY})
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def kept(item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule as it was told, to be sent again."""
    names = ("id", "standard_ref", "kind", "code", "area_code", "ownership", "target", "unit_id", "basis", "certainty",
             "valid_from", "valid_until")  # fmt: skip
    return {name: item[name] for name in names} | more


def routing(world: World, case: str, who: str = "dispatcher", **more: Any) -> dict[str, Any]:
    answer = world.people[who].get(f"/api/cases/{case}/routing", **more)
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def cover() -> str:
    """The category of a lost cover of a water main."""
    return str(World().category().id)


def test_a_case_is_routed_by_the_first_rule_and_keeps_which_and_why(world: World) -> None:
    made = save(world, to(staff.OTHER_TOWN, code="02"), to(staff.TOWN, code="01", kind="component"), to(staff.DISTRICT))
    assert [item["position"] for item in made["items"]] == [1, 2, 3] and made["findings"] == []
    case = world.new(category_id=cover())
    told = routing(world, case)
    assert told["routed"]["rule_id"] == made["items"][1]["id"] and told["routed"]["rule_version"] == 1
    assert told["routed"]["unit_id"] == str(unit(staff.TOWN))
    assert "第 2 条" in told["routed"]["words"] and "市政公用设施" in told["routed"]["words"]
    assert staff.NAMES[staff.TOWN] in told["routed"]["words"] and told["routed"]["basis"] == WHY
    english = routing(world, case, headers={"Accept-Language": "en"})
    assert "By rule 2" in english["routed"]["words"]
    assert told["proposal"] is None  # nobody may hand it over before it is filed
    # What was decided stays as it was, whatever becomes of the rules; what is proposed goes by the rules as they are.
    world.file(case)
    save(world, to(staff.OTHER_TOWN))
    told = routing(world, case)
    assert told["routed"]["rule_id"] == made["items"][1]["id"]
    assert (told["proposal"]["by"], told["proposal"]["unit_name"]) == ("rule", staff.NAMES[staff.OTHER_TOWN])
    assert told["proposal"]["in_sight"] is True
    # Whoever sees the case sees why, and only a dispatcher what to do about it.
    assert routing(world, case, "acceptor")["proposal"] is None
    assert world.people["neighbour"].get(f"/api/cases/{case}/routing").status_code == 404


def test_the_town_of_the_place_is_meant_by_a_rule_that_says_so(world: World) -> None:
    save(world, {"target": "town"})
    case = world.new(category_id=cover())
    assert routing(world, case)["routed"]["unit_name"] == staff.NAMES[staff.TOWN]


def test_filing_under_another_category_routes_anew_and_the_same_again_does_not(world: World) -> None:
    save(world, to(staff.OTHER_TOWN, code="06"), to(staff.TOWN, code="01"))
    other = str(world.category("06010", "matter").id)
    case, same = world.new(category_id=other), world.new(category_id=cover())
    for each in (case, same):
        world.file(each)
    assert routing(world, case)["routed"]["unit_name"] == staff.NAMES[staff.TOWN]
    with acting(staff.OPERATOR):
        assert RoutedCase.objects.filter(case_id=case).count() == 2
        assert RoutedCase.objects.filter(case_id=same).count() == 1


def test_the_owner_of_the_nearest_component_of_the_class_decides(world: World) -> None:
    from linli.registry.things.models import Component

    with acting(staff.OPERATOR):
        grid = (
            Grid.objects.filter(code__startswith=staff.TOWN, valid_to=None).exclude(lon=None).order_by("code").first()
        )
        assert grid is not None and grid.lon is not None and grid.lat is not None
        for serial, (east, owner) in enumerate(((0.0001, "供水公司"), (0.0002, "热力公司"), (0.01, "燃气公司"))):
            Component.objects.create(
                key=f"component:{serial}", area_code=grid.code, name="供水井盖", name_key="", lon=grid.lon + east, lat=grid.lat,
                main_record=uuid7(), field_records={}, recorded_at=clock.now(), updated_at=clock.now(),
                component_code=f"3703020100100000{serial}", component_class="01001", owner_name=owner,
            )  # fmt: skip
    save(world, to(staff.OTHER_TOWN, ownership="热力公司"), to(staff.TOWN, ownership="供水公司"), to(staff.DISTRICT))
    at = {"area": None, "lon": grid.lon, "lat": grid.lat}
    owned = world.new(category_id=cover(), **at)
    assert routing(world, owned)["routed"]["unit_name"] == staff.NAMES[staff.TOWN]
    assert "供水公司" in routing(world, owned)["routed"]["words"]
    # Of another class, and too far from any: nobody's in particular.
    for more in ({"category_id": str(world.category("01037").id), **at}, {"category_id": cover()}):
        assert routing(world, world.new(**more))["routed"]["unit_name"] == staff.NAMES[staff.DISTRICT]
    # The bulk way and a dry run ask the same of all of them at once.
    with acting(staff.OPERATOR):
        found = owners_of_many(list(Case.objects.values_list("id", flat=True)))
        assert found == {uuid.UUID(owned): frozenset({"供水公司"})}
    draft = [to(staff.OTHER_TOWN, ownership="供水公司"), to(staff.DISTRICT)]
    told = send(world, "POST", "/case-routing/dry-run", {"rules": draft}).json()
    flows = {(flow["before_name"], flow["after_name"]): flow["count"] for flow in told["flows"]}
    assert flows == {(staff.NAMES[staff.TOWN], staff.NAMES[staff.OTHER_TOWN]): 1, (staff.NAMES[staff.DISTRICT],) * 2: 2}


def test_where_no_rule_fits_past_cases_suggest_a_unit_to_the_dispatcher(world: World) -> None:
    save(world, to(staff.OTHER_TOWN, code="02"))
    case = world.new(category_id=cover())
    world.file(case)
    told = routing(world, case)
    assert told["routed"]["rule_id"] is None and "没有适用的派遣规则" in told["routed"]["words"]
    assert told["proposal"]["by"] == "none" and told["proposal"]["unit_id"] is None
    closed = [world.new(category_id=cover()) for _ in range(4)]
    with acting(staff.OPERATOR):
        for serial, each in enumerate(closed):
            where = staff.TOWN if serial < 3 else staff.OTHER_TOWN
            Case.objects.filter(id=each).update(state="closed", unit_id=unit(where), unit_name=staff.NAMES[where])
    told = routing(world, case)
    assert (told["proposal"]["by"], told["proposal"]["unit_id"]) == ("past", str(unit(staff.TOWN)))
    assert "4 件，其中 3 件" in told["proposal"]["words"]
    # Only what the dispatcher sees counts: one of the other town knows nothing of these.
    world.add("elsewhere", "dispatcher", staff.OTHER_TOWN)
    assert world.people["elsewhere"].get(f"/api/cases/{case}/routing").status_code == 404
    with acting(staff.OPERATOR):
        foreign = Grid.objects.filter(code__startswith=staff.OTHER_TOWN, valid_to=None).order_by("code").first()
        assert foreign is not None
        Case.objects.filter(id=case).update(area_code=foreign.code)
    assert routing(world, case, "elsewhere")["proposal"]["by"] == "none"
    assert routing(world, case)["proposal"]["by"] == "past"  # the district has enough, and the dispatcher sees it


def test_an_edited_set_is_saved_as_what_changed_and_by_one_at_a_time(world: World) -> None:
    before = save(world, to(staff.TOWN, code="01"), to(staff.OTHER_TOWN, code="02"), to(staff.TOWN, code="03"))
    first, second, third = before["items"]
    wanted = [kept(third), kept(first, basis="另一依据"), to(staff.DISTRICT)]
    answer = send(world, "PUT", "/case-routing/rules", {"rules": wanted, "stamp": before["stamp"], "reason": WHY})
    items = answer.json()["items"]
    assert [(i["id"], i["version"]) for i in items[:2]] == [(third["id"], 1), (first["id"], 2)]
    with acting(staff.OPERATOR):
        assert RoutingRule.objects.get(id=second["id"]).valid_until == clock.today()
        log = ChangeLog.objects.filter(action="cases.routing.save").order_by("-at").first()
        assert log is not None
        assert {k: log.detail[k] for k in ("added", "changed", "moved", "ended")} == {
            "added": 1, "changed": 1, "moved": 1, "ended": 1,
        }  # fmt: skip
    late = send(world, "PUT", "/case-routing/rules", {"rules": wanted[:1], "stamp": before["stamp"], "reason": WHY})
    assert (late.status_code, late.json()["code"]) == (409, "cases.routing.changed")
    same = send(
        world,
        "PUT",
        "/case-routing/rules",
        {"rules": [kept(i) for i in items], "stamp": answer.json()["stamp"], "reason": WHY},
    )
    assert (same.status_code, same.json()["code"]) == (422, "cases.routing.same")
    bad = send(world, "PUT", "/case-routing/rules", {"rules": [to(staff.TOWN, unit_id=str(uuid7()))], "reason": WHY})
    assert bad.status_code in (409, 422)
    bad = send(world, "POST", "/case-routing/dry-run", {"rules": [to(staff.TOWN, unit_id=str(uuid7()), code="1x")]})
    assert {f["field"] for f in bad.json()["fields"]} == {"rules.0.unit_id", "rules.0.code"}
    # A dispatcher reads the rules and changes none.
    assert world.people["dispatcher"].get("/api/case-routing/rules").json()["may_edit"] is False
    assert send(world, "PUT", "/case-routing/rules", {"rules": [], "reason": WHY}, "dispatcher").status_code == 403


def test_the_editor_sees_conflicts_dead_rules_and_closed_categories(world: World) -> None:
    told = save(
        world, to(staff.TOWN, code="01"), to(staff.OTHER_TOWN, code="01"), to(staff.TOWN, code="01001"), to(staff.TOWN, code="98"),
    )  # fmt: skip
    assert [(f["position"], f["code"], f["grave"]) for f in told["findings"]] == [
        (2, "conflict", True), (3, "shadowed", False), (4, "no_category", True),
    ]  # fmt: skip
    assert "第 1 条" in told["findings"][0]["words"]
    draft = {"rules": [kept(item) for item in told["items"]]}
    assert send(world, "POST", "/case-routing/dry-run", draft).json()["findings"] == told["findings"]
    with acting(staff.OPERATOR):
        from linli.cases.models import Category

        Category.objects.filter(code="01001").update(valid_until=clock.today())
    assert [f["code"] for f in rules(world)["findings"]] == ["conflict", "category_closed", "no_category"]


def test_a_dry_run_counts_the_last_months_cases_and_each_figure_opens_its_cases(world: World) -> None:
    saved = save(world, to(staff.TOWN, code="01"))
    moved = [world.new(category_id=cover()) for _ in range(3)]
    stays = world.new(category_id=str(world.category("01037").id))
    unrouted = world.new()
    world.file(moved[0])
    world.hand_over(moved[0], staff.OTHER_TOWN)
    draft = {"rules": [to(staff.OTHER_TOWN, code="01001"), kept(saved["items"][0])]}
    told = send(world, "POST", "/case-routing/dry-run", draft).json()
    assert (told["cases"], told["changed"], told["rules"]["added"], told["rules"]["moved"]) == (5, 3, 1, 1)
    flows = {(flow["before"], flow["after"]): flow for flow in told["flows"]}
    here, there = str(unit(staff.TOWN)), str(unit(staff.OTHER_TOWN))
    assert {pair: flow["count"] for pair, flow in flows.items()} == {(here, there): 3, (here, here): 1, (None, None): 1}
    assert (flows[here, there]["handed"], flows[here, there]["agreeing"]) == (1, 1)
    assert {use["position"]: use["count"] for use in told["uses"]} == {1: 3, 2: 1}
    for pair, cases in (((here, there), moved), ((here, here), [stays]), ((None, None), [unrouted])):
        asked = draft | {"before": pair[0], "after": pair[1]}
        opened = send(world, "POST", "/case-routing/dry-run/cases", asked).json()
        assert {line["id"] for line in opened["items"]} == set(cases) and opened["next"] is None
    first = send(
        world, "POST", "/case-routing/dry-run/cases", draft | {"before": here, "after": there, "limit": 2}
    ).json()
    rest = draft | {"before": here, "after": there, "limit": 2, "cursor": first["next"]}
    second = send(world, "POST", "/case-routing/dry-run/cases", rest).json()
    assert [line["id"] for line in (*first["items"], *second["items"])] == sorted(moved, reverse=True)
    # Nothing was saved by looking.
    assert rules(world)["stamp"] == saved["stamp"]


def sheet(*rows: list[Any]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for row in [["分类编码", "类型", "区域编码", "权属单位", "责任单位", "依据", "确定程度"], *rows]:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("规则.xlsx", content.getvalue())


def test_another_citys_rules_come_in_from_a_file_and_go_out_again(world: World) -> None:
    save(world, to(staff.TOWN, code="01"), to(staff.TOWN, code="03"))
    town = staff.NAMES[staff.OTHER_TOWN]
    file = sheet(["01", "", "", "", town, WHY, ""], ["02", "部件", staff.TOWN, "供电公司", "属地镇街", WHY, "系统推断"])
    told = world.people["keeper"].post("/api/case-routing/file", {"file": file}).json()
    assert told["rows"] == []
    first, second = told["rules"]
    assert first["id"] == rules(world)["items"][0]["id"] and second["id"] is None
    assert (second["kind"], second["target"], second["certainty"]) == ("component", "town", "inferred")
    items = save(world, *[kept(line) for line in told["rules"]])["items"]
    assert [(i["code"], i["unit_name"], i["version"]) for i in items] == [("01", town, 2), ("02", "属地镇街", 1)]
    out = world.people["keeper"].get("/api/case-routing/export")
    again = SimpleUploadedFile("规则.xlsx", out.content)
    told = world.people["keeper"].post("/api/case-routing/file", {"file": again}).json()
    assert [kept(line) for line in told["rules"]] == [kept(item) for item in items] and told["rows"] == []
    bad = sheet(["01", "物", "", "", "没有的局", "", ""])
    told = world.people["keeper"].post("/api/case-routing/file", {"file": bad}).json()
    assert {(row["row"], row["column"]) for row in told["rows"]} == {(2, "类型"), (2, "责任单位")}


def test_the_commands_list_check_load_and_export(world: World, tmp_path: Any) -> None:
    run, path = CliRunner(), tmp_path / "规则.csv"
    town = staff.NAMES[staff.TOWN]
    path.write_text(f"分类编码,责任单位,依据\n01,{town},{WHY}\n01001,{town},{WHY}\n", encoding="utf-8")
    dry = run.invoke(cases_app, ["routing", "load", str(path), "--dry-run"])
    assert dry.exit_code == 0 and "新增 2" in dry.output, dry.output
    assert rules(world)["items"] == []
    loaded = run.invoke(cases_app, ["routing", "load", str(path), "--reason", WHY])
    assert loaded.exit_code == 0, loaded.output
    listed = run.invoke(cases_app, ["routing", "list"])
    assert town in listed.output and listed.exit_code == 0
    checked = run.invoke(cases_app, ["routing", "check"])
    assert checked.exit_code == 2 and "第 2 条" in checked.output
    out = tmp_path / "out.xlsx"
    assert run.invoke(cases_app, ["routing", "export", str(out)]).exit_code == 0
    again = run.invoke(cases_app, ["routing", "load", str(out), "--dry-run"])
    assert "新增 0，变更 0，调序 0，停止 0" in again.output
    path.write_text("分类编码,责任单位\n01,没有的局\n", encoding="utf-8")
    assert run.invoke(cases_app, ["routing", "load", str(path), "--reason", WHY]).exit_code == 2


def test_a_report_with_rules_costs_few_queries_and_the_rules_are_read_once(world: World) -> None:
    from django.db import connection, connections
    from django.test.utils import CaptureQueriesContext

    save(world, *[to(staff.TOWN, code="02", ownership=f"单位{n}") for n in range(99)], to(staff.OTHER_TOWN, code="01"))
    at = village()
    world.new(category_id=cover())
    with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
        case = world.new(category_id=cover(), area=at)
    assert len(own) + len(audit) <= 20, [q["sql"][:80] for q in own.captured_queries]
    assert sum("cases_routing_rule" in q["sql"] for q in own.captured_queries) == 0
    assert sum("cases_routed" in q["sql"] for q in own.captured_queries) == 1
    assert routing(world, case)["routed"]["position"] == 100
