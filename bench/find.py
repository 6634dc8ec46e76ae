"""Ctrl-K through the whole request path (session, row-level security, read log): every kind of words, typed bit by bit.

Bar: p95 <= 150 ms at full size (540,000 people, 12,000 entities, 8,000 key places, 40,000 components). Needs a home that holds
them (LINLI_HOME of `linli demo --foreground`), or makes a demo of --people. Run: python bench/find.py [--home FOLDER]
[--people 540000]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from typing import Any

import _setting
from search import clerk_of_largest_town, line

ASKED = 60  # words of each kind; those typed bit by bit count each bit
SAMPLES = {
    "compound": "SELECT name FROM places_compound ORDER BY id LIMIT 2000",
    "building": "SELECT name FROM places_building ORDER BY id LIMIT 2000",
    "entity": "SELECT name FROM registry_legal_entity ORDER BY id LIMIT 2000",
    "place": "SELECT name FROM registry_key_place ORDER BY id LIMIT 2000",
    "component": "SELECT DISTINCT name FROM registry_component LIMIT 200",
    "credit code": "SELECT credit_code FROM registry_legal_entity WHERE credit_code <> '' ORDER BY id LIMIT 2000",
    "component code": "SELECT component_code FROM registry_component ORDER BY id LIMIT 2000",
    "area": "SELECT short_name FROM places_region ORDER BY code",
    "person": "SELECT name FROM registry_person ORDER BY id LIMIT 5000",
}


def words() -> dict[str, Callable[[], list[str]]]:
    """What is typed for each kind: the words as they grow."""
    from django.db import connection

    from linli.kernel.actors import operator
    from linli.kernel.pinyin import initials
    from linli.kernel.scope import acting

    rng, found = random.Random(7), {}
    with acting(operator("bench", _setting.DISTRICT)), connection.cursor() as cursor:
        for kind, statement in SAMPLES.items():
            cursor.execute(statement)
            found[kind] = [row[0] for row in cursor.fetchall()]

    def growing(text: str, least: int = 1) -> list[str]:
        return [text[:n] for n in range(least, len(text) + 1)]

    def whole(kind: str) -> Callable[[], list[str]]:
        return lambda: [rng.choice(found[kind])]

    def typed(kind: str, turn: Callable[[str], str] = str, least: int = 1) -> Callable[[], list[str]]:
        return lambda: growing(turn(rng.choice(found[kind])), least)

    kinds = {kind: whole(kind) for kind in SAMPLES if found[kind]}
    named = [kind for kind in ("compound", "building", "entity", "place", "person", "area") if found[kind]]
    kinds |= {f"{kind}, typed": typed(kind) for kind in named}
    kinds |= {f"{kind}, initials typed": typed(kind, initials) for kind in named}
    kinds |= {f"{kind}, typed": typed(kind, str, 4) for kind in ("credit code", "component code") if found[kind]}
    return {**kinds, "common word": lambda: ["公司"], "nobody": lambda: ["欧阳不存在"]}


def asked(browser: Any, make: Callable[[], list[str]]) -> tuple[list[float], int]:
    """Milliseconds of each search, and how many found something; the first five, which warm the process, do not count."""
    spent, found, turn = [], 0, 0
    while len(spent) < ASKED:
        for text in make():
            started = time.perf_counter()
            answer = browser.post("/api/search", json.dumps({"q": text}), content_type="application/json")
            elapsed = (time.perf_counter() - started) * 1000
            assert answer.status_code == 200, answer.content
            turn += 1
            if turn > 5:
                spent.append(elapsed)
                found += bool(answer.json()["groups"])
    return spent, found


def main() -> None:
    """Print one table for a town's clerk and one for somebody over the whole district."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", help="a home that holds a demo")
    options.add_argument("--people", type=int, default=540_000)
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
        if not chosen.home:
            _setting.linli("demo", "--foreground", "--people", str(chosen.people))
        print(sizes())
        clerk, _ = clerk_of_largest_town()
        for who, browser in (("town clerk", clerk), ("district analyst", analyst())):
            print(f"\n{who:26} {'n':>4} {'median ms':>10} {'p95 ms':>8} {'max ms':>8} {'found':>7}")
            everything: list[float] = []
            for kind, make in words().items():
                spent, found = asked(browser, make)
                everything += spent
                print(f"{'':8}{line(kind, spent, found)}", flush=True)
            print(f"{'':8}{line('all', everything, None)}")


def sizes() -> str:
    """What lies in the base."""
    from django.db import connection

    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    tables = {"people": "registry_person", "entities": "registry_legal_entity", "key places": "registry_key_place",
              "components": "registry_component", "compounds": "places_compound", "buildings": "places_building",
              "find tokens": "registry_find_token", "name tokens": "registry_name_token"}  # fmt: skip
    with acting(operator("bench", _setting.DISTRICT)), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables.values()))
        counts = cursor.fetchone() or ()
    return ", ".join(f"{count:,} {name}" for name, count in zip(tables, counts, strict=True))


def analyst() -> Any:
    """A signed-in client of somebody who sees the whole district."""
    import staff

    from linli.access import actions
    from linli.access.models import Role
    from linli.kernel.scope import acting

    with acting(staff.OPERATOR):
        unit = actions.ensure_units(staff.OPERATOR, [actions.Region(_setting.DISTRICT, "测试区")])[_setting.DISTRICT]
        account = actions.create_account(
            staff.OPERATOR, username=f"bench-a-{int(time.time())}", name="测试", unit_id=unit, must_change=False
        )
        staff.appoint(account, Role.objects.get(code="analyst"), _setting.DISTRICT)
    return staff.client(account)


if __name__ == "__main__":
    main()
