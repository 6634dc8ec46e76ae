"""What is due of money and contracts, for who keeps the books."""

from __future__ import annotations

from functools import partial

from linli.kernel import todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import Count

from .awards.queries import waiting_count
from .books.keeping import waiting_months
from .permissions import CLOSE, CONTRACT_EDIT, KEEP
from .projects.dues import What, due_count


def _due(what: What, actor: Actor) -> Count:
    return due_count(actor, what=what)


def _months(actor: Actor) -> Count:
    return Count(len(waiting_months(actor)))


todos.declare(
    todos.Todo(
        "funding_payments", "incomplete", Text("60 天内到期的付款节点", "Payments due within 60 days"),
        Text("含已逾期未付清的", "Overdue ones among them"), (KEEP, CONTRACT_EDIT), "/funding/contracts?tab=due&what=milestone",
        partial(_due, "milestone"),
    ),
    todos.Todo(
        "funding_acceptances", "incomplete", Text("逾期未验收的采购合同", "Purchases not accepted by their day"),
        Text("合同到期日已过，尚未登记验收", "The contract's last day is past, and no acceptance is entered"), (CONTRACT_EDIT,),
        "/funding/contracts?tab=due&what=acceptance", partial(_due, "acceptance"),
    ),
    todos.Todo(
        "funding_ending", "incomplete", Text("即将到期的合同和质保", "Contracts and warranties that run out"),
        Text("到期前 60 天起提醒，续签或安排维保", "From 60 days before: renew them or arrange upkeep"), (CONTRACT_EDIT,),
        "/funding/contracts?tab=due&what=ends", partial(_due, "ends"),
    ),
    todos.Todo(
        "funding_awards", "incomplete", Text("待入账的创建奖补", "Awards to book"),
        Text("已登记奖补、尚未入账或金额与账上不符的申报", "Awards of applications that are not in the books, or with another amount"), (KEEP,),
        "/funding/entries?waiting=true", waiting_count,
    ),
    todos.Todo(
        "funding_periods", "incomplete", Text("待结账的月份", "Months to close"),
        Text("已过去、尚未结账的会计月份，按月依次结账", "Months that are over and not closed, one after the other"), (CLOSE,),
        "/funding?closing=true", _months,
    ),
)  # fmt: skip
