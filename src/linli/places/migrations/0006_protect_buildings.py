"""Row-level security and history of buildings, leaders and door codes; buildings of the homes that are there already.

The history of homes takes the new columns in the order in which the table got them: its trigger copies whole rows.
"""

from django.db import migrations

from linli.kernel.history import keep_history
from linli.kernel.ids import uuid7_many
from linli.kernel.rls import protect

HISTORY_COLUMNS = """
ALTER TABLE places_dwelling_history
    ADD COLUMN building_id uuid, ADD COLUMN floor_area double precision, ADD COLUMN kind text, ADD COLUMN note text,
    ADD COLUMN state text, ADD COLUMN state_on date, ADD COLUMN state_source text, ADD COLUMN storey smallint;
"""
# Row-level security holds for the owner too: the migration looks at the whole district.
EVERYTHING = "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true)"
MISSING = """
CREATE TEMP TABLE wanted_building ON COMMIT DROP AS
SELECT row_number() OVER ()::int AS n, b.* FROM (
    SELECT d.village_code, d.compound_id, CASE WHEN d.compound_id IS NULL THEN d.road ELSE '' END AS road,
           CASE WHEN d.compound_id IS NULL THEN d.door ELSE '' END AS door, d.building AS number,
           max(d.area_code) AS area_code
    FROM places_dwelling d WHERE d.building <> '' GROUP BY 1, 2, 3, 4, 5
) b
"""
INSERT = """
INSERT INTO places_building (id, area_code, village_code, compound_id, road, door, number, name, kind, source, created_at)
SELECT i.id, w.area_code, w.village_code, w.compound_id, w.road, w.door, w.number,
       coalesce(c.name, nullif(w.road || CASE WHEN w.door <> '' THEN w.door || '号' ELSE '' END, ''), r.short_name, '')
       || w.number || CASE WHEN w.number ~ '^[A-Z]+$' THEN '座' ELSE '号楼' END, '', 'intake', now()
FROM wanted_building w JOIN unnest(%s::int[], %s::uuid[]) AS i (n, id) ON i.n = w.n
LEFT JOIN places_compound c ON c.id = w.compound_id LEFT JOIN places_region r ON r.code = w.village_code
"""
LINK = """
UPDATE places_dwelling d SET building_id = b.id FROM places_building b
WHERE b.village_code = d.village_code AND b.number = d.building AND d.building <> ''
  AND b.compound_id IS NOT DISTINCT FROM d.compound_id
  AND b.road = CASE WHEN d.compound_id IS NULL THEN d.road ELSE '' END
  AND b.door = CASE WHEN d.compound_id IS NULL THEN d.door ELSE '' END
"""
# As `places.rules.storey_of` says.
STOREYS = r"""
UPDATE places_dwelling SET storey = s.storey FROM (
    SELECT id, coalesce(substring(floor from '^\d{1,3}$')::int, -substring(floor from '^B(\d)$')::int,
                        -substring(room from '^B(\d)\d{2}$')::int, substring(room from '^(\d{1,3})\d{2}$')::int) AS storey
    FROM places_dwelling
) s WHERE s.id = places_dwelling.id AND s.storey <> 0 AND s.storey <= 120
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        cursor.execute(MISSING)
        cursor.execute("SELECT count(*) FROM wanted_building")
        (count,) = cursor.fetchone()
        # Homes become rows of buildings without having changed: their history has nothing to tell of it.
        cursor.execute("ALTER TABLE places_dwelling DISABLE TRIGGER keep_updates")
        if count:
            cursor.execute(INSERT, [list(range(1, count + 1)), uuid7_many(count)])
            cursor.execute(LINK)
        cursor.execute(STOREYS)
        cursor.execute("ALTER TABLE places_dwelling ENABLE TRIGGER keep_updates")


class Migration(migrations.Migration):
    dependencies = [("places", "0005_buildings")]

    operations = [
        migrations.RunSQL(HISTORY_COLUMNS, ""),
        protect("places_building"),
        protect("places_building_leader"),
        protect("places_dwelling_code"),
        keep_history("places_building"),
        keep_history("places_building_leader"),
        keep_history("places_dwelling_code"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
