"""Projects step by step, contracts, their payments (each posts an entry), and acceptance with what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, Sum

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..books.models import Account, Party, Source
from ..books.posting import (
    BAD_AREA,
    EARMARKED,
    FAULTS,
    LONG,
    NEEDED,
    UNKNOWN,
    NewEntry,
    NewLine,
    area_of,
    named,
    numbered_by,
    post,
)
from ..books.problems import ChangedMeanwhile
from ..operations.models import Facility
from ..permissions import CONTRACT_EDIT, VIEW
from ..rules import contracts as rules
from .models import Asset, Contract, Milestone, Payment, Project
from .problems import AcceptedAlready, ContractCancelled, ContractNumberTaken, MoreThanAgreed, MoreThanPart, NotNext

LONGEST, LONGEST_TEXT, MOST_PARTS = 120, 2000, 30
PARTS = Text(
    "各节点金额之和须等于合同金额 {amount}。", "The milestones have to make the contract's amount of {amount}."
)
BAD_SPAN = Text("日期不能早于签订日期。", "The day cannot lie before the contract was signed.")
BAD_ACCEPTANCE = Text("验收日期须在 {signed} 至今天之间。", "The acceptance lies between {signed} and today.")
BAD_COUNT = Text("数量须为 1 至 1000000。", "The quantity is between 1 and 1000000.")
NOTHING = Text("金额须大于零，最多两位小数。", "The amount is above zero, in whole cents.")
TOO_MUCH = Text("资产金额合计不能超过合同金额。", "The assets cost more than the contract.")
NOT_AWARDED = Text("须与项目的定标结果一致。", "This has to be as the project was awarded.")
BEYOND_AWARD = Text("合同金额不能超过定标金额 {amount}。", "The contract cannot exceed the award of {amount}.")


@dataclass(frozen=True, slots=True)
class Need:
    """A project as it is entered."""

    area: str
    title: str
    source_id: UUID
    planned: Decimal
    need: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of a project says: the tender's method, number and day, or to whom it was awarded, for how much, when, or why
    it is dropped."""

    on: date
    method: str = ""
    number: str = ""
    party_id: UUID | None = None
    amount: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A milestone as it is entered."""

    name: str
    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract as it is entered; with `project_id` that of an awarded project, which says where, with whom, out of which source
    and up to how much."""

    area: str
    kind: str
    number: str
    title: str
    party_id: UUID
    source_id: UUID
    account: str
    amount: Decimal
    signed_on: date
    project_id: UUID | None = None
    facility_id: UUID | None = None
    ends_on: date | None = None
    warranty_until: date | None = None
    parts: Sequence[Part] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """An asset as it is accepted."""

    name: str
    quantity: int
    cost: Decimal
    place: str = ""


def add_project(actor: Actor, given: Need) -> Project:
    """Enter what is needed. Raises Forbidden, Invalid."""
    area = _area(actor, given.area)
    found = _texts(title=given.title, needed=("title",)) + _long(need=given.need) + _amount("planned", given.planned)
    found += _known(source_id=(Source, given.source_id))
    _refuse([*_no_area(area), *found])
    assert area is not None
    made: Project = Project.objects.create(
        id=uuid7(), area_code=area, title=given.title.strip(), need=given.need.strip(), source_id=given.source_id,
        planned=given.planned, **_traces(actor),
    )  # fmt: skip
    changes.record(actor, "funding.project.add", "project", made.id, made.area_code, {"planned": str(made.planned)})
    return made


def take_step(actor: Actor, project_id: UUID, wanted: str, given: Step, version: int) -> Project:
    """Take a project to `tender`, `awarded` or `dropped`. Raises NotFound, Forbidden, Invalid, NotNext, ChangedMeanwhile."""
    with transaction.atomic():
        project: Project | None = (
            ScopedQuerySet(Project).restrict(actor, VIEW).select_for_update().filter(id=project_id).first()
        )
        if project is None:
            raise NotFound()
        actor.require(CONTRACT_EDIT, project.area_code)
        if project.version != version:
            raise ChangedMeanwhile(by=project.changed_by_name)
        if wanted not in ("tender", "awarded", "dropped") or not rules.may_follow(project.state, wanted):
            raise NotNext(state=project.state)
        found = []
        if wanted == "tender":
            if given.method not in rules.METHODS:
                found.append(FieldProblem("method", "unknown", UNKNOWN))
            found += _long(number=given.number)
            project.tender_method, project.tender_number, project.tender_on = (
                given.method,
                given.number.strip(),
                given.on,
            )
        elif wanted == "awarded":
            found += _known(party_id=(Party, given.party_id))
            found += _amount("amount", given.amount if given.amount is not None else Decimal(-1))
            project.award_party_id, project.award_amount, project.award_on = given.party_id, given.amount, given.on
        else:
            found += _named("reason", given.reason)
            project.drop_reason = given.reason.strip()
        _refuse(found)
        _write(actor, project, wanted)
        changes.record(actor, f"funding.project.{wanted}", "project", project.id, project.area_code)
    return project


def add_contract(actor: Actor, given: NewContract) -> Contract:
    """Enter a contract with its milestones; a project goes to `contracted`.

    Raises Forbidden, NotFound, Invalid, NotNext, ContractNumberTaken.
    """
    area = _area(actor, given.area)
    found = _texts(number=given.number, title=given.title, needed=("number", "title")) + _amount(
        "amount", given.amount, 1
    )
    if given.kind not in rules.CONTRACT_KINDS:
        found.append(FieldProblem("kind", "unknown", UNKNOWN))
    found += _known(party_id=(Party, given.party_id), source_id=(Source, given.source_id))
    found += _spent_on(given)
    found += [
        FieldProblem(name, "early", BAD_SPAN)
        for name in ("ends_on", "warranty_until")
        if (day := getattr(given, name)) is not None and day < given.signed_on
    ]
    for at, part in enumerate(given.parts):
        found += _named(f"parts.{at}.name", part.name)
        found += _amount(f"parts.{at}.amount", part.amount, 1)
    if len(given.parts) > MOST_PARTS or not rules.parts_fit(given.amount, [part.amount for part in given.parts]):
        found.append(FieldProblem("parts", "sum", PARTS, {"amount": f"{given.amount:,}"}))
    if (
        given.facility_id is not None
        and not ScopedQuerySet(Facility).restrict(actor, VIEW).filter(id=given.facility_id).exists()
    ):
        found.append(FieldProblem("facility_id", "unknown", UNKNOWN))
    _refuse([*_no_area(area), *found])
    assert area is not None
    try:
        with transaction.atomic():
            project = _awarded(actor, given.project_id) if given.project_id else None
            if project is not None:
                _refuse(_as_awarded(project, area, given))
            made: Contract = Contract.objects.create(
                id=uuid7(), area_code=area, project=project, facility_id=given.facility_id, kind=given.kind,
                number=given.number.strip(), title=given.title.strip(), party_id=given.party_id, source_id=given.source_id,
                account_id=given.account, amount=given.amount, signed_on=given.signed_on, ends_on=given.ends_on,
                warranty_until=given.warranty_until, numbered_by=numbered_by(area), **_traces(actor),
            )  # fmt: skip
            Milestone.objects.bulk_create(
                Milestone(
                    id=uuid7(), area_code=area, contract=made, position=at, name=part.name.strip(), due_on=part.due_on,
                    amount=part.amount,
                )
                for at, part in enumerate(given.parts)
            )  # fmt: skip
            if project is not None:
                _write(actor, project, "contracted")
            changes.record(
                actor, "funding.contract.add", "contract", made.id, made.area_code, {"amount": str(made.amount)}
            )
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "contract_number":
            raise
        problem = FieldProblem("number", "taken", ContractNumberTaken.text, {"number": given.number})
        raise ContractNumberTaken(number=given.number, fields=(problem,)) from None
    return made


def pay(
    actor: Actor,
    contract_id: UUID,
    paid_on: date,
    amount: Decimal,
    milestone_id: UUID | None,
    out_of: str,
    document: str,
) -> Payment:
    """Pay of a contract: an entry from the money account `out_of` to the contract's account.

    Needs both the right to keep contracts and the right to post. Raises NotFound, Forbidden, Invalid, MoreThanAgreed, PeriodClosed.
    """
    with transaction.atomic():
        contract = locked(actor, contract_id)
        found = _amount("amount", amount, 1)
        if not Account.objects.filter(code=out_of, money=True).exists():
            found.append(FieldProblem("out_of", "unknown", UNKNOWN))
        milestone = None
        if milestone_id is not None:
            milestone = Milestone.objects.filter(contract=contract, id=milestone_id).first()
            if milestone is None:
                found.append(FieldProblem("milestone_id", "unknown", UNKNOWN))
        if paid_on < contract.signed_on:
            found.append(FieldProblem("paid_on", "early", BAD_SPAN))
        _refuse(found)
        paid = list(counting(contract).values_list("amount", flat=True))
        if amount > (left := rules.payable(contract.amount, paid)):
            told = {"left": f"{left:,}"}
            raise MoreThanAgreed(**told, fields=(FieldProblem("amount", "beyond", MoreThanAgreed.text, told),))
        if milestone is not None:
            done = counting(contract).filter(milestone=milestone).aggregate(sum=Sum("amount"))["sum"]
            if amount > (left := rules.payable(milestone.amount, [done or money.ZERO])):
                told = {"left": f"{left:,}", "name": milestone.name}
                raise MoreThanPart(**told, fields=(FieldProblem("amount", "beyond", MoreThanPart.text, told),))
        text = f"支付合同 {contract.number} {contract.title} {milestone.name if milestone else ''}".strip()
        lines = [NewLine(contract.account_id, debit=amount), NewLine(out_of, credit=amount)]
        entry = post(
            actor,
            NewEntry(contract.area_code, contract.source_id, paid_on, text[:400], lines, contract.party_id, document),
        )
        made: Payment = Payment.objects.create(
            id=uuid7(), area_code=contract.area_code, contract=contract, milestone=milestone, entry=entry, paid_on=paid_on,
            amount=amount,
        )  # fmt: skip
        changes.record(
            actor, "funding.contract.pay", "contract", contract.id, contract.area_code, {"amount": str(amount)}
        )
    return made


def accept(actor: Actor, contract_id: UUID, on: date, words: str, bought: Sequence[Bought]) -> Contract:
    """Accept what a contract brought, with the assets that came of it; its project is done.

    Raises NotFound, Forbidden, Invalid, AcceptedAlready.
    """
    with transaction.atomic():
        contract = locked(actor, contract_id)
        if contract.accepted_on is not None:
            raise AcceptedAlready(day=str(contract.accepted_on))
        found = _long(words=words)
        if not contract.signed_on <= on <= clock.today():
            found.append(FieldProblem("on", "range", BAD_ACCEPTANCE, {"signed": str(contract.signed_on)}))
        for at, each in enumerate(bought):
            found += _named(f"assets.{at}.name", each.name)
            if len(each.place) > LONGEST:
                found.append(FieldProblem(f"assets.{at}.place", "too_long", LONG, {"most": LONGEST}))
            if not 0 < each.quantity <= 1_000_000:
                found.append(FieldProblem(f"assets.{at}.quantity", "range", BAD_COUNT))
            found += _amount(f"assets.{at}.cost", each.cost)
        if not found and sum((each.cost for each in bought), money.ZERO) > contract.amount:
            found.append(FieldProblem("assets", "sum", TOO_MUCH))
        _refuse(found)
        contract.accepted_on, contract.acceptance = on, words.strip()
        _stamp(actor, contract)
        contract.save()
        Asset.objects.bulk_create(
            Asset(
                id=uuid7(), area_code=contract.area_code, contract=contract, name=each.name.strip(), quantity=each.quantity,
                cost=each.cost, place=each.place.strip(), accepted_on=on, warranty_until=contract.warranty_until,
            )
            for each in bought
        )  # fmt: skip
        # Read under its own lock: somebody may be changing it, and one in another area is not this actor's to change.
        if contract.project_id is not None:
            project: Project | None = (
                ScopedQuerySet(Project).restrict(actor, VIEW).select_for_update().filter(id=contract.project_id).first()
            )
            if project is not None:
                _write(actor, project, "done")
        changes.record(
            actor, "funding.contract.accept", "contract", contract.id, contract.area_code, {"assets": len(bought)}
        )
    return contract


def locked(actor: Actor, contract_id: UUID) -> Contract:
    """A contract the actor may change, locked. Raises NotFound, Forbidden, ContractCancelled."""
    found: Contract | None = (
        ScopedQuerySet(Contract).restrict(actor, VIEW).select_for_update().filter(id=contract_id).first()
    )
    if found is None:
        raise NotFound()
    actor.require(CONTRACT_EDIT, found.area_code)
    if found.cancelled_on is not None:
        raise ContractCancelled(day=str(found.cancelled_on))
    return found


def counting(contract: Contract) -> Any:
    """The payments of a contract that count: those whose entry was not reversed."""
    return Payment.objects.filter(contract=contract, entry__reversed_by=None)


def _awarded(actor: Actor, project_id: UUID) -> Project:
    project: Project | None = (
        ScopedQuerySet(Project).restrict(actor, VIEW).select_for_update().filter(id=project_id).first()
    )
    if project is None:
        raise Invalid(fields=(FieldProblem("project_id", "unknown", UNKNOWN),))
    actor.require(CONTRACT_EDIT, project.area_code)
    if not rules.may_follow(project.state, "contracted"):
        raise NotNext(state=project.state)
    return project


def _spent_on(given: NewContract) -> list[FieldProblem]:
    """What is wrong with the account of a contract: its payments are an expense or something lasting, and what the source is for."""
    if not Account.objects.filter(Q(kind="expense") | Q(capital=True), code=given.account).exists():
        return [FieldProblem("account", "unknown", UNKNOWN)]
    source = Source.objects.filter(id=given.source_id).first()
    if source is None or not source.spend_accounts or given.account in source.spend_accounts:
        return []
    return [FieldProblem("account", "earmark", EARMARKED, named(source.spend_accounts))]


def _as_awarded(project: Project, area: str, given: NewContract) -> list[FieldProblem]:
    """Where a contract differs from what its project was awarded: another place, party or source, or more money."""
    same = (
        ("area", area, project.area_code),
        ("party_id", given.party_id, project.award_party_id),
        ("source_id", given.source_id, project.source_id),
    )
    found = [FieldProblem(name, "award", NOT_AWARDED) for name, here, there in same if here != there]
    if project.award_amount is None or given.amount > project.award_amount:
        told = {"amount": f"{project.award_amount or money.ZERO:,}"}
        found.append(FieldProblem("amount", "award", BEYOND_AWARD, told))
    return found


def _area(actor: Actor, code: str) -> str | None:
    area = area_of(code)
    if area is not None:
        actor.require(CONTRACT_EDIT, area)
    return area


def _no_area(area: str | None) -> list[FieldProblem]:
    return [] if area is not None else [FieldProblem("area", "unknown", BAD_AREA)]


def _known(**asked: tuple[Any, UUID | None]) -> list[FieldProblem]:
    return [
        FieldProblem(name, "unknown", UNKNOWN)
        for name, (model, key) in asked.items()
        if key is None or not model.objects.filter(id=key).exists()
    ]


def _amount(name: str, value: Decimal, least: int = 0) -> list[FieldProblem]:
    fine = money.is_money(value) and value >= Decimal(least) / 100
    return [] if fine else [FieldProblem(name, "form", NOTHING if least else FAULTS["form"])]


def _named(field: str, text: str) -> list[FieldProblem]:
    if not text.strip():
        return [FieldProblem(field, "required", NEEDED)]
    return [FieldProblem(field, "too_long", LONG, {"most": LONGEST})] if len(text) > LONGEST else []


def _texts(*, needed: tuple[str, ...], **texts: str) -> list[FieldProblem]:
    found = [FieldProblem(name, "required", NEEDED) for name in needed if not texts[name].strip()]
    return found + [
        FieldProblem(n, "too_long", LONG, {"most": LONGEST}) for n, text in texts.items() if len(text) > LONGEST
    ]


def _long(**texts: str) -> list[FieldProblem]:
    return [
        FieldProblem(n, "too_long", LONG, {"most": LONGEST_TEXT})
        for n, text in texts.items()
        if len(text) > LONGEST_TEXT
    ]


def _traces(actor: Actor) -> dict[str, Any]:
    return {"changed_at": clock.now(), "changed_by": actor.id, "changed_by_name": actor.name}


def _stamp(actor: Actor, row: Project | Contract) -> None:
    row.version += 1
    row.changed_at, row.changed_by, row.changed_by_name = clock.now(), actor.id, actor.name


def _write(actor: Actor, project: Project, state: str) -> None:
    project.state = state
    _stamp(actor, project)
    project.save()


def _refuse(found: list[FieldProblem]) -> None:
    if found:
        raise Invalid(fields=tuple(found))
