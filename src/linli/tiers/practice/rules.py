"""What a card may hold: pure decisions on its words and days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

State = Literal["draft", "submitted", "published", "withdrawn"]
STATES: tuple[State, ...] = ("draft", "submitted", "published", "withdrawn")
#: The fields a card is of: those the answer to proposal 20240076 names, and facilities.
Scenario = Literal["governance", "security", "services", "care", "employment", "emergency", "facilities", "other"]
SCENARIOS: tuple[Scenario, ...] = (
    "governance", "security", "services", "care", "employment", "emergency", "facilities", "other",
)  # fmt: skip
CERTAINTIES = ("official", "own", "synthetic")
MOST_METRICS, MOST_PARTS, MOST_PHOTOS = 20, 60, 20
_MAKER = re.compile(r"公司|集团|厂家|品牌|[®™]|\b(?:co\.|corp|ltd|inc|llc|gmbh)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what it took: what it does and how many, not who makes it."""

    name: str
    quantity: Decimal | None
    unit: str = ""
    note: str = ""


def names_a_maker(text: str) -> bool:
    """Whether a part is told by who makes it."""
    return _MAKER.search(text) is not None


def lacking(title: str, problem: str, done: str, contact_post: str, certainty: str = "own") -> Sequence[str]:
    """The fields without which a card tells others too little to be published. What an authority said is told as it was said."""
    if certainty == "official":
        return []
    given = {"title": title, "problem": problem, "done": done, "contact_post": contact_post}
    return [name for name, text in given.items() if not text.strip()]


def days_hold(before_on: date | None, after_on: date | None, today: date) -> bool:
    """Whether figures can be read at two days: the later one comes later, and is not to come."""
    if any(day is not None and day > today for day in (before_on, after_on)):
        return False
    return before_on is None or after_on is None or before_on < after_on


def measures_for(
    metrics: Sequence[str], effects: Mapping[str, Sequence[str]], needs: Mapping[str, Sequence[str]]
) -> list[str]:
    """The upgrade measures that move one of `metrics`, with those they need before, these first; otherwise in the order of the
    catalogue. `effects`: the metrics each moves; `needs`: the measures each needs."""
    wanted = set(metrics)
    found: dict[str, None] = {}

    def take(code: str, on_the_way: frozenset[str]) -> None:
        if code in found or code not in effects or code in on_the_way:
            return
        for needed in needs.get(code, ()):
            take(needed, on_the_way | {code})
        found[code] = None

    for code, moved in effects.items():
        if wanted & set(moved):
            take(code, frozenset())
    return list(found)
