"""A solved scenario as JSON and as a workbook: what it rests on first, then communities, works and money."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from linli.kernel.errors import Text

from ..values.catalogue import metrics, name_of
from .models import UpgradeScenario

WARNING = Text(
    "除标明官方的指标外均为推断值,待官方文本校核;措施费用、工期和效果均为假设,待实际报价校核。",
    "Indicators not marked official are inferred and wait for the official text; costs, times and effects of measures are "
    "assumptions until quoted.",
)
TIER_NAMES = {
    "none": Text("未达", "None"),
    "basic": Text("基础型", "Basic"),
    "growing": Text("成长型", "Growing"),
    "model": Text("标杆型", "Model"),
}


STATE_NAMES = {
    "waiting": Text("等待", "Waiting"),
    "running": Text("求解中", "Solving"),
    "finished": Text("已求解", "Solved"),
    "infeasible": Text("无解", "No plan possible"),
    "failed": Text("失败", "Failed"),
}
#: Where money comes from, as the program's own forms name it.
SOURCE_NAMES = {
    "province": Text("省奖补", "Province"),
    "city": Text("市财政", "City"),
    "district": Text("区财政", "District"),
    "town": Text("镇街", "Town"),
    "company": Text("企业投资", "Companies"),
    "operation": Text("运营收入", "Operation"),
    "donation": Text("社会捐赠", "Donations"),
    "award": Text("创建奖补", "Awards"),
}
SIGNS = {">=": "≥", "<=": "≤", "==": "="}
YES_NO = {True: Text("是", "yes"), False: Text("否", "no")}


def document(scenario: UpgradeScenario) -> dict[str, Any]:
    """A scenario with its inputs, as it is written to a file."""
    return {
        "id": str(scenario.id), "plan_id": str(scenario.plan_id), "area_code": scenario.area_code, "title": scenario.title,
        "state": scenario.state, "assessed_on": scenario.assessment.day.isoformat(), "asked_at": scenario.asked_at.isoformat(),
        "note": {"zh": WARNING.zh, "en": WARNING.en}, "asked": scenario.asked, "measures": scenario.catalogue,
        "result": scenario.result,
    }  # fmt: skip


def as_json(scenario: UpgradeScenario) -> bytes:
    return json.dumps(document(scenario), ensure_ascii=False, indent=1).encode()


def as_workbook(scenario: UpgradeScenario, language: str) -> bytes:
    """The workbook in one language; money in CNY."""
    en = language.startswith("en")
    result = scenario.result or {}
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})

    def say(zh: str, english: str) -> str:
        return english if en else zh

    def sheet(name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        page.write_row(0, 0, heads, bold)
        for r, row in enumerate(rows, start=1):
            for c, value in enumerate(row):
                if isinstance(value, _Cents):
                    page.write_number(r, c, value.cents / 100, money)
                else:
                    page.write(r, c, value)
        page.set_column(0, len(heads), 16)

    summary: list[tuple[str, Any]] = [
        (say("说明", "Note"), WARNING.say(language)),
        (say("区域", "Area"), scenario.area_code),
        (say("评估日期", "Assessment of"), scenario.assessment.day.isoformat()),
        (say("状态", "State"), STATE_NAMES[scenario.state].say(language)),
    ]
    if scenario.state == "finished":
        summary += [
            (say("提升社区数", "Communities raised"), result["raised"]),
            (say("其中无需措施", "Of them without any work"), result.get("raised_without_work", "")),
            (say("惠及人数", "People reached"), result["people"]),
            (say("费用(元)", "Cost (CNY)"), _Cents(result["cost_cents"])),
            (say("方案期内奖补(元,上限)", "Awards within the plan (CNY, at most)"), _Cents(result["award_cents"])),
            (
                say("方案期后奖补(元,上限)", "Awards after the plan (CNY, at most)"),
                _Cents(result.get("award_after_cents", 0)),
            ),
            (say("得分", "Points"), result["points"]),
            (say("任何方案得分上限", "No plan can exceed"), result["bound"]),
            (say("求解器证明的差距", "Gap proved"), f"{result['gap']:.3%}"),
        ]
    for each in result.get("collisions", ()):
        summary.append((say("互相冲突的条件", "Collides"), each["text"]["en" if en else "zh"]))
    sheet(say("概要", "Summary"), (say("项目", "What"), say("值", "Value")), summary)
    lang = "en" if en else "zh"
    named = {m["code"]: m["name_en" if en else "name_zh"] for m in scenario.catalogue}
    first, years = int(scenario.asked["first_year"]), int(scenario.asked["years"])
    if scenario.state == "finished":
        sheet(
            say("社区", "Communities"),
            [
                say("代码", "Code"), say("社区", "Community"), say("镇街", "Town"), say("人口", "People"), say("认定等级", "Recognised"),
                *(str(first + y) for y in range(years)), say("费用(元)", "Cost (CNY)"), say("奖补(元)", "Award (CNY)"),
                say("未选原因", "Why not"), say("差距", "What is missing"), say("最少费用(元)", "Least cost (CNY)"),
            ],
            [
                [
                    c["area_code"], c["name"], c["town_name"], c["people"], TIER_NAMES[c["before"]].say(language),
                    *(TIER_NAMES[t].say(language) for t in c["tiers"]), _Cents(c["cost_cents"]), _Cents(c["award_cents"]),
                    c["reason"]["text"][lang] if c["reason"] else "", _missing(c["reason"], language),
                    _Cents(c["reason"]["cheapest_cents"]) if c["reason"] and c["reason"]["cheapest_cents"] is not None else "",
                ]
                for c in result["communities"]
            ],
        )  # fmt: skip
        sheet(
            say("措施", "Works"),
            [say("社区", "Community"), say("措施", "Measure"), say("开工年", "Begun"), say("见效年", "Ready"),
             say("费用(元)", "Cost (CNY)"), say("年运行费(元)", "Yearly (CNY)"), say("共享社区", "Serves")],
            [
                [w["area_code"], named[w["measure"]], w["year"], w["ready_year"], _Cents(w["cost_cents"]),
                 _Cents(w["running_cents"]), ", ".join(w["serves"]) if len(w["serves"]) > 1 else ""]
                for w in result["works"]
            ],
        )  # fmt: skip
        marginal = {(m["source"], m["year"]): m["points"] for m in result["marginal"]}
        paid = {(p["source"], p["year"]): p["cents"] for p in result["paid"]}
        sheet(
            say("资金", "Money"),
            [say("来源", "Source"), say("年份", "Year"), say("支出(元)", "Paid (CNY)"), say("再加1万元可得分", "Points of 10,000 CNY more")],
            [[_source(s, language), y, _Cents(paid.get((s, y), 0)), marginal.get((s, y))] for s, y in sorted({*marginal, *paid})],
        )  # fmt: skip
    book.close()
    return held.getvalue()


class _Cents:
    """An amount on its way into a cell."""

    def __init__(self, cents: int) -> None:
        self.cents = cents


def _missing(reason: Any, language: str) -> str:
    if not reason:
        return ""
    none, now, asked = ("not known", "is", "asked") if language.startswith("en") else ("未知", "现为", "标准")
    told = []
    for m in reason["missing"]:
        unit = metrics()[m["metric"]].unit if m["metric"] in metrics() else ""
        value = none if m["value"] is None else _figure(m["value"], unit, language)
        sign = "" if unit == "bool" else SIGNS.get(m["op"], m["op"])
        bound = _figure(m["bound"], unit, language)
        told.append(f"{m['indicator']} {name_of(m['metric']).say(language)}: {now} {value}, {asked} {sign}{bound}")
    return "; ".join(told)


def _figure(value: float, unit: str, language: str) -> str:
    """A figure with its unit; yes and no in words."""
    if unit == "bool":
        return YES_NO[bool(value)].say(language)
    return f"{round(value, 4):g}{'%' if unit == '%' else ''}"


def _source(code: str, language: str) -> str:
    """A source in words where the program knows it; a district's own stands for itself."""
    return SOURCE_NAMES[code].say(language) if code in SOURCE_NAMES else code
