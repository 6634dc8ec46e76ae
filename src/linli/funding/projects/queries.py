"""Reads of projects and contracts: lists with what was paid, one with all that belongs to it, what a community runs on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum

from linli.kernel import area_names
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.kernel.scoped import ScopedQuerySet

from .. import rules as money
from ..pages import newest_first, spots
from ..permissions import VIEW
from .dues import Due
from .models import Asset, Contract, Milestone, Payment, Project


@dataclass(frozen=True, slots=True)
class Running:
    """What a community ran on in twelve months, by account, and in the twelve before."""

    area_code: str
    area_name: str
    accounts: dict[str, Decimal]
    total: Decimal
    before: Decimal


def projects(
    actor: Actor, area: str | None = None, state: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Project]:
    """Projects in sight, the newest first. Raises Invalid."""
    found: QuerySet[Project] = (
        ScopedQuerySet(Project).restrict(actor, VIEW, area).select_related("source", "award_party", "contract")
    )
    return newest_first(found.filter(state=state) if state else found, cursor, limit)


def contracts(
    actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Contract]:
    """Contracts in sight with `paid`, the newest first. Raises Invalid."""
    return newest_first(_contracts(actor, area), cursor, limit)


def _contracts(actor: Actor, area: str | None = None) -> QuerySet[Contract]:
    paid = (
        Payment.objects.filter(contract=OuterRef("id"), entry__reversed_by=None).order_by().values("contract")
        .annotate(sum=Sum("amount")).values("sum")
    )  # fmt: skip
    found: QuerySet[Contract] = (
        ScopedQuerySet[Contract](Contract).restrict(actor, VIEW, area).select_related("source", "party", "project", "account", "facility")
        .annotate(paid=Subquery(paid, output_field=DecimalField(max_digits=20, decimal_places=2)))
    )  # fmt: skip
    return found


def contract(actor: Actor, contract_id: UUID) -> tuple[Contract, list[Milestone], list[Payment], list[Asset]]:
    """A contract with its milestones, payments and assets. Raises NotFound."""
    one = _contracts(actor).filter(id=contract_id).first()
    if one is None:
        raise NotFound()
    payments = list(one.payments.select_related("entry", "entry__reversed_by", "milestone").order_by("paid_on", "id"))
    return one, list(one.milestones.order_by("position")), payments, list(one.assets.order_by("id"))


def assets(actor: Actor, area: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[Asset]:
    """Assets in sight, the newest first. Raises Invalid."""
    found: QuerySet[Asset] = (
        ScopedQuerySet(Asset).restrict(actor, VIEW, area).select_related("contract", "contract__party")
    )
    return newest_first(found, cursor, limit)


def running(actor: Actor, first: int, last: int, area: str | None = None) -> list[Running]:
    """What each community ran on from month `first` to `last`, and a year before: expense by account, reversals taken back. One
    statement."""
    seen = spots(actor, "e.area_code", area)
    if seen is None:
        return []
    where, params = seen
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT e.area_code, l.account_id, coalesce(sum(l.debit - l.credit) FILTER (WHERE e.month BETWEEN %(first)s AND %(last)s), 0),
                coalesce(sum(l.debit - l.credit) FILTER (WHERE e.month BETWEEN %(first)s - 100 AND %(last)s - 100), 0)
            FROM funding_entry e JOIN funding_line l ON l.entry_id = e.id JOIN funding_account a ON a.code = l.account_id
            WHERE {where} AND a.kind = 'expense'
                AND e.month BETWEEN %(first)s - 100 AND %(last)s
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            params | {"first": first, "last": last},
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


def names(rows: Sequence[Project] | Sequence[Contract] | Sequence[Asset] | Sequence[Due]) -> dict[str, str]:
    """The names of the areas that rows lie in."""
    return area_names.names_of(row.area_code for row in rows)
