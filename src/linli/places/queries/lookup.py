"""What the database knows, made ready for asking: names for the address parser, figures for positions.

Both are kept in memory per edition of the reference data; asking whether the edition has changed is one small query.
The heavy libraries load at the first use, not with the web process.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.functions import Length

from linli.kernel import prepared, scope
from linli.kernel.areas import GRID_LENGTH
from linli.kernel.coordinates import Datum

from ..models import Compound, Grid, Region, RegionAlias, RegionShape
from ..packages import Alias, District, DistrictPackage, Town, Village, packaged

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import ArrayLike, NDArray

    from ..addresses import AddressParser, Gazetteer, ParsedAddress
    from ..locating import GridIndex

_lock = threading.Lock()
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
# Names and figures of the present edition, and the compounds of as many different scopes as ask.
_MOST_KEPT = 64
_MOST_COMPOUNDS = 200_000


def edition() -> int:
    """The number of the present edition of regions and grids; 0 before any was loaded."""
    found = prepared.row("SELECT number FROM places_edition ORDER BY id LIMIT 1")
    return found[0] if found else 0


def gazetteer(compounds: bool = True) -> Gazetteer:
    """The names of the district as loaded, with the compounds the acting one may see.

    Compounds that only an import made are left out: they would read the next text otherwise than the one they come
    from. Before any district is loaded, the names of the packaged one.
    """
    from ..addresses import Gazetteer

    number = edition()
    base: Gazetteer = _keep("names", (_database(), number), lambda: Gazetteer(loaded_package() or packaged()))
    if not compounds:
        return base
    key = (_database(), number, scope.current().areas, *_compounds_stamp())
    widened: Gazetteer = _keep("compounds", key, lambda: base.with_compounds(_homes()))
    return widened


def address_parser(compounds: bool = True) -> AddressParser:
    """A parser over `gazetteer(compounds)`."""
    from ..addresses import AddressParser

    return AddressParser(gazetteer(compounds))


def parse_address(text: str, within: str = "") -> ParsedAddress:
    """One address as people write it, taken apart; `within` is the area it is taken to lie in where it says nothing."""
    return address_parser().parse(text, within)


def grid_index() -> GridIndex:
    """The grids of the district, ready to be asked for positions; villages where no grids are known."""
    return _keep("grids", (_database(), edition()), _grid_index)  # type: ignore[no-any-return]


def locate_many(lon: ArrayLike, lat: ArrayLike, datum: Datum | str = Datum.WGS84) -> NDArray[np.str_]:
    """Positions in degrees to grid codes; an empty text beyond the district or for NaN."""
    return grid_index().locate(lon, lat, datum)


def area_of(frame: pl.DataFrame, lon: str = "lon", lat: str = "lat", datum: Datum | str = Datum.WGS84) -> pl.Series:
    """The grid code of each row's position as a text column; null where there is none."""
    import polars as pl

    x, y = (frame[c].cast(pl.Float64).fill_null(float("nan")).to_numpy() for c in (lon, lat))
    codes = pl.Series("area_code", locate_many(x, y, datum).astype(object), dtype=pl.String)
    return codes.replace("", None)


def kept(name: str, make: Callable[[], Any]) -> Any:
    """What was made of the present edition's regions and grids, made now if it is not kept. One small query."""
    return _keep(name, (_database(), edition()), make)


def _keep(name: str, key: Any, make: Callable[[], Any]) -> Any:
    """What was made for `key`, made now if it is not kept; the longest unused goes first."""
    with _lock:
        if (name, key) in _kept:
            _kept.move_to_end((name, key))
            return _kept[name, key]
    made = make()
    with _lock:
        _kept[name, key] = made
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return made


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _compounds_stamp() -> tuple[int, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(created_at) FROM places_compound WHERE source <> %s", [Compound.FROM_INTAKE]
        )
        count, newest = cursor.fetchone()
    return int(count), newest


def _homes() -> Sequence[Any]:
    from ..addresses import Home

    homes = []
    vouched = Compound.objects.exclude(source=Compound.FROM_INTAKE).order_by("id")
    for name, village, aliases in vouched.values_list("name", "village_code", "aliases")[:_MOST_COMPOUNDS]:
        homes += [Home(name, village), *(Home(alias, village, official=name) for alias in aliases if alias != name)]
    return homes


def compound_grids() -> pl.DataFrame:
    """The compounds that lie in a single grid: `village_code`, `compound` (every name), `grid`, `from_intake`."""
    import polars as pl

    placed = Compound.objects.annotate(size=Length("area_code")).filter(size=GRID_LENGTH).order_by("id")
    rows = placed.values_list("village_code", "name", "aliases", "area_code", "source")[:_MOST_COMPOUNDS]
    named = [
        (village, name, grid, source == Compound.FROM_INTAKE)
        for village, own, aliases, grid, source in rows
        for name in (own, *aliases)
    ]
    schema = {"village_code": pl.String, "compound": pl.String, "grid": pl.String, "from_intake": pl.Boolean}
    # A name that two compounds of a village bear tells no grid.
    return pl.DataFrame(named, schema=schema, orient="row").unique(["village_code", "compound"], keep="none")


def loaded_package() -> DistrictPackage | None:
    """The loaded district in the form packages have, boundary included; None where none is loaded."""
    regions = list(Region.objects.filter(valid_to=None).order_by("code"))
    top = next((r for r in regions if r.level == "district"), None)
    if top is None:
        return None
    about = top.about
    district = District(
        top.code,
        top.name,
        about.get("short") or top.short_name,
        top.kind,
        tuple(about.get("above", ())),
        tuple(about.get("neighbours", ())),
        top.valid_from.isoformat() if top.valid_from else "",
        about.get("foreign_scheme", ""),
    )
    towns = tuple(Town(r.code, r.name, r.kind, hint=_hint(r)) for r in regions if r.level == "town")
    villages = tuple(
        Village(r.code, r.name, r.short_name, r.kind, weight=r.weight) for r in regions if r.level == "village"
    )
    current = {r.code for r in regions}
    aliases = tuple(
        Alias(a.code, a.alias, a.kind) for a in RegionAlias.objects.order_by("code", "alias") if a.code in current
    )
    return DistrictPackage(district, towns, villages, aliases, _boundary(top.code))


def _hint(region: Region) -> tuple[float, float] | None:
    if region.hint_lon is None or region.hint_lat is None:
        return None
    return region.hint_lon, region.hint_lat


def _boundary(code: str) -> dict[str, Any] | None:
    wkb = RegionShape.objects.filter(code=code).values_list("geometry", flat=True).first()
    if wkb is None:
        return None
    from shapely import from_wkb
    from shapely.geometry import mapping

    return dict(mapping(from_wkb(bytes(wkb))))


def _grid_index() -> GridIndex:
    import shapely

    from ..locating import GridIndex

    rows = list(Grid.objects.filter(valid_to=None).order_by("code").values_list("code", "geometry"))
    return GridIndex([code for code, _ in rows], shapely.from_wkb([bytes(g) for _, g in rows]))
