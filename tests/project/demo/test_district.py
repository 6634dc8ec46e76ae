"""The generated people: the same for the same seed, shaped like the census, and nobody who could exist."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from linli.project.demo.district import District, generate
from linli.project.demo.lists import age_pyramid, given_names, rare_characters, tail_characters
from linli.project.demo.places import COMPOUNDS, DistrictPlaces, largest_remainder


def test_equal_arguments_give_equal_districts_and_other_seeds_others(places: DistrictPlaces) -> None:
    first, again, other = (generate(3_000, seed, places) for seed in (7, 7, 8))
    assert first.fingerprint() == again.fingerprint() != other.fingerprint()


def test_a_town_alone_has_the_very_people_it_has_in_the_whole(places: DistrictPlaces, district: District) -> None:
    town = "370302115"
    alone = generate(district.total, district.seed, places, [town])
    concerned = (pl.col("home_town") == town) | (pl.col("register_town") == town)
    whole = district.people.filter(concerned)
    # homes in towns that were not generated are not known
    unknown = ("dwelling_no", "home_grid")
    assert whole.drop(unknown).equals(alone.people.drop(unknown))
    assert district.residents(town).equals(alone.residents(town))
    assert district.part(town).residents(town).equals(alone.residents(town))
    assert district.registered(town).drop(unknown).equals(alone.registered(town).drop(unknown))


def test_ages_follow_the_pyramid(district: District) -> None:
    total = sum(g.male + g.female for g in age_pyramid())
    for group in age_pyramid():
        high = 200 if group.high is None else group.high
        people = district.people.filter(pl.col("age").is_between(group.low, high))
        for code, count in (("1", group.male), ("2", group.female)):
            share = people.filter(pl.col("sex") == code).height / district.people.height
            assert share == pytest.approx(count / total, abs=0.0015)
    assert district.people["age"].max() > 95


def test_ages_and_birth_dates_agree(district: District) -> None:
    twins_aside = district.people.with_columns(
        years=pl.lit(district.reference).dt.year()
        - pl.col("birth").dt.year()
        - (pl.col("birth").dt.strftime("%m%d") > pl.lit(district.reference).dt.strftime("%m%d")).cast(pl.Int32)
    )
    assert (twins_aside["years"] == twins_aside["age"]).mean() > 0.99
    assert ((twins_aside["years"] - twins_aside["age"]).abs() <= 1).all()
    assert district.people["birth"].max() <= district.reference


def test_households_have_the_size_and_the_shape_of_families(district: District) -> None:
    people = district.people
    sizes = people.group_by("household_no").len()
    assert 2.5 <= people.height / sizes.height <= 2.7
    assert sizes["len"].max() <= 9
    heads = people.filter(pl.col("relation") == "0").group_by("household_no").len()
    assert heads.height == sizes.height and heads["len"].max() == 1
    assert people.filter(pl.col("relation") == "0")["age"].min() >= 18
    assert set(people["relation"].unique()) >= set("0123457") | {"8"}
    head = people.filter(pl.col("relation") == "0").select(
        "household_no", head_name_="name", head_sex="sex", head_age="age"
    )
    both = people.join(head, on="household_no")
    children = both.filter(pl.col("relation").is_in(["2", "3"]) & (pl.col("head_sex") == "1"))
    same = children.filter(pl.col("name").str.slice(0, 1) == pl.col("head_name_").str.slice(0, 1))
    assert same.height / children.height > 0.93, "children bear the father's surname"
    assert (children["head_age"] - children["age"]).min() >= 15
    married = both.filter(pl.col("relation") == "1")
    assert (married["sex"] != married["head_sex"]).all()
    assert both["head_name"].equals(both["head_name_"].alias("head_name"))


def test_elders_and_children_are_left_behind_where_the_middle_is_away(district: District) -> None:
    kinds = dict(district.people["left_behind_kind"].value_counts().rows())
    assert kinds["01"] > 100 and kinds["02"] > 10 and kinds["03"] > 50
    assert district.people.filter(pl.col("left_behind_kind") == "03")["age"].max() < 16
    assert 0.005 < district.people["away"].mean() < 0.03
    assert district.people.filter("away")["population_kind"].unique().to_list() == ["01"]


def test_identity_numbers_pass_the_checksum_and_are_nobodys(district: District) -> None:
    citizens = district.people.filter(pl.col("id_kind") == "111")
    numbers = citizens["id_number"]
    assert numbers.n_unique() == numbers.len()
    assert numbers.str.starts_with("990302").all()
    assert (numbers.str.slice(6, 8) == citizens["birth"].dt.strftime("%Y%m%d")).all()
    odd = numbers.str.slice(16, 1).cast(pl.Int32) % 2 == 1
    assert (odd == (citizens["sex"] == "1")).all()
    for number in numbers.sample(300, seed=1):
        assert ric.calc_check_digit(number) == number[-1]
        with pytest.raises(InvalidComponent):  # no such county
            ric.get_birth_place(number)


def test_phones_are_distinct_and_cannot_be_given_to_a_subscriber(district: District) -> None:
    phones = district.people["phone"].drop_nulls()
    assert phones.str.contains(r"^1007\d{7}$").all()
    assert phones.n_unique() == phones.len() > 0.7 * district.people.height


def test_foreigners_have_passports_and_no_nationality_of_china(places: DistrictPlaces) -> None:
    town = generate(540_000, 42, places, ["370302002"])
    foreign = town.residents().filter(pl.col("population_kind") == "03")
    assert 2 <= foreign.height <= 30
    assert foreign["id_kind"].unique().to_list() == ["414"] and foreign["nation"].null_count() == foreign.height
    assert not (foreign["nationality"] == "CHN").any()


def test_some_live_elsewhere_than_registered(district: District) -> None:
    people = district.people
    other_town = people.filter(pl.col("register_town").is_not_null() & (pl.col("register_town") != pl.col("home_town")))
    assert other_town.height / people.height == pytest.approx(0.03, abs=0.002)
    assert people["inconsistent"].mean() == pytest.approx(0.18, abs=0.03)
    floating = people.filter(pl.col("population_kind") == "02")
    assert floating.height / people.height == pytest.approx(0.07, abs=0.012)
    assert floating["register_outside"].null_count() == floating["register_village"].drop_nulls().len() == 0


def test_names_come_from_their_decade_with_rare_ones_among_them(places: DistrictPlaces, district: District) -> None:
    characters = set(rare_characters()) | {c for w in tail_characters().values() for c in w}
    for lists in given_names().values():
        characters |= set("".join([*lists.first, *lists.second, *lists.single]))
    assert len(characters) >= 600
    names = district.people["name"]
    assert names.str.contains("𠮷|龑|堃|喆|䶮").any() and names.str.contains("·").any()
    assert names.str.contains("^(欧阳|诸葛|上官|司马|淳于)").any()
    old = district.people.filter(pl.col("birth").dt.year() < 1960)["name"]
    young = district.people.filter(pl.col("birth").dt.year() >= 2010)["name"]
    assert old.str.contains("英$").mean() > 10 * young.str.contains("英$").mean()
    assert young.str.contains("梓|沐").mean() > 10 * old.str.contains("梓|沐").mean()
    assert (district.people["nation"] == "01").mean() > 0.97


def test_people_are_spread_over_all_villages_by_weight(places: DistrictPlaces, district: District) -> None:
    assert len(places.villages) == 474
    assert district.people["home_village"].n_unique() >= 460
    by_town = dict(district.people.group_by("home_town").len().rows())
    assert by_town["370302002"] > 3 * by_town["370302117"]


def test_homes_lie_in_their_village_and_one_family_fills_most_of_them(
    district: District, places: DistrictPlaces
) -> None:
    assert district.compounds.height == COMPOUNDS == district.compounds["compound_no"].n_unique()
    homes = district.people.join(district.dwellings, on="dwelling_no", how="left")
    assert homes["village"].equals(homes["home_village"].alias("village"))
    assert homes["grid"].str.starts_with(pl.lit("370302")).all()
    assert (homes["grid"].str.slice(0, 12) == homes["village"]).all()
    per_home = district.people.group_by("dwelling_no").agg(pl.col("household_no").n_unique())
    assert (per_home["household_no"] == 1).mean() > 0.93 and per_home["household_no"].max() > 1
    keys = district.dwellings.select("village", "compound_no", "building", "unit", "room", "road", "door")
    assert keys.is_duplicated().sum() == 0
    flats = district.dwellings.filter(pl.col("compound_no").is_not_null())
    assert (flats["room"] // 100 == flats["floor"]).all()
    community = {v.code for v in places.villages if v.is_community}
    houses = district.dwellings.filter(pl.col("compound_no").is_null())
    assert houses.filter(pl.col("village").is_in(list(community))).height < 0.05 * houses.height


def test_unknown_towns_are_refused(places: DistrictPlaces) -> None:
    with pytest.raises(ValueError, match="unknown towns"):
        generate(1_000, 1, places, ["370302999"])


def test_largest_remainder_sums_exactly() -> None:
    shares = largest_remainder(np.array([1.0, 1.0, 1.0]), 100)
    assert shares.sum() == 100 and shares.max() - shares.min() <= 1
