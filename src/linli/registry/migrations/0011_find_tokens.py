"""What global search goes by: tokens of compounds, buildings, entities, key places and components, kept by triggers."""

from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.pinyin import syllable
from linli.kernel.rls import protect
from linli.registry.finding.tokens import PLAIN, Found, fill_tokens, keep_tokens

FOUND = (
    Found("places_compound", "compound", aliases="aliases"),
    Found("places_building", "building"),
    Found("registry_legal_entity", "entity", code="credit_code"),
    Found("registry_key_place", "place", code="credit_code"),
    Found("registry_component", "component", code="component_code"),
)
# The characters of GB 18030's main block (CJK Unified Ideographs, U+4E00 to U+9FA5).
CHARACTERS = range(0x4E00, 0x9FA6)


def read_characters(apps, schema_editor):
    initial = apps.get_model("registry", "Initial")
    known = ((chr(c), syllable(chr(c))[:1]) for c in CHARACTERS)
    initial.objects.using(schema_editor.connection.alias).bulk_create(
        [initial(character=c, letter=letter) for c, letter in known if letter], batch_size=5_000
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_address_book"), ("places", "0006_protect_buildings")]

    operations = [
        migrations.CreateModel(
            name="FindToken",
            fields=[
                (
                    "id",
                    models.CompositePrimaryKey(
                        "token",
                        "kind",
                        "area_code",
                        "subject_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("token", models.TextField(db_collation="C")),
                ("kind", models.TextField(db_collation="C")),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("subject_id", models.UUIDField()),
            ],
            options={"db_table": "registry_find_token"},
        ),
        migrations.CreateModel(
            name="Initial",
            fields=[
                ("character", models.TextField(db_collation="C", primary_key=True, serialize=False)),
                ("letter", models.TextField()),
            ],
            options={"db_table": "registry_initial"},
        ),
        migrations.RunPython(read_characters, migrations.RunPython.noop),
        protect("registry_find_token"),
        migrations.RunSQL(PLAIN, "DROP FUNCTION registry_plain(text)"),
        *[keep_tokens(found) for found in FOUND],
        # The owner, too, sees rows only within a scope: for what stands already, all of it.
        migrations.RunSQL(
            "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true);"
            + ";".join(fill_tokens(found) for found in FOUND),
            migrations.RunSQL.noop,
        ),
    ]
