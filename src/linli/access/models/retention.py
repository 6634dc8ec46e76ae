"""How long data is kept, what is being destroyed, and the certificates of what was."""

from __future__ import annotations

from django.db import models

from linli.kernel.ids import uuid7


class RetentionRule(models.Model):
    """From `effective_on`, data of `kind` is destroyed after `days` (null: kept). Only added to: the last one counts.

    Of two rules for one day the later holds, which is how a mistake is taken back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()
    days = models.IntegerField(null=True)
    effective_on = models.DateField()
    reason = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.TextField()

    class Meta:
        db_table = "access_retention_rule"
        indexes = [models.Index(fields=["kind", "effective_on", "id"], name="retention_rule_kind")]


class DestructionRun(models.Model):
    """A destruction that has begun and has no certificate yet: what has gone so far, committed with each slice.

    A run that was killed goes on from here. It keeps the moment and the rule it began with.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField(unique=True)
    rule = models.ForeignKey(RetentionRule, null=True, on_delete=models.PROTECT)
    days = models.IntegerField()
    before = models.DateTimeField()
    began_at = models.DateTimeField()
    cursor = models.TextField(default="")
    rows = models.BigIntegerField(default=0)
    files = models.BigIntegerField(default=0)
    oldest = models.DateTimeField(null=True)
    newest = models.DateTimeField(null=True)
    ids_digest = models.BinaryField(default=bytes)

    class Meta:
        db_table = "access_destruction_run"


class DeletionCertificate(models.Model):
    """That data of one kind, kept since before `before`, was destroyed under a rule (销毁证明). Only added to.

    It names no person and holds nothing of what went: counts, the span of time, and a digest of the ids by which a
    backup can show what they were (`rules.add_ids`). `seal` is a SHA-256 over the certificate and the seal before it;
    `serial` has no gaps. The nightly seals of the logs cover certificates too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    serial = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    kind = models.TextField()
    rule = models.ForeignKey(RetentionRule, null=True, on_delete=models.PROTECT)
    days = models.IntegerField()
    before = models.DateTimeField()
    began_at = models.DateTimeField()
    rows = models.BigIntegerField()
    files = models.BigIntegerField()
    oldest = models.DateTimeField()
    newest = models.DateTimeField()
    ids_digest = models.BinaryField()
    made_by = models.TextField()
    previous = models.BinaryField()
    seal = models.BinaryField()

    class Meta:
        db_table = "access_deletion_certificate"
        indexes = [
            models.Index(fields=["kind", "before"], name="certificate_kind"),
            models.Index(fields=["at", "id"], name="certificate_list"),
        ]
