"""Tables of the catalogue of forms. They hold no data of anybody's but who entered, changed and decided."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.ids import uuid7


class Form(models.Model):
    """A form (台账 or 报表) that somebody asks the villages for; shared by the district.

    `issuer_id` is the unit that issues it (None: an office without accounts, told by `issuer_name`). Whether it may be
    asked for is computed from `state` and the days (`rules.status`): approved and not past `approved_until` nor
    `valid_until`, each the last day on which it holds. `version` is that of the row; `current` the number of the
    version of its template that is used now.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    class Cycle(models.TextChoices):
        ONCE = "once"
        MONTH = "month"
        QUARTER = "quarter"
        HALF_YEAR = "half_year"
        YEAR = "year"
        DEMAND = "demand"

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.TextField()
    issuer_id = models.UUIDField(null=True)
    issuer_name = models.TextField()
    legal_basis = models.TextField()
    basis_number = models.TextField(default="")
    cycle = models.TextField()
    valid_until = models.DateField(null=True)
    note = models.TextField(default="")
    state = models.TextField(default=State.PROPOSED)
    approval_number = models.TextField(default="")
    approved_until = models.DateField(null=True)
    current = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()
    changed_by_name = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "intake"
        db_table = "intake_form"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "issuer_name"],
                condition=~models.Q(state="withdrawn"),
                name="form_once",
            )
        ]


class FormVersion(models.Model):
    """A template of a form with what fills it. A version never changes: another upload or binding is a further one.

    `file_id` is the workbook, kept encrypted (`kernel.files`). `layout`: what was recognised in it. `binding` is in the
    documented form (`ledgers.binding`), its condition among it. `asks`: what it asks of each row, a field's name or
    `column:…` where no field fills the column; running numbers and constants are not asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    file_id = models.UUIDField()
    filename = models.TextField()
    size = models.IntegerField()
    sha256 = models.TextField()
    subject = models.TextField()
    layout = models.JSONField()  # {"sheets": […], "columns": […], "form": bool, "notes": […]}
    binding = models.JSONField()
    asks = ArrayField(models.TextField(), default=list)
    note = models.TextField(default="")
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "intake"
        db_table = "intake_form_version"
        constraints = [models.UniqueConstraint(fields=["form", "number"], name="form_version_once")]


class FormDecision(models.Model):
    """That a form was proposed, approved, refused or withdrawn (准入审批), by whom, under which number and why."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="decisions")
    state = models.TextField()
    number = models.TextField(default="")
    until = models.DateField(null=True)
    reason = models.TextField(default="")
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "intake"
        db_table = "intake_form_decision"
