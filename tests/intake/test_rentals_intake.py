"""A ledger of rented homes through the intake: told apart, tied to its dwellings, repeated, undone, carried by a recode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import staff
from intake_tables import DISTRICT, VILLAGE, Table

from linli.intake import actions, perform
from linli.intake.runner import Outcome, run_file
from linli.intake.suggest import guess_kind
from linli.kernel import area_columns
from linli.kernel.actors import operator
from linli.kernel.scope import acting
from linli.places.models import Dwelling
from linli.registry.models import District, Rental, ThingRecord

OPERATOR = operator("tester", DISTRICT)
Sql = Callable[..., Sequence[Any]]
HEADER = ["出租房屋地址", "登记备案编号", "出租用途", "出租状态", "房主姓名", "房主电话", "承租人", "承租人数", "起租日期",
          "租赁到期日期", "管理责任人", "安全隐患", "上次检查日期", "下次检查日期", "承租人身份证号", "月租金"]  # fmt: skip


def rented(serial: int, **more: str) -> list[str]:
    row = {"address": f"城里社区{serial}号楼2单元401", "no": f"BA2026{serial:04d}", "purpose": "居住", "state": "已出租",
           "lessor": "王小明", "phone": f"1007{serial:07d}", "tenant": "李租客", "tenants": "3", "since": "2026-01-01",
           "until": "2027-12-31", "manager": "赵网格", "hazard": "消防", "seen": "2026-02-01", "next": "2026-08-01",
           "id": "", "rent": "1200"}  # fmt: skip
    return list((row | more).values())


@pytest.fixture
def demo_district(seeded_db: str) -> None:
    """A demo district, in which numbers that are nobody's are accepted."""
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def run(path: Path, source: str = "community", **more: Any) -> Outcome:
    outcome = run_file(OPERATOR, path, area=DISTRICT, source=source, commit=True, **more)
    assert outcome.problem is None and outcome.merged, (outcome.problem, outcome.check_counts)
    return outcome


def undo(outcome: Outcome) -> None:
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, outcome.batch_id)  # type: ignore[arg-type]
    assert perform.perform("undo", outcome.batch_id) == "undone"  # type: ignore[arg-type]


def test_the_columns_tell_a_ledger_of_rented_homes() -> None:
    assert guess_kind(HEADER) == "rentals"
    assert guess_kind(["房屋地址", "房东姓名", "租客姓名", "到期日期"]) == "rentals"


@pytest.mark.usefixtures("demo_district")
def test_a_ledger_is_merged_and_each_row_has_its_home(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, rented(3), rented(4, purpose="门面")]))
    assert outcome.check_counts["by_code"] == {} and outcome.merge_counts["new"] == 2
    with acting(OPERATOR):
        one = Rental.objects.get(registration_no="BA20260003")
        record = ThingRecord.objects.get(subject_id=one.id)
        home = Dwelling.objects.get(id=one.dwelling_id)
        assert Rental.objects.get(registration_no="BA20260004").rental_purpose == "03"
    assert (one.rental_purpose, one.rental_state, one.tenants, one.leased_until) == ("02", "1", 3, date(2027, 12, 31))
    assert one.area_code == VILLAGE and home.room == "401" and home.village_code == VILLAGE
    assert "401" in one.name and one.key == "home:" + bytes(home.address_key).hex()
    assert (
        "月租金" not in record.raw and "承租人身份证号" not in record.raw and record.raw["房主电话"].startswith("enc:")
    )


@pytest.mark.usefixtures("demo_district")
def test_the_page_of_a_home_says_that_it_is_let_to_those_who_may_see_rented_homes(xlsx: Table) -> None:
    run(xlsx([HEADER, rented(3)]))
    with acting(OPERATOR):
        one = Rental.objects.get()
    clerk = staff.client(staff.staff("clerk", "town_clerk", DISTRICT))
    told = clerk.get(f"/api/dwellings/{one.dwelling_id}").json()["rental"]
    assert (told["id"], told["purpose"], told["lessor"]) == (str(one.id), "住房", "王小明")
    officer = staff.client(staff.staff("officer", "officer", DISTRICT))
    assert officer.get(f"/api/dwellings/{one.dwelling_id}").json()["rental"] is None


@pytest.mark.usefixtures("demo_district")
def test_two_departments_mean_one_home_and_an_undo_takes_everything_back(xlsx: Table, owner_sql: Sql) -> None:
    def image() -> list[Any]:
        return [
            owner_sql("SELECT id, key, dwelling_id, lessor, tenants, field_records FROM registry_rental ORDER BY id"),
            owner_sql("SELECT id, subject_id, superseded_by, facts FROM registry_thing_record ORDER BY id"),
            owner_sql("SELECT id, standard FROM places_dwelling ORDER BY id"),
            owner_sql("SELECT id, number FROM places_building ORDER BY id"),
        ]

    empty = image()
    first = run(xlsx([HEADER, rented(3)]))
    before = image()
    assert run(xlsx([HEADER, rented(3)], name="again.xlsx")).merge_counts["nothing_changed"] and image() == before
    second = run(xlsx([HEADER, rented(3, tenants="5", no=""), rented(5)], name="police.xlsx"), source="police")
    with acting(OPERATOR):
        assert Rental.objects.count() == 2 and Rental.objects.get(registration_no="BA20260003").tenants == 5
    undo(second)
    assert image() == before
    undo(first)
    assert image() == empty


@pytest.mark.usefixtures("demo_district")
def test_a_home_that_somebody_lives_in_by_now_stays_when_the_ledger_is_undone(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, rented(3)]))
    with acting(OPERATOR):
        home = Dwelling.objects.get().id
    people = [["姓名", "性别", "出生日期", "现住址"], ["王一", "男", "1980-01-01", "城里社区3号楼2单元401"]]
    run(xlsx(people, name="people.xlsx"), kind="people")
    undo(outcome)
    with acting(OPERATOR):
        assert Dwelling.objects.get().id == home and not Rental.objects.exists()


@pytest.mark.usefixtures("demo_district")
def test_an_address_without_a_room_still_makes_a_row_and_none_at_all_is_an_error(xlsx: Table) -> None:
    outcome = run(xlsx([HEADER, rented(3, address="城里社区"), rented(4, address="")]), skip_bad=True)
    assert outcome.check_counts["by_code"].get("title.missing") == 1
    with acting(OPERATOR):
        one = Rental.objects.get()
    assert one.dwelling_id is None and one.key.startswith(f"at:{VILLAGE}/")


@pytest.mark.usefixtures("demo_district")
def test_a_recode_carries_rented_homes_and_their_statements(xlsx: Table) -> None:
    run(xlsx([HEADER, rented(3)]))
    new = VILLAGE[:-3] + "999"
    with acting(OPERATOR):
        area_columns.move(area_columns.Moves({VILLAGE: (new,)}))
        one = Rental.objects.get()
        home = Dwelling.objects.get()
        assert ThingRecord.objects.get().area_code == one.area_code == new
        assert one.key == "home:" + bytes(home.address_key).hex() and home.village_code == new


def test_every_kind_of_thing_can_be_compared_by_the_number_it_is_known_by() -> None:
    from linli.intake.compare.facts import MARKS
    from linli.registry.things.kinds import KINDS

    assert set(MARKS) == set(KINDS)
    assert all(mark in KINDS[kind].by_name for kind, mark in MARKS.items())
