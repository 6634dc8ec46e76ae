"""Measures that colour the map: one number for each area of a level, each by one statement within the actor's areas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.places.permissions import VIEW as PLACES
from linli.registry.permissions import COMPONENT_VIEW, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW, VIEW

from . import sql

MeasureName = Literal[
    "people", "households", "homes", "phone_share", "home_share", "id_share", "empty_homes", "empty_share", "entities",
    "places", "places_overdue", "rentals", "components", "components_damaged", "unstaffed", "grids_covered", "outlets",
]  # fmt: skip
MEASURES: tuple[MeasureName, ...] = get_args(MeasureName)


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted (`value`) over which rows (`source`, alias x, with `column` for where they lie), and who may."""

    permission: str
    source: str
    value: str = "count(*)"
    where: str = "true"
    column: str = "x.area_code"


_PEOPLE = "registry_person_area x JOIN registry_person p ON p.id = x.person_id"
# Nobody stands for the grid today (places.grids.staffing).
_STAFFED = (
    "EXISTS (SELECT FROM places_grid_staff s WHERE s.area_code = x.code "
    "AND s.since <= %(today)s AND (s.until IS NULL OR s.until > %(today)s))"
)
_GRIDS_THEN = "(x.valid_from IS NULL OR x.valid_from <= %(today)s) AND (x.valid_to IS NULL OR x.valid_to > %(today)s)"
#: Key places of trades people go to from day to day (便民网点): courier outlets, malls and markets, small shops, small eateries, small
#: beauty and bath houses. They are part of what a 一刻钟便民生活圈 consists of; which of our kinds count is inferred.
OUTLETS = ("17", "18", "23", "24", "28")
_OUTLET = "x.place_kind IN (" + ", ".join(f"'{kind}'" for kind in OUTLETS) + ")"


def _share(part: str) -> str:
    return f"(count(*) FILTER (WHERE {part}))::float / count(*)"


_MEASURES: dict[MeasureName, Measure] = {
    "people": Measure(VIEW, "registry_person_area x", "count(DISTINCT x.person_id)"),
    "households": Measure(
        VIEW, "registry_household x", where="EXISTS (SELECT FROM registry_person p WHERE p.household_id = x.id)"
    ),
    "homes": Measure(VIEW, "places_dwelling x"),
    "phone_share": Measure(VIEW, _PEOPLE, _share("p.phone IS NOT NULL")),
    "home_share": Measure(VIEW, _PEOPLE, _share("p.dwelling_id IS NOT NULL")),
    "id_share": Measure(VIEW, _PEOPLE, _share("p.id_number IS NOT NULL")),
    "empty_homes": Measure(VIEW, "places_dwelling x", where="x.state = 'empty'"),
    "empty_share": Measure(VIEW, "places_dwelling x", _share("x.state = 'empty'")),
    "entities": Measure(ENTITY_VIEW, "registry_legal_entity x"),
    "places": Measure(PLACE_VIEW, "registry_key_place x"),
    "places_overdue": Measure(PLACE_VIEW, "registry_key_place x", where="x.next_inspection_on < %(today)s"),
    "rentals": Measure(RENTAL_VIEW, "registry_rental x"),
    "components": Measure(COMPONENT_VIEW, "registry_component x"),
    "components_damaged": Measure(COMPONENT_VIEW, "registry_component x", where="x.component_state = '2'"),
    "unstaffed": Measure(PLACES, "places_grid x", where=f"x.valid_to IS NULL AND NOT {_STAFFED}", column="x.code"),
    "grids_covered": Measure(PLACES, "places_grid x", _share(_STAFFED), where=_GRIDS_THEN, column="x.code"),
    # Of an area that has key places, but none of these, it is 0; where none at all are recorded, nobody has looked.
    "outlets": Measure(PLACE_VIEW, "registry_key_place x", f"count(*) FILTER (WHERE {_OUTLET})"),
}


@dataclass(frozen=True, slots=True)
class AreaValue:
    code: str
    value: float


def measured(
    actor: Actor, name: MeasureName, digits: int, area: str | None = None, on: date | None = None
) -> dict[str, float]:
    """A measure per town (9 digits), village (12) or grid (15) today, or as if a day were today; areas without rows are left out.

    Rows of which only a wider area is known count in none of the narrower ones. A person counts in each of theirs.
    """
    measure = _MEASURES[name]
    params: dict[str, Any] = {"digits": digits, "today": on or clock.today()}
    where = sql.ranges(sql.held(actor, measure.permission, area), measure.column, params)
    value = measure.value
    if name == "people" and digits == 15:
        value = "count(*)"  # in a grid nobody is listed twice, so nothing has to be sorted to know
    found = sql.rows(
        AreaValue,
        f"SELECT left({measure.column}, %(digits)s) AS code, ({value})::float AS value FROM {measure.source} "
        f"WHERE {where} AND length({measure.column}) >= %(digits)s AND {measure.where} GROUP BY 1",
        params,
    )
    return {row.code: row.value for row in found}
