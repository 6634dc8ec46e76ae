"""Names of areas by code, for every room (through `kernel.area_names`)."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import Grid, Region


def names_of(codes: list[str]) -> Mapping[str, str]:
    """The short names of regions and grids; codes nobody knows are left out. Two queries at most."""
    found = dict(Region.objects.filter(code__in=[c for c in codes if len(c) < 15]).values_list("code", "short_name"))
    if grids := [c for c in codes if len(c) == 15]:
        found.update(Grid.objects.filter(code__in=grids).values_list("code", "name"))
    return found
