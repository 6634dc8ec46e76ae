"""What co-operation keeps to itself, and where it ends: texts that a supporting unit does not read, cases with a door of their own,
and what a merge leaves behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import staff
from case_world import World, unit
from proposal_world import Proposals
from test_hand_over import offered

from linli.cases import notices
from linli.cases.engine.queries import case_detail
from linli.cases.models import Case, CaseHandOver, CaseMerge, CaseSupport
from linli.cases.printing.contents import contents
from linli.kernel import clock, scope
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.messages.models import Notice


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def post(world: World, who: str, path: str, **body: Any) -> Any:
    return world.people[who].post(f"/api/cases/{path}", body, content_type="application/json")


def shown(world: World, case: str, who: str) -> dict[str, Any]:
    answer = world.people[who].get(f"/api/cases/{case}/cooperation")
    assert answer.status_code == 200, answer.content.decode()
    found: dict[str, Any] = answer.json()
    return found


def ask(world: World, case: str, who: str, area: str, what: str, reason: str) -> Any:
    return post(world, who, f"{case}/supports", unit_id=str(unit(area)), what=what, reason=reason)


def merge(world: World, case: str, main: str) -> Any:
    version = world.look(case).json()["version"]
    return post(world, "acceptor", f"{case}/merge", version=version, main_id=main, reason="同一件事")


def listed(world: World, who: str, queue: str) -> list[str]:
    return [row["id"] for row in world.people[who].get(f"/api/cases?queue={queue}").json()["items"]]


def test_the_flow_keeps_from_a_supporting_unit_what_co_operation_keeps_from_it(world: World) -> None:
    world.add("office", "unit_handler", staff.DISTRICT)
    case = world.until("handling")
    assert ask(world, case, "handler", staff.DISTRICT, "请核对产权资料", "产权不明确").status_code == 204
    assert ask(world, case, "handler", staff.OTHER_TOWN, "请疏导交通", "占道施工").status_code == 204
    note = {"level": "priority", "text": "领导批示从速", "until": "2099-12-31"}
    assert post(world, "dispatcher", f"{case}/supervisions", **note).status_code == 204
    (row,) = shown(world, case, "handler")["supervisions"]
    assert post(world, "handler", f"{case}/supervisions/{row['id']}/answer", text="今晚完成施工").status_code == 204
    (mine,) = shown(world, case, "office")["supports"]
    assert post(world, "office", f"{case}/supports/{mine['id']}/answer", text="产权属物业").status_code == 204
    assert post(world, "dispatcher", f"{case}/children", description="另修人行道").status_code == 201
    offer = {"unit_id": str(unit(staff.OTHER_VILLAGE)), "reason": "地块属村里", "document": "昆政函9号"}
    assert post(world, "handler", f"{case}/hand-overs", **offer).status_code == 204
    number = next(child["number"] for child in shown(world, case, "dispatcher")["children"])

    def texts(who: str) -> list[tuple[str, str, str | None]]:
        flow = world.look(case, who).json()["flow"]
        return [(s["action"], s["reason"], s["result"]) for s in flow if s["version"] > 4]

    whole = texts("handler")
    assert whole == texts("dispatcher") == [
        ("ask_support", "产权不明确", "淄川区：请核对产权资料"),
        ("ask_support", "占道施工", "岭子镇：请疏导交通"),
        ("supervise", "", "领导批示从速"),
        ("answer_supervision", "", "今晚完成施工"),
        ("answer_support", "", "产权属物业"),
        ("split", "", number),
        ("offer_hand_over", "地块属村里", whole[-1][2]),
    ]  # fmt: skip
    assert "昆政函9号" in str(whole[-1][2])
    # Each supporting unit reads what was written to it and by it; of the rest only that there was such a step.
    nothing = [(action, "", None) for action, _, _ in whole]
    assert texts("neighbour") == [nothing[0], whole[1], *nothing[2:]]
    assert texts("office") == [whole[0], *nothing[1:4], whole[4], *nothing[5:]]
    # Other steps are told as ever, and paper tells no more than the page.
    assert [s["label"] for s in world.look(case, "neighbour").json()["flow"]] == [
        s["label"] for s in world.look(case, "handler").json()["flow"]
    ]
    with scope.acting(staff.actor(world.accounts["neighbour"])) as actor:
        found = case_detail(actor, UUID(case))
        printed = str(contents("file", found, "zh-CN", clock.now(), {"who": "x", "purpose": "x"}, [], 0))
    assert "请疏导交通" in printed
    assert not [t for t in ("领导批示", "今晚完成", "产权", "昆政函", number) if t in printed]


def test_cases_with_a_door_of_their_own_are_worked_there_alone(world: World) -> None:
    proposals = Proposals.make()
    made = proposals.until("handling")
    case, plain = str(proposals.look(made)["case_id"]), world.until("handling")
    # Neither support nor another unit comes round their door, nor what was offered before this was asked.
    page = shown(world, case, "handler")
    assert not page["may_ask_support"] and not page["may_hand_over"] and not page["may_split"]
    assert shown(world, plain, "handler")["may_ask_support"] and shown(world, plain, "handler")["may_hand_over"]
    to = str(unit(staff.OTHER_TOWN))
    taken = offered(case, staff.TOWN, staff.OTHER_TOWN)
    refused = [
        ask(world, case, "handler", staff.OTHER_TOWN, "请协助答复", "需要配合"),
        post(world, "handler", f"{case}/hand-overs", unit_id=to, reason="不属本单位"),
        post(world, "neighbour", f"{case}/hand-overs/{taken}/take"),
    ]
    assert [(a.status_code, a.json()["fields"][0]["code"]) for a in refused] == [(409, "own_door")] * 3
    (row,) = shown(world, case, "neighbour")["hand_overs"]
    assert not row["may_take"]
    assert post(world, "neighbour", f"{case}/hand-overs/{taken}/refuse", text="走提案渠道").status_code == 204
    # They are not merged, into anything or with anything.
    into = merge(world, case, plain)
    assert (into.status_code, into.json()["fields"][0]["code"]) == (409, "procedure")
    other = merge(world, plain, case)
    assert other.json()["code"] == "cases.not_mergeable" and "提案建议办理" in other.json()["fields"][0]["message"]
    assert world.look(case).json()["state"] == world.look(plain).json()["state"] == "handling"
    # A merge that holds all the same is undone.
    with scope.acting(staff.OPERATOR):
        found, main = Case.objects.get(id=case), Case.objects.get(id=plain)
        CaseMerge.objects.create(
            case=found, main=main, from_state="handling", main_number=main.number, number=found.number,
            description=found.description, place_text="", reported_at=found.reported_at, merged_at=clock.now(),
            merged_by="x", merged_by_name="x", reason="从前",
        )  # fmt: skip
        Case.objects.filter(id=case).update(state="merged")
    version = world.look(case).json()["version"]
    assert post(world, "acceptor", f"{case}/unmerge", version=version, reason="不应并案").status_code == 204
    assert world.look(case).json()["state"] == "handling"


def test_the_common_queues_hold_no_case_that_waits_at_another_door(world: World) -> None:
    proposals = Proposals.make()
    made = proposals.register(number="20260001"), proposals.until("handling", proposals.register(number="20260002"))
    fresh, theirs = (str(proposals.look(each)["case_id"]) for each in made)
    plain, at_unit = world.new(), world.until("handling")
    assert listed(world, "acceptor", "acceptance") == [plain] and listed(world, "handler", "unit") == [at_unit]
    counts = {q["code"]: q["count"] for q in world.people["handler"].get("/api/cases/queues").json()}
    waiting = {i["code"]: i["count"]["value"] for i in world.people["handler"].get("/api/today").json()["items"]}
    assert counts["unit"] == waiting["cases_unit"] == 1
    every = [row["id"] for row in world.people["acceptor"].get("/api/cases").json()["items"]]
    assert {fresh, theirs, plain, at_unit} == set(every), "they are among all cases as ever"


def test_a_merge_ends_what_the_duplicate_was_asking_of_other_units(world: World) -> None:
    world.add("office", "unit_handler", staff.DISTRICT)
    main, case = world.until("handling"), world.until("handling")
    for each in (main, case):
        assert ask(world, each, "handler", staff.DISTRICT, "请核对资料", "需要配合").status_code == 204
    offer = {"unit_id": str(unit(staff.OTHER_TOWN)), "reason": "地块属贵镇"}
    assert post(world, "handler", f"{case}/hand-overs", **offer).status_code == 204
    assert listed(world, "neighbour", "supporting") == [case]
    assert merge(world, case, main).status_code == 204
    assert listed(world, "neighbour", "supporting") == [] and listed(world, "office", "supporting") == [main]
    assert world.look(case, "office").status_code == world.look(case, "neighbour").status_code == 404
    with scope.acting(staff.OPERATOR):
        assert [s.state for s in CaseSupport.objects.filter(case_id=case)] == ["lapsed"]
        assert [h.state for h in CaseHandOver.objects.filter(case_id=case)] == ["lapsed"]
        assert [s.state for s in CaseSupport.objects.filter(case_id=main)] == ["asked"]
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        told = {n.kind for n in Notice.objects.filter(kind__endswith="withdrawn")}
    assert told == {notices.SUPPORT_WITHDRAWN, notices.HAND_OVER_WITHDRAWN}
