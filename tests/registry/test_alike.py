"""Rows without a common number: linked where they are surely somebody's, asked about where they may be, new elsewhere.

On a real database, as the program's role. Everybody here is born on one day unless a test says otherwise.
"""

from __future__ import annotations

import threading
import uuid
from datetime import date
from typing import Any

import polars as pl
import pytest
import staff
from django.db import connection, connections
from people_frames import (
    DISTRICT,
    OTHER_TOWN,
    OTHER_VILLAGE,
    TOWN,
    VILLAGE,
    Sql,
    clerk,
    enter,
    merge,
    number,
    person,
    picture,
    row,
)

from linli.kernel import secrets, slices
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.registry.actions.decisions import decide_review, decide_transfer
from linli.registry.actions.people import edit_person
from linli.registry.matching import facts, keeping
from linli.registry.matching.duplicates import find
from linli.registry.merge import match_people, merge_people, stage, undo_people
from linli.registry.models import MatchKey, MatchProposal, Person, SourceRecord, Transfer
from linli.registry.problems import TwoNumbers
from linli.registry.queries.person import person_detail
from linli.registry.regrouping.actions import join_people, split_person, undo_regrouping
from linli.registry.reviewing.queries import waiting

PHONE = "19900000001"


@pytest.fixture(autouse=True)
def _database(db: str) -> None:
    """Every test here has a fresh database."""


def foretold(rows: list[dict[str, Any]], uploader: Any = None) -> dict[str, int]:
    counts = match_people(pl.DataFrame(rows, infer_schema_length=None), "civil", uploader or clerk(), DISTRICT)
    return {k: v for k in ("new", "updated", "unchanged", "in_review", "transfer") if (v := getattr(counts, k))}


def counted(counts: Any) -> dict[str, int]:
    return {k: v for k in ("new", "updated", "unchanged", "in_review", "transfer") if (v := getattr(counts, k))}


HOME = {"home_door": "2", "home_text": "2号", "home_standard": "某村2号"}


def doubtful(line: int = 8) -> dict[str, Any]:
    """A row that may be 王建国 of `known`: of the same sound, in the same home, born five weeks later, without a phone."""
    return row(line, "王建囯", None, birth=date(1950, 4, 10), **HOME)


def known(village: str = VILLAGE) -> None:
    merge([row(2, "王建国", 1, village, phone=PHONE)], "police")


# --- linked ----------------------------------------------------------------------------------------------------------


def test_a_homophone_without_number_is_linked_as_it_was_foretold() -> None:
    known()
    rows = [row(2, "王建囯", None, phone=PHONE)]
    assert foretold(rows) == {"updated": 1}
    _, counts = merge(rows, "civil")
    assert counted(counts) == {"updated": 1}
    with acting(clerk()):
        found = Person.objects.get()
        assert found.name == "王建国" and SourceRecord.objects.filter(person_id=found.id).count() == 2


def test_a_number_finds_the_person_who_was_known_without_one() -> None:
    merge([row(2, "王建国", None, phone=PHONE)], "civil")
    _, counts = merge([row(2, "王建国", 1, phone=PHONE)], "police")
    assert counted(counts) == {"updated": 1}
    with acting(clerk()):
        assert Person.objects.get().id_hash is not None
        assert MatchKey.objects.get().numbered


def test_the_same_row_again_changes_nothing_and_another_source_finds_the_same_person(owner_sql: Sql) -> None:
    known()
    rows = [row(2, "王建囯", None, phone=PHONE)]
    merge(rows, "civil")
    before = picture(owner_sql)
    _, again = merge(rows, "civil")
    assert counted(again) == {"unchanged": 1} and picture(owner_sql) == before
    _, third = merge(rows, "health")
    assert counted(third) == {"updated": 1}


def test_two_valid_numbers_are_never_one_however_alike() -> None:
    known()
    _, counts = merge([row(2, "王建国", 2, phone=PHONE)], "civil")
    assert counted(counts) == {"new": 1}
    with acting(clerk()):
        assert Person.objects.count() == 2 and MatchProposal.objects.count() == 0


def test_one_without_number_never_brings_two_numbers_together() -> None:
    merge([row(2, "王建国", None, phone=PHONE)], "civil")
    rows = [
        row(2, "王建国", 1, phone=PHONE),
        row(3, "王建国", 2, home_door="2", home_text="2号", home_standard="某村2号", phone=PHONE),
    ]
    _, counts = merge(rows, "police")
    assert counts.updated == 1 and counts.new + counts.in_review == 1
    with acting(clerk()):
        for each in Person.objects.all():
            numbers = (
                SourceRecord.objects.filter(person_id=each.id).exclude(id_hash=None).values_list("id_hash", flat=True)
            )
            assert len({bytes(n) for n in numbers}) <= 1


@pytest.mark.parametrize("alike_first", [True, False])
def test_rows_of_one_number_go_to_the_person_one_of_them_is_alike_to(alike_first: bool) -> None:
    merge([row(2, "王建国", None, phone=PHONE)], "civil")
    lines = (2, 3) if alike_first else (3, 2)
    alike, other = (
        row(lines[0], "王建国", 1, phone=PHONE, **HOME),
        row(lines[1], "王建国", 1, OTHER_VILLAGE, birth=None),
    )
    rows = sorted([alike, other], key=lambda each: each["row"])
    assert foretold(rows) == {"updated": 2}
    _, counts = merge(rows, "police")
    assert counted(counts) == {"updated": 2}
    with acting(clerk()):
        assert Person.objects.get().id_hash is not None


def test_a_number_that_a_record_id_brings_keeps_another_number_away() -> None:
    merge([row(2, "王建国", None, phone=PHONE, record_key="7")], "civil")
    rows = [
        row(2, "王建国", 1, phone=PHONE, record_key="7"),
        row(3, "王建国", 2, phone=PHONE, record_key="8", **HOME),
    ]
    _, counts = merge(rows, "civil")
    assert counted(counts) == {"new": 1, "updated": 1}
    with acting(clerk()):
        assert Person.objects.exclude(id_hash=None).count() == 2


@pytest.mark.parametrize("order", [(2, 3), (3, 2)])
def test_a_number_that_a_record_id_brings_takes_whoever_states_it_along(order: tuple[int, int]) -> None:
    merge([row(2, "王建国", None, phone=PHONE, record_key="7")], "civil")
    known_one = row(order[0], "王建国", 1, phone=PHONE, record_key="7")
    unlike = row(order[1], "李秀英", 1, OTHER_VILLAGE, sex="2", birth=date(1978, 5, 6), record_key="8")
    rows = sorted([known_one, unlike], key=lambda each: each["row"])
    assert foretold(rows) == {"updated": 2}
    _, counts = merge(rows, "civil")
    assert counted(counts) == {"updated": 2}
    with acting(clerk()):
        assert Person.objects.get().id == person(1).id


def test_a_number_that_two_record_ids_bring_goes_to_the_first_and_the_other_is_asked_about() -> None:
    enter([row(2, "王建国", None, phone=PHONE, record_key="7"), row(3, "李秀英", None, record_key="8")], "civil")
    rows = [
        row(2, "王建国", 1, phone=PHONE, record_key="7"), row(3, "李秀英", 1, record_key="8"), row(4, "李秀英", 1),
    ]  # fmt: skip
    assert foretold(rows) == {"updated": 2, "in_review": 1}
    _, counts = merge(rows, "civil")
    assert counted(counts) == {"updated": 2, "in_review": 1}
    with acting(clerk()) as actor:
        first = SourceRecord.objects.filter(record_key="7", row=2).values_list("person_id", flat=True).distinct().get()
        assert person(1).id == first and Person.objects.exclude(id_hash=None).count() == 1
        (waits,) = waiting(actor, "intake.batch.merge").items
        assert waits.row == 3 and len(waits.candidates) == 2 and waits.taken


def test_two_towns_never_give_two_numbers_to_one_who_had_none() -> None:
    third = "370302103"
    merge([row(2, "王建国", None, OTHER_VILLAGE, phone=PHONE)], "civil")
    merge([row(2, "王建国", 1, phone=PHONE)], "police", clerk(TOWN))
    merge([row(2, "王建国", 2, f"{third}201", phone=PHONE)], "police", clerk(third))
    with acting(clerk()) as actor:
        first, second = Transfer.objects.filter(state="open").order_by("to_area")
        decide_transfer(actor, first.id, True)
        with pytest.raises(TwoNumbers):
            decide_transfer(actor, second.id, True)
    with acting(clerk()) as actor:
        second.refresh_from_db()
        assert second.state == "open" and SourceRecord.objects.filter(state="linked").exclude(id_hash=None).count() == 1
        decide_transfer(actor, second.id, False, "不是同一人")


def test_a_row_that_waits_gives_no_second_number_to_one_who_was_given_one_meanwhile() -> None:
    merge([row(2, "王建国", None, phone=PHONE)], "civil")
    merge([doubtful() | {"id_kind": "111", "id_number": number(2)}], "police")
    merge([row(2, "王建国", 1, phone=PHONE)], "health")
    with acting(clerk()) as actor:
        waits, whom = SourceRecord.objects.get(state="review"), Person.objects.get()
        with pytest.raises(TwoNumbers):
            decide_review(actor, waits.id, "person", whom.id)
        decide_review(actor, waits.id, "person", whom.id, number_wrong=True)
    with acting(clerk()):
        assert Person.objects.get().id_hash == secrets.fingerprint("identity", f"111:{number(1)}")


def test_whoever_is_like_two_people_waits_with_both() -> None:
    enter([row(2, "王建国", 1, phone=PHONE)])
    enter([row(2, "王建国", 2, phone=PHONE)])
    rows = [row(2, "王建国", None, phone=PHONE)]
    assert foretold(rows) == {"in_review": 1}
    _, counts = merge(rows, "civil")
    assert counted(counts) == {"in_review": 1}
    with acting(clerk()) as actor:
        (waits,) = waiting(actor, "intake.batch.merge").items
        assert len(waits.candidates) == 2 and all(c.alike for c in waits.candidates)


def test_relatives_and_namesakes_come_in_as_new() -> None:
    home = {**HOME, "phone": PHONE}
    merge([row(2, "王建国", 1, **home)], "police")
    _, counts = merge(
        [
            row(3, "王小明", None, birth=date(1978, 1, 2), **home),
            row(4, "李秀英", None, birth=date(1952, 8, 9), sex="2", **home),
            row(40, "王建国", None, OTHER_VILLAGE, birth=date(1961, 11, 30)),
        ],
        "civil",
    )
    assert counted(counts) == {"new": 3} and counts.people_created == 3


def likeness(browser: Any, person_id: Any) -> dict[str, dict[str, Any] | None]:
    sources = browser.get(f"/api/people/{person_id}").json()["sources"]
    return {each["source_code"]: each["likeness"] for each in sources}


def test_a_row_that_was_linked_keeps_why_for_who_looks_at_the_person(owner_sql: Sql) -> None:
    known()
    before = picture(owner_sql)
    batch, _ = merge([row(2, "王建囯", None, phone=PHONE)], "civil")
    browser = staff.client(staff.staff("clerk", "town_clerk", staff.TOWN))
    told = likeness(browser, person(1).id)
    assert told["police"] is None
    assert told["civil"] is not None and told["civil"]["probability"] >= 0.95
    texts = [w["text"] for w in told["civil"]["weights"]]
    assert any(text.startswith("姓名同音 +") for text in texts) and any(text.startswith("电话相同 +") for text in texts)
    with acting(clerk()):
        assert find(clerk(), DISTRICT).filed.opened == 0
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_rows_of_one_file_that_made_one_person_keep_why() -> None:
    home = {**HOME, "phone": PHONE}
    merge([row(2, "王建国", 1, **home), row(3, "王建国", None, **home)], "civil")
    with acting(clerk()):
        kept = MatchProposal.objects.get()
        second = SourceRecord.objects.get(row=3)
        assert (kept.record_id, kept.person_id, kept.state) == (second.id, person(1).id, "joined")


def test_a_row_that_asks_to_move_in_keeps_why_and_tells_it_once_it_has(owner_sql: Sql) -> None:
    known(OTHER_VILLAGE)
    merge([row(2, "王建国", None, VILLAGE, phone=PHONE)], "civil", clerk(TOWN, "town"))
    with acting(clerk(TOWN, "town")):
        assert MatchProposal.objects.count() == 0, "whoever brought it is told nothing"
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get().id, True)
    browser = staff.client(staff.staff("analyst", "analyst", staff.DISTRICT))
    assert likeness(browser, person(1).id)["civil"] is not None


# --- never by itself -------------------------------------------------------------------------------------------------

CHILD = {"birth": date(2015, 6, 1), "phone": PHONE, "head_name": "张大山", **HOME}


@pytest.mark.parametrize("numbered", [None, 7])
def test_a_twin_whose_name_sounds_alike_waits_and_is_told_why(numbered: int | None) -> None:
    merge([row(2, "张子涵", None, **CHILD)], "health")
    twin = row(3, "张子晗", numbered, **CHILD)
    assert foretold([twin]) == {"in_review": 1}
    _, counts = merge([twin], "civil")
    assert counted(counts) == {"in_review": 1}
    with acting(clerk()) as actor:
        (candidate,) = waiting(actor, "intake.batch.merge").items[0].candidates
        assert candidate.probability is not None and 0.5 <= candidate.probability < 0.95
        doubt = candidate.weights[-1]
        assert doubt["comparison"] == "otherwise" and doubt["weight"] < 0


def test_twins_of_one_file_are_two_people_whom_somebody_is_asked_about() -> None:
    _, counts = merge([row(2, "张子涵", None, **CHILD), row(3, "张子晗", None, **CHILD)], "health")
    assert (counts.new, counts.people_created) == (2, 2)
    with acting(clerk()):
        assert MatchProposal.objects.get().state == "open"


def test_a_slip_in_a_name_is_told_from_a_twin_by_the_persons_own_phone_only() -> None:
    home = {**HOME, "head_name": "王大山"}
    merge([row(2, "王建国", None, phone=PHONE, **home)], "health")
    assert foretold([row(3, "王建囯", None, **home)]) == {"in_review": 1}
    assert foretold([row(3, "王建囯", None, phone="19900000099", **home)]) == {"in_review": 1}
    assert foretold([row(3, "王建囯", None, phone=PHONE, **home)]) == {"updated": 1}
    assert foretold([row(3, "王建国", None, **home)]) == {"updated": 1}


def test_a_name_in_a_home_is_not_enough_without_a_birth() -> None:
    home = {**HOME, "head_name": "王建国", "birth": None}
    merge([row(2, "王建国", 1, phone=PHONE, **HOME, head_name="王建国")], "police")
    assert foretold([row(3, "王建国", None, **home)]) == {"in_review": 1}
    assert foretold([row(3, "王建国", None, phone=PHONE, **home)]) == {"updated": 1}


def test_a_column_that_nobody_fills_is_no_matter() -> None:
    known()
    rows = [row(2, "王建国", None, phone=None, head_name=None, marital=None, **HOME)]
    assert pl.DataFrame(rows)["phone"].dtype == pl.Null
    _, counts = merge(rows, "civil")
    assert counts.rows == 1
    merge([row(2, "李秀英", None, birth=None)], "health")


# --- within a file ---------------------------------------------------------------------------------------------------


def test_rows_of_one_file_are_one_person_also_across_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "ROWS", 2)
    home = {**HOME, "phone": PHONE}
    rows = [
        row(2, "王建国", None, **home), row(3, "李秀英", 3), row(4, "王建囯", 1, **home), row(5, "王建国", 1, **home),
        row(6, "赵六", None, birth=date(1980, 1, 1)),
    ]  # fmt: skip
    parts = slices.Slices.of(pl.DataFrame(rows, infer_schema_length=None), "row")
    counts = merge_people(parts, source="civil", batch_id=uuid7(), uploader=clerk(), district=DISTRICT)
    assert (counts.new, counts.people_created) == (5, 3)
    with acting(clerk()):
        assert SourceRecord.objects.filter(person_id=person(1).id).count() == 3


def test_two_rows_of_one_file_that_may_be_one_are_asked_about_as_people() -> None:
    merge([row(2, "王建国", None, phone=PHONE), doubtful()], "civil")
    with acting(clerk()) as actor:
        asked = MatchProposal.objects.get()
        assert asked.record_id is None and asked.state == "open" and Person.objects.count() == 2
        assert find(actor, DISTRICT).filed.opened == 0, "the look over everybody finds it filed"


# --- asked about -----------------------------------------------------------------------------------------------------


def test_one_who_may_be_somebody_waits_with_the_weights_and_is_decided() -> None:
    known()
    assert foretold([doubtful()]) == {"in_review": 1}
    _, counts = merge([doubtful()], "civil")
    assert counted(counts) == {"in_review": 1}
    with acting(clerk()) as actor:
        (waits,) = waiting(actor, "intake.batch.merge").items
        (candidate,) = waits.candidates
        assert candidate.alike and 0.5 <= (candidate.probability or 0) < 0.95 and not waits.outside
        assert "name" in {w["comparison"] for w in candidate.weights}
        decide_review(actor, waits.record_id, "person", candidate.person_id)
    with acting(clerk()):
        assert Person.objects.count() == 1 and MatchProposal.objects.get().state == "joined"
    _, again = merge([doubtful()], "civil")
    assert counted(again) == {"unchanged": 1}


def test_the_queue_tells_weights_in_the_readers_language() -> None:
    known()
    merge([doubtful()], "civil")
    browser = staff.client(staff.staff("clerk", "town_clerk", staff.TOWN))
    (candidate,) = browser.get("/api/intake/reviews").json()["items"][0]["candidates"]
    assert 0.5 <= candidate["probability"] < 0.95 and candidate["choose"]
    assert [r["code"] for r in candidate["reasons"]] == ["alike"]
    texts = {w["comparison"]: w["text"] for w in candidate["weights"]}
    assert texts["name"].startswith("姓名同音 +") and texts["start"]


def test_one_who_was_found_to_be_somebody_else_is_not_asked_about_again() -> None:
    known()
    merge([doubtful()], "civil")
    with acting(clerk()) as actor:
        (waits,) = waiting(actor, "intake.batch.merge").items
        decide_review(actor, waits.record_id, "new")
    with acting(clerk()) as actor:
        assert Person.objects.count() == 2
        decided = MatchProposal.objects.get()
        assert decided.state == "apart" and decided.other_id is not None and decided.facts_key is not None
        assert find(actor, DISTRICT).filed.opened == 0
    _, again = merge([doubtful()], "civil")
    assert counted(again) == {"unchanged": 1}


def test_a_row_may_not_be_given_to_whom_it_was_not_proposed_with() -> None:
    from linli.kernel.errors import NotFound

    known()
    merge([row(30, "赵六", 9, birth=date(1980, 1, 1))], "police")
    merge([doubtful()], "civil")
    with acting(clerk()) as actor, pytest.raises(NotFound):
        decide_review(actor, waiting(actor, "intake.batch.merge").items[0].record_id, "person", person(9).id)


# --- out of sight ----------------------------------------------------------------------------------------------------


def test_a_sure_match_elsewhere_asks_to_move_and_is_not_foretold(owner_sql: Sql) -> None:
    known(OTHER_VILLAGE)
    rows = [row(2, "王建国", None, VILLAGE, phone=PHONE)]
    assert foretold(rows, clerk(TOWN, "town")) == {"new": 1}
    _, counts = merge(rows, "civil", clerk(TOWN, "town"))
    assert counted(counts) == {"transfer": 1}
    with acting(clerk(TOWN, "town")):
        assert Person.objects.count() == 0 and MatchProposal.objects.count() == 0
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get().id, True)
    with acting(clerk()):
        assert set(SourceRecord.objects.values_list("person_id", "state")) == {(person(1).id, "linked")}


def test_one_who_may_be_somebody_elsewhere_comes_in_and_only_who_sees_both_is_asked() -> None:
    known(OTHER_VILLAGE)
    rows = [row(9, "王建国", None, VILLAGE, phone="19900000077")]
    town = clerk(TOWN, "town")
    assert foretold(rows, town) == {"new": 1}
    _, counts = merge(rows, "civil", town)
    assert counted(counts) == {"new": 1}, "nothing tells whoever brings the row that there is somebody"
    with acting(town):
        assert MatchProposal.objects.count() == 0 and Person.objects.count() == 1
    with acting(clerk(OTHER_TOWN, "other")):
        assert MatchProposal.objects.count() == 0
    with acting(clerk()):
        assert MatchProposal.objects.get().record_id is None


def test_who_is_elsewhere_makes_nobody_here_doubtful_beforehand() -> None:
    known()
    enter([row(2, "王建国", 2, OTHER_VILLAGE, phone=PHONE)], "police")
    assert foretold([row(2, "王建囯", None, phone=PHONE)], clerk(TOWN, "town")) == {"updated": 1}


def told(uploader: Any) -> list[dict[str, Any]]:
    """All that the queue tells somebody of rows that wait."""
    with acting(uploader):
        return [
            {"row": w.row, "outside": w.outside, "candidates": [(str(c.person_id), c.probability, c.weights) for c in w.candidates]}
            for w in waiting(uploader, "intake.batch.merge").items
        ]  # fmt: skip


BROUGHT = {
    "surely one here": row(2, "王建囯", None, phone=PHONE),
    "maybe one here": doubtful(),
    "one here of another village": row(2, "王建国", None, f"{TOWN}202", phone=PHONE),
    "one here with another phone": row(9, "王建国", None, phone="19900000088"),
    "nobody here": row(40, "赵六", None, birth=date(1980, 1, 1)),
}


@pytest.mark.parametrize("elsewhere", [1, 45])
@pytest.mark.parametrize("brought", BROUGHT)
def test_nobody_out_of_sight_changes_what_becomes_of_a_row(owner_sql: Sql, brought: str, elsewhere: int) -> None:
    """First with nobody elsewhere and undone, then with one or many who are as alike: the same is foretold and done."""
    known()
    town, rows = clerk(TOWN, "town"), [BROUGHT[brought]]
    before = foretold(rows, town)
    batch, alone = merge(rows, "civil", town)
    seen = told(town)
    undo_people(batch, clerk(), DISTRICT)
    enter([row(60 + i, "王建国", 10 + i, OTHER_VILLAGE, phone=PHONE, **HOME) for i in range(elsewhere)], "police")
    assert foretold(rows, town) == before
    _, counts = merge(rows, "civil", town)
    assert counted(counts) == counted(alone) == before
    assert told(town) == seen


def test_of_rows_that_only_somebody_out_of_sight_brings_together_none_goes_along_with_the_other() -> None:
    """Both may be the one elsewhere, neither surely: they come in as two, as they would if there were nobody."""
    town = clerk(TOWN, "town")
    merge([row(2, "王建国", 1, OTHER_VILLAGE, phone=PHONE)], "police")
    rows = [row(3, "王建国", None, phone="19912345671"), row(4, "王建国", None, f"{TOWN}202", phone="19987654302")]
    _, counts = merge(rows, "civil", town)
    assert counts.new == 2
    with acting(clerk()):
        pairs = {(m.person_id, m.other_id) for m in MatchProposal.objects.filter(record_id=None)}
        assert any(person(1).id in pair for pair in pairs)


def test_a_row_that_waits_is_asked_about_with_those_elsewhere_too_by_who_sees_both() -> None:
    town = clerk(TOWN, "town")
    known()
    enter([row(60, "王建国", 10, OTHER_VILLAGE, phone="19987654302")], "police")
    merge([row(8, "王建囯", None, phone="19987654302", **HOME)], "civil", town)
    (seen,) = told(town)
    assert len(seen["candidates"]) == 1 and not seen["outside"]
    (whole,) = told(clerk())
    assert len(whole["candidates"]) == 2


# --- the store -------------------------------------------------------------------------------------------------------


def store(owner_sql: Sql) -> list[Any]:
    return sorted(map(str, owner_sql("SELECT * FROM registry_match_key")))


def whole(owner_sql: Sql) -> list[Any]:
    """The store as it would be made anew of everybody there is."""
    with acting(clerk()):
        stage.run("DELETE FROM registry_match_key")
        stage.run("CREATE TEMP TABLE everybody ON COMMIT DROP AS SELECT id AS person_id FROM registry_person")
        keeping.refresh("everybody")
    return store(owner_sql)


def test_the_store_holds_nothing_in_the_clear(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, phone=PHONE)])
    (kept,) = owner_sql("SELECT to_jsonb(k) FROM registry_match_key k")
    for value in ("王", "wang", number(1), PHONE, "1950", str(hash("王建国"))):
        assert value not in str(kept)
    with acting(clerk()):
        assert MatchKey.objects.get().birth_surname == secrets.lookup("match", "bs|1950-03-04|wan")


def test_the_store_follows_merges_corrections_joins_splits_and_undoing(owner_sql: Sql) -> None:
    merge([row(2, "王建国", 1, phone=PHONE), row(3, "李秀英", None)])
    assert store(owner_sql) == whole(owner_sql)
    with acting(clerk()) as actor:
        other = Person.objects.get(name="李秀英")
        edit_person(actor, other.id, {"name": "李秀莹", "birth": "1951-01-01"}, "写错了", other.version)
    assert store(owner_sql) == whole(owner_sql)
    batch, _ = merge([row(9, "王建国", 1, OTHER_VILLAGE, phone="19900000009")], observed_on=date(2026, 5, 1))
    assert store(owner_sql) == whole(owner_sql)
    with acting(clerk()) as actor:
        one, two = person(1), Person.objects.get(name="李秀莹")
        made = join_people(actor, one.id, two.id, "同一人", one.version, two.version)
    joined = store(owner_sql)
    assert joined == whole(owner_sql) and len(joined) == 1
    with acting(clerk()) as actor:
        undo_regrouping(actor, made.id, "不是同一人")
        record = SourceRecord.objects.filter(person_id=one.id, superseded_by=None).first()
        assert record is not None
    assert store(owner_sql) == whole(owner_sql)
    undo_people(batch, clerk(), DISTRICT)
    assert store(owner_sql) == whole(owner_sql)
    _, counts = merge([row(30, "李秀莹", None, birth=date(1951, 1, 1), phone="19900000030", record_key="a")], "civil")
    with acting(clerk()) as actor:
        person_of = SourceRecord.objects.get(source_code="civil")
        assert person_of.person_id is not None
        current = SourceRecord.objects.filter(person_id=person_of.person_id, superseded_by=None, name__isnull=False)
        if current.count() > 1:
            version = Person.objects.get(id=person_of.person_id).version
            split_person(actor, person_of.person_id, [person_of.id], "两个人", version)
    assert store(owner_sql) == whole(owner_sql)


def test_undoing_a_batch_restores_everything_with_the_store(owner_sql: Sql) -> None:
    known()
    before = picture(owner_sql)
    batch, counts = merge(
        [row(2, "王建国", None, phone=PHONE), doubtful(), row(50, "赵六", None, birth=date(1980, 1, 1))], "civil"
    )
    assert counted(counts) == {"updated": 1, "in_review": 1, "new": 1}
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


def test_undoing_takes_a_decision_about_a_row_back_too(owner_sql: Sql) -> None:
    known()
    before = picture(owner_sql)
    batch, _ = merge([doubtful()], "civil")
    with acting(clerk()) as actor:
        decide_review(actor, waiting(actor, "intake.batch.merge").items[0].record_id, "new")
    undo_people(batch, clerk(), DISTRICT)
    assert picture(owner_sql) == before


# --- at once, and how much is read -----------------------------------------------------------------------------------


def test_of_two_batches_at_once_the_later_finds_whom_the_earlier_made(owner_sql: Sql) -> None:
    """The second transaction is open, and waits for the lock, before the first has committed."""
    began = threading.Event()
    counts: list[dict[str, int]] = []

    def later() -> None:
        try:
            with acting(clerk()):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT count(*) FROM registry_person")
                    assert cursor.fetchone() == (0,), "the first has written, and nobody sees it yet"
                began.set()
                counts.append(counted(merge([row(2, "王建囯", None, phone=PHONE)], "civil")[1]))
        finally:
            began.set()
            connections.close_all()

    thread = threading.Thread(target=later)
    with acting(clerk()):
        known()
        thread.start()
        assert began.wait(60)
    thread.join()
    assert counts == [{"updated": 1}]
    (people,) = owner_sql("SELECT count(*) FROM registry_person")
    assert people == (1,)


def test_a_merge_reads_the_facts_of_those_who_share_a_key_and_of_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    merge(
        [row(line, f"孙{chr(0x4E00 + line)}", line, birth=date(1960 + line % 40, 1 + line % 12, 1 + line % 28)) for line in range(2, 302)]
        + [row(400, "王建国", 400, phone=PHONE)],
        "police",
    )  # fmt: skip
    read: list[int] = []
    whole_of = facts.of

    def of(*about: Any, **more: Any) -> pl.DataFrame:
        found = whole_of(*about, **more)
        read.append(found.height)
        return found

    monkeypatch.setattr(facts, "of", of)
    _, counts = merge([row(400, "王建囯", None, phone=PHONE)], "civil")
    assert counted(counts) == {"updated": 1}
    assert sum(read) < 30, "those of one village born on one day, not three hundred"


def test_people_are_looked_up_by_index(owner_sql: Sql) -> None:
    known()
    with acting(clerk()), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for key in ("birth_surname", "name_village", "phone"):
            cursor.execute(f"EXPLAIN SELECT person_id FROM registry_match_key m WHERE m.{key} = 7 LIMIT 41")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Index Cond" in plan and key in plan.split("Index Cond")[1], plan


def test_the_store_is_out_of_sight_elsewhere() -> None:
    known(OTHER_VILLAGE)
    with acting(clerk(TOWN, "town")):
        assert MatchKey.objects.count() == 0
    with acting(clerk()) as actor:
        assert person_detail(actor, person(1).id).records and MatchKey.objects.count() == 1
        assert isinstance(MatchKey.objects.get().person_id, uuid.UUID)
