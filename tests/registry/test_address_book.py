"""The address book: unresolved texts as a queue, aliases, reading again as one undoable action."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
import staff
from django.db import connections
from people_frames import merge, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.places.models import Compound, Dwelling, RegionAlias
from linli.places.queries import parse_address
from linli.registry.models import Person, PersonArea, Resolution, SourceRecord

PLACES, PEOPLE, HOMES, RESOLVE = "places.view", "registry.person.view", "places.home.edit", "registry.address.resolve"
WRITTEN = "老机械厂宿舍3号楼2单元401"


def lost(line: int, name: str, text: str, village: str = staff.VILLAGE, serial: int | None = None) -> dict[str, Any]:
    """A row whose home text told no home when it came; a grid column told the village."""
    nowhere = dict.fromkeys(("home_village_code", "home_door", "home_standard"))
    return row(line, name, serial or line, village, home_text=text, **nowhere)


def browser(*permissions: str, name: str = "keeper", area: str = staff.TOWN) -> Any:
    return staff.client(staff.staff(name, area=area, permissions=list(permissions)))


def send(who: Any, method: str, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    answer = who.generic(method, f"/api/address-book{path}", json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == expect, answer.content
    return answer.json() if answer.content else None


def compound(*aliases: str) -> Compound:
    with acting(staff.OPERATOR):
        from linli.places.buildings.actions import add_compound

        return add_compound(staff.OPERATOR, staff.VILLAGE, {"name": "机械新苑小区", "aliases": list(aliases)})


def everything() -> list[Any]:
    """All that a resolution may touch, as the owner sees it."""
    tables = ("registry_source_record", "registry_person", "registry_person_area", "registry_residence",
              "registry_household", "places_dwelling", "places_building", "places_compound")  # fmt: skip
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT set_config('linli.lo', '', false), set_config('linli.hi', '~', false), set_config('linli.one', '1', false)"
        )
        for table in tables:
            columns = "to_jsonb(t) - 'version' - 'updated_at'"
            cursor.execute(f"SELECT {columns} FROM {table} t ORDER BY 1")
            found.append((table, cursor.fetchall()))
    return found


class TestAddressBookDoors(PermissionSuite):
    seeded = True
    doors: ClassVar = [
        Door("GET", "/api/address-book/aliases", PLACES),
        Door("POST", "/api/address-book/aliases", HOMES, {"code": "{area}", "alias": "小昆仑老庄"}, foreign=(403,)),
        Door("DELETE", "/api/address-book/aliases/{alias}", HOMES),
        Door("GET", "/api/address-book/unresolved", PEOPLE, finds=True, logs="list"),
        Door("GET", "/api/address-book/resolving", RESOLVE, logs="list"),
        Door("POST", "/api/address-book/resolutions", RESOLVE, {}),
        Door("GET", "/api/address-book/resolutions", RESOLVE),
        Door("POST", "/api/address-book/resolutions/{resolution}/undo", RESOLVE, {}),
    ]

    def sample(self) -> Sample:
        compound("老机械厂宿舍")
        merge([lost(2, "王建国", WRITTEN), lost(3, "钱多多", "谁也不知道的地方", staff.OTHER_VILLAGE)])
        names = []
        for village in (staff.VILLAGE, staff.OTHER_VILLAGE):
            with acting(staff.OPERATOR):
                alias = RegionAlias.objects.create(code=village, alias=f"别名{village}")
                done = Resolution.objects.create(
                    area_code=village, texts=0, records=0, people=0, made_at=clock.now(), made_by="x"
                )
            names.append({"area": village, "alias": str(alias.id), "resolution": str(done.id)})
        return Sample(*names, own_marks=["老机械厂宿舍"], foreign_marks=["谁也不知道的地方"])


def test_texts_nobody_could_read_are_grouped_with_why(seeded_db: str) -> None:
    merge(
        [
            lost(2, "甲", WRITTEN), lost(3, "乙", WRITTEN), lost(4, "丙", "小昆仑村"), lost(5, "丁", "聂村某处"),
            row(6, "有家的", 6),
        ]
    )  # fmt: skip
    found = send(browser(PEOPLE), "GET", "/unresolved")
    assert found["count"]["value"] == 3
    first, *others = found["items"]
    assert (first["text"], first["records"], first["people"], first["homeless"]) == (WRITTEN, 2, 2, 2)
    assert {item["text"]: item["reason"] for item in others}["小昆仑村"] == "inexact"
    page = send(browser(PEOPLE, name="other"), "GET", "/unresolved?limit=2")
    rest = send(browser(PEOPLE, name="third"), "GET", f"/unresolved?limit=2&cursor={page['next']}")
    assert [i["text"] for i in page["items"] + rest["items"]] == [i["text"] for i in found["items"]]


def test_an_alias_of_a_compound_gives_people_their_home_and_undoing_takes_it_back(seeded_db: str) -> None:
    merge([lost(2, "甲", WRITTEN), lost(3, "乙", WRITTEN), lost(4, "丙", "没人认识的地方", serial=4)])
    keeper = browser(PLACES, PEOPLE, HOMES, RESOLVE)
    assert send(keeper, "GET", "/resolving")["texts"] == 0
    assert send(keeper, "POST", "/resolutions", {}, 409)["code"] == "registry.nothing_to_resolve"
    made = compound("老机械厂宿舍")
    before = everything()
    told = send(keeper, "GET", "/resolving")
    assert (told["texts"], told["records"], told["people"], told["elsewhere"]) == (1, 2, 2, 0)
    assert "机械新苑小区3号楼2单元401室" in told["changes"][0]["standard"]
    assert everything() == before, "a preview writes nothing"
    done = send(keeper, "POST", "/resolutions", {}, 201)
    assert (done["texts"], done["records"], done["people"]) == (1, 2, 2)
    with acting(staff.OPERATOR):
        home = Dwelling.objects.get()
        assert (home.compound_id, home.building, home.unit, home.room, home.storey) == (made.id, "3", "2", "401", 4)
        assert {p.dwelling_id for p in Person.objects.filter(name__in=["甲", "乙"])} == {home.id}
        assert Person.objects.get(name="丙").dwelling_id is None
        assert SourceRecord.objects.filter(superseded_by=None).count() == 3
        person = Person.objects.get(name="甲")
    history = keeper.get(f"/api/people/{person.id}/history").json()["items"]
    assert history[0]["reason"] == "重新识别住址" and history[0]["batch_id"] is None
    assert [i["text"] for i in send(keeper, "GET", "/unresolved")["items"]] == ["没人认识的地方"]
    send(keeper, "POST", f"/resolutions/{done['id']}/undo", {})
    assert everything() == before
    assert send(keeper, "POST", f"/resolutions/{done['id']}/undo", {}, 409)["code"] == "registry.resolution_undone"
    assert send(keeper, "GET", "/resolutions")["items"][0]["undone_at"]


def test_a_later_import_that_rests_on_it_keeps_it_from_being_undone(seeded_db: str) -> None:
    merge([lost(2, "甲", WRITTEN)])
    compound("老机械厂宿舍")
    keeper = browser(PLACES, PEOPLE, RESOLVE)
    done = send(keeper, "POST", "/resolutions", {}, 201)
    merge([lost(2, "甲", "搬走了")])
    assert send(keeper, "POST", f"/resolutions/{done['id']}/undo", {}, 409)["code"] == "registry.rested_upon"


def test_only_ones_own_area_is_read_again_and_nobody_is_moved_to_another_village(seeded_db: str) -> None:
    merge([lost(2, "甲", WRITTEN), lost(3, "乙", WRITTEN, staff.OTHER_VILLAGE), lost(4, "丙", WRITTEN, "370302102202")])
    compound("老机械厂宿舍")
    keeper = browser(PLACES, PEOPLE, RESOLVE)
    told = send(keeper, "GET", "/resolving")
    assert (told["people"], told["elsewhere"]) == (1, 1)
    send(keeper, "POST", "/resolutions", {}, 201)
    with acting(staff.OPERATOR):
        assert Person.objects.get(name="甲").dwelling_id is not None
        assert not Person.objects.exclude(name="甲").exclude(dwelling_id=None).exists()
        assert PersonArea.objects.get(person_id=Person.objects.get(name="丙").id).area_code == "370302102202"


def test_an_alias_of_a_village_is_known_at_once_and_forgotten_when_taken_back(seeded_db: str) -> None:
    keeper = browser(PLACES, HOMES)
    with acting(staff.OPERATOR):
        assert parse_address("石坑老庄12号").village_code == ""
    made = send(keeper, "POST", "/aliases", {"code": staff.VILLAGE, "alias": " 石坑老庄 "}, 201)
    with acting(staff.OPERATOR):
        assert parse_address("石坑老庄12号").village_code == staff.VILLAGE
    assert (
        send(keeper, "POST", "/aliases", {"code": staff.VILLAGE, "alias": "石坑老庄"}, 409)["code"] == "places.exists"
    )
    assert [a["alias"] for a in send(keeper, "GET", f"/aliases?area={staff.VILLAGE}&q=石坑")["items"]] == ["石坑老庄"]
    assert [a["kind"] for a in send(keeper, "GET", f"/aliases?area={staff.VILLAGE}&q=石坑&kind=name")["items"]] == [
        "name"
    ]
    assert send(keeper, "GET", f"/aliases?area={staff.VILLAGE}&q=石坑&kind=former")["items"] == []
    send(keeper, "DELETE", f"/aliases/{made['id']}", expect=204)
    with acting(staff.OPERATOR):
        assert parse_address("石坑老庄12号").village_code == ""


@pytest.mark.parametrize("alias", ["", "村", "长" * 41, "小昆仑村"])
def test_an_alias_that_says_nothing_new_is_refused(seeded_db: str, alias: str) -> None:
    keeper = browser(PLACES, HOMES)
    answer = keeper.post(
        "/api/address-book/aliases", {"code": staff.VILLAGE, "alias": alias}, content_type="application/json"
    )
    assert answer.status_code in (409, 422)


def test_homes_are_one_whichever_name_of_their_compound_is_written(seeded_db: str) -> None:
    compound("老机械厂宿舍")
    with acting(staff.OPERATOR):
        own, other = parse_address("机械新苑小区3-2-401"), parse_address("老机械厂宿舍3-2-401")
    assert own.compound == other.compound == "机械新苑小区"
    assert own.standard == other.standard and own.village_code == other.village_code == staff.VILLAGE
