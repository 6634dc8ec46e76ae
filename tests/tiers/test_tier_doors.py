"""Every operation of tiers passes the suite all rooms' operations pass through."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import staff
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.tiers.assessing import actions as assessing
from linli.tiers.models import IndicatorSystem
from linli.tiers.permissions import ACCEPT, ASSESS, DECLARE, SYSTEM_EDIT, VIEW
from linli.tiers.systems.queries import indicators_of
from linli.tiers.values import evidence
from linli.tiers.values.actions import NewDeclaration, declare_many

OWN, FOREIGN = f"{staff.TOWN}002", f"{staff.OTHER_TOWN}001"
OWN_NAME, FOREIGN_NAME = "昆山社区", "宝山社区"
VALUE = {"metric": "drills_12m", "value": 2, "as_of": "2026-01-05"}
PDF = b"%PDF-1.7 proof"
READERS = (VIEW, SYSTEM_EDIT)
DRAFT_READERS = (DECLARE, ASSESS)


class TestTierDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        *[
            Door("GET", path, one, instead=READERS, district_only=True)
            for one in READERS
            for path in (
                "/api/tiers/systems",
                "/api/tiers/systems/{system}",
                "/api/tiers/systems/{system}/differences?to={system}",
                "/api/tiers/systems/{system}/export",
            )
        ],
        Door(
            "POST", "/api/tiers/systems/check", SYSTEM_EDIT, {}, file=("a.yaml", b"meta: {}"), district_only=True,
        ),
        Door(
            "POST", "/api/tiers/systems/import", SYSTEM_EDIT, {}, file=("a.yaml", b"meta: {}"), answers=(422,), district_only=True,
        ),
        Door("POST", "/api/tiers/systems/{system}/kinds", SYSTEM_EDIT, {"villages": False}, district_only=True),
        Door(
            "POST", "/api/tiers/systems/{system}/withdraw", SYSTEM_EDIT, {"reason": "x"}, answers=(409,), district_only=True,
        ),
        Door("GET", "/api/tiers/ladder", VIEW, finds=True),
        Door("GET", "/api/tiers/communities/{community}", VIEW, finds=True),
        Door("POST", "/api/tiers/communities/{community}/values", DECLARE, VALUE),
        Door("POST", "/api/tiers/communities/{community}/values/drills_12m/withdraw", DECLARE, {}),
        Door("POST", "/api/tiers/communities/{community}/evidence", DECLARE, {"indicator": "B01"}, file=("a.pdf", PDF)),
        Door("POST", "/api/tiers/communities/{community}/evidence/{evidence}/remove", DECLARE, {}),
        *[
            Door("GET", f"/api/tiers/communities/{{community}}/{path}", one, instead=DRAFT_READERS, logs=logs)
            for one in DRAFT_READERS
            for path, logs in (("values", None), ("evidence", None), ("evidence/{evidence}", "download"))
        ],
        Door("GET", "/api/tiers/assessments", VIEW),
        Door("POST", "/api/tiers/assessments", ASSESS, {}, answers=(202,), district_only=True),
        Door("GET", "/api/tiers/recognitions", VIEW),
        Door("GET", "/api/tiers/recognitions/template.xlsx", ACCEPT),
        Door("POST", "/api/tiers/recognitions/check", ACCEPT, {}, file=("a.xlsx", b"none"), district_only=True),
        Door("POST", "/api/tiers/recognitions/import", ACCEPT, {}, file=("a.xlsx", b"none"), answers=(422,), district_only=True),
    ]  # fmt: skip

    def sample(self) -> Sample:
        with acting(staff.OPERATOR) as actor:
            system = IndicatorSystem.objects.get()
            assert indicators_of(system.id)
            proofs = {area: evidence.add(actor, area, "B01", "proof.pdf", PDF).id for area in (OWN, FOREIGN)}
            given = [NewDeclaration(area, "drills_12m", Decimal(1), clock.today()) for area in (OWN, FOREIGN)]
            declare_many(actor, given, synthetic=False)
        if not self._assessed():
            assessing.assess(staff.OPERATOR)
        return Sample(
            own={"community": OWN, "system": str(system.id), "evidence": str(proofs[OWN])},
            foreign={"community": FOREIGN, "system": str(system.id), "evidence": str(proofs[FOREIGN])},
            own_marks=[OWN_NAME],
            foreign_marks=[FOREIGN_NAME],
        )

    @staticmethod
    def _assessed() -> bool:
        from linli.tiers.models import Assessment

        with acting(staff.OPERATOR):
            return bool(Assessment.objects.exists())
