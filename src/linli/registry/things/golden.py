"""Golden rows of things: for every fact the value of the source that counts most for it, then the latest.

One statement for all things in the temporary table `affected` (subject_id), written from the declaration of the kind.
"""

from __future__ import annotations

from datetime import datetime

from linli.kernel import clock
from linli.registry.merge import stage
from linli.registry.merge.priorities import DEFAULT_PRIORITY, GENERAL

from .kinds import SQL_TYPES, ThingKind

# What was seen last counts for inspections, whoever looked; the day of the next one goes with it.
_INSPECTED = "CASE WHEN f.key IN ('inspected_on', 'next_inspection_on') THEN r.facts->>'inspected_on' END"
# The rules of the day, see `merge.priorities`.
_STANDING = (
    "SELECT DISTINCT ON (field, source_id) field, source_id, priority FROM registry_field_priority "
    "WHERE valid_from <= %(today)s ORDER BY field, source_id, valid_from DESC"
)
# A fact that is JSON null was emptied by hand: it wins its place and leaves the column empty.
_CHOSEN = f"""
CREATE TEMP TABLE chosen ON COMMIT DROP AS
SELECT subject_id, jsonb_object_agg(fact, value) AS facts, jsonb_object_agg(fact, record_id) AS records
FROM (
    SELECT DISTINCT ON (r.subject_id, f.key) r.subject_id, f.key AS fact, f.value, r.id AS record_id
    FROM affected a
    JOIN registry_thing_record r ON r.subject_id = a.subject_id AND r.superseded_by IS NULL
    CROSS JOIN LATERAL jsonb_each(r.facts) f
    LEFT JOIN registry_source s ON s.code = r.source_code
    LEFT JOIN ({_STANDING}) p ON p.source_id = r.source_code AND p.field = %(kind)s || '.' || f.key
    LEFT JOIN ({_STANDING}) g ON g.source_id = r.source_code AND g.field = '{GENERAL}'
    ORDER BY r.subject_id, f.key, {_INSPECTED} DESC NULLS LAST, coalesce(p.priority, g.priority, s.priority, {DEFAULT_PRIORITY}), r.observed_on DESC,
             r.recorded_at DESC, r.id DESC
) o GROUP BY subject_id
"""


def columns(kind: ThingKind) -> dict[str, str]:
    """The computed columns of the kind's table and the expression over `chosen` (as c) that fills each."""
    found = {
        # From the statement's column, not from what it said: areas are split and renamed after it was made.
        "area_code": "(SELECT r.area_code FROM registry_thing_record r WHERE r.id = (c.records->>'area_code')::uuid)",
        "name": "c.facts->>'name'",
        "name_key": "c.facts->>'name_key'",
        "address": "c.facts->>'address'",
        "lon": "(c.facts->'position'->>'lon')::float",
        "lat": "(c.facts->'position'->>'lat')::float",
        "main_record": "(c.records->>'name')::uuid",
        "field_records": "c.records",
    }
    if kind.home:
        found["dwelling_id"] = (
            "(SELECT r.dwelling_id FROM registry_thing_record r WHERE r.id = (c.records->>'home')::uuid)"
        )
    for field in kind.fields:
        if field.form == "phone":
            found[field.name] = "(SELECT r.phone FROM registry_thing_record r WHERE r.id = (c.records->>'phone')::uuid)"
        else:
            found[field.name] = f"(c.facts->>'{field.name}')::{SQL_TYPES[field.form]}"
    return found


def recompute(kind: ThingKind, now: datetime) -> tuple[int, int]:
    """Compute and store the golden rows of the things in `affected`; returns how many were made and how many changed.

    A thing's version rises only on a real change. Things without any statement are removed by the caller.
    """
    stage.run("DROP TABLE IF EXISTS pg_temp.chosen")
    stage.run(_CHOSEN, {"kind": kind.name, "today": clock.today()})
    # An index rather than trust in statistics: a table that this transaction has filled counts as empty.
    stage.run("CREATE INDEX ON chosen (subject_id)")
    stage.run("ANALYZE chosen")
    filled = columns(kind)
    targets = ", ".join(f"{column} = {value}" for column, value in filled.items())
    old, new = ", ".join(f"t.{column}" for column in filled), ", ".join(filled.values())
    changed = stage.run(
        f"""
        UPDATE {kind.table} t SET {targets}, version = t.version + 1, updated_at = %(now)s
        FROM chosen c WHERE t.id = c.subject_id AND ({old}) IS DISTINCT FROM ({new})
        """,
        {"now": now},
    )
    made = stage.run(
        f"""
        INSERT INTO {kind.table} (id, key, version, recorded_at, updated_at, {", ".join(filled)})
        SELECT c.subject_id, (SELECT min(r.key) FROM registry_thing_record r WHERE r.subject_id = c.subject_id),
               1, %(now)s, %(now)s, {", ".join(filled.values())}
        FROM chosen c WHERE NOT EXISTS (SELECT FROM {kind.table} t WHERE t.id = c.subject_id)
        """,
        {"now": now},
    )
    return made, changed
