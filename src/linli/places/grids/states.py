"""From rows to the pure village of `rules` and back, and to what a change remembers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from ..cells import area_m2
from ..models import Grid, Region, RegionShape
from .rules import GridState, Village


def villages(codes: Iterable[str]) -> dict[str, Village]:
    """Villages with their present grids, outline, and every serial ever used; unknown codes left out. Three queries."""
    asked = sorted(set(codes))
    names = dict(
        Region.objects.filter(code__in=asked, level="village", valid_to=None).values_list("code", "short_name")
    )
    outlines = dict(RegionShape.objects.filter(code__in=names).values_list("code", "geometry"))
    grids: dict[str, dict[str, GridState]] = {code: {} for code in names}
    serials: dict[str, set[int]] = {code: set() for code in names}
    for row in Grid.objects.filter(village_code__in=names).order_by("code"):
        serials[row.village_code].add(int(row.code[12:]))
        if row.valid_to is None:
            grids[row.village_code][row.code] = state_of(row)
    return {
        code: Village(
            code,
            name,
            grids[code],
            shapely.from_wkb(bytes(outlines[code])) if code in outlines else None,
            frozenset(serials[code]),
        )
        for code, name in names.items()
    }


def state_of(row: Grid) -> GridState:
    """A row as the rules see it."""
    return GridState(row.code, row.name, row.kind, shapely.from_wkb(bytes(row.geometry)), row.synthetic, row.source)


def row_of(state: GridState, since: date | None, until: date | None = None) -> Grid:
    """The row of a grid."""
    inside = state.figure.representative_point()
    return Grid(
        code=state.code,
        village_code=state.code[:12],
        name=state.name,
        kind=state.kind,
        geometry=shapely.to_wkb(state.figure),
        lon=inside.x,
        lat=inside.y,
        area_m2=round(area_m2(state.figure), 1),
        synthetic=state.synthetic,
        source=state.source,
        valid_from=since,
        valid_to=until,
    )


def stamp(village: Village) -> str:
    """What tells whether the grids of a village are still those somebody looked at."""
    mark = sha256()
    for code, grid in sorted(village.grids.items()):
        mark.update(f"{code}\x1f{grid.name}\x1f{grid.kind}\x1f".encode())
        mark.update(shapely.to_wkb(grid.figure))
    mark.update(shapely.to_wkb(village.outline) if village.outline is not None else b"")
    return mark.hexdigest()[:24]


def keep(rows: Iterable[Grid]) -> list[dict[str, Any]]:
    """Rows as a change remembers them."""
    return [
        {
            "code": r.code,
            "name": r.name,
            "kind": r.kind,
            "figure": bytes(r.geometry).hex(),
            "synthetic": r.synthetic,
            "source": r.source,
            "valid_from": r.valid_from.isoformat() if r.valid_from else None,
            "valid_to": r.valid_to.isoformat() if r.valid_to else None,
        }
        for r in rows
    ]


def kept(entry: Mapping[str, Any]) -> GridState:
    """A grid as a change remembers it."""
    figure = shapely.from_wkb(bytes.fromhex(entry["figure"]))
    return GridState(entry["code"], entry["name"], entry["kind"], figure, entry["synthetic"], entry["source"])


def shape_of(code: str, figure: BaseGeometry, synthetic: bool, source: str) -> RegionShape:
    """The row of an outline."""
    at = figure.representative_point()
    return RegionShape(
        code=code, geometry=shapely.to_wkb(figure), lon=at.x, lat=at.y, synthetic=synthetic, source=source
    )
