"""What operators pay: usage times rate, rounded once; settled once; and whether a facility pays for its upkeep."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from threading import Thread
from typing import Any
from uuid import UUID

import money_world
import pytest
import staff
from django.db import OperationalError, connection, connections
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from money_world import HERE
from psycopg.errors import LockNotAvailable

from linli.funding import rules as money
from linli.funding.operations import actions, queries
from linli.funding.operations.models import RevenueContract
from linli.funding.rules import operating as rules
from linli.funding.rules.operating import Case, Terms, WhatIf
from linli.kernel.scope import acting

amounts = st.integers(0, 10**10).map(lambda n: Decimal(n) / 100)


@given(st.integers(0, 10**10).map(lambda n: Decimal(n) / 1000), st.integers(1, 10**8).map(lambda n: Decimal(n) / 10**6))
def test_usage_settles_to_quantity_times_rate_half_a_cent_up(quantity: Decimal, rate: Decimal) -> None:
    found = rules.due(Terms("per_kwh", rate, date(2026, 1, 1)), 202602, quantity)
    exact = Fraction(quantity) * Fraction(rate)
    assert found == Decimal((exact * 100 + Fraction(1, 2)).__floor__()) / 100


@given(amounts, st.integers(1, 28), st.integers(1, 28))
def test_a_month_s_rate_is_paid_by_the_days_it_held(rate: Decimal, first: int, last: int) -> None:
    first, last = sorted((first, last))
    terms = Terms("rent", rate, date(2026, 2, first), date(2026, 2, last))
    found = rules.due(terms, 202602, Decimal(0))
    assert abs(Fraction(found) - Fraction(rate) * (last - first + 1) / 28) <= Fraction(1, 200)
    assert rules.due(terms, 202601, Decimal(5)) == rules.due(terms, 202603, Decimal(5)) == 0
    assert rules.due(Terms("rent", rate, date(2020, 1, 1)), 202602, Decimal(0)) == rate


@given(amounts, amounts, amounts, st.integers(1, 50))
def test_a_facility_pays_back_when_its_net_adds_up_to_what_was_invested(
    invested: Decimal, earned: Decimal, upkeep: Decimal, life: int
) -> None:
    found = rules.judge(Case(invested, earned, upkeep, life))
    assert found.net == earned - upkeep and found.pays_upkeep == (earned >= upkeep)
    if invested and earned > upkeep:
        assert found.years is not None and abs(found.years - invested / found.net) <= Decimal("0.05")
        assert found.in_life == (found.net * life >= invested)
    elif invested:
        assert found.years is None and not found.in_life
    assert rules.judge(Case(invested, earned, upkeep, life), WhatIf()) == found


@given(amounts, amounts, st.integers(0, 500))
def test_more_use_never_makes_it_worse(earned: Decimal, upkeep: Decimal, use: int) -> None:
    case = Case(Decimal("1000.00"), earned, upkeep)
    assert rules.judge(case, WhatIf(use=use + 10)).net >= rules.judge(case, WhatIf(use=use)).net


@given(amounts, amounts, st.integers(0, 500))
def test_use_changes_what_is_paid_by_use_only(by_use: Decimal, fixed: Decimal, use: int) -> None:
    case = Case(Decimal("1000.00"), by_use + fixed, Decimal(0), fixed=fixed)
    assert rules.judge(case, WhatIf(use=use)).earned == money.rounded(by_use * use / 100 + fixed)


@given(amounts, amounts, amounts, st.integers(1, 12))
def test_a_part_of_a_year_is_judged_by_its_months(
    invested: Decimal, earned: Decimal, upkeep: Decimal, months: int
) -> None:
    young = rules.judge(Case(invested, earned, upkeep, months=Fraction(months)))
    whole = rules.judge(Case(invested * 12, earned * 12, upkeep * 12, life=10 * months))
    assert young.pays_upkeep == whole.pays_upkeep
    if young.years:
        assert abs(young.years - invested * months / 12 / young.net) <= Decimal("0.05")
    assert young.in_life == (invested == 0 or (young.net > 0 and invested * months <= young.net * 10 * 12))
    assert rules.judge(Case(invested, earned, upkeep, months=Fraction(0))).pays_upkeep is None


def test_months_in_use_count_the_first_by_its_days() -> None:
    months = money.months(202501, 202512)
    assert rules.months_in_use(date(2025, 9, 16), months) == 3 + Fraction(15, 30)
    assert rules.months_in_use(date(2020, 1, 1), months) == 12 and rules.months_in_use(date(2026, 1, 1), months) == 0
    assert rules.scaled(Decimal("120.00"), 3 + Fraction(15, 30)) == Decimal("35.00")


@given(amounts, amounts, st.dates(date(2023, 1, 1), date(2025, 12, 31)), st.dates(date(2023, 1, 1), date(2025, 12, 31)))
def test_what_was_paid_tells_the_upkeep_of_a_whole_year_only(
    yearly: Decimal, spent: Decimal, opened: date, first_paid: date
) -> None:
    months = money.months(202501, 202512)
    upkeep, booked, used = rules.upkeep_of(opened, yearly, spent, first_paid, months)
    assert upkeep == (spent if booked else rules.scaled(yearly, used))
    assert not booked or (spent > 0 and used == 12 and (first_paid < date(2025, 2, 1) or spent >= yearly))
    assert rules.upkeep_of(opened, yearly, Decimal(0), first_paid, months)[1] is False


def test_a_year_s_prepayment_is_not_the_upkeep_of_a_few_months() -> None:
    months, year, long_ago = money.months(202501, 202512), Decimal("120.00"), date(2020, 1, 1)
    assert rules.upkeep_of(date(2025, 10, 1), year, year, date(2025, 10, 1), months) == (Decimal("30.00"), False, 3)
    assert rules.upkeep_of(long_ago, year, Decimal(0), date(2024, 12, 31), months) == (year, False, 12)
    assert rules.upkeep_of(long_ago, year, Decimal("90.00"), date(2024, 12, 31), months) == (Decimal("90.00"), True, 12)


@pytest.fixture
def keeper(seeded_db: str) -> Client:
    return staff.client(staff.staff("keeper", "bookkeeper", staff.DISTRICT))


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return client.generic(method, f"/api/funding{path}", json.dumps(body), content_type="application/json")


def charger(keeper: Client, **told: Any) -> tuple[str, str]:
    """A charger with a contract by usage; returns the ids of both."""
    source, party = money_world.source("设施运营收入（演示）", kind="operation"), money_world.party()
    facility = send(
        keeper, "POST", "/facilities",
        {"area": HERE, "kind": "charger", "name": "东门充电桩", "opened_on": "2025-01-01", "invested": "1000.00", "yearly_upkeep": "120.00"},
    )  # fmt: skip
    assert facility.status_code == 201, facility.content
    made = send(
        keeper, "POST", "/revenues",
        {
            "facility_id": facility.json()["id"], "party_id": str(party.id), "source_id": str(source.id), "kind": "per_kwh",
            "number": "演示-充-1", "rate": "0.123456", "valid_from": "2025-01-01",
        } | told,
    )  # fmt: skip
    assert made.status_code == 201, made.content
    return facility.json()["id"], made.json()["id"]


def test_a_month_is_settled_once_from_its_usage_and_posts_its_entry(keeper: Client) -> None:
    _, contract = charger(keeper)
    settle = {"month": 202602, "booked_on": "2026-03-02"}
    assert send(keeper, "POST", f"/revenues/{contract}/settle", settle).json()["code"] == "funding.settlement.nothing"
    usage = {"rows": [{"number": "演示-充-1", "month": 202602, "quantity": "1000.5"}], "origin": "二月对账单"}
    assert send(keeper, "POST", "/usage", usage).json() == {"taken": 1}
    usage["rows"][0]["quantity"] = "2000.125"
    assert send(keeper, "POST", "/usage", usage).json() == {"taken": 1}
    seen = settle | {"amount": "123.52"}  # what it came to before
    changed = send(keeper, "POST", f"/revenues/{contract}/settle", seen)
    assert changed.status_code == 409 and changed.json()["code"] == "funding.settlement.changed"
    assert "246.93" in changed.json()["detail"]
    made = send(keeper, "POST", f"/revenues/{contract}/settle", settle | {"amount": "246.93"})
    assert made.status_code == 201, made.content
    assert made.json()["amount"] == "246.93"  # 2000.125 × 0.123456 = 246.927432
    entry = keeper.get(f"/api/funding/entries/{made.json()['entry_id']}").json()
    assert [(line["account"], line["debit"], line["credit"]) for line in entry["lines"]] == [
        ("1212", "246.93", "0.00"), ("4401", "0.00", "246.93"),
    ]  # fmt: skip
    assert send(keeper, "POST", f"/revenues/{contract}/settle", settle).json()["code"] == "funding.settlement.done"
    stays = send(keeper, "POST", "/usage", usage)
    assert [(f["field"], f["code"]) for f in stays.json()["fields"]] == [("rows.0.month", "settled")]
    send(keeper, "POST", f"/entries/{entry['id']}/reverse", {"booked_on": "2026-03-03", "reason": "用量有误"})
    usage["rows"][0]["quantity"] = "10"
    assert send(keeper, "POST", "/usage", usage).status_code == 200
    assert send(keeper, "POST", f"/revenues/{contract}/settle", settle).json()["amount"] == "1.23"
    this = {"month": 209911, "booked_on": "2026-03-02"}
    assert send(keeper, "POST", f"/revenues/{contract}/settle", this).json()["code"] == "funding.settlement.nothing"


def test_bad_usage_is_refused_row_by_row_and_none_is_taken(keeper: Client) -> None:
    charger(keeper)
    rows = [
        {"number": "演示-充-1", "month": 202601, "quantity": "1"},
        {"number": "没有", "month": 202601, "quantity": "1"},
        {"number": "演示-充-1", "month": 202613, "quantity": "1"},
        {"number": "演示-充-1", "month": 202601, "quantity": "2"},
    ]
    answer = send(keeper, "POST", "/usage", {"rows": rows})
    assert [(f["field"], f["code"]) for f in answer.json()["fields"]] == [
        ("rows.1.number", "unknown"), ("rows.2.month", "range"), ("rows.3.month", "twice"),
    ]  # fmt: skip
    assert all(m["quantity"] is None for m in keeper.get("/api/funding/revenues").json()["items"][0]["months"])


def test_rent_needs_no_usage_and_is_paid_by_the_days(keeper: Client) -> None:
    _, contract = charger(keeper, kind="rent", rate="300", valid_from="2026-02-15", number="演示-租-1")
    made = send(
        keeper, "POST", f"/revenues/{contract}/settle", {"month": 202602, "booked_on": "2026-03-01", "onto": "1002"}
    )
    assert made.json()["amount"] == "150.00"


def test_sustainability_compares_what_is_with_what_is_supposed(keeper: Client) -> None:
    facility, _ = charger(keeper, kind="rent", rate="40", number="演示-租-2")
    months = [m["month"] for m in keeper.get("/api/funding/revenues").json()["items"][0]["months"]]
    assert len(months) >= 12  # older ones too while they are not settled
    contract = keeper.get("/api/funding/revenues").json()["items"][0]["id"]
    for month in months[-6:]:
        assert send(
            keeper, "POST", f"/revenues/{contract}/settle", {"month": month, "booked_on": "2026-11-01"}
        ).status_code in (201, 422)
    told = keeper.get("/api/funding/sustainability?use=300&rate=200&upkeep=50").json()["items"][
        0
    ]  # rent does not hang on use
    assert told["facility"]["id"] == facility and not told["booked"]
    verdict, supposed = told["verdict"], told["supposed"]
    assert verdict["upkeep"] == "120.00" and supposed["upkeep"] == "60.00"
    assert Decimal(supposed["earned"]) == 2 * Decimal(verdict["earned"])
    assert verdict["pays_upkeep"] == (Decimal(verdict["earned"]) >= 120)


def test_a_facility_in_use_for_three_months_owes_three_months_of_upkeep(keeper: Client) -> None:
    begun = money.first_day(queries.last_months(3)[0])
    body = {
        "area": HERE, "kind": "screen", "name": "新屏", "opened_on": str(begun), "invested": "100.00", "yearly_upkeep": "120.00",
    }  # fmt: skip
    assert send(keeper, "POST", "/facilities", body).status_code == 201
    [told] = keeper.get("/api/funding/sustainability").json()["items"]
    assert (told["verdict"]["upkeep"], told["months"], told["booked"]) == ("30.00", "3.0", False)


def test_a_settlement_is_booked_when_its_month_is_over(keeper: Client) -> None:
    _, contract = charger(keeper, kind="rent", rate="300", number="演示-租-3")
    path = f"/revenues/{contract}/settle"
    refused = send(keeper, "POST", path, {"month": 202602, "booked_on": "2026-02-28"})
    assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("booked_on", "early")]
    assert "2026-03-01" in refused.json()["fields"][0]["message"]
    assert send(keeper, "POST", path, {"month": 202602, "booked_on": "2026-03-01"}).status_code == 201


def test_usage_is_not_replaced_while_its_month_is_being_settled(keeper: Client) -> None:
    _, contract = charger(keeper)
    used = [actions.Used("演示-充-1", 202602, Decimal(1000))]
    with acting(staff.OPERATOR):
        actions.import_usage(staff.OPERATOR, used, "对账单")
    ended: list[Any] = []

    def replace() -> None:
        try:
            with acting(staff.OPERATOR):
                connection.cursor().execute("SET LOCAL lock_timeout = '300ms'")
                ended.append(actions.import_usage(staff.OPERATOR, used, "晚到的对账单"))
        except OperationalError as error:
            ended.append(type(error.__cause__))
        finally:
            connections.close_all()

    with acting(staff.OPERATOR):
        actions.settle(staff.OPERATOR, UUID(contract), 202602, date(2026, 3, 2), "1002")
        other = Thread(target=replace)
        other.start()
        other.join()
    assert ended == [LockNotAvailable]


def test_one_small_payment_does_not_stand_for_a_year_of_upkeep(keeper: Client) -> None:
    facility, _ = charger(keeper, kind="rent", rate="40", number="演示-租-4")
    body = {
        "area": HERE, "kind": "upkeep", "number": "演示-维-1", "title": "运维", "party_id": str(money_world.party("维保").id),
        "source_id": str(money_world.source().id), "account": "5002", "amount": "500.00", "signed_on": "2025-01-01",
        "facility_id": facility,
    }  # fmt: skip
    made = send(keeper, "POST", "/contracts", body).json()["id"]
    months = queries.last_months(12)

    def upkeep(paid_on: date, amount: str) -> tuple[str, bool]:
        paid = send(keeper, "POST", f"/contracts/{made}/pay", {"paid_on": str(paid_on), "amount": amount})
        assert paid.status_code == 201, paid.content
        told = keeper.get("/api/funding/sustainability").json()["items"][0]
        return told["verdict"]["upkeep"], told["booked"]

    assert upkeep(money.first_day(months[-1]), "5.00") == ("120.00", False)  # planned: 120.00 a year
    assert upkeep(money.first_day(money.next_month(months[-1])), "200.00") == (
        "120.00",
        False,
    )  # this month is not over
    assert upkeep(money.first_day(months[0]), "30.00") == ("35.00", True)


def test_a_month_that_was_never_settled_stays_in_the_list(keeper: Client) -> None:
    months = queries.last_months(15)
    _, contract = charger(
        keeper, kind="rent", rate="40", number="演示-租-5", valid_from=str(money.first_day(months[0]))
    )
    settle = {"month": months[1], "booked_on": str(money.first_day(months[-1]))}
    assert send(keeper, "POST", f"/revenues/{contract}/settle", settle).status_code == 201
    listed = keeper.get("/api/funding/revenues").json()["items"][0]["months"]
    assert [m["month"] for m in listed] == [months[0], *months[2:]]
    with acting(staff.OPERATOR):
        of = RevenueContract.objects.filter(id=contract).values("facility_id", "party_id", "source_id").get()
    second = {name: str(value) for name, value in of.items()} | {
        "kind": "rent", "rate": "40", "number": "演示-租-6", "valid_from": str(money.first_day(months[-2])),
    }  # fmt: skip
    assert send(keeper, "POST", "/revenues", second).status_code == 201
    first = keeper.get("/api/funding/revenues?limit=1").json()
    assert len(first["items"][0]["months"]) == 2 and first["unsettled"] == 16, (
        "of all contracts, not of those of the page"
    )
    following = keeper.get(f"/api/funding/revenues?limit=1&cursor={first['next']}").json()
    assert following["unsettled"] is None, "told once"
