"""Tables of custom fields and what is stated of people in them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class CustomField(models.Model):
    """A fact about people that a form asks for and the standards' fields do not hold (`registry.fields` has those).

    Shared by the district: another form that asks for the same name and kind uses it too. `owner_id` is the unit that
    answers for it (None: an office without accounts, told by `owner_name`). A `sensitive` one is kept encrypted and
    shown masked; `owner_only` ones are told to the owner's unit alone. `version` rises with each change.
    """

    class Kind(models.TextChoices):
        TEXT = "text"
        INTEGER = "integer"
        DECIMAL = "decimal"
        DATE = "date"
        BOOLEAN = "boolean"
        CHOICE = "choice"

    id = models.UUIDField(primary_key=True, default=uuid7)
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    kind = models.TextField()
    choices = ArrayField(models.TextField(), default=list)  # of a choice: its values, in their order
    owner_id = models.UUIDField(null=True)
    owner_name = models.TextField()
    measure = models.TextField(default="")  # the unit of measure: 元, 平方米
    note = models.TextField(default="")
    sensitive = models.BooleanField(default=False)
    owner_only = models.BooleanField(default=False)
    version = models.IntegerField(default=1)
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "registry"
        db_table = "registry_custom_field"
        constraints = [
            models.UniqueConstraint(
                fields=["name_zh", "kind"], condition=models.Q(retired_at=None), name="custom_field_once"
            )
        ]


class CustomValue(models.Model):
    """What somebody stated of a person in a custom field, and when it was so. The latest statement is the value.

    A row is a statement and stays; without a value it says that there is none. `value` is the normal form of the
    field's kind (`rules.normal`), `sealed` the ciphertext where the field is sensitive. `area_code` is the person's and
    follows it; `stated_area` is where the person was managed then. `origin` names the record or action: `hand`,
    `round:…`. Whose statements these are after a join or split is carried as those of relations are.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    area_code = AreaCodeField()
    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, db_index=False)
    value = models.TextField(null=True)
    sealed = models.BinaryField(null=True)
    source_code = models.TextField()
    observed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    reason = models.TextField(default="")
    origin = models.TextField(default="hand")
    request_id = models.TextField(default="")
    stated_area = AreaCodeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "registry"
        db_table = "registry_custom_value"
        indexes = [
            models.Index(
                fields=["person_id", "field", "-observed_on", "-recorded_at", "-id"], name="custom_value_latest"
            ),
            models.Index(fields=["area_code", "field"], name="custom_value_area"),
            models.Index(fields=["field"], name="custom_value_field"),
        ]
