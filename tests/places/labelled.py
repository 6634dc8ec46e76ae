"""Labelled addresses for tests and benchmarks, made from the official names and never from the parser's own tables."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from linli.places.packages import DistrictPackage, Town, Village

COMPOUNDS = (
    "阳光花园",
    "锦绣家园",
    "瑞景苑",
    "鲁泰小区",
    "淄矿宿舍",
    "般阳府",
    "松龄里",
    "祥瑞公寓",
    "东方新城",
    "",
)
ROADS = ("淄城路", "松龄西路", "般阳路", "文化街", "张博路", "建设大道")
NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Labelled:
    """An address with what it says. `village` is empty where nobody could know it; `kind` names the way it is written."""

    text: str
    kind: str
    village: str
    compound: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    door: str = ""


def shared_names(package: DistrictPackage) -> set[str]:
    """Names that more than one village of the district bears."""
    return {name for name, n in Counter(v.short for v in package.villages).items() if n > 1}


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else NUMERALS[tens]) + ("十" if tens else "") + (NUMERALS[ones] if ones else "")


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


TAILS = (
    ("3号楼2单元401", lambda b, u, r: f"{b}号楼{u}单元{r}"),
    ("3-2-401", lambda b, u, r: f"{b}-{u}-{r}"),
    ("3#2单元401", lambda b, u, r: f"{b}#{u}单元{r}"),
    ("3#楼2单元401室", lambda b, u, r: f"{b}#楼{u}单元{r}室"),
    ("3栋2单元4楼401室", lambda b, u, r: f"{b}栋{u}单元{r // 100}楼{r}室"),
    ("3幢2单元401户", lambda b, u, r: f"{b}幢{u}单元{r}户"),
    ("full width", lambda b, u, r: _full_width(f"{b}号楼{u}单元{r}")),
    ("numerals", lambda b, u, r: f"{_chinese(b)}号楼{_chinese(u)}单元{r}室"),
    ("blanks", lambda b, u, r: f" {b} 号楼 {u} 单元 {r} 室 "),
    ("blanks for dashes", lambda b, u, r: f"{b} {u} {r}"),
    ("3号楼-2-401", lambda b, u, r: f"{b}号楼-{u}-{r}"),
    ("3/2/401", lambda b, u, r: f"{b}/{u}/{r}"),
    ("3#-2-401", lambda b, u, r: f"{b}#-{u}-{r}"),
    (
        "numerals, digit by digit",
        lambda b, u, r: f"{_chinese(b)}号楼{_chinese(u)}单元{''.join(NUMERALS[int(d)] for d in str(r))}",
    ),
    ("with a remark", lambda b, u, r: f"{b}号楼{u}单元{r}（租房）"),
)


def _heads(village: Village, town: Town, district: str, shared: bool) -> Iterator[tuple[str, str]]:
    yield "full", f"山东省淄博市淄川区{town.name}{village.short}"
    yield "no province", f"{district}{town.name}{village.short}"
    yield "no district", f"{town.name}{village.short}"
    yield "blanks", f"{district} {town.name} {village.short} "
    yield "official name", f"{town.name}{village.name}"
    if not shared:
        yield "no town", village.short
        yield "official name, no town", village.name
        yield "district, no town", f"{district}{village.short}"


def labelled(package: DistrictPackage, count: int, seed: int = 1) -> list[Labelled]:
    """`count` addresses over all villages and kinds; the same seed gives the same ones."""
    rng = random.Random(seed)
    towns = {t.code: t for t in package.towns}
    shared = shared_names(package)
    stems = Counter(_stem(v) for v in package.villages)
    found: list[Labelled] = []
    while len(found) < count:
        village = rng.choice(package.villages)
        twin = village.short in shared
        heads = list(_heads(village, towns[village.town_code], package.district.name, twin))
        if stems[_stem(village)] == 1 and len(_stem(village)) > 1:
            heads.append(("alias", _stem(village)))
        kind, head = rng.choice(heads)
        found.append(_one(rng, kind, head, village.code))
        if twin:
            found.append(_one(rng, "shared name", village.short, ""))
    return found[:count]


def _stem(village: Village) -> str:
    return village.short.removesuffix("社区").removesuffix("村")


def _one(rng: random.Random, kind: str, head: str, village: str) -> Labelled:
    shape = rng.random()
    if shape < 0.15:
        door = rng.randint(1, 900)
        return Labelled(f"{head}{door}号", f"{kind} / 45号", village, door=str(door))
    if shape < 0.25:
        road, door = rng.choice(ROADS), rng.randint(1, 900)
        return Labelled(f"{head}{road}{door}号", f"{kind} / 淄城路123号", village, door=str(door))
    if shape < 0.33:
        side = rng.choice(("村委会南边", "村委会东侧", "居委会北50米", "村委会对面"))
        return Labelled(f"{head}{side}", f"{kind} / 村委会南边", village)
    building, unit = rng.randint(1, 60), rng.randint(1, 6)
    room = rng.randint(1, 18) * 100 + rng.randint(1, 4)
    name, tail = rng.choice(TAILS)
    compound = rng.choice(COMPOUNDS) if kind != "alias" else rng.choice(("", "阳光花园", "锦绣家园"))
    text = f"{head}{compound}{tail(building, unit, room)}"
    return Labelled(text, f"{kind} / {name}", village, compound, str(building), str(unit), str(room))
