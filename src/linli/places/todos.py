"""What waits in places: grids nobody stands for."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from linli.kernel import clock, todos
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.paging import EXACT_TO, Count
from linli.kernel.scoped import within

from .grids.models import GridStaff
from .grids.staffing import current
from .models import Grid
from .permissions import EDIT


def unstaffed(actor: Actor) -> Count:
    """Grids without a grid worker or leader today."""
    held = actor.areas_for(EDIT)
    if not held:
        return Count(0)
    standing = GridStaff.objects.filter(current(clock.today()), since__lte=clock.today(), area_code=OuterRef("code"))
    found = Grid.objects.filter(~Exists(standing), within(held, "code"), valid_to=None)[: EXACT_TO + 1].count()
    return Count(min(found, EXACT_TO), found <= EXACT_TO)


todos.declare(
    todos.Todo(
        "grids_unstaffed", "incomplete",
        Text("网格没有人员", "Grids without staff"),
        Text("在网格管理中指定分网格长或网格员", "Name a leader or worker on the page of grids"),
        (EDIT,), "/map?layer=grids&measure=unstaffed&view=table", unstaffed,
    ),
)  # fmt: skip
