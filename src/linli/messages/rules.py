"""When a message may leave, what is gathered in one, what is tried again, and its words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from linli.kernel.clock import LOCAL

#: Hours in which only what is urgent goes out, until an account says otherwise.
QUIET = (time(21, 0), time(7, 30))
#: What happens within this time is told in one message.
GATHER = timedelta(minutes=2)
#: Waits before it is tried again; after the last it has failed.
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
#: Handing over takes seconds; what is still being handed over after this was cut off.
CUT_OFF = timedelta(minutes=10)
#: Sentences that one message holds; the rest is a number.
MOST_SENTENCES = 5
#: An SMS of one part holds 70 characters of Chinese (3GPP TS 23.038, UCS-2); three parts are enough to be read.
SMS_LENGTH = 3 * 67


@dataclass(frozen=True, slots=True)
class Hours:
    """Daily hours in the district's time, from the first to before the second; over midnight where the first is later.
    Equal ones are none."""

    first: time
    until: time

    def contain(self, moment: time) -> bool:
        if self.first <= self.until:
            return self.first <= moment < self.until
        return moment >= self.first or moment < self.until


def due(now: datetime, quiet: Hours, urgent: bool) -> datetime:
    """When a message of `now` may leave: at once if urgent, else when others had time to join it and outside quiet hours."""
    if urgent:
        return now
    at = now + GATHER
    local = at.astimezone(LOCAL)
    if not quiet.contain(local.time()):
        return at
    end = datetime.combine(local.date(), quiet.until, LOCAL)
    return (end if end > local else end + timedelta(days=1)).astimezone(at.tzinfo)


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When it is tried again after so many attempts; None when it is given up."""
    return now + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None


def one_message(sentences: Sequence[str], english: bool, longest: int | None = None) -> str:
    """The words of a message: each sentence once, the first MOST_SENTENCES of them, and how many more there are."""
    told = list(dict.fromkeys(sentences))
    lines, more = told[:MOST_SENTENCES], len(told) - MOST_SENTENCES
    if more > 0:
        lines.append(f"… and {more} more in the console." if english else f"……另有 {more} 条，请登录系统查看。")
    text = "\n".join(lines)
    if longest is not None and len(text) > longest:
        text = text[: longest - 1] + "…"
    return text
