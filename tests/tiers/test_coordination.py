"""Plans, tasks, meetings and visits end to end over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any, ClassVar

import docx
import staff
from django.db import connection
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.tiers.coordination import actions, meetings, rules, tasks
from linli.tiers.models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting, UpgradeMeasure
from linli.tiers.permissions import COORDINATE

JSON = "application/json"
AT = "/api/tiers/coordination"
DAYS = {"starts_on": "2026-12-01", "due_on": "2026-12-20"}
OWN, OTHER, FOREIGN = f"{staff.TOWN}002", f"{staff.TOWN}003", f"{staff.OTHER_TOWN}001"


def test_a_draft_has_a_task_for_each_measure_after_those_it_needs(seeded_db: str) -> None:
    with acting(staff.OPERATOR) as actor:
        needing = next(m for m in UpgradeMeasure.objects.order_by("code") if m.needs)
        made = actions.draft_plan(actor, OWN, "照案例提升", [needing.code, *needing.needs], "practice:1")
        plan = ImplementationPlan.objects.get(id=made)
        tasks = {task.measure: task for task in PlanTask.objects.filter(plan=plan)}
    assert (plan.state, plan.origin, plan.area_code) == ("draft", "practice:1", OWN)
    assert set(tasks) == {needing.code, *needing.needs}
    assert set(tasks[needing.code].needs) == {tasks[each].id for each in needing.needs}
    assert all(tasks[each].due_on < tasks[needing.code].starts_on for each in needing.needs)


def client(role: str, area: str) -> Any:
    return staff.client(
        staff.staff(f"{role}-{area}", role, area, unit_area=None if area in staff.units() else area[:9])
    )


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, (answer.status_code, answer.content.decode())
    return answer.json()


def post(browser: Any, path: str, body: dict[str, Any], status: int = 201, **headers: str) -> Any:
    return said(browser.post(f"{AT}{path}", body, content_type=JSON, headers=headers), status)


def put(browser: Any, path: str, body: dict[str, Any], status: int = 200) -> Any:
    return said(browser.put(f"{AT}{path}", body, content_type=JSON), status)


def task(area: str, title: str = "接入平台", **more: Any) -> dict[str, Any]:
    return {"area_code": area, "title": title, "owner": "社区居委会", **DAYS, **more}


def fields_of(problem: Any) -> set[tuple[str, str]]:
    return {(each["field"], each["code"]) for each in problem["fields"]}


def running(browser: Any, area: str, *tasks: dict[str, Any]) -> tuple[str, list[Any]]:
    """A plan that runs, with tasks."""
    plan = post(browser, "/plans", {"area_code": area, "title": "年度实施计划"})["plan"]
    made = [post(browser, "/tasks", {**each, "plan_id": plan["id"]}) for each in tasks]
    post(browser, f"/plans/{plan['id']}/state", {"version": plan["version"], "state": "running"}, 200)
    return plan["id"], made


def test_a_draft_is_seen_by_its_area_its_town_and_the_district_and_a_running_plan_by_those_it_has_tasks_for(
    seeded_db: str,
) -> None:
    village, town, district = (
        client("village_clerk", OWN),
        client("town_clerk", staff.TOWN),
        client("tier_officer", staff.DISTRICT),
    )
    other, far = client("village_clerk", OTHER), client("town_clerk", staff.OTHER_TOWN)
    own = post(village, "/plans", {"area_code": OWN, "title": "本社区草稿"})["plan"]["id"]
    for browser, status in ((village, 200), (town, 200), (district, 200), (other, 404), (far, 404)):
        assert browser.get(f"{AT}/plans/{own}").status_code == status
    wide = post(district, "/plans", {"area_code": staff.DISTRICT, "title": "全区计划"})["plan"]["id"]
    mine = post(district, "/tasks", task(OWN, plan_id=wide))
    post(district, "/tasks", task(FOREIGN, "别处的任务", plan_id=wide))
    assert village.get(f"{AT}/plans/{wide}").status_code == 404, "a draft is nobody else's"
    assert said(village.get(f"{AT}/tasks"))["items"] == []
    post(district, f"/plans/{wide}/state", {"version": 1, "state": "running"}, 200)
    for browser in (village, town):
        seen = said(browser.get(f"{AT}/plans/{wide}"))
        assert [each["title"] for each in seen["tasks"]] == ["接入平台"], (
            "of a plan one sees the tasks of one's own areas"
        )
        assert not seen["plan"]["may_edit"] and seen["steps"] == []
    assert other.get(f"{AT}/plans/{wide}").status_code == 404
    put(village, f"/tasks/{mine['id']}", {**task(OWN), "version": 1}, 403)
    moved = post(village, f"/tasks/{mine['id']}/state", {"version": 1, "state": "doing"}, 200)
    assert moved["state"] == "doing", "those it is for say how far it is"
    assert post(village, "/tasks", task(FOREIGN), 403)["code"] == "kernel.forbidden"


def test_tasks_wait_for_no_circle_and_end_before_what_they_need_only_with_a_reason(seeded_db: str) -> None:
    browser = client("town_clerk", staff.TOWN)
    plan, (first, second) = running(browser, staff.TOWN, task(OWN, "先"), task(OTHER, "后"))
    second = put(browser, f"/tasks/{second['id']}", {**task(OTHER, "后", needs=[first["id"]]), "version": 1})
    circle = put(browser, f"/tasks/{first['id']}", {**task(OWN, "先", needs=[second["id"]]), "version": 1}, 422)
    assert fields_of(circle) == {("needs", "circle")} and "先 → 后" in circle["fields"][0]["message"]
    early = {**task(OTHER, "后", needs=[first["id"]], due_on="2026-12-10"), "version": 2}
    assert fields_of(put(browser, f"/tasks/{second['id']}", early, 422)) == {("due_on", "before")}
    later = {**task(OWN, "先", due_on="2026-12-25"), "version": 1}
    assert fields_of(put(browser, f"/tasks/{first['id']}", later, 422)) == {("due_on", "after")}
    done = {"version": 2, "state": "done", "done_on": "2026-11-20"}
    held = post(browser, f"/tasks/{second['id']}/state", done, 422)
    assert fields_of(held) == {("reason", "held_up")} and "先" in held["fields"][0]["message"]
    assert (
        post(browser, f"/tasks/{second['id']}/state", {**done, "reason": "先行试点完成"}, 200)["done_on"]
        == "2026-11-20"
    )
    stranger = post(browser, "/tasks", task(OWN, needs=[first["id"]]), 422)
    assert fields_of(stranger) == {("needs", "unknown")}, "only a task of the same plan is waited for"
    assert fields_of(post(browser, "/tasks", task(OWN, owner="王工 13800138000"), 422)) == {("owner", "number")}
    assert fields_of(post(browser, "/tasks", task(OWN, due_on="2026-11-01"), 422)) == {("due_on", "order")}
    unready = post(browser, "/plans", {"area_code": OWN, "title": "没有任务"})["plan"]
    refused = post(browser, f"/plans/{unready['id']}/state", {"version": 1, "state": "running"}, 409)
    assert refused["code"] == "tiers.implementation_plan_unready"
    assert post(browser, f"/plans/{plan}/state", {"version": 2, "state": "done"}, 422)["fields"][0]["field"] == "reason"


def test_a_plan_that_runs_takes_no_task_without_an_owner_and_a_reason_excuses_one_end_only(seeded_db: str) -> None:
    browser = client("town_clerk", staff.TOWN)
    plan, (first, second) = running(browser, staff.TOWN, task(OWN, "先"), task(OTHER, "后"))
    assert fields_of(post(browser, "/tasks", task(OWN, owner=" ", plan_id=plan), 422)) == {("owner", "required")}
    assert fields_of(put(browser, f"/tasks/{first['id']}", {**task(OWN, owner=""), "version": 1}, 422)) == {
        ("owner", "required")
    }
    waits = task(OTHER, "后", needs=[first["id"]])
    put(browser, f"/tasks/{second['id']}", {**waits, "reason": "略", "version": 1})
    later = {**task(OWN, "先", due_on="2026-12-25"), "version": 1}
    refused = put(browser, f"/tasks/{first['id']}", later, 422)
    assert fields_of(refused) == {("due_on", "after")}, "one word is no reason"
    ended = {"version": 2, "state": "done", "done_on": "2026-11-20", "reason": "先行试点完成"}
    post(browser, f"/tasks/{second['id']}/state", ended, 200)
    again = post(browser, f"/tasks/{second['id']}/state", {"version": 3, "state": "doing"}, 200)
    assert (again["state"], again["reason"]) == ("doing", "")
    held = post(browser, f"/tasks/{second['id']}/state", {**ended, "version": 4, "reason": ""}, 422)
    assert fields_of(held) == {("reason", "held_up")}


def test_no_text_that_others_read_takes_a_number_of_a_person(seeded_db: str) -> None:
    browser = client("town_clerk", staff.TOWN)
    called, held = "致电 +86 138—0533—0000", {"area_code": OWN, "held_on": "2026-11-26"}
    for path, body, field in (
        ("/tasks", task(OWN, note=called), "note"),
        ("/tasks", task(OWN, "请找 0533-5180000"), "title"),
        ("/tasks", task(OWN, owner="物业 5180000"), "owner"),
        ("/plans", {"area_code": OWN, "title": "计划", "note": called}, "note"),
        ("/meetings", {**held, "title": "会", "agenda": [{"title": "通报", "notes": called}]}, "agenda.0.notes"),
        ("/meetings", {**held, "title": "会", "place": "社区 13805330000"}, "place"),
        ("/visits", {**held, "kind": "visit", "topic": "考察", "note": "身份证 370302 19900101 1234"}, "note"),
    ):
        assert fields_of(post(browser, path, body, 422)) == {(field, "number")}
    made = post(browser, "/tasks", task(OWN, note="投入1200000元，2026-11-26 起，川政办字〔2024〕27号，热线12345"))
    begun = {"version": 1, "state": "doing", "reason": called}
    assert fields_of(post(browser, f"/tasks/{made['id']}/state", begun, 422)) == {("reason", "number")}
    assert fields_of(post(browser, f"/tasks/{made['id']}/state", {**begun, "state": "done"}, 422)) == {
        ("reason", "number")
    }


def test_overdue_and_coming_tasks_are_counted_the_same_on_the_board_and_among_things_to_do(seeded_db: str) -> None:
    browser = client("village_clerk", OWN)
    day = clock.today()
    late, soon, far = (day + timedelta(days=n) for n in (-1, rules.AHEAD, rules.AHEAD + 1))
    for due in (late, soon, far):
        post(browser, "/tasks", task(OWN, f"任务{due}", starts_on="2026-01-01", due_on=str(due)))
    draft = post(browser, "/plans", {"area_code": OWN, "title": "草稿"})["plan"]["id"]
    post(browser, "/tasks", task(OWN, "草稿中的任务", starts_on="2026-01-01", due_on=str(late), plan_id=draft))
    found = said(browser.get(f"{AT}/tasks"))
    assert {k: found["counts"][k] for k in ("waiting", "late", "coming")} == {"waiting": 4, "late": 1, "coming": 1}
    assert [each["mark"] for each in found["items"]].count("late") == 1, "a draft binds nobody"
    for mark in ("late", "coming"):
        assert [each["mark"] for each in said(browser.get(f"{AT}/tasks?mark={mark}"))["items"]] == [mark]
    waiting = {each["code"]: each["count"]["value"] for each in said(browser.get("/api/today"))["items"]}
    assert (waiting["plan_tasks_late"], waiting["plan_tasks_coming"]) == (1, 1)
    pages, cursor = [], ""
    while cursor is not None:
        page = said(browser.get(f"{AT}/tasks", {"limit": 1, "cursor": cursor}))
        pages += [each["title"] for each in page["items"]]
        cursor = page["next"]
    assert pages == [each["title"] for each in found["items"]]
    assert len(said(browser.get(f"{AT}/tasks", {"q": str(soon)}))["items"]) == 1
    choices = said(browser.get(f"{AT}/choices"))
    assert [each["code"] for each in choices["areas"]] == [OWN] and choices["indicators"] and choices["measures"]


def test_decisions_of_a_meeting_become_tasks_once_and_stand_in_the_minutes(seeded_db: str) -> None:
    browser, village = client("town_clerk", staff.TOWN), client("village_clerk", OWN)
    plan, _ = running(browser, staff.TOWN, task(OWN, "已有任务"))
    agenda = [{"title": "通报进度", "by": "镇综治办", "notes": "逐项通报。"}, {"title": "研究难点"}]
    body = {"area_code": staff.TOWN, "title": "第三次推进会", "held_on": "2026-11-26", "areas": [OWN], "agenda": agenda}
    meeting = post(browser, "/meetings", body)
    at, point = f"/meetings/{meeting['id']}", meeting["agenda"][0]["id"]
    decision = {"version": 1, "text": "月底前接入平台", "item": point, "task": task(OWN, plan_id=plan)}
    first = post(browser, f"{at}/decisions", decision, **{"Idempotency-Key": "d-1"})
    assert post(browser, f"{at}/decisions", decision, **{"Idempotency-Key": "d-1"}) == first, "sent twice, done once"
    quicker = post(browser, f"{at}/decisions", decision, 409)
    assert quicker["code"] == "tiers.coordination_changed" and "第三次推进会" in quicker["detail"]
    assert [each["title"] for each in said(browser.get(f"{AT}/plans/{plan}"))["tasks"]] == ["已有任务", "接入平台"]
    second = post(browser, f"{at}/decisions", {"version": 2, "text": "先记下的决定"})
    plain = second["decisions"][1]
    assert plain["task_id"] is None
    turned = post(browser, f"{at}/decisions/{plain['id']}/task", {"version": 3, "task": task(OWN, "单独的任务")})
    assert (
        turned["decisions"][1]["task"]["plan_id"] is None
        and turned["decisions"][1]["task"]["meeting_id"] == meeting["id"]
    )
    again = post(browser, f"{at}/decisions/{plain['id']}/task", {"version": 4, "task": task(OWN)}, 409)
    assert again["code"] == "tiers.decision_taken"
    outside = post(browser, f"{at}/decisions", {"version": 4, "text": "别处", "task": task(FOREIGN)}, 422)
    assert fields_of(outside) == {("area_code", "outside")}
    kept = put(browser, at, {**body, "version": 4, "agenda": [*turned["agenda"][:1], {"title": "临时议题"}]})
    assert kept["agenda"][0]["id"] == point and len(kept["decisions"]) == 2
    of_other = {"version": 5, "text": "别处也要接入", "task": task(OTHER, "别处的任务")}
    post(browser, f"{at}/decisions", of_other)
    paper = village.get(f"{AT}{at}/minutes")
    assert paper.status_code == 200
    document = docx.Document(BytesIO(paper.content))
    text = "\n".join(each.text for each in document.paragraphs)
    assert all(each in text for each in ("第三次推进会", "通报进度", "逐项通报。", "月底前接入平台", "先记下的决定"))
    assert [row.cells[0].text for row in document.tables[0].rows] == ["任务", "接入平台", "单独的任务"]
    assert "另有 1 项任务不在可见范围。" in text
    assert browser.get(f"{AT}{at}/minutes?form=pdf").content.startswith(b"%PDF")
    held = post(browser, f"{at}/cancel", {"version": 6, "reason": "时间冲突"}, 409)
    assert held["code"] == "tiers.meeting_held", "what decided something was held"


def test_a_meeting_or_visit_called_off_is_changed_no_more_and_its_minutes_say_so(seeded_db: str) -> None:
    browser, village = client("town_clerk", staff.TOWN), client("village_clerk", OWN)
    asked = {"area_code": staff.TOWN, "held_on": "2026-11-30", "areas": [OWN]}
    for path, more in (
        ("/meetings", {"title": "第四次推进会"}),
        ("/visits", {"kind": "visit", "topic": "考察先进社区"}),
    ):
        body = {**asked, **more}
        at = f"{path}/{post(browser, path, body)['id']}"
        off = {"version": 1, "reason": "主办单位改期"}
        assert fields_of(post(browser, f"{at}/cancel", {**off, "reason": "略"}, 422)) == {("reason", "required")}
        called = post(browser, f"{at}/cancel", off, 200)
        assert (called["cancelled_reason"], called["cancelled_by_name"], called["may_edit"], called["version"]) == (
            "主办单位改期", f"用户town_clerk-{staff.TOWN}", False, 2,
        )  # fmt: skip
        for method, to in ((put, ""), (post, "/cancel")):
            assert method(browser, f"{at}{to}", {**body, **off, "version": 2}, 409)["code"] == (
                "tiers.coordination_called_off"
            )
        assert said(village.get(f"{AT}{at}"))["cancelled_at"], "who takes part is told"
        assert [bool(each["cancelled_at"]) for each in said(village.get(f"{AT}{path}"))["items"]] == [True]
        if path == "/meetings":
            assert post(browser, f"{at}/decisions", {"version": 2, "text": "决定"}, 409)
            document = docx.Document(BytesIO(browser.get(f"{AT}{at}/minutes").content))
            text = "\n".join(each.text for each in document.paragraphs)
            assert "取消，未召开" in text and "取消原因：主办单位改期" in text
            assert "会议已取消" in document.sections[0].header.paragraphs[0].text
            with acting(staff.OPERATOR), connection.cursor() as cursor:
                cursor.execute("SELECT version, cancelled_at FROM tiers_meeting_history")
                assert cursor.fetchall() == [(1, None)], "as it was before is kept"


def test_what_was_called_off_is_taken_up_again_with_a_reason_and_its_history_keeps_both(
    seeded_db: str, owner_sql: Any
) -> None:
    browser, village = client("town_clerk", staff.TOWN), client("village_clerk", OWN)
    asked = {"area_code": staff.TOWN, "held_on": "2026-11-30", "areas": [OWN]}
    for path, table, more in (
        ("/meetings", "tiers_meeting", {"title": "第四次推进会"}),
        ("/visits", "tiers_study_visit", {"kind": "visit", "topic": "考察先进社区"}),
    ):
        at = f"{path}/{post(browser, path, {**asked, **more})['id']}"
        again = {"version": 1, "reason": "改期后照常"}
        assert post(browser, f"{at}/restore", again, 409)["code"] == "tiers.coordination_not_called_off"
        called = post(browser, f"{at}/cancel", {"version": 1, "reason": "主办单位改期"}, 200)
        assert (called["may_edit"], called["may_restore"]) == (False, True)
        assert said(village.get(f"{AT}{at}"))["may_restore"] is False
        again["version"] = 2
        assert post(village, f"{at}/restore", again, 403)
        assert fields_of(post(browser, f"{at}/restore", {**again, "reason": ""}, 422)) == {("reason", "required")}
        held = post(browser, f"{at}/restore", again, 200)
        assert (held["cancelled_at"], held["cancelled_reason"], held["may_edit"], held["version"]) == (
            None,
            "",
            True,
            3,
        )
        assert (held["restored_reason"], held["restored_by_name"]) == ("改期后照常", f"用户town_clerk-{staff.TOWN}")
        assert put(browser, at, {**asked, **more, "place": "会议室", "version": 3}, 200)["place"] == "会议室"
        kept = owner_sql(f"SELECT version, cancelled_reason, restored_reason FROM {table}_history ORDER BY version")
        assert kept == [(1, "", ""), (2, "主办单位改期", ""), (3, "", "改期后照常")]


def test_a_plan_is_found_by_a_word_of_its_title_however_many_came_after_it(seeded_db: str) -> None:
    browser = client("town_clerk", staff.TOWN)
    old = post(browser, "/plans", {"area_code": OWN, "title": "门禁改造计划"})["plan"]["id"]
    for number in range(2):
        post(browser, "/plans", {"area_code": OWN, "title": f"充电桩计划 {number}"})
    assert [each["id"] for each in said(browser.get(f"{AT}/plans?q=门禁&limit=1"))["items"]] == [old]
    assert said(browser.get(f"{AT}/plans?q=没有这样的计划"))["items"] == []


def test_who_takes_part_sees_meetings_and_visits_and_changes_nothing(seeded_db: str) -> None:
    district, village, town = (
        client("tier_officer", staff.DISTRICT),
        client("village_clerk", OWN),
        client("town_clerk", staff.TOWN),
    )
    other = client("village_clerk", OTHER)
    asked = {"area_code": staff.DISTRICT, "held_on": "2026-11-26", "areas": [OWN]}
    meeting = post(district, "/meetings", {**asked, "title": "全区推进会"})
    visit = post(district, "/visits", {**asked, "kind": "visit", "topic": "考察先进社区", "attendance": 23})
    for browser in (village, town):
        assert said(browser.get(f"{AT}/meetings/{meeting['id']}"))["title"] == "全区推进会"
        assert [each["topic"] for each in said(browser.get(f"{AT}/visits"))["items"]] == ["考察先进社区"]
        put(browser, f"/meetings/{meeting['id']}", {**asked, "title": "改", "version": 1}, 403)
        put(browser, f"/visits/{visit['id']}", {**asked, "kind": "visit", "topic": "改", "version": 1}, 403)
    assert other.get(f"{AT}/meetings/{meeting['id']}").status_code == 404
    assert said(other.get(f"{AT}/visits"))["items"] == [] == said(other.get(f"{AT}/meetings"))["items"]
    parts = said(village.get(f"{AT}/communities/{OWN}"))
    assert [[each["id"] for each in parts[kind]] for kind in ("meetings", "visits")] == [[meeting["id"]], [visit["id"]]]
    assert visit["areas"] == [{"code": OWN, "name": "昆山社区"}], "its town sees it, and is not said to take part"
    assert [each["areas"][0]["name"] for kind in ("meetings", "visits") for each in parts[kind]] == ["昆山社区"] * 2
    narrowed = said(district.get(f"{AT}/meetings", {"area": FOREIGN}))
    assert narrowed["items"] == []
    outside = {**asked, "area_code": staff.TOWN, "areas": [FOREIGN], "title": "x"}
    assert fields_of(post(town, "/meetings", outside, 422)) == {("areas", "unknown")}


def test_the_database_itself_hides_what_is_others(seeded_db: str) -> None:
    district = client("tier_officer", staff.DISTRICT)
    post(district, "/plans", {"area_code": staff.DISTRICT, "title": "全区计划"})
    post(district, "/tasks", task(FOREIGN))
    post(district, "/meetings", {"area_code": FOREIGN, "title": "别处的会", "held_on": "2026-11-26"})
    post(district, "/visits", {"area_code": FOREIGN, "kind": "training", "topic": "别处", "held_on": "2026-11-26"})
    with acting(staff.actor(staff.staff("reader", "village_clerk", OWN, unit_area=staff.TOWN))):
        for model in (ImplementationPlan, PlanTask, TierMeeting, StudyVisit):
            assert not model.objects.exists(), model.__name__


def test_the_database_lets_who_takes_part_read_and_change_nothing(seeded_db: str) -> None:
    district = client("tier_officer", staff.DISTRICT)
    asked = {"area_code": staff.DISTRICT, "held_on": "2026-11-26", "areas": [OWN]}
    post(district, "/meetings", {**asked, "title": "全区推进会"})
    post(district, "/visits", {**asked, "kind": "visit", "topic": "考察先进社区"})
    running(district, staff.DISTRICT, task(OWN))
    draft = post(district, "/plans", {"area_code": staff.DISTRICT, "title": "全区草稿"})["plan"]["id"]
    post(district, "/tasks", task(OWN, "草稿中的任务", plan_id=draft))
    with acting(staff.actor(staff.staff("reader", "village_clerk", OWN, unit_area=staff.TOWN))):
        for model in (ImplementationPlan, TierMeeting, StudyVisit):
            assert model.objects.count() == 1, f"{model.__name__} is read by who takes part"
            assert model.objects.update(version=99) == 0
            assert model.objects.all()._raw_delete("default") == 0
        assert [each.title for each in PlanTask.objects.all()] == ["接入平台"], (
            "of somebody else's draft nothing is seen"
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM tiers_plan_task_history")
            assert cursor.fetchone() == (0,)


class TestCoordinationDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        *[Door("GET", f"{AT}/{path}", COORDINATE, finds=path != "choices") for path in ("tasks", "plans", "meetings", "visits", "choices")],
        Door("POST", f"{AT}/tasks", COORDINATE, task(OWN)),
        Door("GET", f"{AT}/tasks/{{task}}", COORDINATE, finds=True),
        Door("PUT", f"{AT}/tasks/{{task}}", COORDINATE, {**task(OWN), "version": 1}),
        Door("POST", f"{AT}/tasks/{{task}}/state", COORDINATE, {"version": 1, "state": "dropped", "reason": "不再需要"}),
        Door("POST", f"{AT}/plans", COORDINATE, {"area_code": OWN, "title": "计划"}),
        Door("GET", f"{AT}/plans/{{plan}}", COORDINATE, finds=True),
        Door("PUT", f"{AT}/plans/{{plan}}", COORDINATE, {"version": 1, "title": "计划"}),
        Door("POST", f"{AT}/plans/{{plan}}/state", COORDINATE, {"version": 1, "state": "dropped", "reason": "不再需要"}),
        Door("POST", f"{AT}/meetings", COORDINATE, {"area_code": OWN, "title": "会", "held_on": "2026-11-26"}),
        Door("GET", f"{AT}/meetings/{{meeting}}", COORDINATE, finds=True),
        Door("PUT", f"{AT}/meetings/{{meeting}}", COORDINATE, {"version": 1, "title": "会", "held_on": "2026-11-26"}),
        Door("POST", f"{AT}/meetings/{{meeting}}/decisions", COORDINATE, {"version": 1, "text": "决定"}),
        Door("POST", f"{AT}/meetings/{{meeting}}/decisions/{{decision}}/task", COORDINATE, {"version": 1, "task": task(OWN)}),
        Door("POST", f"{AT}/meetings/{{meeting}}/cancel", COORDINATE, {"version": 1, "reason": "主办单位改期"}, answers=(409,)),
        Door("POST", f"{AT}/meetings/{{meeting}}/restore", COORDINATE, {"version": 1, "reason": "改期后照常"}, answers=(409,)),
        Door("GET", f"{AT}/meetings/{{meeting}}/minutes", COORDINATE, logs="export"),
        Door("POST", f"{AT}/visits", COORDINATE, {"area_code": OWN, "kind": "visit", "topic": "考察", "held_on": "2026-11-26"}),
        Door("GET", f"{AT}/visits/{{visit}}", COORDINATE, finds=True),
        Door("POST", f"{AT}/visits/{{visit}}/cancel", COORDINATE, {"version": 1, "reason": "主办单位改期"}),
        Door("POST", f"{AT}/visits/{{visit}}/restore", COORDINATE, {"version": 1, "reason": "改期后照常"}, answers=(409,)),
        Door("PUT", f"{AT}/visits/{{visit}}", COORDINATE, {"version": 1, "kind": "visit", "topic": "考察", "held_on": "2026-11-26"}),
        Door("GET", f"{AT}/communities/{{community}}", COORDINATE, finds=True),
    ]  # fmt: skip

    def sample(self) -> Sample:
        made = {}
        with acting(staff.OPERATOR) as actor:
            for area in (OWN, FOREIGN):
                name = f"计划{area}"
                plan = actions.draft_plan(actor, area, name, [], "")
                words = tasks.TaskText(name, "社区居委会", date(2026, 12, 1), date(2026, 12, 20))
                one = tasks.new_task(actor, area, words, plan)
                meeting = meetings.new_meeting(actor, area, meetings.MeetingText(name, date(2026, 11, 26)))
                meeting.decisions = [{"id": str(uuid7()), "item": None, "text": "决定", "task": None}]
                meeting.save()
                visit = meetings.new_visit(actor, area, meetings.VisitText("visit", name, date(2026, 11, 26)))
                made[area] = {
                    "plan": str(plan), "task": str(one.id), "meeting": str(meeting.id), "visit": str(visit.id), "community": area,
                    "decision": meeting.decisions[0]["id"],
                }  # fmt: skip
        return Sample(own=made[OWN], foreign=made[FOREIGN], own_marks=[f"计划{OWN}"], foreign_marks=[f"计划{FOREIGN}"])
