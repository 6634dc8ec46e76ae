"""The table of who looks at which waiting row."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.scoped import ScopedQuerySet


class ReviewAssignment(models.Model):
    """That somebody is to decide on a waiting row. It goes with the decision: nothing is kept of who was to do what."""

    record_id = models.UUIDField(primary_key=True)
    area_code = AreaCodeField()  # of the row
    account_id = models.TextField()
    assigned_by = models.TextField()
    assigned_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_review_assignment"
        indexes = [models.Index(fields=["account_id"], name="review_assigned")]
