"""Cases for restricted readers: nobody else is told of them through any door, nor by the database itself."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from case_world import DAY, World, village
from django.db import connection
from test_case_views import place
from test_evaluation import draw

from linli.cases import notices, permissions
from linli.cases.categories import rules
from linli.cases.models import CaseFact, CaseHandOver, CaseSupport, Reporter, ReporterMessage
from linli.kernel import clock, scope
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.messages import actions as messages
from linli.messages import delivering
from linli.messages.models import Delivery, Notice

SECRET, OTHER = "53001", "58002"
WORDS = "夜间有可疑人员聚集在车库"
PLACE = {"place_text": "小区东门外"}
HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=5f1c6f3e"
OTHERS = ("acceptor", "dispatcher", "grid_worker", "handler", "analyst", "discipline")


@pytest.fixture
def world(seeded_db: str) -> World:
    made = World.make()
    made.add("reader", "public_security_reader", staff.DISTRICT)
    made.add("discipline", "discipline_reader", staff.DISTRICT)
    made.add("analyst", "analyst", staff.DISTRICT)
    return made


def category(world: World, code: str = SECRET) -> str:
    return str(world.category(code, "local").id)


def filed(world: World, case: str, code: str = SECRET, who: str = "reader") -> Any:
    return world.step(
        who, case, "file", world.look(case, who).json()["version"], category_id=category(world, code), **DAY
    )


def told(world: World, who: str, case: str) -> list[tuple[str, int, str, bytes]]:
    """What every door tells `who`, who knows an ordinary case `case`: status, mark and body of each answer."""
    client, month = world.people[who], f"{clock.today():%Y%m}"
    paths = [
        *(f"/api/cases{more}" for more in ("", "?order=newest", "?order=due", "?open=true", "?procedure=standard", "?limit=1")),
        *(f"/api/cases?queue={queue}" for queue in ("acceptance", "dispatch", "verify", "unit", "supporting", "check", "closing")),
        f"/api/cases?category_id={category(world)}", f"/api/cases?figure={month}:filed", "/api/cases/queues", "/api/cases/board",
        "/api/cases/points", f"/api/cases/{case}", f"/api/cases/{case}/similar", f"/api/cases/{case}/earlier",
        f"/api/cases/{case}/earlier?any_category=true", f"/api/cases/{case}/cooperation", f"/api/cases/{case}/routing",
        "/api/cases/supervisions", "/api/cases/adjustments", "/api/cases/field-tasks?view=all", "/api/today",
        f"/api/case-evaluation?month={month}", f"/api/case-evaluation/own?month={month}", "/api/cases/categories?q=5300",
        "/api/figures/measures?level=town&measure=cases_filing_on_time", "/api/notices",
    ]  # fmt: skip
    found = []
    for path in paths:
        answer = client.get(path)
        assert answer.status_code in (200, 403, 404), (path, answer.content.decode())
        found.append(
            (
                path,
                answer.status_code,
                answer.headers.get("ETag", ""),
                answer.content if answer.status_code == 200 else b"",
            )
        )
    for path, body in (
        ("/api/cases/similar", {"text": WORDS, "area": village(), **PLACE}),
        ("/api/cases/similar/among", {"cases": [case]}),
    ):
        answer = client.post(path, body, content_type="application/json")
        found.append((path, answer.status_code, "", answer.content if answer.status_code == 200 else b""))
    return found


def test_what_is_hidden_changes_no_answer_to_anybody_else(world: World) -> None:
    known = world.new(description=WORDS, **PLACE)
    place(known)
    world.file(known)
    with clock.frozen(clock.now()):
        draw(whole=True)
        before = {who: told(world, who, known) for who in OTHERS}
        hidden = world.new("reader", description=WORDS, category_id=category(world), **PLACE)
        place(hidden)
        filed(world, hidden)
        draw()
        for who in OTHERS:
            for was, now in zip(before[who], told(world, who, known), strict=True):
                assert now == was, who
    for who in OTHERS:
        for door in ("", "/similar", "/earlier", "/cooperation", "/attachments", "/origin", "/routing", "/suggestion"):
            assert world.people[who].get(f"/api/cases/{hidden}{door}").status_code in (403, 404), (who, door)
    # Who reads it has it in every list, counted, and like the other.
    reader = world.people["reader"]
    page = world.look(hidden, "reader").json()
    assert (page["description"], page["restricted_label"]) == (WORDS, "公安限定人员")
    assert [row["id"] for row in reader.get("/api/cases").json()["items"]] == [hidden], "and nothing else by area"
    assert reader.get("/api/cases/points").json()["taken"] == 1
    assert {q["code"]: q["count"] for q in reader.get("/api/cases/queues").json()}["dispatch"] == 1
    assert sum(column["count"]["value"] for column in reader.get("/api/cases/board").json()) == 1
    assert [c["code"] for c in reader.get("/api/cases/categories?q=53001").json()] == [SECRET]
    number = world.look(hidden, "reader").json()["number"]
    after = world.look(world.new()).json()["number"]
    assert int(after[-5:]) == int(world.look(known).json()["number"][-5:]) + 1, "no gap tells of it"
    assert number[-6:] == "900001"


def linked(world: World, hidden: str) -> None:
    """A case that others were merged into, one of them parted again, with a child, a supporting unit, an offer, a reporter and what
    that one is told."""
    chief = staff.staff(
        "chief", None, staff.DISTRICT, permissions=[*staff.shipped("public_security_reader"), "cases.case.view"]
    )
    world.people["chief"] = staff.client(chief)
    for case in (parted := world.new(), world.new("reader", category_id=category(world))):
        body = {"main_id": hidden, "version": 1, "reason": "同一伙人"}
        answer = world.people["chief"].post(f"/api/cases/{case}/merge", body, content_type="application/json")
        assert answer.status_code == 204, answer.content.decode()
    answer = world.people["chief"].post(
        f"/api/cases/{parted}/unmerge", {"version": 2, "reason": "不是"}, content_type="application/json"
    )
    assert answer.status_code == 204 and world.look(parted).status_code == 200, answer.content.decode()
    answer = world.people["reader"].post(
        f"/api/cases/{hidden}/children", {"description": "另一半"}, content_type="application/json"
    )
    assert answer.status_code == 201, answer.content.decode()
    now, unit = clock.now(), staff.units()[staff.TOWN]
    asked = {"case_id": hidden, "area_code": village(), "asked_at": now, "restricted_to": "public_security"}
    with scope.acting(system("test", staff.DISTRICT)):
        CaseSupport.objects.create(unit_id=unit, **asked)
        CaseHandOver.objects.create(from_id=unit, to_id=unit, **asked)
        reporter = Reporter.objects.create(case_id=hidden, tracking=b"1", created_at=now)
        ReporterMessage.objects.create(reporter=reporter, version=1, kind="filed", due_at=now)


#: Which rows of which table tell of a case: those that name it, beside what hangs on it by `case_id`.
NAMED = (
    ("cases_case", "id = %s"), ("cases_case_history", "id = %s"), ("cases_merge", "main_id = %s"),
    ("cases_child", "child_id = %s"), ("cases_child", "parent_id = %s"),
    ("cases_reporter_message", "reporter_id IN (SELECT id FROM cases_reporter WHERE case_id = %s)"),
)  # fmt: skip


def test_the_database_shows_no_row_of_it_to_whoever_forgets_to_ask(world: World) -> None:
    hidden = world.new("reader", description=WORDS, category_id=category(world), **PLACE)
    filed(world, hidden)
    linked(world, hidden)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name FROM information_schema.columns c JOIN pg_class r ON r.relname = c.table_name AND r.relkind = 'r' "
            "WHERE c.column_name = 'case_id' AND c.table_name LIKE 'cases\\_%%' AND c.table_schema = current_schema()"
        )
        tables = sorted(row[0] for row in cursor.fetchall())
    assert {"cases_flow", "cases_support", "cases_hand_over", "cases_evaluation_fact", "cases_attachment"} <= set(
        tables
    )

    def rows(who: str) -> dict[str, int]:
        found: dict[str, int] = {}
        account = world.accounts[who]
        with scope.acting(staff.actor(account)), connection.cursor() as cursor:
            for table, where in (*NAMED, *((t, "case_id = %s") for t in tables)):
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", [hidden])
                found[table] = found.get(table, 0) + cursor.fetchone()[0]
        return found

    for who in OTHERS:
        assert set(rows(who).values()) == {0}, who
    seen = {table for table, count in rows("reader").items() if count}
    assert seen >= {
        "cases_case", "cases_case_history", "cases_flow", "cases_merge", "cases_child", "cases_support", "cases_hand_over",
        "cases_reporter", "cases_reporter_message",
    }  # fmt: skip
    # Nor does anybody write one, or out of one, whom it is not for.
    with scope.acting(staff.actor(world.accounts["acceptor"])), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET restricted_to = '' WHERE id = %s", [hidden])
        assert cursor.rowcount == 0


def test_only_its_readers_report_it_each_their_own_and_where_they_may(world: World) -> None:
    for who, code in (("grid_worker", SECRET), ("reader", OTHER), ("discipline", SECRET)):
        refused = world.report(who, category_id=category(world, code))
        assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "restricted", who
    known = world.new()
    refused = world.step("acceptor", known, "file", category_id=category(world), **DAY)
    assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "restricted"
    world.add("elsewhere", "public_security_reader", staff.OTHER_TOWN)
    case = world.new("reader", category_id=category(world))
    assert world.look(case, "elsewhere").status_code == 404
    other = world.new("discipline", category_id=category(world, OTHER))
    assert (world.look(other, "reader").status_code, world.look(case, "discipline").status_code) == (404, 404)
    assert {mark for mark in rules.RESTRICTIONS if mark} == set(permissions.READERS)


def test_a_unit_gets_it_once_somebody_there_reads_it_and_they_alone_see_and_hear_of_it(world: World) -> None:
    case = world.new("reader", category_id=category(world))
    assert filed(world, case).status_code == 200
    to = str(staff.units()[staff.TOWN])
    version = world.look(case, "reader").json()["version"]
    refused = world.step("reader", case, "dispatch", version, unit_id=to)
    assert refused.status_code == 422 and refused.json()["fields"][0]["code"] == "no_reader"
    world.add("officer", "public_security_reader", staff.TOWN)
    assert world.step("reader", case, "dispatch", version, unit_id=to).status_code == 200
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        heard = list(Notice.objects.values_list("kind", "account_id", "params"))
        number = world.look(case, "reader").json()["number"]
        assert heard == [(notices.RESTRICTED, world.accounts["officer"].id, {"number": number})], (
            "no other handler of the unit"
        )
    with scope.acting(staff.OPERATOR):
        kept = messages.keep_robot(
            staff.OPERATOR, staff.units()[staff.TOWN], "群", HOOK, [notices.RESTRICTED, notices.CAME]
        )
    delivering.plan()
    with scope.acting(system("test", staff.DISTRICT)):
        assert not Delivery.objects.filter(robot_id=kept.id).exists(), "nothing is said before a group"
    assert world.look(case, "handler").status_code == 404
    assert world.people["handler"].get("/api/cases").json()["items"] == []
    steps = (("officer", "take", {}), ("officer", "hand_back", {"result": "已处置"}), ("reader", "ask_check", {}),
             ("reader", "pass_check", {"result": "属实"}), ("reader", "close", {}))  # fmt: skip
    for who, action, given in steps:
        answer = world.step(who, case, action, world.look(case, "reader").json()["version"], **given)
        assert answer.status_code == 200, (action, answer.content.decode())
    # A unit without a reader is neither asked to support it nor to take it.
    case = world.new("reader", category_id=category(world))
    filed(world, case)
    world.step("reader", case, "dispatch", world.look(case, "reader").json()["version"], unit_id=to)
    world.step("officer", case, "take", world.look(case, "officer").json()["version"])
    for door, said in (("supports", {"what": "请协助", "reason": "需要"}), ("hand-overs", {"reason": "不归我们"})):
        body = {"unit_id": str(staff.units()[staff.OTHER_TOWN]), **said}
        answer = world.people["officer"].post(f"/api/cases/{case}/{door}", body, content_type="application/json")
        assert answer.status_code == 422 and answer.json()["fields"][0]["code"] == "no_reader", door


def test_what_becomes_restricted_takes_along_what_it_is_joined_to_and_leaves_the_figures(world: World) -> None:
    chief = world.accounts["chief"] = staff.staff(
        "chief", None, staff.DISTRICT, permissions=[*staff.shipped("public_security_reader"), "cases.case.view"]
    )
    world.people["chief"] = staff.client(chief)
    main, double = world.new(), world.new()
    merged = world.people["acceptor"].post(
        f"/api/cases/{double}/merge",
        {"main_id": main, "version": 1, "reason": "同一件事"},
        content_type="application/json",
    )
    assert merged.status_code == 204, merged.content.decode()
    draw(whole=True)
    with scope.acting(staff.OPERATOR):
        assert CaseFact.objects.count() == 2
    assert filed(world, main, who="chief").status_code == 200
    for case in (main, double):
        assert world.look(case).status_code == 404 and world.look(case, "reader").status_code == 200
    with scope.acting(staff.OPERATOR):
        assert CaseFact.objects.count() == 0
    draw()
    draw(whole=True)
    with scope.acting(staff.OPERATOR):
        assert CaseFact.objects.count() == 0
    # Filed by a reader as something else, it is everybody's again, and counts again.
    version = world.look(main, "chief").json()["version"]
    answer = world.step("chief", main, "return_to_acceptor", version, reason="不是治安事项")
    assert answer.status_code == 200, answer.content.decode()
    ordinary = {"category_id": str(world.category().id), **DAY}
    unseen = world.step("reader", main, "refile", version + 1, **ordinary)
    assert unseen.status_code == 422 and unseen.json()["fields"][0]["code"] == "unseen", "who would see it no more"
    again = world.step("chief", main, "refile", version + 1, category_id=str(world.category().id), **DAY)
    assert again.status_code == 200, again.content.decode()
    assert world.look(main).status_code == 200 and world.look(double).status_code == 200
    draw(whole=True)
    with scope.acting(staff.OPERATOR):
        assert CaseFact.objects.count() == 2


def test_a_category_that_becomes_restricted_hides_its_cases_and_losing_its_mark_opens_none(world: World) -> None:
    case = world.new()
    world.file(case)
    found = world.people["analyst"].get(f"/api/case-categories/{world.category().id}").json()
    facts = {name: found[name] for name in (
        "major", "major_name", "name", "procedure", "dispatch_first", "emergency_number", "offered", "certainty", "source", "note",
    )}  # fmt: skip
    for version, mark in ((found["version"], "public_security"), (found["version"] + 1, "")):
        body = {**facts, "restricted_to": mark, "version": version, "reason": "按上级要求"}
        answer = world.people["analyst"].put(
            f"/api/case-categories/{world.category().id}", body, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content.decode()
        assert world.look(case).status_code == 404 and world.look(case, "reader").status_code == 200
