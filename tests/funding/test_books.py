"""The books balance whatever is posted and undone; what is posted stays; a closed month takes nothing more."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import money_world
import openpyxl
import pytest
import staff
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from money_world import DAY, HERE, THERE

from linli.access.models import ChangeLog
from linli.funding import rules
from linli.funding.books import posting, queries, reports
from linli.funding.books.posting import NewEntry, NewLine
from linli.funding.models import BookLine, Entry, Period
from linli.kernel import clock
from linli.kernel.errors import Problem
from linli.kernel.scope import acting

pytestmark = pytest.mark.usefixtures("seeded_db")
ALL = (200001, 299912)


@pytest.fixture
def keeper(seeded_db: str) -> Client:
    return staff.client(staff.staff("keeper", "bookkeeper", staff.DISTRICT))


def send(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    return client.generic(method, f"/api/funding{path}", json.dumps(body), content_type="application/json")


def typed(source: Any, **told: Any) -> dict[str, Any]:
    return {
        "area": HERE, "source_id": str(source.id), "booked_on": "2026-03-05", "text": "第一季度电费（演示）",
        "lines": [{"account": "5002", "debit": "1234.56"}, {"account": "1002", "credit": "1234.56"}],
    } | told  # fmt: skip


def test_an_entry_is_posted_numbered_and_found(keeper: Client) -> None:
    source, party = money_world.source(), money_world.party()
    first = send(keeper, "POST", "/entries", typed(source, party_id=str(party.id), document="发票 001"))
    assert first.status_code == 201, first.content
    second = send(keeper, "POST", "/entries", typed(source)).json()
    assert (first.json()["number"], second["number"]) == ("202603-0001", "202603-0002")
    assert first.json()["amount"] == "1234.56" and first.json()["lines"][0]["debit"] == "1234.56"
    listed = keeper.get("/api/funding/entries?q=发票&account=5002&first=202603&last=202603").json()
    assert [row["number"] for row in listed["items"]] == ["202603-0001"] and listed["count"]["value"] == 1
    assert keeper.get(f"/api/funding/entries?party={party.id}&area={THERE}").json()["items"] == []
    with acting(staff.OPERATOR):
        assert ChangeLog.objects.filter(action="funding.entry.post").count() == 2


def test_entries_are_paged_by_day_and_none_is_shown_twice(keeper: Client) -> None:
    source = money_world.source()
    for day in (3, 1, 2, 2, 3):
        money_world.entry(source, day=date(2026, 3, day))
    seen, cursor = [], ""
    while True:
        page = keeper.get(f"/api/funding/entries?limit=2{cursor}").json()
        seen += [(row["booked_on"], row["id"]) for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(set(seen)) == 5 and seen == sorted(seen, reverse=True)
    assert keeper.get("/api/funding/entries?cursor=WyJ4IiwgInkiXQ").status_code == 422


@pytest.mark.parametrize(
    ("told", "field", "code"),
    [
        (
            {"lines": [{"account": "5002", "debit": "10.00"}, {"account": "1002", "credit": "9.99"}]},
            "lines",
            "unbalanced",
        ),
        ({"lines": [{"account": "5002", "debit": "10.00"}]}, "lines", "few"),
        (
            {"lines": [{"account": "5002", "debit": "1", "credit": "1"}, {"account": "1002", "credit": "1"}]},
            "lines.0",
            "side",
        ),
        (
            {"lines": [{"account": "9999", "debit": "1"}, {"account": "1002", "credit": "1"}]},
            "lines.0.account",
            "unknown",
        ),
        ({"text": "  "}, "text", "required"),
        ({"booked_on": "2099-01-01"}, "booked_on", "range"),
        ({"booked_on": "2019-12-31"}, "booked_on", "period"),
        ({"area": "370302999"}, "area", "unknown"),
        ({"party_id": "00000000-0000-7000-8000-000000000000"}, "party_id", "unknown"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_where_it_is(
    keeper: Client, told: dict[str, Any], field: str, code: str
) -> None:
    answer = send(keeper, "POST", "/entries", typed(money_world.source(), **told))
    assert answer.status_code == 422
    assert (field, code) in [(f["field"], f["code"]) for f in answer.json()["fields"]]
    with acting(staff.OPERATOR):
        assert not Entry.objects.exists()


def test_a_mistyped_year_does_not_open_months_nobody_can_close(keeper: Client) -> None:
    source = money_world.source(valid_from=date(2000, 1, 1))
    first = rules.earliest(clock.today())
    for day in (date(2006, 3, 5), first - timedelta(days=1)):
        refused = send(keeper, "POST", "/entries", typed(source, booked_on=str(day)))
        assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("booked_on", "range")]
        assert str(first) in refused.json()["fields"][0]["message"]
    assert keeper.get("/api/funding/periods").json()["closable"] is None
    assert send(keeper, "POST", "/entries", typed(source, booked_on=str(first))).status_code == 201


def test_a_fraction_of_a_cent_is_refused(keeper: Client) -> None:
    lines = [{"account": "5002", "debit": "1.005"}, {"account": "1002", "credit": "1.005"}]
    assert send(keeper, "POST", "/entries", typed(money_world.source(), lines=lines)).status_code == 422


def test_earmarked_money_is_spent_on_what_it_is_for_only(keeper: Client) -> None:
    source = money_world.source(spend_accounts=("1601",), earmark="智慧设施购置")
    refused = send(keeper, "POST", "/entries", typed(source))
    assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("lines.0.account", "earmark")]
    assert "1601 固定资产" in refused.json()["fields"][0]["message"]
    bought = [{"account": "1601", "debit": "50.00"}, {"account": "1002", "credit": "50.00"}]
    assert send(keeper, "POST", "/entries", typed(source, lines=bought)).status_code == 201


def test_earmarked_money_does_not_pay_what_was_spent_on_something_else(keeper: Client) -> None:
    """Not by way of a debt of another source, nor of anything else that is no money."""
    other, award = money_world.source("另一来源"), money_world.source(spend_accounts=("1601",))
    money_world.entry(other, "100.00", debit="5901", credit="2302")

    def pay(debit: str, amount: str) -> Any:
        lines = [{"account": debit, "debit": amount}, {"account": "1002", "credit": amount}]
        return send(keeper, "POST", "/entries", typed(award, lines=lines))

    for debit in ("2302", "2305", "1214", "1212", "4201", "3001", "5901"):
        refused = pay(debit, "100.00")
        assert refused.status_code == 422, debit
        assert [(f["field"], f["code"]) for f in refused.json()["fields"]] == [("lines.0.account", "earmark")], debit
    # What the source owes itself may be paid, up to that.
    money_world.entry(award, "60.00", debit="1601", credit="2302")
    assert pay("2302", "60.01").status_code == 422
    assert pay("2302", "40.00").status_code == 201
    assert pay("2302", "20.01").status_code == 422
    assert pay("2302", "20.00").status_code == 201
    assert pay("1011", "5.00").status_code == 201
    assert pay("1601", "5.00").status_code == 201


def test_an_entry_is_undone_once_and_by_an_entry_of_its_own(keeper: Client) -> None:
    first = send(keeper, "POST", "/entries", typed(money_world.source())).json()
    undone = send(keeper, "POST", f"/entries/{first['id']}/reverse", {"booked_on": "2026-04-01", "reason": "金额录错"})
    assert undone.status_code == 201
    told = undone.json()
    assert told["reverses"] == first["id"] and told["reverses_number"] == first["number"] and not told["may_reverse"]
    assert [(line["debit"], line["credit"]) for line in told["lines"]] == [("0.00", "1234.56"), ("1234.56", "0.00")]
    assert keeper.get(f"/api/funding/entries/{first['id']}").json()["reversed_by"] == told["id"]
    for of in (first["id"], told["id"]):
        again = send(keeper, "POST", f"/entries/{of}/reverse", {"booked_on": "2026-04-01", "reason": "再来一次"})
        assert (again.status_code, again.json()["code"]) == (409, "funding.entry.reversed")
    early = send(keeper, "POST", "/entries", typed(money_world.source("另一来源"))).json()
    answer = send(keeper, "POST", f"/entries/{early['id']}/reverse", {"booked_on": "2026-03-04", "reason": "太早"})
    assert answer.json()["fields"][0]["field"] == "booked_on"


def test_months_are_closed_in_order_and_then_take_nothing(keeper: Client) -> None:
    source = money_world.source()
    money_world.entry(source, day=date(2026, 2, 1))
    first = money_world.entry(source, day=date(2026, 3, 1))
    assert send(keeper, "POST", "/periods/close", {"month": 202603}).json()["code"] == "funding.period.order"
    for month in (202602, 202603):
        told = send(keeper, "POST", "/periods/close", {"month": month}).json()
        assert told["closed_through"] == month
    assert told["closable"] == 202604
    for day in ("2026-03-31", "2026-01-01"):
        refused = send(keeper, "POST", "/entries", typed(source, booked_on=day))
        assert (refused.status_code, refused.json()["code"]) == (409, "funding.period.closed")
        assert "2026-04-01" in refused.json()["detail"] and refused.json()["fields"][0]["field"] == "booked_on"
    late = send(keeper, "POST", f"/entries/{first.id}/reverse", {"booked_on": "2026-03-31", "reason": "录错"})
    assert late.json()["code"] == "funding.period.closed"
    assert (
        send(keeper, "POST", f"/entries/{first.id}/reverse", {"booked_on": "2026-04-01", "reason": "录错"}).status_code
        == 201
    )
    # A refused entry used up no number.
    assert send(keeper, "POST", "/entries", typed(source, booked_on="2026-04-02")).json()["number"] == "202604-0002"
    assert send(keeper, "POST", "/periods/close", {"month": 209901}).status_code == 409


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_line SET debit = debit + 1 WHERE debit > 0",
        "UPDATE funding_entry SET text = 'x'",
        "DELETE FROM funding_line",
        "DELETE FROM funding_entry",
        "TRUNCATE funding_line",
    ],
)
def test_the_program_itself_cannot_change_what_is_posted(statement: str) -> None:
    money_world.entry(money_world.source())
    with acting(staff.OPERATOR), pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_owner_cannot_either(owner_sql: Any) -> None:
    money_world.entry(money_world.source())
    for statement in ("UPDATE funding_line SET debit = debit + 1 WHERE debit > 0", "DELETE FROM funding_entry"):
        with pytest.raises(Exception, match="never changed"):
            owner_sql(statement)
    owner_sql("UPDATE funding_period SET closed_at = now()")
    with pytest.raises(Exception, match="never opened"):
        owner_sql("UPDATE funding_period SET closed_at = NULL")


def test_the_database_refuses_lines_that_do_not_balance_or_come_later() -> None:
    with acting(staff.OPERATOR):
        source = money_world.source()
        first = money_world.entry(source)
    line = {"entry_id": first.id, "area_code": HERE, "account_id": "1002"}
    more = [BookLine(position=3, debit=1, credit=0, **line), BookLine(position=4, debit=0, credit=1, **line)]
    with acting(staff.OPERATOR), pytest.raises(IntegrityError, match="balance"), transaction.atomic():
        BookLine.objects.bulk_create(more)
    with acting(staff.OPERATOR), pytest.raises(IntegrityError, match="balance"), transaction.atomic():
        entry = Entry.objects.create(
            month=202603, number=77, booked_on=DAY, area_code=HERE, source=source, text="x", posted_at="2026-03-05T00:00Z", posted_by="x"
        )  # fmt: skip
        BookLine.objects.bulk_create(
            [
                BookLine(entry=entry, position=1, area_code=HERE, account_id="1002", debit=2, credit=0),
                BookLine(entry=entry, position=2, area_code=HERE, account_id="4001", debit=0, credit=1),
            ]
        )


def test_the_database_refuses_an_entry_without_lines_and_lines_of_a_closed_month() -> None:
    with acting(staff.OPERATOR):
        source = money_world.source()
    told: dict[str, Any] = {
        "month": 202603, "booked_on": DAY, "area_code": HERE, "source": source, "text": "x", "posted_at": "2026-03-05T00:00Z",
        "posted_by": "x",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="no lines"), acting(staff.OPERATOR):
        Entry.objects.create(number=1, **told)
    with pytest.raises(IntegrityError, match="month is closed"), acting(staff.OPERATOR):
        entry = Entry.objects.create(number=1, **told)
        Period.objects.create(month=202603)
        Period.objects.update(closed_at="2026-04-01T00:00Z")
        BookLine.objects.bulk_create(
            [
                BookLine(entry=entry, position=1, area_code=HERE, account_id="1002", debit=1, credit=0),
                BookLine(entry=entry, position=2, area_code=HERE, account_id="4001", debit=0, credit=1),
            ]
        )
    with acting(staff.OPERATOR):
        assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO funding_period (month, last_number, closed_at, closed_by, closed_by_name) VALUES (203001, 0, now(), '', '')",
        "INSERT INTO funding_period (month, last_number, closed_by, closed_by_name) VALUES (202601, 7, '', '')",
        "UPDATE funding_period SET last_number = last_number + 2",
    ],
)
def test_the_database_refuses_months_that_begin_closed_and_numbers_with_gaps(statement: str) -> None:
    money_world.entry(money_world.source())
    with acting(staff.OPERATOR), pytest.raises(IntegrityError, match="funding"), transaction.atomic():
        connection.cursor().execute(statement)


def test_a_month_without_entries_is_closed_like_any_other(keeper: Client) -> None:
    source = money_world.source()
    money_world.entry(source, day=date(2026, 2, 1))
    for month in (202602, 202603):
        assert send(keeper, "POST", "/periods/close", {"month": month}).json()["closed_through"] == month
    refused = send(keeper, "POST", "/entries", typed(source, booked_on="2026-03-31"))
    assert refused.json()["code"] == "funding.period.closed"


steps = st.lists(
    st.tuples(
        st.sampled_from(["post", "undo"]), st.integers(1, 10**10), st.sampled_from([HERE, THERE, "370302102", "370302"]),
        st.integers(0, 1), st.sampled_from(["1002", "1601", "2302", "4201", "5002"]),
        st.sampled_from(["1002", "1212", "4401", "4605", "2302"]), st.integers(1, 10), st.integers(0, 2),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_is_posted_and_undone_the_books_balance_and_every_report_sums_to_the_same(taken: list[Any]) -> None:
    """By source, by area, by party and by account: each report tells the sums that were posted, to the cent."""
    with acting(staff.OPERATOR), transaction.atomic():
        sources = [money_world.source("甲"), money_world.source("乙", kind="donation")]
        parties = [None, money_world.party("运营甲"), money_world.party("运营乙")]
        done: list[Entry] = []
        turnover = cash = Decimal(0)
        for what, cents, area, of, debit, credit, month, by in taken:
            amount = Decimal(cents) / 100
            if what == "undo" and done:
                chosen = done[cents % len(done)]
                try:
                    posting.reverse(staff.OPERATOR, chosen.id, date(2026, 11, 1), "录错")
                except Problem:
                    continue
                lines = list(chosen.lines.all())
                turnover += sum(line.debit for line in lines)
                cash += sum(line.credit - line.debit for line in lines if line.account_id == "1002")
                continue
            lines = [NewLine(debit, debit=amount), NewLine(credit, credit=amount)]
            who = parties[by].id if parties[by] else None
            day = date(2026, month, 9)
            done.append(posting.post(staff.OPERATOR, NewEntry(area, sources[of].id, day, "演示", lines, who)))
            turnover += amount
            cash += amount * ((debit == "1002") - (credit == "1002"))
        found = {by: reports.report(staff.OPERATOR, by, *ALL) for by in ("source", "area", "party", "account")}
        for by, told in found.items():
            assert told.balanced and told.total.debit == turnover == told.total.credit, by
            for row in (*told.rows, told):
                figures = row.figures if hasattr(row, "figures") else row.total
                assert figures.opening + figures.received - figures.paid == figures.closing
        assert found["source"].total.closing == found["area"].total.closing == found["party"].total.closing == cash
        assert found["account"].total.closing == 0
        for name in ("income", "expense", "invested", "received", "paid", "entries"):
            assert len({getattr(found[by].total, name) for by in ("source", "area", "party")}) == 1, name
        # Two spans beside each other make the whole.
        halves = [
            reports.report(staff.OPERATOR, "source", *span).total for span in ((200001, 202606), (202607, 299912))
        ]
        assert halves[0].closing == halves[1].opening
        assert halves[0].debit + halves[1].debit == turnover
        # The books of each area and each source balance by themselves.
        for one in (HERE, THERE, "370302102"):
            assert reports.report(staff.OPERATOR, "account", *ALL, area=one).balanced
        numbers = list(Entry.objects.order_by("month", "number").values_list("month", "number"))
        by_month: dict[int, list[int]] = {}
        for month, number in numbers:
            by_month.setdefault(month, []).append(number)
        assert all(n == list(range(1, len(n) + 1)) for n in by_month.values())
        transaction.set_rollback(True)


def test_a_report_over_no_month_is_refused(keeper: Client) -> None:
    for path in ("report", "report/export"):
        refused = keeper.get(f"/api/funding/{path}?first=202604&last=202603")
        assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "first"
    assert keeper.get("/api/funding/report?first=202603&last=202603").status_code == 200


def test_budgets_add_up_and_tell_what_was_spent_there_and_below(keeper: Client) -> None:
    source = money_world.source()
    told = {"source_id": str(source.id), "year": 2026, "amount": "1000.00"}
    for area in (HERE, "370302102", "370302"):
        assert send(keeper, "POST", "/budgets", told | {"area": area}).status_code == 201
    made = send(keeper, "POST", "/budgets", told | {"area": HERE, "amount": "0.01", "note": "追加"}).json()["items"]
    assert [(row["amount"], row["used"], len(row["parts"])) for row in made] == [("1000.01", "0.00", 2)]
    money_world.entry(source, "700.10", debit="5002", credit="1002")
    money_world.entry(source, "500.20", debit="1601", credit="2302")
    money_world.entry(source, "99.00", debit="5002", credit="1002", area=THERE)
    money_world.entry(source, "88.00", debit="5002", credit="1002", day=date(2025, 12, 31))
    rows = {row["area_code"]: row for row in keeper.get("/api/funding/budgets?year=2026").json()["items"]}
    assert {code: row["used"] for code, row in rows.items()} == {
        HERE: "1200.30",
        "370302102": "1200.30",
        "370302": "1299.30",
    }
    assert rows[HERE]["left"] == "-200.29"
    part = rows[HERE]["parts"][0]
    change = {"amount": "2000.00", "version": part["version"]}
    assert send(keeper, "PUT", f"/budgets/{part['id']}", change).json()["items"][0]["amount"] == "2000.01"
    assert send(keeper, "PUT", f"/budgets/{part['id']}", change).json()["code"] == "funding.changed"


def test_a_source_is_changed_by_who_saw_its_last_version(keeper: Client) -> None:
    body = {"kind": "donation", "name": "爱心企业捐赠（演示）", "valid_from": "2026-01-01", "terms": "按捐赠协议"}
    made = send(keeper, "POST", "/sources", body)
    assert made.status_code == 201 and made.json()["kind_label"] == "社会捐赠"
    assert send(keeper, "POST", "/sources", body).json()["code"] == "funding.name.taken"
    path = f"/sources/{made.json()['id']}"
    assert send(keeper, "PUT", path, body | {"version": 1, "earmark": "养老"}).json()["version"] == 2
    assert send(keeper, "PUT", path, body | {"version": 1}).status_code == 409
    wrong = send(keeper, "PUT", path, body | {"version": 2, "valid_until": "2025-01-01", "spend_accounts": ["0000"]})
    assert {f["field"] for f in wrong.json()["fields"]} == {"valid_until", "spend_accounts"}


def test_a_town_sees_and_keeps_its_own_books_only(keeper: Client) -> None:
    source = money_world.source()
    money_world.entry(source, "10.00")
    money_world.entry(source, "20.00", area=THERE)
    money_world.entry(source, "40.00", area="370302")
    town = staff.client(staff.staff("town", "bookkeeper", staff.TOWN))
    assert [row["amount"] for row in town.get("/api/funding/entries").json()["items"]] == ["10.00"]
    assert town.get("/api/funding/report?by=account&first=202601&last=202612").json()["total"]["debit"] == "10.00"
    assert send(town, "POST", "/entries", typed(source, area=THERE)).status_code == 403
    assert (
        send(town, "POST", "/sources", {"kind": "street", "name": "x", "valid_from": "2026-01-01"}).status_code == 403
    )
    assert send(town, "POST", "/periods/close", {"month": 202603}).status_code == 403
    with acting(staff.actor(staff.staff("eyes", "bookkeeper", staff.TOWN))):
        assert BookLine.objects.count() == 2  # the database itself


def test_the_journal_goes_out_with_numbers_and_without_formulas(keeper: Client) -> None:
    source = money_world.source("=HYPERLINK(1)")
    money_world.entry(source, "12345.60", text="=1+1")
    sheet = openpyxl.load_workbook(io.BytesIO(keeper.get("/api/funding/entries/export?first=202603").content)).active
    rows = [list(row) for row in sheet.iter_rows(min_row=3)]
    assert [(row[6].value, row[10].value, row[11].value) for row in rows] == [
        ("'=1+1", 12345.6, 0),
        ("'=1+1", 0, 12345.6),
    ]
    assert all(cell.data_type != "f" for row in rows for cell in row) and rows[0][4].value.startswith("'=")
    report = openpyxl.load_workbook(
        io.BytesIO(keeper.get("/api/funding/report/export?by=source&first=202601").content)
    ).active
    assert [cell.value for cell in report[report.max_row]][1:6] == ["合计", 0, 12345.6, 0, 12345.6]
    assert [cell.value for cell in report[2]][:3] == ["编号", "资金来源", "期初结存"]
    turned = openpyxl.load_workbook(
        io.BytesIO(keeper.get("/api/funding/report/export?by=account&first=202601").content)
    ).active
    assert [cell.value for cell in turned[2]] == [
        "科目代码", "科目", "期初余额（借方为正）", "借方发生额", "贷方发生额", "期末余额（借方为正）",
    ]  # fmt: skip
    assert ["1002", 0, 12345.6, 0, 12345.6] in [
        [r[0].value, *(c.value for c in r[2:])] for r in turned.iter_rows(min_row=3)
    ]


def test_entries_of_a_town_itself_are_told_without_those_of_its_communities(keeper: Client) -> None:
    source = money_world.source()
    money_world.entry(source, text="村居"), money_world.entry(source, text="镇街", area=HERE[:9])
    path = f"/api/funding/entries?area={HERE[:9]}"
    assert {row["text"] for row in keeper.get(path).json()["items"]} == {"村居", "镇街"}
    assert [row["text"] for row in keeper.get(f"{path}&exact=true").json()["items"]] == ["镇街"]


def test_reads_take_as_many_statements_whatever_the_page(keeper: Client, django_assert_max_num_queries: Any) -> None:
    source = money_world.source()
    for _ in range(8):
        money_world.entry(source)
    with acting(staff.OPERATOR), django_assert_max_num_queries(2):
        queries.entries_page(staff.OPERATOR, queries.EntryFilter(), None, 50)
