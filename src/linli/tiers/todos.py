"""What waits in tiers, for who works them."""

from __future__ import annotations

from functools import partial

from linli.kernel import todos
from linli.kernel.errors import Text

from .coordination.queries import tasks_count
from .permissions import COORDINATE

todos.declare(
    todos.Todo(
        "plan_tasks_late", "waiting", Text("已逾期的创建任务", "Overdue tasks of plans"),
        Text("办理，或说明新的时限", "Do them, or give a new day"), (COORDINATE,), "/tiers/coordination?mark=late",
        partial(tasks_count, mark="late"),
    ),
    todos.Todo(
        "plan_tasks_coming", "incomplete", Text("七天内到期的创建任务", "Tasks of plans due within seven days"),
        Text("看前置任务是否完成", "See whether what they need is done"), (COORDINATE,), "/tiers/coordination?mark=coming",
        partial(tasks_count, mark="coming"),
    ),
)  # fmt: skip
