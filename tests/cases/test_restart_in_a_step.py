"""The database goes away in the middle of a step: nothing of it is lost or done twice, and the same key does it afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import staff
from case_world import World, unit, village
from django.db import close_old_connections

from linli.access import idempotency
from linli.kernel import prepared
from linli.kernel.outbox import actions as outbox

#: Where the server goes away, in the order a step comes by: before it writes, between its rows, after all, with the answer kept.
MOMENTS: dict[str, tuple[Any, str, bool]] = {
    "before the case is written": (prepared, "update", False),
    "between the case and its step": (prepared, "insert", False),
    "before it is told": (outbox, "put", False),
    "after what is told": (outbox, "put", True),
    "before it is committed": (idempotency, "settle", True),
}
KILL = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = 'linli_app' AND datname = current_database()"


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


@pytest.fixture
def restart(owner_sql: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[int]]:
    """Have all connections of the program end once, as a restart of the server does, at a moment of what comes next."""

    def at(moment: str) -> list[int]:
        where, name, after = MOMENTS[moment]
        real, ended = getattr(where, name), []

        def met(*args: Any, **kwargs: Any) -> Any:
            if ended:
                return real(*args, **kwargs)
            done = real(*args, **kwargs) if after else None
            ended.append(owner_sql(KILL)[0][0])
            return done if after else real(*args, **kwargs)

        monkeypatch.setattr(where, name, met)
        return ended

    return at


def sent(world: World, who: str, path: str, key: str, language: str = "zh-CN", **body: Any) -> Any:
    browser = world.people[who]
    browser.raise_request_exception = False
    close_old_connections()  # as every request of the server begins; the test client leaves it out
    headers = {"Idempotency-Key": key, "Accept-Language": language}
    return browser.post(path, body, content_type="application/json", headers=headers)


def told_of(owner_sql: Any, case: str) -> int:
    return int(owner_sql("SELECT count(*) FROM kernel_event WHERE subject = %s", [case])[0][0])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_step_cut_off_by_a_restart_left_nothing_and_is_done_once_by_the_same_key(
    world: World, owner_sql: Any, restart: Callable[[str], list[int]], moment: str
) -> None:
    case = world.until("to_dispatch")
    before, told = world.look(case).json(), told_of(owner_sql, case)
    path, body = f"/api/cases/{case}/actions/dispatch", {"version": before["version"], "unit_id": str(unit(staff.TOWN))}
    ended = restart(moment)
    cut = sent(world, "dispatcher", path, "cut", **body)
    assert ended and ended[0] >= 1, "the server was never gone"
    assert (cut.status_code, cut.json()["code"]) == (503, "kernel.unavailable")
    assert cut["Content-Type"] == "application/problem+json" and cut.json()["detail"]
    assert world.look(case).json() == before, "nothing of it is left"
    assert told_of(owner_sql, case) == told
    for replayed in (None, "true"):
        done = sent(world, "dispatcher", path, "cut", **body)
        assert (done.status_code, done.headers.get("Idempotent-Replayed")) == (200, replayed)
        page = world.look(case).json()
        assert (page["state"], page["version"]) == ("to_take", before["version"] + 1)
        assert [row["action"] for row in page["flow"]][len(before["flow"]) :] == ["dispatch"]
        assert told_of(owner_sql, case) == told + 1


def test_a_report_cut_off_by_a_restart_is_entered_once(
    world: World, owner_sql: Any, restart: Callable[[str], list[int]]
) -> None:
    body = {"description": "井盖缺失，夜间无照明", "area": village()}
    ended = restart("before it is committed")
    cut = sent(world, "grid_worker", "/api/cases", "report", "en", **body)
    assert ended and (cut.status_code, cut.json()["code"]) == (503, "kernel.unavailable")
    assert "try again" in cut.json()["detail"]
    assert owner_sql("SELECT count(*) FROM cases_case") == [(0,)]
    first, again = (sent(world, "grid_worker", "/api/cases", "report", **body) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json() == again.json()
    assert owner_sql("SELECT count(*) FROM cases_case") == [(1,)]


def test_the_answer_to_a_step_that_was_lost_on_the_way_is_given_again(world: World, owner_sql: Any) -> None:
    """The server goes away after the commit: who did not hear of it sends the same again."""
    case = world.until("to_take")
    path, body = f"/api/cases/{case}/actions/take", {"version": world.look(case).json()["version"]}
    first = sent(world, "handler", path, "lost", **body)
    owner_sql(KILL)
    again = sent(world, "handler", path, "lost", **body)
    assert again.status_code == 200 and again["Idempotent-Replayed"] == "true" and again.json() == first.json()
    assert [row["action"] for row in world.look(case).json()["flow"]].count("take") == 1
