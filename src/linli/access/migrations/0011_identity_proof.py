"""Links to a provider say who answers for them and when the holder of the account proved them.

Links from before are nobody's word yet: who has a second factor is asked for its code once more, the claim's stay.
"""

from __future__ import annotations

from pathlib import Path

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql" / "identity_proof.sql"
FUNCTIONS = ("access_identified(uuid, text, text, text, timestamptz)", "access_prove_identity(uuid, uuid, timestamptz)")
# pg_temp comes last: a temporary table of the caller must not stand in for one of ours.
GUARD = "".join(
    f"EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
    f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC; "
    for function in FUNCTIONS
)
GRANT = "".join(f"GRANT EXECUTE ON FUNCTION {function} TO linli_app; " for function in FUNCTIONS)


class Migration(migrations.Migration):
    dependencies = [("access", "0010_saved_filters")]

    operations = [
        migrations.AddField("identity", "vouched_by", models.TextField(default="")),
        migrations.AddField("identity", "proved_at", models.DateTimeField(null=True)),
        RunSQL("UPDATE access_identity SET vouched_by = linked_by WHERE linked_by = 'system:claim'", RunSQL.noop),
        RunSQL(f"DROP FUNCTION {FUNCTIONS[0]}", RunSQL.noop),
        RunSQL(SQL.read_text(), RunSQL.noop),
        RunSQL(
            f"DO $$ BEGIN {GUARD} IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
            f"{GRANT} END IF; END $$",
            RunSQL.noop,
        ),
    ]
