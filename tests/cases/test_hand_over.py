"""Handing a case over from unit to unit: with the consent of the one that takes it, which sees it while it is asked."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import pytest
import staff
from case_world import World, unit, village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases import notices
from linli.cases.models import Case, CaseHandOver
from linli.cases.permissions import HANDLE
from linli.kernel import scope
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.messages.models import Notice

OFFER = {"reason": "地块属贵单位管理", "document": "昆政函〔2026〕3号"}


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def post(world: World, who: str, path: str, **body: Any) -> Any:
    return world.people[who].post(f"/api/cases/{path}", body, content_type="application/json")


def offer(world: World, case: str, who: str = "handler", area: str = staff.OTHER_TOWN, **more: Any) -> Any:
    return post(world, who, f"{case}/hand-overs", unit_id=str(unit(area)), **{**OFFER, **more})


def shown(world: World, case: str, who: str) -> dict[str, Any]:
    return world.people[who].get(f"/api/cases/{case}/cooperation").json()


def listed(world: World, who: str, query: str = "") -> list[str]:
    return [row["id"] for row in world.people[who].get(f"/api/cases?{query}").json()["items"]]


def test_a_unit_takes_a_case_over_and_the_one_before_is_rid_of_it(world: World) -> None:
    case = world.until("handling")
    due = world.look(case).json()["due_at"]
    world.do("handler", case, "ask_extension", amount=1, reason="等待配件")
    support = {"unit_id": str(unit(staff.DISTRICT)), "what": "请配合", "reason": "需要配合"}
    assert post(world, "handler", f"{case}/supports", **support).status_code == 204
    assert offer(world, case, "dispatcher").status_code == 403
    for wrong, field in (
        ({"reason": ""}, "reason"),
        ({"area": staff.TOWN}, "unit_id"),
        ({"document": "文" * 61}, "document"),
    ):
        refused = offer(world, case, **wrong)
        assert refused.status_code == 422 and field in refused.json()["fields"][0]["field"], field
    assert offer(world, case).status_code == 204
    again = offer(world, case, area=staff.DISTRICT)
    assert again.status_code == 409 and again.json()["fields"][0]["code"] == "asked"
    assert listed(world, "neighbour", "queue=supporting") == listed(world, "neighbour") == [case]
    waiting = {i["code"]: i["count"]["value"] for i in world.people["neighbour"].get("/api/today").json()["items"]}
    assert waiting["cases_supporting"] == 1
    (row,) = shown(world, case, "neighbour")["hand_overs"]
    assert row["mine"] and row["may_take"] and row["document"] == OFFER["document"] and row["from_name"] == "昆仑镇"
    assert post(world, "handler", f"{case}/hand-overs/{row['id']}/take").status_code == 403
    assert post(world, "neighbour", f"{case}/hand-overs/{row['id']}/take").status_code == 204
    page = world.look(case, "neighbour").json()
    assert (page["state"], page["unit_name"], page["due_at"]) == ("handling", "岭子镇", due), "the clock goes on"
    assert page["adjustments"][0]["state"] == "lapsed" and page["flow"][-1]["label"] == "接收移交"
    assert world.look(case, "handler").status_code == 404 and listed(world, "handler") == []
    assert listed(world, "neighbour", "queue=unit") == [case] and listed(world, "neighbour", "queue=supporting") == []
    # Who supports the case now supports its new lead, which does not hand back without waiting either.
    assert [s["unit_name"] for s in shown(world, case, "neighbour")["supports"]] == ["淄川区"]
    assert world.step("neighbour", case, "hand_back", result="已修复").status_code == 422
    assert world.do("neighbour", case, "hand_back", result="已修复", reason="无需等待")["state"] == "handed_back"
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        told = {(n.kind, str(n.account_id)) for n in Notice.objects.filter(kind__startswith="cases.hand_over")}
    people = {name: str(account.id) for name, account in world.accounts.items()}
    assert told == {(notices.HAND_OVER_ASKED, people["neighbour"]), (notices.HAND_OVER_TAKEN, people["handler"])}


def test_who_refuses_or_is_asked_no_more_sees_no_more(world: World) -> None:
    case = world.until("handling")

    def asked() -> str:
        assert offer(world, case).status_code == 204
        return str(shown(world, case, "handler")["hand_overs"][-1]["id"])

    row = asked()
    assert post(world, "neighbour", f"{case}/hand-overs/{row}/refuse", text="").status_code == 422
    assert post(world, "neighbour", f"{case}/hand-overs/{row}/refuse", text="不属本镇").status_code == 204
    assert world.look(case, "neighbour").status_code == 404
    row = asked()
    assert post(world, "handler", f"{case}/hand-overs/{row}/withdraw", text="自行办理").status_code == 204
    assert post(world, "neighbour", f"{case}/hand-overs/{row}/take").status_code == 404
    row = asked()
    with scope.acting(staff.actor(world.accounts["neighbour"])):
        assert [str(c.id) for c in Case.objects.all()] == [case], "the database shows it while it is offered"
    world.do("dispatcher", case, "recall", reason="改派")
    with scope.acting(staff.actor(world.accounts["neighbour"])):
        assert not Case.objects.exists() and CaseHandOver.objects.count() == 3
    assert [h["state"] for h in shown(world, case, "dispatcher")["hand_overs"]] == ["refused", "withdrawn", "lapsed"]
    early = offer(world, case)
    assert early.status_code in (403, 409), "it is with its unit no more"


class TestHandOverDoors(PermissionSuite):
    """A case of the own town's unit that it offers, one that is offered to it, and the same in the foreign town."""

    seeded = True
    doors: ClassVar = (
        Door("POST", "/api/cases/{case}/hand-overs", HANDLE, {**OFFER, "unit_id": "{unit}"}),
        Door("POST", "/api/cases/{given}/hand-overs/{mine}/withdraw", HANDLE, {"text": "自行办理"}),
        Door("POST", "/api/cases/{coming}/hand-overs/{asked}/take", HANDLE, {}),
        Door("POST", "/api/cases/{coming}/hand-overs/{asked}/refuse", HANDLE, {"text": "不属本单位"}),
    )  # fmt: skip

    def sample(self) -> Sample:
        def cases(area: str, unit_area: str) -> dict[str, str]:
            case, given = (
                standing(area, "倒伏树木", "handling", unit_area),
                standing(area, "坑洼", "handling", unit_area),
            )
            coming = standing(area, "积水", "handling", staff.VILLAGE)
            return {
                "case": case, "given": given, "coming": coming, "unit": str(unit(staff.DISTRICT)),
                "mine": offered(given, unit_area, staff.OTHER_VILLAGE), "asked": offered(coming, staff.VILLAGE, unit_area),
            }  # fmt: skip

        return Sample(own=cases(village(), staff.TOWN), foreign=cases(foreign_village(), staff.OTHER_TOWN))


def offered(case: str, area: str, to: str) -> str:
    """An offer of a case to a unit; its id."""
    from linli.access.models import Unit
    from linli.cases.cooperation.handovers import Offer, do_offer

    with scope.acting(staff.OPERATOR) as actor:
        units = {u.id: u for u in Unit.objects.filter(id__in=[unit(area), unit(to)])}
        found = Case.objects.get(id=UUID(case))
        found.unit_id, found.unit_name = unit(area), units[unit(area)].name
        return str(do_offer(actor, found, Offer(unit(to), "地块属贵单位管理"), units[unit(to)]).id)
