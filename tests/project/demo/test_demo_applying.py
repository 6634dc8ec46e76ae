"""The demo's plan year: applications in many states, each recognisably of a demo, made once."""

from __future__ import annotations

import pytest
import staff

from linli.kernel.scope import acting
from linli.project.demo.applying import make_applications
from linli.tiers.applying.models import Application, PlanYear
from linli.tiers.models import Recognition

pytestmark = pytest.mark.usefixtures("seeded_db")


def test_the_demo_has_applications_in_every_state_marked_as_such_and_is_made_once() -> None:
    assert make_applications() == 10
    assert make_applications() == 0
    with acting(staff.OPERATOR):
        found = list(Application.objects.all())
        assert {each.state for each in found} == {
            "planned", "self_assessing", "town_checking", "accepting", "publicised", "reported", "recognised", "rechecking", "refused",
        }  # fmt: skip
        assert all(each.synthetic for each in found) and "演示" in PlanYear.objects.get().title
        said = Recognition.objects.filter(area_code__in=[each.area_code for each in found], outcome="reached")
        assert {each.certainty for each in said} == {"synthetic"} and all("演示" in each.source for each in said)
