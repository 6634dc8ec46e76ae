"""Evaluation over HTTP: figures by hand, what is behind them, who sees which, the report, and facts drawn anew."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl
import pytest
import staff
from case_world import World, unit, village
from django.test.utils import CaptureQueriesContext
from permissions import Door, PermissionSuite, Sample
from proposal_world import Proposals
from test_case_doors import foreign_village

from linli.cases.evaluation import facts
from linli.cases.evaluation.keeper import keeper
from linli.cases.models import Case, CaseFact, FactRun
from linli.cases.permissions import HANDLE, VIEW
from linli.kernel import clock, measures, pdf
from linli.kernel.area_names import names_of
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

MONTH = 202611
MORNING = datetime(2026, 11, 24, 9, 30, tzinfo=clock.LOCAL)
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=clock.LOCAL)


def draw(whole: bool = False) -> int:
    with acting(keeper()) as actor:
        return facts.draw_all(actor) if whole else facts.draw_recent(actor)


def figures(world: World, who: str = "acceptor", **asked: Any) -> dict[str, Any]:
    answer = world.people[who].get("/api/case-evaluation", {"month": MONTH, **asked})
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def ratio(of: dict[str, Any], code: str) -> tuple[int, int]:
    found = next(each for each in of["ratios"] if each["ratio"] == code)
    return found["numerator"], found["denominator"]


@pytest.fixture
def world(seeded_db: str) -> Iterator[World]:
    """One case rated, one reworked and handed back, one late, one cancelled, one refused, one just reported."""
    with clock.frozen(MORNING):
        world = World.make()
        world.until("evaluated")
        reworked = world.until("handed_back")
        world.do("dispatcher", reworked, "rework", reason="照片不清楚")
        world.do("handler", reworked, "hand_back", result="已补照片")
        world.late = world.until("handling")
        gone = world.until("to_dispatch", world.new(source="resident"))
        world.do("acceptor", gone, "cancel", reason="与上一件重复")
        world.do("acceptor", world.new(source="hotline"), "refuse", reason="不属于受理范围")
        world.new()
    with clock.frozen(FRIDAY):
        yield World.make_again(world)


def test_figures_are_those_a_hand_counts_and_lead_to_their_cases(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert figures(world)["as_of"] is None and draw() == 6
    found = figures(world)
    everything = found["all"]
    assert found["level"] == "town" and everything["filed"] == 4 and found["as_of"]
    assert ratio(everything, "valid_report") == (3, 4)
    assert ratio(everything, "filing_right") == (3, 4) and ratio(everything, "missed_report") == (0, 4)
    assert ratio(everything, "dispatch_on_time") == (3, 3) and ratio(everything, "dispatch_right") == (3, 3)
    assert ratio(everything, "handling_on_time") == (2, 3) and ratio(everything, "rework") == (1, 3)
    assert ratio(everything, "closing") == (1, 3) == ratio(everything, "closing_on_time")
    assert ratio(everything, "solution") == (1, 1) and ratio(everything, "response") == (0, 0)
    (own,) = (each for each in found["units"] if each["key"] == str(unit(staff.TOWN)))
    # 3 cases -> 100 x 10 % = 10; 1/3 x 30 % = 10; 2/3 x 30 % = 20; (1 - 1/3) x 30 % = 20
    assert own["index"]["value"] == 60.0 and own["index"]["grade"] == "C"
    (town,) = found["areas"]
    assert town["key"] == staff.TOWN and town["index"]["index"] == "area" and everything["index"] is None
    _leads_to_cases(world)
    _is_left_out(world)
    _goes_on(world)
    _is_told_by_sight(world, monkeypatch)


def _leads_to_cases(world: World) -> None:
    def behind(figure: str) -> list[str]:
        answer = world.people["acceptor"].get("/api/cases", {"figure": figure})
        assert answer.status_code == 200, answer.content.decode()
        return [case["id"] for case in answer.json()["items"]]

    assert len(behind(f"{MONTH}:filed")) == 4 and len(behind(f"{MONTH}:to_handle")) == 3
    assert behind(f"{MONTH}:to_handle-handled_on_time") == [world.late]
    assert behind("202610:filed") == [] == behind("last:filed") == behind(f"{MONTH}:no_such")
    assert world.people["acceptor"].get("/api/cases?figure=202611;drop").status_code == 422
    definitions = world.people["acceptor"].get("/api/case-evaluation/definitions").json()
    for each in definitions["ratios"]:
        top, below = ratio(figures(world)["all"], each["code"])
        assert len(behind(f"{MONTH}:{each['behind']}")) == (top if each["good"] == "low" else below - top)
    assert {index["subject"] for index in definitions["indices"]} == {"unit", "area"}, "never of posts"


def _is_left_out(world: World) -> None:
    """A case that is exempt leaves the statistics of limits and nothing else."""

    def set_exempt(exempt: bool) -> None:
        with acting(keeper()):
            Case.objects.filter(id=world.late).update(exempt=exempt)
            CaseFact.objects.filter(case_id=world.late).delete()
        draw(whole=True)

    set_exempt(True)
    without = figures(world)["all"]
    assert (
        ratio(without, "handling_on_time") == (2, 2) and ratio(without, "closing") == (1, 2) and without["filed"] == 4
    )
    set_exempt(False)


def _goes_on(world: World) -> None:
    """What was done since is drawn without looking at the rest, and the night finds what is missing."""
    world.do("handler", world.late, "hand_back", result="已更换")
    draw()
    assert ratio(figures(world)["all"], "handling_on_time") == (2, 3)
    answer = world.people["acceptor"].get("/api/case-evaluation/trend", {"ratio": "handling_on_time", "month": MONTH})
    assert [p["month"] for p in answer.json()][-2:] == [202610, 202611] and len(answer.json()) == 13
    assert answer.json()[-1]["numerator"] == 2 and answer.json()[0]["value"] is None
    assert world.people["acceptor"].get("/api/case-evaluation/trend?ratio=none&month=202611").status_code == 404
    assert world.people["acceptor"].get("/api/case-evaluation?month=202613").status_code == 404
    with acting(keeper()):
        CaseFact.objects.filter(case_id=world.late).delete()
    assert draw(whole=True) == 1 and draw(whole=True) == 0
    with acting(keeper()):
        assert FactRun.objects.count() == 6
        CaseFact.objects.update(steps=0)
    assert draw() == 6, "facts by other definitions are all drawn anew at once"
    with acting(keeper()):
        last = FactRun.objects.order_by("-id").first()
        assert last is not None and last.whole


def _is_told_by_sight(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler sees the figures of their unit, a neighbour none; one pass, whatever there is."""
    mine = figures(world, "handler")
    assert [each["key"] for each in mine["units"]] == [str(unit(staff.TOWN))] and mine["all"]["filed"] == 3
    # Indices are made of all cases alone: a unit's own people see theirs, a town sees its villages', the district sees all.
    assert [each["index"]["value"] for each in mine["units"]] == [60.0]
    assert mine["areas"] and all(each["index"] is None for each in mine["areas"])
    world.add("clerk", "acceptor", staff.TOWN, unit_area=staff.VILLAGE)
    town = figures(world, "clerk")
    assert town["units"] and all(each["index"] is None for each in town["units"])
    assert town["areas"] and all(each["index"] for each in town["areas"])
    other = figures(world, "neighbour")
    assert other["units"] == [] and other["all"]["filed"] == 0
    from django.db import connection

    with CaptureQueriesContext(connection) as queries:
        figures(world)
    assert len(queries) <= 10, [q["sql"][:80] for q in queries]
    book = world.people["acceptor"].get("/api/case-evaluation/report", {"month": MONTH, "format": "xlsx"})
    sheets = openpyxl.load_workbook(io.BytesIO(book.content))
    assert sheets.sheetnames == ["部门", "区域", "指标定义"]
    rows = list(sheets["部门"].values)
    head = next(nth for nth, row in enumerate(rows) if row[0] == "名称")
    late = rows[head].index("按期处置率")
    assert rows[head + 1][1] == 3 and rows[head + 1][late] == pytest.approx(2 / 3)
    with monkeypatch.context() as patch:
        told: list[Any] = []
        render = pdf.render
        patch.setattr(pdf, "render", lambda template, values, at: told.append(values) or render(template, values, at))
        paper = world.people["acceptor"].get("/api/case-evaluation/report", {"month": MONTH, "format": "pdf"})
    assert (
        paper["Content-Type"] == "application/pdf"
        and paper.content.startswith(b"%PDF-1.")
        and b"/FontFile" in paper.content
    )
    (values,) = told
    units = values["parts"][0]
    assert dict(zip(units["head"], units["rows"][0], strict=True))["按期处置率"] == "66.7%"
    assert any(row[0] == "区域综合指标值" and row[1] == "1" for row in values["definitions"]["rows"])


def months(world: World, month: int) -> dict[str, Any]:
    """A month's figures, after every ratio of it led to as many cases as count against it."""
    found = figures(world, month=month)
    for each in world.people["acceptor"].get("/api/case-evaluation/definitions").json()["ratios"]:
        top, below = ratio(found["all"], each["code"])
        assert len(listed(world, f"{month}:{each['behind']}")) == (top if each["good"] == "low" else below - top)
    return found


def listed(world: World, figure: str, **more: Any) -> list[str]:
    answer = world.people["acceptor"].get("/api/cases", {"figure": figure, **more})
    assert answer.status_code == 200, answer.content.decode()
    return [case["id"] for case in answer.json()["items"]]


def of_unit(found: dict[str, Any], area: str) -> dict[str, Any] | None:
    return next((each for each in found["units"] if each["key"] == str(unit(area))), None)


def test_a_round_that_ended_stays_in_its_months_and_an_appeal_exempts_its_round_alone(seeded_db: str) -> None:
    with clock.frozen(MORNING):
        world = World.make()
        late, appealed = world.until("handling"), world.until("handling")
    with clock.frozen(FRIDAY):
        world = World.make_again(world)
        world.until("evaluated", late)
        world.until("closed", appealed)
        world.do("handler", appealed, "ask_appeal", reason="停电两天")
        draw()
        assert ratio(months(world, MONTH)["all"], "handling_on_time") == (0, 2)
        world.do("dispatcher", appealed, "endorse_appeal")
        world.do("acceptor", appealed, "grant_appeal")
        draw()
        before = months(world, MONTH)
        own = of_unit(before, staff.TOWN)
        assert own is not None and ratio(own, "handling_on_time") == (0, 1) and ratio(own, "satisfaction") == (1, 1)
    with clock.frozen(datetime(2026, 12, 10, 9, 30, tzinfo=clock.LOCAL)):
        world = World.make_again(world)
        for case in (late, appealed):
            world.do("acceptor", case, "reopen", reason="反映人表示问题又出现")
            world.hand_over(case, staff.OTHER_TOWN)
        world.do("neighbour", late, "take")
        world.do("neighbour", late, "hand_back", result="已更换")
        world.do("dispatcher", late, "rework", reason="照片不清楚")
        assert world.look(late).json()["reworks"] == 1
        world.do("neighbour", late, "hand_back", result="已补照片")
    with clock.frozen(datetime(2026, 12, 16, 9, 30, tzinfo=clock.LOCAL)):
        world = World.make_again(world)
        draw()
        after, december = months(world, MONTH), months(world, 202612)
        assert (after["all"], after["units"], after["areas"]) == (before["all"], before["units"], before["areas"])
        assert ratio(december["all"], "handling_on_time") == (1, 2) and ratio(december["all"], "rework") == (1, 2)
        assert december["all"]["filed"] == 0 and of_unit(december, staff.TOWN) is None
        other = of_unit(december, staff.OTHER_TOWN)
        assert other is not None and ratio(other, "handling_on_time") == (1, 2)
        assert listed(world, f"{MONTH}:to_handle-handled_on_time", unit=str(unit(staff.TOWN))) == [late]
        assert listed(world, f"{MONTH}:to_handle", unit=str(unit(staff.OTHER_TOWN))) == []
        assert listed(world, "202612:to_handle-handled_on_time") == [appealed]
        # Once more in the same month: it counts once there, by its last round, whose unit has still to be found.
        world.do("dispatcher", late, "ask_check")
        world.do("grid_worker", late, "pass_check", result="现场完好")
        world.do("acceptor", late, "close")
        world.do("acceptor", late, "reopen", reason="再次出现")
        assert world.look(late).json()["reworks"] == 0
    with clock.frozen(datetime(2026, 12, 21, 9, 30, tzinfo=clock.LOCAL)):
        world = World.make_again(world)
        draw()
        assert months(world, MONTH)["all"] == before["all"]
        december = months(world, 202612)
        other = of_unit(december, staff.OTHER_TOWN)
        assert ratio(december["all"], "handling_on_time") == (0, 2) and ratio(december["all"], "rework") == (0, 2)
        assert other is not None and ratio(other, "handling_on_time") == (0, 1)


def test_what_stands_was_merged_or_was_sent_back_counts_where_it_belongs(seeded_db: str) -> None:
    with clock.frozen(MORNING):
        world = World.make()
        late, calm, returned, twin = (world.until("handling") for _ in range(4))
        merged = world.until("to_dispatch")
        world.do("dispatcher", calm, "suspend", until="2026-12-04", reason="等待施工窗口")
        body = {"version": world.look(merged).json()["version"], "main_id": twin, "reason": "同一处"}
        answer = world.people["acceptor"].post(f"/api/cases/{merged}/merge", body, content_type="application/json")
        assert answer.status_code == 204
        world.do("handler", returned, "return_to_dispatcher", reason="不属于本单位")
        world.do("handler", twin, "hand_back", result="已更换")
    with clock.frozen(FRIDAY):
        world = World.make_again(world)
        world.do("dispatcher", late, "suspend", until="2026-12-04", reason="等待施工窗口")
        draw()
        found = months(world, MONTH)
        own = of_unit(found, staff.TOWN)
    # Put on account after it was overdue: overdue all the same. Put on account before: not due. Sent back: nobody's.
    assert ratio(found["all"], "handling_on_time") == (1, 3)
    assert own is not None and ratio(own, "handling_on_time") == (1, 2) and own["filed"] == 3
    # What goes on within another was not filed wrongly, and is not counted twice.
    assert ratio(found["all"], "filing_right") == (4, 4)


def test_a_proposal_counts_nowhere(seeded_db: str) -> None:
    with clock.frozen(MORNING):
        world, proposals = World.make(), Proposals.make()
        closed = proposals.until("closed")
        assert draw() == 1
        found = months(world, MONTH)
        assert not [each for each in found["all"]["ratios"] if each["denominator"]] and found["all"]["filed"] == 0
        assert found["units"] == [] == found["areas"]
        # What earlier definitions said of it goes, and it is not drawn again and again.
        with acting(keeper()):
            CaseFact.objects.update(steps=3, filed_month=MONTH, due_month=MONTH, due_at=MORNING)
        assert figures(world)["all"]["filed"] == 1
        assert draw() == 1 and draw(whole=True) == 0 and figures(world)["all"]["filed"] == 0
        assert proposals.look(closed)["state"] == "closed"


def test_a_matter_that_is_split_counts_once_by_who_came_upon_it(seeded_db: str) -> None:
    with clock.frozen(MORNING):
        world = World.make()
        for source in ("resident", "collector"):
            case = world.until("handling", world.new(source=source))
            for part in ("路面", "井盖", "护栏"):
                body = {"description": f"修复{part}"}
                made = world.people["dispatcher"].post(
                    f"/api/cases/{case}/children", body, content_type="application/json"
                )
                assert made.status_code == 201
        draw()
        found = months(world, MONTH)["all"]
    assert found["filed"] == 8, "each part is a case of its own"
    assert ratio(found, "missed_report") == (1, 8) and ratio(found, "valid_report") == (1, 1)


def test_ratios_are_measures_of_the_map(world: World) -> None:
    draw()
    with clock.frozen(datetime(2026, 12, 2, 9, 0, tzinfo=clock.LOCAL)), acting(staff.OPERATOR) as actor:
        measure = measures.named("cases_handling_on_time")
        assert measure.by_area(actor, 9, None) == {staff.TOWN: pytest.approx(2 / 3)}
        assert measures.named("cases_solution").by_area(actor, 9, None) == {}, "one case says nothing"
        assert measure.path == "/cases?figure=last:to_handle-handled_on_time" and measure.definition is not None


def fact(area: str, unit_area: str) -> None:
    """A case filed, due and handled in the month, as facts have it."""
    blank = {f.name: False for f in CaseFact._meta.fields if f.get_internal_type() == "BooleanField" and not f.null}
    CaseFact.objects.create(
        **blank, case_id=uuid7(), round=0, version=1, steps=2, area_code=area, unit_id=unit(unit_area), reported_month=MONTH,
        filed_month=MONTH, due_month=MONTH, due_at=MORNING, handed_back_at=MORNING, filed_at=MORNING, file_due=MORNING,
    )  # fmt: skip


class TestEvaluationDoors(PermissionSuite):
    """Figures of the own town's villages, and of a foreign one's."""

    seeded = True
    doors = tuple(
        Door("GET", path, held, instead=tuple({VIEW, HANDLE} - {held}), finds=finds and held == VIEW)
        for path, finds in (
            (f"/api/case-evaluation?month={MONTH}", True),
            (f"/api/case-evaluation/trend?month={MONTH}&ratio=closing", False),
            ("/api/case-evaluation/definitions", False),
            (f"/api/case-evaluation/report?month={MONTH}&format=xlsx", False),
        )
        for held in (VIEW, HANDLE)
    )

    def sample(self) -> Sample:
        with acting(staff.OPERATOR):
            fact(village(), staff.TOWN)
            fact(foreign_village(), staff.OTHER_TOWN)
        names = names_of([village(), foreign_village()])
        return Sample(own={}, foreign={}, own_marks=(names[village()],), foreign_marks=(names[foreign_village()],))
