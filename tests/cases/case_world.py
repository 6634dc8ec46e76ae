"""A small world of cases: who reports, accepts, dispatches, handles and checks, and the steps between, over HTTP."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import staff

DAY = {"limit_value": 2, "clock": "work_day"}
ROLES = {"acceptor": staff.DISTRICT, "dispatcher": staff.DISTRICT, "grid_worker": staff.TOWN}


@dataclass
class World:
    """Signed-in people by what they are; `unit` is the handler's. Made with the seeded database."""

    people: dict[str, Any] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def make(cls) -> World:
        world = cls()
        for role, area in ROLES.items():
            world.add(role, role, area, unit_area=staff.VILLAGE if role == "grid_worker" else None)
        world.add("handler", "unit_handler", staff.TOWN)
        world.add("neighbour", "unit_handler", staff.OTHER_TOWN)
        return world

    def add(self, name: str, role: str, area: str, unit_area: str | None = None) -> Any:
        self.accounts[name] = staff.staff(name.replace("_", "-"), role, area, unit_area=unit_area)
        self.people[name] = staff.client(self.accounts[name])
        return self.people[name]

    @staticmethod
    def make_again(world: World) -> World:
        """The same people with new sessions, as the clock says now: a session lasts for hours."""
        world.people = {name: staff.client(account) for name, account in world.accounts.items()}
        return world

    def category(self, code: str = "01001", kind: str = "component") -> Any:
        from linli.cases.models import Category

        return Category.objects.get(code=code, kind=kind)

    def rule(self) -> Any:
        """A filing rule of `category`, lent by nobody."""
        from linli.cases.models import FilingRule

        return FilingRule.objects.filter(category=self.category()).order_by("position").first()

    def report(self, who: str = "grid_worker", **more: Any) -> Any:
        body = {"description": "井盖缺失", "area": village(), **more}
        return self.people[who].post("/api/cases", body, content_type="application/json")

    def new(self, who: str = "grid_worker", **more: Any) -> str:
        answer = self.report(who, **more)
        assert answer.status_code == 201, answer.content.decode()
        return answer.json()["id"]

    def look(self, case: str, who: str = "acceptor") -> Any:
        return self.people[who].get(f"/api/cases/{case}")

    def step(self, who: str, case: str, action: str, version: int | None = None, **given: Any) -> Any:
        """The answer to a step, by default on the case as it is now."""
        body = {"version": version or self.look(case).json()["version"], **given}
        return self.people[who].post(f"/api/cases/{case}/actions/{action}", body, content_type="application/json")

    def do(self, who: str, case: str, action: str, **given: Any) -> dict[str, Any]:
        answer = self.step(who, case, action, **given)
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def file(self, case: str) -> dict[str, Any]:
        return self.do("acceptor", case, "file", category_id=str(self.category().id), **DAY)

    def hand_over(self, case: str, area: str = staff.TOWN) -> dict[str, Any]:
        return self.do("dispatcher", case, "dispatch", unit_id=str(unit(area)))

    def until(self, state: str, case: str | None = None) -> str:
        """A case brought along the straight path up to `state`."""
        case = case or self.new()
        path = (
            ("to_dispatch", lambda: self.file(case)),
            ("to_take", lambda: self.hand_over(case)),
            ("handling", lambda: self.do("handler", case, "take")),
            ("handed_back", lambda: self.do("handler", case, "hand_back", result="已更换井盖")),
            ("check_result", lambda: self.do("dispatcher", case, "ask_check")),
            ("to_close", lambda: self.do("grid_worker", case, "pass_check", result="现场完好")),
            ("closed", lambda: self.do("acceptor", case, "close")),
            ("evaluated", lambda: self.do("acceptor", case, "rate", solved=True, satisfied=True)),
        )
        states, here = [reached for reached, _ in path], self.look(case).json()["state"]
        for reached, go in path[states.index(here) + 1 if here in states else 0 : states.index(state) + 1]:
            go()
            assert self.look(case).json()["state"] == reached
        return case


def village() -> str:
    """A village of the own town."""
    from linli.places.models import Region

    found = Region.objects.filter(level="village", parent_code=staff.TOWN, valid_to=None).order_by("code").first()
    assert found is not None
    return str(found.code)


def unit(area: str) -> uuid.UUID:
    return staff.units()[area]
