"""Kinds of data of access that are kept for a time: logs, attempts to sign in, sessions that ended, kept answers."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Min, Q
from django.db.models.functions import Least

from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from . import seals
from .keeping.tables import SIX_MONTHS, amount_of, destroy_in
from .models import Session

#: Six months of network logs: the text of 2016 has it as Article 21 (3); later texts count their articles anew.
LOGS_BY_LAW = Text(
    "《网络安全法》：网络日志留存不少于六个月（2016 年文本第二十一条第三项）",
    "Cybersecurity Law: network logs are kept for at least six months (text of 2016, Art. 21 (3))",
)
LEAST_TIME = Text(
    "《个人信息保护法》第十九条、第四十七条：保存期限为实现目的所必要的最短时间，期满删除",
    "Personal Information Protection Law, Art. 19 and 47: no longer than the purpose needs, then deleted",
)


def _held_before(log: str, before: datetime) -> Text | None:
    """Days that do not match their seals are evidence; days without a seal are not over."""
    if not seals.sealed_until(log, before):
        return Text("日志尚未封存", "the log has not been sealed so far")
    if broken := seals.verify(logs=(log,), before=before):
        return Text(f"{broken[0].day} 的日志与封存不符", f"the log of {broken[0].day} is not what was sealed")
    return None


def _ended(before: datetime) -> Q:
    return Q(expires_at__lt=before) | Q(idle_until__lt=before)


def _sessions(before: datetime) -> Amount:
    rows = Session.objects.filter(_ended(before))
    oldest = rows.aggregate(oldest=Min(Least("expires_at", "idle_until")))["oldest"]
    return Amount(rows.count(), oldest)


def _end_sessions(before: datetime, most: int, cursor: str) -> Slice:
    rows = Session.objects.filter(_ended(before)).order_by("id")[:most]
    gone = [(str(row.id), min(row.expires_at, row.idle_until)) for row in rows.only("id", "expires_at", "idle_until")]
    Session.objects.filter(id__in=[each for each, _ in gone]).delete()
    return Slice(gone, more=len(gone) == most)


declare(
    Kind(
        "access.read_log",
        Text("查询日志", "Read log"),
        Text("谁在何时查看过谁的信息", "Who saw data about whom, and when"),
        LOGS_BY_LAW, "official", default=None, floor=SIX_MONTHS, ceiling=None,
        amount=amount_of(["access_read_log"]), destroy=destroy_in(["access_read_log"]),
        held=lambda before: _held_before("read", before),
    ),
    Kind(
        "access.change_log",
        Text("变更日志", "Change log"),
        Text("谁在何时变更过账号、授权、区划和设置", "Who changed accounts, grants, places and settings, and when"),
        LOGS_BY_LAW, "official", default=None, floor=SIX_MONTHS, ceiling=None,
        amount=amount_of(["access_change_log"]), destroy=destroy_in(["access_change_log"]),
        held=lambda before: _held_before("change", before),
    ),
    Kind(
        "access.attempt",
        Text("登录尝试", "Attempts to sign in"),
        Text("登录名的密钥散列、网络地址、结果", "A keyed hash of the name typed, the address, the outcome"),
        LOGS_BY_LAW, "official", default=190, floor=SIX_MONTHS, ceiling=1095,
        amount=amount_of(["access_attempt"]), destroy=destroy_in(["access_attempt"]),
    ),
    Kind(
        "access.session",
        Text("已结束的会话", "Sessions that ended"),
        Text("会话的起止时间、网络地址、浏览器；不留在线时长", "Times, address and browser; no online-time is kept"),
        LEAST_TIME, "inferred", default=1, floor=1, ceiling=30, amount=_sessions, destroy=_end_sessions,
    ),
    Kind(
        "access.answer",
        Text("重复提交的应答", "Answers kept for repeated requests"),
        Text("加密保存的应答正文，24 小时内用于应答重复提交", "Encrypted bodies; they answer a repeated request for 24 hours"),
        LEAST_TIME, "inferred", default=1, floor=1, ceiling=7,
        amount=amount_of(["access_idempotency"]), destroy=destroy_in(["access_idempotency"]),
    ),
)  # fmt: skip
