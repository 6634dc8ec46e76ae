"""Answers of the API made from what reads of the procedure found."""

from __future__ import annotations

from typing import Any, cast

from linli.kernel import clock
from linli.kernel.errors import Text

from ..papers.kinds import papers_of
from ..schemas import TierTextOut
from . import rules, schemas, steps
from .models import (
    Application,
    ApplicationGap,
    ApplicationStep,
    IndicatorVerdict,
    Objection,
    ObjectionHiding,
    PlanYear,
    SiteVisit,
)
from .queries import Detail, IndicatorRow, Possible, Row, YearRow
from .table import PUBLIC

#: The public page of one that is open to everybody.
PAGE = "/tiers-public/{id}"


def said(text: Text) -> TierTextOut:
    return TierTextOut(zh=text.zh, en=text.en)


def _system(year: PlanYear) -> schemas.PlanYearSystemOut:
    return schemas.PlanYearSystemOut(id=year.system_id, title=year.system.title, version=str(year.system.version))


def year_out(row: YearRow) -> schemas.PlanYearOut:
    """A plan year."""
    year = row.year
    return schemas.PlanYearOut(
        id=year.id, version=year.version, year=year.year, title=year.title, system=_system(year), self_by=year.self_by, town_by=year.town_by,
        accept_by=year.accept_by, publication_days=year.publication_days, document=year.document,
        counts=cast(Any, dict(row.counts)),
    )  # fmt: skip


def _shared(row: Row) -> dict[str, Any]:
    each = row.application
    return {
        "id": each.id, "area_code": each.area_code, "name": row.name, "town_name": row.town_name, "tier": each.tier, "state": each.state,
        "due_on": each.due_on, "overdue": rules.overdue(each.due_on, clock.today()), "met": each.met, "missed": each.missed,
        "unknown": each.unknown, "of": each.of, "synthetic": each.synthetic, "within": row.within,
    }  # fmt: skip


def brief_out(row: Row) -> schemas.ApplicationBriefOut:
    """An application as a line of the list."""
    return schemas.ApplicationBriefOut(
        **_shared(row), year=row.application.plan_year.year, gaps_open=row.gaps_open, objections_open=row.objections_open,
        updated_at=row.application.updated_at,
    )  # fmt: skip


def application_out(found: Detail) -> schemas.ApplicationOut:
    """An application with all that belongs to it."""
    each, year = found.row.application, found.row.application.plan_year
    return schemas.ApplicationOut(
        **_shared(found.row), version=each.version,
        year=schemas.ApplicationYearOut(
            id=year.id, year=year.year, title=year.title, self_by=year.self_by, town_by=year.town_by, accept_by=year.accept_by,
            publication_days=year.publication_days, system=_system(year),
        ),
        judges=found.judging, may=sorted(found.may), actions=[_action(one) for one in found.actions],
        indicators=[_indicator(one) for one in found.indicators], gaps=[gap_out(one) for one in found.gaps],
        group=[schemas.AcceptanceMemberOut(name=one.name, unit=one.unit, post=one.post) for one in found.members],
        visits=[visit_out(one) for one in found.visits],
        objections=[objection_out(one, found.hidden.get(one.id), shown="answer" in found.may) for one in found.objections],
        accepted_on=each.accepted_on, recheck_by=each.recheck_by, rechecked_on=each.rechecked_on,
        warnings=[
            schemas.StandingWarningOut(indicator=one.indicator, since=one.since, shown=said(text)) for one, text in found.warnings
        ],
        papers=_papers(found) if found.row.within else [], steps=[_step(one) for one in found.steps], **_record(each),
    )  # fmt: skip


def _papers(found: Detail) -> list[schemas.ApplicationPaperOut]:
    """The papers that can be made of it now."""
    offered = papers_of(found.row.application, found.steps)
    return [schemas.ApplicationPaperOut(kind=each.kind, title=said(each.title), draft=each.draft) for each in offered]


def _record(each: Application) -> dict[str, Any]:
    """The parts of the public record."""
    found: dict[str, Any] = dict.fromkeys(("publication", "report", "decision", "award"))
    if each.published_from is not None and each.published_until is not None:
        path = PAGE.format(id=each.id) if each.state in PUBLIC else None
        found["publication"] = schemas.ApplicationPublicationOut(
            first=each.published_from, until=each.published_until, path=path
        )
    if each.reported_on is not None:
        found["report"] = schemas.ApplicationReportOut(document=each.report_document, on=each.reported_on)
    if each.decided_on is not None:
        found["decision"] = schemas.ApplicationDecisionOut(
            outcome=cast(Any, each.outcome),
            document=each.decision_document,
            authority=each.decided_by,
            on=each.decided_on,
        )
    if each.award_cents is not None and each.awarded_on is not None:
        found["award"] = schemas.ApplicationAwardOut(
            cents=each.award_cents, on=each.awarded_on, document=each.award_document
        )
    return found


def _action(one: Possible) -> schemas.ApplicationActionOut:
    return schemas.ApplicationActionOut(
        name=one.action.name, title=said(one.action.title), allowed=one.why_not is None,
        why_not=said(one.why_not) if one.why_not else None, needs=list(one.action.asks),
    )  # fmt: skip


def _indicator(one: IndicatorRow) -> schemas.ApplicationIndicatorOut:
    each, verdicts = one.indicator, one.verdicts
    stages = {stage: _verdict(verdicts.get(stage)) for stage in ("self", "town", "district")}
    return schemas.ApplicationIndicatorOut.model_validate(
        {
            "code": each.code, "tier": each.tier, "level1": each.level1, "name": each.name, "requirement": each.requirement,
            "certainty": each.certainty, "evidence_wanted": each.evidence_wanted, "evidence": one.evidence,
            "computed": one.computed, "shown": said(one.shown), "path": one.path, **stages,
        }
    )  # fmt: skip


def _verdict(one: IndicatorVerdict | None) -> schemas.StageVerdictOut | None:
    if one is None:
        return None
    return schemas.StageVerdictOut(
        verdict=cast(Any, one.verdict), reason=one.reason, prefilled=one.prefilled, by=one.actor_name, at=one.at
    )


def gap_out(one: ApplicationGap) -> schemas.ApplicationGapOut:
    """A gap."""
    late = one.done_on is None and rules.overdue(one.due_on, clock.today())
    return schemas.ApplicationGapOut(
        id=one.id, version=one.version, indicator=one.indicator, todo=one.todo, owner=one.owner, due_on=one.due_on, done_on=one.done_on,
        overdue=late, note=one.note,
    )  # fmt: skip


def visit_out(one: SiteVisit) -> schemas.SiteVisitOut:
    """A visit on site."""
    return schemas.SiteVisitOut(id=one.id, day=one.day, place=one.place, notes=one.notes, by=one.added_by_name)


def objection_out(one: Objection, hidden: ObjectionHiding | None, *, shown: bool) -> schemas.ObjectionOut:
    """An objection; `shown`: to somebody who answers it, with the masked contact, and with its words though they be hidden."""
    step = None
    if hidden is not None:
        step = schemas.ObjectionHiddenOut(reason=hidden.reason, at=hidden.at, by=hidden.actor_name)
    return schemas.ObjectionOut(
        id=one.id, origin=cast(Any, one.origin), text=one.text if shown or hidden is None else "", indicator=one.indicator or None,
        at=one.at, contact=one.masked if shown else "", answer=one.answer or None, answered_at=one.answered_at,
        answered_by=one.answered_by_name, hidden=step,
    )  # fmt: skip


def _step(one: ApplicationStep) -> schemas.ApplicationStepOut:
    return schemas.ApplicationStepOut(
        action=one.action, title=said(steps.title_of(one.action)), before=cast(Any, one.from_state or None),
        after=cast(Any, one.to_state), by=one.actor_name, unit=one.unit_name, at=one.at, reason=one.reason,
    )  # fmt: skip
