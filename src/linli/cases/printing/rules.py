"""What papers say that takes a decision: the clock as a line, and what of a text is hidden. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from linli.kernel.masking import mask_id, mask_phone

Kind = Literal["used", "paused", "left", "over"]
PHONE = 11  # digits
#: A phone or an identity number in a free text: eleven digits and more, also written in groups.
IDENTIFIER = re.compile(r"(?<![0-9A-Za-z])\d(?:[ \-]?\d){10,18}[Xx]?(?![0-9A-Za-z])")


def without_identifiers(text: str) -> str:
    """A free text with the numbers of people masked; numbers of poles, doors and roads stay, which the handling needs."""
    return IDENTIFIER.sub(lambda found: _masked(found[0]) or "", text)


def _masked(number: str) -> str | None:
    return mask_id(number) if sum(each.isalnum() for each in number) > PHONE else mask_phone(number)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the clock as shares of its whole length."""

    start: float
    end: float
    kind: Kind


def pieces(
    begin: datetime, due: datetime, at: datetime, pauses: Sequence[tuple[datetime, datetime | None]]
) -> list[Piece]:
    """A clock from `begin` to `due` as it stands at `at`: used and over apart from pauses, then what is left."""
    at = max(at, begin)
    length = max(due, at) - begin
    found: list[Piece] = []

    def add(start: datetime, end: datetime, kind: Kind) -> None:
        if end > start and length:
            found.append(Piece((start - begin) / length, (end - begin) / length, kind))

    def run(start: datetime, end: datetime) -> None:
        add(start, min(end, due), "used")
        add(max(start, due), end, "over")

    done = begin
    for since, until in sorted(pauses, key=lambda pause: pause[0]):
        start, end = max(since, done), min(until or at, at)
        if end <= start:
            continue
        run(done, start)
        add(start, end, "paused")
        done = end
    run(done, at)
    add(max(at, begin), due, "left")
    return found
