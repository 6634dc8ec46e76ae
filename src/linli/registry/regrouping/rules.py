"""Decisions about joining and splitting as pure functions: what keeps two people apart, what keeps one whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from linli.kernel.errors import Problem

from .problems import NothingChosen, NumberOnBothSides, NumbersDiffer, Related, RequestOpen


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of two people who may be one. Numbers are keyed hashes of resident identity numbers (GB 11643) that
    passed their check: others are not kept."""

    numbers: frozenset[bytes]
    other_numbers: frozenset[bytes]
    related: bool = False
    request_open: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A current statement about a person who may be two."""

    id: UUID
    named: bool
    number: bytes | None  # keyed hash, of a document of any kind


def obstacles(pair: Pair) -> tuple[type[Problem], ...]:
    """What keeps the two from being joined; empty when nothing does."""
    found: list[type[Problem]] = []
    if pair.numbers and pair.other_numbers and not pair.numbers & pair.other_numbers:
        found.append(NumbersDiffer)
    if pair.related:
        found.append(Related)
    if pair.request_open:
        found.append(RequestOpen)
    return tuple(found)


def splitting(statements: Collection[Statement], taken: Collection[UUID], number_wrong: bool) -> type[Problem] | None:
    """What keeps current statements from being split so; None when nothing does.

    `number_wrong`: a number on both sides is wrong in what is taken, and set aside there.
    """
    away = [s for s in statements if s.id in set(taken)]
    staying = [s for s in statements if s.id not in set(taken)]
    if len(away) < len(set(taken)) or not any(s.named for s in away) or not any(s.named for s in staying):
        return NothingChosen
    shared = {s.number for s in away if s.number} & {s.number for s in staying if s.number}
    return NumberOnBothSides if shared and not number_wrong else None
