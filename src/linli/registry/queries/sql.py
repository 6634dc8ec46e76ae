"""Pieces of SQL the registry's reads share: the actor's areas as ranges, rows as dataclasses, bounded counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from linli.access.queries.posts import group_codes
from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.paging import EXACT_TO, Count

Row = TypeVar("Row")


def held(actor: Actor, permission: str, under: str | None = None, group: UUID | None = None) -> tuple[str, ...]:
    """The areas a read may show: where the actor holds `permission`, inside `under` (which may have an old code) and a
    named group if given."""
    own = actor.areas_for(permission)
    own = areas.intersect(own, area_names.going_by(under)) if under else own
    return areas.intersect(own, group_codes(group)) if group else own


def ranges(codes: Sequence[str], column: str, params: dict[str, Any], mark: str = "") -> str:
    """`restrict` in SQL: OR-ed ranges of an indexed column; nothing for no areas. Adds to `params`.

    `mark` tells the parameters of several such conditions in one statement apart.
    """
    if not codes:
        return "false"
    parts = []
    for serial, code in enumerate(codes):
        low, high = areas.bounds(code)
        params[f"{mark}lo{serial}"], params[f"{mark}hi{serial}"] = low, high
        parts.append(f"({column} >= %({mark}lo{serial})s AND {column} < %({mark}hi{serial})s)")
    return "(" + " OR ".join(parts) + ")"


def rows(kind: type[Row], statement: str, params: dict[str, Any]) -> list[Row]:
    """The rows of a query as `kind`: a dataclass whose fields are the query's columns, or `dict`."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        names = [column.name for column in cursor.description]
        if names == list(getattr(kind, "__match_args__", ())):  # in the order of the fields: several times as quick
            return list(starmap(kind, cursor.fetchall()))
        return [kind(**dict(zip(names, values, strict=True))) for values in cursor.fetchall()]


def count(statement: str, params: dict[str, Any]) -> Count:
    """How many rows a query has, exact up to EXACT_TO; beyond it, "at least"."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement} LIMIT {EXACT_TO + 1}) x", params)
        (found,) = cursor.fetchone() or (0,)
    return Count(found) if found <= EXACT_TO else Count(EXACT_TO, exact=False)
