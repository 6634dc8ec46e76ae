"""Clocks that change without anybody: a suspension ends on its day, and a changed calendar moves what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import staff
import structlog
from case_world import World
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from linli.access.calendar import actions, shipped
from linli.cases.clocks.many import amber_many, due_many, provisional_many
from linli.cases.clocks.rules import Clock, Kind, Pause
from linli.cases.engine import standing, timing
from linli.kernel import clock, scope
from linli.kernel.worktime import HOLIDAY, DayKind, moment_of, seconds_of

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 local
CALENDAR = shipped.work_calendar()


@pytest.fixture
def world(seeded_db: str) -> World:
    with clock.frozen(MONDAY):
        return World.make()


def test_a_suspension_ends_on_its_day_by_itself_and_only_once(world: World) -> None:
    with clock.frozen(MONDAY):
        case, early = world.until("handling"), world.until("handling")
        for each, until in ((case, "2026-12-04"), (early, "2027-03-01")):
            world.do("dispatcher", each, "suspend", until=until, reason="等待施工窗口")
    with clock.frozen(MONDAY + timedelta(days=11)):  # the day itself is still of it
        assert standing.end_suspensions() == 0
    with clock.frozen(MONDAY + timedelta(days=12)):  # a Saturday
        world = World.make_again(world)
        told = {action["code"] for action in world.look(case).json()["actions"]}
        assert "end_suspension" not in told and world.step("dispatcher", case, "end_suspension").status_code == 409
        assert standing.end_suspensions() == 1 and standing.end_suspensions() == 0
        page = world.look(case).json()
        assert world.look(early).json()["state"] == "suspended"
    assert page["state"] == "handling" and page["paused_at"] is None
    (pause,) = page["pauses"]
    assert pause["until"] == "2026-12-04T16:00:00+00:00"  # the end of its day, whenever the work was done
    assert page["due_at"] == "2026-12-08T10:00:00+00:00"  # two working days from Monday at eight
    last = page["flow"][-1]
    assert (last["action"], last["by_program"], last["kind"]) == ("end_suspension", True, "resume")


def test_one_case_that_breaks_does_not_hold_up_the_others(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen(MONDAY):
        broken, other = world.until("handling"), world.until("handling")
        for each in (broken, other):
            world.do("dispatcher", each, "suspend", until="2026-12-04", reason="等待施工窗口")
    taken = standing.do_step

    def breaks(actor: Any, case: Any, *rest: Any) -> Any:
        if str(case.id) == broken:
            raise ValueError("that one")
        return taken(actor, case, *rest)

    monkeypatch.setattr(standing, "do_step", breaks)
    with clock.frozen(MONDAY + timedelta(days=12)), structlog.testing.capture_logs() as told:
        assert standing.end_suspensions() == 1
        world = World.make_again(world)
        assert [world.look(each).json()["state"] for each in (broken, other)] == ["suspended", "handling"]
        failures = [entry for entry in told if entry["log_level"] == "error"]
        assert [entry["event"] for entry in failures] == ["cases.step_failed", "cases.steps_failed"]
        assert failures[0]["case"] == broken and failures[0]["error"] == "ValueError"
        assert (failures[1]["failed"], failures[1]["taken"]) == (1, 1)
        monkeypatch.undo()
        assert standing.end_suspensions() == 1, "it is tried again"


def test_a_changed_calendar_moves_open_clocks_and_says_so_in_their_flow(world: World) -> None:
    with clock.frozen(MONDAY):
        open_case, closed, standing_case, calm = (
            world.until("handling"),
            world.until("closed"),
            world.until("handling"),
            world.new(),
        )
        world.do("acceptor", calm, "file", category_id=str(world.category().id), limit_value=2, clock="natural_day")
        world.do("handler", standing_case, "ask_reporter", reason="等反映人开门")
        before = {case: world.look(case).json() for case in (open_case, closed, standing_case, calm)}
        jobs = len(waiting_jobs())
        with scope.acting(staff.OPERATOR):
            assert actions.mark_day(staff.OPERATOR, date(2026, 11, 24), HOLIDAY, "大雪停工") is not None
        assert len(waiting_jobs()) == jobs + 1
        assert standing.reckon_again() == 2 and standing.reckon_again() == 0
        after = {case: world.look(case).json() for case in before}
        for case in (open_case, standing_case):
            assert (before[case]["due_at"], after[case]["due_at"]) == (
                "2026-11-25T01:00:00+00:00",
                "2026-11-26T01:00:00+00:00",
            )
            last = after[case]["flow"][-1]
            assert (last["action"], last["by_program"], last["version"]) == (
                "reckon_again",
                True,
                after[case]["version"],
            )
            assert (last["due_before"], last["due_after"]) == (before[case]["due_at"], after[case]["due_at"])
        assert all(before[case] == after[case] for case in (closed, calm))
        # What is left is the same as if it had been filed under the new calendar, also for the light.
        assert after[open_case]["amber_at"] == world.look(world.until("handling")).json()["amber_at"]
        with scope.acting(staff.OPERATOR):
            actions.mark_day(staff.OPERATOR, date(2026, 11, 24), DayKind.PLAIN)
        assert standing.reckon_again() == 3
        assert world.look(open_case).json()["due_at"] == before[open_case]["due_at"]


def test_a_clock_that_a_result_stopped_stays_as_it_was_when_the_calendar_changes(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handed_back")
        before = world.look(case).json()
        with scope.acting(staff.OPERATOR):
            actions.mark_day(staff.OPERATOR, date(2026, 11, 24), HOLIDAY, "大雪停工")
        assert standing.reckon_again() == 0 and world.look(case).json() == before
        sent_back = world.do("dispatcher", case, "rework", reason="照片不清楚")
    assert sent_back["due_at"] == "2026-11-26T01:00:00+00:00", "by the new calendar, once it runs again"


def test_somebody_who_looked_before_the_calendar_changed_is_told_and_loses_nothing(world: World) -> None:
    with clock.frozen(MONDAY):
        case = world.until("handling")
        version = world.look(case).json()["version"]
        with scope.acting(staff.OPERATOR):
            actions.mark_day(staff.OPERATOR, date(2026, 11, 24), HOLIDAY, "大雪停工")
        standing.reckon_again()
        late = world.step("handler", case, "hand_back", version, result="已更换")
        assert late.status_code == 409 and "按新日历重算时限" in late.json()["fields"][0]["message"]


def waiting_jobs() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE task_name = 'cases.reckon_again' AND status = 'todo'")
        return list(cursor.fetchall())


moments = st.integers(seconds_of(MONDAY), seconds_of(MONDAY) + 500 * 86_400)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Kind)), moments, st.integers(1, 60), st.lists(st.tuples(moments, st.integers(0, 9 * 86_400)), max_size=3)),
        min_size=1, max_size=6,
    )
)  # fmt: skip
def test_many_clocks_at_once_are_reckoned_as_each_by_itself(
    drawn: list[tuple[Kind, int, int, list[tuple[int, int]]]],
) -> None:
    import numpy as np

    clocks = [
        Clock(kind, start, limit, tuple(Pause(at, at + length) for at, length in pauses))
        for kind, start, limit, pauses in drawn
    ]
    due, amber = due_many(clocks, CALENDAR), amber_many(clocks, CALENDAR)
    unsure = provisional_many(CALENDAR, np.array([c.start for c in clocks]), due)
    for one, at, light, provisional in zip(clocks, due.tolist(), amber.tolist(), unsure.tolist(), strict=True):
        assert moment_of(light) == moment_of(timing.amber_of(one, CALENDAR, at))
        assert provisional == CALENDAR.provisional(one.start, at)
