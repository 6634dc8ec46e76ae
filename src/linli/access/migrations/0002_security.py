"""The logs, row-level security of access, and the functions that sign people in."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import append_only, in_scope

SQL = Path(__file__).parent / "sql"
ME = "(SELECT current_setting('linli.actor', true))"
FUNCTIONS = (
    "access_actor(uuid, timestamptz)",
    "access_begin(bytea, text, timestamptz)",
    "access_credentials(text, bytea, text, timestamptz, timestamptz)",
    "access_count_attempt(uuid, uuid, bytea, text, timestamptz, timestamptz)",
    "access_open_session(uuid, uuid, bytea, timestamptz, timestamptz, timestamptz, text, text, uuid, bytea, timestamptz)",
    "access_touch(uuid, timestamptz, timestamptz)",
    "access_names(text[])",
    "access_account_id(text)",
    "access_holdings(uuid, uuid[], timestamptz)",
    "access_administrators(timestamptz)",
)


def policy(table: str, using: str) -> RunSQL:
    """Row-level security that binds the program's role but not the owner, who runs the sign-in functions."""
    return RunSQL(
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
        f"CREATE POLICY scope ON {table} USING ({using}) WITH CHECK ({using});",
        f"DROP POLICY scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def log_policy(table: str) -> list[RunSQL]:
    """A log is read inside one's scope and written from anywhere: a refused look abroad is logged too."""
    return [
        RunSQL(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table}_rest ENABLE ROW LEVEL SECURITY; "
            f"CREATE POLICY seen ON {table} FOR SELECT USING ({in_scope()}); "
            f"CREATE POLICY written ON {table} FOR INSERT WITH CHECK (true);",
            f"DROP POLICY seen ON {table}; DROP POLICY written ON {table};",
        ),
        append_only(table),
        append_only(f"{table}_rest"),
    ]


# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS)


def identified(*fields: tuple[str, models.Field]) -> list[tuple[str, models.Field]]:
    key = models.UUIDField(primary_key=True, default=linli.kernel.ids.uuid7, serialize=False)
    return [("id", key), *fields]


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                RunSQL((SQL / "logs.sql").read_text(), "DROP TABLE access_read_log, access_change_log")
            ],
            state_operations=[
                migrations.CreateModel(
                    name="ReadLog",
                    fields=identified(
                        ("at", models.DateTimeField()),
                        ("actor", models.TextField()),
                        ("unit_id", models.UUIDField(null=True)),
                        ("kind", models.TextField()),
                        ("subject_type", models.TextField()),
                        ("subject_id", models.TextField(default="")),
                        ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                        ("count", models.IntegerField(null=True)),
                        ("purpose", models.TextField(default="")),
                        ("request", models.TextField(default="")),
                        ("ip", models.TextField(default="")),
                    ),
                    options={"db_table": "access_read_log"},
                ),
                migrations.CreateModel(
                    name="ChangeLog",
                    fields=identified(
                        ("at", models.DateTimeField()),
                        ("actor", models.TextField()),
                        ("room", models.TextField()),
                        ("action", models.TextField()),
                        ("subject_type", models.TextField()),
                        ("subject_id", models.TextField(default="")),
                        ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                        ("detail", models.JSONField(default=dict)),
                        ("request", models.TextField(default="")),
                    ),
                    options={"db_table": "access_change_log"},
                ),
            ],
        ),
        policy("access_unit", in_scope()),
        policy("access_area_group", in_scope()),
        policy("access_account", f"{in_scope()} OR id::text = {ME}"),
        policy("access_session", f"{in_scope()} OR account_id::text = {ME}"),
        policy("access_post", in_scope()),
        policy("access_appointment", in_scope()),
        policy("access_grant", in_scope()),
        policy("access_idempotency", f"actor = {ME}"),
        *log_policy("access_read_log"),
        *log_policy("access_change_log"),
        RunSQL(
            "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            "REVOKE ALL ON access_attempt FROM linli_app; END IF; END $$",
            RunSQL.noop,
        ),
        RunSQL(
            (SQL / "functions.sql").read_text(),
            "".join(f"DROP FUNCTION {function};" for function in FUNCTIONS),
        ),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"{GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
