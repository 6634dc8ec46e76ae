"""Every operation on money passes the suite all rooms' operations pass through."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

import money_world
import staff
from permissions import Door, PermissionSuite, Sample

from linli.funding.books import keeping
from linli.funding.operations import actions as operating
from linli.funding.operations.actions import NewFacility, NewRevenue, Used
from linli.funding.permissions import CLOSE, CONTRACT_EDIT, KEEP, VIEW
from linli.funding.projects import actions as contracting
from linli.funding.projects.actions import Need, NewContract
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


CONTRACT = {
    "area": "{area}", "kind": "upkeep", "number": "演示-9", "title": "运维", "party_id": "{party}", "source_id": "{source}",
    "account": "5002", "amount": "10.00", "signed_on": "2026-01-01",
}  # fmt: skip
FACILITY = {
    "area": "{area}", "kind": "locker", "name": "快递柜", "opened_on": "2026-01-01", "invested": "1.00", "yearly_upkeep": "1.00",
}  # fmt: skip
REVENUE = {
    "facility_id": "{facility}", "party_id": "{party}", "source_id": "{source}", "kind": "per_parcel", "number": "演示-10",
    "rate": "0.1", "valid_from": "2026-01-01",
}  # fmt: skip


class TestContractDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/funding/projects", VIEW, finds=True, logs="list"),
        Door(
            "POST", "/api/funding/projects", CONTRACT_EDIT,
            {"area": "{area}", "title": "需求", "source_id": "{source}", "planned": "5.00"}, foreign=(403,),
        ),
        Door(
            "POST", "/api/funding/projects/{project}/dropped", CONTRACT_EDIT, {"version": 1, "on": "2026-02-01", "reason": "不再需要"},
            also=(VIEW,),
        ),
        Door("GET", "/api/funding/contracts", VIEW, logs="list"),
        Door("POST", "/api/funding/contracts", CONTRACT_EDIT, CONTRACT, also=(VIEW,), foreign=(403,)),
        Door("GET", "/api/funding/contracts/{contract}", VIEW, logs="detail"),
        Door(
            "POST", "/api/funding/contracts/{contract}/pay", KEEP, {"paid_on": "2026-03-01", "amount": "1.00"},
            also=(VIEW, CONTRACT_EDIT),
        ),
        Door("POST", "/api/funding/contracts/{contract}/accept", CONTRACT_EDIT, {"on": "2026-03-01"}, also=(VIEW,)),
        Door("POST", "/api/funding/contracts/{contract}/cancel", CONTRACT_EDIT, {"reason": "供应商退出"}, also=(VIEW,)),
        Door("GET", "/api/funding/assets", VIEW),
        Door("GET", "/api/funding/due", VIEW),
        Door("GET", "/api/funding/running-cost?year=2026", VIEW),
        Door("GET", "/api/funding/facilities", VIEW),
        Door("POST", "/api/funding/facilities", CONTRACT_EDIT, FACILITY, foreign=(403,)),
        Door("GET", "/api/funding/revenues", VIEW, logs="list"),
        Door("POST", "/api/funding/revenues", CONTRACT_EDIT, REVENUE, also=(VIEW,)),
        Door(
            "POST", "/api/funding/revenues/{revenue}/change", CONTRACT_EDIT,
            {"since": "2026-01-01", "rate": "0.6", "valid_until": None, "reason": "补充协议", "version": 1}, also=(VIEW,),
        ),
        Door(
            "POST", "/api/funding/revenues/{revenue}/end", CONTRACT_EDIT, {"on": "2026-06-30", "reason": "拆除", "version": 1},
            also=(VIEW,),
        ),
        Door("POST", "/api/funding/revenues/{revenue}/cancel", CONTRACT_EDIT, {"reason": "录错", "version": 1}, also=(VIEW,)),
        Door(
            "POST", "/api/funding/usage", CONTRACT_EDIT,
            {"rows": [{"number": "{number}", "month": 202603, "quantity": "3"}], "origin": "对账单"}, foreign=(422,),
        ),
        Door(
            "POST", "/api/funding/revenues/{revenue}/settle", KEEP, {"month": 202602, "booked_on": "2026-03-05"},
            also=(VIEW, CONTRACT_EDIT),
        ),
        Door("GET", "/api/funding/sustainability", VIEW),
    ]  # fmt: skip

    def sample(self) -> Sample:
        source, party = money_world.source(), money_world.party()
        names = []
        for area, where in ((money_world.HERE, "本镇"), (money_world.THERE, "外镇")):
            with acting(staff.OPERATOR) as actor:
                project = contracting.add_project(actor, Need(area, f"{where}需求", source.id, Decimal("9.00")))
                contract = contracting.add_contract(
                    actor,
                    NewContract(
                        area,
                        "upkeep",
                        f"{where}-1",
                        f"{where}运维",
                        party.id,
                        source.id,
                        "5002",
                        Decimal("9.00"),
                        date(2026, 1, 1),
                    ),
                )
                facility = operating.add_facility(
                    actor,
                    NewFacility(area, "charger", f"{where}充电桩", date(2025, 1, 1), Decimal("9.00"), Decimal("1.00")),
                )
                revenue = operating.add_revenue(
                    actor,
                    NewRevenue(
                        facility.id, party.id, source.id, "per_kwh", f"{where}-充", Decimal("0.5"), date(2025, 1, 1)
                    ),
                )
                operating.import_usage(actor, [Used(f"{where}-充", 202602, Decimal(4))], "对账单")
            names.append(
                {
                    "area": area, "source": str(source.id), "party": str(party.id), "project": str(project.id),
                    "contract": str(contract.id), "facility": str(facility.id), "revenue": str(revenue.id),
                    "number": f"{where}-充",
                }
            )  # fmt: skip
        return Sample(
            own=names[0], foreign=names[1], own_marks=["本镇需求"],
            foreign_marks=["外镇需求", "外镇运维", "外镇充电桩", names[1]["contract"], names[1]["revenue"]],
        )  # fmt: skip
