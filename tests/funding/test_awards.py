"""The award of an application comes into the books once, whoever is at it, with where it came from."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from queue import Queue
from threading import Thread
from typing import Any, ClassVar

import money_world
import pytest
import staff
from django.db import connection
from django.test import Client
from money_world import HERE, THERE
from permissions import Door, PermissionSuite, Sample

from linli.funding.awards import actions
from linli.funding.awards.actions import Booking
from linli.funding.awards.models import AwardBooking
from linli.funding.books import posting
from linli.funding.books.posting import NewEntry, NewLine
from linli.funding.models import Entry, Source
from linli.funding.permissions import KEEP, VIEW
from linli.kernel import clock
from linli.kernel.errors import Problem
from linli.kernel.scope import acting
from linli.tiers.applying import acting as acting_on
from linli.tiers.applying.models import Application, PlanYear
from linli.tiers.models import IndicatorSystem

AWARDED = date(2026, 10, 20)


def awarded(
    area: str, cents: int | None = 10_000_050, tier: str = "growing", *, synthetic: bool = False
) -> Application:
    """An application that was recognised, with its award where `cents` says so."""
    told: dict[str, Any] = {}
    if cents:
        told = {
            "award_cents": cents,
            "awarded_on": AWARDED,
            "award_document": "示例财〔2026〕7号",
            "marks": ["awarded"],
        }
    with acting(staff.OPERATOR):
        year, _ = PlanYear.objects.get_or_create(
            year=2026, defaults={
                "title": "示例创建计划", "system": IndicatorSystem.objects.get(), "self_by": date(2026, 5, 31), "town_by": date(2026, 6, 30),
                "accept_by": date(2026, 8, 31), "opened_at": clock.now(), "opened_by": "test",
            },
        )  # fmt: skip
        made: Application = Application.objects.create(
            area_code=area, plan_year=year, tier=tier, state="recognised", published_from=date(2026, 9, 1),
            published_until=date(2026, 9, 8), outcome="recognised", decided_on=date(2026, 10, 8), planned_at=clock.now(),
            planned_by="test", updated_at=clock.now(), synthetic=synthetic, **told,
        )  # fmt: skip
    return made


class TestAwardDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/funding/awards", VIEW, finds=True, logs="list"),
        Door(
            "POST", "/api/funding/awards/{award}/book", KEEP,
            {"source_id": "{source}", "booked_on": "2026-11-02", "amount": "100000.50"}, also=(VIEW,),
        ),
        Door("POST", "/api/funding/awards/{award}/link", KEEP, {"entry_id": "{entry}"}, also=(VIEW,)),
    ]  # fmt: skip

    def sample(self) -> Sample:
        source = money_world.source()
        names = []
        for area in (HERE, THERE):
            entry = money_world.entry(source, "100000.50", area, date(2026, 11, 1))
            names.append({"award": str(awarded(area).id), "source": str(source.id), "entry": str(entry.id)})
        return Sample(own=names[0], foreign=names[1], own_marks=[names[0]["award"]], foreign_marks=[names[1]["award"]])


@pytest.fixture
def keeper(seeded_db: str) -> Client:
    return staff.client(staff.staff("keeper", "bookkeeper", staff.DISTRICT))


def send(client: Client, path: str, body: dict[str, Any]) -> Any:
    return client.post(f"/api/funding{path}", json.dumps(body), content_type="application/json")


def todo(client: Client) -> int:
    items = {item["code"]: item for item in client.get("/api/today").json()["items"]}
    return int(items["funding_awards"]["count"]["value"]) if "funding_awards" in items else 0


def test_an_award_is_booked_once_and_anew_after_its_entry_is_reversed(keeper: Client) -> None:
    award, source = awarded(HERE), money_world.source()
    awarded(THERE, 5_000_000)
    awarded("370302102202", None)  # recognised, and not awarded yet
    assert todo(keeper) == 2
    told = keeper.get("/api/funding/awards?waiting=true").json()
    assert told["count"]["value"] == 2 and {row["amount"] for row in told["items"]} == {"100000.50", "50000.00"}
    body = {"source_id": str(source.id), "booked_on": "2026-11-02", "amount": "100000.50"}

    for wrong, code in (
        ({"amount": "100000.00"}, "funding.award.changed"),
        ({"booked_on": "2026-10-19"}, "kernel.invalid"),
    ):
        refused = send(keeper, f"/awards/{award.id}/book", body | wrong)
        assert refused.status_code in (409, 422) and refused.json()["code"] == code, refused.content
    made = send(keeper, f"/awards/{award.id}/book", body)
    assert made.status_code == 201 and made.json()["entry_number"] == "202611-0001", made.content
    entry = keeper.get(f"/api/funding/entries/{made.json()['entry_id']}").json()
    assert {(x["account"], x["debit"], x["credit"]) for x in entry["lines"]} == {
        ("1002", "100000.50", "0.00"),
        ("4201", "0.00", "100000.50"),
    }
    assert entry["area_code"] == HERE and entry["document"] == "示例财〔2026〕7号"
    assert entry["award"] | {"tier_label": "", "document": ""} == {
        "application_id": str(award.id), "year": 2026, "tier_label": "", "document": "", "awarded_on": "2026-10-20",
    }  # fmt: skip
    assert todo(keeper) == 1

    again = send(keeper, f"/awards/{award.id}/book", body)
    assert again.status_code == 409 and again.json()["code"] == "funding.award.booked"
    assert "202611-0001" in again.json()["detail"]
    with acting(staff.OPERATOR):
        assert Entry.objects.count() == 1
    undone = send(keeper, f"/entries/{entry['id']}/reverse", {"booked_on": "2026-11-03", "reason": "来源选错"})
    assert undone.status_code == 201 and todo(keeper) == 2
    assert send(keeper, f"/awards/{award.id}/book", body).status_code == 201
    with acting(staff.OPERATOR):
        assert list(AwardBooking.objects.order_by("nth").values_list("nth", flat=True)) == [1, 2]


def by_hand(source: Source, *told: tuple[str, str, str]) -> Entry:
    """An entry of several lines: the account of each, what is on its credit, what on its debit."""
    lines = [NewLine(account, Decimal(debit or 0), Decimal(credit or 0)) for account, credit, debit in told]
    with acting(staff.OPERATOR):
        return posting.post(staff.OPERATOR, NewEntry(HERE, source.id, date(2026, 11, 1), "拨入（演示）", lines))


def test_an_award_corrected_after_it_was_booked_waits_until_it_is_booked_anew(keeper: Client) -> None:
    award, source = awarded(HERE), money_world.source()
    body = {"source_id": str(source.id), "booked_on": "2026-11-02", "amount": "100000.50"}
    made = send(keeper, f"/awards/{award.id}/book", body).json()
    assert (made["booked_amount"], made["differs"], todo(keeper)) == ("100000.50", False, 0)
    with acting(staff.OPERATOR) as actor:
        acting_on.act(
            actor, award.id, "correct_award",
            acting_on.Given(award.version, "金额登记有误", "示例财〔2026〕7号", "", AWARDED, 9_000_000),
        )  # fmt: skip

    told = keeper.get("/api/funding/awards?waiting=true").json()
    row = told["items"][0]
    assert told["count"]["value"] == todo(keeper) == 1
    assert (row["amount"], row["booked_amount"], row["differs"], row["may_book"]) == (
        "90000.00",
        "100000.50",
        True,
        False,
    )
    assert "先冲销" in row["why_not"] and row["entry_id"] == made["entry_id"]
    again = send(keeper, f"/awards/{award.id}/book", body | {"amount": "90000.00"})
    assert again.json()["code"] == "funding.award.booked", again.content
    undoing = {"booked_on": "2026-11-03", "reason": "奖补更正"}
    assert send(keeper, f"/entries/{made['entry_id']}/reverse", undoing).status_code == 201
    anew = send(keeper, f"/awards/{award.id}/book", body | {"amount": "90000.00"})
    assert anew.status_code == 201 and (anew.json()["differs"], todo(keeper)) == (False, 0), anew.content


def test_the_award_of_a_demo_goes_into_a_source_marked_as_demo_only(keeper: Client) -> None:
    award = awarded(HERE, synthetic=True)
    real, made_up = money_world.source("省级奖补", certainty="official"), money_world.source()
    entry = money_world.entry(real, "100000.50", HERE, date(2026, 11, 1))
    row = keeper.get("/api/funding/awards?waiting=true").json()["items"][0]
    assert row["synthetic"] and row["alike"] == []
    body = {"source_id": str(real.id), "booked_on": "2026-11-02", "amount": "100000.50"}
    for path, told, field in (
        ("book", body, "source_id"),
        ("link", {"entry_id": str(entry.id)}, "entry_id"),
    ):
        refused = send(keeper, f"/awards/{award.id}/{path}", told)
        assert refused.status_code == 422 and "演示" in refused.json()["fields"][0]["message"], refused.content
        assert [each["field"] for each in refused.json()["fields"]] == [field]
    assert send(keeper, f"/awards/{award.id}/book", body | {"source_id": str(made_up.id)}).status_code == 201


def test_an_award_posted_by_hand_is_named_as_it(keeper: Client) -> None:
    award, source = awarded(HERE), money_world.source()
    other = money_world.entry(source, "100000.50", THERE, date(2026, 11, 1))
    parts = [("1002", "", "100000.50"), ("4201", "60000.50", ""), ("4201", "40000.00", "")]
    entry = by_hand(source, *parts)
    by_hand(source, ("1002", "", "200001.00"), ("4201", "100000.50", ""), ("4201", "100000.50", ""))
    told = keeper.get("/api/funding/awards?waiting=true").json()["items"]
    assert [[e["id"] for e in row["alike"]] for row in told] == [[str(entry.id)]], "by what it brings in all"
    assert send(keeper, f"/awards/{award.id}/link", {"entry_id": str(other.id)}).status_code == 422
    made = send(keeper, f"/awards/{award.id}/link", {"entry_id": str(entry.id)})
    assert made.status_code == 201 and made.json()["entry_id"] == str(entry.id) and todo(keeper) == 0


@pytest.mark.parametrize("first", ["booked", "corrected"])
def test_who_books_while_another_is_at_the_award_waits_and_is_told(seeded_db: str, first: str) -> None:
    award, source = awarded(HERE), money_world.source()
    given = Booking(source.id, date(2026, 11, 2), "1002", Decimal("100000.50"))
    began: Queue[int] = Queue()
    told: list[str] = []

    def second() -> None:
        try:
            with acting(staff.OPERATOR) as actor, connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                began.put(cursor.fetchone()[0])
                actions.book(actor, award.id, given)
                told.append("booked")
        except Problem as problem:
            told.append(problem.code)
        finally:
            connection.close()

    other = Thread(target=second)
    with acting(staff.OPERATOR) as actor, connection.cursor() as cursor:
        if first == "booked":
            actions.book(actor, award.id, given)
        else:
            Application.objects.filter(id=award.id).update(award_cents=9_000_000)
        other.start()
        pid = began.get()
        waits = False
        while other.is_alive() and not waits:
            cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [pid])
            waits = cursor.fetchone()[0]
    other.join()
    assert waits and told == ["funding.award.booked" if first == "booked" else "funding.award.changed"]
    with acting(staff.OPERATOR):
        assert Entry.objects.count() == (1 if first == "booked" else 0)
