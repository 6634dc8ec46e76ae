"""The procedure over HTTP: plan years, applications, their steps and verdicts, gaps, acceptance, objections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from linli.kernel.http import actor_of, require

from ..permissions import ACCEPT, APPLY
from . import accepting, acting, entry, hiding, mending, objecting, queries, seeing, verdicts, years
from . import schemas as s
from .models import Objection
from .table import Stage

router = Router(tags=["applications for tiers"], by_alias=True)
READERS, ACTORS = require(*seeing.READERS), require(*seeing.WITHIN)
DISTRICT, COMMUNITY = require(ACCEPT), require(APPLY)


@router.get("/tiers/years", auth=READERS, response=s.PlanYearsOut, summary="创建年度 / Plan years")
def list_plan_years(request: HttpRequest) -> Any:
    """Every plan year with its days, the last first: a list of some tens, given whole."""
    actor = actor_of(request)
    items = [entry.year_out(row) for row in queries.years(actor)]
    return s.PlanYearsOut(items=items, may_plan=actor.may(ACCEPT, settings.LINLI_DISTRICT))


@router.post("/tiers/years", auth=DISTRICT, response={201: s.PlanYearOut}, summary="新建年度 / Open a plan year")
def open_plan_year(request: HttpRequest, given: s.PlanYearIn) -> Any:
    """Open a plan year."""
    actor = actor_of(request)
    made = years.open_year(actor, years.YearGiven(**given.model_dump()))
    return 201, entry.year_out(queries.one_year(actor, made.id))


@router.patch(
    "/tiers/years/{uuid:year}", auth=DISTRICT, response=s.PlanYearOut, summary="调整年度 / Change a plan year"
)
def change_plan_year(request: HttpRequest, year: UUID, given: s.PlanYearChangeIn) -> Any:
    """Change the days of a plan year; those of its applications follow."""
    actor = actor_of(request)
    before = queries.one_year(actor, year).year
    names = ("title", "self_by", "town_by", "accept_by", "publication_days", "document")
    fields = {name: new if (new := getattr(given, name)) is not None else getattr(before, name) for name in names}
    years.change_year(actor, year, given.version, years.YearGiven(year=before.year, **fields))
    return entry.year_out(queries.one_year(actor, year))


@router.post(
    "/tiers/years/{uuid:year}/recheck", auth=DISTRICT, response=s.RecheckAllOut, summary="全面复核 / Re-check all"
)
def recheck_all(request: HttpRequest, year: UUID, given: s.RecheckAllIn) -> Any:
    """Open the re-check of every application that is recognised."""
    return s.RecheckAllOut(opened=years.recheck_all(actor_of(request), year, given.until))


@router.get("/tiers/applications", auth=READERS, response=s.ApplicationsOut, summary="申报 / Applications")
def list_applications(request: HttpRequest, asked: Query[s.ApplicationsQuery]) -> Any:
    """The applications in sight: from within who applies, checks or accepts; of others what was published."""
    wanted = queries.ApplicationFilter(
        asked.year, asked.state, asked.queue == "mine", asked.area, asked.tier, asked.overdue, asked.waiting, asked.q
    )
    found = queries.applications(actor_of(request), wanted, asked.cursor, asked.limit)
    items = [entry.brief_out(row) for row in found.page.items]
    return s.ApplicationsOut(counts=dict(found.counts), items=items, next=found.page.next)  # type: ignore[arg-type]


@router.post("/tiers/applications", auth=DISTRICT, response={201: s.ApplicationsPlannedOut}, summary="列入计划 / Plan")
def plan_applications(request: HttpRequest, given: s.ApplicationsPlanIn) -> Any:
    """Plan that communities try for a tier: all of them or, where one cannot, none."""
    made = years.plan(actor_of(request), given.year_id, given.area_codes, given.tier)
    return 201, s.ApplicationsPlannedOut(items=[each.id for each in made])


@router.get(
    "/tiers/applications/{uuid:application}", auth=READERS, response=s.ApplicationOut, summary="申报 / An application"
)
def get_application(request: HttpRequest, application: UUID) -> Any:
    """An application with all that belongs to it; from outside its public record."""
    return _one(request, application)


@router.post(
    "/tiers/applications/{uuid:application}/actions/{action}",
    auth=ACTORS,
    response=s.ApplicationOut,
    summary="办理 / Take a step",
)
def act_on_application(request: HttpRequest, application: UUID, action: str, given: s.ApplicationActIn) -> Any:
    """Take a step of the table; what it needs is told with it."""
    acting.act(actor_of(request), application, action, acting.Given(**given.model_dump()))
    return _one(request, application)


@router.put(
    "/tiers/applications/{uuid:application}/verdicts/{stage}",
    auth=ACTORS,
    response=s.ApplicationOut,
    summary="指标结论 / Verdicts",
)
def say_verdicts(request: HttpRequest, application: UUID, stage: Stage, given: s.StageVerdictsIn) -> Any:
    """Give verdicts of a stage; indicators that are not named stay as they are."""
    items = [verdicts.Said(**each.model_dump()) for each in given.items]
    verdicts.say(actor_of(request), application, stage, given.version, items)
    return _one(request, application)


@router.post(
    "/tiers/applications/{uuid:application}/gaps",
    auth=COMMUNITY,
    response={201: s.ApplicationGapOut},
    summary="整改 / Add a gap",
)
def add_gap(request: HttpRequest, application: UUID, given: s.ApplicationGapIn) -> Any:
    """Add something to mend."""
    return 201, entry.gap_out(mending.add(actor_of(request), application, mending.GapGiven(**given.model_dump())))


@router.patch(
    "/tiers/applications/{uuid:application}/gaps/{uuid:gap}",
    auth=COMMUNITY,
    response=s.ApplicationGapOut,
    summary="整改 / Change a gap",
)
def change_gap(request: HttpRequest, application: UUID, gap: UUID, given: s.ApplicationGapChangeIn) -> Any:
    """Change a gap, or say when it was done."""
    fields = given.model_dump(exclude={"version"})
    changed = mending.change(actor_of(request), application, gap, given.version, mending.GapGiven(**fields))
    return entry.gap_out(changed)


@router.put(
    "/tiers/applications/{uuid:application}/group", auth=DISTRICT, response=s.ApplicationOut, summary="验收组 / Group"
)
def set_acceptance_group(request: HttpRequest, application: UUID, given: s.AcceptanceGroupIn) -> Any:
    """Say who is in the acceptance group, the leader first."""
    members = [accepting.MemberGiven(**each.model_dump()) for each in given.members]
    accepting.set_group(actor_of(request), application, given.version, members)
    return _one(request, application)


@router.post(
    "/tiers/applications/{uuid:application}/visits",
    auth=DISTRICT,
    response={201: s.SiteVisitOut},
    summary="实地验收 / Visit",
)
def add_site_visit(request: HttpRequest, application: UUID, given: s.SiteVisitIn) -> Any:
    """Enter a visit on site."""
    return 201, entry.visit_out(
        accepting.add_visit(actor_of(request), application, accepting.VisitGiven(**given.model_dump()))
    )


@router.post(
    "/tiers/applications/{uuid:application}/objections",
    auth=COMMUNITY,
    response={201: s.ObjectionOut},
    summary="异议 / Object",
)
def object_to_verdict(request: HttpRequest, application: UUID, given: s.ObjectionIn) -> Any:
    """An objection of the community."""
    made = objecting.object_within(actor_of(request), application, given.text, given.indicator or "")
    return 201, entry.objection_out(made, None, shown=False)


@router.post(
    "/tiers/applications/{uuid:application}/objections/{uuid:objection}/answer", auth=DISTRICT, response=s.ObjectionOut,
    summary="答复异议 / Answer",
)  # fmt: skip
def answer_objection(request: HttpRequest, application: UUID, objection: UUID, given: s.ObjectionAnswerIn) -> Any:
    """Answer an objection, once."""
    done = objecting.answer(actor_of(request), application, objection, given.answer, given.alike)
    return _objection(done)


@router.post(
    "/tiers/applications/{uuid:application}/objections/{uuid:objection}/sight", auth=DISTRICT, response=s.ObjectionOut,
    summary="隐藏异议内容 / Hide",
)  # fmt: skip
def hide_objection(request: HttpRequest, application: UUID, objection: UUID, given: s.ObjectionSightIn) -> Any:
    """Hide the words of an objection of the public from all but those who answer it, or show them again: a step with its reason."""
    done = hiding.set_hidden(actor_of(request), application, objection, given.hidden, given.reason, given.alike)
    return _objection(done)


@router.post(
    "/tiers/applications/{uuid:application}/objections/{uuid:objection}/reveal", auth=DISTRICT, response=s.ObjectionContactOut,
    summary="查看联系方式 / Reveal",
)  # fmt: skip
def reveal_objection_contact(
    request: HttpRequest, application: UUID, objection: UUID, given: s.ObjectionRevealIn
) -> Any:
    """Where who objected is reached, for a purpose that is noted."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
    return s.ObjectionContactOut(
        contact=objecting.reveal_contact(actor_of(request), application, objection, given.purpose)
    )


def _objection(one: Objection) -> s.ObjectionOut:
    """An objection, to somebody who answers it."""
    return entry.objection_out(one, hiding.hidden_of([one.id]).get(one.id), shown=True)


def _one(request: HttpRequest, application: UUID) -> s.ApplicationOut:
    return entry.application_out(queries.application(actor_of(request), application))
