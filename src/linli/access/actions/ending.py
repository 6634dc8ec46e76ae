"""Ending a unit (撤销单位): from a day on nothing new is given to it, and rooms that listen take back what lies with it.

The unit, its accounts and posts stay as they are, since what it did must keep its name: rights end where accounts are closed or
posts given up, which is a decision about people and made one by one. What follows elsewhere leaves through the outbox.
"""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.outbox import actions as outbox

from .. import changes, permissions
from ..models import Unit
from ..models.units import in_use
from . import checks

#: The topic under which the end of a unit leaves: payload `on` (a day, or empty where it was taken back) and `name`.
ENDED = "access.unit.end"
FURTHEST = timedelta(days=366)
SHORTEST_REASON, LONGEST_REASON = 2, 200
DISTRICT = Text("区级机关不能撤销。", "The district's own office cannot be ended.")
BELOW = Text(
    "还有在用的下级单位，请先撤销它们或改到别的单位下。",
    "Units below it are in use: end them first, or put them elsewhere.",
)
DAY = Text("请选择今天起一年内的日期。", "Choose a day from today on and within a year.")
WHY = Text("请写明依据（2 到 200 字）。", "Give the ground, in 2 to 200 characters.")


def check_end(unit: Unit, on: date | None, reason: str) -> None:
    """Raise Invalid where the unit cannot be ended on that day."""
    problems, today = [], clock.today()
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        problems.append(FieldProblem("reason", "required", WHY))
    if on is not None:
        if unit.kind == "district":
            problems.append(FieldProblem("on", "district", DISTRICT))
        if not today <= on <= today + FURTHEST:
            problems.append(FieldProblem("on", "day", DAY))
        elif Unit.objects.filter(in_use(on), parent_id=unit.id).exists():
            problems.append(FieldProblem("on", "below", BELOW))
    if problems:
        raise Invalid(fields=tuple(problems))


def end_unit(actor: Actor, unit_id: uuid.UUID, on: date | None, reason: str) -> Unit:
    """End a unit on a day from today on; None takes that back. Raises NotFound, Invalid. The same day twice changes nothing."""
    unit = checks.unit(actor, unit_id, permissions.ACCOUNT_EDIT, lock=True)
    check_end(unit, on, reason)
    if unit.ended_on == on:
        return unit
    before, unit.ended_on = unit.ended_on, on
    unit.save(update_fields=["ended_on"])
    changes.record(
        actor, "access.unit.end", "unit", unit.id, unit.area_code,
        {"name": unit.name, "before": str(before or ""), "on": str(on or ""), "reason": reason.strip()},
    )  # fmt: skip
    outbox.put(ENDED, unit.id, {"on": str(on or ""), "name": unit.name})
    return unit
