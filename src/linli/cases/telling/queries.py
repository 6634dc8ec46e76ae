"""Who handles cases for which unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.access.models import Appointment
from linli.kernel.actors import EVERYTHING

from ..permissions import HANDLE


def handlers(units: Collection[UUID], on: date) -> Mapping[UUID, list[UUID]]:
    """By unit the accounts in use that hold a post in it on a day, by which they handle cases. One query, as the program."""
    held = Q(until=None) | Q(until__gt=on)
    granted = Q(post__grants__until=None) | Q(post__grants__until__gt=on)
    able = Q(post__grants__role__permissions__contains=[HANDLE]) | Q(
        post__grants__role__permissions__contains=[EVERYTHING]
    )
    rows = (
        Appointment.objects.filter(
            held, granted, able, since__lte=on, post__grants__since__lte=on, post__unit__in=units
        )
        .filter(account__active=True)
        .values_list("post__unit", "account_id")
        .distinct()
        .order_by("account_id")
    )
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for unit, account in rows:
        found[unit].append(account)
    return found
