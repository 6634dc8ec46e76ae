"""Where cases for restricted readers touch what is everybody's: areas that change, cases that are joined, imports, field tasks."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from case_world import World, village
from django.db import connection, transaction
from test_restricted import category

from linli.cases import notices
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
