"""The ladder, a community and assessments over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router

from linli.kernel.http import actor_of, require

from ..entry import assessment_out, community_out, ladder_out
from ..permissions import ASSESS, DECLARE, VIEW
from ..schemas import AssessmentIn, AssessmentOut, AssessmentsOut, CommunityTierOut, LadderOut, LadderQuery
from . import actions, jobs, queries
from .queries import LadderFilter

router = Router(tags=["tiers"])


@router.get("/tiers/ladder", auth=require(VIEW), response=LadderOut, summary="社区等级 / The ladder")
def get_ladder(request: HttpRequest, wanted: Annotated[LadderQuery, Query()]) -> Any:
    """Every community in sight: the tier it was given, the one its figures reach, how far the next one is."""
    narrowed = LadderFilter(wanted.area, wanted.now, wanted.computed, wanted.q)
    return ladder_out(queries.ladder(actor_of(request), narrowed, wanted.cursor, wanted.limit))


@router.get("/tiers/communities/{code}", auth=require(VIEW), response=CommunityTierOut, summary="社区 / A community")
def get_community(request: HttpRequest, code: str) -> Any:
    """A community with every indicator, what is computed and declared of it, and what follows."""
    actor = actor_of(request)
    return community_out(queries.community(actor, code), actor.may(DECLARE, code))


@router.get("/tiers/assessments", auth=require(VIEW), response=AssessmentsOut, summary="评估 / Assessments")
def list_assessments(
    request: HttpRequest, cursor: str | None = None, limit: Annotated[int | None, Query(ge=1, le=200)] = None
) -> Any:
    """The assessments with their state, the last asked for first."""
    actor = actor_of(request)
    page = queries.assessments_page(actor, cursor, limit)
    may_assess = actor.may(ASSESS, settings.LINLI_DISTRICT)
    return AssessmentsOut(items=[assessment_out(each) for each in page.items], next=page.next, may_assess=may_assess)


@router.post("/tiers/assessments", auth=require(ASSESS), response={202: AssessmentOut}, summary="评估 / Assess")
def start_assessment(request: HttpRequest, given: AssessmentIn) -> Any:
    """Assess every community of the district for a day; it is made by a job."""
    made = actions.ask(actor_of(request), given.on)
    jobs.enqueue(made.id)
    return 202, assessment_out(made)
