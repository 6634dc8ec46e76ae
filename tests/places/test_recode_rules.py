"""Rules of recodes for any district: nothing is lost, nothing is taken from another area, chains end."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.places.recode.rules import Area, Base, Refused, Wish, check_date, follow, plan

DISTRICT = "370302"
TOWNS = [f"{DISTRICT}{n:03d}" for n in range(1, 4)]
VILLAGES = [f"{town}{n:03d}" for town in TOWNS for n in range(1, 4)]


@st.composite
def bases(draw: st.DrawFn) -> Base:
    """Three towns of up to three villages with grids, some ended."""
    villages = draw(st.lists(st.sampled_from(VILLAGES), unique=True, min_size=1))
    regions = {c: Area(c, f"区{c}", f"区{c}", "") for c in (DISTRICT, *TOWNS)}
    regions |= {c: Area(c, f"村{c}", f"村{c}村委会", "村委会", draw(st.booleans())) for c in villages}
    serials = st.dictionaries(st.integers(1, 999), st.booleans(), max_size=4)
    grids = {f"{c}{n:03d}": live for c in villages for n, live in draw(serials).items()}
    return Base(DISTRICT, regions, {c: live and regions[c[:12]].live for c, live in grids.items()})


WISHES = st.builds(Wish, st.sampled_from(TOWNS + VILLAGES), st.sampled_from([*TOWNS, *VILLAGES, "370302009"]))


@given(bases(), WISHES)
def test_every_code_inside_goes_to_one_code_of_its_own_that_nobody_else_ever_had(base: Base, wish: Wish) -> None:
    try:
        found = plan(base, wish)
    except Refused:
        return
    live = {c for c, a in base.regions.items() if a.live} | {c for c, on in base.grids.items() if on}
    inside = {c for c in live if c.startswith(wish.old)} if wish.old != wish.new else set()
    assert found.heirs.keys() == inside
    assert len(set(found.heirs.values())) == len(inside)
    assert all(len(old) == len(new) and new.startswith(wish.new) for old, new in found.heirs.items())
    begun = {wish.new} if found.how == "merge" else set()
    assert set(found.heirs.values()) - found.fresh == begun
    assert not found.fresh & (base.regions.keys() | base.grids.keys())


def test_a_code_given_before_is_taken_up_only_by_the_area_that_had_it() -> None:
    old, other, undone = VILLAGES[0], VILLAGES[1], f"{TOWNS[0]}009"
    regions = {c: Area(c, c, c, "村委会") for c in (DISTRICT, *TOWNS, old, other)}
    regions[undone] = Area(undone, "x", "x", "村委会", live=False, successor=old)
    base = Base(DISTRICT, regions, {f"{old}001": True, f"{undone}001": False})
    assert plan(base, Wish(old, undone)).heirs == {old: undone, f"{old}001": f"{undone}001"}
    with pytest.raises(Refused, match="given"):
        plan(base, Wish(other, undone))


def test_a_village_with_too_many_grids_cannot_join() -> None:
    one, two = VILLAGES[:2]
    regions = {c: Area(c, c, c, "村委会") for c in (DISTRICT, *TOWNS, one, two)}
    base = Base(DISTRICT, regions, {f"{one}001": True, f"{two}999": False})
    with pytest.raises(Refused, match="too_many"):
        plan(base, Wish(one, two))


def test_the_day_is_not_before_the_village_that_is_joined_began() -> None:
    one, two = VILLAGES[:2]
    regions = {c: Area(c, c, c, "村委会") for c in (DISTRICT, *TOWNS, one)}
    regions[two] = Area(two, two, two, "村委会", since=date(2025, 1, 1))
    base = Base(DISTRICT, regions, {})
    found = plan(base, Wish(one, two))
    check_date(base, found, date(2025, 1, 1), date(2026, 1, 1), {})
    with pytest.raises(Refused, match="before_area"):
        check_date(base, found, date(2024, 12, 31), date(2026, 1, 1), {})


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef")), st.sampled_from("abcdef"))
def test_a_chain_of_successors_always_ends(successors: dict[str, str], code: str) -> None:
    end = follow(code, successors)
    assert end == code or end in successors.values()
    assert end == code or code in successors
