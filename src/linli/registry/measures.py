"""The registry's measures: people, homes and things by area, and the quality of their data."""

from __future__ import annotations

from functools import partial

from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.measures import Definition, Measure, Unit, declare
from linli.places.permissions import EDIT as PLACES_EDIT

from .permissions import COMPONENT_VIEW, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW, VIEW
from .quality import rules
from .quality.indicators import INDICATORS, Indicator
from .quality.queries import by_area
from .queries.measures import MeasureName, measured

#: Indicators of quality that were measures before there was quality, by the same definition.
KNOWN = {"id": "id_share", "phone": "phone_share", "home": "home_share"}


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
    *(_quality(indicator) for indicator in INDICATORS if indicator.code not in KNOWN),
)  # fmt: skip
