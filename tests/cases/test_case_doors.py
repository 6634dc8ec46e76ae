"""Every door of cases: own area, foreign area, no right, masks, the read log; and who sees a case by unit."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from case_world import DAY, World, unit, village
from permissions import Door, PermissionSuite, Sample

from linli.cases.permissions import ACCEPT, CHECK, CLOSE, DISPATCH, HANDLE, REPORT, REVEAL, VIEW
from linli.kernel import clock, scope
from linli.places.models import Region

STEP = {"version": 1, "reason": "试一试", "result": "试一试"}


def foreign_village() -> str:
    found = Region.objects.filter(level="village", parent_code=staff.OTHER_TOWN, valid_to=None).order_by("code").first()
    assert found is not None
    return str(found.code)


def entered(area: str, description: str) -> Any:
    """A case in an area, by an operator."""
    from linli.cases.engine.report import NewCase, report

    with scope.acting(staff.OPERATOR) as actor:
        return report(
            actor,
            NewCase(description, "resident", area=area, reporter_name="钱进来", reporter_phone="13987654321"),
        )


def standing(area: str, description: str, state: str, unit_area: str | None = None) -> str:
    """A case that has come to `state`, filed, handed to the unit of an area; the id."""
    case = entered(area, description)
    with scope.acting(staff.OPERATOR):
        case.state, case.urgent = state, state == "reported"
        case.filed_at = None if state == "reported" else clock.now()
        case.unit_id = unit(unit_area) if unit_area else None
        case.save()
    return str(case.id)


def asks(case: str, unit_id: Any) -> None:
    """An extension that waits for its review."""
    from linli.cases.models import Adjustment, Case
    from linli.kernel.ids import uuid7

    with scope.acting(staff.OPERATOR):
        Case.objects.filter(id=case).update(limit_value=2, clock="work_day")
        Adjustment.objects.create(
            id=uuid7(), case_id=case, wish="extension", turn="unit", unit_id=unit_id, unit_name="x", amount=1, reason="等待配件",
            asked_by="x", asked_by_name="x", asked_at=clock.now(), involved=["x"],
        )  # fmt: skip


GIVES = (ACCEPT, DISPATCH, CLOSE)
CHOOSES = (REPORT, ACCEPT, DISPATCH)


class TestCaseDoors(PermissionSuite):
    """Cases in the own town and in the foreign one, one for each right to act: reported, handed over, to check, to close."""

    seeded = True
    doors = (
        Door("GET", "/api/cases", VIEW, instead=(HANDLE,), finds=True, logs="list"),
        Door("GET", "/api/cases", HANDLE, instead=(VIEW,), finds=True, logs="list"),
        Door("GET", "/api/cases/queues", VIEW, instead=(HANDLE,)),
        Door("GET", "/api/cases/queues", HANDLE, instead=(VIEW,)),
        Door("GET", "/api/cases/{handed}", VIEW, instead=(HANDLE,), logs="detail", finds=True),
        Door("GET", "/api/cases/{handed}", HANDLE, instead=(VIEW,), logs="detail", finds=True),
        Door("GET", "/api/cases/adjustments?view=all", VIEW, instead=(HANDLE,), finds=True, logs="list"),
        Door("GET", "/api/cases/adjustments?view=all", HANDLE, instead=(VIEW,), finds=True, logs="list"),
        Door("GET", "/api/cases/field-tasks", CHECK, also=(VIEW,), logs="list"),
        *(
            Door("GET", "/api/cases/{case}/checkers", held, also=(VIEW,), instead=tuple(o for o in GIVES if o != held))
            for held in GIVES
        ),
        Door("GET", "/api/cases/units", DISPATCH),
        *(
            Door("GET", "/api/cases/categories?q=井盖", held, instead=tuple(o for o in CHOOSES if o != held))
            for held in CHOOSES
        ),
        Door("GET", "/api/cases/categories/{category}/rules", ACCEPT, instead=(DISPATCH,), foreign=(200,)),
        Door("GET", "/api/cases/categories/{category}/rules", DISPATCH, instead=(ACCEPT,), foreign=(200,)),
        Door("GET", "/api/cases/place?lon=117.96&lat=36.64", REPORT, answers=(200, 422)),
        Door("POST", "/api/cases", REPORT, {"description": "路灯不亮", "area": "{village}"}, foreign=(403,)),
        Door("POST", "/api/cases/{case}/actions/ask_verify", ACCEPT, STEP, also=(VIEW,)),
        Door("POST", "/api/cases/{case}/actions/refuse", ACCEPT, STEP, also=(VIEW,)),
        Door(
            "POST", "/api/cases/{case}/actions/dispatch_first", DISPATCH,
            {**STEP, **DAY, "unit_id": "{unit}", "category_id": "{category}"}, also=(VIEW,),
        ),
        Door("POST", "/api/cases/{handed}/actions/take", HANDLE, STEP),
        Door("POST", "/api/cases/{checked}/actions/pass_check", CHECK, STEP, also=(VIEW,)),
        Door("POST", "/api/cases/{closing}/actions/close", CLOSE, STEP, also=(VIEW,)),
        Door(
            "POST", "/api/cases/{case}/reveal", REVEAL, {"field": "phone", "purpose": "回访核实情况"}, also=(VIEW,), reveals=True,
            logs="reveal",
        ),
    )  # fmt: skip

    def sample(self) -> Sample:
        from linli.cases.models import Category

        def cases(area: str, where: str, unit_area: str) -> dict[str, str]:
            handed = standing(area, f"{where}的倒伏树木", "to_take", unit_area)
            asks(handed, unit(unit_area))
            return {
                "case": standing(area, f"{where}的坑洼路面", "reported"),
                "handed": handed,
                "checked": standing(area, f"{where}的积水", "check_result", staff.DISTRICT),
                "closing": standing(area, f"{where}的乱堆物料", "to_close", staff.DISTRICT),
                "village": area,
                "unit": str(unit(staff.TOWN)),
                "category": str(Category.objects.get(code="01001", kind="component").id),
            }

        return Sample(
            own=cases(village(), "本镇", staff.TOWN),
            foreign=cases(foreign_village(), "外镇", staff.OTHER_TOWN),
            own_marks=("本镇的倒伏树木",),
            foreign_marks=("外镇的",),
            secrets=("13987654321", "钱进来"),
        )

    def test_a_pointing_door_hides_the_foreign(self, door: Door) -> None:
        """The directory is the district's, and a village that is none is no village: neither hides anything."""
        if "{category}/rules" in door.path or door.path == "/api/cases":
            pytest.skip("nothing foreign in it")
        super().test_a_pointing_door_hides_the_foreign(door)


@pytest.fixture
def world(seeded_db: str) -> World:
    return World.make()


def raw(account: Any) -> set[str]:
    """The cases the database itself shows to somebody who forgets `restrict`."""
    from linli.cases.models import Case, CaseFlow

    with scope.acting(staff.actor(account)):
        seen = {str(each) for each in Case.objects.values_list("id", flat=True)}
        assert seen == {str(each) for each in CaseFlow.objects.values_list("case_id", flat=True)}
        return seen


def test_a_unit_sees_what_was_handed_to_it_wherever_it_lies_and_not_its_neighbours(world: World) -> None:
    world.add("far", "grid_worker", staff.OTHER_TOWN)
    handed, kept = world.new("far", area=foreign_village()), world.new("far", area=foreign_village())
    for case in (handed, kept):
        world.file(case)
    world.hand_over(handed, staff.TOWN)
    world.hand_over(kept, staff.OTHER_TOWN)
    # The handler of the town sees the case of the other town that was handed to it, by page, list and database.
    assert world.look(handed, "handler").status_code == 200 and world.look(kept, "handler").status_code == 404
    assert [c["id"] for c in world.people["handler"].get("/api/cases").json()["items"]] == [handed]
    assert raw(world.accounts["handler"]) == {handed}
    assert world.do("handler", handed, "take")["state"] == "handling"
    assert world.step("handler", kept, "take", 3).status_code == 404
    # A colleague of the same unit without the right to handle sees nothing, though the database would show it.
    assert (
        world.add("colleague", "officer", staff.VILLAGE, unit_area=staff.TOWN).get("/api/cases").json()["items"] != []
    )
    reader = staff.client(staff.staff("reader", area=staff.VILLAGE, unit_area=staff.TOWN, permissions=[REPORT]))
    assert reader.get("/api/cases").status_code == 403 and reader.get(f"/api/cases/{handed}").status_code == 403


def test_lists_are_served_by_the_index_of_area_and_of_unit_under_row_level_security(world: World) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    world.until("to_take")
    for who, index, condition in (
        ("handler", "case_unit", "(unit_id = "),
        ("grid_worker", "case_area", "(area_code >= "),
    ):
        with CaptureQueriesContext(connection) as caught:
            assert world.people[who].get("/api/cases").json()["items"]
        (statement,) = (q["sql"] for q in caught.captured_queries if "AS beginning" in q["sql"])
        with scope.acting(staff.actor(world.accounts[who])), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + statement.replace("%", "%%"), ())
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert index in plan and condition in plan, plan


def test_whoever_sees_by_area_and_by_unit_sees_each_case_once(world: World) -> None:
    both = world.add("both", "town_clerk", staff.TOWN)
    mine, other = world.until("to_take"), world.new()
    assert [c["id"] for c in both.get("/api/cases").json()["items"]] == [other, mine]
    assert both.get("/api/cases").json()["count"] == {"value": 2, "exact": True}
    pages = [both.get("/api/cases?limit=1").json()]
    pages.append(both.get(f"/api/cases?limit=1&cursor={pages[0]['next']}").json())
    assert [p["items"][0]["id"] for p in pages] == [other, mine] and pages[1]["next"] is None


def test_queues_are_those_of_ones_rights_and_count_what_their_lists_show(world: World) -> None:
    world.new()
    world.until("to_dispatch")
    world.until("handling")
    world.until("check_result")
    expected = {
        "acceptor": {"acceptance": 1, "closing": 0, "rating": 0}, "dispatcher": {"dispatch": 1},
        "handler": {"unit": 1, "supporting": 0}, "grid_worker": {"verify": 0, "check": 1}, "neighbour": {"unit": 0, "supporting": 0},
    }  # fmt: skip
    for who, queues in expected.items():
        told = {q["code"]: q["count"] for q in world.people[who].get("/api/cases/queues").json()}
        assert told == queues
        for code, count in queues.items():
            page = world.people[who].get(f"/api/cases?queue={code}&order=due").json()
            assert len(page["items"]) == count == page["count"]["value"]


def test_pages_by_due_walk_through_all_cases_once_those_without_a_clock_last(world: World) -> None:
    cases = [world.new() for _ in range(4)]
    for case, days in ((cases[2], 1), (cases[0], 3)):
        world.do("acceptor", case, "file", category_id=str(world.category().id), limit_value=days, clock="natural_day")
    walked, cursor = [], ""
    for _ in range(5):
        page = world.people["acceptor"].get(f"/api/cases?order=due&limit=1{cursor}").json()
        walked += [c["id"] for c in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert walked == [cases[2], cases[0], cases[1], cases[3]]


@pytest.mark.parametrize(
    "narrowed, found",
    [
        ("state=handling", ["handling"]),
        ("stage=handling", ["handling", "to_take"]),
        ("open=true", ["handling", "to_take", "reported"]),
        ("open=false", []),
        ("unit={unit}", ["handling", "to_take"]),
        ("category={category}", ["handling", "to_take"]),
        ("light=green", ["handling", "to_take"]),
        ("light=red", []),
        ("area={village}", ["handling", "to_take", "reported"]),
        ("area=370302104", []),
    ],
)
def test_lists_are_narrowed_by_what_is_asked(world: World, narrowed: str, found: list[str]) -> None:
    world.new()
    world.until("to_take")
    world.until("handling")
    asked = narrowed.format(unit=unit(staff.TOWN), category=world.category().id, village=village())
    page = world.people["acceptor"].get(f"/api/cases?{asked}").json()
    assert [each["state"] for each in page["items"]] == found and page["count"]["value"] == len(found)
