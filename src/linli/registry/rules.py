"""Decisions about facts typed by hand, as pure functions. Files are checked in columns by the intake room,
numbers of both by `identity` and `phones`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from linli.kernel.errors import FieldProblem, Text

from .fields import BY_NAME
from .identity import RESIDENT, read_identities
from .phones import read_phones

_REQUIRED = Text("不能为空。", "This cannot be empty.")
_IDENTITY = Text("身份证号码校验不通过，请核对证件。", "The identity number fails its check; compare it with the card.")
_PHONE = Text("电话号码格式不正确。", "This is not a phone number.")
_DATE = Text("日期不正确，应早于今天，如 1980-05-01。", "Not a date in the past, such as 1980-05-01.")
_CODE = Text("请从列表中选择。", "Please choose from the list.")
_UNKNOWN = Text("没有这一项或不可修改。", "There is no such field, or it cannot be changed.")
_LONG = Text("内容过长。", "Too long.")


def identity_of(kind: str, number: str, today: date, demo: bool) -> tuple[str, str] | None:
    """Kind and number of a document in canonical form, by the rules for files; None when it cannot be one.

    A 15-digit number of before 1999 comes out with 18. Numbers that are nobody's pass in demo districts only.
    """
    kinds, numbers = pl.Series([kind], dtype=pl.String), pl.Series([number], dtype=pl.String)
    found = read_identities(numbers, kinds, pl.Series([False]), today=today, demo=demo)
    known, good = found.kind[0], found.number[0]
    return (known, good) if known is not None and good is not None else None


def phone_of(number: str, demo: bool) -> str | None:
    """A phone number in plain digits, by the rules for files; None when it is none."""
    found: str | None = read_phones(pl.Series([number], dtype=pl.String), demo=demo).number[0]
    return found


def canonical(facts: Mapping[str, str | None], today: date, demo: bool) -> dict[str, str | None]:
    """Checked facts with their numbers in the form in which they are kept and looked up."""
    said = dict(facts)
    if (number := facts.get("id_number")) and (
        known := identity_of(facts.get("id_kind") or RESIDENT, number, today, demo)
    ):
        said["id_kind"], said["id_number"] = known
    if phone := facts.get("phone"):
        said["phone"] = phone_of(phone, demo)
    return said


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
        elif name == "id_number" and not identity_of(changes.get("id_kind") or RESIDENT, value, today, demo):
            problems.append(FieldProblem(name, "identity", _IDENTITY))
        elif name == "phone" and not phone_of(value, demo):
            problems.append(FieldProblem(name, "phone", _PHONE))
    return tuple(problems)


def _past(value: str, today: date) -> bool:
    try:
        return date(1880, 1, 1) <= date.fromisoformat(value) <= today
    except ValueError:
        return False
