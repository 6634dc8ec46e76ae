"""Reads about joins and splits: who is the same as whom, where old ids lead, two people side by side, what rests on what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel.errors import Text
from linli.registry.codes import MANUAL
from linli.registry.identity import RESIDENT
from linli.registry.person_columns import RECORDS
from linli.registry.queries import sql

from .models import Regrouping
from .rules import Pair, Statement

MOST_RESTING = 100
_NUMBERS = f"""
SELECT r.person_id, r.id_hash FROM registry_source_record r
WHERE r.person_id IN (%(one)s, %(other)s) AND r.superseded_by IS NULL AND r.state = 'linked'
  AND r.id_hash IS NOT NULL AND coalesce(r.id_kind, '{RESIDENT}') = '{RESIDENT}'
"""
_TIED = """
SELECT EXISTS (SELECT FROM registry_relation t WHERE t.ended_on IS NULL
               AND (t.person_id, t.other_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))) AS related,
       EXISTS (SELECT FROM registry_transfer t WHERE t.state = 'open' AND t.person_id IN (%(one)s, %(other)s)) AS asked
"""


def pair(one: UUID, other: UUID) -> Pair:
    """What may keep two people apart. Read over the district: the caller acts for it."""
    params = {"one": one, "other": other}
    numbers: dict[UUID, set[bytes]] = {one: set(), other: set()}
    for row in sql.rows(dict, _NUMBERS, params):
        numbers[row["person_id"]].add(bytes(row["id_hash"]))
    (tied,) = sql.rows(dict, _TIED, params)
    return Pair(frozenset(numbers[one]), frozenset(numbers[other]), tied["related"], tied["asked"])


def statements(person_id: UUID) -> list[Statement]:
    """The current statements about a person, over the district."""
    found = sql.rows(
        dict,
        "SELECT id, name IS NOT NULL AS named, id_hash FROM registry_source_record "
        "WHERE person_id = %(id)s AND superseded_by IS NULL AND state = 'linked'",
        {"id": person_id},
    )
    return [Statement(r["id"], r["named"], bytes(r["id_hash"]) if r["id_hash"] else None) for r in found]


def living(person_id: UUID) -> UUID:
    """The id under which a person is held now: the one given, or where it leads since it was joined.

    An old id of somebody out of sight is as if it had never been.
    """
    found = sql.rows(dict, "SELECT person_id FROM registry_person_alias WHERE old_id = %(id)s", {"id": person_id})
    return found[0]["person_id"] if found else person_id


def living_ones(ids: Sequence[UUID]) -> list[UUID]:
    """The same of many, each once, in the given order."""
    leads = {
        row["old_id"]: row["person_id"]
        for row in sql.rows(
            dict, "SELECT old_id, person_id FROM registry_person_alias WHERE old_id = ANY(%(ids)s)", {"ids": list(ids)}
        )
    }
    return list(dict.fromkeys(leads.get(one, one) for one in ids))


def all_ids(person_id: UUID) -> list[UUID]:
    """A person's id and those that lead to it, in the sight of whoever asks."""
    old = sql.rows(
        dict,
        "SELECT old_id FROM registry_person_alias WHERE person_id = %(id)s ORDER BY old_id", {"id": person_id},
    )  # fmt: skip
    return [person_id, *(row["old_id"] for row in old)]


def ids_in_logs(subject: str) -> list[str]:
    """Every id under which logs name somebody, whichever of them is asked for."""
    try:
        asked = UUID(subject)
    except ValueError:
        return [subject]
    return list(dict.fromkeys([subject, *map(str, all_ids(living(asked)))]))


@dataclass(frozen=True, slots=True)
class RegroupingRow:
    """A join or split, as whoever sees the person is told of it. `rests` is asked only where it stands."""

    id: UUID
    kind: Literal["join", "split"]
    from_person: UUID
    to_person: UUID
    records: int
    reason: str
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str | None
    undo_reason: str
    request: str
    undo_request: str


def regroupings_of(ids: Sequence[UUID]) -> list[RegroupingRow]:
    """Joins and splits of a person known by these ids, latest first."""
    return sql.rows(
        RegroupingRow,
        "SELECT id, kind, from_person, to_person, records, reason, made_at, made_by, undone_at, undone_by, undo_reason, "
        "request, undo_request FROM registry_regrouping WHERE from_person = ANY(%(ids)s) OR to_person = ANY(%(ids)s) "
        "ORDER BY made_at DESC, id DESC",
        {"ids": list(ids)},
    )


RESTING = {
    "regrouping": Text("之后的合并或拆分", "later joins or splits"),
    "record": Text("之后的来源记录或更正", "later records or corrections"),
    "relation": Text("之后登记的关系", "later relations"),
    "tag": Text("之后添加的标签", "later tags"),
    "custom": Text("之后登记的自定义信息", "later custom facts"),
    "transfer": Text("之后的迁入请求", "later move-in requests"),
    "nothing_left": Text("其中一人已没有来源记录", "one of them has no record left"),
}
# A later statement rests on a join unless it would have come to `to_person` anyway: it superseded a statement that was
# theirs before, or bears their number and not the other's. Whoever corrected by hand looked at the joined person.
# After a split nothing may have come to the new person at all.
_RESTING = f"""
WITH RECURSIVE moved AS (
    SELECT m.row_id AS id FROM registry_regrouped m WHERE m.regrouping_id = %(id)s AND m.what = '{RECORDS.name}'
), about AS (
    SELECT r.* FROM registry_source_record r WHERE r.person_id = %(to)s
), own AS (
    SELECT a.id, a.superseded_by FROM about a
    WHERE %(join)s AND a.recorded_at <= %(at)s AND a.id NOT IN (SELECT id FROM moved)
    UNION
    SELECT a.id, a.superseded_by FROM about a JOIN own o ON o.superseded_by = a.id
    WHERE a.source_code <> '{MANUAL}'
), numbered AS (
    SELECT a.id FROM about a WHERE %(join)s AND a.source_code <> '{MANUAL}'
      AND a.id_hash IN (SELECT b.id_hash FROM about b JOIN own USING (id))
      AND a.id_hash NOT IN (SELECT b.id_hash FROM about b JOIN moved USING (id) WHERE b.id_hash IS NOT NULL)
), known AS (
    SELECT id FROM moved UNION SELECT id FROM own UNION SELECT id FROM numbered
)
SELECT 'record' AS kind FROM about a WHERE a.id NOT IN (SELECT id FROM known)
UNION ALL
SELECT 'record' FROM about a JOIN moved USING (id)
WHERE a.superseded_by IS NOT NULL AND a.superseded_by NOT IN (SELECT id FROM moved)
  AND EXISTS (SELECT FROM registry_source_record n WHERE n.id = a.superseded_by AND n.recorded_at > %(at)s)
UNION ALL
SELECT 'record' FROM registry_regrouped m JOIN registry_source_record o USING (match_key)
WHERE m.regrouping_id = %(id)s AND m.what = 'number' AND o.superseded_by IS NULL AND o.state = 'linked'
  AND o.source_code = (SELECT r.source_code FROM registry_source_record r WHERE r.id = m.row_id)
UNION ALL
SELECT 'regrouping' FROM registry_regrouping g
WHERE g.undone_at IS NULL AND g.id <> %(id)s AND g.made_at >= %(at)s AND g.id > %(id)s
  AND (g.from_person IN (%(from)s, %(to)s) OR g.to_person IN (%(from)s, %(to)s))
UNION ALL
SELECT 'relation' FROM registry_relation t
WHERE (t.person_id = %(to)s OR t.other_id = %(to)s) AND t.recorded_at > %(at)s
UNION ALL
SELECT 'tag' FROM registry_tag t WHERE t.person_id = %(to)s AND t.recorded_at > %(at)s
UNION ALL
SELECT 'custom' FROM registry_custom_value t WHERE t.person_id = %(to)s AND t.recorded_at > %(at)s
UNION ALL
SELECT 'transfer' FROM registry_transfer t WHERE t.person_id = %(to)s AND t.opened_at > %(at)s
UNION ALL
SELECT 'nothing_left' FROM (VALUES (true), (false)) side (other)
WHERE (%(join)s OR other) AND NOT EXISTS (
    SELECT FROM about a WHERE a.superseded_by IS NULL AND a.state = 'linked' AND a.name IS NOT NULL
      AND (a.id IN (SELECT id FROM moved)) = other)
LIMIT {MOST_RESTING}
"""


def resting(made: Regrouping) -> list[str]:
    """What later entries rest on a regrouping, by kind; empty when it can be undone. Read over the district."""
    params: dict[str, Any] = {
        "id": made.id, "from": made.from_person, "to": made.to_person, "at": made.made_at,
        "join": made.kind == Regrouping.Kind.JOIN,
    }  # fmt: skip
    return [row["kind"] for row in sql.rows(dict, _RESTING, params)]


def words_of(kinds: Sequence[str], language: str) -> str:
    """What rests on something, in words."""
    between = "，" if language != "en" else ", "
    return between.join(RESTING[kind].say(language) for kind in Counter(kinds))
