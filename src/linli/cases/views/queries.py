"""The list of cases as a board and on a map: the same sight and filters, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection

from linli.kernel.actors import Actor
from linli.kernel.paging import Count
from linli.registry.queries import sql

from ..engine.queries import CATEGORY, COLUMNS, LIGHT, NEVER, CaseFilter, CaseRow, asked, keys, states_in
from ..engine.states import STAGES, Stage, states_of

CARDS = 30  # of a column of the board
#: A column of the board counts exactly up to this many: it shows the first CARDS, and a list of all counts further.
COUNTED = 1_000
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
    params: dict[str, Any] = {"most": COUNTED + 1, "cards": CARDS}
    seen, where = asked(actor, replace(wanted, stage=None, state=None, open=None), params)
    stages = [stage for stage in STAGES if wanted.stage in (None, stage)]
    states = states_in(wanted)
    filled = [stage for stage in stages if states.intersection(states_of(stage))]
    if not seen or not filled:
        return [Column(stage, Count(0), ()) for stage in stages]
    for stage in filled:
        params[f"in_{stage}"] = sorted(states.intersection(states_of(stage)))
    counts, cards = [], []
    for stage in filled:
        held = f"({where}) AND c.state = ANY(%(in_{stage})s)"
        ids = " UNION ".join(f"(SELECT c.id FROM cases_case c WHERE {arm} AND {held} LIMIT %(most)s)" for arm in seen)
        counts.append(f"SELECT '{stage}' AS stage, count(*) AS n FROM (SELECT 1 FROM ({ids}) y LIMIT %(most)s) x")
        order = "c.id DESC" if stage in OVER else f"{NEVER}, c.id"
        place = "c.id DESC" if stage in OVER else "c.sort, c.id"
        first = keys(seen, held, order, "%(cards)s")
        cards.append(f"SELECT c.id, row_number() OVER (ORDER BY {place}) AS place FROM {first} c")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(counts), params)
        counted = dict(cursor.fetchall())
    shown = f"({' UNION ALL '.join(cards)}) k JOIN cases_case c ON c.id = k.id {CATEGORY}"
    # The rows come in the order of their columns, and are dealt to the stages of their states.
    found = sql.rows(CaseRow, f"SELECT {COLUMNS} FROM {shown} ORDER BY k.place", params)
    return [
        Column(stage, _count(counted.get(stage, 0)), [row for row in found if row.state in states_of(stage)])
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
    return Count(found) if found <= COUNTED else Count(COUNTED, exact=False)
