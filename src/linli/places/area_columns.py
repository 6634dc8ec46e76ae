"""Places' columns with area codes. Regions, grids and their names are written by the change itself."""

from linli.kernel.area_columns import AreaColumn, AreaCount, around, count, declare, excuse
from linli.kernel.errors import Text

from .recode.homes import follow_village

declare(
    AreaColumn("places_dwelling", "area_code", follows="id"),
    AreaColumn("places_dwelling", "village_code"),
    AreaColumn("places_compound", "area_code", follows="id"),
    AreaColumn("places_compound", "village_code"),
    AreaColumn("places_building", "area_code", follows="compound_id"),
    AreaColumn("places_building", "village_code"),
    AreaColumn("places_building_leader", "area_code"),
    AreaColumn("places_dwelling_code", "area_code", follows="dwelling_id"),
    # Of grids that end by a change of grids, duties were handed over before; a recode carries them as they are.
    AreaColumn(
        "places_grid_staff", "area_code", live="t.until IS NULL OR t.until > greatest(%(today)s::date, t.since)"
    ),
)
OWN = "reference data, written by the change of areas itself"
excuse("places_region", "code", "parent_code", "successor", why=OWN)
excuse("places_region_alias", "code", why=OWN)
excuse("places_foreign_code", "code", why=OWN)
excuse("places_region_shape", "code", why=OWN)
excuse("places_grid", "code", "village_code", "successor", why=OWN)
excuse("places_grid_change", "area_code", "villages", why="tells what was")
excuse("places_area_move", "old_code", "new_code", why="tells what was")

count(
    AreaCount("dwellings", Text("房屋", "Homes"), "places_dwelling d", "d.area_code", "d.id"),
    AreaCount("compounds", Text("小区院落", "Compounds"), "places_compound c", "c.area_code", "c.id"),
)
around(after=follow_village)
