"""Three administrators kept apart: appointing and granting is a permission of its own; the day of the last sign-in."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql" / "offices.sql"
FUNCTIONS = (
    "access_administrators(timestamptz)",
    "access_offices(text[], timestamptz)",
    "access_open_session(uuid, uuid, bytea, timestamptz, timestamptz, timestamptz, text, text, uuid, bytea, timestamptz, text, text)",
)
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS)
# What `access.account.edit` alone used to allow is three permissions now; a district's own roles keep what they had.
SPLIT = """
UPDATE access_role SET permissions = permissions || ARRAY['access.grant.edit', 'access.factor.reset']
WHERE NOT builtin AND 'access.account.edit' = ANY(permissions);
UPDATE access_role SET permissions = permissions || ARRAY['access.account.keep']
WHERE NOT builtin AND permissions @> ARRAY['access.account.edit', 'access.role.edit'];
"""
BACK = """
UPDATE access_role SET permissions = array_remove(array_remove(array_remove(permissions,
    'access.grant.edit'), 'access.factor.reset'), 'access.account.keep') WHERE NOT builtin;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_groups_in_sight")]

    operations = [
        migrations.AddField("account", "last_sign_in_on", models.DateField(null=True)),
        migrations.AddField("appointment", "source", models.TextField(default="")),
        RunSQL(SPLIT, BACK),
        RunSQL(SQL.read_text(), "DROP FUNCTION access_offices(text[], timestamptz)"),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"{GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
