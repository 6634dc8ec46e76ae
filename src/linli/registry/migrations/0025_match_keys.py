"""The store of matching: keyed hashes of each person, for people that are there already too."""

import polars as pl
from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.rls import pin_search_path, protect
from linli.registry.matching.keys import KEYS, keyed

# As 0024 made it, with the store: without statistics the next merge would read all of it for each row.
ANALYZE = """
CREATE OR REPLACE FUNCTION registry_analyze(written bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.oid = ANY(ARRAY['registry_source_record', 'registry_person', 'registry_person_area',
              'registry_name_token', 'registry_residence', 'registry_household', 'registry_match_key',
              'registry_person_facet', 'places_dwelling', 'places_compound']::regclass[])
          AND written > greatest(c.reltuples, 0) * 0.05
    LOOP
        EXECUTE 'ANALYZE ' || name;
    END LOOP;
END $$;
""" + pin_search_path("registry_analyze(bigint)")
# Row-level security holds for the owner too: the migration looks at the whole district.
EVERYTHING = (
    "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true)"
)
PEOPLE = """
SELECT id::text, name_key, birth::text, area_code, phone_hash, id_hash IS NOT NULL FROM registry_person
WHERE id > %s ORDER BY id LIMIT %s
"""
KEPT = ("person_id", "area_code", "numbered", *KEYS)
INSERT = f"""
INSERT INTO registry_match_key ({", ".join(KEPT)})
SELECT * FROM unnest(%s::uuid[], %s::text[], %s::boolean[], {", ".join(["%s::bigint[]"] * len(KEYS))})
"""
NOBODY, AT_ONCE = "00000000-0000-0000-0000-000000000000", 50_000
COLUMNS = {
    "person_id": pl.String, "name_key": pl.String, "birth": pl.String, "area_code": pl.String, "phone_hash": pl.Int64,
    "numbered": pl.Boolean,
}  # fmt: skip


def fill(apps, schema_editor):
    last = NOBODY
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        while True:
            cursor.execute(PEOPLE, [last, AT_ONCE])
            found = cursor.fetchall()
            if not found:
                return
            people = keyed(pl.DataFrame(found, schema=COLUMNS, orient="row"))
            cursor.execute(INSERT, [people[column].to_list() for column in KEPT])
            last = found[-1][0]


class Migration(migrations.Migration):
    dependencies = [("registry", "0024_person_facet")]

    operations = [
        migrations.CreateModel(
            name="MatchKey",
            fields=[
                ("person_id", models.UUIDField(primary_key=True, serialize=False)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                ("numbered", models.BooleanField()),
                ("birth_surname", models.BigIntegerField(null=True)),
                ("name_village", models.BigIntegerField(null=True)),
                ("phone", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "registry_match_key",
                "indexes": [
                    models.Index(fields=["birth_surname", "numbered"], name="match_birth_surname"),
                    models.Index(fields=["name_village", "numbered"], name="match_name_village"),
                    models.Index(fields=["phone", "numbered"], name="match_phone"),
                    models.Index(
                        condition=models.Q(("numbered", False)), fields=["person_id"], name="match_unnumbered"
                    ),
                ],
            },
        ),
        protect("registry_match_key"),
        migrations.RunSQL(ANALYZE, migrations.RunSQL.noop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
