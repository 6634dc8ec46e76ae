"""Where people who objected are reached: destroyed some time after their objection was answered or, where nobody answered, after the
publication it was sent to: an application that ended meanwhile keeps none. What they said stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Min, QuerySet
from django.db.models.functions import Cast, Coalesce, Greatest

from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .models import Objection


def _over(before: datetime) -> QuerySet[Any]:
    """Those whose time began before; `since`: when it began. The last day of a publication is never before the objection."""
    ended = Greatest("at", Cast("application__published_until", DateTimeField()))
    rows = Objection.objects.annotate(since=Coalesce("answered_at", ended, "at"))
    return rows.filter(contact__isnull=False, since__lt=before)


def _due(before: datetime) -> Amount:
    rows = _over(before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("since"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    gone = list(_over(before).order_by("since", "id").values_list("id", "since")[:most])
    Objection.objects.filter(id__in=[one for one, _ in gone]).update(contact=None, masked="")
    return Slice([(str(one), at) for one, at in gone], more=len(gone) == most)


declare(
    Kind(
        "tiers.objection_contact",
        Text("公示异议人的联系方式", "Where people who objected are reached"),
        Text(
            "对公示提出异议的人留下的联系方式，自答复起算，没有答复的自公示期满起算",
            "What people left who objected to a publication, from the answer on, or from the end of the publication where there is none",
        ),
        LEAST_TIME, "inferred", default=365, floor=30, ceiling=1825, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
