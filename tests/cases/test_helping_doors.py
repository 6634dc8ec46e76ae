"""Every door of suggestions, duplicates and recurring places passes the suite all rooms' operations pass through."""

from __future__ import annotations

from typing import ClassVar

import pytest
import staff
from case_world import village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.permissions import ACCEPT, CATEGORY_EDIT, HANDLE, REPORT, VIEW
from linli.kernel import clock, scope

MERGE = {"version": 1, "main_id": "{main}", "reason": "同一处"}


class TestHelpingDoors(PermissionSuite):
    """Two cases of one event in the own town and in the foreign one, handed to that town's unit; one that was merged."""

    seeded = True
    doors: ClassVar = (
        Door("POST", "/api/cases/suggestions", REPORT, {"text": "路灯不亮"}, instead=(ACCEPT,)),
        Door("POST", "/api/cases/suggestions", ACCEPT, {"text": "路灯不亮"}, instead=(REPORT,)),
        Door("POST", "/api/cases/similar", REPORT, {"text": "路灯不亮", "area": "{village}"}, foreign=(200,)),
        Door("POST", "/api/cases/similar/among", ACCEPT, {"cases": ["{case}", "{main}"]}, also=(VIEW,), foreign=(200,), logs="list"),
        *(
            Door("GET", f"/api/cases/{{case}}/{what}", one, instead=(other,), logs="detail")
            for what in ("suggestion", "similar", "earlier")
            for one, other in ((VIEW, HANDLE), (HANDLE, VIEW))
        ),
        Door("POST", "/api/cases/{case}/merge", ACCEPT, MERGE, also=(VIEW,)),
        Door("POST", "/api/cases/{merged}/unmerge", ACCEPT, {"version": 2, "reason": "不是同一处"}, also=(VIEW,)),
        Door("GET", "/api/text-versions", CATEGORY_EDIT, district_only=True),
        Door("POST", "/api/text-versions/{version}/use", CATEGORY_EDIT, {}, answers=(409,), district_only=True),
    )  # fmt: skip

    def sample(self) -> Sample:
        from linli.cases.models import TextVersion

        with scope.acting(staff.OPERATOR):
            version = TextVersion.objects.create(
                made_at=clock.now(), made_by="x", outcome="first", seeds=1, cases=0, closed=0, labels=2, held_out=0,
                macro_f1=0.5, accuracy=0.5, top2=0.5, threshold=1.01, size=1, has_file=False,
            )  # fmt: skip

        def cases(area: str, where: str, unit_area: str) -> dict[str, str]:
            one, main, merged = (
                standing(area, f"{where}倒伏树木挡住路口{n}", "to_take", unit_area) for n in ("甲", "乙", "丙")
            )
            merge(merged, main)
            return {"case": one, "main": main, "merged": merged, "village": area, "version": str(version.id)}

        return Sample(
            own=cases(village(), "本镇", staff.TOWN),
            foreign=cases(foreign_village(), "外镇", staff.OTHER_TOWN),
            foreign_marks=("外镇",),
            secrets=("13987654321", "钱进来"),
        )

    def test_a_pointing_door_hides_the_foreign(self, door: Door) -> None:
        """A foreign area shows nothing and is no secret; what is merged into has to be seen."""
        if door.path.startswith("/api/cases/similar"):
            pytest.skip("nothing foreign in it")
        super().test_a_pointing_door_hides_the_foreign(door)


def merge(case: str, main: str) -> None:
    """Merge one case into another, as an operator."""
    from uuid import UUID

    from linli.cases.duplicates.merging import merge as merging

    with scope.acting(staff.OPERATOR) as actor:
        merging(actor, UUID(case), UUID(main), 1, "同一处")
