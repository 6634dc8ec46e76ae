"""迁入 requests over HTTP."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry import schemas
from linli.registry.actions import decisions
from linli.registry.permissions import DECIDE, VIEW
from linli.registry.queries.decisions import TransferRow, transfers_page

from .homes import count_out
from .people import ELSEWHERE

router = Router(tags=["transfers"])


@router.get("/transfers", auth=require(VIEW), response=PageOut[schemas.TransferOut])
def list_transfers(
    request: HttpRequest,
    state: Literal["open", "approved", "rejected"] = "open",
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[schemas.TransferOut]:
    """Requests that touch the actor's areas; the place people leave is named to those who may see it."""
    actor = actor_of(request)
    page = transfers_page(actor, state, area, cursor, limit)
    named = names_of([r.to_area for r in page.items] + [r.from_area for r in page.items])
    deciders = actors.names_of(r.decided_by for r in page.items)
    return PageOut(
        items=[
            schemas.TransferOut(
                id=r.id,
                state=r.state,
                name=r.name,
                from_area=schemas.AreaRef(code=r.from_area, name=named[r.from_area]) if r.sees_from else None,
                to_area=schemas.AreaRef(code=r.to_area, name=named[r.to_area]),
                opened_at=r.opened_at,
                batch_id=r.batch_id,
                row=r.row,
                decided_at=r.decided_at,
                decided_by=_decider(r, deciders, language_of(request)),
                reason=r.reason,
                may_decide=r.state == "open" and actor.may(DECIDE, r.from_area),
            )
            for r in page.items
        ],
        next=page.next,
        count=count_out(page.count),
    )


def _decider(row: TransferRow, names: dict[str, actors.Name], language: str) -> str | None:
    if row.decided_at is None:
        return None
    return actors.display_name(row.decided_by, names) if row.decided_by else ELSEWHERE.say(language)


@router.post("/transfers/{transfer_id}/approve", auth=require(DECIDE), response={204: None})
def approve(request: HttpRequest, transfer_id: UUID, given: schemas.TransferDecisionIn) -> tuple[int, None]:
    """Let the person move: both places see one person from now on."""
    decisions.decide_transfer(actor_of(request), transfer_id, True, given.reason)
    return 204, None


@router.post("/transfers/{transfer_id}/reject", auth=require(DECIDE), response={204: None})
def reject(request: HttpRequest, transfer_id: UUID, given: schemas.TransferDecisionIn) -> tuple[int, None]:
    """Refuse the move, with a reason."""
    decisions.decide_transfer(actor_of(request), transfer_id, False, given.reason)
    return 204, None
