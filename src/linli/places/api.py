"""The API of places: the tree of areas, search, map layers, addresses and positions."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from linli.kernel.coordinates import Datum
from linli.kernel.http import actor_of, require, signed_in

from . import queries
from .grids.api import router as grids
from .permissions import VIEW
from .recode.api import router as recodes

router = Router(tags=["places"])
router.add_router("", grids)
router.add_router("", recodes)

Code = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$", description="区划或网格代码，6、9、12 或 15 位")]


class AreaOut(Schema):
    """One area of the tree; `villages` and `grids` count what lies below it."""

    code: str
    level: str
    kind: str
    name: str
    short_name: str
    parent_code: str | None = None
    villages: int = 0
    grids: int = 0
    synthetic: bool = False
    valid_to: str | None = None
    path: str = ""


class AreaDetailOut(Schema):
    """An area with the areas it lies in (widest first, itself last), those below it, and its other names.

    `became` is what a code that is no more became; null for one that stands.
    """

    area: AreaOut
    breadcrumb: list[AreaOut]
    children: list[AreaOut]
    aliases: list[str]
    became: AreaNameOut | None = None


class AddressOut(Schema):
    """An address taken apart; `village_code` is empty where it is not sure, and `alternatives` says what it may be."""

    town_code: str
    village_code: str
    road: str
    door: str
    compound: str
    building: str
    unit: str
    floor: str
    room: str
    standard: str
    confidence: float
    reason: str
    alternatives: list[AreaNameOut]


class AreaNameOut(Schema):
    """A code with the name people know it by."""

    code: str
    name: str


class LocatedOut(Schema):
    """Where a position lies: the grid and what contains it, widest first; empty beyond the district."""

    code: str
    areas: list[AreaNameOut]
    lon: float
    lat: float


AddressOut.model_rebuild()
AreaDetailOut.model_rebuild()


@router.get("/areas", response=list[AreaOut], auth=signed_in, summary="下级区划 / Areas below one")
def list_areas(request: HttpRequest, parent: Code | None = None) -> list[queries.AreaRow]:
    """The areas right below `parent`; the district without it."""
    return queries.children(actor_of(request), parent)


@router.get("/areas/search", response=list[AreaOut], auth=signed_in, summary="查找区划 / Find areas")
def search_areas(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=50)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[queries.AreaRow]:
    """Areas by part of a name or alias, by pinyin or its initials, or by the beginning of a code."""
    return queries.search_areas(actor_of(request), q, limit)


@router.get("/areas/{code}", response=AreaDetailOut, auth=signed_in, summary="区划详情 / One area")
def get_area(request: HttpRequest, code: Annotated[str, Path(max_length=15)]) -> queries.AreaDetail:
    """One area, what it lies in and what lies below it."""
    return queries.area_detail(actor_of(request), code)


@router.get("/map/{layer}.geojson", auth=require(VIEW), summary="地图图层 / A layer of the map")
def get_layer(request: HttpRequest, layer: str, area: Code | None = None) -> HttpResponse:
    """GeoJSON in WGS-84: `district`, `towns`, `villages` for all of the district; `grids`, `compounds`, `buildings`
    within one's areas. Outlines come compressed where the browser takes that, and not at all where it has them (ETag)."""
    drawn = queries.layer(actor_of(request), layer, area)
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    if request.headers.get("If-None-Match") == drawn.mark:
        answer = HttpResponse(status=304)
    else:
        answer = HttpResponse(drawn.packed if packs else drawn.plain, content_type="application/geo+json")
        if packs:
            answer["Content-Encoding"] = "gzip"
    answer["ETag"], answer["Cache-Control"], answer["Vary"] = drawn.mark, "private, no-cache", "Accept-Encoding"
    return answer


@router.get("/address/parse", response=AddressOut, auth=require(VIEW), summary="地址解析 / Read an address")
def parse_address(
    request: HttpRequest,
    text: Annotated[str, Query(max_length=300)],
    within: Code | None = None,
) -> AddressOut:
    """Take an address as people write it apart; `within` is the area it is taken to lie in where it names none."""
    parsed = queries.parse_address(text, within or "")
    names = queries.names_of(list(parsed.alternatives))
    towns = queries.names_of([code[:9] for code in parsed.alternatives])
    labels = [
        AreaNameOut(code=c, name=names.get(c, c) if len(c) <= 9 else towns.get(c[:9], "") + names.get(c, c))
        for c in parsed.alternatives
    ]
    return AddressOut(
        **{name: getattr(parsed, name) for name in AddressOut.model_fields if name != "alternatives"},
        alternatives=labels,
    )


@router.get("/locate", response=LocatedOut, auth=require(VIEW), summary="坐标定位 / Which grid a position lies in")
def locate(
    request: HttpRequest,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    datum: Datum = Datum.WGS84,
) -> LocatedOut:
    """The grid of a position given in WGS-84, CGCS2000, GCJ-02 or BD-09; answered in WGS-84."""
    from linli.kernel import areas
    from linli.kernel.coordinates import to_wgs84

    code = str(queries.locate_many(lon, lat, datum)[0])
    x, y = to_wgs84(lon, lat, datum)
    chain = areas.ancestors(code) if code else ()
    names = queries.names_of(list(chain))
    where = [AreaNameOut(code=c, name=names.get(c, c)) for c in chain]
    return LocatedOut(code=code, areas=where, lon=round(float(x), 7), lat=round(float(y), 7))
