"""Operations of joins and splits pass the suite all rooms' operations pass through; old ids are taken at every door."""

from __future__ import annotations

import typing
from typing import Any, ClassVar

import pytest
import staff
from django.db import connection
from people_frames import clerk, merge, nobody_is_alike, number, row
from permissions import Door, PermissionSuite, Sample
from test_operations import operations

from linli.kernel.scope import acting
from linli.registry import person_columns
from linli.registry.models import Person, SourceRecord
from linli.registry.permissions import JOIN, VIEW
from linli.registry.person_ids import PersonId
from linli.registry.regrouping.actions import join_people

REASON = "同一个人，登记了两次"


def people_of(village: str, serial: int, called: str) -> dict[str, str]:
    """Somebody stated by two sources, their twin, and two who were joined."""
    nobody_is_alike()
    merge([row(serial, f"{called}甲", serial, village)], "police")
    merge([row(serial, f"{called}甲", serial, village)], "civil")
    merge([row(serial + 1, f"{called}乙", None, village, record_key=f"b{serial}")])
    merge([row(serial + 2, f"{called}丙", None, village, record_key=f"c{serial}")])
    merge([row(serial + 3, f"{called}丁", None, village, record_key=f"d{serial}")])
    with acting(clerk()) as actor:
        person, twin, kept, gone = (Person.objects.get(name=f"{called}{each}") for each in "甲乙丙丁")
        made = join_people(actor, kept.id, gone.id, REASON, kept.version, gone.version)
        record = SourceRecord.objects.get(person_id=person.id, source_code="civil")
    return {
        "person": str(person.id), "twin": str(twin.id), "record": str(record.id), "version": str(person.version),
        "joined": str(kept.id), "old": str(gone.id), "regrouping": str(made.id),
    }  # fmt: skip


class TestRegroupingDoors(PermissionSuite):
    doors: ClassVar = [
        Door("GET", "/api/people/{person}/beside/{twin}", VIEW, finds=True, logs="detail"),
        Door(
            "POST", "/api/people/{person}/join", JOIN,
            {"other_id": "{twin}", "reason": REASON, "version": "{version}", "other_version": 1}, also=(VIEW,),
        ),
        Door(
            "POST", "/api/people/{person}/split", JOIN,
            {"records": ["{record}"], "reason": "两个人", "version": "{version}", "number_wrong": True}, also=(VIEW,),
        ),
        Door("GET", "/api/people/{joined}/regroupings", VIEW, logs="detail"),
        Door("GET", "/api/people/{old}", VIEW, logs="detail"),
        Door("GET", "/api/people/{old}/history", VIEW, logs="detail"),
        Door("POST", "/api/regroupings/{regrouping}/undo", JOIN, {"reason": "合并错了"}),
    ]  # fmt: skip

    def sample(self) -> Sample:
        own, foreign = people_of(staff.VILLAGE, 11, "本镇"), people_of(staff.OTHER_VILLAGE, 21, "外镇")
        return Sample(
            own=own, foreign=foreign, own_marks=["本镇甲"], foreign_marks=["外镇"], secrets=[number(11), number(21)]
        )


def test_an_old_id_answers_with_the_record_under_the_new_one(db: str) -> None:
    made = people_of(staff.VILLAGE, 11, "本镇")
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    answer = browser.get(f"/api/people/{made['old']}")
    assert answer.status_code == 200 and answer.json()["id"] == made["joined"]
    beside = browser.get(f"/api/people/{made['old']}/beside/{made['joined']}")
    assert beside.status_code == 422 and beside.json()["code"] == "registry.same_person"
    told = browser.get(f"/api/people/{made['old']}/regroupings").json()
    assert told["old_ids"] == [made["old"]] and told["items"][0]["reason"] == REASON
    related = browser.post(
        f"/api/people/{made['person']}/relations",
        {"kind": "contact", "other_id": made["old"], "other_name": "某", "reason": "入户核实"},
        content_type="application/json",
    )
    assert related.status_code in (200, 201), related.content
    tied = browser.get(f"/api/people/{made['person']}/ties").json()
    assert tied["relations"][0]["other_id"] == made["joined"]
    prepared = browser.post(
        "/api/bulk-edits",
        {"kind": "person", "changes": {"marital": "20"}, "ids": [made["old"], made["joined"]]},
        content_type="application/json",
    )
    assert prepared.json()["chosen"] == 1, prepared.content


def test_two_joins_of_one_answer_409_to_the_later(db: str) -> None:
    made = people_of(staff.VILLAGE, 11, "本镇")
    browser = staff.client(staff.staff("clerk", "town_clerk"))
    body = {"other_id": made["twin"], "reason": REASON, "version": 1, "other_version": 1}
    with acting(clerk()):
        body["version"] = Person.objects.get(id=made["person"]).version + 1
    answer = browser.post(f"/api/people/{made['person']}/join", body, content_type="application/json")
    assert answer.status_code == 409 and answer.json()["code"] == "registry.changed_meanwhile"


def test_every_door_that_names_a_person_takes_old_ids() -> None:
    """A room that adds a door and takes a bare id would answer "not found" to who was joined."""
    bare = []
    for name, operation in operations():
        if "{person_id}" in name:
            hints = typing.get_type_hints(operation.view_func, include_extras=True)
            if hints["person_id"] != PersonId:
                bare.append(name)
    assert not bare


def test_every_column_with_ids_of_people_is_carried_or_excused(db: str) -> None:
    """A room that adds a column and forgets to declare it would leave its rows behind at the next join."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = current_schema() AND data_type = 'uuid' "
            "AND table_name NOT LIKE '%%\\_history%%'"
        )
        there: set[Any] = set(cursor.fetchall())
    known = {(c.table, c.column) for c in person_columns.columns()} | person_columns.excused().keys()
    named = {(t, c) for t, c in there if "person" in c or c in ("other_id", "subject_id")}
    assert named - known == set()
    assert known <= there, "what is declared exists"


@pytest.mark.parametrize("column", person_columns.columns(), ids=lambda c: c.name)
def test_what_is_carried_has_a_key_by_which_undoing_finds_it(column: person_columns.PersonColumn, db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {column.column} FROM {column.table} WHERE false")
        assert [c.name for c in cursor.description] == ["id", column.column]


def test_logs_are_found_by_either_id(db: str) -> None:
    made = people_of(staff.VILLAGE, 11, "本镇")
    browser, auditor = staff.client(staff.staff("clerk", "town_clerk")), staff.client(staff.staff("auditor", "auditor"))
    assert browser.get(f"/api/people/{made['joined']}").status_code == 200
    for one in (made["joined"], made["old"]):
        found = auditor.get(f"/api/read-log?person={one}").json()["items"]
        assert [item["subject_id"] for item in found if item["kind"] == "detail"] == [made["joined"]]
    changes = auditor.get(f"/api/change-log?subject={made['old']}").json()["items"]
    assert {item["action"] for item in changes} == {"registry.person.join"}
