"""Where cases for restricted readers touch what is everybody's: areas that change, cases that are joined, imports, field tasks."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from case_world import World, village
from django.db import connection, transaction
from test_restricted import category

from linli.kernel import area_columns, scope
from linli.kernel.actors import system
from linli.kernel.area_columns import Moves


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
