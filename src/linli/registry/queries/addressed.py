"""Dwellings at an address as people write it, as SQL conditions."""

from __future__ import annotations

from typing import Any

from linli.kernel import areas
from linli.places.queries import parse_address


def at_address(words: str, within: str | None, alias: str, params: dict[str, Any]) -> list[str]:
    """Conditions on `places_dwelling` for the parts of an address that were understood; none when nothing was.

    A village or a compound must be among them: a room number alone would mean every home of the district.
    """
    found = parse_address(words, within=within or "")
    conditions = []
    if found.village_code:
        params["a_lo"], params["a_hi"] = areas.bounds(found.village_code)
        conditions.append(f"{alias}.area_code >= %(a_lo)s AND {alias}.area_code < %(a_hi)s")
    if found.compound:
        params["a_compound"] = found.compound
        conditions.append(
            f"{alias}.compound_id = ANY(ARRAY(SELECT id FROM places_compound WHERE name = %(a_compound)s))"
        )
    if not conditions:
        return []
    for column in ("road", "door", "building", "unit", "room"):
        if value := getattr(found, column):
            params[f"a_{column}"] = value
            conditions.append(f"{alias}.{column} = %(a_{column})s")
    return conditions
