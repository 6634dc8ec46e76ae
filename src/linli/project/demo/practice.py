"""Two cards of good practice of the demo, marked as such (演示): one published, one still a draft. Nothing of them happened."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.tiers import communities
from linli.tiers.models import PracticeCard
from linli.tiers.practice import actions
from linli.tiers.practice.actions import CardText, NamedMetric
from linli.tiers.practice.rules import Part
from linli.tiers.systems.queries import holding

SOURCE = "演示数据，非真实情况"


def _charging() -> CardText:
    today = clock.today()
    return CardText(
        title="（演示）楼下充电，不再飞线", scenario="facilities", tier="growing",
        problem="老旧小区没有集中充电处，电动车从楼上飞线充电，消防通道被占。",
        done="利用闲置空地建两处车棚，装过载断电的充电插座和感烟探测器；网格员每周看一次，问题作为案件上报。",
        cost=Decimal("68000.00"), cost_note="车棚和插座一次投入，不含电费",
        parts=[
            Part("充电插座", Decimal(40), "个", "带过载断电，按次计费"),
            Part("车棚", Decimal(2), "处", "不燃材料，每处约 60 平方米"),
            Part("感烟探测器", Decimal(8), "个", "联网报警"),
        ],
        contact_unit="社区居民委员会", contact_post="社区网格长", before_on=today - timedelta(days=180), after_on=today, source=SOURCE,
        metrics=[NamedMetric("ebike_charging_estate_rate", Decimal(35)), NamedMetric("fire_alarm_closed_rate")],
    )  # fmt: skip


def _lobby() -> CardText:
    return CardText(
        title="（演示）一张表跟着人走", scenario="governance", problem="不同条线的表格要同一家人填好几遍。",
        done="由台账生成报表，居民只核对一次。", source=SOURCE, metrics=[NamedMetric("drills_12m")],
    )  # fmt: skip


def make_practice() -> int:
    """Write them, once, for the first two communities; returns how many were written."""
    actor = demo_actor()
    with acting(actor):
        system = holding(clock.today())
        if system is None or PracticeCard.objects.filter(certainty="synthetic").exists():
            return 0
        taken = set(PracticeCard.objects.values_list("area_code", flat=True))
        codes = [code for code in communities.codes_on(system.kinds, clock.today()) if code not in taken][:2]
        if len(codes) < 2:
            return 0
        shown = actions.write(actor, codes[0], _charging(), synthetic=True)
        actions.publish(actor, shown.id, shown.version)
        actions.write(actor, codes[1], _lobby(), synthetic=True)
    return 2
