"""A home with a code on its door, in a village whose grid is staffed; somebody lives there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import staff

sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))

GRID = f"{staff.VILLAGE}001"
NOBODY, PRIVATE = "姜住户", "13900001111"


@dataclass(frozen=True)
class Home:
    """The home behind the code."""

    id: str
    code: str
    standard: str


def make_home() -> Home:
    """Its door has a code; its people, number and address must never come out."""
    from people_frames import merge, row

    from linli.kernel import scope
    from linli.places.buildings.home_actions import make_codes
    from linli.places.models import Building, Dwelling, DwellingCode, Grid, Region

    for code, name, level in (
        (staff.DISTRICT, "淄川区", "district"), (staff.TOWN, "昆仑镇", "town"), (staff.VILLAGE, "甲村", "village"),
        (staff.OTHER_TOWN, "岭子镇", "town"), (staff.OTHER_VILLAGE, "乙村", "village"),
    ):  # fmt: skip
        Region.objects.get_or_create(
            code=code, defaults={"level": level, "name": f"{name}（全称）" if level != "district" else name, "short_name": name}
        )  # fmt: skip
    Grid.objects.create(
        code=GRID, village_code=staff.VILLAGE, name="第一网格", geometry=b"", lon=118, lat=36.6, area_m2=1
    )
    merge([row(2, NOBODY, 2, GRID, phone=PRIVATE, home_kind="02", home_compound="阳光小区", home_building="1",
               home_unit="1", home_room="301", home_text="阳光小区1号楼1单元301",
               home_standard="昆仑镇甲村阳光小区1号楼1单元301室")])  # fmt: skip
    with scope.acting(staff.OPERATOR) as operator:
        Dwelling.objects.update(area_code=GRID)
        make_codes(operator, Building.objects.get().id)
        dwelling = Dwelling.objects.get()
        code = DwellingCode.objects.get().code
    return Home(str(dwelling.id), code, dwelling.standard)


def stand(
    name: str,
    area: str = GRID,
    duty: str = "worker",
    phone: str = "0533-5180001",
    since: int = -10,
    until: int | None = None,
    active: bool = True,
) -> None:
    """Have somebody stand for an area from and until so many days from today."""
    from linli.access.models import Account
    from linli.kernel import clock, scope
    from linli.kernel.ids import uuid7
    from linli.places.models import GridStaff

    account = staff.staff(f"u{uuid7().hex}")
    today: date = clock.today()
    with scope.acting(staff.OPERATOR):
        Account.objects.filter(id=account.id).update(name=name, active=active)
        GridStaff.objects.create(
            area_code=area, duty=duty, account_id=account.id, public_phone=phone, since=today + timedelta(days=since),
            until=None if until is None else today + timedelta(days=until), post_id=uuid7(), appointment_id=uuid7(),
            created_at=clock.now(),
        )  # fmt: skip
