"""Objections (异议): of the public to what is published, of the community to a verdict; and the answers to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from linli.access import changes, reads
from linli.cases.engine.problems import PurposeMissing
from linli.cases.engine.reveal import SHORTEST_PURPOSE
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.masking import mask_phone
from linli.kernel.scope import acting

from ..permissions import ACCEPT, APPLY
from ..systems.models import Indicator
from . import rules, seeing
from .models import Application, Objection
from .problems import ApplicationNotNow, ObjectionAnswered, PublicationOver, TooManyObjections
from .table import NOT_HERE, STATES, State

LONG = Text("内容过长（最多 {most} 字）。", "This is too long (at most {most} characters).")
SHORT = Text("请写明异议内容（至少 {least} 个字）。", "Say what you object to (at least {least} characters).")
BAD_TOKEN = Text("请刷新页面后再提交。", "Load the page again before you send it.")
BAD_INDICATOR = Text("没有编号为“{code}”的指标。", "There is no indicator “{code}”.")
SHORTEST, SHORTEST_TOKEN, LONGEST_TOKEN = 4, 16, 200
#: While these go on a community may object to a verdict.
OBJECTABLE: tuple[State, ...] = ("town_checking", "accepting", "publicised")
PUBLIC_NAME = "公众"


@dataclass(frozen=True, slots=True)
class Received:
    """An objection of the public as it was taken in; `again`: the same form was sent before, and nothing was added."""

    id: UUID
    at: datetime
    again: bool


def doorkeeper() -> Actor:
    """The program at the public page: it takes objections over the whole district."""
    return Actor("system", "system:objections", PUBLIC_NAME, (Grant(settings.LINLI_DISTRICT, frozenset({ACCEPT})),))


def object_publicly(
    application_id: UUID, text: str, contact: str, token: str, admit: Callable[[], None] = lambda: None
) -> Received:
    """Take an objection of anybody to an application under publication, until its last day.

    `token` is that of the form (at least 16 letters, made by the page): sent twice it is one objection. `contact` may be empty; it is
    kept encrypted. `admit` is asked last, before anything is written, and may raise. Opens its own transaction as the program. Raises
    NotFound (not published), PublicationOver (after the last day), Invalid, TooManyObjections.
    """
    with acting(doorkeeper()) as program:
        rows = seeing.inside(program).select_for_update().filter(published_from__isnull=False)
        found = rows.filter(id=application_id).first()
        if found is None:
            raise NotFound()
        sealed = secrets.fingerprint("content", token) if len(token) <= LONGEST_TOKEN else b""
        before = Objection.objects.filter(application=found, token=sealed).first()
        if before is not None:  # also after the last day: it was in time when it was sent first
            return Received(before.id, before.at, again=True)
        check_public(found, text, contact, token)
        admit()
        made = Objection.objects.create(
            id=uuid7(), application=found, origin="public", text=text.strip(), token=sealed, at=clock.now(), actor=program.id,
            actor_name=PUBLIC_NAME, contact=secrets.encrypt(contact.strip()) if contact.strip() else None,
            masked=mask_phone(contact.strip()) or "",
        )  # fmt: skip
        _touch(found)
        changes.record(program, "tiers.objection.receive", "objection", made.id, found.area_code, {"origin": "public"})
        return Received(made.id, made.at, again=False)


def check_public(found: Application, text: str, contact: str, token: str) -> None:
    """Whether an objection of the public is taken. Raises PublicationOver, TooManyObjections, Invalid."""
    if found.state != "publicised" or not rules.open_to_objections(
        found.published_from, found.published_until, clock.today()
    ):
        raise PublicationOver(day=str(found.published_until))
    problems = _text_problems(text)
    if len(contact.strip()) > rules.LONGEST_CONTACT:
        problems.append(FieldProblem("contact", "too_long", LONG, {"most": rules.LONGEST_CONTACT}))
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
        problems.append(FieldProblem("token", "form", BAD_TOKEN))
    if problems:
        raise Invalid(fields=tuple(problems))
    if Objection.objects.filter(application=found, origin="public").count() >= rules.MOST_OBJECTIONS:
        raise TooManyObjections()


def object_within(actor: Actor, application_id: UUID, text: str, indicator: str = "") -> Objection:
    """An objection of the community to a verdict. Raises NotFound, Forbidden, ApplicationNotNow, PublicationOver, Invalid."""
    with transaction.atomic():
        found = seeing.locked(actor, application_id)
        if not actor.may(APPLY, found.area_code):
            raise Forbidden(permission=APPLY)
        check_within(found, text, indicator)
        made: Objection = Objection.objects.create(
            id=uuid7(), application=found, origin="community", indicator=indicator, text=text.strip(), at=clock.now(), actor=actor.id,
            actor_name=actor.name,
        )  # fmt: skip
        _touch(found)
        changes.record(actor, "tiers.objection.receive", "objection", made.id, found.area_code, {"origin": "community"})
    return made


def check_within(found: Application, text: str, indicator: str) -> None:
    """Whether a community's objection is taken. Raises ApplicationNotNow, PublicationOver, TooManyObjections, Invalid."""
    if found.state not in OBJECTABLE:
        here = STATES[found.state]  # type: ignore[index]
        why = Text(NOT_HERE.zh.format(state=here.zh), NOT_HERE.en.format(state=here.en))
        raise ApplicationNotNow(why=why.zh, why_en=why.en, fields=(FieldProblem("action", "not_now", why),))
    if found.state == "publicised" and not rules.open_to_objections(
        found.published_from, found.published_until, clock.today()
    ):
        raise PublicationOver(day=str(found.published_until))
    problems = _text_problems(text)
    if indicator and not Indicator.objects.filter(system_id=found.plan_year.system_id, code=indicator).exists():
        problems.append(FieldProblem("indicator", "unknown", BAD_INDICATOR, {"code": indicator[:20]}))
    if problems:
        raise Invalid(fields=tuple(problems))
    if Objection.objects.filter(application=found, origin="community").count() >= rules.MOST_OBJECTIONS:
        raise TooManyObjections()


def answer(actor: Actor, application_id: UUID, objection_id: UUID, text: str, alike: bool = False) -> Objection:
    """Answer an objection, once. `alike`: and with it every open one of the public with the same words.

    Raises NotFound, Forbidden, ObjectionAnswered, Invalid.
    """
    with transaction.atomic():
        found = seeing.locked(actor, application_id)
        if not actor.may(ACCEPT, found.area_code):
            raise Forbidden(permission=ACCEPT)
        one: Objection | None = Objection.objects.filter(application=found, id=objection_id).first()
        if one is None:
            raise NotFound()
        if one.answered_at is not None:
            raise ObjectionAnswered(who=one.answered_by_name)
        if problems := _text_problems(text, "answer"):
            raise Invalid(fields=tuple(problems))
        one.answer, one.answered_at = text.strip(), clock.now()
        one.answered_by, one.answered_by_name = actor.id, actor.name
        said = {name: getattr(one, name) for name in ("answer", "answered_at", "answered_by", "answered_by_name")}
        one.save(update_fields=list(said))
        others = 0
        if alike and one.origin == "public":
            same = Objection.objects.filter(application=found, origin="public", text=one.text, answered_at=None)
            others = same.update(**said)
        _touch(found)
        changes.record(actor, "tiers.objection.answer", "objection", one.id, found.area_code, {"alike": others})
    return one


def reveal_contact(actor: Actor, application_id: UUID, objection_id: UUID, purpose: str) -> str:
    """Where who objected is reached, for a purpose that is noted. Raises NotFound, Forbidden, PurposeMissing."""
    found = seeing.inside(actor).filter(id=application_id).first()
    if found is None:
        raise NotFound()
    if not actor.may(ACCEPT, found.area_code):
        reads.note("reveal", "objection", subject_id=objection_id, area=found.area_code, purpose="refused")
        raise Forbidden(permission=ACCEPT)
    if len(purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    one = Objection.objects.filter(application=found, id=objection_id, contact__isnull=False).first()
    if one is None or one.contact is None:
        raise NotFound()
    reads.note(
        "reveal", "objection.contact", subject_id=objection_id, area=found.area_code, count=1, purpose=purpose.strip()
    )
    return secrets.decrypt(bytes(one.contact))


def _text_problems(text: str, name: str = "text") -> list[FieldProblem]:
    said = text.strip()
    if len(said) < SHORTEST:
        return [FieldProblem(name, "required", SHORT, {"least": SHORTEST})]
    if len(said) > rules.LONGEST_OBJECTION:
        return [FieldProblem(name, "too_long", LONG, {"most": rules.LONGEST_OBJECTION})]
    return []


def _touch(found: Application) -> None:
    """Whoever looked at the application before is told: its publication does not end over an objection nobody has read."""
    found.version, found.updated_at = found.version + 1, clock.now()
    found.save(update_fields=["version", "updated_at"])
