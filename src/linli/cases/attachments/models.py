"""Tables of photos and files."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7

from ..engine.models import Case
from .rules import PURPOSES


class Attachment(models.Model):
    """A photo or file of a case, or one that is on its way (`received` of `size` bytes, `ready_at` empty).

    `kind` is what its bytes are, never what was claimed. Photos are kept as they were written anew, JPEG without metadata;
    `taken_at`, `lon`, `lat` are what the photo told of itself (its camera's clock and position, WGS-84). `sha256` is that of
    the kept file, `sent_sha256` that of what was sent. Files are kept encrypted (`kernel.files`) under `file_id` and
    `small_id`. `scan`: what the virus scan said, or that there is none. One taken back keeps its row, its files go.
    `shown_at`: since when who reported sees it, by who closes cases.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField()
    name = models.TextField()
    size = models.IntegerField()
    received = models.IntegerField(default=0)
    kind = models.TextField(default="")
    file_id = models.UUIDField(null=True)
    small_id = models.UUIDField(null=True)
    kept_size = models.IntegerField(null=True)
    sha256 = models.TextField(default="")
    sent_sha256 = models.TextField(default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    taken_at = models.DateTimeField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    scan = models.TextField(default="")
    case_version = models.IntegerField()
    added_by = models.TextField()
    added_name = models.TextField()
    added_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "cases"
        db_table = "cases_attachment"
        constraints = [
            models.CheckConstraint(condition=models.Q(purpose__in=PURPOSES), name="attachment_purpose"),
            models.CheckConstraint(
                condition=models.Q(received__gte=0, received__lte=models.F("size")), name="attachment_received"
            ),
        ]
        indexes = [
            models.Index(
                fields=["added_at"], condition=models.Q(ready_at=None, removed_at=None), name="attachment_on_its_way"
            ),
        ]


class AttachmentPart(models.Model):
    """A piece of a file on its way, kept encrypted until the whole is there; an orphan goes by retention."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    attachment = models.ForeignKey(Attachment, on_delete=models.CASCADE, related_name="parts")
    offset = models.IntegerField()
    size = models.IntegerField()
    file_id = models.UUIDField()

    class Meta:
        app_label = "cases"
        db_table = "cases_attachment_part"
        constraints = [models.UniqueConstraint(fields=["attachment", "offset"], name="attachment_part_once")]
