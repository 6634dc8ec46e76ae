"""Saved filters: of their account, and shown to its unit where they are shared."""

from django.db import migrations, models

import linli.kernel.ids

# No area: whose they are is told by the account that acts, also to the database.
OWN = "account_id::text = current_setting('linli.actor', true)"
PROTECT = f"""
ALTER TABLE access_saved_filter ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_saved_filter FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON access_saved_filter USING ({OWN}) WITH CHECK ({OWN});
CREATE POLICY shared ON access_saved_filter FOR SELECT USING (shared);
ALTER TABLE access_list_default ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_list_default FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON access_list_default USING ({OWN}) WITH CHECK ({OWN});
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0009_retention")]

    operations = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField()),
                ("unit_id", models.UUIDField(null=True)),
                ("list", models.TextField()),
                ("name", models.TextField()),
                ("values", models.JSONField()),
                ("shared", models.BooleanField(default=False)),
                ("position", models.SmallIntegerField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "access_saved_filter",
                "indexes": [models.Index(fields=["unit_id", "list"], name="saved_filter_unit")],
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "list", "name"), name="saved_filter_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ListDefault",
            fields=[
                ("id", models.UUIDField(default=linli.kernel.ids.uuid7, primary_key=True, serialize=False)),
                ("account_id", models.UUIDField()),
                ("list", models.TextField()),
                ("filter_id", models.UUIDField()),
            ],
            options={
                "db_table": "access_list_default",
                "constraints": [models.UniqueConstraint(fields=("account_id", "list"), name="list_default_once")],
            },
        ),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
    ]
