"""Reads of survivorship: the rules that hold, changes of them, and what rules would change before they are entered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel import clock, paging
from linli.kernel.actors import Actor, system
from linli.kernel.paging import Page
from linli.kernel.scope import acting
from linli.registry.fields import BY_NAME, STORED, Field
from linli.registry.merge import golden
from linli.registry.merge.priorities import Priorities, Rule, own_priorities, priorities
from linli.registry.queries.person import shown, visible_people

from . import rules, slicing
from .models import RuleChange

LOOKED_AT, SAMPLES = 20_000, 20


@dataclass(frozen=True, slots=True)
class Count:
    """How many people would have another value of a field."""

    field: Field
    people: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A field of somebody before and after, masked as everywhere."""

    person_id: UUID
    name: str
    area_code: str
    field: Field
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What rules would change among the people `looked_at`; those are all whom they concern where `complete`."""

    looked_at: int
    complete: bool
    people: int
    counts: tuple[Count, ...]
    samples: tuple[Sample, ...]


def rules_on(day: date | None = None) -> Priorities:
    """What holds on a day, today by default."""
    return priorities(day or clock.today())


def preview(actor: Actor, wanted: Sequence[Rule], valid_from: date, most: int = LOOKED_AT) -> Preview:
    """What rules would change if they held; nothing is written.

    Everybody's statements are read, since a golden record rests on what was stated elsewhere too; samples are of people
    the actor sees.
    """
    known = priorities(valid_from).changed(wanted, own_priorities())
    fields = [BY_NAME[name] for name in rules.concerned(wanted)]
    with acting(system("survivorship", settings.LINLI_DISTRICT)):
        looked_at, _ = slicing.take(sorted({rule.source for rule in wanted}), None, most + 1)
        if looked_at > most:
            _drop_last()
        golden.under(known, "foretold")
        counts = _counts(fields)
        samples = _samples(fields) if counts[0] else []
    seen = set(visible_people(actor, [s.person_id for s in samples]))
    return Preview(
        min(looked_at, most),
        looked_at <= most,
        counts[0],
        tuple(Count(field, n) for field, n in zip(fields, counts[1:], strict=True) if n),
        tuple(s for s in samples if s.person_id in seen),
    )


def _drop_last() -> None:
    """The one who only told that there are more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM affected WHERE person_id = (SELECT person_id FROM affected ORDER BY 1 DESC LIMIT 1)"
        )


def _differs(field: Field) -> str:
    return (
        f"({', '.join(f'p.{c}' for c in field.stored)}) IS DISTINCT FROM ({', '.join(f'g.{c}' for c in field.stored)})"
    )


def _counts(fields: Sequence[Field]) -> list[int]:
    """How many people change at all, and in each of the fields."""
    each = ", ".join(f"count(*) FILTER (WHERE {_differs(field)})" for field in fields)
    anything = " OR ".join(_differs(field) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {anything}), {each} FROM foretold g JOIN registry_person p ON p.id = g.person_id"
        )
        return [int(n) for n in cursor.fetchone() or ()]


def _samples(fields: Sequence[Field]) -> list[Sample]:
    anything = " OR ".join(_differs(field) for field in fields)
    old = ", ".join(f"p.{c} AS old_{c}" for c in STORED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, p.area_code, {old}, {', '.join(f'g.{c}' for c in STORED)} FROM foretold g "
            f"JOIN registry_person p ON p.id = g.person_id WHERE {anything} ORDER BY p.id LIMIT {SAMPLES}"
        )
        names = [column.name for column in cursor.description]
        found = [SimpleNamespace(**dict(zip(names, values, strict=True))) for values in cursor.fetchall()]
    samples = []
    for each in found:
        before = SimpleNamespace(**{c: getattr(each, f"old_{c}") for c in STORED})
        for field in fields:
            if any(getattr(before, c) != getattr(each, c) for c in field.stored):
                samples.append(
                    Sample(each.id, before.name, each.area_code, field, shown(field, before)[0], shown(field, each)[0])
                )
    return samples[:SAMPLES]


def changes_page(cursor: str | None = None, limit: int | None = None) -> Page[RuleChange]:
    """Changes of rules, latest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    found: Any = RuleChange.objects.order_by("-id")
    if after:
        found = found.filter(id__lt=after[0])
    page = list(found[: size + 1])
    shown_ones = page[:size]
    return Page(shown_ones, paging.encode((shown_ones[-1].id,)) if len(page) > size else None)
