"""Life in a demo: by day a few cases are reported and a few go on, through the same actions as everybody's.

Only cases that the demo made are moved; those somebody entered to try the program are left to them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import transaction

from linli.access.models import Unit
from linli.cases.categories.models import Category
from linli.cases.engine.act import act
from linli.cases.engine.choices import rules_to_choose
from linli.cases.engine.effects import Given
from linli.cases.engine.models import Case
from linli.cases.engine.report import NewCase, report
from linli.cases.engine.rules import BY_CODE
from linli.cases.engine.states import OPEN, State
from linli.kernel import clock
from linli.kernel.errors import Problem
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.case_kinds import KINDS, REASONS, RESULTS, Kind
from linli.project.demo.case_rows import WHO

FIRST_HOUR, LAST_HOUR = 8, 19
#: Runs of the job in those hours, one every five minutes, and steps a case takes.
RUNS_A_DAY, STEPS = 132, 9
MOST = 12  # steps a run
#: What comes next in each state, with its share.
NEXT: dict[State, tuple[tuple[str, float], ...]] = {
    State.REPORTED: (("file", 0.72), ("ask_verify", 0.24), ("refuse", 0.04)),
    State.VERIFY_REPORT: (("confirm_report", 0.9), ("deny_report", 0.1)),
    State.TO_FILE: (("file", 1.0),),
    State.TO_DISPATCH: (("dispatch", 1.0),),
    State.TO_TAKE: (("take", 0.95), ("return_to_dispatcher", 0.05)),
    State.HANDLING: (("hand_back", 1.0),),
    State.WAITING: (("resume", 1.0),),  # on account a case stays until its day
    State.HANDED_BACK: (("ask_check", 1.0),),
    State.CHECK_RESULT: (("pass_check", 0.93), ("fail_check", 0.07)),
    State.TO_CLOSE: (("close", 1.0),),
    State.CLOSED: (("rate", 1.0),),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What one run did."""

    reported: int = 0
    steps: int = 0


def trickle(rng: np.random.Generator) -> Moved:
    """Report and move a few cases, as many as belong to five minutes of the day; none at night."""
    if not FIRST_HOUR <= clock.now().astimezone(clock.LOCAL).hour < LAST_HOUR:
        return Moved()
    with acting(demo_actor()):
        year = Case.objects.filter(reported_by=WHO, reported_at__gt=clock.now() - timedelta(days=365))
        rate = year.count() / 365 / RUNS_A_DAY
    new = min(int(rng.poisson(rate)), MOST)
    steps = min(int(rng.poisson(rate * STEPS)), MOST)
    return Moved(sum(_report(rng) for _ in range(new)), sum(_move(rng) for _ in range(steps)))


def _report(rng: np.random.Generator) -> bool:
    """A report of what the season brings, where something was reported before."""
    month = clock.today().month - 1
    weights = np.array([kind.weight * kind.months[month] for kind in KINDS])
    kind = KINDS[int(rng.choice(len(KINDS), p=weights / weights.sum()))]
    with acting(demo_actor()) as actor:
        known = Case.objects.filter(reported_by=WHO, lon__isnull=False).order_by("id")
        count = known.count()
        category = Category.objects.filter(kind=kind.kind, code=kind.code, offered=True).first()
        if not count or category is None:
            return False
        place = known[int(rng.integers(count))]
        source = "resident" if rng.random() < kind.public else "collector"
        words = kind.words[int(rng.integers(len(kind.words)))]
        return _tried(
            lambda: report(actor, NewCase(words, source, lon=place.lon, lat=place.lat, category_id=category.id))
        )


def _move(rng: np.random.Generator) -> bool:
    """One step of one case that is open or may still be rated."""
    with acting(demo_actor()) as actor:
        waiting = Case.objects.filter(reported_by=WHO, state__in=[*OPEN, State.CLOSED]).order_by("id")
        count = waiting.count()
        if not count:
            return False
        case = waiting.select_related("category")[int(rng.integers(count))]
        ways = NEXT.get(State(case.state))
        if ways is None:
            return False
        code = ways[int(rng.choice(len(ways), p=[share for _, share in ways]))][0]
        if code == "file" and case.filed_at is not None:
            code = "refile"
        unit = str(case.unit_id) if case.unit_id and BY_CODE[code].reach == "unit" else None
        given = _given(rng, case, code)
    with acting(replace(actor, unit_id=unit, unit_name=case.unit_name if unit else "")) as doer:
        return _tried(lambda: act(doer, case.id, code, given))


def _given(rng: np.random.Generator, case: Case, code: str) -> Given:
    """What a step is taken with."""
    asks = BY_CODE[code].asks
    rule = rules_to_choose(case.category_id)[:1] if "limit" in asks and case.category_id else []
    rated = "rating" in asks
    return Given(
        version=case.version, reason=REASONS.get(code, ""), result=RESULTS.get(code, ""), category_id=case.category_id,
        rule_id=rule[0].id if rule else None, limit_value=None if rule else 3, clock="" if rule else "work_day",
        unit_id=_unit(case) if "unit" in asks else None,
        responded=True if rated else None, solved=bool(rng.random() < 0.94) if rated else None,
    )  # fmt: skip


def _unit(case: Case) -> UUID | None:
    """The department whose work it is, the town itself else, or where that has returned it."""
    kind = _kind(case)
    own = Unit.objects.filter(kind="town", area_code=case.area_code[:9]).first()
    office = Unit.objects.filter(kind="department", name=kind.office).first() if kind and kind.office else None
    for unit in (office, own):
        if unit is not None and unit.id != case.unit_id:
            return unit.id
    others = Unit.objects.filter(kind="department").order_by("name")[:2]
    return next((each.id for each in others if each.id != case.unit_id), None)


def _kind(case: Case) -> Kind | None:
    if case.category is None:
        return None
    return next((each for each in KINDS if (each.kind, each.code) == (case.category.kind, case.category.code)), None)


def _tried(step: Callable[[], Case]) -> bool:
    """Whether a step could be taken; a person may have been there first."""
    try:
        with transaction.atomic():
            step()
    except Problem:
        return False
    return True
