"""Where a relation or a tag was stated and where it was ended: what was written there is for those who see that area.

What is there counts as stated where its person is now; where it was before nobody kept.
"""

from django.db import migrations

import linli.kernel.areas

TABLES = {"relation": "registry_relation", "tag": "registry_tag"}


def columns(model: str, table: str) -> list[migrations.operations.base.Operation]:
    def field(null: bool) -> linli.kernel.areas.AreaCodeField:
        return linli.kernel.areas.AreaCodeField(db_collation="C", null=null)

    return [
        migrations.AddField(model, "stated_area", field(null=True)),
        migrations.AddField(model, "ended_area", field(null=True)),
        # Rewritten as a whole: an UPDATE would see no rows (row-level security) or leave an image of each in the history.
        migrations.RunSQL(
            f"""
            ALTER TABLE {table}
                ALTER COLUMN stated_area TYPE text COLLATE "C" USING area_code,
                ALTER COLUMN ended_area TYPE text COLLATE "C" USING CASE WHEN ended_by IS NOT NULL THEN area_code END;
            ALTER TABLE {table}_history ADD COLUMN stated_area text COLLATE "C", ADD COLUMN ended_area text COLLATE "C";
            """,
            f"ALTER TABLE {table}_history DROP COLUMN stated_area, DROP COLUMN ended_area",
        ),
        migrations.AlterField(model, "stated_area", field(null=False)),
    ]


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_conflicts")]

    operations = [operation for model, table in TABLES.items() for operation in columns(model, table)]
