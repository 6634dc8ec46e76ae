"""Reads of projects and contracts: lists with what was paid, one with all that belongs to it, what is due, what a community runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Least

from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..permissions import VIEW
from ..rules import contracts as rules
from .models import Asset, Contract, Milestone, Payment, Project

MOST = 500


@dataclass(frozen=True, slots=True)
class Due:
    """Something of a contract that is due or runs out soon."""

    contract_id: UUID
    number: str
    title: str
    area_code: str
    party: str
    kind: str
    what: str
    day: date
    overdue: bool
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Running:
    """What a community ran on in a year, by account, and in the year before."""

    area_code: str
    area_name: str
    accounts: dict[str, Decimal]
    total: Decimal
    before: Decimal


def projects(actor: Actor, area: str | None = None, state: str | None = None) -> list[Project]:
    """Projects in sight, the newest first, at most 500."""
    found: QuerySet[Project] = (
        ScopedQuerySet(Project).restrict(actor, VIEW, area).select_related("source", "award_party", "contract")
    )
    return list((found.filter(state=state) if state else found).order_by("-id")[:MOST])


def contracts(actor: Actor, area: str | None = None, contract_id: UUID | None = None) -> list[Contract]:
    """Contracts in sight with `paid`, the newest first, at most 500."""
    paid = (
        Payment.objects.filter(contract=OuterRef("id"), entry__reversed_by=None).order_by().values("contract")
        .annotate(sum=Sum("amount")).values("sum")
    )  # fmt: skip
    found: QuerySet[Contract] = (
        ScopedQuerySet[Contract](Contract).restrict(actor, VIEW, area).select_related("source", "party", "project", "account", "facility")
        .annotate(paid=Subquery(paid, output_field=DecimalField(max_digits=20, decimal_places=2)))
    )  # fmt: skip
    return list((found.filter(id=contract_id) if contract_id else found).order_by("-id")[:MOST])


def contract(actor: Actor, contract_id: UUID) -> tuple[Contract, list[Milestone], list[Payment], list[Asset]]:
    """A contract with its milestones, payments and assets. Raises NotFound."""
    found = contracts(actor, contract_id=contract_id)
    if not found:
        raise NotFound()
    one = found[0]
    payments = list(one.payments.select_related("entry", "entry__reversed_by", "milestone").order_by("paid_on", "id"))
    return one, list(one.milestones.order_by("position")), payments, list(one.assets.order_by("id"))


def assets(actor: Actor, area: str | None = None) -> list[Asset]:
    """Assets in sight, the newest first, at most 500."""
    found: QuerySet[Asset] = (
        ScopedQuerySet(Asset).restrict(actor, VIEW, area).select_related("contract", "contract__party")
    )
    return list(found.order_by("-id")[:MOST])


def due(actor: Actor, area: str | None = None) -> list[Due]:
    """Milestones not paid in full whose day is near or past, contracts that end, warranties that run out. Two statements."""
    today, told = clock.today(), []
    paid = (
        Payment.objects.filter(milestone=OuterRef("id"), entry__reversed_by=None).order_by().values("milestone")
        .annotate(sum=Sum("amount")).values("sum")
    )  # fmt: skip
    parts: QuerySet[Any] = (
        ScopedQuerySet[Milestone](Milestone).restrict(actor, VIEW, area).select_related("contract", "contract__party")
        .filter(due_on__lte=today + rules.AHEAD, contract__cancelled_on=None)
        .annotate(paid=Subquery(paid, output_field=DecimalField(max_digits=20, decimal_places=2)))
        .filter(Q(paid=None) | Q(paid__lt=F("amount"))).order_by("due_on", "id")
    )  # fmt: skip
    for part in parts[:MOST]:
        left = part.amount - (part.paid or money.ZERO)
        if left > 0 and (warning := rules.warned("milestone", part.due_on, today)):
            told.append(_due(part.contract, warning, part.name, left))
    near = (today - rules.AHEAD, today + rules.AHEAD)
    ending: QuerySet[Contract] = (
        ScopedQuerySet[Contract](Contract).restrict(actor, VIEW, area).select_related("party")
        .filter(Q(ends_on__range=near) | Q(warranty_until__range=near), cancelled_on=None)
        .order_by(Least("ends_on", "warranty_until"), "id")
    )  # fmt: skip
    for one in ending[:MOST]:
        for kind, day in (("contract_end", one.ends_on), ("warranty_end", one.warranty_until)):
            if warning := rules.warned(kind, day, today):  # type: ignore[arg-type]
                told.append(_due(one, warning, "", None))
    return sorted(told, key=lambda d: (d.day, d.number, d.kind))


def running(actor: Actor, year: int, area: str | None = None) -> list[Running]:
    """What each community ran on in a year: expense by account, reversals taken back. One statement."""
    held = actor.areas_for(VIEW)
    if area is not None:
        held = areas.intersect(held, area_names.going_by(area))
    if not held:
        return []
    spots, params = [], {"year": year}
    for at, code in enumerate(held):
        params[f"lo{at}"], params[f"hi{at}"] = areas.bounds(code)  # type: ignore[assignment]
        spots.append(f"(e.area_code >= %(lo{at})s AND e.area_code < %(hi{at})s)")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.area_code, l.account_id, coalesce(sum(l.debit - l.credit) FILTER (WHERE e.month / 100 = %(year)s), 0),
                coalesce(sum(l.debit - l.credit) FILTER (WHERE e.month / 100 = %(year)s - 1), 0)
            FROM funding_entry e JOIN funding_line l ON l.entry_id = e.id JOIN funding_account a ON a.code = l.account_id
            WHERE ({" OR ".join(spots)}) AND a.kind = 'expense'
                AND e.month BETWEEN (%(year)s - 1) * 100 + 1 AND %(year)s * 100 + 12
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            params,
        )
        found = cursor.fetchall()
    names = area_names.names_of(row[0] for row in found)
    told: dict[str, list[tuple[str, Decimal, Decimal]]] = {}
    for code, account, now, before in found:
        told.setdefault(code, []).append((account, now, before))
    return [
        Running(
            code, names[code], {account: now for account, now, _ in rows}, sum((now for _, now, _ in rows), money.ZERO),
            sum((before for *_, before in rows), money.ZERO),
        )
        for code, rows in told.items()
    ]  # fmt: skip


def _due(one: Contract, warning: rules.Warning, what: str, amount: Decimal | None) -> Due:
    return Due(
        one.id,
        one.number,
        one.title,
        one.area_code,
        one.party.name,
        warning.kind,
        what,
        warning.day,
        warning.overdue,
        amount,
    )


def names(rows: Sequence[Project] | Sequence[Contract] | Sequence[Asset] | Sequence[Due]) -> dict[str, str]:
    """The names of the areas that rows lie in."""
    return area_names.names_of(row.area_code for row in rows)
