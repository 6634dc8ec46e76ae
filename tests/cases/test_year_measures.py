"""Measures of cases over twelve months, against facts counted one by one in Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
import staff
from case_world import World, village

from linli.cases.evaluation.behind import year_before
from linli.cases.measures import LEAST_OF_YEAR, OF_YEAR
from linli.cases.models import Case, CaseFact, Category
from linli.kernel import clock, measures
from linli.kernel.scope import acting

TODAY = datetime(2026, 11, 26, 9, 0, tzinfo=clock.LOCAL)
METRICS = [each.metric for each in OF_YEAR]


def a_case(area: str, serial: int, month: int, category: Any = None, **more: Any) -> None:
    """A case as its row and its facts have it: due and, where `closed`, closed in a month."""
    at = datetime(month // 100, month % 100, 15, 12, tzinfo=clock.LOCAL)
    blank = {f.name: False for f in CaseFact._meta.fields if f.get_internal_type() == "BooleanField" and not f.null}
    case = Case.objects.create(
        number=f"370302-{serial}", source="collector", description="井盖缺失", area_code=area, occurred_at=at, reported_at=at,
        reported_by="test", category=category,
    )  # fmt: skip
    closed = {"closed": True, "closed_month": more.pop("closed_month", month)} if more.pop("done", True) else {}
    CaseFact.objects.create(
        **blank | {"case_id": case.id, "round": 0, "version": 1, "steps": 4, "area_code": area, "due_month": month, "due_at": at,
                   "handed_back_at": at, **closed, **more},
    )  # fmt: skip


@pytest.fixture
def browser(seeded_db: str) -> Iterator[Any]:
    """Cases of two villages, of every group, in and outside of the window; some open, late, unrated."""
    property_asked = Category.objects.get(kind="local", code="54005")
    with clock.frozen(TODAY):
        world = World.make()
        serial = 0
        with acting(staff.OPERATOR):
            for area, count in ((village(), 40), (staff.OTHER_VILLAGE, 8)):
                for at in range(count):
                    serial += 1
                    month = (202510, 202511, 202603, 202610, 202611)[at % 5]
                    rated = {"satisfied": at % 3 != 0} if at % 2 else {}
                    a_case(
                        area + "001", serial, month, property_asked if at % 3 == 0 else None, done=at % 7 > 1,
                        collector=at % 2 == 0, public=at % 2 == 1, cancelled=at % 11 == 10, **rated,
                    )  # fmt: skip
        yield world.people["acceptor"]


def by_hand(metric: str, first: int = 202511, last: int = 202610) -> dict[str, float]:
    """The same, one case after the other."""
    counted: dict[str, list[bool]] = defaultdict(list)
    property_cases = set(Case.objects.filter(category__code="54005").values_list("id", flat=True))
    for fact in CaseFact.objects.all():
        asked = {
            "grid_event_closed_rate": fact.collector, "grid_event_on_time_rate": fact.collector,
            "resident_report_closed_rate": fact.public, "repair_closed_rate": fact.case_id in property_cases,
            "satisfaction_rate": fact.satisfied is not None,
        }[metric]  # fmt: skip
        month = fact.closed_month if metric == "satisfaction_rate" else fact.due_month
        if metric != "satisfaction_rate" and fact.cancelled:
            continue
        if asked and month and first <= month <= last:
            counted[fact.area_code[:12]].append(bool(fact.satisfied if metric == "satisfaction_rate" else fact.closed))
    return {code: sum(those) / len(those) for code, those in counted.items() if len(those) >= LEAST_OF_YEAR}


@pytest.mark.parametrize("metric", METRICS)
def test_a_years_share_is_what_counting_case_by_case_gives(browser: Any, metric: str) -> None:
    with acting(staff.OPERATOR) as actor:
        found = measures.named(metric).by_area(actor, 12, None)
        assert found == by_hand(metric) and 0 < found[village()] < 1
        assert staff.OTHER_VILLAGE not in found, "of fewer than five cases nothing is said"
    answer = browser.get(f"/api/figures/measures?measure={metric}&level=village")
    assert answer.status_code == 200 and (answer.json() == found or not answer.json())


@pytest.mark.parametrize("metric", METRICS)
def test_the_list_behind_a_years_share_holds_what_speaks_against_it(browser: Any, metric: str) -> None:
    path = measures.named(metric).path
    listed = browser.get(f"/api{path}&area={village()}")
    assert listed.status_code == 200, listed.content.decode()
    with acting(staff.OPERATOR) as actor:
        share = measures.named(metric).by_area(actor, 12, None)[village()]
        whole = browser.get(
            f"/api{path.split('-')[0]}{path[path.index('@') :] if '@' in path else ''}&area={village()}"
        )
    assert listed.json()["count"]["value"] == round((1 - share) * whole.json()["count"]["value"])
    assert browser.get("/api/cases?figure=year:to_close@nobody").json()["items"] == []
    assert browser.get("/api/cases?figure=year:to_close@x;drop").status_code == 422


def test_of_a_day_before_the_twelve_months_before_it_are_told_and_what_was_closed_by_then(browser: Any) -> None:
    with acting(staff.OPERATOR) as actor:
        measure = measures.named("grid_event_closed_rate")
        assert year_before(date(2026, 11, 26)) == (202511, 202610) and year_before(date(2026, 1, 1)) == (202501, 202512)
        then = measure.figures(actor, 12, None, date(2026, 5, 10))
        assert then == by_hand("grid_event_closed_rate", 202505, 202604)
        CaseFact.objects.filter(due_month=202603, closed_month=202603).update(closed_month=202606)
        later = measure.figures(actor, 12, None, date(2026, 5, 10))
        assert later[village()] < then[village()], "closed in June is not closed in May"
        assert measure.figures(actor, 12, None, date(2026, 11, 26)) == by_hand("grid_event_closed_rate")
