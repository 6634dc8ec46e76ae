"""Decisions about buildings as pure functions: what may be stated of one, and the picture of its homes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from linli.kernel.errors import FieldProblem, Text

from ..rules import BUILDING_KINDS, COMPOUND_KINDS, HOME_KINDS, HOME_STATES

# A picture larger than this shows homes only, no gaps between them.
MOST_CELLS = 6000

_CHOOSE = Text("请从列表中选择。", "Please choose from the list.")
_RANGE = Text("应在 {least} 到 {most} 之间。", "This must lie between {least} and {most}.")
_REQUIRED = Text("不能为空。", "This cannot be empty.")
_LONG = Text("最多 {most} 个字。", "At most {most} characters.")
_PHONE = Text("电话号码格式不正确。", "This is not a phone number.")
_FUTURE = Text("不能晚于今天。", "This cannot be later than today.")
_ORDER = Text("不能早于任职日期。", "This cannot be before the day of taking office.")
_PAIR = Text("经度和纬度要一起填写。", "Longitude and latitude go together.")
_PHONE_FORM = re.compile(r"\+?[0-9][0-9\- ]{4,18}[0-9]")
# Longitudes and latitudes of the country with room to spare: a swapped pair falls outside.
_BOUNDS = {"lon": (73, 136), "lat": (3, 54), "floors": (1, 120), "units": (1, 60), "floor_area": (1, 100_000)}
_TEXTS = {"name": 60, "number": 20, "unit": 10, "room": 20, "road": 60, "door": 20, "note": 200, "phone": 20}
_LISTS = {"compound": COMPOUND_KINDS, "building": BUILDING_KINDS, "home": HOME_KINDS}


def check_facts(thing: str, facts: Mapping[str, Any], today: date, required: Sequence[str] = ()) -> list[FieldProblem]:
    """What is wrong with facts about a `compound`, `building`, `home` or `leader`, field by field."""
    problems = [FieldProblem(name, "required", _REQUIRED) for name in required if not facts.get(name)]
    for name, value in facts.items():
        if value is None or value == "":
            continue
        if name in _TEXTS and len(str(value)) > _TEXTS[name]:
            problems.append(FieldProblem(name, "long", _LONG, {"most": _TEXTS[name]}))
        least, most = (1850, today.year + 1) if name == "built_year" else _BOUNDS.get(name, (None, None))
        if least is not None and most is not None and not least <= value <= most:
            problems.append(FieldProblem(name, "range", _RANGE, {"least": least, "most": most}))
        if (name == "kind" and value not in _LISTS[thing]) or (name == "state" and value not in HOME_STATES):
            problems.append(FieldProblem(name, "code", _CHOOSE))
        if name == "phone" and not _PHONE_FORM.fullmatch(value):
            problems.append(FieldProblem(name, "phone", _PHONE))
        if name in ("state_on", "since") and value > today:
            problems.append(FieldProblem(name, "future", _FUTURE))
    if "lon" in facts and (facts.get("lon") is None) != (facts.get("lat") is None):
        problems.append(FieldProblem("lon", "pair", _PAIR))
    return problems


def check_end(since: date, until: date) -> list[FieldProblem]:
    """What is wrong with the day on which a leader leaves."""
    return [FieldProblem("until", "order", _ORDER)] if until < since else []


def natural(text: str) -> tuple[Any, ...]:
    """A key that sorts 2 before 10 and 甲 after both."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", text))


# --- the picture --------------------------------------------------------------------------------------------------

Home = TypeVar("Home")


@dataclass(frozen=True, slots=True)
class Spot(Generic[Home]):
    """Where a home stands in its building; `storey` is None where nothing tells."""

    unit: str
    storey: int | None
    room: str
    home: Home

    @property
    def position(self) -> str:
        """The room without its storey: 01 of 401. Homes above each other share it."""
        mark = "B" + str(-self.storey) if self.storey is not None and self.storey < 0 else str(self.storey)
        stem = self.room.lstrip("0")
        return (
            stem[len(mark) :] if self.storey is not None and stem.startswith(mark) and len(stem) > len(mark) else stem
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A unit and the positions on its landings, from left to right."""

    unit: str
    positions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row(Generic[Home]):
    """A storey: for every position of every column the homes that stand there; none is a gap in what is recorded."""

    storey: int
    cells: tuple[tuple[Home, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture(Generic[Home]):
    """A building as storeys (top first) × units; `loose` are the homes whose storey nobody knows."""

    columns: tuple[Column, ...]
    rows: tuple[Row[Home], ...]
    loose: tuple[Home, ...]
    gaps: int


def picture(spots: Iterable[Spot[Home]], floors: int | None = None, units: int | None = None) -> Picture[Home]:
    """Arrange homes as the building stands.

    `floors` and `units` are what is stated of the building: storeys and units without any home are drawn too, so that
    what nobody recorded can be seen. Storey 0 does not exist.
    """
    every = list(spots)
    placed = [s for s in every if s.storey is not None]
    loose = tuple(s.home for s in every if s.storey is None)
    seen = {s.storey for s in placed if s.storey is not None}
    named = {s.unit for s in placed} | {str(n) for n in range(1, (units or 0) + 1)}
    if units and "" in named and not any(s.unit == "" for s in placed):
        named.discard("")
    landings: dict[str, set[str]] = {unit: set() for unit in named}
    for spot in placed:
        landings[spot.unit].add(spot.position)
    usual = max(landings.values(), key=len, default=set())
    columns = tuple(
        Column(unit, tuple(sorted(landings[unit] or usual, key=natural))) for unit in sorted(landings, key=natural)
    )
    top, bottom = max([floors or 0, *seen]), min([1, *seen]) if seen or floors else 1
    storeys = [n for n in range(top, bottom - 1, -1) if n]
    width = sum(len(c.positions) for c in columns)
    if len(storeys) * width > MOST_CELLS:
        storeys = sorted(seen, reverse=True)
    found: dict[tuple[int | None, str, str], list[Home]] = {}
    for spot in placed:
        found.setdefault((spot.storey, spot.unit, spot.position), []).append(spot.home)
    rows = tuple(
        Row(n, tuple(tuple(found.get((n, c.unit, p), ())) for c in columns for p in c.positions)) for n in storeys
    )
    gaps = sum(not cell for row in rows for cell in row.cells)
    return Picture(columns, rows, loose, gaps)
