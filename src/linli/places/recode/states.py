"""From rows to the pure base of `rules`, and to what a recode remembers of regions, names, outlines and grids."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any, Final

from django.core import serializers
from django.db import models

from ..models import ForeignCode, Grid, Region, RegionAlias, RegionShape
from .rules import Area, Base

#: The reference tables a recode writes, each told by the code in it.
TABLES: Final[tuple[type[models.Model], ...]] = (Region, RegionShape, RegionAlias, ForeignCode, Grid)


def base(district: str) -> Base:
    """Regions and grids of the district, ended ones too. Two queries."""
    inside = {"code__startswith": district}
    columns = ("code", "short_name", "name", "kind", "valid_to", "valid_from", "successor")
    regions = {
        code: Area(code, short, name, kind, until is None, since, successor)
        for code, short, name, kind, until, since, successor in Region.objects.filter(**inside).values_list(*columns)
    }
    grids = Grid.objects.filter(**inside).values_list("code", "valid_to")
    return Base(district, regions, {code: until is None for code, until in grids})


def keep(codes: Collection[str]) -> list[dict[str, Any]]:
    """Every reference row of the codes, as JSON that `restore` understands. Five queries."""
    rows = [row for table in TABLES for row in table._default_manager.filter(code__in=codes).order_by("pk")]
    kept: list[dict[str, Any]] = json.loads(serializers.serialize("json", rows))
    return kept


def restore(kept: Iterable[dict[str, Any]], codes: Collection[str], made: Collection[str]) -> None:
    """Bring the reference rows of `codes` back as they were kept. Codes in `made` had none; their regions and grids stay.

    Names and numbers that came since go with their area, and are the caller's business before.
    """
    RegionShape.objects.filter(code__in=codes).delete()
    RegionAlias.objects.filter(code__in=codes).delete()
    ForeignCode.objects.filter(code__in=codes).delete()
    stay = set(made)
    Region.objects.filter(code__in=[c for c in codes if c not in stay]).delete()
    Grid.objects.filter(code__in=[c for c in codes if c not in stay]).delete()
    for entry in serializers.deserialize("python", kept):
        entry.save()
