"""What answers and steps leave behind: in logs, in figures counted beside them, and where people are joined meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import round_world as world
import staff
from django.db import DataError
from round_world import SECOND, TOWN, VILLAGE, return_of, step
from test_round_edges import answer as answer_as
from test_round_edges import asked_with, custom, needs, rows_of, say

from linli.access.models import ChangeLog, ReadLog
from linli.intake.rounds import freezing, looking, queries
from linli.intake.rounds.actions import rounds
from linli.intake.rounds.models import ReturnVersion, Round, RoundAnswer
from linli.intake.rounds.problems import VersionGone
from linli.intake.rounds.rules import Deed
from linli.kernel import clock, retention
from linli.kernel.actors import Actor, Grant
from linli.kernel.errors import Invalid
from linli.kernel.scope import acting
from linli.registry.actions.people import edit_person
from linli.registry.regrouping.actions import join_people, undo_regrouping

Who = dict[str, Any]


def joined(kept: str, gone: str) -> Any:
    one, other = world.person(kept), world.person(gone)
    with acting(staff.OPERATOR):
        return join_people(staff.OPERATOR, one.id, other.id, "同一人", one.version, other.version)


def later(form: UUID) -> Round:
    """The next period's round, opened on a later day."""
    with clock.frozen(datetime(2026, 6, 20, 4, tzinfo=UTC)):
        return world.opened(form, period="2026-07")


def against(who: Who, round_: Round) -> int | None:
    """The version of an earlier round with which the village's return is compared."""
    actor = staff.actor(who["village"])
    with acting(actor):
        found = looking.compared(actor, return_of(round_, VILLAGE).id, against="round", kind="added")
    return found.against.number if found.against else None


def test_what_is_given_back_stands_accepted_no_more(round_: Round, form: UUID, who: Who) -> None:
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    assert step(who["town"], village, Deed.ACCEPT).accepted == 1
    following = later(form)
    assert against(who, following) == 1
    assert step(who["town"], village, Deed.RETURN, "弄错了").accepted is None
    assert against(who, following) is None


def test_every_kind_of_answer_leaves_a_trace_and_the_answered_row_counts_as_read(
    round_: Round, who: Who, people: dict[str, UUID]
) -> None:
    village, actor = return_of(round_, VILLAGE), staff.actor(who["village"])
    rows = rows_of(actor, village)
    with acting(staff.OPERATOR):
        before = ReadLog.objects.filter(subject_type="return.rows", actor=actor.id).count()
    answer_as(actor, village, rows["钱缺话"], {"phone": None})
    answer_as(actor, village, rows["孙旧话"], {"marital": "30"}, confirm=True)
    with acting(staff.OPERATOR):
        told = {
            entry.subject_id: entry.detail
            for entry in ChangeLog.objects.filter(action="intake.return.answer", actor=actor.id)
        }
        assert told == {
            str(people["钱缺话"]): {"return": str(village.id), "none": ["phone"]},
            str(people["孙旧话"]): {
                "return": str(village.id), "given": ["marital"], "confirmed": ["home", "phone"],
            },
        }  # fmt: skip
        assert ReadLog.objects.filter(subject_type="return.rows", actor=actor.id).count() == before + 2


def test_wrong_values_of_custom_fields_are_named_with_the_others_and_nothing_is_kept(
    people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    field = custom()
    village = return_of(world.opened(asked_with(tmp_path, field)), VILLAGE)
    actor, name = staff.actor(who["village"]), f"custom:{field.id}"
    row = rows_of(actor, village)["钱缺话"]
    with pytest.raises(Invalid) as wrong:
        answer_as(actor, village, row, {"phone": "12", name: "很大"})
    assert {problem.field for problem in wrong.value.fields} == {"phone", name}
    with pytest.raises(Invalid) as wrong:
        answer_as(actor, village, row, {"phone": "10070000077", name: "很大"})
    assert {problem.field for problem in wrong.value.fields} == {name}
    assert needs(rows_of(actor, village)["钱缺话"]) == {"phone": "blank", name: "blank"}
    assert needs(answer_as(actor, village, row, {"phone": "10070000077", name: "80.50"})) == {}
    row = rows_of(actor, village, every=True)["钱缺话"]
    assert row.values[name] == "80.5"


def test_what_is_stated_after_a_confirmation_is_not_confirmed_whatever_day_it_is_of(
    people: dict[str, UUID], who: Who, tmp_path: Path
) -> None:
    field = custom()
    say(field, people["赵全新"], "80", world.OLD)
    village = return_of(world.opened(asked_with(tmp_path, field)), VILLAGE)
    actor, name = staff.actor(who["village"]), f"custom:{field.id}"
    row = rows_of(actor, village)["赵全新"]
    assert needs(row) == {name: "stale"}
    assert needs(answer_as(actor, village, row, {}, confirm=True)) == {}
    say(field, people["赵全新"], "95", world.OLD + timedelta(days=1))
    assert needs(rows_of(actor, village)["赵全新"]) == {name: "stale"}


@pytest.mark.parametrize(
    ("more", "may"),
    [((), False), (("registry.person.view",), False), (("registry.person.edit",), False),
     (("registry.person.view", "registry.person.edit"), True)],
)  # fmt: skip
def test_who_completes_sees_and_corrects_people_too(round_: Round, more: tuple[str, ...], may: bool) -> None:
    held = frozenset({"intake.round.view", "intake.round.complete", *more})
    actor = Actor(kind="staff", id="staff:half", name="半", grants=(Grant(VILLAGE, held),))
    with acting(actor):
        assert queries.return_(actor, return_of(round_, VILLAGE).id).may_complete is may
    with acting(actor):
        assert queries.count_to_do(actor, "complete").value == (1 if may else 0)


def test_a_round_that_cannot_be_counted_keeps_no_other_from_being(
    round_: Round, form: UUID, people: dict[str, UUID]
) -> None:
    broken = world.opened(form, period="2026-05")
    following = world.opened(form, period="2026-07")
    with acting(staff.OPERATOR):
        # One between the two, by which the rounds are gone through.
        Round.objects.filter(id=broken.id).update(binding={"version": 1, "subject": "people", "where": "没有的条件??"})
        person = world.person("钱缺话")
        edit_person(staff.OPERATOR, person.id, {"phone": "10070000099"}, "更正", person.version)
    assert rounds.measure_open() == rounds.Counted(measured=2, failed=1)
    assert [return_of(one, VILLAGE).blanks for one in (round_, broken, following)] == [0, 1, 0]


def test_counting_all_returns_leaves_one_alone_that_was_counted_anew_meanwhile(
    round_: Round, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    village, actor = return_of(round_, VILLAGE), staff.actor(who["village"])
    figures = rounds._figures

    def then_answered(round_: Round, one: Any) -> Any:
        found = figures(round_, one)
        if one is None:
            answer_as(actor, village, rows_of(actor, village)["钱缺话"], {"phone": "10070000077"})
            found = found | {VILLAGE: (3, 1, 3, 1)}  # as if it had been counted before the answer
        return found

    monkeypatch.setattr(rounds, "_figures", then_answered)
    rounds.measure(round_)
    now = return_of(round_, VILLAGE)
    assert rounds.figures_of(now) == figures_now(round_, now) != (3, 1, 3, 1)


def figures_now(round_: Round, one: Any) -> tuple[int, ...]:
    with acting(staff.OPERATOR):
        rounds.measure(round_, one)
    return rounds.figures_of(return_of(round_, one.area_code))


def test_who_is_joined_between_two_villages_submissions_counts_once_in_the_town(
    people: dict[str, UUID], form: UUID, who: Who
) -> None:
    world.merge([world.row(90, "吴无号", None, SECOND, birth=date(1948, 5, 6))], observed_on=date(2026, 5, 20))
    world.merge([world.row(91, "冯无号", None, VILLAGE, birth=date(1946, 7, 8))], observed_on=world.RECENT)
    round_ = world.opened(form)
    village, town = return_of(round_, VILLAGE), return_of(round_, TOWN)
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.ACCEPT)
    joined("吴无号", "赵全新")  # who lives in the second village now, and stands in the first one's version
    world.through_rest(round_, who)
    step(who["town"], town, Deed.SUBMIT)
    with acting(staff.OPERATOR):
        kept = ReturnVersion.objects.get(owner_id=town.id)
        parts = list(ReturnVersion.objects.filter(id__in=kept.parts))
        assert sum(part.rows for part in parts) == 6 and kept.rows == 5
        assert kept.left_out == [str(people["赵全新"])] and freezing.intact(kept)
        rows = freezing.all_rows(kept)
        assert sorted(rows["name"]) == sorted(["吴无号", "冯无号", "钱缺话", "孙旧话", "李二村"])
        assert (kept.blanks, kept.stale) == tuple(freezing.total(rows, n) for n in ("#blanks", "#stale"))
    # Whoever is joined later changes nothing of what was sent.
    joined("吴无号", "冯无号")
    with acting(staff.OPERATOR):
        assert freezing.all_rows(kept).equals(rows)


def test_answers_follow_who_is_joined_into_another_and_come_back_with_an_undo(
    people: dict[str, UUID], form: UUID, who: Who
) -> None:
    world.merge([world.row(90, "吴无号", None, VILLAGE, birth=date(1948, 5, 6))], observed_on=date(2026, 5, 20))
    village, actor = return_of(world.opened(form), VILLAGE), staff.actor(who["village"])
    rows = rows_of(actor, village)
    assert needs(rows["吴无号"])["phone"] == "blank"
    answer_as(actor, village, rows["钱缺话"], {"phone": None})
    made = joined("吴无号", "钱缺话")
    assert "phone" not in needs(rows_of(actor, village, every=True)["吴无号"])
    with acting(staff.OPERATOR):
        assert RoundAnswer.objects.get(field="phone").person_id == world.person("吴无号").id
        undo_regrouping(staff.OPERATOR, made.id, "合并错了")
        assert RoundAnswer.objects.get(field="phone").person_id == people["钱缺话"]
    assert needs(rows_of(actor, village)["吴无号"])["phone"] == "blank"


def test_versions_go_when_the_time_since_the_end_of_their_round_is_over_and_not_before(
    round_: Round, form: UUID, who: Who, owner_sql: Any, tmp_path: Path
) -> None:
    village = return_of(round_, VILLAGE)
    step(who["village"], village, Deed.SUBMIT)
    step(who["town"], village, Deed.ACCEPT)
    real = datetime.now(UTC)
    kind = next(k for k in retention.kinds() if k.name == "intake.version")

    def destroyed(before: datetime) -> int:
        with acting(staff.OPERATOR):
            due, gone = kind.amount(before).rows, kind.destroy(before, 10, "").gone
        assert due == len(gone)
        return due

    assert destroyed(real - timedelta(days=400)) == 0  # an open round keeps its versions
    with acting(staff.OPERATOR):
        Round.objects.update(state="closed", closed_at=real - timedelta(days=399))
    assert destroyed(real - timedelta(days=400)) == 0
    with pytest.raises(DataError, match="floor"):
        destroyed(real - timedelta(days=364))
    following, actor = later(form), staff.actor(who["village"])
    assert against(who, following) == 1
    assert destroyed(real - timedelta(days=398)) == 1
    assert against(who, following) is None
    assert owner_sql("SELECT count(*) FROM intake_frozen_part")[0][0] == 0
    with acting(actor):
        told = queries.return_(actor, village.id).versions[0]
        assert (told.rows, len(told.sha256)) == (3, 64) and told.gone_at is not None
        with pytest.raises(VersionGone):
            looking.write_file(actor, village.id, 1, tmp_path / "x.xlsx", purpose="存档核对", full=False, language="zh")
    assert destroyed(real - timedelta(days=398)) == 0
