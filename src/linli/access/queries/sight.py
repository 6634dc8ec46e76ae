"""Who can see an area, and why: every account that holds a permission there today, with each way it came to it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from linli.kernel import area_names, areas, clock, paging
from linli.kernel import permissions as catalogue
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text

from .. import permissions
from .people import UnitRef

#: How somebody came to a right: by a grant over an area, over a group of areas, over the area of a unit, or by standing
#: for a grid (which makes the appointment).
WAYS = ("area", "group", "unit", "grid_staff")
#: Who has not signed in for so long may no longer need the right (inferred).
UNUSED_DAYS = 90


@dataclass(frozen=True, slots=True)
class SightFilter:
    """What the list is narrowed to. `area` and `permission` say what is looked at; the rest narrows."""

    area: str
    permission: str
    q: str = ""
    role: str = ""
    unit_id: uuid.UUID | None = None
    way: str = ""
    second_factor: bool | None = None
    unused: bool | None = None
    whole: bool | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a right: an account holds a post, which has a role in `area`, from `since` to the day before `until`.

    `kind` is one of WAYS; `named` the group or the unit the grant names. `whole`: it covers all of the area looked at, not
    a part of it.
    """

    post_id: uuid.UUID
    post_title: str
    role: str
    role_name: str
    role_name_en: str
    kind: str
    named: str
    area_code: str
    area_name: str
    whole: bool
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class SightItem:
    """An account that can see the area. `second_factor` and `last_sign_in_on` are of accounts the asker manages or may
    look up (`known`); of others, such as the district's departments for a town, only who they are."""

    id: uuid.UUID
    username: str
    name: str
    unit: UnitRef
    known: bool
    second_factor: bool | None
    last_sign_in_on: date | None
    ways: list[Way]


def check_sight(actor: Actor, wanted: SightFilter) -> tuple[str, ...]:
    """The areas looked at: those of `wanted.area` in which the actor reviews. Raises Invalid."""
    if not catalogue.declared(wanted.permission):
        unknown = Text("请选择一项权限。", "Choose a permission.")
        raise Invalid(fields=(FieldProblem("permission", "unknown", unknown),))
    return areas.intersect(actor.areas_for(permissions.REVIEW), (wanted.area,))


def accounts_with_sight(
    actor: Actor, wanted: SightFilter, cursor: str | None = None, limit: int | None = None
) -> paging.Page[SightItem]:
    """A page of accounts by user name. Two queries, whatever the size. Raises Invalid."""
    asked = check_sight(actor, wanted)
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if not asked:
        return paging.Page([], None, paging.Count(0))
    rows, total = _rows(actor, asked, wanted, str(after[0]) if after else "", size + 1)
    items = list(_items(actor, asked, rows))
    more, items = len(items) > size, items[:size]
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(items, paging.encode([items[-1].username]) if more else None, count)


def _rows(
    actor: Actor, asked: tuple[str, ...], wanted: SightFilter, after: str, most: int
) -> tuple[list[dict[str, Any]], int]:
    known = list(actor.areas_for(permissions.ACCOUNT_VIEW))
    where, values = _conditions(asked, wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH ways AS MATERIALIZED (
                SELECT *, account_area ^@ ANY(%(known)s::text[]) AS known
                FROM access_sight(%(asked)s::text[], %(permission)s, %(now)s)
            ), chosen AS MATERIALIZED (
                SELECT DISTINCT username COLLATE "C" AS username FROM ways WHERE {where}
            ), page AS (
                SELECT username FROM chosen WHERE username > %(after)s ORDER BY username LIMIT %(most)s
            )
            SELECT ways.*, (SELECT count(*) FROM chosen) AS total
            FROM page JOIN ways USING (username)
            ORDER BY username COLLATE "C", ways.area COLLATE "C", ways.role, ways.since, ways.post
            """,
            {
                "asked": list(asked), "permission": wanted.permission, "now": clock.now(), "known": known,
                "after": after, "most": most, **values,
            },
        )  # fmt: skip
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return rows, rows[0]["total"] if rows else 0


def _conditions(asked: tuple[str, ...], wanted: SightFilter) -> tuple[str, dict[str, Any]]:
    """The SQL condition that narrows the list, and its values. What of an account is not shown does not narrow either."""
    said: dict[str, tuple[str, Any]] = {}
    if words := wanted.q.strip().lower():
        said["q"] = ("(username ^@ %(q)s OR name ^@ %(q)s)", words)
    if wanted.role:
        said["role"] = ("role = %(role)s", wanted.role)
    if wanted.unit_id is not None:
        said["unit"] = ("unit = %(unit)s", wanted.unit_id)
    if wanted.way == "grid_staff":
        said["way"] = ("source = %(way)s", wanted.way)
    elif wanted.way:
        said["way"] = ("source <> 'grid_staff' AND target = %(way)s", wanted.way)
    if wanted.second_factor is not None:
        said["factor"] = ("known AND factor = %(factor)s", wanted.second_factor)
    if wanted.unused is not None:
        condition = "known AND (last_sign_in_on IS NULL OR last_sign_in_on < %(unused)s)"
        since = clock.today() - timedelta(days=UNUSED_DAYS)
        said["unused"] = (condition if wanted.unused else "known AND last_sign_in_on >= %(unused)s", since)
    if wanted.whole is not None:
        covers = "EXISTS (SELECT FROM unnest(%(whole)s::text[]) AS a(code) WHERE a.code ^@ area)"
        said["whole"] = (covers if wanted.whole else f"NOT {covers}", list(asked))
    where = " AND ".join(f"({condition})" for condition, _ in said.values()) or "true"
    return where, {name: value for name, (_, value) in said.items()}


def _items(actor: Actor, asked: tuple[str, ...], rows: list[dict[str, Any]]) -> Iterator[SightItem]:
    names = area_names.names_of(row["area"] for row in rows)
    for _, of_account in groupby(rows, key=lambda row: row["account"]):
        found = list(of_account)
        first = found[0]
        yield SightItem(
            id=first["account"],
            username=first["username"],
            name=first["name"],
            unit=UnitRef(first["unit"], first["unit_name"]),
            known=first["known"],
            second_factor=first["factor"] if first["known"] else None,
            last_sign_in_on=first["last_sign_in_on"] if first["known"] else None,
            ways=[_way(asked, row, names) for row in found],
        )


def _way(asked: tuple[str, ...], row: dict[str, Any], names: dict[str, str]) -> Way:
    return Way(
        post_id=row["post"],
        post_title=row["post_title"],
        role=row["role"],
        role_name=row["role_name"],
        role_name_en=row["role_name_en"],
        kind=row["source"] or row["target"],
        named=row["target_name"],
        area_code=row["area"],
        area_name=names[row["area"]],
        whole=any(areas.contains(row["area"], code) for code in asked),
        since=row["since"],
        until=row["until"],
    )
