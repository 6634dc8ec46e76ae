"""Reads of the books: entries by page, one with its lines, budgets with what was used of them. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import StrIndex

from linli.kernel import area_names, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.paging import Count, Page
from linli.kernel.scoped import ScopedQuerySet

from .. import rules
from ..pages import newest_first
from ..permissions import VIEW
from .keeping import require_reader
from .models import Account, BookLine, Budget, Entry, Party, Period, Source


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What a list of entries may be narrowed by; `first` and `last` are months, `words` a piece of its text or document. `exact`: of
    the area itself, without what lies below it."""

    area: str | None = None
    source: UUID | None = None
    party: UUID | None = None
    account: str | None = None
    first: int | None = None
    last: int | None = None
    words: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class BudgetPart:
    """One grant of a budget."""

    id: UUID
    amount: Decimal
    note: str
    version: int


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """The budget of a source in a year in an area, and what was spent of it there and below: expense and what was bought."""

    source_id: UUID
    source_name: str
    kind: str
    year: int
    area_code: str
    area_name: str
    amount: Decimal
    used: Decimal
    parts: Sequence[BudgetPart]

    @property
    def left(self) -> Decimal:
        return self.amount - self.used


def accounts(actor: Actor) -> list[Account]:
    """All accounts. Raises Forbidden."""
    require_reader(actor)
    return list(Account.objects.order_by("code"))


def sources(actor: Actor) -> list[Source]:
    """All sources, by kind as the district names them. Raises Forbidden."""
    require_reader(actor)
    order = list(rules.SOURCE_KINDS)
    return sorted(Source.objects.all(), key=lambda s: (order.index(s.kind), s.name))


def parties(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[Party]:
    """Parties, the newest first. Raises Forbidden, Invalid."""
    require_reader(actor)
    return newest_first(Party.objects.all(), cursor, limit)


def periods(actor: Actor) -> list[Period]:
    """All months with entries and the closed ones, the newest first: twelve a year. Raises Forbidden."""
    require_reader(actor)
    return list(Period.objects.order_by("-month"))


def entries_page(actor: Actor, wanted: EntryFilter, cursor: str | None, limit: int | None) -> Page[Entry]:
    """Entries in sight, the newest first, with `amount` (one side's sum) and `reversed_id`. Raises Invalid."""
    found, size = filtered(actor, wanted), paging.limit(limit)
    page = found
    if (key := paging.decode(cursor, 2)) is not None:
        try:
            day, last = date.fromisoformat(str(key[0])), UUID(str(key[1]))
        except ValueError:
            raise Invalid(reason="cursor") from None
        page = page.filter(Q(booked_on__lt=day) | Q(booked_on=day, id__lt=last))
    rows = list(told(page).order_by("-booked_on", "-id")[: size + 1])
    more = paging.encode((rows[size - 1].booked_on, rows[size - 1].id)) if len(rows) > size else None
    count = None
    if cursor is None:
        total = found.order_by()[: paging.EXACT_TO + 1].count()
        count = Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO)
    return Page(rows[:size], more, count)


def filtered(actor: Actor, wanted: EntryFilter) -> QuerySet[Entry]:
    """The entries in sight that a filter names."""
    found: QuerySet[Entry] = ScopedQuerySet(Entry).restrict(actor, VIEW, wanted.area)
    if wanted.exact and wanted.area:
        found = found.filter(area_code__in=area_names.going_by(wanted.area))
    if wanted.source:
        found = found.filter(source_id=wanted.source)
    if wanted.party:
        found = found.filter(party_id=wanted.party)
    if wanted.account:
        found = found.filter(Exists(BookLine.objects.filter(entry=OuterRef("id"), account_id=wanted.account)))
    if wanted.first:
        found = found.filter(month__gte=wanted.first)
    if wanted.last:
        found = found.filter(month__lte=wanted.last)
    if words := wanted.words.strip():
        found = found.annotate(at=StrIndex("text", Value(words)), of=StrIndex("document", Value(words)))
        found = found.filter(Q(at__gt=0) | Q(of__gt=0))
    return found


def told(found: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries with what is shown of them."""
    side = (
        BookLine.objects.filter(entry=OuterRef("id"))
        .order_by()
        .values("entry")
        .annotate(sum=Sum("debit"))
        .values("sum")
    )
    undone = Entry.objects.filter(reverses=OuterRef("id")).values("id")[:1]
    return found.select_related("source", "party").annotate(
        amount=Subquery(side, output_field=DecimalField(max_digits=20, decimal_places=2)), reversed_id=Subquery(undone)
    )


def entry(actor: Actor, entry_id: UUID) -> tuple[Entry, list[BookLine]]:
    """An entry with its lines. Raises NotFound."""
    rows = told(ScopedQuerySet(Entry).restrict(actor, VIEW)).select_related("source", "party", "award")
    found: Entry | None = rows.filter(id=entry_id).first()
    if found is None:
        raise NotFound()
    return found, list(found.lines.select_related("account").order_by("position"))


def budgets(actor: Actor, year: int | None = None, area: str | None = None) -> list[BudgetRow]:
    """Budgets in sight, by year, source and area, with what was used. Four statements."""
    found: QuerySet[Budget] = ScopedQuerySet(Budget).restrict(actor, VIEW, area).select_related("source")
    if year:
        found = found.filter(year=year)
    grouped: dict[tuple[int, UUID, str], list[Budget]] = {}
    order = list(rules.SOURCE_KINDS)
    for each in sorted(found, key=lambda b: (-b.year, order.index(b.source.kind), b.source.name, b.area_code, b.id)):
        grouped.setdefault((each.year, each.source_id, each.area_code), []).append(each)
    used, names = _used(list(grouped)), area_names.names_of(key[2] for key in grouped)
    return [
        BudgetRow(
            source_id=key[1], source_name=parts[0].source.name, kind=parts[0].source.kind, year=key[0], area_code=key[2],
            area_name=names[key[2]], amount=sum((p.amount for p in parts), rules.ZERO), used=used.get(key, rules.ZERO),
            parts=[BudgetPart(p.id, p.amount, p.note, p.version) for p in parts],
        )
        for key, parts in grouped.items()
    ]  # fmt: skip


def _used(keys: Sequence[tuple[int, UUID, str]]) -> dict[tuple[int, UUID, str], Decimal]:
    """What was spent of each source in each year in each area and below it. One statement."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT w.year, w.source, w.area, sum(l.debit - l.credit)
            FROM unnest(%s::int[], %s::uuid[], %s::text[]) AS w (year, source, area)
            JOIN funding_entry e ON e.source_id = w.source AND e.month BETWEEN w.year * 100 + 1 AND w.year * 100 + 12
                AND e.area_code >= w.area COLLATE "C" AND e.area_code < (w.area || '~') COLLATE "C"
            JOIN funding_line l ON l.entry_id = e.id
            JOIN funding_account a ON a.code = l.account_id AND (a.kind = 'expense' OR a.capital)
            GROUP BY 1, 2, 3
            """,
            [[k[0] for k in keys], [k[1] for k in keys], [k[2] for k in keys]],
        )
        return {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
