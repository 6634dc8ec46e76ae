"""Tables of messages: notices, where they also go, and how that went."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.access.models import Unit
from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet


class Channel(models.TextChoices):
    """Roads out of the console: e-mail, SMS, and the robot of a 企业微信 group."""

    EMAIL = "email"
    SMS = "sms"
    WECOM = "wecom"


class Notice(models.Model):
    """One thing that one account is told, once: `event` names what happened, and the pair is unique.

    Written in the transaction of what happened, so it is also the outbox: `planned_at` is empty until the worker has
    looked where else it goes. `params` fill the words of its kind and hold no personal data; `path` is the page behind it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account_id = models.UUIDField()
    kind = models.TextField(db_collation="C")
    event = models.TextField(db_collation="C")
    params = models.JSONField()
    path = models.TextField()
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    planned_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "messages_notice"
        constraints = [models.UniqueConstraint(fields=["account_id", "event"], name="notice_once")]
        indexes = [
            models.Index(fields=["account_id", "-id"], name="notice_mine"),
            models.Index(fields=["account_id"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["id"], condition=Q(planned_at=None), name="notice_unplanned"),
        ]


class Contact(models.Model):
    """Where an account wants its notices as well: its own e-mail address or phone, encrypted, entered by itself."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    account_id = models.UUIDField()
    channel = models.TextField()
    address = models.BinaryField()
    masked = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "messages_contact"
        constraints = [
            models.UniqueConstraint(fields=["account_id", "channel"], name="contact_once"),
            models.CheckConstraint(condition=Q(channel__in=(Channel.EMAIL, Channel.SMS)), name="contact_channel"),
        ]


class Preference(models.Model):
    """How an account wants to be told: kinds that stay in the console, and hours in which nothing but urgent goes out."""

    account_id = models.UUIDField(primary_key=True)
    inside_only = ArrayField(models.TextField(), default=list)
    quiet_from = models.TimeField()
    quiet_until = models.TimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "messages_preference"


class Robot(models.Model):
    """A robot of a unit's 企业微信 group: what the unit's people are told of these `kinds` is said there too, once.

    `address` is its webhook with the key in it: a secret, kept encrypted and never shown again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    area_code = AreaCodeField()
    name = models.TextField()
    address = models.BinaryField()
    kinds = ArrayField(models.TextField())
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "messages_robot"
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="robot_name_once")]
        indexes = [models.Index(fields=["area_code", "id"], name="robot_area")]


class Delivery(models.Model):
    """One message that leaves the console, with the notices gathered in it, and how that went.

    It names either the account or the robot. `sending` is said and committed before it is handed over: what stays in
    it was cut off and may have arrived, so it is never sent again by itself (`unsure`). The address is read from the
    contact when it is sent and is not kept here.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        UNSURE = "unsure"
        DROPPED = "dropped"  # nobody is to have it any more: contact or robot are gone

    id = models.UUIDField(primary_key=True, default=uuid7)
    channel = models.TextField()
    account_id = models.UUIDField(null=True)
    robot = models.ForeignKey(Robot, null=True, on_delete=models.SET_NULL, related_name="+")
    area_code = AreaCodeField()
    kind = models.TextField(db_collation="C")
    notices = ArrayField(models.UUIDField())
    events = ArrayField(models.TextField())
    state = models.TextField(default=State.WAITING)
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")
    reference = models.TextField(default="")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "messages_delivery"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "sending", "sent", "failed", "unsure", "dropped")),
                name="delivery_state",
            ),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="delivery_channel"),
        ]
        indexes = [
            models.Index(fields=["area_code", "-id"], name="delivery_area"),
            models.Index(fields=["due_at"], condition=Q(state__in=("waiting", "sending")), name="delivery_due"),
        ]
