"""The permission suite over recodes: list, preview, carrying out, undoing."""

from __future__ import annotations

import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel import scope
from linli.places.recode import actions
from linli.places.recode.rules import Wish

from .grid_world import OTHER, V, build

VIEW, EDIT = "places.view", "places.edit"
RENAME = {"old": "{village}", "new": "{village}", "name": "新名"}


class TestRecodeDoors(PermissionSuite):
    doors = [
        Door("GET", "/api/recodes", VIEW, finds=True),
        Door("POST", "/api/recodes/preview", EDIT, RENAME, foreign=(403,)),
        Door("POST", "/api/recodes", EDIT, RENAME, foreign=(403,)),
        Door("POST", "/api/recodes/{change}/undo", EDIT, {}),
    ]

    def sample(self) -> Sample:
        build()
        own, foreign = self._one(V, "here"), self._one(OTHER, "there")
        return Sample(own, foreign, (own["change"],), (foreign["mark"], foreign["change"]))

    @staticmethod
    def _one(village: str, mark: str) -> dict[str, str]:
        with scope.acting(staff.OPERATOR) as operator:
            change = actions.do_recode(operator, Wish(village, village, f"mark-{mark}"), reason=f"mark-{mark}")
        return {"mark": f"mark-{mark}", "village": village, "change": str(change.id)}
