"""The read log and the change log: written once, never changed, seen inside one's scope."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff
from django.db import DatabaseError, connections, transaction

from linli.access import changes, reads
from linli.access.models import ChangeLog, ReadLog
from linli.kernel import clock, scope
from linli.kernel.partitions import months

pytestmark = pytest.mark.usefixtures("db")


def fill() -> None:
    clerk = staff.actor(staff.staff("wang", "town_clerk", staff.TOWN))
    with scope.acting(clerk):
        reads.note("detail", "person", subject_id="p1", area=staff.VILLAGE)
        reads.note("search", "person", count=3)
        changes.record(clerk, "places.region.change", "region", staff.VILLAGE, staff.VILLAGE, {"name": "甲村"})
    with scope.acting(staff.OPERATOR):
        reads.note("reveal", "person", subject_id="p2", area=staff.OTHER_TOWN, purpose="核实身份")


@pytest.mark.parametrize("statement", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["access_read_log", "access_change_log"])
def test_the_program_cannot_change_its_logs(table: str, statement: str, owner_sql: Any) -> None:
    fill()
    partitions = [
        r[0]
        for r in owner_sql("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", [table])
    ]
    assert len(partitions) >= 3  # this month, the next, and the rest
    month = f"{table}_{clock.now():%Y%m}"
    for target in (table, f"{table}_rest", month):
        with scope.acting(staff.OPERATOR), connections["default"].cursor() as cursor:
            try:
                with transaction.atomic():
                    cursor.execute(statement.format(target))
                    touched = cursor.rowcount
            except DatabaseError as error:
                assert "permission denied" in str(error)
                touched = 0
            assert touched <= 0
    assert owner_sql(f"SELECT count(*) FROM {table} WHERE actor <> 'x'")[0][0] >= 1


def test_nobody_reads_around_the_scope_by_naming_a_partition() -> None:
    fill()
    month = f"access_read_log_{clock.now():%Y%m}"
    with scope.acting(staff.OPERATOR), connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {month}")
        assert cursor.fetchone()[0] == 0
        assert ReadLog.objects.count() == 3


def test_entries_land_in_the_partition_of_their_month(owner_sql: Any) -> None:
    fill()
    assert owner_sql("SELECT count(*) FROM access_read_log_rest")[0][0] == 0
    assert owner_sql(f"SELECT count(*) FROM access_read_log_{clock.now():%Y%m}")[0][0] == 3


def test_auditors_see_their_area() -> None:
    fill()
    district = staff.client(staff.staff("auditor1", "auditor", staff.DISTRICT))
    town = staff.client(staff.staff("auditor2", "auditor", staff.TOWN))
    every, own = (a.get("/api/read-log").json()["items"] for a in (district, town))
    assert [i["kind"] for i in every] == ["reveal", "search", "detail"]
    assert {i["area_code"] for i in own} == {staff.TOWN, staff.VILLAGE}
    assert every[2]["actor_name"] == "用户wang" and every[2]["unit_name"] == "昆仑镇"
    assert every[0]["purpose"] == "核实身份" and every[0]["actor_name"] == "test"
    assert [i["subject_id"] for i in district.get("/api/read-log?person=p1").json()["items"]] == ["p1"]
    assert [i["kind"] for i in district.get("/api/read-log?kind=search").json()["items"]] == ["search"]
    day = clock.today().isoformat()
    before = (clock.today() - timedelta(days=1)).isoformat()
    assert len(district.get(f"/api/read-log?from={day}&to={day}").json()["items"]) == 3
    assert district.get(f"/api/read-log?to={before}").json()["items"] == []
    log = town.get("/api/change-log?room=places").json()["items"]
    assert [(e["action"], e["actor_name"]) for e in log] == [("places.region.change", "用户wang")]
    assert district.get("/api/accounts").status_code == 403


def test_a_change_and_its_entry_stand_or_fall_together() -> None:
    with pytest.raises(RuntimeError), scope.acting(staff.OPERATOR) as operator:
        changes.record(operator, "places.region.change", "region", "", staff.TOWN)
        raise RuntimeError
    with scope.acting(staff.OPERATOR):
        assert not ChangeLog.objects.filter(action="places.region.change").exists()


def test_the_area_of_a_look_is_the_smallest_that_holds_all() -> None:
    assert reads.common_area([staff.VILLAGE, "370302102202"]) == staff.TOWN
    assert reads.common_area([staff.VILLAGE, staff.OTHER_VILLAGE]) == staff.DISTRICT
    assert reads.common_area(["370302", "370303"]) == ""
    assert reads.common_area(["370302102201001"]) == "370302102201001"


def test_months_follow_one_another() -> None:
    from datetime import date

    found = months(date(2026, 11, 22), 3)
    assert found == [
        (date(2026, 11, 1), date(2026, 12, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2027, 1, 1), date(2027, 2, 1)),
    ]


def test_asking_for_more_than_ones_own_is_logged_where_it_could_be_seen(owner_sql: Any) -> None:
    with scope.acting(staff.actor(staff.staff("wang", "town_clerk"))):
        reads.note("list", "person", area=staff.DISTRICT)
        reads.note("list", "person", area=staff.VILLAGE)
        reads.note("list", "person", area=staff.OTHER_TOWN)
    found = owner_sql("SELECT area_code FROM access_read_log ORDER BY id")
    assert [code for (code,) in found] == [staff.TOWN, staff.VILLAGE, staff.OTHER_TOWN]
