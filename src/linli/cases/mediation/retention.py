"""What is told of the parties to a mediation: destroyed some years after it was written down, once its case is finished."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, QuerySet

from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from ..engine.states import FINISHED
from .models import Mediation

YEARS = 365
FILES = Text(
    "人民调解卷宗的保管惯例：短期五年、长期十五年",
    "Files of people's mediation are usually kept for five years, important ones for fifteen",
)


def _over(before: datetime) -> QuerySet[Mediation]:
    return Mediation.objects.filter(parties__isnull=False, changed_at__lt=before, case__state__in=FINISHED)


def _due(before: datetime) -> Amount:
    rows = _over(before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("changed_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    gone = list(_over(before).order_by("changed_at", "id").values_list("id", "changed_at")[:most])
    Mediation.objects.filter(id__in=[row for row, _ in gone]).update(
        parties=None, summary=None, agreement=None, note=None
    )
    return Slice([(str(row), at) for row, at in gone], more=len(gone) == most)


declare(
    Kind(
        "cases.mediation",
        Text("调解当事人信息", "Parties to mediations"),
        Text("调解记录中的当事人、纠纷情况和协议内容，结案后方销毁", "Parties, facts and agreements of mediations, once the case is closed"),
        FILES, "inferred", default=15 * YEARS, floor=5 * YEARS, ceiling=None, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
