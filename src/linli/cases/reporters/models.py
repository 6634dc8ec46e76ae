"""Tables of reporters: who follows a case by a number, what they were answered and told."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..engine.models import Case


class Reporter(models.Model):
    """Somebody who follows a case from outside. `tracking` is the keyed hash of their number, which is kept nowhere.

    `contact` is where they want to be told (ciphertext), if they do; it goes when its time is over (retention), and nothing
    is sent after `stopped_at`. `told_version`: steps of the case up to it have been looked at for what they are told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    tracking = models.BinaryField(unique=True)  # keyed hash
    via = models.TextField(default="page")  # page | open311: requests of the latter are listed publicly
    language = models.TextField(default="zh-CN")
    channel = models.TextField(default="")
    contact = models.BinaryField(null=True)  # ciphertext
    masked = models.TextField(default="")
    stopped_at = models.DateTimeField(null=True)
    told_version = models.IntegerField(default=1)
    objections = models.IntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_reporter"
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(contact__isnull=False), name="reporter_to_be_told"),
            models.Index(fields=["created_at", "id"], condition=models.Q(via="open311"), name="reporter_open311"),
        ]


class CaseAnswer(models.Model):
    """What a unit answers to the public, in words made for them. Never changed; a later one adds to it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    unit_name = models.TextField()
    by = models.TextField()
    by_name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_answer"


class ReporterMessage(models.Model):
    """One thing a reporter is told of one step, once, and how that went; states as of the room of messages."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reporter = models.ForeignKey(Reporter, on_delete=models.CASCADE, related_name="messages")
    version = models.IntegerField()
    kind = models.TextField()
    state = models.TextField(default="waiting")
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")
    reference = models.TextField(default="")

    class Meta:
        app_label = "cases"
        db_table = "cases_reporter_message"
        constraints = [
            models.UniqueConstraint(fields=["reporter", "version"], name="reporter_told_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=("waiting", "sending", "sent", "failed", "unsure", "dropped")),
                name="reporter_message_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=("waiting", "sending")), name="reporter_message_due"
            ),
        ]
