"""Every operation of routing passes the suite all rooms' operations pass through."""

from __future__ import annotations

import csv
import io
from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.permissions import HANDLE, ROUTING_EDIT, ROUTING_VIEW, VIEW


def sheet() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([["分类编码", "责任单位"], ["01", "属地镇街"]])
    return text.getvalue().encode()


DRAFT = {"rules": [{"code": "01", "target": "town"}]}
READERS = (ROUTING_VIEW, ROUTING_EDIT)


class TestRoutingDoors(PermissionSuite):
    """The rules are the district's: who holds the right anywhere reads them; who keeps them keeps them for all of it."""

    doors: ClassVar = [
        *[
            Door("GET", path, one, instead=READERS, district_only=True)
            for one in READERS
            for path in ("/api/case-routing/rules", "/api/case-routing/export")
        ],
        Door("GET", "/api/case-routing/choices", ROUTING_EDIT, district_only=True),
        Door("POST", "/api/case-routing/dry-run", ROUTING_EDIT, DRAFT, district_only=True),
        Door("POST", "/api/case-routing/dry-run/cases", ROUTING_EDIT, DRAFT, district_only=True, also=(VIEW,)),
        Door("POST", "/api/case-routing/file", ROUTING_EDIT, {}, file=("规则.csv", sheet()), district_only=True),
        Door(
            "PUT",
            "/api/case-routing/rules",
            ROUTING_EDIT,
            {**DRAFT, "reason": "某政办字〔2026〕1号"},
            district_only=True,
        ),
    ]

    def sample(self) -> Sample:
        return Sample(own={}, foreign={})


class TestCaseRoutingDoor(PermissionSuite):
    """How one case was routed is seen by who sees the case."""

    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/cases/{case}/routing", VIEW, instead=(HANDLE,)),
        Door("GET", "/api/cases/{case}/routing", HANDLE, instead=(VIEW,)),
    ]

    def sample(self) -> Sample:
        from case_world import village

        own = standing(village(), "井盖缺失", "handling", staff.TOWN)
        foreign = standing(foreign_village(), "路灯不亮", "handling", staff.OTHER_TOWN)
        return Sample(own={"case": own}, foreign={"case": foreign})
