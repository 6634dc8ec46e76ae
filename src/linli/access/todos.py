"""What waits with administrators and auditors: accounts to look after, and looks at people to look at."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from linli.kernel import clock, todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import Count

from .permissions import ACCOUNT_EDIT, ACCOUNT_VIEW, FACTOR_RESET, GRANT_EDIT, LOG_VIEW
from .queries.logs import Span, changes_count, reads_count
from .queries.people import AccountState, accounts_count

#: Days that an auditor looks back, today included; `{week}` in a path is the first of them.
BACK = timedelta(days=6)


def _accounts(state: AccountState, actor: Actor) -> Count:
    return accounts_count(actor, state)


def _week() -> Span:
    return Span(first=clock.today() - BACK)


def _reads(kind: str, actor: Actor) -> Count:
    return reads_count(actor, kind, _week())


def _changes(actor: Actor) -> Count:
    return changes_count(actor, "access", _week())


todos.declare(
    todos.Todo(
        "accounts_locked", "waiting",
        Text("账号被锁定", "Accounts locked"),
        Text("多次输错密码，核实本人后解锁", "Too many wrong passwords; unlock after making sure who it is"),
        (ACCOUNT_VIEW, ACCOUNT_EDIT), "/admin/accounts?state=locked", partial(_accounts, "locked"),
    ),
    todos.Todo(
        "accounts_postless", "incomplete",
        Text("账号没有岗位", "Accounts without a post"),
        Text("没有岗位什么也做不了：任命岗位，或请系统管理员停用", "Without a post nothing can be done: appoint, or have the account closed"),
        (ACCOUNT_VIEW, GRANT_EDIT), "/admin/accounts?state=postless", partial(_accounts, "postless"),
    ),
    todos.Todo(
        "accounts_one_time", "watch",
        Text("初始密码未修改", "One-time passwords still in use"),
        Text("还没有首次登录的账号", "Accounts that were never signed in to"),
        (ACCOUNT_VIEW, ACCOUNT_EDIT), "/admin/accounts?state=one_time", partial(_accounts, "one_time"),
    ),
    todos.Todo(
        "accounts_unconfirmed", "waiting",
        Text("统一认证关联待确认", "Links to the identity provider to confirm"),
        Text("系统管理员关联的账号，核实本人后确认", "Linked by the system administrator: ask the holder, then confirm"),
        (ACCOUNT_VIEW, FACTOR_RESET), "/admin/accounts?state=unconfirmed", partial(_accounts, "unconfirmed"),
    ),
    todos.Todo(
        "reads_revealed", "watch",
        Text("近 7 天查看完整号码", "Numbers seen in full, 7 days"),
        Text("看用途是否与工作相符", "See whether purposes fit the work"),
        (LOG_VIEW,), "/logs/reads?kind=reveal&from={week}", partial(_reads, "reveal"),
    ),
    todos.Todo(
        "reads_exported", "watch",
        Text("近 7 天导出数据", "Exports, 7 days"),
        Text("看谁导出了什么、作何用途", "See who took out what, and what for"),
        (LOG_VIEW,), "/logs/reads?kind=export&from={week}", partial(_reads, "export"),
    ),
    todos.Todo(
        "changes_of_access", "watch",
        Text("近 7 天账号与权限变更", "Changes of accounts and rights, 7 days"),
        Text("看授权是否恰当", "See whether grants are right"),
        (LOG_VIEW,), "/logs/changes?room=access&from={week}", _changes,
    ),
)  # fmt: skip
