"""Operations on the priorities of sources pass the suite all rooms' operations pass through."""

from __future__ import annotations

from typing import ClassVar

import staff
from people_frames import merge, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.registry.models import RuleChange
from linli.registry.permissions import SURVIVORSHIP

RULES = [{"field": "education", "source": "civil", "priority": 5}]


class TestSurvivorshipDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/survivorship", SURVIVORSHIP, finds=True, district_only=True),
        Door(
            "POST", "/api/survivorship/preview", SURVIVORSHIP, {"rules": RULES, "valid_from": "{today}"},
            logs="list", district_only=True,
        ),
        Door("GET", "/api/survivorship/changes", SURVIVORSHIP, district_only=True),
        Door(
            "POST", "/api/survivorship/changes", SURVIVORSHIP,
            {"rules": RULES, "valid_from": "{today}", "reason": "民政核实更准"}, district_only=True,
        ),
        Door("POST", "/api/survivorship/changes/{change}/withdraw", SURVIVORSHIP, district_only=True),
    ]  # fmt: skip

    def sample(self) -> Sample:
        for source, education in (("police", "20"), ("civil", "70")):
            merge([row(1, "王建国", 1, staff.VILLAGE, education=education)], source)
        change = RuleChange.objects.create(
            id=uuid7(), valid_from="2999-01-01", rules=[], reason="x", state="planned", made_at=clock.now(), made_by="x"
        )
        names = {"today": clock.today().isoformat(), "change": str(change.id)}
        return Sample(own=names, foreign=names, own_marks=["学历"], secrets=[number(1)])
