"""A question as people ask it: money in CNY, tiers by name, years of the calendar; and as the optimiser takes it. Pure but for names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from linli.kernel.errors import Text

from ..optimum.instance import (
    Awards,
    Ban,
    Bound,
    Community,
    Fairness,
    Instance,
    Lock,
    Measure,
    Objective,
    Refused,
    Source,
)
from ..rules import TIERS

#: What is said of awards in the district's answer: up to 100,000 CNY for the lower two tiers, up to 1,000,000 for the highest.
AWARDS = (Decimal(100_000), Decimal(100_000), Decimal(1_000_000))
OBJECTIVES: dict[str, Objective] = {
    "communities": Objective((1.0, 2.0, 4.0)),
    "people": Objective((0.0, 0.0, 0.0), people=1.0),
    "index": Objective((1.0, 2.0, 4.0), people=0.5, old_bonus=0.2),
}
RANK: dict[str, int] = {name: i + 1 for i, name in enumerate(TIERS)}


def simple(budget: Decimal, years: int, first_year: int) -> dict[str, Any]:
    """A question with one source, the budget spread evenly; what does not divide falls into the first year."""
    whole = int((budget * 100).to_integral_value())
    share = whole // years if years > 0 else 0
    amounts = [whole - share * (years - 1), *([share] * (years - 1))] if years > 0 else []
    return {
        "title": "", "first_year": first_year, "years": years, "objective": "communities",
        "sources": [{"code": "district", "amounts": [str(Decimal(a) / 100) for a in amounts]}],
        "awards": True, "per_town": 0, "old_share": 0.0, "keep": True, "staff": None, "locks": [], "bans": [], "front": False,
    }  # fmt: skip


def instance(
    asked: Mapping[str, Any],
    communities: Sequence[Community],
    measures: Sequence[Measure],
    bounds: Sequence[Bound],
) -> Instance:
    """The question with its inputs. Raises Refused for a year outside the plan."""
    first, years = int(asked["first_year"]), int(asked["years"])

    def year(given: int | None) -> int | None:
        if given is None:
            return None
        if not first <= given < first + years:
            raise Refused("year", Text("年份 {year} 不在方案内。", "Year {year} is not in the plan."), year=given)
        return given - first

    def tier(given: str | None) -> int | None:
        return RANK[given] if given else None

    return Instance(
        years,
        tuple(communities),
        tuple(measures),
        tuple(bounds),
        tuple(
            Source(
                s["code"],
                tuple(int((Decimal(str(a)) * 100).to_integral_value()) for a in s["amounts"]),
                s.get("carries", True),
                frozenset(s.get("themes") or ()),
                frozenset(s.get("towns") or ()),
                s.get("old_only", False),
            )
            for s in asked["sources"]
        ),
        len(TIERS),
        tuple(asked["staff"]) if asked.get("staff") is not None else None,
        Awards(tuple(int(a * 100) for a in AWARDS)) if asked.get("awards", True) else Awards(),
        Fairness(asked.get("per_town", 0), asked.get("old_share", 0.0), asked.get("keep", True)),
        OBJECTIVES[asked.get("objective", "communities")],
        tuple(
            Lock(x["community"], tier(x.get("tier")), x.get("measure"), year(x.get("year")))
            for x in asked.get("locks", ())
        ),
        tuple(Ban(x.get("community"), x.get("measure"), tier(x.get("tier"))) for x in asked.get("bans", ())),
    )
