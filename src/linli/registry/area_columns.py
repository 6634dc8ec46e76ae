"""The registry's columns with area codes, and what it computes anew when areas change."""

from linli.kernel.area_columns import AreaColumn, AreaCount, around, count, declare, excuse
from linli.kernel.errors import Text

from .merge.derive import follow_areas
from .merge.households import rekey as rekey_households
from .merge.run import lock
from .things.merge import rekey_places

# Who is registered in the grid of their home is registered in that home, as far as anybody stated.
HOME = "dwelling_id"

declare(
    AreaColumn("registry_source_record", "area_code", follows=HOME),
    AreaColumn("registry_source_record", "home_area", follows=HOME),
    AreaColumn("registry_source_record", "register_area", follows=HOME),
    AreaColumn("registry_person", "area_code", follows=HOME),
    AreaColumn("registry_person", "home_area", follows=HOME),
    AreaColumn("registry_person", "register_area", follows=HOME),
    AreaColumn("registry_residence", "area_code", follows=HOME),
    AreaColumn("registry_household", "area_code"),
    AreaColumn("registry_thing_record", "area_code", follows=HOME),
    AreaColumn("registry_legal_entity", "area_code"),
    AreaColumn("registry_key_place", "area_code"),
    AreaColumn("registry_component", "area_code"),
    AreaColumn("registry_rental", "area_code", follows=HOME),
    *(
        AreaColumn(table, column)
        for table in ("registry_relation", "registry_tag")
        for column in ("stated_area", "ended_area")
    ),
    AreaColumn("registry_custom_value", "stated_area"),
    AreaColumn("registry_transfer", "from_area", live="t.state = 'open'"),
    AreaColumn("registry_transfer", "to_area", live="t.state = 'open'"),
)
excuse("registry_person_area", "area_code", "prior_areas", why="computed anew from people")
excuse("registry_person_facet", "area_code", "prior_areas", why="computed anew from people")
excuse("registry_relation", "area_code", why="follows the person")
excuse("registry_tag", "area_code", why="follows the person")
excuse("registry_custom_value", "area_code", why="follows the person")
excuse("registry_name_token", "area_code", why="computed anew from people")
excuse("registry_match_key", "area_code", why="computed anew from people")
excuse("registry_find_token", "area_code", why="kept by triggers of what it finds")
excuse("registry_resolution", "area_code", why="tells what was")
excuse("registry_bulk_edit", "area_code", why="tells what was")
excuse("registry_bulk_edit_row", "area_code", why="tells what was; undoing asks what its codes became")
excuse("registry_review_assignment", "area_code", why="of the row as it was given")
excuse("registry_conflict", "area_code", why="follows the person")
excuse("registry_regrouping", "from_area", "to_area", why="tells what was")
excuse("registry_quality_day", "area_code", why="tells what was")
excuse("registry_district", "code", why="the district itself")

count(
    AreaCount(
        "people",
        Text("实有人口", "People"),
        "registry_person_area a JOIN registry_person p ON p.id = a.person_id",
        "a.area_code",
        "CASE WHEN a.kind = 'home' THEN p.dwelling_id END",
    ),
    AreaCount("households", Text("家庭户", "Households"), "registry_household f", "f.area_code"),
    AreaCount("entities", Text("法人单位", "Legal entities"), "registry_legal_entity e", "e.area_code"),
    AreaCount("places", Text("重点场所", "Key places"), "registry_key_place k", "k.area_code"),
    AreaCount("components", Text("管理部件", "Components"), "registry_component c", "c.area_code"),
    AreaCount("rentals", Text("出租房", "Rented homes"), "registry_rental n", "n.area_code", "n.dwelling_id"),
    AreaCount(
        "transfers",
        Text("待办迁入请求", "Open move-in requests"),
        "(SELECT to_area FROM registry_transfer WHERE state = 'open') w",
        "w.to_area",
        open_work=True,
    ),
)
around(before=lock, after=follow_areas)
around(after=rekey_places)
around(after=rekey_households)
