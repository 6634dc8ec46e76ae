"""What a return rests on and what came before it: the returns below, their accepted versions, earlier ones of its own."""

from __future__ import annotations

from collections.abc import Sequence

from .models import Return, ReturnVersion
from .rules import State


def above(owner: Return) -> Return | None:
    """The return that an owner's is sent to; None where that is the round's top. One query."""
    return Return.objects.filter(round_id=owner.round_id, area_code=owner.receiver_code).order_by("id").first()


def reporting_to(owner: Return) -> list[Return]:
    """The returns that are sent to one: a town's villages. One query."""
    rows = Return.objects.filter(round_id=owner.round_id, receiver_code=owner.area_code)
    return list(rows.order_by("area_code", "id"))


def versions_below(below: Sequence[Return]) -> list[ReturnVersion]:
    """The accepted versions of the returns below, in the order of areas. One query."""
    accepted = {one.id: one.accepted for one in below if one.state == State.ACCEPTED}
    rows = ReturnVersion.objects.filter(owner_id__in=list(accepted)).order_by("area_code", "owner_id")
    return [v for v in rows if accepted[v.owner_id] == v.number]


def last_version(owner: Return) -> ReturnVersion | None:
    """The version a return was submitted with last, in this round."""
    return numbered(owner, owner.version)


def numbered(owner: Return, number: int) -> ReturnVersion | None:
    """A version of a return by its number; None where its time is over."""
    rows = ReturnVersion.objects.filter(owner_id=owner.id, number=number, gone_at=None)
    return None if not number else rows.select_related("owner__round").first()


def accepted_before(owner: Return) -> ReturnVersion | None:
    """The version of the area that was accepted last in an earlier round of the form."""
    round_ = owner.round
    before = Return.objects.filter(
        area_code=owner.area_code,
        accepted__isnull=False,
        round__form_id=round_.form_id,
        round__opened_at__lt=round_.opened_at,
    ).order_by("-round__opened_at", "-id").first()  # fmt: skip
    return numbered(before, before.accepted or 0) if before else None
