"""Two villages of two grids each, side by side, with people whose homes have a place, or have none."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import staff
from shapely import to_wkb
from shapely.geometry import Polygon, box

from linli.kernel import clock, scope
from linli.kernel.ids import uuid7
from linli.places.models import Compound, Grid, Region, RegionShape

sys.path.append(str(Path(__file__).parents[1] / "registry"))
from people_frames import merge, row

V, OTHER = staff.VILLAGE, staff.OTHER_VILLAGE
WEST, EAST = f"{V}001", f"{V}002"
WIDTH = 0.01


def square(x: float, y: float = 0, width: float = WIDTH, height: float = WIDTH) -> Polygon:
    return box(118 + x, 36.6 + y, 118 + x + width, 36.6 + y + height)


def cut(x: float) -> dict[str, Any]:
    """A line from south to north, that many degrees east of the corner of the village."""
    return {"type": "LineString", "coordinates": [[118 + x, 36.595], [118 + x, 36.615]]}


def ring(figure: Polygon) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(p) for p in figure.exterior.coords]]}


def build() -> None:
    """Regions, outlines and grids: the own village at 118.00, the foreign one at 118.02."""
    Region.objects.bulk_create(
        Region(code=code, parent_code=code[:-3] if len(code) > 6 else None, name=name, short_name=name,
               level={6: "district", 9: "town", 12: "village"}[len(code)])
        for code, name in staff.NAMES.items()
    )  # fmt: skip
    for code, x in ((V, 0.0), (OTHER, 0.02)):
        outline = square(x, width=2 * WIDTH)
        RegionShape.objects.create(
            code=code, geometry=to_wkb(outline), lon=118, lat=36.6, synthetic=True, source="drawn"
        )
        for serial in (1, 2):
            figure = square(x + (serial - 1) * WIDTH)
            Grid.objects.create(
                code=f"{code}{serial:03d}", village_code=code, name=f"第{serial}网格", geometry=to_wkb(figure),
                lon=figure.centroid.x, lat=figure.centroid.y, area_m2=1e6, synthetic=True, valid_from=date(2024, 1, 1),
            )  # fmt: skip


def people() -> None:
    """In the western grid: 3 at a compound in its west, 2 at one in its east, 1 without a place, 1 by 户籍 alone."""
    with scope.acting(staff.OPERATOR):
        for name, x in (("西苑", 0.002), ("东苑", 0.008)):
            Compound.objects.create(
                id=uuid7(), area_code=WEST, village_code=V, name=name, lon=118 + x, lat=36.605, source="survey",
                created_at=clock.now(),
            )  # fmt: skip
    west = [home(i, "西苑") for i in (11, 12, 13)]
    east = [home(i, "东苑") for i in (14, 15)]
    loose = [row(16, "王十六", 16, WEST, home_village_code=V)]
    household = {"household_no": "H1"}
    west[0] |= {**household, "relation_to_head": "1"}
    east[0] |= {**household, "relation_to_head": "0"}
    merge(
        [
            *west,
            *east,
            *loose,
            {
                **row(17, "王十七", 17, EAST, home_village_code=V),
                "register_village_code": WEST,
                "register_address": "某村1号",
            },
        ]
    )


def home(serial: int, compound: str) -> dict[str, Any]:
    return row(
        serial, f"王{serial}", serial, WEST, home_village_code=V, home_compound=compound, home_building="1",
        home_unit="1", home_room=str(serial), home_door=None, home_standard=f"某村{compound}{serial}",
    )  # fmt: skip
