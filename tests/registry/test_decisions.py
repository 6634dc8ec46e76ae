"""Decisions on rows that match several people and on who moves: what they leave, and that an undo takes it back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from people_frames import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    Sql,
    clerk,
    merge,
    number,
    person,
    picture,
    row,
)

from linli.kernel import secrets
from linli.kernel.scope import acting
from linli.registry.actions.decisions import decide_review, decide_transfer
from linli.registry.merge import undo_blockers, undo_people
from linli.registry.models import Person, SourceRecord, Transfer
from linli.registry.problems import AlreadyDecided, NumberTaken
from linli.registry.queries import decisions
from linli.registry.queries.person import person_detail


@pytest.fixture(autouse=True)
def _database(db: str) -> None:
    """Every test here has a fresh database."""


def newest_batch(owner_sql: Sql) -> uuid.UUID:
    (found,), *_ = owner_sql("SELECT batch_id FROM registry_source_record ORDER BY recorded_at DESC, id DESC LIMIT 1")
    return uuid.UUID(str(found))


def waiting_review() -> SourceRecord:
    with acting(clerk()):
        return SourceRecord.objects.get(state="review")


def two_owners_and_a_review() -> uuid.UUID:
    """王建国 has number 1 and the community's record A1; 李秀英 has number 2; then A1 comes with number 2."""
    merge([row(2, "王建国", 1, record_key="A1", phone="19900000001")])
    merge([row(3, "李秀英", 2)], "police")
    batch, counts = merge([row(2, "赵小明", 2, record_key="A1", phone="19900000002")])
    assert counts.in_review == 1
    return batch


def test_nobody_new_is_made_with_a_number_that_belongs_to_somebody() -> None:
    two_owners_and_a_review()
    for choice, whom in (("new", None), ("person", person(1).id)):
        with acting(clerk()) as actor, pytest.raises(NumberTaken):
            decide_review(actor, waiting_review().id, choice, whom)
    with acting(clerk()) as actor:
        assert Person.objects.count() == 2
        decide_review(actor, waiting_review().id, "person", person(2).id)
    with acting(clerk()):
        assert Person.objects.count() == 2


def test_a_wrong_number_is_set_aside_and_kept_in_the_record() -> None:
    batch = two_owners_and_a_review()
    with acting(clerk()) as actor:
        record = waiting_review()
        decide_review(actor, record.id, "new", number_wrong=True, by_number=["birth", "sex"])
    with acting(clerk()) as actor:
        record = SourceRecord.objects.get(id=record.id)
        made = Person.objects.get(id=record.person_id)
        assert (made.name, made.id_hash, made.id_number, made.id_tail4, made.birth, made.sex) == (
            "赵小明", None, None, None, None, None,
        )  # fmt: skip
        assert record.id_hash is None and secrets.decrypt(bytes(record.set_aside)) == number(2)
        noted = {r.record_id: r.number_set_aside for r in person_detail(actor, made.id).records}
        assert noted == {record.id: True}
    assert person(2).name == "李秀英" and person(1).name == "王建国"
    _, again = merge([row(2, "赵小明", 2, record_key="A1", phone="19900000002")])
    assert again.unchanged == 1, "the same row again is the same statement"
    _, owner = merge([row(9, "李秀英", 2, phone="19900000003")])
    assert owner.updated == 1, "the number is its owner's alone"
    assert undo_blockers(batch, DISTRICT) == []


def test_a_number_of_somebody_else_is_set_aside_where_the_person_is_known_by_the_record_id() -> None:
    two_owners_and_a_review()
    with acting(clerk()) as actor:
        decide_review(actor, waiting_review().id, "person", person(1).id, number_wrong=True)
    assert secrets.decrypt(person(1).phone) == "19900000002", "known by the number stated before, with the new phone"
    with acting(clerk()):
        assert SourceRecord.objects.filter(superseded_by=None).values("person_id", "id_hash").count() == 2
        assert Person.objects.count() == 2


def test_somebody_new_under_a_reused_record_id_leaves_the_other_person_findable(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, record_key="1", phone="19900000001")])
    before = picture(owner_sql)
    batch, counts = merge([row(2, "李秀英", 2, record_key="1")])
    assert counts.in_review == 1
    with acting(clerk()) as actor:
        decide_review(actor, waiting_review().id, "new")
    assert secrets.decrypt(person(1).phone) == "19900000001", "what the source said of him still stands"
    _, next_one = merge([row(7, "王建国", 1, record_key="7"), row(2, "李秀英", 2, record_key="1", phone="19900000002")])
    assert (next_one.new, next_one.updated, next_one.people_created) == (0, 2, 0)
    with acting(clerk()):
        assert Person.objects.count() == 2
    undo_people(newest_batch(owner_sql), clerk(), DISTRICT)
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_keys_taken_over_twice_go_back_whichever_batch_is_undone(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, record_key="1")])
    before = picture(owner_sql)
    batches = []
    for serial, name in ((2, "李秀英"), (3, "张伟")):
        batch, _ = merge([row(2, name, serial, record_key="1")])
        batches.append(batch)
        with acting(clerk()) as actor:
            decide_review(actor, waiting_review().id, "new")
    undo_people(batches[0], clerk(), DISTRICT)
    _, still = merge([row(2, "张伟", 3, record_key="1")])
    assert still.unchanged == 1
    undo_people(batches[1], clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_a_newer_row_of_a_record_takes_the_place_of_the_one_that_waits(owner_sql: Sql) -> None:
    first = two_owners_and_a_review()
    older = waiting_review()
    before = picture(owner_sql)
    newer, counts = merge([row(2, "王建国", 2, record_key="A1", phone="19900000002")])
    assert counts.in_review == 1
    with acting(clerk()) as actor:
        waiting = SourceRecord.objects.get(state="review", superseded_by=None)
        assert waiting.batch_id == newer
        assert decisions.batches_waiting_no_more(newer) == {first}
        assert decisions.waiting_in([first, newer]) == {first: 0, newer: 1}
        assert [r.record_id for r in decisions.review_rows(actor, first).items] == []
        with pytest.raises(AlreadyDecided):
            decide_review(actor, older.id, "person", person(2).id)
    undo_people(newer, clerk(), DISTRICT)
    assert picture(owner_sql) == before and waiting_review().id == older.id
    merge([row(2, "赵六", 6, record_key="A1")])
    with acting(clerk()):
        left = SourceRecord.objects.filter(state="review", superseded_by=None).count()
    assert left == 2, "under another number the record may speak of somebody else"


def test_a_request_is_not_approved_for_a_number_that_went_to_somebody_else() -> None:
    other = clerk(OTHER_TOWN, "other")
    merge([row(2, "王建国", record_key="A1")])
    _, counts = merge([row(2, "王建国", 5, OTHER_VILLAGE, record_key="A1")], uploader=other)
    assert counts.transfer == 1
    merge([row(3, "李秀英", 5)], "police")
    with acting(clerk()) as actor:
        request = Transfer.objects.get()
        with pytest.raises(NumberTaken):
            decide_transfer(actor, request.id, True)
        decide_transfer(actor, request.id, False, "号码有误")


def test_a_review_that_gives_a_record_to_another_person_is_undone_for_both(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    merge([row(2, "王建国", 1, record_key="A1", phone="19900000001")])
    merge([row(3, "李秀英", 2)], "police")
    before = picture(owner_sql)
    batch, counts = merge([row(2, "李秀英", 2, record_key="A1", phone="19900000002")])
    assert counts.in_review == 1
    with acting(clerk()) as actor:
        waiting = SourceRecord.objects.get(state="review")
        decide_review(actor, waiting.id, "person", person(2).id)
    assert secrets.decrypt(person(1).phone) == "19900000001", "what the source said of the first still stands"
    assert secrets.decrypt(person(2).phone) == "19900000002"
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


OTHER_CLERK = clerk(OTHER_TOWN, "other")


def ask(phone: str, source: str = "community", village: str = OTHER_VILLAGE, **more: Any) -> uuid.UUID:
    """The other town states 王建国, whom the base holds in the first."""
    batch, counts = merge([row(2, "王建国", 1, village, phone=phone, **more)], source, uploader=OTHER_CLERK)
    assert counts.transfer == 1
    return batch


def requests_now() -> list[tuple[str, uuid.UUID | None]]:
    with acting(clerk()):
        return list(Transfer.objects.order_by("opened_at").values_list("state", "batch_id"))


def test_a_changed_row_takes_the_place_of_the_open_request(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    first = ask("19900000001")
    before = picture(owner_sql)
    second = ask("19900000002")
    assert requests_now() == [("withdrawn", first), ("open", second)]
    undo_people(second, clerk(), DISTRICT)
    assert picture(owner_sql) == before
    third = ask("19900000003")
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get(state="open").id, True)
        assert SourceRecord.objects.filter(person_id=person(1).id, superseded_by=None).count() == 2
    assert secrets.decrypt(person(1).phone) == "19900000003"
    blocked = {(b.batch_id, b.row) for batch in (first, third) for b in undo_blockers(batch, DISTRICT)}
    assert (third, 2) in blocked and (first, 2) in blocked, "somebody decided on what they state"
    _, again = merge([row(2, "王建国", 1, OTHER_VILLAGE, phone="19900000003")], uploader=OTHER_CLERK)
    assert again.unchanged == 1


def test_what_two_sources_state_of_one_who_moves_is_one_request_and_is_let_in_together() -> None:
    merge([row(2, "王建国", 1)], "police")
    ask("19900000001", marital="20")
    ask("19900000002", "civil", marital="30")
    assert [state for state, _ in requests_now()] == ["withdrawn", "open"]
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get(state="open").id, True)
        assert set(
            SourceRecord.objects.filter(person_id=person(1).id, superseded_by=None).values_list(
                "source_code", flat=True
            )
        ) == {"police", "community", "civil"}
    assert person(1).marital == "30"


def test_a_refusal_holds_for_all_that_was_asked_and_a_new_statement_asks_again(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    ask("19900000001")
    before = picture(owner_sql)
    second = ask("19900000002", "civil")
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get(state="open").id, False, "仍住本村")
        assert set(SourceRecord.objects.exclude(state="linked").values_list("state", flat=True)) == {"rejected"}
    undo_people(second, clerk(), DISTRICT)
    assert picture(owner_sql) == before
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get(state="open").id, False, "仍住本村")
    ask("19900000003")
    assert [state for state, _ in requests_now()] == ["rejected", "open"]


def test_undoing_the_middle_of_three_statements_leaves_the_newest_asking(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1)], "police")
    ask("19900000001")
    before = picture(owner_sql)
    second, third = ask("19900000002"), ask("19900000003")
    undo_people(second, clerk(), DISTRICT)
    assert [state for state, _ in requests_now()] == ["withdrawn", "open"]
    undo_people(third, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_a_statement_that_now_names_another_village_asks_there_only() -> None:
    merge([row(2, "王建国", 1)], "police")
    ask("19900000001")
    ask("19900000001", village=OTHER_VILLAGE[:9] + "202")
    with acting(clerk()):
        assert list(Transfer.objects.filter(state="open").values_list("to_area", flat=True)) == [
            OTHER_VILLAGE[:9] + "202"
        ]


def test_two_rows_of_one_file_for_one_person_and_village_are_one_request() -> None:
    merge([row(2, "王建国", 1)], "police")
    rows = [row(n, "王建国", 1, OTHER_VILLAGE, record_key=f"K{n}", phone=f"1990000000{n}") for n in (2, 3)]
    merge(rows, uploader=OTHER_CLERK)
    assert sorted(state for state, _ in requests_now()) == ["open", "withdrawn"]
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get(state="open").id, True)
        assert SourceRecord.objects.filter(person_id=person(1).id).count() == 3
