"""Steps of staff are judged at each of their times: every dispatch and every check, of each round, by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import staff
from case_world import DAY, World, unit
from test_evaluation import draw, figures, months, ratio

from linli.kernel import clock


def on(day: int, hour: int, minute: int = 0, month: int = 11) -> Any:
    return clock.frozen(datetime(2026, month, day, hour, minute, tzinfo=clock.LOCAL))


def test_each_dispatch_and_each_check_is_judged_and_a_case_is_in_time_where_all_were(seeded_db: str) -> None:
    with on(24, 9, 30):
        world = World.make()
        straight, again, late = (world.until("handling") for _ in range(3))
        for case in (again, late):
            world.do("handler", case, "return_to_dispatcher", reason="不属于本单位")
        checked, rechecked = world.until("to_close"), world.until("to_close")
        failed = world.until("check_result")
        for case in (checked, rechecked):
            world.do("acceptor", case, "check_again", reason="照片看不清")
        world.do("grid_worker", failed, "fail_check", reason="井盖松动")
        world.do("handler", failed, "hand_back", result="已紧固")
        urgent, slow = world.new(urgent=True), world.new(urgent=True)
    with on(24, 10):  # within the hour of a dispatch, the two of sending to be checked, the four of a check
        world = World.make_again(world)
        world.hand_over(again, staff.OTHER_TOWN)
        world.do("grid_worker", checked, "pass_check", result="现场完好")
    with on(24, 10, 20):
        world = World.make_again(world)
        for case in (urgent, slow):
            given = {"unit_id": str(unit(staff.TOWN)), "category_id": str(world.category().id), **DAY}
            world.do("dispatcher", case, "dispatch_first", **given)
    with on(24, 10, 50):  # 80 minutes after the report, 30 after the dispatch
        world = World.make_again(world)
        world.do("acceptor", urgent, "file_afterwards", category_id=str(world.category().id), **DAY)
    with on(24, 11, 30):
        world = World.make_again(world)
        world.hand_over(late, staff.OTHER_TOWN)
        world.do("acceptor", slow, "file_afterwards", category_id=str(world.category().id), **DAY)
    with on(25, 17):
        world = World.make_again(world)
        world.do("dispatcher", failed, "ask_check")
        world.do("grid_worker", rechecked, "pass_check", result="现场完好")
    with on(27, 17):
        world = World.make_again(world)
        draw()
        found = months(world, 202611)["all"]
        # Eight were dispatched: one of them the second time after two hours; two were returned.
        assert ratio(found, "dispatch_on_time") == (7, 8) and ratio(found, "dispatch_right") == (6, 8)
        # Of three that were checked twice one was so within hours; the last is waited for since two days.
        assert ratio(found, "check_on_time") == (1, 3)
        assert ratio(found, "check_send_on_time") == (2, 3)
        assert ratio(found, "filing_on_time") == (7, 8), "what was dispatched first is filed by its dispatch"
        assert figures(world)["all"]["filed"] == 8 and straight


def test_a_reopened_case_is_dispatched_in_the_month_it_was_reopened_and_the_worst_of_a_month_counts(
    seeded_db: str,
) -> None:
    with on(24, 9, 30):
        world = World.make()
        case = world.until("closed")
        draw()
        before = months(world, 202611)["all"]
        assert ratio(before, "dispatch_on_time") == (1, 1) == ratio(before, "dispatch_right")
    with on(9, 9, 30, month=12):
        world = World.make_again(world)
        world.do("acceptor", case, "reopen", reason="反映人表示问题又出现")
    with on(9, 9, 40, month=12):
        draw()
        assert ratio(months(World.make_again(world), 202612)["all"], "dispatch_on_time") == (0, 0), (
            "still within its hour"
        )
    with on(9, 16, month=12):
        world = World.make_again(world)
        assert ratio(months(world, 202612)["all"], "dispatch_on_time") == (0, 1), "waited for too long"
        world.hand_over(case, staff.OTHER_TOWN)
        for who, action, more in (
            ("neighbour", "take", {}), ("neighbour", "hand_back", {"result": "已更换"}), ("dispatcher", "ask_check", {}),
            ("grid_worker", "pass_check", {"result": "现场完好"}), ("acceptor", "close", {}),
            ("acceptor", "reopen", {"reason": "再次出现"}),
        ):  # fmt: skip
            world.do(who, case, action, **more)
        world.hand_over(case, staff.TOWN)
        draw()
        december = months(world, 202612)["all"]
        assert ratio(december, "dispatch_on_time") == (0, 1), "a round in time does not hide the late one of its month"
        assert months(world, 202611)["all"] == before
