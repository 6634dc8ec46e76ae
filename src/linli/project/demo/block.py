"""One block of people: the families of one town, or the families that moved between towns.

A block owns a range of numbers (people, households, identity numbers), so that blocks can be made apart.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from linli.project.demo import facets, names
from linli.project.demo.ages import MALE, birth_dates, draw_ages
from linli.project.demo.compounds import village_weights
from linli.project.demo.families import GRANDCHILD, HEAD, OTHER, PARENT, SIBLING, SPOUSE, Families, assemble
from linli.project.demo.identifiers import identity_numbers, phone_numbers, spread_births
from linli.project.demo.places import DistrictPlaces

STEP = 10_000_000
#: persons per household the families are put together to (the issue asks for 2.5–2.7)
HOUSEHOLD_SIZE = 2.62
#: people who came from outside the district, of all who live in it
FLOATING = 0.07
#: one foreigner in so many people
PER_FOREIGNER = 9000
#: households registered in another village of the same town (人户分离)
ELSEWHERE_IN_TOWN = 0.09
_MIDDLE_AWAY = 0.28  # of village households of three generations with children: the couple works far away
_STUDENTS_AWAY = 0.16


class Block:
    """People and households of one block; `people()` is complete once the households have dwellings."""

    def __init__(self, people: pl.DataFrame, households: pl.DataFrame) -> None:
        self._people = people
        self.households = households
        self._dwelling = np.full(households.height, -1, dtype=np.int64)

    def give_dwellings(self, numbers: np.ndarray, households: np.ndarray | None = None) -> None:
        """Dwelling numbers for all households in order, or for those named by index."""
        self._dwelling[slice(None) if households is None else households] = numbers

    def people(self) -> pl.DataFrame:
        """One row per person with the household's places and dwelling."""
        homes = self.households.with_columns(
            dwelling_no=pl.Series(self._dwelling).replace(-1, None),
            household=pl.col("household").cast(pl.Int64),
        )
        return self._people.join(homes, on="household", how="left", maintain_order="left").drop("household")


def core_block(places: DistrictPlaces, seed: int, town: str, people: int) -> Block:
    """The people whose home and register both lie in the town, and those who came to it from outside."""
    rng = np.random.default_rng([seed, 21, int(town)])
    families = _families(rng, people)
    villages = places.villages_of(town)
    weights = village_weights(places, town, seed)
    home = rng.choice(len(villages), size=families.households, p=weights)
    register = home.copy()
    moved = rng.random(families.households) < (ELSEWHERE_IN_TOWN if len(villages) > 1 else 0.0)
    register[moved] = rng.choice(len(villages), size=int(moved.sum()), p=weights)
    codes = np.array([v.code for v in villages])
    position = [t.code for t in places.towns].index(town)
    return _block(rng, places, seed, families, position, codes[home], codes[register], np.arange(families.households))


def movers_block(places: DistrictPlaces, seed: int, people: int) -> Block:
    """The people registered in one town of the district who live in another."""
    rng = np.random.default_rng([seed, 22])
    families = _families(rng, people)
    shares = places.town_shares()
    towns = len(places.towns)
    home_town = rng.choice(towns, size=families.households, p=shares)
    register_town = (home_town + rng.integers(1, towns, families.households)) % towns
    codes = []
    for town_of in (home_town, register_town):
        chosen = np.empty(families.households, dtype="<U12")
        for i, town in enumerate(places.towns):
            rows = np.flatnonzero(town_of == i)
            options = [v.code for v in places.villages_of(town.code)]
            chosen[rows] = rng.choice(options, size=len(rows), p=village_weights(places, town.code, seed))
        codes.append(chosen)
    numbers = 900_000 + np.arange(families.households)
    return _block(rng, places, seed, families, towns, codes[0], codes[1], numbers, floating=0.0)


def _families(rng: np.random.Generator, people: int) -> Families:
    age, sex = draw_ages(rng, people)
    return assemble(rng, age, sex, HOUSEHOLD_SIZE)


def _block(
    rng: np.random.Generator,
    places: DistrictPlaces,
    seed: int,
    families: Families,
    position: int,
    home: np.ndarray,
    register: np.ndarray,
    codes: np.ndarray,
    floating: float = FLOATING,
) -> Block:
    f, count = families, len(families.age)
    blocks = len(places.towns) + 1
    rural_village = {v.code: not v.is_community for v in places.villages}
    rural_home = np.array([rural_village[code] for code in home.tolist()])
    rural = rural_home[f.household]
    heads = np.flatnonzero(f.relation == HEAD)[np.argsort(f.household[f.relation == HEAD])]
    came = _came_from_outside(rng, f, heads, floating, rural_home)
    foreign = _foreigners(rng, f, heads, came, count)
    away, away_home = _away(rng, f, came, rural)

    births = spread_births(_siblings_apart(birth_dates(rng, f.age), f.mother), f.sex == MALE, blocks)
    number = identity_numbers(births, f.sex == MALE, position, blocks)
    nation, name = _names(rng, places, f, births, register)
    phone_owner = facets.has_phone(rng, f.age)
    serial = position + np.arange(count) * blocks
    phone = _text(np.where(phone_owner, phone_numbers(serial, seed).to_numpy(), ""))
    schooling = facets.education(rng, f.age, ~rural)
    job, place = facets.work(rng, f.age, ~rural)
    floats = came[f.household]
    outside = facets.addresses_outside(rng, f.households)

    alien = np.full(count, False)
    alien[foreign] = True
    pick = rng.integers(0, len(facets.FOREIGNERS), count)
    name = np.where(alien, np.array([who for _, who in facets.FOREIGNERS], dtype=object)[pick], name)
    country = np.where(alien, np.array([c for c, _ in facets.FOREIGNERS], dtype=object)[pick], "CHN")
    passports = np.array([f"ZZ{n:07d}" for n in (serial * 7919 + seed) % 10**7], dtype=object)

    permits = rng.choice(["01", "02", "99"], count, p=[0.72, 0.13, 0.15])
    lonely = facets.left_behind(rng, f.age, f.sex, f.marital, away_home, rural)
    people = pl.DataFrame(
        {
            "person_no": position * STEP + np.arange(count),
            "household": f.household.astype(np.int64),
            "name": _text(name),
            "former_name": pl.Series(_former(rng, name, f.age), dtype=pl.String),
            "sex": f.sex.astype(str),
            "birth": births,
            "age": f.age.astype(np.int32),
            "nation": _text(np.where(alien, "", nation)),
            "id_kind": np.where(alien, "414", "111"),
            "id_number": _text(np.where(alien, passports, number.to_numpy())),
            "phone": phone,
            "marital": f.marital.astype(str),
            "education": _text(schooling),
            "political": _text(np.where(alien, "", facets.political(rng, f.age, schooling))),
            "occupation": _text(job),
            "workplace": _text(place),
            "nationality": country.astype(str),
            "population_kind": np.select([alien, floats], ["03", "02"], "01"),
            "inflow_reason": _text(_inflow(rng, f, floats)),
            "permit_kind": _text(np.where(floats & ~alien, permits, "")),
            "left_behind_kind": _text(np.where(floats, "", lonely)),
            "relation": f.relation.astype(str),
            "away": away,
        }
    )
    people = _derived(people, f, heads, position)
    inconsistent = came | (home != register)
    households = pl.DataFrame(
        {
            "household": np.arange(f.households),
            "household_no": position * STEP + np.arange(f.households),
            "household_code": [f"{r[6:9]}{n:06d}" for r, n in zip(register, codes, strict=True)],
            "home_town": np.array([c[:9] for c in home]),
            "home_village": home,
            "register_town": _text(np.where(came, "", register.astype("<U9"))),
            "register_village": _text(np.where(came, "", register)),
            "register_door": np.where(inconsistent & ~came, rng.integers(1, 420, f.households), 0),
            "register_outside": _text(np.where(came, outside, "")),
            "inconsistent": inconsistent,
        }
    ).with_columns(register_door=pl.col("register_door").replace(0, None))
    return Block(people, households)


def _text(values: np.ndarray) -> pl.Series:
    """A text column out of numpy text or objects; the empty text becomes null."""
    return pl.Series(values.tolist(), dtype=pl.String).replace("", None)


def _came_from_outside(
    rng: np.random.Generator, f: Families, heads: np.ndarray, share: float, rural_home: np.ndarray
) -> np.ndarray:
    """Households that came from outside the district: young ones, more of them in communities."""
    size = np.bincount(f.household, minlength=f.households)
    three = np.zeros(f.households, dtype=bool)
    three[f.household[f.generation > 0]] = True
    fitting = (f.age[heads] < 52) & ~three
    weight = fitting * np.where(rural_home, 0.45, 1.3)
    possible = (weight * size).sum()
    chance = weight * (share * size.sum() / possible if possible else 0.0)
    return rng.random(f.households) < chance


def _foreigners(rng: np.random.Generator, f: Families, heads: np.ndarray, came: np.ndarray, people: int) -> np.ndarray:
    """A few foreigners who live alone among those who came from outside."""
    size = np.bincount(f.household, minlength=f.households)
    alone = heads[came & (size == 1) & (f.age[heads] >= 20)]
    return rng.permutation(alone)[: round(people / PER_FOREIGNER)]


def _away(rng: np.random.Generator, f: Families, came: np.ndarray, rural: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Who is registered here and does not live here; and who is left in a home whose middle generation is away."""
    raising = np.zeros(f.households, dtype=bool)
    raising[f.household[(f.generation == 3) & (f.age < 16)]] = True
    gone = raising & (rng.random(f.households) < _MIDDLE_AWAY)
    middle = (f.generation == 2) & gone[f.household] & rural & (f.relation != HEAD)
    left = np.zeros(f.households, dtype=bool)
    left[f.household[middle]] = True
    with_grandparents = np.zeros(f.households, dtype=bool)
    with_grandparents[f.household[(f.relation == GRANDCHILD) & (f.mother < 0) & (f.father < 0)]] = True
    studying = (f.age >= 18) & (f.age < 23) & np.isin(f.relation, [2, 3]) & (rng.random(len(f.age)) < _STUDENTS_AWAY)
    away = (middle | studying) & ~came[f.household]
    return away, (left | with_grandparents)[f.household] & ~middle


def _siblings_apart(births: np.ndarray, mother: np.ndarray) -> np.ndarray:
    """Children of one mother born within ten months of each other become twins."""
    births = births.copy()
    order = np.lexsort((births, mother))
    order = order[mother[order] >= 0]
    same = mother[order[1:]] == mother[order[:-1]]
    close = same & (births[order[1:]] - births[order[:-1]] < np.timedelta64(300, "D"))
    births[order[1:][close]] = births[order[:-1][close]]
    return births


def _names(
    rng: np.random.Generator, places: DistrictPlaces, f: Families, births: np.ndarray, register: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Nationality and full name of each; surname and nationality go by descent."""
    village_index = {v.code: i for i, v in enumerate(places.villages)}
    of_person = np.array([village_index[c] for c in register.tolist()])[f.household]
    root = f.surname_from.copy()
    for _ in range(4):
        root = root[root]
    surname = names.family_surnames(rng, places.villages, of_person)
    nation = names.family_nations(rng, len(root))
    names.minority_surnames(rng, surname, nation)
    year = births.astype("datetime64[Y]").astype(int) + 1970
    given = names.given(rng, year, f.sex)
    nation = nation[root]
    return nation, names.minority_names(rng, surname[root], given, nation, f.sex)


def _former(rng: np.random.Generator, name: np.ndarray, age: np.ndarray) -> list[str | None]:
    """A former name for a few: another given character, as written at school."""
    out: list[str | None] = [None] * len(name)
    for row in np.flatnonzero((rng.random(len(name)) < 0.004) & (age > 20)):
        out[row] = str(name[row])[:1] + "小" + str(name[row])[-1]
    return out


def _inflow(rng: np.random.Generator, f: Families, floats: np.ndarray) -> np.ndarray:
    """流入原因 of GB/T 31000 for those who came from outside; children come with their family (06)."""
    adult = rng.choice(
        ["01", "03", "04", "05", "08", "09", "99"], len(f.age), p=[0.58, 0.16, 0.05, 0.07, 0.05, 0.05, 0.04]
    )
    reason = np.select([~floats, (f.age < 18) | (f.relation == SPOUSE) & (f.age % 2 == 0)], ["", "06"], adult)
    return reason.astype(object)


def _derived(people: pl.DataFrame, f: Families, heads: np.ndarray, position: int) -> pl.DataFrame:
    """Head, relation in words, and the phone a family is reached by."""
    head_of = heads[f.household]
    parent = np.where(f.mother >= 0, f.mother, np.where(f.father >= 0, f.father, head_of))
    order = pl.col("birth").rank("ordinal").over("household", "relation")
    nth = pl.lit(pl.Series(["", "长", "次", "三", "四", "五"])).gather(order.clip(1, 5).cast(pl.Int64))
    man = pl.col("sex") == "1"
    generation = pl.Series("generation", f.generation)
    people = people.with_columns(
        generation,
        head_no=pl.Series(position * STEP + head_of),
        head_name=people["name"].gather(head_of),
        head_id_number=people["id_number"].gather(head_of),
        contact=people["phone"].fill_null(people["phone"].gather(parent)).fill_null(people["phone"].gather(head_of)),
    )
    relation = pl.col("relation")
    words = (
        pl.when(relation == str(HEAD))
        .then(pl.lit("户主"))
        .when(relation == str(SPOUSE))
        .then(pl.when(man).then(pl.lit("夫")).otherwise(pl.lit("妻")))
        .when(relation == "2")
        .then(nth + "子")
        .when(relation == "3")
        .then(nth + "女")
        .when(relation == str(GRANDCHILD))
        .then(pl.when(man).then(pl.lit("孙子")).otherwise(pl.lit("孙女")))
        .when(relation == str(PARENT))
        .then(pl.when(man).then(pl.lit("父亲")).otherwise(pl.lit("母亲")))
        .when(relation == str(SIBLING))
        .then(pl.when(man).then(pl.lit("弟")).otherwise(pl.lit("妹")))
        .when((relation == str(OTHER)) & (pl.col("generation") == 2))
        .then(pl.when(man).then(pl.lit("女婿")).otherwise(pl.lit("儿媳")))
        .otherwise(pl.lit("其他"))
    )
    return people.with_columns(relation_text=words).drop("generation")
