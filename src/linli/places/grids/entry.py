"""Between the API and the rules: operations as they are typed, previews as they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from linli.kernel.errors import FieldProblem, Invalid, Text

from ..cells import area_m2
from . import api, rules
from .problems import tell
from .rules import GridState, Operation, Plan

if TYPE_CHECKING:
    from linli.kernel.area_columns import Counted

    from .actions import Preview
    from .importing import ImportPreview
    from .tiling import Trouble

_MISSING = Text("缺少这一步所需的内容。", "This step lacks something it needs.")


def operations_of(given: Sequence[api.OperationIn]) -> list[Operation]:
    """Operations as the rules take them. Raises Invalid with the step that lacks something."""
    return [_operation(step, f"operations.{i}") for i, step in enumerate(given)]


def _operation(step: api.OperationIn, place: str) -> Operation:
    match step.op:
        case "draw" if step.figure is not None:
            return rules.Draw(polygon(step.figure), step.name, step.kind or rules.KINDS[0], step.carve)
        case "split" if step.grid and step.line is not None:
            line = LineString([point[:2] for point in step.line.coordinates])
            return rules.Split(step.grid, line, tuple(step.names))
        case "merge" if step.grids:
            return rules.Merge(tuple(step.grids), step.name)
        case "rename" if step.grid and (step.name.strip() or step.kind):
            return rules.Rename(step.grid, step.name, step.kind)
        case "close" if step.grid:
            return rules.Close(step.grid, step.into)
    raise Invalid(fields=(FieldProblem(place, "required", _MISSING),))


def polygon(figure: api.PolygonIn) -> BaseGeometry:
    """A polygon as typed; rings are closed where they are not."""
    shell, *holes = [[point[:2] for point in ring] for ring in figure.coordinates]
    return Polygon(shell, holes)


def preview_out(found: Preview, language: str) -> api.GridPreviewOut:
    """A preview in the words of the reader."""
    plan = found.plan
    grids = [_grid_out(plan, grid) for _, grid in sorted(plan.after.items())] if plan else []
    return api.GridPreviewOut(
        stamp=found.stamp,
        troubles=_troubles_out(found.troubles, language),
        grids=grids,
        ended=list(plan.ended) if plan else [],
        heirs={old: list(new) for old, new in plan.heirs.items()} if plan else {},
        effect=_effect_out(found.counts, language),
    )


def import_preview_out(found: ImportPreview, language: str) -> api.BoundariesPreviewOut:
    """A preview of an import in the words of the reader."""
    return api.BoundariesPreviewOut(
        troubles=_troubles_out(found.troubles, language),
        outlines=list(found.outlines),
        grids=[_grid_out(plan, grid) for plan in found.plans for _, grid in sorted(plan.after.items())],
        ended=[code for plan in found.plans for code in plan.ended],
        effect=_effect_out(found.counts, language),
    )


def _troubles_out(troubles: Sequence[Trouble], language: str) -> list[api.GridTroubleOut]:
    told = [tell(trouble, language) for trouble in troubles]
    return [api.GridTroubleOut(code=t.code, message=t.message, place=t.place) for t in told]


def _effect_out(counts: Sequence[Counted], language: str) -> list[api.GridEffectOut]:
    return [
        api.GridEffectOut(
            name=c.name, label=c.label.say(language), open_work=c.open_work, old=c.old, new=c.new, count=c.count
        )
        for c in counts
    ]


def _grid_out(plan: Plan, grid: GridState) -> api.GridAfterOut:
    kinds = (("added", plan.added), ("redrawn", plan.redrawn), ("renamed", plan.renamed))
    return api.GridAfterOut(
        code=grid.code,
        name=grid.name,
        kind=grid.kind,
        state=next((state for state, codes in kinds if grid.code in codes), "kept"),
        area_m2=round(area_m2(grid.figure)),
        geometry=dict(mapping(shapely.set_precision(grid.figure, 1e-7))),
    )
