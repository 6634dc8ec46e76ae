"""Recode: a village of 5,000 people and more gets another code, and the recode is undone.

Run: python bench/recode.py [--home FOLDER [--village CODE]]   (a home with people in it, its largest village by default;
without one, a village of towers with 6,528 people is made)
"""

from __future__ import annotations

import argparse
import resource
import time

import _setting
import building


def main() -> None:
    """Print one table. The base is afterwards as before."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home")
    options.add_argument("--village")
    given = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(given.home):
        import django

        django.setup()
        if not given.home:
            building.build_towers(towers=4)
        measure(given.village)


def measure(chosen: str | None) -> None:
    """Preview, recode and undo, each in a transaction of its own."""
    from django.conf import settings
    from django.db import connection

    from linli.kernel.actors import operator
    from linli.kernel.scope import acting
    from linli.places.models import Region
    from linli.places.recode import actions
    from linli.places.recode.rules import Wish

    with acting(operator("bench", settings.LINLI_DISTRICT)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(area_code, 12), count(*) FROM registry_person WHERE %(v)s IS NULL OR left(area_code, 12) = %(v)s "
            "GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
            {"v": chosen},
        )
        village, people = cursor.fetchone()
        taken = set(Region.objects.values_list("code", flat=True))
    free = next(code for n in range(999, 0, -1) if (code := f"{village[:9]}{n:03d}") not in taken)
    print(f"{village}: {people:,} people\n{'what':12} {'CPU s':>7} {'wall s':>7} {'rows':>9}")

    def measured(what: str, make):  # type: ignore[no-untyped-def]
        cpu, wall = time.process_time(), time.perf_counter()
        with acting(operator("bench", settings.LINLI_DISTRICT)) as actor:
            result = make(actor)
        rows = sum(getattr(result, "moved", {}).values())
        print(f"{what:12} {time.process_time() - cpu:7.2f} {time.perf_counter() - wall:7.2f} {rows:9,}")
        return result

    measured("preview", lambda actor: actions.preview_recode(actor, Wish(village, free)))
    change = measured("recode", lambda actor: actions.do_recode(actor, Wish(village, free)))
    measured("undo", lambda actor: actions.undo_recode(actor, change.id))
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
