"""Supporting units: who asks them, what they see and may do, what the lead waits for; and what the database itself lets them see."""

from __future__ import annotations

import json
import uuid
from typing import Any, ClassVar

import pytest
import staff
from case_world import World, unit, village
from django.db import connection
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases import notices
from linli.cases.cooperation.models import CaseSupport
from linli.cases.models import Case
from linli.cases.permissions import DISPATCH, HANDLE, VIEW
from linli.kernel import scope
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.messages.models import Notice

ASK = {"what": "请提供施工许可情况", "reason": "需要住建部门配合"}


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def post(world: World, who: str, path: str, **body: Any) -> Any:
    return world.people[who].post(f"/api/cases/{path}", body, content_type="application/json")


def ask(world: World, case: str, who: str = "dispatcher", area: str = staff.OTHER_TOWN, **more: Any) -> Any:
    return post(world, who, f"{case}/supports", unit_id=str(unit(area)), **{**ASK, **more})


def shown(world: World, case: str, who: str) -> dict[str, Any]:
    answer = world.people[who].get(f"/api/cases/{case}/cooperation")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def listed(world: World, who: str, query: str = "") -> list[str]:
    return [row["id"] for row in world.people[who].get(f"/api/cases?{query}").json()["items"]]


def test_a_supporting_unit_sees_the_case_contributes_and_takes_none_of_the_leads_steps(world: World) -> None:
    case, other = world.until("handling"), world.until("handling")
    assert world.look(case, "neighbour").status_code == 404 and listed(world, "neighbour") == []
    assert ask(world, case).status_code == 204
    # In its lists, its queue, what waits, the page: this case and no other of the lead's.
    assert listed(world, "neighbour") == listed(world, "neighbour", "queue=supporting") == [case]
    assert listed(world, "neighbour", "queue=unit") == []
    queues = {q["code"]: q["count"] for q in world.people["neighbour"].get("/api/cases/queues").json()}
    assert (queues["supporting"], queues["unit"]) == (1, 0)
    waiting = {i["code"]: i["count"]["value"] for i in world.people["neighbour"].get("/api/today").json()["items"]}
    assert waiting["cases_supporting"] == 1
    assert world.look(other, "neighbour").status_code == 404
    page = world.look(case, "neighbour").json()
    assert page["description"] == "井盖缺失" and not [a["code"] for a in page["actions"] if a["refused"] is None]
    for action in ("hand_back", "return_to_dispatcher", "ask_extension", "ask_reporter"):
        answer = world.step("neighbour", case, action, page["version"], result="x", reason="不归我们", amount=1)
        assert answer.status_code == 403, action
    # It adds files and its contribution; the lead reads both, and the flow tells of them.
    announced = post(world, "neighbour", f"{case}/attachments", name="许可.pdf", size=10, purpose="document")
    assert announced.status_code == 201
    (support,) = shown(world, case, "neighbour")["supports"]
    assert support["mine"] and support["state"] == "asked" and support["unit_name"] == "岭子镇"
    assert not shown(world, case, "handler")["supports"][0]["mine"]
    assert post(world, "handler", f"{case}/supports/{support['id']}/answer", text="代答").status_code == 403
    assert post(world, "neighbour", f"{case}/supports/{support['id']}/answer", text=" ").status_code == 422
    answered = post(world, "neighbour", f"{case}/supports/{support['id']}/answer", text="许可齐全，已告知施工方")
    assert answered.status_code == 204
    (told,) = shown(world, case, "handler")["supports"]
    assert (told["state"], told["answer"]) == ("answered", "许可齐全，已告知施工方")
    flow = world.look(case, "handler").json()["flow"]
    assert [s["label"] for s in flow[-2:]] == ["请求协办", "协办答复"] and flow[-1][
        "result"
    ] == "许可齐全，已告知施工方"
    # It has nothing more to do, and goes on seeing what it contributed to, to the end.
    assert listed(world, "neighbour", "queue=supporting") == [] and listed(world, "neighbour") == [case]
    assert post(world, "neighbour", f"{case}/supports/{support['id']}/answer", text="再答一次").status_code == 404
    world.until("closed", case)
    assert world.look(case, "neighbour").json()["state"] == "closed"
    # Lists, board, map and count agree.
    board = world.people["neighbour"].get("/api/cases/board").json()
    assert [card["id"] for column in board for card in column["cards"]] == [case]
    assert world.people["neighbour"].get("/api/cases/points").json()["taken"] == 1


def test_a_dispatcher_or_the_lead_asks_and_the_lead_says_why(world: World) -> None:
    case = world.until("to_dispatch")
    early = ask(world, case)
    assert early.status_code == 409 and early.json()["fields"][0]["code"] == "not_handled"
    world.until("handling", case)
    for who, status in (("neighbour", 404), ("grid_worker", 403), ("acceptor", 403)):
        assert ask(world, case, who).status_code == status, who
    refused = [
        ask(world, case, "handler", reason=""), ask(world, case, area=staff.TOWN), ask(world, case, until="2020-01-01"),
        ask(world, case, what=" "), post(world, "dispatcher", f"{case}/supports", unit_id=str(uuid.uuid4()), **ASK),
    ]  # fmt: skip
    assert [(a.status_code, a.json()["fields"][0]["field"]) for a in refused] == [
        (422, "reason"), (422, "unit_id"), (422, "until"), (422, "what"), (422, "unit_id")
    ]  # fmt: skip
    assert ask(world, case, reason="").status_code == 204, "a dispatcher needs no reason"
    twice = ask(world, case, "handler")
    assert twice.status_code == 422 and twice.json()["fields"][0]["code"] == "asked"
    assert ask(world, case, "handler", area=staff.DISTRICT).status_code == 204
    names = {u["name"] for u in world.people["handler"].get(f"/api/cases/{case}/cooperation/units").json()}
    assert {"淄川区", "岭子镇"} <= names and "昆仑镇" not in names
    assert [s["unit_name"] for s in shown(world, case, "handler")["supports"]] == ["岭子镇", "淄川区"]
    assert [s["unit_name"] for s in shown(world, case, "neighbour")["supports"]] == ["岭子镇"], "its own alone"
    assert shown(world, case, "handler")["may_ask_support"] and not shown(world, case, "neighbour")["may_ask_support"]


def test_who_declines_or_is_asked_no_more_sees_no_more(world: World) -> None:
    case = world.until("handling")
    ask(world, case)
    (support,) = shown(world, case, "neighbour")["supports"]
    assert post(world, "neighbour", f"{case}/supports/{support['id']}/withdraw", text="不要了").status_code == 403
    assert post(world, "neighbour", f"{case}/supports/{support['id']}/decline", text="").status_code == 422
    assert post(world, "neighbour", f"{case}/supports/{support['id']}/decline", text="不属本镇职责").status_code == 204
    assert world.look(case, "neighbour").status_code == 404 and listed(world, "neighbour") == []
    assert ask(world, case, "handler").status_code == 204, "it may be asked again"
    (_, again) = shown(world, case, "dispatcher")["supports"]
    assert world.look(case, "neighbour").status_code == 200
    assert post(world, "handler", f"{case}/supports/{again['id']}/withdraw", text="已自行解决").status_code == 204
    assert world.look(case, "neighbour").status_code == 404
    assert [s["state"] for s in shown(world, case, "dispatcher")["supports"]] == ["declined", "withdrawn"]
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        told = {(n.kind, str(n.account_id)) for n in Notice.objects.filter(kind__startswith="cases.support")}
    people = {name: str(account.id) for name, account in world.accounts.items()}
    assert told == {
        (notices.SUPPORT_ASKED, people["neighbour"]), (notices.SUPPORT_WITHDRAWN, people["neighbour"]),
        (notices.SUPPORT_DECLINED, people["handler"]), (notices.SUPPORT_DECLINED, people["dispatcher"]),
    }  # fmt: skip


def test_the_lead_does_not_hand_back_while_support_is_open_unless_it_says_why(world: World) -> None:
    case = world.until("handling")
    ask(world, case)
    held = world.step("handler", case, "hand_back", result="已修复")
    assert held.status_code == 422 and "岭子镇" in held.json()["fields"][0]["message"]
    assert world.look(case).json()["state"] == "handling"
    done = world.do("handler", case, "hand_back", result="已修复", reason="协办单位逾期未答复")
    assert done["state"] == "handed_back" and done["flow"][-1]["reason"] == "协办单位逾期未答复"
    assert shown(world, case, "handler")["supports"][0]["state"] == "lapsed"
    assert world.look(case, "neighbour").status_code == 404
    # Another lead finds the supporting units of the one before.
    case = world.until("handling")
    ask(world, case)
    world.do("handler", case, "return_to_dispatcher", reason="不归本单位")
    world.hand_over(case, staff.DISTRICT)
    world.add("district", "unit_handler", staff.DISTRICT)
    assert [s["state"] for s in shown(world, case, "district")["supports"]] == ["asked"]


def test_the_database_itself_shows_a_unit_what_it_supports_and_no_more(world: World) -> None:
    case, other = world.until("handling"), world.until("handling")
    ask(world, case)
    ask(world, other, area=staff.DISTRICT)

    def seen(who: str) -> tuple[set[str], set[str]]:
        with scope.acting(staff.actor(world.accounts[who])):
            found = CaseSupport.objects.all()
            return {str(c.id) for c in Case.objects.all()}, {str(s.case_id) for s in found}

    assert seen("neighbour") == ({case}, {case})
    assert seen("handler")[1] == seen("dispatcher")[1] == {case, other}
    with scope.acting(staff.actor(world.accounts["neighbour"])):
        assert CaseSupport.objects.filter(case_id=other).update(unit_id=unit(staff.OTHER_TOWN)) == 0
    with scope.acting(staff.actor(world.accounts["dispatcher"])):
        CaseSupport.objects.filter(case_id=case).update(state="declined", ended_at="2026-01-01T00:00:00Z")
    assert seen("neighbour") == (set(), {case})


def test_the_arm_by_support_is_read_by_its_index(world: World) -> None:
    """A page of the list as a supporting unit reads it, under row-level security: no scan of the cases."""
    from linli.cases.engine.queries import CaseFilter, cases_page

    case = world.until("handling")
    ask(world, case)
    statements: list[tuple[str, Any]] = []

    def keep(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((statement, params))
        return execute(statement, params, many, context)

    actor = staff.actor(world.accounts["neighbour"])
    with scope.acting(actor):
        with connection.execute_wrapper(keep):
            assert [str(row.id) for row in cases_page(actor, CaseFilter()).items] == [case]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            statement, params = next((s, p) for s, p in statements if "cases_support" in s)
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", params)
            plan = json.dumps(cursor.fetchone()[0])
    assert (
        "support_sight" in plan
        and '"Seq Scan", "Parallel Aware": false, "Async Capable": false, "Relation Name": "cases_case"' not in plan
    )


class TestSupportDoors(PermissionSuite):
    """A case of the own town's unit that another supports, one that the own unit supports, and the same in the foreign town."""

    seeded = True
    doors: ClassVar = (
        Door("GET", "/api/cases/{case}/cooperation", VIEW, instead=(HANDLE,), logs="detail"),
        Door("GET", "/api/cases/{case}/cooperation", HANDLE, instead=(VIEW,), logs="detail"),
        Door("GET", "/api/cases/{case}/cooperation/units", DISPATCH, also=(VIEW,), instead=(HANDLE,)),
        Door("GET", "/api/cases/{case}/cooperation/units", HANDLE, instead=(DISPATCH,)),
        Door("POST", "/api/cases/{case}/supports", DISPATCH, {**ASK, "unit_id": "{unit}"}, also=(VIEW,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{case}/supports", HANDLE, {**ASK, "unit_id": "{unit}"}, instead=(DISPATCH,)),
        Door("POST", "/api/cases/{helped}/supports/{asked}/answer", HANDLE, {"text": "已配合处理"}),
        Door("POST", "/api/cases/{helped}/supports/{asked}/decline", HANDLE, {"text": "不属本单位职责"}),
        Door("POST", "/api/cases/{case}/supports/{given}/withdraw", DISPATCH, {"text": "不再需要"}, also=(VIEW,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{case}/supports/{given}/withdraw", HANDLE, {"text": "不再需要"}, instead=(DISPATCH,)),
    )  # fmt: skip

    def sample(self) -> Sample:
        def cases(area: str, unit_area: str) -> dict[str, str]:
            case, helped = (
                standing(area, "倒伏树木", "handling", unit_area),
                standing(area, "积水", "handling", staff.VILLAGE),
            )
            return {
                "case": case, "helped": helped, "unit": str(unit(staff.DISTRICT)),
                "given": supported(case, staff.OTHER_VILLAGE), "asked": supported(helped, unit_area),
            }  # fmt: skip

        return Sample(own=cases(village(), staff.TOWN), foreign=cases(foreign_village(), staff.OTHER_TOWN))


def supported(case: str, area: str) -> str:
    """A unit that was asked to support a case, by an operator; the id of the request."""
    from linli.cases.cooperation.supports import Wanted, ask

    with scope.acting(staff.OPERATOR) as actor:
        return str(ask(actor, uuid.UUID(case), Wanted(unit(area), "请配合现场处置")).id)
