"""Tables of rounds: what was asked for, each area's return with its steps and frozen versions, and what was answered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

#: What of a return is counted.
FIGURES = ("rows", "blanks", "stale", "waiting")


class Round(models.Model):
    """That a form is asked for over an area (一次报送). What it asks is copied from the form's version when it is opened,
    so that later versions and bindings change nothing of it.

    `area_code` is the area asked and `top_code` the one that receives in the end: the district where somebody of the
    district asks, else the town that asks its own villages. `columns` are those of the template, in its order. `as_of`
    is the day ages are counted at. A value older than `fresh_days` is asked for again (None: what each field has).
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid7)
    form_id = models.UUIDField()
    form_version_id = models.UUIDField()
    form_number = models.IntegerField()
    form_name = models.TextField()
    issuer_name = models.TextField(default="")
    period = models.TextField()
    as_of = models.DateField()
    due_on = models.DateField()
    area_code = AreaCodeField()
    top_code = AreaCodeField()
    subject = models.TextField()
    columns = ArrayField(models.TextField(), default=list)
    binding = models.JSONField()
    template_id = models.UUIDField()
    template_name = models.TextField()
    template_sha256 = models.TextField()
    fresh_days = models.IntegerField(null=True)
    state = models.TextField(default=State.OPEN)
    opened_by = models.TextField()
    opened_by_name = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_round"
        constraints = [
            models.UniqueConstraint(
                fields=["form_id", "area_code", "period"], condition=models.Q(state="open"), name="round_open_once"
            )
        ]
        indexes = [models.Index(fields=["-due_on", "-id"], name="round_list")]


class Return(models.Model):
    """What one area sends up in a round (报送表): a village its people, a town those of its villages and the few known
    only to the town. `state` goes by `rules.TRANSITIONS`.

    `receiver_code` is the area it is sent to, the one above and no other. `place` is its own code at opening. `version`
    is the last frozen one (0: none yet), `accepted` the one that stands accepted. `rows`, `blanks`, `stale` and
    `waiting` (rows with a blank or stale value) are as last measured.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="returns", db_index=False)
    area_code = AreaCodeField()
    receiver_code = AreaCodeField()
    place = models.TextField()
    state = models.TextField(default="draft")
    version = models.IntegerField(default=0)
    accepted = models.IntegerField(null=True)
    rows = models.IntegerField(default=0)
    blanks = models.IntegerField(default=0)
    stale = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_return"
        constraints = [models.UniqueConstraint(fields=["round", "place"], name="return_once")]
        indexes = [
            models.Index(fields=["round", "area_code"], name="return_areas"),
            models.Index(fields=["area_code", "state"], name="return_states"),
            models.Index(fields=["round", "receiver_code"], name="return_receivers"),
        ]


class ReturnStep(models.Model):
    """One step of a return: who did what and when, and why where a reason is asked for. Added only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="steps", db_column="return_id")
    deed = models.TextField()
    before = models.TextField()
    after = models.TextField()
    version = models.IntegerField(default=0)
    reason = models.TextField(default="")
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "intake"
        db_table = "intake_return_step"


class ReturnVersion(models.Model):
    """What a return held when it was submitted. It never changes: `sha256` is over the frozen rows, those of `parts`
    (a town's: the villages' versions it is made of) included.

    `fields` are the names of the frozen values, in order. `left_out` are the rows of `parts` about people who were joined
    with one of another row between the submissions: they count once. `since_round` and `since_returned` count the differences from
    the version accepted last in an earlier round, and from the one before it in this round (None: there is none).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.ForeignKey(
        Return, on_delete=models.PROTECT, related_name="versions", db_column="return_id", db_index=False
    )
    area_code = AreaCodeField()
    number = models.IntegerField()
    fields = ArrayField(models.TextField())
    rows = models.IntegerField()
    own_rows = models.IntegerField()
    blanks = models.IntegerField()
    stale = models.IntegerField()
    oldest = models.DateField(null=True)  # of the sources' days
    newest = models.DateField(null=True)
    sha256 = models.TextField()
    parts = ArrayField(models.UUIDField(), default=list)
    left_out = ArrayField(models.TextField(), default=list)
    gone_at = models.DateTimeField(null=True)  # its rows were destroyed by a rule of retention
    since_round = models.JSONField(null=True)
    since_returned = models.JSONField(null=True)
    made_by = models.TextField()
    made_by_name = models.TextField()
    made_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_return_version"
        constraints = [models.UniqueConstraint(fields=["owner", "number"], name="return_version_once")]


class FrozenPart(models.Model):
    """Some of the rows of a version: JSON, packed and encrypted. In parts, so that no value of the table grows large."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    version = models.ForeignKey(ReturnVersion, on_delete=models.PROTECT, related_name="frozen", db_index=False)
    number = models.IntegerField()
    sealed = models.BinaryField()

    class Meta:
        app_label = "intake"
        db_table = "intake_frozen_part"
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="frozen_part_once")]


class RoundAnswer(models.Model):
    """That a value of a person was answered for a round: `given`, `confirmed` as it stands, or known to be `none`.

    The value itself is in the base, with this round as its reason; a confirmation is not asked for again before the
    field's time is over, in this form or another. `record_id` is the statement that was confirmed, of a custom field the
    one of its value. Added only; `person_id` follows who is joined into another.
    """

    class Kind(models.TextChoices):
        GIVEN = "given"
        CONFIRMED = "confirmed"
        NONE = "none"

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.ForeignKey(
        Return, on_delete=models.PROTECT, related_name="answers", db_column="return_id", db_index=False
    )
    area_code = AreaCodeField()
    person_id = models.UUIDField()
    field = models.TextField()
    kind = models.TextField()
    record_id = models.UUIDField(null=True)
    stated_on = models.DateField()
    made_by = models.TextField()
    made_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        app_label = "intake"
        db_table = "intake_round_answer"
        indexes = [models.Index(fields=["person_id", "field"], name="round_answer_person")]
