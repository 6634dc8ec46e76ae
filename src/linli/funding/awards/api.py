"""Awards of applications over HTTP: which are in the books, and booking one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from linli.access import reads
from linli.kernel import area_names
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.http import actor_of, language_of, require

from ..books.export import number
from ..books.schemas import Cursor, Limit, paged
from ..permissions import KEEP, VIEW
from . import actions, queries
from .actions import Booking
from .queries import Award
from .schemas import FundAwardEntryIn, FundAwardIn, FundAwardOut, FundAwardsOut

router = Router(tags=["funding"])
SEEN, KEEPER = require(VIEW), require(KEEP)
NOT_KEEPER = Text("需要本区域的记账权限。", "This takes the right to keep the books there.")
DONE = Text("已入账。", "It is in the books.")
CORRECTED = Text(
    "奖补金额在入账后更正过，与账上不符：请先冲销该凭证，再重新入账。",
    "The award was corrected after it was booked and is not what the books say: reverse the entry first, then book anew.",
)


@router.get("/funding/awards", auth=SEEN, response=FundAwardsOut, summary="创建奖补 / Awards")
def list_awards(
    request: HttpRequest,
    area: Annotated[str | None, Query(max_length=15)] = None,
    waiting: bool = False,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Any:
    """Awards that applications for a tier were granted; `waiting`: those not in the books, or with another amount, only."""
    actor, language = actor_of(request), language_of(request)
    page = queries.awards(actor, area, waiting, cursor, limit)
    reads.note("list", "funding.award", area=area, count=len(page.items))
    names = area_names.names_of(each.application.area_code for each in page.items)
    return paged(page, [_award(actor, each, names, language) for each in page.items])


@router.post(
    "/funding/awards/{uuid:application_id}/book",
    auth=KEEPER,
    response={201: FundAwardOut},
    summary="奖补入账 / Book an award",
)
def book_award(request: HttpRequest, application_id: UUID, body: FundAwardIn) -> Any:
    """Post the entry of an award: of its amount, in its community, out of the source it comes from. Never twice."""
    given = Booking(body.source_id, body.booked_on, body.onto, body.amount, body.party_id)
    actions.book(actor_of(request), application_id, given)
    return Status(201, _one(request, application_id))


@router.post(
    "/funding/awards/{uuid:application_id}/link",
    auth=KEEPER,
    response={201: FundAwardOut},
    summary="关联已记的奖补凭证 / Name the entry of an award",
)
def link_award(request: HttpRequest, application_id: UUID, body: FundAwardEntryIn) -> Any:
    """Name the entry, posted by hand, by which an award is in the books."""
    actions.link(actor_of(request), application_id, body.entry_id)
    return Status(201, _one(request, application_id))


def _one(request: HttpRequest, application_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    found = queries.award(actor, application_id)
    names = area_names.names_of([found.application.area_code])
    return _award(actor, found, names, language_of(request))


def _award(actor: Actor, each: Award, names: Mapping[str, str], language: str) -> dict[str, Any]:
    application, booking = each.application, each.booking
    keeps = actor.may(KEEP, application.area_code)
    return {
        "application_id": application.id, "area_code": application.area_code, "area_name": names[application.area_code],
        "tier": application.tier, "tier_label": queries.tier_name(application.tier).say(language), "year": application.plan_year.year,
        "amount": queries.amount_of(application), "awarded_on": application.awarded_on,
        "document": application.award_document, "synthetic": application.synthetic,
        "entry_id": booking.entry_id if booking else None,
        "entry_number": number(booking.entry.month, booking.entry.number) if booking else "",
        "booked_on": booking.entry.booked_on if booking else None,
        "booked_amount": booking.amount if booking else None, "differs": each.differs,
        "may_book": keeps and booking is None,
        "why_not": "" if keeps and booking is None else _why_not(each).say(language),
        "alike": [{"id": e.id, "number": number(e.month, e.number), "booked_on": e.booked_on} for e in each.alike],
    }  # fmt: skip


def _why_not(each: Award) -> Text:
    if each.booking is None:
        return NOT_KEEPER
    return CORRECTED if each.differs else DONE
