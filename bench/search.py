"""Search of people through the whole request path (session, row-level security, read log), as a town's clerk.

Needs a home filled by `bench/intake.py --home FOLDER` (or makes one). Run: python bench/search.py [--home FOLDER]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import _setting

ASKED = 100  # searches of each kind


def clerk_of_largest_town() -> tuple[Any, str]:
    """A signed-in client of a clerk of the town with most people, and the town's code."""
    import sys

    sys.path.insert(0, str(_setting.ROOT / "tests"))
    import staff
    from django.db import connection

    from linli.kernel.scope import acting

    with acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(area_code, 9), count(*) FROM registry_person_area GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
        )
        town = cursor.fetchone()[0]
        from linli.access import actions
        from linli.access.models import Account, Role
        from linli.access.queries import actors

        name = f"bench-{int(time.time())}"
        unit = actions.ensure_units(staff.OPERATOR, [actions.Region(town, "测试镇")])[town]
        account = actions.create_account(staff.OPERATOR, username=name, name="测试", unit_id=unit, must_change=False)
        staff.appoint(account, Role.objects.get(code="town_clerk"), town)
    assert isinstance(account, Account) and actors
    return staff.client(account), town


def samples(town: str) -> dict[str, Callable[[], str]]:
    """How to make a search of each kind from people who are there."""
    from django.db import connection

    from linli.kernel import secrets
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.registry.pinyin import initials

    with acting(operator("bench", town)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.name, p.id_number, p.phone, d.standard, p.home_text FROM registry_person p "
            "LEFT JOIN places_dwelling d ON d.id = p.dwelling_id WHERE p.phone IS NOT NULL AND p.id_number IS NOT NULL "
            "AND p.dwelling_id IS NOT NULL ORDER BY p.id LIMIT 5000"
        )
        people = cursor.fetchall()
    rng = random.Random(7)

    def one() -> Any:
        return rng.choice(people)

    return {
        "whole name": lambda: one()[0],
        "two characters": lambda: one()[0][-2:],
        "surname": lambda: one()[0][0],
        "last character": lambda: one()[0][-1],
        "pinyin initials": lambda: initials(one()[0]),
        "identity number": lambda: secrets.decrypt(one()[1]),
        "last 4": lambda: secrets.decrypt(one()[1])[-4:],
        "last 6": lambda: secrets.decrypt(one()[1])[-6:],
        "phone": lambda: secrets.decrypt(one()[2]),
        "address": lambda: one()[3],
        "nobody": lambda: "欧阳不存在",
    }


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    options.add_argument("--home")
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        import logging

        import django
        import structlog
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["*"]
        django.setup()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        logging.disable(logging.WARNING)
        if not chosen.home or not _filled():
            with tempfile.TemporaryDirectory() as folder:
                from intake import take_in

                from linli.project.demo.bench_file import write_bench_xlsx

                path = Path(folder) / "people.xlsx"
                write_bench_xlsx(path, chosen.rows, seed=1)
                take_in(path)
        browser, town = clerk_of_largest_town()
        print(f"{'search':18} {'n':>4} {'median ms':>10} {'p95 ms':>8} {'max ms':>8} {'found':>7}")
        everything = []
        for kind, make in samples(town).items():
            spent, found = [], 0
            for turn in range(ASKED + 5):
                body = json.dumps({"q": make()})
                started = time.perf_counter()
                answer = browser.post("/api/people/search", body, content_type="application/json")
                elapsed = (time.perf_counter() - started) * 1000
                assert answer.status_code == 200, answer.content
                if turn >= 5:
                    spent.append(elapsed)
                    found += bool(answer.json()["items"])
            everything += spent
            print(line(kind, spent, found), flush=True)
        print(line("all", everything, None))


def line(kind: str, spent: list[float], found: int | None) -> str:
    """One row of the table."""
    p95 = statistics.quantiles(spent, n=20)[-1]
    shown = "" if found is None else f"{found:7}"
    return f"{kind:18} {len(spent):4} {statistics.median(spent):10.1f} {p95:8.1f} {max(spent):8.1f} {shown}"


def _filled() -> bool:
    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.registry.models import PersonArea

    with acting(operator("bench", _setting.DISTRICT)):
        return PersonArea.objects.exists()


if __name__ == "__main__":
    main()
