"""Recodes through the API: a new code, a merger, a move to another town, a village that becomes a community; undone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import staff
from people_frames import facets_differing, lists_differing

from linli.kernel import clock, scope
from linli.kernel.ids import uuid7
from linli.places.grids import staffing
from linli.places.models import Compound, ForeignCode, Grid, GridStaff, Region, RegionAlias, RegionShape
from linli.places.recode.queries import became

from .grid_world import EAST, OTHER, WEST, V, build, people
from .test_grid_changes import everything, post, spread

NEW = f"{V[:9]}399"
MOVED = f"{OTHER[:9]}398"
VICTIM = Path(__file__).with_name("recode_victim.py")


@pytest.fixture
def editor(db: str) -> Any:
    build()
    people()
    return staff.client(staff.staff("editor", area=staff.DISTRICT, permissions=["places.view", "places.edit"]))


def recode(browser: Any, old: str, new: str, expect: int = 201, **more: Any) -> Any:
    return post(browser, "/api/recodes", {"old": old, "new": new, **more}, expect)


def undo(browser: Any, change: Any, expect: int = 200) -> Any:
    return post(browser, f"/api/recodes/{change['id']}/undo", {}, expect)


def standing(owner_sql: Any) -> dict[str, list[Any]]:
    """Everything in areas, with keys and with the reference rows of what stands."""
    rows = everything(owner_sql)
    for table, columns in {
        "registry_person_facet": "*",
        "places_dwelling": "id, area_code, village_code, address_key, standard",
        "places_compound": "id, area_code, village_code",
        "places_building": "id, area_code, village_code",
        "places_region_alias": "code, alias, kind",
        "places_foreign_code": "scheme, foreign_code, code",
        "places_region_shape": "code, geometry, source",
        "registry_household": "id, area_code, key",
        "places_grid_staff": "id, area_code, since, until",
        "access_post": "id, title, area_code",
        "access_unit": "id, area_code",
        "access_account": "id, area_code",
        "access_grant": "id, post_id, target_area, until",
    }.items():
        rows[table] = sorted(map(str, owner_sql(f"SELECT {columns} FROM {table}")))
    for table in ("places_region", "places_grid"):
        rows[table] = sorted(map(str, owner_sql(f"SELECT * FROM {table} WHERE valid_to IS NULL")))
    return rows


def test_a_new_code_carries_people_homes_lists_and_rights_and_the_old_one_stays_readable(
    editor: Any, owner_sql: Any
) -> None:
    clerk = staff.staff("clerk", "officer", V)
    browser = staff.client(clerk)
    before = standing(owner_sql)
    change = recode(editor, V, NEW, reason="代码调整")
    assert (change["how"], change["undoable"]) == ("recode", True)
    assert spread(owner_sql, "registry_person") == {f"{NEW}001": 6, f"{NEW}002": 1}
    assert not facets_differing() and not lists_differing()
    for table in ("registry_person_area", "registry_person_facet", "registry_name_token", "registry_residence", "registry_household",
                  "places_dwelling", "places_compound"):  # fmt: skip
        assert all(code.startswith(NEW) for code in spread(owner_sql, table)), table
    assert set(spread(owner_sql, "places_dwelling", "village_code")) == {NEW}
    # The clerk of the village goes with it, and finds everybody under the new code.
    assert staff.actor(clerk).areas == (NEW,)
    listed = json.loads(browser.get(f"/api/people?area={NEW}").content)["items"]
    found = json.loads(browser.get("/api/people?q=王十六").content)["items"]
    assert (len(listed), len(found)) == (7, 1)
    for path in ("people", "households", "dwellings"):  # who asks by the old code gets the same
        by_old, by_new = (json.loads(browser.get(f"/api/{path}?area={code}").content)["items"] for code in (V, NEW))
        assert by_old and by_old == by_new, path
    assert {g["code"] for g in json.loads(editor.get(f"/api/grids?area={V}").content)["items"]} == {
        f"{NEW}001",
        f"{NEW}002",
    }
    old = json.loads(editor.get(f"/api/areas/{V}").content)
    assert old["became"] == {"code": NEW, "name": "昆仑镇甲村"} and old["area"]["valid_to"]
    assert json.loads(editor.get(f"/api/areas/{WEST}").content)["became"]["code"] == f"{NEW}001"
    assert json.loads(editor.get(f"/api/areas/{NEW}").content)["became"] is None
    assert str(Region.objects.get(code=NEW).valid_from) == str(clock.today())
    assert json.loads(editor.get("/api/locate?lon=118.002&lat=36.605").content)["code"] == f"{NEW}001"
    undo(editor, change)
    assert standing(owner_sql) == before and not facets_differing() and not lists_differing()
    assert became([NEW]) == {NEW: V}, "a code that was in use for a while stays readable too"


def test_an_address_read_after_a_recode_is_the_home_it_was(editor: Any, owner_sql: Any) -> None:
    from people_frames import merge, row

    homes = owner_sql("SELECT count(*) FROM places_dwelling")
    recode(editor, V, NEW)
    merge([row(16, "王十六", 16, f"{NEW}001", home_village_code=NEW, household_no="H9", relation_to_head="0")])
    merge([row(18, "王十八", 18, f"{NEW}001", home_village_code=NEW, household_no="H1", relation_to_head="2")])
    assert owner_sql("SELECT count(*) FROM places_dwelling") == [(homes[0][0] + 1,)], "18号 is the only new home"
    assert owner_sql("SELECT count(*) FROM registry_household WHERE number = 'H1'") == [(1,)]


def test_a_village_that_joins_another_brings_its_grids_under_the_next_numbers(editor: Any, owner_sql: Any) -> None:
    from people_frames import merge, row

    merge([row(11, "赵十一", 31, f"{OTHER}002", home_village_code=OTHER)])
    merge([row(11, "钱十一", 32, EAST, home_village_code=V)])  # 11号 of either village: two homes
    with scope.acting(staff.OPERATOR):
        RegionAlias.objects.create(code=V, alias="老甲村", source="test")
        ForeignCode.objects.create(scheme="mca", foreign_code="1", code=V)
    both = staff.staff("both", "officer", V)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions as access
        from linli.access.models import Grant

        held = Grant.objects.get(target_area=V, post__unit_id=both.unit_id)
        access.grant(staff.OPERATOR, post_id=held.post_id, role_id=held.role_id,
                     target=access.Target(area_code=OTHER), since=staff.LONG_AGO)  # fmt: skip
        access.create_group(staff.OPERATOR, name="某片区", codes=[V, EAST, OTHER])
    leader = staff.staff("leader", area=V)
    with scope.acting(staff.OPERATOR) as operator:
        staffing.assign(operator, area_code=WEST, duty="worker", account_id=leader.id)
    before = standing(owner_sql)
    change = recode(editor, V, OTHER)
    assert change["how"] == "merge"
    assert change["heirs"] == {V: OTHER, WEST: f"{OTHER}003", EAST: f"{OTHER}004"}
    assert spread(owner_sql, "registry_person") == {f"{OTHER}002": 1, f"{OTHER}003": 6, f"{OTHER}004": 2}
    names = dict(Grid.objects.filter(village_code=OTHER, valid_to=None).values_list("code", "name"))
    assert len(set(names.values())) == 4, names
    assert owner_sql("SELECT target_area FROM access_grant WHERE post_id = %s", [held.post_id]) == [(OTHER,)]
    assert staff.actor(leader).areas == (f"{OTHER}003",)
    worker = GridStaff.objects.filter(account_id=leader.id)
    with scope.acting(staff.OPERATOR):
        assert worker.get().area_code == f"{OTHER}003"
    assert owner_sql("SELECT count(*) FROM access_post WHERE title LIKE %s", ["网格员%003"]) == [(1,)]
    aliases = set(RegionAlias.objects.filter(code=OTHER).values_list("alias", flat=True))
    assert {"老甲村", "昆仑镇甲村"} <= aliases
    assert ForeignCode.objects.get(scheme="mca").code == OTHER
    assert not RegionShape.objects.filter(code=V).exists()
    west, _, east, _ = owner_shape(OTHER).bounds
    assert (round(west, 4), round(east, 4)) == (118.0, 118.04)
    undo(editor, change)
    assert standing(owner_sql) == before
    again = recode(editor, V, OTHER)
    assert again["heirs"][WEST] == f"{OTHER}005", "a number once given is not given again"


def owner_shape(code: str) -> Any:
    import shapely

    return shapely.from_wkb(bytes(RegionShape.objects.get(code=code).geometry))


def test_villages_that_become_one_make_nobody_two_of_the_three_administrators(editor: Any, settings: Any) -> None:
    """Auditor of one village, with rights over data in another: two areas before the merger, one after it."""
    from linli.access.actions import checks
    from linli.access.models import Role

    account = staff.staff("two", "auditor", V, unit_area=staff.TOWN)
    with scope.acting(staff.OPERATOR):
        staff.appoint(account, Role.objects.get(code="officer"), OTHER)
    settings.LINLI_THREE_OFFICES = "on"
    for path in ("/api/recodes/preview", "/api/recodes"):
        refused = post(editor, path, {"old": V, "new": OTHER}, 409)
        assert refused["code"] == "access.offices_apart" and refused["fields"][0]["field"] == "new"
    with scope.acting(staff.OPERATOR):
        assert not checks.clashes()
        assert Region.objects.get(code=V).valid_to is None
    recode(editor, V, NEW)


def test_who_was_withdrawn_between_a_merger_and_its_undoing_is_not_let_in_again(editor: Any) -> None:
    both = staff.staff("both", "officer", V)
    with scope.acting(staff.OPERATOR):
        from linli.access import actions as access
        from linli.access.models import Grant

        held = Grant.objects.get(target_area=V, post__unit_id=both.unit_id)
        access.grant(staff.OPERATOR, post_id=held.post_id, role_id=held.role_id,
                     target=access.Target(area_code=OTHER), since=staff.LONG_AGO)  # fmt: skip
    change = recode(editor, V, OTHER)
    with scope.acting(staff.OPERATOR):
        (left,) = Grant.objects.filter(target_area=OTHER, post_id=held.post_id)
        access.end_grant(staff.OPERATOR, held.post_id, left.id)
    undo(editor, change)
    assert staff.actor(both).areas == ()


def test_after_a_village_goes_to_another_town_only_that_town_sees_its_people(editor: Any, owner_sql: Any) -> None:
    old, new = (staff.client(staff.staff(f"town-{town}", "officer", town)) for town in (staff.TOWN, staff.OTHER_TOWN))
    count = lambda browser: len(json.loads(browser.get("/api/people").content)["items"])  # noqa: E731
    assert (count(old), count(new)) == (7, 0)
    before = standing(owner_sql)
    change = recode(editor, V, MOVED)
    assert (change["how"], change["area_code"]) == ("move", staff.DISTRICT)
    assert (count(old), count(new)) == (0, 7)
    assert json.loads(old.get("/api/people?q=王十六").content)["items"] == []
    assert len(json.loads(new.get("/api/people?q=王十六").content)["items"]) == 1
    assert Region.objects.get(code=MOVED).parent_code == staff.OTHER_TOWN
    undo(editor, change)
    assert (count(old), count(new)) == (7, 0)
    assert standing(owner_sql) == before


def test_a_village_becomes_a_community_with_its_code_and_its_old_name_still_finds_it(
    editor: Any, owner_sql: Any
) -> None:
    before = standing(owner_sql)
    change = recode(editor, V, V, name="甲社区", kind="居委会", effective_on="2025-01-01")
    assert (change["how"], change["heirs"], change["was"]) == ("rename", {}, "昆仑镇甲村")
    region = Region.objects.get(code=V)
    assert (region.name, region.kind, region.initials) == ("甲社区居委会", "居委会", "jsq")
    (found,) = json.loads(editor.get("/api/areas/search?q=昆仑镇甲村").content)
    assert (found["code"], found["short_name"]) == (V, "甲社区")
    undo(editor, change)
    assert standing(owner_sql) == before


def test_a_town_with_another_code_takes_all_its_villages_and_grids_along(editor: Any, owner_sql: Any) -> None:
    before, town = standing(owner_sql), "370302199"
    change = recode(editor, staff.TOWN, town)
    assert change["heirs"][WEST] == f"{town}{WEST[9:]}"
    assert all(code.startswith(town) for code in spread(owner_sql, "registry_person"))
    assert Region.objects.get(code=town + V[9:]).parent_code == town
    undo(editor, change)
    assert standing(owner_sql) == before
    assert recode(editor, staff.TOWN, town)["heirs"] == change["heirs"], "the code may be taken up again"


def test_the_effect_is_counted_before_and_nothing_is_written(editor: Any, owner_sql: Any) -> None:
    before = standing(owner_sql)
    found = post(editor, "/api/recodes/preview", {"old": V, "new": OTHER})
    counts = {(e["name"], e["old"], e["new"]): e["count"] for e in found["effect"]}
    assert counts["people", WEST, f"{OTHER}003"] == 7
    assert counts["people", EAST, f"{OTHER}004"] == 1
    assert standing(owner_sql) == before


def test_later_changes_rest_on_a_recode_and_it_on_earlier_ones(editor: Any) -> None:
    from .test_grid_changes import save

    grid = save(editor, {"op": "rename", "grid": EAST, "name": "东网格"})
    first = recode(editor, V, NEW)
    refused = post(editor, f"/api/grids/changes/{grid['id']}/undo", {}, 409)
    assert refused["code"] == "places.grid_change_not_undoable"
    second = recode(editor, NEW, NEW, name="新村")
    assert undo(editor, first, 409)["code"] == "places.recode_not_undoable"
    assert became([V]) == {V: NEW}
    items = json.loads(editor.get("/api/recodes").content)["items"]
    assert [(i["id"], i["undoable"]) for i in items] == [(second["id"], True), (first["id"], False)]
    assert [i["id"] for i in json.loads(editor.get("/api/grids/changes").content)["items"]] == [grid["id"]]
    post(editor, f"/api/grids/changes/{first['id']}/undo", {}, 404)
    undo(editor, second)
    undo(editor, first)
    undo(editor, first, 409)
    post(editor, f"/api/grids/changes/{grid['id']}/undo", {})


def test_compounds_of_one_name_in_both_villages_are_named_not_lost(editor: Any, owner_sql: Any) -> None:
    with scope.acting(staff.OPERATOR):
        Compound.objects.create(
            id=uuid7(), area_code=OTHER, village_code=OTHER, name="西苑", source="survey", created_at=clock.now()
        )
    before = standing(owner_sql)
    refused = recode(editor, V, OTHER, 409)
    assert (refused["code"], "西苑" in refused["title"]) == ("places.recode_names_collide", True)
    assert standing(owner_sql) == before


@pytest.mark.parametrize(
    ("old", "new", "more", "field", "reason"),
    [
        (V, NEW, {"effective_on": "2999-01-01"}, "effective_on", "ahead"),
        (V, NEW, {"effective_on": "2023-12-31"}, "effective_on", "before_area"),
        (V, "370303102201", {}, "new", "elsewhere"),
        (V, "370302102", {}, "new", "level"),
        (V, "370302777201", {}, "new", "no_parent"),
        (V, V, {}, "name", "nothing"),
        (V, NEW, {"kind": "公司"}, "kind", "kind"),
        (NEW, V, {}, "old", "unknown"),
        (staff.TOWN, staff.OTHER_TOWN, {}, "new", "towns_join"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    editor: Any, old: str, new: str, more: dict[str, Any], field: str, reason: str
) -> None:
    expect = 403 if reason == "elsewhere" else 422
    refused = recode(editor, old, new, expect, **more)
    if expect == 422:
        assert [(f["field"], f["code"]) for f in refused["fields"]] == [(field, reason)]


def test_a_list_from_before_a_recode_does_not_revive_what_it_ended(seeded_db: str) -> None:
    from linli.places import actions as places
    from linli.places.packages import packaged
    from linli.places.recode import actions
    from linli.places.recode.rules import Wish

    village = packaged().villages[0].code
    with scope.acting(staff.OPERATOR) as operator:
        actions.do_recode(operator, Wish(village, village[:9] + "399"))
        loaded = places.load_places(operator, packaged())
    assert (loaded.added, loaded.ended) == (0, 0)
    assert Region.objects.get(code=village).valid_to is not None
    assert Region.objects.get(code=village[:9] + "399").valid_to is None


@pytest.mark.parametrize("moment", ["before", "after", "committed"])
def test_a_recode_killed_at_any_moment_leaves_before_or_after(
    editor: Any, owner_sql: Any, db: str, moment: str
) -> None:
    before = standing(owner_sql)
    done = subprocess.run([sys.executable, str(VICTIM), db, moment, V, OTHER], capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
    if moment == "committed":
        assert spread(owner_sql, "registry_person") == {f"{OTHER}003": 6, f"{OTHER}004": 1}
        (item,) = json.loads(editor.get("/api/recodes").content)["items"]
        undo(editor, item)
    assert standing(owner_sql) == before
    recode(editor, V, OTHER)


def test_the_command_shows_the_effect_saves_and_undoes(editor: Any, owner_sql: Any) -> None:
    from typer.testing import CliRunner

    from linli.places.commands import places_app

    def run(*words: str) -> Any:
        return CliRunner().invoke(places_app, ["recode", *words])

    before = standing(owner_sql)
    shown = run(V, OTHER, "--dry-run")
    assert shown.exit_code == 0 and f"{WEST} → {OTHER}003" in shown.output and "实有人口 · People: 8" in shown.output
    assert standing(owner_sql) == before
    saved = run(V, OTHER, "--reason", "并村")
    assert saved.exit_code == 0, saved.output
    (item,) = json.loads(editor.get("/api/recodes").content)["items"]
    assert item["id"] in saved.output
    assert run("undo", item["id"]).exit_code == 0
    assert standing(owner_sql) == before
    for words in ((V, "12"), (V, NEW, "--on", "x"), ("undo", "x"), (NEW, V)):
        assert run(*words).exit_code == 1, words
