"""What is offered of what a model tells, and which of it a person took. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

K = TypeVar("K", bound=Hashable)
Taken = Literal["first", "second", "other"]
#: Below this a guess is no better than none and is not shown.
FAINTEST = 0.03


@dataclass(frozen=True, slots=True)
class Offer(Generic[K]):
    """A category that is offered, with the probability that it is the right one."""

    category: K
    probability: float


@dataclass(frozen=True, slots=True)
class Offers(Generic[K]):
    """At most two, the likelier first. `sure`: the first may be filled in beforehand; otherwise a person chooses."""

    first: Offer[K] | None = None
    second: Offer[K] | None = None
    sure: bool = False


def offered(guesses: Sequence[tuple[str, float]], present: Callable[[str], K | None], threshold: float) -> Offers[K]:
    """The two likeliest categories that cases may be given today.

    `guesses`: labels of the model, the likeliest first. `present` tells what a label stands for now: another where it was
    superseded, nothing where it was closed. Labels that became one count together.
    """
    summed: dict[K, float] = {}
    for label, probability in guesses:
        category = present(label)
        if category is not None:
            summed[category] = summed.get(category, 0.0) + probability
    best = sorted(summed.items(), key=lambda each: -each[1])[:2]
    told = [Offer(category, min(1.0, chance)) for category, chance in best if chance >= FAINTEST]
    first, second = (told + [None, None])[:2] if told else (None, None)
    return Offers(first, second, first is not None and first.probability >= threshold)


def taken(chosen: K, first: K, second: K | None) -> Taken:
    """Which of the two suggested ones a person chose."""
    return "first" if chosen == first else "second" if chosen == second else "other"


def present_of(label: K, successor: Callable[[K], K | None], in_use: Callable[[K], bool]) -> K | None:
    """What a category goes by today: itself, or what took its place, and so on; None where that is closed too."""
    seen: set[K] = set()
    here: K | None = label
    while here is not None and here not in seen:
        if in_use(here):
            return here
        seen.add(here)
        here = successor(here)
    return None
