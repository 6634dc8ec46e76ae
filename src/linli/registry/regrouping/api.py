"""Joins and splits over HTTP: two people side by side, joining, splitting, what was done, undoing it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.errors import Text
from linli.kernel.http import actor_of, language_of, require
from linli.registry.permissions import JOIN, VIEW
from linli.registry.person_ids import PersonId
from linli.registry.queries.codes import labels
from linli.registry.queries.person import visible_areas

from . import actions, queries
from .beside import Beside, Side, side_by_side

router = Router(tags=["regrouping"])
ELSEWHERE = Text("其他区域", "Another area")


class SideOut(Schema):
    """One of two people beside each other."""

    id: UUID
    name: str
    version: int
    area_name: str
    records: int
    ties: int


class BesideOut(Schema):
    """A field of both, and what both together would have; numbers are masked."""

    field: str
    label: str
    one: str | None
    other: str | None
    same: bool
    together: str | None
    kept: Literal["one", "other", "both"] | None


class ObstacleOut(Schema):
    code: str
    text: str


class SideBySideOut(Schema):
    one: SideOut
    other: SideOut
    rows: list[BesideOut]
    obstacles: list[ObstacleOut]
    may_join: bool


class JoinIn(Schema):
    """`other_id` is the same person. The versions are those that were looked at."""

    other_id: PersonId
    reason: str = Field(max_length=200)
    version: int
    other_version: int


class SplitIn(Schema):
    """Statements that are about somebody else; `back_to` is an old id of this person, who is somebody again.

    `number_wrong`: an identity number that both would have is wrong in what is taken out, and set aside there.
    """

    records: list[UUID] = Field(min_length=1, max_length=100)
    reason: str = Field(max_length=200)
    version: int
    number_wrong: bool = False
    back_to: UUID | None = None


class UndoIn(Schema):
    reason: str = Field(max_length=200)


class RegroupingOut(Schema):
    """A join (`from_person` leads to `to_person` since) or a split (`to_person` was made of statements of `from_person`)."""

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


class RegroupingsOut(Schema):
    """What was joined and split about a person, and the old ids that lead here."""

    items: list[RegroupingOut]
    old_ids: list[UUID]
    may_join: bool


class RegroupedOut(Schema):
    """What was done, and the person to look at now."""

    id: UUID
    person_id: UUID
    other_id: UUID


@router.get("/people/{person_id}/beside/{other_id}", auth=require(VIEW), response=SideBySideOut)
def beside(request: HttpRequest, person_id: PersonId, other_id: PersonId) -> SideBySideOut:
    """Two people side by side, before they are joined."""
    language = language_of(request)
    found = side_by_side(actor_of(request), person_id, other_id)
    for side in (found.one, found.other):
        reads.note("detail", "person", subject_id=side.id, area=side.areas[0].area_code, count=1, purpose="join")
    named, said = names_of([found.one.area_code, found.other.area_code]), labels(language)
    return SideBySideOut(
        one=_side(found.one, named),
        other=_side(found.other, named),
        rows=[_row(row, said, language) for row in found.rows],
        obstacles=[ObstacleOut(code=o.code, text=o.text.say(language)) for o in found.obstacles],
        may_join=found.may_join,
    )


@router.post("/people/{person_id}/join", auth=require(JOIN), response=RegroupedOut)
def join(request: HttpRequest, person_id: PersonId, given: JoinIn) -> RegroupedOut:
    """Say that two people are one; what was written of either is found from both ids."""
    made = actions.join_people(
        actor_of(request), person_id, given.other_id, given.reason, given.version, given.other_version
    )
    return RegroupedOut(id=made.id, person_id=made.to_person, other_id=made.from_person)


@router.post("/people/{person_id}/split", auth=require(JOIN), response=RegroupedOut)
def split(request: HttpRequest, person_id: PersonId, given: SplitIn) -> RegroupedOut:
    """Say that some statements are about somebody else."""
    made = actions.split_person(
        actor_of(request), person_id, given.records, given.reason, given.version, given.number_wrong, given.back_to
    )
    return RegroupedOut(id=made.id, person_id=made.from_person, other_id=made.to_person)


@router.get("/people/{person_id}/regroupings", auth=require(VIEW), response=RegroupingsOut)
def list_regroupings(request: HttpRequest, person_id: PersonId) -> RegroupingsOut:
    """What was joined and split about a person, latest first."""
    actor, language = actor_of(request), language_of(request)
    areas = visible_areas(actor, person_id)
    ids = queries.all_ids(person_id)
    found = queries.regroupings_of(ids)
    reads.note("detail", "person.regroupings", subject_id=person_id, area=areas[0].area_code, count=len(found))
    hands = actors.in_sight(who for row in found for who in (row.made_by, row.undone_by))
    names = actors.names_of(hands)

    def called(who: str | None) -> str | None:
        return actors.display_name(who, names) if who in hands else ELSEWHERE.say(language) if who else None

    return RegroupingsOut(
        items=[
            RegroupingOut(
                id=row.id, kind=row.kind, from_person=row.from_person, to_person=row.to_person, records=row.records,
                reason=row.reason, made_at=row.made_at, made_by=called(row.made_by) or "",
                undone_at=row.undone_at,
                undone_by=called(row.undone_by),
                undo_reason=row.undo_reason,
            )
            for row in found
        ],
        old_ids=ids[1:],
        may_join=any(actor.may(JOIN, area.area_code) for area in areas),
    )  # fmt: skip


@router.post("/regroupings/{regrouping_id}/undo", auth=require(JOIN), response=RegroupedOut)
def undo(request: HttpRequest, regrouping_id: UUID, given: UndoIn) -> RegroupedOut:
    """Take a join or a split back; refused while something later rests on it."""
    made = actions.undo_regrouping(actor_of(request), regrouping_id, given.reason)
    return RegroupedOut(id=made.id, person_id=made.from_person, other_id=made.to_person)


def _side(side: Side, named: dict[str, str]) -> SideOut:
    return SideOut(
        id=side.id, name=side.name, version=side.version, area_name=named[side.area_code], records=side.records,
        ties=side.ties,
    )  # fmt: skip


def _row(row: Beside, said: dict[tuple[str, str], str], language: str) -> BesideOut:
    field = row.field
    coded = "relation_to_head" if field.name == "household" else field.code_list

    def say(value: str | None) -> str | None:
        return said.get((coded, value), value) if coded and value else value

    return BesideOut(
        field=field.name,
        label=field.en if language == "en" else field.zh,
        one=say(row.one),
        other=say(row.other),
        same=row.same,
        together=say(row.together),
        kept=row.kept,
    )
