"""The demo's year of cases: every step is one the engine allows, every clock is the engine's, and it is there once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import evaluation_oracle
import numpy as np
import pytest

from linli.access.calendar.queries import work_calendar
from linli.cases.engine import effects, timing
from linli.cases.engine.act import SHORTEST_REASON
from linli.cases.engine.rules import BY_CODE, Doer, Facts, refusal, target_of
from linli.cases.engine.states import State
from linli.cases.evaluation.behind import month_of
from linli.cases.evaluation.counts import COUNTS
from linli.cases.evaluation.queries import month_figures, months_back, trend
from linli.cases.evaluation.ratios import RATIOS
from linli.cases.models import Case, CaseFlow, CasePause
from linli.kernel import clock
from linli.kernel.scope import acting
from linli.kernel.worktime import WorkCalendar
from linli.project.demo import base, case_year, cases, staff, trickle
from linli.project.demo.base import DemoOrder
from linli.project.demo.case_paths import WAYS, legs

ORDER = DemoOrder(6_000, 42)
NOON = datetime(2026, 11, 26, 14, 30, tzinfo=clock.LOCAL)


@pytest.fixture
def world(seeded_db: str, settings: Any, tmp_path: Path) -> Iterator[str]:
    """A demo with its staff, on an afternoon; the value is the town that is taken in first."""
    settings.LINLI_HOME = tmp_path
    base.claim(ORDER)
    from linli.project.demo import loading

    town = loading.first_town(base.lay_places(), ORDER.people)
    staff.appoint_staff(base.places_here(), town)
    with clock.frozen(NOON):
        yield town


def test_every_way_is_one_the_table_of_actions_allows() -> None:
    for way in WAYS:
        path = legs(way.steps, urgent=way.steps[0] == "dispatch_first")
        assert path[-1].after in (State.EVALUATED, State.NOT_ACCEPTED, State.CANCELLED)
    with pytest.raises(ValueError, match="close"):
        legs(("file", "close"), urgent=False)


def test_a_year_of_cases_holds_by_the_rules_and_is_made_once(world: str) -> None:
    made = cases.make_cases(base.places_here(), ORDER.people, world, 42)
    assert (
        made > 0.85 * 365 * case_year.a_day(ORDER.people)
        and cases.make_cases(base.places_here(), ORDER.people, world, 42) == 0
    )
    with acting(base.demo_actor()):
        found = list(Case.objects.select_related("category").order_by("id"))
        flow: dict[Any, list[CaseFlow]] = {}
        for step in CaseFlow.objects.order_by("case_id", "version"):
            flow.setdefault(step.case_id, []).append(step)
        pauses: dict[Any, list[CasePause]] = {}
        for pause in CasePause.objects.order_by("since"):
            pauses.setdefault(pause.case_id, []).append(pause)
        assert len(found) == made == len({case.number for case in found}) == len(flow)
        for case in found:
            _replays(case, flow[case.id])
        # reckoning asks the database for each, so not all of them
        stood = [case for case in found if case.id in pauses]
        for case in [*stood, *found[::40]]:
            _runs_out(case, pauses.get(case.id, []))
        _keep_their_rounds(found, flow)
        assert any(
            p.kind == kind for kind in ("waiting", "suspended", "feedback") for ps in pauses.values() for p in ps
        )
    _looks_like_a_year(world, found)
    _is_counted(found, flow)
    _goes_on(found[-1])


def _replays(case: Case, steps: list[CaseFlow]) -> None:
    """The steps of a case, each asked of the rules."""
    assert [step.version for step in steps] == list(range(1, case.version + 1)) and steps[0].action == "report"
    state, filed, unit, suspensions = State.REPORTED, False, "", 0
    before = steps[0].at
    for step in steps[1:]:
        action = BY_CODE[step.action]
        doer = Doer(frozenset({action.permission}), unit if action.reach == "unit" else "another", handles=True)
        assert refusal(action, Facts(state, case.urgent, filed, unit or None, suspensions), doer) is None
        assert step.from_state == state and step.to_state == target_of(action, state) and before <= step.at <= NOON
        assert "reason" not in action.asks or len(step.reason) >= SHORTEST_REASON
        assert "result" not in action.asks or step.detail["result"]
        if "unit" in action.asks:
            assert step.detail["unit"] != unit or step.reason
            unit = step.detail["unit"]
        if "until" in action.asks:
            assert date.fromisoformat(step.detail["until"]) > step.at.astimezone(clock.LOCAL).date()
        state, before = State(step.to_state), step.at
        filed, suspensions = (
            filed or step.action in ("file", "file_afterwards"),
            suspensions + (step.action == "suspend"),
        )
    assert (state, unit, suspensions) == (case.state, case.unit_name, case.suspensions)
    assert filed == (case.filed_at is not None) and bool(unit) == (case.unit_id is not None)
    assert (case.closed_at is not None) == (state in (State.CLOSED, State.EVALUATED))
    assert (case.paused_at is not None) == (state in (State.WAITING, State.SUSPENDED))
    assert (case.solved is not None) == (state == State.EVALUATED)


def _runs_out(case: Case, pauses: list[CasePause]) -> None:
    """The clock of a case is what the engine makes of it."""
    if case.clock_from is None or case.limit_value is None:
        assert case.due_at is None and case.amber_at is None
        return
    ended = [(p.since, p.until) for p in pauses if p.until is not None and p.since >= case.clock_from]
    assert (case.amber_at, case.due_at, case.provisional) == timing.reckon(
        case.clock_from, case.limit_value, case.clock, ended
    )
    for pause in pauses:
        if pause.planned and pause.until:
            assert pause.until <= datetime.combine(pause.planned + timedelta(days=1), time(), clock.LOCAL)


def _keep_their_rounds(found: list[Case], flow: dict[Any, list[CaseFlow]]) -> None:
    """A reopened case tells what its first round came to, as the engine does."""
    reopened = [(case, n) for case in found for n, s in enumerate(flow[case.id]) if s.action == "reopen"]
    assert reopened
    for case, nth in reopened:
        told, before = flow[case.id][nth].detail["round"], flow[case.id][:nth]
        assert told.keys() == effects.round_of(case).keys() and told["unit_id"] == str(case.unit_id)
        begun = next(s.at for s in before if "limit" in s.detail)
        assert case.limit_value is not None and datetime.fromisoformat(told["clock_from"]) == begun
        for name, action in (("handed_back_at", "hand_back"), ("closed_at", "close")):
            assert datetime.fromisoformat(told[name]) == next(s.at for s in reversed(before) if s.action == action)
        rated = (
            next(s.detail for s in reversed(before) if s.action == "rate")
            if "rate" in {s.action for s in before}
            else {}
        )
        assert all(told[name] == rated.get(name) for name in ("responded", "solved", "satisfied"))
    for case, nth in reopened[::10]:
        told = flow[case.id][nth].detail["round"]
        _, due, _ = timing.reckon(datetime.fromisoformat(told["clock_from"]), case.limit_value or 0, case.clock, [])
        assert datetime.fromisoformat(told["due_at"]) == due


def _looks_like_a_year(town: str, found: list[Case]) -> None:
    states = Counter(case.state for case in found)
    assert states[State.EVALUATED] > 0.8 * len(found) and len(states) >= 8
    own = [case for case in found if case.area_code.startswith(town)]
    assert len({case.state for case in own}) >= 6
    judged = [case for case in found if case.handed_back_at and case.due_at]
    late = sum(case.handed_back_at > case.due_at for case in judged if case.handed_back_at and case.due_at)
    assert 0.02 < late / len(judged) < 0.25
    assert any(case.reworks for case in found) and any(case.satisfied is False for case in found)
    assert all(case.reported_by == "system:demo" and case.reporter_name is None for case in found)
    assert {case.reported_at.astimezone(clock.LOCAL).month for case in found} == set(range(1, 13))
    places = Counter((case.lon, case.lat) for case in found)
    assert sum(count for _, count in places.most_common(len(places) // 10)) > 0.2 * len(found)


def _is_counted(found: list[Case], flow: dict[Any, list[CaseFlow]]) -> None:
    """The figures of each month are those of the cases, counted one by one, for every unit and every area."""
    with acting(base.demo_actor()) as actor:
        calendar = work_calendar().calendar
        by_place: dict[str, Counter[tuple[str, int]]] = defaultdict(Counter)
        for case in found:
            for part in evaluation_oracle.rounds(case, flow[case.id]):
                one = evaluation_oracle.counted(case, part, calendar, NOON)
                for place in {"", case.area_code[:9], part.unit}:
                    by_place[place] += one
        seen = 0
        for month in months_back(month_of(clock.today()), 13):
            figures = month_figures(actor, month)
            for each in (figures.all, *figures.areas, *figures.units):
                wanted = by_place["" if each is figures.all else each.key]
                assert {c.code: each.counts.get(c.code, 0) for c in COUNTS} == {
                    c.code: wanted[c.code, month] for c in COUNTS
                }
                seen += 1
        assert seen > 13 * 10
        for ratio in RATIOS:
            points = trend(actor, ratio, 202610)
            assert points[-1].share == month_figures(actor, 202610).all.shares[ratio.code]


def _goes_on(newest: Case) -> None:
    """By day a few cases come and go on through the actions, by night none; a visitor's own is left alone."""
    with acting(base.demo_actor()):
        mine = list(Case.objects.filter(state=State.REPORTED)[:1])
        Case.objects.filter(id__in=[case.id for case in mine]).update(reported_by="a-visitor")
        steps = CaseFlow.objects.count()
    rng = np.random.default_rng(5)
    moved = [trickle.trickle(rng) for _ in range(120)]
    with acting(base.demo_actor()):
        new = Case.objects.filter(id__gt=newest.id)
        assert new.count() == sum(each.reported for each in moved) > 0
        taken = sum(each.steps for each in moved)
        assert CaseFlow.objects.count() == steps + new.count() + taken and taken > 10
        assert all(Case.objects.get(id=case.id).version == case.version for case in mine)
        for case in new:
            assert case.area_code and case.category_id
    with clock.frozen(NOON.replace(hour=23)):
        assert trickle.trickle(rng) == trickle.Moved()


def test_days_have_the_shape_of_a_week_and_of_the_seasons() -> None:
    days = case_year.days_of(date(2026, 11, 26))
    counted = case_year.counts(np.random.default_rng(1), days, WorkCalendar(), 60.0)
    by_day = dict(zip(days, counted.tolist(), strict=True))
    assert abs(sum(by_day.values()) / 365 - 60) < 4
    work = [count for day, count in by_day.items() if day.weekday() < 5]
    free = [count for day, count in by_day.items() if day.weekday() >= 5]
    assert np.mean(free) < 0.8 * np.mean(work)
    assert np.var(list(by_day.values())) > 2 * np.mean(list(by_day.values()))
