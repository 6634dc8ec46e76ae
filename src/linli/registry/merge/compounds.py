"""Where compounds lie that imports made: in the grid in which all their dwellings lie, else in their village.

A pure function of the dwellings, whose own areas do not change: undoing a batch computes it again.
"""

from __future__ import annotations

from linli.kernel.areas import GRID_LENGTH
from linli.places.models import Compound

from . import stage


def settle(compounds: str, params: dict[str, object] | None = None) -> int:
    """Place the compounds whose ids a query gives; returns how many moved."""
    return stage.run(
        f"""
        UPDATE places_compound c SET area_code = n.area_code
        FROM (
            SELECT d.compound_id, CASE WHEN min(d.area_code) = max(d.area_code)
                                        AND length(min(d.area_code)) = {GRID_LENGTH}
                                       THEN min(d.area_code) ELSE min(d.village_code) END AS area_code
            FROM places_dwelling d WHERE d.compound_id IN ({compounds}) GROUP BY d.compound_id
        ) n
        WHERE c.id = n.compound_id AND c.source = '{Compound.FROM_INTAKE}' AND c.area_code <> n.area_code
        """,
        params,
    )
