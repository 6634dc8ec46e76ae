"""Where reporters are told: their phone or e-mail address, destroyed some time after their case came to its end."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, Min, OuterRef, QuerySet

from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from ..engine.states import FINISHED
from .models import Reporter, ReporterContact, ReporterMessage


def _over(before: datetime) -> QuerySet[Reporter]:
    return Reporter.objects.filter(contact__isnull=False, created_at__lt=before, case__state__in=FINISHED)


def _due(before: datetime) -> Amount:
    rows = _over(before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("created_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    gone = list(_over(before).order_by("created_at", "id").values_list("id", "created_at")[:most])
    ids = [reporter for reporter, _ in gone]
    Reporter.objects.filter(id__in=ids).update(contact=None, contact_hash=None, masked="")
    ReporterMessage.objects.filter(reporter_id__in=ids).delete()
    # What is known of an address goes with it, but for the wish to be left alone.
    given = Reporter.objects.filter(contact_hash=OuterRef("hashed"))
    ReporterContact.objects.filter(~Exists(given), stopped_at=None, changed_at__lt=before).delete()
    return Slice([(str(reporter), at) for reporter, at in gone], more=len(gone) == most)


declare(
    Kind(
        "cases.reporter_contact",
        Text("反映人的通知方式", "Where reporters are told"),
        Text("反映人留下的接收进展通知的手机号或邮箱，办结后方销毁", "Phone or e-mail given to be told how it goes, once the case is closed"),
        LEAST_TIME, "inferred", default=180, floor=30, ceiling=1095, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
