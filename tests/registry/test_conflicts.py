"""Conflicts of trusted sources: found, gone by themselves, decided once, respected by the next import."""

from __future__ import annotations

from datetime import date
from typing import Any

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

from linli.kernel import secrets
from linli.kernel.errors import Forbidden, NotFound
from linli.kernel.scope import acting
from linli.registry.actions.decisions import decide_transfer
from linli.registry.actions.people import edit_person
from linli.registry.conflicts import rules
from linli.registry.conflicts.actions import decide
from linli.registry.conflicts.queries import ConflictRow, conflicts_page, open_conflicts
from linli.registry.merge import undo_people
from linli.registry.models import Conflict, District, Person, Transfer
from linli.registry.problems import AlreadyDecided, ChangedMeanwhile, ReasonMissing
from linli.registry.regrouping.actions import join_people, undo_regrouping

pytestmark = pytest.mark.usefixtures("db")
BIRTH = date(1950, 3, 4)


def listed(who: Any = None, **wanted: Any) -> list[ConflictRow]:
    with acting(who or clerk()) as actor:
        return list(conflicts_page(actor, **wanted).items)


def differ(serial: int = 1, **facts: Any) -> None:
    """The police and the civil affairs differ on the birth (or on `facts`) of somebody."""
    merge([row(serial, f"王{serial}", serial)], "police")
    merge([row(serial, f"王{serial}", serial, **(facts or {"birth": date(1950, 4, 3)}))], "civil")


def say(conflict: ConflictRow, source: str, who: Any = None, reason: str = "核对户口簿") -> None:
    (record,) = [s.record_id for s in conflict.statements if s.source_name == source]
    with acting(who or clerk()) as actor:
        decide(actor, conflict.id, record, reason, conflict.version)


def test_trusted_sources_that_differ_make_a_conflict_with_what_each_says() -> None:
    differ()
    (conflict,) = listed()
    assert (conflict.field, conflict.person_name, conflict.state) == ("birth", "王1", "open")
    assert {(s.source_name, s.value, s.proposed) for s in conflict.statements} == {
        ("公安户籍", "1950-03-04", True), ("民政", "1950-04-03", False),
    }  # fmt: skip
    with acting(clerk()) as actor:
        assert open_conflicts(actor).value == 1


def test_what_does_not_matter_makes_none() -> None:
    merge([row(1, "王建国", 1, sex="1", marital="10")], "police")
    merge([row(1, "王建国", 1, sex="9", marital="20")], "civil")
    merge([row(1, "王建国", 1, sex="2", birth=date(1951, 1, 1))], "community")
    assert listed() == [], "unknown contradicts nothing, a ledger is no register, marital status is not asked about"


def test_a_conflict_goes_by_itself_when_the_sources_agree() -> None:
    differ()
    merge([row(1, "王1", 1)], "civil", observed_on=date(2026, 2, 1))
    assert listed() == []
    with acting(clerk()):
        assert not Conflict.objects.exists()


def test_a_decision_is_respected_by_the_next_import_and_asked_for_once() -> None:
    differ()
    (conflict,) = listed()
    say(conflict, "民政")
    assert person(1).birth == date(1950, 4, 3), "the rules would have said otherwise"
    with pytest.raises(AlreadyDecided):
        say(conflict, "公安户籍")
    merge([row(1, "王1", 1, education="70")], "police", observed_on=date(2026, 2, 1))
    assert person(1).birth == date(1950, 4, 3) and person(1).education == "70"
    assert listed() == []
    (decided,) = listed(state="decided")
    assert (decided.reason, decided.decided_by) == ("核对户口簿", "staff:clerk")
    assert [s.source_name for s in decided.statements if s.proposed] == ["民政"]
    merge([row(1, "王1", 1, birth=date(1952, 1, 1))], "police", observed_on=date(2026, 3, 1))
    assert len(listed()) == 1, "another value is another question"


def test_numbers_are_masked_and_told_apart_by_letters() -> None:
    with acting(clerk()):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})  # its numbers are nobody's
    merge([row(1, "王1", 1, record_key="P1")], "police")
    merge([row(2, "王2", None, record_key="C1", birth=BIRTH)], "civil")
    with acting(clerk()) as actor:
        one, two = Person.objects.get(name="王1"), Person.objects.get(name="王2")
        join_people(actor, one.id, two.id, "同一个人", one.version, two.version)
    merge([row(2, "王1", 2, record_key="C1", birth=BIRTH)], "civil", observed_on=date(2026, 2, 1))
    with acting(clerk()):
        held = Conflict.objects.filter(field="id_number").count()
    numbers = [c for c in listed() if c.field == "id_number"]
    assert held == len(numbers) == 1
    (conflict,) = numbers
    values = {s.mark: s.value for s in conflict.statements}
    assert set(values) == {"A", "B"} and not {number(1), number(2)} & set(values.values())
    say(conflict, "民政")
    with acting(clerk()):
        held_now = Person.objects.get(id=conflict.person_id)
    assert secrets.decrypt(bytes(held_now.id_number or b"")) == number(2)


def test_a_correction_by_hand_of_that_field_decides_it() -> None:
    differ()
    held = person(1)
    with acting(clerk()) as actor:
        edit_person(actor, held.id, {"occupation": "农民"}, "本人告知", held.version)
    assert len(listed()) == 1, "another field says nothing about it"
    with acting(clerk()) as actor:
        edit_person(actor, held.id, {"birth": "1950-05-05"}, "核对户口簿", person(1).version)
    assert listed() == []
    (decided,) = listed(state="decided")
    assert decided.record_id is None and decided.reason == "核对户口簿"


def test_deciding_asks_for_the_right_a_reason_and_the_present_version() -> None:
    differ()
    (conflict,) = listed()
    with pytest.raises(ReasonMissing):
        say(conflict, "民政", reason=" ")
    with pytest.raises(NotFound):
        say(conflict, "民政", who=clerk(OTHER_TOWN))
    held = person(1)
    with acting(clerk()) as actor:
        edit_person(actor, held.id, {"occupation": "农民"}, "本人告知", held.version)
    with pytest.raises(ChangedMeanwhile):
        say(conflict, "民政")
    assert listed(clerk(OTHER_TOWN)) == [] and len(listed(clerk(TOWN))) == 1


def test_a_reader_without_the_right_to_edit_decides_nothing() -> None:
    from linli.kernel.actors import Actor, Grant
    from linli.registry.permissions import VIEW

    differ()
    (conflict,) = listed()
    reader = Actor(kind="staff", id="staff:r", name="r", grants=(Grant(TOWN, frozenset({VIEW})),))
    with pytest.raises(Forbidden):
        say(conflict, "民政", who=reader)


def test_what_another_town_stated_is_not_told() -> None:
    """Somebody who moved: the other town's civil affairs stated another birth, which the first town's reader is not told."""
    merge([row(1, "王1", 1)], "police")
    _, counts = merge(
        [row(1, "王1", 1, OTHER_VILLAGE, birth=date(1950, 4, 3))], "civil", uploader=clerk(OTHER_TOWN, "other")
    )
    assert counts.transfer == 1
    with acting(clerk()) as actor:
        decide_transfer(actor, Transfer.objects.get().id, True)
    (own,) = listed(clerk(TOWN))
    assert [(s.source_name, s.value) for s in own.statements] == [("公安户籍", "1950-03-04")] and own.hidden == 1
    (whole,) = listed()
    with pytest.raises(NotFound):
        say(whole, "民政", who=clerk(TOWN))
    assert {s.source_name: s.value for s in whole.statements} == {"公安户籍": "1950-03-04", "民政": "1950-04-03"}
    assert whole.hidden == 0


def test_undoing_the_batch_that_made_a_conflict_leaves_nothing(owner_sql: Sql) -> None:
    merge([row(1, "王1", 1)], "police")
    before = picture(owner_sql)
    batch, _ = merge([row(1, "王1", 1, birth=date(1950, 4, 3)), row(2, "王2", 2)], "civil")
    assert len(listed()) == 1
    undo_people(batch, clerk(), DISTRICT)
    assert listed() == [] and picture(owner_sql) == before


def test_a_join_finds_conflicts_between_the_two_and_undoing_it_takes_them_away() -> None:
    merge([row(1, "王建国", 1)], "police")
    merge([row(2, "王建囯", None, record_key="C1", birth=date(1950, 4, 3))], "civil")
    with acting(clerk()) as actor:
        one, two = Person.objects.get(name="王建国"), Person.objects.get(name="王建囯")
        made = join_people(actor, one.id, two.id, "同一个人", one.version, two.version)
    assert {c.field for c in listed()} == {"name", "birth"}
    with acting(clerk()) as actor:
        undo_regrouping(actor, made.id, "合并错了")
    assert listed() == []


def test_the_list_is_filtered_and_paged() -> None:
    for serial in (1, 2, 3):
        differ(serial)
    differ(4, sex="2")
    assert len(listed(field="birth")) == 3 and len(listed(field="sex")) == 1
    with acting(clerk()) as actor:
        first = conflicts_page(actor, limit=3)
        rest = conflicts_page(actor, limit=3, cursor=first.next)
    assert first.count is not None and first.count.value == 4
    assert len({c.id for c in (*first.items, *rest.items)}) == 4 and rest.next is None
    assert listed(area=VILLAGE + "001") == []


def test_equal_values_have_one_letter() -> None:
    assert rules.marks(["x", "y", None, "x"]) == ["A", "B", None, "A"]
