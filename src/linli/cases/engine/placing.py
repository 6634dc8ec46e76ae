"""Where a case lies: from a click, an area chosen, or an address as people write it, to one area code."""

from __future__ import annotations

from dataclasses import dataclass

from linli.kernel import area_names, areas
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.places.models import Grid, Region
from linli.places.queries.lookup import locate_many, parse_address

from .problems import OutsideDistrict

#: Two metres: nearer to the line than people click and positions are measured.
NEAR = 0.00002
_AROUND = (
    (0, 0),
    (NEAR, 0),
    (-NEAR, 0),
    (0, NEAR),
    (0, -NEAR),
    (NEAR, NEAR),
    (-NEAR, -NEAR),
    (NEAR, -NEAR),
    (-NEAR, NEAR),
)
NOWHERE = Text(
    "请在地图上选点、选择村居或网格，或写明能识别的地址。",
    "Choose a place on the map, a village or grid, or write an address.",
)
UNKNOWN_AREA = Text("没有这个村居或网格。", "There is no such village or grid.")
TOO_WIDE = Text("请选择到村居或网格。", "Choose a village or a grid.")
HALF = Text("经度和纬度要一起填写。", "Longitude and latitude go together.")
ELSEWHERE = Text("选点不在所选区域内，请核对。", "The place on the map does not lie in the area chosen; please check.")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a case. `on_border`: the position lies on the line between grids; the lower code was taken."""

    area_code: str
    text: str = ""
    lon: float | None = None
    lat: float | None = None
    on_border: bool = False


def settle(text: str = "", area: str | None = None, lon: float | None = None, lat: float | None = None) -> Place:
    """The place that is meant. A position tells the grid; without one the area counts, without that the address.

    Raises OutsideDistrict, and Invalid where nothing says where it is or two things contradict each other.
    """
    text = text.strip()
    if (lon is None) != (lat is None):
        raise Invalid(fields=(FieldProblem("lon", "half", HALF),))
    if lon is not None and lat is not None:
        found = [str(code) for code in locate_many([lon + x for x, _ in _AROUND], [lat + y for _, y in _AROUND])]
        if not found[0]:
            raise OutsideDistrict(fields=(FieldProblem("lon", "outside", OutsideDistrict.text),))
        if area and not areas.contains(area, found[0]) and not areas.contains(found[0], area):
            raise Invalid(fields=(FieldProblem("area", "elsewhere", ELSEWHERE),))
        near = {code for code in found if len(code) == len(found[0])}  # beyond the district there is none
        return Place(min(near), text, lon, lat, len(near) > 1)
    if area:
        return Place(_standing(area), text)
    if text and (village := parse_address(text).village_code):
        return Place(village, text)
    raise Invalid(fields=(FieldProblem("place_text", "nowhere", NOWHERE),))


def _standing(code: str) -> str:
    """A village or grid that stands, by the code it goes by now."""
    if not areas.is_code(code):
        raise Invalid(fields=(FieldProblem("area", "unknown", UNKNOWN_AREA),))
    if areas.level(code) not in ("village", "grid"):
        raise Invalid(fields=(FieldProblem("area", "too_wide", TOO_WIDE),))
    now = area_names.present([code])[code]
    table = Grid if areas.level(now) == "grid" else Region
    if not table._default_manager.filter(code=now, valid_to=None).exists():
        raise Invalid(fields=(FieldProblem("area", "unknown", UNKNOWN_AREA),))
    return now
