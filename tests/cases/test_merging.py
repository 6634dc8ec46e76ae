"""Duplicates before a report is made and on the case; merging and undoing; the same place again and again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import staff
from case_world import World, village
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from test_case_doors import entered, foreign_village

from linli.access import actions as access
from linli.cases.duplicates.among import proposed_among
from linli.cases.duplicates.nearby import LIKELY, Told, alike, distance, likeness
from linli.cases.models import Case, CaseFlow
from linli.kernel import clock, scope
from linli.kernel.outbox.actions import postman
from linli.kernel.outbox.models import Event

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
SPOT = {"lon": 117.9601, "lat": 36.6402}
TEXT = "小区东门外的污水井盖破损，路过的车容易压翻"


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def similar(world: World, who: str = "grid_worker", **given: Any) -> list[dict[str, Any]]:
    body = {"text": TEXT, "area": village(), **given}
    answer = world.people[who].post("/api/cases/similar", body, content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def merge(world: World, case: str, main: str, who: str = "acceptor", **more: Any) -> Any:
    body = {"version": world.look(case).json()["version"], "main_id": main, "reason": "同一处井盖", **more}
    return world.people[who].post(f"/api/cases/{case}/merge", body, content_type="application/json")


def undo(world: World, case: str, reason: str = "不是同一处") -> Any:
    body = {"version": world.look(case).json()["version"], "reason": reason}
    return world.people["acceptor"].post(f"/api/cases/{case}/unmerge", body, content_type="application/json")


def whole(world: World, case: str) -> dict[str, Any]:
    """All that a case's page shows but its flow and version."""
    page = world.look(case).json()
    return {key: value for key, value in page.items() if key not in ("flow", "version")}


texts = st.text(alphabet="井盖路灯不亮破损东门小区水，。ab1 ", min_size=0, max_size=40)


@given(st.lists(texts, min_size=2, max_size=6))
def test_likeness_lies_between_nought_and_one_and_is_one_for_the_same_words(written: list[str]) -> None:
    told = likeness([written[0], *written])
    assert all(-1e-5 <= value <= 1 + 1e-5 for value in told)
    assert told[0] == pytest.approx(1, abs=1e-4) or not any(map(str.isalnum, written[0]))


def test_place_time_category_and_words_each_tell() -> None:
    lon, lat = 117.96, 36.64
    report = Told(TEXT, NOW, "cover", lon=lon, lat=lat)
    near = Told("东门外井盖坏了，污水井的盖子破损", NOW - timedelta(days=1), "cover", lon=117.9601, lat=36.6401)
    far = Told("东门外井盖坏了，污水井的盖子破损", NOW - timedelta(days=1), "cover", lon=117.99, lat=36.66)
    old = Told(near.text, NOW - timedelta(days=44), "cover", lon=117.9601, lat=36.6401)
    matter = Told("夜里烧烤店噪声扰民", NOW, "noise", lon=lon, lat=lat)
    other = Told(near.text, near.at, "lamp", lon=117.9601, lat=36.6401)
    found = {each.index: each for each in alike(report, [near, far, old, matter, other], 9)}
    assert found[0].chance >= LIKELY and found[0].same_category is True and found[0].metres == 14
    assert 1 not in found and 3 not in found
    assert all(found[0].chance > found[i].chance for i in (2, 4) if i in found)
    assert distance(117.96, 36.64, 117.96, 36.641) == pytest.approx(111.3, abs=0.2)
    assert alike(report, []) == [] and distance(1.0, 1.0, None, None) is None


def test_cases_near_by_are_proposed_before_a_report_is_made_and_only_within_sight(world: World) -> None:
    first = world.new(description=TEXT, place_text="小区东门", category_id=str(world.category().id))
    world.new(description="烧烤店夜里噪声大，睡不着")
    entered(foreign_village(), TEXT)
    (found,) = similar(world, text="东门外污水井盖破损，压翻了车", place_text="小区东门")
    assert found["id"] == first and found["same_place"] and not found["mergeable"] and found["metres"] is None
    assert similar(world, text="") == [] and similar(world, area=None) == []
    # The neighbour of another town sees its own alone, whatever area is asked about.
    world.add("far", "grid_worker", staff.OTHER_TOWN)
    assert similar(world, "far") == []
    assert [c["area_name"] for c in similar(world, "far", area=foreign_village())] != []


def test_a_list_marks_the_cases_that_may_be_the_same_as_their_pages_say_in_two_queries(world: World) -> None:
    acceptor = world.people["acceptor"]
    first, far = world.new(description=TEXT), world.new(description=TEXT)
    again = world.new(description="东门污水井盖破损，车压翻了")
    by_name = [
        world.new(description=text, place_text="八角亭") for text in ("路灯不亮，夜里看不清", "路灯坏了，夜里不亮")
    ]
    closed = world.until("closed", world.new(description=TEXT))
    foreign = [str(entered(foreign_village(), TEXT).id) for _ in range(2)]
    cases = [first, again, far, *by_name, closed, *foreign]
    with scope.acting(staff.OPERATOR):
        for case, beside in ((first, 0.0), (again, 0.0005), (far, 0.02), (closed, 0.0)):
            Case.objects.filter(id=case).update(lon=SPOT["lon"] + beside, lat=SPOT["lat"] + beside)

    def marks(who: str = "acceptor") -> dict[str, int]:
        answer = world.people[who].post("/api/cases/similar/among", {"cases": cases}, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        return {each["id"]: each["proposed"] for each in answer.json()}

    pages = {case: len(acceptor.get(f"/api/cases/{case}/similar").json()["similar"]) for case in cases}
    assert marks() == {case: n for case, n in pages.items() if n}
    assert {first, again, *by_name} <= set(marks()) and not {far, closed} & set(marks())
    # Who sees one town is told nothing of the other; who merges nothing is not told at all.
    world.add("near", "acceptor", staff.TOWN)
    assert set(marks("near")) == set(marks()) - set(foreign)
    refused = world.people["handler"].post(
        "/api/cases/similar/among", {"cases": cases}, content_type="application/json"
    )
    assert refused.status_code == 403
    with scope.acting(staff.OPERATOR) as operator, CaptureQueriesContext(connection) as seen:
        proposed_among(operator, [uuid.UUID(case) for case in cases])
    assert len(seen) == 2
    assert merge(world, again, first).status_code == 204
    assert not {first, again} & set(marks()), "what was merged is proposed no more"


def test_a_merge_keeps_what_was_told_and_undoing_it_leaves_the_case_where_it_stood(world: World) -> None:
    main = world.until("to_take", world.new(description=TEXT))
    case = world.until("handling", world.new(description="东门污水井盖破损，车压翻了"))
    before = whole(world, case)
    page = world.people["acceptor"].get(f"/api/cases/{case}/similar").json()
    assert [(s["id"], s["mergeable"]) for s in page["similar"]] == [(main, True)] and page["into"] is None
    assert merge(world, case, main).status_code == 204
    told = world.look(case).json()
    assert told["state"] == "merged" and told["light"] is None and {a["code"] for a in told["actions"]} == {"unmerge"}
    assert world.people["handler"].get("/api/cases?queue=unit").json()["count"]["value"] == 1
    numbers = {each: world.look(each).json()["number"] for each in (case, main)}
    assert told["flow"][-1]["merged_into"] == numbers[main] and told["flow"][-1]["reason"] == "同一处井盖"
    assert world.look(main).json()["flow"][-1]["merged_from"] == numbers[case]
    assert world.look(main).json()["state"] == "to_take"
    page = world.people["acceptor"].get(f"/api/cases/{case}/similar").json()
    assert page["into"]["main_id"] == main and page["similar"] == []
    # Whoever works the main case reads what the duplicate told, without the duplicate being theirs.
    page = world.people["handler"].get(f"/api/cases/{main}/similar").json()
    assert [(m["number"], m["description"]) for m in page["merged"]] == [(numbers[case], "东门污水井盖破损，车压翻了")]
    assert undo(world, case).status_code == 204
    moved = ("pauses", "due_at", "amber_at")
    after = whole(world, case)
    assert {k: v for k, v in after.items() if k not in moved} == {k: v for k, v in before.items() if k not in moved}
    assert [pause["kind"] for pause in after["pauses"]] == ["merged"] and before["pauses"] == []
    assert [s["action"] for s in world.look(case).json()["flow"]][-2:] == ["merge", "unmerge"]
    assert world.look(main).json()["flow"][-1]["action"] == "unmerge"
    assert world.people["acceptor"].get(f"/api/cases/{main}/similar").json()["merged"] == []
    assert merge(world, case, main).status_code == 204, "again, after it was undone"


def test_a_list_marks_what_other_reports_were_merged_into_without_a_query_for_each(world: World) -> None:
    main, alone, *others = (world.new(description=TEXT) for _ in range(4))
    listed, queries = {}, []
    for joined in (0, 1, 2):
        if joined:
            assert merge(world, others[joined - 1], main).status_code == 204
        with CaptureQueriesContext(connection) as seen:
            rows = world.people["acceptor"].get("/api/cases").json()["items"]
        listed, queries = {row["id"]: row["merged"] for row in rows}, [*queries, len(seen.captured_queries)]
        assert listed[main] == world.look(main).json()["merged"] == joined and listed[alone] == listed[others[0]] == 0
    assert len(set(queries)) == 1 and queries[0] <= 12
    assert undo(world, others[0]).status_code == 204
    for way in ("", "/board"):
        answer = world.people["acceptor"].get(f"/api/cases{way}").json()
        rows = answer["items"] if not way else [card for column in answer for card in column["cards"]]
        assert {row["id"]: row["merged"] for row in rows}[main] == world.look(main).json()["merged"] == 1


def test_what_cannot_be_merged_is_refused_with_a_reason(world: World) -> None:
    main, case, third, closed = world.new(), world.new(), world.new(), world.until("closed")
    stranger = str(entered(foreign_village(), TEXT).id)
    assert merge(world, case, main, reason="").json()["fields"][0]["field"] == "reason"
    assert merge(world, case, main, version=9).json()["code"] == "cases.taken_meanwhile"
    assert merge(world, case, main, who="dispatcher").status_code == 403
    for target in (case, closed):
        assert merge(world, case, target).json()["code"] == "cases.not_mergeable"
    clerk = world.add("clerk", "acceptor", staff.TOWN)
    hidden = merge(world, case, stranger, who="clerk").json()["fields"][0]["message"]
    assert clerk is not None and "没有这个案件" in hidden
    assert merge(world, case, main).status_code == 204
    # No chains: what was merged takes nothing in, and what took something in is not merged.
    into_merged = merge(world, third, case).json()["fields"][0]["message"]
    assert world.look(main).json()["number"] in into_merged
    assert merge(world, main, third).json()["code"] == "cases.not_mergeable"
    assert merge(world, closed, third).json()["code"] == "cases.not_now"
    # The table knows both actions, and no step goes round their own doors.
    for who, code in (("acceptor", "merge"), ("acceptor", "unmerge")):
        assert world.step(who, case, code, reason="绕过").status_code == 404


def test_the_time_a_case_was_merged_is_none_of_its_units_and_both_cases_say_what_became_of_them(world: World) -> None:
    with clock.frozen(NOW):
        world = World.make_again(world)
        main, case, early = world.until("to_take"), world.until("handling"), world.new()
        assert merge(world, case, main).status_code == 204 and merge(world, early, main).status_code == 204
        due = world.look(case).json()["due_at"]
    with clock.frozen(NOW + timedelta(days=7)):
        world = World.make_again(world)
        assert undo(world, case).status_code == 204 and undo(world, early).status_code == 204
        after = world.look(case).json()
        assert world.look(early).json()["pauses"] == [], "no clock had begun"
    assert (due, after["due_at"]) == ("2026-11-25T01:00:00+00:00", "2026-12-02T01:00:00+00:00") and after[
        "light"
    ] == "green"
    (pause,) = after["pauses"]
    assert (pause["kind"], pause["since"][:10], pause["until"][:10]) == ("merged", "2026-11-23", "2026-11-30")
    with scope.acting(postman()):
        told = [
            (str(each.subject), each.payload["action"])
            for each in Event.objects.filter(consumer="cases.notices").order_by("id")
            if each.payload["action"] in ("merge", "unmerge")
        ]
    assert sorted(told[4:6]) == sorted([(case, "unmerge"), (main, "unmerge")]) and len(told) == 8
    assert sorted(told[:2]) == sorted([(case, "merge"), (main, "merge")])


def test_merging_takes_the_right_where_both_cases_lie_and_undoing_it_shows_no_case_out_of_sight(world: World) -> None:
    stranger = str(entered(foreign_village(), TEXT).id)
    case = world.new(description=TEXT)
    wide = world.add("wide", "acceptor", staff.TOWN)
    with scope.acting(staff.OPERATOR):
        sight = access.create_role(staff.OPERATOR, name="sight alone", permissions=["cases.case.view"])
        staff.appoint(world.accounts["wide"], sight, staff.DISTRICT)
    world = World.make_again(world)
    assert wide is not None and world.look(stranger, "wide").status_code == 200
    assert merge(world, case, stranger, who="wide").status_code == 403
    assert merge(world, case, stranger).status_code == 204
    # Who has another right where the main case lies, but no sight of cases there, takes no step in it.
    world.add("clerk", "acceptor", staff.TOWN)
    with scope.acting(staff.OPERATOR):
        reporting = access.create_role(staff.OPERATOR, name="reports alone", permissions=["cases.case.report"])
        staff.appoint(world.accounts["clerk"], reporting, staff.OTHER_TOWN)
    world = World.make_again(world)
    body = {"version": world.look(case).json()["version"], "reason": "不是同一处"}
    answer = world.people["clerk"].post(f"/api/cases/{case}/unmerge", body, content_type="application/json")
    assert answer.status_code == 204 and world.look(case).json()["state"] == "reported"
    with scope.acting(staff.OPERATOR):
        assert not CaseFlow.objects.filter(case_id=stranger, action="unmerge").exists()


def test_two_merges_that_cross_do_not_wait_for_each_other(world: World) -> None:
    from linli.cases.models import Case

    one, other = world.new(), world.new()
    with scope.acting(staff.actor(world.accounts["acceptor"])):
        Case.objects.select_for_update().get(id=other)
        refused = _in_another_connection(world, one, other)
    assert refused.json()["code"] == "cases.not_mergeable" and "请稍后" in refused.json()["fields"][0]["message"]


def _in_another_connection(world: World, case: str, main: str) -> Any:
    from threading import Thread

    answers: list[Any] = []

    def run() -> None:
        from django.db import connections

        answers.append(merge(world, case, main))
        connections.close_all()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]


def test_the_same_place_is_shown_with_what_was_reported_there_within_the_year(world: World) -> None:
    cover = str(world.category().id)
    from linli.cases.models import Case

    def at(days: int, **more: Any) -> str:
        """A case of so many days ago: reported now, and then set back."""
        case = world.new(category_id=cover, **more)
        with scope.acting(staff.OPERATOR):
            Case.objects.filter(id=case).update(reported_at=clock.now() - timedelta(days=days))
        return case

    place = {"place_text": "小区东门", "area": village()}
    at(400, **place)
    old, recent = at(300, **place), at(3, **place)
    with scope.acting(staff.OPERATOR):
        Case.objects.filter(id=recent).update(**SPOT)
    at(2, place_text="小区西门", area=village())
    other = world.new(**place)
    now = at(0, **place)
    with scope.acting(staff.OPERATOR):
        Case.objects.filter(id=now).update(lon=SPOT["lon"], lat=SPOT["lat"] + 0.0002)
        Case.objects.filter(id=other).update(reported_at=clock.now() - timedelta(days=1))
    page = world.people["acceptor"].get(f"/api/cases/{now}/earlier").json()
    assert [c["id"] for c in page["items"]] == [recent, old] and page["count"] == {"value": 2, "exact": True}
    assert page["items"][0]["metres"] == 22 and page["items"][1]["metres"] is None
    every = world.people["acceptor"].get(f"/api/cases/{now}/earlier?any_category=true&limit=1").json()
    assert every["count"]["value"] == 3 and [c["id"] for c in every["items"]] == [other]
    rest = world.people["acceptor"].get(f"/api/cases/{now}/earlier?any_category=true&limit=5&cursor={every['next']}")
    assert [c["id"] for c in rest.json()["items"]] == [recent, old]
    assert world.people["neighbour"].get(f"/api/cases/{now}/earlier").status_code == 404


def test_what_is_near_is_served_by_indexes(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    case = world.new(description=TEXT, place_text="小区东门", category_id=str(world.category().id))
    with scope.acting(staff.OPERATOR):
        from linli.cases.models import Case

        Case.objects.filter(id=case).update(**SPOT)
    for path in (f"/api/cases/{case}/similar", f"/api/cases/{case}/earlier"):
        with CaptureQueriesContext(connection) as caught:
            assert world.people["grid_worker"].get(path).status_code == 200
        (statement,) = (q["sql"] for q in caught.captured_queries if "category_name" in q["sql"])
        with scope.acting(staff.actor(world.accounts["grid_worker"])), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + statement.replace("%", "%%"), ())
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index Scan" in plan and "Seq Scan on cases_case" not in plan, plan
