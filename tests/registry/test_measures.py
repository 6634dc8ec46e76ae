"""Measures of the map: each is the count of the list behind it, by area, within one's own."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
import staff
from django.db import connection
from django.test.utils import CaptureQueriesContext
from people_frames import merge, nobody_is_alike, row
from permissions import Door, PermissionSuite, Sample
from thing_rows import bring, thing

from linli.cases.evaluation.ratios import RATIOS
from linli.cases.measures import OF_YEAR
from linli.kernel import clock, measures
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.models import Dwelling, Grid, GridStaff
from linli.registry.measures import KNOWN, OF_LADDER
from linli.registry.quality.indicators import INDICATORS
from linli.registry.quality.rules import HALF_YEAR_DAYS, LEAST
from linli.registry.queries.measures import MEASURES
from linli.registry.things.kinds import KINDS

#: The list behind each measure that has one whose count it is (shares have what is left of the whole).
LISTS = {
    "people": "/api/people", "households": "/api/households", "homes": "/api/dwellings",
    "empty_homes": "/api/dwellings?state=empty", "entities": "/api/entities", "places": "/api/key-places",
    "places_overdue": "/api/key-places?due=overdue", "components": "/api/components",
    "components_damaged": "/api/components?state=2", "rentals": "/api/rentals",
}  # fmt: skip
#: Measures of money, to who sees the books.
MONEY = {"funding_running_cost", "funding_sustaining_share"}
#: Measures that are told of accounts, to who may look after them.
ACCESS = {"platform_connected", "staff_monthly_active_rate"}


class TestMeasureDoor(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/figures/measures/catalogue", "places.view"),
        Door("GET", "/api/figures/measures?measure=unstaffed&level=grid", "places.view", finds=True),
    ]

    def sample(self) -> Sample:
        grid(staff.VILLAGE + "001")
        grid(staff.OTHER_VILLAGE + "001")
        return Sample(
            own={}, foreign={}, own_marks=[staff.VILLAGE + "001"], foreign_marks=[staff.OTHER_VILLAGE + "001"]
        )


def grid(code: str) -> None:
    Grid.objects.create(code=code, village_code=code[:12], name="网格", geometry=b"", lon=118, lat=36.6, area_m2=1)


def ask(browser: Any, measure: str, level: str = "village", area: str = "") -> dict[str, float]:
    answer = browser.get(f"/api/figures/measures?measure={measure}&level={level}{area and f'&area={area}'}")
    assert answer.status_code == 200, answer.content
    found: dict[str, float] = answer.json()
    return found


@pytest.fixture
def browser(db: str) -> Any:
    """A clerk of the own town, where most things are one and a half times as many as elsewhere."""
    for number, village in enumerate((staff.VILLAGE, staff.VILLAGE[:9] + "202", staff.OTHER_VILLAGE)):
        at = number * 100
        merge([
            row(at + 2, "甲", at + 1, village, household_no=f"H{at}", relation_to_head="0", phone="10070000001"),
            row(at + 3, "乙", at + 2, village, phone="10070000001"), row(at + 4, "丙", None, village),
            row(at + 5, "丁", at + 4, village, home_text="某处", home_village_code=None, home_door=None, home_standard=None),
        ])  # fmt: skip
        bring(KINDS["rental"], [thing(KINDS["rental"], at + 51, village, "出租房")])
        bring(KINDS["entity"], [thing(KINDS["entity"], at + 21, village, "商店")])
        bring(
            KINDS["component"],
            [thing(KINDS["component"], at + i, village, "井盖", component_state="12"[i % 2]) for i in (31, 32)],
        )
        overdue = {"next_inspection_on": date(2020, 1, 1)}
        bring(
            KINDS["place"],
            [
                thing(KINDS["place"], at + 41, village, "饭店", **overdue),
                thing(KINDS["place"], at + 42, village, "网吧"),
            ],
        )
    with acting(staff.OPERATOR):
        Dwelling.objects.filter(standard="某村3号").update(state="empty")
    return staff.client(staff.staff("clerk", "town_clerk"))


@pytest.mark.parametrize("measure", LISTS)
def test_a_measure_of_an_area_is_the_count_of_its_list(browser: Any, measure: str) -> None:
    found = ask(browser, measure)
    assert found and all(code.startswith(staff.TOWN) for code in found)
    path = LISTS[measure]
    for village, value in found.items():
        page = browser.get(f"{path}{'&' if '?' in path else '?'}area={village}").json()
        assert page["count"] == {"value": value, "exact": True}
    assert ask(browser, measure, "town") == {staff.TOWN: sum(found.values())}
    assert ask(browser, measure, area=staff.VILLAGE) == {k: v for k, v in found.items() if k == staff.VILLAGE}


def test_shares_are_of_those_listed(browser: Any) -> None:
    assert ask(browser, "phone_share")[staff.VILLAGE] == 0.5
    assert ask(browser, "home_share")[staff.VILLAGE] == 0.75
    assert ask(browser, "id_share")[staff.VILLAGE] == 0.75
    assert ask(browser, "empty_share")[staff.VILLAGE] == pytest.approx(1 / 3)


def test_grids_somebody_stands_for_are_not_among_the_unstaffed(browser: Any) -> None:
    for serial in ("001", "002"):
        grid(staff.VILLAGE + serial)
    with acting(staff.OPERATOR):
        GridStaff.objects.create(
            area_code=staff.VILLAGE + "001", duty="worker", account_id=uuid7(), since=date(2020, 1, 1), post_id=uuid7(),
            appointment_id=uuid7(), created_at=clock.now(),
        )  # fmt: skip
    assert ask(browser, "unstaffed", "grid") == {staff.VILLAGE + "002": 1}
    assert ask(browser, "unstaffed", "town") == {staff.TOWN: 1}


def test_what_one_may_not_see_is_not_counted(browser: Any) -> None:
    only = staff.client(staff.staff("only", permissions=["places.view", "registry.entity.view"]))
    assert ask(only, "people") == {} and ask(only, "entities")
    assert only.get("/api/figures/measures?measure=people&level=shire").status_code == 422


def test_every_measure_is_one_statement(browser: Any) -> None:
    for measure in [m.code for m in measures.catalogue()]:
        with CaptureQueriesContext(connection) as seen:
            ask(browser, measure)
        # The transaction, who asks, and the measure, of what the clerk may see.
        assert len(seen) == (3 if measure in ACCESS | MONEY else 4), measure


def test_what_is_declared_is_offered_to_who_may_see_it(browser: Any) -> None:
    """Every measure of before, and every indicator of quality that was none yet, with its definition."""
    offered = {m["code"]: m for m in browser.get("/api/figures/measures/catalogue").json()["items"]}
    quality = {f"quality_{i.code}" for i in INDICATORS if i.code not in (*KNOWN, *OF_LADDER)}
    plain = {*MEASURES, *quality, *MONEY, *(f"cases_{ratio.code}" for ratio in RATIOS)} - {"grids_covered", "outlets"}
    ladder = {"grid_cover_rate", "convenience_outlets", "resident_house_link_rate", *OF_LADDER.values(), *ACCESS}
    ladder |= {each.metric for each in OF_YEAR}
    assert offered.keys() == (plain | ladder) - {
        "unstaffed",
        "grid_cover_rate",
        *ACCESS,
        *MONEY,
    }  # those pages are not theirs
    assert [m.code for m in measures.catalogue() if m.ladder] == [m.code for m in measures.catalogue()][-len(ladder) :]
    assert {m.code for m in measures.catalogue()} == plain | ladder
    for measure in measures.catalogue():
        said = measure.definition
        assert not measure.ladder or (said and said.certainty == "inferred" and measure.label.zh.startswith("智慧社区"))
    assert offered["people"]["definition"] is None and offered["people"]["path"] == "/people"
    assert offered["quality_marital_age"]["definition"]["certainty"] == "official"
    only = staff.client(staff.staff("only", permissions=["places.view", "registry.entity.view"]))
    assert [m["code"] for m in only.get("/api/figures/measures/catalogue").json()["items"]] == ["entities"]
    assert ask(only, "quality_nation") == {}
    assert browser.get("/api/figures/measures?measure=beauty&level=town").status_code == 404


def test_quality_colours_areas_with_enough_records_and_no_others(browser: Any) -> None:
    assert ask(browser, "quality_nation") == {}
    merge([row(i, f"人{i}", i, staff.VILLAGE, nation="01" if i % 4 else None) for i in range(700, 700 + LEAST)])
    page = browser.get(f"/api/quality?area={staff.VILLAGE}").json()
    share = next(f["share"] for f in page["figures"] if f["indicator"] == "nation")
    assert ask(browser, "quality_nation") == {staff.VILLAGE: share}
    assert 0.7 < share < 0.9


def village_people(count: int = 24) -> None:
    """People of a village of their own: every fourth without a home, every third stated last more than half a year ago."""
    day, old = clock.today(), clock.today() - timedelta(days=HALF_YEAR_DAYS + 1)
    nowhere = {"home_text": "某处", "home_village_code": None, "home_door": None, "home_standard": None}
    for observed_on in (day - timedelta(days=HALF_YEAR_DAYS), old):
        merge([
            row(at, f"人{at}", at, staff.VILLAGE[:9] + "203", **(nowhere if at % 4 == 0 else {}))
            for at in range(800, 800 + count) if (at % 3 == 0) == (observed_on == old)
        ], observed_on=observed_on)  # fmt: skip


def test_ladder_figures_of_people_are_what_is_left_of_the_lists_behind_them(browser: Any) -> None:
    nobody_is_alike()
    village_people()
    village = staff.VILLAGE[:9] + "203"
    lists = {m["code"]: m["path"] for m in browser.get("/api/figures/measures/catalogue").json()["items"]}
    everybody = browser.get(f"/api/people?area={village}").json()["count"]["value"]
    assert everybody == 24
    for measure, expected in (("resident_house_link_rate", 18 / 24), ("resident_update_180d_rate", 16 / 24)):
        found = ask(browser, measure)
        assert found == {village: pytest.approx(expected)}, "of the few people of other villages no share is told"
        behind = browser.get(f"/api{lists[measure]}&area={village}").json()["count"]["value"]
        assert 1 - behind / everybody == pytest.approx(found[village])


def test_outlets_are_counted_as_listed_and_unknown_where_nobody_recorded_places(browser: Any) -> None:
    kinds = {"17": 2, "18": 1, "24": 1, "26": 3, "28": 1, "2": 1}
    rows = [
        thing(KINDS["place"], 600 + at, staff.VILLAGE, f"网点{at}", place_kind=kind)
        for at, kind in enumerate(kind for kind, count in kinds.items() for _ in range(count))
    ]
    bring(KINDS["place"], rows)
    found = ask(browser, "convenience_outlets")
    assert found == {staff.VILLAGE: 5, staff.VILLAGE[:9] + "202": 0}, "in the second are places, and none of these"
    path = measures.named("convenience_outlets").path
    assert browser.get(f"/api{path}&area={staff.VILLAGE}").json()["count"] == {"value": 5, "exact": True}


def test_a_grid_is_covered_on_the_days_somebody_stands_for_it(browser: Any) -> None:
    for serial in ("001", "002", "003", "004"):
        grid(staff.VILLAGE + serial)
    Grid.objects.filter(code=staff.VILLAGE + "004").update(valid_to=date(2026, 6, 1))
    with acting(staff.OPERATOR) as actor:
        for serial, since, until in (("001", date(2020, 1, 1), None), ("002", date(2026, 3, 1), date(2026, 9, 1))):
            GridStaff.objects.create(
                area_code=staff.VILLAGE + serial, duty="worker", account_id=uuid7(), since=since, until=until, post_id=uuid7(),
                appointment_id=uuid7(), created_at=clock.now(),
            )  # fmt: skip
        measure = measures.named("grid_cover_rate")
        days = {clock.today(): 1 / 3, date(2026, 9, 1): 1 / 3, date(2026, 8, 31): 2 / 3, date(2026, 5, 31): 2 / 4}
        for day, expected in days.items():
            assert measure.figures(actor, 12, None, day) == {staff.VILLAGE: pytest.approx(expected)}, day
        assert measure.figures(actor, 12, None, clock.today() + timedelta(days=1)) == {}, "nobody knows tomorrow"
        assert measures.named("resident_house_link_rate").figures(actor, 12, None, date(2026, 5, 31)) == {}
