"""Hiding the words of an objection of the public that name persons or insult: a step with its reason, which can be taken back.

Nothing is lost: the objection is counted and answered like any other, and who answers it goes on reading it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..numbers import holds_personal_number
from ..permissions import ACCEPT
from . import seeing
from .models import Objection, ObjectionHiding
from .problems import ObjectionOfCommunity, ObjectionSightSame

SHORTEST, LONGEST = 2, 200
SHORT = Text("请写明理由（至少 {least} 个字）。", "Give the reason (at least {least} characters).")
LONG = Text("理由过长（最多 {most} 字）。", "The reason is too long (at most {most} characters).")
PERSONAL = Text(
    "理由里不要写电话、身份证号等个人号码：社区也看得到理由。",
    "Leave telephone and identity numbers out of the reason: the community reads it too.",
)


def hidden_of(objections: Iterable[UUID]) -> dict[UUID, ObjectionHiding]:
    """Those of `objections` whose words are hidden, each with the step that hid it. One query."""
    last: dict[UUID, ObjectionHiding] = {}
    for each in ObjectionHiding.objects.filter(objection__in=list(objections)).order_by("at", "id"):
        last[each.objection_id] = each
    return {one: step for one, step in last.items() if step.hidden}


def set_hidden(
    actor: Actor, application_id: UUID, objection_id: UUID, hidden: bool, reason: str, alike: bool = False
) -> Objection:
    """Hide the words of an objection of the public from all but those who answer it, or show them again.

    `alike`: and those of every other of the public that says the same. Raises NotFound, Forbidden, ObjectionOfCommunity,
    ObjectionSightSame, Invalid.
    """
    with transaction.atomic():
        found = seeing.locked(actor, application_id)
        if not actor.may(ACCEPT, found.area_code):
            raise Forbidden(permission=ACCEPT)
        one: Objection | None = Objection.objects.filter(application=found, id=objection_id).first()
        if one is None:
            raise NotFound()
        check(one, hidden, reason)
        ids = [one.id]
        if alike:
            same = Objection.objects.filter(application=found, origin="public", text=one.text)
            ids = list(same.values_list("id", flat=True))
        already = hidden_of(ids)
        moved, now = [each for each in ids if (each in already) is not hidden], clock.now()
        ObjectionHiding.objects.bulk_create(
            ObjectionHiding(
                id=uuid7(), application=found, objection_id=each, hidden=hidden, reason=reason.strip(), at=now, actor=actor.id,
                actor_name=actor.name,
            )
            for each in moved
        )  # fmt: skip
        done = "tiers.objection.hide" if hidden else "tiers.objection.show"
        changes.record(actor, done, "objection", one.id, found.area_code, {"alike": len(moved) - 1})
    return one


def check(one: Objection, hidden: bool, reason: str) -> None:
    """Whether an objection may be hidden or shown again. Raises ObjectionOfCommunity, ObjectionSightSame, Invalid."""
    if one.origin != "public":
        raise ObjectionOfCommunity()
    if bool(hidden_of([one.id])) is hidden:
        raise ObjectionSightSame()
    said = reason.strip()
    if len(said) < SHORTEST:
        raise Invalid(fields=(FieldProblem("reason", "required", SHORT, {"least": SHORTEST}),))
    if len(said) > LONGEST:
        raise Invalid(fields=(FieldProblem("reason", "too_long", LONG, {"most": LONGEST}),))
    if holds_personal_number(said):
        raise Invalid(fields=(FieldProblem("reason", "personal", PERSONAL),))
