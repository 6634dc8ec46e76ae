"""Where compounds and buildings lie that imports made: in the grid in which all their dwellings lie, else in their village.

A pure function of the dwellings, whose own areas do not change: undoing a batch computes it again.
"""

from __future__ import annotations

from typing import Literal

from linli.kernel.areas import GRID_LENGTH
from linli.places.models import Building, Compound

from . import stage

Thing = Literal["compound", "building"]


def settle(thing: Thing, ids: str, params: dict[str, object] | None = None) -> int:
    """Place the compounds or buildings whose ids a query gives; returns how many moved."""
    source = {"compound": Compound.FROM_INTAKE, "building": Building.FROM_INTAKE}[thing]
    return stage.run(
        f"""
        UPDATE places_{thing} c SET area_code = n.area_code
        FROM (
            SELECT d.{thing}_id, CASE WHEN min(d.area_code) = max(d.area_code)
                                        AND length(min(d.area_code)) = {GRID_LENGTH}
                                       THEN min(d.area_code) ELSE min(d.village_code) END AS area_code
            FROM places_dwelling d WHERE d.{thing}_id IN ({ids}) GROUP BY d.{thing}_id
        ) n
        WHERE c.id = n.{thing}_id AND c.source = '{source}' AND c.area_code <> n.area_code
        """,
        params,
    )
