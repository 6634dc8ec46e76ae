"""What becomes of new rows that are like somebody: whose they are, who has to be asked, who is new. Pure.

A row belongs to a person when it is likely enough, that person is the only one, and no two numbers come together. Rows of one
file that are one person and nobody's yet make one, and rows of one number are one person whatever else they state. What is
likely but not enough waits, or is asked about later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .clustering import Floats, Ints, cluster

NEW, LINKED, WAITS = 0, 1, 2
Bools = np.ndarray[Any, np.dtype[np.bool_]]
_CERTAIN = 1e300


@dataclass(frozen=True, slots=True)
class Settled:
    """For each row (by position) its `fate`, the person it is linked to (position, else -1), and the first row of those it
    makes one new person with (its own where alone). `asked`: positions of pairs to be asked about; `chance` of every pair."""

    fate: Ints
    person: Ints
    first: Ints
    asked: Ints
    chance: Floats


def settle(
    rows: int, people: int, one: Ints, other: Ints, odds: Floats, identity: Ints, merge: float, review: float
) -> Settled:
    """Nodes are rows, then people. In a pair `one` is a row, `other` a row or a person. `identity`: a number above 0 where a
    node has an identity number."""
    count = rows + people
    number = identity[:rows]
    told = _first_of_number(number)
    again = np.flatnonzero(told != np.arange(rows))
    certain = np.full(len(again), _CERTAIN)
    made = cluster(
        count, np.concatenate([one, told[again]]), np.concatenate([other, again]), np.concatenate([odds, certain]),
        identity, merge,
    )  # fmt: skip
    label, mine, drawn = made.cluster, made.cluster[:rows], made.chance[: len(one)]
    usable = (identity[one] == 0) | (identity[other] == 0) | (identity[one] == identity[other])
    to_person = other >= rows
    # A row is one person's: those it may be share what there is.
    alike = np.where(usable & to_person, odds, 0.0)
    total = np.bincount(one, alike, minlength=rows)
    chance = np.where(to_person, alike / (1.0 + total[one]), drawn)

    held = np.bincount(label[rows:], minlength=count)  # people in each cluster
    of_person = np.full(count, -1, np.int64)
    of_person[label[rows:]] = np.arange(people)
    own = np.zeros(rows)
    inner = to_person & (label[one] == label[other])
    np.maximum.at(own, one[inner], chance[inner])
    sure = (held[mine] == 1) & (own >= merge)
    leads = np.zeros(count, np.bool_)
    leads[mine[sure]] = True
    # One that has only come along with another row (own is 0) goes where that goes, once that is sure of it.
    linked = sure | ((own == 0.0) & leads[mine])
    # Rows of one number are in one cluster: where one is linked, all are.
    led = np.zeros(int(number.max(initial=0)) + 1, np.bool_)
    led[number[linked]] = True
    linked |= (number > 0) & led[number]
    fate = np.where(linked, LINKED, NEW).astype(np.int64)
    person = np.where(linked, of_person[mine], -1)

    open_pair = likely(rows, one, other, odds, identity, review) & ~linked[one]
    fate[one[open_pair]] = WAITS
    twins = ~to_person & (drawn >= review) & (label[one] != label[other])
    return Settled(fate, person, _firsts(mine, fate), np.flatnonzero(open_pair | twins), chance)


def likely(rows: int, one: Ints, other: Ints, odds: Floats, identity: Ints, review: float) -> Bools:
    """Of pairs as in `settle`: whether a row may be a person, whoever else it may be."""
    usable = (identity[one] == 0) | (identity[other] == 0) | (identity[one] == identity[other])
    return usable & (other >= rows) & (odds / (1.0 + odds) >= review)


def witnesses(rows: int, one: Ints, other: Ints, settled: Settled, review: float) -> Ints:
    """Of each row that was put with somebody the position of the pair that speaks for it most, else -1: with its person, or with
    a row that goes where it goes. The first of those that make a new person needs none; who is not even likely has come along
    for its number."""
    fate, person, first = settled.fate, settled.person, settled.first
    to_person = other >= rows
    right = np.where(to_person, 0, other)  # of pairs with a person never looked at
    with_person = to_person & (fate[one] == LINKED) & (person[one] == other - rows)
    together = (
        ~to_person
        & (fate[one] == fate[right])
        & np.where(fate[one] == LINKED, person[one] == person[right], (fate[one] == NEW) & (first[one] == first[right]))
    )
    pairs = np.flatnonzero((with_person | together) & (settled.chance >= review))
    ends = np.concatenate([one[pairs], other[pairs[together[pairs]]]])
    at = np.concatenate([pairs, pairs[together[pairs]]])
    order = np.argsort(settled.chance[at], kind="stable")
    found = np.full(rows, -1, np.int64)
    found[ends[order]] = at[order]  # the last written is the likeliest
    found[(fate == NEW) & (first == np.arange(rows))] = -1
    return found


def _first_of_number(number: Ints) -> Ints:
    """Of each row the first with its identity number; its own where it has none."""
    rows = np.arange(len(number))
    _, first, which = np.unique(number, return_index=True, return_inverse=True)
    return np.where(number > 0, first[which], rows).astype(np.int64)


def _firsts(label: Ints, fate: Ints) -> Ints:
    """Of each row the first of those that make one new person with it."""
    rows = np.arange(len(label))
    first = rows.copy()
    new = np.flatnonzero(fate == NEW)
    earliest = np.full(int(label.max(initial=-1)) + 1, len(label), np.int64)
    np.minimum.at(earliest, label[new], new)
    first[new] = earliest[label[new]]
    return first
