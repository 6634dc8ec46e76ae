"""Every door of photos and files: they open to who sees the case, and take from who reports, checks or handles it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import staff
from attachment_samples import photo
from case_world import village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.permissions import CLOSE, HANDLE, REPORT, VIEW
from linli.kernel import scope

SHOWN = {"shown": True}
NEW = {"name": "照片.jpg", "size": 100}


def added(case: str, name: str, purpose: str = "before") -> str:
    """A photo of a case, by an operator; the id."""
    from linli.cases.attachments.actions import NewFile, attach
    from linli.cases.models import Case

    with scope.acting(staff.OPERATOR) as actor:
        content = photo((30, 20))
        found = attach(actor, Case.objects.get(id=case), NewFile(name, len(content), purpose), content)  # type: ignore[arg-type]
    return str(found.id)


class TestAttachmentDoors(PermissionSuite):
    """A case handed to the own unit in the own town, and the like in the foreign one, each with a photo."""

    seeded = True
    doors = (
        Door("GET", "/api/cases/{case}/attachments", VIEW, instead=(HANDLE,), finds=True),
        Door("GET", "/api/cases/{case}/attachments", HANDLE, instead=(VIEW,), finds=True),
        Door("POST", "/api/cases/{case}/attachments", VIEW, NEW, also=(REPORT,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{case}/attachments", HANDLE, NEW, instead=(VIEW,)),
        # A body of JSON is no part: without an offset it is told so.
        Door("PATCH", "/api/cases/{case}/attachments/{mine}", VIEW, also=(REPORT,), instead=(HANDLE,), answers=(422,)),
        Door("PATCH", "/api/cases/{case}/attachments/{mine}", HANDLE, instead=(VIEW,), answers=(422,)),
        Door("GET", "/api/cases/{case}/attachments/{photo}/content", VIEW, instead=(HANDLE,), logs="download"),
        Door("GET", "/api/cases/{case}/attachments/{photo}/content", HANDLE, instead=(VIEW,), logs="download"),
        Door("PUT", "/api/cases/{case}/attachments/{after}/shown", VIEW, SHOWN, also=(CLOSE,), instead=(HANDLE,)),
        Door("PUT", "/api/cases/{case}/attachments/{after}/shown", HANDLE, SHOWN, also=(CLOSE,), instead=(VIEW,)),
        Door("DELETE", "/api/cases/{case}/attachments/{mine}", VIEW, also=(REPORT,), instead=(HANDLE,)),
        Door("DELETE", "/api/cases/{case}/attachments/{mine}", HANDLE, instead=(VIEW,)),
    )

    def sample(self) -> Sample:
        def case(area: str, where: str, unit_area: str) -> dict[str, str]:
            standing_case = standing(area, f"{where}的积水", "handling", unit_area)
            shown = added(standing_case, f"{where}的照片.jpg")
            return {
                "case": standing_case,
                "photo": shown,
                "mine": shown,
                "after": added(standing_case, f"{where}处置后.jpg", "after"),
            }

        self.own = case(village(), "本镇", staff.TOWN)
        return Sample(
            own=self.own,
            foreign=case(foreign_village(), "外镇", staff.OTHER_TOWN),
            own_marks=("本镇的照片",),
            foreign_marks=("外镇的照片",),
            secrets=("13987654321",),
        )

    def belonging(self, who: Any) -> Mapping[str, str]:
        from linli.cases.attachments.actions import NewFile, begin

        with scope.acting(staff.OPERATOR) as actor:
            begun = begin(actor, self.own["case"], NewFile("我的.jpg", 100, "after"))  # type: ignore[arg-type]
            begun.added_by = str(who.id)
            begun.save()
        return {"mine": str(begun.id)}
