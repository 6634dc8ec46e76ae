"""What is asked of each other in the demo's cases, and the other procedures: there once, whole, at any hour, by people with the rights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from linli.access.models import Account
from linli.cases.cooperation.models import CaseChild, CaseHandOver, CaseSupervision, CaseSupport
from linli.cases.engine.models import Adjustment, CaseFlow, FieldTask
from linli.cases.evaluation.models import CaseFact
from linli.cases.mediation.models import Mediation
from linli.cases.models import Case
from linli.kernel import clock, secrets
from linli.kernel.scope import acting
from linli.project.demo import base, case_doings, case_stage, case_ways, cases, loading, staff
from linli.project.demo.base import DemoOrder
from linli.project.demo.case_stage import MARK

ORDER = DemoOrder(6_000, 42)
HOURS = {
    "afternoon": datetime(2026, 11, 26, 14, 30, tzinfo=clock.LOCAL),
    "night": datetime(2026, 11, 26, 0, 5, tzinfo=clock.LOCAL),
}


@pytest.fixture(params=list(HOURS))
def town(request: pytest.FixtureRequest, seeded_db: str, settings: Any, tmp_path: Path) -> Iterator[str]:
    """A demo with its staff, at some hour; the value is the town that is taken in first."""
    settings.LINLI_HOME = tmp_path
    with clock.frozen(HOURS[request.param]):
        base.claim(ORDER)
        town = loading.first_town(base.lay_places(), ORDER.people)
        staff.appoint_staff(base.places_here(), town)
        yield town


def _year(town: str, a_day: float) -> None:
    with acting(base.demo_actor()):
        cases.enter_year(base.places_here(), a_day, town, 42)


def test_every_page_has_something_to_show_and_it_is_made_once(town: str) -> None:
    assert case_doings.make_doings(town, 42) == 0  # beside no year of cases there is nothing
    _year(town, 7.0)
    with acting(base.demo_actor()):
        year = set(Case.objects.values_list("id", flat=True))
    made = case_doings.make_doings(town, 42)
    assert case_doings.make_doings(town, 42) == 0
    with acting(base.demo_actor()):
        mine = list(Case.objects.filter(id__in=CaseFlow.objects.filter(request=MARK).values("case_id")))
        assert made == len(mine) == 30 + 8 + 4 + 12 + 6 + 3 + 6 + 6
        new = [case for case in mine if case.id not in year]
        assert len(new) == made - 4 and all("（示例）" in case.description for case in new)
        by_way = Counter(case.procedure for case in new)
        ways = {"quick": 6, "resident_request": 6, "mediation": 6, "hazard": 6, "alarm": 6}
        assert by_way == ways | {"standard": len(new) - 30}
        for way in ways:
            assert len({case.state for case in new if case.procedure == way}) >= 3
        _requests()
        _tasks(town)
        _together()
        _disputes()
        _steps(new, year)
        facts = dict(CaseFact.objects.filter(round=0).values_list("case_id", "version"))
        assert all(facts[case.id] == case.version for case in mine)


def _requests() -> None:
    asked = Counter(Adjustment.objects.values_list("wish", "state", "turn"))
    assert asked == {
        ("extension", "waiting", "unit"): 2, ("extension", "waiting", "dispatcher"): 2, ("extension", "granted", ""): 2,
        ("extension", "refused", ""): 2, ("appeal", "waiting", "dispatcher"): 1, ("appeal", "waiting", "acceptor"): 1,
        ("appeal", "granted", ""): 1, ("appeal", "refused", ""): 1,
    }  # fmt: skip
    for each in Adjustment.objects.all():
        assert len(set(each.involved)) == len(each.involved)  # nobody reviewed what they asked for
        assert (each.due_after is not None) == (each.wish == "extension" and each.state == "granted")


def _tasks(town: str) -> None:
    wanted = list(FieldTask.objects.filter(state="open", case__procedure="standard").select_related("case"))
    assert len(wanted) == len(case_doings.TASKS) and all(task.due_at for task in wanted)
    late = [task for task in wanted if task.due_at and task.due_at < clock.now()]
    assert len(late) == 2 and not any(task.assignee for task in late)
    grid1 = Account.objects.get(username="grid1")
    own = [task for task in wanted if task.assignee == str(grid1.id)]
    assert len(own) >= 4 and {task.kind for task in own} == {"verify_report", "check_result"}
    assert all(task.assignee for task in wanted if task not in late)
    assert all(task.case.area_code.startswith(town) for task in own)


def _together() -> None:
    assert Counter(CaseSupport.objects.values_list("state", flat=True)) == {"asked": 2, "answered": 2, "declined": 2}
    assert Counter(CaseHandOver.objects.values_list("state", flat=True)) == {"asked": 2, "taken": 1}
    unit = Account.objects.get(username="handler").unit_id
    assert CaseSupport.objects.filter(state="asked", unit_id=unit).exists()  # something for the handler to answer
    assert CaseHandOver.objects.filter(state="asked", to_id=unit).exists()
    parents = Counter(CaseChild.objects.values_list("parent_id", flat=True))
    assert sorted(parents.values()) == [2, 2]
    notes = CaseSupervision.objects.all()
    assert Counter(note.state for note in notes) == {"open": 4, "answered": 2}
    assert sum(note.state == "open" and note.until < clock.today() for note in notes) == 2


def _disputes() -> None:
    found = list(Mediation.objects.all())
    assert Counter((each.agreed, each.fulfilled) for each in found) == {
        (None, ""): 1, (True, ""): 1, (True, "full"): 2, (False, ""): 1,
    }  # fmt: skip
    for each in found:
        said = secrets.decrypt(each.parties)
        assert "示例甲" in said and "示例乙" in said and '"phone": ""' in said and '"id_number": ""' in said


def _steps(new: list[Case], year: set[Any]) -> None:
    """Nothing is of the time to come, times go on, and people took the steps, not the program."""
    flow: dict[Any, list[CaseFlow]] = {}
    for step in CaseFlow.objects.filter(request=MARK).order_by("case_id", "version"):
        flow.setdefault(step.case_id, []).append(step)
    accounts = {str(each) for each in Account.objects.values_list("id", flat=True)}
    for steps in flow.values():
        assert [step.at for step in steps] == sorted(step.at for step in steps) and steps[-1].at <= clock.now()
        assert {step.actor for step in steps} <= accounts
    for case in new:
        assert [step.version for step in flow[case.id]] == list(range(1, case.version + 1))


@pytest.mark.parametrize("town", ["night"], indirect=True)
def test_a_small_demo_has_less_of_it(town: str) -> None:
    _year(town, 1.0)
    with acting(base.demo_actor()):
        count = Case.objects.count()
    made = case_doings.make_doings(town, 42)
    assert count < case_doings.WHOLE / 3 and 0 < made < len(case_ways.WENT)
    with acting(base.demo_actor()):
        assert set(Case.objects.values_list("procedure", flat=True)) == {
            "standard", "quick", "resident_request", "mediation", "hazard", "alarm",
        }  # fmt: skip


@pytest.mark.parametrize("town", ["afternoon"], indirect=True)
def test_what_is_broken_off_leaves_nothing_and_the_next_run_makes_it_whole(
    town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _year(town, 1.0)
    with acting(base.demo_actor()):
        before = Case.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr(case_doings, "_notes", _stop)
        with pytest.raises(KeyboardInterrupt):
            case_doings.make_doings(town, 42)
    with acting(base.demo_actor()):
        assert Case.objects.count() == before and not CaseFlow.objects.filter(request=MARK).exists()
    assert case_doings.make_doings(town, 42) > 0


def _stop(_: case_stage.Stage) -> int:
    raise KeyboardInterrupt
