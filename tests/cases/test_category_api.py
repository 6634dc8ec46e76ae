"""The directory over HTTP: found, told with how sure we are, changed by hand, and replaced by a file."""

from __future__ import annotations

import csv
import io
import json
import uuid
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import staff
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.access.models import ChangeLog
from linli.cases.categories import queries, rules
from linli.cases.categories.rules import CategoryKey
from linli.cases.models import Category, FilingRule
from linli.kernel import clock
from linli.kernel.scope import acting

pytestmark = pytest.mark.usefixtures("db")
JSON = "application/json"
GB = "GB/T 47678.5-2026"
WHY = "某区城管〔2026〕1号"
FACTS = {"major": "06", "major_name": "市容环境类", "name": "占道堆放"}


@pytest.fixture
def keeper(db: str) -> Client:
    return staff.client(staff.staff("keeper", "analyst", staff.DISTRICT))


@pytest.fixture
def reader(db: str) -> Client:
    return staff.client(staff.staff("reader", "grid_worker"))


def id_of(code: str, kind: str = "matter") -> uuid.UUID:
    with acting(staff.OPERATOR):
        return Category.objects.get(kind=kind, code=code, standard_ref__in=[GB, "社会治理事项（地方扩展）"]).id


def codes(reader: Client, query: str) -> list[tuple[str, str]]:
    return [(c["kind"], c["code"]) for c in reader.get(f"/api/case-categories?{query}").json()["items"]]


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return client.generic(method, f"/api{path}", json.dumps(body), content_type=JSON)


# --- reading ------------------------------------------------------------------------------------------------------


def test_a_category_is_found_by_code_name_and_initials(reader: Client) -> None:
    assert codes(reader, "q=06010") == [("matter", "06010")]
    assert ("matter", "06010") in codes(reader, "q=暴露垃")
    assert ("matter", "06010") in codes(reader, "q=bllj") and ("matter", "06010") in codes(reader, "q=BLLJ")
    assert [kind for kind, _ in codes(reader, "q=01001")] == ["component", "matter"]
    assert codes(reader, "q=没有这种") == []
    assert {kind for kind, _ in codes(reader, "kind=local")} == {"local"}


def test_it_says_how_sure_we_are(reader: Client) -> None:
    told = reader.get(f"/api/case-categories/{id_of('06010')}").json()
    assert told["certainty_words"] == "二手转录，未经官方文本核对"
    assert told["valid_from"] is None and told["held"]
    english = reader.get(f"/api/case-categories/{id_of('51001', 'local')}", headers={"Accept-Language": "en"}).json()
    assert english["certainty_words"].startswith("A default inferred by this program")
    assert [rule["limit"] for rule in english["filing_rules"]] == [
        "24 continuous hours",
        "15 calendar days",
        "1 continuous hour",
    ]


def test_without_a_condition_the_shortest_limit_counts_and_says_so(reader: Client) -> None:
    told = reader.get(f"/api/case-categories/{id_of('01001', 'component')}").json()["default"]
    assert (told["limit"], told["assumed"]) == ("2 紧急工作时", True)
    assert "最短" in told["note"]


def test_a_component_out_of_order_has_the_components_rules(reader: Client) -> None:
    told = reader.get(f"/api/case-categories/{id_of('01001')}").json()
    assert (told["borrowed"]["kind"], told["borrowed"]["code"]) == ("component", "01001")
    assert len(told["filing_rules"]) > 1 and told["faults"] == []


def test_a_component_without_rules_tells_the_defaults_by_fault(reader: Client) -> None:
    told = reader.get(f"/api/case-categories/{id_of('01005', 'component')}").json()
    assert told["filing_rules"] == [] and told["default"] is None
    assert ("井盖缺失、移位、开裂", "2 紧急工作时") in [(fault["name"], fault["limit"]) for fault in told["faults"]]
    assert "推断" in told["faults_words"]


def test_readers_do_not_change_anything(reader: Client) -> None:
    assert reader.get("/api/case-categories").json()["may_edit"] is False
    refused = send(reader, "POST", f"/case-categories/{id_of('06010')}/close", {"version": 1, "reason": WHY})
    assert refused.status_code == 403


def test_whoever_keeps_it_in_a_town_only_does_not_change_the_district_s(db: str) -> None:
    town = staff.client(staff.staff("town", permissions=["cases.category.edit"]))
    assert town.get("/api/case-categories").json()["may_edit"] is False
    refused = send(town, "POST", "/case-categories", FACTS | {"standard_ref": "某区", "kind": "matter", "reason": WHY})
    assert refused.status_code == 403


# --- by hand --------------------------------------------------------------------------------------------------------


def add(keeper: Client, **more: Any) -> Any:
    return send(
        keeper, "POST", "/case-categories", FACTS | {"standard_ref": GB, "kind": "matter", "reason": WHY} | more
    )


def test_local_minors_are_numbered_from_99_downward(keeper: Client) -> None:
    said = keeper.get(f"/api/case-categories/next-code?standard_ref={GB}&kind=matter&major=06").json()
    assert said == {"code": "06099"}
    first, second = add(keeper), add(keeper, name="占道作业")
    assert (first.status_code, first.json()["code"], second.json()["code"]) == (201, "06099", "06098")
    assert (first.json()["certainty"], first.json()["initials"]) == ("local", "zddf")
    with acting(staff.OPERATOR):
        assert ChangeLog.objects.filter(action="cases.category.add").count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": " "}, "name"), ({"major": "6"}, "major"), ({"procedure": "x"}, "procedure"), ({"kind": "x"}, "kind"),
     ({"reason": ""}, "reason"), ({"code": "07001"}, "code"), ({"restricted_to": "all"}, "restricted_to"),
     ({"name": "长" * 61}, "name")],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_new_category_is_told(keeper: Client, body: dict[str, Any], field: str) -> None:
    refused = add(keeper, **body)
    assert refused.status_code == 422
    assert field in [problem["field"] for problem in refused.json()["fields"]]


def test_a_key_is_taken_once(keeper: Client) -> None:
    refused = add(keeper, code="06010")
    assert (refused.status_code, refused.json()["code"]) == (409, "cases.category.taken")


def test_changing_asks_for_the_version_that_was_read(keeper: Client) -> None:
    path = f"/case-categories/{id_of('06010')}"
    before = keeper.get(f"/api{path}").json()
    same = {name: before[name] for name in ("major", "major_name", "procedure", "certainty", "source", "note")}
    done = send(keeper, "PUT", path, same | {"name": "露天垃圾", "offered": False, "version": 1, "reason": WHY})
    told = done.json()
    assert (told["name"], told["initials"], told["version"], told["offered"]) == ("露天垃圾", "ltlj", 2, False)
    versions = [(version["name"], version["version"], version["by"]) for version in told["versions"]]
    assert versions == [("暴露垃圾", 1, "用户keeper")]
    again = send(keeper, "PUT", path, same | {"name": "又改", "version": 1, "reason": WHY})
    assert (again.status_code, again.json()["code"]) == (409, "cases.category.changed")


def test_closing_names_a_successor_and_keeps_the_rules(keeper: Client, reader: Client) -> None:
    path, heir = f"/case-categories/{id_of('06010')}", id_of("06011")
    on = clock.today() + timedelta(days=30)
    body = {"on": str(on), "successor_id": str(heir), "version": 1, "reason": WHY}
    closed = send(keeper, "POST", f"{path}/close", body).json()
    assert (closed["valid_until"], closed["superseded_by"]["code"], closed["held"]) == (str(on), "06011", True)
    assert closed["rules"] == 1
    assert ("matter", "06010") in codes(reader, "q=06010")
    assert codes(reader, f"q=06010&day={on}") == []
    assert codes(reader, f"q=06010&day={on}&state=all") == [("matter", "06010")]
    assert reader.get(f"/api/case-categories/{heir}").json()["replaced"][0]["code"] == "06010"
    again = send(keeper, "POST", f"{path}/close", {"on": str(on), "version": 2, "reason": WHY})
    assert (again.status_code, again.json()["code"]) == (422, "cases.category.closed")
    opened = send(keeper, "POST", f"{path}/reopen", {"version": 2, "reason": WHY}).json()
    assert (opened["valid_until"], opened["superseded_by"]) == (None, None)


@pytest.mark.parametrize("heir", ["06010", None], ids=["itself", "nobody"])
def test_a_successor_is_another_category_that_holds(keeper: Client, heir: str | None) -> None:
    successor = id_of(heir) if heir else uuid.uuid4()
    body = {"successor_id": str(successor), "version": 1, "reason": WHY}
    refused = send(keeper, "POST", f"/case-categories/{id_of('06010')}/close", body)
    assert [problem["field"] for problem in refused.json()["fields"]] == ["successor_id"]


def rule(keeper: Client, code: str = "06010", **more: Any) -> Any:
    body = {"limit_value": 8, "clock": "work_hour", "rule_set": "某区时限", "filing_condition": "沿街", "reason": WHY}
    return send(keeper, "POST", f"/case-categories/{id_of(code)}/rules", body | more)


def test_an_own_rule_counts_from_its_day_and_the_sample_steps_aside(keeper: Client, reader: Client) -> None:
    on = clock.today() + timedelta(days=10)
    assert rule(keeper, valid_from=str(on)).status_code == 201
    path = f"/api/case-categories/{id_of('06010')}"
    today, later = reader.get(path).json(), reader.get(f"{path}?day={on}").json()

    def in_force(told: dict[str, Any]) -> list[str]:
        return [r["rule_set"] for r in told["filing_rules"] if r["in_force"]]

    assert (in_force(today), in_force(later)) == (["运城市样例"], ["某区时限"])
    assert later["default"]["limit"] == "8 工作时"


def test_a_rule_is_ended_once_and_another_may_follow(keeper: Client) -> None:
    made = next(r for r in rule(keeper).json()["filing_rules"] if r["rule_set"] == "某区时限")
    taken = rule(keeper)
    assert (taken.status_code, taken.json()["code"]) == (409, "cases.rule.taken")
    ended = send(keeper, "POST", f"/filing-rules/{made['id']}/end", {"reason": WHY}).json()
    assert next(r for r in ended["filing_rules"] if r["id"] == made["id"])["valid_until"] == str(clock.today())
    again = send(keeper, "POST", f"/filing-rules/{made['id']}/end", {"reason": WHY})
    assert (again.status_code, again.json()["code"]) == (409, "cases.rule.ended")
    assert rule(keeper, limit_value=4).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [({"clock": "lunar"}, "clock"), ({"limit_value": -1}, "limit_value"), ({"limit_value": 10**30}, "limit_value"),
     ({"target": "x"}, "target"), ({"rule_set": ""}, "rule_set")],
    ids=str,
)  # fmt: skip
def test_what_is_wrong_with_a_rule_is_told(keeper: Client, body: dict[str, Any], field: str) -> None:
    refused = rule(keeper, **body)
    assert [problem["field"] for problem in refused.json()["fields"]] == [field]


def test_a_closed_category_takes_no_rule(keeper: Client) -> None:
    send(keeper, "POST", f"/case-categories/{id_of('06010')}/close", {"version": 1, "reason": WHY})
    refused = rule(keeper)
    assert (refused.status_code, refused.json()["code"]) == (422, "cases.category.closed")


# --- files ----------------------------------------------------------------------------------------------------------


def sheet(*rows: list[str]) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows([["标准", "类型", "大类名称", "编码", "名称"], *rows])
    return SimpleUploadedFile("目录.csv", text.getvalue().encode())


ROW = ["某市", "事项", "环境", "11001", "暴露垃圾"]


def test_a_file_is_looked_at_and_then_loaded(keeper: Client, reader: Client) -> None:
    on = str(clock.today())
    told = keeper.post(
        "/api/case-categories/preview", {"table": "categories", "effective_from": on, "file": sheet(ROW)}
    )
    assert told.json()["counts"] == {"added": 1, "changed": 0, "closed": 0, "reopened": 0}
    assert codes(reader, "q=11001") == []
    body = {"table": "categories", "effective_from": on, "stamp": told.json()["stamp"], "reason": WHY}
    other = keeper.post("/api/case-categories/loads", body | {"file": sheet(ROW, [*ROW[:3], "11002", "渣土"])})
    assert (other.status_code, other.json()["code"]) == (409, "cases.directory.moved")
    done = keeper.post("/api/case-categories/loads", body | {"file": sheet(ROW)})
    assert done.status_code == 201 and codes(reader, "q=11001") == [("matter", "11001")]


def test_findings_of_a_file_are_told_in_the_readers_language(keeper: Client) -> None:
    body = {"table": "categories", "file": sheet(ROW, ROW)}
    told = keeper.post("/api/case-categories/preview", body, headers={"Accept-Language": "en"}).json()
    assert (told["stamp"], told["total_findings"]) == ("", 1)
    assert told["findings"] == [
        {"row": 3, "column": "Code", "message": "The same key is in the file twice (see row 2)."}
    ]


def test_what_is_no_table_is_refused_with_words(keeper: Client) -> None:
    body = {"table": "rules", "file": SimpleUploadedFile("x.xlsx", b"%PDF-1.7 nothing")}
    refused = keeper.post("/api/case-categories/preview", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "intake.file.wrong_kind")


def test_the_directory_is_taken_out_as_a_workbook(reader: Client) -> None:
    answer = reader.get("/api/case-categories/export?table=rules")
    lines = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)  # type: ignore[union-attr]
    with acting(staff.OPERATOR):
        assert len(lines) == 2 + FilingRule.objects.count()
    assert lines[1][:4] == ("标准", "类型", "分类编码", "分类名称")


# --- for the rest of the room -----------------------------------------------------------------------------------------


def test_a_case_is_filed_by_the_rules_of_its_day(db: str) -> None:
    with acting(staff.OPERATOR):
        lid = queries.category_of(CategoryKey(GB, "matter", "01001"))
        assert lid is not None
        held = queries.rules_on(lid, clock.today())
        choice = rules.without_condition(held)
    assert len(held) == 4 and choice is not None
    assert (choice.rule.limit_value, choice.rule.clock) == (2, "urgent_hour")
