"""Reporters over HTTP, for staff: how a case is followed, and answering the public. Reporters themselves come by `linli.public`."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.kernel.http import actor_of, require

from ..permissions import HANDLE, VIEW
from . import actions, numbers, queries, rules
from .models import CaseAnswer
from .schemas import (
    CaseAnswerIn,
    CaseAnswerOut,
    FollowingOut,
    ReporterMessageOut,
    ReporterRatingOut,
    TrackingNumberOut,
)

router = Router(tags=["cases"])
#: Who sees the case gets here; who may answer is asked where it lies (`actions.may_answer`).
SEEN = require(VIEW, HANDLE)


@router.get("/cases/{case_id}/reporter", auth=SEEN, response=FollowingOut)
def case_reporter(request: HttpRequest, case_id: UUID) -> Any:
    """Whether somebody outside follows the case, what they were answered and told."""
    actor = actor_of(request)
    found = queries.following(actor, case_id)
    return FollowingOut(
        followed=found.followed, told_by=found.told_by, stopped=found.stopped, may_answer=found.may_answer,
        may_issue=found.may_issue, issued=found.issued,
        answers=[_answer(each) for each in found.answers],
        messages=[
            ReporterMessageOut(kind=cast(Any, m.kind), state=cast(Any, m.state), due_at=m.due_at) for m in found.messages
        ],
        ratings=[
            ReporterRatingOut(responded=r.responded, solved=r.solved, satisfied=r.satisfied, at=cast(Any, r.rated_at))
            for r in found.ratings
        ],
    )  # fmt: skip


@router.post("/cases/{case_id}/answers", auth=SEEN, response={201: CaseAnswerOut})
def answer_public(request: HttpRequest, case_id: UUID, given: CaseAnswerIn) -> Any:
    """Answer the public: what they read with their tracking number."""
    return 201, _answer(actions.publish(actor_of(request), case_id, given.text))


@router.post("/cases/{case_id}/reporter/number", auth=SEEN, response={201: TrackingNumberOut})
def give_out_number(request: HttpRequest, case_id: UUID) -> Any:
    """A tracking number for somebody who reported by telephone or at the counter; shown this once, an earlier one is void."""
    request.keep_answer = False  # type: ignore[attr-defined]  # it is kept nowhere
    case, number = numbers.issue_number(actor_of(request), case_id)
    return 201, TrackingNumberOut(number=rules.shown(number), case_number=case.number)


def _answer(found: CaseAnswer) -> CaseAnswerOut:
    return CaseAnswerOut(text=found.text, unit_name=found.unit_name, by_name=found.by_name, at=found.at)
