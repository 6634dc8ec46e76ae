"""What waits in places: grids nobody stands for."""

from __future__ import annotations

from linli.kernel import clock, todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import EXACT_TO, Count
from linli.kernel.scoped import within

from .grids.staffing import without_staff
from .models import Grid
from .permissions import EDIT


def unstaffed(actor: Actor) -> Count:
    """Grids without a grid worker or leader today."""
    held = actor.areas_for(EDIT)
    if not held:
        return Count(0)
    open_ones = Grid.objects.filter(within(held, "code"), valid_to=None)
    found = without_staff(open_ones, clock.today())[: EXACT_TO + 1].count()
    return Count(min(found, EXACT_TO), found <= EXACT_TO)


todos.declare(
    todos.Todo(
        "grids_unstaffed", "incomplete",
        Text("网格没有人员", "Grids without staff"),
        Text("在网格管理中指定分网格长或网格员", "Name a leader or worker on the page of grids"),
        (EDIT,), "/grids?staff=none", unstaffed,
    ),
)  # fmt: skip
