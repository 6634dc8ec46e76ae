"""Reads of relations and tags: a person's, lists over an area, and counts of tags by area. A fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from linli.access.queries.actors import display_name, in_sight, names_of
from linli.kernel import clock, paging, secrets
from linli.kernel.actors import Actor
from linli.kernel.masking import mask_phone
from linli.kernel.paging import Page
from linli.registry.models import Person
from linli.registry.permissions import EDIT, REVEAL, TAG_EDIT, TAG_VIEW, VIEW
from linli.registry.queries import sql
from linli.registry.queries.person import visible_areas

from . import rules
from .models import TagKind

#: fewer people than this with a tag in an area are not told as a number: so few could be named
FEWEST = 3
# A tag holds while nobody ended it, it has not lapsed, and the catalogue still has its kind in use; one of a kind that is
# out of use is told of nowhere, also not among those of before.
LIVE = "t.ended_on IS NULL AND t.expires_on > %(today)s AND k.active"
PAST = "(t.ended_on IS NOT NULL OR t.expires_on <= %(today)s) AND k.active"
_HOLDS = "(t.ended_on IS NULL OR t.ended_on > %(today)s)"
# What somebody wrote when stating or ending, and who, is for those who see the area it was written in: a person who moves
# takes the fact along, not the other town's notes.
_STATED_HERE = "t.stated_area ^@ ANY(%(held)s::text[])"
_ENDED_HERE = "t.ended_area ^@ ANY(%(held)s::text[])"
_NOTES = f"""
CASE WHEN {_STATED_HERE} THEN t.reason END AS reason, CASE WHEN {_STATED_HERE} THEN t.recorded_by END AS recorded_by,
CASE WHEN {_ENDED_HERE} THEN t.ended_why END AS ended_why, CASE WHEN {_ENDED_HERE} THEN t.ended_by END AS ended_by
"""
RelationState = Literal["current", "ended"]
TagState = Literal["current", "past"]


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A relation of a person. `other_id` is told where the reader sees the other one too; the phone is masked.

    Source, reason and who stated it are None where it was stated in an area the reader does not see; likewise who ended it
    and why. `recorded_by` and `ended_by` are names on a person's page, and left out of lists.
    """

    id: UUID
    person_id: UUID
    person_name: str
    birth: date | None
    kind: str
    kinship: str | None
    other_id: UUID | None
    other_name: str
    phone: str | None
    consent_on: date | None
    consent_form: str | None
    source_name: str | None
    observed_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    ended_on: date | None
    ended_by: str | None
    ended_why: str | None
    replaced: bool
    current: bool
    area_code: str


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with the department that gave it, by which law and until when; notes as of `RelationRow`."""

    id: UUID
    person_id: UUID
    person_name: str
    kind: str
    name_zh: str
    name_en: str
    source_name: str
    legal_basis: str
    given_on: date
    expires_on: date
    recorded_at: datetime
    recorded_by: str | None
    reason: str | None
    ended_on: date | None
    ended_by: str | None
    ended_why: str | None
    replaced: bool
    current: bool
    area_code: str


@dataclass(frozen=True, slots=True)
class Ties:
    """A person's relations with those that ended, where others name them as theirs, and tags as far as the reader may see
    tags: those that hold, and those of before. Each change is a statement of its own, so this is their history."""

    child: bool
    relations: tuple[RelationRow, ...]
    named_by: tuple[RelationRow, ...]
    tags: tuple[TagRow, ...]
    past_tags: tuple[TagRow, ...]
    may_edit: bool
    may_reveal: bool
    may_tag: bool

    @property
    def guardian_missing(self) -> bool:
        """Whether this is a child nobody is on record for."""
        return self.child and not any(r.current and r.kind == "guardian" for r in self.relations)


_RELATION = f"""
SELECT t.id, t.person_id, p.name AS person_name, p.birth, t.kind, t.kinship,
       CASE WHEN EXISTS (SELECT FROM registry_person_area o WHERE o.person_id = t.other_id
                         AND o.area_code ^@ ANY(%(held)s::text[])) THEN t.other_id END AS other_id,
       t.other_name, t.phone, t.consent_on, t.consent_form,
       CASE WHEN {_STATED_HERE} THEN coalesce(s.name, t.source_code) END AS source_name, t.observed_on, t.recorded_at,
       {_NOTES}, t.ended_on, t.replaced_with IS NOT NULL AS replaced, {_HOLDS} AS current, t.area_code
FROM registry_relation t JOIN registry_person p ON p.id = t.person_id
LEFT JOIN registry_source s ON s.code = t.source_code
"""
_TAG = f"""
SELECT t.id, t.person_id, p.name AS person_name, t.kind, k.name_zh, k.name_en,
       coalesce(s.name, t.source_code) AS source_name, t.legal_basis, t.observed_on AS given_on, t.expires_on,
       t.recorded_at, {_NOTES}, t.ended_on, t.replaced_with IS NOT NULL AS replaced, {LIVE} AS current, t.area_code
FROM registry_tag t JOIN registry_tag_kind k ON k.code = t.kind JOIN registry_person p ON p.id = t.person_id
LEFT JOIN registry_source s ON s.code = t.source_code
"""
Noted = TypeVar("Noted", RelationRow, TagRow)


def _relations(actor: Actor, condition: str, params: dict[str, Any], tail: str) -> list[RelationRow]:
    """Relations that meet a condition (over t and p), their phones masked."""
    params |= {"today": clock.today(), "held": list(actor.areas_for(VIEW))}
    found = sql.rows(dict, f"{_RELATION} WHERE {condition} {tail}", params)
    return [
        RelationRow(**row | {"phone": mask_phone(secrets.decrypt(bytes(row["phone"]))) if row["phone"] else None})
        for row in found
    ]


def _tags(actor: Actor, condition: str, params: dict[str, Any], tail: str) -> list[TagRow]:
    params |= {"today": clock.today(), "held": list(actor.areas_for(TAG_VIEW))}
    return sql.rows(TagRow, f"{_TAG} WHERE {condition} {tail}", params)


def _named(rows: list[Noted]) -> list[Noted]:
    """With names for who stated and ended them, as far as the reader may know them. Two queries at most."""
    who = [name for row in rows for name in (row.recorded_by, row.ended_by)]
    known, names = in_sight(who), names_of(who)

    def say(actor_id: str | None) -> str | None:
        return display_name(actor_id, names) if actor_id in known and actor_id else None

    return [replace(row, recorded_by=say(row.recorded_by), ended_by=say(row.ended_by)) for row in rows]


def _unnamed(rows: list[Noted]) -> list[Noted]:
    return [replace(row, recorded_by=None, ended_by=None) for row in rows]


def person_ties(actor: Actor, person_id: UUID) -> Ties:
    """What ties a person the actor may see. Raises NotFound otherwise."""
    areas = [area.area_code for area in visible_areas(actor, person_id)]
    person = Person.objects.only("birth").get(id=person_id)
    relations = _relations(
        actor, "t.person_id = %(id)s", {"id": person_id},
        "ORDER BY t.ended_on IS NOT NULL, t.kind <> 'guardian', t.recorded_at DESC, t.id",
    )  # fmt: skip
    named = _relations(
        actor,
        f"t.other_id = %(id)s AND {_HOLDS} AND EXISTS (SELECT FROM registry_person_area a "
        "WHERE a.person_id = t.person_id AND a.area_code ^@ ANY(%(held)s::text[]))",
        {"id": person_id},
        "ORDER BY p.name_key, t.id LIMIT 50",
    )
    tags: list[TagRow] = []
    if any(actor.may(TAG_VIEW, code) for code in areas):
        tags = _tags(
            actor, f"t.person_id = %(id)s AND ({LIVE} OR {PAST})", {"id": person_id},
            "ORDER BY t.recorded_at DESC, t.id",
        )  # fmt: skip
    tags = _named(tags)
    holding = sorted((tag for tag in tags if tag.current), key=lambda tag: tag.name_zh)
    return Ties(
        rules.is_child(person.birth, clock.today()), tuple(_named(relations)), tuple(_unnamed(named)), tuple(holding),
        tuple(tag for tag in tags if not tag.current),
        *(any(actor.may(permission, code) for code in areas) for permission in (EDIT, REVEAL, TAG_EDIT)),
    )  # fmt: skip


def relations_page(
    actor: Actor, area: str | None = None, kind: str | None = None, consent: str | None = None,
    state: RelationState = "current", cursor: str | None = None, limit: int | None = None, counted: bool = True,
) -> Page[RelationRow]:  # fmt: skip
    """Relations that hold, of people managed in the actor's areas, or those that `ended` without another in their place.

    `consent`: given or missing, of guardians.
    """
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1, "today": clock.today()}
    held = _HOLDS if state == "current" else f"NOT {_HOLDS} AND t.replaced_with IS NULL"
    where = f"{sql.ranges(sql.held(actor, VIEW, area), 't.area_code', params)} AND {held}"
    if kind:
        params["kind"] = kind
        where += " AND t.kind = %(kind)s"
    if consent:
        where += f" AND t.kind = 'guardian' AND t.consent_on IS {'NOT ' if consent == 'given' else ''}NULL"
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (t.area_code, t.id) > (%(c0)s, %(c1)s::uuid)"
    found = _relations(actor, where + turned, params, "ORDER BY t.area_code, t.id LIMIT %(size)s")
    total = sql.count(f"SELECT 1 FROM registry_relation t WHERE {where}", params) if counted else None
    return _page(_unnamed(found), size, total)


def tags_page(
    actor: Actor, area: str | None = None, kind: str | None = None, soon: bool = False, state: TagState = "current",
    cursor: str | None = None, limit: int | None = None, counted: bool = True,
) -> Page[TagRow]:  # fmt: skip
    """Tags that hold, of people managed in the actor's areas, or `past` ones: lapsed, or taken back, with no newer of the
    kind in their place. `soon`: those that lapse within 30 days."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"size": size + 1, "today": clock.today()}
    held = LIVE if state == "current" else f"{PAST} AND t.replaced_with IS NULL"
    where = f"{sql.ranges(sql.held(actor, TAG_VIEW, area), 't.area_code', params)} AND {held}"
    if kind:
        params["kind"] = kind
        where += " AND t.kind = %(kind)s"
    if soon:
        where += " AND t.expires_on <= %(today)s + 30"
    turned = ""
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        turned = " AND (t.area_code, t.id) > (%(c0)s, %(c1)s::uuid)"
    found = _tags(actor, where + turned, params, "ORDER BY t.area_code, t.id LIMIT %(size)s")
    counting = f"SELECT 1 FROM registry_tag t JOIN registry_tag_kind k ON k.code = t.kind WHERE {where}"
    return _page(_unnamed(found), size, sql.count(counting, params) if counted else None)


def _page(found: list[Any], size: int, total: paging.Count | None) -> Page[Any]:
    shown = found[:size]
    following = paging.encode((shown[-1].area_code, shown[-1].id)) if len(found) > size else None
    return Page(shown, following, total)


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many people of an area have a tag; None stands for fewer than FEWEST."""

    code: str
    people: int | None


def tags_by_area(actor: Actor, kind: str, digits: int, area: str | None = None) -> list[AreaCount]:
    """People with a tag per town (9), village (12) or grid (15) of the actor's areas, for the map: figures, never names."""
    params: dict[str, Any] = {"digits": digits, "today": clock.today(), "kind": kind, "few": FEWEST}
    where = sql.ranges(sql.held(actor, TAG_VIEW, area), "t.area_code", params)
    return sql.rows(
        AreaCount,
        f"""
        SELECT code, CASE WHEN people >= %(few)s THEN people END AS people FROM (
            SELECT left(t.area_code, %(digits)s) AS code, count(DISTINCT t.person_id) AS people
            FROM registry_tag t JOIN registry_tag_kind k ON k.code = t.kind
            WHERE {where} AND t.kind = %(kind)s AND {LIVE} AND length(t.area_code) >= %(digits)s GROUP BY 1
        ) c ORDER BY code
        """,
        params,
    )


def tag_kinds(active_only: bool = False) -> list[TagKind]:
    """The catalogue of tags, those in use first."""
    kinds = TagKind.objects.filter(active=True) if active_only else TagKind.objects.all()
    return list(kinds.order_by("-active", "source_code", "code"))
