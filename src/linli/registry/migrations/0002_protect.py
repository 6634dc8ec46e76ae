"""Row-level security and history of the registry."""

from django.db import migrations

from linli.kernel.history import keep_history
from linli.kernel.rls import any_in_scope, in_scope, pin_search_path, protect

# A person may be visible in several areas. The fast path is the chief one; the others cost one index probe a row,
# and only rows whose chief area is foreign get there.
PERSON = (
    f"({in_scope('registry_person.area_code')} OR EXISTS "
    "(SELECT FROM registry_person_area a WHERE a.person_id = registry_person.id))"
)

# Only an owner may ANALYZE before PostgreSQL 17, and autovacuum comes a minute too late for the next statement.
ANALYZE = """
CREATE FUNCTION registry_analyze(written bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.oid = ANY(ARRAY['registry_source_record', 'registry_person', 'registry_person_area',
              'registry_name_token', 'registry_residence', 'registry_household', 'places_dwelling',
              'places_compound']::regclass[])
          AND written > greatest(c.reltuples, 0) * 0.05
    LOOP
        EXECUTE 'ANALYZE ' || name;
    END LOOP;
END $$;
""" + pin_search_path("registry_analyze(bigint)")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("places", "0001_initial")]

    operations = [
        protect("registry_person_area"),
        protect("registry_person", PERSON, in_scope()),
        protect("registry_name_token"),
        protect("registry_source_record"),
        protect("registry_residence"),
        protect("registry_household"),
        protect("registry_transfer", any_in_scope("from_area", "to_area")),
        keep_history("registry_person"),
        keep_history("registry_residence"),
        keep_history("registry_household"),
        migrations.RunSQL(ANALYZE, "DROP FUNCTION registry_analyze(bigint)"),
    ]
