"""Sessions that an identity provider opened hold while it is the one set up, and say whether the person proved it just then."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql" / "provider.sql"
_OPENS = "uuid, uuid, bytea, timestamptz, timestamptz, timestamptz, text, text, uuid, bytea, timestamptz, text, text"
# Replaced by those of provider.sql, which take more.
GONE = ("access_begin(bytea, text, timestamptz, boolean, boolean)", f"access_open_session({_OPENS})")
FUNCTIONS = (
    "access_begin(bytea, text, timestamptz, boolean, boolean, text)",
    f"access_open_session({_OPENS}, text, boolean)",
)
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("access", "0007_access_review")]

    operations = [
        migrations.AddField("session", "issuer", models.TextField(default="")),
        migrations.AddField("session", "proved_at", models.DateTimeField(null=True)),
        RunSQL("".join(f"DROP FUNCTION {function}; " for function in GONE), RunSQL.noop),
        RunSQL(SQL.read_text(), RunSQL.noop),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"{GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
