"""One's own figures: off by default, of nobody but who asks, and not to be had by looking as another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import staff
from case_world import World
from permissions import Door, PermissionSuite, Sample

from linli.cases.engine.models import OWN_WORK
from linli.cases.evaluation import own
from linli.cases.permissions import CHECK, DISPATCH, HANDLE
from linli.kernel import clock

PATH = "/api/case-evaluation/own"


def at(hour: int, minute: int = 0) -> Any:
    return clock.frozen(datetime(2026, 11, 24, hour, minute, tzinfo=clock.LOCAL))


def mine(world: World, who: str, month: int = 202611, **more: Any) -> dict[str, Any]:
    answer = world.people[who].get(PATH, {"month": month, **more})
    assert answer.status_code == 200, answer.content.decode()
    found = answer.json()
    return {**found, "work": {each["work"]: (each["count"], each["minutes"]) for each in found["work"]}}


def test_own_figures_are_off_and_then_of_who_asks_alone(seeded_db: str, settings: Any) -> None:
    with at(9, 30):
        world = World.make()
        world.add("colleague", "dispatcher", staff.DISTRICT)
        world.add("head", "district_admin", staff.DISTRICT)
        first, second, third = (world.until("to_dispatch") for _ in range(3))
    with at(9, 40):
        world = World.make_again(world)
        world.hand_over(first)
    with at(9, 50):
        world = World.make_again(world)
        world.hand_over(second)
        world.step("colleague", third, "dispatch", unit_id=str(staff.units()[staff.TOWN]))
        world.do("handler", second, "take")
    with at(11):
        world = World.make_again(world)
        world.do("handler", second, "hand_back", result="已更换")
        assert mine(world, "dispatcher") == {"on": False, "month": 202611, "work": {}}, "off unless it is switched on"
        settings.LINLI_OWN_FIGURES = True
        theirs = mine(world, "dispatcher")
        assert theirs["work"] == {"dispatched": (2, 15), "handled": (0, None), "checked": (0, None)}
        assert mine(world, "colleague")["work"]["dispatched"] == (1, 20)
        assert mine(world, "handler")["work"]["handled"] == (1, 70)
        assert mine(world, "dispatcher", 202610)["work"]["dispatched"] == (0, None)
        assert world.people["dispatcher"].get(PATH, {"month": 202613}).status_code == 404
        # Whatever is asked for, it is the asker's own.
        other = str(world.accounts["dispatcher"].id)
        for name in ("actor", "account", "account_id", "user", "staff", "unit", "of", "as"):
            assert mine(world, "colleague", **{name: other})["work"]["dispatched"] == (1, 20)
        # An administrator has none, and gets nobody's.
        assert world.people["head"].get(PATH, {"month": 202611, "account": other}).status_code == 403


def test_who_sees_the_console_as_another_does_not_see_their_figures(seeded_db: str, settings: Any) -> None:
    from dataclasses import replace

    from linli.access.queries.actors import of_account
    from linli.kernel.faults import ViewingOnly
    from linli.kernel.scope import acting

    settings.LINLI_OWN_FIGURES = True
    account = staff.staff("seen", "dispatcher", staff.DISTRICT)
    with acting(staff.OPERATOR):
        actor = of_account(account.id)
    seen_as = replace(actor, extra={**actor.extra, "viewer": "somebody else"})
    with acting(seen_as), pytest.raises(ViewingOnly):
        own.own_month(seen_as, 202611)
    with acting(actor):
        assert own.own_month(actor, 202611).on


def test_the_index_names_the_same_steps_as_the_figures() -> None:
    assert sorted(OWN_WORK) == sorted(action for actions in own.ACTIONS.values() for action in actions)


class TestOwnWorkDoors(PermissionSuite):
    """Anyone who dispatches, handles or checks anywhere; there is nothing of an area in it."""

    seeded = True
    doors = tuple(
        Door(
            "GET",
            f"{PATH}?month=202611",
            held,
            instead=tuple(each for each in (DISPATCH, HANDLE, CHECK) if each != held),
        )
        for held in (DISPATCH, HANDLE, CHECK)
    )

    def sample(self) -> Sample:
        return Sample(own={}, foreign={})
