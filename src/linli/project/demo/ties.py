"""The demo's guardians and tags: stated of its invented people, with gaps as lists in life have them.

A child's guardian is the head of its household or the head's spouse; every fifth child is left without one and every
fourth guardian without a consent. Tags are given to some of the very old. The same people get the same.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from linli.kernel import areas, clock, secrets
from linli.kernel.ids import uuid7_many
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.project.demo.identifiers import phone_numbers
from linli.registry.merge.run import lock
from linli.registry.models import Relation, Tag, TagKind
from linli.registry.queries.people import birthday
from linli.registry.ties.rules import CHILD_AGE, lapses_on

NO_GUARDIAN_EVERY, NO_CONSENT_EVERY, TAGGED_EVERY, VERY_OLD, BATCH = 5, 4, 2, 80, 5_000
# serials that nobody else of the demo has, so many for each town
PHONES_FROM, TOWNS, A_TOWN = 9_300_000, 116, 6_000
# Of one household, the head before the spouse; the child is the head's own.
_CHILDREN = """
SELECT DISTINCT ON (c.name_key, c.id) c.id, c.area_code, g.id, g.name, CASE WHEN g.sex = '2' THEN '52' ELSE '51' END
FROM registry_person c
JOIN registry_person g ON g.household_id = c.household_id AND g.relation_to_head IN ('0', '1') AND g.birth < %(adult)s
WHERE c.area_code >= %(low)s AND c.area_code < %(high)s AND c.birth > %(child)s AND c.relation_to_head IN ('2', '3')
ORDER BY c.name_key, c.id, g.relation_to_head
"""
_OLD = """
SELECT p.id, p.area_code, p.birth FROM registry_person p
WHERE p.area_code >= %(low)s AND p.area_code < %(high)s AND p.birth <= %(old)s ORDER BY p.name_key, p.id
"""


def tie_people(town: str) -> tuple[int, int]:
    """State guardians and tags of a town's people, once; returns how many of each."""
    low, high = areas.bounds(town)
    with acting(demo_actor()) as actor:
        lock()
        if any(model.objects.filter(area_code__gte=low, area_code__lt=high).exists() for model in (Relation, Tag)):
            return 0, 0
        today = clock.today()
        span = {
            "low": low,
            "high": high,
            "child": birthday(CHILD_AGE),
            "adult": birthday(18),
            "old": birthday(VERY_OLD),
        }
        first = PHONES_FROM + int(town[6:9]) % TOWNS * A_TOWN
        guardians, tags = _guardians(span, actor.id, today, first), _tags(span, actor.id, today)
        Relation.objects.bulk_create(guardians, batch_size=BATCH)
        Tag.objects.bulk_create(tags, batch_size=BATCH)
    return len(guardians), len(tags)


def _rows(query: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return list(cursor.fetchall())


def _guardians(span: dict[str, Any], by: str, today: date, first: int) -> list[Relation]:
    found = [row for serial, row in enumerate(_rows(_CHILDREN, span)) if serial % NO_GUARDIAN_EVERY]
    phones = secrets.encrypt_many(phone_numbers(np.arange(len(found)) % A_TOWN + first, 1).to_list())
    ids = uuid7_many(len(found))
    return [
        Relation(
            id=ids[serial], person_id=child, area_code=area, source_code="community", observed_on=today,
            recorded_at=clock.now(), recorded_by=by, reason="演示数据", kind="guardian", kinship=kinship, other_id=other,
            other_name=name, phone=phones[serial],
            consent_on=today - timedelta(days=30 + serial % 300) if serial % NO_CONSENT_EVERY else None,
            consent_form=str(1 + serial % 3) if serial % NO_CONSENT_EVERY else None,
        )
        for serial, (child, area, other, name, kinship) in enumerate(found)
    ]  # fmt: skip


def _tags(span: dict[str, Any], by: str, today: date) -> list[Tag]:
    kinds = {kind.code: kind for kind in TagKind.objects.filter(code__in=("elder_allowance", "living_alone"))}
    found = [row for serial, row in enumerate(_rows(_OLD, span)) if serial % TAGGED_EVERY == 0]
    ids = uuid7_many(len(found))
    made = []
    for serial, (person, area, _) in enumerate(found):
        kind = kinds["living_alone" if serial % 3 == 0 else "elder_allowance"]
        given = today - timedelta(days=serial % 300)
        made.append(
            Tag(
                id=ids[serial], person_id=person, area_code=area, source_code=kind.source_code, observed_on=given,
                recorded_at=clock.now(), recorded_by=by, reason="演示数据", kind=kind.code, legal_basis=kind.legal_basis,
                expires_on=lapses_on(given, kind.months),
            )
        )  # fmt: skip
    return made
