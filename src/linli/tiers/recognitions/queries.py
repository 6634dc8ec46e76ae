"""Reads of recognitions: every statement in sight, those of a community, and the tier that follows from them."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel.actors import Actor
from linli.kernel.paging import Page, encode, limit

from ..cursors import after_year
from ..permissions import VIEW
from .models import Recognition

#: Outcomes by which a community has a tier.
HOLDS = ("reached", "rechecked")
#: Outcomes by which it has it no more (已失效).
ENDS = ("lapsed",)
#: The tier a community has by the last statement about it, as SQL over `r.code`.
NOW = """
LEFT JOIN LATERAL (
    SELECT CASE WHEN g.outcome <> 'lapsed' THEN g.tier END AS tier FROM tiers_recognition g
    WHERE g.area_code = r.code AND g.scope = 'community' AND g.outcome IN ('reached', 'rechecked', 'lapsed') AND g.tier <> ''
    ORDER BY g.year DESC, g.said_on DESC NULLS LAST, g.id DESC LIMIT 1
) n ON true
"""


def recognitions_page(actor: Actor, cursor: str | None = None, size: int | None = None) -> Page[Recognition]:
    """Statements: of whole districts and cities, and of communities in sight; the newest year first. One query.

    What is said of a district or city is published; it is told to whoever sees standings anywhere.
    """
    actor.require(VIEW)
    wide = Recognition.objects.exclude(scope="community")
    rows = (wide | Recognition.objects.restrict(actor, VIEW)).order_by("-year", "-id")
    if after := after_year(cursor):
        year, last = after
        rows = rows.filter(year__lte=year).exclude(year=year, id__gte=last)
    most = limit(size)
    found = list(rows[: most + 1])
    following = encode((found[most - 1].year, found[most - 1].id)) if len(found) > most else None
    return Page(found[:most], following)


def of_community(actor: Actor, code: str) -> list[Recognition]:
    """What is said of a community, the newest first. One query."""
    rows = Recognition.objects.restrict(actor, VIEW, code).filter(scope="community")
    return list(rows.order_by("-year", "-said_on", "-id"))


def tier_of(statements: Sequence[Recognition]) -> str | None:
    """The tier that statements about one community, the newest first, leave it with."""
    last = next((each for each in statements if each.outcome in (*HOLDS, *ENDS) and each.tier), None)
    return last.tier if last is not None and last.outcome in HOLDS else None
