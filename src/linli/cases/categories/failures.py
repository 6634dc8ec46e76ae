"""Limits for components out of order where no rule says one: by what is wrong with them. All inferred.

Each is the most frequent limit among the 375 rules for components of the sample table (运城) that speak of that fault; the
spread there is told beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel.errors import Text

from .rules import Certainty


@dataclass(frozen=True, slots=True)
class FailureMode:
    """A way in which components fail, the words that tell of it, and its default limit.

    `of`: words of which the component's name must have one, where the fault is of such only. `rules`: how many rules of
    the sample speak of it; `spread`: the limits they give.
    """

    code: str
    name: Text
    words: tuple[str, ...]
    limit_value: int
    clock: str
    rules: int
    spread: Text
    of: tuple[str, ...] = ()
    target: str = "handle"
    filing_condition: str = ""
    certainty: str = Certainty.INFERRED


LIDS = ("井盖", "箅子", "盖板")
#: In the order they are asked: what is dangerous first, the general ones last.
FAILURE_MODES = (
    FailureMode("lid_hazard", Text("井盖缺失、移位、开裂", "Lid missing, moved or cracked"),
                ("缺失", "丢失", "移位", "开裂", "没盖", "无盖"), 2, "urgent_hour", 12,
                Text("2至4紧急工作时", "2 to 4 continuous hours"), of=LIDS),
    FailureMode("leak", Text("漏水、跑水", "Leaking water"),
                ("漏水", "跑水", "喷水", "冒水"), 2, "urgent_hour", 4, Text("不一", "varies")),
    FailureMode("hours", Text("未按时启闭或开放", "Not opened or closed in time"),
                ("未按时", "未开放", "不开放", "未启", "未关闭"), 2, "work_hour", 7, Text("2至4工作时", "2 to 4 working hours")),
    FailureMode("ground", Text("周边路面沉陷", "Ground around it sunk"),
                ("沉陷", "下沉", "塌陷", "凹陷", "凸起"), 5, "work_day", 10, Text("5工作日", "5 working days")),
    FailureMode("noise", Text("弹跳、声响", "Rattling"),
                ("弹跳", "异响", "声响"), 2, "work_day", 10, Text("2工作日", "2 working days")),
    FailureMode("fallen", Text("倾倒、倾斜、折断", "Fallen, leaning or broken off"),
                ("倾倒", "倾斜", "折断", "倒伏", "歪斜"), 1, "work_day", 42, Text("1至5工作日", "1 to 5 working days")),
    FailureMode("unlit", Text("缺亮、不亮", "Not lit"),
                ("缺亮", "不亮", "灯灭", "熄灭"), 2, "work_day", 9, Text("1至10工作日", "1 to 10 working days")),
    FailureMode("wrong", Text("内容或指向错误", "Wrong words or direction"),
                ("内容错误", "指向错误", "错别字", "写错", "指错"), 2, "work_day", 18, Text("1至5工作日", "1 to 5 working days")),
    FailureMode("left", Text("废弃、遗留残桩", "Abandoned, stumps left"),
                ("废弃", "残桩", "遗留"), 3, "work_day", 44, Text("1至10工作日", "1 to 10 working days")),
    FailureMode("dirty", Text("外观不洁", "Dirty"),
                ("不洁", "污渍", "污损", "小广告", "涂鸦"), 1, "work_day", 54, Text("4工作时至2工作日", "4 working hours to 2 working days")),
    FailureMode("messy", Text("环境脏乱", "Mess around it"),
                ("脏乱", "垃圾", "杂物"), 1, "work_day", 11, Text("4工作时至1工作日", "4 working hours to 1 working day")),
    FailureMode("damaged", Text("破损、缺失、变形、锈蚀", "Damaged, missing, bent or rusted"),
                ("破损", "缺失", "丢失", "变形", "锈蚀", "损坏", "坏"), 3, "work_day", 100,
                Text("4工作时至7工作日", "4 working hours to 7 working days")),
)  # fmt: skip
#: Where nothing is known of the fault, the commonest one is taken for it.
UNKNOWN_FAULT = FAILURE_MODES[-1]


def failure_mode(name: str, description: str) -> FailureMode:
    """What a description of a fault of the component `name` tells of; the commonest fault where it tells of none."""
    for mode in FAILURE_MODES:
        if (not mode.of or any(word in name for word in mode.of)) and any(word in description for word in mode.words):
            return mode
    return UNKNOWN_FAULT
