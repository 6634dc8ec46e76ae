"""Reads of recodes: the list of them, and what became of an old code."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from linli.access.queries.actors import display_name, names_of
from linli.kernel import paging
from linli.kernel.actors import Actor

from ..models import GridChange
from ..permissions import VIEW
from . import rules

# Every link of the chains that begin at the codes asked for. UNION, not UNION ALL: a ring would never end.
_CHAINS = """
WITH RECURSIVE known AS (
    SELECT code, successor FROM places_region WHERE successor IS NOT NULL
    UNION ALL SELECT code, successor FROM places_grid WHERE successor IS NOT NULL
), link(code, successor) AS (
    SELECT code, successor FROM known WHERE code = ANY(%(codes)s)
    UNION
    SELECT k.code, k.successor FROM link l JOIN known k ON k.code = l.successor
)
SELECT code, successor FROM link
"""


@dataclass(frozen=True, slots=True)
class RecodeItem:
    """A recode as a line of a list. `heirs` are the codes that ended and what each became."""

    id: uuid.UUID
    kind: str
    how: str
    old: str
    new: str
    was: str
    name: str
    area_code: str
    effective_on: date
    reason: str
    heirs: dict[str, str]
    moved: dict[str, int]
    undone: bool
    undoable: bool
    made_at: datetime
    made_by: str


def became(codes: Iterable[str]) -> dict[str, str]:
    """What became of codes: the present code of each that ended and was taken over; the others are left out. One query."""
    asked = sorted(set(codes))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_CHAINS, {"codes": asked})
        successors = dict(cursor.fetchall())
    found = {code: rules.follow(code, successors) for code in asked}
    return {code: now for code, now in found.items() if now != code}


def recodes(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> paging.Page[RecodeItem]:
    """Recodes in the actor's areas, newest first. Four queries."""
    rows = GridChange.objects.restrict(actor, VIEW, area).filter(kind__in=GridChange.RECODES)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(id__lt=after[0])
    page = list(
        rows.defer("before", "after", "outlines_before", "outlines_after", "areas_before").order_by("-id")[: size + 1]
    )
    more, page = len(page) > size, page[:size]
    following = paging.encode([str(page[-1].id)]) if more else None
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_items(page), following, count)


def recode_item(row: GridChange) -> RecodeItem:
    """One recode as a line."""
    return _items([row])[0]


def _items(rows: list[GridChange]) -> list[RecodeItem]:
    people = names_of(r.made_by for r in rows)
    newest: dict[str, uuid.UUID] = {}
    villages = sorted({code for r in rows for code in r.villages})
    standing = GridChange.objects.filter(undone_by=None, undoes=None, villages__overlap=villages)
    for change_id, codes in standing.order_by("id").values_list("id", "villages"):
        newest.update(dict.fromkeys(codes, change_id))
    return [
        RecodeItem(
            r.id, r.kind, _text(r, "how"), _text(r, "old"), _text(r, "new"), str(r.summary["was"]["name"]),
            _text(r, "name"), r.area_code, r.effective_on, r.reason, r.summary["heirs"], r.moved,
            r.undone_by is not None,
            not r.undone_by and not r.undoes and all(newest.get(c) == r.id for c in r.villages),
            r.made_at, display_name(r.made_by, people),
        )
        for r in rows
    ]  # fmt: skip


def _text(row: GridChange, key: str) -> Any:
    return row.summary[key]
