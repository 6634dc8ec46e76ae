"""Notes of supervision: who writes them, who answers, and how many there are by unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import pytest
import staff
from case_world import World, village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases import notices
from linli.cases.permissions import DISPATCH, HANDLE, SUPERVISE, VIEW
from linli.kernel import clock, scope
from linli.kernel.actors import system
from linli.kernel.outbox import actions as outbox
from linli.messages.models import Notice

NOTE = {"level": "priority", "text": "群众多次反映，请尽快办理", "until": "2099-12-31"}


MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 local


@pytest.fixture
def world(seeded_db: str) -> Iterator[World]:
    with clock.frozen(MONDAY):
        yield World.make()


def post(world: World, who: str, path: str, **body: Any) -> Any:
    return world.people[who].post(f"/api/cases/{path}", body, content_type="application/json")


def notes(world: World, who: str, query: str = "") -> list[dict[str, Any]]:
    answer = world.people[who].get(f"/api/cases/supervisions?{query}")
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["count"]["value"] == len(answer.json()["items"])
    return answer.json()["items"]


def by_unit(world: World, who: str) -> list[tuple[str, int, int, int]]:
    found = world.people[who].get(f"/api/cases/supervisions/units?month={clock.today():%Y%m}").json()
    return [(u["unit_name"], u["notes"], u["unanswered"], u["overdue"]) for u in found]


def test_a_note_goes_to_the_unit_which_answers_it_and_is_counted_for_it(world: World) -> None:
    case = world.until("handling")
    for who, status in (("handler", 403), ("acceptor", 403), ("neighbour", 403)):
        assert post(world, who, f"{case}/supervisions", **NOTE).status_code == status, who
    for wrong, field in (({"text": " "}, "text"), ({"until": "2020-01-01"}, "until"), ({"level": "x"}, "level")):
        refused = post(world, "dispatcher", f"{case}/supervisions", **{**NOTE, **wrong})
        assert refused.status_code == 422 and field in refused.json()["fields"][0]["field"]
    assert post(world, "dispatcher", f"{case}/supervisions", **NOTE).status_code == 204
    assert post(world, "dispatcher", f"{case}/supervisions", **{**NOTE, "level": "ordinary"}).status_code == 204
    flow = world.look(case).json()["flow"]
    assert [s["label"] for s in flow[-2:]] == ["督办", "督办"] and flow[-2]["result"] == NOTE["text"]
    assert [n["level_name"] for n in notes(world, "handler", "view=answer")] == ["重点督办", "普通督办"]
    assert notes(world, "neighbour") == [] and notes(world, "dispatcher", "view=answer") == []
    page = world.people["handler"].get(f"/api/cases/{case}/cooperation").json()
    first, second = page["supervisions"]
    assert first["may_answer"] and not first["may_withdraw"] and not page["may_supervise"]
    # Whoever supports the case is not told off with its lead.
    support = {"unit_id": str(staff.units()[staff.OTHER_TOWN]), "what": "请配合"}
    assert post(world, "dispatcher", f"{case}/supports", **support).status_code == 204
    assert world.people["neighbour"].get(f"/api/cases/{case}/cooperation").json()["supervisions"] == []
    assert notes(world, "neighbour") == []
    assert post(world, "dispatcher", f"{case}/supervisions/{first['id']}/answer", text="代答").status_code == 403
    assert post(world, "handler", f"{case}/supervisions/{first['id']}/answer", text="已安排今晚施工").status_code == 204
    assert post(world, "handler", f"{case}/supervisions/{first['id']}/answer", text="再答").status_code == 404
    assert [(n["standing"], n["answer"]) for n in notes(world, "dispatcher", "standing=answered")] == [
        ("answered", "已安排今晚施工")
    ]
    assert by_unit(world, "dispatcher") == by_unit(world, "handler") == [("昆仑镇", 2, 1, 0)]
    assert by_unit(world, "neighbour") == []
    assert post(world, "dispatcher", f"{case}/supervisions/{second['id']}/withdraw", text="已办妥").status_code == 204
    assert by_unit(world, "dispatcher") == [("昆仑镇", 1, 0, 0)]
    outbox.deliver()
    with scope.acting(system("test", staff.DISTRICT)):
        told = [
            (n.kind, str(n.account_id)) for n in Notice.objects.filter(kind__startswith="cases.supervi").order_by("id")
        ]
    people = {name: str(account.id) for name, account in world.accounts.items()}
    assert told == [
        (notices.SUPERVISED, people["handler"]), (notices.SUPERVISED, people["handler"]),
        (notices.SUPERVISION_ANSWERED, people["dispatcher"]),
    ]  # fmt: skip


def test_a_note_follows_its_case_grows_overdue_and_outlives_the_closing(world: World) -> None:
    case = world.until("to_dispatch")
    assert post(world, "dispatcher", f"{case}/supervisions", **{**NOTE, "until": f"{clock.today()}"}).status_code == 204
    assert by_unit(world, "dispatcher") == [("", 1, 1, 0)]
    world.hand_over(case)
    assert by_unit(world, "handler") == [("昆仑镇", 1, 1, 0)]
    world.until("closed", case)
    assert post(world, "dispatcher", f"{case}/supervisions", **NOTE).status_code == 409
    with clock.frozen(MONDAY + timedelta(days=2)):
        world = World.make_again(world)
        (note,) = notes(world, "handler", "view=answer")
        assert note["standing"] == "overdue" and note["state"] == "closed"
        assert [n["id"] for n in notes(world, "dispatcher", "standing=overdue")] == [note["id"]]
        assert post(world, "handler", f"{case}/supervisions/{note['id']}/answer", text="已结案").status_code == 204
        assert notes(world, "handler", "view=answer") == []


class TestSupervisionDoors(PermissionSuite):
    """A case of the own town's unit with a note, one that is with no unit, and the same in the foreign town."""

    seeded = True
    doors: ClassVar = (
        Door("GET", "/api/cases/supervisions", VIEW, instead=(HANDLE,), finds=True, logs="list"),
        Door("GET", "/api/cases/supervisions", HANDLE, instead=(VIEW,), finds=True, logs="list"),
        Door("GET", "/api/cases/supervisions/units?month=202611", VIEW, instead=(HANDLE,)),
        Door("GET", "/api/cases/supervisions/units?month=202611", HANDLE, instead=(VIEW,)),
        Door("POST", "/api/cases/{case}/supervisions", SUPERVISE, NOTE, also=(VIEW,)),
        Door("POST", "/api/cases/{case}/supervisions/{note}/answer", HANDLE, {"text": "已安排办理"}, instead=(DISPATCH,)),
        Door("POST", "/api/cases/{free}/supervisions/{open}/answer", DISPATCH, {"text": "已安排办理"}, also=(VIEW,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{case}/supervisions/{note}/withdraw", SUPERVISE, {"text": "已办妥"}, also=(VIEW,)),
    )  # fmt: skip

    def sample(self) -> Sample:
        def cases(area: str, unit_area: str) -> dict[str, str]:
            case, free = standing(area, "倒伏树木", "handling", unit_area), standing(area, "积水", "to_dispatch")
            return {"case": case, "free": free, "note": supervised(case), "open": supervised(free)}

        own, foreign = cases(village(), staff.TOWN), cases(foreign_village(), staff.OTHER_TOWN)
        return Sample(own=own, foreign=foreign, own_marks=(own["note"],), foreign_marks=(foreign["note"],))


def supervised(case: str) -> str:
    """A note on a case, by an operator; its id."""
    from linli.cases.cooperation.supervising import Note, supervise

    with scope.acting(staff.OPERATOR) as actor:
        return str(supervise(actor, UUID(case), Note("ordinary", "请尽快办理", clock.today())).id)
