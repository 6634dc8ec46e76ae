"""Decisions about facts typed by hand, as pure functions. Files are checked in columns by the intake room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from stdnum.cn import ric

from linli.kernel.errors import FieldProblem, Text

from .fields import BY_NAME

RESIDENT_CARD = "111"
SYNTHETIC_COUNTY = "990302"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0\d{2,3}-?\d{7,8}")
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9]{5,20}")

_INVALID = Text("填写有误，请检查。", "This is not valid; please check.")
_REQUIRED = Text("不能为空。", "This cannot be empty.")
_IDENTITY = Text("身份证号码校验不通过，请核对证件。", "The identity number fails its check; compare it with the card.")
_PHONE = Text("电话号码格式不正确。", "This is not a phone number.")
_DATE = Text("日期不正确，应早于今天，如 1980-05-01。", "Not a date in the past, such as 1980-05-01.")
_CODE = Text("请从列表中选择。", "Please choose from the list.")
_UNKNOWN = Text("没有这一项或不可修改。", "There is no such field, or it cannot be changed.")
_LONG = Text("内容过长。", "Too long.")


def identity_valid(kind: str, number: str, demo: bool) -> bool:
    """Whether a number can be of the document kind (GB 11643 for resident cards, GA/T 517 codes for the kind).

    County part 990302 is nobody's: only demo districts use it.
    """
    if kind != RESIDENT_CARD:
        return bool(_OTHER_DOCUMENT.fullmatch(number))
    if number.startswith(SYNTHETIC_COUNTY) and not demo:
        return False
    if not re.fullmatch(r"\d{17}[\dX]", number) or ric.calc_check_digit(number) != number[-1]:
        return False
    return born(number) is not None


def born(number: str) -> date | None:
    """The birth date in an 18-digit identity number, None if it is no date."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def phone_valid(number: str) -> bool:
    """Whether a number has the form of a mobile or a land line."""
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number))


def check_changes(
    changes: Mapping[str, str | None], codes: Mapping[str, frozenset[str]], today: date, demo: bool
) -> tuple[FieldProblem, ...]:
    """What is wrong with facts typed by hand: field by field, empty when nothing is.

    `codes` maps the name of each code list to its codes.
    """
    problems = []
    for name, value in changes.items():
        field = BY_NAME.get(name)
        if name == "id_kind":
            if value and value not in codes["id_kind"]:
                problems.append(FieldProblem(name, "code", _CODE))
        elif field is None or not field.editable:
            problems.append(FieldProblem(name, "unknown", _UNKNOWN))
        elif not value:
            if name == "name":
                problems.append(FieldProblem(name, "required", _REQUIRED))
        elif len(value) > 200:
            problems.append(FieldProblem(name, "long", _LONG))
        elif field.code_list and value not in codes.get(field.code_list, frozenset()):
            problems.append(FieldProblem(name, "code", _CODE))
        elif field.kind == "date" and not _past(value, today):
            problems.append(FieldProblem(name, "date", _DATE))
        elif name == "id_number" and not identity_valid(changes.get("id_kind") or RESIDENT_CARD, value, demo):
            problems.append(FieldProblem(name, "identity", _IDENTITY))
        elif name == "phone" and not phone_valid(value):
            problems.append(FieldProblem(name, "phone", _PHONE))
    return tuple(problems)


def _past(value: str, today: date) -> bool:
    try:
        return date(1880, 1, 1) <= date.fromisoformat(value) <= today
    except ValueError:
        return False
