"""Kinds of data of messages that are kept for a time: notices, and how messages were delivered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min

from linli.access.keeping.tables import YEAR
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .models import Delivery, Notice


def _notices(before: datetime) -> Amount:
    rows = Notice.objects.filter(created_at__lt=before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("created_at"))["oldest"])


def _destroy_notices(before: datetime, most: int, cursor: str) -> Slice:
    rows = Notice.objects.filter(created_at__lt=before).order_by("id")[:most]
    gone = [(str(notice_id), at) for notice_id, at in rows.values_list("id", "created_at")]
    Notice.objects.filter(id__in=[notice_id for notice_id, _ in gone]).delete()
    return Slice(gone, more=len(gone) == most)


def _deliveries(before: datetime) -> Amount:
    rows = Delivery.objects.filter(finished_at__lt=before)
    return Amount(rows.count(), rows.aggregate(oldest=Min("finished_at"))["oldest"])


def _destroy_deliveries(before: datetime, most: int, cursor: str) -> Slice:
    rows = Delivery.objects.filter(finished_at__lt=before).order_by("id")[:most]
    gone = [(str(delivery_id), at) for delivery_id, at in rows.values_list("id", "finished_at") if at is not None]
    Delivery.objects.filter(id__in=[delivery_id for delivery_id, _ in gone]).delete()
    return Slice(gone, more=len(gone) == most)


declare(
    Kind(
        "messages.notice",
        Text("站内消息", "Notices"),
        Text("通知工作人员的消息及已读时间", "What staff were told, and when they read it"),
        LEAST_TIME, "inferred", default=180, floor=30, ceiling=2 * YEAR,
        amount=_notices, destroy=_destroy_notices,
    ),
    Kind(
        "messages.delivery",
        Text("消息外发记录", "Deliveries of messages"),
        Text("邮件、短信、群机器人消息的发送结果；不含内容和地址", "How mail, SMS and robots' messages went, without words or addresses"),
        LEAST_TIME, "inferred", default=180, floor=30, ceiling=2 * YEAR,
        amount=_deliveries, destroy=_destroy_deliveries,
    ),
)  # fmt: skip
