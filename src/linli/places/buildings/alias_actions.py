"""Other names of towns and villages, kept by hand."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..actions import raise_edition
from ..models import Region, RegionAlias
from ..permissions import HOMES
from .problems import PlaceExists

_SHORT = Text("至少 2 个字，最多 40 个字。", "Two characters at least, 40 at most.")


@transaction.atomic
def add_alias(actor: Actor, code: str, alias: str, kind: str = "name") -> RegionAlias:
    """Another name (`name`, or `former` of a merged one) of a town or village. Raises PlaceExists, Invalid, Forbidden."""
    actor.require(HOMES, code)
    text = alias.strip()
    region = Region.objects.filter(code=code, level__in=("town", "village"), valid_to=None).first()
    if region is None:
        raise NotFound()
    if not 2 <= len(text) <= 40:
        raise Invalid(fields=(FieldProblem("alias", "length", _SHORT),))
    if text in (region.name, region.short_name) or RegionAlias.objects.filter(code=code, alias=text).exists():
        raise PlaceExists(name=text)
    made = RegionAlias.objects.create(id=uuid7(), code=code, alias=text, kind=kind, source=actor.id, certainty="stated")
    raise_edition()
    changes.record(actor, "places.alias.add", "region", code, code, {"alias": text})
    return made


@transaction.atomic
def remove_alias(actor: Actor, alias_id: UUID) -> None:
    """Take an alias back; what was read by it stays. Raises NotFound, Forbidden."""
    found = RegionAlias.objects.select_for_update().filter(id=alias_id).first()
    if found is None or not actor.may(HOMES, found.code):
        raise NotFound()
    found.delete()
    raise_edition()
    changes.record(actor, "places.alias.remove", "region", found.code, found.code, {"alias": found.alias})
