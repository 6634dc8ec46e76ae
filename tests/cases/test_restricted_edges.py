"""Where cases for restricted readers touch what is everybody's: areas that change, cases that are joined, imports, field tasks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import case_sheets as sheets
import pytest
import staff
from case_world import World, village
from django.db import connection, transaction
from test_evaluation import draw
from test_restricted import OTHER, category, filed

from linli.cases import notices
from linli.cases.categories.jobs import mark_restricted
from linli.cases.models import Case, CaseFact
from linli.cases.reporters import actions as reporters
from linli.cases.reporters import contacts
from linli.cases.routing.past import ENOUGH, past_cases
from linli.intake import actions as imports
from linli.intake import perform
from linli.kernel import area_columns, scope
from linli.kernel.actors import system
from linli.kernel.area_columns import Moves
from linli.kernel.outbox import actions as outbox
from linli.messages.models import Notice


@pytest.fixture
def world(seeded_db: str) -> World:
    made = World.make()
    made.add("reader", "public_security_reader", staff.DISTRICT)
    return made


def rows(statement: str, *params: Any) -> list[Any]:
    """What the program reads, which sees everything."""
    with scope.acting(system("test", staff.DISTRICT)), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def test_a_change_of_areas_carries_hidden_cases_and_counts_none(world: World) -> None:
    hidden = world.new("reader", category_id=category(world))
    to = f"{village()}009"
    with transaction.atomic(), scope.acting(system("places", staff.DISTRICT)):
        assert area_columns.move(Moves({village(): (to,)})) == {}
    world.new()
    with transaction.atomic(), scope.acting(system("places", staff.DISTRICT)):
        moved = area_columns.move(Moves({to: (village(),), village(): (to,)}))
    assert moved == {"cases_case.area_code": 1}
    assert rows("SELECT area_code FROM cases_case WHERE id = %s", hidden) == [(village(),)]


def chief(world: World) -> None:
    """Somebody who sees ordinary cases and reads restricted ones."""
    world.accounts["chief"] = staff.staff(
        "chief", None, staff.DISTRICT, permissions=[*staff.shipped("public_security_reader"), "cases.case.view"]
    )
    world.people["chief"] = staff.client(world.accounts["chief"])


def merge(world: World, case: str, main: str, who: str = "chief") -> Any:
    body = {"version": world.look(case, who).json()["version"], "main_id": main, "reason": "同为一伙人"}
    return world.people[who].post(f"/api/cases/{case}/merge", body, content_type="application/json")


def part(world: World, case: str, who: str = "chief") -> Any:
    body = {"version": world.look(case, who).json()["version"], "reason": "与那伙人无关"}
    return world.people[who].post(f"/api/cases/{case}/unmerge", body, content_type="application/json")


def test_a_merge_takes_no_case_from_a_unit_that_would_not_see_it_and_undone_gives_all_back(world: World) -> None:
    chief(world)
    main = world.until("handling")
    hidden = world.new("reader", category_id=category(world))
    double = world.new("reader", category_id=category(world))
    refused = merge(world, hidden, main)
    assert refused.status_code == 409 and refused.json()["fields"][0]["code"] == "no_reader", refused.content.decode()
    assert world.look(main, "handler").status_code == 200
    world.add("officer", "public_security_reader", staff.TOWN)
    for case in (hidden, double):
        assert merge(world, case, main).status_code == 204
    assert world.look(main, "handler").status_code == 404 and world.look(main, "officer").status_code == 200
    assert part(world, hidden).status_code == 204
    assert world.look(main, "handler").status_code == 404, "it still is one matter with another"
    assert part(world, double).status_code == 204
    assert world.look(main, "handler").status_code == 200 and world.look(main).status_code == 200
    for case in (hidden, double):
        assert world.look(case).status_code == 404 and world.look(case, "reader").status_code == 200
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        heard = set(Notice.objects.filter(account_id=world.accounts["handler"].id).values_list("kind", flat=True))
    assert heard == {notices.CAME}, "nothing of the others"


def test_parted_cases_stay_hidden_though_their_category_became_and_ceased_to_be_restricted_while_they_were_one(
    world: World,
) -> None:
    chief(world)
    world.add("analyst", "analyst", staff.DISTRICT)
    main, double = world.new(), world.new()
    for case in (main, double):
        world.file(case)
    assert merge(world, double, main).status_code == 204
    address = f"/api/case-categories/{world.category().id}"
    for mark in ("public_security", ""):
        found = world.people["analyst"].get(address).json()
        facts = {name: found[name] for name in (
            "major", "major_name", "name", "procedure", "dispatch_first", "emergency_number", "offered", "certainty", "source", "note",
            "version",
        )}  # fmt: skip
        body = {**facts, "restricted_to": mark, "reason": "按上级要求"}
        answer = world.people["analyst"].put(address, body, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
    assert part(world, double).status_code == 204
    for case in (main, double):
        assert world.look(case).status_code == 404 and world.look(case, "reader").status_code == 200


def test_a_case_that_was_parted_from_a_hidden_one_does_not_tell_of_it(world: World) -> None:
    chief(world)
    main, hidden = world.new(), world.new("reader", category_id=category(world))
    number = world.look(hidden, "chief").json()["number"]
    assert merge(world, hidden, main).status_code == part(world, hidden).status_code == 204
    for who in ("acceptor", "grid_worker"):
        told = world.look(main, who).content.decode()
        assert [step["action"] for step in world.look(main, who).json()["flow"]][-2:] == ["merge", "unmerge"]
        assert number not in told and "那伙人" not in told and "同为一伙人" not in told
    assert [s["merged_from"] for s in world.look(main, "chief").json()["flow"]][-2:] == [number, number]
    seen = {}
    for who in ("acceptor", "chief"):
        with scope.acting(staff.actor(world.accounts[who])), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_merge WHERE main_id = %s", [main])
            seen[who] = cursor.fetchone()[0]
    assert seen == {"acceptor": 0, "chief": 1}


def test_a_matter_has_one_circle_of_readers_and_the_units_of_all_its_parts_read_it(world: World) -> None:
    both = [*staff.shipped("public_security_reader"), *staff.shipped("discipline_reader"), "cases.case.view"]
    world.accounts["chief"] = staff.staff("chief", None, staff.DISTRICT, permissions=both)
    world.people["chief"] = staff.client(world.accounts["chief"])
    main, hidden = world.new(), world.new("reader", category_id=category(world))
    assert merge(world, hidden, main).status_code == 204
    refused = filed(world, main, OTHER, "chief")
    assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "other_readers"
    # A child with a unit nobody of which reads it keeps its parent from becoming restricted.
    parent = world.new()
    world.file(parent)
    child = world.people["dispatcher"].post(
        f"/api/cases/{parent}/children", {"description": "另一半"}, content_type="application/json"
    )
    assert child.status_code == 201, child.content.decode()
    world.hand_over(child.json()["id"])
    world.do("dispatcher", parent, "return_to_acceptor", reason="类别不对")
    body = {"category_id": category(world), "limit_value": 2, "clock": "work_day"}
    refused = world.step("chief", parent, "refile", world.look(parent, "chief").json()["version"], **body)
    assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "no_reader", refused.content.decode()


def test_a_look_on_the_spot_is_given_to_who_reads_the_case(world: World) -> None:
    case = world.new("reader", category_id=category(world))
    offered = {each["id"] for each in world.people["reader"].get(f"/api/cases/{case}/checkers").json()}
    assert offered == {str(world.accounts["reader"].id)}
    version = world.look(case, "reader").json()["version"]
    walker = str(world.accounts["grid_worker"].id)
    assert world.step("reader", case, "ask_verify", version, assignee_id=walker).status_code == 422


def test_what_becomes_restricted_meanwhile_is_marked_soon_and_leaves_the_figures(world: World) -> None:
    case = world.new(category_id=str(world.category().id))
    draw(whole=True)
    with scope.acting(system("test", staff.DISTRICT)):
        type(world.category()).objects.filter(id=world.category().id).update(restricted_to="public_security")
        fact = CaseFact.objects.get(case_id=case)
    assert world.look(case).status_code == 200, "reported while the category was kept"
    mark_restricted()
    assert world.look(case).status_code == 404 and world.look(case, "reader").status_code == 200
    with scope.acting(system("test", staff.DISTRICT)):
        fact.save(force_insert=True)  # drawn from what was read before
    draw()
    assert rows("SELECT count(*) FROM cases_evaluation_fact WHERE case_id = %s", case) == [(0,)]


def test_readers_find_a_case_of_today_by_its_serial(world: World) -> None:
    case = world.new("reader", category_id=category(world))
    found = world.people["reader"].get("/api/cases?q=900001").json()["items"]
    assert [each["id"] for each in found] == [case]
    assert world.people["acceptor"].get("/api/cases?q=900001").json()["items"] == []


def test_an_import_that_is_taken_back_leaves_what_has_become_restricted(world: World, tmp_path: Path) -> None:
    with scope.acting(sheets.OPERATOR):
        imports.save_source(sheets.OPERATOR, "hotline", "12345热线", "hotline")
    taken = sheets.take(
        sheets.sheet(tmp_path / "one.xlsx", [sheets.order(工单编号=number) for number in ("ZC1", "ZC2")])
    )
    with scope.acting(system("test", staff.DISTRICT)), connection.cursor() as cursor:
        # Filed by a reader since.
        cursor.execute(
            "UPDATE cases_case SET restricted_to = 'public_security', version = 2 WHERE id = "
            "(SELECT case_id FROM cases_origin WHERE number = 'ZC1')"
        )
    assert taken.batch_id is not None
    with scope.acting(sheets.OPERATOR) as actor:
        imports.undo_batch(actor, taken.batch_id)
    perform.perform("undo", taken.batch_id)
    left = "SELECT o.number, c.state, o.withdrawn_at IS NULL FROM cases_origin o JOIN cases_case c ON c.id = o.case_id ORDER BY 1"
    assert rows(left) == [("ZC1", "reported", True), ("ZC2", "cancelled", False)]


def test_who_reported_what_has_become_restricted_is_forgotten_on_demand_and_nobody_gets_a_number_for_it(
    world: World,
) -> None:
    chief(world)
    phone = "13912345678"
    report = reporters.PublicReport(description="有人聚赌", area=village(), phone=phone, tell=True)
    reporters.receive(report, reporters.issue())
    hashed = contacts.hash_of(phone)
    with scope.acting(system("test", staff.DISTRICT)):
        assert contacts.take(hashed)
    ((case, forgotten),) = rows("SELECT case_id::text, contact IS NULL FROM cases_reporter")
    assert not forgotten and filed(world, case, who="chief").status_code == 200
    contacts.stop(contacts.code_of(hashed))
    assert rows("SELECT contact, contact_hash, masked FROM cases_reporter") == [(None, None, "")]
    for each in (case, world.new("reader", category_id=category(world))):
        path = f"/api/cases/{each}/reporter"
        refused = world.people["reader"].post(f"{path}/number", content_type="application/json")
        assert (refused.status_code, refused.json()["code"]) == (409, "cases.reporter_not_told")
        assert world.people["reader"].get(path).json()["may_issue"] is False


def test_past_cases_suggest_a_unit_for_a_restricted_case_to_who_sees_ordinary_ones_as_well(world: World) -> None:
    chief(world)
    *past, case = (world.new("reader", category_id=category(world)) for _ in range(ENOUGH + 1))
    with scope.acting(system("test", staff.DISTRICT)):
        Case.objects.filter(id__in=past).update(state="closed", unit_id=staff.units()[staff.TOWN])
    for who in ("chief", "reader"):
        with scope.acting(actor := staff.actor(world.accounts[who])):
            found = past_cases(actor, Case.objects.get(id=case))
        assert found is not None and found.count == ENOUGH, who
