"""Tables of matching inside the base: its store, parameters with their versions, and pairs somebody is asked about."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7


class MatchModel(models.Model):
    """Parameters of matching (`model.Model` as JSON: how often levels agree, nothing about a person), estimated from what
    sources state. The highest version holds; without any, what is assumed does."""

    version = models.IntegerField(primary_key=True)
    parameters = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        app_label = "registry"
        db_table = "registry_match_model"


class MatchThreshold(models.Model):
    """From a day on: how likely two must be one person to be put together, and to be asked about."""

    valid_from = models.DateField(primary_key=True)
    merge = models.FloatField()
    review = models.FloatField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        app_label = "registry"
        db_table = "registry_match_threshold"


class MatchProposal(models.Model):
    """That two may be one person: two people of the base, or a person and a row that waits (`record_id`).

    `lines` are the weights (`explain.as_json`: codes, no values), by the parameters of `model` (0: assumed). A row's pair
    gets its `other_id` when it is decided whose the row is: by somebody, or by its weights alone (`filing.BY_LIKENESS`), which are
    kept with the person it was put with. A decided pair is asked about again only when `facts_key`, a
    keyed hash of what both are compared by, is another. It is seen by whoever sees both. `assigned_to`: the account that is to
    decide on an open pair of people; it goes with the decision.
    """

    class State(models.TextChoices):
        OPEN = "open"
        JOINED = "joined"  # found to be one person
        APART = "apart"  # found to be two

    id = models.UUIDField(primary_key=True, default=uuid7)
    person_id = models.UUIDField()
    other_id = models.UUIDField(null=True)
    record_id = models.UUIDField(null=True)
    probability = models.FloatField()
    model = models.IntegerField()
    lines = models.JSONField()
    facts_key = models.BinaryField(null=True)
    state = models.TextField(default=State.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)
    assigned_to = models.TextField(null=True)
    reason = models.TextField(default="")

    class Meta:
        app_label = "registry"
        db_table = "registry_match_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "other_id"], condition=models.Q(record_id=None), name="match_proposal_pair"
            ),
            models.UniqueConstraint(
                fields=["record_id", "person_id"],
                condition=models.Q(record_id__isnull=False),
                name="match_proposal_record",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], condition=models.Q(record_id=None), name="match_proposal_list"),
            models.Index(fields=["person_id"], name="match_proposal_person"),
            models.Index(fields=["other_id"], name="match_proposal_other"),
        ]


class MatchKey(models.Model):
    """Under what somebody of the base is looked for by whoever may be the same: keyed hashes (`keys`), nothing in the clear.
    One row a person, a pure function of the golden record. `numbered`: has an identity number."""

    person_id = models.UUIDField(primary_key=True)
    area_code = AreaCodeField()  # the person's
    numbered = models.BooleanField()
    birth_surname = models.BigIntegerField(null=True)
    name_village = models.BigIntegerField(null=True)
    phone = models.BigIntegerField(null=True)

    class Meta:
        app_label = "registry"
        db_table = "registry_match_key"
        indexes = [
            models.Index(fields=["birth_surname", "numbered"], name="match_birth_surname"),
            models.Index(fields=["name_village", "numbered"], name="match_name_village"),
            models.Index(fields=["phone", "numbered"], name="match_phone"),
            models.Index(fields=["person_id"], condition=models.Q(numbered=False), name="match_unnumbered"),
        ]
