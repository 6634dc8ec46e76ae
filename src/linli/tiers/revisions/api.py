"""Revisions over HTTP: the next version of a system, changed by whoever keeps the systems and put in force from a day."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from linli.kernel.http import actor_of, language_of, require

from ..permissions import SYSTEM_EDIT
from . import actions, queries
from .entry import about_in, detail_out, revision_out, row_in
from .schemas import (
    RevisionAboutIn,
    RevisionBeginIn,
    RevisionDetailOut,
    RevisionIndicatorIn,
    RevisionPublishIn,
    RevisionsOut,
    RevisionStepIn,
)

router = Router(tags=["tiers"])
KEEPER = require(SYSTEM_EDIT)
Code = Annotated[str, Path(...), Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


@router.get("/tiers/revisions", auth=KEEPER, response=RevisionsOut, summary="修订稿 / Revisions")
def list_revisions(request: HttpRequest) -> Any:
    """The revisions that are worked on; a few, given whole."""
    return RevisionsOut(items=[revision_out(each) for each in queries.revisions(actor_of(request))])


@router.post("/tiers/revisions", auth=KEEPER, response={201: RevisionDetailOut}, summary="开始修订 / Begin a revision")
def begin_revision(request: HttpRequest, given: RevisionBeginIn) -> Any:
    """Begin the next version as a copy of one there is."""
    return 201, _told(request, actions.begin(actor_of(request), given.base).id)


@router.get("/tiers/revisions/{uuid:revision}", auth=KEEPER, response=RevisionDetailOut)
def get_revision(request: HttpRequest, revision: UUID) -> Any:
    """A revision with its indicators, what it changes, and what does not hold yet."""
    return _told(request, revision)


@router.patch("/tiers/revisions/{uuid:revision}", auth=KEEPER, response=RevisionDetailOut)
def change_revision(request: HttpRequest, revision: UUID, given: RevisionAboutIn) -> Any:
    """Change the facts of the system, and whether villages are assessed."""
    actions.change_about(actor_of(request), revision, given.version, about_in(given), given.villages)
    return _told(request, revision)


@router.put("/tiers/revisions/{uuid:revision}/indicators/{code}", auth=KEEPER, response=RevisionDetailOut)
def put_indicator(request: HttpRequest, revision: UUID, code: Code, given: RevisionIndicatorIn) -> Any:
    """Change an indicator, or enter a new one under a code of its own; what does not hold is told and nothing is saved."""
    actions.put_indicator(actor_of(request), revision, given.version, row_in(code, given))
    return _told(request, revision)


@router.post("/tiers/revisions/{uuid:revision}/indicators/{code}/remove", auth=KEEPER, response=RevisionDetailOut)
def remove_indicator(request: HttpRequest, revision: UUID, code: Code, given: RevisionStepIn) -> Any:
    """Leave an indicator out of the next version."""
    actions.remove_indicator(actor_of(request), revision, given.version, code)
    return _told(request, revision)


@router.post(
    "/tiers/revisions/{uuid:revision}/publish", auth=KEEPER, response=RevisionDetailOut, summary="施行 / Put in force"
)
def publish_revision(request: HttpRequest, revision: UUID, given: RevisionPublishIn) -> Any:
    """Put it in force from a day on, as the next version; what was assessed keeps the version it was assessed by."""
    actions.publish(actor_of(request), revision, given.version, given.follows, given.effective_from)
    return _told(request, revision)


@router.post("/tiers/revisions/{uuid:revision}/drop", auth=KEEPER, response=RevisionDetailOut, summary="作废 / Drop")
def drop_revision(request: HttpRequest, revision: UUID, given: RevisionStepIn) -> Any:
    """Give it up."""
    actions.drop(actor_of(request), revision, given.version)
    return _told(request, revision)


def _told(request: HttpRequest, revision: UUID) -> RevisionDetailOut:
    return detail_out(queries.revision(actor_of(request), revision), language_of(request))
