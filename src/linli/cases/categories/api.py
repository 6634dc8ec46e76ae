"""The directory of cases over HTTP: read by all who work on cases, changed by whoever keeps it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from linli.access.queries import actors
from linli.kernel import clock
from linli.kernel.http import actor_of, language_of, require

from ..permissions import CATEGORY_EDIT
from . import actions, queries
from .actions import NewCategory, NewRule
from .editions import CategoryFacts, RuleFacts
from .entry import category_out, detail_out, dry_run_out
from .schemas import (
    CategoriesOut,
    CategoryChangeIn,
    CategoryCloseIn,
    CategoryDetailOut,
    CategoryFactsIn,
    CategoryReopenIn,
    DryRunOut,
    NewCategoryIn,
    NewRuleIn,
    NextCodeOut,
    RuleEndIn,
)

router = Router(tags=["case directory"])
READERS = require(*queries.READERS)
EDITOR = require(CATEGORY_EDIT)
UPLOADER = require(CATEGORY_EDIT, upload=True)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TableName = Literal["categories", "rules"]


class CategoriesQuery(Schema):
    """`state`: `held` on the day (today), or `all`."""

    q: str = Field("", max_length=60)
    kind: Literal["component", "matter", "local"] | None = None
    state: Literal["held", "all"] = "held"
    day: date | None = None


@router.get("/case-categories", response=CategoriesOut, auth=READERS)
def list_categories(request: HttpRequest, asked: Query[CategoriesQuery]) -> Any:
    """The directory by kind and code: a reference list, given whole."""
    actor, language, day = actor_of(request), language_of(request), asked.day or clock.today()
    found = queries.categories(actor, asked.q, day if asked.state == "held" else None, asked.kind)
    items = [category_out(category, day, language) for category in found]
    return {"items": items, "may_edit": queries.may_edit(actor), "day": day}


@router.get("/case-categories/next-code", response=NextCodeOut, auth=EDITOR)
def next_code(request: HttpRequest, standard_ref: str, kind: str, major: str) -> Any:
    """The code that a new local minor would get."""
    return {"code": queries.next_code(actor_of(request), standard_ref, kind, major)}


@router.get("/case-categories/export", auth=READERS, response={200: None})
def export_directory(request: HttpRequest, table: TableName = "categories") -> HttpResponse:
    """Categories or rules as a workbook that can be changed and loaded again."""
    from .export import export

    response = HttpResponse(export(actor_of(request), table, language_of(request)), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="case-{table}-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.post("/case-categories/preview", response=DryRunOut, auth=UPLOADER)
def preview_load(
    request: HttpRequest, file: File[UploadedFile], table: Form[TableName], effective_from: Form[date | None] = None
) -> Any:
    """What a file would change; nothing is written."""
    from linli.intake.ledgers.api import kept

    from . import loading

    with kept(file) as path:
        found = loading.preview(actor_of(request), path, table, effective_from or clock.today(), file.name)
    return dry_run_out(found, language_of(request))


@router.post("/case-categories/loads", response={201: DryRunOut}, auth=UPLOADER)
def load(
    request: HttpRequest,
    file: File[UploadedFile],
    table: Form[TableName],
    stamp: Form[str],
    reason: Form[str],
    effective_from: Form[date | None] = None,
) -> Any:
    """Carry out what a dry run of the same file told; `stamp` is its."""
    from linli.intake.ledgers.api import kept

    from . import loading

    with kept(file) as path:
        done = loading.load(
            actor_of(request), path, table, effective_from or clock.today(), reason, stamp=stamp, filename=file.name
        )
    return Status(201, dry_run_out(done, language_of(request)))


@router.post("/case-categories", response={201: CategoryDetailOut}, auth=EDITOR)
def add_category(request: HttpRequest, body: NewCategoryIn) -> Any:
    """Enter a category; without a code, as the next local minor."""
    wanted = NewCategory(body.standard_ref, body.kind, _facts(body), body.code)
    made = actions.add_category(actor_of(request), wanted, body.valid_from or clock.today(), body.reason)
    return Status(201, _detail(request, made.id))


@router.get("/case-categories/{uuid:category_id}", response=CategoryDetailOut, auth=READERS)
def get_category(request: HttpRequest, category_id: UUID, day: date | None = None) -> Any:
    """A category with its rules, what counts without one, and how it was before."""
    return _detail(request, category_id, day)


@router.put("/case-categories/{uuid:category_id}", response=CategoryDetailOut, auth=EDITOR)
def change_category(request: HttpRequest, category_id: UUID, body: CategoryChangeIn) -> Any:
    """Change what a category is; its key and days stay."""
    actions.change_category(actor_of(request), category_id, _facts(body), body.version, body.reason)
    return _detail(request, category_id)


@router.post("/case-categories/{uuid:category_id}/close", response=CategoryDetailOut, auth=EDITOR)
def close_category(request: HttpRequest, category_id: UUID, body: CategoryCloseIn) -> Any:
    """Close a category from a day on, with what takes its place."""
    on = body.on or clock.today()
    actions.close_category(actor_of(request), category_id, on, body.successor_id, body.version, body.reason)
    return _detail(request, category_id)


@router.post("/case-categories/{uuid:category_id}/reopen", response=CategoryDetailOut, auth=EDITOR)
def reopen_category(request: HttpRequest, category_id: UUID, body: CategoryReopenIn) -> Any:
    """Let a closed category hold again."""
    actions.reopen_category(actor_of(request), category_id, body.on or clock.today(), body.version, body.reason)
    return _detail(request, category_id)


@router.post("/case-categories/{uuid:category_id}/rules", response={201: CategoryDetailOut}, auth=EDITOR)
def add_rule(request: HttpRequest, category_id: UUID, body: NewRuleIn) -> Any:
    """Enter a filing rule that holds from a day on."""
    told = body.dict(exclude={"valid_from", "reason", "rule_set", "target", "filing_condition"})
    wanted = NewRule(RuleFacts(**told), body.rule_set, body.target, body.filing_condition)
    actions.add_rule(actor_of(request), category_id, wanted, body.valid_from or clock.today(), body.reason)
    return Status(201, _detail(request, category_id))


@router.post("/filing-rules/{uuid:rule_id}/end", response=CategoryDetailOut, auth=EDITOR)
def end_rule(request: HttpRequest, rule_id: UUID, body: RuleEndIn) -> Any:
    """Let a rule hold no more from a day on; cases filed by it keep it."""
    rule = actions.end_rule(actor_of(request), rule_id, body.on or clock.today(), body.reason)
    return _detail(request, rule.category_id)


def _facts(body: CategoryFactsIn) -> CategoryFacts:
    return CategoryFacts(**{name: getattr(body, name) for name in CategoryFactsIn.model_fields})


def _detail(request: HttpRequest, category_id: UUID, day: date | None = None) -> dict[str, Any]:
    actor, day = actor_of(request), day or clock.today()
    told = queries.detail(actor, category_id, day)
    names = actors.names_of(version.by for version in told.versions)
    return detail_out(told, day, language_of(request), names) | {"may_edit": queries.may_edit(actor)}
