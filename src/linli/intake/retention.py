"""Kinds of data of the intake that are kept for a time: uploads with what was found in them, comparisons."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Min

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel import clock
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from . import rules
from .actions import expire_files
from .apps import HISTORIES
from .compare.actions import expire
from .compare.models import Comparison
from .generating import actions as generating
from .generating.models import Generated
from .models import Batch
from .rounds.models import ReturnVersion

WEEK = 7  # a file somebody still looks at on a day of work does not go
LONGEST = 1095


def _due(before: datetime) -> Amount:
    rows = Batch.objects.filter(created_at__lt=before, file_gone_at=None).exclude(state__in=rules.WORKING)
    return Amount(rows.count(), rows.aggregate(oldest=Min("created_at"))["oldest"])


def _destroy(before: datetime, most: int, cursor: str) -> Slice:
    done = expire_files(before, min(most, 200))  # a file each
    gone = [(str(batch.id), batch.created_at) for batch, _ in done]
    return Slice(gone, more=bool(gone), files=sum(had for _, had in done))


def _compared(before: datetime) -> Amount:
    rows = Comparison.objects.filter(created_at__lt=before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("created_at"))["oldest"])


def _destroy_compared(before: datetime, most: int, cursor: str) -> Slice:
    gone = expire(before, min(most, 20))  # with its rows each
    return Slice([(str(comparison.id), comparison.created_at) for comparison in gone], more=bool(gone))


def _within(days: int) -> int:
    """What the environment says, as far as it is allowed."""
    return min(max(days, WEEK), LONGEST)


def _generated(before: datetime) -> Amount:
    rows = Generated.objects.filter(asked_at__lt=before, gone_at=None).exclude(state=Generated.State.QUEUED)
    return Amount(rows.count(), rows.aggregate(oldest=Min("asked_at"))["oldest"])


def _destroy_generated(before: datetime, most: int, cursor: str) -> Slice:
    gone = generating.expire(before, min(most, 200))  # a file each
    listed = [(str(one.id), one.asked_at) for one in gone]
    return Slice(listed, more=bool(gone), files=sum(one.file_id is not None for one in gone))


def _versions(before: datetime) -> Amount:
    rows = ReturnVersion.objects.filter(gone_at=None, owner__round__state="closed", owner__round__closed_at__lt=before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("owner__round__closed_at"))["oldest"])


def _destroy_versions(before: datetime, most: int, cursor: str) -> Slice:
    with connection.cursor() as open_cursor:
        open_cursor.execute("SELECT id, at FROM intake_destroy_versions(%s, %s, %s)", [before, most, clock.now()])
        gone = [(str(each), at) for each, at in open_cursor.fetchall()]
    return Slice(gone, more=len(gone) == most)


declare(
    Kind(
        "intake.version",
        Text("报送留存的版本", "Versions kept of returns"),
        Text("各级上报时的整表内容，自报送结束起算；统计数和校验和保留", "What was sent up, from the end of its round; figures stay"),
        Text("存档备查；期限由本单位确定", "To show what was reported; the time is the district's to choose"),
        "inferred", default=None, floor=YEAR, ceiling=None, amount=_versions, destroy=_destroy_versions,
    ),
    Kind(
        "intake.history",
        Text("报送变更历史", "History of rounds"),
        Text("报送和报送表变更前的状态和统计数", "Rounds and returns as they were: states and figures"),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(HISTORIES), destroy=destroy_in(HISTORIES),
    ),
    Kind(
        "intake.comparison",
        Text("批次比较结果", "Comparisons of batches"),
        Text("两个批次逐行比较的结果；需要时可重新比较", "Two batches row by row; they can be compared again"),
        LEAST_TIME, "inferred", default=_within(settings.LINLI_COMPARISON_DAYS), floor=WEEK, ceiling=LONGEST,
        amount=_compared, destroy=_destroy_compared,
    ),
    Kind(
        "intake.generated",
        Text("生成的台账文件", "Generated ledgers"),
        Text("后台生成、供下载的台账文件；生成记录保留，可重新生成", "Workbooks filled in the background; what was asked stays"),
        LEAST_TIME, "inferred", default=30, floor=1, ceiling=LONGEST,
        amount=_generated, destroy=_destroy_generated,
    ),
    Kind(
        "intake.upload",
        Text("上传的原始文件", "Uploads"),
        Text("部门上传的表格文件、核查问题和预览；批次记录保留", "Tables as uploaded, findings and previews; the list of batches stays"),
        LEAST_TIME, "inferred", default=_within(settings.LINLI_UPLOAD_DAYS), floor=WEEK, ceiling=LONGEST,
        amount=_due, destroy=_destroy,
    ),
)  # fmt: skip
