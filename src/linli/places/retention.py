"""Kinds of data of places that are kept for a time: how homes, buildings and duties were before they changed."""

from __future__ import annotations

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Kind, declare

TABLES = (
    "places_building_history", "places_building_leader_history", "places_compound_history", "places_dwelling_code_history",
    "places_dwelling_history", "places_grid_staff_history",
)  # fmt: skip

declare(
    Kind(
        "places.history",
        Text("地点变更历史", "History of places"),
        Text("小区、楼栋、房屋、楼栋长和网格人员变更前的内容", "Compounds, buildings, homes, leaders and grid staff as they were"),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(TABLES), destroy=destroy_in(TABLES),
    )
)  # fmt: skip
