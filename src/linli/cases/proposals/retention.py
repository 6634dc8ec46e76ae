"""Where proposers can be reached: destroyed some time after their proposal was concluded. Names stay: they are the record's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, QuerySet

from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .models import Proposer


def _over(before: datetime) -> QuerySet[Proposer]:
    return Proposer.objects.filter(contact__isnull=False, proposal__concluded_at__lt=before)


def _due(before: datetime) -> Amount:
    rows = _over(before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("proposal__concluded_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    gone = list(
        _over(before).order_by("proposal__concluded_at", "id").values_list("id", "proposal__concluded_at")[:most]
    )
    Proposer.objects.filter(id__in=[proposer for proposer, _ in gone]).update(contact=None, masked="")
    return Slice([(str(proposer), at) for proposer, at in gone if at is not None], more=len(gone) == most)


declare(
    Kind(
        "cases.proposer_contact",
        Text("建议人的联系方式", "Where proposers are reached"),
        Text("提案、建议建议人的手机号，办结后销毁", "Phones of who proposed, once their proposal is concluded"),
        LEAST_TIME, "inferred", default=365, floor=30, ceiling=1825, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
