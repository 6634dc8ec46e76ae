"""Every door of the intake of cases passes the suite all rooms' operations pass through."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

import case_sheets as sheets
import staff
from case_sheets import order, sheet, take
from case_world import village
from permissions import Door, PermissionSuite, Sample
from test_case_doors import foreign_village

from linli.cases.models import CaseOrigin
from linli.cases.permissions import HANDLE, REPORT, VIEW
from linli.intake import actions
from linli.intake.permissions import BATCH_UPLOAD, BATCH_VIEW
from linli.kernel.scope import acting

WORD = {"source": "hotline", "what": "unit", "written": "某办事处", "target_id": None}
TEMPLATE = "/api/case-sheets/hotline-orders/template.xlsx"


def address_in(code: str) -> str:
    """An address in a village, as people write it."""
    from linli.places.models import Region

    here = Region.objects.get(code=code)
    return f"{Region.objects.get(code=here.parent_code).name}{here.name}3号"


class TestCaseSheetDoors(PermissionSuite):
    """An order of the own town and one of the foreign one, each from a sheet of its own."""

    seeded = True
    doors: ClassVar = (
        Door("GET", "/api/case-sheets/words?batch={batch}", BATCH_UPLOAD, also=(BATCH_VIEW,)),
        Door("PUT", "/api/case-sheets/words", BATCH_UPLOAD, WORD, also=(REPORT,), district_only=True),
        Door("GET", "/api/case-sheets/choices?what=category", BATCH_UPLOAD),
        Door("GET", TEMPLATE, BATCH_UPLOAD),
        *(
            Door("GET", "/api/cases/{case}/origin", one, instead=(other,), logs="detail")
            for one, other in ((VIEW, HANDLE), (HANDLE, VIEW))
        ),
    )

    def sample(self) -> Sample:
        staff.units()
        with acting(sheets.OPERATOR):
            actions.save_source(sheets.OPERATOR, "hotline", "12345热线")

        def taken(number: str, area: str, address: str, unit: str) -> dict[str, str]:
            with tempfile.TemporaryDirectory() as folder:
                path = sheet(
                    Path(folder) / f"{number}.xlsx", [order(工单编号=number, 事发地址=address, 承办单位=f"{number}办")]
                )
                outcome = take(path, area=area)
            with acting(sheets.OPERATOR):
                case = CaseOrigin.objects.get(number=number).case
                case.unit_id = staff.units()[unit]
                case.save()
            return {"batch": str(outcome.batch_id), "case": str(case.id)}

        return Sample(
            own=taken("OWN1", staff.TOWN, address_in(village()), staff.TOWN),
            foreign=taken("FAR1", staff.OTHER_TOWN, address_in(foreign_village()), staff.OTHER_TOWN),
            foreign_marks=("FAR1",),
            secrets=("10070000001", "王小明"),
        )
