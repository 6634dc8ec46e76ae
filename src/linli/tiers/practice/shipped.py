"""The cards that come with the program (`tiers/data/practice.csv`): those the answer to proposal 20240076 names, with what it says
of them and no more. What it does not say is empty. Loaded by `linli migrate`."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.db import connections

from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting


def there(using: str) -> bool:
    """Whether the table is there yet."""
    return "tiers_practice_card" in connections[using].introspection.table_names()


def shipped_cards() -> list[dict[str, Any]]:
    """The cards of this district: those of another one are none of its business."""
    with files("linli.tiers").joinpath("data/practice.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return [row for row in rows if row["area_code"].startswith(settings.LINLI_DISTRICT)]


def load_shipped(using: str) -> None:
    """Add the cards the database has not; what the district did with one stays. Runs as the owner."""
    now = clock.now()
    rows = [{**row, "said_on": row["said_on"] or None, "id": uuid7(), "now": now} for row in shipped_cards()]
    if not rows:
        return
    with acting(system("shipped", settings.LINLI_DISTRICT), using=using), connections[using].cursor() as cursor:
        cursor.executemany(_CARD, rows)


_CARD = """
INSERT INTO tiers_practice_card (id, key, area_code, state, version, title, scenario, tier, problem, done, cost_note, parts, honours,
    recognition_id, contact_unit, contact_post, source, said_on, certainty, withdrawn_reason, created_at, created_by, created_by_name,
    changed_at, changed_by, changed_by_name, published_at, published_by_name)
VALUES (%(id)s, %(key)s, %(area_code)s, 'published', 1, %(title)s, %(scenario)s, %(tier)s, %(problem)s, %(done)s, '', '[]',
    %(honours)s, (SELECT g.id FROM tiers_recognition g WHERE g.key = %(recognition_key)s), '', '', %(source)s, %(said_on)s,
    %(certainty)s, '', %(now)s, 'system:shipped', '', %(now)s, 'system:shipped', '', %(now)s, '')
ON CONFLICT (key) DO NOTHING
"""
