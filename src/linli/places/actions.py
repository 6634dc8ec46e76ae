"""Changes of places: taking in a district package, and drawing grids where a district has none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from .models import ForeignCode, Grid, GridChange, Region, RegionAlias, RegionShape
from .packages import DistrictPackage, short_name
from .permissions import EDIT

if TYPE_CHECKING:
    from .gridding import Drawing

# One change of reference data at a time, whoever asks.
_LOCK = 370302_02


class OtherDistrict(Conflict):
    """The database holds another district: one database serves one."""

    code = "places.other_district"
    text = Text(
        "数据库中已有 {name}（{code}），一个数据库只服务一个区县。",
        "The database already holds {name} ({code}); one database serves one district.",
    )


class GridsAreReal(Conflict):
    """The district has grids that were not drawn by us, or changed by hand; they are never drawn over."""

    code = "places.grids_are_real"
    text = Text(
        "本区已有正式网格，不能用示意网格覆盖。",
        "The district has official grids; drawn ones may not replace them.",
    )


class GridsInUse(Conflict):
    """Homes already lie in the drawn grids; other codes would tear them from their records."""

    code = "places.grids_in_use"
    text = Text("已有住所按现有网格登记，不能重新划分。", "Homes are already recorded by the present grids.")


class BadCount(Invalid):
    """The number of grids does not suit the district."""

    code = "places.bad_count"
    text = Text("网格数应不少于村居数（{least}）。", "There must be at least as many grids as villages ({least}).")


class NoBoundary(Invalid):
    """The district package has no boundary to draw grids in."""

    code = "places.no_boundary"
    text = Text("区划数据包中没有边界，无法划分网格。", "The district package has no boundary to draw grids in.")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load changed; all zero when the same package comes again."""

    added: int = 0
    changed: int = 0
    ended: int = 0
    aliases: int = 0
    foreign_codes: int = 0
    shapes: int = 0

    @property
    def anything(self) -> bool:
        return any((self.added, self.changed, self.ended, self.aliases, self.foreign_codes, self.shapes))


def load_places(actor: Actor, package: DistrictPackage) -> Loaded:
    """Take in a district package: new regions are added, renamed ones changed, missing ones ended by date.

    The same package again changes nothing. Raises Forbidden without `places.edit` on the district, OtherDistrict when
    the database serves another one.
    """
    actor.require(EDIT, package.district.code)
    with transaction.atomic():
        alone()
        _check_district(package)
        added, changed, ended = _load_regions(package)
        loaded = Loaded(
            added,
            changed,
            ended,
            _load_aliases(package),
            _load_foreign_codes(package),
            _load_boundary(package),
        )
        if loaded.anything:
            raise_edition()
            counts = {"added": added, "changed": changed, "ended": ended}
            changes.record(actor, "places.region.load", "region", package.district.code, package.district.code, counts)
    return loaded


def check_grids(actor: Actor, package: DistrictPackage, count: int) -> None:
    """Whether grids may be drawn for the district now. Raises what stands against it."""
    code = package.district.code
    actor.require(EDIT, code)
    if package.boundary is None:
        raise NoBoundary()
    if not Region.objects.filter(code=code).exists():
        raise NotFound()
    if count < len(package.villages) or count > 999 * len(package.villages):
        raise BadCount(least=len(package.villages))
    if Grid.objects.filter(synthetic=False).exists() or GridChange.objects.exists():
        raise GridsAreReal()


def generate_grids(actor: Actor, package: DistrictPackage, count: int, seed: int = 42) -> int:
    """Draw `count` grids over the district (示意) and the outlines they add up to; returns how many rows changed.

    The same count and seed again change nothing. Raises GridsAreReal, GridsInUse, BadCount, NoBoundary, Forbidden.
    """
    from .gridding import draw

    check_grids(actor, package, count)
    return _store_drawing(actor, package, draw(package, count, seed), {"count": count, "seed": seed})


def _store_drawing(actor: Actor, package: DistrictPackage, drawing: Drawing, detail: dict[str, Any]) -> int:
    from shapely import to_wkb

    wanted = [
        Grid(
            code=g.code,
            village_code=g.village_code,
            name=g.name,
            geometry=to_wkb(g.figure),
            lon=g.lon,
            lat=g.lat,
            area_m2=round(g.area_m2, 1),
            synthetic=True,
        )
        for g in drawing.grids
    ]
    district = package.district.code
    shapes = []
    for code, figure in drawing.outlines.items():
        if code != district:
            at = figure.representative_point()
            shapes.append(
                RegionShape(
                    code=code,
                    geometry=to_wkb(figure),
                    lon=at.x,
                    lat=at.y,
                    synthetic=True,
                    source=f"drawn, {detail}",
                )
            )
    with transaction.atomic():
        alone()
        known = {g.code for g in wanted}
        gone = Grid.objects.filter(code__startswith=district).exclude(code__in=known)
        changed = _upsert(Grid, wanted, ("village_code", "name", "geometry", "lon", "lat", "area_m2", "synthetic"))
        if (changed or gone.exists()) and _grids_in_use():
            raise GridsInUse()
        changed += gone.delete()[0]
        changed += _upsert(RegionShape, shapes, ("geometry", "lon", "lat", "synthetic", "source"))
        if changed:
            raise_edition()
            changes.record(actor, "places.grid.generate", "region", district, district, detail)
    return changed


def _grids_in_use() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM places_dwelling WHERE length(area_code) = 15)"
            " OR EXISTS (SELECT FROM places_compound WHERE length(area_code) = 15)"
        )
        return bool(cursor.fetchone()[0])


def alone() -> None:
    """Wait for every other change of regions and grids; released with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _check_district(package: DistrictPackage) -> None:
    other = Region.objects.filter(level="district").exclude(code=package.district.code).first()
    if other is not None:
        raise OtherDistrict(name=other.name, code=other.code)


def raise_edition() -> None:
    """Tell every process that what it keeps of regions, grids or names of compounds is old."""
    # In one statement: of two who raise it at once, the second would otherwise write the number of the first again.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_edition AS e (id, number, changed_at) VALUES (1, 1, %s) "
            "ON CONFLICT (id) DO UPDATE SET number = e.number + 1, changed_at = EXCLUDED.changed_at",
            [clock.now()],
        )


def _load_regions(package: DistrictPackage) -> tuple[int, int, int]:
    wanted = {r.code: r for r in _regions(package)}
    stored = Region.objects.filter(code__startswith=package.district.code).values_list("code", "successor")
    known = {code for code, _ in stored}
    # A list from before a recode neither revives what was recoded nor ends what it became.
    became = {code: successor for code, successor in stored if successor}
    wanted = {code: region for code, region in wanted.items() if code not in became}
    fields = (
        "parent_code",
        "level",
        "kind",
        "name",
        "short_name",
        "pinyin",
        "initials",
        "weight",
        "about",
        "hint_lon",
        "hint_lat",
    )
    changed = _upsert(Region, list(wanted.values()), (*fields, "valid_from", "valid_to"))
    added = len(wanted.keys() - known)
    ends = _date(package.district.list_date) or clock.today()
    ended = Region.objects.filter(code__in=known - wanted.keys() - set(became.values()), valid_to=None).update(
        valid_to=ends
    )
    return added, changed - added, ended


def _regions(package: DistrictPackage) -> Iterable[Region]:
    district = package.district
    since = _date(district.list_date)
    top = _region(district.code, None, "district", district.kind, district.name, district.name, since)
    top.about = {
        "short": district.short,
        "above": list(district.above),
        "neighbours": list(district.neighbours),
        "foreign_scheme": district.foreign_scheme,
    }
    yield top
    for town in package.towns:
        region = _region(town.code, district.code, "town", town.kind, town.name, short_name(town.name), since)
        if town.hint:
            region.hint_lon, region.hint_lat = town.hint
        yield region
    for village in package.villages:
        since = _date(village.valid_from)
        region = _region(village.code, village.town_code, "village", village.kind, village.name, village.short, since)
        region.weight = village.weight
        yield region


def _region(code: str, parent: str | None, level: str, kind: str, name: str, short: str, since: date | None) -> Region:
    from pypinyin import Style, lazy_pinyin

    return Region(
        code=code,
        parent_code=parent,
        level=level,
        kind=kind,
        name=name,
        short_name=short,
        pinyin="".join(lazy_pinyin(short)).lower(),
        initials="".join(lazy_pinyin(short, style=Style.FIRST_LETTER)).lower(),
        valid_from=since,
    )


def _load_aliases(package: DistrictPackage) -> int:
    known = set(RegionAlias.objects.values_list("code", "alias"))
    new = [a for a in dict.fromkeys(package.aliases) if (a.code, a.alias) not in known]
    RegionAlias.objects.bulk_create(
        [
            RegionAlias(id=uuid7(), code=a.code, alias=a.alias, kind=a.kind, source=a.source, certainty=a.certainty)
            for a in new
        ],
        ignore_conflicts=True,
    )
    return len(new)


def _load_foreign_codes(package: DistrictPackage) -> int:
    scheme = package.district.foreign_scheme
    if not scheme:
        return 0
    known = dict(ForeignCode.objects.filter(scheme=scheme).values_list("foreign_code", "code"))
    new = [t for t in package.towns if t.foreign_code and known.get(t.foreign_code) != t.code]
    ForeignCode.objects.bulk_create(
        [ForeignCode(id=uuid7(), scheme=scheme, foreign_code=t.foreign_code, code=t.code) for t in new],
        update_conflicts=True,
        unique_fields=["scheme", "foreign_code"],
        update_fields=["code"],
    )
    return len(new)


def _load_boundary(package: DistrictPackage) -> int:
    if package.boundary is None:
        return 0
    from shapely import to_wkb
    from shapely.geometry import shape

    figure = shape(package.boundary)
    at = figure.representative_point()
    source = f"package of {package.district.code}"
    row = RegionShape(
        code=package.district.code, geometry=to_wkb(figure), lon=at.x, lat=at.y, synthetic=True, source=source
    )
    return _upsert(RegionShape, [row], ("geometry", "lon", "lat", "synthetic", "source"))


def _upsert(model: type[models.Model], rows: list[Any], fields: tuple[str, ...]) -> int:
    """Insert or update the rows that differ from what is stored, by `code`; returns how many."""
    stored = {
        values[0]: values[1:]
        for values in model._default_manager.filter(code__in=[r.code for r in rows]).values_list("code", *fields)
    }

    def plain(value: Any) -> Any:
        return bytes(value) if isinstance(value, memoryview) else value

    differing = [r for r in rows if tuple(map(plain, stored.get(r.code, ()))) != tuple(getattr(r, f) for f in fields)]
    model._default_manager.bulk_create(
        differing, update_conflicts=True, unique_fields=["code"], update_fields=list(fields), batch_size=500
    )
    return len(differing)


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
