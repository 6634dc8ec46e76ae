"""What holds of plans and tasks: no circles, no task that ends before what it needs, and what is late. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

PlanState = Literal["draft", "running", "done", "dropped"]
TaskState = Literal["waiting", "doing", "done", "dropped"]
VisitKind = Literal["visit", "training"]
Mark = Literal["late", "coming", ""]
PLAN_STATES: tuple[PlanState, ...] = ("draft", "running", "done", "dropped")
TASK_STATES: tuple[TaskState, ...] = ("waiting", "doing", "done", "dropped")
VISIT_KINDS: tuple[VisitKind, ...] = ("visit", "training")
#: States in which something is still to be done.
OPEN: tuple[TaskState, ...] = ("waiting", "doing")
#: From which state a plan goes to which. What ended may be taken up again.
PLAN_STEPS: Mapping[PlanState, tuple[PlanState, ...]] = {
    "draft": ("running", "dropped"), "running": ("done", "dropped"), "done": ("running",), "dropped": ("draft",),
}  # fmt: skip
#: Days before its end in which a task is coming up.
AHEAD = 7
MONTH = 30  # days; of lead times, which are given in months
MOST_TASKS, MOST_NEEDS, MOST_ITEMS = 300, 20, 40
LONGEST_LINE, LONGEST_TEXT = 120, 2000
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A task as its order is looked at. `needs` are the tasks to be done before it."""

    id: UUID
    due_on: date
    state: TaskState
    needs: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Laid:
    """When a measure of a drafted plan would be taken, and after which others."""

    code: str
    starts_on: date
    due_on: date
    needs: tuple[str, ...]


def mark(state: TaskState, due_on: date, today: date) -> Mark:
    """Whether an open task is late (its day is over) or coming (within AHEAD days, today included)."""
    if state not in OPEN:
        return ""
    if due_on < today:
        return "late"
    return "coming" if due_on <= today + timedelta(days=AHEAD) else ""


def circle(needs: Mapping[UUID, Sequence[UUID]]) -> tuple[UUID, ...]:
    """A circle of tasks that wait for one another, in order; empty where there is none. Unknown ids lead nowhere."""
    done: set[UUID] = set()
    for start in needs:
        path: list[UUID] = []
        on_path: set[UUID] = set()
        todo = [(start, iter(needs[start]))] if start not in done else []
        if todo:
            path.append(start)
            on_path.add(start)
        while todo:
            here, others = todo[-1]
            further = next(others, None)
            if further is None:
                todo.pop()
                done.add(here)
                on_path.discard(path.pop())
            elif further in on_path:
                return tuple(path[path.index(further) :])
            elif further in needs and further not in done:
                todo.append((further, iter(needs[further])))
                path.append(further)
                on_path.add(further)
    return ()


def ends_before(task: Step, steps: Mapping[UUID, Step]) -> tuple[UUID, ...]:
    """The tasks it needs that are due after it: it would end before they do. Dropped ones hold nothing up."""
    found = (steps[need] for need in task.needs if need in steps)
    return tuple(each.id for each in found if each.state != "dropped" and each.due_on > task.due_on)


def held_up(task: Step, steps: Mapping[UUID, Step]) -> tuple[UUID, ...]:
    """The tasks it needs that are still open: it is not done before them, unless somebody says why. One that is not known
    (of an area one does not see) counts as open."""
    return tuple(need for need in task.needs if need not in steps or steps[need].state in OPEN)


def laid_out(
    months: Mapping[str, int], needs: Mapping[str, Sequence[str]], wanted: Sequence[str], start: date
) -> list[Laid]:
    """Measures one after another where one needs the other, each as long as its lead time (months of 30 days), from `start`.

    What a measure needs and is not wanted is taken as there already. A circle is cut where it closes.
    """
    held: dict[str, Laid] = {}
    chosen = list(dict.fromkeys(wanted))

    def lay(code: str, above: frozenset[str]) -> Laid:
        if code in held:
            return held[code]
        first = [lay(n, above | {code}) for n in needs.get(code, ()) if n in chosen and n not in above | {code}]
        begins = max([each.due_on + timedelta(days=1) for each in first], default=start)
        ends = begins + timedelta(days=max(months.get(code, 1), 1) * MONTH)
        held[code] = Laid(code, begins, ends, tuple(each.code for each in first))
        return held[code]

    return [lay(code, frozenset()) for code in chosen]
