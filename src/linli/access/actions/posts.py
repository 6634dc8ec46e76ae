"""Posts, who holds them, and what they open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import changes, permissions, rules
from ..errors import OwnGrants, Taken
from ..models import Appointment, AreaGroup, Grant, Post, Role, Unit
from . import checks

EDIT, GRANT = permissions.ACCOUNT_EDIT, permissions.GRANT_EDIT
NO_TITLE = FieldProblem("title", "required", Text("请填写岗位名称。", "Please give a title."))
BACKWARDS = FieldProblem("until", "before_since", Text("结束日期不能早于开始日期。", "It cannot end before it begins."))


@dataclass(frozen=True, slots=True)
class Target:
    """Where a grant holds: exactly one of an area, a named group of areas, the area a unit serves."""

    area_code: str | None = None
    group_id: uuid.UUID | None = None
    unit_id: uuid.UUID | None = None


def create_post(actor: Actor, *, unit_id: uuid.UUID, title: str) -> Post:
    """A new post in a unit. Raises Taken when the unit has one of that title."""
    unit = checks.unit(actor, unit_id, EDIT)
    if not title.strip():
        raise Invalid(fields=(NO_TITLE,))
    if Post.objects.filter(unit_id=unit.id, title=title.strip()).exists():
        raise Taken(field="title")
    post = Post.objects.create(
        id=uuid7(), unit_id=unit.id, title=title.strip(), area_code=unit.area_code, created_at=clock.now()
    )
    changes.record(actor, "access.post.create", "post", post.id, post.area_code, {"title": post.title})
    return post


def rename_post(actor: Actor, post_id: uuid.UUID, title: str) -> Post:
    """Give a post another title."""
    post = checks.post(actor, post_id, EDIT, lock=True)
    if not title.strip():
        raise Invalid(fields=(NO_TITLE,))
    if Post.objects.filter(unit_id=post.unit_id, title=title.strip()).exclude(id=post.id).exists():
        raise Taken(field="title")
    before, post.title = post.title, title.strip()
    post.save(update_fields=["title"])
    changes.record(
        actor, "access.post.rename", "post", post.id, post.area_code, {"before": before, "after": post.title}
    )
    return post


def check_dates(since: date, until: date | None) -> None:
    """Raise Invalid when it would end before it begins."""
    if until is not None and until < since:
        raise Invalid(fields=(BACKWARDS,))


def appoint(
    actor: Actor,
    *,
    post_id: uuid.UUID,
    account_id: uuid.UUID,
    since: date | None = None,
    until: date | None = None,
    source: str = "",
) -> Appointment:
    """An account holds a post from `since` (today) to the day before `until`. `source` names what it came of.

    Raises BeyondOwn when the post opens more than the actor may grant, OwnGrants for the actor's own account,
    OfficesApart.
    """
    post = checks.post(actor, post_id, GRANT, lock=True)
    account = checks.account(actor, account_id, GRANT)
    since = since or clock.today()
    check_dates(since, until)
    if actor.id == str(account.id):
        raise OwnGrants()
    checks.within_own(actor, checks.opened_by([post.id]))
    if Appointment.objects.filter(checks.current(), post_id=post.id, account_id=account.id).exists():
        raise Conflict(reason="already_holder")
    with checks.keeping_apart():
        appointment = Appointment.objects.create(
            id=uuid7(),
            account_id=account.id,
            post_id=post.id,
            since=since,
            until=until,
            area_code=post.area_code,
            source=source,
            created_at=clock.now(),
        )
    detail = {"account": str(account.id), "since": since.isoformat(), "until": until.isoformat() if until else None}
    changes.record(actor, "access.post.appoint", "post", post.id, post.area_code, detail)
    return appointment


def end_appointment(actor: Actor, post_id: uuid.UUID, appointment_id: uuid.UUID, until: date | None = None) -> None:
    """The holder no longer holds the post from `until` on (today). Raises NotFound, OwnGrants, LastAdministrator."""
    post = checks.post(actor, post_id, GRANT, lock=True)
    appointment = Appointment.objects.filter(id=appointment_id, post_id=post.id).first()
    if appointment is None:
        raise NotFound()
    if actor.id == str(appointment.account_id):
        raise OwnGrants()
    checks.within_own(actor, checks.opened_by([post.id]))
    until = max(until or clock.today(), appointment.since)
    with checks.keeping_administrator():
        Appointment.objects.filter(id=appointment.id).update(until=until)
    detail = {"account": str(appointment.account_id), "until": until.isoformat()}
    changes.record(actor, "access.post.release", "post", post.id, post.area_code, detail)


def _codes_of(target: Target) -> tuple[str, ...]:
    named = [value for value in (target.area_code, target.group_id, target.unit_id) if value is not None]
    if len(named) != 1:
        choose = Text("请选择一个区划、分组或单位。", "Choose one of an area, a group or a unit.")
        raise Invalid(fields=(FieldProblem("area_code", "one_target", choose),))
    if target.area_code is not None:
        if not areas.is_code(target.area_code):
            raise Invalid(
                fields=(FieldProblem("area_code", "form", Text("区划代码不正确。", "This is no area code.")),)
            )
        return (target.area_code,)
    if target.unit_id is not None:
        unit = Unit.objects.filter(id=target.unit_id).first()
        codes: tuple[str, ...] = (unit.area_code,) if unit else ()
    else:
        group = AreaGroup.objects.filter(id=target.group_id).first() if target.group_id else None
        codes = areas.minimal(group.codes) if group else ()
    if not codes:
        raise NotFound()
    return codes


def grant(
    actor: Actor,
    *,
    post_id: uuid.UUID,
    role_id: uuid.UUID,
    target: Target,
    since: date | None = None,
    until: date | None = None,
) -> Grant:
    """Give a post a role in an area, a group or the area of a unit.

    Raises BeyondOwn for a permission or an area beyond the actor's own (see `rules.beyond`), OwnGrants for a post
    the actor holds, OfficesApart.
    """
    post = checks.post(actor, post_id, GRANT, lock=True)
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise NotFound()
    since = since or clock.today()
    check_dates(since, until)
    checks.not_own_post(actor, post.id)
    codes = _codes_of(target)
    checks.within_own(actor, rules.holdings(role.permissions, codes))
    with checks.keeping_apart():
        made = Grant.objects.create(
            id=uuid7(),
            post_id=post.id,
            role_id=role.id,
            target_area=target.area_code,
            target_group_id=target.group_id,
            target_unit_id=target.unit_id,
            since=since,
            until=until,
            area_code=post.area_code,
            granted_by=actor.id,
            created_at=clock.now(),
        )
    detail = {"role": role.code, "areas": list(codes), "since": since.isoformat()}
    changes.record(actor, "access.grant.create", "post", post.id, post.area_code, detail)
    return made


def end_grant(actor: Actor, post_id: uuid.UUID, grant_id: uuid.UUID) -> None:
    """Take a grant back from today on. Raises NotFound, OwnGrants, BeyondOwn, LastAdministrator."""
    post = checks.post(actor, post_id, GRANT, lock=True)
    found = Grant.objects.filter(checks.current(), id=grant_id, post_id=post.id).select_related("role").first()
    if found is None:
        raise NotFound()
    checks.not_own_post(actor, post.id)
    checks.within_own(actor, checks.opened_by([post.id]))
    with checks.keeping_administrator():
        Grant.objects.filter(id=found.id).update(until=max(clock.today(), found.since))
    changes.record(actor, "access.grant.end", "post", post.id, post.area_code, {"role": found.role.code})
