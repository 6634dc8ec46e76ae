"""The table of daily pictures."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.scoped import ScopedQuerySet


class QualityDay(models.Model):
    """How good the data of an area were on a day: of the golden records (`source_code` empty), or of one source's
    statements. Counts only, and none of areas with so few people that a count would tell of one.

    `figures` holds, by code of the indicator, [failing, of, version of the definition].
    """

    id = models.CompositePrimaryKey("area_code", "source_code", "day")
    area_code = AreaCodeField()
    source_code = models.TextField()
    day = models.DateField()
    figures = models.JSONField()
    measured_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "registry_quality_day"
        indexes = [models.Index(fields=["day"], name="quality_day")]
