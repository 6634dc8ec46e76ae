"""Who stands for a village or a grid, with dates. The right to see its people comes and goes with the appointment."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.access import actions as access
from linli.access import changes
from linli.access.models import Grant, Post, Role, Unit
from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..models import AreaMove, Grid, Region
from ..permissions import EDIT
from .models import GridStaff

#: What each duty is called (一网三联 practice of Zibo: official for the three levels), and the level it is held at.
DUTIES: Final = {
    GridStaff.CHIEF: (Text("总网格长", "Chief grid leader"), "village"),
    GridStaff.LEAD: (Text("分网格长", "Grid leader"), "grid"),
    GridStaff.WORKER: (Text("网格员", "Grid worker"), "grid"),
}
ROLE: Final = "grid_worker"
#: What appointments say they came of (`access.Appointment.source`).
SOURCE: Final = "grid_staff"
_LOCK: Final = 0x67726964  # "grid"; no other lock of two numbers begins with it
_SUBJECT: Final = "places_grid_staff.area_code"
_LEVEL = Text("总网格长对应村居，分网格长和网格员对应网格。", "A chief stands for a village, the others for a grid.")
_DATES = Text("结束日期不能早于开始日期。", "It cannot end before it begins.")


class AlreadyStaff(Conflict):
    """The account has that duty there already."""

    code = "places.already_staff"
    text = Text("该人员已担任此处的这一职务。", "That person has this duty here already.")


def current(day: date) -> Q:
    """Rows that hold on `day` or later."""
    return Q(until=None) | Q(until__gt=day)


def without_staff(grids: QuerySet[Grid], day: date) -> QuerySet[Grid]:
    """Those of the grids without a leader or worker on `day`."""
    standing = GridStaff.objects.filter(current(day), since__lte=day, area_code=OuterRef("code"))
    return grids.filter(~Exists(standing))


def assign(
    actor: Actor,
    *,
    area_code: str,
    duty: str,
    account_id: uuid.UUID,
    since: date | None = None,
    until: date | None = None,
    public_phone: str = "",
) -> GridStaff:
    """Give an account a duty in an area: it holds the post of that duty, which may act there, from `since` to `until`.

    Raises Invalid, NotFound, AlreadyStaff; and what access raises: Forbidden, BeyondOwn, OwnGrants.
    """
    actor.require(EDIT, area_code)
    since = since or clock.today()
    title = _title(area_code, duty)
    if until is not None and until < since:
        raise Invalid(fields=(FieldProblem("until", "before_since", _DATES),))
    with transaction.atomic():
        _one_at_a_time(area_code)
        held = GridStaff.objects.filter(current(since), area_code=area_code, duty=duty, account_id=account_id)
        if held.exists():
            raise AlreadyStaff()
        post_id = _post(actor, area_code, title)
        appointment = access.appoint(
            actor, post_id=post_id, account_id=account_id, since=since, until=until, source=SOURCE
        )
        staff = GridStaff.objects.create(
            id=uuid7(),
            area_code=area_code,
            duty=duty,
            account_id=account_id,
            public_phone=public_phone.strip(),
            since=since,
            until=until,
            post_id=post_id,
            appointment_id=appointment.id,
            created_at=clock.now(),
        )
        detail = {"account": str(account_id), "duty": duty, "since": since.isoformat()}
        changes.record(actor, "places.staff.assign", "grid_staff", staff.id, area_code, detail)
    return staff


def release(actor: Actor, staff_id: uuid.UUID, until: date | None = None) -> GridStaff:
    """The duty, and the right that came with it, end: `until` is the first day without it (today)."""
    with transaction.atomic():
        staff = _one(actor, staff_id)
        until = max(until or clock.today(), staff.since)
        access.end_appointment(actor, staff.post_id, staff.appointment_id, until)
        staff.until = until
        staff.save(update_fields=["until"])
        detail = {"account": str(staff.account_id), "duty": staff.duty, "until": until.isoformat()}
        changes.record(actor, "places.staff.release", "grid_staff", staff.id, staff.area_code, detail)
    return staff


def set_phone(actor: Actor, staff_id: uuid.UUID, public_phone: str) -> GridStaff:
    """The number given to residents."""
    with transaction.atomic():
        staff = _one(actor, staff_id)
        staff.public_phone = public_phone.strip()
        staff.save(update_fields=["public_phone"])
        changes.record(actor, "places.staff.phone", "grid_staff", staff.id, staff.area_code)
    return staff


def hand_over(
    actor: Actor, heirs: Mapping[str, tuple[str, ...]], change_id: uuid.UUID, undoes: uuid.UUID | None = None
) -> None:
    """Whoever stands for a grid that ends stands for all grids that take it over, with the same end.

    Where the change `undoes` had brought them here, they go back to where they came from and nowhere else. `heirs` are
    ended grids only. Run as the system: the area stays the same, so nobody gains by it but by a merger.
    """
    today = clock.today()
    came_from = _came_from(undoes)
    for staff in list(GridStaff.objects.filter(current(today), area_code__in=list(heirs)).order_by("id")):
        release(actor, staff.id, today)
        for grant in Grant.objects.filter(current(today), post_id=staff.post_id, target_area=staff.area_code):
            access.end_grant(actor, staff.post_id, grant.id)
        origins = came_from.get(staff.id, ())
        for code in [c for c in heirs[staff.area_code] if c in origins] or heirs[staff.area_code]:
            if taken := _take_over(actor, staff, code, max(today, staff.since)):
                AreaMove.objects.create(
                    change_id=change_id,
                    subject=_SUBJECT,
                    row_key=f"{taken.id}:{staff.area_code}",
                    old_code=staff.area_code,
                    new_code=code,
                )


def retitle(actor: Actor, codes: Iterable[str]) -> None:
    """Name the posts of duties after areas that got another code or name. Run as the system, after a recode."""
    standing = GridStaff.objects.filter(current(clock.today()), area_code__in=list(codes)).order_by("id")
    titles = {staff.post_id: _title(staff.area_code, staff.duty) for staff in standing}
    for post in Post.objects.filter(id__in=list(titles)).order_by("id"):
        taken = Post.objects.filter(unit_id=post.unit_id, title=titles[post.id]).exclude(id=post.id)
        if post.title != titles[post.id] and not taken.exists():
            access.rename_post(actor, post.id, titles[post.id])


def _came_from(change_id: uuid.UUID | None) -> dict[uuid.UUID, list[str]]:
    """By staff that a change has made: the grids they stood for before it."""
    found: dict[uuid.UUID, list[str]] = defaultdict(list)
    if change_id is not None:
        rows = AreaMove.objects.filter(change_id=change_id, subject=_SUBJECT)
        for row_key, old_code in rows.values_list("row_key", "old_code"):
            found[uuid.UUID(row_key.partition(":")[0])].append(old_code)
    return found


def _take_over(actor: Actor, staff: GridStaff, code: str, since: date) -> GridStaff | None:
    """The one who stands for `code` from now on: the same account; None for a duty that ends by then."""
    if staff.until is not None and staff.until <= since:
        return None
    held = GridStaff.objects.filter(current(since), area_code=code, duty=staff.duty, account_id=staff.account_id)
    return held.first() or assign(
        actor,
        area_code=code,
        duty=staff.duty,
        account_id=staff.account_id,
        since=since,
        until=staff.until,
        public_phone=staff.public_phone,
    )


def _one_at_a_time(area_code: str) -> None:
    """Of two who give the same duty at once, the second waits here and then sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, area_code])


def _one(actor: Actor, staff_id: uuid.UUID) -> GridStaff:
    rows = GridStaff.objects.restrict(actor, EDIT).select_for_update()
    staff = rows.filter(current(clock.today()), id=staff_id).first()
    if staff is None:
        raise NotFound()
    return staff


def _title(area_code: str, duty: str) -> str:
    """What the post of a duty in an area is called. Raises Invalid, NotFound."""
    label, level = DUTIES.get(duty, (None, ""))
    if label is None or not areas.is_code(area_code) or areas.level(area_code) != level:
        raise Invalid(fields=(FieldProblem("duty", "level", _LEVEL),))
    if level == "grid":
        name = Grid.objects.filter(code=area_code, valid_to=None).values_list("name", flat=True).first()
    else:
        name = Region.objects.filter(code=area_code, valid_to=None).values_list("short_name", flat=True).first()
    if name is None:
        raise NotFound()
    return f"{label.zh} · {name} {area_code[12:]}".strip()


def _post(actor: Actor, area_code: str, title: str) -> uuid.UUID:
    """The post of a duty in the nearest unit, with its grant; made where it is missing."""
    units = Unit.objects.filter(area_code__in=areas.ancestors(area_code), kind__in=("village", "town", "district"))
    unit = max(units, key=lambda u: len(u.area_code), default=None)
    if unit is None:
        raise NotFound()
    found = Post.objects.filter(unit_id=unit.id, title=title).first()
    post = found or access.create_post(actor, unit_id=unit.id, title=title)
    role = Role.objects.get(code=ROLE)
    granted = Grant.objects.filter(current(clock.today()), post_id=post.id, role_id=role.id, target_area=area_code)
    if not granted.exists():
        access.grant(actor, post_id=post.id, role_id=role.id, target=access.Target(area_code=area_code))
    return post.id
