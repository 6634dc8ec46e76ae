"""Joining, splitting and undoing both: one transaction under the lock of merges, so that of two at once one wins."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from linli.access import changes as change_log
from linli.kernel import area_names, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.ids import uuid7
from linli.registry.actions.elevated import on_behalf_of, recompute
from linli.registry.models import Person
from linli.registry.permissions import JOIN
from linli.registry.problems import ChangedMeanwhile, ReasonMissing
from linli.registry.queries.person import seen_person, visible_areas

from . import moving, queries, rules
from .models import PersonAlias, Regrouping
from .problems import RestsUpon, Same, Undone

SHORTEST_REASON = 2
Kind = Regrouping.Kind


def check_reason(reason: str) -> str:
    """The reason without spaces around it. Raises ReasonMissing."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    return reason.strip()


def check_person(actor: Actor, person_id: UUID) -> Person:
    """A person the actor sees and may regroup: JOIN is asked where the person is managed. Raises NotFound, Forbidden."""
    visible_areas(actor, person_id)
    person = seen_person(person_id)
    actor.require(JOIN, person.area_code)
    return person


def join_people(
    actor: Actor, person_id: UUID, other_id: UUID, reason: str, version: int, other_version: int
) -> Regrouping:
    """Say that `other_id` is the same as `person_id`: all that is known of both is known of `person_id`.

    `version` and `other_version` are those that were looked at. Raises NotFound, Forbidden, ReasonMissing, Same,
    ChangedMeanwhile (also where one of them is no more), NumbersDiffer, Related, RequestOpen.
    """
    if person_id == other_id:
        raise Same()
    for one in (person_id, other_id):
        check_person(actor, one)
    reason = check_reason(reason)
    with on_behalf_of(actor):
        person, other = _as_seen(person_id, version), _as_seen(other_id, other_version)
        for problem in rules.obstacles(queries.pair(person_id, other_id)):
            raise problem()
        made = _made(Kind.JOIN, other, person_id, person.area_code, reason, actor)
        made.was_version, made.was_recorded_at = other.version, other.recorded_at
        made.save(force_insert=True)
        made.records = moving.carry_all(made)
        made.save(update_fields=["records"])
        moving.lead_on(made.id, other_id, person_id, person_id)
        moving.remove_person(other_id)
        recompute([person_id])
        _record(actor, "registry.person.join", made)
    return made


def split_person(
    actor: Actor,
    person_id: UUID,
    records: Sequence[UUID],
    reason: str,
    version: int,
    number_wrong: bool = False,
    back_to: UUID | None = None,
) -> Regrouping:
    """Say that some current statements are about somebody else: a new person, or one who was joined (`back_to`).

    With an old id goes back what came with it beside statements. `number_wrong`: an identity number that both would have
    is wrong in what is taken. Raises NotFound, Forbidden, ReasonMissing, ChangedMeanwhile, NothingChosen,
    NumberOnBothSides.
    """
    check_person(actor, person_id)
    reason = check_reason(reason)
    with on_behalf_of(actor):
        person = _as_seen(person_id, version)
        alias = PersonAlias.objects.filter(old_id=back_to, person_id=person_id).first() if back_to else None
        if back_to and alias is None:
            raise NotFound()
        if problem := rules.splitting(queries.statements(person_id), records, number_wrong):
            raise problem()
        made = _made(Kind.SPLIT, person, back_to or uuid7(), person.area_code, reason, actor)
        made.was_joined_by = alias.regrouping_id if alias else None
        made.save(force_insert=True)
        made.records = moving.carry_records(made, list(records))
        made.save(update_fields=["records"])
        if number_wrong:
            moving.set_numbers_aside(made)
        if alias:
            moving.carry_ties(made, alias.regrouping_id)
        moving.make_person(made.to_person, 0, made.made_at)
        recompute([person_id, made.to_person])
        if alias:
            moving.lead_back(alias.old_id)
        _record(actor, "registry.person.split", made)
    return made


def undo_regrouping(actor: Actor, regrouping_id: UUID, reason: str) -> Regrouping:
    """Take a join or a split back exactly. Raises NotFound, Forbidden, ReasonMissing, Undone, RestsUpon."""
    seen = Regrouping.objects.filter(id=regrouping_id).first()
    if seen is None:
        raise NotFound()
    for area in (seen.from_area, seen.to_area):
        if not (actor.may(JOIN, area) or any(actor.may(JOIN, now) for now in area_names.going_by(area))):
            raise Forbidden(permission=JOIN)
    reason = check_reason(reason)
    with on_behalf_of(actor):
        made = Regrouping.objects.select_for_update().get(id=regrouping_id)
        if made.undone_at is not None:
            raise Undone()
        if found := queries.resting(made):
            raise RestsUpon(count=len(found), what=queries.words_of(found, actor.language))
        made.undone_at, made.undone_by, made.undo_reason = clock.now(), actor.id, reason
        made.undo_request = actor.request_id
        made.save()
        _take_back(made)
        _record(actor, "registry.person.undo", made)
    return made


def _take_back(made: Regrouping) -> None:
    moving.take_back(made)
    if made.kind == Kind.JOIN:
        assert made.was_version is not None and made.was_recorded_at is not None
        moving.make_person(made.from_person, made.was_version, made.was_recorded_at)
        recompute([made.from_person, made.to_person])
        moving.lead_back(made.from_person)
        return
    if made.was_joined_by:
        into = Regrouping.objects.get(id=made.was_joined_by).to_person
        moving.lead_on(made.was_joined_by, made.to_person, into, made.from_person)
    moving.remove_person(made.to_person)
    recompute([made.from_person])


def _as_seen(person_id: UUID, version: int) -> Person:
    """A person, held to the end of the transaction, as they were looked at. Raises ChangedMeanwhile."""
    person = Person.objects.select_for_update().filter(id=person_id).first()
    if person is None or person.version != version:
        raise ChangedMeanwhile(version=person.version if person else 0)
    return person


def _made(kind: Kind, source: Person, target: UUID, target_area: str, reason: str, actor: Actor) -> Regrouping:
    return Regrouping(
        id=uuid7(), kind=kind, from_person=source.id, to_person=target, from_area=source.area_code, to_area=target_area,
        reason=reason, records=0, made_at=clock.now(), made_by=actor.id, request=actor.request_id,
    )  # fmt: skip


def _record(actor: Actor, action: str, made: Regrouping) -> None:
    detail = {"kind": made.kind, "records": made.records, "other": str(made.from_person)}
    change_log.record(actor, action, "person", made.to_person, made.to_area, detail)
