"""Quality of data: each figure is the count of the list of exactly the records behind it, within one's own areas."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, get_args

import pytest
import staff
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from people_frames import merge, nobody_is_alike, row
from permissions import Door, PermissionSuite, Sample

from linli.access.models import Role
from linli.kernel import clock, retention
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.places.models import Dwelling
from linli.registry.models import Person, PersonFacet, QualityDay
from linli.registry.quality import rules
from linli.registry.quality.actions import keep_today, thin_out
from linli.registry.quality.indicators import (
    BY_CODE,
    DIMENSIONS,
    INDICATORS,
    HomeIndicator,
    IndicatorCode,
    PersonIndicator,
)
from linli.registry.quality.jobs import keep_quality

GRIDS = [staff.VILLAGE + serial for serial in ("001", "002")]
LONG_AGO, LATELY = clock.today() - timedelta(days=400), clock.today() - timedelta(days=30)


class TestQualityDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/quality", "registry.person.view", finds=True),
        Door("GET", "/api/quality/kept", "registry.person.view"),
        Door("GET", "/api/quality/sources", "registry.person.view"),
        Door("GET", "/api/quality/indicators", "registry.person.view"),
        Door("GET", "/api/quality/trend?indicator=phone", "registry.person.view"),
    ]

    def sample(self) -> Sample:
        merge([row(2, "甲", 1, staff.VILLAGE), row(3, "乙", 2, staff.OTHER_VILLAGE)])
        return Sample(own={}, foreign={}, own_marks=[staff.VILLAGE], foreign_marks=[staff.OTHER_VILLAGE])


HOMELESS = {"home_text": "某处", "home_village_code": None, "home_door": None, "home_standard": None}


def people(at: int, village: str) -> None:
    """Somebody who fails each indicator, and some who fail none, in two grids of a village."""
    one, two = (village + serial for serial in ("001", "002"))
    young = clock.today() - timedelta(days=365 * 18)
    merge([
        row(at + 2, "王建国", at + 2, village, area_code=one, phone="10070000001", household_no=f"H{at}", relation_to_head="0"),
        row(at + 3, "王建国", None, village, area_code=one, household_no=f"H{at}"),  # without a number: a double?
        row(at + 4, "张某", at + 4, village, area_code=one, sex="9", nation=None, population_kind=None),
        row(at + 5, "李小明", at + 5, village, area_code=two, birth=young, marital="20", phone="10070000001"),
        row(at + 6, "李大明", at + 6, village, area_code=two, birth=None, id_kind="511", id_number=f"H0{at + 100000:06d}"),
        row(at + 7, "赵老太", at + 7, village, area_code=two, birth=date(1890, 1, 1), id_kind="511", id_number=f"H1{at + 100000:06d}"),
        row(at + 8, "周全", at + 8, village, area_code=two, register_consistent="02", register_village_code=village, marital="10"),
        row(at + 9, "吴远", at + 9, village, area_code=two, **HOMELESS),
    ], observed_on=LATELY)  # fmt: skip
    # Another source says something else of one, and is the only one to speak of another, long ago.
    merge([
        row(at + 5, "李小明", at + 5, village, area_code=two, sex="2", birth=young - timedelta(days=1), **HOMELESS),
        row(at + 20, "郑旧", at + 20, village, area_code=two),
    ], source="health", observed_on=LONG_AGO)  # fmt: skip
    with acting(staff.OPERATOR):
        Dwelling.objects.filter(village_code=village, door=str(at + 2)).update(state="occupied")
        Dwelling.objects.create(
            id=uuid7(), area_code=village, village_code=village, standard=f"空{at}", state="rented",
            address_key=f"empty{at}".encode(), created_at=clock.now(),
        )  # fmt: skip


@pytest.fixture
def browser(db: str) -> Any:
    """A clerk of the own town; a town beside it holds as much."""
    nobody_is_alike()
    people(0, staff.VILLAGE)
    people(100, staff.VILLAGE[:9] + "202")
    people(200, staff.OTHER_VILLAGE)
    return staff.client(staff.staff("clerk", "town_clerk"))


def ask(browser: Any, path: str) -> Any:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def figures(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {f["indicator"]: (f["failing"], f["of"]) for f in found["figures"]}


def listed(browser: Any, indicator: str, query: str) -> int:
    path = "/api/dwellings" if BY_CODE[indicator].subject == "home" else "/api/people"  # type: ignore[index]
    page = ask(browser, f"{path}?quality={indicator}&limit=200{query}")
    assert page["count"] == {"value": len(page["items"]), "exact": True}
    return len(page["items"])


def test_every_figure_is_the_count_of_the_list_behind_it_in_every_area(browser: Any) -> None:
    whole = ask(browser, "/api/quality")
    assert [a["area"]["code"] for a in whole["below"]] == [staff.VILLAGE, staff.VILLAGE[:9] + "202"]
    village = ask(browser, f"/api/quality?area={staff.VILLAGE}")
    assert [a["area"]["code"] for a in village["below"] if not a["wider"]] == GRIDS
    asked = 0
    for found in (whole, *whole["below"], village, *(a for a in village["below"] if not a["wider"])):
        counts = figures(found)
        assert counts.keys() <= set(get_args(PersonIndicator)) | set(get_args(HomeIndicator))
        for indicator, (failing, of) in counts.items():
            assert failing <= of
            assert listed(browser, indicator, f"&area={found['area']['code']}") == failing, (found["area"], indicator)
            asked += 1
    assert asked > 60


def test_each_indicator_finds_what_it_is_for(browser: Any) -> None:
    found = figures(ask(browser, f"/api/quality?area={staff.VILLAGE}"))
    assert found == {
        "id": (1, 9), "phone": (7, 9), "birth": (1, 9), "sex": (1, 9), "nation": (1, 9), "population_kind": (1, 9),
        "name_form": (1, 9), "birth_range": (1, 8), "alone": (2, 8), "marital_age": (1, 2), "register_home": (1, 1),
        "sources_agree": (1, 9), "recent": (1, 9), "recent_half": (1, 9), "home": (1, 9), "relation": (1, 2), "home_people": (1, 2),
        "home_grid": (1, 9),
    }  # fmt: skip
    below = {a["area"]["code"]: figures(a) for a in ask(browser, f"/api/quality?area={staff.VILLAGE}")["below"]}
    assert below[GRIDS[0]]["alone"] == (2, 3) and below[GRIDS[1]]["alone"] == (0, 5)


def test_of_a_source_its_own_statements_are_measured(browser: Any) -> None:
    found = {s["code"]: figures(s) for s in ask(browser, f"/api/quality/sources?area={staff.VILLAGE}")["items"]}
    assert found["health"]["sources_agree"] == (0, 2) and found["community"]["sources_agree"] == (1, 8)
    assert found["health"]["recent"] == (2, 2) and found["community"]["recent"] == (0, 8)
    assert found["health"]["home"] == (1, 2) and "alone" not in found["health"]
    for source, counts in found.items():
        assert figures(ask(browser, f"/api/quality?area={staff.VILLAGE}&source={source}")) == counts
        for indicator, (failing, _) in counts.items():
            assert listed(browser, indicator, f"&source={source}&area={staff.VILLAGE}") == failing, (source, indicator)
    stated = ask(browser, f"/api/people?source=health&area={staff.VILLAGE}")
    assert stated["count"]["value"] == 2


def test_who_has_two_villages_sees_both_beside_each_other(browser: Any) -> None:
    other = staff.VILLAGE[:9] + "202"
    account = staff.staff("both", "village_clerk", staff.VILLAGE)
    with acting(staff.OPERATOR):
        staff.appoint(account, Role.objects.get(code="village_clerk"), other)
    found = ask(staff.client(account), "/api/quality")
    assert [(a["area"]["code"], a["wider"]) for a in found["below"]] == [(staff.VILLAGE, False), (other, False)]
    assert figures(found)["phone"] == (14, 18)


def test_what_a_source_cannot_tell_is_failed_by_nobody(browser: Any) -> None:
    assert listed(browser, "alone", "&source=community") == 0


def test_a_person_of_two_areas_counts_once_in_what_holds_both(db: str) -> None:
    other = staff.VILLAGE[:9] + "202"
    merge([row(2, "甲一", 1, staff.VILLAGE, register_village_code=other), row(3, "乙二", 2, other)])
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    whole = ask(browser, "/api/quality")
    assert figures(whole)["phone"] == (2, 2)
    assert [figures(a)["phone"] for a in whole["below"]] == [(1, 1), (2, 2)]


def test_a_correction_by_hand_settles_what_sources_disagree_about(browser: Any) -> None:
    with acting(staff.OPERATOR):
        person = Person.objects.get(name="李小明", area_code=GRIDS[1])
    before = figures(ask(browser, "/api/quality"))["sources_agree"]
    body = {"changes": {"sex": "1", "birth": "2008-01-01"}, "reason": "当面核对身份证", "version": person.version}
    answer = browser.patch(f"/api/people/{person.id}", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    after = figures(ask(browser, "/api/quality"))["sources_agree"]
    assert after == (before[0] - 1, before[1])


def test_nothing_foreign_is_counted_and_nothing_is_nothing(browser: Any) -> None:
    foreign = ask(browser, f"/api/quality?area={staff.OTHER_TOWN}")
    assert foreign["figures"] == [] and foreign["below"] == []
    assert ask(browser, f"/api/quality/sources?area={staff.OTHER_TOWN}") == {"items": []}
    assert browser.get("/api/quality?area=1").status_code == 422
    assert browser.get("/api/people?quality=beauty").status_code == 422
    assert browser.get("/api/dwellings?quality=phone").status_code == 422


def test_the_district_is_one_pass_over_people_and_one_over_homes(browser: Any) -> None:
    everyone = staff.client(staff.staff("analyst", "analyst", staff.DISTRICT))
    for path, statements in (("/api/quality", 3), ("/api/quality/sources", 2), ("/api/quality/indicators", 1)):
        with CaptureQueriesContext(connection) as seen:
            ask(everyone, path)
        assert len(seen) == 3 + statements, path  # the transaction and who asks; names come beside
    assert figures(ask(everyone, "/api/quality"))["phone"] == (21, 27)


def test_few_records_have_no_share(browser: Any) -> None:
    shares = {f["indicator"]: f["share"] for f in ask(browser, "/api/quality")["figures"]}
    assert set(shares.values()) == {None}


@given(st.integers(-2, 50), st.integers(-2, 50))
def test_a_share_is_of_enough_records_and_between_none_and_all(failing: int, of: int) -> None:
    if not 0 <= failing <= of:
        with pytest.raises(ValueError):
            rules.share(failing, of)
        return
    share = rules.share(failing, of)
    assert (share is None) == (of < rules.LEAST)
    assert share is None or share == pytest.approx(1 - failing / of)


def test_indicators_are_defined_in_both_languages_with_version_and_basis(browser: Any) -> None:
    assert [i.code for i in INDICATORS] == [c for part in get_args(IndicatorCode) for c in get_args(part)]
    assert {i.dimension for i in INDICATORS} == set(DIMENSIONS)
    for i in INDICATORS:
        for text in (i.label, i.failing, i.of, i.basis):
            assert text.zh and text.en and not any("一" <= c <= "鿿" and c != "某" for c in text.en), i.code
        assert i.version >= 1
    told = {i["code"]: i for i in ask(browser, "/api/quality/indicators")["items"]}
    assert (
        told["phone"]["path"] == "/people?quality=phone" and told["home_people"]["path"] == "/homes?quality=home_people"
    )
    assert told["marital_age"]["certainty"] == "official" and told["recent"]["certainty"] == "inferred"


# --- tasks ------------------------------------------------------------------------------------------------------


def tasks(browser: Any) -> dict[str, int]:
    return {
        t["code"]: t["count"]["value"] for t in ask(browser, "/api/today")["items"] if t["code"].startswith("quality_")
    }


@pytest.mark.parametrize(("role", "area"), [("grid_worker", staff.VILLAGE + "001"), ("village_clerk", staff.VILLAGE)])
def test_findings_are_tasks_of_who_stands_close_and_each_opens_its_records(browser: Any, role: str, area: str) -> None:
    account = staff.staff("near", role, staff.VILLAGE, unit_area=staff.VILLAGE)
    if area != staff.VILLAGE:
        account = staff.staff("grid", unit_area=staff.VILLAGE)
        with acting(staff.OPERATOR):
            staff.appoint(account, Role.objects.get(code=role), area)
    near = staff.client(account)
    found = tasks(near)
    assert found and found["quality_alone"] == 2
    for item in ask(near, "/api/today")["items"]:
        if item["code"].startswith("quality_"):
            assert listed(near, item["code"].removeprefix("quality_"), "") == item["count"]["value"]
            assert item["path"] == BY_CODE[item["code"].removeprefix("quality_")].path


def test_whole_towns_have_figures_instead_of_tasks(browser: Any) -> None:
    assert tasks(browser) == {}


def test_a_task_closes_by_itself_when_its_records_are_mended(browser: Any) -> None:
    near = staff.client(staff.staff("near", "village_clerk", staff.VILLAGE))
    assert tasks(near)["quality_name_form"] == 1
    person = ask(near, f"/api/people?quality=name_form&area={staff.VILLAGE}")["items"][0]
    version = ask(near, f"/api/people/{person['id']}")["version"]
    body = {"changes": {"name": "张立"}, "reason": "当面核对身份证", "version": version}
    assert near.patch(f"/api/people/{person['id']}", body, content_type="application/json").status_code == 200
    assert "quality_name_form" not in tasks(near)


# --- the picture of every day -----------------------------------------------------------------------------------


def keep(days_ago: int = 0) -> int:
    with clock.frozen(clock.now() - timedelta(days=days_ago)):
        return keep_today(staff.DISTRICT)


def trend(browser: Any, indicator: str, query: str = "") -> list[tuple[str, int, int]]:
    found = ask(browser, f"/api/quality/trend?indicator={indicator}{query}")["items"]
    return [(d["day"], d["failing"], d["of"]) for d in found]


def test_the_picture_of_a_day_is_what_the_page_told_that_day(browser: Any, owner_sql: Any) -> None:
    assert keep() == owner_sql("SELECT count(*) FROM registry_quality_day")[0][0] > 0
    today = clock.today().isoformat()
    for area in (staff.TOWN, staff.VILLAGE, *GRIDS):
        for source in ("", "community"):
            told = figures(ask(browser, f"/api/quality?area={area}&source={source}"))
            for indicator, counts in told.items():
                found = trend(browser, indicator, f"&area={area}&source={source}")
                told = [(today, *counts)] if counts[1] >= rules.FEWEST else []
                assert found == told, (area, source, indicator)
    assert trend(browser, "phone") == trend(browser, "phone", f"&area={staff.TOWN}")


def test_of_one_or_two_people_nothing_is_kept(db: str, owner_sql: Any) -> None:
    merge([row(2, "甲一", 1, staff.VILLAGE), row(3, "乙二", 2, staff.VILLAGE[:9] + "202")])
    merge([row(i, f"丙{i}", i, staff.OTHER_VILLAGE) for i in (4, 5, 6)])
    keep()
    kept = {area for (area,) in owner_sql("SELECT DISTINCT area_code FROM registry_quality_day")}
    assert kept == {staff.DISTRICT, staff.OTHER_TOWN, staff.OTHER_VILLAGE}


def test_a_second_run_of_a_day_replaces_the_first_and_another_day_stands_beside_it(
    browser: Any, owner_sql: Any
) -> None:
    everything = "SELECT area_code, source_code, day, figures::text FROM registry_quality_day ORDER BY 1, 2, 3"
    keep(days_ago=1)
    yesterday = owner_sql(everything)
    owner_sql("DELETE FROM registry_quality_day WHERE length(area_code) > 9")  # as a killed worker leaves it
    keep(days_ago=1)
    assert owner_sql(everything) == yesterday
    before = trend(browser, "nation")
    with acting(staff.OPERATOR):
        PersonFacet.objects.filter(person_id__in=Person.objects.filter(name="张某").values("id")).update(nation="01")
    keep()
    after = trend(browser, "nation")
    assert after[:1] == before and after[1][1] == before[0][1] - 2


def test_what_was_kept_last_stands_there_at_once_until_it_is_counted_anew(browser: Any, owner_sql: Any) -> None:
    assert ask(browser, "/api/quality/kept")["measured_at"] is None
    keep(days_ago=1)
    keep()
    for path in (
        f"?area={staff.TOWN}",
        f"?area={staff.VILLAGE}",
        f"?area={GRIDS[0]}",
        f"?area={staff.TOWN}&source=health",
    ):
        with CaptureQueriesContext(connection) as seen:
            kept = ask(browser, f"/api/quality/kept{path}")
        assert not [q for q in seen if "registry_person" in q["sql"] or "registry_source_record" in q["sql"]]
        now = ask(browser, f"/api/quality{path}")
        assert kept["measured_at"] and kept["area"] == now["area"] and kept["figures"]

        def told(found: dict[str, Any]) -> dict[str, tuple[int, int]]:
            return {code: counts for code, counts in figures(found).items() if counts[1] >= rules.FEWEST}

        assert told(kept) == told(now), path
        by_area = {a["area"]["code"]: told(a) for a in now["below"] if not a["wider"]}
        assert {a["area"]["code"]: told(a) for a in kept["below"]} == {c: f for c, f in by_area.items() if f}
    sources = ask(browser, f"/api/quality/sources?area={staff.TOWN}")["items"]
    kept = ask(browser, f"/api/quality/kept?area={staff.TOWN}")["sources"]
    assert {s["code"]: told(s) for s in kept} == {s["code"]: told(s) for s in sources}
    # What another definition counted is something else, and nobody is told of a whole of which they see a part.
    owner_sql("UPDATE registry_quality_day SET figures = jsonb_set(figures, '{phone,2}', '99')")
    assert "phone" not in figures(ask(browser, "/api/quality/kept"))
    worker = staff.client(staff.staff("worker", "village_clerk", staff.VILLAGE))
    assert ask(worker, f"/api/quality/kept?area={staff.TOWN}")["measured_at"] is None
    assert ask(worker, "/api/quality/kept")["area"]["code"] == staff.VILLAGE


def test_days_of_an_area_are_told_only_to_who_sees_all_of_it(browser: Any) -> None:
    keep()
    assert trend(browser, "phone", f"&area={staff.OTHER_TOWN}") == []
    assert trend(browser, "phone", f"&area={staff.DISTRICT}") == []
    worker = staff.client(staff.staff("worker", "village_clerk", staff.VILLAGE))
    assert trend(worker, "phone", f"&area={staff.TOWN}") == []
    assert [of for _, _, of in trend(worker, "phone")] == [9]


def test_old_pictures_are_thinned_to_the_first_of_each_month(db: str, owner_sql: Any) -> None:
    merge([row(i, f"丙{i}", i) for i in (4, 5, 6)])
    with acting(staff.OPERATOR):
        QualityDay.objects.bulk_create(
            QualityDay(area_code=staff.DISTRICT, source_code="", day=date(2026, 1, 1) + timedelta(days=n),
                       figures={"phone": [0, 3, 1]}, measured_at=clock.now())
            for n in range(2, 150)
        )  # fmt: skip
        thin_out(date(2026, 6, 1))
    kept = [day for (day,) in owner_sql("SELECT day FROM registry_quality_day ORDER BY 1")]
    assert kept[:3] == [date(2026, 1, 3), date(2026, 2, 1), date(2026, 3, 1)]
    assert kept[3:] == [date(2026, 3, 1) + timedelta(days=n) for n in range(1, 91)]


def test_the_nightly_job_keeps_the_district(browser: Any) -> None:
    keep_quality()
    assert [d[0] for d in trend(browser, "home_grid")] == [clock.today().isoformat()]


def test_pictures_are_destroyed_when_their_time_is_over(browser: Any, owner_sql: Any) -> None:
    keep(days_ago=10)
    keep()
    kind = next(k for k in retention.kinds() if k.name == "registry.quality")
    before = clock.now() - timedelta(days=5)
    with acting(staff.OPERATOR):
        due = kind.amount(before).rows
        first = kind.destroy(before, due - 1, "")
        last = kind.destroy(before, due, first.cursor)
        assert (len(first.gone), first.more, len(last.gone), last.more) == (due - 1, True, 1, False)
        assert kind.amount(before).rows == 0
    assert owner_sql("SELECT DISTINCT day FROM registry_quality_day") == [(clock.today(),)]
