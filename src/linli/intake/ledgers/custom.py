"""Custom fields in ledgers: bound as `custom:ID`, read as the latest statement of each person, proposed by their names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.registry.custom import queries
from linli.registry.custom.models import CustomField
from linli.registry.models import TagKind

from ..reading.header import plain
from .columns import CUSTOM, HOUSEHOLDS, PEOPLE, TAGGED, Bindable, Render, bindable

if TYPE_CHECKING:
    from .binding import Binding

_RENDERED: dict[str, tuple[Render, str]] = {
    "text": ("text", "{custom}.value"),
    "choice": ("text", "{custom}.value"),
    "integer": ("number", "{custom}.value::bigint"),
    "decimal": ("decimal", "{custom}.value::float8"),
    "date": ("date", "{custom}.value::date"),
    "boolean": ("flag", "({custom}.value = 'true')"),
}
_LATEST = """
LEFT JOIN LATERAL (
    SELECT v.id, v.value, v.sealed, v.source_code, v.observed_on FROM registry_custom_value v
    WHERE v.person_id = p.id AND v.field_id = %({alias})s
    ORDER BY v.observed_on DESC, v.recorded_at DESC, v.id DESC LIMIT 1
) {alias} ON true"""


def name_of(field_id: UUID) -> str:
    """How a binding names a custom field."""
    return f"{CUSTOM}{field_id}"


def id_of(name: str) -> UUID | None:
    """The custom field a binding names; None for any other name."""
    if not name.startswith(CUSTOM):
        return None
    try:
        return UUID(name.removeprefix(CUSTOM))
    except ValueError:
        return None


def offered(actor: Actor) -> list[CustomField]:
    """The custom fields in use whose values `actor` may be told."""
    return queries.offered(actor)


def resolved(subject: str, names: Iterable[str]) -> dict[str, Bindable]:
    """What names of a binding stand for; those that stand for nothing are left out. One query if any is custom, one if any
    is a tag, which is called as the catalogue of tags calls it."""
    asked = list(dict.fromkeys(names))
    found = {name: b for name in asked if (b := bindable(subject, name)) is not None}
    if tags := {name: name.removeprefix(TAGGED) for name in found if name.startswith(TAGGED)}:
        kinds = TagKind.objects.in_bulk(list(tags.values()))
        found |= {name: _tagged(found[name], kinds[code]) for name, code in tags.items() if code in kinds}
    wanted = {name: field_id for name in asked if (field_id := id_of(name)) is not None}
    if wanted and subject in (PEOPLE, HOUSEHOLDS):
        fields = CustomField.objects.in_bulk(list(wanted.values()))
        found |= {name: _bindable(fields[i]) for name, i in wanted.items() if i in fields}
    return found


def _tagged(b: Bindable, kind: TagKind) -> Bindable:
    return replace(b, zh=f"标签：{kind.name_zh}", en=f"Tag: {kind.name_en or kind.name_zh}")


def _bindable(field: CustomField) -> Bindable:
    render, sql = _RENDERED[field.kind] if not field.sensitive else ("secret", "{custom}.sealed")
    return Bindable(
        name_of(field.id), field.name_zh, field.name_en or field.name_zh, sql, render, custom=field.id,
        retired=retired_on(field),
    )  # fmt: skip


def retired_on(field: CustomField) -> date | None:
    """The day from which a field is asked no more; None for one in use."""
    return field.retired_at.astimezone(clock.LOCAL).date() if field.retired_at is not None else None


def retired(actor: Actor, names: Iterable[str]) -> dict[str, CustomField]:
    """Those of some names of a binding that stand for fields asked no more which `actor` may be told. One query, if any
    is custom."""
    wanted = [field_id for name in names if (field_id := id_of(name)) is not None]
    found = queries.told_to(actor).filter(id__in=wanted).exclude(retired_at=None) if wanted else ()
    return {name_of(field.id): field for field in found}


def withheld(actor: Actor, bound: Iterable[Bindable]) -> frozenset[str]:
    """Those that other offices keep to themselves. One query, if any is custom."""
    names = {b.custom: b.name for b in bound if b.custom is not None}
    if not names:
        return frozenset()
    told = set(queries.told_to(actor).filter(id__in=list(names)).values_list("id", flat=True))
    return frozenset(name for field_id, name in names.items() if field_id not in told)


def alias(field_id: UUID) -> str:
    """The name of a custom field's latest statement in a statement of SQL."""
    return f"custom_{field_id.hex}"


def aliases(columns: Sequence[Bindable]) -> dict[str, str]:
    """The custom fields among columns with their aliases, in their order."""
    return {b.name: alias(b.custom) for b in columns if b.custom is not None}


def joins(columns: Sequence[Bindable], params: dict[str, Any]) -> str:
    """The joins that give the latest statements of each person `p`. Adds to `params`."""
    told = ""
    for b in columns:
        if b.custom is not None:
            params[alias(b.custom)] = b.custom
            told += _LATEST.format(alias=alias(b.custom))
    return told


def with_custom(binding: Binding, fields: Sequence[CustomField]) -> Binding:
    """The binding with columns that nothing filled bound to custom fields of their name, each once."""
    if binding.subject not in (PEOPLE, HOUSEHOLDS):
        return binding
    by_name: dict[str, str] = {}
    for field in fields:
        for name in filter(None, (field.name_zh, field.name_en)):
            by_name.setdefault(plain(name), name_of(field.id))
    taken = {target for target in binding.columns.values() if target}
    bound = dict(binding.columns)
    for column, target in binding.columns.items():
        found = by_name.get(plain(column)) or by_name.get(plain(column.rpartition("/")[2]))
        if target is None and found and found not in taken:
            bound[column] = found
            taken.add(found)
    return replace(binding, columns=bound)
