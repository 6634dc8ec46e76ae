"""Decisions about keeping: which rule is in force, which is allowed, and how certificates are chained. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

DIGEST = 32
#: Of a certificate: its serial, the seal before it, its own, and what that covers.
Link = tuple[int, bytes, bytes, Mapping[str, Any]]
Refusal = Literal["below_floor", "above_ceiling", "must_end", "past"]


@dataclass(frozen=True, slots=True)
class Rule:
    """After how many days data goes (None: never), from which day on. `id` is None for what the program ships."""

    id: UUID | None
    days: int | None
    effective_on: date | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Within what a rule must stay: `kernel.retention.Kind`."""

    default: int | None
    floor: int
    ceiling: int | None


def in_force(rules: Iterable[Rule], bounds: Bounds, today: date) -> Rule:
    """The rule in force on a day. `rules` come in the order they were made; the last of the latest day holds.

    A rule that a newer version of the program would no longer allow is held to the bounds.
    """
    begun = [
        (rule.effective_on, n, rule) for n, rule in enumerate(rules) if rule.effective_on and rule.effective_on <= today
    ]
    found = max(begun, key=lambda entry: entry[:2])[2] if begun else Rule(None, bounds.default, None)
    return Rule(found.id, clamp(found.days, bounds), found.effective_on)


def clamp(days: int | None, bounds: Bounds) -> int | None:
    """`days` held to the bounds; None where there is neither a number nor a ceiling."""
    if days is None:
        return bounds.ceiling
    days = max(days, bounds.floor)
    return days if bounds.ceiling is None else min(days, bounds.ceiling)


def refusal(days: int | None, effective_on: date, bounds: Bounds, today: date) -> Refusal | None:
    """Why a rule may not be set, if so."""
    if effective_on < today:
        return "past"
    if days is None:
        return "must_end" if bounds.ceiling is not None else None
    if days < bounds.floor:
        return "below_floor"
    if bounds.ceiling is not None and days > bounds.ceiling:
        return "above_ceiling"
    return None


def cutoff(days: int, today: date, zone: tzinfo) -> datetime:
    """The midnight before which data is destroyed: what is kept for N days is whole for N days."""
    return datetime.combine(today - timedelta(days=days), time(), zone)


def add_ids(digest: bytes, kind: str, ids: Iterable[str]) -> bytes:
    """The digest of a set of ids with more of them: the sum, modulo 2^256, of the SHA-256 of "kind:id" each.

    A sum needs no order, so that slices may come as they do, and a backup shows what the ids were.
    """
    total = int.from_bytes(digest)
    for each in ids:
        total += int.from_bytes(sha256(f"{kind}:{each}".encode()).digest())
    return (total % (1 << 8 * DIGEST)).to_bytes(DIGEST)


def seal(previous: bytes, facts: Mapping[str, Any]) -> bytes:
    """The seal of a certificate over its facts and the seal before it."""
    said = json.dumps(dict(facts), sort_keys=True, ensure_ascii=False, default=_text)
    return sha256(previous + said.encode()).digest()


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def broken(chain: Iterable[Link], first: int = 1, before: bytes = b"") -> list[int]:
    """Serials at which a chain, in order, does not hold; it begins with `first`, sealed over the seal `before` it."""
    found, expected = [], first
    for serial, previous, sealed, facts in chain:
        if serial != expected or previous != before or seal(previous, facts) != sealed:
            found.append(serial)
        expected, before = serial + 1, sealed
    return found
