"""Who pays what, to the cent: a flow from sources and years to what is spent. Pure, whole numbers."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping, Sequence

from .instance import Source


def pay(
    sources: Sequence[Source],
    income: Mapping[tuple[str, int], int],
    classes: Sequence[frozenset[str]],
    spent: Mapping[tuple[int, int], int],
) -> dict[tuple[str, int, int], int] | None:
    """How much each source pays for each class in each year, cents; None where the money does not suffice.

    `income` comes on top of a source's amounts, `spent` is by class and year. The source listed first pays first.
    """
    graph: dict[object, dict[object, int]] = {"in": {}, "out": {}}
    unbounded = sum(spent.values()) + 1

    def edge(one: object, other: object, amount: int) -> None:
        graph.setdefault(one, {})[other] = amount
        graph.setdefault(other, {}).setdefault(one, 0)

    for source in sources:
        for year, amount in enumerate(source.amounts):
            edge("in", ("source", source.code, year), amount + income.get((source.code, year), 0))
            if source.carries and year + 1 < len(source.amounts):
                edge(("source", source.code, year), ("source", source.code, year + 1), unbounded)
            for k, payers in enumerate(classes):
                if source.code in payers and spent.get((k, year)):
                    edge(("source", source.code, year), ("class", k, year), unbounded)
    for (k, year), amount in spent.items():
        if amount:
            edge(("class", k, year), "out", amount)
    flowed = 0
    while True:
        came: dict[object, object] = {"in": "in"}
        queue: deque[object] = deque(["in"])
        while queue and "out" not in came:
            here = queue.popleft()
            for there, room in graph[here].items():
                if room > 0 and there not in came:
                    came[there] = here
                    queue.append(there)
        if "out" not in came:
            break
        way: list[object] = ["out"]
        while way[-1] != "in":
            way.append(came[way[-1]])
        way.reverse()
        room = min(graph[a][b] for a, b in itertools.pairwise(way))
        for a, b in itertools.pairwise(way):
            graph[a][b] -= room
            graph[b][a] += room
        flowed += room
    if flowed != sum(spent.values()):
        return None
    paid = {}
    for source in sources:
        for k in range(len(classes)):
            for year in range(len(source.amounts)):
                amount = graph.get(("class", k, year), {}).get(("source", source.code, year), 0)
                if amount:
                    paid[source.code, k, year] = amount
    return paid
