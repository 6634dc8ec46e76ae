"""What follows from statements is worked out only where it may have changed; it is always what working all of it out would give."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from people_frames import (
    DISTRICT,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    clerk,
    facets_differing,
    lists_differing,
    merge,
    nobody_is_alike,
    row,
)

from linli.kernel.actors import system
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.merge import households, stage, undo_blockers, undo_people
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
    """Somebody as a departmental table has them: mostly as before with another phone, at times moved, renamed, registered
    elsewhere, of another record or heading another household."""
    calm = chance.random() < 0.6
    same = calm or chance.random() < 0.6
    household = f"H{serial % 3}" if same else chance.choice(["H0", "H1", "H2", None, None])
    home = serial % 2 if same else chance.randrange(3)
    told = row(
        line,
        f"王{serial}" if calm or chance.random() < 0.6 else f"李{serial}",
        serial,
        VILLAGE if calm or chance.random() < 0.6 else OTHER_VILLAGE,
        household_no=household,
        relation_to_head=("0" if serial < 3 else "1")
        if calm or chance.random() < 0.5
        else chance.choice(["0", "1", None]),
        head_name=None if calm else chance.choice([None, "王0", "王1", "赵甲"]),
        phone=f"1990000{chance.randrange(10_000):04}",
        record_key=chance.choice([None, f"k{serial}", f"k{serial}-{chance.randrange(2)}"]),
        register_village_code=None if calm else chance.choice([None, VILLAGE, OTHER_VILLAGE]),
        observed_on=date(2026, 3, 1) + timedelta(days=chance.randrange(12)),
        home_door=str(home),
        home_standard=f"某村{home}号",
        home_text=f"{home}号",
    )
    if chance.random() < 0.5:
        told["home_village_code"] = VILLAGE  # one home, by lists of two villages
    if chance.random() < 0.15:
        told |= {"home_door": None, "home_standard": None, "home_text": None, "home_village_code": None}
    return told


@pytest.mark.parametrize("seed", range(6))
def test_heads_and_facets_are_what_working_all_of_them_out_would_give(seed: int) -> None:
    chance, batches = random.Random(seed), []
    nobody_is_alike()
    for number in range(9):
        told = sorted(chance.choices(range(9), k=4))  # at times one of them twice
        uploader = clerk(TOWN) if chance.random() < 0.2 else clerk()
        batch, _ = merge(
            [statement(chance, line + 2, serial) for line, serial in enumerate(told)],
            chance.choice(["police", "police", "community"]),
            uploader,
        )
        batches.append(batch)
        if chance.random() < 0.3:
            with acting(clerk()) as actor:
                one = chance.choice(list(Person.objects.order_by("id")))
                edit_person(actor, one.id, {"name": chance.choice(["王0", "钱乙"])}, "当面核对", one.version)
        if chance.random() < 0.2 and not undo_blockers(batches[-1], DISTRICT):
            undo_people(batches.pop(), clerk(), DISTRICT)
        stood = heads()
        assert stood == heads_worked_out_for_all(), number
        assert not facets_differing(), number
        assert not lists_differing(), number
    assert heads()


def test_who_comes_to_or_leaves_those_who_stay_in_one_home_is_seen_with_them() -> None:
    nobody_is_alike()

    def at(line: int, serial: int, door: str, area: str = VILLAGE) -> dict[str, Any]:
        where = {"home_door": door, "home_standard": f"某村{door}号", "home_text": f"{door}号"}
        return row(line, f"王{serial}", serial, area, home_village_code=VILLAGE, **where)

    def told(*rows: dict[str, Any], day: int) -> None:
        merge(list(rows), "police", observed_on=date(2026, 3, day))
        assert not facets_differing(), day
        assert not lists_differing(), day

    told(at(2, 1, "1"), at(3, 2, "1"), at(4, 3, "2"), day=1)
    told(at(2, 3, "1"), day=2)  # no longer alone
    told(at(2, 4, "1"), at(3, 5, "1", OTHER_VILLAGE), day=3)  # new there; the other one by a list of another village
    told(at(2, 5, "3"), day=4)  # gone: all of them are of one village again
    told(at(2, 3, "2"), day=5)
