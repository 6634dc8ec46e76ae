"""Synthetic districts whose truth is known: people in families, and what several sources write down of them.

Several shapes, so that matching is not tuned to one generator: names of the demo's villages or of the whole country,
addresses in one notation or in many, errors of one kind or of all. What every shape has: spouses, children, brothers and
sisters, grandparents, twins, namesakes in a village. Nobody's name, number or phone: numbers use the demo's county.

Run: python bench/_match_world.py OUT.csv [--shape NAME] [--people N] [--records N] [--seed N]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from linli.project.demo.identifiers import check_characters
from linli.project.demo.lists import surnames as village_surnames
from linli.project.demo.names import given as given_by_decade
from linli.registry.pinyin import syllables

Array = np.ndarray[Any, Any]
PEOPLE, RECORDS = 475_000, 540_000

# Surnames by share of the people, the commonest first; the first five hold about 31 % (公安部《二〇二〇年全国姓名报告》
# names them and that sum; the falling curve behind them is ours).
NATIONAL = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
    "金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔施牛洪葛文"
)
GIVEN_MALE = "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建国文志海东成峰光永德庆春玉荣祥福生兴子轩泽博睿晨铭昊天一家"
GIVEN_FEMALE = (
    "芳娜敏静秀丽艳娟霞英萍玲桂兰红燕婷梅莉慧雪琳颖倩洁莹丹云凤珍淑琴玉爱春香月琼翠华雅欣怡子涵梓思雨诗佳可心语嘉一若"
)
HOMOPHONES: dict[str, str] = {}


@dataclass(frozen=True)
class Shape:
    """How a world is made. Shares are of the records of sources other than the police, where nothing else is said."""

    national: bool = False  # names of the country, else of the demo's villages
    notations: bool = False  # addresses as each source writes them
    police: bool = True  # the police have everybody once; else every source has a part
    everywhere: bool = False  # errors also in the police's records
    calendars: bool = False  # wrong births are of the other calendar, swapped, of another year; else any date
    transposed: bool = True  # wrong numbers: a digit, or two transposed; else any digit only
    others: bool = False  # some wrong numbers are another family member's
    old_numbers: float = 0.0  # numbers with 15 digits
    together: bool = False  # whoever moves does so with the household
    largest: int = 3  # records of a person at most
    two_children: float = 0.35
    generation: float = 0.3  # families whose children share a character


SHAPES = {
    "plain": Shape(),
    "national": Shape(national=True, largest=4),
    "notations": Shape(notations=True, calendars=True, old_numbers=0.02),
    "mixed": Shape(national=True, police=False, largest=4, notations=True),
    "families": Shape(national=True, together=True, notations=True),
    "hard": Shape(everywhere=True, calendars=True, others=True, largest=4, generation=0.6, two_children=0.6),
}


def make(shape: Shape, seed: int, people: int = PEOPLE, records: int = RECORDS) -> pl.DataFrame:
    """Records in mixed order: Chinese headers, and `person`, the truth."""
    rng = np.random.default_rng(seed)
    born = _people(rng, shape, people)
    return _records(rng, shape, born, records)


def _people(rng: np.random.Generator, shape: Shape, count: int) -> dict[str, Array]:
    """Families: two parents, children, now and then grandparents; columns of people, one entry each."""
    families = count // 2
    village_count = max(3, count // 1400)
    village = rng.integers(0, village_count, families)
    weights = 1.0 / (np.arange(len(NATIONAL)) + 3.2) ** 0.95 if shape.national else None
    if weights is not None:
        letters, shares = np.array(list(NATIONAL), object), weights / weights.sum()
    else:
        names, given_shares = village_surnames()
        letters, shares = names.astype(object), given_shares
    own = rng.choice(len(letters), village_count, p=shares)
    local = rng.random(families) < (0.1 if shape.national else 0.3)
    surname = letters[np.where(local, own[village], rng.choice(len(letters), families, p=shares))]
    roles: list[tuple[str, Array, Array, Array]] = []
    couple = rng.integers(1945, 1998, families)
    every = np.arange(families)
    roles.append(("husband", every, couple, np.ones(families, int)))
    wives = every[rng.random(families) < 0.85]
    roles.append(("wife", wives, couple[wives] + rng.integers(-5, 5, len(wives)), np.zeros(len(wives), int) + 2))
    first = every[rng.random(families) < 0.6]
    born = couple[first] + rng.integers(21, 34, len(first))
    roles.append(("child", first, born, rng.integers(1, 3, len(first))))
    second = rng.random(len(first)) < shape.two_children
    twin = rng.random(int(second.sum())) < 0.04
    roles.append(
        (
            "second",
            first[second],
            born[second] + np.where(twin, 0, rng.integers(1, 8, len(twin))),
            rng.integers(1, 3, len(twin)),
        )
    )
    old = every[rng.random(families) < 0.18]
    roles.append(("elder", old, couple[old] - rng.integers(21, 34, len(old)), rng.integers(1, 3, len(old))))
    family = np.concatenate([r[1] for r in roles])
    year = np.concatenate([r[2] for r in roles]).clip(1925, 2024)
    sex = np.concatenate([r[3] for r in roles])
    role = np.concatenate([np.full(len(r[1]), r[0], object) for r in roles])
    day = rng.integers(0, 365, len(family))
    birth = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + day
    # Twins are born on one day.
    of_first = dict(zip(first.tolist(), birth[role == "child"].tolist(), strict=True))
    twins = np.flatnonzero(role == "second")[twin]
    birth[twins] = np.array([of_first[f] for f in family[twins].tolist()], "datetime64[D]")
    given = _given(rng, shape, year, sex)
    kids = np.flatnonzero((role == "second") & (np.char.str_len(given.astype(str)) == 2))
    alike = kids[rng.random(len(kids)) < shape.generation]
    elder_child = dict(zip(family[role == "child"].tolist(), given[role == "child"].tolist(), strict=True))
    for at in alike:  # 建国, 建军
        given[at] = elder_child[int(family[at])][0] + given[at][1]
    own_surname = np.isin(role, ["wife"]) | ((role == "elder") & (sex == 2))
    sur = np.where(own_surname, letters[rng.choice(len(letters), len(family), p=shares)], surname[family])
    keep = rng.permutation(len(family))[:count]
    family, birth, sex, given, sur = family[keep], birth[keep], sex[keep], given[keep], sur[keep]
    serial = rng.integers(0, 500, len(keep)) * 2 + (sex == 1)
    frame = (
        pl.DataFrame({"b": birth, "s": serial})
        .select(
            pl.concat_str(pl.lit("990302"), pl.col("b").dt.strftime("%Y%m%d"), pl.col("s").cast(pl.String).str.zfill(3))
        )
        .to_series()
    )
    number = (frame + check_characters(frame)).to_numpy().astype(object)
    # A number drawn twice: the later holder has none.
    _, firsts = np.unique(number, return_index=True)
    once = np.zeros(len(number), bool)
    once[firsts] = True
    number[~once] = None
    shared = rng.random(len(keep)) < 0.25
    phone_of = rng.integers(0, 10**7, families)
    phone = np.where(shared, phone_of[family], rng.integers(0, 10**7, len(keep)))
    home = _homes(rng, families)
    return {
        "name": sur + given, "sex": sex, "birth": birth, "number": number, "phone": phone, "family": family,
        "village": village[family], "villages": np.array([village_count]),
        **{k: v[family] for k, v in home.items()},
    }  # fmt: skip


def _given(rng: np.random.Generator, shape: Shape, year: Array, sex: Array) -> Array:
    if not shape.national:
        return given_by_decade(rng, year, sex)
    out = np.empty(len(year), object)
    for who, letters in ((1, GIVEN_MALE), (2, GIVEN_FEMALE)):
        pool = np.array(list(dict.fromkeys(letters)), object)
        weight = 1.0 / (np.arange(len(pool)) + 5.0)
        rows = np.flatnonzero(sex == who)
        one, two = (rng.choice(len(pool), len(rows), p=weight / weight.sum()) for _ in range(2))
        single = rng.random(len(rows)) < 0.2
        out[rows] = np.where(single, pool[one], pool[one] + pool[two])
    return out


def _homes(rng: np.random.Generator, count: int) -> dict[str, Array]:
    return {
        "estate": rng.integers(0, 6, count),
        "building": rng.integers(1, 30, count),
        "unit": rng.integers(1, 5, count),
        "room": rng.integers(1, 19, count) * 100 + rng.integers(1, 5, count),
        "rural": rng.random(count) < 0.5,
        "door": rng.integers(1, 420, count),
    }


ESTATES = np.array(["阳光花园", "幸福小区", "锦绣家园", "翠湖佳苑", "东方名城", "康泰小区"], object)
VILLAGE_FIRST = np.array(list("东西南北上下大小前后新老"), object)
VILLAGE_NAMES = np.array(list("王李张刘陈杨赵孙马朱胡郭林高郑宋韩冯曹彭于董程魏苏吕丁任卢姚"), object)


def _village_names(villages: int) -> tuple[Array, Array]:
    index = np.arange(villages)
    name = (
        VILLAGE_FIRST[index % 12] + VILLAGE_NAMES[(index // 12) % len(VILLAGE_NAMES)]
        + np.where(index % 3 == 0, "家社区", "家村").astype(object)
        + np.where(index >= 360, np.array([f"{i // 360}区" for i in index], object), "")
    )  # fmt: skip
    towns = np.array([f"{a}山镇" for a in "洪昆岭罗寨龙双太西东南北中"], object)
    return towns[index % len(towns)], name


def _records(rng: np.random.Generator, shape: Shape, people: dict[str, Array], count: int) -> pl.DataFrame:
    total = len(people["name"])
    extra = _extra(rng, total, count - total, shape.largest)
    who = np.concatenate([np.arange(total), extra])
    police = np.concatenate([np.ones(total, bool), np.zeros(len(extra), bool)])
    others = np.array(["民政", "卫健", "乡镇"], object)
    if not shape.police:
        police = rng.random(len(who)) < 0.4
    source = np.where(police, "公安", others[rng.integers(0, 3, len(who))])
    doubtful = np.ones(len(who), bool) if shape.everywhere else ~police

    def hit(share: float) -> Array:
        return doubtful & (rng.random(len(who)) < share)

    name = people["name"][who].copy()
    for at in np.flatnonzero(hit(0.10)):
        name[at] = _misspelt(rng, str(name[at]))
    number = people["number"][who].copy()
    wrong = hit(0.05)
    for at in np.flatnonzero(wrong & (number != None)):  # noqa: E711
        number[at] = _mistyped(rng, str(number[at]), shape.transposed)
    if shape.others:
        _swap_in_family(rng, number, people, who, hit(0.01))
    number[hit(0.35)] = None
    birth = people["birth"][who].copy()
    off = hit(0.06)
    birth[off] = _misdated(rng, birth[off], shape.calendars)
    birth_text = np.datetime_as_string(birth).astype(object)
    birth_text[hit(0.12)] = None
    phone = people["phone"][who].copy()
    changed = hit(0.45)
    phone[changed] = rng.integers(0, 10**7, int(changed.sum()))
    moved = hit(0.25)
    home = {k: people[k][who].copy() for k in ("estate", "building", "unit", "room", "rural", "door", "village")}
    count_villages = people["villages"][0]
    if shape.together:
        families = int(people["family"].max()) + 1
        moved = doubtful & (rng.random(families) < 0.25)[people["family"][who]]
        fresh = {**_homes(rng, families), "village": rng.integers(0, count_villages, families)}
        fresh = {k: v[people["family"][who][moved]] for k, v in fresh.items()}
    else:
        fresh = {**_homes(rng, int(moved.sum())), "village": rng.integers(0, count_villages, int(moved.sum()))}
    for key, value in fresh.items():
        home[key][moved] = value
    towns, villages = _village_names(int(people["villages"][0]))
    frame = pl.DataFrame(
        {
            "姓名": name.tolist(),
            "性别": np.where(people["sex"][who] == 1, "男", "女").tolist(),
            "出生日期": birth_text.tolist(),
            "身份证号": number.tolist(),
            "联系电话": [f"1007{p:07d}" for p in phone.tolist()],
            "镇街": towns[home["village"]].tolist(),
            "村居": villages[home["village"]].tolist(),
            "详细地址": _addresses(rng, shape, home, villages).tolist(),
            "来源": source.tolist(),
            "person": who,
        }
    )
    if shape.old_numbers:
        old = doubtful & (rng.random(len(who)) < shape.old_numbers) & (birth.astype("datetime64[Y]").astype(int) < 30)
        text = pl.col("身份证号")
        frame = frame.with_columns(
            pl.when(pl.Series(old)).then(text.str.slice(0, 6) + text.str.slice(8, 9)).otherwise(text).alias("身份证号")
        )
    return frame[rng.permutation(len(who))]


def _extra(rng: np.random.Generator, people: int, wanted: int, largest: int) -> Array:
    """Whose further records there are: most have one, some two, up to `largest` records each in all."""
    times = rng.choice(np.arange(1, largest), size=wanted, p=_falling(largest - 1))
    chosen = rng.permutation(people)[: len(times)]
    return np.repeat(chosen, times[: len(chosen)])[:wanted]


def _falling(count: int) -> Array:
    weights = 0.2 ** np.arange(count)
    return weights / weights.sum()


def _misspelt(rng: np.random.Generator, name: str) -> str:
    """A homophone, a dropped or a swapped character."""
    kind = rng.integers(0, 3)
    if kind == 0 or len(name) < 3:
        same = _homophones()
        order = rng.permutation(len(name))
        for at in order:
            others = [c for c in same.get(syllables("某" + name[at])[-1], "") if c != name[at]]
            if others:
                return name[:at] + others[rng.integers(0, len(others))] + name[at + 1 :]
    if kind == 1 and len(name) > 2:
        at = int(rng.integers(1, len(name)))
        return name[:at] + name[at + 1 :]
    at = int(rng.integers(0, len(name) - 1))
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _homophones() -> dict[str, str]:
    if not HOMOPHONES:
        usual = [chr(c) for c in range(0x4E00, 0x9FA6) if _usual(chr(c))]
        for character in usual:
            found = syllables("某" + character)
            if len(found) == 2:
                HOMOPHONES[found[1]] = HOMOPHONES.get(found[1], "") + character
    return HOMOPHONES


def _usual(character: str) -> bool:
    """Whether GB 2312 has it among its 3,755 characters of the first level."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xB0 <= code[0] <= 0xD7


def _mistyped(rng: np.random.Generator, number: str, transposed: bool) -> str:
    if transposed and rng.random() < 0.4:
        at = int(rng.integers(6, 16))
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    at = int(rng.integers(0, 17))
    return number[:at] + str((int(number[at]) + int(rng.integers(1, 10))) % 10) + number[at + 1 :]


def _swap_in_family(rng: np.random.Generator, number: Array, people: dict[str, Array], who: Array, hit: Array) -> None:
    """Some records have the number of another one of the family: a clerk copied the wrong line."""
    first = {int(f): i for i, f in enumerate(people["family"].tolist())}
    for at in np.flatnonzero(hit):
        other = first[int(people["family"][who[at]])]
        if other != who[at]:
            number[at] = people["number"][other]


def _misdated(rng: np.random.Generator, birth: Array, calendars: bool) -> Array:
    out = birth + rng.integers(-4000, 4000, len(birth))
    if calendars:
        kind = rng.integers(0, 4, len(birth))
        out = np.where(kind == 0, birth + rng.integers(18, 51, len(birth)), out)
        years = (rng.choice([-10, -1, 1, 10], len(birth)) * 365.25).round().astype(int)
        out = np.where(kind == 1, birth + years, out)
        month = birth.astype("datetime64[M]")
        day, number = (birth - month).astype(int) + 1, month.astype(int) % 12 + 1
        swapped = (month.astype("datetime64[Y]").astype("datetime64[M]") + (day - 1).clip(0, 11)).astype(
            "datetime64[D]"
        ) + (number - 1)
        out = np.where((kind == 2) & (day <= 12), swapped, out)
    return out.astype("datetime64[D]")


def _addresses(rng: np.random.Generator, shape: Shape, home: dict[str, Array], villages: Array) -> Array:
    building, unit, room, door = (home[k].astype(str).astype(object) for k in ("building", "unit", "room", "door"))
    estate, village = ESTATES[home["estate"]], villages[home["village"]]
    full = estate + building + "号楼" + unit + "单元" + room + "室"
    rural = village + door + "号"
    if shape.notations:
        kind = rng.integers(0, 4, len(full))
        full = np.where(kind == 1, estate + building + "-" + unit + "-" + room, full)
        full = np.where(kind == 2, village + estate + building + "栋" + unit + "单元" + room, full)
        rural = np.where(kind == 1, door + "号", np.where(kind == 2, village + " " + door + "号院", rural))
    return np.where(home["rural"], rural, full)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="plain")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    make(SHAPES[asked.shape], asked.seed, asked.people, asked.records).write_csv(asked.out)
