"""The doors of reporters for staff: they open to who sees the case; answering is its unit's, or who accepts or closes there."""

from __future__ import annotations

import staff
from case_world import village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village, standing

from linli.cases.permissions import ACCEPT, HANDLE, VIEW
from linli.kernel import scope

ANSWER = {"text": "已安排更换。"}


def followed(area: str, where: str, unit_area: str) -> str:
    """A case from outside with a unit; the id."""
    from linli.cases.models import Case, CaseAnswer, Reporter
    from linli.cases.reporters.actions import PublicReport, hashed, issue, receive
    from linli.kernel import clock

    number = receive(PublicReport(f"{where}的积水", area=area, phone="13987654321", tell=True), issue())
    with scope.acting(staff.OPERATOR):
        case_id = Reporter.objects.get(tracking=hashed(number)).case_id
        Case.objects.filter(id=case_id).update(state="handling", unit_id=staff.units()[unit_area])
        CaseAnswer.objects.create(
            case_id=case_id, text=f"{where}的答复", unit_name="", by="x", by_name="", at=clock.now()
        )
    return str(case_id)


class TestReporterDoors(PermissionSuite):
    """A case followed from outside with the own unit in the own town, and the like in the foreign one."""

    seeded = True
    doors = (
        Door("GET", "/api/cases/{case}/reporter", VIEW, instead=(HANDLE,), finds=True),
        Door("GET", "/api/cases/{case}/reporter", HANDLE, instead=(VIEW,), finds=True),
        Door("POST", "/api/cases/{case}/answers", VIEW, ANSWER, also=(ACCEPT,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{case}/answers", HANDLE, ANSWER, instead=(VIEW,)),
        Door("POST", "/api/cases/{called}/reporter/number", VIEW, also=(ACCEPT,), instead=(HANDLE,)),
        Door("POST", "/api/cases/{called}/reporter/number", HANDLE, also=(ACCEPT,), instead=(VIEW,)),
    )

    def sample(self) -> Sample:
        return Sample(
            own={
                "case": followed(village(), "本镇", staff.TOWN),
                "called": standing(village(), "本镇来电", "handling", staff.TOWN),
            },
            foreign={
                "case": followed(foreign_village(), "外镇", staff.OTHER_TOWN),
                "called": standing(foreign_village(), "外镇来电", "handling", staff.OTHER_TOWN),
            },
            own_marks=("本镇的答复",),
            foreign_marks=("外镇的答复",),
            secrets=("13987654321",),
        )
