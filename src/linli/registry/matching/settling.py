"""What becomes of new rows that are like somebody: whose they are, who has to be asked, who is new. Pure.

A row belongs to a person when it is likely enough, that person is the only one, and no two numbers come together. Rows of one
file that are one person and nobody's yet make one, and rows of one number are one person whatever else they state. What is
likely but not enough waits, or is asked about later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .clustering import Floats, Ints, cluster

NEW, LINKED, WAITS = 0, 1, 2
_CERTAIN = 1e300


@dataclass(frozen=True, slots=True)
class Settled:
    """For each row (by position) its `fate`, the person it is linked to (position, else -1), and the first row of those it
    makes one new person with (its own where alone). `asked`: positions of pairs to be asked about; `chance` of every pair, as it may be told."""

    fate: Ints
    person: Ints
    first: Ints
    asked: Ints
    chance: Floats


def settle(
    rows: int, seen: Sequence[bool], one: Ints, other: Ints, odds: Floats, identity: Ints, merge: float, review: float
) -> Settled:
    """Nodes are rows, then people; `seen` says of each person whether whoever brings the rows may see them. In a pair `one` is
    a row, `other` a row or a person. `identity`: a number above 0 where a node has an identity number.

    Whom the uploader cannot see makes no row wait for that: the row comes in, and those who see both are asked.
    """
    visible = np.asarray(seen, np.bool_)
    count = rows + len(visible)
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
    whom = np.where(to_person, other - rows, 0)
    # A row is one person's: those it may be share what there is.
    alike = np.where(usable & to_person, odds, 0.0)
    total = np.bincount(one, alike, minlength=rows)
    chance = np.where(to_person, alike / (1.0 + total[one]), drawn)

    held = np.bincount(label[rows:], minlength=count)  # people in each cluster
    of_person = np.full(count, -1, np.int64)
    of_person[label[rows:]] = np.arange(len(visible))
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

    likely = usable & (odds / (1.0 + odds) >= review)
    open_pair = likely & to_person & ~linked[one]
    sighted = open_pair & visible[whom] if len(visible) else open_pair
    fate[one[sighted]] = WAITS
    twins = ~to_person & (drawn >= review) & (label[one] != label[other])
    # What is told of somebody in sight is as if nobody out of sight had a share.
    in_sight = to_person & (visible[whom] if len(visible) else False)
    shares = np.bincount(one, np.where(in_sight, alike, 0.0), minlength=rows)
    told_chance = np.where(in_sight, alike / (1.0 + shares[one]), chance)
    return Settled(fate, person, _firsts(mine, fate), np.flatnonzero(open_pair | twins), told_chance)


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
