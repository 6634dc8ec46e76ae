"""What becomes of contracts: other rates from a month on, their end, and those that never held; what was settled and paid stays."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import money_world
import pytest
import staff
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from money_world import HERE, THERE

from linli.access.models import ChangeLog
from linli.funding import rules as money
from linli.funding.operations import queries
from linli.funding.rules import operating as rules
from linli.funding.rules.operating import Terms
from linli.kernel import clock, measures
from linli.kernel.scope import acting

SAME_TOWN = HERE[:9] + "202"


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(1, 10**6)), max_size=6), st.integers(0, 23))
def test_a_month_has_the_rate_agreed_last_of_those_from_it_or_before(changes: list[tuple[int, int]], at: int) -> None:
    months = money.months(202501, 202612)
    later = tuple((money.first_day(months[since]), Decimal(rate)) for since, rate in changes)
    expected = Decimal(7)
    for since, rate in changes:
        if since <= at:
            expected = Decimal(rate)
    terms = Terms("per_kwh", Decimal(7), date(2025, 1, 1), None, later)
    assert rules.rate_in(terms, months[at]) == expected
    assert rules.due(terms, months[at], Decimal(2)) == 2 * expected


@pytest.fixture
def keeper(seeded_db: str) -> Client:
    return staff.client(staff.staff("keeper", "bookkeeper", staff.DISTRICT))


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/funding{path}", json.dumps(body), content_type="application/json")


def rented(keeper: Client, number: str = "演示-租", area: str = HERE, **told: Any) -> dict[str, Any]:
    """A screen rented out for 100.00 a month since long ago."""
    begun = str(money.first_day(queries.last_months(6)[0]))
    facility = send(
        keeper, "/facilities",
        {"area": area, "kind": "screen", "name": "广告屏", "opened_on": begun, "invested": "1.00", "yearly_upkeep": "1.00"},
    ).json()  # fmt: skip
    parties = keeper.get("/api/funding/parties").json()["items"] or [{"id": str(money_world.party().id)}]
    sources = keeper.get("/api/funding/sources").json()["items"] or [{"id": str(money_world.source().id)}]
    made = send(
        keeper, "/revenues",
        {
            "facility_id": facility["id"], "party_id": parties[0]["id"], "source_id": sources[0]["id"], "kind": "rent",
            "number": number, "rate": "100", "valid_from": begun,
        } | told,
    )  # fmt: skip
    assert made.status_code == 201, made.content
    return dict(made.json())


def settle(keeper: Client, contract: dict[str, Any], month: int) -> Any:
    return send(
        keeper, f"/revenues/{contract['id']}/settle", {"month": month, "booked_on": str(clock.today()), "onto": "1002"}
    )


def test_another_rate_holds_from_a_month_on_and_what_was_settled_stays(keeper: Client) -> None:
    contract, months = rented(keeper), queries.last_months(6)
    path = f"/revenues/{contract['id']}/change"
    assert settle(keeper, contract, months[0]).json()["amount"] == "100.00"
    body = {
        "since": str(money.first_day(months[2])),
        "rate": "150.5",
        "valid_until": None,
        "reason": "补充协议",
        "version": 1,
    }
    for told, field, code in (
        ({"since": str(money.first_day(months[2]) + timedelta(days=3))}, "since", "form"),
        ({"since": str(money.first_day(months[0]))}, "since", "settled"),
        ({"since": "2001-01-01"}, "since", "early"),
        ({"valid_until": str(money.first_day(months[1]))}, "valid_until", "early"),
        ({"reason": " "}, "reason", "required"),
    ):
        refused = send(keeper, path, body | told)
        assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [(field, code)], told
    changed = send(keeper, path, body)
    assert changed.status_code == 200, changed.content
    rates = {m["month"]: m["rate"] for m in changed.json()["months"]}
    assert [rates[m] for m in months[:4]] == ["100.000000", "100.000000", "150.500000", "150.500000"]
    assert (changed.json()["rate_now"], changed.json()["terms"][0]["reason"]) == ("150.500000", "补充协议")
    assert send(keeper, path, body).json()["code"] == "funding.changed"
    told = settle(keeper, contract, months[2]).json()
    assert (told["amount"], told["rate"]) == ("150.50", "150.500000")
    assert settle(keeper, contract, months[1]).json()["amount"] == "100.00"


def test_a_mistyped_month_of_a_change_is_put_right_by_another_and_the_end_is_never_left_out(keeper: Client) -> None:
    contract, this = rented(keeper), money.month_of(clock.today())
    path = f"/revenues/{contract['id']}/change"
    ahead = {
        "since": str(money.first_day(this + 200)),
        "rate": "9",
        "valid_until": None,
        "reason": "误录",
        "version": 1,
    }
    late = send(keeper, path, ahead | {"since": str(money.first_day(money.next_month(this + 200)))}).json()["fields"]
    assert [(f["field"], f["code"]) for f in late] == [("since", "late")]
    unsaid = send(keeper, path, {name: value for name, value in ahead.items() if name != "valid_until"})
    assert unsaid.status_code == 422 and keeper.get("/api/funding/revenues").json()["items"][0]["version"] == 1
    assert send(keeper, path, ahead).status_code == 200
    right = ahead | {"since": str(money.first_day(this)), "rate": "120", "reason": "更正", "version": 2}
    changed = send(keeper, path, right)
    assert changed.status_code == 200, changed.content
    assert changed.json()["rate_now"] == "120.000000"


def test_a_contract_that_ended_goes_on_from_the_day_after_and_never_with_a_gap(keeper: Client) -> None:
    contract, months = rented(keeper), queries.last_months(6)
    path, last = f"/revenues/{contract['id']}", money.first_day(months[2]) - timedelta(days=1)
    send(keeper, f"{path}/end", {"on": str(last), "reason": "到期不续", "version": 1})
    body = {
        "since": str(money.first_day(months[3])),
        "rate": "100",
        "valid_until": None,
        "reason": "续约",
        "version": 2,
    }
    refused = send(keeper, f"{path}/change", body).json()["fields"]
    assert [(f["field"], f["code"]) for f in refused] == [("since", "ended")] and str(last) in refused[0]["message"]
    revived = send(keeper, f"{path}/change", body | {"since": str(money.first_day(months[2]))})
    assert revived.status_code == 200, revived.content
    assert (revived.json()["state"], revived.json()["reason"]) == ("running", "")
    # Ended and settled within a month: the rest of that month is never of it.
    cut = money.first_day(months[3]) + timedelta(days=9)
    assert send(keeper, f"{path}/end", {"on": str(cut), "reason": "拆除", "version": 3}).status_code == 200
    assert settle(keeper, contract, months[3]).status_code == 201
    for since in (months[3], months[4]):
        again = send(keeper, f"{path}/change", body | {"since": str(money.first_day(since)), "version": 4})
        assert again.status_code == 422, since


def test_a_contract_ends_on_a_day_and_is_settled_to_it(keeper: Client) -> None:
    contract, months = rented(keeper), queries.last_months(6)
    assert settle(keeper, contract, months[1]).status_code == 201
    path, last = f"/revenues/{contract['id']}/end", money.first_day(months[2]) - timedelta(days=1)
    body = {"on": str(last - timedelta(days=1)), "reason": "设施拆除", "version": 1}
    refused = send(keeper, path, body).json()["fields"]
    assert [(f["field"], f["code"]) for f in refused] == [("on", "settled")] and str(last) in refused[0]["message"]
    ended = send(keeper, path, body | {"on": str(money.first_day(months[3]) + timedelta(days=14))}).json()
    assert (ended["state"], ended["reason"]) == ("ended", "设施拆除")
    assert {m["month"] for m in ended["months"]} == set(months[:4])
    days = (money.first_day(money.next_month(months[3])) - money.first_day(months[3])).days
    assert settle(keeper, contract, months[3]).json()["amount"] == str(money.rounded(Decimal(1500) / days))
    assert settle(keeper, contract, months[4]).json()["code"] == "funding.settlement.nothing"
    late = send(keeper, path, body | {"on": str(clock.today()), "version": 2})
    assert [(f["field"], f["code"]) for f in late.json()["fields"]] == [("on", "range")]


def test_a_contract_of_which_nothing_is_settled_is_cancelled_and_its_number_is_free_again(keeper: Client) -> None:
    contract, months = rented(keeper), queries.last_months(6)
    path, body = f"/revenues/{contract['id']}/cancel", {"reason": "录错单价", "version": 1}
    entry = settle(keeper, contract, months[0]).json()["entry_id"]
    assert send(keeper, path, body).json()["code"] == "funding.revenue.settled"
    send(keeper, f"/entries/{entry}/reverse", {"booked_on": str(clock.today()), "reason": "录错"})
    gone = send(keeper, path, body).json()
    assert (gone["state"], gone["months"]) == ("cancelled", [])
    assert settle(keeper, contract, months[0]).json()["code"] == "funding.revenue.cancelled"
    assert send(keeper, path, body | {"version": 2}).json()["code"] == "funding.revenue.cancelled"
    assert rented(keeper)["number"] == contract["number"]


def test_a_contract_is_cancelled_with_its_project_where_nothing_is_paid(keeper: Client) -> None:
    source, party, today = money_world.source(), money_world.party(), str(clock.today())
    need = {"area": HERE, "title": "门禁", "source_id": str(source.id), "planned": "9.00"}
    project = send(keeper, "/projects", need).json()["id"]
    dropped = {"version": 1, "on": today}
    assert send(keeper, f"/projects/{project}/dropped", dropped).json()["fields"][0]["field"] == "reason"
    assert send(keeper, f"/projects/{project}/tender", dropped | {"method": "small"}).status_code == 200
    award = {"version": 2, "on": today, "party_id": str(party.id), "amount": "9.00"}
    assert send(keeper, f"/projects/{project}/awarded", award).status_code == 200
    body = {
        "area": HERE, "kind": "purchase", "number": "演示-1", "title": "门禁", "party_id": str(party.id), "source_id": str(source.id),
        "account": "1601", "amount": "9.00", "signed_on": today, "project_id": project,
        "parts": [{"name": "首付", "due_on": today, "amount": "9.00"}],
    }  # fmt: skip
    made = send(keeper, "/contracts", body).json()["id"]
    pay = {"paid_on": today, "amount": "1.00"}
    entry = send(keeper, f"/contracts/{made}/pay", pay).json()["payments"][0]["entry_id"]
    reason = {"reason": "供应商退出"}
    assert send(keeper, f"/contracts/{made}/cancel", reason).json()["code"] == "funding.contract.paid"
    send(keeper, f"/entries/{entry}/reverse", {"booked_on": today, "reason": "退回"})
    assert send(keeper, f"/contracts/{made}/cancel", reason).json()["cancelled_on"] == today
    for step, told in (("pay", pay), ("accept", {"on": today}), ("cancel", reason)):
        assert send(keeper, f"/contracts/{made}/{step}", told).json()["code"] == "funding.contract.cancelled"
    [left] = keeper.get("/api/funding/projects").json()["items"]
    assert (left["state"], left["drop_reason"], left["next"]) == ("dropped", "供应商退出", [])
    assert keeper.get("/api/funding/due").json()["items"] == []
    assert send(keeper, "/contracts", body | {"project_id": None}).status_code == 201


def test_a_number_is_its_town_s_and_usage_says_whose_where_two_have_it(keeper: Client) -> None:
    months = queries.last_months(6)
    here, there = rented(keeper, "充-1", kind="per_kwh"), rented(keeper, "充-1", THERE, kind="per_kwh")
    with pytest.raises(AssertionError, match=r"funding\.revenue\.taken"):
        rented(keeper, "充-1", SAME_TOWN)
    rows = {"rows": [{"number": "充-1", "month": months[0], "quantity": "3"}], "origin": "对账单"}
    refused = send(keeper, "/usage", rows).json()["fields"]
    assert [(f["field"], f["code"]) for f in refused] == [("rows.0.number", "several")]
    named = [row | {"area": area} for row in rows["rows"] for area in (HERE[:9], "没有的镇")]
    refused = send(keeper, "/usage", {"rows": named}).json()["fields"]
    assert [(f["field"], f["code"]) for f in refused] == [("rows.1.number", "unknown")]
    assert send(keeper, "/usage", rows | {"area": THERE[:9]}).json() == {"taken": 1}
    used = {one["id"]: one["months"][0]["quantity"] for one in keeper.get("/api/funding/revenues").json()["items"]}
    assert used == {here["id"]: None, there["id"]: "3.000"}
    # Both in one import, each row with whose it is: by code or by name.
    both = [row | {"area": area} for row in rows["rows"] for area in (HERE[:9], there["area_name"])]
    assert send(keeper, "/usage", {"rows": both}).json() == {"taken": 2}
    with acting(staff.OPERATOR):
        # Logged where the importer's own area is, for whoever looks after it.
        assert {each.area_code for each in ChangeLog.objects.filter(action="funding.usage.import")} == {staff.DISTRICT}


def test_who_may_not_settle_may_not_undo_a_settlement_either(keeper: Client) -> None:
    contract, months = rented(keeper), queries.last_months(6)
    entry = settle(keeper, contract, months[0]).json()["entry_id"]
    books = staff.client(staff.staff("books", permissions=["funding.book.view", "funding.book.keep"], area=HERE[:9]))
    assert books.get(f"/api/funding/entries/{entry}").json()["may_reverse"] is False
    undoing = {"booked_on": str(clock.today()), "reason": "录错"}
    assert send(books, f"/entries/{entry}/reverse", undoing).status_code == 403
    # The API tells who may what, and why not.
    [told] = books.get("/api/funding/revenues").json()["items"]
    assert not told["may_settle"]["allowed"] and told["may_settle"]["why_not"]
    [told] = keeper.get("/api/funding/revenues").json()["items"]
    assert told["may_settle"] == told["may_change"] == {"allowed": True, "why_not": ""}
    assert not told["may_cancel"]["allowed"] and "结算" in told["may_cancel"]["why_not"]
    assert keeper.get(f"/api/funding/entries/{entry}").json()["may_reverse"] is True
    assert send(keeper, f"/entries/{entry}/reverse", undoing).status_code == 201


def test_measures_of_money_are_what_their_pages_tell(keeper: Client, django_assert_num_queries: Any) -> None:
    months = queries.last_months(12)
    contract = rented(keeper)
    for month in queries.last_months(6)[:2]:
        assert settle(keeper, contract, month).status_code == 201
    rented(keeper, "亏", HERE)
    facility = {
        "area": HERE,
        "kind": "other",
        "name": "亏本",
        "opened_on": "2020-01-01",
        "invested": "1",
        "yearly_upkeep": "9",
    }
    assert send(keeper, "/facilities", facility).status_code == 201
    source = money_world.source("区财政（演示）", kind="district_finance")
    for month, amount in ((months[0], "10.10"), (months[-1], "5.00")):
        money_world.entry(source, amount, day=money.first_day(month), debit="5002", credit="1002")
    before = money.first_day(months[0]) - timedelta(days=1)
    money_world.entry(source, "7.00", day=before, debit="5002", credit="1002")
    told = keeper.get("/api/funding/sustainability").json()["items"]
    paying = [row["verdict"]["pays_upkeep"] for row in told]
    assert sorted(paying) == [False, False, True]
    with acting(staff.OPERATOR), django_assert_num_queries(2):
        assert measures.named("funding_running_cost").figures(staff.OPERATOR, 12) == {HERE: 15.1}
        assert measures.named("funding_sustaining_share").figures(staff.OPERATOR, 9) == {HERE[:9]: pytest.approx(1 / 3)}


def test_a_party_and_an_account_leave_their_history(keeper: Client, owner_sql: Any) -> None:
    money_world.party("旧名")
    owner_sql("UPDATE funding_party SET name = '新名'")
    owner_sql("UPDATE funding_account SET name_zh = '银行账户' WHERE code = '1002'")
    assert owner_sql("SELECT name, op FROM funding_party_history") == [("旧名", "U")]
    assert owner_sql("SELECT code, op FROM funding_account_history") == [("1002", "U")]
