"""Keeping a picture of every day, and thinning old ones out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection

from linli.kernel import areas, clock
from linli.kernel.actors import system
from linli.kernel.scope import acting

from . import rules
from .indicators import BY_CODE
from .queries import Figures, measure

_KEEP = """
INSERT INTO registry_quality_day (area_code, source_code, day, figures, measured_at)
SELECT area, source, %(day)s, figures::jsonb, %(now)s
FROM unnest(%(areas)s::text[], %(sources)s::text[], %(figures)s::text[]) AS q(area, source, figures)
ON CONFLICT (area_code, source_code, day) DO UPDATE SET figures = excluded.figures, measured_at = excluded.measured_at
"""


def keep_today(district: str) -> int:
    """Measure every area of the district, golden records and sources, and keep it as today's picture; returns how many
    rows. Done again it replaces what it kept before; each level is kept as soon as it is measured."""
    actor, day, kept = system("quality", district), clock.today(), 0
    for digits in areas.LENGTHS:
        for sources in (None, ()):
            with acting(actor):
                found = measure(actor, (district,), digits, sources)
                told = ((area, source, _told(f)) for (area, source), f in found.below.items() if len(area) == digits)
                kept += _keep([row for row in told if row[2] != "{}"], day)
    with acting(actor):
        thin_out(day)
    return kept


def _told(figures: Figures) -> str:
    return json.dumps(
        {code: [f.failing, f.of, BY_CODE[code].version] for code, f in figures.items() if rules.tellable(f.of)}
    )


def _keep(rows: Iterable[tuple[str, str, str]], day: date) -> int:
    columns: list[list[str]] = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
    params: dict[str, Any] = dict(zip(("areas", "sources", "figures"), columns, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {**params, "day": day, "now": clock.now()})
        return int(cursor.rowcount)


def thin_out(today: date) -> int:
    """Of pictures older than `rules.DAILY` days keep the first of each month; returns how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM registry_quality_day d WHERE d.day < %(before)s AND EXISTS (SELECT FROM registry_quality_day e "
            "WHERE e.area_code = d.area_code AND e.source_code = d.source_code AND e.day < d.day "
            "AND e.day >= date_trunc('month', d.day)::date)",
            {"before": today - timedelta(days=rules.DAILY)},
        )
        return int(cursor.rowcount)
