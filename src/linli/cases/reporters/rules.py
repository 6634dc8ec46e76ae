"""Tracking numbers, what the public sees of a case, and when a reporter may object. Pure.

A number is 17 letters of an alphabet of 31 and a check letter: 84 bits, without 0, 1, I, L, O, which people mix up. Since 31 is
prime and each place has a weight of its own, one wrong letter and two that changed places are always found.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from linli.kernel.errors import Text

from ..engine.states import State

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LETTERS, GROUP = 17, 6
_BASE = len(ALPHABET)
_INVERSE = pow(LETTERS + 1, -1, _BASE)
#: A reporter objects within so many days of closing, so many times (local choices).
OBJECT_DAYS, OBJECT_MOST = 30, 2
LONGEST_ANSWER = 500
Told = Literal["filed", "refused", "question", "closed", "joined", "separated", "moved"]
#: Messages to an address that nobody confirmed, in so many days; and to a confirmed one in a day (ours to choose). Three are the
#: news of one report that goes its way.
UNPROVED_DAYS, UNPROVED_MOST, PROVED_A_DAY = 30, 3, 10


def number_of(seed: bytes) -> str:
    """The tracking number that follows from 16 secret bytes."""
    value, letters = int.from_bytes(seed) % _BASE**LETTERS, ""
    for _ in range(LETTERS):
        value, digit = divmod(value, _BASE)
        letters += ALPHABET[digit]
    return letters + ALPHABET[-_sum(letters) * _INVERSE % _BASE]


def typed(text: str) -> str | None:
    """A number as somebody types it (any case, spaces, dashes, full width); None where it cannot be one."""
    letters = "".join(c for c in unicodedata.normalize("NFKC", text[:80]).upper() if c.isalnum())
    if len(letters) != LETTERS + 1 or set(letters) - set(ALPHABET) or _sum(letters) % _BASE:
        return None
    return letters


def shown(number: str) -> str:
    """A number in groups, for people to write down."""
    return "-".join(number[at : at + GROUP] for at in range(0, len(number), GROUP))


def mailbox(name: str) -> str:
    """What stands before the `@` of an address, without a sub-address (RFC 5233)."""
    return name.partition("+")[0] or name


def _sum(letters: str) -> int:
    return sum(place * ALPHABET.index(letter) for place, letter in enumerate(letters, 1))


#: What the public reads where staff read the name of a state.
STANDS: dict[State, Text] = {
    State.REPORTED: Text("已收到，等待受理", "Received, to be looked at"),
    State.VERIFY_REPORT: Text("正在现场核实", "Being looked at on the spot"),
    State.TO_FILE: Text("正在受理", "Being looked at"),
    State.TO_DISPATCH: Text("已受理，正在安排单位", "Accepted, being given to a unit"),
    State.TO_TAKE: Text("已交办理单位", "Given to the unit"),
    State.HANDLING: Text("正在办理", "Being dealt with"),
    State.WAITING: Text("等待您答复", "Waiting for your answer"),
    State.SUSPENDED: Text("暂缓办理，条件具备后继续", "Put off until it can be done"),
    State.HANDED_BACK: Text("单位已办理，等待核查", "Dealt with, to be checked"),
    State.CHECK_RESULT: Text("正在核查办理结果", "The result is being checked"),
    State.TO_CLOSE: Text("核查通过，即将办结", "Checked, about to be closed"),
    State.CLOSED: Text("已办结，请您评价", "Closed; please rate it"),
    State.EVALUATED: Text("已办结，已评价", "Closed and rated"),
    State.NOT_ACCEPTED: Text("不予受理", "Not accepted"),
    State.CANCELLED: Text("已终止", "Ended"),
    State.MERGED: Text("与同一问题的另一件反映合并办理", "Dealt with together with another report of the same"),
}
#: The same of a closed case that a body outside goes on with: nobody here solved it, and nobody is asked how.
MOVED = Text("已移交系统外单位办理", "Handed over to a body outside of this system")
#: The steps of a case that the public sees, and what they are told of them. Nobody's name, no other step.
STEPS: dict[str, Text] = {
    "report": Text("收到您的反映", "Your report arrived"),
    "file": Text("受理立案", "Accepted"),
    "refile": Text("重新立案", "Accepted again"),
    "file_afterwards": Text("补办立案", "Accepted"),
    "refuse": Text("不予受理", "Not accepted"),
    "cancel": Text("终止办理", "Ended"),
    "dispatch": Text("交单位办理", "Given to a unit"),
    "dispatch_first": Text("先行交单位办理", "Given to a unit at once"),
    "take": Text("单位开始办理", "The unit began"),
    "ask_reporter": Text("单位请您补充", "The unit asks you"),
    "resume": Text("继续办理", "Goes on"),
    "hand_back": Text("单位办理完毕", "The unit has dealt with it"),
    "rework": Text("退回重新办理", "To be done again"),
    "fail_check": Text("核查不通过，重新办理", "Check failed, to be done again"),
    "transfer_out": Text("移交有管辖权的单位办理", "Handed over to the body it is for"),
    "close": Text("办结", "Closed"),
    "rate": Text("评价", "Rated"),
    "reopen": Text("重新办理", "Taken up again"),
    "merge": Text("与同一问题的另一件合并办理", "Joined to another report of the same"),
    "unmerge": Text("恢复单独办理", "Dealt with by itself again"),
}
#: Steps whose reason is written to the reporter: why it is not accepted, what they are asked, and why others go on with it.
SAID = ("refuse", "ask_reporter", "transfer_out")
#: Steps a reporter is told of by SMS or mail.
TOLD: dict[str, Told] = {
    "file": "filed", "file_afterwards": "filed", "refuse": "refused", "ask_reporter": "question", "close": "closed",
    "merge": "joined", "unmerge": "separated", "transfer_out": "moved",
}  # fmt: skip


def told_of(action: str, detail: Mapping[str, Any]) -> Told | None:
    """What a reporter is told of a step in their case. That another report was joined to theirs is no news to them."""
    return None if "merged_from" in detail else TOLD.get(action)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address stands that reporters are told at: messages of the last UNPROVED_DAYS, and of today."""

    confirmed: bool
    stopped: bool
    told: int
    today: int


def may_tell(held: Standing) -> bool:
    """Whether an address may have one more message today."""
    if held.stopped:
        return False
    if held.confirmed:
        return held.today < PROVED_A_DAY
    return held.told < UNPROVED_MOST


def same_span(since: date, today: date) -> bool:
    """Whether messages counted since a day still count."""
    return today - since < timedelta(days=UNPROVED_DAYS)


@dataclass(frozen=True, slots=True)
class May:
    """What a reporter may do with a case as it stands."""

    answer: bool
    rate: bool
    object: bool


def stands(state: State, transferred: bool) -> Text:
    """How a case stands, for the public."""
    return MOVED if transferred and state in (State.CLOSED, State.EVALUATED) else STANDS[state]


def may(state: State, closed_at: datetime | None, objections: int, now: datetime, transferred: bool = False) -> May:
    """Answer while asked; rate once closed, unless a body outside goes on with it; object for a time after closing, a few times."""
    closed = state in (State.CLOSED, State.EVALUATED) and closed_at is not None
    in_time = closed and closed_at is not None and now <= closed_at + timedelta(days=OBJECT_DAYS)
    return May(state is State.WAITING, state is State.CLOSED and not transferred, in_time and objections < OBJECT_MOST)


def may_joined(
    state: State,
    closed_at: datetime | None,
    objections: int,
    rated_at: datetime | None,
    now: datetime,
    transferred: bool = False,
) -> May:
    """The same for somebody whose report was joined to a case, as that case stands. Their rating is their own: once for each
    time it is closed, whether or not another reporter has rated it."""
    own = may(state, closed_at, objections, now)
    closed = state in (State.CLOSED, State.EVALUATED) and closed_at is not None and not transferred
    return May(
        own.answer, closed and (rated_at is None or (closed_at is not None and rated_at < closed_at)), own.object
    )
