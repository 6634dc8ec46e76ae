"""A little money in the demo: sources, budgets, entries and contracts, made through the same actions as everybody's.

All of it is made up and says so (演示), but for the award's upper limits, which are those a published proposal states.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from linli.access.actions import Target, grant
from linli.access.models import Post, Role
from linli.funding.books.keeping import PartyFacts, SourceFacts, add_budget, add_party, add_source
from linli.funding.books.posting import NewEntry, NewLine, post, reverse
from linli.funding.models import Party, Source
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.places.models import Region
from linli.project.demo.base import demo_actor
from linli.project.demo.funding_contracts import make_contracts

STATED = "2024-07-31 公开的提案答复页所载提案原文，待官方文本校核"
OPERATORS = ("演示充电运营有限公司", "演示快递柜运营有限公司")
SUPPLIER = "演示智能设备有限公司"


def make_funding() -> int:
    """Make it, once; returns how many entries."""
    with acting(demo_actor()) as actor:
        communities = list(
            Region.objects.filter(level="village", kind="居委会", valid_to=None)
            .order_by("code")
            .values_list("code", flat=True)[:2]
        )
        if Source.objects.exists() or len(communities) < 2:
            return 0
        sources, parties = _sources(actor), _parties(actor)
        made = _books(actor, sources, parties, communities)
        make_contracts(
            actor, {name: each.id for name, each in sources.items()}, [parties[SUPPLIER].id],
            [parties[name].id for name in OPERATORS], communities,
        )  # fmt: skip
        _give_rights(actor)
    return made


def _sources(actor: Actor) -> dict[str, Source]:
    since = date(clock.today().year - 1, 1, 1)
    wanted = {
        "award": SourceFacts(
            "provincial_award", "省级智慧社区奖补（演示）", since, earmark="智慧社区设施建设",
            terms="标杆型最高 100 万元，成长型、基础型最高 10 万元。", spend_accounts=("1601", "1701", "5001"), certainty="inferred", origin=STATED,
        ),
        # Awards of the demo's applications go into what is made up only.
        "trial": SourceFacts("provincial_award", "演示申报奖补（演示）", since, terms="演示申报的奖补记在这里（演示）。", certainty="demo"),
        "district": SourceFacts("district_finance", "区财政智慧社区经费（演示）", since, terms="按年度预算安排（演示）。", certainty="demo"),
        "street": SourceFacts("street", "镇街自筹（演示）", since, certainty="demo"),
        "operation": SourceFacts("operation", "设施运营收入（演示）", since, earmark="设施运维", spend_accounts=("5002", "5201"), certainty="demo"),
        "donation": SourceFacts("donation", "爱心企业捐赠（演示）", since, certainty="demo"),
    }  # fmt: skip
    return {name: add_source(actor, facts) for name, facts in wanted.items()}


def _parties(actor: Actor) -> dict[str, Party]:
    found = {name: add_party(actor, PartyFacts("operator", name, note="演示数据")) for name in OPERATORS}
    return found | {SUPPLIER: add_party(actor, PartyFacts("supplier", SUPPLIER, note="演示数据"))}


def _books(actor: Actor, sources: dict[str, Source], parties: dict[str, Party], communities: list[str]) -> int:
    first, second = communities
    year = clock.today().year
    for name, area, amount in (
        ("award", first, "100000.00"), ("award", second, "100000.00"), ("district", actor.areas[0], "800000.00"),
        ("street", first, "30000.00"), ("operation", first, "20000.00"),
    ):  # fmt: skip
        add_budget(actor, sources[name].id, year, area, Decimal(amount), "演示")
    #: source, area, days ago, text, party, debit, credit, amount
    told: tuple[tuple[str, str, int, str, str, str, str, str], ...] = (
        ("award", first, 150, "收到省级奖补（演示）", "", "1002", "4201", "100000.00"),
        ("district", first, 148, "区财政拨付运维经费（演示）", "", "1002", "4001", "60000.00"),
        ("district", second, 148, "区财政拨付建设经费（演示）", "", "1002", "4001", "80000.00"),
        ("award", first, 120, "购置智能门禁（演示）", SUPPLIER, "1601", "1002", "48600.00"),
        ("district", second, 110, "购置充电桩（演示）", SUPPLIER, "1601", "2302", "72350.50"),
        ("district", second, 95, "支付充电桩货款（演示）", SUPPLIER, "2302", "1002", "65115.45"),
        ("donation", first, 90, "收到企业捐赠（演示）", "", "1002", "4603", "8000.00"),
        ("district", first, 75, "设备电费、网络费（演示）", "", "5002", "1002", "3126.38"),
        ("operation", first, 60, "充电桩场地租金（演示）", OPERATORS[0], "1002", "4605", "4500.00"),
        ("operation", first, 45, "快递柜分成（演示）", OPERATORS[1], "1002", "4401", "1286.70"),
        ("operation", first, 30, "充电桩检修（演示）", SUPPLIER, "5002", "1002", "980.00"),
        ("district", first, 20, "设备电费、网络费（演示）", "", "5002", "1002", "3098.12"),
    )
    entries = []
    for name, area, ago, text, party, debit, credit, amount in told:
        lines = [NewLine(debit, debit=Decimal(amount)), NewLine(credit, credit=Decimal(amount))]
        day = clock.today() - timedelta(days=ago)
        entries.append(
            post(
                actor,
                NewEntry(area, sources[name].id, day, text, lines, parties[party].id if party else None, "演示单据"),
            )
        )
    reverse(actor, entries[-1].id, clock.today() - timedelta(days=10), "金额录错，冲销重记（演示）")
    return len(entries) + 1


def _give_rights(actor: Actor) -> None:
    """The demo's analyst keeps the books too, so that somebody can try it."""
    found = Post.objects.filter(appointments__account__username="analyst").first()
    if found is not None:
        role = Role.objects.get(code="bookkeeper")
        grant(actor, post_id=found.id, role_id=role.id, target=Target(area_code=actor.areas[0]))
