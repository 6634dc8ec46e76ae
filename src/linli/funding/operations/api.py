"""Facilities, contracts with operators, settlements and sustainability over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from linli.access import reads
from linli.kernel import area_names, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.http import PageOut, actor_of, language_of, require

from .. import rules as money
from ..books.schemas import Cursor, Limit, paged
from ..may import CANCELLED, told
from ..permissions import CONTRACT_EDIT, KEEP, VIEW
from ..rules import operating as rules
from . import actions, queries, terms
from .actions import NewFacility, NewRevenue, Used
from .models import Facility
from .queries import Month
from .schemas import (
    FundFacilityIn,
    FundFacilityOut,
    FundRevenueCancelIn,
    FundRevenueChangeIn,
    FundRevenueEndIn,
    FundRevenueIn,
    FundRevenueOut,
    FundRevenuesOut,
    FundSettleIn,
    FundSettlementOut,
    FundSustainedOut,
    FundUsageIn,
    FundUsageOut,
)

router = Router(tags=["funding"])
SEEN, EDITOR, SETTLER = require(VIEW), require(CONTRACT_EDIT), require(KEEP)
Area = Annotated[str | None, Query(max_length=15)]
Percent = Annotated[int, Query(ge=0, le=1000)]
HELD = Text(
    "已有结算，请改为终止，或先冲销结算凭证。", "Something is settled: end it, or reverse its settlements first."
)
ROUNDING = Text(
    "按量：用量×单价；按月：月价×有效天数/当月天数。只在最后四舍五入到分。",
    "By usage: quantity times rate; by month: the month's rate by the days it held. Rounded once, at the end, to the cent, half up.",
)  # fmt: skip


@router.get("/funding/facilities", auth=SEEN, response=PageOut[FundFacilityOut], summary="设施 / Facilities")
def list_facilities(request: HttpRequest, area: Area = None, cursor: Cursor = None, limit: Limit = None) -> Any:
    """Facilities in sight, the newest first."""
    page = queries.facilities(actor_of(request), area, cursor, limit)
    names = area_names.names_of(each.area_code for each in page.items)
    return paged(page, [_facility(each, names, language_of(request)) for each in page.items])


@router.post("/funding/facilities", auth=EDITOR, response={201: FundFacilityOut}, summary="登记设施 / Enter a facility")
def add_facility(request: HttpRequest, body: FundFacilityIn) -> Any:
    """Enter a facility with what was invested and its planned upkeep."""
    made = actions.add_facility(actor_of(request), NewFacility(**body.dict()))
    return Status(201, _facility(made, area_names.names_of([made.area_code]), language_of(request)))


@router.get("/funding/revenues", auth=SEEN, response=FundRevenuesOut, summary="运营合同 / Contracts with operators")
def list_revenues(request: HttpRequest, area: Area = None, cursor: Cursor = None, limit: Limit = None) -> Any:
    """Contracts with operators, the newest first, each with its last twelve whole months."""
    actor, language = actor_of(request), language_of(request)
    page = queries.revenues(actor, area, cursor, limit)
    names = area_names.names_of(one.area_code for one, _ in page.items)
    reads.note("list", "funding.revenue", area=area, count=len(page.items))
    items = [_revenue(actor, one, months, names, language) for one, months in page.items]
    left = None if cursor else queries.unsettled(actor, area)
    return paged(page, items) | {
        "rounding": ROUNDING.say(language), "unsettled": left, "may_edit": actor.may(CONTRACT_EDIT),
    }  # fmt: skip


@router.post(
    "/funding/revenues", auth=EDITOR, response={201: FundRevenueOut}, summary="登记运营合同 / Enter a contract"
)
def add_revenue(request: HttpRequest, body: FundRevenueIn) -> Any:
    """Enter a contract with an operator: rent, share per kWh or parcel, advertising."""
    made = actions.add_revenue(actor_of(request), NewRevenue(**body.dict()))
    return Status(201, _one(request, made.id))


@router.post(
    "/funding/revenues/{uuid:contract_id}/change",
    auth=EDITOR,
    response=FundRevenueOut,
    summary="变更运营合同 / Change a contract with an operator",
)
def change_revenue(request: HttpRequest, contract_id: UUID, body: FundRevenueChangeIn) -> Any:
    """Another rate from the first day of a month on; what was settled stays."""
    given = (body.since, body.rate, body.valid_until, body.reason, body.version)
    terms.change(actor_of(request), contract_id, *given)
    return _one(request, contract_id)


@router.post(
    "/funding/revenues/{uuid:contract_id}/end",
    auth=EDITOR,
    response=FundRevenueOut,
    summary="终止运营合同 / End a contract with an operator",
)
def end_revenue(request: HttpRequest, contract_id: UUID, body: FundRevenueEndIn) -> Any:
    """End a contract on a day; no month beyond it is settled."""
    terms.end(actor_of(request), contract_id, body.on, body.reason, body.version)
    return _one(request, contract_id)


@router.post(
    "/funding/revenues/{uuid:contract_id}/cancel",
    auth=EDITOR,
    response=FundRevenueOut,
    summary="作废运营合同 / Cancel a contract with an operator",
)
def cancel_revenue(request: HttpRequest, contract_id: UUID, body: FundRevenueCancelIn) -> Any:
    """Cancel a contract of which nothing is settled."""
    terms.cancel(actor_of(request), contract_id, body.reason, body.version)
    return _one(request, contract_id)


@router.post("/funding/usage", auth=EDITOR, response=FundUsageOut, summary="导入用量 / Import usage")
def import_usage(request: HttpRequest, body: FundUsageIn) -> Any:
    """Take in usage by contract number and month; all rows or none."""
    rows = [Used(row.number.strip(), row.month, row.quantity, row.area.strip()) for row in body.rows]
    return {"taken": actions.import_usage(actor_of(request), rows, body.origin, body.area)}


@router.post(
    "/funding/revenues/{uuid:contract_id}/settle",
    auth=SETTLER,
    response={201: FundSettlementOut},
    summary="结算 / Settle a month",
)
def settle(request: HttpRequest, contract_id: UUID, body: FundSettleIn) -> Any:
    """Settle a month; what is due posts its entry."""
    made = actions.settle(actor_of(request), contract_id, body.month, body.booked_on, body.onto, body.amount)
    return Status(201, {name: getattr(made, name) for name in FundSettlementOut.model_fields})


@router.get(
    "/funding/sustainability", auth=SEEN, response=PageOut[FundSustainedOut], summary="可持续性 / Sustainability"
)
def list_sustained(
    request: HttpRequest,
    area: Area = None,
    use: Percent = 100,
    rate: Percent = 100,
    upkeep: Percent = 100,
    invested: Percent = 100,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Any:
    """Whether each facility pays for its upkeep, and as supposed (in percent of what is)."""
    page = queries.sustained(actor_of(request), rules.WhatIf(use, rate, upkeep, invested), area, cursor, limit)
    names = area_names.names_of(each.facility.area_code for each in page.items)
    rows = [
        {
            "facility": _facility(each.facility, names, language_of(request)), "months": each.months, "booked": each.booked, "verdict": each.verdict,
            "supposed": each.supposed,
        }
        for each in page.items
    ]  # fmt: skip
    return paged(page, rows)


def _facility(each: Facility, names: Mapping[str, str], language: str) -> dict[str, Any]:
    own = ("id", "area_code", "kind", "name", "opened_on", "invested", "yearly_upkeep", "life_years")
    return {name: getattr(each, name) for name in own} | {
        "area_name": names[each.area_code], "kind_label": rules.FACILITY_KINDS[each.kind].say(language),
    }  # fmt: skip


def _one(request: HttpRequest, contract_id: UUID) -> dict[str, Any]:
    one, months = queries.revenue(actor_of(request), contract_id)
    return _revenue(actor_of(request), one, months, area_names.names_of([one.area_code]), language_of(request))


def _revenue(actor: Actor, one: Any, months: list[Month], names: Mapping[str, str], language: str) -> dict[str, Any]:
    own = (
        "id", "area_code", "facility_id", "kind", "number", "rate", "valid_from", "valid_until", "reason", "cancelled_on", "version",
    )  # fmt: skip
    gone = CANCELLED if one.cancelled_on else None
    agreed, today = list(one.terms.all()), clock.today()
    state = rules.state(one.valid_from, one.valid_until, one.cancelled_on, today)
    rate_now = rules.rate_in(terms.terms_of(one, agreed), money.month_of(today))
    return {name: getattr(one, name) for name in own} | {
        "area_name": names[one.area_code], "facility": one.facility.name, "party": one.party.name,
        "source_name": one.source.name, "kind_label": rules.KINDS[one.kind].say(language), "months": months,
        "terms": agreed, "rate_now": rate_now, "state": state, "state_label": rules.STATES[state].say(language),
        "may_settle": told(actor, (CONTRACT_EDIT, KEEP), one.area_code, language, gone),
        "may_change": told(actor, (CONTRACT_EDIT,), one.area_code, language, gone),
        "may_cancel": told(actor, (CONTRACT_EDIT,), one.area_code, language, gone or (HELD if one.held else None)),
    }  # fmt: skip
