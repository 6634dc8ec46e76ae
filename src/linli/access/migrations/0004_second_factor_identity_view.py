"""Second factors, recovery codes, identities at a provider, and seeing as another account."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import in_scope

SQL = Path(__file__).parent / "sql" / "sign_in.sql"
ME = "(SELECT current_setting('linli.actor', true))"
# Replaced by those of sign_in.sql, which take more.
GONE = (
    "access_begin(bytea, text, timestamptz)",
    "access_open_session(uuid, uuid, bytea, timestamptz, timestamptz, timestamptz, text, text, uuid, bytea, timestamptz)",
)
FUNCTIONS = (
    "access_actor(uuid, timestamptz)",
    "access_begin(bytea, text, timestamptz, boolean, boolean)",
    "access_open_session(uuid, uuid, bytea, timestamptz, timestamptz, timestamptz, text, text, uuid, bytea, timestamptz, text, text)",
    "access_pass_attempt(uuid, uuid, bytea, text, timestamptz, timestamptz)",
    "access_factor(uuid)",
    "access_use_step(uuid, bigint)",
    "access_use_recovery(uuid, bytea, timestamptz)",
    "access_identified(uuid, text, text, text, timestamptz)",
    "access_use_nonce(uuid, bytea, timestamptz, timestamptz)",
)
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS)


def own_or_in_scope(table: str) -> RunSQL:
    """Seen by the account itself and by its administrators; not forced, since the sign-in functions are the owner's."""
    using = f"{in_scope()} OR account_id::text = {ME}"
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"CREATE POLICY scope ON {table} USING ({using}) WITH CHECK ({using});",
        f"DROP POLICY scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def of_account(model: str, related: str, *fields: tuple[str, models.Field], single: bool = False) -> migrations.CreateModel:
    tie = models.OneToOneField if single else models.ForeignKey
    return migrations.CreateModel(
        name=model,
        fields=[
            ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
            ("account", tie(on_delete=django.db.models.deletion.CASCADE, related_name=related, to="access.account")),
            ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
            *fields,
        ],
        options={"db_table": {"SecondFactor": "access_second_factor", "RecoveryCode": "access_recovery_code",
                              "Identity": "access_identity"}[model]},
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0003_seal")]

    operations = [
        migrations.AddField("role", "second_factor", models.BooleanField(default=False)),
        migrations.AddField("readlog", "viewing_as", models.TextField(default="")),
        RunSQL(
            "CREATE INDEX access_read_log_viewing ON access_read_log (viewing_as, at) WHERE viewing_as <> ''",
            "DROP INDEX access_read_log_viewing",
        ),
        migrations.AddField("session", "method", models.TextField(default="password")),
        migrations.AddField("session", "factor", models.TextField(default="")),
        migrations.AddField(
            "session",
            "viewing",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="viewed_in",
                to="access.account",
            ),
        ),
        migrations.AddField("session", "viewing_until", models.DateTimeField(null=True)),
        of_account(
            "SecondFactor",
            "second_factor",
            ("secret", models.BinaryField(null=True)),
            ("pending", models.BinaryField(null=True)),
            ("pending_until", models.DateTimeField(null=True)),
            ("last_step", models.BigIntegerField(default=0)),
            ("confirmed_at", models.DateTimeField(null=True)),
            single=True,
        ),
        of_account(
            "RecoveryCode",
            "recovery_codes",
            ("code_hash", models.BinaryField()),
            ("used_at", models.DateTimeField(null=True)),
        ),
        migrations.AddConstraint(
            "recoverycode",
            models.UniqueConstraint(fields=("account", "code_hash"), name="access_recovery_code_once"),
        ),
        of_account(
            "Identity",
            "identities",
            ("issuer", models.TextField()),
            ("subject", models.TextField()),
            ("linked_by", models.TextField()),
            ("created_at", models.DateTimeField()),
        ),
        migrations.AddConstraint(
            "identity", models.UniqueConstraint(fields=("issuer", "subject"), name="access_identity_subject_once")
        ),
        migrations.AddConstraint(
            "identity", models.UniqueConstraint(fields=("account", "issuer"), name="access_identity_account_once")
        ),
        migrations.CreateModel(
            name="UsedNonce",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("nonce_hash", models.BinaryField(unique=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={"db_table": "access_used_nonce"},
        ),
        own_or_in_scope("access_second_factor"),
        own_or_in_scope("access_recovery_code"),
        own_or_in_scope("access_identity"),
        RunSQL(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            "REVOKE ALL ON access_used_nonce FROM linli_app; END IF; END $$",
            RunSQL.noop,
        ),
        RunSQL("".join(f"DROP FUNCTION {function}; " for function in GONE), RunSQL.noop),
        RunSQL(SQL.read_text(), RunSQL.noop),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"{GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
