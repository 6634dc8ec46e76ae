"""What a plan of upgrades says: works, tiers, money, why a community is left out, and how good the plan is proved to be. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linli.kernel.errors import Text

from .standing import Missing


@dataclass(frozen=True, slots=True)
class Work:
    """A measure begun in a community in a year of the plan. `cost` once, `running` each year after its own works are done, cents.
    It counts from the end of the year `ready` on, when what it needs is done too.
    `serves` are the neighbours that share it, its own community among them; otherwise its own alone."""

    community: str
    measure: str
    year: int
    ready: int
    cost: int
    running: int
    serves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a community is not raised. `cheapest`: the least money in cents that lifts it a tier, what neighbours share aside."""

    code: str
    text: Text
    missing: tuple[Missing, ...] = ()
    cheapest: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One community in the plan: the tier it is recognised at, the tier its values reach today, the tier at the end of each year.
    `award` are cents for the tiers it reaches, those that come after the plan among them; `worked` whether a work serves it."""

    community: str
    town: str
    people: int
    before: int
    now: int
    tiers: tuple[int, ...]
    cost: int
    award: int
    reason: Reason | None
    worked: bool = True

    @property
    def raised(self) -> bool:
        return self.tiers[-1] > self.before


@dataclass(frozen=True, slots=True)
class Plan:
    """The best plan found. `bound` is what no plan can exceed, `gap` (bound - points) / points, the share that may be missed.

    `paid` cents by source and year, `income` awards by year of coming, `marginal` what one more 10,000 CNY of a source and year is
    worth in points: the dual prices of the relaxation, in which works may be taken in fractions; None where they say nothing.
    `ended` says what is proved: "optimal" that no plan is better, "gap" the gap and no more, "time" and "limit" the same with the
    search cut short; "greedy" nothing.
    """

    points: float
    bound: float
    gap: float
    works: tuple[Work, ...]
    outcomes: tuple[Outcome, ...]
    paid: Mapping[tuple[str, int], int]
    income: tuple[int, ...]
    staff: tuple[int, ...]
    marginal: Mapping[tuple[str, int], float | None]
    ended: str
    rounds: int
    columns: int
    greedy: float | None

    @property
    def cost(self) -> int:
        return sum(self.paid.values())

    @property
    def raised(self) -> int:
        return sum(outcome.raised for outcome in self.outcomes)

    @property
    def people(self) -> int:
        """People who live in communities raised."""
        return sum(outcome.people for outcome in self.outcomes if outcome.raised)

    @property
    def award(self) -> int:
        """Awards that come within the plan, cents."""
        return sum(self.income)

    @property
    def award_after(self) -> int:
        """Awards of tiers reached in the plan that come after its last year, cents."""
        return sum(outcome.award for outcome in self.outcomes) - self.award

    @property
    def raised_without_work(self) -> int:
        """Of those raised, the ones whose values reach the tier without any work: they are only to be recognised."""
        return sum(outcome.raised and not outcome.worked for outcome in self.outcomes)


class Infeasible(Exception):
    """There is no plan. `groups` are conditions that collide: without any one of them there is one. `communities` where it is
    them alone that cannot meet the conditions; `whole`: only in fractions of works would there be a plan."""

    def __init__(self, groups: tuple[str, ...], communities: tuple[str, ...] = (), whole: bool = False) -> None:
        super().__init__("infeasible: " + ", ".join(groups))
        self.groups = groups
        self.communities = communities
        self.whole = whole


class Unfinished(Exception):
    """No whole plan was found, and none is proved not to exist: the search was cut short."""
