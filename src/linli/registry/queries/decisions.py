"""迁入 requests, and rows waiting for somebody to say whom they belong to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.models import SourceRecord
from linli.registry.permissions import DECIDE, VIEW

from . import sql


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A 迁入 request as one side may see it.

    Both know that the other exists and what was decided. The place that asks knows what it wrote (`name`, batch, row),
    and not from where the person comes nor who decides; the place the person leaves knows whom it holds and who asks.
    """

    id: UUID
    state: str
    name: str | None
    from_area: str
    to_area: str
    opened_at: datetime
    batch_id: UUID | None
    row: int | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None
    sees_from: bool
    sees_to: bool


def transfers_page(
    actor: Actor, state: str = "open", area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[TransferRow]:
    """Requests that touch the actor's areas, latest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1, "state": state}
    held = sql.held(actor, VIEW, area)
    where = f"t.state = %(state)s AND ({sql.ranges(held, 't.from_area', params)} OR {sql.ranges(held, 't.to_area', params)})"
    params["held"] = list(actor.areas_for(VIEW))
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (t.opened_at, t.id) < (%(c0)s::timestamptz, %(c1)s::uuid)"
    found = sql.rows(
        TransferRow,
        f"""
        SELECT t.id, t.state, coalesce(r.name, p.name) AS name, t.from_area, t.to_area, t.opened_at,
               CASE WHEN sees_to THEN t.batch_id END AS batch_id, CASE WHEN sees_to THEN t.row END AS row, t.decided_at,
               CASE WHEN sees_from THEN t.decided_by END AS decided_by, t.reason, sees_from, sees_to
        FROM registry_transfer t
        CROSS JOIN LATERAL (SELECT t.from_area ^@ ANY(%(held)s::text[]) AS sees_from,
                                   t.to_area ^@ ANY(%(held)s::text[]) AS sees_to) side
        LEFT JOIN registry_source_record r ON r.id = t.record_id AND sees_to
        LEFT JOIN registry_person p ON p.id = t.person_id AND sees_from
        WHERE {where}{turned} ORDER BY t.opened_at DESC, t.id DESC LIMIT %(size)s
        """,
        params,
    )
    total = sql.count(f"SELECT 1 FROM registry_transfer t WHERE {where}", params)
    shown = found[:size]
    following = paging.encode((shown[-1].opened_at.isoformat(), shown[-1].id)) if len(found) > size else None
    return Page(shown, following, total)


def transfers_to_decide(actor: Actor, area: str | None = None) -> int:
    """How many open requests wait for the actor."""
    params: dict[str, Any] = {}
    held = sql.held(actor, DECIDE, area)
    return sql.count(
        f"SELECT 1 FROM registry_transfer t WHERE t.state = 'open' AND {sql.ranges(held, 't.from_area', params)}",
        params,
    ).value


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """Somebody a waiting row may be."""

    record_id: UUID
    row: int
    typed_name: str | None
    typed_birth: date | None
    person_id: UUID | None
    name: str | None
    birth: date | None
    id_number: bytes | None
    area_code: str | None
    same_number: bool
    same_record: bool
    probability: float | None


def review_rows(
    actor: Actor, batch_id: UUID, cursor: str | None = None, limit: int | None = None
) -> Page[CandidateRow]:
    """The rows of a batch that wait for somebody to say whose they are, with the people the actor can see among them.

    A page holds whole rows: all candidates of as many rows as `limit` says.
    """
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    params: dict[str, Any] = {"batch": batch_id, "size": size + 1, "after": after[0] if after else -1}
    held = sql.held(actor, VIEW)
    where, seen = sql.ranges(held, "r.area_code", params), sql.ranges(held, "a.area_code", params)
    found = sql.rows(
        CandidateRow,
        f"""
        WITH waiting AS MATERIALIZED (
            SELECT r.* FROM registry_source_record r
            WHERE r.batch_id = %(batch)s AND r.state = 'review' AND r.superseded_by IS NULL AND r.row > %(after)s AND {where}
            ORDER BY r.row LIMIT %(size)s
        ), candidate AS (
            SELECT c.id, c.person_id, bool_or(c.same_number) AS same_number, bool_or(c.same_record) AS same_record,
                   max(c.probability) AS probability
            FROM (
                SELECT w.id, o.person_id, o.id_hash = w.id_hash AS same_number, o.match_key = w.match_key AS same_record,
                       NULL::float8 AS probability
                FROM waiting w JOIN registry_source_record o
                  ON (o.id_hash = w.id_hash OR (o.source_code = w.source_code AND o.match_key = w.match_key))
                 AND o.superseded_by IS NULL AND o.state = 'linked'
                UNION ALL
                SELECT w.id, m.person_id, false, false, m.probability
                FROM waiting w JOIN registry_match_proposal m ON m.record_id = w.id AND m.state = 'open'
            ) c
            GROUP BY c.id, c.person_id
        )
        SELECT w.id AS record_id, w.row, w.name AS typed_name, w.birth AS typed_birth, p.id AS person_id, p.name,
               p.birth, p.id_number, p.area_code, coalesce(c.same_number, false) AS same_number,
               coalesce(c.same_record, false) AS same_record, c.probability
        FROM waiting w LEFT JOIN candidate c USING (id) LEFT JOIN registry_person p ON p.id = c.person_id
         AND EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = p.id AND {seen})
        ORDER BY w.row, p.name_key
        """,
        params,
    )
    numbers = list(dict.fromkeys(row.row for row in found))
    shown = set(numbers[:size])
    following = paging.encode((numbers[size - 1],)) if len(numbers) > size else None
    return Page([row for row in found if row.row in shown], following)


def open_reviews(actor: Actor, batch_id: UUID | None = None) -> int:
    """How many rows wait for a decision: of one batch, or of all in the actor's areas."""
    params: dict[str, Any] = {"batch": batch_id}
    where = sql.ranges(sql.held(actor, VIEW), "r.area_code", params)
    chosen = " AND r.batch_id = %(batch)s" if batch_id else ""
    return sql.count(
        "SELECT 1 FROM registry_source_record r WHERE r.state = 'review' AND r.superseded_by IS NULL "
        f"AND {where}{chosen}",
        params,
    ).value


def batches_waiting_no_more(batch_id: UUID) -> set[UUID]:
    """The batches of which a row waited for a decision until one of this batch took its place. For the program itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT o.batch_id FROM registry_source_record n JOIN registry_source_record o ON o.superseded_by = n.id
            WHERE n.batch_id = %s AND o.state = 'review' AND o.batch_id IS NOT NULL AND o.batch_id <> n.batch_id
            """,
            [batch_id],
        )
        return {row[0] for row in cursor.fetchall()}


def waiting_in(batch_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many rows of each batch wait for a decision. For the program itself."""
    waiting = SourceRecord.objects.filter(
        batch_id__in=batch_ids, state=SourceRecord.State.REVIEW, superseded_by=None
    ).values_list("batch_id")
    return dict.fromkeys(batch_ids, 0) | dict(waiting.annotate(count=Count("id")).order_by())
