"""Cells shared out to regions: each region a connected group of exactly as many cells as it is due.

Regions whose place is known grow around it, each as far as its number of cells reaches (a power diagram); the
others come from recursive halving. Both are then mended until every group hangs together and the numbers are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_MOST_MENDS = 600
_MOST_ROUNDS = 4000
Points = NDArray[np.float64]
Neighbours = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Due:
    """A region that is due `count` cells, near `hint` (metres) if that is known."""

    code: str
    count: int
    hint: tuple[float, float] | None = None


def share_cells(
    cells: Sequence[int], due: Sequence[Due], centre: Points, neighbours: Neighbours
) -> dict[str, list[int]]:
    """The cells of each region. Raises ValueError unless the counts due add up to the cells there are."""
    if sum(d.count for d in due) != len(cells):
        raise ValueError("the cells due do not add up")
    if len(due) > 1 and all(d.hint is not None for d in due):
        grown = _grow(cells, due, centre, neighbours)
        if grown is not None:
            return grown
    return _halve(list(cells), sorted(due, key=lambda d: d.code), centre, neighbours)


# --- growing around hints -------------------------------------------------------------------------------------


def _grow(
    cells: Sequence[int], due: Sequence[Due], centre: Points, neighbours: Neighbours
) -> dict[str, list[int]] | None:
    """Groups around the hints, or None where they cannot be made to hang together."""
    points = centre[list(cells)]
    sites = np.array([d.hint for d in due], dtype=np.float64)
    wanted = np.array([d.count for d in due])
    square = ((points[:, None, :] - sites[None, :, :]) ** 2).sum(axis=2)
    # The prices of a balanced power diagram: a region with too few cells lowers its price until it has its due.
    price = np.zeros(len(due))
    step = float(np.median(np.min(square, axis=1)))
    for _ in range(_MOST_ROUNDS):
        owner = np.argmin(square + price, axis=1)
        short = wanted - np.bincount(owner, minlength=len(due))
        if not short.any():
            break
        price -= step * short / wanted
        step *= 0.999
    groups = [{cells[i] for i in np.flatnonzero(owner == g).tolist()} for g in range(len(due))]
    cost = {cells[i]: square[i] for i in range(len(cells))}
    if not _balance(groups, wanted.tolist(), cost, neighbours):
        return None
    return {d.code: sorted(group) for d, group in zip(due, groups, strict=True)}


def _balance(groups: list[set[int]], wanted: list[int], cost: dict[int, Points], neighbours: Neighbours) -> bool:
    """Mend the groups in place: connected, and of exactly the sizes wanted. False where it does not come out."""
    for _ in range(_MOST_MENDS):
        _gather_strays(groups, neighbours)
        over = [g for g, group in enumerate(groups) if len(group) > wanted[g]]
        if not over:
            return all(connected(group, neighbours) for group in groups)
        path = _way(groups, wanted, over[0], neighbours)
        if path is None:
            return False
        for give, take in pairwise(path):
            edge = [c for c in groups[give] if any(n in groups[take] for n in neighbours[c])]
            edge.sort(key=lambda c: (float(cost[c][take] - cost[c][give]), c))
            moved = next((c for c in edge if connected(groups[give] - {c}, neighbours)), None)
            if moved is None:
                return False
            groups[give].discard(moved)
            groups[take].add(moved)
    return False


def _gather_strays(groups: list[set[int]], neighbours: Neighbours) -> None:
    """Give every part that is cut off from its group to the group around it."""
    for group in groups:
        for part in _parts(group, neighbours)[1:]:
            around = [n for c in sorted(part) for n in neighbours[c] if n not in group]
            taker = next((g for n in around for g in groups if n in g), None)
            if taker is not None:
                group -= part
                taker |= part


def _way(groups: list[set[int]], wanted: list[int], start: int, neighbours: Neighbours) -> list[int] | None:
    """The shortest chain of touching groups from one with too many cells to one with too few."""
    of = {cell: g for g, group in enumerate(groups) for cell in group}
    came = {start: start}
    queue = [start]
    for group in queue:
        if len(groups[group]) < wanted[group]:
            path = [group]
            while path[-1] != start:
                path.append(came[path[-1]])
            return path[::-1]
        for near in sorted({of[n] for c in groups[group] for n in neighbours[c] if n in of}):
            if near not in came:
                came[near] = group
                queue.append(near)
    return None


# --- recursive halving ----------------------------------------------------------------------------------------

_MOST_SPLITS = 8
_RETRIED = 40
_HALF = 0.5**0.5
_DIRECTIONS = np.array([[1.0, 0.0], [0.0, -1.0], [_HALF, -_HALF], [_HALF, _HALF]])


def _halve(cells: list[int], due: Sequence[Due], centre: Points, neighbours: Neighbours) -> dict[str, list[int]]:
    """Halves of halves: the evenest cut across the longest direction; another where that leaves a group in pieces."""
    if len(due) == 1:
        return {due[0].code: sorted(cells)}
    sums = np.cumsum([d.count for d in due])
    spread = np.ptp(centre[cells] @ _DIRECTIONS.T, axis=0)
    best: dict[str, list[int]] = {}
    fewest = len(due) + 1
    for first in (np.argsort(np.abs(sums[:-1] - sums[-1] / 2), kind="stable") + 1).tolist()[:_MOST_SPLITS]:
        for direction in np.argsort(-spread, kind="stable"):
            left, right, whole = _bisect(cells, int(sums[first - 1]), centre @ _DIRECTIONS[direction], neighbours)
            if not whole and best:
                continue
            found = _halve(left, due[:first], centre, neighbours) | _halve(right, due[first:], centre, neighbours)
            torn = sum(not connected(set(group), neighbours) for group in found.values())
            if torn < fewest:
                best, fewest = found, torn
            # A large set is not tried again for one torn village: it may be a boundary in separate pieces.
            if fewest == 0 or (best and len(due) > _RETRIED):
                return best
    return best


def _bisect(cells: list[int], size: int, along: Points, neighbours: Neighbours) -> tuple[list[int], list[int], bool]:
    """Two groups, the first of `size` cells, cut across the direction `along`; and whether both hang together."""
    ordered = sorted(cells, key=lambda c: (float(along[c]), c))
    groups = [set(ordered[:size]), set(ordered[size:])]
    middle = float(along[ordered[size - 1]])
    cost = {c: np.array([float(along[c]) - middle, middle - float(along[c])]) for c in cells}
    if _balance(groups, [size, len(cells) - size], cost, neighbours):
        return sorted(groups[0]), sorted(groups[1]), True
    return ordered[:size], ordered[size:], False  # a boundary in separate pieces: exact numbers come first


def _parts(group: set[int], neighbours: Neighbours) -> list[set[int]]:
    """The connected parts of a group, the largest first."""
    left, parts = set(group), []
    while left:
        start = min(left)
        part, stack = {start}, [start]
        while stack:
            for near in neighbours[stack.pop()]:
                if near in left and near not in part:
                    part.add(near)
                    stack.append(near)
        left -= part
        parts.append(part)
    return sorted(parts, key=lambda p: (-len(p), min(p)))


def connected(group: set[int], neighbours: Neighbours) -> bool:
    """Whether the cells of a group hang together."""
    return len(_parts(group, neighbours)) <= 1
