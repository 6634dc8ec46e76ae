"""Decisions of the procedure as pure functions: by when a step is due, how long is published, which verdicts need a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .table import State

LONGEST_TEXT, LONGEST_LINE = 2000, 120
#: An objection of the public: long enough for the matter, and shown whole.
LONGEST_OBJECTION, LONGEST_CONTACT = 2000, 100
MOST_MEMBERS, MOST_VISITS, MOST_GAPS = 30, 30, 200
MOST_PLANNED = 1000
#: Objections of one application, beyond which the public page takes no more: somebody floods it.
MOST_OBJECTIONS = 200
MOST_PUBLICATION_DAYS = 60
#: The most 奖补 there is, in cents: 标杆型 up to 1,000,000 CNY, 成长型 and 基础型 up to 100,000 CNY (published answer).
MOST_CENTS: Mapping[str, int] = {"basic": 10_000_000, "growing": 10_000_000, "model": 100_000_000}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The last day of each stage of a plan year, and of an application: of its publication and its re-check."""

    self_by: date
    town_by: date
    accept_by: date
    published_until: date | None = None
    recheck_by: date | None = None


def due_on(state: State, by: Deadlines) -> date | None:
    """The day by which the next step should be taken; None where nobody is asked for one."""
    if state in ("planned", "self_assessing"):
        return by.self_by
    if state == "town_checking":
        return by.town_by
    if state == "accepting":
        return by.accept_by
    if state == "publicised":
        return by.published_until
    return by.recheck_by if state == "rechecking" else None


def overdue(due: date | None, today: date) -> bool:
    """Whether a day has gone by; the day itself is in time."""
    return due is not None and due < today


def last_day(first: date, days: int) -> date:
    """The last day of a publication of so many natural days, counted from the day after it is put up (inferred)."""
    return first + timedelta(days=days)


def open_to_objections(first: date | None, last: date | None, today: date) -> bool:
    """Whether objections are taken: from the day it is put up to its last day."""
    return first is not None and last is not None and first <= today <= last


def reason_needed(verdict: str, before: str | None, computed: str | None) -> bool:
    """Whether a verdict has to be explained: it differs from that of the stage before, or from the computed one. What is not known
    contradicts nothing."""
    return any(other not in (None, "unknown", verdict) for other in (before, computed))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many indicators are met, missed, not known; `of` is their sum. One that asks nothing counts in none."""

    met: int
    missed: int
    unknown: int

    @property
    def of(self) -> int:
        return self.met + self.missed + self.unknown


def tally(indicators: Iterable[str], given: Mapping[str, str], computed: Mapping[str, str]) -> Tally:
    """Count indicators by the verdict a stage gives, and by the computed one where it gives none yet."""
    found = [given.get(code) or computed.get(code, "unknown") for code in indicators]
    return Tally(found.count("met"), found.count("missed"), found.count("unknown"))
