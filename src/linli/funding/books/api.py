"""The books over HTTP: sources, parties, budgets, entries, months, reports, and both as workbooks."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.access import reads
from linli.kernel import area_names, clock
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require

from .. import rules
from ..permissions import CLOSE, KEEP, VIEW
from . import export, keeping, posting, queries, reports
from .entry import account_out, detail_out, entry_out, party_out, period_out, report_out, source_out
from .keeping import PartyFacts, SourceFacts
from .posting import NewEntry, NewLine
from .queries import EntryFilter
from .schemas import (
    Cursor,
    FundAccountOut,
    FundBudgetChangeIn,
    FundBudgetIn,
    FundBudgetOut,
    FundBudgetsOut,
    FundCloseIn,
    FundEntryDetailOut,
    FundEntryIn,
    FundEntryOut,
    FundPartyIn,
    FundPartyOut,
    FundPeriodsOut,
    FundReportOut,
    FundReversalIn,
    FundSourceChangeIn,
    FundSourceIn,
    FundSourceOut,
    FundSourcesOut,
    Limit,
    paged,
)

router = Router(tags=["funding"])
SEEN, KEEPER, CLOSER = require(VIEW), require(KEEP), require(CLOSE)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD_MONTHS = Text("起始月份不能晚于截止月份。", "The first month cannot lie after the last.")
Month = Annotated[int | None, Field(ge=200001, le=299912)]


class FundEntriesQuery(Schema):
    """Which entries: months from `first` to `last` (202611), `q` a piece of text or document; `exact`: of the area itself only."""

    area: str | None = Field(None, max_length=15)
    exact: bool = False
    source: UUID | None = None
    party: UUID | None = None
    account: str | None = Field(None, max_length=12)
    first: Month = None
    last: Month = None
    q: str = Field("", max_length=60)

    def wanted(self) -> EntryFilter:
        return EntryFilter(self.area, self.source, self.party, self.account, self.first, self.last, self.q, self.exact)


class FundEntriesPageQuery(FundEntriesQuery):
    """The same by pages."""

    cursor: str | None = Field(None, max_length=400)
    limit: int | None = Field(None, ge=1, le=200)


class FundReportQuery(Schema):
    """Which report: `first` to `last` are months; without them, this year to now."""

    by: Literal["source", "area", "party", "account"] = "source"
    first: Month = None
    last: Month = None
    area: str | None = Field(None, max_length=15)
    source: UUID | None = None
    party: UUID | None = None

    def made(self, request: HttpRequest) -> reports.Report:
        this = rules.month_of(clock.today())
        last = self.last or this
        first = self.first or min(this // 100 * 100 + 1, last)
        if first > last:
            raise Invalid(fields=(FieldProblem("first", "range", BAD_MONTHS),))
        return reports.report(actor_of(request), self.by, first, last, self.area, self.source, self.party)


@router.get("/funding/accounts", auth=SEEN, response=list[FundAccountOut], summary="会计科目 / Accounts")
def list_accounts(request: HttpRequest) -> Any:
    """The accounts of the books."""
    return [account_out(account, language_of(request)) for account in queries.accounts(actor_of(request))]


@router.get("/funding/sources", auth=SEEN, response=FundSourcesOut, summary="资金来源 / Sources of money")
def list_sources(request: HttpRequest) -> Any:
    """All sources with their rules, days and earmarks."""
    actor, language = actor_of(request), language_of(request)
    return {"items": [source_out(s, language) for s in queries.sources(actor)], "may_edit": _keeps_all(request)}


@router.post("/funding/sources", auth=KEEPER, response={201: FundSourceOut}, summary="新增资金来源 / Enter a source")
def add_source(request: HttpRequest, body: FundSourceIn) -> Any:
    """Enter a source."""
    return Status(201, source_out(keeping.add_source(actor_of(request), _source(body)), language_of(request)))


@router.put(
    "/funding/sources/{uuid:source_id}", auth=KEEPER, response=FundSourceOut, summary="修改资金来源 / Change a source"
)
def change_source(request: HttpRequest, source_id: UUID, body: FundSourceChangeIn) -> Any:
    """Change a source: its rules, days and earmark. Entries keep it."""
    made = keeping.change_source(actor_of(request), source_id, _source(body), body.version)
    return source_out(made, language_of(request))


@router.get("/funding/parties", auth=SEEN, response=PageOut[FundPartyOut], summary="往来单位 / Parties")
def list_parties(request: HttpRequest, cursor: Cursor = None, limit: Limit = None) -> Any:
    """Operators, suppliers and payers, the newest first."""
    page = queries.parties(actor_of(request), cursor, limit)
    return paged(page, [party_out(party, language_of(request)) for party in page.items])


@router.post("/funding/parties", auth=KEEPER, response={201: FundPartyOut}, summary="新增往来单位 / Enter a party")
def add_party(request: HttpRequest, body: FundPartyIn) -> Any:
    """Enter a party."""
    return Status(201, party_out(keeping.add_party(actor_of(request), PartyFacts(**body.dict())), language_of(request)))


@router.get("/funding/budgets", auth=SEEN, response=FundBudgetsOut, summary="预算 / Budgets")
def list_budgets(
    request: HttpRequest,
    year: Annotated[int | None, Query(ge=2000, le=2099)] = None,
    area: Annotated[str | None, Query(max_length=15)] = None,
) -> Any:
    """Budgets by source, year and area, with what was used of each."""
    actor = actor_of(request)
    found = [FundBudgetOut.from_orm(row) for row in queries.budgets(actor, year, area)]
    return {"items": found, "may_edit": actor.may(KEEP)}


@router.post("/funding/budgets", auth=KEEPER, response={201: FundBudgetsOut}, summary="下达预算 / Grant a budget")
def add_budget(request: HttpRequest, body: FundBudgetIn) -> Any:
    """Grant a budget beside those there are. Answers the budgets of its year and area."""
    actor = actor_of(request)
    made = keeping.add_budget(actor, body.source_id, body.year, body.area, body.amount, body.note)
    return Status(201, _budgets(request, made.year, made.area_code))


@router.put(
    "/funding/budgets/{uuid:budget_id}", auth=KEEPER, response=FundBudgetsOut, summary="调整预算 / Change a budget"
)
def change_budget(request: HttpRequest, budget_id: UUID, body: FundBudgetChangeIn) -> Any:
    """Set a budget to another amount."""
    made = keeping.change_budget(actor_of(request), budget_id, body.amount, body.note, body.version)
    return _budgets(request, made.year, made.area_code)


@router.get("/funding/entries", auth=SEEN, response=PageOut[FundEntryOut], summary="凭证列表 / Entries")
def list_entries(request: HttpRequest, asked: Annotated[FundEntriesPageQuery, Query()]) -> Any:
    """Entries in sight, the newest first."""
    page = queries.entries_page(actor_of(request), asked.wanted(), asked.cursor, asked.limit)
    names = area_names.names_of(entry.area_code for entry in page.items)
    reads.note("list", "funding.entry", area=asked.area, count=len(page.items))
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut[FundEntryOut](
        items=[FundEntryOut(**entry_out(e, names)) for e in page.items], next=page.next, count=count
    )


@router.get("/funding/entries/export", auth=SEEN, summary="导出序时账 / The journal as a workbook")
def export_entries(request: HttpRequest, asked: Annotated[FundEntriesQuery, Query()]) -> HttpResponse:
    """Every line of the entries a filter names, for the finance office."""
    content = export.journal(actor_of(request), asked.wanted(), language_of(request))
    return _file(content, f"journal-{clock.today():%Y%m%d}.xlsx")


@router.post("/funding/entries", auth=KEEPER, response={201: FundEntryDetailOut}, summary="记账 / Post an entry")
def post_entry(request: HttpRequest, body: FundEntryIn) -> Any:
    """Post an entry. It is never changed afterwards."""
    lines = [NewLine(line.account, line.debit, line.credit, line.note) for line in body.lines]
    given = NewEntry(body.area, body.source_id, body.booked_on, body.text, lines, body.party_id, body.document)
    return Status(201, _entry(request, posting.post(actor_of(request), given).id))


@router.get("/funding/entries/{uuid:entry_id}", auth=SEEN, response=FundEntryDetailOut, summary="凭证 / An entry")
def get_entry(request: HttpRequest, entry_id: UUID) -> Any:
    """An entry with its lines."""
    return _entry(request, entry_id)


@router.post(
    "/funding/entries/{uuid:entry_id}/reverse",
    auth=KEEPER,
    response={201: FundEntryDetailOut},
    summary="冲销 / Reverse an entry",
)
def reverse_entry(request: HttpRequest, entry_id: UUID, body: FundReversalIn) -> Any:
    """Undo an entry by another one; answers the new one."""
    made = posting.reverse(actor_of(request), entry_id, body.booked_on, body.reason)
    return Status(201, _entry(request, made.id))


@router.get("/funding/periods", auth=SEEN, response=FundPeriodsOut, summary="会计期间 / Accounting months")
def list_periods(request: HttpRequest, closing: bool = False) -> Any:
    """The months, which are closed, and which may be closed now; `closing`: those that wait for it only, to who may."""
    told = _periods(request)
    if not closing:
        return told
    there = {row["month"]: row for row in told["items"]}
    waiting = keeping.waiting_months(actor_of(request))[::-1]
    blank = {"entries": 0, "closed_at": None, "closed_by_name": ""}
    return told | {"items": [there.get(month, blank | {"month": month}) for month in waiting]}


@router.post("/funding/periods/close", auth=CLOSER, response=FundPeriodsOut, summary="结账 / Close a month")
def close_period(request: HttpRequest, body: FundCloseIn) -> Any:
    """Close the month that is due, for good."""
    keeping.close(actor_of(request), body.month)
    return _periods(request)


@router.get("/funding/report", auth=SEEN, response=FundReportOut, summary="资金报表 / A report of the books")
def get_report(request: HttpRequest, asked: Annotated[FundReportQuery, Query()]) -> Any:
    """By source, community, party or account, over months; the rows sum to the whole."""
    return report_out(asked.made(request), language_of(request))


@router.get("/funding/report/export", auth=SEEN, summary="导出资金报表 / A report as a workbook")
def export_report(request: HttpRequest, asked: Annotated[FundReportQuery, Query()]) -> HttpResponse:
    """The same for the finance office."""
    content = export.report(actor_of(request), asked.made(request), language_of(request), asked.area)
    return _file(content, f"funding-{asked.by}-{clock.today():%Y%m%d}.xlsx")


def _source(body: FundSourceIn) -> SourceFacts:
    told = body.dict(exclude={"version", "spend_accounts"})
    return SourceFacts(**told, spend_accounts=tuple(body.spend_accounts))


def _entry(request: HttpRequest, entry_id: UUID) -> dict[str, Any]:
    actor = actor_of(request)
    found, lines = queries.entry(actor, entry_id)
    reads.note("detail", "funding.entry", subject_id=entry_id, area=found.area_code)
    return detail_out(actor, found, lines, area_names.names_of([found.area_code]), language_of(request))


def _periods(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    return period_out(queries.periods(actor), keeping.closable(), actor.may(CLOSE, _district()))


def _budgets(request: HttpRequest, year: int, area: str) -> dict[str, Any]:
    actor = actor_of(request)
    return {
        "items": [FundBudgetOut.from_orm(row) for row in queries.budgets(actor, year, area)],
        "may_edit": actor.may(KEEP),
    }


def _keeps_all(request: HttpRequest) -> bool:
    return actor_of(request).may(KEEP, _district())


def _district() -> str:
    from django.conf import settings

    return str(settings.LINLI_DISTRICT)


def _file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
