"""Conditions on people as a tree: what the builder makes and what is kept, as JSON; `condition_text` reads them from text.

As JSON: {"all": […]}, {"any": […]}, {"not": …}, {"field": "age", "op": ">=", "value": 60}, {"is": "lives_alone"}. A custom
field is named `custom:ID`, or `custom:` and its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from linli.registry import fields as registry_fields

from .columns import CUSTOM
from .problems import ConditionInvalid

Op = Literal["=", "!=", ">=", "<=", ">", "<", "between"]
DEEPEST, MOST = 8, 60

#: compared as codes of a list: field -> the list; tags and areas have lists of their own
CODED: dict[str, str] = {
    name: registry_fields.BY_NAME[name].code_list or name
    for name in (
        "sex", "nation", "marital", "education", "political", "population_kind", "register_consistent",
        "inflow_reason", "permit_kind", "left_behind_kind",
    )
} | {"home_kind": "home_kind", "relation_to_head": "relation_to_head", "tag": "tag"}  # fmt: skip
NUMBERS = ("age", "household_size")
FIELDS: dict[str, tuple[str, str]] = {
    "age": ("年龄", "Age"),
    "household_size": ("家庭人口数", "People in the household"),
    "area": ("区划", "Area"),
    "tag": ("标签", "Tag"),
    "home_kind": ("住所类型", "Kind of dwelling"),
    "relation_to_head": ("与户主关系", "Relation to head"),
} | {
    name: (registry_fields.BY_NAME[name].zh, registry_fields.BY_NAME[name].en)
    for name in CODED
    if name in registry_fields.BY_NAME
}
FLAGS: dict[str, tuple[str, str]] = {
    "lives_alone": ("独居", "Lives alone"),
    "is_head": ("是户主", "Is head of a household"),
    "has_id": ("有证件号码", "Has an identity number"),
    "has_phone": ("有电话", "Has a phone"),
    "has_home": ("有现住址", "Has a home"),
}
_ALSO = {
    "村居": "area", "镇街": "area", "网格": "area", "民族": "nation", "人口性质": "population_kind", "户主": "is_head",
    "居住方式": "home_kind", "人数": "household_size", "一人户": "lives_alone", "留守": "left_behind_kind",
}  # fmt: skip
NAMES: dict[str, str] = (
    {name: name for name in (*FIELDS, *FLAGS)}
    | {zh: name for name, (zh, _) in (FIELDS | FLAGS).items()}
    | _ALSO
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Test:
    """A field compared with values: one of them for "=" and "!=", two for "between", else one. `kind`: of a custom field,
    once it is understood (`custom_conditions`), that of its values."""

    field: str
    op: Op
    values: tuple[str | int, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that holds or does not."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """That a condition does not hold, or it is not known whether it does."""

    part: Condition


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; without parts, of everybody."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Any_:
    """One part holds at least."""

    parts: tuple[Condition, ...]


Condition = All | Any_ | Not | Test | Flag
EVERYBODY = All()


def wrong(at: int, why_zh: str, why_en: str) -> ConditionInvalid:
    return ConditionInvalid(at=at, why_zh=why_zh, why_en=why_en)


def fields_of(condition: Condition) -> frozenset[str]:
    """The fields and flags a condition asks for."""
    if isinstance(condition, All | Any_):
        return frozenset(name for part in condition.parts for name in fields_of(part))
    if isinstance(condition, Not):
        return fields_of(condition.part)
    return frozenset({condition.field if isinstance(condition, Test) else condition.name})


# JSON


def to_json(condition: Condition) -> dict[str, Any]:
    """The documented form."""
    match condition:
        case All(parts):
            return {"all": [to_json(p) for p in parts]}
        case Any_(parts):
            return {"any": [to_json(p) for p in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Flag(name):
            return {"is": name}
        case Test(field, op, values):
            return {"field": field, "op": op, "value": values[0] if len(values) == 1 else list(values)}


def from_json(document: Any) -> Condition:
    """A condition from its documented form. Raises ConditionInvalid."""
    left = [MOST]
    return _from_json(document, 0, left)


def _from_json(document: Any, depth: int, left: list[int]) -> Condition:
    left[0] -= 1
    if depth > DEEPEST or left[0] < 0:
        raise wrong(1, "条件太多或嵌套太深", "it has too many parts, or too deep")
    if not isinstance(document, dict) or not document:
        raise wrong(1, "格式不符合说明", "this is not in the documented form")
    for key, kind in (("all", All), ("any", Any_)):
        if key in document:
            parts = document[key]
            if not isinstance(parts, list):
                raise wrong(1, "格式不符合说明", "this is not in the documented form")
            return kind(tuple(_from_json(part, depth + 1, left) for part in parts))  # type: ignore[no-any-return,operator]
    if "not" in document:
        return Not(_from_json(document["not"], depth + 1, left))
    if "is" in document:
        flag = document["is"]
        if not isinstance(flag, str) or flag not in FLAGS:
            raise wrong(1, "没有这一项", "there is no such condition")
        return Flag(flag)
    value = document.get("value")
    values = tuple(value) if isinstance(value, list) else (value,)
    return test_of(str(document.get("field")), str(document.get("op", "=")), values, 1)


def test_of(field: str, op: str, values: Iterable[Any], at: int) -> Test:
    """A comparison that makes sense. Raises ConditionInvalid."""
    given = tuple(values)
    if field.startswith(CUSTOM):
        return _of_custom(field, op, given, at)
    if field not in FIELDS:
        raise wrong(at, "没有这一项", "there is no such field")
    if op not in ("=", "!=", ">=", "<=", ">", "<", "between") or not given:
        raise wrong(at, "缺少比较符号或值", "an operator or a value is missing")
    if field in NUMBERS:
        try:
            numbers = tuple(int(str(v)) for v in given)
        except ValueError:
            raise wrong(at, "应为整数", "a whole number is needed") from None
        if any(not 0 <= n <= 200 for n in numbers) or (op == "between" and (len(numbers) != 2)):
            raise wrong(at, "数值应在 0 到 200 之间", "numbers lie between 0 and 200")
        if op in (">=", "<=", ">", "<") and len(numbers) != 1:
            raise wrong(at, "只能与一个数比较", "it can be compared with one number only")
        return Test(field, op, numbers)  # type: ignore[arg-type]
    if op not in ("=", "!="):
        raise wrong(at, "此项只能用“=”或“!=”", "this field takes “=” and “!=” only")
    texts = tuple(str(v).strip() for v in given if isinstance(v, str | int) and not isinstance(v, bool))
    if len(texts) != len(given) or any(not t or len(t) > 60 for t in texts):
        raise wrong(at, "缺少值", "a value is missing")
    if field == "area" and not all(re.fullmatch(r"\d{6}(\d{3}){0,3}", t) for t in texts):
        raise wrong(at, "区划应为 6、9、12 或 15 位代码", "an area is a code of 6, 9, 12 or 15 digits")
    return Test(field, op, texts)  # type: ignore[arg-type]


def _of_custom(field: str, op: str, given: tuple[Any, ...], at: int) -> Test:
    """A comparison of a custom field; whether its kind allows it is told when it is understood."""
    name, texts = field.removeprefix(CUSTOM).strip(), tuple(_said(value) for value in given)
    if not 0 < len(name) <= 60:
        raise wrong(at, "没有这一项", "there is no such field")
    counts = {"between": (2,), ">=": (1,), "<=": (1,), ">": (1,), "<": (1,)}
    if op not in ("=", "!=", *counts) or not texts or any(not text or len(text) > 60 for text in texts):
        raise wrong(at, "缺少比较符号或值", "an operator or a value is missing")
    if len(texts) not in counts.get(op, (len(texts),)):
        raise wrong(at, "只能与一个值比较", "it can be compared with one value only")
    return Test(f"{CUSTOM}{name}", op, texts)  # type: ignore[arg-type]


def _said(value: Any) -> str:
    """A value as people write it; "" for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def with_codes(condition: Condition, lists: Mapping[str, Mapping[str, str]]) -> Condition:
    """The same with codes where labels stood: `lists` leads from code list to label (or code) to code.

    Raises ConditionInvalid for a value that is in no list.
    """
    match condition:
        case All(parts):
            return All(tuple(with_codes(p, lists) for p in parts))
        case Any_(parts):
            return Any_(tuple(with_codes(p, lists) for p in parts))
        case Not(part):
            return Not(with_codes(part, lists))
        case Test(field, op, values) if field in CODED:
            known = lists.get(CODED[field], {})
            codes = [known.get(str(v)) for v in values]
            if None in codes:
                zh, en = FIELDS[field]
                raise wrong(1, f"“{zh}”没有这个值", f"“{en}” has no such value")
            return Test(field, op, tuple(c for c in codes if c is not None))
        case _:
            return condition
