"""Decisions about custom fields as pure functions: what may be one, and the normal form of what is stated in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from linli.kernel.errors import FieldProblem, Text
from linli.kernel.texts import printable, unprintable
from linli.registry.ties.rules import REFUSED, word_found

FieldKind = Literal["text", "integer", "decimal", "date", "boolean", "choice"]
KINDS: tuple[FieldKind, ...] = get_args(FieldKind)
KIND_NAMES: dict[str, Text] = {
    "text": Text("文字", "Text"),
    "integer": Text("整数", "Whole number"),
    "decimal": Text("小数", "Decimal number"),
    "date": Text("日期", "Date"),
    "boolean": Text("是/否", "Yes or no"),
    "choice": Text("选项", "Choice"),
}
LONGEST_NAME, LONGEST_VALUE, LONGEST_NOTE = 40, 500, 200
MOST_CHOICES, MOST_DIGITS, MOST_PLACES = 60, 15, 6
#: Registers that stay with their departments (吸毒, 艾滋, 精神障碍, 社区矫正): no field may hold them, masked or not.
REGISTERS = (
    "吸毒", "涉毒", "戒毒", "艾滋", "hiv", "aids", "精神", "肇事肇祸", "矫正", "刑满", "刑释", "服刑",
    "mental", "psychiatric", "probation", "convict",
)  # fmt: skip
#: What of the sensitive data of 个人信息保护法 第二十八条 a benefit may need (illness, accounts): allowed, but encrypted and
#: masked. Every other kind is refused, as for tags. Which is which is our own choice (inferred).
MASKED = ("health", "finance")
#: Numbers that stand for somebody (证件号码, 电话): encrypted and masked wherever they are held. Which words tell them is our
#: own choice (inferred).
NUMBERS = (
    "身份证", "证件号", "证号", "护照", "社保卡", "社会保障卡", "手机", "电话", "联系方式", "微信号",
    "id number", "identity", "passport", "phone", "mobile", "telephone",
)  # fmt: skip
#: the kinds that can hold one
NUMBERED = ("text", "integer")
TRUE, FALSE = "true", "false"
_YES = ("是", "有", "√", "✓", "对", "y", "yes", "true", "1", "t")
_NO = ("否", "无", "没有", "×", "✗", "n", "no", "false", "0", "f")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})")

_REQUIRED = Text("不能为空。", "This cannot be empty.")
_LONG = Text("内容过长（最多 {most} 字）。", "Too long (at most {most} characters).")
_KIND = Text("请从列表中选择类型。", "Please choose a kind from the list.")
_CHOICES = Text(
    "请列出 2 至 {most} 个不重复的选项，每个不超过 40 字。", "List 2 to {most} different values of up to 40 characters."
)
_NO_CHOICES = Text("只有“选项”类型才列出选项。", "Only a choice has a list of values.")
_HELD = Text(
    "底座中已有“{name}”，请直接对应，不要另建。", "The base holds “{name}” already: bind the column to it instead."
)
_REFUSED = Text(
    "不得登记{what}：这类信息由主管部门保管，不进入社区底座。",
    "{what_en} may not be held: such data stay with the departments in charge and out of this base.",
)
_MASK = Text(
    "{what}属于敏感个人信息，请勾选“敏感”，加密保存、掩码显示。",
    "{what_en} is sensitive personal data: mark the field as sensitive, so that it is encrypted and masked.",
)
_NUMBER = Text("证件号码、电话等号码", "an identity or phone number")
_REGISTER = Text(
    "吸毒、艾滋、精神障碍、社区矫正等专门名册", "registers of drug use, HIV, mental illness or community correction"
)
WRONG: dict[str, Text] = {
    "text": Text(
        "内容过长（最多 500 字）或含有不可见字符。",
        "Too long (at most 500 characters), or with unprintable characters.",
    ),
    "integer": Text("应为整数，如 12。", "A whole number is needed, such as 12."),
    "decimal": Text("应为数字，如 12.5（最多 6 位小数）。", "A number is needed, such as 12.5 (at most 6 places)."),
    "date": Text("应为日期，如 2026-05-01。", "A date is needed, such as 2026-05-01."),
    "boolean": Text("应为“是”或“否”。", "Yes or no is needed."),
    "choice": Text("应为选项之一：{choices}。", "One of these is needed: {choices}."),
}


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A custom field as somebody describes it."""

    name_zh: str
    kind: str
    owner_name: str
    name_en: str = ""
    choices: tuple[str, ...] = ()
    measure: str = ""
    note: str = ""
    sensitive: bool = False
    owner_only: bool = False


def clean(text: str) -> str:
    """A text in one form: full-width letters and digits narrow, spaces single."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()


def check_field(form: FieldForm, held: Collection[str]) -> tuple[FieldProblem, ...]:
    """What is wrong with a custom field; `held` are the labels of what the base holds anyway."""
    problems = []
    names = (("name_zh", form.name_zh), ("name_en", form.name_en))
    for field, name in names:
        if field == "name_zh" and not name.strip():
            problems.append(FieldProblem(field, "required", _REQUIRED))
        problems += _too_long(field, name, LONGEST_NAME)
    if clean(form.name_zh) in held:
        problems.append(FieldProblem("name_zh", "held", _HELD, {"name": clean(form.name_zh)}))
    said = (*names, ("note", form.note), *(("choices", choice) for choice in form.choices))
    for field, name in said:
        problems += _touchy(field, name, form.sensitive)
    lines = (*names, *(("choices", choice) for choice in form.choices), ("owner_name", form.owner_name))
    problems += unprintable((field, clean(text)) for field, text in (*lines, ("measure", form.measure)))
    problems += unprintable([("note", form.note)], lines=True)
    if form.kind in NUMBERED and not form.sensitive and any(word_found(w, n) for _, n in names for w in NUMBERS):
        told = {"what": _NUMBER.zh, "what_en": _NUMBER.en.capitalize()}
        problems.append(FieldProblem("sensitive", "mask", _MASK, told))
    if form.kind not in KINDS:
        problems.append(FieldProblem("kind", "code", _KIND))
    elif form.kind == "choice":
        listed = [clean(choice) for choice in form.choices]
        good = 2 <= len(listed) <= MOST_CHOICES and len(set(listed)) == len(listed)
        if not good or any(not 0 < len(choice) <= LONGEST_NAME for choice in listed):
            problems.append(FieldProblem("choices", "choices", _CHOICES, {"most": MOST_CHOICES}))
    elif form.choices:
        problems.append(FieldProblem("choices", "choices", _NO_CHOICES))
    if not form.owner_name.strip():
        problems.append(FieldProblem("owner_name", "required", _REQUIRED))
    problems += _too_long("owner_name", form.owner_name, 60)
    problems += _too_long("measure", form.measure, 20)
    problems += _too_long("note", form.note, LONGEST_NOTE)
    return tuple(problems)


def _too_long(field: str, text: str, most: int) -> list[FieldProblem]:
    return [FieldProblem(field, "long", _LONG, {"most": most})] if len(text) > most else []


def _touchy(field: str, text: str, sensitive: bool) -> list[FieldProblem]:
    told = touches(text)
    if told is None or (told[0] in MASKED and sensitive):
        return []
    what = told[1]
    said = {"what": what.zh, "what_en": what.en.capitalize()}
    if told[0] in MASKED:
        return [FieldProblem("sensitive", "mask", _MASK, said)]
    return [FieldProblem(field, "refused", _REFUSED, said)]


def touches(text: str) -> tuple[str, Text] | None:
    """The kind of sensitive data a text tells of, and its words: a register that stays out (`register`), else one of
    `ties.rules.REFUSED`; None for nothing of the kind."""
    if any(word_found(word, text) for word in REGISTERS):
        return "register", _REGISTER
    return next(((key, what) for key, what, words in REFUSED if any(word_found(w, text) for w in words)), None)


def normal(kind: str, text: str, choices: Sequence[str] = ()) -> str | None:
    """What was written, in the normal form of its kind; None where it is nothing of the kind.

    Numbers without separators and needless zeros, days as ISO 8601, yes and no as `true` and `false`.
    """
    said = clean(text)
    match kind:
        case "text":
            return said if said and len(said) <= LONGEST_VALUE and printable(said) else None
        case "integer" | "decimal":
            return _number(said, MOST_PLACES if kind == "decimal" else 0)
        case "date":
            return _day(said)
        case "boolean":
            low = said.lower()
            return TRUE if low in _YES else FALSE if low in _NO else None
        case "choice":
            return next((choice for choice in choices if clean(choice) == said), None)
    return None


def _number(text: str, places: int) -> str | None:
    plain = text.replace(",", "") if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", text) else text
    if not re.fullmatch(r"[-+]?\d+(\.\d*)?|[-+]?\.\d+", plain):
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    whole, _, rest = format(number, "f").partition(".")
    rest = rest.rstrip("0")
    if len(whole.lstrip("-0")) > MOST_DIGITS or len(rest) > places:
        return None
    told = f"{int(whole)}" if int(whole) or not whole.startswith("-") else "-0"
    if rest:
        return f"{told}.{rest}"
    return "0" if told == "-0" else told


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in (found.groups()[:3] if found[1] else found.groups()[3:]))
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def wrong(field: str, kind: str, choices: Sequence[str]) -> FieldProblem:
    """That a value is nothing of its kind."""
    return FieldProblem(field, f"registry.custom.{kind}", WRONG[kind], {"choices": "、".join(choices)})
