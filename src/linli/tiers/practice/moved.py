"""What a card moved: its metrics at two days, read from the standings of assessments each time it is asked for.

What is published of a community is told to all, though its standings are not: they are read by the program, of the metrics its
card names alone.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel.actors import system
from linli.kernel.scope import acting

from .models import PracticeCard, PracticeMetric

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric in an assessment. `how`: computed from records or declared, None where it was not known; `assessed_on` is the day
    of the assessment, `said_on` the day a declared value speaks of."""

    value: Decimal | None = None
    how: Literal["computed", "declared"] | None = None
    assessed_on: date | None = None
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A metric of a card with its figures before and after, and what the author states of it."""

    metric: str
    before: Figure
    after: Figure
    stated_before: Decimal | None
    stated_after: Decimal | None


NOTHING = Figure()

#: Of each card and side the last assessment up to its day that the community stood in, with the metrics the card names.
#: A community that got another code is looked for under those it had, as long as it alone became what it is: of several that
#: were merged the figures of none are those of all.
_READ = """
WITH RECURSIVE went(now, code) AS (
    SELECT DISTINCT a COLLATE "C", a COLLATE "C" FROM unnest(%(areas)s::text[]) a
    UNION
    SELECT w.now, r.code FROM went w JOIN places_region r ON r.successor = w.code
    WHERE NOT EXISTS (SELECT FROM places_region o WHERE o.successor = w.code AND o.code <> r.code)
)
SELECT x.card, x.side, s.day, (
    SELECT jsonb_object_agg(m.metric, s.readings -> m.metric) FROM tiers_practice_metric m WHERE m.card_id = x.card
)::text
FROM unnest(%(cards)s::uuid[], %(sides)s::text[], %(areas)s::text[], %(days)s::date[]) AS x(card, side, area, day)
CROSS JOIN LATERAL (
    SELECT a.day, t.readings FROM tiers_standing t JOIN tiers_assessment a ON a.id = t.assessment_id
    WHERE t.area_code IN (SELECT w.code FROM went w WHERE w.now = x.area COLLATE "C") AND a.state = 'finished' AND a.day <= x.day
    ORDER BY a.day DESC, a.finished_at DESC, a.id DESC LIMIT 1
) s
"""


def moved(cards: Sequence[PracticeCard]) -> Mapping[UUID, Sequence[Moved]]:
    """What each of the cards, which are in the reader's sight, moved. Two queries. A figure after is of a later assessment than
    the one before; where there is none it is not known."""
    if not cards:
        return {}
    asked = [
        (card.id, side, card.area_code, day)
        for card in cards
        for side, day in (("before", card.before_on), ("after", card.after_on))
        if day is not None
    ]
    ids = [card.id for card in cards]
    with acting(system("practice", settings.LINLI_DISTRICT)):
        named: dict[UUID, list[PracticeMetric]] = defaultdict(list)
        for row in PracticeMetric.objects.filter(card_id__in=ids).order_by("card_id", "position"):
            named[row.card_id].append(row)
        read = _read(asked)
    return {card.id: [_moved(row, read) for row in named[card.id]] for card in cards}


def _read(asked: Sequence[tuple[UUID, str, str, date]]) -> dict[tuple[UUID, str], tuple[date, Mapping[str, Any]]]:
    names = ("cards", "sides", "areas", "days")
    columns = zip(*asked, strict=True) if asked else ([], [], [], [])
    with connection.cursor() as cursor:
        cursor.execute(_READ, {name: list(column) for name, column in zip(names, columns, strict=True)})
        found = {(card, side): (day, json.loads(readings or "{}")) for card, side, day, readings in cursor.fetchall()}
    for card, side in list(found):
        # The same assessment, or none between the two days: it says nothing of afterwards.
        if side == "after" and (card, "before") in found and found[card, side][0] <= found[card, "before"][0]:
            del found[card, side]
    return found


def _moved(row: PracticeMetric, read: Mapping[tuple[UUID, str], tuple[date, Mapping[str, Any]]]) -> Moved:
    before, after = (_figure(read.get((row.card_id, side)), row.metric) for side in ("before", "after"))
    return Moved(row.metric, before, after, row.stated_before, row.stated_after)


def _figure(found: tuple[date, Mapping[str, Any]] | None, metric: str) -> Figure:
    if found is None:
        return NOTHING
    day, readings = found
    computed, declared, said_on = readings.get(metric) or (None, None, None)
    if computed is not None:
        return Figure(Decimal(computed), "computed", day)
    if declared is not None:
        return Figure(Decimal(declared), "declared", day, date.fromisoformat(said_on) if said_on else None)
    return Figure(None, None, day)
