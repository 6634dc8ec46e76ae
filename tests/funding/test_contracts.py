"""From need to acceptance: steps in order, payments that post and never go beyond the contract, assets, what runs out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import money_world
import pytest
import staff
from django.db import ProgrammingError, connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from money_world import HERE, THERE

from linli.funding.models import BookLine, Contract, Facility
from linli.funding.rules import contracts as rules
from linli.kernel import clock
from linli.kernel.scope import acting

cents = st.integers(1, 10**12).map(lambda n: Decimal(n) / 100)


@given(cents, st.lists(cents, max_size=6))
def test_never_more_is_payable_than_is_left(amount: Decimal, paid: list[Decimal]) -> None:
    left = rules.payable(amount, paid)
    assert left >= 0 and (left == 0 or sum(paid) + left == amount)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-100, 100))
def test_a_warning_comes_sixty_days_before_and_says_when_it_is_late(today: date, away: int) -> None:
    found = rules.warned("contract_end", today + timedelta(days=away), today)
    assert (found is None) == (abs(away) > 60)
    assert (rules.warned("milestone", today + timedelta(days=away), today) is None) == (away > 60)
    assert found is None or found.overdue == (away < 0)
    assert rules.warned("milestone", None, today) is None


def test_a_project_goes_forward_only_and_ends() -> None:
    for state, following in rules.NEXT.items():
        assert not rules.may_follow(state, "need") and not rules.may_follow(state, state)
        assert set(following) <= set(rules.STATES)
    assert not rules.may_follow("contracted", "dropped") and not rules.may_follow("nowhere", "tender")


@pytest.fixture
def keeper(seeded_db: str) -> Client:
    return staff.client(staff.staff("keeper", "bookkeeper", staff.DISTRICT))


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return client.generic(method, f"/api/funding{path}", json.dumps(body), content_type="application/json")


def contract_body(source: Any, party: Any, **told: Any) -> dict[str, Any]:
    return {
        "area": HERE, "kind": "purchase", "number": "演示-2026-01", "title": "智能门禁", "party_id": str(party.id),
        "source_id": str(source.id), "account": "1601", "amount": "1000.00", "signed_on": "2026-03-01",
        "parts": [{"name": "首付", "due_on": "2026-03-10", "amount": "300.00"}, {"name": "尾款", "due_on": "2026-09-10", "amount": "700.00"}],
    } | told  # fmt: skip


def test_a_need_goes_through_tender_award_contract_payment_and_acceptance(keeper: Client) -> None:
    source, party = money_world.source(), money_world.party("演示供应商", "supplier")
    need = {"area": HERE, "title": "门禁改造", "source_id": str(source.id), "planned": "1200.00"}
    project = send(keeper, "POST", "/projects", need).json()
    assert project["state"] == "need" and project["next"] == ["tender", "dropped"]
    path = f"/projects/{project['id']}"
    award = {"version": 1, "on": "2026-02-20", "party_id": str(party.id), "amount": "1000.00"}
    assert send(keeper, "POST", f"{path}/awarded", award).json()["code"] == "funding.project.step"
    assert send(keeper, "POST", f"{path}/tender", {"version": 1, "on": "2026-02-01"}).status_code == 422
    told = send(
        keeper, "POST", f"{path}/tender", {"version": 1, "on": "2026-02-01", "method": "enquiry", "number": "ZC-1"}
    )
    assert told.json()["state"] == "tender"
    assert send(keeper, "POST", f"{path}/awarded", award).json()["code"] == "funding.changed"
    assert send(keeper, "POST", f"{path}/awarded", award | {"version": 2}).json()["award_party"] == "演示供应商"

    body = contract_body(source, party, project_id=project["id"], warranty_until="2028-03-01")
    wrong = send(keeper, "POST", "/contracts", body | {"parts": body["parts"][:1], "ends_on": "2026-02-01"})
    assert {f["field"] for f in wrong.json()["fields"]} == {"parts", "ends_on"}
    made = send(keeper, "POST", "/contracts", body)
    assert made.status_code == 201, made.content
    assert send(keeper, "POST", "/contracts", body | {"project_id": None}).json()["code"] == "funding.contract.taken"
    assert keeper.get("/api/funding/projects?state=contracted").json()["items"][0]["contract_id"] == made.json()["id"]

    contract, first = made.json()["id"], made.json()["milestones"][0]["id"]
    pay = {"paid_on": "2026-03-11", "amount": "300.00", "milestone_id": first}
    paid = send(keeper, "POST", f"/contracts/{contract}/pay", pay)
    assert paid.status_code == 201, paid.content
    assert (paid.json()["paid"], paid.json()["left"]) == ("300.00", "700.00")
    entry = keeper.get(f"/api/funding/entries/{paid.json()['payments'][0]['entry_id']}").json()
    assert [(line["account"], line["debit"]) for line in entry["lines"]] == [("1601", "300.00"), ("1002", "0.00")]
    assert entry["party_name"] == "演示供应商" and "首付" in entry["text"]
    beyond = send(keeper, "POST", f"/contracts/{contract}/pay", {"paid_on": "2026-03-11", "amount": "700.01"})
    assert beyond.json()["code"] == "funding.payment.beyond" and "700.00" in beyond.json()["detail"]
    # A reversed payment does not count.
    send(keeper, "POST", f"/entries/{entry['id']}/reverse", {"booked_on": "2026-03-12", "reason": "付错账户"})
    again = keeper.get(f"/api/funding/contracts/{contract}").json()
    assert (again["paid"], again["payments"][0]["reversed"]) == ("0.00", True)
    assert (
        send(keeper, "POST", f"/contracts/{contract}/pay", {"paid_on": "2026-03-13", "amount": "1000.00"}).status_code
        == 201
    )

    costly = {"on": "2026-05-01", "assets": [{"name": "门禁", "quantity": 4, "cost": "1000.01"}]}
    assert send(keeper, "POST", f"/contracts/{contract}/accept", costly).json()["fields"][0]["field"] == "assets"
    fine = {
        "on": "2026-05-01",
        "words": "合格",
        "assets": [{"name": "门禁", "quantity": 4, "cost": "1000.00", "place": "东门"}],
    }
    assert (
        send(keeper, "POST", f"/contracts/{contract}/accept", fine).json()["assets"][0]["warranty_until"]
        == "2028-03-01"
    )
    assert send(keeper, "POST", f"/contracts/{contract}/accept", fine).json()["code"] == "funding.contract.accepted"
    assert keeper.get("/api/funding/projects").json()["items"][0]["state"] == "done"
    assert [a["name"] for a in keeper.get(f"/api/funding/assets?area={HERE}").json()["items"]] == ["门禁"]


def test_what_is_due_is_told_until_it_is_paid(keeper: Client) -> None:
    source, party, today = money_world.source(), money_world.party(), clock.today()
    signed = today - timedelta(days=100)
    parts = [
        {"name": "已过", "due_on": str(today - timedelta(days=3)), "amount": "400.00"},
        {"name": "将到", "due_on": str(today + timedelta(days=30)), "amount": "500.00"},
        {"name": "还远", "due_on": str(today + timedelta(days=90)), "amount": "100.00"},
    ]
    made = send(
        keeper, "POST", "/contracts",
        contract_body(source, party, signed_on=str(signed), ends_on=str(today + timedelta(days=59)), parts=parts),
    ).json()  # fmt: skip
    told = keeper.get("/api/funding/due").json()["items"]
    assert [(d["kind"], d["what"], d["overdue"]) for d in told] == [
        ("milestone", "已过", True), ("milestone", "将到", False), ("contract_end", "", False),
    ]  # fmt: skip
    pay = {"paid_on": str(today), "amount": "150.00", "milestone_id": made["milestones"][0]["id"]}
    send(keeper, "POST", f"/contracts/{made['id']}/pay", pay)
    assert keeper.get("/api/funding/due").json()["items"][0]["amount"] == "250.00"
    send(keeper, "POST", f"/contracts/{made['id']}/pay", pay | {"amount": "250.00"})
    assert [d["what"] for d in keeper.get("/api/funding/due").json()["items"]] == ["将到", ""]


def test_a_closed_month_stops_a_payment_and_nothing_of_it_is_left(keeper: Client) -> None:
    source, party = money_world.source(), money_world.party()
    made = send(keeper, "POST", "/contracts", contract_body(source, party)).json()
    money_world.entry(source, day=date(2026, 3, 1))
    assert send(keeper, "POST", "/periods/close", {"month": 202603}).status_code == 200
    refused = send(keeper, "POST", f"/contracts/{made['id']}/pay", {"paid_on": "2026-03-11", "amount": "1.00"})
    assert refused.json()["code"] == "funding.period.closed"
    assert keeper.get(f"/api/funding/contracts/{made['id']}").json()["payments"] == []
    with acting(staff.OPERATOR):
        assert BookLine.objects.count() == 2


def test_running_cost_tells_each_community_its_year_or_twelve_months_and_those_before(keeper: Client) -> None:
    source = money_world.source()
    for amount, account, day in (("10.10", "5002", 5), ("20.00", "5001", 6), ("99.00", "1601", 7)):
        money_world.entry(source, amount, day=date(2026, 3, day), debit=account, credit="1002")
    money_world.entry(source, "7.00", day=date(2025, 3, 1), debit="5002", credit="1002")
    path = f"/api/funding/running-cost?area={HERE}"
    told = keeper.get(f"{path}&year=2026").json()["items"]
    assert [(r["accounts"], r["total"], r["before"]) for r in told] == [
        ({"5001": "20.00", "5002": "10.10"}, "30.10", "7.00")
    ]
    for amount, day in (("4.00", date(2026, 11, 2)), ("2.00", date(2025, 11, 30)), ("1.00", date(2024, 12, 1))):
        money_world.entry(source, amount, day=day, debit="5002", credit="1002")
    told = keeper.get(path).json()  # to the end of October: this month is not over
    assert (told["first"], told["last"]) == (202511, 202610)
    assert [(r["total"], r["before"]) for r in told["items"]] == [("32.10", "8.00")]


def awarded(keeper: Client, source: Any, party: Any, area: str = HERE) -> str:
    """The id of a project awarded to `party` for 1000.00."""
    need = {"area": area, "title": "门禁改造", "source_id": str(source.id), "planned": "1200.00"}
    project = send(keeper, "POST", "/projects", need).json()["id"]
    tender = {"version": 1, "on": "2026-02-01", "method": "enquiry"}
    assert send(keeper, "POST", f"/projects/{project}/tender", tender).status_code == 200
    award = {"version": 2, "on": "2026-02-20", "party_id": str(party.id), "amount": "1000.00"}
    assert send(keeper, "POST", f"/projects/{project}/awarded", award).status_code == 200
    return str(project)


@pytest.mark.parametrize("field", ["area", "party_id", "source_id", "amount"])
def test_a_contract_of_a_project_is_what_was_awarded(keeper: Client, field: str) -> None:
    source, party = money_world.source(), money_world.party("演示供应商", "supplier")
    told = {
        "area": THERE, "party_id": str(money_world.party("别的供应商", "supplier").id), "amount": "1000.01",
        "source_id": str(money_world.source("另一来源").id),
    }  # fmt: skip
    body = contract_body(source, party, project_id=awarded(keeper, source, party), parts=[])
    refused = send(keeper, "POST", "/contracts", body | {field: told[field]})
    assert refused.status_code == 422
    assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [(field, "award")]
    assert keeper.get("/api/funding/projects").json()["items"][0]["state"] == "awarded"
    assert send(keeper, "POST", "/contracts", body | {"amount": "999.99"}).status_code == 201


def test_a_contract_spends_on_what_its_source_is_for(keeper: Client) -> None:
    source, party = money_world.source(spend_accounts=("1601",)), money_world.party()
    for account, code in (("5002", "earmark"), ("2302", "unknown"), ("4201", "unknown"), ("1002", "unknown")):
        refused = send(keeper, "POST", "/contracts", contract_body(source, party, account=account))
        assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("account", code)], account
    assert send(keeper, "POST", "/contracts", contract_body(source, party)).status_code == 201


def test_no_more_is_paid_for_a_milestone_than_it_is(keeper: Client) -> None:
    made = send(keeper, "POST", "/contracts", contract_body(money_world.source(), money_world.party())).json()
    first, path = made["milestones"][0]["id"], f"/contracts/{made['id']}/pay"
    pay = {"paid_on": "2026-03-11", "amount": "100.00", "milestone_id": first}
    assert send(keeper, "POST", path, pay).status_code == 201
    beyond = send(keeper, "POST", path, pay | {"amount": "200.01"})
    assert (beyond.status_code, beyond.json()["code"]) == (422, "funding.payment.beyond_part")
    assert "200.00" in beyond.json()["detail"] and beyond.json()["fields"][0]["field"] == "amount"
    assert send(keeper, "POST", path, pay | {"amount": "200.00"}).status_code == 201
    # What was reversed may be paid again.
    entry = keeper.get(f"/api/funding/contracts/{made['id']}").json()["payments"][0]["entry_id"]
    send(keeper, "POST", f"/entries/{entry}/reverse", {"booked_on": "2026-03-12", "reason": "付错账户"})
    assert send(keeper, "POST", path, pay | {"amount": "100.00"}).status_code == 201


def test_a_contract_whose_project_lies_out_of_sight_is_accepted_all_the_same(keeper: Client) -> None:
    source, party = money_world.source(), money_world.party()
    project = awarded(keeper, source, party, THERE)
    made = send(keeper, "POST", "/contracts", contract_body(source, party)).json()["id"]
    with acting(staff.OPERATOR):
        Contract.objects.filter(id=made).update(project_id=project)
    town = staff.client(staff.staff("town", "bookkeeper", staff.TOWN))
    assert send(town, "POST", f"/contracts/{made}/accept", {"on": "2026-05-01"}).status_code == 200
    assert keeper.get("/api/funding/projects").json()["items"][0]["state"] == "awarded"


def test_what_is_due_goes_on_page_by_page_and_a_purchase_until_it_is_accepted(keeper: Client) -> None:
    source, party, today = money_world.source(), money_world.party(), clock.today()
    signed = str(today - timedelta(days=400))
    told = (
        ("演示-1", {"parts": [{"name": "尾款", "due_on": str(today), "amount": "1000.00"}], "ends_on": str(today + timedelta(days=5))}),
        ("演示-2", {"parts": [{"name": "尾款", "due_on": str(today + timedelta(days=5)), "amount": "1000.00"}]}),
        ("演示-3", {"parts": [], "ends_on": str(today - timedelta(days=61)), "kind": "upkeep", "account": "5002"}),
        ("演示-4", {"parts": [], "ends_on": str(today - timedelta(days=90))}),
    )  # fmt: skip
    made = [
        send(keeper, "POST", "/contracts", contract_body(source, party, number=number, signed_on=signed) | more).json()
        for number, more in told
    ]
    pay = {"paid_on": str(today), "amount": "1000.00", "milestone_id": made[0]["milestones"][0]["id"]}
    assert send(keeper, "POST", f"/contracts/{made[0]['id']}/pay", pay).status_code == 201
    seen, cursor, count = [], "", None
    while True:
        page = keeper.get(f"/api/funding/due?limit=1{cursor}").json()
        count = count or page["count"]["value"]
        seen += [(row["kind"], row["number"], row["overdue"]) for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert count == 3 and seen == [
        ("acceptance", "演示-4", True), ("contract_end", "演示-1", False), ("milestone", "演示-2", False),
    ]  # fmt: skip
    assert [d["number"] for d in keeper.get("/api/funding/due?what=acceptance").json()["items"]] == ["演示-4"]
    accepted = send(keeper, "POST", f"/contracts/{made[3]['id']}/accept", {"on": str(today)})
    assert accepted.status_code == 200
    assert keeper.get("/api/funding/due?what=acceptance").json()["items"] == []


@pytest.mark.parametrize("path", ["projects", "contracts", "assets", "facilities", "revenues", "due", "sustainability"])
def test_no_list_ends_silently(keeper: Client, path: str) -> None:
    source, party, today = money_world.source(), money_world.party(), clock.today()
    for number in range(3):
        need = {"area": HERE, "title": f"需求{number}", "source_id": str(source.id), "planned": "1.00"}
        assert send(keeper, "POST", "/projects", need).status_code == 201
        body = contract_body(
            source, party, number=f"演示-{number}", parts=[], kind="purchase", signed_on=str(today - timedelta(days=9)),
            warranty_until=str(today + timedelta(days=9)),
        )  # fmt: skip
        contract = send(keeper, "POST", "/contracts", body).json()["id"]
        bought = {"on": str(today), "assets": [{"name": "门禁", "quantity": 1, "cost": "1.00"}]}
        assert send(keeper, "POST", f"/contracts/{contract}/accept", bought).status_code == 200
        facility = {
            "area": HERE, "kind": "charger", "name": f"桩{number}", "opened_on": "2025-01-01", "invested": "1.00", "yearly_upkeep": "2.00",
        }  # fmt: skip
        made = send(keeper, "POST", "/facilities", facility).json()["id"]
        revenue = {
            "facility_id": made, "party_id": str(party.id), "source_id": str(source.id), "kind": "rent", "number": f"租-{number}",
            "rate": "1", "valid_from": str(today),
        }  # fmt: skip
        assert send(keeper, "POST", "/revenues", revenue).status_code == 201
    first = keeper.get(f"/api/funding/{path}?limit=2").json()
    assert len(first["items"]) == 2 and first["count"]["value"] == 3
    last = keeper.get(f"/api/funding/{path}?limit=2&cursor={first['next']}").json()
    assert len(last["items"]) == 1 and last["next"] is None and last["count"] is None
    assert not [row for row in last["items"] if row in first["items"]]
    assert keeper.get(f"/api/funding/{path}?cursor=WyJ4Il0").status_code == 422


def test_months_to_close_wait_for_who_closes_them(keeper: Client) -> None:
    months = money_world.months_before(3)
    source = money_world.source()
    for month in (months[0], months[2]):
        money_world.entry(source, day=date(month // 100, month % 100, 3))

    def waiting(reader: Client) -> list[int]:
        return [row["month"] for row in reader.get("/api/funding/periods?closing=true").json()["items"]]

    def told(reader: Client) -> dict[str, int]:
        return {item["code"]: item["count"]["value"] for item in reader.get("/api/today").json()["items"]}

    assert waiting(keeper) == months[::-1] and told(keeper)["funding_periods"] == 3
    assert send(keeper, "POST", "/periods/close", {"month": months[0]}).status_code == 200
    assert waiting(keeper) == [months[2], months[1]]
    town = staff.client(staff.staff("town", "bookkeeper", staff.TOWN))
    assert waiting(town) == [] and "funding_periods" not in told(town)


def test_what_is_wrong_is_said_as_it_is_and_in_the_reader_s_language(keeper: Client) -> None:
    source, party = money_world.source(), money_world.party()
    need = {"area": HERE, "title": "门禁改造", "source_id": str(source.id), "planned": "1.00"}
    path = f"/api/funding/projects/{send(keeper, 'POST', '/projects', need).json()['id']}/awarded"
    step = json.dumps({"version": 1, "on": "2026-02-01"})
    said = {
        language: keeper.post(path, step, content_type="application/json", headers={"Accept-Language": language}).json()
        for language in ("en", "zh")
    }
    assert "at Need;" in said["en"]["detail"] and "“需求”" in said["zh"]["detail"]
    assert said["en"]["code"] == "funding.project.step" and said["en"]["params"]["state"] == "Need"
    made = send(keeper, "POST", "/contracts", contract_body(source, party)).json()["id"]
    late = {"on": str(clock.today() + timedelta(days=1)), "assets": []}
    refused = send(keeper, "POST", f"/contracts/{made}/accept", late).json()["fields"]
    assert [(f["field"], f["code"]) for f in refused] == [("on", "range")] and "2026-03-01" in refused[0]["message"]
    nothing = send(keeper, "POST", f"/contracts/{made}/pay", {"paid_on": "2026-03-11", "amount": "0.00"}).json()[
        "fields"
    ]
    assert [f["field"] for f in nothing] == ["amount"] and "大于零" in nothing[0]["message"]


def test_what_was_agreed_paid_and_bought_stays_and_terms_leave_their_history(keeper: Client, owner_sql: Any) -> None:
    source, party = money_world.source(), money_world.party()
    made = send(keeper, "POST", "/contracts", contract_body(source, party)).json()
    send(keeper, "POST", f"/contracts/{made['id']}/pay", {"paid_on": "2026-03-11", "amount": "1.00"})
    accepted = {"on": "2026-05-01", "assets": [{"name": "门禁", "quantity": 4, "cost": "1000.00"}]}
    assert send(keeper, "POST", f"/contracts/{made['id']}/accept", accepted).status_code == 200
    for statement in (
        "UPDATE funding_asset SET cost = 1", "DELETE FROM funding_asset", "UPDATE funding_payment SET amount = 2", "DELETE FROM funding_milestone",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError), acting(staff.OPERATOR):
            connection.cursor().execute(statement)
        with pytest.raises(Exception, match="never changed"):
            owner_sql(statement)
    facility = {
        "area": HERE, "kind": "charger", "name": "充电桩", "opened_on": "2025-01-01", "invested": "1.00", "yearly_upkeep": "2.00",
    }  # fmt: skip
    assert send(keeper, "POST", "/facilities", facility).status_code == 201
    with acting(staff.OPERATOR):
        Facility.objects.update(yearly_upkeep=3)
    assert owner_sql("SELECT yearly_upkeep, op FROM funding_facility_history") == [(Decimal("2.00"), "U")]
