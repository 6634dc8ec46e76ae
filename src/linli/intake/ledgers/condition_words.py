"""Conditions as people read them, in their own language, and as `from_text` reads them again: 60岁以上 且 没有电话 且 性别=女."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from linli.kernel.actors import Actor
from linli.registry.models import CodeItem, TagKind

from . import custom_conditions
from .columns import CUSTOM
from .condition_text import from_text, to_text
from .conditions import CODED, FIELDS, FLAGS, All, Any_, Condition, Flag, Not, Test, fields_of
from .problems import ConditionInvalid

Labels = Mapping[tuple[str, str], str]
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠"}
# 民法典 第一千二百五十九条: 以上 and 以下 include the number itself.
_YEARS = {">=": "岁以上", "<=": "岁以下", "=": "岁"}


def in_words(actor: Actor, texts: Iterable[str], language: str) -> list[str]:
    """Lines of text in words; one that is not understood any more stays as it stands. Three queries at the most."""
    read: list[Condition | str] = []
    for text in texts:
        try:
            read.append(from_text(text))
        except ConditionInvalid:
            read.append(text)
    asked = frozenset(name for one in read if not isinstance(one, str) for name in fields_of(one))
    labels = _labels(asked, language)
    lines = [one if isinstance(one, str) else words(one, language, labels) for one in read]
    return custom_conditions.in_words(actor, lines, language)


def _labels(asked: frozenset[str], language: str) -> Labels:
    """(code list, code) -> label, of the lists that are asked for."""
    english = language.startswith("en")
    lists = sorted({CODED[name] for name in asked if name in CODED and name != "tag"})
    column = "label_en" if english else "label_zh"
    found = CodeItem.objects.filter(list__in=lists).values_list("list", "code", column) if lists else ()
    labels = {(name, code): label for name, code, label in found}
    if "tag" in asked:
        labels |= {("tag", kind.code): (english and kind.name_en) or kind.name_zh for kind in TagKind.objects.all()}
    return labels


def words(condition: Condition, language: str, labels: Labels, nested: bool = False) -> str:
    """A condition in words; codes without a label stay codes."""
    if language.startswith("en"):
        return to_text(_labelled(condition, labels))
    match condition:
        case Flag(name):
            return FLAGS[name][0]
        case Not(Flag(name)):
            said = FLAGS[name][0]
            return f"{'没' if said.startswith('有') else '不'}{said}"
        case Not(part):
            return f"非 ({words(part, language, labels)})"
        case Test():
            return _compared(condition, labels)
        case All(parts) | Any_(parts):
            word = " 且 " if isinstance(condition, All) else " 或 "
            line = word.join(words(part, language, labels, True) for part in parts)
            return f"({line})" if nested and len(parts) > 1 else line


def _compared(test: Test, labels: Labels) -> str:
    if test.field == "age" and len(test.values) == 1 and test.op in _YEARS:
        return f"{test.values[0]}{_YEARS[test.op]}"
    if test.field.startswith(CUSTOM):
        return to_text(test)
    told = [value if re.fullmatch(r"\w+", value) else f'"{value}"' for value in _said(test, labels)]
    name = FIELDS[test.field][0]
    if test.op == "between":
        return f"{name}={told[0]}..{told[1]}"
    return f"{name}{_SIGNS.get(test.op, test.op)}{told[0] if len(told) == 1 else '(' + '、'.join(told) + ')'}"


def _labelled(condition: Condition, labels: Labels) -> Condition:
    match condition:
        case All(parts):
            return All(tuple(_labelled(part, labels) for part in parts))
        case Any_(parts):
            return Any_(tuple(_labelled(part, labels) for part in parts))
        case Not(part):
            return Not(_labelled(part, labels))
        case Test(field, op, _, kind) if field in CODED:
            return Test(field, op, tuple(_said(condition, labels)), kind)
        case _:
            return condition


def _said(test: Test, labels: Labels) -> list[str]:
    return [labels.get((CODED.get(test.field, ""), str(value)), str(value)) for value in test.values]
