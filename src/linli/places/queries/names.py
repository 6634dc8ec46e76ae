"""Names of areas by code, for every room (through `kernel.area_names`)."""

from __future__ import annotations

from collections.abc import Mapping

from linli.kernel import prepared


def names_of(codes: list[str]) -> Mapping[str, str]:
    """The short names of regions and grids; codes nobody knows are left out. Two queries at most."""
    found: dict[str, str] = {}
    if regions := [c for c in codes if len(c) < 15]:
        found.update(prepared.rows("SELECT code, short_name FROM places_region WHERE code = ANY(%s)", [regions]))
    if grids := [c for c in codes if len(c) == 15]:
        found.update(prepared.rows("SELECT code, name FROM places_grid WHERE code = ANY(%s)", [grids]))
    return found
