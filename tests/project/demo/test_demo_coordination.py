"""The demo's plans say that they are a demo, hold tasks of every kind, and are made once."""

from __future__ import annotations

import pytest
import staff

from linli.kernel.scope import acting
from linli.project.demo.coordination import make_coordination
from linli.tiers.coordination.queries import tasks_count
from linli.tiers.models import ImplementationPlan, PlanTask, StudyVisit, TierMeeting

pytestmark = pytest.mark.usefixtures("seeded_db")


def test_the_demo_s_plans_are_marked_and_made_once() -> None:
    assert make_coordination(staff.TOWN) > 6
    assert make_coordination(staff.TOWN) == 0
    with acting(staff.OPERATOR) as actor:
        for model in (ImplementationPlan, PlanTask, TierMeeting, StudyVisit):
            assert set(model.objects.values_list("synthetic", flat=True)) == {True}
        assert set(ImplementationPlan.objects.values_list("state", flat=True)) == {"draft", "running"}
        assert tasks_count(actor, "late").value and tasks_count(actor, "coming").value
        assert set(PlanTask.objects.values_list("state", flat=True)) == {"waiting", "doing", "done"}
