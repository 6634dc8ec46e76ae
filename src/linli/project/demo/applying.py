"""A plan year of the demo with communities in every state (演示): papers and authorities bear the mark, and so does each application.

Nothing here is said of the real communities whose names the district's regions bear.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.project.demo.base import demo_actor
from linli.tiers import communities
from linli.tiers.applying import accepting, mending, objecting, verdicts, years
from linli.tiers.applying import acting as steps
from linli.tiers.applying.models import Application, IndicatorVerdict, PlanYear
from linli.tiers.applying.table import Stage
from linli.tiers.applying.watching import watch
from linli.tiers.systems.queries import holding

MARK = "演示数据，非真实情况"
AUTHORITY = "演示机关"
TIER = "basic"
#: How long ago the plan was made; publications before today are over since.
BEGUN, OVER = timedelta(days=60), timedelta(days=20)


def make_applications() -> int:
    """Plan a year and take some communities through it, once; returns how many applications there are."""
    actor = demo_actor()
    with acting(actor):
        if PlanYear.objects.exists() or (system := holding(clock.today())) is None:
            return 0
        codes = communities.codes_on(system.kinds, clock.today())
        held = years.tiers_now(codes)
        free = [code for code in codes if code not in held]
        if not free:
            return 0
        chosen = free[:: max(1, len(free) // len(_PATHS))][: len(_PATHS)]
        with clock.frozen(clock.now() - BEGUN):
            made = _plan(actor, chosen)
        for application, path in zip(made, _PATHS, strict=False):
            path(actor, application)
    watch()
    return len(made)


def _plan(actor: Actor, codes: list[str]) -> list[Application]:
    """A plan whose days lie around the demo's own: one stage is over, the next ones are not."""
    today = clock.today() + BEGUN
    days = (today - timedelta(days=5), today + timedelta(days=20), today + timedelta(days=40))
    given = years.YearGiven(today.year, f"{today.year}年度智慧社区创建计划（演示）", *days, 5, "演示〔计划〕1号")
    year = years.open_year(actor, given)
    return years.plan(actor, year.id, codes, TIER, synthetic=True)


def _act(actor: Actor, application: Application, *names: str, **given: object) -> None:
    for name in names:
        version = Application.objects.values_list("version", flat=True).get(id=application.id)
        steps.act(actor, application.id, name, steps.Given(version, **given))  # type: ignore[arg-type]


def _say(actor: Actor, application: Application, stage: Stage, missed: int = 0) -> None:
    """Verdicts of a stage: met, but for some that are missed."""
    found = Application.objects.select_related("plan_year").get(id=application.id)
    indicators = list(
        found.plan_year.system.indicators.filter(tier=found.tier).order_by("position").values_list("code", flat=True)
    )
    items = [
        verdicts.Said(code, "missed" if place < missed else "met", MARK) for place, code in enumerate(indicators)
    ]  # fmt: skip
    verdicts.say(actor, found.id, stage, found.version, items)


def _planned(actor: Actor, application: Application) -> None:
    """It stays where it is."""


def _assessing(actor: Actor, application: Application) -> None:
    """Filled in from its figures, with a gap that is overdue and one that is not."""
    _act(actor, application, "begin")
    known = list(IndicatorVerdict.objects.filter(application=application, verdict="missed").order_by("indicator")[:2])
    codes = [each.indicator for each in known] or ["B01"]
    for days, code in zip((3, -20), codes, strict=False):
        with clock.frozen(clock.now() - timedelta(days=10)):
            due = clock.today() + timedelta(days=10 - days)
            mending.add(actor, application.id, mending.GapGiven(code, f"补齐材料（{MARK}）", "社区居委会", due))


def _checking(actor: Actor, application: Application) -> None:
    _act(actor, application, "begin")
    _say(actor, application, "self")
    _act(actor, application, "submit")


def _returned(actor: Actor, application: Application) -> None:
    _checking(actor, application)
    _act(actor, application, "return_to_community", reason=f"佐证材料不全（{MARK}）")


def _accepting(actor: Actor, application: Application) -> None:
    _checking(actor, application)
    _say(actor, application, "town")
    _act(actor, application, "pass_town")


def _published(actor: Actor, application: Application) -> None:
    """Under publication today, with an objection."""
    _accepting(actor, application)
    _say(actor, application, "district")
    version = Application.objects.values_list("version", flat=True).get(id=application.id)
    members = [
        accepting.MemberGiven("演示组长", "演示单位", "组长"),
        accepting.MemberGiven("演示成员", "演示单位", "成员"),
    ]
    accepting.set_group(actor, application.id, version, members)
    accepting.add_visit(actor, application.id, accepting.VisitGiven(clock.today(), "社区服务大厅", MARK))
    _act(actor, application, "pass_acceptance", "publish")


def _objected(actor: Actor, application: Application) -> None:
    _published(actor, application)
    objecting.object_publicly(application.id, f"宣传栏内容与实际不符（{MARK}）", "", f"demo-{application.id}")


def _reported(actor: Actor, application: Application) -> None:
    with clock.frozen(clock.now() - OVER):
        _published(actor, application)
    _act(actor, application, "end_publication")
    _act(actor, application, "report", document="演示〔上报〕1号", on=clock.today())


def _recognised(actor: Actor, application: Application) -> None:
    _reported(actor, application)
    _act(actor, application, "recognise", document="演示〔认定〕1号", authority=AUTHORITY, on=clock.today())
    _act(actor, application, "award", document="演示〔奖补〕1号", cents=8_000_000, on=clock.today())


def _rechecking(actor: Actor, application: Application) -> None:
    _recognised(actor, application)
    _act(actor, application, "open_recheck", until=clock.today() + timedelta(days=60))


def _refused(actor: Actor, application: Application) -> None:
    _accepting(actor, application)
    _act(actor, application, "fail_acceptance", reason=f"实地验收不合格（{MARK}）")


_PATHS: tuple[Callable[[Actor, Application], None], ...] = (
    _planned, _assessing, _returned, _checking, _accepting, _objected, _reported, _recognised, _rechecking, _refused,
)  # fmt: skip
