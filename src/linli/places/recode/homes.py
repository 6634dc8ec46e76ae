"""Homes when villages change: their village follows their grid, and the key that makes an address the same home."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

_PARTS: Final = ("compound", "road", "door", "building", "unit", "room")


def follow_village() -> None:
    """A hook of `kernel.area_columns`: `village_code` is that of the grid, `address_key` that of the present village.

    Where the village that was joined has a home of the same words already, both keep the key they had: 12号 of one
    village is not 12号 of the other.
    """
    with connection.cursor() as cursor:
        for table in ("places_dwelling", "places_compound", "places_building"):
            cursor.execute(
                f"""
                UPDATE {table} SET village_code = left(area_code, 12)
                WHERE area_code IN (SELECT new_code FROM area_heir) AND length(area_code) >= 12
                  AND village_code <> left(area_code, 12)
                """
            )
        cursor.execute(
            "SELECT DISTINCT left(old_code, 12), left(new_code, 12) FROM area_heir "
            "WHERE rank = 0 AND length(old_code) >= 12 AND left(old_code, 12) <> left(new_code, 12) ORDER BY 1, 2"
        )
        for old, new in cursor.fetchall():
            _rekey(cursor, old, new)


def _rekey(cursor: Any, old: str, new: str) -> None:
    """Keys that were made of the old village are made of the new one; those made otherwise are left alone."""
    cursor.execute(
        """
        SELECT d.id, d.address_key, coalesce(c.name, ''), d.road, d.door, d.building, d.unit, d.room
        FROM places_dwelling d LEFT JOIN places_compound c ON c.id = d.compound_id WHERE d.village_code = %s
        """,
        [new],
    )
    rows = cursor.fetchall()
    if not rows:
        return
    import polars as pl

    from ..rules import address_key

    parts = pl.DataFrame([row[2:] for row in rows], schema=dict.fromkeys(_PARTS, pl.String), orient="row")
    was, now = (address_key(parts.with_columns(pl.lit(v).alias("village_code"))).to_list() for v in (old, new))
    changed = [(row[0], now[i]) for i, row in enumerate(rows) if now[i] and bytes(row[1]) == was[i]]
    cursor.execute(
        """
        UPDATE places_dwelling d SET address_key = n.key
        FROM unnest(%s::uuid[], %s::bytea[]) AS n(id, key)
        WHERE d.id = n.id AND NOT EXISTS (SELECT FROM places_dwelling o WHERE o.address_key = n.key)
        """,
        [[i for i, _ in changed], [k for _, k in changed]],
    )
