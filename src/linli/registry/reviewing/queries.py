"""Reads of the queue: waiting rows with those they may be, field by field, in a fixed number of queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, Literal
from uuid import UUID

from linli.access.models import ChangeLog
from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.paging import Page
from linli.registry.fields import FIELDS, STORED
from linli.registry.matching.parameters import Thresholds
from linli.registry.models import Person
from linli.registry.permissions import VIEW
from linli.registry.queries import sql

from .lines import Line, line

Assigned = Literal["all", "mine", "nobody"]
DECIDED = "registry.review.decide"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody the row may be, whom the reader sees, and by what it was found.

    `probability` and `weights` (`explain.as_json`) where it was found by all that both state together.
    """

    person_id: UUID
    name: str
    area_code: str
    same_number: bool
    same_record: bool
    lines: tuple[Line, ...]
    probability: float | None = None
    weights: tuple[Mapping[str, Any], ...] = ()

    @property
    def alike(self) -> bool:
        """Whether all that both state together speaks for it."""
        return self.probability is not None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits for somebody to say whose it is.

    `taken`: its number is somebody's in sight. `may_be_taken`: its number is, or may be, somebody's: then others get it
    only without the number.
    """

    record_id: UUID
    batch_id: UUID
    row: int
    area_code: str
    name: str | None
    source_name: str
    observed_on: date
    recorded_at: datetime
    assigned_to: str | None
    candidates: tuple[Candidate, ...]
    thresholds: Thresholds

    @property
    def taken(self) -> bool:
        """Whether the row's number is somebody's in sight."""
        return any(c.same_number for c in self.candidates)

    @property
    def proposed(self) -> bool:
        """Whether the row waits because it is alike to somebody, not for a number or record id that is somebody's."""
        return any(c.probability is not None for c in self.candidates)

    @property
    def outside(self) -> bool:
        """Whether somebody it may be is out of sight: by number or record id it waits for two people or more."""
        return len(self.candidates) < 2 and not self.proposed

    @property
    def may_be_taken(self) -> bool:
        """Whether the number is somebody's, or may be somebody's out of sight."""
        return self.taken or self.outside


_ROWS = """
SELECT r.id, r.batch_id, r.row, r.area_code, coalesce(s.name, r.source_code) AS source_name, r.observed_on, r.recorded_at,
       a.account_id, l.merge AS put_together, l.review AS asked_about, {columns}
FROM registry_source_record r
LEFT JOIN registry_source s ON s.code = r.source_code
LEFT JOIN registry_review_assignment a ON a.record_id = r.id
LEFT JOIN (
    SELECT merge, review FROM registry_match_threshold WHERE valid_from <= %(today)s ORDER BY valid_from DESC LIMIT 1
) l ON true
WHERE {where}{turned} ORDER BY r.area_code, r.id LIMIT %(size)s
"""
_CANDIDATES = """
SELECT c.record_id, c.person_id, bool_or(c.same_number) AS same_number, bool_or(c.same_record) AS same_record,
       max(c.probability) AS probability, (array_agg(c.lines) FILTER (WHERE c.lines IS NOT NULL))[1] AS lines
FROM (
    SELECT w.id AS record_id, o.person_id, o.id_hash = w.id_hash AS same_number,
           o.source_code = w.source_code AND o.match_key = w.match_key AS same_record,
           NULL::float8 AS probability, NULL::jsonb AS lines
    FROM registry_source_record w JOIN registry_source_record o
      ON (o.id_hash = w.id_hash OR (o.source_code = w.source_code AND o.match_key = w.match_key))
     AND o.superseded_by IS NULL AND o.state = 'linked'
    WHERE w.id = ANY(%(ids)s)
    UNION ALL
    SELECT m.record_id, m.person_id, false, false, m.probability, m.lines
    FROM registry_match_proposal m WHERE m.record_id = ANY(%(ids)s) AND m.state = 'open'
) c
WHERE EXISTS (SELECT FROM registry_person_area a WHERE a.person_id = c.person_id AND {seen})
GROUP BY c.record_id, c.person_id
"""


def waiting(
    actor: Actor,
    permission: str,
    area: str | None = None,
    assigned: Assigned = "all",
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Waiting]:
    """Rows waiting where the actor holds `permission` and sees people, area by area, the oldest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1, "me": actor.id, "today": clock.today()}
    held = sql.ranges(sql.held(actor, permission, area), "r.area_code", params, "m")
    seen = sql.ranges(sql.held(actor, VIEW, area), "r.area_code", params)
    where = f"r.state = 'review' AND r.superseded_by IS NULL AND {held} AND {seen}"
    where += {"all": "", "mine": " AND a.account_id = %(me)s", "nobody": " AND a.account_id IS NULL"}[assigned]
    total = sql.count(
        "SELECT 1 FROM registry_source_record r LEFT JOIN registry_review_assignment a ON a.record_id = r.id "
        f"WHERE {where}",
        params,
    )
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (r.area_code, r.id) > (%(c0)s, %(c1)s::uuid)"
    columns = ", ".join(f"r.{column}" for column in STORED)
    found = sql.rows(SimpleNamespace, _ROWS.format(columns=columns, where=where, turned=turned), params)
    page = found[:size]
    candidates = _candidates(actor, page)
    rows = [
        Waiting(
            r.id, r.batch_id, r.row, r.area_code, r.name, r.source_name, r.observed_on, r.recorded_at, r.account_id,
            candidates[r.id], Thresholds() if r.put_together is None else Thresholds(r.put_together, r.asked_about),
        )
        for r in page
    ]  # fmt: skip
    following = paging.encode((page[-1].area_code, page[-1].id)) if len(found) > size else None
    return Page(rows, following, total)


def _candidates(actor: Actor, rows: list[Any]) -> dict[UUID, tuple[Candidate, ...]]:
    params: dict[str, Any] = {"ids": [row.id for row in rows]}
    seen = sql.ranges(sql.held(actor, VIEW), "a.area_code", params)
    found = sql.rows(dict, _CANDIDATES.format(seen=seen), params)
    people = Person.objects.in_bulk({each["person_id"] for each in found})
    by_id = {row.id: row for row in rows}
    told: dict[UUID, list[Candidate]] = defaultdict(list)
    for each in found:
        person = people.get(each["person_id"])
        if person is None:
            continue  # joined into somebody since they were found
        lines = [told_line for field in FIELDS if (told_line := line(field, by_id[each["record_id"]], person))]
        told[each["record_id"]].append(
            Candidate(
                person.id, person.name, person.area_code, bool(each["same_number"]), bool(each["same_record"]),
                tuple(lines), each["probability"], tuple(json.loads(each["lines"] or "[]")),
            )
        )  # fmt: skip
    order = {row.id: tuple(sorted(told[row.id], key=_order)) for row in rows}
    return defaultdict(tuple, order)


def _order(candidate: Candidate) -> tuple[bool, float, str, str]:
    return (not candidate.same_number, -(candidate.probability or 0.0), candidate.name, str(candidate.person_id))


def decided_today(actor: Actor) -> int:
    """How many rows the actor has decided on today: told to nobody else, and read from the decisions themselves."""
    begun = clock.now().astimezone(clock.LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
    return ChangeLog.objects.filter(actor=actor.id, action=DECIDED, at__gte=begun).count()


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the reader's areas who holds a permission in one of them."""

    account_id: UUID
    name: str
    unit_name: str


def colleagues(actor: Actor, permission: str, most: int = 200) -> list[Colleague]:
    """Accounts of the actor's areas that hold `permission` there; those of offices above are not told."""
    return sql.rows(
        Colleague,
        """
        SELECT DISTINCT account AS account_id, name, coalesce(unit_name, '') AS unit_name
        FROM access_sight(%(held)s::text[], %(permission)s, %(now)s) WHERE account_area ^@ ANY(%(held)s::text[])
        ORDER BY name, account LIMIT %(most)s
        """,
        {"held": list(actor.areas_for(permission)), "permission": permission, "now": clock.now(), "most": most},
    )
