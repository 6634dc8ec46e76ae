"""Places' columns with area codes. Regions, grids and their names are written by the change itself."""

from linli.kernel.area_columns import AreaColumn, AreaCount, count, declare, excuse
from linli.kernel.errors import Text

declare(
    AreaColumn("places_dwelling", "area_code", follows="id"),
    AreaColumn("places_dwelling", "village_code"),
    AreaColumn("places_compound", "area_code", follows="id"),
    AreaColumn("places_compound", "village_code"),
    AreaColumn("places_building", "area_code", follows="compound_id"),
    AreaColumn("places_building", "village_code"),
    AreaColumn("places_building_leader", "area_code"),
    AreaColumn("places_dwelling_code", "area_code", follows="dwelling_id"),
)
OWN = "reference data, written by the change of areas itself"
excuse("places_region", "code", "parent_code", why=OWN)
excuse("places_region_alias", "code", why=OWN)
excuse("places_foreign_code", "code", why=OWN)
excuse("places_region_shape", "code", why=OWN)
excuse("places_grid", "code", "village_code", why=OWN)
excuse("places_grid_change", "area_code", "villages", why="tells what was")
excuse("places_area_move", "old_code", "new_code", why="tells what was")
excuse("places_grid_staff", "area_code", why="handed over by grids.staffing, with dates")

count(
    AreaCount("dwellings", Text("房屋", "Homes"), "places_dwelling d", "d.area_code", "d.id"),
    AreaCount("compounds", Text("小区院落", "Compounds"), "places_compound c", "c.area_code", "c.id"),
)
