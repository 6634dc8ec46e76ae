"""Units: one at a time by hand, or a whole district's at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7, uuid7_many

from .. import changes, permissions, rules
from ..errors import OwnGrants, Taken
from ..models import Account, Appointment, Grant, Post, Session, Unit
from ..models.units import KINDS
from . import checks

_LEVEL = Text("辖区与单位类别不一致。", "That area is not of the unit's kind.")


@dataclass(frozen=True, slots=True)
class Region:
    """An area a unit serves, as `places` knows it: a district, a town or a village."""

    code: str
    name: str


def ensure_units(actor: Actor, regions: Iterable[Region], departments: Iterable[str] = ()) -> dict[str, uuid.UUID]:
    """One unit for each region (district, towns, villages) and department that has none yet.

    Returns the id of the unit of each region by its code, and of each department by its name. Set-based: four
    statements whatever the number. The district itself must be among the regions or have its unit already.
    """
    regions = sorted({r.code: r for r in regions}.values(), key=lambda r: r.code)
    for region in regions:
        actor.require(permissions.ACCOUNT_EDIT, region.code)
    now = clock.now()
    present = {
        u.area_code: u.id for u in Unit.objects.filter(kind__in=("district", "town", "village")).only("id", "area_code")
    }
    new = [r for r in regions if r.code not in present]
    made = dict(zip((r.code for r in new), map(uuid.UUID, uuid7_many(len(new))), strict=True))
    known = present | made

    def parent(code: str) -> uuid.UUID | None:
        above = areas.ancestors(code)[:-1]
        return next((known[a] for a in reversed(above) if a in known), None)

    # Parents come first, since the codes are sorted.
    Unit.objects.bulk_create(
        (
            Unit(id=made[r.code], parent_id=parent(r.code), name=r.name, kind=areas.level(r.code),
                 area_code=r.code, created_at=now)
            for r in new
        ),
        batch_size=1000,
    )  # fmt: skip
    known_departments = _ensure_departments(actor, list(departments), known)
    if new:
        changes.record(actor, "access.unit.load", "unit", "", new[0].code[:6], {"count": len(new)})
    by_code: dict[str, uuid.UUID] = {r.code: known[r.code] for r in regions}
    return by_code | known_departments


def _ensure_departments(actor: Actor, names: list[str], known: dict[str, uuid.UUID]) -> dict[str, uuid.UUID]:
    if not names:
        return {}
    district = next(code for code in sorted(known) if rules.is_district(code))
    actor.require(permissions.ACCOUNT_EDIT, district)
    present = {u.name: u.id for u in Unit.objects.filter(kind="department", area_code=district).only("id", "name")}
    new = [name for name in dict.fromkeys(names) if name not in present]
    made = dict(zip(new, map(uuid.UUID, uuid7_many(len(new))), strict=True))
    now = clock.now()
    Unit.objects.bulk_create(
        Unit(id=key, parent_id=known[district], name=name, kind="department", area_code=district, created_at=now)
        for name, key in made.items()
    )
    return {name: (present | made)[name] for name in names}


def check_unit(actor: Actor, name: str, kind: str, area_code: str) -> None:
    """Raise Invalid or Forbidden when the actor may not have such a unit."""
    problems = []
    if not name.strip():
        problems.append(FieldProblem("name", "required", Text("请填写名称。", "Please give a name.")))
    if kind not in KINDS:
        problems.append(FieldProblem("kind", "unknown", Text("没有这类单位。", "There is no such kind of unit.")))
    if not areas.is_code(area_code):
        problems.append(FieldProblem("area_code", "form", Text("区划代码不正确。", "This is no area code.")))
    if problems:
        raise Invalid(fields=tuple(problems))
    actor.require(permissions.ACCOUNT_EDIT, area_code)


def create_unit(actor: Actor, *, name: str, kind: str, area_code: str, parent_id: uuid.UUID | None = None) -> Unit:
    """A new unit. Raises Taken when its parent has one of that name, Invalid for a town that serves no town."""
    check_unit(actor, name, kind, area_code)
    if kind != "department" and areas.level(area_code) != kind:
        raise Invalid(fields=(FieldProblem("area_code", "level", _LEVEL),))
    if parent_id is not None and not Unit.objects.filter(id=parent_id).exists():
        raise NotFound()
    if Unit.objects.filter(parent_id=parent_id, name=name.strip()).exists():
        raise Taken(field="name")
    unit = Unit.objects.create(
        id=uuid7(), parent_id=parent_id, name=name.strip(), kind=kind, area_code=area_code, created_at=clock.now()
    )
    changes.record(actor, "access.unit.create", "unit", unit.id, area_code, {"name": unit.name, "kind": kind})
    return unit


def change_unit(
    actor: Actor,
    unit_id: uuid.UUID,
    *,
    name: str | None = None,
    area_code: str | None = None,
    parent_id: uuid.UUID | None = None,
) -> Unit:
    """Rename a unit, put it under another, or give it another area, with everything that belongs to it.

    A new area widens or moves what grants on this unit open, so the actor must be able to grant all of it there.
    """
    unit = checks.unit(actor, unit_id, permissions.ACCOUNT_EDIT, lock=True)
    check_unit(actor, name if name is not None else unit.name, unit.kind, area_code or unit.area_code)
    before = {"name": unit.name, "area_code": unit.area_code, "parent": str(unit.parent_id or "")}
    if name is not None:
        unit.name = name.strip()
    if parent_id is not None:
        _check_parent(unit, parent_id)
        unit.parent_id = parent_id
    if Unit.objects.filter(parent_id=unit.parent_id, name=unit.name).exclude(id=unit.id).exists():
        raise Taken(field="name")
    if area_code is not None and area_code != unit.area_code:
        _move(actor, unit, area_code)
    unit.save()
    after = {"name": unit.name, "area_code": unit.area_code, "parent": str(unit.parent_id or "")}
    changes.record(actor, "access.unit.change", "unit", unit.id, unit.area_code, {"before": before, "after": after})
    return unit


def _check_parent(unit: Unit, parent_id: uuid.UUID) -> None:
    above: uuid.UUID | None = parent_id
    for _ in range(10):  # a tree of units is four levels deep
        if above is None:
            return
        if above == unit.id:
            break
        found = Unit.objects.filter(id=above).values_list("parent_id", flat=True)
        if not found:
            raise NotFound()
        above = found[0]
    raise Invalid(
        fields=(
            FieldProblem("parent_id", "circle", Text("上级单位不能是自己的下级。", "A unit cannot be under itself.")),
        )
    )


def _move(actor: Actor, unit: Unit, area_code: str) -> None:
    opened = Grant.objects.filter(target_unit_id=unit.id).select_related("role")
    checks.within_own(actor, {h for g in opened for h in rules.holdings(g.role.permissions, (area_code,))})
    own = checks.own_posts(actor)
    if actor.unit_id == str(unit.id) or any(g.post_id in own for g in opened):
        raise OwnGrants()
    with checks.keeping_administrator(), checks.keeping_apart():
        unit.area_code = area_code
        Unit.objects.filter(id=unit.id).update(area_code=area_code)
        Account.objects.filter(unit_id=unit.id).update(area_code=area_code)
        Session.objects.filter(account__unit_id=unit.id).update(area_code=area_code)
        posts = Post.objects.filter(unit_id=unit.id)
        Appointment.objects.filter(post__in=posts).update(area_code=area_code)
        Grant.objects.filter(post__in=posts).update(area_code=area_code)
        posts.update(area_code=area_code)
