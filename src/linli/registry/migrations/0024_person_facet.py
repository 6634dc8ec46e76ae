"""What is counted over everybody, in a narrow table of its own, for the people who are there already."""

import django.contrib.postgres.fields
import django.db.models.fields.composite
from django.db import migrations, models

import linli.kernel.areas
from linli.kernel.rls import AREAS, LOW, ONE, pin_search_path, protect
from linli.registry.facets.writing import columns_of, facets

# The scope is read once for a statement, not once for a row: here a scan of the whole table is the common read. For the
# planner it is half of the rows; the range that an index serves, with its true size, comes with `restrict`.
SCOPE = f"(CASE WHEN {ONE} THEN area_code ^@ (SELECT {LOW}) ELSE area_code ^@ ANY({AREAS}) END)"
TABLES = (
    "registry_source_record", "registry_person", "registry_person_area", "registry_name_token", "registry_residence",
    "registry_household", "places_dwelling", "places_compound",
)  # fmt: skip


def analyze(*tables):
    names = ", ".join(f"'{table}'" for table in tables)
    return f"""
        CREATE OR REPLACE FUNCTION registry_analyze(written bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
        DECLARE name text;
        BEGIN
            FOR name IN
                SELECT c.oid::regclass::text FROM pg_class c
                WHERE c.oid = ANY(ARRAY[{names}]::regclass[]) AND written > greatest(c.reltuples, 0) * 0.05
            LOOP
                EXECUTE 'ANALYZE ' || name;
            END LOOP;
        END $$;
        """ + pin_search_path("registry_analyze(bigint)")


def code():
    return models.TextField(null=True)


class Migration(migrations.Migration):
    dependencies = [("registry", "0023_match_proposals")]

    operations = [
        migrations.CreateModel(
            name="PersonFacet",
            fields=[
                (
                    "id",
                    django.db.models.fields.composite.CompositePrimaryKey(
                        "area_code", "person_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("alike", models.BigIntegerField(null=True)),
                ("birth", models.DateField(null=True)),
                ("seen", models.DateField(null=True)),
                ("household_size", models.IntegerField()),
                ("lives_alone", models.BooleanField()),
                ("is_head", models.BooleanField()),
                ("has_id", models.BooleanField()),
                ("has_phone", models.BooleanField()),
                ("has_home", models.BooleanField()),
                ("kin_elsewhere", models.BooleanField()),
                ("stated_elsewhere", models.BooleanField()),
                ("name_odd", models.BooleanField()),
                ("disputed", models.BooleanField()),
                ("register_odd", models.BooleanField(null=True)),
                ("area_code", linli.kernel.areas.AreaCodeField(db_collation="C")),
                (
                    "prior_areas",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
                ),
                ("sex", code()),
                ("nation", code()),
                ("marital", code()),
                ("education", code()),
                ("political", code()),
                ("population_kind", code()),
                ("register_consistent", code()),
                ("relation_to_head", code()),
                ("home_kind", code()),
                ("inflow_reason", code()),
                ("permit_kind", code()),
                ("left_behind_kind", code()),
            ],
            options={"db_table": "registry_person_facet"},
        ),
        protect("registry_person_facet", SCOPE),
        migrations.RunSQL(analyze(*TABLES, "registry_person_facet"), analyze(*TABLES)),
        # The owner, too, sees rows only within a scope: for what stands already, all of it.
        migrations.RunSQL(
            "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true);"
            "CREATE TEMP TABLE facet_of AS SELECT id AS person_id, household_id, dwelling_id FROM registry_person;"
            "ANALYZE facet_of;"
            f"INSERT INTO registry_person_facet ({', '.join(columns_of())}) {facets()} ORDER BY a.area_code, a.person_id;"
            "DROP TABLE facet_of; ANALYZE registry_person_facet;",
            migrations.RunSQL.noop,
        ),
    ]
