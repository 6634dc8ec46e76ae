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
