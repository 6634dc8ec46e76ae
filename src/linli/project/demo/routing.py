"""Rules of routing for the demo's district, and by which of them the demo's cases went. All inferred: no document is behind them.

Which department handles what follows the usual split of duties in a district; a real one lays it down in its own table.
"""

from __future__ import annotations

from linli.access.models import Unit
from linli.cases.categories.rules import SINCE_EVER
from linli.cases.engine.models import Case
from linli.cases.routing.actions import save_rules
from linli.cases.routing.deciding import decide_many
from linli.cases.routing.drafts import Line
from linli.cases.routing.models import RoutingRule
from linli.cases.routing.rules import Reach
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.case_kinds import ENFORCEMENT, FARMING, HOUSING, SAFETY, TRANSPORT

TOWN = "town"
#: kind, beginning of the code, the unit (a department, or the town of the place), why it is that one. Some things are left to
#: nobody in particular (other matters such as ice and snow): there, what past cases ended with is told.
RULES = (
    ("component", "01037", ENFORCEMENT, "路灯维护属城市管理"), ("component", "01046", TOWN, "户外健身设施由属地管护"),
    ("component", "01", HOUSING, "市政公用设施由住建部门统管"), ("component", "02", TRANSPORT, "交通设施由交通运输部门管养"),
    ("component", "03005", TOWN, "垃圾收运由镇街负责"), ("component", "03", ENFORCEMENT, "市容环卫设施属城市管理"),
    ("component", "04", ENFORCEMENT, "园林绿化设施属城市管理"), ("matter", "01", HOUSING, "市政公用设施异常，同部件"),
    ("matter", "02", TRANSPORT, "交通设施异常，同部件"), ("matter", "06010", TOWN, "环境卫生由镇街负责"),
    ("matter", "06017", TOWN, "环境卫生由镇街负责"), ("matter", "06025", TOWN, "河道保洁由镇街负责"),
    ("matter", "06036", TOWN, "环境卫生由镇街负责"), ("matter", "06042", TOWN, "垃圾收运由镇街负责"),
    ("matter", "06013", TRANSPORT, "道路养护由交通运输部门负责"), ("matter", "06", ENFORCEMENT, "市容环境类事项属城市管理"),
    ("matter", "07001", TOWN, "小广告由镇街清理"), ("matter", "07", ENFORCEMENT, "宣传广告类事项属城市管理"),
    ("matter", "08", HOUSING, "施工管理类事项由住建部门监管"), ("matter", "09", ENFORCEMENT, "街面秩序类事项属城市管理"),
    ("matter", "10002", ENFORCEMENT, "架空线缆由城市管理协调产权单位"), ("local", "51", TOWN, "矛盾纠纷就地调解"),
    ("local", "52001", "消防救援大队", "消防通道由消防部门监管"), ("local", "52003", HOUSING, "燃气安全由住建部门监管"),
    ("local", "52006", SAFETY, "危险化学品由应急部门监管"), ("local", "52007", "市场监督管理局", "食品药品由市场监管部门监管"),
    ("local", "52008", "市场监督管理局", "特种设备由市场监管部门监管"), ("local", "52", TOWN, "其他隐患由属地先行处置"),
    ("local", "54", TOWN, "民生服务由属地办理"), ("local", "55001", FARMING, "秸秆禁烧由农业农村部门牵头"),
    ("local", "57", TOWN, "重点服务对象由属地走访"), ("local", "59", SAFETY, "突发事件由应急部门牵头"),
)  # fmt: skip


def lay_routing() -> tuple[int, int]:
    """Make the rules where there are none, and keep for the demo's cases by which they went; how many of each."""
    with acting(demo_actor()) as actor:
        if RoutingRule.objects.exists():
            return 0, 0
        units = dict(Unit.objects.filter(kind="department").values_list("name", "id"))
        lines = [
            Line(
                Reach(kind=kind, code=code), "town" if unit == TOWN else "unit", "" if unit == TOWN else str(units[unit]),
                why, "inferred", SINCE_EVER,
            )
            for kind, code, unit, why in RULES
            if unit == TOWN or unit in units
        ]  # fmt: skip
        made = save_rules(actor, lines, None, "演示数据，系统推断")
        routed = decide_many(Case.objects.filter(routed=None).select_related("category").iterator(2000))
        return len(made.added), routed
