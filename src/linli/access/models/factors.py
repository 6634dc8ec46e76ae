"""What signing in asks for beside a password: second factors, recovery codes, identities at a provider."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .accounts import Account


class SecondFactor(models.Model):
    """The authenticator of an account: time-based one-time passwords (RFC 6238).

    `secret` is ciphertext of the Base32 secret, NULL before a first code has proved that the phone has it; `pending` is
    a secret that waits for that proof until `pending_until`. `last_step` is the last time step (seconds / 30) whose
    code was used: neither it nor an earlier one is taken again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    area_code = AreaCodeField()
    secret = models.BinaryField(null=True)
    pending = models.BinaryField(null=True)
    pending_until = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_second_factor"


class RecoveryCode(models.Model):
    """One of ten codes that stand in for a lost authenticator, each once. Only its keyed hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    area_code = AreaCodeField()
    code_hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_recovery_code"
        constraints = [models.UniqueConstraint(fields=["account", "code_hash"], name="access_recovery_code_once")]


class Identity(models.Model):
    """An account is the same person as `subject` at the OpenID provider `issuer` (OpenID Connect Core 1.0, 2: `sub`).

    `linked_by` is the administrator who said so, or `system:claim` where a configured claim did. `vouched_by` is who
    else answers for it: the claim, or an administrator who also takes second factors off; empty while nobody does.
    `proved_at` is when the holder of the account first came this way and gave a code of their own second factor.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="identities")
    area_code = AreaCodeField()
    issuer = models.TextField()
    subject = models.TextField()
    linked_by = models.TextField()
    vouched_by = models.TextField(default="")
    proved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_identity"
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="access_identity_subject_once"),
            models.UniqueConstraint(fields=["account", "issuer"], name="access_identity_account_once"),
        ]


class UsedNonce(models.Model):
    """A nonce whose identity token was taken, kept while its sign-in could go on: a token brought again is refused.

    The program's role has no rights on this table; one function of the database fills it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    nonce_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "access_used_nonce"
