"""The fields of both kinds of sheet, the header names they go by, and what can be wrong in their rows.

Headers are those of exports of 12345 platforms and of 数字城管 systems as departments pass them on (inferred: no standard lays
down the columns of either).
"""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib.resources import files
from typing import cast

from linli.intake.fields import BY_NAME, Check, Target
from linli.intake.findings import FindingKind, Severity
from linli.intake.suggest import word_of
from linli.kernel.errors import Text

ORDERS, HISTORIES = "hotline-orders", "closed-cases"
GROUPS = {"case": ("案件", "Case"), "case_person": ("反映人", "Reporter"), "case_times": ("时间", "Times")}


def _own(
    name: str,
    zh: str,
    en: str,
    group: str = "case",
    check: Check = "text",
    *,
    required: bool = False,
    sensitive: bool = False,
    coded: bool = False,
) -> Target:
    return Target(name, zh, en, group, check, None, required, sensitive, coded)


#: Where it is: the same fields as for people and things, so that the same checks place it.
_PLACE = tuple(
    replace(BY_NAME[name], zh=zh, en=en) if zh else BY_NAME[name]
    for name, zh, en in (
        ("home_text", "事发地址", "Address of the matter"), ("home_town", "", ""), ("home_village", "", ""),
        ("default_village", "", ""), ("grid", "", ""), ("lon", "", ""), ("lat", "", ""),
    )
)  # fmt: skip
_NUMBER = _own("case_no", "编号", "Number", check="key", required=True)
_CATEGORY = _own("case_category", "类别", "Category", coded=True)
_TEXT = _own("case_text", "内容", "What the matter is", required=True)
_UNIT = _own("case_unit", "承办单位", "Unit in charge")
_PERSON = (
    _own("case_reporter", "反映人姓名", "Reporter's name", "case_person", "name", sensitive=True),
    _own("case_phone", "反映人电话", "Reporter's phone", "case_person", "phone", sensitive=True),
)
_AT = _own("case_at", "受理或上报时间", "Received at", "case_times", "moment")
_DUE = _own("case_due", "办理时限", "Due", "case_times", "text")
TARGETS: dict[str, tuple[Target, ...]] = {
    ORDERS: (
        _NUMBER, _own("case_title", "标题", "Title"), _TEXT, _CATEGORY, _UNIT, _own("case_urgency", "紧急程度", "Urgency"),
        _own("case_confidential", "是否保密", "Confidential", "case_person"), *_PERSON, _AT, _DUE, *_PLACE,
    ),
    HISTORIES: (
        _NUMBER, _own("case_source", "案件来源", "Source"), _TEXT, _CATEGORY, _UNIT,
        _own("case_result", "处理结果", "Result"), _own("case_satisfied", "满意度", "Satisfied"),
        _own("case_solved", "是否解决", "Solved"), *_PERSON, replace(_AT, required=True),
        _own("case_filed", "立案时间", "Filed at", "case_times", "moment"),
        _own("case_dispatched", "派遣时间", "Dispatched at", "case_times", "moment"),
        _own("case_handled", "处置完成时间", "Handed back at", "case_times", "moment"),
        _own("case_closed", "结案时间", "Closed at", "case_times", "moment", required=True), _DUE, *_PLACE,
    ),
}  # fmt: skip
LABELS = {
    ORDERS: ("12345 热线工单", "12345 hotline orders"),
    HISTORIES: ("历史案件（已办结）", "Closed cases of earlier systems"),
}


def words(kind: str) -> dict[str, tuple[str, float]]:
    """The header names of a kind of sheet."""
    labels = {
        word_of(label): (t.name, 0.9)
        for t in TARGETS[kind]
        for label in (t.zh, t.en)
        if t.name.startswith(("case_", "home_t"))
    }
    return labels | {word_of(r["name"]): (r["field"], float(r["weight"])) for r in _rows("words") if r["kind"] == kind}


def heads(kind: str) -> dict[str, str]:
    """What each field is called most."""
    found: dict[str, str] = {}
    for row in _rows("words"):
        if row["kind"] == kind and row["field"]:
            found.setdefault(row["field"], row["name"])
    return found


def findings() -> dict[str, FindingKind]:
    """What can be wrong in rows of cases."""
    return {
        row["code"]: FindingKind(
            row["code"], cast(Severity, row["severity"]), Text(row["reason_zh"], row["reason_en"]),
            Text(row["remedy_zh"], row["remedy_en"]),
        )
        for row in _rows("findings")
    }  # fmt: skip


def _rows(table: str) -> list[dict[str, str]]:
    text = files("linli.cases").joinpath(f"data/intake_{table}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
