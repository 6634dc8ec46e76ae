"""Named groups of areas."""

from __future__ import annotations

from collections.abc import Iterable

from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.ids import uuid7

from .. import changes, permissions
from ..errors import Taken
from ..models import AreaGroup
from ..reads import common_area


def create_group(actor: Actor, *, name: str, codes: Iterable[str], kind: str = "") -> AreaGroup:
    """A named set of areas of one district. Raises Taken when the area that contains them has one of that name."""
    members = areas.minimal(codes)
    home = common_area(members) if members else ""
    if not name.strip() or not home or not all(map(areas.is_code, members)):
        raise Invalid(fields=(FieldProblem("codes", "form", Text("请选择区划。", "Choose areas of one district.")),))
    for code in members:
        actor.require(permissions.ACCOUNT_EDIT, code)
    if AreaGroup.objects.filter(area_code=home, name=name.strip()).exists():
        raise Taken(field="name")
    group = AreaGroup.objects.create(
        id=uuid7(), name=name.strip(), kind=kind, codes=list(members), area_code=home, created_at=clock.now()
    )
    changes.record(actor, "access.group.create", "group", group.id, home, {"codes": list(members)})
    return group
