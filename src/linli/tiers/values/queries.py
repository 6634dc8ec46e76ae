"""Reads of what is declared: the value that counts for each metric, and how it came to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from linli.kernel.actors import Actor
from linli.kernel.paging import Page, encode, limit

from ..cursors import after_id
from ..permissions import ASSESS, DECLARE
from .models import Declaration


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared value that counts, with the day it speaks of. `synthetic`: of a demo (演示)."""

    value: Decimal
    as_of: date
    synthetic: bool = False


#: A withdrawal ends what was declared before it, on the days from its own on; of what is left the latest day counts, and of one
#: day what was declared last.
_LAST = """
SELECT DISTINCT ON (d.area_code, d.metric) d.area_code, d.metric, d.value, d.as_of, d.synthetic FROM tiers_declaration d
WHERE d.as_of <= %(day)s AND d.area_code = ANY(%(codes)s) AND d.value IS NOT NULL AND NOT EXISTS (
    SELECT FROM tiers_declaration w WHERE w.area_code = d.area_code AND w.metric = d.metric AND w.value IS NULL
    AND w.as_of <= %(day)s AND w.id > d.id
) ORDER BY d.area_code, d.metric, d.as_of DESC, d.id DESC
"""


def declared(codes: Sequence[str], day: date) -> Mapping[str, Mapping[str, Declared]]:
    """What counts on a day of each metric of each area, of those the transaction sees: what speaks of the latest day up to that
    one, whenever it was entered, unless it was taken back. One query."""
    found: dict[str, dict[str, Declared]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"day": day, "codes": list(codes)})
        for area, metric, value, as_of, synthetic in cursor.fetchall():
            found[area][metric] = Declared(value, as_of, synthetic)
    return found


def reading(actor: Actor, area: str) -> str:
    """The right by which somebody reads what an area declared and its evidence: that to declare there, else that to assess."""
    return DECLARE if actor.may(DECLARE, area) else ASSESS


def declarations_page(
    actor: Actor, area: str, metric: str | None, cursor: str | None = None, size: int | None = None
) -> Page[Declaration]:
    """What was declared of a community, the newest first. One query."""
    rows = Declaration.objects.restrict(actor, reading(actor, area), area).filter(area_code=area).order_by("-id")
    if metric:
        rows = rows.filter(metric=metric)
    if (after := after_id(cursor)) is not None:
        rows = rows.filter(id__lt=after)
    most = limit(size)
    found = list(rows[: most + 1])
    return Page(found[:most], encode((found[most - 1].id,)) if len(found) > most else None)
