"""Board, map and batches of cases over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from linli.access import reads
from linli.kernel.area_names import names_of
from linli.kernel.errors import Problem
from linli.kernel.http import actor_of, language_of, require, unless_had, written

from ..engine.effects import Given
from ..engine.lines import line
from ..engine.schemas import CaseFilterQuery
from ..engine.states import STAGES, stands_as
from ..permissions import ACCEPT, CLOSE, DISPATCH, HANDLE, VIEW
from . import batch, queries
from .schemas import CaseColumnOut, CasePointsOut, ManyActionOut, ManyOut, ManyStepIn, OutcomeOut

router = Router(tags=["cases"])


@router.get("/cases/board", auth=require(VIEW, HANDLE), response=list[CaseColumnOut])
def case_board(request: HttpRequest, wanted: Annotated[CaseFilterQuery, Query()]) -> Any:
    """The cases of a list by stage: how many in each, and those soonest due."""
    language = language_of(request)
    columns = queries.board(actor_of(request), wanted.wanted())
    codes = [row.area_code for column in columns for row in column.cards]
    reads.note("list", "case", area=wanted.area, over=codes, count=len(codes))
    named = names_of(codes)
    return written(
        [
            {
                "stage": c.stage, "name": STAGES[c.stage].say(language), "count": c.count,
                "cards": [line(row, named, language) for row in c.cards],
            }
            for c in columns
        ],
        request,
    )  # fmt: skip


@router.get("/cases/points", auth=require(VIEW, HANDLE), response=CasePointsOut)
def case_points(request: HttpRequest, wanted: Annotated[CaseFilterQuery, Query()]) -> Any:
    """The cases of a list on a map. The rows come from the database as they are sent."""
    found = queries.points(actor_of(request), wanted.wanted())
    reads.note("list", "case", area=wanted.area, count=found.taken)
    tail = orjson.dumps({"taken": found.taken, "unplaced": found.unplaced, "more": found.more})
    made = HttpResponse(b'{"rows":' + found.rows.encode() + b"," + tail[1:], content_type="application/json")
    return unless_had(request, made)


@router.get("/cases/batch/actions", auth=require(ACCEPT, DISPATCH, HANDLE, CLOSE), response=list[ManyActionOut])
def case_many_actions(request: HttpRequest) -> Any:
    """The steps the reader may take in many cases at once."""
    language = language_of(request)
    return [
        ManyActionOut(
            code=a.code,
            label=a.label.say(language),
            kind=a.kind,
            main=a.main,
            asks=list(a.asks),
            states=list(a.sources),
        )
        for a in batch.offered(actor_of(request))
    ]


@router.post("/cases/batch/{action}", auth=require(ACCEPT, DISPATCH, HANDLE, CLOSE), response=ManyOut)
def case_many_step(request: HttpRequest, action: str, given: ManyStepIn) -> Any:
    """Take one step in up to 200 cases. Each is done or refused for itself; the answer says which and why."""
    actor, language = actor_of(request), language_of(request)
    entries = given.dict(exclude={"cases"}) | {"version": 0, "clock": given.clock or ""}
    chosen = [batch.Chosen(each.id, each.version) for each in given.cases]
    outcomes = batch.act_on_many(actor, action, chosen, Given(**entries))
    done = sum(outcome.problem is None for outcome in outcomes)
    return ManyOut(done=done, refused=len(outcomes) - done, outcomes=[_outcome(o, language) for o in outcomes])


def _outcome(outcome: batch.Outcome, language: str) -> OutcomeOut:
    problem, state = outcome.problem, outcome.state
    return OutcomeOut(
        id=outcome.id, number=outcome.number, done=problem is None, state=state,
        state_name=stands_as(state, outcome.transferred).say(language) if state else "", version=outcome.version,
        code=problem.code if problem else "", refused=_said(problem, language) if problem else None,
    )  # fmt: skip


def _said(problem: Problem, language: str) -> str:
    """Why, in one sentence: what depends on the case says more than the kind of problem does."""
    own = [field.text.say(language, field.params) for field in problem.fields if field.field in ("action", "version")]
    said = own or [
        problem.text.say(language, problem.params),
        *(f.text.say(language, f.params) for f in problem.fields),
    ]
    return " ".join(dict.fromkeys(said))
