"""Lists of cases are written without the framework's check of each answer: here they are held to their schemas."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from case_world import World
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pydantic import TypeAdapter

from linli.cases.engine.schemas import CaseDetailOut, CaseOut
from linli.cases.views.schemas import CaseColumnOut
from linli.kernel.http import PageOut


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def as_checked(schema: Any, answer: Any) -> Any:
    """What the framework would have answered: checked against the schema, without what the schema has not."""
    adapter = TypeAdapter(schema)
    return orjson.loads(orjson.dumps(adapter.dump_python(adapter.validate_python(answer)), default=str))


def test_lists_and_board_answer_what_their_schemas_say_in_both_languages(world: World) -> None:
    world.new(description="井盖缺失")
    for state in ("to_dispatch", "to_take", "handling", "handed_back", "closed", "evaluated"):
        world.until(state)
    for language, said in (("zh-CN", "待派遣"), ("en", "To be dispatched")):
        headers = {"Accept-Language": language}
        page = world.people["acceptor"].get("/api/cases?limit=5", headers=headers).json()
        assert page["count"] == {"value": 7, "exact": True} and page["next"] and len(page["items"]) == 5
        assert as_checked(PageOut[CaseOut], page) == page
        assert set(page["items"][0]) == set(CaseOut.model_fields)
        board = world.people["acceptor"].get("/api/cases/board", headers=headers).json()
        assert as_checked(list[CaseColumnOut], board) == board
        (waiting,) = [card for column in board for card in column["cards"] if card["state"] == "to_dispatch"]
        assert waiting["state_name"] == said and waiting["stage"] == "dispatch"
        detail = world.people["acceptor"].get(f"/api/cases/{page['items'][0]['id']}", headers=headers).json()
        assert as_checked(CaseDetailOut, detail) == detail and len(detail["flow"]) == 9
        assert set(detail) == set(CaseDetailOut.model_fields)
    solved = world.people["acceptor"].get("/api/cases?state=evaluated").json()["items"][0]
    assert solved["solved"] is True and solved["light"] == "green" and solved["unit_name"]
    assert solved["due_at"].endswith("+00:00") and solved["area_name"] not in ("", solved["area_code"])


def test_pages_answer_what_their_schema_says_with_all_that_hangs_on_a_case(world: World) -> None:
    def held(case: str) -> dict[str, Any]:
        page = world.look(case).json()
        assert as_checked(CaseDetailOut, page) == page
        return page  # type: ignore[no-any-return]

    case = world.until("handling")
    world.do("handler", case, "ask_extension", amount=1, reason="等候配件到货")
    world.do("dispatcher", case, "suspend", until="2026-12-20", reason="等候审批")
    page = held(case)
    assert page["pauses"][0]["kind"] == "suspended" and page["adjustments"][0]["state"] == "waiting"
    assert page["adjustments"][0]["reviews"] == [] and page["rule"] is None and page["category"]["code"] == "01001"
    looked = world.new()
    world.do("acceptor", looked, "ask_verify")
    assert held(looked)["tasks"][0]["kind"] == "verify_report"
    again = world.until("closed")
    world.do("acceptor", again, "reopen", reason="反映人表示没有解决")
    assert held(again)["flow"][-1]["round"]["closed_at"]
    bare = held(world.new(description="没有类别的上报"))
    assert (bare["category"], bare["rule"], bare["level"], bare["photo_needed"]) == (None, None, None, False)


def test_what_is_looked_at_again_is_not_sent_again_until_it_changes(world: World, owner_sql: Any) -> None:
    case = world.until("to_take", world.new(description="井盖缺失"))
    browser = world.people["acceptor"]
    for path in ("/api/cases", "/api/cases/board", "/api/cases/points", f"/api/cases/{case}"):
        first = browser.get(path)
        had = {"If-None-Match": first.headers["ETag"]}
        again = browser.get(path, headers=had)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-store", (
            "nothing stays on the disk"
        )
        assert browser.get(path, headers={"If-None-Match": '"another"'}).content == first.content
        if path != "/api/cases/points":
            assert browser.get(path, headers=had | {"Accept-Language": "en"}).status_code == 200, "in other words"
    # That somebody looked is noted, whether it had changed or not.
    assert owner_sql("SELECT count(*) FROM access_read_log WHERE kind = 'detail'")[0][0] >= 4
    seen = browser.get("/api/cases").headers["ETag"]
    world.do("handler", case, "take")
    changed = browser.get("/api/cases", headers={"If-None-Match": seen})
    assert changed.status_code == 200 and changed.json()["items"][0]["state"] == "handling"
    # Who sees something else has none of it for the same.
    other = world.people["neighbour"].get("/api/cases", headers={"If-None-Match": changed.headers["ETag"]})
    assert other.status_code == 200 and other.json()["items"] == []


def test_a_list_that_fits_a_page_is_its_own_count(world: World) -> None:
    for _ in range(3):
        world.new()
    browser = world.people["acceptor"]

    def asked(path: str) -> tuple[dict[str, Any], int]:
        browser.get(path)
        with CaptureQueriesContext(connection) as seen:
            answer = browser.get(path).json()
        return answer, sum("count(*)" in each["sql"] for each in seen.captured_queries)

    whole, counted = asked("/api/cases?limit=3")
    assert (whole["count"]["value"], whole["next"], counted) == (3, None, 0)
    part, counted = asked("/api/cases?limit=2")
    assert (part["count"]["value"], counted) == (3, 1)
    rest, _ = asked(f"/api/cases?limit=2&cursor={part['next']}")
    assert len(rest["items"]) == 1 and rest["count"]["value"] == 3
    none, counted = asked("/api/cases?state=evaluated&limit=2")
    assert (none["count"]["value"], none["items"], counted) == (0, [], 0)
