"""Projects and contracts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.http import PageOut, actor_of, language_of, require

from .. import rules as money
from ..books.export import number
from ..books.schemas import Cursor, Limit, paged
from ..may import CANCELLED, told
from ..operations.queries import SHOWN, last_months
from ..permissions import CONTRACT_EDIT, KEEP, VIEW
from ..rules import contracts as rules
from . import actions, cancelling, dues, queries
from .actions import Bought, Need, NewContract, Part, Step
from .models import Asset, Project
from .schemas import (
    FundAcceptanceIn,
    FundAssetOut,
    FundContractCancelIn,
    FundContractDetailOut,
    FundContractIn,
    FundContractsOut,
    FundDueOut,
    FundPaymentIn,
    FundProjectIn,
    FundProjectOut,
    FundProjectsOut,
    FundProjectStepIn,
    FundRunningOut,
    FundRunningsOut,
)

router = Router(tags=["funding"])
SEEN, EDITOR, PAYER = require(VIEW), require(CONTRACT_EDIT), require(KEEP)
ACCEPTED = Text("合同已验收。", "The contract is accepted.")
PAID_UP = Text("合同款已全部付清。", "The contract is paid in full.")
PAID = Text("已有付款，请先冲销付款凭证。", "Something is paid; reverse the payments' entries first.")
Area = Annotated[str | None, Query(max_length=15)]
DueWhat = Annotated[dues.What | None, Query()]
State = Annotated[Literal["need", "tender", "awarded", "contracted", "done", "dropped"] | None, Query()]


@router.get("/funding/projects", auth=SEEN, response=FundProjectsOut, summary="项目 / Projects")
def list_projects(
    request: HttpRequest, area: Area = None, state: State = None, cursor: Cursor = None, limit: Limit = None
) -> Any:
    """Projects in sight, the newest first."""
    actor = actor_of(request)
    page = queries.projects(actor, area, state, cursor, limit)
    reads.note("list", "funding.project", area=area, count=len(page.items))
    names = queries.names(page.items)
    told = [_project(p, names, language_of(request)) for p in page.items]
    return paged(page, told) | {"may_edit": actor.may(CONTRACT_EDIT)}


@router.post("/funding/projects", auth=EDITOR, response={201: FundProjectOut}, summary="登记需求 / Enter a need")
def add_project(request: HttpRequest, body: FundProjectIn) -> Any:
    """Enter what is needed."""
    made = actions.add_project(actor_of(request), Need(body.area, body.title, body.source_id, body.planned, body.need))
    return Status(201, _project(made, queries.names([made]), language_of(request)))


@router.post(
    "/funding/projects/{uuid:project_id}/{step}",
    auth=EDITOR,
    response=FundProjectOut,
    summary="项目下一步 / A project's next step",
)
def take_step(
    request: HttpRequest, project_id: UUID, step: Literal["tender", "awarded", "dropped"], body: FundProjectStepIn
) -> Any:
    """Out to tender, awarded, or dropped; the contract and its acceptance take the other steps."""
    given = Step(body.on, body.method, body.number, body.party_id, body.amount, body.reason)
    made = actions.take_step(actor_of(request), project_id, step, given, body.version)
    return _project(made, queries.names([made]), language_of(request))


@router.get("/funding/contracts", auth=SEEN, response=FundContractsOut, summary="合同 / Contracts")
def list_contracts(request: HttpRequest, area: Area = None, cursor: Cursor = None, limit: Limit = None) -> Any:
    """Contracts in sight with what was paid, the newest first."""
    actor = actor_of(request)
    page = queries.contracts(actor, area, cursor, limit)
    reads.note("list", "funding.contract", area=area, count=len(page.items))
    names = queries.names(page.items)
    told = [_contract(one, names, language_of(request)) for one in page.items]
    return paged(page, told) | {"may_edit": actor.may(CONTRACT_EDIT)}


@router.post(
    "/funding/contracts", auth=EDITOR, response={201: FundContractDetailOut}, summary="登记合同 / Enter a contract"
)
def add_contract(request: HttpRequest, body: FundContractIn) -> Any:
    """Enter a contract with its milestones."""
    parts = tuple(Part(part.name, part.due_on, part.amount) for part in body.parts)
    made = actions.add_contract(actor_of(request), NewContract(**body.dict(exclude={"parts"}), parts=parts))
    return Status(201, _detail(request, made.id))


@router.get(
    "/funding/contracts/{uuid:contract_id}", auth=SEEN, response=FundContractDetailOut, summary="合同 / A contract"
)
def get_contract(request: HttpRequest, contract_id: UUID) -> Any:
    """A contract with its milestones, payments and assets."""
    return _detail(request, contract_id)


@router.post(
    "/funding/contracts/{uuid:contract_id}/pay", auth=PAYER, response={201: FundContractDetailOut}, summary="付款 / Pay"
)
def pay(request: HttpRequest, contract_id: UUID, body: FundPaymentIn) -> Any:
    """Pay of a contract; the payment posts its entry."""
    actor = actor_of(request)
    actions.pay(actor, contract_id, body.paid_on, body.amount, body.milestone_id, body.out_of, body.document)
    return Status(201, _detail(request, contract_id))


@router.post(
    "/funding/contracts/{uuid:contract_id}/accept", auth=EDITOR, response=FundContractDetailOut, summary="验收 / Accept"
)
def accept(request: HttpRequest, contract_id: UUID, body: FundAcceptanceIn) -> Any:
    """Accept what a contract brought, with its assets."""
    bought = [Bought(each.name, each.quantity, each.cost, each.place) for each in body.assets]
    actions.accept(actor_of(request), contract_id, body.on, body.words, bought)
    return _detail(request, contract_id)


@router.post(
    "/funding/contracts/{uuid:contract_id}/cancel",
    auth=EDITOR,
    response=FundContractDetailOut,
    summary="作废合同 / Cancel a contract",
)
def cancel(request: HttpRequest, contract_id: UUID, body: FundContractCancelIn) -> Any:
    """Cancel a contract of which nothing is paid; its project is dropped with it."""
    cancelling.cancel(actor_of(request), contract_id, body.reason)
    return _detail(request, contract_id)


@router.get("/funding/assets", auth=SEEN, response=PageOut[FundAssetOut], summary="资产 / Assets")
def list_assets(request: HttpRequest, area: Area = None, cursor: Cursor = None, limit: Limit = None) -> Any:
    """What was bought, as it was accepted, the newest first."""
    page = queries.assets(actor_of(request), area, cursor, limit)
    names = queries.names(page.items)
    return paged(page, [_asset(each, names) for each in page.items])


@router.get("/funding/due", auth=SEEN, response=PageOut[FundDueOut], summary="到期提醒 / What is due")
def list_due(
    request: HttpRequest, area: Area = None, what: DueWhat = None, cursor: Cursor = None, limit: Limit = None
) -> Any:
    """Milestones due, contracts that end, warranties that run out, from 60 days before; purchases not accepted by their day."""
    page = dues.due(actor_of(request), area, what, cursor, limit)
    names = queries.names(page.items)
    told = [
        {f: getattr(each, f) for f in FundDueOut.model_fields if f != "area_name"}
        | {"area_name": names[each.area_code]}
        for each in page.items
    ]
    return paged(page, told)


@router.get("/funding/running-cost", auth=SEEN, response=FundRunningsOut, summary="运行成本 / Running cost")
def running_cost(
    request: HttpRequest, year: Annotated[int | None, Query(ge=2001, le=2099)] = None, area: Area = None
) -> Any:
    """What each community ran on in a year; without one, in the last twelve whole months."""
    months = last_months(SHOWN)
    first, last = (year * 100 + 1, year * 100 + 12) if year else (months[0], months[-1])
    found = queries.running(actor_of(request), first, last, area)
    items = [{f: getattr(each, f) for f in FundRunningOut.model_fields} for each in found]
    return {"first": first, "last": last, "items": items}


def _project(project: Project, names: Mapping[str, str], language: str) -> dict[str, Any]:
    own = (
        "id", "area_code", "title", "need", "source_id", "planned", "state", "tender_method", "tender_number", "tender_on",
        "award_party_id", "award_amount", "award_on", "drop_reason", "version",
    )  # fmt: skip
    contract = getattr(project, "contract", None)
    return {name: getattr(project, name) for name in own} | {
        "area_name": names[project.area_code], "source_name": project.source.name,
        "state_label": rules.STATES[project.state].say(language), "next": list(rules.NEXT[project.state]),
        "award_party": project.award_party.name if project.award_party else "", "contract_id": contract.id if contract else None,
    }  # fmt: skip


def _contract(one: Any, names: Mapping[str, str], language: str) -> dict[str, Any]:
    own = (
        "id", "area_code", "kind", "number", "title", "amount", "signed_on", "ends_on", "warranty_until", "accepted_on",
        "cancelled_on", "project_id", "facility_id",
    )  # fmt: skip
    paid = one.paid or money.ZERO
    return {name: getattr(one, name) for name in own} | {
        "area_name": names[one.area_code], "kind_label": rules.CONTRACT_KINDS[one.kind].say(language), "party": one.party.name,
        "source_name": one.source.name, "account": one.account_id, "paid": paid, "left": one.amount - paid,
        "facility": one.facility.name if one.facility else "",
    }  # fmt: skip


def _asset(each: Asset, names: Mapping[str, str]) -> dict[str, Any]:
    own = ("id", "area_code", "name", "quantity", "cost", "place", "accepted_on", "warranty_until", "contract_id")
    return {name: getattr(each, name) for name in own} | {
        "area_name": names[each.area_code], "contract_number": each.contract.number, "party": each.contract.party.name,
    }  # fmt: skip


def _detail(request: HttpRequest, contract_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    one, milestones, payments, assets = queries.contract(actor, contract_id)
    names = queries.names([one])
    reads.note("detail", "funding.contract", subject_id=contract_id, area=one.area_code)
    for each in assets:
        each.contract = one
    may = _may(actor, one, language_of(request))
    return _contract(one, names, language_of(request)) | may | {
        "acceptance": one.acceptance, "cancel_reason": one.cancel_reason,
        "milestones": [{f: getattr(m, f) for f in ("id", "name", "due_on", "amount")} for m in milestones],
        "payments": [
            {
                "id": p.id, "milestone": p.milestone.name if p.milestone else "", "paid_on": p.paid_on, "amount": p.amount,
                "entry_id": p.entry_id, "entry_number": number(p.entry.month, p.entry.number),
                "reversed": getattr(p.entry, "reversed_by", None) is not None,
            }
            for p in payments
        ],
        "assets": [_asset(each, names) for each in assets],
        "may_edit": actor.may(CONTRACT_EDIT, one.area_code),
    }  # fmt: skip


def _may(actor: Actor, one: Any, language: str) -> dict[str, Any]:
    """What the reader may do with a contract now, as `actions` and `cancelling` have it."""
    gone, paid = CANCELLED if one.cancelled_on else None, one.paid or money.ZERO
    accepted = gone or (ACCEPTED if one.accepted_on else None)
    bars = {
        "may_pay": ((CONTRACT_EDIT, KEEP), gone or (PAID_UP if paid >= one.amount else None)),
        "may_accept": ((CONTRACT_EDIT,), accepted),
        "may_cancel": ((CONTRACT_EDIT,), accepted or (PAID if paid > 0 else None)),
    }
    return {name: told(actor, rights, one.area_code, language, bar) for name, (rights, bar) in bars.items()}
