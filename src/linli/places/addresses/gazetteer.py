"""The names an address can contain: towns, villages and compounds with every way people write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from enum import IntEnum
from typing import Generic, NamedTuple, TypeVar

from ..packages import DEFAULT_DISTRICT, DistrictPackage, Town, Village, packaged
from .words import GENERIC

T = TypeVar("T")


class Rank(IntEnum):
    """How sure a name is; where one name means several places, only those of the best rank compete."""

    OFFICIAL = 0
    LISTED = 1
    SWAPPED = 2  # 村 for 社区 or the other way round, as happens when a village becomes a community
    SHORT = 3  # the bare stem: 城里, 张庄


class Named(NamedTuple):
    """A village a name may mean, and how sure that name is for it."""

    code: str
    rank: Rank


class Match(NamedTuple):
    """A name found at the start of a text: how many characters it takes and what it may mean."""

    length: int
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A name of a compound somebody vouches for, and the village it lies in. `official` is its own name, where this one
    is an alias: homes are told by that, whichever is written.
    """

    name: str
    village_code: str
    official: str = ""


_COMMITTEES = ("居委会", "居民委员会", "村委会", "村民委员会", "居")
_PROVINCES = [
    "北京",
    "天津",
    "上海",
    "重庆",
    "河北",
    "山西",
    "辽宁",
    "吉林",
    "黑龙江",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "海南",
    "四川",
    "贵州",
    "云南",
    "陕西",
    "甘肃",
    "青海",
    "台湾",
]
_REGIONS = "内蒙古|广西|西藏|宁夏|新疆|香港特别行政区|澳门特别行政区"


class Lookup(Generic[T]):
    """A dictionary of names that finds the longest one at a place in a text."""

    def __init__(self, entries: Mapping[str, T]) -> None:
        self._entries = dict(entries)
        lengths: dict[str, set[int]] = {}
        for name in self._entries:
            lengths.setdefault(name[0], set()).add(len(name))
        self._lengths = {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}

    def at(self, text: str, start: int = 0) -> Iterable[tuple[int, T]]:
        """The names that begin at `start`, longest first, as (length, value)."""
        if start < len(text):
            for size in self._lengths.get(text[start], ()):
                value = self._entries.get(text[start : start + size])
                if value is not None and start + size <= len(text):
                    yield size, value

    def get(self, name: str) -> T | None:
        """The value of exactly this name."""
        return self._entries.get(name)

    def __len__(self) -> int:
        return len(self._entries)


class Gazetteer:
    """The names of one district, ready for lookup. Immutable; `with_compounds` returns a wider one."""

    def __init__(self, package: DistrictPackage, compounds: Iterable[Home] = ()) -> None:
        self.package = package
        self.district = package.district
        self.towns: dict[str, Town] = {t.code: t for t in package.towns}
        self.villages: dict[str, Village] = {v.code: v for v in package.villages}
        self.town_names = Lookup(_town_names(package))
        self.short_town_names = Lookup(_short_town_names(package))
        self.village_names = Lookup(_village_names(package))
        self.compounds = Lookup(_compound_names(compounds))
        above = "".join(f"(?:{_either_way(name)})?" for name in package.district.above)
        self.upper = re.compile(rf"(?:中国)?{above}(?:{re.escape(package.district.name)})?")
        here = "|".join(map(re.escape, (package.district.name, *package.district.above)))
        others = "|".join(map(re.escape, package.district.neighbours)) or "(?!)"
        self.elsewhere = re.compile(
            rf"(?:{others})|(?!{here})(?:(?:{'|'.join(_PROVINCES)})[省市]|{_REGIONS}"
            r"|[\u4e00-\u9fff]{2,3}市(?![场政民区内里中])|[\u4e00-\u9fff]{2}县(?![城道]))"
        )

        self.upper_starts = {name[0] for name in (*package.district.above, package.district.name)} | {"中"}
        foreign = (*_PROVINCES, *_REGIONS.split("|"), *package.district.neighbours)
        self._foreign_starts = {name[:2] for name in foreign}

    def is_elsewhere(self, text: str) -> bool:
        """Whether an address begins with the name of another province, city or county."""
        if text[:2] in self._foreign_starts or "市" in text[2:4] or text[2:3] == "县":
            return self.elsewhere.match(text) is not None
        return False

    @classmethod
    def packaged(cls, code: str = DEFAULT_DISTRICT) -> Gazetteer:
        """The names of a district that ships with the program; needs no database."""
        return cls(packaged(code))

    def with_compounds(self, compounds: Iterable[Home]) -> Gazetteer:
        """The same names (shared, not copied), and these compounds."""
        wider = copy(self)
        wider.compounds = Lookup(_compound_names(compounds))
        return wider

    def label(self, code: str) -> str:
        """What to call a town or village in a sentence: 昆仑镇聂村."""
        village = self.villages.get(code)
        town = self.towns.get(code[:9])
        return (town.name if town else "") + (village.short if village else "")


def _either_way(name: str) -> str:
    """山东省 or 山东; the short form only where the next word is not part of another name."""
    return re.escape(name[:-1]) + f"(?:{name[-1]}|(?!路|街|村))" if len(name) > 2 else re.escape(name)


def _town_names(package: DistrictPackage) -> dict[str, str]:
    """Full names, with the office a street has instead of a town hall; merged towns by their former names."""
    names: dict[str, str] = {}
    for town in package.towns:
        names[town.name] = town.code
        if town.name.endswith("街道"):
            stem = town.name[:-2]
            bare = stem.removesuffix("路")
            for form in ("街道办事处", "街道办", "办事处", "街办"):
                names.setdefault(stem + form, town.code)
                names.setdefault(bare + form, town.code)
            names.setdefault(bare + "街道", town.code)
        else:
            names.setdefault(town.name + "人民政府", town.code)
            names.setdefault(town.name + "政府", town.code)
    for alias in package.aliases:
        if len(alias.code) == 9:
            names.setdefault(alias.alias, alias.code)
    return names


def _short_town_names(package: DistrictPackage) -> dict[str, str]:
    """罗村 for 罗村镇: also the name of a village, so it counts only before a village of that town."""
    names: dict[str, str] = {}
    for town in package.towns:
        stem = town.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
        for name in {stem, stem.removesuffix("路")}:
            if len(name) > 1:
                names[name] = town.code
    return names


def _village_names(package: DistrictPackage) -> dict[str, tuple[Named, ...]]:
    found: dict[str, dict[str, Rank]] = {}

    def add(name: str, code: str, rank: Rank) -> None:
        if len(name) > 1:
            ranks = found.setdefault(name, {})
            ranks[code] = min(rank, ranks.get(code, rank))

    for village in package.villages:
        short, code = village.short, village.code
        stem = short.removesuffix("社区").removesuffix("村") if short not in ("社区", "村") else short
        kinds = ("社区", "居") if short.endswith("社区") else ("村", "村")
        add(village.name, code, Rank.OFFICIAL)
        add(short, code, Rank.OFFICIAL)
        add(short + "委会", code, Rank.OFFICIAL)
        for committee in _COMMITTEES:
            add(short + committee, code, Rank.OFFICIAL)
            add(stem + committee, code, Rank.LISTED if committee[0] == kinds[1] else Rank.SWAPPED)
        for kind in ("村", "社区", "村社区"):
            if len(stem) > 1 and stem + kind != short:
                add(stem + kind, code, Rank.SWAPPED)
        add(stem, code, Rank.SHORT)
    for alias in package.aliases:
        if len(alias.code) == 12:
            add(alias.alias, alias.code, Rank.LISTED)
            for committee in (*_COMMITTEES, "委会"):
                add(alias.alias + committee, alias.code, Rank.LISTED)
    return {name: tuple(Named(code, rank) for code, rank in sorted(ranks.items())) for name, ranks in found.items()}


def _compound_names(compounds: Iterable[Home]) -> dict[str, tuple[Home, ...]]:
    names: dict[str, list[Home]] = {}
    for home in compounds:
        if not GENERIC.fullmatch(home.name):
            names.setdefault(home.name, []).append(home)
    return {name: tuple(sorted(homes, key=lambda h: h.village_code)) for name, homes in names.items()}
