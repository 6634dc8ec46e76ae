"""Which cases of a list may tell of the same event as another open one: for all lines of a page at once, by what their own pages say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.registry.queries import sql

from ..engine import sight
from ..engine.states import OPEN
from .nearby import METRES_OF_A_DEGREE, Told, alike, conceivable
from .queries import CANDIDATES, COLUMNS, FROM, LOOKED_BACK, METRES, NearCase

MOST = 250  # cases asked about at once: the columns of a board
_PROPOSED = 5  # as many as a page shows

#: The village of a case, and the square around its position; a case without a position has none.
_VILLAGE = f"c.area_code >= left(m.area_code, 12) AND c.area_code < left(m.area_code, 12) || '{areas.END}'"
_HIGH = f"{METRES / METRES_OF_A_DEGREE}"
_WIDE = f"({_HIGH} / greatest(0.01, cos(radians(m.lat))))"
_AROUND = (
    f"c.lat >= m.lat - {_HIGH} AND c.lat <= m.lat + {_HIGH} AND c.lon >= m.lon - {_WIDE} AND c.lon <= m.lon + {_WIDE}"
)
_ALIKE = (
    "c.id <> m.id AND c.state = ANY(%(states)s) AND c.reported_at >= m.reported_at - %(days)s "
    "AND c.reported_at <= m.reported_at + %(days)s"
)


def proposed_among(actor: Actor, case_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """For each of the open cases in sight that may repeat another open one, which: the likeliest first, the same as
    `similar_to_case` finds. Cases without are left out. Two queries, however many are asked about."""
    params: dict[str, Any] = {
        "asked": list(dict.fromkeys(case_ids))[:MOST], "states": list(OPEN), "days": LOOKED_BACK, "size": CANDIDATES,
    }  # fmt: skip
    arms = sight.arms(actor, params)
    if not arms or not params["asked"]:
        return {}
    near = _near(arms, params)
    if not near:
        return {}
    meant = {each for id_, others in near for each in (id_, *others)}
    rows = sql.rows(NearCase, f"SELECT {COLUMNS} FROM {FROM} WHERE c.id = ANY(%(ids)s)", {"ids": list(meant)})
    told = {n.id: _told(n) for n in rows}
    found = {}
    for id_, others in near:
        there = [other for other in others if other in told]
        candidates = [told[other] for other in there]
        if id_ in told and conceivable(told[id_], candidates):
            likely = [there[each.index] for each in alike(told[id_], candidates, _PROPOSED)]
            if likely:
                found[id_] = likely
    return found


def _near(arms: Sequence[str], params: dict[str, Any]) -> list[tuple[UUID, list[UUID]]]:
    """The open cases asked about, each with the open ones near it in sight, the newest first. One query."""
    parts = [
        f"(SELECT c.id FROM cases_case c WHERE {arm} AND {place} AND {_ALIKE} ORDER BY c.id DESC LIMIT %(size)s)"
        for arm in arms
        for place in (_VILLAGE, _AROUND)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH m AS MATERIALIZED (
                SELECT c.id, c.area_code, c.lon, c.lat, c.reported_at FROM cases_case c
                WHERE c.id = ANY(%(asked)s) AND c.state = ANY(%(states)s) AND ({" OR ".join(arms)})
            )
            SELECT m.id, n.ids FROM m CROSS JOIN LATERAL (
                SELECT array_agg(u.id ORDER BY u.id DESC) AS ids FROM ({" UNION ".join(parts)}) u
            ) n WHERE n.ids IS NOT NULL
            """,
            params,
        )
        return cursor.fetchall()


def _told(near: NearCase) -> Told:
    return Told(near.description, near.reported_at, str(near.category_id or ""), near.place_text, near.lon, near.lat)
