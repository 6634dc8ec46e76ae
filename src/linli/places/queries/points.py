"""Compounds and buildings as points of the map. Where nobody knows the position, a place inside the grid or village
stands for it."""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import Any

from linli.kernel.actors import Actor

from ..models import Building, Compound, Grid, RegionShape
from ..permissions import VIEW

_MOST = 20_000
# The angle that keeps points on a spiral apart however many there are, and metres in a degree of latitude.
_GOLDEN = pi * (3 - sqrt(5))
_DEGREE = 111_320
# Of the radius a figure would have as a circle: points so near its middle hardly ever leave it.
_INNER = 0.45


def place_points(actor: Actor, model: type[Compound] | type[Building], area: str | None = None) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of the compounds or buildings in the actor's areas; three queries.

    `inferred` is true where the position is not the place's own: then it only says in which grid or village it lies,
    and is to be shown as 示意.
    """
    rows = list(
        model.objects.restrict(actor, VIEW, area)
        .order_by("area_code", "name", "id")
        .values_list("id", "name", "area_code", "kind", "lon", "lat")[:_MOST]
    )
    around = _middles({code for _, _, code, _, lon, _ in rows if lon is None})
    serial: dict[str, int] = {}
    features = []
    for identifier, name, code, kind, lon, lat in rows:
        inferred = lon is None or lat is None
        if lon is None or lat is None:
            middle = around.get(code)
            if middle is None:
                continue
            serial[code] = serial.get(code, -1) + 1
            lon, lat = _beside(middle, serial[code])
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "id": str(identifier), "name": name, "area_code": code, "kind": kind, "inferred": inferred,
                },
                "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
            }
        )  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _middles(codes: set[str]) -> dict[str, tuple[float, float, float]]:
    """A point inside each grid or village, and the radius (metres) of a circle as large as a grid."""
    grids = Grid.objects.filter(code__in=codes).values_list("code", "lon", "lat", "area_m2")
    found = {code: (lon, lat, sqrt(area / pi)) for code, lon, lat, area in grids}
    villages = RegionShape.objects.filter(code__in=codes - found.keys()).values_list("code", "lon", "lat")
    return found | {code: (lon, lat, 250.0) for code, lon, lat in villages}


def _beside(middle: tuple[float, float, float], serial: int) -> tuple[float, float]:
    """The place of the compound number `serial` around a point: a spiral, the same at every look."""
    lon, lat, radius = middle
    away = _INNER * radius * min(1.0, sqrt(serial / 24))
    angle = serial * _GOLDEN
    return lon + away * cos(angle) / (_DEGREE * cos(radians(lat))), lat + away * sin(angle) / _DEGREE
