"""Every operation on money passes the suite all rooms' operations pass through."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import money_world
import staff
from permissions import Door, PermissionSuite, Sample

from linli.funding.books import keeping
from linli.funding.permissions import CLOSE, KEEP, VIEW
from linli.kernel.scope import acting

SOURCE = {"kind": "street", "name": "街道自筹（演示）", "valid_from": "2026-01-01"}
ENTRY = {
    "area": "{area}", "source_id": "{source}", "booked_on": "2026-03-05", "text": "电费",
    "lines": [{"account": "5002", "debit": "1.00"}, {"account": "1002", "credit": "1.00"}],
}  # fmt: skip


class TestBookDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/funding/accounts", VIEW),
        Door("GET", "/api/funding/sources", VIEW),
        Door("POST", "/api/funding/sources", KEEP, SOURCE, district_only=True),
        Door("PUT", "/api/funding/sources/{source}", KEEP, SOURCE | {"version": 1}, district_only=True),
        Door("GET", "/api/funding/parties", VIEW),
        Door("POST", "/api/funding/parties", KEEP, {"kind": "supplier", "name": "演示供应商"}),
        Door("GET", "/api/funding/budgets", VIEW),
        Door(
            "POST", "/api/funding/budgets", KEEP,
            {"source_id": "{source}", "year": 2026, "area": "{area}", "amount": "5.00"}, foreign=(403,),
        ),
        Door("PUT", "/api/funding/budgets/{budget}", KEEP, {"amount": "6.00", "version": 1}, also=(VIEW,)),
        Door("GET", "/api/funding/entries", VIEW, finds=True, logs="list"),
        Door("GET", "/api/funding/entries/export", VIEW, logs="export"),
        Door("POST", "/api/funding/entries", KEEP, ENTRY, also=(VIEW,), foreign=(403,)),
        Door("GET", "/api/funding/entries/{entry}", VIEW, finds=True, logs="detail"),
        Door(
            "POST", "/api/funding/entries/{entry}/reverse", KEEP, {"booked_on": "2026-04-01", "reason": "录错"}, also=(VIEW,)
        ),
        Door("GET", "/api/funding/periods", VIEW),
        Door("POST", "/api/funding/periods/close", CLOSE, {"month": 202603}, also=(VIEW,), district_only=True),
        Door("GET", "/api/funding/report?by=account", VIEW),
        Door("GET", "/api/funding/report/export", VIEW, logs="export"),
    ]  # fmt: skip

    def sample(self) -> Sample:
        source = money_world.source()
        own = money_world.entry(source, text="本镇电费")
        foreign = money_world.entry(source, area=money_world.THERE, text="外镇电费")
        names = []
        for entry in (own, foreign):
            with acting(staff.OPERATOR):
                budget = keeping.add_budget(
                    staff.OPERATOR, source.id, 2026, entry.area_code, Decimal("9.00"), entry.text
                )
            names.append(
                {"entry": str(entry.id), "budget": str(budget.id), "source": str(source.id), "area": entry.area_code}
            )
        return Sample(
            own=names[0], foreign=names[1], own_marks=["本镇电费", names[0]["entry"]],
            foreign_marks=["外镇电费", names[1]["entry"], names[1]["budget"]],
        )  # fmt: skip
