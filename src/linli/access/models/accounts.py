"""Accounts of staff, their sessions, and attempts to sign in."""

from __future__ import annotations

from django.db import models

from linli.kernel.areas import AreaCodeField
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .units import Unit


class Account(models.Model):
    """One member of staff who can sign in. Never removed, because logs and history name it; closed by `active`.

    `password` is an argon2id hash in Django's notation, or unusable ("!…") before a first password is set.
    `last_sign_in_on` is the day of the last sign-in, in order to close unused accounts; no hour is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    username = models.TextField(unique=True, db_collation="C")
    password = models.TextField()
    name = models.TextField()
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="accounts")
    area_code = AreaCodeField()
    language = models.TextField(default="zh-CN")
    active = models.BooleanField(default=True)
    failed_count = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True)
    last_sign_in_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_account"
        indexes = [models.Index(fields=["area_code", "username"], name="access_account_area")]


class Session(models.Model):
    """A browser in which an account is signed in: the SHA-256 of its random 256-bit token, never the token.

    Sessions exist for security alone. The account itself sees them, and account administrators in order to end them.
    They are removed when they end and no history of them is kept: there is no online-time and no attendance here
    (the central rules of 2023 and 2024 against formalism).

    `method` is password or oidc (then `issuer` is the provider, and `proved_at` when the person proved anew there who they
    are, where that was asked for), `factor` what second factor opened it: totp, recovery, provider, or none (""). While
    `viewing_until` lies ahead the console shows what the account `viewing` sees, and nothing can be changed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    token_hash = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    area_code = AreaCodeField()
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    idle_until = models.DateTimeField()
    expires_at = models.DateTimeField()
    ip = models.TextField(default="")
    user_agent = models.TextField(default="")
    method = models.TextField(default="password")
    factor = models.TextField(default="")
    issuer = models.TextField(default="")
    proved_at = models.DateTimeField(null=True)
    viewing = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="viewed_in")
    viewing_until = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "access_session"


class Attempt(models.Model):
    """One attempt to sign in, before ("tried") and after its password or code was looked at.

    It was right ("signed_in"), or right with a second step to come ("passed"); what failed has no second row.

    The name typed is kept as a keyed hash only: people type passwords into the wrong field. The program's role has
    no rights on this table; the sign-in functions of the database write and count it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    name_hash = models.BinaryField()
    ip = models.TextField()
    outcome = models.TextField()

    class Meta:
        db_table = "access_attempt"
        indexes = [
            models.Index(fields=["name_hash", "at"], name="access_attempt_name"),
            models.Index(fields=["ip", "at"], name="access_attempt_ip"),
            models.Index(fields=["at"], name="access_attempt_at"),
        ]
