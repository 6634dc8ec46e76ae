"""Pages of what people enter, the newest first, and the condition that rows of a statement of our own lie in an actor's areas."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from linli.kernel import area_names, areas, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.paging import Count, Page

from .permissions import VIEW

Row = TypeVar("Row", bound=Model)


def newest_first(found: QuerySet[Row], cursor: str | None, asked: int | None) -> Page[Row]:
    """A page of rows by their ids, which go by time; the first one with the count. Raises Invalid for a cursor of another list."""
    size, page = paging.limit(asked), found
    if (key := paging.decode(cursor, 1)) is not None:
        try:
            page = page.filter(id__lt=UUID(str(key[0])))
        except ValueError:
            raise Invalid(reason="cursor") from None
    rows = list(page.order_by("-id")[: size + 1])
    more = paging.encode((rows[size - 1].pk,)) if len(rows) > size else None
    return Page(rows[:size], more, counted(found) if cursor is None else None)


def counted(found: QuerySet[Any]) -> Count:
    """How many there are, exact up to the pager's bound."""
    total = found.order_by()[: paging.EXACT_TO + 1].count()
    return Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)


def spots(actor: Actor, column: str, area: str | None = None) -> tuple[str, dict[str, Any]] | None:
    """The SQL condition that `column` lies where the actor sees the books, inside `area`, with its parameters; None: nowhere."""
    held = actor.areas_for(VIEW)
    if area is not None:
        held = areas.intersect(held, area_names.going_by(area))
    if not held:
        return None
    found, params = [], {}
    for at, code in enumerate(held):
        params[f"lo{at}"], params[f"hi{at}"] = areas.bounds(code)
        found.append(f"({column} >= %(lo{at})s AND {column} < %(hi{at})s)")
    return f"({' OR '.join(found)})", params
