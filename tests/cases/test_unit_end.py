"""A unit is ended on a day: nothing more is given to it, its open cases go back to dispatch, its people are told once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from case_world import World, unit
from proposal_world import NUMBER, Proposals

from linli.access.models import ChangeLog, Unit
from linli.cases import notices
from linli.cases.engine import standing
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.kernel.scope import acting
from linli.messages.models import Notice


def heard() -> list[tuple[str, str, str]]:
    with acting(system("test", staff.DISTRICT)):
        kinds = (notices.UNIT_ENDS, notices.UNIT_STAYS)
        rows = Notice.objects.filter(kind__in=kinds).order_by("id")
        return [(row.kind, str(row.account_id), row.params["day"]) for row in rows]


def test_a_unit_that_ended_gives_back_its_cases_and_gets_no_more(
    seeded_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World.make()
    admin = world.add("admin", "district_admin", staff.DISTRICT)
    town = unit(staff.TOWN)
    with acting(staff.OPERATOR):
        Unit.objects.filter(parent_id=town).update(ended_on=clock.today())
    cases = [world.until("handling"), world.until("to_take"), world.until("closed")]

    def end(on: Any, reason: str = "机构改革，〔2026〕8 号", target: Any = town) -> Any:
        body = {"on": on.isoformat() if on else None, "reason": reason}
        return admin.put(f"/api/units/{target}/end", body, content_type="application/json")

    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today)
    assert end(today - timedelta(days=1)).status_code == end(today + timedelta(days=400)).status_code == 422
    assert end(today, " ").status_code == 422
    office = end(today, target=unit(staff.DISTRICT))
    assert office.status_code == 422 and office.json()["fields"][0]["code"] == "district"
    later = today + timedelta(days=7)
    assert end(later).json()["ended_on"] == later.isoformat() and end(later).status_code == 200
    outbox.deliver()
    outbox.deliver()
    handler = str(world.accounts["handler"].id)
    assert (notices.UNIT_ENDS, handler, later.isoformat()) in heard() and len(heard()) == len(
        {to for _, to, _ in heard()}
    )
    assert str(world.accounts["neighbour"].id) not in str(heard())
    assert standing.return_from_gone_units() == 0, "not before its day"
    assert end(None).json()["ended_on"] is None
    outbox.deliver()
    assert (notices.UNIT_STAYS, handler, "") in heard()
    assert end(today).status_code == 200
    assert standing.return_from_gone_units() == 2 and standing.return_from_gone_units() == 0
    states = [world.look(case).json()["state"] for case in cases]
    assert states == ["to_dispatch", "to_dispatch", "closed"]
    assert world.look(cases[0]).json()["flow"][-1]["action"] == "unit_gone"
    refused = world.step("dispatcher", cases[0], "dispatch", unit_id=str(town))
    assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "unit_id"
    assert str(town) not in str(world.people["dispatcher"].get("/api/cases/units").json())
    listed = {each["id"]: each["ended_on"] for each in admin.get("/api/units").json()["items"]}
    assert listed[str(town)] == today.isoformat()
    with acting(staff.OPERATOR):
        logged = list(
            ChangeLog.objects.filter(action="access.unit.end").order_by("id").values_list("detail", flat=True)
        )
    assert [each["on"] for each in logged] == [later.isoformat(), "", today.isoformat()]


def test_a_unit_with_others_in_use_below_it_is_not_ended(seeded_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today()
    monkeypatch.setattr(clock, "today", lambda: today)
    admin = staff.client(staff.staff("admin", "district_admin", staff.DISTRICT))
    body = {"on": today.isoformat(), "reason": "机构改革"}
    answer = admin.put(f"/api/units/{unit(staff.TOWN)}/end", body, content_type="application/json")
    assert answer.status_code == 422 and answer.json()["fields"][0]["code"] == "below"


def test_a_unit_that_ended_is_offered_nowhere_and_stays_where_it_helps(seeded_db: str) -> None:
    """In co-operation, proposals and words of sheets; a unit that helps with a proposal is kept when others are chosen."""
    world, proposals = World.make(), Proposals.make()
    clerk = staff.client(staff.staff("clerk", "town_clerk", staff.DISTRICT))
    case, other = world.until("handling"), str(unit(staff.OTHER_TOWN))
    made, helping = proposals.register(), [{"unit_id": other, "role": "assisting"}]
    assign = {"unit_id": str(unit(staff.TOWN)), "cohosts": helping}

    def offered() -> list[bool]:
        doors = (
            (world.people["handler"], f"/api/cases/{case}/cooperation/units"),
            (proposals.people["registrar"], "/api/proposals/units"),
            (clerk, "/api/case-sheets/choices?what=unit"),
        )
        return [other in client.get(path).content.decode() for client, path in doors]

    assert offered() == [True, True, True]
    proposals.do("registrar", made, "assign", **assign)
    with acting(staff.OPERATOR):
        Unit.objects.filter(id=other).update(ended_on=clock.today())
    assert offered() == [False, False, False]
    asked = {"unit_id": other, "what": "请配合现场处置", "reason": "需要贵单位的车辆"}
    for door in ("supports", "hand-overs"):
        refused = world.people["handler"].post(f"/api/cases/{case}/{door}", asked, content_type="application/json")
        assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "unit_id"), door
    assert proposals.put("registrar", f"/{made}/cohosts", cohosts=helping).status_code == 200, "it helps already"
    later = proposals.register(number=f"{NUMBER[:4]}0099")
    for given in (assign, assign | {"unit_id": other, "cohosts": []}):
        version = proposals.look(later, "registrar")["version"]
        refused = proposals.post("registrar", f"/{later}/actions/proposal_assign", version=version, **given)
        assert refused.status_code == 422, given
    assert proposals.put("registrar", f"/{later}/cohosts", cohosts=helping).status_code == 422


@pytest.mark.parametrize("state", ["to_take", "handed_back", "check_result", "to_close"])
def test_a_proposal_whose_host_ended_is_assigned_anew_before_it_is_signed(seeded_db: str, state: str) -> None:
    """Review and signing off are the host's own; what was signed needs it no more."""
    proposals = Proposals.make()
    made = proposals.until(state)
    assert standing.return_from_gone_units() == 0
    with acting(staff.OPERATOR):
        Unit.objects.filter(id=unit(staff.TOWN)).update(ended_on=clock.today())
    left = state != "to_close"
    assert standing.return_from_gone_units() == int(left)
    found = proposals.look(made)
    assert found["state"] == ("to_dispatch" if left else "to_close")
    if not left:
        return
    assert found["flow"][-1]["label"] == "单位撤销，退回派遣"
    assert all(each["reviewed_by_name"] == "" for each in found["replies"])
    proposals.do("registrar", made, "reassign", unit_id=str(unit(staff.OTHER_TOWN)))
    assert proposals.look(made)["host_name"] == staff.NAMES[staff.OTHER_TOWN]
