"""What else has to hold before a step is taken, beside the table: in words that say what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an application. `unjudged`: how many indicators the stage has no verdict of, by stage; `gapless`: missed ones
    without a gap; `missed`: missed by the district; `open_objections`: not answered yet."""

    today: date
    unjudged: dict[str, int]
    gapless: int = 0
    missed: int = 0
    members: int = 0
    visits: int = 0
    open_objections: int = 0
    published_until: date | None = None


def missing(action: str, facts: Facts) -> Text | None:
    """Why a step is not taken yet; None where nothing is missing."""
    match action:
        case "submit":
            if facts.unjudged["self"]:
                return _count(
                    "还有 {n} 条指标没有自评结论。",
                    "{n} indicators have no verdict of the self-assessment.",
                    facts.unjudged["self"],
                )
            if facts.gapless:
                return _count(
                    "还有 {n} 条未达标的指标没有整改项。", "{n} missed indicators have no gap to mend.", facts.gapless
                )
        case "pass_town":
            if facts.unjudged["town"]:
                return _count(
                    "还有 {n} 条指标没有核查结论。",
                    "{n} indicators have no verdict of the town.",
                    facts.unjudged["town"],
                )
        case "pass_acceptance":
            if facts.unjudged["district"]:
                return _count(
                    "还有 {n} 条指标没有验收结论。",
                    "{n} indicators have no verdict of the acceptance.",
                    facts.unjudged["district"],
                )
            if facts.missed:
                return _count("有 {n} 条指标验收为未达标。", "{n} indicators are missed.", facts.missed)
            if not facts.members:
                return Text("请先登记验收组。", "Name the acceptance group first.")
            if not facts.visits:
                return Text("请先登记实地验收。", "Enter the visit on site first.")
            if facts.open_objections:
                return _count("还有 {n} 条异议没有答复。", "{n} objections are not answered.", facts.open_objections)
        case "end_publication":
            if facts.published_until is None or facts.today <= facts.published_until:
                return Text(
                    f"公示到 {facts.published_until} 为止，期满后才能结束。",
                    f"It is published until {facts.published_until}; it ends after that day.",
                )
            if facts.open_objections:
                return _count("还有 {n} 条异议没有答复。", "{n} objections are not answered.", facts.open_objections)
    return None


def _count(zh: str, en: str, n: int) -> Text:
    return Text(zh.format(n=n), en.format(n=n))
