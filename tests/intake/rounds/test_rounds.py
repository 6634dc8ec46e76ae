"""Rounds on the real base: opening, completing, sending up level by level, and what is frozen on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import round_world as world
import staff
from django.db import Error, connection
from round_world import FOREIGN, GRID, SECOND, TOWN, VILLAGE, return_of, step

from linli.intake.rounds import freezing, looking, queries, rules
from linli.intake.rounds.actions import answers, returns, rounds
from linli.intake.rounds.asking import Asking
from linli.intake.rounds.models import FrozenPart, Return, ReturnStep, ReturnVersion, Round, RoundAnswer
from linli.intake.rounds.problems import BelowWaiting, Closed, NotAsked, OpenAlready, ReasonWanted, SentOn, WrongState
from linli.intake.rounds.rules import Deed, State
from linli.kernel import clock
from linli.kernel.errors import Forbidden, Invalid, NotFound
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.models import SourceRecord
from linli.registry.problems import ChangedMeanwhile

Sql = Callable[..., Sequence[Any]]
Who = dict[str, Any]


def rows_of(who: Any, one: Return, every: bool = False) -> dict[str, Any]:
    """The rows a page of completion shows, by name."""
    actor = staff.actor(who)
    with acting(actor):
        found = looking.rows(actor, one.id, every=every)
    return {row.label: row for row in found.page.items}


def needs(row: Any) -> dict[str, str]:
    return {cell.asked.name: cell.need for cell in row.cells if cell.need}


def answer(
    who: Any, one: Return, person: UUID, given: dict[str, str | None], version: int, confirm: bool = False
) -> Any:
    actor = staff.actor(who)
    with acting(actor):
        return answers.answer(actor, one.id, person, given, version, confirm=confirm)


def test_opening_makes_a_return_for_each_village_and_town_with_its_figures(round_: Round) -> None:
    village, second, town = (return_of(round_, area) for area in (VILLAGE, SECOND, TOWN))
    assert (village.rows, village.blanks, village.stale, village.waiting) == (3, 1, 3, 2)
    assert (second.rows, second.blanks, second.stale) == (1, 1, 0)
    assert (town.rows, town.state, town.receiver_code) == (0, "draft", "370302")
    assert village.receiver_code == TOWN
    with acting(staff.OPERATOR):
        places = Return.objects.filter(round_id=round_.id).values_list("place", flat=True)
        assert len([p for p in places if len(p) == 12]) > 400 and len([p for p in places if len(p) == 9]) > 10


def test_a_form_that_is_asked_for_already_or_not_approved_cannot_be_asked(form: UUID, round_: Round) -> None:
    from linli.intake.catalogue.models import Form
    from linli.intake.catalogue.problems import NotInUse

    with pytest.raises(OpenAlready):
        world.opened(form)
    with acting(staff.OPERATOR):
        Form.objects.update(state="proposed")
    with pytest.raises(NotInUse):
        world.opened(form, period="2026-07")


def test_only_blank_and_stale_values_are_asked_and_everything_else_stands_filled_in(round_: Round, who: Who) -> None:
    found = rows_of(who["village"], return_of(round_, VILLAGE))
    assert set(found) == {"钱缺话", "孙旧话"}
    assert needs(found["钱缺话"]) == {"phone": "blank"}
    assert needs(found["孙旧话"]) == {"phone": "stale", "marital": "stale", "home": "stale"}
    filled = found["孙旧话"].values
    assert filled["sex"] == "男" and filled["birth"] == "1950-03-04" and filled["marital"] == "已婚"
    assert "*" in filled["phone"] and "*" in filled["id_number"]
    assert set(rows_of(who["village"], return_of(round_, VILLAGE), every=True)) == {"赵全新", "钱缺话", "孙旧话"}


def test_sql_asks_for_exactly_what_the_rule_asks_for(round_: Round, people: dict[str, UUID], who: Who) -> None:
    """The condition in SQL and the pure rule say the same of every cell, on days before, at and after the limit."""
    for today in (date(2024, 12, 31), date(2025, 1, 1), date(2027, 5, 1), date(2027, 5, 2)):
        asking = Asking(round_, today=today)
        for row in asking.page(VILLAGE, (VILLAGE,), every=True):
            for cell in row.cells:
                state = rules.Cell(cell.filled, cell.dated)
                assert cell.need == rules.need(state, today, cell.asked.days, 365), (row.label, cell)


def test_answers_go_into_the_base_with_the_round_as_their_reason_and_are_asked_for_no_more(
    round_: Round, people: dict[str, UUID], who: Who, form: UUID
) -> None:
    village = return_of(round_, VILLAGE)
    row = rows_of(who["village"], village)["钱缺话"]
    now = answer(who["village"], village, row.person_id, {"phone": "10070000077"}, row.version)
    assert needs(now) == {}
    row = rows_of(who["village"], village)["孙旧话"]
    answer(who["village"], village, row.person_id, {"marital": "30"}, row.version, confirm=True)
    assert rows_of(who["village"], village) == {}
    assert (return_of(round_, VILLAGE).blanks, return_of(round_, VILLAGE).waiting) == (0, 0)
    with acting(staff.OPERATOR):
        record = SourceRecord.objects.get(person_id=people["孙旧话"], source_code="manual", superseded_by=None)
        assert record.reason == "报送：高龄津贴花名册 2026-06" and record.marital == "30" and record.phone is None
        kinds = RoundAnswer.objects.filter(person_id=people["孙旧话"]).values_list("field", "kind")
        assert dict(kinds) == {"marital": "given", "phone": "confirmed", "home": "confirmed"}
    # Another form, and the next period, ask for nothing of it.
    following = world.opened(form, period="2026-07")
    assert return_of(following, VILLAGE).waiting == 0
    # A year later what was confirmed is asked for again, and what was entered too.
    later = Asking(following, today=date(2027, 6, 2)).page(VILLAGE, (VILLAGE,))
    assert {cell.asked.name for row in later if row.label == "孙旧话" for cell in row.cells if cell.need} == {
        "phone", "marital", "home",
    }  # fmt: skip


def test_a_blank_that_is_none_is_not_asked_for_again_until_its_time_is_over(round_: Round, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    row = rows_of(who["village"], village)["钱缺话"]
    assert needs(answer(who["village"], village, row.person_id, {"phone": None}, row.version)) == {}
    later = Asking(round_, today=date(2027, 6, 2)).page(VILLAGE, (VILLAGE,))
    assert needs(next(r for r in later if r.label == "钱缺话"))["phone"] == "blank"


def test_an_answer_that_does_not_hold_names_the_cell_and_keeps_nothing(round_: Round, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    row = rows_of(who["village"], village)["钱缺话"]
    with pytest.raises(Invalid) as wrong:
        answer(who["village"], village, row.person_id, {"phone": "12", "marital": "77"}, row.version)
    assert {f.field for f in wrong.value.fields} == {"phone", "marital"}
    with pytest.raises(Invalid):  # a value is not taken away here
        answer(who["village"], village, row.person_id, {"marital": None}, row.version)
    with pytest.raises(NotAsked):
        answer(who["village"], village, row.person_id, {"workplace": "x"}, row.version)
    with acting(staff.OPERATOR):
        assert not RoundAnswer.objects.exists()
    assert needs(rows_of(who["village"], village)["钱缺话"]) == {"phone": "blank"}


def test_an_answer_to_what_somebody_changed_meanwhile_is_refused(
    round_: Round, people: dict[str, UUID], who: Who
) -> None:
    village = return_of(round_, VILLAGE)
    row = rows_of(who["village"], village)["钱缺话"]
    with acting(staff.OPERATOR):
        edit_person(staff.OPERATOR, row.person_id, {"phone": "10070000088"}, "上门", row.version)
    for confirm, given in ((False, {"phone": "10070000077"}), (True, {})):
        with pytest.raises((ChangedMeanwhile, NotAsked)):
            answer(who["village"], village, row.person_id, given, row.version, confirm)


def test_a_grid_worker_completes_the_people_of_the_grid_and_sees_no_others(round_: Round, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    assert set(rows_of(who["grid"], village, every=True)) == {"赵全新", "钱缺话"}
    other = rows_of(who["village"], village)["孙旧话"]
    with pytest.raises(NotFound):
        answer(who["grid"], village, other.person_id, {}, other.version, confirm=True)
    own = rows_of(who["grid"], village)["钱缺话"]
    assert needs(answer(who["grid"], village, own.person_id, {"phone": "10070000077"}, own.version)) == {}
    actor = staff.actor(who["grid"])
    with acting(actor):
        told = queries.return_(actor, village.id)
        assert not told.whole and not told.versions and told.deeds == () and told.may_complete
        with pytest.raises(NotFound):
            looking.compared(actor, village.id, against="round", kind="added")
    with pytest.raises(Forbidden):
        step(who["grid"], village, Deed.SUBMIT)


def test_a_village_never_sees_another_villages_return(round_: Round, who: Who) -> None:
    second = return_of(round_, SECOND)
    actor = staff.actor(who["village"])
    with acting(actor):
        assert {row.area_code for row in queries.returns(actor).items} == {VILLAGE}
        assert queries.rounds(actor).items[0].progress.rows == 3
        with pytest.raises(NotFound):
            queries.return_(actor, second.id)
        with pytest.raises(NotFound):
            looking.rows(actor, second.id)
        # Nor behind the queries: the database itself shows no other.
        assert set(ReturnVersion.objects.values_list("area_code", flat=True)) <= {VILLAGE}
    with pytest.raises(NotFound):
        answer(who["village"], second, world.person("李二村").id, {"marital": "10"}, 1)


def test_village_town_and_district_send_on_one_after_the_other(round_: Round, who: Who) -> None:
    village, town = return_of(round_, VILLAGE), return_of(round_, TOWN)
    with pytest.raises(BelowWaiting):
        step(who["town"], town, Deed.SUBMIT)
    assert step(who["village"], village, Deed.SUBMIT).state == State.SUBMITTED
    for by in ("village", "district"):  # not the village itself, and not the district over the town's head
        with pytest.raises(Forbidden):
            step(who[by], village, Deed.ACCEPT)
    with pytest.raises(ReasonWanted):
        step(who["town"], village, Deed.RETURN)
    assert step(who["town"], village, Deed.RETURN, "电话不对").state == State.RETURNED
    with pytest.raises(WrongState):
        step(who["town"], village, Deed.ACCEPT)
    assert step(who["village"], village, Deed.SUBMIT).version == 2
    assert step(who["town"], village, Deed.ACCEPT).accepted == 2
    world.through_rest(round_, who)
    assert step(who["town"], town, Deed.SUBMIT).state == State.SUBMITTED
    with pytest.raises(SentOn):
        step(who["town"], village, Deed.RETURN, "太晚了")
    with pytest.raises(Forbidden):
        step(who["town"], town, Deed.ACCEPT)
    step(who["district"], town, Deed.RETURN, "缺一个村")
    assert step(who["town"], village, Deed.RETURN, "补一人").state == State.RETURNED
    with pytest.raises(BelowWaiting):
        step(who["town"], town, Deed.SUBMIT)
    with acting(staff.OPERATOR):
        told = list(ReturnStep.objects.filter(owner_id=village.id).order_by("id").values_list("deed", "reason"))
    assert told == [
        ("submit", ""), ("return", "电话不对"), ("submit", ""), ("accept", ""), ("return", "补一人"),
    ]  # fmt: skip


def test_a_town_that_asks_its_own_villages_is_the_top(form: UUID, who: Who) -> None:
    own = world.opened(form, TOWN, "2026-06-town", staff.actor(who["town"]))
    assert own.top_code == TOWN
    with acting(staff.OPERATOR):
        assert not Return.objects.filter(round_id=own.id, area_code=TOWN).exists()
    village = return_of(own, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    assert step(who["town"], village, Deed.ACCEPT).state == State.ACCEPTED
    with pytest.raises(Forbidden):
        world.opened(form, staff.OTHER_TOWN, "x", staff.actor(who["town"]))


def test_nothing_is_sent_or_answered_once_the_round_is_closed(round_: Round, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    row = rows_of(who["village"], village)["钱缺话"]
    actor = staff.actor(who["district"])
    with acting(actor):
        rounds.close_round(actor, round_.id)
    with pytest.raises(Closed):
        step(who["village"], village, Deed.SUBMIT)
    with pytest.raises(Closed):
        answer(who["village"], village, row.person_id, {"phone": "10070000077"}, row.version)


def test_of_two_who_submit_at_once_one_does(round_: Round, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    ready, results = threading.Barrier(2), []

    def go() -> None:
        try:
            ready.wait(timeout=60)
            results.append(step(who["village"], village, Deed.SUBMIT).version)
        except WrongState:
            results.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["1", "late"]
    with acting(staff.OPERATOR):
        assert ReturnVersion.objects.count() == ReturnStep.objects.count() == 1


def test_a_connection_lost_between_freezing_and_the_step_leaves_no_half(
    round_: Round, who: Who, owner_sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, frozen = return_of(round_, VILLAGE), returns.freeze

    def lost(*given: Any) -> Any:
        made = frozen(*given)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            owner_sql("SELECT pg_terminate_backend(%s)", [cursor.fetchone()[0]])
        return made

    monkeypatch.setattr(returns, "freeze", lost)
    with pytest.raises(Error):
        step(who["village"], village, Deed.SUBMIT)
    connection.close()
    monkeypatch.undo()
    assert owner_sql("SELECT count(*) FROM intake_return_version")[0][0] == 0
    assert owner_sql("SELECT count(*) FROM intake_frozen_part")[0][0] == 0
    assert return_of(round_, VILLAGE).state == "draft"
    assert step(who["village"], village, Deed.SUBMIT).version == 1


def cells(who: Any, one: Return, number: int, path: Path, **more: Any) -> list[list[list[Any]]]:
    """Every cell of every sheet of the file of a version, but the cover note, which tells who took it and when."""
    actor = staff.actor(who)
    with acting(actor):
        looking.write_file(actor, one.id, number, path, purpose="存档核对", language="zh", **({"full": True} | more))
    book = openpyxl.load_workbook(path)
    cover = book.sheetnames[-2]
    return [[list(r) for r in book[n].iter_rows(values_only=True)] for n in book.sheetnames if n != cover]


def test_a_version_is_frozen_and_its_file_the_same_cell_for_cell_after_the_base_changed(
    round_: Round, who: Who, people: dict[str, UUID], owner_sql: Sql, tmp_path: Path
) -> None:
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    before = cells(who["village"], village, 1, tmp_path / "before.xlsx")
    rows = before[0]
    assert rows[1][:3] == ["序号", "姓名", "性别"] and {row[1] for row in rows[2:5]} == {"赵全新", "钱缺话", "孙旧话"}
    person = world.person("赵全新")
    with acting(staff.OPERATOR):
        edit_person(
            staff.OPERATOR, person.id, {"phone": "10070000099", "name": "赵改名"}, "更正", person.version
        )  # fmt: skip
        from linli.intake.catalogue.models import FormVersion

        FormVersion.objects.update(binding={"version": 1, "subject": "people", "columns": {"姓名": "name"}})
    world.merge([world.row(90, "郑新来", 90, VILLAGE)], observed_on=world.RECENT)
    assert cells(who["village"], village, 1, tmp_path / "after.xlsx") == before
    with acting(staff.OPERATOR):
        kept = ReturnVersion.objects.get(owner_id=village.id)
        assert freezing.intact(kept) and (kept.rows, kept.blanks, kept.stale) == (3, 1, 3)
        assert (kept.oldest, kept.newest) == (world.OLD, world.RECENT)
    # Nothing of it can be written by the program, and no number stands in it in the clear.
    with acting(staff.OPERATOR), pytest.raises(Exception, match="permission denied"):
        FrozenPart.objects.update(sealed=b"")
    (sealed,) = owner_sql("SELECT sealed FROM intake_frozen_part")[0]
    assert b"1007" not in bytes(sealed)


def test_numbers_of_a_version_are_masked_unless_full_ones_are_asked_for_and_may_be_seen(
    round_: Round, who: Who, tmp_path: Path
) -> None:
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    column = COLUMN_OF_NUMBER
    full = cells(who["village"], village, 1, tmp_path / "full.xlsx")[0][2][column]
    masked = cells(who["village"], village, 1, tmp_path / "masked.xlsx", full=False)[0][2][column]
    without = staff.staff(
        "filler", area=VILLAGE, permissions=["intake.round.view", "intake.ledger.fill", "registry.person.view"]
    )
    hidden = cells(without, village, 1, tmp_path / "hidden.xlsx")[0][2][column]
    assert full.startswith("990302") and masked == hidden and "*" in masked


COLUMN_OF_NUMBER = world.COLUMNS.index("身份证号")


def test_a_towns_version_is_made_of_what_it_accepted_and_who_is_in_two_villages_counts_once(
    round_: Round, who: Who, tmp_path: Path
) -> None:
    village, town = return_of(round_, VILLAGE), return_of(round_, TOWN)
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.ACCEPT)
    world.through_rest(round_, who)
    step(who["town"], town, Deed.SUBMIT)
    with acting(staff.OPERATOR):
        kept = ReturnVersion.objects.get(owner_id=town.id)
        assert (kept.rows, kept.own_rows, kept.blanks) == (4, 0, 2) and freezing.intact(kept)
        again = freezing.all_rows(kept)
        assert freezing.together([again, again], kept.fields).equals(again)
    names = [row[1] for row in cells(who["town"], town, 1, tmp_path / "town.xlsx")[0][2:6]]
    assert sorted(filter(None, names)) == sorted(["赵全新", "钱缺话", "孙旧话", "李二村"])


def different(who: Any, one: Return, against: str, kind: Any, **more: Any) -> Any:
    actor = staff.actor(who)
    with acting(actor):
        return looking.compared(actor, one.id, against=against, kind=kind, **more)


def test_differences_from_last_time_tell_who_came_who_is_gone_and_which_cells_changed(
    round_: Round, who: Who, form: UUID, owner_sql: Sql
) -> None:
    village = return_of(round_, VILLAGE)
    assert different(who["village"], village, "round", "added").against is None
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.ACCEPT)
    old, young = world.person("赵全新"), world.person("孙旧话")
    with acting(staff.OPERATOR):
        edit_person(staff.OPERATOR, old.id, {"phone": "10070000099", "marital": "30"}, "更正", old.version)
        edit_person(staff.OPERATOR, young.id, {"birth": "1990-03-04", "id_number": None}, "更正", young.version)
    world.merge([world.row(90, "郑新来", 90, VILLAGE)], observed_on=world.RECENT)
    with clock.frozen(datetime(2026, 6, 20, 4, tzinfo=UTC)):
        following = world.opened(form, period="2026-07")
        now = return_of(following, VILLAGE)
        found = different(who["village"], now, "round", "changed")
        assert found.counts == {"added": 1, "gone": 1, "changed": 1} and found.period == "2026-06"
        (row,) = found.page.items
        told = {c.field: (c.before, c.after) for c in row.changes}
        assert row.label == "赵全新" and set(told) == {"phone", "marital"}
        assert told["marital"] == ("已婚", "丧偶") and all("*" in (v or "") for v in told["phone"])
        english = different(who["village"], now, "round", "changed", language="en-GB")
        assert english.counts == found.counts, "who reads it in another language finds no other differences"
        assert {c.label for c in english.page.items[0].changes} == {"Phone", "Marital status"}
        assert [r.label for r in different(who["village"], now, "round", "added").page.items] == ["郑新来"]
        assert [r.label for r in different(who["village"], now, "round", "gone").page.items] == ["孙旧话"]
        # Submitted, the same is kept with the version, and stays so.
        step(who["village"], now, Deed.SUBMIT)
        with acting(staff.OPERATOR):
            kept = ReturnVersion.objects.get(owner_id=now.id)
        assert kept.since_round == {"added": 1, "gone": 1, "changed": 1} and kept.since_returned is None
        step(who["town"], now, Deed.RETURN, "再看看")
        person = world.person("郑新来")
        with acting(staff.OPERATOR):
            edit_person(staff.OPERATOR, person.id, {"marital": "10"}, "更正", person.version)
        mended = different(who["village"], now, "returned", "changed")
        assert mended.counts == {"added": 0, "gone": 0, "changed": 1} and mended.page.items[0].label == "郑新来"


def test_what_waits_is_counted_for_whom_it_waits(round_: Round, who: Who) -> None:
    def waits(name: str) -> dict[str, int]:
        actor = staff.actor(who[name])
        with acting(actor):
            return {todo: queries.count_to_do(actor, todo).value for todo in ("complete", "submit", "check")}

    assert waits("grid") == {"complete": 1, "submit": 0, "check": 0}
    assert waits("village") == {"complete": 1, "submit": 1, "check": 0}
    assert waits("town") == {"complete": 0, "submit": 1, "check": 0}
    step(who["village"], return_of(round_, VILLAGE), Deed.SUBMIT)
    assert waits("village") == {"complete": 0, "submit": 0, "check": 0}
    assert waits("town") == {"complete": 0, "submit": 1, "check": 1}
    assert waits("district") == {"complete": 0, "submit": 0, "check": 0}
    assert waits("foreign")["check"] == 0


def test_the_base_changes_beside_a_round_and_measuring_anew_tells(round_: Round, people: dict[str, UUID]) -> None:
    person = world.person("钱缺话")
    with acting(staff.OPERATOR):
        edit_person(staff.OPERATOR, person.id, {"phone": "10070000099"}, "更正", person.version)
    assert return_of(round_, VILLAGE).blanks == 1
    assert rounds.measure_open().measured == 1
    assert return_of(round_, VILLAGE).blanks == 0
    assert return_of(round_, FOREIGN).rows == 1 and GRID.startswith(VILLAGE)
