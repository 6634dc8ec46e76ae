"""Answers of the API of plans made from rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from ..entry import text_out
from ..schemas import TierTextOut
from .models import UpgradeMeasure, UpgradeScenario
from .queries import MeasureChanged
from .schemas import (
    CommunityTiersOut,
    ScenarioBriefOut,
    ScenarioOut,
    ScenariosComparedOut,
    ScenarioSummaryOut,
    ScenarioTermsOut,
    UpgradeEffectOut,
    UpgradeMeasureChangeOut,
    UpgradeMeasureOut,
    UpgradePriceOut,
)
from .telling import why_of


def measure_out(m: UpgradeMeasure) -> UpgradeMeasureOut:
    return UpgradeMeasureOut(
        code=m.code, name=TierTextOut(zh=m.name_zh, en=m.name_en), basis=cast(Any, m.basis), unit_cost=f"{m.unit_cost:.2f}",
        running_cost=f"{m.running_cost:.2f}", town_prices={t: f"{Decimal(p):.2f}" for t, p in m.town_prices.items()},
        lead_months=m.lead_months, staff_days=m.staff_days, shareable=m.shareable, theme=m.theme, needs=list(m.needs),
        effects=[
            UpgradeEffectOut(metric=metric, metric_name=text_out(metric), kind=kind, amount=amount)
            for metric, kind, amount in m.effects
        ],
        certainty=cast(Any, m.certainty), note=m.note, changed_at=m.changed_at, changed_by_name=m.changed_by_name,
    )  # fmt: skip


def change_out(changed: MeasureChanged) -> UpgradeMeasureChangeOut:
    prices = [
        UpgradePriceOut(field=cast(Any, name), before=old, after=new) for name, (old, new) in changed.prices.items()
    ]
    return UpgradeMeasureChangeOut(at=changed.at, by_name=changed.by_name, prices=prices)


def _brief(s: UpgradeScenario) -> dict[str, Any]:
    summary = ScenarioSummaryOut(**s.summary) if s.state == "finished" and s.summary else None
    return {
        "id": s.id, "plan_id": s.plan_id, "area_code": s.area_code, "title": s.title, "state": s.state, "why": s.why,
        "assessed_on": s.assessment.day, "asked_at": s.asked_at, "asked_by_name": s.asked_by_name,
        "finished_at": s.finished_at, "summary": summary,
    }  # fmt: skip


def brief_out(s: UpgradeScenario) -> ScenarioBriefOut:
    return ScenarioBriefOut(**_brief(s))


def scenario_out(s: UpgradeScenario, names: Mapping[str, str]) -> ScenarioOut:
    assumed = sum(row["certainty"] == "assumption" for row in s.catalogue)
    why = TierTextOut(**why_of(s)) if s.state == "failed" else None
    return ScenarioOut(
        **_brief(s), why_text=why, asked=s.asked, result=s.result, assumed_costs=assumed, names=dict(names)
    )


def compared_out(scenarios: Sequence[UpgradeScenario]) -> ScenariosComparedOut:
    """Scenarios side by side: the communities that do not end alike."""
    ends: list[dict[str, Any]] = [
        {c["area_code"]: c for c in (s.result or {}).get("communities", ())} if s.state == "finished" else {}
        for s in scenarios
    ]
    found = []
    for code in sorted({code for end in ends for code in end}):
        after = [end[code]["tiers"][-1] if code in end else None for end in ends]
        if len(set(after)) > 1:
            one = next(end[code] for end in ends if code in end)
            found.append(
                CommunityTiersOut(
                    area_code=code, name=one["name"], town_name=one["town_name"], before=one["before"], after=after
                )
            )
    items, terms = [brief_out(s) for s in scenarios], [_terms(s.asked) for s in scenarios]
    return ScenariosComparedOut(items=items, terms=terms, communities=found)


def _terms(asked: Mapping[str, Any]) -> ScenarioTermsOut:
    amounts = [Decimal(str(amount)) for source in asked["sources"] for amount in source["amounts"]]
    return ScenarioTermsOut(
        budget_cents=int(sum(amounts) * 100), first_year=asked["first_year"], years=asked["years"],
        objective=asked.get("objective", "communities"), locks=len(asked.get("locks", ())), bans=len(asked.get("bans", ())),
    )  # fmt: skip
