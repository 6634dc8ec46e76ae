"""Cases brought along by their own people, beside the browser: for journeys that need one somewhere on its path."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

from screens import TOWN

T = TypeVar("T")
DAY = {"limit_value": 2, "clock": "work_day"}
#: Who takes which step, on the straight path of a case of the town; the rest an operator, who is of no unit and so may check.
WHO = {
    "file": "acceptor", "dispatch": "dispatcher", "take": "handler", "ask_reporter": "handler", "hand_back": "handler",
    "ask_check": "dispatcher", "close": "acceptor",
}  # fmt: skip


def beside(unblocked: Any, act: Callable[[], T]) -> T:
    """Work with the database on a thread of its own: Playwright's loop may run on this one."""

    def work() -> T:
        from django.db import connections

        try:
            return act()
        finally:
            connections.close_all()

    with unblocked.unblock(), ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result()


def village() -> str:
    """A village of the town."""
    from linli.places.models import Region

    return str(Region.objects.filter(level="village", parent_code=TOWN, valid_to=None).order_by("code")[0].code)


def category(code: str, kind: str) -> Any:
    from linli.cases.models import Category

    return Category.objects.get(code=code, kind=kind, superseded_by=None, offered=True)


def reported(text: str, **more: Any) -> Any:
    """A case as the village's people report it."""
    import staff

    from linli.cases.engine.report import NewCase, report
    from linli.kernel.scope import acting

    with acting(staff.OPERATOR) as actor:
        return report(actor, NewCase(text, "resident", **{"area": village()} | more))


def step(case_id: UUID, action: str, **given: Any) -> None:
    """Take a step in a case as it is now, by who takes it; what filing and dispatching need is given unless it is named."""
    import staff

    from linli.access.models import Account, Unit
    from linli.cases.engine.act import Given, act
    from linli.cases.models import Case
    from linli.kernel.scope import acting

    with acting(staff.OPERATOR):
        account = Account.objects.get(username=WHO[action]) if action in WHO else None
        version = Case.objects.get(id=case_id).version
        if action == "file":
            given = DAY | {"category_id": category("01001", "component").id} | given
        elif action == "dispatch":
            given = {"unit_id": Unit.objects.get(area_code=TOWN, kind="town").id} | given
    with acting(staff.actor(account) if account else staff.OPERATOR) as actor:
        act(actor, case_id, action, Given(version, **given))
