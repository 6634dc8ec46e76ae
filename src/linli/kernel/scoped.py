"""`restrict(actor)`: the first of the two fences of scope, for speed; row-level security is the second, for safety."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from . import area_names, areas
from .actors import Actor

Row = TypeVar("Row", bound=models.Model)


def within(codes: tuple[str, ...], column: str = "area_code") -> Q:
    """The condition that `column` lies in one of `codes`: ranges in byte order, which the index serves.

    `codes` should be minimal (`areas.minimal`). Raises ValueError for none: ask for `.none()` instead.
    """
    if not codes:
        raise ValueError("no areas")
    ranges = (Q(**{f"{column}__gte": low, f"{column}__lt": high}) for low, high in map(areas.bounds, codes))
    return reduce(or_, ranges)


class ScopedQuerySet(models.QuerySet[Row]):
    """A query over rows that lie in areas. Every read of such rows begins with `restrict`."""

    def restrict(self, actor: Actor, permission: str, under: str | None = None, *, column: str = "area_code") -> Self:
        """The rows in the areas where `actor` holds `permission`, inside the area `under` if it is given (which
        may have an old code).

        Nothing when there is no such area: an empty list looks the same as a foreign one.
        """
        held = actor.areas_for(permission)
        if under is not None:
            held = areas.intersect(held, area_names.going_by(under))
        return self.filter(within(held, column)) if held else self.none()


ScopedManager: Any = models.Manager.from_queryset(ScopedQuerySet)
