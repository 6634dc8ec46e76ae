"""Tables of reporters: who follows a case by a number, what they were answered and told."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..engine.models import Case


class Reporter(models.Model):
    """Somebody who follows a case from outside. `tracking` is the keyed hash of their number, which is kept nowhere.

    `contact` is where they want to be told (ciphertext), if they do, and `contact_hash` by what its standing is found
    (ReporterContact); both go when their time is over (retention), and nothing is sent after `stopped_at`. `told_version`:
    steps of the case up to it have been looked at for what they are told; `followed` and `followed_version` say the same of
    the case that theirs was joined to. `content`: what an app sent, to know it again. The rating of somebody whose report
    was joined to another stands here, beside that of the case.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    tracking = models.BinaryField(unique=True)  # keyed hash
    #: page | open311 | desk (given out by staff): requests of the second are listed publicly
    via = models.TextField(default="page")
    language = models.TextField(default="zh-CN")
    channel = models.TextField(default="")
    contact = models.BinaryField(null=True)  # ciphertext
    contact_hash = models.BinaryField(null=True)  # keyed hash
    content = models.BinaryField(null=True)  # keyed hash
    masked = models.TextField(default="")
    stopped_at = models.DateTimeField(null=True)
    told_version = models.IntegerField(default=1)
    followed = models.UUIDField(null=True)
    followed_version = models.IntegerField(default=0)
    objections = models.IntegerField(default=0)
    responded = models.BooleanField(null=True)
    solved = models.BooleanField(null=True)
    satisfied = models.BooleanField(null=True)
    rated_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_reporter"
        indexes = [
            models.Index(
                fields=["contact_hash"], condition=models.Q(contact_hash__isnull=False), name="reporter_contact_hash"
            ),
            models.Index(fields=["created_at"], condition=models.Q(contact__isnull=False), name="reporter_to_be_told"),
            models.Index(fields=["created_at", "id"], condition=models.Q(via="open311"), name="reporter_open311"),
        ]


class ReporterContact(models.Model):
    """How an address stands that somebody gave to be told at, whoever they are: nobody proved that it is theirs.

    Found by the keyed hash of the address; `code` is the keyed hash of the code that each message to it carries, by which
    whoever holds the address confirms it or stops all messages, without an account. `told` counts messages since `since`,
    `today` those of `day`. One that was stopped stays, so that nobody is told again because somebody gives the address anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    hashed = models.BinaryField(unique=True)
    code = models.BinaryField(unique=True)
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    since = models.DateField()
    told = models.IntegerField(default=0)
    day = models.DateField()
    today = models.IntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "cases"
        db_table = "cases_reporter_contact"


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
    """One thing a reporter is told of one step, once, and how that went; states as of the room of messages. `main`: the case
    the step was taken in, where it is the one theirs was joined to.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    reporter = models.ForeignKey(Reporter, on_delete=models.CASCADE, related_name="messages")
    main = models.UUIDField(null=True)
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
            models.UniqueConstraint(
                fields=["reporter", "main", "version"], nulls_distinct=False, name="reporter_told_once"
            ),
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
