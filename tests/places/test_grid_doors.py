"""The permission suite over grids: lists, previews, changes, undoing, staff."""

from __future__ import annotations

import json

import staff
from permissions import Door, PermissionSuite, Sample

from linli.access.actions import create_group
from linli.kernel import scope
from linli.places.grids import actions, rules, staffing, states

from .grid_world import OTHER, WIDTH, V, build, ring, square

VIEW, EDIT = "places.view", "places.edit"
# Who staffs a grid gives away the rights of a grid worker, and so must hold them.
GIVING = ("access.account.edit", "access.grant.edit", *staff.shipped("grid_worker"))
RENAME = [{"op": "rename", "grid": "{grid}", "name": "新名"}]
# The own village as it was drawn, now vouched for.
OUTLINE = ("outline.geojson", json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": V}, "geometry": ring(square(0, width=2 * WIDTH))}
]}).encode())  # fmt: skip


class TestGridDoors(PermissionSuite):
    doors = [
        Door("GET", "/api/grids", VIEW, finds=True),
        Door("POST", "/api/grids/preview", EDIT, {"village_code": "{village}", "operations": RENAME}, foreign=(403,)),
        Door("POST", "/api/grids/changes", EDIT,
             {"village_code": "{village}", "operations": RENAME, "stamp": "{stamp}"}, foreign=(403,)),
        Door("GET", "/api/grids/changes", VIEW, finds=True),
        Door("POST", "/api/grids/changes/{change}/undo", EDIT, {}),
        Door("POST", "/api/boundaries/preview", EDIT, {"datum": "wgs84"}, file=OUTLINE),
        Door("POST", "/api/boundaries", EDIT, {"datum": "wgs84", "source": "勘界"}, file=OUTLINE),
        Door("GET", "/api/named-groups", VIEW, finds=True),
        Door("GET", "/api/grid-staff", VIEW, finds=True),
        Door("POST", "/api/grid-staff", EDIT,
             {"area_code": "{grid}", "duty": "lead", "account_id": "{account}"}, also=GIVING, foreign=(403,)),
        Door("PATCH", "/api/grid-staff/{staff}", EDIT, {"public_phone": "0533-5180000"}),
        Door("DELETE", "/api/grid-staff/{staff}", EDIT, also=GIVING),
    ]  # fmt: skip

    def sample(self) -> Sample:
        build()
        own, foreign = self._one(V, "here"), self._one(OTHER, "there")
        return Sample(own, foreign, (own["mark"],), (foreign["mark"], foreign["change"], foreign["staff"]))

    @staticmethod
    def _one(village: str, mark: str) -> dict[str, str]:
        grid, mark = f"{village}001", f"mark-{mark}"
        account = staff.staff(mark, area=village)
        with scope.acting(staff.OPERATOR) as operator:
            stamp = states.stamp(states.villages([village])[village])
            change = actions.change_grids(operator, village, [rules.Rename(grid, mark)], stamp=stamp, reason=mark)
            standing = staffing.assign(
                operator, area_code=grid, duty="worker", account_id=account.id, public_phone="0533-5181111"
            )
            create_group(operator, name=mark, codes=[grid], kind="villager_group")
            stamp = states.stamp(states.villages([village])[village])
        return {
            "mark": mark, "village": village, "grid": grid, "stamp": stamp, "change": str(change.id),
            "account": str(account.id), "staff": str(standing.id),
        }  # fmt: skip
