"""Relations and tags stated or ended by hand, and the catalogue of tags. What replaces another ends it; nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from django.conf import settings

from linli.access import changes as change_log
from linli.access import reads
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.registry import rules as facts
from linli.registry.actions.elevated import on_behalf_of
from linli.registry.codes import MANUAL
from linli.registry.models import Person
from linli.registry.permissions import EDIT, REVEAL, TAG_CATALOGUE, TAG_EDIT, VIEW
from linli.registry.problems import AlreadyDecided, ChangedMeanwhile, PurposeMissing, ReasonMissing
from linli.registry.queries.codes import code_sets, sources
from linli.registry.queries.demo import is_demo
from linli.registry.queries.person import seen_person, visible_areas
from linli.registry.regrouping.queries import living

from . import rules
from .models import Relation, Tag, TagKind
from .rules import NewRelation

SHORTEST_REASON, SHORTEST_PURPOSE = 2, 4
_UNKNOWN_TAG = Text("没有这种标签，或已停用。", "There is no such tag, or it is no longer in use.")
_LAPSED = Text("按有效期推算已经失效，请核对日期。", "By its validity this has lapsed already; look at the day.")
_AHEAD = Text("日期应不晚于今天。", "The day cannot lie ahead.")
_FULL = Text(
    "标签目录已满（{most} 种），请先停用不用的。",
    "The catalogue is full ({most} kinds); put unused ones out of use first.",
)


def _person(actor: Actor, person_id: UUID, permission: str) -> Person:
    """A person the actor sees and may do this with. Raises NotFound, Forbidden."""
    visible_areas(actor, person_id)
    if not any(actor.may(permission, area.area_code) for area in visible_areas(actor, person_id, VIEW)):
        raise Forbidden(permission=permission)
    return seen_person(person_id)


def check_relation(actor: Actor, person_id: UUID, new: NewRelation, other_id: UUID | None, reason: str) -> NewRelation:
    """Whether `actor` may state this relation now; answers it with what the base knows of the other one.

    Raises NotFound (also for an `other_id` out of sight), Forbidden, ReasonMissing, Invalid with the fields to mend.
    """
    person = _person(actor, person_id, EDIT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    if problems := rules.check_self(person_id, other_id):
        raise Invalid(fields=problems)
    if other_id is not None:
        visible_areas(actor, other_id)
        other = seen_person(other_id)
        new = replace(new, other_name=other.name, other_birth=other.birth)
    codes = code_sets()
    phone_ok = not new.phone or facts.phone_of(new.phone, is_demo()) is not None
    problems = rules.check_relation(
        new, person.birth, codes["kinship"], codes["consent_form"], clock.today(), phone_ok
    )  # fmt: skip
    if problems:
        raise Invalid(fields=problems)
    return new


def add_relation(actor: Actor, person_id: UUID, given: NewRelation, other_id: UUID | None, reason: str) -> UUID:
    """State a relation by hand. One of the same kind to the same other is replaced by it. Answers its id.

    Raises what keeps them from it, and ChangedMeanwhile where one of the two is no more.
    """
    new = check_relation(actor, person_id, given, other_id, reason)
    today = clock.today()
    with on_behalf_of(actor):
        person = Person.objects.select_for_update().filter(id=person_id).first()
        if person is None:
            raise ChangedMeanwhile(version=0)
        if other_id is not None:
            other_id, new = _now(other_id, new)
            if problems := rules.check_self(person_id, other_id):
                raise Invalid(fields=problems)
        before = Relation.objects.filter(person_id=person_id, kind=new.kind, ended_on=None)
        same = before.filter(other_id=other_id) if other_id else before.filter(other_id=None, other_name=new.other_name)
        earlier = same.order_by("-recorded_at").first()
        relation_id = uuid7()
        same.update(ended_on=today, ended_by=actor.id, ended_area=person.area_code, replaced_with=relation_id)
        phone = facts.phone_of(new.phone, is_demo()) if new.phone else None
        Relation.objects.create(
            id=relation_id, person_id=person_id, area_code=person.area_code, stated_area=person.area_code, source_code=MANUAL, observed_on=today,
            recorded_at=clock.now(), recorded_by=actor.id, reason=reason.strip(), kind=new.kind,
            kinship=new.kinship or None, other_id=other_id, other_name=new.other_name.strip(),
            phone=secrets.encrypt(phone) if phone else earlier.phone if earlier else None,
            consent_on=new.consent_on, consent_form=new.consent_form or None,
        )  # fmt: skip
        change_log.record(
            actor, "registry.relation.add", "person", person_id, person.area_code, {"kind": new.kind}
        )  # fmt: skip
    return relation_id


def _now(other_id: UUID, new: NewRelation) -> tuple[UUID, NewRelation]:
    """The other one as held now, under the lock: they may have been joined into somebody meanwhile."""
    other = Person.objects.filter(id=living(other_id)).first()
    if other is None:
        raise ChangedMeanwhile(version=0)
    return other.id, replace(new, other_name=other.name, other_birth=other.birth)


def end_relation(actor: Actor, relation_id: UUID, reason: str) -> None:
    """Say that a relation holds no more, from today. Raises NotFound, Forbidden, ReasonMissing, AlreadyDecided."""
    seen = Relation.objects.filter(id=relation_id).first()
    if seen is None:
        raise NotFound()
    _person(actor, seen.person_id, EDIT)
    _end(actor, Relation, relation_id, reason, "registry.relation.end")


def reveal_phone(actor: Actor, relation_id: UUID, purpose: str) -> str:
    """The phone of a relation in full; the look is noted with its purpose. Raises PurposeMissing, Forbidden, NotFound."""
    seen = Relation.objects.filter(id=relation_id).first()
    if seen is None:
        raise NotFound()
    areas = visible_areas(actor, seen.person_id)
    if not any(actor.may(REVEAL, area.area_code) for area in areas):
        reads.note("reveal", "relation", subject_id=seen.person_id, area=areas[0].area_code, purpose="refused")
        raise Forbidden(permission=REVEAL)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    if seen.phone is None:
        raise NotFound()
    reads.note(
        "reveal", "relation.phone", subject_id=seen.person_id, area=areas[0].area_code, count=1,
        purpose=purpose.strip(),
    )  # fmt: skip
    return secrets.decrypt(bytes(seen.phone))


def check_tag(actor: Actor, person_id: UUID, kind: str, given_on: date, reason: str) -> tuple[TagKind, date]:
    """Whether `actor` may give a tag now; answers its kind and the day it lapses. Raises what keeps them from it."""
    _person(actor, person_id, TAG_EDIT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    known = TagKind.objects.filter(code=kind, active=True).first()
    if known is None:
        raise Invalid(fields=(FieldProblem("kind", "unknown", _UNKNOWN_TAG),))
    today = clock.today()
    if given_on > today:
        raise Invalid(fields=(FieldProblem("given_on", "ahead", _AHEAD),))
    lapses = rules.lapses_on(given_on, known.months)
    if lapses <= today:
        raise Invalid(fields=(FieldProblem("given_on", "lapsed", _LAPSED),))
    return known, lapses


def give_tag(actor: Actor, person_id: UUID, kind: str, given_on: date, reason: str) -> UUID:
    """Mark a person with a tag of the catalogue; one of the same kind is replaced, which renews it. Answers its id."""
    known, lapses = check_tag(actor, person_id, kind, given_on, reason)
    with on_behalf_of(actor):
        person = Person.objects.select_for_update().filter(id=person_id).first()
        if person is None:
            raise NotFound()
        tag_id = uuid7()
        Tag.objects.filter(person_id=person_id, kind=kind, ended_on=None).update(
            ended_on=clock.today(), ended_by=actor.id, ended_area=person.area_code, replaced_with=tag_id
        )
        Tag.objects.create(
            id=tag_id, person_id=person_id, area_code=person.area_code, stated_area=person.area_code, source_code=known.source_code,
            observed_on=given_on, recorded_at=clock.now(), recorded_by=actor.id, reason=reason.strip(), kind=kind,
            legal_basis=known.legal_basis, expires_on=lapses,
        )  # fmt: skip
        change_log.record(actor, "registry.tag.give", "person", person_id, person.area_code, {"kind": kind})
    return tag_id


def end_tag(actor: Actor, tag_id: UUID, reason: str) -> None:
    """Take a tag back, from today. Raises NotFound, Forbidden, ReasonMissing, AlreadyDecided."""
    seen = Tag.objects.filter(id=tag_id, expires_on__gt=clock.today()).first()
    if seen is None:
        raise NotFound()
    _person(actor, seen.person_id, TAG_EDIT)
    _end(actor, Tag, tag_id, reason, "registry.tag.end")


def _end(actor: Actor, model: type[Relation] | type[Tag], row_id: UUID, reason: str, action: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing()
    with on_behalf_of(actor):
        row = model.objects.select_for_update().filter(id=row_id).first()
        if row is None:
            raise NotFound()
        if row.ended_on is not None:
            raise AlreadyDecided()
        row.ended_on, row.ended_by, row.ended_why = clock.today(), actor.id, reason.strip()
        row.ended_area = row.area_code
        row.save(update_fields=["ended_on", "ended_by", "ended_why", "ended_area"])
        change_log.record(actor, action, "person", row.person_id, row.area_code, {"kind": row.kind})


def save_tag_kind(
    actor: Actor, code: str, name_zh: str, name_en: str, source: str, basis: str, months: int, active: bool
) -> None:
    """Enter a kind of tag into the catalogue of the district, or change one; sensitive kinds are refused.

    A kind put out of use takes its tags out of sight at once. Raises Forbidden, Invalid.
    """
    actor.require(TAG_CATALOGUE, settings.LINLI_DISTRICT)
    known = frozenset(source.code for source in sources())
    problems = rules.check_tag_kind(code, name_zh, name_en, source, basis, months, known)
    if not TagKind.objects.filter(code=code).exists() and TagKind.objects.count() >= rules.MOST_KINDS:
        problems += (FieldProblem("code", "full", _FULL, {"most": rules.MOST_KINDS}),)
    if problems:
        raise Invalid(fields=problems)
    TagKind.objects.update_or_create(
        code=code,
        defaults={
            "name_zh": name_zh.strip(), "name_en": name_en.strip(), "source_code": source, "legal_basis": basis.strip(),
            "months": months, "active": active, "certainty": "district", "changed_at": clock.now(),
        },
    )  # fmt: skip
    change_log.record(
        actor, "registry.tag_kind.save", "tag_kind", code, settings.LINLI_DISTRICT, {"active": active, "months": months}
    )
