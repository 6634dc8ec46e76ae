"""Units are told of their cases: once, by what may be read over a shoulder, and only while the case lies with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import staff
from case_world import World

from linli.cases import notices
from linli.cases.engine.models import Case
from linli.cases.telling.actions import tell_due
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.kernel.outbox.models import Event
from linli.kernel.scope import acting
from linli.messages.models import Notice


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def told() -> list[tuple[str, str]]:
    """Kinds of notices and who got them, in order."""
    with acting(system("test", staff.DISTRICT)):
        return [(notice.kind, str(notice.account_id)) for notice in Notice.objects.order_by("id")]


def test_the_unit_is_told_what_comes_and_what_comes_back(world: World) -> None:
    handler = str(world.accounts["handler"].id)
    case = world.until("to_take")
    outbox.deliver()
    assert told() == [(notices.CAME, handler)], "the handlers of the unit, and no neighbours"
    with acting(system("test", staff.DISTRICT)):
        notice = Notice.objects.get()
    number = world.look(case).json()["number"]
    assert notice.params["number"] == number and notice.path == f"/cases/{case}"
    assert "井盖缺失" not in str(notice.params), "never what was reported"
    world.until("handed_back", case)
    world.do("dispatcher", case, "rework", reason="不彻底")
    outbox.deliver()
    outbox.deliver()
    assert told() == [(notices.CAME, handler), (notices.RETURNED, handler)]


def test_who_no_longer_has_the_case_is_not_told(world: World) -> None:
    case = world.until("to_take")
    world.do("dispatcher", case, "recall", reason="派错")
    world.hand_over(case, staff.OTHER_TOWN)
    outbox.deliver()
    assert told() == [(notices.CAME, str(world.accounts["neighbour"].id))]


def test_a_step_of_cooperation_leaves_like_any_and_is_told_of_where_it_is(world: World) -> None:
    case = world.until("handling")
    body = {"description": "修复路面"}
    made = world.people["dispatcher"].post(f"/api/cases/{case}/children", body, content_type="application/json")
    assert made.status_code == 201
    other = {"unit_id": str(staff.units()[staff.OTHER_TOWN]), "what": "核对许可", "reason": "在其辖区"}
    asked = world.people["dispatcher"].post(f"/api/cases/{case}/supports", other, content_type="application/json")
    assert asked.status_code in (201, 204), asked.content.decode()
    with acting(system("test", staff.DISTRICT)):
        left = Event.objects.filter(topic="cases.step", subject=case).order_by("id").values_list("payload", flat=True)
        steps = [(each["action"], each["version"]) for each in left]
    version = world.look(case).json()["version"]
    assert steps[-2:] == [("split", version - 1), ("ask_support", version)]
    outbox.deliver()
    assert told() == [
        (notices.CAME, str(world.accounts["handler"].id)),
        (notices.SUPPORT_ASKED, str(world.accounts["neighbour"].id)),
    ], "the lead is not told of what it need not wait for, the other unit once"


def test_an_urgent_case_is_told_at_once(world: World) -> None:
    case = world.new(urgent=True)
    unit = str(staff.units()[staff.TOWN])
    world.do(
        "dispatcher",
        case,
        "dispatch_first",
        unit_id=unit,
        category_id=str(world.category().id),
        limit_value=2,
        clock="work_day",
    )
    outbox.deliver()
    assert [kind for kind, _ in told()] == [notices.CAME_URGENT]


def test_times_that_run_out_are_told_once_each_and_not_of_clocks_that_stand(world: World) -> None:
    case = world.until("handling")
    standing = world.until("handling")
    world.do("handler", standing, "ask_reporter", reason="等待补充照片")
    with acting(system("test", staff.DISTRICT)):
        held = Case.objects.get(id=case)
        assert held.amber_at is not None and held.due_at is not None
        for now in (
            held.amber_at - timedelta(minutes=1),
            held.amber_at + timedelta(minutes=1),
            held.amber_at + timedelta(minutes=6),
            held.due_at + timedelta(minutes=1),
            held.due_at + timedelta(minutes=6),
            held.due_at + timedelta(days=30),
        ):
            tell_due(now)
    assert [kind for kind, _ in told()] == [notices.AMBER, notices.OVERDUE]
