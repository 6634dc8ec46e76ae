"""The registry's measures: people, homes and things by area, and the quality of their data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, Unit, declare
from linli.places.permissions import EDIT as PLACES_EDIT

from .permissions import COMPONENT_VIEW, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW, VIEW
from .quality import rules
from .quality.indicators import BY_CODE, INDICATORS, Indicator
from .quality.queries import by_area
from .queries.measures import OUTLETS, MeasureName, measured

#: Indicators of quality that were measures before there was quality, by the same definition.
KNOWN = {"id": "id_share", "phone": "phone_share", "home": "home_share"}
#: And one that is a measure of the ladder.
OF_LADDER = {"recent_half": "resident_update_180d_rate"}


def _counted(code: MeasureName, unit: Unit, label: Text, needs: str, path: str) -> Measure:
    def per_area(actor: Actor, digits: int, area: str | None) -> dict[str, float]:
        return measured(actor, code, digits, area)

    return Measure(code, unit, label, (needs,), path, per_area)


def _share(indicator: Indicator, actor: Actor, digits: int, area: str | None) -> dict[str, float]:
    found = by_area(actor, indicator, digits, area)
    shares = {code: rules.share(figure.failing, figure.of) for code, figure in found.items()}
    return {code: share for code, share in shares.items() if share is not None}


def _quality(indicator: Indicator) -> Measure:
    label = Text(f"质量：{indicator.label.zh}", f"Quality: {indicator.label.en}")
    definition = Definition(indicator.failing, indicator.of, indicator.version, indicator.basis, indicator.certainty)
    return Measure(
        f"quality_{indicator.code}", "share", label, (VIEW,), indicator.path, partial(_share, indicator), definition
    )


def _grids_covered(actor: Actor, digits: int, area: str | None, on: date | None = None) -> dict[str, float]:
    return measured(actor, "grids_covered", digits, area, on)


def _outlets(actor: Actor, digits: int, area: str | None) -> dict[str, float]:
    return measured(actor, "outlets", digits, area)


#: Of Shandong's table four rows were seen; of the others, these among them, the name of the subject and no formula.
LADDER = Text(
    "山东省智慧社区建设指标，算法为推断", "Shandong's indicators of smart communities; the formula is inferred"
)


def _of_ladder(
    code: str, unit: Unit, label: Text, needs: str, path: str, top: Text, below: Text,
    by_area: Callable[[Actor, int, str | None], dict[str, float]],
    as_of: Callable[[Actor, int, str | None, date], dict[str, float]] | None = None,
) -> Measure:  # fmt: skip
    said = Text(f"智慧社区：{label.zh}", f"Smart community: {label.en}")
    definition = Definition(top, below, 1, LADDER, "inferred")
    return Measure(code, unit, said, (needs,), path, by_area, definition, as_of, ladder=True)


declare(
    _counted("people", "count", Text("实有人口", "People"), VIEW, "/people"),
    _counted("households", "count", Text("家庭户", "Households"), VIEW, "/households"),
    _counted("homes", "count", Text("房屋", "Homes"), VIEW, "/homes"),
    _counted(
        "phone_share", "share", Text("有联系电话的比例", "Share with a phone"), VIEW, "/people?missing=phone",
    ),
    _counted(
        "home_share", "share", Text("有标准住址的比例", "Share with a standard address"), VIEW, "/people?missing=home",
    ),
    _counted(
        "id_share", "share", Text("有证件号码的比例", "Share with a document number"), VIEW, "/people?missing=id",
    ),
    _counted("empty_homes", "count", Text("空置房屋", "Empty homes"), VIEW, "/homes?state=empty"),
    _counted("empty_share", "share", Text("房屋空置率", "Share of homes empty"), VIEW, "/homes?state=empty"),
    _counted("entities", "count", Text("法人单位", "Legal entities"), ENTITY_VIEW, "/entities"),
    _counted("places", "count", Text("重点场所", "Key places"), PLACE_VIEW, "/key-places"),
    _counted(
        "places_overdue", "count", Text("检查逾期的场所", "Inspections overdue"), PLACE_VIEW, "/key-places?due=overdue",
    ),
    _counted("rentals", "count", Text("出租房", "Rented homes"), RENTAL_VIEW, "/rentals"),
    _counted("components", "count", Text("管理部件", "Components"), COMPONENT_VIEW, "/components"),
    _counted(
        "components_damaged", "count", Text("破损部件", "Components damaged"), COMPONENT_VIEW, "/components?state=2",
    ),
    # The list behind it is the page of the grids, which takes that right.
    _counted("unstaffed", "count", Text("没有人员的网格", "Grids without staff"), PLACES_EDIT, "/grids?staff=none"),
    *(_quality(indicator) for indicator in INDICATORS if indicator.code not in (*KNOWN, *OF_LADDER)),
    _of_ladder(
        "resident_house_link_rate", "share", Text("人房关联率", "People linked to homes"), VIEW, BY_CODE["home"].path,
        Text("其中已关联到房屋的人员", "those of them linked to a home"), BY_CODE["home"].of, partial(_share, BY_CODE["home"]),
    ),
    _of_ladder(
        "resident_update_180d_rate", "share", Text("居民信息半年内更新率", "People updated within half a year"), VIEW,
        BY_CODE["recent_half"].path,
        Text(
            f"其中最近一次有变化的采集不超过 {rules.HALF_YEAR_DAYS} 天的（重复同样内容的采集不算更新）",
            f"those about whom something new was stated within {rules.HALF_YEAR_DAYS} days; what only repeats is no update",
        ),
        BY_CODE["recent_half"].of, partial(_share, BY_CODE["recent_half"]),
    ),
    _of_ladder(
        "grid_cover_rate", "share", Text("网格覆盖率", "Grids covered"), PLACES_EDIT, "/grids?staff=none",
        Text("其中当日有分网格长或网格员的网格", "those with a leader or worker on the day"),
        Text("当日在用的网格", "grids in use on the day"), _grids_covered, _grids_covered,
    ),
    _of_ladder(
        "convenience_outlets", "count", Text("便民服务网点", "Everyday outlets"), PLACE_VIEW, f"/key-places?group={','.join(OUTLETS)}",
        Text(
            "已登记的寄递物流网点、商场市场、小商店、小餐饮和小美容洗浴场所",
            "courier outlets, malls and markets, small shops, eateries, and beauty or bath houses among the key places",
        ),
        Text("计数；未登记过任何重点场所的村居没有数值", "a count; none where no key place at all is recorded"), _outlets,
    ),
)  # fmt: skip
