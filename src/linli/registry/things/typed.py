"""Facts of things as somebody types them: what is wrong with them, and their stored form. Pure decisions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from linli.kernel.errors import FieldProblem, Text
from linli.registry.rules import phone_of

from .kinds import POSITION, ThingField, ThingKind
from .rules import read_credit_codes

LONGEST, MOST_COUNTED = 500, 1_000_000
#: an inspection is planned at most so far ahead
FARTHEST = timedelta(days=5 * 366)
FIRST = date(1900, 1, 1)
# A rectangle around China: what lies outside is a slip of the keys.
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
_POSITION = re.compile(r"\s*(\d{2,3}(?:\.\d+)?)\s*[,，]\s*(\d{1,2}(?:\.\d+)?)\s*")

_UNKNOWN = Text("没有这一项或不可修改。", "There is no such field, or it cannot be changed.")
_REQUIRED = Text("不能为空。", "This cannot be empty.")
_LONG = Text("内容过长。", "Too long.")
_CODE = Text("请从列表中选择。", "Please choose from the list.")
_DATE = Text("日期不正确，如 2024-05-01。", "Not a date, such as 2024-05-01.")
_PAST = Text("日期应不晚于今天。", "The day cannot lie ahead.")
_INTEGER = Text("应为 0 至 1000000 的整数。", "A whole number from 0 to 1000000.")
_PHONE = Text("电话号码格式不正确。", "This is not a phone number.")
_CREDIT = Text("统一社会信用代码校验不通过。", "The credit code fails its check.")
_POSITION_WRONG = Text(
    "应为“经度, 纬度”（WGS-84），如 117.967000, 36.643000。",
    "Longitude, latitude (WGS-84), such as 117.967000, 36.643000.",
)
_BEFORE = Text("早于已登记的最近一次检查。", "Earlier than the last inspection on record.")
_NEXT = Text("下次检查应在本次之后，五年之内。", "The next inspection comes after this one, within five years.")


def check_corrections(
    kind: ThingKind, changes: Mapping[str, str | None], codes: Mapping[str, frozenset[str]], today: date, demo: bool
) -> tuple[FieldProblem, ...]:
    """What is wrong with facts typed by hand, field by field; empty when nothing is. `codes`: code list to its codes."""
    problems = []
    for name, value in changes.items():
        if name == POSITION.name:
            if value and position_of(value) is None:
                problems.append(FieldProblem(name, "position", _POSITION_WRONG))
            continue
        field = kind.by_name.get(name)
        if field is None or field.fixed:
            problems.append(FieldProblem(name, "unknown", _UNKNOWN))
        elif not value:
            if name == "name":
                problems.append(FieldProblem(name, "required", _REQUIRED))
        elif found := _wrong(field, value, codes, today, demo):
            problems.append(FieldProblem(name, *found))
    return tuple(problems)


def _wrong(
    field: ThingField, value: str, codes: Mapping[str, frozenset[str]], today: date, demo: bool
) -> tuple[str, Text] | None:
    if len(value) > LONGEST:
        return "long", _LONG
    match field.form:
        case "code":
            return None if value in codes.get(field.code_list or "", frozenset()) else ("code", _CODE)
        case "date":
            day = day_of(value)
            return ("date", _DATE) if day is None else ("past", _PAST) if day > today and not field.ahead else None
        case "integer":
            return None if re.fullmatch(r"\d{1,7}", value) and int(value) <= MOST_COUNTED else ("integer", _INTEGER)
        case "phone":
            return None if phone_of(value, demo) else ("phone", _PHONE)
        case "credit":
            return None if _credit(value, demo) else ("credit", _CREDIT)
        case _:
            return None


def typed(kind: ThingKind, changes: Mapping[str, str | None], demo: bool) -> dict[str, Any]:
    """Checked changes in the form in which statements keep facts; what is emptied is None."""
    facts: dict[str, Any] = {}
    for name, value in changes.items():
        form = kind.by_name.get(name, POSITION).form
        if not value:
            facts[name] = None
        elif form == "position":
            facts[name] = dict(zip(("lon", "lat"), position_of(value) or (), strict=False))
        elif form == "date":
            facts[name] = str(day_of(value))
        elif form == "integer":
            facts[name] = int(value)
        elif form == "phone":
            facts[name] = phone_of(value, demo)
        elif form == "credit":
            facts[name] = _credit(value, demo)
        else:
            facts[name] = value.strip()
    return facts


def check_inspection(
    on: date, next_on: date | None, before: date | None, today: date
) -> tuple[FieldProblem, ...]:  # fmt: skip
    """What is wrong with an inspection on a day, after one on `before`, with the next one planned for a day."""
    problems = []
    if not FIRST <= on <= today:
        problems.append(FieldProblem("inspected_on", "past", _PAST))
    elif before and on < before:
        problems.append(FieldProblem("inspected_on", "before", _BEFORE))
    if next_on and not on < next_on <= today + FARTHEST:
        problems.append(FieldProblem("next_inspection_on", "next", _NEXT))
    return tuple(problems)


def day_of(text: str) -> date | None:
    """A day as 2024-05-01, none before 1900."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= FIRST else None


def position_of(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of "117.967, 36.643"; None where it is none, or lies nowhere near."""
    found = _POSITION.fullmatch(text)
    if not found:
        return None
    lon, lat = float(found[1]), float(found[2])
    return (lon, lat) if WEST <= lon <= EAST and SOUTH <= lat <= NORTH else None


def _credit(value: str, demo: bool) -> str | None:
    code: str | None = read_credit_codes(pl.Series([value], dtype=pl.String), demo=demo).code[0]
    return code
