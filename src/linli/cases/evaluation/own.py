"""What an account did itself in a month, told to that account alone: how often it dispatched, handled and checked, and how long it took.

Off unless the district switches it on (`LINLI_OWN_FIGURES`). No address, query or report names whose figures are wanted: they are
those of whoever asks. Nobody is compared with anybody, no index is made of them, nothing of them is kept, and who sees the console
as another account does not get that account's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from typing import Literal, get_args

from django.conf import settings
from django.db import connection

from linli.access.calendar.queries import work_calendar
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.faults import ViewingOnly
from linli.kernel.worktime import seconds_of

Work = Literal["dispatched", "handled", "checked"]
#: The steps that are somebody's own work. The index of them (`flow_own_work`) names the same.
ACTIONS: dict[Work, tuple[str, ...]] = {
    "dispatched": ("dispatch", "dispatch_first"), "handled": ("hand_back",), "checked": ("pass_check", "fail_check"),
}  # fmt: skip
_ACTIONS = ", ".join(f"'{action}'" for actions in ACTIONS.values() for action in actions)
#: A step's own time began when the case came to stand where it was taken from.
_OWN = f"""
SELECT w.action, p.at, w.at
FROM cases_flow w JOIN LATERAL (
    SELECT p.at FROM cases_flow p
    WHERE p.case_id = w.case_id AND p.version < w.version AND p.from_state <> p.to_state ORDER BY p.version DESC LIMIT 1
) p ON true
WHERE w.actor = %(actor)s AND w.action IN ({_ACTIONS}) AND w.at >= %(since)s AND w.at < %(until)s
"""


@dataclass(frozen=True, slots=True)
class Own:
    """A kind of work: how many steps, and the middle of the working minutes they took; None where there were none."""

    work: Work
    count: int
    minutes: int | None


@dataclass(frozen=True, slots=True)
class OwnMonth:
    """A month of one's own work. `on`: whether the district has switched this on; empty where it has not."""

    on: bool
    month: int
    work: Sequence[Own]


def own_month(actor: Actor, month: int) -> OwnMonth:
    """The actor's own month, of cases that are in their sight. Raises ViewingOnly for who looks as another. One query."""
    if "viewer" in actor.extra:
        raise ViewingOnly()
    if not settings.LINLI_OWN_FIGURES or actor.kind != "staff":
        return OwnMonth(False, month, ())
    since, until = _bounds(month)
    with connection.cursor() as cursor:
        cursor.execute(_OWN, {"actor": actor.id, "since": since, "until": until})
        steps = cursor.fetchall()
    calendar = work_calendar().calendar
    found = []
    for work in get_args(Work):
        spent = [
            calendar.total(seconds_of(done)) - calendar.total(seconds_of(begun))
            for action, begun, done in steps
            if action in ACTIONS[work]
        ]
        found.append(Own(work, len(spent), round(median(spent) / 60) if spent else None))
    return OwnMonth(True, month, found)


def _bounds(month: int) -> tuple[datetime, datetime]:
    year, nth = divmod(month, 100)
    first, after = date(year, nth, 1), date(year + nth // 12, nth % 12 + 1, 1)
    return datetime.combine(first, time(), clock.LOCAL), datetime.combine(after, time(), clock.LOCAL)
