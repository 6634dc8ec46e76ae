"""Named groups of areas: 开发区, 管区, 片区, 村民组. Grants name them, so changing one is changing rights."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q

from linli.kernel import areas, clock, scope
from linli.kernel.actors import Actor, system
from linli.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .. import changes, permissions, rules
from ..errors import OwnGrants, Taken
from ..models import AreaGroup, Grant
from ..models.units import VILLAGER_GROUP
from ..reads import common_area
from . import checks

EDIT = permissions.GRANT_EDIT
_CODES = Text("请选择区划。", "Choose areas of one district.")
_NAME = Text("请填写名称。", "Please give a name.")
_VILLAGERS = Text(
    "村民组应由同一村的一个或几个网格组成。", "A villager group is made of one or more grids of one village."
)


class GroupInUse(Conflict):
    """Grants name the group, now or in the past; it can be changed, not removed."""

    code = "access.group_in_use"
    text = Text(
        "已有授权使用此分组，不能删除，可改为不含任何授权的区划。", "Grants name this group: it cannot be removed."
    )


def create_group(actor: Actor, *, name: str, codes: Iterable[str], kind: str = "") -> AreaGroup:
    """A named set of areas of one district. Raises Taken when the area that contains them has one of that name."""
    members = _check(name, codes, kind)
    home = common_area(members)
    for code in members:
        actor.require(EDIT, code)
    if AreaGroup.objects.filter(area_code=home, name=name.strip()).exists():
        raise Taken(field="name")
    group = AreaGroup.objects.create(
        id=uuid7(), name=name.strip(), kind=kind, codes=list(members), area_code=home, created_at=clock.now()
    )
    changes.record(actor, "access.group.create", "group", group.id, home, {"codes": list(members)})
    return group


def change_group(
    actor: Actor,
    group_id: uuid.UUID,
    *,
    name: str | None = None,
    kind: str | None = None,
    codes: Iterable[str] | None = None,
) -> AreaGroup:
    """Give a group another name, kind or other areas; who holds a grant over it may act in those from then on.

    Raises NotFound, Taken, OwnGrants where the actor holds such a grant, BeyondOwn where an added area would give
    somebody rights the actor may not hand out, Forbidden without the right in every area it had and gets.
    """
    group = _one(actor, group_id)
    name = group.name if name is None else name
    kind = group.kind if kind is None else kind
    before = tuple(group.codes)
    members = _check(name, before if codes is None else codes, kind)
    home = common_area(members)
    for code in {*before, *members}:
        actor.require(EDIT, code)
    if AreaGroup.objects.filter(area_code=home, name=name.strip()).exclude(id=group.id).exists():
        raise Taken(field="name")
    if set(members) != set(before):
        grants = _grants(group, current=True)
        if checks.own_posts(actor) & {g.post_id for g in grants}:
            raise OwnGrants()
        added = [code for code in members if not any(areas.contains(held, code) for held in before)]
        given = frozenset(p for g in grants for p in g.role.permissions)
        checks.within_own(actor, rules.holdings(given, added))
    group.name, group.kind, group.codes, group.area_code = name.strip(), kind, list(members), home
    with checks.keeping_apart():
        group.save(update_fields=["name", "kind", "codes", "area_code"])
    detail = {"before": list(before), "after": list(members)}
    changes.record(actor, "access.group.change", "group", group.id, home, detail)
    return group


def delete_group(actor: Actor, group_id: uuid.UUID) -> None:
    """Remove a group no grant ever named. Raises NotFound, GroupInUse, Forbidden."""
    group = _one(actor, group_id)
    for code in group.codes:
        actor.require(EDIT, code)
    if _grants(group):
        raise GroupInUse()
    group.delete()
    changes.record(actor, "access.group.delete", "group", group_id, group.area_code, {"name": group.name})


def _one(actor: Actor, group_id: uuid.UUID) -> AreaGroup:
    group = AreaGroup.objects.restrict(actor, EDIT).select_for_update().filter(id=group_id).first()
    if group is None:
        raise NotFound()
    return group


def _grants(group: AreaGroup, *, current: bool = False) -> list[Grant]:
    """Every grant that names the group, those of posts out of the actor's sight too: a department's above the town."""
    with scope.acting(system("access", group.area_code[:6])):
        held = checks.current() if current else Q()
        return list(Grant.objects.filter(held, target_group_id=group.id).select_related("role"))


def _check(name: str, codes: Iterable[str], kind: str) -> tuple[str, ...]:
    """The fewest areas that cover `codes`. Raises Invalid for none, other districts, or what does not suit the kind."""
    members = areas.minimal(codes)
    if not name.strip():
        raise Invalid(fields=(FieldProblem("name", "required", _NAME),))
    if not members or not all(map(areas.is_code, members)) or not common_area(members):
        raise Invalid(fields=(FieldProblem("codes", "form", _CODES),))
    if kind == VILLAGER_GROUP and not (
        all(len(code) == 15 for code in members) and len({code[:12] for code in members}) == 1
    ):
        raise Invalid(fields=(FieldProblem("codes", "villagers", _VILLAGERS),))
    return members
