"""Which areas are communities (社区): those of the village level whose kind a system assesses; read from the regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.places.models import Region

from .systems.keeping import KINDS
from .systems.models import IndicatorSystem


@dataclass(frozen=True, slots=True)
class Community:
    """A community by its code and names."""

    code: str
    name: str
    town_name: str


def kinds_of(system: IndicatorSystem | None) -> list[str]:
    """The kinds of areas a system assesses."""
    return list(system.kinds) if system is not None else list(KINDS)


def codes_on(kinds: Sequence[str], day: date) -> list[str]:
    """The codes of every community of the district on a day, in order. One query."""
    low, high = areas.bounds(settings.LINLI_DISTRICT)
    rows = Region.objects.filter(level="village", kind__in=kinds, code__gte=low, code__lt=high)
    found = rows.order_by("code").values_list("code", "valid_from", "valid_to")
    return [code for code, since, until in found if until is None or until > day]


def seen(actor: Actor, permission: str, code: str, kinds: Sequence[str]) -> Community:
    """A community in sight. Raises NotFound, also where the code is that of something else. Two queries."""
    if not (areas.is_code(code) and len(code) == 12 and actor.may(permission, code)):
        raise NotFound()
    region = Region.objects.filter(code=code, level="village", kind__in=kinds, valid_to=None).first()
    if region is None:
        raise NotFound()
    town = Region.objects.filter(code=region.parent_code).values_list("name", flat=True).first()
    return Community(code, region.short_name, town or "")
