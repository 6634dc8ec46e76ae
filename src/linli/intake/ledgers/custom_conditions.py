"""Conditions on custom fields: found by name or id among those one may be told, compared in the normal form of their kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from linli.kernel.actors import Actor
from linli.registry.custom import queries, rules
from linli.registry.custom.models import CustomField

from . import custom
from .columns import CUSTOM
from .conditions import All, Any_, Condition, Not, Test, fields_of, wrong

_NAMED = re.compile(rf"{CUSTOM}[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
_ORDERED = ("integer", "decimal", "date")
_NUMBERS = ("integer", "decimal")
# What came later replaces what a person was said to have before (`CustomValue`): of each the latest statement counts.
_LATEST = """({person} IN (
    SELECT v.person_id FROM registry_custom_value v WHERE v.field_id = %({field})s AND {compared} AND NOT EXISTS (
        SELECT FROM registry_custom_value n WHERE n.person_id = v.person_id AND n.field_id = v.field_id
        AND (n.observed_on, n.recorded_at, n.id) > (v.observed_on, v.recorded_at, v.id))))"""


def understood(actor: Actor, condition: Condition) -> Condition:
    """The condition with custom fields by their ids and values in normal form. One query, if any is custom.

    Raises ConditionInvalid for a field that is not there or that another office keeps to itself, and for what is no value.
    """
    if not any(name.startswith(CUSTOM) for name in fields_of(condition)):
        return condition
    return _with(condition, list(queries.told_to(actor).order_by("name_zh", "id")))


def _with(condition: Condition, fields: list[CustomField]) -> Condition:
    match condition:
        case All(parts):
            return All(tuple(_with(part, fields) for part in parts))
        case Any_(parts):
            return Any_(tuple(_with(part, fields) for part in parts))
        case Not(part):
            return Not(_with(part, fields))
        case Test(field, _, _, kind) if field.startswith(CUSTOM) and not kind:
            return _compared(condition, _field(field, fields))
        case _:
            return condition


def _field(name: str, fields: list[CustomField]) -> CustomField:
    """The field of a name; one in use before all, and of several none. Raises ConditionInvalid."""
    field_id, called = custom.id_of(name), rules.clean(name.removeprefix(CUSTOM))
    if field_id is not None:
        found = [field for field in fields if field.id == field_id]
    else:
        found = [
            f for f in fields if f.retired_at is None and called in (rules.clean(f.name_zh), rules.clean(f.name_en))
        ]
    if len(found) > 1:
        raise wrong(
            1, f"有几个数据项都叫“{called}”，请用编号", f"several fields are called “{called}”: name one by its id"
        )
    if not found:
        said = "" if field_id is not None else called
        raise wrong(1, f"没有数据项“{said}”，或不对您公开", f"there is no field “{said}”, or it is not told to you")
    return found[0]


def _compared(test: Test, field: CustomField) -> Test:
    if field.sensitive:
        raise wrong(
            1, f"“{field.name_zh}”加密保存，不能作条件", f"“{field.name_zh}” is kept encrypted: nobody is chosen by it"
        )
    if test.op not in ("=", "!=") and field.kind not in _ORDERED:
        raise wrong(1, f"“{field.name_zh}”只能用“=”或“!=”", f"“{field.name_zh}” takes “=” and “!=” only")
    values = [rules.normal(field.kind, str(value), field.choices) for value in test.values]
    if None in values:
        said = rules.WRONG[field.kind]
        told = {"choices": "、".join(field.choices)}
        raise wrong(
            1,
            f"“{field.name_zh}”{said.say('zh', told).rstrip('。')}",
            f"“{field.name_zh}”: {said.say('en', told).rstrip('.')}",
        )
    name = custom.name_of(field.id)
    return Test(name, test.op, tuple(value for value in values if value is not None), field.kind)


def sql(test: Test, person: str, params: dict[str, Any]) -> str:
    """That the latest statement of a person meets an understood comparison; it is never unknown. Adds to `params`."""
    names = [f"w{len(params) + at}" for at in range(3)]
    # Statements of other fields are no numbers, and the database may look at them first.
    number = test.kind in _NUMBERS
    held = f"CASE WHEN v.field_id = %({names[0]})s THEN v.value::numeric END" if number else 'v.value COLLATE "C"'
    values: list[Any] = [Decimal(str(value)) if number else str(value) for value in test.values]
    params[names[0]] = custom.id_of(test.field)
    if test.op == "between":
        params[names[1]], params[names[2]] = values
        compared = f"{held} BETWEEN %({names[1]})s AND %({names[2]})s"
    elif test.op == "=":
        params[names[1]] = values
        compared = f"{held} = ANY(%({names[1]})s::{'numeric' if number else 'text'}[])"
    else:
        params[names[1]] = values[0]
        compared = f"{held} {test.op} %({names[1]})s"
    return _LATEST.format(person=person, field=names[0], compared=compared)


def in_words(actor: Actor, texts: Iterable[str], language: str) -> list[str]:
    """Conditions with the names of custom fields where their ids stood, as they can be typed again. One query, if any is
    custom; a field that is not told, or whose name is not its own, keeps its id."""
    lines = list(texts)
    wanted = {UUID(found.removeprefix(CUSTOM)) for line in lines for found in _NAMED.findall(line)}
    if not wanted:
        return lines
    called: dict[str, list[CustomField]] = {}
    for field in queries.offered(actor):
        called.setdefault((language.startswith("en") and field.name_en) or field.name_zh, []).append(field)
    names = {custom.name_of(of[0].id): name for name, of in called.items() if len(of) == 1 and '"' not in name}
    return [_NAMED.sub(lambda hit: f'"{names[hit[0]]}"' if hit[0] in names else hit[0], line) for line in lines]
