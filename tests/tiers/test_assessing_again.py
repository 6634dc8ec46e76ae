"""Assessments that are interrupted, doubled or held up: none is lost, none stays open, a finished one stays finished."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import staff

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
