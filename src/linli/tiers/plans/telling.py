"""A plan as it is kept and shown: names beside codes, years of the calendar, tiers by name, money in whole cents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linli.kernel.errors import Text

from ..optimum.master import GROUP_NAMES
from ..optimum.result import Infeasible, Plan, Reason
from ..rules import TIERS
from .models import UpgradeScenario

NAMES = ("none", *TIERS)
SUMMARY = (
    "points", "bound", "gap", "cost_cents", "award_cents", "award_after_cents", "raised", "raised_without_work", "people",
)  # fmt: skip
HOW = Text(
    "按松弛问题的对偶价格计算(假定措施可按比例实施)。",
    "From the dual prices of the relaxation, in which works may be taken in fractions.",
)


UNFINISHED = Text(
    "在限定的搜索范围内没有找到整项实施的方案:放宽条件或减少锁定后再算。",
    "No plan in whole works was found in time: loosen the conditions or lock less, and solve again.",
)
LOST = Text("计算中断,没有结果:请重新编制。", "The solving was cut off and left nothing: ask for it again.")
FAILED = Text(
    "计算出错({why}),没有结果:请重新编制,再次出错时告知管理员。",
    "The solving failed ({why}): ask for it again, and tell your administrator if it fails once more.",
)


def why_of(scenario: UpgradeScenario) -> dict[str, str]:
    """Why a scenario failed, in words: as the optimiser refused it, or what can be said of any."""
    if scenario.result and "refused" in scenario.result:
        return dict(scenario.result["refused"])
    text = {"unfinished": UNFINISHED, "lost": LOST}.get(scenario.why, FAILED)
    return {language: text.say(language, {"why": scenario.why}) for language in ("zh", "en")}


def told(plan: Plan, first_year: int, names: Mapping[str, str], towns: Mapping[str, str]) -> dict[str, Any]:
    """The answer of a plan."""
    return {
        "points": round(plan.points, 6), "bound": round(plan.bound, 6), "gap": plan.gap, "ended": plan.ended,
        "simple_points": None if plan.greedy is None else round(plan.greedy, 6),
        "cost_cents": plan.cost, "award_cents": plan.award, "award_after_cents": plan.award_after, "raised": plan.raised,
        "raised_without_work": plan.raised_without_work, "people": plan.people,
        "income_cents": list(plan.income), "staff": list(plan.staff),
        "paid": [{"source": s, "year": first_year + y, "cents": c} for (s, y), c in plan.paid.items()],
        "marginal": [
            {"source": s, "year": first_year + y, "points": None if p is None else round(p, 6)}
            for (s, y), p in plan.marginal.items()
        ],
        "marginal_how": {"zh": HOW.zh, "en": HOW.en},
        "works": [
            {
                "area_code": w.community, "measure": w.measure, "year": first_year + w.year, "ready_year": first_year + w.ready,
                "cost_cents": w.cost, "running_cents": w.running, "serves": list(w.serves),
            }
            for w in plan.works
        ],
        "communities": [
            {
                "area_code": o.community, "name": names.get(o.community, ""), "town_name": names.get(towns[o.community], ""),
                "people": o.people, "before": NAMES[o.before], "computed": NAMES[o.now], "tiers": [NAMES[t] for t in o.tiers],
                "raised": o.raised, "worked": o.worked, "cost_cents": o.cost, "award_cents": o.award,
                "reason": None if o.reason is None else _reason(o.reason),
            }
            for o in plan.outcomes
        ],
    }  # fmt: skip


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "text": {"zh": reason.text.zh, "en": reason.text.en},
        "missing": [
            {"indicator": m.indicator, "metric": m.metric, **bound_told(m.op, m.bound), "value": m.value}
            for m in reason.missing
        ],
        "cheapest_cents": reason.cheapest,
    }


def bound_told(op: str, bound: float) -> dict[str, Any]:
    """A bound as the system has it, to four places: what lies a hair past a place was asked strictly."""
    plain = round(bound, 4)
    return {"op": op if plain == bound else op[0], "bound": plain}


def summary_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """The figures by which scenarios are compared."""
    return {name: result[name] for name in SUMMARY}


def collisions(none: Infeasible) -> dict[str, Any]:
    """Which conditions collide, as they are shown."""
    return {
        "collisions": [{"group": g, "text": {"zh": GROUP_NAMES[g].zh, "en": GROUP_NAMES[g].en}} for g in none.groups],
        "colliding_communities": list(none.communities),
        "only_in_fractions": none.whole,
    }
