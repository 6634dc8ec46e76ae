"""The list of cases as a board and on a map: the same sight and filters, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from linli.kernel.actors import Actor
from linli.kernel.paging import EXACT_TO, Count
from linli.registry.queries import sql

from ..engine.queries import COLUMNS, FROM, LIGHT, NEVER, CaseFilter, CaseRow, asked
from ..engine.states import STAGES, Stage, states_of

CARDS = 30  # of a column of the board
POINTS = 4000  # on a map
#: In these nothing is worked any more: the newest first, not the soonest due.
OVER = (Stage.EVALUATION, Stage.ENDED)
LIGHTS = ("", "green", "amber", "red")  # by their number in a point


@dataclass(frozen=True, slots=True)
class Column:
    """A stage of the board: how many cases are in it, and the first of them."""

    stage: Stage
    count: Count
    cards: Sequence[CaseRow]


@dataclass(frozen=True, slots=True)
class Points:
    """Cases on a map, the newest `POINTS` of those asked for. `rows`: JSON of `[id, lon, lat, light, urgent]`, degrees in
    1/100,000 (a metre), light as in `LIGHTS`. `taken`: of how many cases; `unplaced` of them have no position, thus no row.
    `more`: there are older ones."""

    rows: str
    taken: int
    unplaced: int
    more: bool


def board(actor: Actor, wanted: CaseFilter) -> list[Column]:
    """The stages with their first cases: those soonest due, of what is over the newest. Two queries."""
    params: dict[str, Any] = {"most": EXACT_TO + 1, "cards": CARDS}
    seen, where = asked(actor, replace(wanted, stage=None), params)
    stages = [stage for stage in STAGES if wanted.stage in (None, stage)]
    if not seen:
        return [Column(stage, Count(0), ()) for stage in stages]
    for stage in stages:
        params[f"in_{stage}"] = list(states_of(stage))
    counts, cards = [], []
    for stage in stages:
        held = f"({where}) AND c.state = ANY(%(in_{stage})s)"
        ids = " UNION ".join(f"(SELECT c.id FROM cases_case c WHERE {arm} AND {held} LIMIT %(most)s)" for arm in seen)
        counts.append(f"SELECT '{stage}' AS stage, count(*) AS n FROM (SELECT 1 FROM ({ids}) y LIMIT %(most)s) x")
        order, outer = ("c.id DESC", "x.id DESC") if stage in OVER else (f"{NEVER}, c.id", "x.sort, x.id")
        arms = [
            f"(SELECT {COLUMNS} FROM {FROM} WHERE {arm} AND {held} ORDER BY {order} LIMIT %(cards)s)" for arm in seen
        ]
        cards.append(f"(SELECT * FROM ({' UNION '.join(arms)}) x ORDER BY {outer} LIMIT %(cards)s)")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), params)
        counted = dict(cursor.fetchall())
    # Each column comes in its order, and UNION ALL keeps it: the rows are dealt to the stages of their states.
    found = sql.rows(CaseRow, " UNION ALL ".join(cards), params)
    return [
        Column(stage, _count(counted[stage]), [row for row in found if row.state in states_of(stage)])
        for stage in stages
    ]


def points(actor: Actor, wanted: CaseFilter) -> Points:
    """The newest cases by their positions, as compact JSON made by the database. One query."""
    params: dict[str, Any] = {"size": POINTS + 1, "points": POINTS}
    seen, where = asked(actor, wanted, params)
    if not seen:
        return Points("[]", 0, 0, False)
    light = "CASE light WHEN 'green' THEN 1 WHEN 'amber' THEN 2 WHEN 'red' THEN 3 ELSE 0 END"
    arms = [
        f"(SELECT c.id, c.lon, c.lat, c.urgent, {LIGHT} AS light FROM cases_case c WHERE {arm} AND ({where})"
        " ORDER BY c.id DESC LIMIT %(size)s)"
        for arm in seen
    ]
    statement = f"""
WITH found AS (SELECT * FROM ({" UNION ".join(arms)}) x ORDER BY id DESC LIMIT %(size)s),
placed AS (SELECT *, row_number() OVER (ORDER BY id DESC) AS place FROM found)
SELECT count(*), count(*) FILTER (WHERE lon IS NULL AND place <= %(points)s), coalesce(string_agg(
    '["' || id || '",' || (lon * 100000)::int || ',' || (lat * 100000)::int || ',' || {light} || ',' || urgent::int || ']',
    ',' ORDER BY place) FILTER (WHERE lon IS NOT NULL AND place <= %(points)s), '')
FROM placed
"""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        taken, unplaced, rows = cursor.fetchone() or (0, 0, "")
    return Points(f"[{rows}]", min(taken, POINTS), unplaced, taken > POINTS)


def _count(found: int) -> Count:
    return Count(found) if found <= EXACT_TO else Count(EXACT_TO, exact=False)
