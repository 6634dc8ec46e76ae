"""Who can see what, and why; and the marks of those who looked through it."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

import linli.kernel.areas
import linli.kernel.ids
from linli.kernel.rls import protect

SQL = Path(__file__).parent / "sql" / "sight.sql"
FUNCTION = "access_sight(text[], text, timestamptz)"
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = (
    f"EXECUTE format('ALTER FUNCTION {FUNCTION} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC; "
)


class Migration(migrations.Migration):
    dependencies = [("access", "0006_offices")]

    operations = [
        migrations.CreateModel(
            name="AccessReview",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("permission", models.TextField()),
                ("accounts", models.IntegerField()),
                ("reviewed_on", models.DateField()),
                ("reviewed_by", models.TextField()),
                ("due_on", models.DateField()),
                ("note", models.TextField(default="")),
                ("created_at", models.DateTimeField()),
            ],
            options={"db_table": "access_review"},
        ),
        migrations.AddIndex(
            "accessreview", models.Index(fields=["area_code", "permission", "id"], name="access_review_area")
        ),
        protect("access_review"),
        RunSQL(SQL.read_text(), f"DROP FUNCTION {FUNCTION}"),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO linli_app; END IF; END $$",
            RunSQL.noop,
        ),
    ]
