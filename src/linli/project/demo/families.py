"""People put together into families: couples, children with their mothers, three generations, people alone.

Works on arrays of ages and sexes and loops over years of age only. What comes out is structure (who is
married to whom, whose child, which household, which relation to the head of GB/T 4761), no names yet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.project.demo.ages import FEMALE, MALE

#: marital status by GB/T 2261.2
NEVER, MARRIED, WIDOWED, DIVORCED = 10, 20, 30, 40
#: relation to the head by the one-digit list of GB/T 4761
HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, GRANDPARENT, SIBLING, OTHER = range(9)
NOBODY = -1

# Shares by upper age bound (exclusive), our estimates after the shape of the 2020 census for Shandong.
_MARRIED_M = (
    (22, 0.0),
    (25, 0.12),
    (30, 0.50),
    (35, 0.80),
    (40, 0.88),
    (60, 0.92),
    (70, 0.90),
    (80, 0.80),
    (200, 0.58),
)
_MARRIED_F = (
    (20, 0.0),
    (25, 0.22),
    (30, 0.65),
    (35, 0.87),
    (40, 0.92),
    (60, 0.92),
    (70, 0.82),
    (80, 0.60),
    (200, 0.28),
)
_WIDOWED_M = ((45, 0.0), (60, 0.10), (70, 0.45), (80, 0.78), (200, 0.93))
_WIDOWED_F = ((40, 0.0), (50, 0.18), (60, 0.50), (70, 0.85), (200, 0.97))
_DIVORCED = ((25, 0.0), (35, 0.15), (60, 0.62), (200, 0.40))  # of those neither married nor widowed
_AT_HOME = ((18, 1.0), (25, 0.88), (30, 0.68), (35, 0.48), (45, 0.25), (200, 0.0))  # unmarried, with a parent

_WITH_GRANDPARENTS = 0.012  # of children under 16: their parents live elsewhere altogether


@dataclass(frozen=True)
class Families:
    """Structure of one block of people; every field has one entry per person, indexes point into the block."""

    age: np.ndarray
    sex: np.ndarray
    marital: np.ndarray
    spouse: np.ndarray
    father: np.ndarray
    mother: np.ndarray
    surname_from: np.ndarray  #: the person whose surname this one bears by descent, else oneself
    household: np.ndarray  #: 0 … households-1
    relation: np.ndarray  #: GB/T 4761, one digit
    generation: np.ndarray  #: 1 elders, 2 middle, 3 children: of a household of three generations; else 0

    @property
    def households(self) -> int:
        return int(self.household.max()) + 1 if len(self.household) else 0


def assemble(rng: np.random.Generator, age: np.ndarray, sex: np.ndarray, mean_size: float) -> Families:
    """Families out of people; `mean_size` is met by as many elders moving in with a child as that takes."""
    people = len(age)
    spouse, father, mother = (np.full(people, NOBODY) for _ in range(3))
    marital = _marital(rng, age, sex)
    _marry(rng, age, sex, marital, spouse)
    households = np.full(people, NOBODY)
    wives = np.flatnonzero((sex == FEMALE) & (spouse >= 0))
    households[wives] = np.arange(len(wives))
    households[spouse[wives]] = np.arange(len(wives))
    next_household = len(wives)

    children = _find_parents(rng, age, sex, marital, spouse, father, mother)
    lone = np.unique(np.concatenate([father[children], mother[children]]))
    lone = lone[(lone >= 0)]
    lone = lone[households[lone] < 0]
    households[lone] = next_household + np.arange(len(lone))
    next_household += len(lone)
    parent = np.where(mother >= 0, mother, father)
    with_parent = parent >= 0
    households[with_parent] = households[parent[with_parent]]

    generation = np.zeros(people, dtype=np.int8)
    surname_from = np.arange(people)
    surname_from[with_parent] = np.where(father >= 0, father, mother)[with_parent]
    grandchildren = _leave_with_grandparents(rng, age, spouse, parent, households, surname_from, generation)
    alone = np.flatnonzero(households < 0)
    households[alone] = next_household + np.arange(len(alone))

    merges = len(np.unique(households)) - round(people / mean_size)
    elder_of = _move_in_elders(rng, age, sex, marital, spouse, parent, households, generation, surname_from, merges)
    siblings = _move_in_siblings(rng, age, sex, spouse, households, surname_from, generation, alone, len(alone) // 60)
    households = np.unique(households, return_inverse=True)[1]
    relation = _relations(rng, sex, spouse, parent, households, elder_of, grandchildren, siblings, generation)
    return Families(age, sex, marital, spouse, father, mother, surname_from, households, relation, generation)


def match_by_age(
    rng: np.random.Generator,
    wanted: np.ndarray,
    offered: np.ndarray,
    each: int = 1,
    usual: float = 1.0,
    patience: int = 4,
    order: np.ndarray | None = None,
) -> np.ndarray:
    """For each seeker the index of an offer whose age is the wanted one, or up to `patience` years more; else -1.

    An offer serves at most `each` seekers and about `usual` of them where offers abound. Seekers of one year
    are dealt in falling `order`, round by round, so that two who share an offer stand far apart in it.
    """
    found = np.full(len(wanted), NOBODY)
    if not len(wanted) or not len(offered):
        return found
    keys = rng.random(len(wanted)) if order is None else order + rng.random(len(wanted)) * 0.01
    seekers_by_age = np.lexsort((-keys, wanted))
    offers_by_age = np.argsort(offered, kind="stable")
    years = range(int(min(wanted.min(), offered.min())), int(max(wanted.max(), offered.max())) + patience + 1)
    edges = np.array(list(years) + [years.stop])
    seek_at = np.searchsorted(wanted[seekers_by_age], edges)
    offer_at = np.searchsorted(offered[offers_by_age], edges)
    waiting = np.array([], dtype=np.int64)
    for i, year in enumerate(years):
        waiting = waiting[wanted[waiting] >= year - patience]
        seekers = np.concatenate([waiting, seekers_by_age[seek_at[i] : seek_at[i + 1]]])
        offers = rng.permutation(offers_by_age[offer_at[i] : offer_at[i + 1]])
        if not len(seekers) or not len(offers):
            waiting = seekers
            continue
        taking = min(len(offers), max(1, int(np.ceil(len(seekers) / usual))))
        served = seekers[: taking * each]
        served = served[np.argsort(-keys[served], kind="stable")]
        found[served] = offers[np.arange(len(served)) % taking]
        waiting = seekers[taking * each :]
    return found


def _share(bounds: tuple[tuple[int, float], ...], age: np.ndarray) -> np.ndarray:
    limits = np.array([b for b, _ in bounds])
    return np.array([s for _, s in bounds])[np.searchsorted(limits, age, side="right").clip(0, len(bounds) - 1)]


def _marital(rng: np.random.Generator, age: np.ndarray, sex: np.ndarray) -> np.ndarray:
    male = sex == MALE
    married = rng.random(len(age)) < np.where(male, _share(_MARRIED_M, age), _share(_MARRIED_F, age))
    widowed = rng.random(len(age)) < np.where(male, _share(_WIDOWED_M, age), _share(_WIDOWED_F, age))
    divorced = rng.random(len(age)) < _share(_DIVORCED, age)
    return np.select([married, widowed, divorced], [MARRIED, WIDOWED, DIVORCED], NEVER)


def _marry(rng: np.random.Generator, age: np.ndarray, sex: np.ndarray, marital: np.ndarray, spouse: np.ndarray) -> None:
    """Pairs the married by rank of age, with some years' difference; the surplus of a sex is not married after all."""
    men = rng.permutation(np.flatnonzero((marital == MARRIED) & (sex == MALE)))
    women = rng.permutation(np.flatnonzero((marital == MARRIED) & (sex == FEMALE)))
    couples = min(len(men), len(women))
    for surplus in (men[couples:], women[couples:]):
        marital[surplus] = np.where(age[surplus] >= 62, WIDOWED, np.where(age[surplus] >= 32, DIVORCED, NEVER))
    men, women = men[:couples], women[:couples]
    men = men[np.argsort(age[men] + rng.normal(0, 1.7, couples))]
    women = women[np.argsort(age[women] + rng.normal(0, 1.7, couples))]
    spouse[men], spouse[women] = women, men


def _find_parents(
    rng: np.random.Generator,
    age: np.ndarray,
    sex: np.ndarray,
    marital: np.ndarray,
    spouse: np.ndarray,
    father: np.ndarray,
    mother: np.ndarray,
) -> np.ndarray:
    """Gives children, and the unmarried still at home, to mothers of a fitting age; returns those who found one."""
    children = np.flatnonzero((marital == NEVER) & (rng.random(len(age)) < _share(_AT_HOME, age)))
    children = children[(age[children] >= 16) | (rng.random(len(children)) >= _WITH_GRANDPARENTS)]
    wives = np.flatnonzero((sex == FEMALE) & (spouse >= 0))
    single = (marital == DIVORCED) & (age >= 26) & (age < 56) & (rng.random(len(age)) < 0.33)
    parents = np.concatenate([wives, np.flatnonzero(single)])
    # a couple is offered at the age of the younger one; a lone father at the age his wife would have had
    younger = np.where(spouse[parents] >= 0, np.minimum(age[parents], age[spouse[parents]]), age[parents])
    offered = younger - np.where(sex[parents] == MALE, 2, 0)
    at_birth = np.clip(np.rint(rng.normal(27.2, 4.2, len(children))), 20, 41).astype(int)
    found = match_by_age(rng, age[children] + at_birth, offered, each=2, usual=1.42, order=age[children])
    lucky = children[found >= 0]
    parent = parents[found[found >= 0]]
    is_mother = sex[parent] == FEMALE
    mother[lucky] = np.where(is_mother, parent, NOBODY)
    father[lucky] = np.where(is_mother, spouse[parent], parent)
    return lucky


def _leave_with_grandparents(
    rng: np.random.Generator,
    age: np.ndarray,
    spouse: np.ndarray,
    parent: np.ndarray,
    households: np.ndarray,
    surname_from: np.ndarray,
    generation: np.ndarray,
) -> np.ndarray:
    """Children without parents here live with grandparents, their parents being away for work."""
    orphans = np.flatnonzero((parent < 0) & (age < 18))
    elders = np.flatnonzero((spouse >= 0) & (spouse > np.arange(len(age))) & (age >= 50) & (age <= 74))
    if not len(elders):
        return orphans[:0]
    found = match_by_age(rng, age[orphans] + 54, age[elders], each=2, usual=1.2, patience=12)
    taken = orphans[found >= 0]
    elder = elders[found[found >= 0]]
    households[taken] = households[elder]
    surname_from[taken] = elder
    generation[taken] = 3
    return taken


def _move_in_elders(
    rng: np.random.Generator,
    age: np.ndarray,
    sex: np.ndarray,
    marital: np.ndarray,
    spouse: np.ndarray,
    parent: np.ndarray,
    households: np.ndarray,
    generation: np.ndarray,
    surname_from: np.ndarray,
    merges: int,
) -> np.ndarray:
    """Moves up to `merges` elders or elder couples in with a child of fitting age; returns whose parent each is."""
    people = len(age)
    elder_of = np.full(people, NOBODY)
    busy = np.zeros(people, dtype=bool)
    busy[parent[parent >= 0]] = True
    busy[spouse[parent[parent >= 0]]] |= True
    busy |= np.isin(households, households[generation == 3])
    wives = np.flatnonzero((sex == FEMALE) & (spouse >= 0) & (age >= 54) & ~busy)
    widowed = np.flatnonzero((marital == WIDOWED) & (age >= 58) & ~busy)
    if merges <= 0 or not len(wives):
        return elder_of
    wives = wives[rng.random(len(wives)) < min(1.0, 0.75 * merges / len(wives))]
    elders = rng.permutation(np.concatenate([wives, rng.permutation(widowed)[: max(merges - len(wives) // 2, 0)]]))
    hosts = np.flatnonzero((sex == MALE) & (spouse >= 0) & (age >= 24) & (age <= 60) & (generation == 0))
    raising = np.zeros(people, dtype=bool)
    raising[parent[(parent >= 0)]] = True
    hosts = hosts[raising[spouse[hosts]] | (rng.random(len(hosts)) < 0.4)]
    gap = np.clip(np.rint(rng.normal(26, 3.5, len(elders))), 20, 38).astype(int)
    found = match_by_age(rng, age[elders] - gap, age[hosts], patience=5)
    chosen = np.flatnonzero(found >= 0)[:merges]
    elder, host = elders[chosen], hosts[found[chosen]]
    hers = rng.random(len(host)) < 0.1  # some elders live with their daughter's family
    child = np.where(hers, spouse[host], host)
    for person in (elder, spouse[elder]):
        known = person >= 0
        elder_of[person[known]] = child[known]
        households[person[known]] = households[host[known]]
        generation[person[known]] = 1
    fathers = np.where(sex[elder] == MALE, elder, spouse[elder])
    known = fathers >= 0
    # the child bears the father's surname; a widow's own says nothing about her child's
    surname_from[child[known]] = fathers[known]
    for person in (host, spouse[host]):
        generation[person] = 2
    generation[(parent >= 0) & np.isin(households, households[host]) & (generation == 0)] = 3
    return elder_of


def _move_in_siblings(
    rng: np.random.Generator,
    age: np.ndarray,
    sex: np.ndarray,
    spouse: np.ndarray,
    households: np.ndarray,
    surname_from: np.ndarray,
    generation: np.ndarray,
    alone: np.ndarray,
    count: int,
) -> np.ndarray:
    """A few who are alone live with a married brother; returns those people."""
    singles = rng.permutation(alone[(age[alone] >= 35) & (age[alone] < 70) & (generation[alone] == 0)])[:count]
    hosts = np.flatnonzero((sex == MALE) & (spouse >= 0) & (age >= 30) & (age <= 72) & (generation == 0))
    found = match_by_age(rng, age[singles] + rng.integers(-7, 8, len(singles)), age[hosts])
    moved, host = singles[found >= 0], hosts[found[found >= 0]]
    households[moved] = households[host]
    surname_from[moved] = host
    return moved


def _relations(
    rng: np.random.Generator,
    sex: np.ndarray,
    spouse: np.ndarray,
    parent: np.ndarray,
    household: np.ndarray,
    elder_of: np.ndarray,
    grandchildren: np.ndarray,
    siblings: np.ndarray,
    generation: np.ndarray,
) -> np.ndarray:
    """Chooses a head for every household and says how each member is related to that head."""
    people = len(sex)
    count = int(household.max()) + 1
    role = np.full(people, OTHER, dtype=np.int8)
    middle = (parent < 0) & (elder_of < 0)
    middle[grandchildren] = False
    middle[siblings] = False
    elders = elder_of >= 0
    has_elders = np.zeros(count, dtype=bool)
    has_elders[household[elders]] = True
    elder_heads = has_elders & (rng.random(count) < 0.45)
    wife_heads = rng.random(count) < 0.12
    rank = np.where(elders == elder_heads[household], 0, 10)  # the generation that leads comes first
    rank = rank + np.where((sex == MALE) ^ wife_heads[household], 0, 1)
    candidate = middle | elders
    order = np.lexsort((rank, ~candidate, household))
    heads = order[np.searchsorted(household[order], np.arange(count))]
    head_of = heads[household]
    led_by_elder = elder_heads[household]
    child = np.where(sex == MALE, SON, DAUGHTER)
    role[parent >= 0] = np.where(led_by_elder, GRANDCHILD, child)[parent >= 0]
    role[grandchildren] = GRANDCHILD
    role[siblings] = SIBLING
    role[elders & ~led_by_elder] = PARENT
    # under an elder head the middle couple is child and child-in-law (the list has no code for the latter)
    own_child = np.zeros(people, dtype=bool)
    own_child[elder_of[elders]] = True
    inside = middle & led_by_elder
    role[inside] = np.where(own_child, child, OTHER)[inside]
    with_spouse = (spouse >= 0) & (spouse == head_of)
    role[with_spouse] = SPOUSE
    # parents-in-law of the head when the elders are the spouse's parents
    in_law = elders & ~led_by_elder & (elder_of == spouse[head_of]) & (elder_of != head_of)
    role[in_law] = OTHER
    role[heads] = HEAD
    return role
