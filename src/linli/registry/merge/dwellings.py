"""Dwellings that an import names and the base did not know: added with it, and taken back with it."""

from __future__ import annotations

from uuid import UUID

import polars as pl

from . import compounds, stage, write

_PARTS = ("road", "door", "compound", "building", "unit", "floor", "room", "standard")
#: what of a checked row names a dwelling
READ = ("dwelling_key", "home_village_code", *(f"home_{part}" for part in _PARTS))


def add(rows: pl.DataFrame, batch_id: UUID | None) -> int:
    """Add the dwellings that rows (`area_code` and READ, keys as hex) name and the base does not know; returns how many."""
    homes = rows.filter(pl.col("dwelling_key").is_not_null()).with_columns(
        ("\\x" + pl.col("dwelling_key")).alias("dwelling_key")
    )
    found = write.dwellings_in(homes).unique("dwelling_key", keep="first", maintain_order=True)
    write.stage_dwellings([found])
    return write.dwellings(batch_id)


def forget(batch_id: UUID) -> None:
    """Take back the dwellings, buildings and compounds a batch has added, as far as nobody has used them since."""
    params = {"batch": batch_id}
    stage.run("DROP TABLE IF EXISTS pg_temp.built")
    stage.run(
        "CREATE TEMP TABLE built ON COMMIT DROP AS SELECT DISTINCT compound_id, building_id FROM places_dwelling "
        "WHERE batch_id = %(batch)s AND (compound_id IS NOT NULL OR building_id IS NOT NULL)",
        params,
    )
    stage.run(
        "DELETE FROM places_dwelling d WHERE d.batch_id = %(batch)s AND NOT EXISTS "
        "(SELECT FROM registry_source_record r WHERE r.dwelling_id = d.id) AND NOT EXISTS "
        "(SELECT FROM registry_thing_record r WHERE r.dwelling_id = d.id) AND NOT EXISTS "
        "(SELECT FROM places_dwelling_code q WHERE q.dwelling_id = d.id) AND num_nonnulls(d.state, d.kind, "
        "d.floor_area, nullif(d.note, '')) = 0",
        params,
    )
    # What somebody did with a place since (a fact stated, a code on the door, a leader) is work of its own.
    stage.run(
        "DELETE FROM places_building b WHERE b.batch_id = %(batch)s AND NOT EXISTS "
        "(SELECT FROM places_dwelling d WHERE d.building_id = b.id) AND NOT EXISTS "
        "(SELECT FROM places_building_leader l WHERE l.building_id = b.id) AND num_nonnulls(nullif(b.kind, ''), "
        "b.floors, b.units, b.built_year, b.lon) = 0",
        params,
    )
    stage.run(
        "DELETE FROM places_compound c WHERE c.batch_id = %(batch)s AND c.source = 'intake' AND NOT EXISTS "
        "(SELECT FROM places_dwelling d WHERE d.compound_id = c.id) AND NOT EXISTS "
        "(SELECT FROM places_building b WHERE b.compound_id = c.id)",
        params,
    )
    compounds.settle("compound", "SELECT compound_id FROM built")
    compounds.settle("building", "SELECT building_id FROM built")
    stage.run("DROP TABLE built")
