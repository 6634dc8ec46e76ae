"""From sure pairs to people: the surest first, and never two different valid numbers in one. Pure.

A record can be only one person. Where several people are likely for one record, their chances share what there is, so
that a record halfway between two namesakes joins neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Rows = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]

SURE = 0.99


@dataclass(frozen=True, slots=True)
class Clusters:
    """For each row its cluster (numbered by first row) and how sure that is; `chance` of each pair after rivals."""

    cluster: Ints
    probability: Floats
    chance: Floats


def cluster(count: int, first: Rows, second: Rows, odds: Floats, identity: Ints, threshold: float) -> Clusters:
    """`identity`: a number above 0 for each valid identity number, 0 where a row has none; `odds` of pairs."""
    one, other = first.astype(np.int64), second.astype(np.int64)
    return _cluster(count, one, other, odds, identity, threshold)


def _cluster(count: int, first: Ints, second: Ints, odds: Floats, identity: Ints, threshold: float) -> Clusters:
    usable = (odds > 1e-4) & ((identity[first] == 0) | (identity[second] == 0) | (identity[first] == identity[second]))
    chance = np.zeros(len(first))
    alone = odds / (1 + odds)
    sure = usable & (alone >= max(SURE, threshold))
    label = _joined(count, first[sure], second[sure], alone[sure], identity, np.arange(count))
    shared = _shared(label, first, second, odds, usable)
    chance[usable] = shared[usable]
    good = usable & (chance >= threshold)
    label = _joined(count, first[good], second[good], chance[good], identity, label)
    best = np.zeros(count)
    within = usable & (label[first] == label[second])
    for side in (first, second):
        np.maximum.at(best, side[within], chance[within])
    other = np.zeros(count)
    for side in (first, second):
        np.maximum.at(other, side[usable & ~within], chance[usable & ~within])
    size = np.bincount(label, minlength=count)[label]
    return Clusters(label, np.where(size > 1, np.maximum(best, threshold), 1.0 - other), chance)


def _shared(label: Ints, first: Ints, second: Ints, odds: Floats, usable: Any) -> Floats:
    """The chance of each pair when each person's rivals for a record are counted."""
    out = np.zeros(len(first))
    a, b = label[first], label[second]
    inner = usable & (a == b)
    out[inner] = (odds / (1 + odds))[inner]
    outer = np.flatnonzero(usable & (a != b))
    if not len(outer):
        return out
    low, high = np.minimum(a, b)[outer], np.maximum(a, b)[outer]
    code = low * (int(label.max()) + 1) + high
    codes, where = np.unique(code, return_inverse=True)
    most = np.zeros(len(codes))
    np.maximum.at(most, where, odds[outer])
    ends = codes // (int(label.max()) + 1), codes % (int(label.max()) + 1)
    total = np.zeros(int(label.max()) + 1)
    for end in ends:
        np.add.at(total, end, most)
    rivals = np.maximum(total[ends[0]] - most, total[ends[1]] - most)
    shared = most / (1.0 + most + rivals)
    own = odds[outer] / (1.0 + odds[outer] + rivals[where])
    out[outer] = np.minimum(shared[where], own)
    return out


def _joined(count: int, first: Ints, second: Ints, chance: Floats, identity: Ints, label: Ints) -> Ints:
    """Labels after joining pairs, the surest first. Only where a component would hold two identities are pairs taken one
    by one; elsewhere all of it is one."""
    proposed = components(count, label[first], label[second], label)
    known = np.flatnonzero(identity)
    held = np.unique(np.stack([proposed[known], identity[known]]), axis=1)
    torn = np.zeros(count, np.bool_)
    groups, times = np.unique(held[0], return_counts=True)
    torn[groups[times > 1]] = True
    if not torn.any():
        return proposed
    result = np.where(torn[proposed], label, proposed)
    inside = np.flatnonzero(torn[proposed[first]])
    order = inside[np.argsort(-chance[inside], kind="stable")]
    return _one_by_one(result, first[order], second[order], identity, np.flatnonzero(torn[proposed]))


def _one_by_one(label: Ints, first: Ints, second: Ints, identity: Ints, rows: Ints) -> Ints:
    parent: dict[int, int] = {int(x): int(x) for x in np.unique(label[rows])}
    holds: dict[int, int] = {}
    for row in rows[identity[rows] > 0].tolist():
        holds[int(label[row])] = int(identity[row])

    def root(x: int) -> int:
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for a, b in zip(label[first].tolist(), label[second].tolist(), strict=True):
        one, two = root(a), root(b)
        if one == two:
            continue
        mine, theirs = holds.get(one, 0), holds.get(two, 0)
        if mine and theirs and mine != theirs:
            continue
        low, high = min(one, two), max(one, two)
        parent[high] = low
        if mine or theirs:
            holds[low] = mine or theirs
    out = label.copy()
    out[rows] = [root(int(x)) for x in label[rows].tolist()]
    return out


def components(count: int, first: Ints, second: Ints, label: Ints) -> Ints:
    """The smallest row of each row's component, for pairs of rows; `label` is where each row starts from."""
    parent = np.arange(count)
    while True:
        a, b = parent[first], parent[second]
        different = a != b
        if not different.any():
            break
        first, second, a, b = first[different], second[different], a[different], b[different]
        np.minimum.at(parent, np.maximum(a, b), np.minimum(a, b))
        while True:
            shorter = parent[parent]
            if np.array_equal(shorter, parent):
                break
            parent = shorter
    found: Ints = parent[label]
    return found
