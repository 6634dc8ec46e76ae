"""The page of a building through the whole request path (session, row-level security, read log), as a town's clerk.

Over a home filled by `bench/intake.py --home FOLDER` it asks for buildings as they are there. Without one it makes towers
larger than any it knows of, so that the bar is met with room to spare. Run: python bench/building.py [--home FOLDER]
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any

import _setting

ASKED = 100  # requests of each kind
VILLAGE = "370302102201"
TOWERS, STOREYS, UNITS, LANDING, PEOPLE = 6, 34, 4, 4, 3  # 544 homes and 1,632 people in each


def build_towers(towers: int = TOWERS) -> None:
    """Towers full of people, through the merge that imports use."""
    import polars as pl

    from linli.kernel.actors import operator
    from linli.registry.merge import merge_people

    rows = []
    for tower in range(1, towers + 1):
        for place in range(STOREYS * UNITS * LANDING):
            unit, storey, room = place % UNITS + 1, place // UNITS % STOREYS + 1, place // (UNITS * STOREYS) + 1
            number = f"{storey}{room:02d}"
            for person in range(PEOPLE):
                rows.append(
                    {
                        "row": len(rows) + 2, "name": "王建国李秀英赵小明"[person * 3 : person * 3 + 3], "sex": "1",
                        "area_code": VILLAGE, "record_key": f"bench-{tower}-{place}-{person}", "home_kind": "01",
                        "home_text": f"高塔{tower}-{unit}-{number}", "home_village_code": VILLAGE, "home_compound": "高塔",
                        "home_building": str(tower), "home_unit": str(unit), "home_room": number,
                        "home_standard": f"高塔{tower}号楼{unit}单元{number}室", "raw": "{}",
                    }
                )  # fmt: skip
    merge_people(
        pl.DataFrame(rows), source="community", batch_id=None, uploader=operator("bench", _setting.DISTRICT),
        district=_setting.DISTRICT,
    )  # fmt: skip


def asked(browser: Any, ids: list[str]) -> list[float]:
    """Milliseconds of each request; the first, which warms what is kept per process, is not counted."""
    times = []
    for serial in range(ASKED + 1):
        started = time.perf_counter()
        answer = browser.get(f"/api/buildings/{ids[serial % len(ids)]}")
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.content
    return times[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", help="a home filled by bench/intake.py")
    given = parser.parse_args()
    with _setting.fresh_home(given.home):
        import django

        django.setup()
        from django.conf import settings
        from django.db import connection
        from search import clerk_of_largest_town

        from linli.kernel.actors import operator
        from linli.kernel.scope import acting

        settings.ALLOWED_HOSTS = ["*"]
        if not given.home:
            build_towers()
        browser, town = clerk_of_largest_town()
        with acting(operator("bench", _setting.DISTRICT)), connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), count(DISTINCT building_id) FROM places_dwelling WHERE building_id IS NOT NULL"
            )
            homes, buildings = cursor.fetchone() or (0, 0)
            cursor.execute(
                "SELECT building_id, count(*) FROM places_dwelling WHERE building_id IS NOT NULL AND area_code ^@ %s "
                "GROUP BY 1 ORDER BY 2 DESC LIMIT 200",
                [town],
            )
            found = cursor.fetchall()
        print(f"{homes:,} homes in {buildings:,} buildings of the base; bar: each page <= 300 ms\n")
        print("| which | homes | requests | median ms | p95 ms | max ms |\n|---|---:|---:|---:|---:|---:|")
        for name, some in (("largest", found[:1]), ("200 largest of a town", found)):
            times = sorted(asked(browser, [str(identifier) for identifier, _ in some]))
            print(
                f"| {name} | {max(n for _, n in some):,} | {len(times)} | {statistics.median(times):.0f} "
                f"| {times[int(len(times) * 0.95)]:.0f} | {times[-1]:.0f} |"
            )


if __name__ == "__main__":
    main()
