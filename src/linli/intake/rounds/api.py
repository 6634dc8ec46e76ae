"""Rounds over HTTP: opening and closing, lists with progress, returns with their rows, steps, differences and files."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from linli.kernel import files
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry.person_ids import PersonId
from linli.registry.problems import PurposeMissing

from ..ledgers.api import SHORTEST_PURPOSE, XLSX
from ..permissions import LEDGER_FILL, ROUND_CHECK, ROUND_COMPLETE, ROUND_OPEN, ROUND_SUBMIT, ROUND_VIEW
from . import looking, queries
from .actions import answers, returns, rounds
from .asking import Asking
from .rules import Deed
from .schemas import (
    AnsweredOut,
    AnswerIn,
    AskedRowsOut,
    DifferencesOut,
    FileIn,
    ReturnDetailOut,
    ReturnIn,
    ReturnOut,
    RoundIn,
    RoundOut,
    StepIn,
    asked_out,
    detail_out,
    differences_out,
    return_out,
    round_out,
    rows_out,
)

router = Router(tags=["rounds"])
State = Literal["draft", "submitted", "accepted", "returned"]


@router.get("/rounds", response=PageOut[RoundOut], auth=require(ROUND_VIEW))
def list_rounds(
    request: HttpRequest, state: Literal["open", "closed"] | None = None, area: str | None = None,
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """Rounds that ask something of one's areas, the last due first."""
    page = queries.rounds(actor_of(request), state=state, under=area, cursor=cursor, limit=limit)
    return {"items": [round_out(row) for row in page.items], "next": page.next, "count": page.count}


@router.post("/rounds", response={201: RoundOut}, auth=require(ROUND_OPEN))
def open_round(request: HttpRequest, body: RoundIn) -> Any:
    """Ask for a form over an area: a return for each of its villages, and its towns where the district asks."""
    actor = actor_of(request)
    form = rounds.RoundForm(body.form, body.area, body.period, body.as_of, body.due_on, body.fresh_days)
    made = rounds.open_round(actor, form)
    return Status(201, round_out(queries.round_(actor, made.id)))


@router.get("/rounds/{uuid:round_id}", response=RoundOut, auth=require(ROUND_VIEW))
def get_round(request: HttpRequest, round_id: UUID) -> Any:
    """One round with what of it is in sight."""
    return round_out(queries.round_(actor_of(request), round_id))


@router.post("/rounds/{uuid:round_id}/close", response=RoundOut, auth=require(ROUND_OPEN))
def close_round(request: HttpRequest, round_id: UUID) -> Any:
    """End a round; nothing is sent in it any more."""
    actor = actor_of(request)
    queries.round_(actor, round_id)
    rounds.close_round(actor, round_id)
    return round_out(queries.round_(actor, round_id))


@router.get("/returns", response=PageOut[ReturnOut], auth=require(ROUND_VIEW))
def list_returns(
    request: HttpRequest, round: UUID | None = None, area: str | None = None, state: State | None = None,
    todo: Literal["complete", "submit", "check"] | None = None, cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """Returns in sight, the first due first. `todo`: those that wait for whoever asks."""
    page = queries.returns(
        actor_of(request), round_id=round, under=area, state=state, todo=todo, cursor=cursor, limit=limit
    )
    return {"items": [return_out(row) for row in page.items], "next": page.next, "count": page.count}


@router.get("/returns/{uuid:return_id}", response=ReturnDetailOut, auth=require(ROUND_VIEW))
def get_return(request: HttpRequest, return_id: UUID) -> Any:
    """One return with its steps, its versions and what can be done with it now."""
    return detail_out(queries.return_(actor_of(request), return_id))


@router.get("/returns/{uuid:return_id}/rows", response=AskedRowsOut, auth=require(ROUND_COMPLETE))
def list_rows(
    request: HttpRequest, return_id: UUID, every: bool = False, person: PersonId | None = None,
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """The people of whom something is asked (`every` one, or one `person`) in the areas one completes, everything else
    filled in."""
    language = language_of(request)
    found = looking.rows(
        actor_of(request), return_id, every=every, person=person, cursor=cursor, limit=limit, language=language
    )  # fmt: skip
    return rows_out(found, language)


@router.post("/returns/{uuid:return_id}/rows/{uuid:person}", response=AnsweredOut, auth=require(ROUND_COMPLETE))
def answer_row(request: HttpRequest, return_id: UUID, person: PersonId, body: AnswerIn) -> Any:
    """Answer what a row asks: values go into the base, "nothing changed" confirms. Other than `version`: nothing is kept."""
    actor, language = actor_of(request), language_of(request)
    row = answers.answer(actor, return_id, person, body.answers, body.version, confirm=body.confirm)
    if row is None:
        return {"row": None}
    owner = queries.find(actor, return_id)
    columns = {b.name for b in looking.told(actor, Asking(owner.round).columns, owner.area_code)}
    return {"row": asked_out(row, language, columns)}


@router.get("/returns/{uuid:return_id}/differences", response=DifferencesOut, auth=require(ROUND_VIEW))
def list_differences(
    request: HttpRequest, return_id: UUID, against: Literal["round", "returned"] = "round",
    kind: Literal["added", "gone", "changed"] = "changed", version: int | None = None, cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """What differs from what was accepted last time, or from what was returned; numbers masked."""
    found = looking.compared(
        actor_of(request), return_id, against=against, kind=kind, number=version, cursor=cursor, limit=limit,
        language=language_of(request),
    )  # fmt: skip
    return differences_out(found)


@router.post("/returns/{uuid:return_id}/submit", response=ReturnDetailOut, auth=require(ROUND_SUBMIT))
def submit_return(request: HttpRequest, return_id: UUID, body: StepIn) -> Any:
    """Send a return up: what it holds is frozen as its next version."""
    return _step(request, return_id, Deed.SUBMIT, body.reason)


@router.post("/returns/{uuid:return_id}/accept", response=ReturnDetailOut, auth=require(ROUND_CHECK))
def accept_return(request: HttpRequest, return_id: UUID, body: StepIn) -> Any:
    """Accept what was sent up."""
    return _step(request, return_id, Deed.ACCEPT, body.reason)


@router.post("/returns/{uuid:return_id}/return", response=ReturnDetailOut, auth=require(ROUND_CHECK))
def give_back(request: HttpRequest, return_id: UUID, body: ReturnIn) -> Any:
    """Give a return back to be mended, with the reason."""
    return _step(request, return_id, Deed.RETURN, body.reason)


@router.post("/returns/{uuid:return_id}/versions/{number}/file", auth=require(LEDGER_FILL))
def take_file(request: HttpRequest, return_id: UUID, number: int, body: FileIn) -> HttpResponse:
    """The form of a version as a workbook: the same cells whatever the base says by now."""
    request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be taken again without a note
    if len(body.purpose.strip()) < SHORTEST_PURPOSE:
        raise PurposeMissing()
    with files.scratch() as folder:
        target = folder / "return.xlsx"
        name = looking.write_file(
            actor_of(request), return_id, number, target, purpose=body.purpose, full=body.full,
            language=language_of(request),
        )  # fmt: skip
        response = HttpResponse(target.read_bytes(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename=\"return.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


def _step(request: HttpRequest, return_id: UUID, deed: Deed, reason: str) -> Any:
    actor = actor_of(request)
    queries.find(actor, return_id, whole=True)
    returns.do(actor, return_id, deed, reason)
    return detail_out(queries.return_(actor, return_id))
