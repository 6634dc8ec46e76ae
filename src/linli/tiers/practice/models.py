"""Tables of good practice: the card, the metrics it speaks of, its photos."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from ..recognitions.models import Recognition
from ..rules import TIERS
from .rules import CERTAINTIES, SCENARIOS, STATES


class PracticeCard(models.Model):
    """What a community did that others may learn from (案例卡). Seen in its own area as a draft, by all once it is
    published; `submitted` is a draft that waits for who publishes.

    Texts are empty, `cost` (CNY) is None where nobody knows. `parts` is what it took, without makers: [name, quantity, unit,
    note], never filtered by. `tier` is the one it served, empty for any. `before_on` and `after_on` are the days its figures are
    read at. `contact_unit` and `contact_post` name a post, never a person. `certainty`: `official` (said by an authority, in
    `source`), `own` (as its community says), `synthetic` (演示). `key` is that of a card that comes with the program.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.TextField(db_collation="C", unique=True, null=True)
    area_code = AreaCodeField()
    state = models.TextField(default="draft")
    version = models.IntegerField(default=1)
    title = models.TextField()
    scenario = models.TextField()
    tier = models.TextField(default="")
    problem = models.TextField(default="")
    done = models.TextField(default="")
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    cost_note = models.TextField(default="")
    parts = models.JSONField(default=list)
    honours = models.TextField(default="")
    recognition_id: UUID | None
    recognition = models.ForeignKey(Recognition, on_delete=models.SET_NULL, null=True, related_name="+")
    contact_unit = models.TextField(default="")
    contact_post = models.TextField(default="")
    before_on = models.DateField(null=True)
    after_on = models.DateField(null=True)
    source = models.TextField(default="")
    said_on = models.DateField(null=True)
    certainty = models.TextField(default="own")
    withdrawn_reason = models.TextField(default="")
    created_at = models.DateTimeField()
    created_by = models.TextField()
    created_by_name = models.TextField(default="")
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")
    published_at = models.DateTimeField(null=True)
    published_by_name = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_practice_card"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="practice_state"),
            models.CheckConstraint(condition=models.Q(scenario__in=SCENARIOS), name="practice_scenario"),
            models.CheckConstraint(condition=models.Q(tier__in=("", *TIERS)), name="practice_tier"),
            models.CheckConstraint(condition=models.Q(certainty__in=CERTAINTIES), name="practice_certainty"),
            models.CheckConstraint(condition=models.Q(cost=None) | models.Q(cost__gte=0), name="practice_cost"),
        ]
        indexes = [models.Index(fields=["area_code", "-id"], name="practice_of")]


class PracticeMetric(models.Model):
    """A metric that a card says was moved. What it moved from and to is read from assessments; `stated_before` and `stated_after`
    are what its author states beside that, told apart everywhere. `published` follows its card, for whom the row is."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    card_id: UUID
    card = models.ForeignKey(PracticeCard, on_delete=models.CASCADE, related_name="metrics")
    area_code = AreaCodeField()
    published = models.BooleanField(default=False)
    position = models.SmallIntegerField()
    metric = models.TextField(db_collation="C")
    stated_before = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    stated_after = models.DecimalField(max_digits=14, decimal_places=4, null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_practice_metric"
        constraints = [models.UniqueConstraint(fields=["card", "metric"], name="practice_metric_once")]
        indexes = [models.Index(fields=["metric"], name="practice_metric")]


class PracticePhoto(models.Model):
    """A photo of a card, written anew: JPEG without metadata; where and when it was taken is not kept at all.

    Kept encrypted (`kernel.files`) under `id`, small under `small_id`. `published` follows its card.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    card = models.ForeignKey(PracticeCard, on_delete=models.CASCADE, related_name="photos")
    area_code = AreaCodeField()
    published = models.BooleanField(default=False)
    caption = models.TextField(default="")
    small_id = models.UUIDField(null=True)
    width = models.IntegerField()
    height = models.IntegerField()
    size = models.IntegerField()
    sha256 = models.TextField(db_collation="C")
    added_at = models.DateTimeField()
    added_by = models.TextField()
    added_by_name = models.TextField(default="")
    removed_at = models.DateTimeField(null=True)
    removed_by_name = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "tiers"
        db_table = "tiers_practice_photo"
