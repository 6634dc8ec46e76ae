"""Merging: golden records with provenance, repeats, moves, reviews, undo. On a real database, as the program's role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from people_frames import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    Sql,
    clerk,
    merge,
    number,
    person,
    picture,
    row,
)

from linli.kernel import secrets, slices
from linli.kernel.scope import acting
from linli.registry.merge import match_people, merge_people, undo_blockers, undo_people
from linli.registry.models import Person, PersonArea, SourceRecord, Transfer
from linli.registry.problems import RestedUpon
from linli.registry.queries.person import person_detail


@pytest.fixture(autouse=True)
def _database(db: str) -> None:
    """Every test here has a fresh database."""


def test_a_new_person_is_kept_with_home_area_and_source() -> None:
    batch, counts = merge([row(2, "王建国", 1, phone="19900000001")])
    assert (counts.new, counts.people_created, counts.dwellings) == (1, 1, 1)
    found = person(1)
    with acting(clerk()) as actor:
        detail = person_detail(actor, found.id)
        assert [a.area_code for a in detail.areas] == [VILLAGE]
        assert [home.until for home in detail.homes] == [None]
        name = next(f for f in detail.facts if f.field.name == "name")
        assert name.value == "王建国"
        assert name.record is not None and (name.record.batch_id, name.record.row) == (batch, 2)


def test_identifiers_are_kept_only_as_ciphertext(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, phone="19900000001")])
    found = person(1)
    assert secrets.decrypt(found.id_number) == number(1)
    everything = str(owner_sql("SELECT to_jsonb(r), to_jsonb(p) FROM registry_source_record r, registry_person p"))
    assert number(1) not in everything and "19900000001" not in everything


def test_the_same_file_again_changes_nothing(owner_sql: Sql) -> None:
    rows = [row(2, "王建国", 1), row(3, "李秀英", 2), row(4, "无号人")]
    merge(rows)
    before = picture(owner_sql)
    _, counts = merge(rows)
    assert (counts.unchanged, counts.new, counts.updated) == (3, 0, 0)
    assert picture(owner_sql) == before


def test_the_weightier_source_wins_a_field_whatever_the_order() -> None:
    merge([row(2, "王健国", 1, marital="20")], "community", observed_on=date(2026, 5, 1))
    merge([row(9, "王建国", 1, marital="10")], "police", observed_on=date(2020, 1, 1))
    assert person(1).name == "王建国"
    merge([row(5, "王建囯", 1, marital="30")], "civil", observed_on=date(2019, 1, 1))
    found = person(1)
    assert found.name == "王建国"
    assert found.marital == "30", "民政 counts most for marital status"


def test_the_later_statement_of_one_source_replaces_the_earlier() -> None:
    merge([row(2, "王建国", 1, phone="19900000001")], observed_on=date(2025, 1, 1))
    merge([row(2, "王建国", 1, phone="19900000002")], observed_on=date(2026, 1, 1))
    with acting(clerk()):
        assert SourceRecord.objects.filter(superseded_by=None).count() == 1
        assert SourceRecord.objects.count() == 2
    assert secrets.decrypt(person(1).phone) == "19900000002"


def test_a_move_ends_the_old_home_and_moves_the_sight() -> None:
    merge([row(2, "王建国", 1)], observed_on=date(2025, 1, 1))
    merge([row(7, "王建国", 1, OTHER_VILLAGE)], observed_on=date(2026, 1, 1))
    found = person(1)
    assert found.area_code == OTHER_VILLAGE
    with acting(clerk()) as actor:
        homes = person_detail(actor, found.id).homes
        assert [(h.since, h.until) for h in homes] == [(date(2026, 1, 1), None), (date(2025, 1, 1), date(2026, 1, 1))]
        assert set(PersonArea.objects.values_list("area_code", flat=True)) == {OTHER_VILLAGE}


def test_one_who_is_registered_elsewhere_is_seen_in_both_places() -> None:
    merge([row(2, "王建国", 1, register_address="岭子镇乙村", register_village_code=OTHER_VILLAGE)])
    with acting(clerk(TOWN)):
        assert Person.objects.count() == 1
    with acting(clerk(OTHER_TOWN)):
        assert Person.objects.count() == 1


def test_two_rows_with_one_number_are_one_person_with_two_records() -> None:
    _, counts = merge([row(2, "王建国", 1), row(3, "王建国", 1, home_door="3")])
    assert counts.people_created == 1
    with acting(clerk()):
        assert Person.objects.count() == 1
        assert SourceRecord.objects.filter(person_id=person(1).id).count() == 2


def test_rows_of_one_number_are_one_person_whichever_slice_they_are_in(
    monkeypatch: pytest.MonkeyPatch, owner_sql: Sql
) -> None:
    monkeypatch.setattr(slices, "ROWS", 2)
    rows = [row(2, "王建国", 1), row(3, "李秀英", 2), row(4, "张三", 3), row(5, "王建国", 1), row(6, "王建国", 1)]
    parts = slices.Slices.of(pl.DataFrame(rows), "row")
    merged = {"source": "community", "batch_id": None, "uploader": clerk(), "district": DISTRICT}
    counts = merge_people(parts, **merged)
    assert (len(parts), counts.new, counts.people_created) == (3, 5, 3)
    with acting(clerk()):
        assert SourceRecord.objects.filter(person_id=person(1).id, state="linked").count() == 3
    before = picture(owner_sql)
    assert merge_people(parts, **merged).unchanged == 5 and picture(owner_sql) == before


def test_rows_alike_in_all_without_number_are_one_person_with_two_records_and_repeat_safely() -> None:
    rows = [row(2, "小王"), row(3, "小王", home_text="2号", home_door="2", home_standard="某村2号")]
    rows[0]["home_standard"] = rows[1]["home_standard"]
    _, first = merge(rows)
    assert (first.new, first.people_created) == (2, 1)
    _, again = merge(rows)
    assert again.unchanged == 2


def test_a_match_in_a_foreign_town_opens_a_move_and_tells_the_uploader_nothing() -> None:
    merge([row(2, "王建国", 1)], "police")
    _, counts = merge([row(2, "王建国", 1, OTHER_VILLAGE)], uploader=clerk(OTHER_TOWN, "other"))
    assert (counts.transfer, counts.new, counts.updated) == (1, 0, 0)
    assert person(1).area_code == VILLAGE, "nothing moves before somebody decides"
    for area in (TOWN, OTHER_TOWN, DISTRICT):
        with acting(clerk(area)):
            assert Transfer.objects.count() == 1
    with acting(clerk(OTHER_TOWN)):
        assert Person.objects.count() == 0
        assert SourceRecord.objects.filter(person_id__isnull=False).count() == 0
    _, again = merge([row(2, "王建国", 1, OTHER_VILLAGE)], uploader=clerk(OTHER_TOWN, "other"))
    assert again.unchanged == 1


def test_looking_before_a_merge_does_not_tell_who_is_elsewhere() -> None:
    merge([row(2, "王建国", 1)], "police")
    frame = pl.DataFrame([row(2, "王建国", 1, OTHER_VILLAGE), row(3, "新来的", 9, OTHER_VILLAGE)])
    counts = match_people(frame, "community", clerk(OTHER_TOWN, "other"), DISTRICT)
    assert (counts.new, counts.transfer) == (2, 0)


def test_two_villages_that_number_households_alike_have_two_households(owner_sql: Sql) -> None:
    merge([row(2, "甲", 1, household_no="001"), row(3, "乙", 2, household_no="001")])
    merge([row(2, "丙", 3, OTHER_VILLAGE, household_no="001")])
    assert owner_sql("SELECT count(*) FROM registry_household") == [(2,)]


def test_a_row_that_matches_two_people_waits_for_a_person() -> None:
    merge([row(2, "王建国", 1, record_key="A1")])
    merge([row(3, "李秀英", 2)])
    _, counts = merge([row(2, "王建国", 2, record_key="A1")])
    assert counts.in_review == 1
    with acting(clerk()):
        assert SourceRecord.objects.filter(state="review").count() == 1


def test_a_record_id_given_to_somebody_else_never_overwrites_a_person() -> None:
    merge([row(2, "王建国", 1, record_key="1")])
    _, counts = merge([row(2, "李秀英", 2, record_key="1")])
    assert (counts.in_review, counts.updated, counts.new) == (1, 0, 0)
    assert person(1).name == "王建国"
    _, same = merge([row(2, "王建军", 1, record_key="1"), row(3, "无号人", record_key="2")])
    assert (same.updated, same.new) == (1, 1), "the same number, or none, is still the same record"
    _, numbered = merge([row(3, "无号人", 3, record_key="2")])
    assert numbered.updated == 1, "a number that was missing is filled in"


def test_a_row_that_leaves_the_number_out_keeps_what_the_source_knows(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, record_key="1")], observed_on=date(2025, 1, 1))
    batch, counts = merge([row(2, "王建国", record_key="1", phone="10070000001")], observed_on=date(2026, 1, 1))
    assert counts.updated == 1
    kept = person(1)
    assert (kept.name, kept.id_tail4 is not None, kept.phone is not None) == ("王建国", True, True)
    _, again = merge([row(2, "王建国", record_key="1", phone="10070000001")], observed_on=date(2026, 1, 1))
    assert again.unchanged == 1
    _, other = merge([row(2, "赵六", 6, record_key="1")])
    assert other.in_review == 1, "the number still tells when the record id goes to somebody else"
    undo_people(batch, clerk(), DISTRICT)
    assert person(1).phone is None
    merge([row(2, "李秀英", record_key="1", birth=date(1960, 5, 6))], observed_on=date(2026, 2, 1))
    assert owner_sql("SELECT id_number IS NULL FROM registry_person WHERE name = '李秀英'") == [(True,)]


def household(owner_sql: Sql, number: str = "001") -> tuple[Any, ...]:
    return owner_sql("SELECT number, head_name FROM registry_household WHERE number = %s", [number])[0]


def couple(heads: int, **more: Any) -> list[dict[str, Any]]:
    """王建国 (1) and 李秀英 (2), one of them the head."""
    names = {1: "王建国", 2: "李秀英"}
    return [
        row(n, names[n], n, household_no="001", relation_to_head="0" if n == heads else "10", head_name=names[heads], **more)
        for n in names
    ]  # fmt: skip


def test_the_head_of_a_household_follows_priority_and_recency_and_undo_restores_it(owner_sql: Sql) -> None:
    merge(couple(1), observed_on=date(2025, 1, 1))
    assert household(owner_sql) == ("001", "王建国")
    before = picture(owner_sql)
    newer, _ = merge(couple(2), observed_on=date(2026, 1, 1))
    assert household(owner_sql) == ("001", "李秀英")
    undo_people(newer, clerk(), DISTRICT)
    assert picture(owner_sql) == before
    police, _ = merge(couple(2), "police", observed_on=date(2020, 1, 1))
    assert household(owner_sql) == ("001", "李秀英"), "the weightier source counts most"
    merge(couple(1, phone="19900000001"), observed_on=date(2026, 2, 1))
    assert household(owner_sql) == ("001", "李秀英")
    undo_people(police, clerk(), DISTRICT)
    assert household(owner_sql) == ("001", "王建国")


def test_the_head_of_a_household_is_called_as_the_golden_record_says(owner_sql: Sql) -> None:
    merge(couple(1))
    batch, _ = merge([row(2, "王健国", 1)], "police")
    assert household(owner_sql) == ("001", "王健国")
    undo_people(batch, clerk(), DISTRICT)
    assert household(owner_sql) == ("001", "王建国")


def test_a_head_who_goes_over_to_another_household_heads_the_old_one_no_longer(owner_sql: Sql) -> None:
    merge(couple(1), observed_on=date(2025, 1, 1))
    before = picture(owner_sql)
    left = row(2, "王建国", 1, household_no="002", relation_to_head="0")
    stays = row(3, "李秀英", 2, household_no="001", relation_to_head="0")
    batch, _ = merge([left, stays], observed_on=date(2026, 1, 1))
    assert (household(owner_sql), household(owner_sql, "002")) == (("001", "李秀英"), ("002", "王建国"))
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before
    everyone = [row(2, "王建国", 1, household_no="003"), row(3, "李秀英", 2, household_no="003", head_name="王建国")]
    moved, _ = merge(everyone, observed_on=date(2026, 1, 1))
    assert household(owner_sql, "003") == ("003", "王建国")
    assert household(owner_sql) == ("001", None), "under the new number they are another household"
    undo_people(moved, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_undo_takes_a_first_batch_back_exactly(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    before = picture(owner_sql)
    batch, _ = merge(
        [row(2, "王建国", 1, phone="19900000001"), row(3, "李秀英", 2, household_no="H1", home_compound="新苑小区")]
    )
    assert picture(owner_sql) != before
    assert undo_blockers(batch, DISTRICT) == []
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def homes(
    village: str, grids: Sequence[str | None], first: int = 1, compound: str = "新苑小区"
) -> list[dict[str, Any]]:
    return [
        row(n, f"甲{n}", n, village, area_code=village + (grid or ""), home_compound=compound, home_building="1",
            home_room=str(100 + n), home_door=None)
        for n, grid in enumerate(grids, first)
    ]  # fmt: skip


def test_a_compound_has_the_grid_that_all_rows_of_its_homes_state(owner_sql: Sql) -> None:
    merge(homes(VILLAGE, ["001", "001"]) + homes(OTHER_VILLAGE, ["002", None], 11))
    compounds = "SELECT area_code FROM places_compound ORDER BY 1"
    assert owner_sql(compounds) == [(f"{VILLAGE}001",), (OTHER_VILLAGE,)]
    before = picture(owner_sql)
    batch, _ = merge(homes(VILLAGE, ["002"], 21), "police")
    assert owner_sql(compounds) == [(VILLAGE,), (OTHER_VILLAGE,)], "it lies in two grids"
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_a_home_of_which_one_row_states_no_grid_says_nothing_of_its_compound(owner_sql: Sql) -> None:
    rows = homes(VILLAGE, ["001", None])
    rows[1]["home_room"] = rows[0]["home_room"]
    merge(rows)
    assert owner_sql("SELECT area_code FROM places_compound UNION SELECT area_code FROM places_dwelling") == [
        (VILLAGE,)
    ]


def test_undo_reinstates_what_the_batch_superseded(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, phone="19900000001")], observed_on=date(2025, 1, 1))
    before = picture(owner_sql)
    batch, _ = merge([row(2, "王建国", 1, OTHER_VILLAGE, phone="19900000002")], observed_on=date(2026, 1, 1))
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_undo_is_refused_while_a_later_batch_rests_on_it() -> None:
    first, _ = merge([row(2, "王建国", 1)])
    second, _ = merge([row(2, "王建国", 1)], "police")
    blockers = undo_blockers(first, DISTRICT)
    assert [(b.batch_id, b.row) for b in blockers] == [(second, 2)]
    assert undo_blockers(second, DISTRICT) == []


def test_what_was_merged_after_asking_for_the_undo_still_keeps_it_from_happening(owner_sql: Sql) -> None:
    first, _ = merge([row(2, "王建国", 1)])
    assert undo_blockers(first, DISTRICT) == []
    merge([row(2, "王建国", 1)], "police")
    before = picture(owner_sql)
    with pytest.raises(RestedUpon):
        undo_people(first, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_undo_is_refused_while_another_town_asks_for_a_person_of_the_batch() -> None:
    first, _ = merge([row(2, "王建国", 1)])
    second, _ = merge([row(5, "王建国", 1, OTHER_VILLAGE)], uploader=clerk(OTHER_TOWN, "other"))
    assert [(b.batch_id, b.row) for b in undo_blockers(first, DISTRICT)] == [(second, 5)]
    undo_people(second, clerk(), DISTRICT)
    assert undo_blockers(first, DISTRICT) == []


def test_history_keeps_what_was_replaced(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, phone="19900000001")], observed_on=date(2025, 1, 1))
    merge([row(2, "王建军", 1, phone="19900000001")], observed_on=date(2026, 1, 1))
    assert owner_sql("SELECT name, op, replaced_by FROM registry_person_history") == [("王建国", "U", "staff:clerk")]


def test_a_failed_merge_leaves_the_base_as_it_was(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)])
    before = picture(owner_sql)
    with pytest.raises(RuntimeError), acting(clerk()):
        merge([row(2, "王建军", 1), row(3, "李秀英", 2)])
        raise RuntimeError
    assert picture(owner_sql) == before
