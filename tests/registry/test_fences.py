"""What could lead around the fences: other people's areas by an address, a household, a replay, a table's name."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from django.db import connection
from people_frames import clerk, merge, row

from linli.access.models import Role
from linli.kernel.errors import NotFound
from linli.kernel.scope import acting
from linli.places.models import Region
from linli.registry.actions.decisions import decide_review
from linli.registry.models import Person, SourceRecord

VIEW = "registry.person.view"
PHONE = "19900001234"
FUNCTIONS_OF_THE_OWNER = """
SELECT p.proname, coalesce(array_to_string(p.proconfig, ' '), '') FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog')
"""


def test_an_address_elsewhere_takes_nobody_into_a_foreign_area(seeded_db: str) -> None:
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    with acting(staff.OPERATOR):
        town = Region.objects.get(code=staff.OTHER_TOWN).name
        own, village = (
            Region.objects.filter(code__startswith=area, level="village").order_by("code")[0]
            for area in (staff.TOWN, staff.OTHER_TOWN)
        )
    facts = {"name": "新来的", "home": f"淄川区{town}{village.name}12号"}
    body = {"facts": facts, "area_code": own.code, "reason": "上门登记"}
    answer = browser.post("/api/people", body, content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert [(f["field"], f["code"]) for f in answer.json()["fields"]] == [("home", "outside")]
    with acting(staff.OPERATOR):
        assert not Person.objects.filter(name="新来的").exists()


def test_members_of_a_household_are_those_whom_one_may_see_as_people(db: str) -> None:
    """The database's fence is the union of all rights: one who keeps accounts elsewhere sees no people there."""
    merge(
        [row(2, "甲一", 1, staff.VILLAGE, household_no="H1"), row(3, "乙二", 2, staff.OTHER_VILLAGE, household_no="H1")]
    )
    account = staff.staff("both", area=staff.TOWN, permissions=[VIEW])
    with acting(staff.OPERATOR):
        keeper = Role.objects.create(code="keeper", name="keeper", permissions=["access.account.view"],
                                     created_at=account.created_at)  # fmt: skip
        staff.appoint(account, keeper, staff.OTHER_TOWN)
        person = Person.objects.get(name="甲一")
    browser = staff.client(account)
    seen = browser.get(f"/api/people/{person.id}").json()["household"]
    assert [m["name"] for m in seen["members"]] == ["甲一"]
    assert "乙二" not in browser.get(f"/api/households/{seen['id']}").content.decode()


def test_a_number_is_not_given_again_without_a_note(db: str, owner_sql: Any) -> None:
    merge([row(2, "甲一", 1, staff.VILLAGE, phone=PHONE)])
    with acting(staff.OPERATOR):
        person = Person.objects.get()
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    asked = {"field": "phone", "purpose": "通知体检时间"}
    key = {"Idempotency-Key": "k1"}
    url = f"/api/people/{person.id}/reveal"
    assert browser.post(url, asked, content_type="application/json", headers=key).json() == {"value": PHONE}
    again = browser.post(url, asked, content_type="application/json", headers=key)
    assert again.status_code == 409 and PHONE not in again.content.decode()
    assert owner_sql("SELECT body FROM access_idempotency") == [(None,)]


def test_an_export_may_carry_a_key(db: str) -> None:
    merge([row(2, "甲一", 1, staff.VILLAGE)])
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    body, key = {"purpose": "季度核对"}, {"Idempotency-Key": "k2"}
    first = browser.post("/api/people/export", body, content_type="application/json", headers=key)
    assert first.status_code == 200 and first.content.startswith(b"PK")
    assert browser.post("/api/people/export", body, content_type="application/json", headers=key).status_code == 409


def test_functions_with_the_owners_rights_look_at_our_tables_first(db: str, owner_sql: Any) -> None:
    found = dict(owner_sql(FUNCTIONS_OF_THE_OWNER))
    assert "registry_person_keep_history" in found and "access_begin" in found
    loose = {name: config for name, config in found.items() if not config.endswith("pg_temp")}
    assert not {name for name in loose if not name.startswith("procrastinate")}, loose


def test_a_temporary_table_does_not_swallow_history(db: str, owner_sql: Any) -> None:
    merge([row(2, "甲一", 1, staff.VILLAGE)])
    with acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE registry_person_history (LIKE registry_person_history) ON COMMIT DROP")
        cursor.execute("UPDATE registry_person SET occupation = '教师'")
    assert owner_sql("SELECT op FROM registry_person_history") == [("U",)]


@pytest.mark.parametrize("area", ["370302", "", "370302104"])
def test_a_list_of_another_area_shows_ones_own_at_most(db: str, area: str) -> None:
    merge([row(2, "甲一", 1, staff.VILLAGE), row(3, "乙二", 2, staff.OTHER_VILLAGE)])
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    assert "乙二" not in browser.get("/api/households", {"area": area}).content.decode()


def test_a_waiting_row_is_given_only_to_somebody_it_matches(db: str) -> None:
    merge([row(2, "甲一", 1, record_key="A1")])
    merge([row(3, "乙二", 2)])
    merge([row(4, "丙三", 3)])
    merge([row(2, "甲一", 2, record_key="A1")])
    someone = clerk()
    with acting(someone):
        waiting = SourceRecord.objects.get(state="review")
        bystander, matching = Person.objects.get(name="丙三"), Person.objects.get(name="乙二")
    with pytest.raises(NotFound), acting(someone):
        decide_review(someone, waiting.id, "person", bystander.id)
    with acting(someone):
        decide_review(someone, waiting.id, "person", matching.id)
