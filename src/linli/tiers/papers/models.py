"""The table of papers that were issued."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..applying.models import Application


class KeptPaper(models.Model):
    """What a paper said when its step was taken: added, never changed. `version` is the application's after the step; where a step is
    taken again, the last one holds. `content` is the document as JSON (`document.kept`)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="kept_papers")
    version = models.IntegerField()
    kind = models.TextField()
    content = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_kept_paper"
        constraints = [models.UniqueConstraint(fields=["application", "kind", "version"], name="kept_paper_once")]
