"""Decisions about recodes as pure functions: what a wished change comes to, or why it cannot be.

Codes follow GB/T 10114 and the 统计用区划代码: 6 digits of the county, 3 of the town, 3 of the village, 3 of the grid.
That a code once given is not given to another area is the practice of those lists, and the rule of this program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from linli.kernel import areas

How = Literal["rename", "recode", "move", "merge"]
#: What a village-level committee may be; a town is one of the rest.
VILLAGE_KINDS: Final = ("居委会", "村委会")
TOWN_KINDS: Final = ("街道", "镇", "乡")
MOST_GRIDS: Final = 999
NAME_LENGTH: Final = 50


@dataclass(frozen=True, slots=True)
class Area:
    """A region as it stands or stood. `since` is None where nobody knows; `successor` is set once it was recoded."""

    code: str
    short_name: str
    name: str
    kind: str
    live: bool = True
    since: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Base:
    """The district as the rules see it: regions and grids by code, ended ones too; `grids` says whether one is live."""

    district: str
    regions: Mapping[str, Area]
    grids: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: `new` equal to `old` keeps the code; an empty name or kind keeps what is."""

    old: str
    new: str
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to. `heirs`: every code that ends -> the code that takes it over; `fresh`: codes that begin."""

    wish: Wish
    how: How
    heirs: Mapping[str, str]
    fresh: frozenset[str]
    short_name: str
    name: str
    kind: str

    @property
    def villages(self) -> tuple[str, ...]:
        """Every village whose grids or name change, old and new."""
        codes = {self.wish.old, self.wish.new, *self.heirs, *self.heirs.values()}
        return tuple(sorted(code for code in codes if len(code) == 12))


class Refused(Exception):
    """Why a wish cannot be: a code of `problems.WORDS`, the field it concerns, and what it is about."""

    def __init__(self, reason: str, field: str = "new", names: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.reason, self.field, self.names = reason, field, tuple(names)


def plan(base: Base, wish: Wish) -> Plan:
    """What the wish comes to. Raises Refused."""
    old = _form(base, wish)
    target = base.regions.get(wish.new)
    if wish.old == wish.new:
        how: How = "rename"
    elif target is not None and target.live:
        if len(wish.old) == 9:
            raise Refused("towns_join", names=(target.short_name,))
        how = "merge"
    else:
        _parent(base, wish)
        how = "recode" if wish.old[:-3] == wish.new[:-3] else "move"
    heirs = {} if how == "rename" else _joined(base, wish) if how == "merge" else _carried(base, wish)
    stays = target if how == "merge" and target is not None else old
    short, name, kind = _called(stays, wish)
    if how == "rename" and (short, kind) == (old.short_name, old.kind):
        raise Refused("nothing", "name")
    _not_twice(base, wish, short)
    fresh = frozenset(new for new in heirs.values() if not _live(base, new))
    return Plan(wish, how, heirs, fresh, short, name, kind)


def check_date(base: Base, found: Plan, on: date, today: date, since: Mapping[str, date | None]) -> None:
    """A recode holds from a day not ahead, and not before anything concerned began. `since`: grid -> its first day."""
    if on > today:
        raise Refused("ahead", "effective_on")
    concerned = {found.wish.old, *found.heirs, *(set(found.heirs.values()) - found.fresh)}
    begun = [base.regions[c].since if c in base.regions else since.get(c) for c in concerned]
    if any(day is not None and day > on for day in begun):
        raise Refused("before_area", "effective_on")


def follow(code: str, successors: Mapping[str, str]) -> str:
    """What became of a code: the end of its chain of successors, itself where it has none. A ring ends where it began."""
    seen = {code}
    while (following := successors.get(code)) is not None and following not in seen:
        seen.add(following)
        code = following
    return code


def _form(base: Base, wish: Wish) -> Area:
    """Both codes have the form of towns or of villages of the district, and the old one lives."""
    for field, code in (("old", wish.old), ("new", wish.new)):
        if not areas.is_code(code) or len(code) not in (9, 12):
            raise Refused("form", field, (code,))
        if not areas.contains(base.district, code):
            raise Refused("elsewhere", field, (code,))
        if code[-3:] == "000":
            raise Refused("form", field, (code,))
    if len(wish.old) != len(wish.new):
        raise Refused("level", names=(wish.new,))
    found = base.regions.get(wish.old)
    if found is None or not found.live:
        raise Refused("unknown", "old", (wish.old,))
    return found


def _parent(base: Base, wish: Wish) -> None:
    above = base.regions.get(wish.new[:-3])
    if above is None or not above.live:
        raise Refused("no_parent", names=(wish.new[:-3],))


def _carried(base: Base, wish: Wish) -> dict[str, str]:
    """The area and everything in it, under the new beginning. A code of an undone recode may be taken up again."""
    size = len(wish.old)
    inside = [code for code, area in base.regions.items() if area.live and areas.contains(wish.old, code)]
    inside += [code for code, live in base.grids.items() if live and areas.contains(wish.old, code)]
    heirs = {code: wish.new + code[size:] for code in sorted(inside)}
    for old, new in heirs.items():
        there = base.regions.get(new)
        if base.grids.get(new) or (there is not None and (there.live or there.successor != old)):
            raise Refused("given", names=(new,))
    return heirs


def _joined(base: Base, wish: Wish) -> dict[str, str]:
    """Grids get the next numbers of the village they join, in the order they had; a number given is not given again."""
    coming = sorted(code for code, live in base.grids.items() if live and code[:12] == wish.old)
    used = max((int(code[12:]) for code in base.grids if code[:12] == wish.new), default=0)
    if used + len(coming) > MOST_GRIDS:
        raise Refused("too_many")
    return {wish.old: wish.new} | {c: f"{wish.new}{used + i:03d}" for i, c in enumerate(coming, 1)}


def _called(stays: Area, wish: Wish) -> tuple[str, str, str]:
    """Short name, full name and kind afterwards. The full name of a committee is its short one with the kind."""
    kind, short = wish.kind.strip() or stays.kind, wish.name.strip() or stays.short_name
    known = VILLAGE_KINDS if len(wish.old) == 12 else TOWN_KINDS
    if wish.kind.strip() and kind not in known:
        raise Refused("kind", "kind", known)
    if len(short) > NAME_LENGTH:
        raise Refused("name_long", "name")
    if (short, kind) == (stays.short_name, stays.kind):
        return short, stays.name, kind
    return short, short + kind if len(wish.old) == 12 else short, kind


def _not_twice(base: Base, wish: Wish, short: str) -> None:
    above = wish.new[:-3]
    for code, area in base.regions.items():
        beside = area.live and code[:-3] == above and len(code) == len(wish.new)
        if beside and code not in (wish.old, wish.new) and area.short_name == short:
            raise Refused("name_twice", "name", (short,))


def _live(base: Base, code: str) -> bool:
    area = base.regions.get(code)
    return area.live if area is not None else bool(base.grids.get(code))
