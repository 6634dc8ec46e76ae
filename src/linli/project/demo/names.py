"""Names of people by sex, decade of birth and nationality, from the demo's own lists.

Vectorised: one pass per decade and sex. Usual characters are drawn after a falling curve, so that the
district has its hundred 王建国 and a long tail, a few characters no font has, and names with a middle dot.
"""

from __future__ import annotations

import numpy as np

from linli.project.demo.lists import (
    GivenNames,
    Nation,
    given_names,
    nations,
    rare_characters,
    surnames,
    tail_characters,
)
from linli.project.demo.places import Village

HAN = "01"
#: share of the people of other nationalities than 汉 (淄博 has about one in a hundred)
MINORITY_SHARE = 0.012
#: share of given names that hold a character outside common fonts
RARE_SHARE = 0.0015
#: share of given names with a seldom character of their time
TAIL_SHARE = 0.045
#: share of one-character given names by decade of birth
_SINGLE = {
    1930: 0.07,
    1940: 0.08,
    1950: 0.12,
    1960: 0.16,
    1970: 0.24,
    1980: 0.31,
    1990: 0.27,
    2000: 0.16,
    2010: 0.06,
    2020: 0.05,
}
_WHOLE = 0.16
_LOCAL = 0.42  # share of a village's families that bear one of its two or three main surnames


def ranked(rng: np.random.Generator, items: int, count: int) -> np.ndarray:
    """Indexes into a list ordered by use: the first about twelve times as frequent as the fiftieth."""
    weights = 1.0 / (np.arange(items) + 4.0) ** 0.95
    return rng.choice(items, size=count, p=weights / weights.sum())


def family_surnames(rng: np.random.Generator, villages: tuple[Village, ...], village: np.ndarray) -> np.ndarray:
    """One surname per entry of `village` (index into `villages`): often one of the village's own.

    Villages are named after families (蒲家村) and lived in by two or three of them; communities are mixed.
    """
    names, weights = surnames()
    drawn = rng.choice(len(names), size=len(village), p=weights)
    local = np.tile(np.arange(3), (len(villages), 1))
    for i, place in enumerate(villages):
        own = np.random.default_rng(int(place.code)).choice(len(names), size=3, p=weights, replace=False)
        named: np.ndarray = (
            np.flatnonzero(names == place.short[0])
            if place.short[1:2] in ("家", "村", "官")
            else np.array([], dtype=int)
        )
        if len(named):
            own[0] = named[0]
        local[i] = own
    is_village = np.array([not place.is_community for place in villages])
    rural = (rng.random(len(village)) < _LOCAL) & is_village[village]
    which = rng.choice(3, size=len(village), p=[0.6, 0.27, 0.13])
    return names[np.where(rural, local[village, which], drawn)].astype(object)


def family_nations(rng: np.random.Generator, families: int) -> np.ndarray:
    """GB/T 3304 code per family."""
    others = nations()
    weights = np.array([n.weight for n in others])
    codes = np.array([n.code for n in others])[rng.choice(len(others), size=families, p=weights / weights.sum())]
    return np.where(rng.random(families) < MINORITY_SHARE, codes, HAN).astype(object)


def given(rng: np.random.Generator, birth_year: np.ndarray, sex: np.ndarray) -> np.ndarray:
    """Given names (object array of text) for years of birth and sexes (1, 2)."""
    out = np.empty(len(birth_year), dtype=object)
    decade = (birth_year // 10 * 10).clip(1930, 2020)
    for (when, who), lists in given_names().items():
        rows = np.flatnonzero((decade == when) & (sex == int(who)))
        if len(rows):
            out[rows] = _given_of(rng, lists, when, len(rows))
    _add_seldom(rng, out, decade)
    return out


def _given_of(rng: np.random.Generator, lists: GivenNames, decade: int, count: int) -> np.ndarray:
    first = lists.first[ranked(rng, len(lists.first), count)].astype(object)
    second = lists.second[ranked(rng, len(lists.second), count)].astype(object)
    again = first == second
    second[again] = lists.second[rng.integers(0, len(lists.second), int(again.sum()))]
    names = first + second
    kind = rng.random(count)
    single = kind < _SINGLE[decade]
    names[single] = lists.single[ranked(rng, len(lists.single), int(single.sum()))]
    if len(lists.whole):
        whole = kind > 1 - _WHOLE
        names[whole] = lists.whole[rng.integers(0, len(lists.whole), int(whole.sum()))]
    return names


def _add_seldom(rng: np.random.Generator, names: np.ndarray, decade: np.ndarray) -> None:
    """Puts a seldom or rare character in place of the last one of some names."""
    draw = rng.random(len(names))
    tails, rare = tail_characters(), rare_characters()
    for row in np.flatnonzero(draw < TAIL_SHARE + RARE_SHARE):
        if draw[row] < RARE_SHARE:
            new = rare[rng.integers(len(rare))]
        else:
            tail = tails[(decade[row] - 1930) // 20 * 20 + 1930]
            new = tail[rng.integers(len(tail))]
        names[row] = names[row][:-1] + str(new)


def minority_names(
    rng: np.random.Generator, surname: np.ndarray, given_name: np.ndarray, nation: np.ndarray, sex: np.ndarray
) -> np.ndarray:
    """Full names: surname and given name, made after each nationality's way where it is not the 汉 one."""
    full = surname + given_name
    for kind in nations():
        if kind.style == "han":
            continue
        for row in np.flatnonzero(nation == kind.code):
            full[row] = _own_style(rng, kind, bool(sex[row] == 1), str(full[row]))
    return full


def minority_surnames(rng: np.random.Generator, surname: np.ndarray, nation: np.ndarray) -> None:
    """Replaces the surnames of families of other nationalities by usual ones of theirs, in place."""
    for kind in nations():
        rows = np.flatnonzero(nation == kind.code)
        if len(rows) and len(kind.surnames):
            surname[rows] = kind.surnames[ranked(rng, len(kind.surnames), len(rows))]


def _own_style(rng: np.random.Generator, kind: Nation, male: bool, plain: str) -> str:
    own = kind.given_male if male else kind.given_female
    name = str(own[rng.integers(len(own))])
    if kind.style == "dotted":
        return f"{name}·{kind.given_male[rng.integers(len(kind.given_male))]}"
    if kind.style == "double":
        return name + str(own[rng.integers(len(own))])
    return name if rng.random() < 0.5 else plain
