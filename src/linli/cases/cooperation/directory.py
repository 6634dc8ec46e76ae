"""The district's units by name. A unit of a town sees no department by its own rights; that there is one is no secret, and a
lead unit has to be able to name whose help it needs. Nothing but names is told."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import clock
from linli.kernel.actors import system
from linli.kernel.scope import acting

MOST_UNITS = 500


def units(one: UUID | None = None) -> Sequence[Unit]:
    """The units that are in use, or one of them if it is, read as the program: nothing new is given to one that has ended."""
    with acting(system("cooperation", settings.LINLI_DISTRICT)):
        found = Unit.objects.filter(in_use(clock.today())).order_by("area_code", "name")
        return list((found.filter(id=one) if one else found)[:MOST_UNITS])
