"""Where people who objected are reached: destroyed some time after their objection was answered. What they said stays."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, QuerySet

from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .models import Objection


def _over(before: datetime) -> QuerySet[Objection]:
    return Objection.objects.filter(contact__isnull=False, answered_at__lt=before)


def _due(before: datetime) -> Amount:
    rows = _over(before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("answered_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    gone = list(_over(before).order_by("answered_at", "id").values_list("id", "answered_at")[:most])
    Objection.objects.filter(id__in=[one for one, _ in gone]).update(contact=None, masked="")
    return Slice([(str(one), at) for one, at in gone if at is not None], more=len(gone) == most)


declare(
    Kind(
        "tiers.objection_contact",
        Text("公示异议人的联系方式", "Where people who objected are reached"),
        Text("对公示提出异议的人留下的联系方式，答复后销毁", "What people left who objected to a publication, once they are answered"),
        LEAST_TIME, "inferred", default=365, floor=30, ceiling=1825, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
