"""People over HTTP: doors, search of every kind, corrections, numbers in full, export, agreement of all reads."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import openpyxl
import pytest
import staff
from django.db import connection, connections
from people_frames import clerk as clerk_of
from people_frames import merge, number, row
from permissions import Door, PermissionSuite, Sample

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.registry.models import Household, Person, PersonArea, Transfer

VIEW = "registry.person.view"
PHONE, OTHER_PHONE = "19900001234", "19900005678"


def two_people() -> dict[str, Any]:
    """One person in each town."""
    merge([row(2, "王建国", 1, staff.VILLAGE, phone=PHONE, household_no="H1", relation_to_head="0")])
    merge([row(2, "钱多多", 2, staff.OTHER_VILLAGE, phone=OTHER_PHONE, household_no="H2", relation_to_head="0")])
    with acting(staff.OPERATOR):
        own = Person.objects.get(name="王建国")
        other = Person.objects.get(name="钱多多")
        homes = dict(Household.objects.values_list("number", "id"))
    return {"own": own, "other": other, "homes": homes}


class TestPeopleDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/people", VIEW, finds=True, logs="list"),
        Door("POST", "/api/people/search", VIEW, {"q": ""}, finds=True, logs="list"),
        Door("GET", "/api/people/{person}", VIEW, finds=True, logs="detail"),
        Door("GET", "/api/people/{person}/history", VIEW, logs="detail"),
        Door(
            "PATCH",
            "/api/people/{person}",
            "registry.person.edit",
            {"changes": {"occupation": "教师"}, "reason": "本人告知", "version": 1},
            also=(VIEW,),
        ),
        Door(
            "POST",
            "/api/people/{person}/reveal",
            "registry.person.reveal",
            {"field": "phone", "purpose": "通知体检时间"},
            also=(VIEW,),
            reveals=True,
            logs="reveal",
        ),
        Door("GET", "/api/households", VIEW, finds=True, logs="list"),
        Door("GET", "/api/households/{household}", VIEW, finds=True, logs="detail"),
        Door("GET", "/api/dwellings", VIEW, logs="list"),
        Door("GET", "/api/dwellings/{dwelling}", VIEW, finds=True, logs="detail"),
        Door(
            "POST",
            "/api/people",
            "registry.person.edit",
            {"facts": {"name": "新生儿"}, "area_code": "{area}", "reason": "出生登记"},
            foreign=(403,),
        ),
        Door("GET", "/api/transfers", VIEW),
        Door("POST", "/api/transfers/{transfer}/approve", "registry.transfer.decide", {}),
        Door("POST", "/api/transfers/{transfer}/reject", "registry.transfer.decide", {"reason": "查无此事"}),
        Door("GET", "/api/codes/nation", None),
        Door("GET", "/api/figures", VIEW),
        Door("GET", "/api/figures/people?level=village", VIEW),
        Door(
            "POST", "/api/people/export", "registry.people.export", {"purpose": "季度核对"}, also=(VIEW,), logs="export"
        ),
    ]

    def sample(self) -> Sample:
        made = two_people()
        own, other, homes = made["own"], made["other"], made["homes"]
        third = "370302106201"  # both towns of a request know of it, so a third one asks for both people
        merge([row(5, "某人", 1, third), row(6, "某人", 2, third)], "police", uploader=clerk_of(third[:9]))
        with acting(staff.OPERATOR):
            requests = {t.person_id: str(t.id) for t in Transfer.objects.all()}
        return Sample(
            own={
                "person": str(own.id), "household": str(homes["H1"]), "dwelling": str(own.dwelling_id),
                "area": staff.VILLAGE, "transfer": requests[own.id],
            },
            foreign={
                "person": str(other.id), "household": str(homes["H2"]), "dwelling": str(other.dwelling_id),
                "area": staff.OTHER_VILLAGE, "transfer": requests[other.id],
            },
            own_marks=["王建国"],
            foreign_marks=["钱多多"],
            secrets=[PHONE, OTHER_PHONE, number(1), number(2)],
        )  # fmt: skip


@pytest.fixture
def clerk(db: str) -> Any:
    """A signed-in clerk of the own town."""
    return staff.client(staff.staff("clerk", "town_clerk"))


def search(browser: Any, words: str, **more: Any) -> dict[str, Any]:
    answer = browser.post("/api/people/search", {"q": words, **more}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("王建国", "name"), ("建国", "name"), ("王", "name"), ("国", "name"), ("wjg", "initials"), ("wj", "initials"),
        (number(1), "id"), (number(1).lower(), "id"), (number(1)[-6:], "id_tail"), (number(1)[-4:], "tail"),
        (PHONE, "phone"), (PHONE[-4:], "tail"), ("１９９０００ ０１２３４", "phone"),
    ],
)  # fmt: skip
def test_a_person_is_found_by_any_of_these_words(clerk: Any, words: str, meaning: str) -> None:
    two_people()
    found = search(clerk, words)
    assert found["understood_as"] == meaning
    assert [item["name"] for item in found["items"]] == ["王建国"]
    assert found["count"] == {"value": 1, "exact": True}


@pytest.mark.parametrize(
    "words", ["钱多多", "多多", "qdd", number(2), number(2)[-4:], OTHER_PHONE, "王建军", "%", "_", "'"]
)
def test_foreign_people_and_nobody_are_not_found(clerk: Any, words: str) -> None:
    two_people()
    assert search(clerk, words)["items"] == []


def test_a_name_with_a_dot_or_a_rare_character_is_found(clerk: Any) -> None:
    merge(
        [
            row(2, "阿依古丽·买买提", 3, staff.VILLAGE),
            row(3, "𠮷田茂", 4, staff.VILLAGE),
            row(4, "曾国国", 5, staff.VILLAGE),
        ]
    )
    for words, name in [
        ("古丽买", "阿依古丽·买买提"),
        ("买提", "阿依古丽·买买提"),
        ("𠮷", "𠮷田茂"),
        ("zgg", "曾国国"),
        ("国", "曾国国"),
    ]:
        assert [i["name"] for i in search(clerk, words)["items"]] == [name], words


def test_pages_follow_each_other_without_loss_or_repeat(clerk: Any) -> None:
    merge([row(i, f"王{chr(0x4E00 + i)}", i, staff.VILLAGE) for i in range(2, 130)])
    seen, cursor = [], None
    while True:
        page = search(clerk, "王", limit=50, cursor=cursor)
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 128


def test_filters_narrow_and_agree_with_the_count(clerk: Any) -> None:
    merge(
        [
            row(2, "老王", 2, staff.VILLAGE, birth=date(1930, 1, 1), sex="2"),
            row(3, "小王", 3, staff.VILLAGE, birth=date(2015, 1, 1), phone=PHONE),
            row(4, "大王", None, staff.VILLAGE, population_kind="02"),
        ]
    )
    for wanted, names in [
        ({"age_from": 80}, ["老王"]), ({"age_to": 20}, ["小王"]), ({"sex": "2"}, ["老王"]),
        ({"population_kind": "02"}, ["大王"]), ({"missing": "id"}, ["大王"]), ({"missing": "phone"}, ["大王", "老王"]),
    ]:  # fmt: skip
        found = search(clerk, "", **wanted)
        assert sorted(i["name"] for i in found["items"]) == sorted(names), wanted
        assert found["count"]["value"] == len(names)


def test_somebody_with_two_areas_in_sight_is_listed_once(db: str) -> None:
    merge([row(2, "王建国", 1, staff.VILLAGE, register_address="乙村", register_village_code=staff.OTHER_VILLAGE)])
    district = staff.client(staff.staff("district", "analyst", staff.DISTRICT))
    found = search(district, "王建国")
    assert (len(found["items"]), found["count"]["value"]) == (1, 1)
    assert district.get("/api/figures").json()["figures"][0] == {"code": "people", "value": 1, "unit": "count"}
    for area in (staff.TOWN, staff.OTHER_TOWN):
        assert len(search(district, "王建国", area=area)["items"]) == 1
        assert district.get(f"/api/people?area={area}").json()["count"]["value"] == 1


def test_list_detail_count_search_figures_map_and_export_agree(db: str) -> None:
    two_people()
    merge([row(5, "王一", 11, staff.VILLAGE), row(6, "王二", 12, staff.VILLAGE, register_village_code=staff.OTHER_VILLAGE,
                                                register_address="乙村")])  # fmt: skip
    for name, area, people in [("own", staff.TOWN, 3), ("other", staff.OTHER_TOWN, 2), ("all", staff.DISTRICT, 4)]:
        who = staff.staff(name, area=area, permissions=[VIEW, "registry.people.export"])
        browser = staff.client(who)
        listed = browser.get("/api/people").json()
        assert len(listed["items"]) == listed["count"]["value"] == people, area
        assert all(browser.get(f"/api/people/{i['id']}").status_code == 200 for i in listed["items"])
        figures = {f["code"]: f["value"] for f in browser.get("/api/figures").json()["figures"]}
        assert figures["people"] == people
        book = browser.post("/api/people/export", {"purpose": "季度核对"}, content_type="application/json")
        rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True))
        assert len(rows) - 2 == people
        assert sum(browser.get("/api/figures/people?level=village").json().values()) >= people


def test_an_export_names_its_taker_masks_numbers_and_is_no_formula(db: str) -> None:
    merge([row(2, "=cmd|'/c calc'!A1", 1, staff.VILLAGE, phone=PHONE)])
    who = staff.staff("taker", area=staff.TOWN, permissions=[VIEW, "registry.people.export"])
    answer = staff.client(who).post("/api/people/export", {"purpose": "季度核对"}, content_type="application/json")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [str(c.value) for line in sheet.iter_rows() for c in line if c.value]
    assert "用户taker" in cells[0]
    assert any(c.startswith("'=cmd") for c in cells) and not any(
        c.data_type == "f" for line in sheet.iter_rows() for c in line
    )
    assert not any(PHONE in c or number(1) in c for c in cells)


def test_an_export_without_purpose_is_refused(db: str) -> None:
    who = staff.staff("taker", area=staff.TOWN, permissions=[VIEW, "registry.people.export"])
    answer = staff.client(who).post("/api/people/export", {"purpose": " "}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "registry.purpose_missing")


def test_a_query_that_forgets_restrict_sees_nothing_foreign(db: str) -> None:
    made = two_people()
    with acting(staff.actor(staff.staff("clerk", "town_clerk"))):
        assert list(Person.objects.values_list("name", flat=True)) == ["王建国"]
        assert PersonArea.objects.count() == 1
        for table in ("registry_source_record", "registry_name_token", "registry_residence", "registry_household",
                      "places_dwelling"):  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE area_code LIKE '{staff.OTHER_TOWN}%%'")
                assert cursor.fetchone()[0] == 0, table
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registry_person")
        assert cursor.fetchone()[0] == 0, "without a scope there is nothing at all"
    assert made["other"].name == "钱多多"


def edit(browser: Any, person: Any, changes: dict[str, Any], version: int = 1, reason: str = "本人告知") -> Any:
    return browser.patch(
        f"/api/people/{person.id}",
        {"changes": changes, "reason": reason, "version": version},
        content_type="application/json",
    )


def test_a_correction_by_hand_outweighs_sources_and_is_in_the_history(clerk: Any) -> None:
    own = two_people()["own"]
    answer = edit(clerk, own, {"name": "王建军", "phone": "13800001111"})
    assert answer.status_code == 200, answer.content
    facts = {f["name"]: f for f in answer.json()["fields"]}
    assert facts["name"]["value"] == "王建军" and facts["name"]["method"] == "declared"
    assert facts["sex"]["source"]["code"] == "community", "the rest keeps its source"
    editor = clerk.get("/api/session").json()["account"]["name"]
    assert editor in {s["recorded_by"] for s in answer.json()["sources"]}, "people by name, not by id"
    merge([row(2, "王建国", 1, staff.VILLAGE, phone="19900009999")], "police")
    assert search(clerk, "王建军")["items"][0]["phone"].endswith("111")
    history = clerk.get(f"/api/people/{own.id}/history").json()["items"]
    edited = next(e for e in history if e["reason"] == "本人告知")
    assert {c["field"] for c in edited["changes"]} == {"name", "phone"}
    assert (edited["kind"], edited["batch_id"]) == ("edited", None)
    assert "13800001111" not in str(history)


def test_a_second_correction_keeps_the_first_and_a_cleared_field_stays_empty(clerk: Any) -> None:
    own = two_people()["own"]
    edit(clerk, own, {"occupation": "教师"})
    answer = edit(clerk, own, {"phone": None}, version=2)
    facts = {f["name"]: f["value"] for f in answer.json()["fields"]}
    assert facts["occupation"] == "教师" and facts["phone"] is None
    merge([row(2, "王建国", 1, staff.VILLAGE, phone="19900009999")], "police")
    facts = {f["name"]: f["value"] for f in clerk.get(f"/api/people/{own.id}").json()["fields"]}
    assert facts["phone"] is None


def test_what_a_second_correction_repeats_is_of_the_day_it_was_first_said(clerk: Any) -> None:
    own = two_people()["own"]
    for on, version, changes in (
        (date(2024, 5, 1), 1, {"occupation": "教师", "phone": "13800001111"}),
        (date(2026, 5, 1), 2, {"marital": "20"}),
        (date(2026, 6, 1), 3, {"marital": "30"}),
    ):
        with clock.frozen(datetime(on.year, on.month, on.day, 4, tzinfo=UTC)):
            answer = edit(clerk, own, changes, version=version)
    page = answer.json()
    said = {f["name"]: (f["value"], f["observed_on"]) for f in page["fields"]}
    assert said["occupation"] == ("教师", "2024-05-01") and said["marital"] == ("30", "2026-06-01")
    assert {f["observed_on"] for f in page["fields"] if f["name"] == "phone"} == {"2024-05-01"}
    assert [(p["since"], p["last"]) for p in page["phones"] if p["current"]] == [("2024-05-01", "2024-05-01")]


def test_a_home_in_a_foreign_town_is_not_given_by_a_correction(clerk: Any) -> None:
    merge([row(2, "邻居", 7, staff.OTHER_VILLAGE)])
    own = two_people()["own"]
    answer = edit(clerk, own, {"home": "岭子镇槲坡村12号"})
    assert answer.status_code == 422, answer.content
    assert answer.json()["fields"][0]["field"] == "home"


def test_two_people_editing_at_once_is_a_question_not_a_loss(clerk: Any) -> None:
    own = two_people()["own"]
    assert edit(clerk, own, {"occupation": "教师"}).status_code == 200
    late = edit(clerk, own, {"occupation": "医生"})
    assert (late.status_code, late.json()["code"]) == (409, "registry.changed_meanwhile")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"sex": "7"}, "sex"), ({"birth": "2999-01-01"}, "birth"), ({"birth": "x"}, "birth"),
        ({"id_number": "11010519491231002X", "id_kind": "111"}, None), ({"id_number": "110105194912310021"}, "id_number"),
        ({"id_number": number(9)}, "id_number"), ({"phone": "12"}, "phone"), ({"household": "x"}, "household"),
        ({"nothing": "x"}, "nothing"), ({"home": "不存在的地方"}, "home"),
    ],
)  # fmt: skip
def test_wrong_facts_are_refused_field_by_field(clerk: Any, changes: dict[str, str], field: str | None) -> None:
    answer = edit(clerk, two_people()["own"], changes)
    if field is None:
        assert answer.status_code == 200, answer.content
    else:
        assert answer.status_code == 422, answer.content
        assert [f["field"] for f in answer.json()["fields"]] == [field]


def test_the_number_of_somebody_else_is_no_correction(clerk: Any) -> None:
    known = "11010519491231002X"
    own = two_people()["own"]
    assert edit(clerk, own, {"id_number": known, "id_kind": "111"}).status_code == 200
    assert edit(clerk, own, {"id_number": known, "id_kind": "111"}, version=2).status_code == 200, "it is one's own"
    merge([row(5, "李秀英", 5, staff.VILLAGE)])
    with acting(staff.OPERATOR):
        other = Person.objects.get(name="李秀英")
    answer = edit(clerk, other, {"id_number": known, "id_kind": "111"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "id_number")


def test_revealing_gives_the_number_and_leaves_a_trace(clerk: Any, owner_sql: Any) -> None:
    own = two_people()["own"]
    ask = {"field": "phone", "purpose": "通知体检时间"}
    answer = clerk.post(f"/api/people/{own.id}/reveal", ask, content_type="application/json")
    assert answer.json() == {"value": PHONE}
    trace = owner_sql("SELECT subject_type, purpose FROM access_read_log WHERE kind = 'reveal'")
    assert trace == [("person.phone", "通知体检时间")]
    short = clerk.post(f"/api/people/{own.id}/reveal", {**ask, "purpose": "看"}, content_type="application/json")
    assert (short.status_code, short.json()["code"]) == (422, "registry.purpose_missing")


def test_an_approved_move_gives_one_person_to_both_and_only_the_old_place_decides(db: str) -> None:
    own = two_people()["own"]
    other = staff.staff("other", "town_clerk", staff.OTHER_TOWN)
    merge([row(9, "王建国", 1, staff.OTHER_VILLAGE)], uploader=staff.actor(other), observed_on=date(2026, 6, 1))
    newcomer, leaver = staff.client(other), staff.client(staff.staff("own", "town_clerk"))
    asked = newcomer.get("/api/transfers").json()["items"]
    assert len(asked) == 1 and asked[0]["from_area"] is None and asked[0]["may_decide"] is False
    url = f"/api/transfers/{asked[0]['id']}"
    assert newcomer.post(f"{url}/approve", {}, content_type="application/json").status_code == 403
    seen = leaver.get("/api/transfers").json()["items"][0]
    assert seen["may_decide"] is True and seen["name"] == "王建国", "who decides must know about whom"
    assert leaver.post(f"{url}/reject", {}, content_type="application/json").status_code == 422
    assert leaver.post(f"{url}/approve", {}, content_type="application/json").status_code == 204
    assert leaver.post(f"{url}/approve", {}, content_type="application/json").status_code in (204, 409)
    assert newcomer.get(f"/api/people/{own.id}").status_code == 200
    assert leaver.get(f"/api/people/{own.id}").status_code == 404, "the home was given up, the 户籍 is unknown"


def test_a_household_counts_once_somebody_is_known_to_belong_to_it(db: str) -> None:
    two_people()
    town = clerk_of(staff.TOWN)
    merge([row(9, "钱多多", 2, staff.VILLAGE, household_no="H9", relation_to_head="0")], "civil", town)
    browser = staff.client(staff.staff("town", area=staff.TOWN, permissions=[VIEW]))

    def shown() -> tuple[set[str], int]:
        listed = browser.get("/api/households").json()
        figures = {f["code"]: f["value"] for f in browser.get("/api/figures").json()["figures"]}
        assert listed["count"]["value"] == len(listed["items"])
        return {item["no"] for item in listed["items"]}, figures["households"]

    assert shown() == ({"H1"}, 1), "the household of a move that nobody has decided"
    merge([row(10, "孙晓", 7, staff.VILLAGE, household_no="H9")], "civil", town)
    assert shown() == ({"H1", "H9"}, 2)


def test_a_person_entered_by_hand_is_found_and_twice_is_refused(clerk: Any) -> None:
    facts = {"name": "新生儿", "sex": "1", "birth": "2026-11-01", "id_number": "11010519491231002X", "id_kind": "111"}
    body = {"facts": facts, "area_code": staff.VILLAGE, "reason": "出生登记"}
    assert clerk.post("/api/people", body, content_type="application/json").json() == {
        "outcome": "created", "alike": [],
    }  # fmt: skip
    assert [i["name"] for i in search(clerk, "xse")["items"]] == ["新生儿"]
    again = clerk.post("/api/people", body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "registry.exists")
    foreign = {**body, "area_code": staff.OTHER_VILLAGE}
    assert clerk.post("/api/people", foreign, content_type="application/json").status_code == 403
