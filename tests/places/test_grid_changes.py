"""Grids through the API: previewed, changed, undone; people, homes, rights and open work go where their ground goes."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
import staff
from django.db import connection

from linli.kernel import clock, scope
from linli.kernel.ids import uuid7
from linli.places.models import AreaMove, Grid, GridChange

from .grid_world import EAST, OTHER, WEST, V, build, cut, people, ring, square

NEW_WEST, NEW_EAST = f"{V}003", f"{V}004"
NAN, INF = float("nan"), float("inf")
SPLIT = {"op": "split", "grid": WEST, "line": cut(0.005)}


@pytest.fixture
def editor(db: str) -> Any:
    build()
    people()
    return staff.client(staff.staff("editor", area=staff.TOWN, permissions=["places.view", "places.edit"]))


def post(browser: Any, path: str, body: dict[str, Any], expect: int = 200) -> Any:
    answer = browser.post(path, json.dumps(body), content_type="application/json")
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def preview(browser: Any, *operations: dict[str, Any], **more: Any) -> Any:
    return post(browser, "/api/grids/preview", {"village_code": V, "operations": operations, **more})


def save(browser: Any, *operations: dict[str, Any], expect: int = 201, **more: Any) -> Any:
    stamp = preview(browser, *operations)["stamp"]
    body = {"village_code": V, "operations": operations, "stamp": stamp, **more}
    return post(browser, "/api/grids/changes", body, expect)


def spread(owner_sql: Any, table: str, column: str = "area_code") -> dict[str, int]:
    return dict(owner_sql(f"SELECT {column}, count(*) FROM {table} WHERE {column} IS NOT NULL GROUP BY 1"))


def everything(owner_sql: Any) -> dict[str, list[Any]]:
    """All rows of every table with areas of people, places and rights, as they stand."""
    tables = {
        "registry_person": "id, area_code, home_area, register_area",
        "registry_source_record": "id, area_code, home_area, register_area",
        "registry_residence": "person_id, dwelling_id, area_code, since, until",
        "registry_household": "id, area_code",
        "registry_person_area": "person_id, area_code, kind, prior_areas",
        "registry_name_token": "token, area_code, person_id",
        "places_dwelling": "id, area_code",
        "places_compound": "id, area_code",
        "registry_transfer": "id, from_area, to_area",
        "access_grant": "post_id, role_id, target_area",
        "access_area_group": "id, codes",
    }
    return {t: sorted(map(str, owner_sql(f"SELECT {columns} FROM {t}"))) for t, columns in tables.items()}


def test_the_effect_on_people_is_shown_before_anything_is_saved(editor: Any, owner_sql: Any) -> None:
    before = everything(owner_sql)
    found = preview(editor, SPLIT)
    assert found["troubles"] == []
    assert {g["code"]: g["state"] for g in found["grids"]} == {EAST: "kept", NEW_WEST: "added", NEW_EAST: "added"}
    assert found["ended"] == [WEST]
    counts = {(e["name"], e["old"], e["new"]): e["count"] for e in found["effect"]}
    # Two have no place there: one lives there, one is only registered. They go with the successor.
    heir = found["heirs"][WEST][0]
    assert counts["people", WEST, NEW_WEST] == 3 + (2 if heir == NEW_WEST else 0)
    assert counts["people", WEST, NEW_EAST] == 2 + (2 if heir == NEW_EAST else 0)
    assert counts["people", EAST, EAST] == 1
    assert counts["compounds", WEST, NEW_WEST] == counts["compounds", WEST, NEW_EAST] == 1
    assert everything(owner_sql) == before
    assert Grid.objects.filter(valid_to=None, village_code=V).count() == 2


def test_a_split_sends_people_where_their_home_lies_and_the_rest_to_the_named_successor(
    editor: Any, owner_sql: Any
) -> None:
    # "+2" is the smaller or second part; whichever it is, everybody without a place goes there.
    named = preview(editor, SPLIT, successors={WEST: "+2"})["heirs"][WEST][0]
    change = save(editor, SPLIT, successors={WEST: "+2"}, reason="人口过多")
    there = {NEW_WEST: 3, NEW_EAST: 2, EAST: 1}
    there[named] += 1
    assert spread(owner_sql, "registry_person") == there
    registered = {NEW_WEST: 3, NEW_EAST: 2}
    registered[named] += 2
    assert spread(owner_sql, "registry_person", "register_area") == registered
    assert spread(owner_sql, "registry_residence") == there
    lists = dict(there)
    lists[named] += 1  # by 户籍
    assert spread(owner_sql, "registry_person_area") == lists
    assert WEST not in spread(owner_sql, "registry_name_token")
    assert change["summary"]["ended"] == [WEST]
    # The household lives where its head does.
    assert owner_sql("SELECT area_code FROM registry_household") == [(NEW_EAST,)]
    old = Grid.objects.get(code=WEST)
    assert (old.valid_to is not None, old.name) == (True, "第1网格")
    listed = json.loads(editor.get(f"/api/grids?area={V}&ended=true").content)["items"]
    assert [g["code"] for g in listed] == [WEST, EAST, NEW_WEST, NEW_EAST]


def test_undoing_a_merger_brings_every_row_back_to_the_grid_it_came_from(editor: Any, owner_sql: Any) -> None:
    before = everything(owner_sql)
    change = save(editor, {"op": "merge", "grids": [WEST, EAST], "name": "大网格"})
    assert set(spread(owner_sql, "registry_person")) == {NEW_WEST}
    # Somebody living in one half and registered in the other is listed once.
    assert spread(owner_sql, "registry_person_area") == {NEW_WEST: 7}
    post(editor, f"/api/grids/changes/{change['id']}/undo", {"reason": "误操作"})
    assert everything(owner_sql) == before
    assert sorted(Grid.objects.filter(village_code=V, valid_to=None).values_list("code", flat=True)) == [WEST, EAST]
    assert Grid.objects.get(code=NEW_WEST).valid_to is not None


def test_undoing_a_split_restores_the_grid_and_its_people(editor: Any, owner_sql: Any) -> None:
    before, figure = everything(owner_sql), bytes(Grid.objects.get(code=WEST).geometry)
    change = save(editor, SPLIT)
    undone = post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert (undone["kind"], undone["undoable"]) == ("undo", False)
    assert everything(owner_sql) == before
    assert bytes(Grid.objects.get(code=WEST).geometry) == figure
    again = save(editor, SPLIT)
    assert again["summary"]["added"] == [f"{V}005", f"{V}006"], "a number once given is not given again"


def test_only_the_newest_change_of_a_village_can_be_undone_and_only_once(editor: Any) -> None:
    first = save(editor, SPLIT)
    second = save(editor, {"op": "rename", "grid": EAST, "name": "东网格"})
    items = json.loads(editor.get(f"/api/grids/changes?area={V}").content)["items"]
    assert [(i["id"], i["undoable"]) for i in items] == [(second["id"], True), (first["id"], False)]
    refused = post(editor, f"/api/grids/changes/{first['id']}/undo", {}, 409)
    assert refused["code"] == "places.grid_change_not_undoable"
    post(editor, f"/api/grids/changes/{second['id']}/undo", {})
    assert Grid.objects.get(code=EAST).name == "第2网格"
    post(editor, f"/api/grids/changes/{second['id']}/undo", {}, 409)
    post(editor, f"/api/grids/changes/{first['id']}/undo", {})


def test_people_who_came_after_a_merger_go_by_their_place_when_it_is_undone(editor: Any, owner_sql: Any) -> None:
    from people_frames import merge, row

    change = save(editor, {"op": "merge", "grids": [WEST, EAST]})
    merge([row(30, "赵三十", 30, NEW_WEST, home_village_code=V, home_compound="东苑", home_building="9",
               home_unit="1", home_room="901", home_door=None, home_standard="某村东苑9-1-901")])  # fmt: skip
    post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert owner_sql("SELECT area_code FROM registry_person WHERE name = '赵三十'") == [(WEST,)]


def test_open_work_is_counted_and_goes_to_the_successor_when_its_grid_is_closed(editor: Any, owner_sql: Any) -> None:
    (person,) = owner_sql("SELECT id FROM registry_person LIMIT 1")[0]
    for state in ("open", "rejected"):
        owner_sql(
            "INSERT INTO registry_transfer (id, person_id, record_id, from_area, to_area, state, opened_at, opened_by) "
            "VALUES (%s, %s, %s, %s, %s, %s, now(), 'x')",
            [uuid7(), person, uuid.uuid4(), f"{OTHER}001", WEST, state],
        )
    closing = {"op": "close", "grid": WEST, "into": EAST}
    (work,) = [e for e in preview(editor, closing)["effect"] if e["open_work"]]
    assert (work["old"], work["new"], work["count"]) == (WEST, EAST, 1)
    save(editor, closing)
    rows = dict(owner_sql("SELECT state, to_area FROM registry_transfer"))
    assert rows == {"open": EAST, "rejected": WEST}, "work that is done keeps the code it was done under"


def test_a_change_made_for_other_grids_than_these_is_refused(editor: Any) -> None:
    stamp = preview(editor, SPLIT)["stamp"]
    save(editor, {"op": "rename", "grid": EAST, "name": "东网格"})
    body = {"village_code": V, "operations": [SPLIT], "stamp": stamp}
    assert post(editor, "/api/grids/changes", body, 409)["code"] == "places.grids_changed"


def test_refusals_come_with_the_place_as_geojson_and_words_in_both_languages(editor: Any) -> None:
    draw = {"op": "draw", "figure": ring(square(0.012, 0.002, 0.004, 0.004)), "name": "新格"}
    found = preview(editor, draw)
    (trouble,) = found["troubles"]
    assert trouble["code"] == "overlap"
    assert trouble["place"]["type"] == "Polygon"
    assert "新格" in trouble["message"]
    body = json.dumps({"village_code": V, "operations": [draw], "stamp": found["stamp"]})
    answer = editor.post("/api/grids/changes", body, content_type="application/json", headers={"Accept-Language": "en"})
    document = json.loads(answer.content)
    assert (answer.status_code, document["code"]) == (422, "places.bad_boundaries")
    assert "overlap" in document["detail"]
    assert document["troubles"][0]["place"]["type"] == "Polygon"


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        ({"op": "split", "grid": WEST}, 422),
        ({"op": "draw"}, 422),
        ({"op": "draw", "figure": {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}}, 422),
        ({"op": "split", "grid": WEST, "line": {"type": "LineString", "coordinates": [[118.0, 36.6], [118.0, 36.6]]}}, 200),
        ({"op": "draw", "figure": {"type": "Polygon", "coordinates": [[[1e300, 2], [3, 4], [5, 6]]]}}, 200),
        ({"op": "split", "grid": WEST, "line": {"type": "LineString", "coordinates": [[118.0, NAN], [118.0, 36.6]]}}, 400),
        ({"op": "draw", "figure": {"type": "Polygon", "coordinates": [[[NAN, 2], [3, INF], [5, 6]]]}}, 400),
        ({"op": "rename", "grid": "x", "name": "y"}, 200),
    ],
)  # fmt: skip
def test_bad_input_is_a_refusal_never_a_fault(editor: Any, operation: dict[str, Any], status: int) -> None:
    answer = post(editor, "/api/grids/preview", {"village_code": V, "operations": [operation]}, status)
    if status == 200:
        assert answer["troubles"]


def test_a_change_holds_from_a_day_not_ahead_and_not_before_the_grids_began(editor: Any) -> None:
    for day in ("2999-01-01", "2023-12-31"):
        refused = save(editor, SPLIT, effective_on=day, expect=422)
        assert refused["fields"][0]["field"] == "effective_on"
    save(editor, SPLIT, effective_on="2025-07-01")
    assert str(Grid.objects.get(code=NEW_WEST).valid_from) == "2025-07-01"
    assert str(Grid.objects.get(code=WEST).valid_to) == "2025-07-01"


def test_a_position_is_found_in_the_new_grid_and_old_codes_stay_readable(editor: Any) -> None:
    save(editor, SPLIT)
    found = json.loads(editor.get("/api/locate?lon=118.002&lat=36.605").content)
    assert found["code"] == NEW_WEST
    assert json.loads(editor.get(f"/api/areas/{WEST}").content)["area"]["name"] == "第1网格"


def test_rights_in_a_grid_become_rights_in_all_that_takes_it_over(editor: Any, owner_sql: Any) -> None:
    worker = staff.staff("worker", "officer", WEST, unit_area=staff.VILLAGE)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions

        actions.create_group(staff.OPERATOR, name="某片区", codes=[WEST, f"{OTHER}001"])
    change = save(editor, SPLIT)
    assert staff.actor(worker).areas == (NEW_WEST, NEW_EAST)
    assert owner_sql("SELECT codes FROM access_area_group") == [([NEW_WEST, NEW_EAST, f"{OTHER}001"],)]
    post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert staff.actor(worker).areas == (WEST,)
    assert owner_sql("SELECT count(*) FROM access_grant WHERE target_area = %s", [WEST]) == [(1,)]
    assert owner_sql("SELECT codes FROM access_area_group") == [([WEST, f"{OTHER}001"],)]


def test_rights_in_merged_grids_go_back_to_where_they_came_from(editor: Any, owner_sql: Any) -> None:
    """Undone, a merger leaves nobody with rights in the other half."""
    west = staff.staff("west", "officer", WEST, unit_area=staff.VILLAGE)
    east = staff.staff("east", "officer", EAST, unit_area=staff.VILLAGE)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions

        actions.create_group(staff.OPERATOR, name="某片区", codes=[WEST, f"{OTHER}001"])
    before = everything(owner_sql)
    change = save(editor, {"op": "merge", "grids": [WEST, EAST]})
    assert staff.actor(west).areas == staff.actor(east).areas == (NEW_WEST,)
    post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert (staff.actor(west).areas, staff.actor(east).areas) == ((WEST,), (EAST,))
    assert everything(owner_sql) == before


@pytest.mark.parametrize("undone", [False, True])
def test_a_line_moved_between_two_standing_grids_opens_neither_to_the_other(
    editor: Any, owner_sql: Any, undone: bool
) -> None:
    west = staff.staff("west", "officer", WEST, unit_area=staff.VILLAGE)
    east = staff.staff("east", "officer", EAST, unit_area=staff.VILLAGE)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions

        actions.create_group(staff.OPERATOR, name="某片区", codes=[WEST])
    before = everything(owner_sql)
    strip = {"op": "draw", "figure": ring(square(0.006, width=0.004)), "carve": True}
    change = save(editor, strip, {"op": "close", "grid": "+1", "into": EAST})
    assert change["summary"]["redrawn"] == [WEST, EAST] and change["moved"]["registry_person.area_code"] == 2
    if undone:
        post(editor, f"/api/grids/changes/{change['id']}/undo", {})
        assert everything(owner_sql) == before
    assert (staff.actor(west).areas, staff.actor(east).areas) == ((WEST,), (EAST,))
    assert owner_sql("SELECT codes FROM access_area_group") == [([WEST],)]


def test_a_grid_drawn_out_of_two_and_undone_leaves_rights_as_they_were(editor: Any, owner_sql: Any) -> None:
    west = staff.staff("west", "officer", WEST, unit_area=staff.VILLAGE)
    before = everything(owner_sql)
    middle = {"op": "draw", "figure": ring(square(0.007, width=0.008)), "carve": True}
    change = save(editor, middle)
    assert staff.actor(west).areas == (WEST, NEW_WEST)
    post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert staff.actor(west).areas == (WEST,) and everything(owner_sql) == before


def test_a_later_change_of_a_wider_area_stands_against_undoing_too(editor: Any) -> None:
    """Boundaries that the district brought in are out of sight for a village, and rest on its change all the same."""
    village = staff.client(staff.staff("village", area=V, permissions=["places.view", "places.edit"]))
    change = save(village, {"op": "rename", "grid": EAST, "name": "东网格"})
    with scope.acting(staff.OPERATOR):
        GridChange.objects.create(
            area_code=staff.DISTRICT, villages=[V, OTHER], kind="import", effective_on=clock.today(),
            made_at=clock.now(), made_by="operator:x",
        )  # fmt: skip
    refused = post(village, f"/api/grids/changes/{change['id']}/undo", {}, 409)
    assert refused["code"] == "places.grid_change_not_undoable"


def test_what_a_change_remembers_of_rows_cannot_be_changed_or_removed(editor: Any) -> None:
    save(editor, SPLIT)
    with scope.acting(staff.OPERATOR):
        assert AreaMove.objects.filter(subject="registry_person.area_code").count() == 6
    from django.db import Error

    with pytest.raises(Error, match="permission denied"), scope.acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("DELETE FROM places_area_move")


def test_every_column_with_area_codes_is_carried_or_excused() -> None:
    """A room that adds a column and forgets to declare it would leave its rows behind at the next change."""
    from django.apps import apps
    from django.contrib.postgres.fields import ArrayField

    from linli.kernel import area_columns
    from linli.kernel.areas import AreaCodeField

    known = {(c.table, c.column) for c in area_columns.columns()} | area_columns.excused().keys()
    forgotten = []
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            array = isinstance(field, ArrayField) and field.name in ("codes", "villages", "prior_areas", "areas")
            if (isinstance(field, AreaCodeField) or array) and (model._meta.db_table, field.column) not in known:
                forgotten.append(f"{model._meta.db_table}.{field.column}")
    assert not forgotten


def test_every_column_declared_exists(db: str) -> None:
    from linli.kernel import area_columns

    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns")
        there = set(cursor.fetchall())
    declared = [(c.table, name) for c in area_columns.columns() for name in (c.column, *c.key, c.follows) if name]
    assert [pair for pair in (*declared, *area_columns.excused()) if pair not in there] == []


def test_what_stands_on_a_strip_goes_with_it_and_nothing_else_does(editor: Any, owner_sql: Any) -> None:
    strip = ring(square(0.00195, width=0.0001))  # a hundredth of the western grid, through the western compound
    change = save(editor, {"op": "draw", "figure": strip, "name": "新路", "carve": True})
    assert (change["summary"]["added"], change["summary"]["redrawn"]) == ([NEW_WEST], [WEST])
    assert spread(owner_sql, "registry_person") == {NEW_WEST: 3, WEST: 3, EAST: 1}
    post(editor, f"/api/grids/changes/{change['id']}/undo", {})
    assert NEW_WEST not in spread(owner_sql, "registry_person")
