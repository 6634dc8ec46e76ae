"""Whom a record calls the head of its household, so that heads can follow the rule of golden values."""

from django.db import migrations, models

# The owner is bound by row-level security too, and sees nothing here without a scope.
FILL = """
ALTER TABLE registry_source_record NO FORCE ROW LEVEL SECURITY;
ALTER TABLE registry_household NO FORCE ROW LEVEL SECURITY;
UPDATE registry_source_record r SET head_name = h.head_name FROM registry_household h
WHERE h.id = r.household_id AND h.head_name IS NOT NULL AND r.relation_to_head IS DISTINCT FROM '0';
ALTER TABLE registry_source_record FORCE ROW LEVEL SECURITY;
ALTER TABLE registry_household FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_record_request")]

    operations = [
        migrations.AddField("sourcerecord", "head_name", models.TextField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
