"""A system of indicators as it was read from a table, before it is one: facts, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from linli.kernel.errors import Text

from ..rules import Bound, Operator, Tier, Unit

#: The names of tiers in tables.
TIER_NAMES: dict[Tier, Text] = {
    "basic": Text("基础型", "Basic"),
    "growing": Text("成长型", "Growing"),
    "model": Text("标杆型", "Model"),
}
LEVEL_WORDS: dict[str, Tier] = {
    word: tier for tier, name in TIER_NAMES.items() for word in (tier, name.zh, name.en, name.zh.removesuffix("型"))
}


@dataclass(frozen=True, slots=True)
class BoundDraft:
    """A bound as it was read."""

    bound: Bound
    certainty: str = "inferred"
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorDraft:
    """An indicator as it was read; what its fields mean stands with the table."""

    code: str
    tier: Tier
    level1: str
    name: str
    mode: str
    bounds: tuple[BoundDraft, ...]
    level1_certainty: str = "inferred"
    seq: int | None = None
    definition: str = ""
    requirement: str = ""
    weight: Decimal | None = None
    records: str = ""
    evidence_wanted: str = ""
    certainty: str = "inferred"
    strength: str = ""
    completeness: str = ""
    source: str = ""
    source_supports: str = ""


@dataclass(frozen=True, slots=True)
class SystemDraft:
    """A system as it was read."""

    title: str
    indicators: tuple[IndicatorDraft, ...]
    authority: str = ""
    document: str = ""
    issued_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong in a table: `where` names the indicator or the row and the field."""

    where: str
    code: str
    text: Text
    params: Mapping[str, Any] = field(default_factory=dict)

    def say(self, language: str) -> str:
        return self.text.say(language, self.params)


@dataclass(frozen=True, slots=True)
class Read:
    """What a table holds. `system` is None where something is wrong: then nothing of it is taken."""

    system: SystemDraft | None
    findings: tuple[Finding, ...]


FINDINGS: dict[str, Text] = {
    "form": Text("文件无法读取：{reason}", "The file cannot be read: {reason}"),
    "empty": Text("没有任何指标。", "There are no indicators."),
    "many": Text("指标超过 {most} 条。", "There are more than {most} indicators."),
    "title": Text("缺少指标体系的名称。", "The title of the system is missing."),
    "missing": Text("缺少“{field}”。", "“{field}” is missing."),
    "type": Text("“{field}”应为{wanted}，文件中是“{found}”。", "“{field}” has to be {wanted_en}; the file has “{found}”."),
    "long": Text("“{field}”超过 {most} 个字。", "“{field}” is longer than {most} characters."),
    "unknown_field": Text("不认识的栏目“{found}”。", "Unknown column “{found}”."),
    "duplicate": Text("指标编号“{found}”重复。", "The indicator id “{found}” stands twice."),
    "duplicate_bound": Text("同一指标对“{found}”有两条标准值。", "Two bounds of one indicator are on “{found}”."),
    "tier": Text("不认识的创建类型“{found}”，应为基础型、成长型或标杆型。", "Unknown tier “{found}”; basic, growing or model."),
    "missing_tier": Text("没有任何{found}指标。", "There are no indicators of the tier {found_en}."),
    "mode": Text("不认识的采集方式“{found}”，应为 auto、mixed 或 evidence。", "Unknown mode “{found}”; auto, mixed or evidence."),
    "certainty": Text("不认识的确定程度“{found}”，应为 official 或 inferred。", "Unknown certainty “{found}”; official or inferred."),
    "operator": Text("不认识的比较符“{found}”，应为 >=、<=、>、< 或 ==。", "Unknown operator “{found}”; >=, <=, >, < or ==."),
    "metric": Text("指标库中没有“{found}”。", "“{found}” is not in the catalogue of metrics."),
    "unit": Text("“{metric}”的单位是“{wanted}”，文件中是“{found}”。", "The unit of “{metric}” is “{wanted}”; the file has “{found}”."),
    "percent": Text("百分比 {found} 不在 0 至 100 之间。", "The percentage {found} is not between 0 and 100."),
    "negative": Text("{found} 小于 0。", "{found} is less than 0."),
    "whole": Text("次数、个数应为整数，文件中是 {found}。", "A count has to be a whole number; the file has {found}."),
    "yes_no": Text("“{metric}”是“是/否”，比较符应为 ==。", "“{metric}” is yes or no: its operator has to be ==."),
    "large": Text("{found} 过大。", "{found} is too large."),
    "no_bounds": Text("没有标准值。", "There is no bound."),
    "metrics_differ": Text("metric_ids 与标准值不一致。", "metric_ids and the bounds differ."),
    "seq": Text("同一类型中序号 {found} 重复。", "The number {found} stands twice in one tier."),
}  # fmt: skip


def finding(where: str, code: str, **params: Any) -> Finding:
    """A finding of a known code."""
    told = {name: as_told(value)[:80] for name, value in params.items()}
    return Finding(where, code, FINDINGS[code], told)


def as_told(value: Any) -> str:
    """A value from a file as it is told; Python writes no number of thousands of digits."""
    try:
        return str(value)
    except ValueError:
        return "?"


def operator_of(text: str) -> Operator | None:
    """An operator as people write it."""
    written = text.strip()
    plain: dict[str, Operator] = {
        "≥": ">=",
        "≧": ">=",
        "≤": "<=",
        "≦": "<=",
        "=": "==",
        "＝": "==",
        "＞": ">",
        "＜": "<",
    }
    known: tuple[Operator, ...] = (">=", "<=", "==", ">", "<")
    return plain.get(written) or next((each for each in known if each == written), None)


def unit_of(text: str) -> Unit | None:
    """A unit as people write it."""
    units: dict[str, Unit] = {
        "%": "%", "％": "%", "百分比": "%", "count": "count", "个": "count", "次": "count", "项": "count",
        "bool": "bool", "是否": "bool", "是/否": "bool", "minute": "minute", "分钟": "minute",
    }  # fmt: skip
    return units.get(text.strip())
