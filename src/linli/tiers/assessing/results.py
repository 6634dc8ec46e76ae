"""An assessment as a file: every community with its verdicts and what they rest on, as JSON or as a workbook."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.registry.queries import sql

from .. import certainties, rules
from ..certainties import INFERRED
from ..entry import value_out
from ..permissions import VIEW
from ..rules import Reading
from ..systems.drafts import TIER_NAMES
from ..systems.models import Indicator
from ..systems.queries import SystemRow, indicators_of, judged, system_row
from ..systems.rows import plain_number
from ..values.catalogue import name_of
from .models import Assessment
from .queries import ladder_base

VERDICT_NAMES = {
    "met": "达标 met", "missed": "未达标 missed", "unknown": "无数据 unknown", "not_asked": "本级不作要求 not asked",
}  # fmt: skip
USED_NAMES = {"computed": "系统计算 computed", "declared": "社区填报 declared", None: ""}


@dataclass(frozen=True, slots=True)
class Row:
    """A community as an assessment left it."""

    area_code: str
    name: str
    town_name: str
    people: int | None
    now: str
    computed: str | None
    next: str | None
    met: int
    missed: int
    unknown: int
    of: int
    contradictions: int
    readings: dict[str, list[str | None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """An assessment with its communities."""

    assessment: Assessment
    system: SystemRow
    indicators: Sequence[Indicator]
    judging: Sequence[rules.Indicator]
    rows: Sequence[Row]


def outcome(actor: Actor, assessment: Assessment, code: str | None = None) -> Outcome:
    """What an assessment found, of the communities in sight, or of one. Raises NotFound. Five queries."""
    params: dict[str, Any] = {"assessment": assessment.id, "kinds": list(assessment.kinds)}
    base = ladder_base("s.readings") + sql.ranges(sql.held(actor, VIEW, code), "r.code", params)
    rows = sql.rows(dict, f"SELECT * FROM ({base}) c WHERE computed IS NOT NULL ORDER BY area_code", params)
    if code is not None and not rows:
        raise NotFound()
    found = [Row(**{**row, "readings": _loaded(row["readings"])}) for row in rows]
    indicators = indicators_of(assessment.system_id)
    return Outcome(assessment, system_row(actor, assessment.system_id), indicators, judged(indicators), found)


def _loaded(readings: Any) -> dict[str, list[str | None]]:
    loaded: dict[str, list[str | None]] = json.loads(readings) if isinstance(readings, str) else readings
    return loaded


def readings_of(row: Row) -> dict[str, Reading]:
    """What was read of a community, by metric."""
    return {
        metric: Reading(*(Decimal(part) if part is not None else None for part in kept[:2]))
        for metric, kept in row.readings.items()
    }


def as_json(found: Outcome) -> bytes:
    """The outcome as JSON: numbers are numbers, days are YYYY-MM-DD."""
    system, assessment = found.system, found.assessment
    document = {
        "day": assessment.day.isoformat(), "assessment": str(assessment.id),
        "system": {
            "title": system.system.title, "version": str(system.system.version), "official": system.official,
            "inferred_bounds": system.sources.bounds, "inferred": system.inferred, "notice": INFERRED,
        },
        "failures": dict(assessment.failures),
        "communities": [_community(found, row) for row in found.rows],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _community(found: Outcome, row: Row) -> dict[str, Any]:
    readings = readings_of(row)
    plain: dict[str, Any] = {name: getattr(row, name) for name in Row.__match_args__ if name != "readings"}
    return plain | {
        "indicators": [
            {
                "code": each.code, "tier": each.tier, "name": each.name, "certainty": each.certainty,
                "verdict": rules.judge(rule, readings),
                "metrics": [_metric(b, part, readings.get(b.metric, rules.NOTHING), row)
                            for b, part in zip(each.bounds.all(), rule.bounds, strict=True)],
            }
            for each, rule in zip(found.indicators, found.judging, strict=True)
        ]
    }  # fmt: skip


def _metric(bound: Any, rule: rules.Bound, reading: Reading, row: Row) -> dict[str, Any]:
    kept = row.readings.get(bound.metric)
    return {
        "metric": bound.metric, "op": bound.op, "bound": value_out(bound.value, bound.unit), "unit": bound.unit,
        "certainty": bound.certainty, "computed": value_out(reading.computed, bound.unit),
        "declared": value_out(reading.declared, bound.unit), "declared_on": kept[2] if kept else None, "used": reading.used,
        "contradicts": rules.contradicts(rule, reading), "verdict": rules.judge_bound(rule, reading.value),
    }  # fmt: skip


def as_workbook(actor: Actor, found: Outcome) -> bytes:
    """The outcome as a workbook: communities, then every bound of each with what is known of it."""
    buffer = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        _sheet(book, bold, "说明", ("项目 Item", "内容 Content"), _about(actor, found))
        _sheet(book, bold, "社区", _HEAD, _standings(found))
        _sheet(book, bold, "指标", _DETAIL, _details(found))
    return buffer.getvalue()


# Both languages: a command does not know who will read what it writes.
_HEAD = (
    "编码 Code", "社区 Community", "镇（街道） Town", "实有人口 People", "已认定 Recognised", "测算达到 Computed tier", "下一级 Next tier",
    "达标 Met", "未达标 Missed", "无数据 Unknown", "须达标合计 Asked for", "填报与测算不一致 Contradictions",
)  # fmt: skip
_DETAIL = (
    "编码 Code", "社区 Community", "指标编号 Indicator", "创建类型 Tier", "指标 Name", "结论 Verdict", "度量 Metric",
    "度量（英文） Metric in English", "要求 Bound", "单位 Unit", "系统计算 Computed", "社区填报 Declared",
    "填报日期 Declared on", "采用 Used", "是否不一致 Contradicts", "标注 Certainty",
)  # fmt: skip


def _tier(code: str | None) -> str:
    return f"{TIER_NAMES[code].zh} {TIER_NAMES[code].en}" if code in TIER_NAMES else "无 none"  # type: ignore[index]


def _about(actor: Actor, found: Outcome) -> Iterator[Sequence[Any]]:
    system = found.system
    yield "指标体系 System", f"{system.system.title}（第 {system.system.version} 版）"
    yield "评估日期 Assessed for", found.assessment.day.isoformat()
    told = certainties.told(system.sources)
    yield "标注 Certainty", f"{told.zh} · {told.en}"
    yield (
        "未能计算的度量 Measures that failed",
        "、".join(name_of(metric).zh for metric in sorted(found.assessment.failures)) or "无",
    )
    yield (
        "导出 Exported by",
        f"{actor.name} {actor.unit_name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}".strip(),
    )


def _standings(found: Outcome) -> Iterator[Sequence[Any]]:
    for r in found.rows:
        yield (
            r.area_code, r.name, r.town_name, r.people, _tier(r.now), _tier(r.computed), _tier(r.next) if r.next else "", r.met,
            r.missed, r.unknown, r.of, r.contradictions,
        )  # fmt: skip


def _details(found: Outcome) -> Iterator[Sequence[Any]]:
    for row in found.rows:
        readings = readings_of(row)
        for each, rule in zip(found.indicators, found.judging, strict=True):
            verdict = VERDICT_NAMES[rules.judge(rule, readings)]
            for b, part in zip(each.bounds.all(), rule.bounds, strict=True):
                reading, kept = readings.get(b.metric, rules.NOTHING), row.readings.get(b.metric)
                sure = certainties.sure(each.certainty, [b.certainty])
                yield (
                    row.area_code, row.name, each.code, _tier(each.tier), each.name, verdict, name_of(b.metric).zh, name_of(b.metric).en,
                    f"{b.op} {plain_number(b.value)}" if b.value is not None else "未知 unknown", b.unit, _cell(reading.computed),
                    _cell(reading.declared), kept[2] if kept else "", USED_NAMES[reading.used], "是 yes" if rules.contradicts(part, reading) else "",
                    certainties.MARKS[sure],
                )  # fmt: skip


def _cell(value: Decimal | None) -> float | str:
    return float(value) if value is not None else ""


def _sheet(book: Any, bold: Any, title: str, head: Sequence[str], lines: Iterator[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(title)
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    for line, values in enumerate(lines, start=1):
        for column, value in enumerate(values):
            if isinstance(value, int | float):
                sheet.write_number(line, column, value)
            elif value:
                sheet.write_string(line, column, f"'{value}" if value.startswith(("=", "+", "@")) else value)
