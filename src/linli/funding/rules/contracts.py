"""Decisions about projects and contracts, pure: which step comes next, what may still be paid, what runs out soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from linli.kernel.errors import Text

from . import ZERO

#: How long before its day something that runs out is warned of.
AHEAD = timedelta(days=60)

STATES: dict[str, Text] = {
    "need": Text("需求", "Need"),
    "tender": Text("招标采购中", "Out to tender"),
    "awarded": Text("已定标", "Awarded"),
    "contracted": Text("已签合同", "Contracted"),
    "done": Text("已验收", "Accepted"),
    "dropped": Text("已取消", "Dropped"),
}
#: What may follow: a project goes forward one step at a time and may be dropped until its contract is signed.
NEXT: dict[str, tuple[str, ...]] = {
    "need": ("tender", "dropped"),
    "tender": ("awarded", "dropped"),
    "awarded": ("contracted", "dropped"),
    "contracted": ("done",),
    "done": (),
    "dropped": (),
}
METHODS: dict[str, Text] = {
    "open": Text("公开招标", "Open tender"),
    "invited": Text("邀请招标", "Invited tender"),
    "consultation": Text("竞争性磋商", "Competitive consultation"),
    "enquiry": Text("询价", "Price enquiry"),
    "single": Text("单一来源", "Single source"),
    "small": Text("小额零星采购", "Small purchase"),
}
CONTRACT_KINDS: dict[str, Text] = {
    "purchase": Text("采购建设", "Purchase"),
    "upkeep": Text("运维服务", "Upkeep"),
}
Warned = Literal["milestone", "contract_end", "warranty_end", "acceptance"]


@dataclass(frozen=True, slots=True)
class Warning:
    """Something that is due or runs out: which, on which day, and whether that day is past."""

    kind: Warned
    day: date
    overdue: bool


def may_follow(state: str, wanted: str) -> bool:
    """Whether a project in `state` may go to `wanted` next."""
    return wanted in NEXT.get(state, ())


def parts_fit(amount: Decimal, parts: Sequence[Decimal]) -> bool:
    """Whether milestones make the contract's amount exactly; a contract without any is paid as it comes."""
    return not parts or sum(parts, ZERO) == amount


def payable(amount: Decimal, paid: Sequence[Decimal]) -> Decimal:
    """What may still be paid of a contract, in CNY: never more than its amount."""
    return max(amount - sum(paid, ZERO), ZERO)


def warned(kind: Warned, day: date | None, today: date) -> Warning | None:
    """The warning of something with a day: from 60 days before it on. A milestone is warned of until it is paid, a purchase until it is
    accepted, what ran out until 60 days after."""
    if day is None or day - today > AHEAD or (kind not in ("milestone", "acceptance") and today - day > AHEAD):
        return None
    return Warning(kind, day, day < today)
