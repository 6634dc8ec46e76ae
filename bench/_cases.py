"""What benchmarks of cases share: a demo district whose year holds as many cases as wanted, entered in bulk."""

from __future__ import annotations

import time
from typing import Any

#: Cases entered in one transaction: what fits memory at once.
PART = 100_000
PEOPLE = 540_000


def filled(wanted: int) -> tuple[int, float]:
    """Units, accounts and about `wanted` cases of the last twelve months; returns how many there are and the seconds it took."""
    import django

    django.setup()
    from linli.cases.models import Case
    from linli.kernel.scope import acting
    from linli.project.demo import base, staff
    from linli.project.demo.cases import enter_year
    from linli.project.demo.loading import first_town

    began = time.perf_counter()
    base.claim(base.DemoOrder(PEOPLE, 42))
    places = base.lay_places()
    town = first_town(places, PEOPLE)
    staff.appoint_staff(places, town)
    with acting(base.demo_actor()):
        there = Case.objects.count()
    part = 0
    while there < wanted * 0.99:
        missing = min(PART, wanted - there)
        with acting(base.demo_actor()):
            there += enter_year(places, missing / 365, town, 1000 + part + there)
        part += 1
    return there, time.perf_counter() - began


def ruled(count: int = 100) -> int:
    """Rules of routing as a district has them, narrow ones first; returns how many there are."""
    from linli.access.models import Unit
    from linli.cases.categories.rules import SINCE_EVER
    from linli.cases.routing.actions import save_rules
    from linli.cases.routing.drafts import Line
    from linli.cases.routing.models import RoutingRule
    from linli.cases.routing.rules import Reach
    from linli.kernel.scope import acting
    from linli.project.demo.base import demo_actor
    from linli.project.demo.routing import RULES, TOWN

    with acting(demo_actor()) as actor:
        if there := RoutingRule.objects.count():
            return there
        units = dict(Unit.objects.filter(kind="department").values_list("name", "id"))
        towns = Unit.objects.filter(kind="town").order_by("area_code").values_list("area_code", flat=True)
        broad = [
            Line(Reach(kind=kind, code=code), "town" if unit == TOWN else "unit", "" if unit == TOWN else str(units[unit]), why,
                 "inferred", SINCE_EVER)
            for kind, code, unit, why in RULES if unit == TOWN or unit in units
        ]  # fmt: skip
        narrow = [
            Line(Reach(kind=kind, code=code, area=town), "town", "", why, "inferred", SINCE_EVER)
            for kind, code, unit, why in RULES if unit != TOWN for town in towns
        ]  # fmt: skip
        return len(save_rules(actor, [*narrow[: count - len(broad)], *broad], None, "性能测试数据").added)


def taught() -> int:
    """A model of texts, learnt from the shipped seeds and the closed cases; returns from how many texts."""
    from linli.cases.models import TextVersion
    from linli.cases.suggesting.learning import learn
    from linli.kernel.scope import acting
    from linli.project.demo.base import demo_actor

    with acting(demo_actor()):
        version = TextVersion.objects.filter(current=True).first()
    version = version or learn(demo_actor())
    return version.seeds + version.cases if version else 0


def analysed(*tables: str) -> None:
    """Refresh the planner's statistics, as the database does by itself a minute later."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")


def keeper() -> Any:
    """Who may draw every fact and see every figure."""
    from linli.cases.evaluation.keeper import keeper as evaluation

    return evaluation()
