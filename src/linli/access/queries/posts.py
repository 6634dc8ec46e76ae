"""Units, posts with holders and grants, roles, groups."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from linli.kernel import area_names, areas, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from .. import permissions
from ..models import Appointment, AreaGroup, Grant, Post, Role, Unit
from .actors import names_of
from .people import UnitRef

VIEW = permissions.ACCOUNT_VIEW


@dataclass(frozen=True, slots=True)
class UnitItem:
    id: uuid.UUID
    parent_id: uuid.UUID | None
    name: str
    kind: str
    area_code: str
    accounts: int
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class AreaRef:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountRef:
    id: uuid.UUID
    name: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that holds, will hold or has held a post. `until` is the first day it no longer does."""

    id: uuid.UUID
    account: AccountRef
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class RoleRef:
    id: uuid.UUID
    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class GrantItem:
    id: uuid.UUID
    role: RoleRef
    areas: list[AreaRef]
    area_code: str | None
    group_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PostItem:
    id: uuid.UUID
    unit: UnitRef
    title: str
    area_code: str
    holders: list[Holder] = field(default_factory=list)
    grants: list[GrantItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoleItem:
    id: uuid.UUID
    code: str
    name: str
    name_en: str
    permissions: list[str]
    builtin: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class GroupItem:
    id: uuid.UUID
    name: str
    kind: str
    codes: list[str]
    area_code: str


def units(actor: Actor, *, area: str | None = None) -> list[UnitItem]:
    """Every unit in scope with the number of its active accounts, by area then name. One query.

    A district has about five hundred, which a tree on the page wants at once.
    """
    rows = Unit.objects.restrict(actor, VIEW, area).annotate(staff=Count("accounts", filter=Q(accounts__active=True)))
    return [
        UnitItem(u.id, u.parent_id, u.name, u.kind, u.area_code, u.staff, u.ended_on)
        for u in rows.order_by("area_code", "kind", "name", "id")
    ]


def unit(actor: Actor, unit_id: uuid.UUID) -> UnitItem:
    """One unit. Raises NotFound."""
    row = (
        Unit.objects.restrict(actor, VIEW)
        .annotate(staff=Count("accounts", filter=Q(accounts__active=True)))
        .filter(id=unit_id)
        .first()
    )
    if row is None:
        raise NotFound()
    return UnitItem(row.id, row.parent_id, row.name, row.kind, row.area_code, row.staff, row.ended_on)


def posts(
    actor: Actor,
    *,
    unit_id: uuid.UUID | None = None,
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> paging.Page[PostItem]:
    """A page of posts by area. Six queries, whatever the size."""
    rows = Post.objects.restrict(actor, VIEW, area).select_related("unit")
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 2), paging.limit(limit)
    if after is not None:
        rows = rows.filter(Q(area_code__gt=after[0]) | Q(area_code=after[0], id__gt=after[1]))
    page = list(rows.order_by("area_code", "id")[: size + 1])
    more, page = len(page) > size, page[:size]
    following = paging.encode([page[-1].area_code, str(page[-1].id)]) if more else None
    count = paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return paging.Page(_posts(page), following, count)


def post(actor: Actor, post_id: uuid.UUID) -> PostItem:
    """One post with holders and grants. Raises NotFound."""
    row = Post.objects.restrict(actor, VIEW).select_related("unit").filter(id=post_id).first()
    if row is None:
        raise NotFound()
    return _posts([row])[0]


def _posts(rows: list[Post]) -> list[PostItem]:
    ids = [row.id for row in rows]
    holders: dict[uuid.UUID, list[Holder]] = defaultdict(list)
    held = list(Appointment.objects.filter(post_id__in=ids).order_by("-since", "id"))
    # By name and not by a join: the holder may belong to a unit outside the actor's scope.
    people = names_of(str(h.account_id) for h in held)
    for h in held:
        name = people.get(str(h.account_id))
        ref = AccountRef(h.account_id, name.name if name else "", name.unit if name else "")
        holders[h.post_id].append(Holder(h.id, ref, h.since, h.until))
    grants = list(
        Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=clock.today()), post_id__in=ids)
        .select_related("role", "target_unit", "target_group")
        .order_by("since", "id")
    )
    opened = {grant.id: _codes(grant) for grant in grants}
    names = area_names.names_of(code for codes in opened.values() for code in codes)
    given: dict[uuid.UUID, list[GrantItem]] = defaultdict(list)
    for grant in grants:
        given[grant.post_id].append(
            GrantItem(
                id=grant.id,
                role=RoleRef(grant.role.id, grant.role.code, grant.role.name, grant.role.name_en),
                areas=[AreaRef(code, names[code]) for code in opened[grant.id]],
                area_code=grant.target_area,
                group_id=grant.target_group_id,
                unit_id=grant.target_unit_id,
                since=grant.since,
                until=grant.until,
            )
        )
    return [
        PostItem(row.id, UnitRef(row.unit_id, row.unit.name), row.title, row.area_code, holders[row.id], given[row.id])
        for row in rows
    ]


def _codes(grant: Grant) -> tuple[str, ...]:
    if grant.target_area is not None:
        return (grant.target_area,)
    if grant.target_unit is not None:
        return (grant.target_unit.area_code,)
    return areas.minimal(grant.target_group.codes) if grant.target_group is not None else ()


def roles() -> list[RoleItem]:
    """Every role, built-in ones first. Roles are the same all over the district."""
    return [role_item(role) for role in Role.objects.order_by("-builtin", "created_at", "code")]


def role_item(role: Role) -> RoleItem:
    """A role as the API shows it."""
    codes = list(role.permissions)
    return RoleItem(role.id, role.code, role.name, role.name_en, codes, role.builtin, role.second_factor)


def group_codes(group_id: uuid.UUID) -> tuple[str, ...]:
    """The areas of a group that has a part in the actor's sight; none for one that has not."""
    found = AreaGroup.objects.filter(id=group_id).values_list("codes", flat=True).first()
    return areas.minimal(found or ())


def groups_in_sight(actor: Actor, permission: str) -> list[GroupItem]:
    """Groups with a part in the areas where the actor holds `permission`. One query."""
    held = actor.areas_for(permission)
    rows = AreaGroup.objects.order_by("kind", "area_code", "name")
    return [GroupItem(g.id, g.name, g.kind, list(g.codes), g.area_code) for g in rows if areas.intersect(held, g.codes)]


def groups(actor: Actor) -> list[GroupItem]:
    """Every named group of areas in scope."""
    rows = AreaGroup.objects.restrict(actor, VIEW).order_by("area_code", "name")
    return [GroupItem(g.id, g.name, g.kind, list(g.codes), g.area_code) for g in rows]
