"""Reports from the books by source, community, party and account. Each is one statement over the lines; its rows sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from django.db import connection

from linli.kernel import area_names
from linli.kernel.actors import Actor

from .. import rules
from ..pages import spots
from .keeping import require_reader

By = Literal["source", "area", "party", "account"]


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums in CNY over the months asked. Money in hand: `opening` + `received` - `paid` = `closing`; a reversal takes back
    what it undoes. `income`, `expense`, `invested` (what is bought for years) are as booked, whether paid yet or not.
    `debit` and `credit` are turnovers, reversals included: over all rows they are equal."""

    opening: Decimal = rules.ZERO
    received: Decimal = rules.ZERO
    paid: Decimal = rules.ZERO
    closing: Decimal = rules.ZERO
    income: Decimal = rules.ZERO
    expense: Decimal = rules.ZERO
    invested: Decimal = rules.ZERO
    debit: Decimal = rules.ZERO
    credit: Decimal = rules.ZERO
    entries: int = 0


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What a source, an area, a party or an account had. `kind` is the source's or the account's."""

    key: str
    name: str
    name_en: str
    kind: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """A report over months `first` to `last`, with the sum of its rows."""

    by: By
    first: int
    last: int
    rows: Sequence[ReportRow]
    total: Figures

    @property
    def balanced(self) -> bool:
        """Whether debit is credit over all rows: always, or the books are broken."""
        return self.total.debit == self.total.credit


_KEYS: dict[By, tuple[str, str]] = {
    "source": ("e.source_id::text", "JOIN funding_source g ON g.id = e.source_id"),
    "area": ("e.area_code", ""),
    "party": ("coalesce(e.party_id::text, '')", "LEFT JOIN funding_party g ON g.id = e.party_id"),
    "account": ("l.account_id", ""),
}
_NAMES: dict[By, str] = {
    "source": "max(g.name), max(g.name), max(g.kind)",
    "area": "'', '', ''",
    "party": "coalesce(max(g.name), ''), coalesce(max(g.name), ''), coalesce(max(g.kind), '')",
    "account": "max(a.name_zh), max(a.name_en), max(a.kind)",
}


def report(
    actor: Actor,
    by: By,
    first: int,
    last: int,
    area: str | None = None,
    source: UUID | None = None,
    party: UUID | None = None,
) -> Report:
    """A report of the books in sight over months. Raises Forbidden. Two statements, three by area."""
    require_reader(actor)
    seen = spots(actor, "e.area_code", area)
    if seen is None:
        return Report(by, first, last, [], Figures())
    key, join = _KEYS[by]
    where, params = seen
    params |= {"first": first, "last": last, "source": source, "party": party}
    narrowed = ("AND e.source_id = %(source)s " if source else "") + ("AND e.party_id = %(party)s" if party else "")
    # By account, what it stood at counts whatever its kind; elsewhere, money in hand.
    money = "true" if by == "account" else "a.money"
    back = "CASE WHEN e.reverses_id IS NULL THEN {yes} ELSE -{no} END"
    statement = f"""
        SELECT {key}, {_NAMES[by]},
            coalesce(sum(l.debit - l.credit) FILTER (WHERE {money} AND e.month < %(first)s), 0),
            coalesce(sum({back.format(yes="l.debit", no="l.credit")}) FILTER (WHERE {money} AND e.month >= %(first)s), 0),
            coalesce(sum({back.format(yes="l.credit", no="l.debit")}) FILTER (WHERE {money} AND e.month >= %(first)s), 0),
            coalesce(sum(l.debit - l.credit) FILTER (WHERE {money}), 0),
            coalesce(sum(l.credit - l.debit) FILTER (WHERE a.kind = 'income' AND e.month >= %(first)s), 0),
            coalesce(sum(l.debit - l.credit) FILTER (WHERE a.kind = 'expense' AND e.month >= %(first)s), 0),
            coalesce(sum(l.debit - l.credit) FILTER (WHERE a.capital AND e.month >= %(first)s), 0),
            coalesce(sum(l.debit) FILTER (WHERE e.month >= %(first)s), 0),
            coalesce(sum(l.credit) FILTER (WHERE e.month >= %(first)s), 0),
            count(DISTINCT e.id) FILTER (WHERE e.month >= %(first)s)
        FROM funding_entry e JOIN funding_line l ON l.entry_id = e.id JOIN funding_account a ON a.code = l.account_id {join}
        WHERE {where} AND e.month <= %(last)s {narrowed}
        GROUP BY 1 ORDER BY 1
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchall()
    names = area_names.names_of(row[0] for row in found) if by == "area" else {}
    rows = [
        ReportRow(row[0], names.get(row[0], row[1]), names.get(row[0], row[2]), row[3], Figures(*row[4:]))
        for row in found
    ]
    return Report(by, first, last, rows, summed(rows))


def summed(rows: Sequence[ReportRow]) -> Figures:
    """The sum of rows, to the cent. Entries are not summed by account: an entry lies in several."""
    names = [name for name in Figures.__slots__ if name != "entries"]
    sums = {name: sum((getattr(row.figures, name) for row in rows), rules.ZERO) for name in names}
    return Figures(**sums, entries=sum(row.figures.entries for row in rows))
