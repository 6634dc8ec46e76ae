"""The demo's rules of routing: nothing is wrong with them, its cases say by which they went, and they are laid once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from linli.cases.categories.rules import CategoryKey
from linli.cases.engine.report import NewCase, report
from linli.cases.models import Category, RoutedCase
from linli.cases.routing import queries
from linli.cases.routing.rules import Asked, Matcher, Reach, Rule, Units
from linli.kernel.scope import acting
from linli.places.models import Grid
from linli.project.demo import base, loading, routing, staff
from linli.project.demo.base import DemoOrder
from linli.project.demo.case_kinds import KINDS

ORDER = DemoOrder(6_000, 42)


@pytest.fixture
def town(seeded_db: str, settings: Any, tmp_path: Path) -> str:
    """The town of a demo that is taken in first; its staff is there."""
    settings.LINLI_HOME = tmp_path
    base.claim(ORDER)
    town = loading.first_town(base.lay_places(), ORDER.people)
    staff.appoint_staff(base.places_here(), town)
    return town


def test_the_rules_hold_and_the_cases_there_are_say_by_which_they_went(town: str) -> None:
    def case(kind: str, code: str) -> Any:
        grid = Grid.objects.filter(code__startswith=town, valid_to=None).order_by("code").first()
        category = Category.objects.get(kind=kind, code=code, offered=True)
        assert grid is not None
        return report(actor, NewCase("试报", "collector", area=grid.code, category_id=category.id))

    with acting(base.demo_actor()) as actor:
        before = case("component", "03005")
    assert routing.lay_routing() == (len(routing.RULES), 1)
    assert routing.lay_routing() == (0, 0)
    with acting(base.demo_actor()) as actor:
        assert queries.rule_set(actor).findings == []
        after = case("component", "01037")
        went = {row.case_id: row for row in RoutedCase.objects.all()}
    own = base.places_here().town(town).name
    assert (went[before.id].unit_name, went[after.id].unit_name) == (own, "综合行政执法局")
    assert went[before.id].why["rule"]["certainty"] == "inferred"


def test_the_rules_send_the_demos_cases_where_they_go() -> None:
    """The kinds the demo's cases are of go by the rules to the office that handles them; what no rule has, to none."""
    rules = [
        Rule(str(n), 1, n, Reach(kind=kind, code=code), "unit", unit)
        for n, (kind, code, unit, _) in enumerate(routing.RULES)
    ]
    matcher = Matcher(rules, Units({unit: unit for _, _, unit, _ in routing.RULES}))
    gone = {}
    for each in KINDS:
        match = matcher.match(Asked(CategoryKey("", each.kind, each.code), "370302"), date(2026, 11, 26))
        if match is None:
            assert each.code == "10001"
        else:
            gone[each.code] = (match.unit_id, each.office or routing.TOWN)
    assert len(gone) == len(KINDS) - 1 and all(went == meant for went, meant in gone.values()), gone
