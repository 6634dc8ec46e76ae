"""Assessments that are interrupted, doubled or held up: none is lost, none stays open, a finished one stays finished."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import staff
from django.db import OperationalError, connections

from linli.kernel import clock
from linli.kernel.scope import acting
from linli.tiers.assessing import actions
from linli.tiers.assessing.jobs import assess_asked, assess_nightly
from linli.tiers.models import Assessment, CommunityStanding

pytestmark = pytest.mark.usefixtures("seeded_db")


class Killed(BaseException):
    """A worker that ends without a word."""


def killed(*_: Any) -> None:
    raise Killed


def asked() -> Assessment:
    with acting(staff.OPERATOR) as actor:
        return actions.ask(actor)


def states() -> list[tuple[str, str]]:
    with acting(staff.OPERATOR):
        return list(Assessment.objects.order_by("id").values_list("state", "why"))


def standings() -> int:
    with acting(staff.OPERATOR):
        return int(CommunityStanding.objects.count())


def test_a_night_that_was_killed_is_made_to_its_end_when_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(actions, "compute", killed)
        assess_nightly()
    assert states() == [("running", "")]
    assess_nightly()
    assert states() == [("finished", "")] and standings() == 59


def test_what_was_lost_long_ago_is_said_to_have_failed_and_holds_nothing_up() -> None:
    lost, young = asked(), clock.now() - actions.STALE + timedelta(minutes=1)
    with acting(staff.OPERATOR):
        Assessment.objects.filter(id=lost.id).update(asked_at=young)
    with pytest.raises(actions.AssessmentWaits):
        asked()
    with acting(staff.OPERATOR):
        Assessment.objects.filter(id=lost.id).update(asked_at=clock.now() - actions.STALE)
    asked()
    assert states() == [("failed", "lost"), ("waiting", "")]
    assess_asked(str(lost.id))
    assert states() == [("failed", "lost"), ("waiting", "")] and standings() == 0


def test_two_runs_of_one_assessment_leave_it_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked()
    first = actions._assess

    def late(actor: Any, assessment_id: Any) -> Assessment:
        """Another worker makes it between the two transactions of this one."""
        monkeypatch.setattr(actions, "_assess", first)
        other = Thread(target=lambda: (actions.carry_out(made.id), connections.close_all()))
        other.start()
        other.join()
        return first(actor, assessment_id)

    monkeypatch.setattr(actions, "_assess", late)
    done = actions.carry_out(made.id)
    assert done is not None and done.state == "finished"
    assert states() == [("finished", "")] and standings() == 59


def test_of_two_who_ask_at_one_moment_one_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    check, both, answers = actions.check_assessment, Barrier(2), []

    def together(*given: Any) -> Any:
        held = check(*given)
        both.wait(20)
        return held

    def ask() -> None:
        try:
            asked()
            answers.append("asked")
        except actions.AssessmentWaits:
            answers.append("waits")
        finally:
            connections.close_all()

    monkeypatch.setattr(actions, "check_assessment", together)
    askers = [Thread(target=ask) for _ in range(2)]
    for each in askers:
        each.start()
    for each in askers:
        each.join()
    assert sorted(answers) == ["asked", "waits"] and states() == [("waiting", "")]


def test_an_error_that_passes_leaves_the_assessment_to_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked()

    def lost(*_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        patch.setattr(actions, "compute", lost)
        assess_asked(str(made.id))
    assert states() == [("running", "")] and assess_asked.retry_strategy is not None
    assess_asked(str(made.id))
    assert states() == [("finished", "")]


def test_an_error_that_stays_ends_the_assessment(monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked()

    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions, "compute", broken)
    with pytest.raises(RuntimeError):
        actions.carry_out(made.id)
    assert states() == [("failed", "RuntimeError")]
