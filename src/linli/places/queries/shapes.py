"""The map's layers as GeoJSON: district, towns and villages for everyone, grids and places within one's areas.

Outlines change with the edition of the reference data alone: what a scope gets is made once per edition and process,
simplified for the size it is looked at, and kept with its mark (ETag) both plain and compressed.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within

from ..models import Building, Compound, Grid, Region, RegionShape
from ..permissions import VIEW
from .lookup import kept
from .points import place_points

Layer = Literal["district", "towns", "villages", "grids"]
LAYERS: dict[str, int] = {"district": 6, "towns": 9, "villages": 12, "grids": 15}
POINTS: dict[str, type[Compound] | type[Building]] = {"compounds": Compound, "buildings": Building}
# Degrees (0.0001 is about 10 m). Figures that tile are simplified together, so that neighbours still share their edge.
_TOLERANCE = {"district": 0.0002, "towns": 0.0002, "villages": 0.0001}
# Grids by the length of the area they are looked at in: hundreds on one screen need no corner of a yard, and whoever
# edits those of a village gets them as they are.
_TOLERANCE_OF_GRIDS = {6: 0.0002, 9: 0.00005}
_DIGITS = {True: 5, False: 6}  # decimals of degrees: 1 m where simplified


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layer ready to be sent: as it is, compressed, and its mark."""

    plain: bytes
    packed: bytes
    mark: str


def layer(actor: Actor, name: str, area: str | None = None) -> Drawn:
    """A GeoJSON FeatureCollection of one layer, of the part inside `area` if it is given.

    Properties: code, name, kind, lon and lat of a label, `synthetic` (to be shown as 示意). Raises NotFound for an
    unknown layer. Grids outside the actor's areas are left out. One query where the outlines are kept, three else.
    """
    import orjson

    if name in POINTS:
        return _packed(orjson.dumps(place_points(actor, POINTS[name], area)))
    if name not in LAYERS:
        raise NotFound()
    held: tuple[str, ...] = ()
    if name == "grids":
        held = actor.areas_for(VIEW)
        held = areas.intersect(held, area_names.going_by(area)) if area is not None else held
    # Of grids it is the areas in sight that decide what is sent, of the others the area asked for.
    scope = ",".join(held) if name == "grids" else area or ""
    drawn: Drawn = kept(f"layer {name} {scope}", lambda: _packed(_draw(name, area, held)))
    return drawn


def _packed(content: bytes) -> Drawn:
    return Drawn(content, gzip.compress(content, 6, mtime=0), f'"{sha256(content).hexdigest()[:24]}"')


def _draw(name: str, area: str | None, held: tuple[str, ...]) -> bytes:
    import orjson

    rows = _grids(held) if name == "grids" else _regions(name, area)
    tolerance = _TOLERANCE.get(name, _TOLERANCE_OF_GRIDS.get(min(map(len, held), default=15), 0.0))
    figures = _simplified([bytes(r[-1]) for r in rows], tolerance)
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


def _grids(held: tuple[str, ...]) -> list[tuple[Any, ...]]:
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
    rounded = shapely.transform(figures, lambda xy: np.round(xy, _DIGITS[bool(tolerance)]))
    return [orjson.loads(text) for text in shapely.to_geojson(rounded)]
