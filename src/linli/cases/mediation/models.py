"""The table of records of mediation."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.ids import uuid7

from ..engine.models import Case


class Mediation(models.Model):
    """What was mediated between whom, and what it came to (调解登记、调解协议、履行回访); one for each round of a case.

    `round` is 0 up to the first reopening, and one more with each, as in evaluation: what a round came to stays as it was.

    `parties` is one ciphertext of all of them (JSON: side, name, phone, id_number, address); `summary`, `agreement` and `note`
    tell about them and are ciphertext as well. All four are destroyed when their time is over (retention). `agreed` None: it
    goes on. `fulfilled`, `followed_on`: whether the agreement was kept, as of a day. No replaced images are kept, so
    that what is destroyed is gone; who changed it when is in the change log.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    round = models.SmallIntegerField(default=0)
    kind = models.TextField()
    organisation = models.TextField(default="")
    mediators = ArrayField(models.TextField())
    held_at = models.DateTimeField()
    place = models.TextField()
    parties = models.BinaryField(null=True)  # ciphertext
    party_count = models.SmallIntegerField()
    summary = models.BinaryField(null=True)  # ciphertext
    agreed = models.BooleanField(null=True)
    form = models.TextField(default="")
    agreement = models.BinaryField(null=True)  # ciphertext
    fulfil_by = models.DateField(null=True)
    referred_to = models.TextField(default="")
    fulfilled = models.TextField(default="")
    followed_on = models.DateField(null=True)
    note = models.BinaryField(null=True)  # ciphertext
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    changed_by_name = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_mediation"
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="mediation_round"),
            models.CheckConstraint(condition=models.Q(form__in=("", "oral", "written")), name="mediation_form"),
            models.CheckConstraint(
                condition=models.Q(fulfilled="") | models.Q(fulfilled__in=("full", "part", "none"), agreed=True),
                name="mediation_fulfilled",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at"], condition=models.Q(parties__isnull=False), name="mediation_kept"),
        ]
