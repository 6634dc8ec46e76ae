"""Retention: rules, runs, certificates of deletion, and the functions that destroy what may only be added to."""

from __future__ import annotations

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import linli.kernel.ids
from linli.kernel.rls import append_only

SQL = Path(__file__).parent / "sql" / "keeping.sql"
FUNCTIONS = (
    "access_destroy_column(text, timestamptz)",
    "access_overdue(text, timestamptz)",
    "access_destroy(text, timestamptz, integer)",
)
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS[1:])


def identified(*fields: tuple[str, models.Field]) -> list[tuple[str, models.Field]]:
    key = models.UUIDField(primary_key=True, default=linli.kernel.ids.uuid7, serialize=False)
    return [("id", key), *fields]


def of_rule() -> models.ForeignKey:
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.retentionrule")


class Migration(migrations.Migration):
    dependencies = [("access", "0008_provider_sessions")]

    operations = [
        migrations.CreateModel(
            name="RetentionRule",
            fields=identified(
                ("kind", models.TextField()),
                ("days", models.IntegerField(null=True)),
                ("effective_on", models.DateField()),
                ("reason", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.TextField()),
            ),
            options={
                "db_table": "access_retention_rule",
                "indexes": [models.Index(fields=["kind", "effective_on", "id"], name="retention_rule_kind")],
            },
        ),
        migrations.CreateModel(
            name="DestructionRun",
            fields=identified(
                ("kind", models.TextField(unique=True)),
                ("rule", of_rule()),
                ("days", models.IntegerField()),
                ("before", models.DateTimeField()),
                ("began_at", models.DateTimeField()),
                ("cursor", models.TextField(default="")),
                ("rows", models.BigIntegerField(default=0)),
                ("files", models.BigIntegerField(default=0)),
                ("oldest", models.DateTimeField(null=True)),
                ("newest", models.DateTimeField(null=True)),
                ("ids_digest", models.BinaryField(default=bytes)),
            ),
            options={"db_table": "access_destruction_run"},
        ),
        migrations.CreateModel(
            name="DeletionCertificate",
            fields=identified(
                ("serial", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField()),
                ("kind", models.TextField()),
                ("rule", of_rule()),
                ("days", models.IntegerField()),
                ("before", models.DateTimeField()),
                ("began_at", models.DateTimeField()),
                ("rows", models.BigIntegerField()),
                ("files", models.BigIntegerField()),
                ("oldest", models.DateTimeField()),
                ("newest", models.DateTimeField()),
                ("ids_digest", models.BinaryField()),
                ("made_by", models.TextField()),
                ("previous", models.BinaryField()),
                ("seal", models.BinaryField()),
            ),
            options={
                "db_table": "access_deletion_certificate",
                "indexes": [
                    models.Index(fields=["kind", "before"], name="certificate_kind"),
                    models.Index(fields=["at", "id"], name="certificate_list"),
                ],
            },
        ),
        append_only("access_retention_rule"),
        append_only("access_deletion_certificate"),
        RunSQL(SQL.read_text(), "".join(f"DROP FUNCTION {function};" for function in reversed(FUNCTIONS))),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN {GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
