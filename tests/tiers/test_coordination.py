"""Plans, tasks, meetings and visits end to end over HTTP."""

from __future__ import annotations

import staff

from linli.kernel.scope import acting
from linli.tiers.coordination import actions
from linli.tiers.models import ImplementationPlan, PlanTask, UpgradeMeasure

OWN, FOREIGN = f"{staff.TOWN}002", f"{staff.OTHER_TOWN}001"


def test_a_draft_has_a_task_for_each_measure_after_those_it_needs(seeded_db: str) -> None:
    with acting(staff.OPERATOR) as actor:
        needing = next(m for m in UpgradeMeasure.objects.order_by("code") if m.needs)
        made = actions.draft_plan(actor, OWN, "照案例提升", [needing.code, *needing.needs], "practice:1")
        plan = ImplementationPlan.objects.get(id=made)
        tasks = {task.measure: task for task in PlanTask.objects.filter(plan=plan)}
    assert (plan.state, plan.origin, plan.area_code) == ("draft", "practice:1", OWN)
    assert set(tasks) == {needing.code, *needing.needs}
    assert set(tasks[needing.code].needs) == {tasks[each].id for each in needing.needs}
    assert all(tasks[each].due_on < tasks[needing.code].starts_on for each in needing.needs)
