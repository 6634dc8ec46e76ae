"""What waits in the address book: home texts nobody could read, aliases, and what was read again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import polars as pl

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.areas import bounds
from linli.kernel.paging import Page
from linli.places.models import RegionAlias
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.places.queries import address_parser
from linli.places.rules import address_key_text
from linli.registry.permissions import RESOLVE, VIEW
from linli.registry.queries import sql

from .resolving import UNRESOLVED


@dataclass(frozen=True, slots=True)
class UnresolvedText:
    """A home text without a home. `homeless` counts the people nobody knows any home of.

    `reason` is the parser's code of why, `inexact` where it knows the village and no door or room, `resolvable` where it
    would find the home now. `alternatives` are the areas it may mean.
    """

    text: str
    area_code: str
    records: int
    people: int
    homeless: int
    reason: str = ""
    standard: str = ""
    alternatives: tuple[str, ...] = ()


def unresolved_page(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[UnresolvedText]:
    """Unresolved texts in the actor's areas, those of most people first. Two queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1}
    where = sql.ranges(sql.held(actor, VIEW, area), "r.area_code", params)
    grouped = (
        "SELECT r.home_text AS text, min(r.area_code) AS area_code, count(*)::int AS records, "
        "count(DISTINCT r.person_id)::int AS people, "
        "count(DISTINCT r.person_id) FILTER (WHERE p.dwelling_id IS NULL)::int AS homeless "
        "FROM registry_source_record r LEFT JOIN registry_person p ON p.id = r.person_id "
        f"WHERE {UNRESOLVED} AND {where} GROUP BY r.home_text"
    )
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = "WHERE (g.people < %(c0)s OR g.people = %(c0)s AND g.text > %(c1)s)"
    found = sql.rows(
        UnresolvedText, f"SELECT * FROM ({grouped}) g {turned} ORDER BY g.people DESC, g.text LIMIT %(size)s", params
    )
    total = sql.count(
        f"SELECT DISTINCT r.home_text FROM registry_source_record r WHERE {UNRESOLVED} AND {where}", params
    )
    shown = _explained(found[:size])
    following = paging.encode((shown[-1].people, shown[-1].text)) if len(found) > size else None
    return Page(shown, following, total)


def unresolved_count(actor: Actor) -> paging.Count:
    """How many texts the queue shows. One query."""
    params: dict[str, Any] = {}
    where = sql.ranges(sql.held(actor, VIEW), "r.area_code", params)
    return sql.count(
        f"SELECT DISTINCT r.home_text FROM registry_source_record r WHERE {UNRESOLVED} AND {where}", params
    )


def _explained(rows: list[UnresolvedText]) -> list[UnresolvedText]:
    if not rows:
        return []
    texts = pl.Series([row.text for row in rows], dtype=pl.String)
    within = pl.Series([row.area_code[:9] for row in rows], dtype=pl.String)
    parsed = address_parser().parse_many(texts, within)
    exact = parsed.select(address_key_text().is_not_null()).to_series()
    answers = parsed.with_columns(exact.alias("exact")).iter_rows(named=True)
    return [
        UnresolvedText(
            row.text, row.area_code, row.records, row.people, row.homeless,
            "resolvable" if said["exact"] else "inexact" if said["village_code"] else said["reason"].partition(":")[0],
            said["standard"] if said["exact"] else "",
            tuple(filter(None, said["alternatives"].split("|"))),
        )
        for row, said in zip(rows, answers, strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """One time that texts were read again."""

    id: UUID
    area_code: str
    texts: int
    records: int
    people: int
    made_at: datetime
    made_by: str
    undone_at: datetime | None


def resolutions_page(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[ResolutionRow]:
    """What was read again in the actor's areas, latest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    params: dict[str, Any] = {"size": size + 1}
    where = sql.ranges(sql.held(actor, RESOLVE), "z.area_code", params)
    if after:
        params["c0"] = after[0]
        where += " AND z.id < %(c0)s::uuid"
    found = sql.rows(
        ResolutionRow,
        "SELECT id, area_code, texts, records, people, made_at, made_by, undone_at FROM registry_resolution z "
        f"WHERE {where} ORDER BY id DESC LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    return Page(shown, paging.encode((shown[-1].id,)) if len(found) > size else None)


def aliases_page(
    actor: Actor, area: str | None = None, words: str = "", cursor: str | None = None, limit: int | None = None,
    *, kind: str | None = None,
) -> Page[RegionAlias]:  # fmt: skip
    """Other names of towns and villages, by code, all or of one kind; regions are public reference data."""
    actor.require(VIEW_PLACES)
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    rows = RegionAlias.objects.order_by("code", "alias")
    if area:
        low, high = bounds(area)
        rows = rows.filter(code__gte=low, code__lt=high)
    if words.strip():
        rows = rows.filter(alias__contains=words.strip())
    if kind:
        rows = rows.filter(kind=kind)
    if after:
        from django.db.models import Q

        rows = rows.filter(Q(code__gt=after[0]) | Q(code=after[0], alias__gt=after[1]))
    found = list(rows[: size + 1])
    shown = found[:size]
    following = paging.encode((shown[-1].code, shown[-1].alias)) if len(found) > size else None
    return Page(shown, following)
