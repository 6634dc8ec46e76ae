"""Compounds and buildings out of a GeoJSON file or a zipped shapefile, as points or as areas of which a point stands.

What is known already by its name (or an alias) in its village gets its position and what the file states beside it;
the rest is new. Nothing is removed, and a file with a fault changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

import numpy as np
import shapely
from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.coordinates import Datum, to_wgs84
from linli.kernel.ids import uuid7

from .. import features
from ..actions import alone, raise_edition
from ..features import said
from ..grids.problems import BadBoundaries, FileUnreadable
from ..grids.tiling import Trouble
from ..models import Building, Compound, Region
from ..permissions import HOMES
from ..queries import lookup
from ..shapefile import Feature, Unreadable
from . import rules
from .problems import once

What = Literal["compounds", "buildings"]
MOST: Final = 20_000
# A .dbf cuts names of columns after ten bytes: five characters in GBK, three in UTF-8.
NAME: Final = ("name", "小区名称", "院落名称", "名称", "小区", "compound", "小区名", "院落名")
ALIASES: Final = ("aliases", "别名", "又名")
COMPOUND: Final = ("compound", "小区名称", "所属小区", "小区", "所属小", "小区名")
NUMBER: Final = ("number", "楼号", "楼栋号", "楼幢号", "栋号", "幢号", "楼栋")
ROAD: Final = ("road", "街路巷", "道路", "路名")
DOOR: Final = ("door", "门牌号", "门牌")
WHOLE: Final = {
    "floors": ("floors", "层数", "楼层数", "总层数"),
    "units": ("units", "单元数"),
    "built_year": ("built_year", "建成年份", "建成年", "建造年份"),
}
# Beyond this share of positions outside all grids a datum is doubted; half of it must speak for another one.
DOUBT: Final = 0.02
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """One figure: its key within the village, where it lies, and what the file states of it."""

    label: str
    area: str
    lon: float
    lat: float
    compound: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def village(self) -> str:
        return self.area[:12]


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What a file would bring: names of what is new and what changes, how many are as they were."""

    added: Sequence[str] = ()
    changed: Sequence[str] = ()
    same: int = 0
    troubles: tuple[Trouble, ...] = ()


@dataclass(slots=True)
class _Plan:
    made: list[Any] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    same: int = 0


def preview_places(actor: Actor, what: What, content: bytes, datum: Datum) -> ImportOutcome:
    """What a file would change, or every trouble with its place; nothing is written. Raises FileUnreadable, Forbidden."""
    placed, troubles = _placed(what, content, datum)
    if troubles:
        return ImportOutcome(troubles=troubles)
    _may(actor, placed)
    try:
        plan = _plan(what, placed)
    except BadBoundaries as bad:
        return ImportOutcome(troubles=bad.troubles)
    return _outcome(plan)


def import_places(actor: Actor, what: What, content: bytes, datum: Datum) -> ImportOutcome:
    """Take in the compounds or buildings of a file. Raises FileUnreadable, BadBoundaries with the places, Forbidden."""
    placed, troubles = _placed(what, content, datum)
    if troubles:
        raise BadBoundaries(troubles)
    _may(actor, placed)
    model = Compound if what == "compounds" else Building
    with transaction.atomic():
        alone()
        plan = _plan(what, placed)
        with once(plan.made[0].name if plan.made else ""):
            model._default_manager.bulk_create(plan.made, batch_size=2_000)
        changing = ["lon", "lat", "source", "aliases"] if what == "compounds" else ["lon", "lat", *WHOLE]
        model._default_manager.bulk_update(plan.kept, changing, batch_size=1_000)
        raise_edition()
        told = {"added": len(plan.made), "changed": len(plan.kept), "datum": datum.value}
        for village in sorted({one.village for one in placed}):
            changes.record(actor, f"places.{what}.import", "area", village, village, told)
    return _outcome(plan)


def _outcome(plan: _Plan) -> ImportOutcome:
    return ImportOutcome([one.name for one in plan.made], [one.name for one in plan.kept], plan.same)


def _may(actor: Actor, placed: Sequence[Placed]) -> None:
    for village in sorted({one.village for one in placed}):
        actor.require(HOMES, village)


def _placed(what: What, content: bytes, datum: Datum) -> tuple[list[Placed], tuple[Trouble, ...]]:
    """The figures with the grids they lie in, or what is wrong with them."""
    try:
        found = features.read(content, MOST, datum)
    except Unreadable as error:
        raise FileUnreadable(str(error)) from None
    labels = [_label(what, feature.properties, number) for number, feature in enumerate(found, start=1)]
    troubles = [t for feature, label in zip(found, labels, strict=True) if (t := _flaw(feature, label))]
    if troubles:
        return [], tuple(troubles[:SHOWN])
    inside = np.array([shapely.get_coordinates(f.figure.representative_point())[0] for f in found])
    lon, lat = to_wgs84(inside[:, 0], inside[:, 1], datum)
    index = lookup.grid_index()
    codes = index.locate(lon, lat)
    outside = codes == ""
    if outside.mean() > DOUBT:
        others = {d: (index.locate(*to_wgs84(inside[:, 0], inside[:, 1], d)) == "").mean() for d in Datum}
        best = min(others, key=lambda d: others[d])
        if others[best] < outside.mean() / 2:
            return [], (Trouble("datum", (*labels[:3], best.value.upper())),)
    placed, troubles = [], []
    for feature, label, x, y, code in zip(found, labels, lon, lat, codes, strict=True):
        if not code:
            troubles.append(Trouble("off_grid", (label,), shapely.Point(x, y)))
            continue
        one = Placed(label, str(code), float(x), float(y), *_stated(what, feature.properties))
        if rules.check_facts(what.removesuffix("s"), one.facts, clock.today()):
            long = any(len(str(one.facts.get(name, ""))) > 60 for name in ("name", "number", "road"))
            troubles.append(Trouble("name_long" if long else "bad_figures", (label[:60],), shapely.Point(x, y)))
        placed.append(one)
    return placed, tuple(troubles[:SHOWN])


def _label(what: What, properties: Mapping[str, Any], number: int) -> str:
    if what == "compounds":
        return said(properties, NAME) or f"#{number}"
    told = said(properties, NUMBER)
    return said(properties, COMPOUND) + told if told else f"#{number}"


def _flaw(feature: Feature, label: str) -> Trouble | None:
    if label.startswith("#"):
        return Trouble("no_name", (label[1:],))
    figure = feature.figure
    if figure.is_empty or not np.isfinite(shapely.get_coordinates(figure)).all():
        return Trouble("empty", (label,))
    west, south, east, north = figure.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        return Trouble("not_degrees", (label,))
    return None if figure.is_valid else Trouble("self_crossing", (label,), figure.representative_point())


def _stated(what: What, properties: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The compound's name, and the facts as they are checked."""
    if what == "compounds":
        aliases = [part.strip() for part in said(properties, ALIASES).replace("，", ",").replace("、", ",").split(",")]
        return "", {"name": said(properties, NAME), "aliases": [a[:60] for a in aliases if a]}
    facts: dict[str, Any] = {
        "number": said(properties, NUMBER).removesuffix("号楼").removesuffix("楼").removesuffix("号"),
        "road": said(properties, ROAD),
        "door": said(properties, DOOR).removesuffix("号"),
    }
    for name, columns in WHOLE.items():
        told = said(properties, columns)
        facts[name] = int(told) if told.isdigit() else None
    return said(properties, COMPOUND), facts


def _plan(what: What, placed: Sequence[Placed]) -> _Plan:
    """What is new and what changes. A fixed number of queries. Raises BadBoundaries."""
    villages = sorted({one.village for one in placed})
    compounds = _Known(Compound.objects.filter(village_code__in=villages))
    return _compounds(placed, compounds) if what == "compounds" else _buildings(placed, compounds, villages)


class _Known:
    """Compounds by the names people call them in their village."""

    def __init__(self, rows: Any) -> None:
        self.by_name: dict[tuple[str, str], Compound] = {}
        aliases: dict[tuple[str, str], list[Compound]] = {}
        for row in rows:
            self.by_name[row.village_code, row.name] = row
            for alias in row.aliases:
                aliases.setdefault((row.village_code, alias), []).append(row)
        for key, found in aliases.items():
            if len(found) == 1:
                self.by_name.setdefault(key, found[0])

    def find(self, village: str, name: str) -> Compound | None:
        """The one compound of that name or alias."""
        return self.by_name.get((village, name))


def _compounds(placed: Sequence[Placed], known: _Known) -> _Plan:
    plan, seen, now = _Plan(), _Once(), clock.now()
    for one in placed:
        row = known.find(one.village, one.facts["name"])
        if not seen.first((one.village, row.id if row else one.facts["name"]), one):
            continue
        if row is None:
            plan.made.append(
                Compound(
                    id=uuid7(),
                    area_code=one.area,
                    village_code=one.village,
                    name=one.facts["name"],
                    aliases=one.facts["aliases"],
                    lon=one.lon,
                    lat=one.lat,
                    source=Building.BY_HAND,
                    created_at=now,
                )
            )
            continue
        aliases = list(dict.fromkeys([*row.aliases, *one.facts["aliases"]]))
        wanted = (one.lon, one.lat, Building.BY_HAND, aliases)
        if _near(row, one) and (row.source, row.aliases) == wanted[2:]:
            plan.same += 1
            continue
        row.lon, row.lat, row.source, row.aliases = wanted
        plan.kept.append(row)
    seen.settle()
    return plan


def _buildings(placed: Sequence[Placed], known: _Known, villages: Sequence[str]) -> _Plan:
    plan, seen, now = _Plan(), _Once(), clock.now()
    names = dict(Region.objects.filter(code__in=villages, valid_to=None).values_list("code", "short_name"))
    rows = {
        (b.village_code, b.compound_id, b.road, b.door, b.number): b
        for b in Building.objects.filter(village_code__in=villages)
    }
    for one in placed:
        compound = known.find(one.village, one.compound) if one.compound else None
        if one.compound and compound is None:
            seen.troubles.append(Trouble("no_compound", (one.compound,), shapely.Point(one.lon, one.lat)))
            continue
        road, door = ("", "") if compound else (one.facts["road"], one.facts["door"])
        key = (one.village, compound.id if compound else None, road, door, one.facts["number"])
        if not seen.first(key, one):
            continue
        stated = {name: one.facts[name] for name in WHOLE if one.facts[name] is not None}
        row = rows.get(key)
        if row is None:
            place = compound.name if compound else (road + (f"{door}号" if door else "")) or names.get(one.village, "")
            number = one.facts["number"]
            name = place + number + ("座" if number.isascii() and number.isalpha() else "号楼")
            plan.made.append(
                Building(
                    id=uuid7(),
                    area_code=one.area,
                    village_code=one.village,
                    compound_id=key[1],
                    road=road,
                    door=door,
                    number=number,
                    name=name,
                    lon=one.lon,
                    lat=one.lat,
                    source=Building.BY_HAND,
                    created_at=now,
                    **stated,
                )
            )
        elif _near(row, one) and all(getattr(row, name) == value for name, value in stated.items()):
            plan.same += 1
        else:
            for name, value in {"lon": one.lon, "lat": one.lat, **stated}.items():
                setattr(row, name, value)
            plan.kept.append(row)
    seen.settle()
    return plan


class _Once:
    """Tells the first of a key from later ones, which are trouble."""

    def __init__(self) -> None:
        self._seen: set[tuple[Any, ...]] = set()
        self.troubles: list[Trouble] = []

    def first(self, key: tuple[str | UUID | None, ...], one: Placed) -> bool:
        """Whether the key was not there before."""
        if key in self._seen:
            self.troubles.append(Trouble("named_twice", (one.label,), shapely.Point(one.lon, one.lat)))
            return False
        self._seen.add(key)
        return True

    def settle(self) -> None:
        """Raise BadBoundaries when there was any trouble."""
        if self.troubles:
            raise BadBoundaries(self.troubles[:SHOWN])


def _near(row: Compound | Building, one: Placed) -> bool:
    """Whether a position is the one that is kept: to a tenth of a metre."""
    if row.lon is None or row.lat is None:
        return False
    return abs(row.lon - one.lon) < 1e-6 and abs(row.lat - one.lat) < 1e-6
