"""The home page by role: each sees what is theirs to do, and each figure is the count of the list it leads to."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
import round_rows
import staff
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from people_frames import merge, nobody_is_alike, row
from permissions import Door, PermissionSuite, Sample
from thing_rows import bring, thing

from linli.access import reads
from linli.access.actions.roles import BUILTIN
from linli.access.models import Account
from linli.cases.models import Adjustment, Case, CaseSupervision, CaseSupport, Proposal
from linli.funding.models import Contract, Milestone, Party, Source
from linli.intake.models import Batch
from linli.kernel import clock, todos
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.models import Building, Grid
from linli.registry.things.kinds import KINDS
from linli.tiers.models import PlanTask

#: What the console's addresses show.
APIS = {
    "/homes": "/api/dwellings", "/cases/proposals": "/api/proposals", "/cases": "/api/cases", "/cases/adjustments": "/api/cases/adjustments",
    "/cases/supervision": "/api/cases/supervisions",
    "/people": "/api/people", "/transfers": "/api/transfers", "/conflicts": "/api/conflicts", "/reviews": "/api/intake/reviews",
    "/address-book": "/api/address-book/unresolved", "/rounds": "/api/returns",
    "/buildings": "/api/buildings", "/entities": "/api/entities", "/key-places": "/api/key-places",
    "/components": "/api/components", "/rentals": "/api/rentals", "/intake": "/api/intake/batches", "/admin/accounts": "/api/accounts",
    "/grids": "/api/grids", "/tiers/coordination": "/api/tiers/coordination/tasks", "/tiers/applications": "/api/tiers/applications",
    "/tiers/practice": "/api/tiers/practice",
    "/funding/contracts": "/api/funding/due", "/funding": "/api/funding/periods", "/funding/entries": "/api/funding/awards",
    "/logs/reads": "/api/read-log", "/logs/changes": "/api/change-log",
}  # fmt: skip


class TestTodayDoor(PermissionSuite):
    doors: ClassVar = [Door("GET", "/api/today", None)]

    def sample(self) -> Sample:
        return Sample(own={}, foreign={})


#: What waits for a decision, by the state of the case: whose turn it is, and what was asked for.
ASKED = {"to_take": {"unit": "extension"}, "to_close": {"dispatcher": "extension", "acceptor": "appeal"}}


@pytest.fixture
def world(db: str) -> None:
    """Something of every kind of work in the own town, and as much in another."""
    nobody_is_alike()
    late, soon, today = date(2020, 1, 1), clock.today(), clock.today()
    for number, village in enumerate((staff.VILLAGE, staff.OTHER_VILLAGE)):
        at = number * 100
        merge([
            row(at + 2, "甲", at + 1, village), row(at + 3, "乙", None, village, phone="10070000001"),
            row(at + 4, "丙", at + 3, village, home_text="某处", home_village_code=None, home_door=None, home_standard=None),
        ])  # fmt: skip
        bring(KINDS["place"], [
            thing(KINDS["place"], at + 11, village, "饭店", next_inspection_on=late),
            thing(KINDS["place"], at + 12, village, "网吧", next_inspection_on=soon),
        ])  # fmt: skip
        bring(KINDS["rental"], [thing(KINDS["rental"], at + 51, village, "出租房", next_inspection_on=late)])
        bring(KINDS["entity"], [thing(KINDS["entity"], at + 21, village, "商店", lon=None, lat=None)])
        bring(KINDS["component"], [
            thing(KINDS["component"], at + 31, village, "井盖", component_state="2"),
            thing(KINDS["component"], at + 32, village, "路灯", component_state="3"),
            thing(KINDS["component"], at + 33, village, "果皮箱", component_state="1"),
        ])  # fmt: skip
        Grid.objects.create(
            code=village + "001", village_code=village, name="网格", geometry=b"", lon=118, lat=36.6, area_m2=1
        )
        with acting(staff.OPERATOR):
            Building.objects.create(
                id=uuid7(), area_code=village, village_code=village, number="1", name="1号楼", created_at=clock.now()
            )
            for due in (late, today):
                PlanTask.objects.create(
                    id=uuid7(), area_code=village, title="任务", owner="x", starts_on=late, due_on=due, created_at=clock.now(),
                    created_by="x", changed_at=clock.now(),
                )  # fmt: skip
            for state in ("mapping", "matched", "failed", "merged"):
                Batch.objects.create(
                    id=uuid7(), area_code=village, source_code="community", filename=f"{state}.xlsx", state=state,
                    observed_on=today, uploader="x", uploader_name="x", created_at=clock.now(), changed_at=clock.now(),
                    **{f.name: _blank(f) for f in Batch._meta.get_fields() if _required(f)},
                )  # fmt: skip
    for town, village in ((staff.TOWN, staff.VILLAGE), (staff.OTHER_TOWN, staff.OTHER_VILLAGE)):
        round_rows.bring({town: "draft", village: "submitted"}, period=town)
    for number, (town, village) in enumerate(((staff.TOWN, staff.VILLAGE), (staff.OTHER_TOWN, staff.OTHER_VILLAGE))):
        unit = staff.units()[town]
        with acting(staff.OPERATOR):
            for serial, state in enumerate(("reported", "to_dispatch", "to_take", "check_result", "to_close")):
                case = Case.objects.create(
                    id=uuid7(), number=f"{staff.DISTRICT}{number}{serial}", state=state, source="collector", description="井盖",
                    area_code=village, occurred_at=clock.now(), reported_at=clock.now(), reported_by="x",
                    unit_id=None if state in ("reported", "to_dispatch") else unit, limit_value=1, clock="work_day",
                )  # fmt: skip
                if state == "to_dispatch":
                    CaseSupport.objects.create(
                        id=uuid7(), case=case, area_code=village, unit_id=unit, unit_name="x", what="x", asked_by="x",
                        asked_by_name="x", asked_at=clock.now(),
                    )  # fmt: skip
                if state == "to_take":
                    CaseSupervision.objects.create(
                        id=uuid7(), case=case, unit_id=unit, level="ordinary", text="x", until=today, asked_by="x", asked_by_name="x",
                        asked_at=clock.now(),
                    )  # fmt: skip
                for turn, wish in ASKED.get(state, {}).items():
                    Adjustment.objects.create(
                        id=uuid7(), case=case, wish=wish, turn=turn, unit_id=unit, unit_name="x", amount=1, reason="x",
                        asked_by="x", asked_by_name="x", asked_at=clock.now(), involved=["x"],
                    )  # fmt: skip
            for serial, state in enumerate(("reported", "handed_back", "check_result", "to_close"), 1):
                case = Case.objects.create(
                    id=uuid7(), number=f"{staff.DISTRICT}9{number}{serial}", state=state, source="superior", description="提案",
                    area_code=town, occurred_at=clock.now(), reported_at=clock.now(), reported_by="x", unit_id=unit,
                )  # fmt: skip
                Proposal.objects.create(
                    id=uuid7(), case=case, body="cppcc", number=f"2026{number}00{serial}", year=2026, term=13, session=3, title="提案",
                    content="内容", area_code=town, host_unit_id=unit, registered_at=clock.now(), registered_by="x",
                )  # fmt: skip
    with acting(staff.OPERATOR):
        _money(late, soon)
    staff.staff("postless")
    locked = staff.staff("locked", "officer")
    with acting(staff.OPERATOR):
        Account.objects.filter(id=locked.id).update(
            locked_until=clock.now().replace(year=2099), must_change_password=True
        )
        for kind in ("reveal", "export", "list"):
            reads.note(kind, "person", area=staff.TOWN, count=1)


def _money(late: date, soon: date) -> None:
    """Of each town, a purchase not accepted with a milestone to pay, and one of upkeep that ends."""
    made = {"changed_at": clock.now(), "changed_by": "x"}
    source = Source.objects.create(id=uuid7(), kind="street", name="街道自筹", valid_from=late, **made)
    party = Party.objects.create(id=uuid7(), kind="supplier", name="供应商", made_at=clock.now(), made_by="x")
    for village in (staff.VILLAGE, staff.OTHER_VILLAGE):
        for kind, ends_on in (("purchase", late), ("upkeep", soon)):
            contract = Contract.objects.create(
                id=uuid7(), area_code=village, kind=kind, number=kind, title="合同", party=party, source=source, account_id="1601",
                amount=1, signed_on=late, ends_on=ends_on, numbered_by=village[:9], **made,
            )  # fmt: skip
            if kind == "purchase":
                Milestone.objects.create(
                    id=uuid7(), area_code=village, contract=contract, position=1, name="尾款", due_on=soon, amount=1
                )


GIVEN = {
    "id",
    "area_code",
    "source_code",
    "filename",
    "state",
    "observed_on",
    "uploader",
    "uploader_name",
    "created_at",
    "changed_at",
}


def _required(field: Any) -> bool:
    return getattr(field, "concrete", False) and field.name not in GIVEN and not field.null and not field.has_default()


def _blank(field: Any) -> Any:
    kind = field.get_internal_type()
    return {"BinaryField": b"", "JSONField": {}, "IntegerField": 0, "BigIntegerField": 0}.get(kind, "")


def today(browser: Any, query: str = "") -> list[dict[str, Any]]:
    answer = browser.get(f"/api/today{query}")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["items"])


COMMON = {"places_overdue", "places_due", "components_damaged", "components_missing"}
INTAKE = {"batches_to_decide", "batches_failed", "rentals_overdue", "addresses_unresolved"}
HOMES = {"buildings_without_leader", "entities_unplaced"}
SENT_UP = {"returns_to_submit"}
VISITS = HOMES | {"people_without_home", "people_without_phone", "people_without_id", "rentals_overdue"}
HANDLING = {"cases_unit", "cases_asked_unit", "cases_supporting", "cases_supervised"}
CHECKING = {"cases_check"}
COORDINATING = {"plan_tasks_late", "plan_tasks_coming"}
LOGS = {"reads_revealed", "reads_exported", "changes_of_access"}
OF_ROLE: dict[str, set[str]] = {
    "grid_worker": COMMON | VISITS | CHECKING,
    "village_clerk": COMMON | VISITS | INTAKE | SENT_UP | HANDLING | COORDINATING,
    "town_clerk": COMMON | VISITS | INTAKE | SENT_UP | HANDLING | COORDINATING | {"returns_to_check"},
    "officer": COMMON | HANDLING,
    "analyst": COMMON | INTAKE | HOMES,
    "town_admin": COMMON | VISITS | INTAKE | SENT_UP | HANDLING | CHECKING | COORDINATING | {"returns_to_check"}
    | {"accounts_locked", "accounts_postless", "accounts_one_time", "grids_unstaffed"},
    "system_admin": {"accounts_locked", "accounts_one_time"},
    "security_admin": {"accounts_postless"},
    "auditor": LOGS,
    "form_approver": set(),
    "acceptor": {"cases_acceptance", "cases_closing", "cases_asked_acceptor"},
    "dispatcher": {"cases_dispatch", "cases_asked_dispatcher"},
    "unit_handler": HANDLING,
    # The whole way of restricted cases, of which none is in this world; of others what lies with their unit.
    "public_security_reader": {"cases_unit", "cases_supporting", "cases_supervised"},
    "discipline_reader": {"cases_unit", "cases_supporting", "cases_supervised"},
    "proposal_registrar": {"proposals_assign", "proposals_publish"},
    "reply_signer": {"cases_unit", "cases_supporting", "cases_supervised", "proposals_review", "proposals_sign"},
    "tier_officer": COORDINATING,
    # Months are closed by who looks after the whole district: tests/funding/test_contracts.py.
    "bookkeeper": {"funding_payments", "funding_acceptances", "funding_ending"},
    "places_keeper": {"grids_unstaffed", "buildings_without_leader"},
    "district_admin": LOGS
    | {"accounts_locked", "accounts_postless", "accounts_one_time", "grids_unstaffed", "buildings_without_leader"},
}  # fmt: skip


@pytest.mark.parametrize("role", OF_ROLE)
def test_each_role_sees_what_is_theirs_and_every_figure_is_the_count_of_its_list(world: None, role: str) -> None:
    district = role in ("analyst", "district_admin", "auditor", "system_admin", "security_admin", "places_keeper")
    browser = staff.client(staff.staff("reader", role, staff.DISTRICT if district else staff.TOWN))
    items = today(browser)
    assert OF_ROLE[role] <= {item["code"] for item in items}
    assert not {item["code"] for item in items} & (set().union(*OF_ROLE.values()) - OF_ROLE[role])
    for item in items:
        parts = urlsplit(item["path"])
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        page = browser.get(APIS[parts.path], {**query, "limit": "200"})
        assert page.status_code == 200, (item["path"], page.content)
        assert page.json().get("count", {}).get("value", len(page.json()["items"])) == item["count"]["value"], item
        assert len(page.json()["items"]) == item["count"]["value"], item


def test_every_shipped_role_has_been_thought_of() -> None:
    with BUILTIN.open(encoding="utf-8", newline="") as file:
        shipped = {line["code"] for line in csv.DictReader(file)}
    # Who supports clerks sees what they see, role by role, through view-as.
    assert OF_ROLE.keys() == shipped - {"support"}


def test_only_what_waits_counts_in_the_badge(world: None) -> None:
    browser = staff.client(staff.staff("reader", "town_clerk"))
    items = today(browser, "?only=waiting")
    assert {item["code"] for item in items} == {
        "batches_to_decide",
        "returns_to_check",
        "returns_to_submit",
        "cases_unit",
        "cases_asked_unit",
        "cases_supporting",
        "cases_supervised",
        "plan_tasks_late",
    }
    assert {item["kind"] for item in today(browser)} == {"waiting", "incomplete", "watch"}


def test_the_home_costs_one_statement_for_each_kind_of_work(world: None) -> None:
    reader = staff.staff("reader", "town_clerk")
    browser = staff.client(reader)
    today(browser)
    with CaptureQueriesContext(connection) as own, CaptureQueriesContext(connections["audit"]) as audit:
        today(browser)
    actor = staff.actor(reader)
    kinds = todos.asked(actor)
    begun = 3  # the transaction, and who asks
    assert len(own) + len(audit) == begun + len(kinds)


def test_every_kind_of_work_is_worded_in_both_languages_and_leads_somewhere() -> None:
    for todo in todos.catalogue():
        assert todo.label.zh and todo.label.en and todo.hint.zh and todo.hint.en
        assert urlsplit(todo.path).path in APIS
