"""Applications as they stand after so many steps, written as rows: what is made from them is tested, not how they came there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import staff

from linli.kernel import clock
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting
from linli.tiers.applying.models import (
    AcceptanceMember,
    Application,
    ApplicationGap,
    ApplicationStep,
    IndicatorVerdict,
    PlanYear,
    SiteVisit,
)
from linli.tiers.applying.table import ACTIONS, after
from linli.tiers.models import IndicatorSystem

#: 公孙社区 in 将军路街道, and a community of another town.
GONGSUN, ELSEWHERE = "370302005013", "370302001001"
WAY = ("begin", "submit", "pass_town", "pass_acceptance", "publish", "end_publication", "report", "recognise")
DECIDED = date(2026, 10, 8)


def plan_year(year: int = 2026) -> PlanYear:
    with acting(staff.OPERATOR):
        made, _ = PlanYear.objects.get_or_create(
            year=year, defaults={
                "title": "示例创建计划", "system": IndicatorSystem.objects.get(), "self_by": date(year, 5, 31), "town_by": date(year, 6, 30),
                "accept_by": date(year, 8, 31), "document": "示例字〔2026〕1号", "opened_at": clock.now(), "opened_by": "test",
            },
        )  # fmt: skip
    return made


def applied(area: str, upto: str | None, tier: str = "basic", more: Sequence[str] = (), **facts: Any) -> Application:
    """An application after the way's steps up to one, and `more` of them."""
    steps = [*(WAY[: WAY.index(upto) + 1] if upto else ()), *more]
    year, today = plan_year(), clock.today()
    state: Any = "planned"
    marks: Any = frozenset()
    given: dict[str, Any] = {}
    if "publish" in steps:
        given |= {
            "accepted_on": today,
            "published_from": today - timedelta(days=1),
            "published_until": today + timedelta(days=4),
        }
    if "report" in steps:
        given |= {"report_document": "示例函〔2026〕2号", "reported_on": today}
    if "recognise" in steps:
        given |= {
            "outcome": "recognised",
            "decision_document": "示例字〔2026〕9号",
            "decided_by": "示例认定机关",
            "decided_on": DECIDED,
        }
    with acting(staff.OPERATOR):
        made = Application(
            area_code=area,
            plan_year=year,
            tier=tier,
            planned_at=clock.now(),
            planned_by="test",
            updated_at=clock.now(),
            **(given | facts),
        )
        made.save()
        for version, name in enumerate(steps, start=2):
            before = state
            state, marks = after(ACTIONS[name], state, marks)
            ApplicationStep.objects.create(
                id=uuid7(), application=made, version=version, action=name, from_state=before, to_state=state, at=clock.now(),
                actor="test", actor_name="某人", unit_name="示例工作专班",
                reason="理由如下" if "reason" in ACTIONS[name].asks else "",
            )  # fmt: skip
        made.state, made.marks, made.version = state, sorted(marks), len(steps) + 1
        made.save()
    return made


def filled(application: Application) -> None:
    """With verdicts, a gap, a group and a visit."""
    with acting(staff.OPERATOR):
        for stage, verdict in (("self", "met"), ("town", "missed"), ("district", "met")):
            IndicatorVerdict.objects.create(
                application=application,
                stage=stage,
                indicator="B05",
                verdict=verdict,
                reason=f"理由{stage}",
                at=clock.now(),
                said_by="test",
            )
        ApplicationGap.objects.create(
            application=application, indicator="B05", todo="补装\x0b设备", owner="社区网格办", due_on=date(2026, 7, 1), added_at=clock.now(),
            added_by="test",
        )  # fmt: skip
        AcceptanceMember.objects.create(application=application, position=0, name="组长某", unit="示例局", post="组长")
        SiteVisit.objects.create(
            application=application,
            day=date(2026, 7, 9),
            place="服务大厅",
            notes="设备在用",
            added_at=clock.now(),
            added_by="test",
        )
