"""What the demo's cases are about: classes of the directory with words, whose work they are, and when in the year they come.

Words are invented; which matters are common and which public follows the shape of published monthly counts of cities
(exposed rubbish, parking, clutter and street trade lead; inferred).
"""

from __future__ import annotations

from dataclasses import dataclass

HOUSING, ENFORCEMENT, TRANSPORT = "住房和城乡建设局", "综合行政执法局", "城乡交通运输局"
FARMING, LAND, SAFETY = "农业农村局", "自然资源局", "应急管理局"
EVEN = (1.0,) * 12
WARM = (0.5, 0.5, 0.8, 1.0, 1.3, 1.5, 1.6, 1.6, 1.3, 1.0, 0.7, 0.5)
COLD = (2.4, 1.6, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.8, 2.4)
WET = (0.1, 0.1, 0.3, 0.6, 1.0, 2.0, 3.6, 3.2, 1.2, 0.5, 0.2, 0.1)
HARVEST = (0.1, 0.2, 0.4, 0.4, 0.9, 3.4, 0.4, 0.3, 1.6, 3.4, 0.9, 0.2)
LEAVES = (0.6, 0.6, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 1.0, 1.8, 2.2, 0.9)


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of cases: `weight` among all, `months` its season, `public` the share that residents report. `office` None:
    the town's own work. `urgent`: it cannot wait for its filing."""

    kind: str
    code: str
    weight: float
    office: str | None
    words: tuple[str, ...]
    months: tuple[float, ...] = EVEN
    public: float = 0.25
    urgent: bool = False


KINDS = (
    Kind("matter", "06010", 14, None, ("路边堆了几袋生活垃圾，没人清", "垃圾未入桶，散落在人行道上", "巷口垃圾堆积，有异味")),
    Kind("matter", "09009", 12, ENFORCEMENT, ("面包车停在盲道上", "路口停满车，会车困难", "消防通道口停了一辆轿车"), public=0.4),
    Kind("matter", "06036", 9, None, ("楼前堆放旧家具", "门口堆着建材，占了半条路", "绿地里堆放柴草")),
    Kind("matter", "09006", 8, ENFORCEMENT, ("菜摊摆到慢车道上", "流动摊点占道卖水果"), WARM),
    Kind("matter", "07001", 7, None, ("电线杆上贴满小广告", "楼道里喷涂办证电话"), public=0.1),
    Kind("matter", "09005", 6, ENFORCEMENT, ("店铺把货架摆到人行道", "饭店门外支了桌椅"), WARM, 0.3),
    Kind("matter", "06042", 5, None, ("垃圾桶满溢，两天没清运", "垃圾站门口堆满"), WARM),
    Kind("matter", "06013", 4, TRANSPORT, ("路面有坑，积水后看不见", "路面开裂下沉", "人行道砖松动破损"), WET, 0.45),
    Kind("matter", "06017", 3, None, ("绿地里散落塑料袋", "绿化带内杂物多")),
    Kind("matter", "09010", 3, ENFORCEMENT, ("电动车停满通道", "自行车倒在盲道上"), public=0.3),
    Kind("matter", "06025", 2, None, ("河面漂着垃圾", "沟渠边倾倒垃圾"), WARM, 0.3),
    Kind("matter", "06028", 3, ENFORCEMENT, ("夜里音响声音很大", "商铺门口喇叭整天叫卖"), WARM, 0.85),
    Kind("matter", "08004", 2, HOUSING, ("工地土堆没有盖网，扬尘大", "工地门口车辆带泥上路"), public=0.4),
    Kind("matter", "08002", 1.5, HOUSING, ("施工围挡占了整条人行道",), public=0.4),
    Kind("matter", "06020", 2, ENFORCEMENT, ("有人在路边烧树叶", "院外焚烧垃圾，烟很大"), LEAVES, 0.5),
    Kind("matter", "06001", 1.5, ENFORCEMENT, ("楼顶加盖板房", "占用绿地搭建小屋"), public=0.5),
    Kind("matter", "10001", 3, None, ("桥面结冰，有人滑倒", "背阴路段积雪没有清"), COLD, 0.5),
    Kind("matter", "10002", 1.5, ENFORCEMENT, ("线缆垂到路面，车辆刮蹭", "断线挂在树上"), WET, 0.5, True),
    Kind("local", "55001", 2, FARMING, ("地头焚烧秸秆", "田边有明火和浓烟"), HARVEST, 0.3, True),
    Kind("component", "01001", 3, HOUSING, ("井盖缺失，已用树枝围挡", "供水井盖松动，过车有响声", "井盖下沉，形成坑洼"), public=0.35, urgent=True),
    Kind("component", "01037", 4, ENFORCEMENT, ("路灯不亮，夜间看不清路", "路灯杆倾斜", "一排路灯白天常亮"), public=0.5),
    Kind("component", "03005", 3, None, ("垃圾箱破损", "垃圾箱被移到路中间", "果皮箱缺盖")),
    Kind("component", "02017", 2, TRANSPORT, ("交通护栏被撞变形", "护栏缺失一段")),
    Kind("component", "04002", 2, ENFORCEMENT, ("行道树枝条折断，悬在路面上方", "行道树倾斜"), WET),
    Kind("component", "01046", 1.5, None, ("健身器材松动", "健身器材底座锈断")),
)  # fmt: skip
REASONS = {
    "return_to_dispatcher": "经现场查看，不属于本单位管养范围", "fail_check": "现场仍未恢复，照片与实际不符",
    "rework": "反馈内容不完整，请补充处置", "ask_reporter": "需反映人到场指认位置", "resume": "条件具备，继续处置",
    "refuse": "不属于受理范围，已说明去处", "cancel": "与已立案的案件重复", "return_to_acceptor": "立案条件选择有误",
    "suspend": "须等备件到货或施工窗口", "reopen": "反映人表示问题又出现",
}  # fmt: skip
RESULTS = {
    "confirm_report": "到现场查看，情况属实", "deny_report": "到现场查看，未见所述问题",
    "hand_back": "已到现场处理完毕，恢复正常", "pass_check": "现场核查，问题已解决",
}  # fmt: skip
