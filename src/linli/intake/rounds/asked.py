"""What a form asks of people: its columns, and of those the facts that can be entered or confirmed on the spot.

A column that follows from a fact (年龄 from the birthday, 楼栋 from the home) asks for the fact. How long a fact holds is
what the indicator of timeliness takes (registry.quality); what does not change is asked for only where it is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.registry.carried import day_of
from linli.registry.custom.models import CustomField
from linli.registry.fields import BY_NAME, Field
from linli.registry.quality.rules import RECENT_DAYS

from ..ledgers import custom
from ..ledgers.binding import Binding
from ..ledgers.columns import PEOPLE, Bindable, bindable

#: Facts of a life that stay as they are; a number or a name that does change is corrected, not asked for every year.
LASTING = frozenset({"name", "former_name", "sex", "birth", "nation", "id_number", "native_place", "nationality"})
_SHOWN_BY = {"home": "home_text"}
_RECORD = "coalesce((p.field_records->>'{name}')::uuid, p.main_record)"


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that is asked for where it is blank or older than `days` (None: it lasts). In SQL over `p`: whether it is
    there, its value as it is typed, the statement it comes from, and the day of that. `custom`: it is a custom field,
    with the `choices` it has."""

    name: str
    zh: str
    en: str
    kind: str
    code_list: str | None
    days: int | None
    shown_by: Bindable
    has: str
    raw: str
    record: str
    dated: str
    custom: UUID | None = None
    choices: tuple[str, ...] = ()

    def label(self, language: str) -> str:
        """What it is called in a language."""
        return self.en if language.startswith("en") else self.zh

    @property
    def confirmed(self) -> str:
        """When it was last confirmed as it stands, or said to be none where there is none."""
        return (
            "(SELECT max(c.stated_on) FROM intake_round_answer c WHERE c.person_id = p.id "
            f"AND c.field = '{self.name}' AND CASE WHEN {self.has} "
            f"THEN c.kind = 'confirmed' AND c.record_id = {self.record} ELSE c.kind = 'none' END)"
        )


def columns_of(binding: Binding, order: Sequence[str] = ()) -> tuple[Bindable, ...]:
    """What the columns of a form show, each once, in the order of the template, running numbers left out. One query, if
    any field is custom."""
    names = dict.fromkeys([*(name for name in order if name in binding.columns), *binding.columns])
    found = custom.resolved(binding.subject, filter(None, (binding.columns[name] for name in names)))
    return tuple(b for b in found.values() if b.render != "serial")


def asked_of(columns: Sequence[Bindable], subject: str, fresh_days: int | None = None) -> tuple[Asked, ...]:
    """The facts that the columns of a form about people ask for, in their order. `fresh_days`: the round's own limit.
    One query, if any field is custom."""
    if subject != PEOPLE:
        return ()
    own = CustomField.objects.in_bulk([b.custom for b in columns if b.custom is not None])
    named: dict[str, Asked] = {}
    for b in columns:
        if b.custom is not None and own[b.custom].retired_at is None:
            named.setdefault(b.name, _custom(b, own[b.custom], fresh_days))
        elif b.of in BY_NAME and BY_NAME[b.of].editable:
            named.setdefault(b.of, _fact(BY_NAME[b.of], fresh_days))
    return tuple(named.values())


def _custom(b: Bindable, field: CustomField, fresh_days: int | None) -> Asked:
    at = custom.alias(field.id)
    return Asked(
        name=b.name,
        zh=f"{field.name_zh}（{field.measure}）" if field.measure else field.name_zh,
        en=f"{field.name_en or field.name_zh} ({field.measure})" if field.measure else field.name_en or field.name_zh,
        kind=field.kind,
        code_list=None,
        days=fresh_days or RECENT_DAYS,
        shown_by=b,
        has=f"({at}.value IS NOT NULL OR {at}.sealed IS NOT NULL)",
        raw="NULL::text" if field.sensitive else f"{at}.value",
        record=f"{at}.id",
        dated=f"{at}.observed_on",
        custom=field.id,
        choices=tuple(field.choices),
    )


def _fact(field: Field, fresh_days: int | None) -> Asked:
    shown = bindable(PEOPLE, _SHOWN_BY.get(field.name, field.name))
    assert shown is not None
    value = {"home": "p.home_text", "id_number": "p.id_number", "phone": "p.phone"}.get(field.name, f"p.{field.name}")
    record = _RECORD.format(name=field.name)
    return Asked(
        name=field.name,
        zh=field.zh,
        en=field.en,
        kind=field.kind,
        code_list=field.code_list,
        days=None if field.name in LASTING else fresh_days or RECENT_DAYS,
        shown_by=shown,
        has=f"({value} IS NOT NULL)",
        raw="NULL::text" if field.kind == "identifier" else f"{value}::text",
        record=record,
        dated=day_of(record),
    )
