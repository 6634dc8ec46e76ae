"""What else has to hold before a step is taken, beside the table: in words that say what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from linli.kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an application. `unjudged`: of how many indicators a stage gave or confirmed no verdict in this round; `gapless`: missed ones
    without a gap; `missed`: missed by the district; `open_objections`: not answered yet; `held`: the community of a refused one has the same or a
    higher tier by now."""

    today: date
    unjudged: dict[str, int]
    gapless: int = 0
    missed: int = 0
    members: int = 0
    visits: int = 0
    open_objections: int = 0
    answered_objections: int = 0
    reported: bool = False
    decided: bool = False
    held: bool = False
    published_until: date | None = None


def missing(action: str, facts: Facts) -> Text | None:
    """Why a step is not taken yet; None where nothing is missing."""
    match action:
        case "submit":
            if facts.unjudged["self"]:
                return _count(
                    "还有 {n} 条指标没有自评结论或没有确认。",
                    "{n} indicators have no verdict of the self-assessment, or one to confirm.",
                    facts.unjudged["self"],
                )
            if facts.gapless:
                return _count(
                    "还有 {n} 条未达标的指标没有整改项。", "{n} missed indicators have no gap to mend.", facts.gapless
                )
        case "pass_town":
            if facts.unjudged["town"]:
                return _count(
                    "还有 {n} 条指标没有核查结论或没有确认。",
                    "{n} indicators have no verdict of the town, or one to confirm.",
                    facts.unjudged["town"],
                )
        case "pass_acceptance":
            if facts.unjudged["district"]:
                return _count(
                    "还有 {n} 条指标没有验收结论或没有确认。",
                    "{n} indicators have no verdict of the acceptance, or one to confirm.",
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
        case "uphold_objection":
            if not facts.answered_objections:
                return Text("请先答复成立的异议。", "Answer the objection that is upheld first.")
        case "reopen":
            if facts.held:
                return Text("该社区已是同级或更高等级。", "The community holds the same or a higher tier by now.")
        case "correct_report":
            if not facts.reported:
                return Text("没有登记过上报。", "No report was entered.")
        case "correct_decision":
            if not facts.decided:
                return Text("没有登记过认定结论。", "No decision was entered.")
    return None


def _count(zh: str, en: str, n: int) -> Text:
    return Text(zh.format(n=n), en.format(n=n))
