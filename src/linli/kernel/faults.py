"""What an exception means to whoever caused it: the problem that stands for it, and whether to try again.

For commands and jobs as for the HTTP edge, which adds what its framework raises (`kernel.http.problem_of`); without the
framework, which takes a command a tenth of a second to load.
"""

from __future__ import annotations

import psycopg
from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, DataError, InterfaceError, OperationalError
from django.http import Http404

from .errors import Forbidden, NotFound, Problem, Text, Unavailable
from .files import DiskFull


class ViewingOnly(Forbidden):
    """Whoever sees the console as another account changes nothing, and sees nothing that is that person's alone."""

    code = "access.viewing_only"
    text = Text(
        "正在以他人视角查看，只能看、不能改。请先退出查看。",
        "You are seeing the console as another account: nothing can be changed. End that first.",
    )


class TooLarge(Problem):
    """The request is larger than the setting allows."""

    status, code = 413, "kernel.too_large"
    text = Text("内容过大，超出系统设置的上限。", "That is larger than the system's setting allows.")


class UnknownHost(Problem):
    """The request names a host that this installation does not answer to."""

    code = "kernel.unknown_host"
    text = Text(
        "系统不以这个主机名提供服务。如需使用，请管理员将其加入 LINLI_HOSTS。",
        "This host name is not served. To use it, have an administrator add it to LINLI_HOSTS.",
    )


class BadRequest(Problem):
    """The request is not well-formed."""

    code = "kernel.bad_request"
    text = Text("请求格式不正确。", "The request is not well-formed.")


class NotAllowed(Problem):
    """This address does not take that method."""

    status, code = 405, "kernel.method_not_allowed"
    text = Text("不支持此操作。", "This address does not take that method.")


class Unexpected(Problem):
    """A fault of ours; the details are in the log under the request id, not in the answer."""

    status, code = 500, "kernel.unexpected"
    text = Text(
        "系统出现意外错误，您的操作没有生效。请把编号告诉管理员。",
        "Something went wrong on our side and nothing was changed. Give the number to your administrator.",
    )


def sqlstate(error: BaseException | None) -> str:
    """The SQLSTATE behind a Django or psycopg error, or an empty text."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if state:
            return str(state)
        error = error.__cause__
    return ""


def worth_retrying(error: BaseException | None) -> bool:
    """Whether the same transaction may succeed when tried again: serialization, deadlock, a lost connection."""
    state = sqlstate(error)
    if state in ("40001", "40P01"):
        return True
    passing = OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError
    return isinstance(error, passing) and (not state or state[:2] in ("08", "57"))


def problem_of(error: Exception) -> Problem:
    """The problem that stands for any exception. What is not foreseen is Unexpected."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        return NotFound()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, DisallowedHost):
        return UnknownHost()
    if isinstance(error, SuspiciousOperation):
        return BadRequest()
    # COPY speaks to the driver itself, whose errors Django does not wrap.
    if isinstance(error, DatabaseError | InterfaceError | psycopg.Error):
        state = sqlstate(error)
        if state == "42501":  # row-level security refused a row outside the scope
            return Forbidden()
        if state == "25006":  # a view as another account runs in a read-only transaction
            return ViewingOnly()
        if state == "53100":
            return DiskFull()
        if isinstance(error, DataError | psycopg.DataError):  # such as a NUL character in a text
            return BadRequest()
        if worth_retrying(error) or state in ("57014", "53300", "55P03"):
            return Unavailable(reason="database")
    return Unexpected()
