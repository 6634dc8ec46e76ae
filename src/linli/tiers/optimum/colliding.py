"""Which conditions collide when there is no plan: a smallest set, found by letting go of one group after another. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .generating import generate
from .instance import Fairness, Instance
from .master import Master
from .pricing import Space

ROWS = ("budget", "staff", "town", "old")


def groups(asked: Instance) -> list[str]:
    """The groups of conditions a question has."""
    found = ["budget"]
    if asked.staff is not None:
        found.append("staff")
    if asked.fairness.per_town:
        found.append("town")
    if asked.fairness.old_share:
        found.append("old")
    if asked.fairness.keep:
        found.append("keep")
    if asked.locks:
        found.append("locks")
    if asked.bans:
        found.append("bans")
    return found


def without(asked: Instance, let_go: Iterable[str]) -> Instance:
    """The question without conditions that bind single communities."""
    gone = set(let_go)
    fairness = Fairness(asked.fairness.per_town, asked.fairness.old_share, asked.fairness.keep and "keep" not in gone)
    return replace(
        asked,
        fairness=fairness,
        locks=() if "locks" in gone else asked.locks,
        bans=() if "bans" in gone else asked.bans,
    )


def possible(asked: Instance, let_go: set[str]) -> bool:
    """Whether there is a plan, works in fractions allowed, without some groups."""
    space = Space(without(asked, let_go))
    if space.empty_blocks():
        return False
    master = Master(space, worth=0.0, penalty=1.0)
    master.loosen(let_go & set(ROWS))
    return generate(master, enough=1e-7).solved.value > -1e-6


def smallest(asked: Instance) -> tuple[str, ...]:
    """Groups that collide: with any one of them gone, the others can be met together. Empty where nothing collides."""
    left = groups(asked)
    gone: set[str] = set()
    if possible(asked, gone):
        return ()
    for group in list(left):
        if not possible(asked, gone | {group}):
            gone.add(group)
            left.remove(group)
    return tuple(left)


def alone(asked: Instance, communities: set[str]) -> tuple[str, ...]:
    """The same where single communities have no choice at all, looked at by themselves."""
    few = replace(
        asked,
        communities=tuple(c for c in asked.communities if c.code in communities),
        locks=tuple(x for x in asked.locks if x.community in communities),
        bans=tuple(x for x in asked.bans if x.community is None or x.community in communities),
    )
    gone: set[str] = set()
    left = [g for g in groups(few) if g not in ROWS]
    for group in list(left):
        if Space(without(few, gone | {group})).empty_blocks():
            gone.add(group)
            left.remove(group)
    return tuple(left)
