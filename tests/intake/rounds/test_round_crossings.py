"""What crosses in rounds: heads of households from elsewhere, cursors from other lists, an answer and a submission at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import round_world as world
import staff
from django.db import connection
from round_world import FOREIGN, GRID, RECENT, SECOND, TOWN, VILLAGE, return_of, step

from linli.intake.rounds import freezing, looking, queries
from linli.intake.rounds.actions import answers
from linli.intake.rounds.asking import Asking
from linli.intake.rounds.models import ReturnVersion, Round, RoundAnswer
from linli.intake.rounds.problems import WrongState
from linli.intake.rounds.rules import Deed
from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.scope import acting
from linli.registry.models import Household, Person

Who = dict[str, Any]
#: No 户籍 here, which gives sight too.
FLOATING = {"population_kind": "02"}


def in_household(name: str, serial: int, area: str, number: str, role: str, head: str) -> None:
    facts = {"area_code": area, "household_no": number, "relation_to_head": role, "head_name": head, **FLOATING}
    world.merge([world.row(serial, name, serial, area[:12], **facts)], "civil", observed_on=RECENT)


def test_a_household_is_listed_with_whom_its_own_village_sees_and_never_with_a_head_from_elsewhere(
    people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    """Rows are taken by the program over the district; a version is read by the village."""
    in_household("郑本村", 21, GRID, "H1", "0", "郑本村")
    in_household("冯外住", 22, GRID, "H2", "0", "冯外住")
    in_household("陈留守", 23, GRID, "H2", "10", "冯外住")
    in_household("褚独外", 24, GRID, "H3", "0", "褚独外")
    for serial, name in ((22, "冯外住"), (24, "褚独外")):  # their own homes are in another town by now
        world.merge([world.row(serial, name, serial, FOREIGN, **FLOATING)], observed_on=world.DAY)
    with acting(staff.OPERATOR):
        away = Person.objects.get(name="冯外住")
        assert away.area_code == FOREIGN and away.household_id == Household.objects.get(number="H2").id
    asked = world.form(
        tmp_path, "家庭表", where="", columns=("序号", "户主姓名", "户主身份证号", "户主电话", "家庭人口")
    )
    round_ = world.opened(asked)
    assert round_.subject == "households"
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    with acting(staff.actor(who["village"])):
        frozen = freezing.all_rows(ReturnVersion.objects.get(owner_id=village.id))
    kept = {row["#label"]: row for row in frozen.iter_rows(named=True)}
    own = {name for name in kept if name in {"郑本村", "冯外住", "陈留守", "褚独外"}}
    assert own == {"郑本村", "陈留守"}, "a household of which the village sees nobody is not listed"
    number = next(name for name in frozen.columns if name.endswith("id_number"))
    from people_frames import number as number_of

    assert kept["陈留守"][number] == number_of(23)
    assert number_of(22) not in str(frozen.rows()) and "冯外住" not in str(frozen.rows())
    with acting(staff.OPERATOR):
        assert return_of(round_, VILLAGE).rows == frozen.height == ReturnVersion.objects.get(owner_id=village.id).rows
        assert not [row for row in Asking(round_).take(FOREIGN).frame["#label"] if row in {"郑本村", "陈留守"}]


def test_a_cursor_of_another_list_or_of_somebody_else_shows_nothing_foreign_and_breaks_nothing(
    round_: Round, form: UUID, who: Who
) -> None:
    for period in ("2026-07", "2026-08"):
        world.opened(form, period=period)
    district, village = staff.actor(who["district"]), staff.actor(who["village"])
    one = return_of(round_, VILLAGE)

    def lists(actor: Actor) -> dict[str, Callable[[str | None], Any]]:
        return {
            "rounds": lambda cursor: queries.rounds(actor, cursor=cursor, limit=1),
            "returns": lambda cursor: queries.returns(actor, cursor=cursor, limit=1),
            "rows": lambda cursor: looking.rows(actor, one.id, every=True, cursor=cursor, limit=1).page,
            "differences": lambda cursor: looking.compared(
                actor, one.id, against="returned", kind="changed", cursor=cursor, limit=1
            ).page,
        }  # fmt: skip

    step(who["village"], one, Deed.SUBMIT)
    step(who["town"], one, Deed.RETURN, "再看看")
    with acting(village):
        own = {name: page(None).next for name, page in lists(village).items()}
    with acting(district):
        own_of_district = {name: lists(district)[name](None).next for name in ("rounds", "returns")}
    assert own["rounds"] and own["returns"] and own["rows"] and all(own_of_district.values())
    made_up = [paging.encode(parts) for parts in (("x",), ("x", "y"), ("x", "y", "z"), (1, 2, 3), (None, None, None))]
    cursors = [*own.values(), *own_of_district.values(), *made_up, paging.encode((TOWN, "a", str(uuid4()))), "%%"]
    for name, page in lists(village).items():
        for cursor in filter(None, cursors):
            with acting(village):
                try:
                    found = page(cursor)
                except Invalid:
                    continue
                for item in found.items:
                    place = getattr(item, "area_code", None)
                    assert place is None or place.startswith(VILLAGE) or name == "rounds", (name, cursor, item)
    browser = staff.client(who["village"])
    for path in ("/api/rounds", "/api/returns", f"/api/returns/{one.id}/rows", f"/api/returns/{one.id}/differences"):
        for cursor in filter(None, cursors):
            answer = browser.get(path, {"cursor": cursor, "limit": 1})
            assert answer.status_code in (200, 422), (path, cursor, answer.content)
            assert FOREIGN not in answer.content.decode() and SECOND not in answer.content.decode()


@pytest.mark.parametrize("first", ["answer", "submit"])
def test_an_answer_that_crosses_a_submission_is_in_what_was_sent_or_is_not_taken(
    first: str, round_: Round, who: Who
) -> None:
    """Two at once: each does its work up to where it holds the return, and one is given a head start there."""
    village, clerk = return_of(round_, VILLAGE), staff.actor(who["village"])
    with acting(clerk):
        row = next(r for r in looking.rows(clerk, village.id).page.items if r.label == "钱缺话")
    ahead, outcome = threading.Event(), {}

    def answering() -> None:
        with acting(clerk):
            given = {"phone": "10070000077"}
            answers.answer(clerk, village.id, row.person_id, given, row.version, confirm=False)
            if first == "answer":
                ahead.set()  # entered, and not committed when the other begins

    def submitting() -> None:
        with acting(clerk):
            step(who["village"], village, Deed.SUBMIT)
            if first == "submit":
                ahead.set()

    def run(name: str, work: Callable[[], None]) -> None:
        try:
            if name != first:
                assert ahead.wait(timeout=120)
            work()
            outcome[name] = "done"
        except WrongState:
            outcome[name] = "refused"
        except BaseException as error:
            outcome[name] = repr(error)
            ahead.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in (("answer", answering), ("submit", submitting))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcome == {"submit": "done", "answer": "done" if first == "answer" else "refused"}
    with acting(staff.OPERATOR):
        kept = ReturnVersion.objects.get(owner_id=village.id)
        phones = dict(freezing.own_rows(kept).select("name", "phone").iter_rows())
        person = Person.objects.get(id=row.person_id)
        answered = RoundAnswer.objects.filter(person_id=row.person_id).exists()
    taken = first == "answer"
    assert (phones["钱缺话"] == "10070000077") is taken
    assert (person.phone is not None) is taken is answered
    assert (kept.blanks, return_of(round_, VILLAGE).blanks) == ((0, 0) if taken else (1, 1))
