"""Routing over HTTP: the rules and a draft of them tried on the last month's cases, and one case's unit with the reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Status
from ninja.files import UploadedFile

from linli.access import reads
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require

from ..engine.states import stands_as
from ..permissions import HANDLE, ROUTING_EDIT, VIEW
from . import actions, entry, queries
from .compiled import units
from .drafts import Line
from .rules import Reach
from .schemas import (
    CaseRoutingOut,
    RoutedCaseOut,
    RoutingCasesIn,
    RoutingChoicesOut,
    RoutingDraftIn,
    RoutingDryRunOut,
    RoutingFileOut,
    RoutingRuleIn,
    RoutingRulesOut,
    RoutingSaveIn,
)

router = Router(tags=["case routing"])
READERS = require(*queries.READERS)
EDITOR = require(ROUTING_EDIT)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/cases/{uuid:case_id}/routing", auth=require(VIEW, HANDLE), response=CaseRoutingOut)
def case_routing(request: HttpRequest, case_id: UUID) -> Any:
    """By which rule a case was routed and why; for a dispatcher, where it should go."""
    return entry.case_out(queries.case_routing(actor_of(request), case_id), language_of(request))


@router.get("/case-routing/rules", auth=READERS, response=RoutingRulesOut)
def routing_rules(request: HttpRequest) -> Any:
    """The rules by priority, given whole, with conflicts, dead rules and what else is wrong with them."""
    return entry.rules_out(queries.rule_set(actor_of(request)), language_of(request))


@router.get("/case-routing/choices", auth=EDITOR, response=RoutingChoicesOut)
def routing_choices(request: HttpRequest) -> Any:
    """The units and categories a rule may name."""
    return {"units": queries.units_to_name(actor_of(request)), "categories": queries.categories_to_name()}


@router.get("/case-routing/export", auth=READERS, response={200: None})
def export_rules(request: HttpRequest) -> HttpResponse:
    """The rules as a workbook that can be changed and read again."""
    from .tables import export

    response = HttpResponse(export(actor_of(request), language_of(request)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="case-routing-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.post("/case-routing/file", auth=require(ROUTING_EDIT, upload=True), response=RoutingFileOut)
def read_rules(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """A file of rules as a draft, with what in it was not understood. Nothing is saved."""
    from linli.intake.ledgers.api import kept

    from .tables import read_lines

    actor, language = actor_of(request), language_of(request)
    with kept(file) as path:
        lines, found = read_lines(actor, path, file.name)
    named, names = queries.named_lines(lines), units().names
    rules = [entry.line_out(at, line, named[at - 1], names, language) for at, line in enumerate(lines, start=1)]
    return {"rules": rules, "rows": [entry.row_out(finding, language) for finding in found]}


@router.post("/case-routing/dry-run", auth=EDITOR, response=RoutingDryRunOut)
def try_rules(request: HttpRequest, draft: RoutingDraftIn) -> Any:
    """What a draft would do with the last month's cases in sight, and what is wrong with it. Nothing is saved."""
    from .dry_run import dry_run

    return entry.dry_run_out(dry_run(actor_of(request), _lines(draft.rules), draft.on), language_of(request))


@router.post("/case-routing/dry-run/cases", auth=EDITOR, response=PageOut[RoutedCaseOut])
def tried_cases(request: HttpRequest, asked: RoutingCasesIn) -> Any:
    """The cases behind one figure of a dry run."""
    from .dry_run import dry_run_cases

    actor, language = actor_of(request), language_of(request)
    pair = (str(asked.before or ""), str(asked.after or ""))
    page = dry_run_cases(actor, _lines(asked.rules), pair, asked.on, asked.cursor, asked.limit)
    reads.note("list", "case", over=[line.area_code for line in page.items], count=len(page.items))
    named = names_of(line.area_code for line in page.items)
    return PageOut[RoutedCaseOut](
        items=[
            RoutedCaseOut(
                id=line.id, number=line.number, state_name=stands_as(line.state, line.transferred).say(language), beginning=line.beginning,
                area_code=line.area_code, area_name=named[line.area_code], category_name=line.category_name,
                unit_name=line.unit_name, reported_at=line.reported_at,
            )
            for line in page.items
        ],
        next=page.next,
    )  # fmt: skip


@router.put("/case-routing/rules", auth=EDITOR, response={200: RoutingRulesOut})
def save_rules(request: HttpRequest, draft: RoutingSaveIn) -> Any:
    """Let a set of rules hold from now on; cases keep the rule and version they were routed by."""
    actor = actor_of(request)
    actions.save_rules(actor, _lines(draft.rules), draft.stamp, draft.reason)
    return Status(200, entry.rules_out(queries.rule_set(actor), language_of(request)))


def _lines(rules: list[RoutingRuleIn]) -> list[Line]:
    return [
        Line(
            Reach(r.standard_ref.strip(), r.kind, r.code.strip(), r.area_code, r.ownership.strip()), r.target,
            str(r.unit_id or ""), r.basis, r.certainty, entry.since(r.valid_from), r.valid_until, str(r.id or ""),
        )
        for r in rules
    ]  # fmt: skip
