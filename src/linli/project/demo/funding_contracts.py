"""Projects, contracts and facilities in the demo, made through the same actions as everybody's. All of it says 演示."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from linli.funding.operations import actions as operating
from linli.funding.operations.actions import NewFacility, NewRevenue, Used
from linli.funding.operations.queries import last_months
from linli.funding.projects import actions as contracting
from linli.funding.projects.actions import Bought, Need, NewContract, Part, Step
from linli.funding.rules import first_day
from linli.kernel import clock
from linli.kernel.actors import Actor


def make_contracts(
    actor: Actor,
    sources: Mapping[str, UUID],
    suppliers: Sequence[UUID],
    operators: Sequence[UUID],
    communities: Sequence[str],
) -> None:
    """Three projects on their way, two contracts with payments, two facilities with settled months."""
    first, second = communities
    day, supplier = clock.today(), suppliers[0]
    contracting.add_project(
        actor,
        Need(second, "新增智能快递柜（演示）", sources["district"], Decimal("36000.00"), "老旧小区取件不便（演示）"),
    )
    tender = contracting.add_project(
        actor, Need(first, "消防通道感知改造（演示）", sources["award"], Decimal("42000.00"))
    )
    contracting.take_step(actor, tender.id, "tender", Step(day - timedelta(days=12), "consultation", "演示采购-02"), 1)
    won = contracting.add_project(actor, Need(first, "门禁与梯控改造（演示）", sources["award"], Decimal("40000.00")))
    contracting.take_step(actor, won.id, "tender", Step(day - timedelta(days=140), "enquiry", "演示采购-01"), 1)
    contracting.take_step(
        actor, won.id, "awarded", Step(day - timedelta(days=130), party_id=supplier, amount=Decimal("38500.00")), 2
    )
    parts = (
        Part("首付款", day - timedelta(days=100), Decimal("11550.00")), Part("验收款", day - timedelta(days=20), Decimal("23100.00")),
        Part("质保金", day + timedelta(days=45), Decimal("3850.00")),
    )  # fmt: skip
    made = contracting.add_contract(
        actor,
        NewContract(
            first, "purchase", "演示合同-01", "门禁与梯控改造（演示）", supplier, sources["award"], "1601", Decimal("38500.00"),
            day - timedelta(days=120), won.id, warranty_until=day + timedelta(days=700), parts=parts,
        ),
    )  # fmt: skip
    milestone = made.milestones.order_by("position")[0]
    contracting.pay(actor, made.id, day - timedelta(days=98), Decimal("11550.00"), milestone.id, "1002", "演示发票-11")
    contracting.accept(
        actor, made.id, day - timedelta(days=25), "验收合格（演示）",
        [Bought("单元门禁（演示）", 12, Decimal("26400.00"), "1—6 号楼"), Bought("梯控（演示）", 4, Decimal("12100.00"), "2 号楼")],
    )  # fmt: skip
    _facilities(actor, sources, supplier, operators, first)


def _facilities(
    actor: Actor, sources: Mapping[str, UUID], supplier: UUID, operators: Sequence[UUID], area: str
) -> None:
    day, months = clock.today(), last_months(6)
    begun = first_day(months[0])
    charger = operating.add_facility(
        actor, NewFacility(area, "charger", "东门充电桩（演示）", begun, Decimal("42000.00"), Decimal("3600.00"), 8)
    )
    locker = operating.add_facility(
        actor, NewFacility(area, "locker", "南门快递柜（演示）", begun, Decimal("18000.00"), Decimal("2400.00"), 8)
    )
    upkeep = contracting.add_contract(
        actor,
        NewContract(
            area, "upkeep", "演示合同-02", "充电桩年度运维（演示）", supplier, sources["operation"], "5002", Decimal("3600.00"),
            day - timedelta(days=330), facility_id=charger.id, ends_on=day + timedelta(days=35),
        ),
    )  # fmt: skip
    contracting.pay(actor, upkeep.id, day - timedelta(days=50), Decimal("1800.00"), None, "1002", "演示发票-12")
    deals = (
        (charger.id, operators[0], "per_kwh", "演示运营-充电", "0.120000"), (locker.id, operators[1], "per_parcel", "演示运营-快递", "0.050000"),
        (charger.id, operators[0], "rent", "演示运营-场地", "300.000000"),
    )  # fmt: skip
    made = [
        operating.add_revenue(
            actor, NewRevenue(facility, party, sources["operation"], kind, number, Decimal(rate), begun)
        )
        for facility, party, kind, number, rate in deals
    ]
    used = [
        Used(number, month, Decimal(quantity))
        for at, month in enumerate(months)
        for number, quantity in (("演示运营-充电", f"{4180 + 137 * at}.500"), ("演示运营-快递", f"{3120 + 85 * at}"))
    ]
    operating.import_usage(actor, used, "演示对账单")
    for month in months[:-1]:
        for contract in made:
            operating.settle(actor, contract.id, month, day - timedelta(days=5), "1002")
