"""The map's layers as GeoJSON: district, towns and villages for everyone, grids and compounds within one's areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within

from ..models import Grid, Region, RegionShape
from ..permissions import VIEW
from .points import compound_points

Layer = Literal["district", "towns", "villages", "grids"]
LAYERS: dict[str, int] = {"district": 6, "towns": 9, "villages": 12, "grids": 15}
# Degrees. Figures that tile are simplified together, so that neighbours still share their edge.
_TOLERANCE = {"district": 0.0002, "towns": 0.0002, "villages": 0.0001, "grids": 0.0}


def layer(actor: Actor, name: str, area: str | None = None) -> bytes:
    """A GeoJSON FeatureCollection of one layer, of the part inside `area` if it is given; two queries.

    Properties: code, name, kind, lon and lat of a label, `synthetic` (to be shown as 示意). Raises NotFound for an
    unknown layer. Grids outside the actor's areas are left out.
    """
    import orjson

    if name == "compounds":
        return orjson.dumps(compound_points(actor, area))
    if name not in LAYERS:
        raise NotFound()
    rows = _grids(actor, area) if name == "grids" else _regions(name, area)
    figures = _simplified([bytes(r[-1]) for r in rows], _TOLERANCE[name])
    features = [
        {
            "type": "Feature",
            "id": int(code),
            "properties": {
                "code": code,
                "name": label,
                "kind": kind,
                "lon": round(lon, 6),
                "lat": round(lat, 6),
                "synthetic": synthetic,
            },
            "geometry": figure,
        }
        for (code, label, kind, lon, lat, synthetic, _), figure in zip(rows, figures, strict=True)
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features}, option=orjson.OPT_SERIALIZE_NUMPY)


def _regions(name: str, area: str | None) -> list[tuple[Any, ...]]:
    size = LAYERS[name]
    shapes = RegionShape.objects.order_by("code")
    if area is not None:
        # A layer wider than the area shows the one figure the area lies in.
        shapes = shapes.filter(within((area,), "code")) if len(area) <= size else shapes.filter(code=area[:size])
    found = [s for s in shapes.values_list("code", "lon", "lat", "synthetic", "geometry") if len(s[0]) == size]
    known = {
        code: (short, kind)
        for code, short, kind in Region.objects.filter(code__in=[s[0] for s in found], valid_to=None).values_list(
            "code", "short_name", "kind"
        )
    }
    return [(c, *known[c], lon, lat, synthetic, wkb) for c, lon, lat, synthetic, wkb in found if c in known]


def _grids(actor: Actor, area: str | None) -> list[tuple[Any, ...]]:
    held = actor.areas_for(VIEW)
    if area is not None:
        held = areas.intersect(held, area_names.going_by(area))
    if not held:
        return []
    grids = Grid.objects.filter(within(held, "code"), valid_to=None).order_by("code")
    return list(grids.values_list("code", "name", "kind", "lon", "lat", "synthetic", "geometry"))


def _simplified(wkb: Sequence[bytes], tolerance: float) -> list[dict[str, Any]]:
    import numpy as np
    import orjson
    import shapely

    if not wkb:
        return []
    figures = np.array(shapely.from_wkb(list(wkb)), dtype=object)
    if tolerance:
        figures = shapely.coverage_simplify(figures, tolerance)
    rounded = shapely.transform(figures, lambda xy: np.round(xy, 6))
    return [orjson.loads(text) for text in shapely.to_geojson(rounded)]
