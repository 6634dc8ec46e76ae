"""What waits in the registry: requests to decide, addresses to read, facts nobody has recorded, inspections due."""

from __future__ import annotations

from functools import partial
from typing import Literal, cast

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import Count
from linli.places.permissions import HOMES

from .addresses.queries import unresolved_count
from .buildings.lists import BuildingFilter, buildings_count
from .conflicts.queries import open_conflicts
from .permissions import COMPONENT_VIEW, DECIDE, EDIT, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW, RESOLVE, VIEW
from .quality.indicators import BY_CODE, HomeIndicator, Indicator, IndicatorCode, PersonIndicator
from .queries.decisions import transfers_to_decide
from .queries.homes import DwellingFilter, homes_count
from .queries.people import PersonFilter, people_count
from .things.kinds import COMPONENT, ENTITY, PLACE, RENTAL
from .things.queries import ThingFilter, things_count

# Codes of the list component_state (GB/T 47678.5).
DAMAGED, MISSING = "2", "3"
# What somebody close by can find out and correct; what is merely not there has its own lines, old statements have none.
MENDABLE: tuple[IndicatorCode, ...] = (
    "name_form", "birth_range", "alone", "marital_age", "register_home", "sources_agree", "home_people",
)  # fmt: skip
CHECK = Text("逐条核对后更正，改好即消失", "Check each and correct it; what is mended goes by itself")


def _transfers(actor: Actor) -> Count:
    return Count(transfers_to_decide(actor))


def _people_without(what: Literal["phone", "id", "home"], actor: Actor) -> Count:
    return people_count(actor, PersonFilter(missing=what))


def _failing(indicator: Indicator, actor: Actor) -> Count:
    if indicator.subject == "home":
        return homes_count(actor, DwellingFilter(quality=cast(HomeIndicator, indicator.code)))
    return people_count(actor, PersonFilter(quality=cast(PersonIndicator, indicator.code)))


def _finding(code: IndicatorCode) -> todos.Todo:
    """The records that fail an indicator of quality, for who can mend them; a mended one is gone from the count."""
    indicator = BY_CODE[code]
    zh, en = indicator.failing.zh, indicator.failing.en
    return todos.Todo(
        f"quality_{code}", "incomplete", Text(f"核对：{zh}", f"Check: {en}"), CHECK, (VIEW, EDIT), indicator.path,
        partial(_failing, indicator), near=True,
    )  # fmt: skip


def _buildings_without_leader(actor: Actor) -> Count:
    return buildings_count(actor, BuildingFilter(leader="missing"))


todos.declare(
    todos.Todo(
        "transfers_to_decide", "waiting",
        Text("迁入请求待办理", "Move-in requests"),
        Text("有人被登记到新的辖区，等您同意或退回", "Someone was recorded in a new area; approve or reject"),
        (VIEW, DECIDE), "/transfers", _transfers,
    ),
    todos.Todo(
        "conflicts_open", "waiting",
        Text("来源不一致待核实", "Sources that differ"),
        Text("可信来源的姓名、性别、出生日期或证件号码不一致", "Trusted sources state different names, sexes, births or numbers"),
        (VIEW, EDIT), "/conflicts", open_conflicts,
    ),
    todos.Todo(
        "places_overdue", "incomplete",
        Text("重点场所检查已逾期", "Inspections overdue"),
        Text("下次检查日期已过", "The day of the next inspection has passed"),
        (PLACE_VIEW,), "/key-places?due=overdue", partial(things_count, PLACE, wanted=ThingFilter(due="overdue")),
    ),
    todos.Todo(
        "places_due", "incomplete",
        Text("重点场所 30 天内应检查", "Inspections due within 30 days"),
        Text("按下次检查日期", "By the day of the next inspection"),
        (PLACE_VIEW,), "/key-places?due=soon", partial(things_count, PLACE, wanted=ThingFilter(due="soon")),
    ),
    todos.Todo(
        "rentals_overdue", "incomplete",
        Text("出租房检查已逾期", "Rented homes: inspections overdue"),
        Text("下次检查日期已过", "The day of the next inspection has passed"),
        (RENTAL_VIEW,), "/rentals?due=overdue", partial(things_count, RENTAL, wanted=ThingFilter(due="overdue")),
    ),
    todos.Todo(
        "addresses_unresolved", "incomplete",
        Text("住址未识别", "Addresses not understood"),
        Text("补一个别名，或改正写法后重新识别", "Add an alias, or mend the text and read it again"),
        (VIEW, RESOLVE), "/address-book", unresolved_count,
    ),
    todos.Todo(
        "people_without_home", "incomplete",
        Text("人员没有标准住址", "People without a standard address"),
        Text("上门或导入时补全", "Complete at a visit or by an import"),
        (VIEW, EDIT), "/people?missing=home", partial(_people_without, "home"),
    ),
    todos.Todo(
        "people_without_phone", "incomplete",
        Text("人员没有联系电话", "People without a phone"),
        Text("上门或导入时补全", "Complete at a visit or by an import"),
        (VIEW, EDIT), "/people?missing=phone", partial(_people_without, "phone"),
    ),
    todos.Todo(
        "people_without_id", "incomplete",
        Text("人员没有证件号码", "People without a document number"),
        Text("没有号码的人只能按姓名和生日比对", "Without one, people are matched by name and birthday alone"),
        (VIEW, EDIT), "/people?missing=id", partial(_people_without, "id"),
    ),
    todos.Todo(
        "buildings_without_leader", "incomplete",
        Text("楼栋没有楼栋长", "Buildings without a leader"),
        Text("在楼栋页面指定", "Name one on the page of the building"),
        (HOMES,), "/buildings?leader=missing", _buildings_without_leader,
    ),
    todos.Todo(
        "entities_unplaced", "incomplete",
        Text("法人单位没有坐标", "Entities without a position"),
        Text("地图上看不到它们", "They do not show on the map"),
        (ENTITY_VIEW, HOMES), "/entities?placed=false", partial(things_count, ENTITY, wanted=ThingFilter(placed=False)),
    ),
    *map(_finding, MENDABLE),
    todos.Todo(
        "components_damaged", "watch",
        Text("部件破损", "Components damaged"),
        Text("通知养护单位修复", "Have the keeper repair them"),
        (COMPONENT_VIEW,), f"/components?state={DAMAGED}",
        partial(things_count, COMPONENT, wanted=ThingFilter(state=DAMAGED)),
    ),
    todos.Todo(
        "components_missing", "watch",
        Text("部件丢失", "Components missing"),
        Text("有安全隐患的先围挡", "Fence off first what is dangerous"),
        (COMPONENT_VIEW,), f"/components?state={MISSING}",
        partial(things_count, COMPONENT, wanted=ThingFilter(state=MISSING)),
    ),
)  # fmt: skip
