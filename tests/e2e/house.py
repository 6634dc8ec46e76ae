"""A building with people in it and a home text nobody could read, in 昆仑镇小昆仑村, for journeys that need them there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

BUILDING, SURNAME = "松涛雅园5号楼", "慕容"
#: Room: who lives there. The first has a child with them; 302 of unit 1 was never written down.
HOMES = {
    "1-101": "慕容一", "1-102": "慕容二", "1-201": "慕容三", "1-202": "慕容四", "1-301": "慕容五", "2-101": "慕容六",
}  # fmt: skip
CHILD = "慕容小一"
#: A home as a list had it, by a name of the village that the program has yet to learn.
UNREAD, OTHER_NAME = "青松老庄17号", "青松老庄"
BIRTH = date(1971, 7, 8)


def apart(unblocked: Any, act: Callable[[], None]) -> None:
    """Work with the database on a thread of its own: Playwright's loop may run on this one."""

    def work() -> None:
        from django.db import connections

        act()
        connections.close_all()

    with unblocked.unblock(), ThreadPoolExecutor(1) as thread:
        thread.submit(work).result()


def build() -> None:
    """Make them, unless they are there."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "registry"))
    import staff  # not above: it loads models, and this file is read before Django is set up
    from people_frames import merge, number, row

    from linli.kernel.scope import acting
    from linli.places.models import Building

    with acting(staff.OPERATOR):
        if Building.objects.filter(name__endswith=BUILDING).exists():
            return
    shared = {"household_no": "S5-101", "phone": "10079995101"}
    rows = [
        row(
            at, name, village=staff.VILLAGE, birth=BIRTH, id_kind="111", id_number=number(700 + at, BIRTH),
            **_flat(room), **(shared | {"relation_to_head": "0"} if at == 2 else {}),
        )
        for at, (room, name) in enumerate(HOMES.items(), 2)
    ]  # fmt: skip
    rows.append(
        row(20, CHILD, village=staff.VILLAGE, birth=date(2012, 7, 8), relation_to_head="2", head_name="慕容一",
            **_flat("1-101"), **shared)
    )  # fmt: skip
    nowhere = dict.fromkeys(("home_village_code", "home_door", "home_standard"))
    rows.append(row(21, "慕容远", village=staff.VILLAGE, birth=BIRTH, home_text=UNREAD, **nowhere))
    merge(rows)


def _flat(place: str) -> dict[str, Any]:
    unit, room = place.split("-")
    return {
        "home_text": f"松涛雅园5-{place}", "home_compound": "松涛雅园", "home_building": "5", "home_unit": unit,
        "home_room": room, "home_door": None, "home_standard": f"小昆仑村松涛雅园5号楼{unit}单元{room}室",
    }  # fmt: skip
