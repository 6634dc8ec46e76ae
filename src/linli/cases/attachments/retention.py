"""Files on their way that were never finished: what a cut line left, destroyed after a day."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .actions import expire
from .models import Attachment


def _due(before: datetime) -> Amount:
    rows = Attachment.objects.filter(ready_at=None, removed_at=None, added_at__lt=before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("added_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    done = expire(before, min(most, 200))  # up to twenty files each
    return Slice([(str(one.id), one.added_at) for one, _ in done], more=bool(done), files=sum(had for _, had in done))


declare(
    Kind(
        "cases.unfinished_attachment",
        Text("没有传完的照片和文件", "Unfinished photos and files"),
        Text("上传中断、没有续传的案件照片和文件的分片", "Parts of photos and files of cases whose upload was cut off"),
        LEAST_TIME, "inferred", default=1, floor=1, ceiling=30, amount=_due, destroy=_destroy,
    )
)  # fmt: skip
