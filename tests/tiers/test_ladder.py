"""The ladder end to end: the shipped system, values that are declared, an assessment, and what the API tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import staff

from linli.kernel import clock, measures
from linli.kernel.errors import Text
from linli.kernel.measures import Measure
from linli.kernel.scope import acting
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import Assessment, CommunityStanding, Indicator, IndicatorSystem
from linli.tiers.rules import TIERS
from linli.tiers.systems.queries import indicators_of
from linli.tiers.values.actions import NewDeclaration, declare_many
from linli.tiers.values.queries import declared as declared_on

#: 公孙社区 in 将军路街道, and a community of another town.
GONGSUN, TOWN, ELSEWHERE, OTHER_TOWN = "370302005013", "370302005", "370302001001", "370302001"
Fake = Callable[..., None]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Put a measure in the place of the real one; the others compute nothing."""
    measures.catalogue()
    for code in {metric.measure for metric in _catalogue().values()}:
        monkeypatch.delitem(measures._declared, code, raising=False)

    def put(code: str, by_area: Any, unit: Any = "share", path: str = "/people") -> None:
        monkeypatch.setitem(
            measures._declared, code, Measure(code, unit, Text(code, code), ("registry.person.view",), path, by_area)
        )

    return put


def _catalogue() -> Any:
    from linli.tiers.values.catalogue import metrics

    return metrics()


def everything_up_to(tier: str, area: str, leave: tuple[str, ...] = ()) -> list[NewDeclaration]:
    """Values that meet each bound up to a tier, just."""
    found: dict[str, NewDeclaration] = {}
    with acting(staff.OPERATOR):
        for indicator in indicators_of(IndicatorSystem.objects.get().id):
            if TIERS.index(indicator.tier) <= TIERS.index(tier):  # type: ignore[arg-type]
                for bound in indicator.bounds.all():
                    value = bound.value if bound.value is not None else Decimal(0)
                    found[bound.metric] = NewDeclaration(area, bound.metric, value, clock.today(), "演示")
    return [each for metric, each in found.items() if metric not in leave]


def declared(*given: NewDeclaration) -> None:
    with acting(staff.OPERATOR) as actor:
        declare_many(actor, given, synthetic=True)


def assessed(day: date | None = None) -> Assessment:
    return assessing.assess(staff.OPERATOR, day)


def get(who: Any, path: str, status: int = 200) -> Any:
    answer = staff.client(who).get(f"/api{path}")
    assert answer.status_code == status, answer.content.decode()
    return answer.json()


def post(who: Any, path: str, body: Any, status: int) -> Any:
    answer = staff.client(who).post(f"/api{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return answer.json() if answer.content else None


def rung(ladder: Any, code: str) -> Any:
    return next(each for each in ladder["items"] if each["area_code"] == code)


@pytest.fixture
def officer(seeded_db: str) -> Any:
    return staff.staff("officer", "tier_officer", staff.DISTRICT)


def test_the_shipped_system_says_which_of_its_indicators_are_official(officer: Any) -> None:
    found = get(officer, "/tiers/systems")["items"]
    assert [(each["official"], each["inferred"], each["indicators"]) for each in found] == [(4, 86, 90)]
    detail = get(officer, f"/tiers/systems/{found[0]['id']}")
    assert [i["code"] for i in detail["indicators"] if i["certainty"] == "official"] == ["B01", "B02", "B03", "B04"]
    bound = detail["indicators"][3]["bounds"][4]
    assert bound["value"] is None and bound["certainty"] == "inferred"


def test_migrating_again_adds_nothing(officer: Any) -> None:
    from linli.tiers.shipped import load_shipped

    load_shipped("owner")
    with acting(staff.OPERATOR):
        assert IndicatorSystem.objects.count() == 1
        assert Indicator.objects.count() == 90


def test_a_community_reaches_the_tier_whose_bounds_its_values_meet(officer: Any, fake: Fake) -> None:
    declared(*everything_up_to("growing", GONGSUN), *everything_up_to("model", ELSEWHERE))
    assessed()
    ladder = get(officer, "/tiers/ladder?limit=200")
    assert rung(ladder, GONGSUN)["computed"] == "growing" and rung(ladder, GONGSUN)["next"] == "model"
    assert rung(ladder, ELSEWHERE)["computed"] == "model" and rung(ladder, ELSEWHERE)["next"] is None
    assert ladder["counts"]["computed"] == {"none": 57, "basic": 0, "growing": 1, "model": 1}
    assert (ladder["assessment"]["official"], ladder["assessment"]["inferred"]) == (4, 86)


def test_what_is_not_known_is_unknown_and_reaches_no_tier(officer: Any, fake: Fake) -> None:
    declared(*everything_up_to("basic", GONGSUN, leave=("satisfaction_rate",)))
    assessed()
    found = get(officer, f"/tiers/communities/{GONGSUN}")
    assert found["standing"]["computed"] == "none"
    assert (found["standing"]["missed"], found["standing"]["unknown"]) == (0, 1)
    verdicts = {i["code"]: i["verdict"] for i in found["indicators"]}
    assert verdicts["B29"] == "unknown" and verdicts["B01"] == "met" and verdicts["B06"] == "not_asked"


def test_a_measure_that_fails_is_unknown_never_zero_and_is_noted(officer: Any, fake: Fake) -> None:
    def broken(*_: Any) -> dict[str, float]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return {}

    fake("satisfaction_rate", broken)
    fake("grid_cover_rate", lambda *_: {GONGSUN: 1.0})
    declared(*everything_up_to("basic", GONGSUN, leave=("satisfaction_rate", "grid_cover_rate")))
    assessed()
    found = get(officer, f"/tiers/communities/{GONGSUN}")
    verdicts = {i["code"]: i["verdict"] for i in found["indicators"]}
    assert (verdicts["B29"] == "unknown" and verdicts["B24"] == "unknown") or verdicts["B24"] == "met"
    assert found["assessment"]["failures"] == ["satisfaction_rate"]
    metric = next(m for i in found["indicators"] if i["code"] == "B29" for m in i["metrics"])
    assert metric["computed"] is None and metric["used"] is None


def test_records_go_before_what_is_declared_and_a_contradiction_is_told(officer: Any, fake: Fake) -> None:
    fake("satisfaction_rate", lambda *_: {GONGSUN: 0.7, ELSEWHERE: 0.8})
    for area in (GONGSUN, ELSEWHERE):
        declared(*everything_up_to("basic", area))
    assessed()
    found = get(officer, f"/tiers/communities/{GONGSUN}")
    metric = next(m for i in found["indicators"] if i["code"] == "B29" for m in i["metrics"])
    assert (metric["computed"], metric["declared"], metric["used"]) == (70.0, 80.0, "computed")
    assert metric["contradicts"] is True and metric["verdict"] == "missed"
    ladder = get(officer, "/tiers/ladder?limit=200")
    assert rung(ladder, GONGSUN)["contradictions"] == 1 and rung(ladder, ELSEWHERE)["contradictions"] == 0


def test_an_earlier_day_takes_no_figures_of_today(officer: Any, fake: Fake) -> None:
    fake("satisfaction_rate", lambda *_: {GONGSUN: 0.9})
    made = assessed(date(2026, 1, 5) if clock.today() > date(2026, 1, 5) else date(2020, 1, 5))
    with acting(staff.OPERATOR):
        standing = CommunityStanding.objects.get(assessment=made, area_code=GONGSUN)
    assert standing.readings == {}


def test_a_town_sees_its_communities_and_no_others(officer: Any, fake: Fake) -> None:
    assessed()
    clerk = staff.staff("clerk", area=staff.DISTRICT, permissions=["tiers.standing.view"])
    assert len(get(clerk, "/tiers/ladder?limit=200")["items"]) == 59
    from linli.access import actions

    with acting(staff.OPERATOR):
        actions.ensure_units(staff.OPERATOR, [actions.Region(TOWN, "将军路街道")])
    own = staff.staff("own", area=staff.TOWN, permissions=["tiers.standing.view"])
    with acting(staff.OPERATOR):
        staff.appoint(own, actions.create_role(staff.OPERATOR, name="r", permissions=["tiers.standing.view"]), TOWN)
    seen = get(own, "/tiers/ladder?limit=200")
    assert {each["area_code"][:9] for each in seen["items"]} <= {TOWN, staff.TOWN}
    assert GONGSUN in {each["area_code"] for each in seen["items"]}
    get(own, f"/tiers/communities/{GONGSUN}")
    get(own, f"/tiers/communities/{ELSEWHERE}", 404)


def test_a_declaration_counts_at_once_the_next_follows_it_and_withdrawn_it_is_gone(officer: Any, fake: Fake) -> None:
    today = clock.today().isoformat()
    path = f"/tiers/communities/{GONGSUN}/values"
    for value in (50, 72.5):
        post(officer, path, {"metric": "gigabit_household_rate", "value": value, "as_of": today}, 201)

    def told() -> Any:
        found = get(officer, f"/tiers/communities/{GONGSUN}")
        return next(i for i in found["indicators"] if i["code"] == "B01")

    assert told()["metrics"][0]["declared"] == 72.5 and told()["verdict"] == "met"
    post(officer, f"{path}/gigabit_household_rate/withdraw", {}, 204)
    assert told()["metrics"][0]["declared"] is None and told()["verdict"] == "unknown"
    assert [each["value"] for each in get(officer, path)["items"]] == [None, 72.5, 50.0]
    post(officer, f"{path}/gigabit_household_rate/withdraw", {}, 404)


def test_an_older_figure_entered_later_does_not_replace_the_newer_one(officer: Any, fake: Fake) -> None:
    path, metric = f"/tiers/communities/{GONGSUN}/values", "gigabit_household_rate"

    def declare(value: float, day: str) -> None:
        post(officer, path, {"metric": metric, "value": value, "as_of": day}, 201)

    def told() -> Any:
        found = get(officer, f"/tiers/communities/{GONGSUN}")["indicators"]
        one = next(m for i in found for m in i["metrics"] if m["metric"] == metric)
        return one["declared"], one["declared_on"]

    declare(80, "2026-03-31")
    declare(40, "2025-12-31")
    assert told() == (80.0, "2026-03-31")
    declare(75, "2026-03-31")
    assert told() == (75.0, "2026-03-31")
    post(officer, f"{path}/{metric}/withdraw", {}, 204)
    assert told() == (None, None)
    declare(60, "2026-02-28")  # after a withdrawal an earlier day counts again
    assert told() == (60.0, "2026-02-28")
    with acting(staff.OPERATOR):
        kept = declared_on([GONGSUN], date(2026, 1, 31))[GONGSUN][metric]
    assert (kept.value, kept.as_of) == (Decimal(40), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("metric", "value", "field"),
    [
        ("gigabit_household_rate", 101, "value"),
        ("gigabit_household_rate", -1, "value"),
        ("gigabit_household_rate", 69.99999, "value"),
        ("alarm_response_avg_minutes", 1e-300, "value"),
        ("drills_12m", 1.5, "value"),
        ("drills_12m", -1, "value"),
        ("platform_connected", 2, "value"),
        ("alarm_response_avg_minutes", 1e300, "value"),
        ("nothing_known", 1, "metric"),
    ],
)
def test_values_that_cannot_be_are_refused_in_words(officer: Any, metric: str, value: float, field: str) -> None:
    body = {"metric": metric, "value": value, "as_of": clock.today().isoformat()}
    answer = post(officer, f"/tiers/communities/{GONGSUN}/values", body, 422)
    assert [each["field"] for each in answer["fields"]] == [field]


def test_a_day_to_come_is_refused(officer: Any) -> None:
    body = {"metric": "drills_12m", "value": 1, "as_of": "2099-01-01"}
    answer = post(officer, f"/tiers/communities/{GONGSUN}/values", body, 422)
    assert answer["fields"][0]["field"] == "as_of"
    post(officer, "/tiers/assessments", {"on": "2099-01-01"}, 422)


def test_what_the_texts_say_stands_side_by_side(officer: Any) -> None:
    found = get(officer, "/tiers/recognitions")["items"]
    said = {(e["about"], e["tier"], e["year"], e["outcome"]): e["count"] for e in found if e["scope"] != "community"}
    assert said["淄博市", "basic", 2022, "rechecked"] == 93 and said["淄博市", None, 2022, "rechecked"] == 119
    assert said["淄川区", "basic", 2022, "rechecked"] == 7 and said["淄川区", "basic", 2022, "reached"] == 9
    assert said["淄川区", "model", 2023, "missed"] == 10 and said["淄川区", "model", 2022, "reached"] == 1
    assert all(e["authority"] and e["source"] and e["certainty"] for e in found)
    ladder = get(officer, "/tiers/ladder?now=model")
    assert [each["area_code"] for each in ladder["items"]] == [GONGSUN]
    assert ladder["counts"]["now"] == {"none": 58, "basic": 0, "growing": 0, "model": 1}


def test_an_assessment_is_asked_for_and_made_by_a_job(officer: Any, fake: Fake) -> None:
    asked = post(officer, "/tiers/assessments", {}, 202)
    assert asked["state"] == "waiting"
    post(officer, "/tiers/assessments", {}, 409)
    from linli.tiers.assessing.jobs import assess_asked

    assess_asked(asked["id"])
    assess_asked(asked["id"])  # doing it twice changes nothing
    (made,) = get(officer, "/tiers/assessments")["items"]
    assert (made["state"], made["communities"]) == ("finished", 59)
    assert made["asked_by_name"] == "用户officer"
    with acting(staff.OPERATOR):
        assert CommunityStanding.objects.count() == 59


def test_the_night_assesses_today_and_history_tells_of_the_days(officer: Any, fake: Fake) -> None:
    from linli.tiers.assessing.jobs import assess_nightly

    assessed(date(2025, 1, 1))
    declared(*everything_up_to("basic", GONGSUN))
    assess_nightly()
    assess_nightly()
    history = get(officer, f"/tiers/communities/{GONGSUN}")["history"]
    assert [(each["on"], each["computed"]) for each in history] == [
        ("2025-01-01", "none"), (clock.today().isoformat(), "basic")
    ]  # fmt: skip
    trend = rung(get(officer, "/tiers/ladder?limit=200"), GONGSUN)["trend"]
    assert trend == [each["met"] for each in history] and trend[0] < trend[1]


def test_a_town_may_not_assess_the_district(officer: Any) -> None:
    town = staff.staff("town", area=staff.TOWN, permissions=["tiers.assessment.run"])
    post(town, "/tiers/assessments", {}, 403)


def test_only_who_may_do_it_for_the_district_is_offered_to_assess_and_to_edit(officer: Any) -> None:
    given = ["tiers.standing.view", "tiers.assessment.run", "tiers.system.edit"]
    for who, may in ((officer, True), (staff.staff("town", area=staff.TOWN, permissions=given), False)):
        assert get(who, "/tiers/assessments")["may_assess"] is may
        assert get(who, "/tiers/systems")["may_edit"] is may


@pytest.mark.parametrize("cursor", ["WyJ4Il0", "WyJ4IiwgMV0", "W251bGxd", "WzFd", "nonsense"])
@pytest.mark.parametrize("path", ["assessments", "recognitions", f"communities/{GONGSUN}/values"])
def test_a_cursor_of_another_list_is_refused(officer: Any, path: str, cursor: str) -> None:
    get(officer, f"/tiers/{path}?cursor={cursor}", 422)
