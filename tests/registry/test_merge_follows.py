"""What follows from statements is worked out only where it may have changed; it is always what working all of it out would give."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from people_frames import DISTRICT, OTHER_VILLAGE, VILLAGE, facets_differing, merge, row

from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.registry.merge import households, stage
from linli.registry.models import Household, Person

pytestmark = pytest.mark.usefixtures("db")


def heads() -> dict[Any, str | None]:
    with acting(system("matching", DISTRICT)):
        return dict(Household.objects.values_list("id", "head_name"))


def heads_worked_out_for_all() -> dict[Any, str | None]:
    with acting(system("matching", DISTRICT)):
        stage.run("DROP TABLE IF EXISTS pg_temp.affected_household")
        stage.run(
            "CREATE TEMP TABLE affected_household ON COMMIT DROP AS SELECT id AS household_id FROM registry_household"
        )
        households.recompute()
    return heads()


def statement(chance: random.Random, line: int, serial: int) -> dict[str, Any]:
    """Somebody as a departmental table has them: mostly as before with another phone, at times moved, renamed or heading another
    household."""
    calm = chance.random() < 0.6
    return row(
        line,
        f"王{serial}" if calm or chance.random() < 0.6 else f"李{serial}",
        serial,
        VILLAGE if calm or chance.random() < 0.6 else OTHER_VILLAGE,
        household_no=f"H{serial % 3}" if calm or chance.random() < 0.6 else f"H{chance.randrange(3)}",
        relation_to_head=("0" if serial < 3 else "1")
        if calm or chance.random() < 0.5
        else chance.choice(["0", "1", None]),
        head_name=None if calm else chance.choice([None, "王0", "王1", "赵甲"]),
        phone=f"1990000{chance.randrange(10_000):04}",
        home_door=str(serial % 3),
        home_standard=f"某村{serial % 3}号",
        home_text=f"{serial % 3}号",
    )


@pytest.mark.parametrize("seed", range(4))
def test_heads_and_facets_are_what_working_all_of_them_out_would_give(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(9):
        told = sorted(chance.sample(range(8), 5))
        merge(
            [statement(chance, line + 2, serial) for line, serial in enumerate(told)],
            chance.choice(["police", "police", "community"]),
            observed_on=date(2026, 3, 1) + timedelta(days=chance.choice([number, number, number - 2])),
        )
        stood = heads()
        assert stood and stood == heads_worked_out_for_all(), number
        assert not facets_differing(), number
    with acting(system("matching", DISTRICT)):
        assert Person.objects.count() == 8
