"""Where the demo's own accounts act in cases: who takes which step, with what, and at which hour of a day that is over.

Who acts follows from the permission a step asks for, and what is given from what it asks for, so that a way is a row of codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from linli.access.models import Account, Unit
from linli.access.queries.actors import of_account, of_username
from linli.cases.categories.models import Category
from linli.cases.engine import procedure, tasks
from linli.cases.engine.act import act
from linli.cases.engine.choices import rules_to_choose
from linli.cases.engine.effects import Given
from linli.cases.engine.models import Case
from linli.cases.engine.report import NewCase, report
from linli.cases.permissions import ACCEPT, CHECK, CLOSE, DECIDE, DISPATCH, HANDLE, REPORT
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.project.demo.case_kinds import REASONS, RESULTS
from linli.project.demo.case_year import Spot
from linli.project.demo.staff import ENFORCEMENT

#: What the steps of this part of the demo carry as their request: by it a repeated command knows that they were taken.
MARK = "demo:case-doings"
#: A way begins at this time of its day, and each step comes so much later: none reaches the day after.
BEGINS, STEP = time(8, 40), timedelta(minutes=40)
LIMIT = (5, "work_day")
SHOWN = "（示例）"
REASON, RESULT = "情况如上，特此说明", "已处理完毕，恢复正常"
FIRST_TOWN_SHARE = 0.5
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about, through which door it comes, and whose work it is ("": the town's). `own`: in the grid of the
    demo's grid worker, who reports it."""

    kind: str
    code: str
    words: str
    source: str = "collector"
    office: str = ENFORCEMENT
    procedure: str = "standard"
    own: bool = False


@dataclass
class Stage:
    """The district as far as it takes part. `share`: how much of everything is made."""

    rng: np.random.Generator
    spots: Sequence[Spot]
    town: str
    share: float
    departments: dict[str, UUID] = field(default_factory=dict)
    towns: dict[str, UUID] = field(default_factory=dict)
    cast: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.departments = dict(Unit.objects.filter(kind="department").values_list("name", "id"))
        self.towns = dict(Unit.objects.filter(kind="town").values_list("area_code", "id"))
        for username in ("acceptor", "dispatcher", "handler", "grid1"):
            self.cast[username] = replace(of_username(username), request_id=MARK)
        own = self.cast["grid1"].areas_for(CHECK)
        self.own = [spot for spot in self.spots if spot.area in own]
        self.near = [spot for spot in self.spots if spot.area.startswith(self.town)]

    def some(self, wanted: Sequence[T]) -> Sequence[T]:
        """As many of what is wanted as belong to a demo of this size."""
        return wanted[: ceil(len(wanted) * self.share)]

    def spot(self, own: bool) -> Spot:
        """A place: in the grid worker's own grid, or half of the time in the town that is loaded first."""
        near = self.near if self.rng.random() < FIRST_TOWN_SHARE else self.spots
        chosen = self.own if own else near
        return chosen[int(self.rng.integers(len(chosen)))]

    def unit(self, office: str, area: str) -> UUID:
        """The department, or the town of an area."""
        return self.departments[office] if office else self.towns[area[:9]]

    def member(self, unit: UUID, nth: int = 0) -> Actor:
        """Somebody of a unit: for the one that the printed account `handler` is of, first that one."""
        names = list(
            Account.objects.filter(unit_id=unit, active=True)
            .order_by("username")
            .values_list("username", flat=True)[:3]
        )
        if "handler" not in names and str(unit) == self.cast["handler"].unit_id:
            names.insert(0, "handler")
        return self.named(names[nth])

    def named(self, username: str) -> Actor:
        """The actor behind a sign-in name."""
        if username not in self.cast:
            self.cast[username] = replace(of_username(username), request_id=MARK)
        return self.cast[username]

    def walker(self, area: str) -> Actor:
        """Who looks on the spot in a grid: its grid worker."""
        if area not in self.cast:
            self.cast[area] = replace(of_account(self.walker_account(area).id), request_id=MARK)
        return self.cast[area]

    def walker_account(self, area: str) -> Account:
        """The account of who looks on the spot in a grid."""
        return tasks.checkers(Case(area_code=area), tasks.VERIFYING, clock.today())[0]


@dataclass
class Walk:
    """A case on its way, by the hours of a day that is over: `days` ago."""

    stage: Stage
    matter: Matter
    case: Case
    at: datetime

    @classmethod
    def begin(cls, stage: Stage, matter: Matter, days: int) -> Walk:
        """Report it: by the grid worker of the place, or by who takes calls and alarms."""
        spot = stage.spot(matter.own)
        category = Category.objects.get(kind=matter.kind, code=matter.code, offered=True, superseded_by=None)
        who = stage.walker(spot.area) if matter.source == "collector" else stage.cast["acceptor"]
        at = datetime.combine(clock.today() - timedelta(days=days), BEGINS, clock.LOCAL)
        given = NewCase(
            f"{matter.words}{SHOWN}", matter.source, lon=spot.lon, lat=spot.lat, category_id=category.id,
            procedure=matter.procedure,
        )  # fmt: skip
        with clock.frozen(at), acting(who):
            return cls(stage, matter, report(who, given), at)

    @property
    def lead(self) -> Actor:
        """Who handles it for the unit it lies with."""
        assert self.case.unit_id is not None
        return self.stage.member(self.case.unit_id)

    @contextmanager
    def then(self, who: Actor) -> Iterator[Actor]:
        """The next hour, in which `who` acts; what became of the case is read again."""
        self.at += STEP
        with clock.frozen(self.at), acting(who):
            yield who
        self.case = Case.objects.get(id=self.case.id)

    def take(self, *codes: str, **given: Any) -> Walk:
        """Take steps one after the other, each by whose it is. `given` in place of what is usual."""
        for code in codes:
            with self.then(self._doer(code)) as who:
                act(who, self.case.id, code, self._given(code, given))
        return self

    def take_now(self, code: str, **given: Any) -> Walk:
        """Take a step at the present moment."""
        who = self._doer(code)
        with acting(who):
            act(who, self.case.id, code, self._given(code, given))
        self.case = Case.objects.get(id=self.case.id)
        return self

    def _doer(self, code: str) -> Actor:
        permission = procedure.of(self.case.procedure).by_code[code].permission
        if permission == CHECK:
            return self.stage.walker(self.case.area_code)
        if permission == REPORT:
            return self.stage.named(self._reporter())
        if permission in (HANDLE, DECIDE):
            assert self.case.unit_id is not None
            return self.stage.member(self.case.unit_id, nth=1 if permission == DECIDE else 0)
        return self.stage.cast[{ACCEPT: "acceptor", CLOSE: "acceptor", DISPATCH: "dispatcher"}[permission]]

    def _limit(self) -> dict[str, Any]:
        """By the first rule of the directory for local matters, by hand for the others, of which some are to have time left."""
        assert self.case.category_id is not None
        if self.matter.kind == "local":
            for rule in rules_to_choose(self.case.category_id):
                if not rule.photo_needed:
                    return {"rule_id": rule.id}
        return {"limit_value": LIMIT[0], "clock": LIMIT[1]}

    def _reporter(self) -> str:
        return Account.objects.values_list("username", flat=True).get(id=self.case.reported_by)

    def _given(self, code: str, over: dict[str, Any]) -> Given:
        asks = procedure.of(self.case.procedure).by_code[code].asks
        said: dict[str, Any] = {"version": self.case.version}
        if "limit" in asks:
            said |= {"category_id": self.case.category_id, **self._limit()}
        if "unit" in asks:
            said["unit_id"] = self.stage.unit(self.matter.office, self.case.area_code)
        if "reason" in asks:
            said["reason"] = f"{REASONS.get(code, REASON)}{SHOWN}"
        if "result" in asks:
            said["result"] = f"{RESULTS.get(code, RESULT)}{SHOWN}"
        if "rating" in asks:
            said |= {"responded": True, "solved": True, "satisfied": True}
        if "amount" in asks:
            said["amount"] = 2
        if "level" in asks:
            said["level"] = "general"
        if "channel" in asks:
            said["channel"] = "phone"
        return Given(**said | over)
