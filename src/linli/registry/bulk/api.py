"""Bulk edits over HTTP: prepare with a preview, carry out, undo."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.registry.permissions import BULK
from linli.registry.queries.codes import labels
from linli.registry.queries.homes import DwellingFilter
from linli.registry.queries.people import PersonFilter

from . import actions, queries, rules
from .models import BulkEdit
from .queries import Sum
from .schemas import BulkEditIn, BulkEditOut, BulkFieldOut, BulkOldOut, BulkReasonIn, BulkRowOut, Outcome

router = Router(tags=["bulk edits"])
_CHOOSE = Text("请选择要修改的条目。", "Say which rows are meant.")
Labels = dict[tuple[str, str], str]


@router.post("/bulk-edits", auth=require(BULK), response={201: BulkEditOut})
def prepare(request: HttpRequest, given: BulkEditIn) -> tuple[int, BulkEditOut]:
    """Prepare an edit: what would change, what would not, and why. Nothing of the rows themselves is written."""
    edit = actions.prepare_edit(actor_of(request), given.kind, given.changes, _chosen(given))
    return 201, _out(request, edit)


@router.get("/bulk-edits", auth=require(BULK), response=PageOut[BulkEditOut])
def list_edits(request: HttpRequest, cursor: str | None = None, limit: int | None = None) -> PageOut[BulkEditOut]:
    """What was changed in bulk, latest first, without the sums."""
    page = queries.edits_page(actor_of(request), cursor, limit)
    return PageOut(items=_outs(request, page.items), next=page.next)


@router.get("/bulk-edits/{edit_id}", auth=require(BULK), response=BulkEditOut)
def get_edit(request: HttpRequest, edit_id: UUID) -> BulkEditOut:
    """One edit with its sums."""
    return _out(request, queries.edit_of(actor_of(request), edit_id))


@router.get("/bulk-edits/{edit_id}/rows", auth=require(BULK), response=PageOut[BulkRowOut])
def list_rows(
    request: HttpRequest,
    edit_id: UUID,
    outcome: Outcome | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[BulkRowOut]:
    """The people or homes of an edit, with the values they held."""
    actor = actor_of(request)
    edit = queries.edit_of(actor, edit_id)
    page = queries.rows_page(actor, edit, outcome, cursor, limit)
    reads.note("list", edit.kind, area=edit.area_code, count=len(page.items))
    grids = [row.old.get("area_code") or row.old.get(rules.GRID) for row in page.items]
    named = names_of([*(row.area_code for row in page.items), *grids])
    said, language = labels(language_of(request)), language_of(request)
    items = [
        BulkRowOut.model_validate(
            {
                "subject_id": row.subject_id, "title": row.title, "area_code": row.area_code,
                "area_name": named[row.area_code], "outcome": row.outcome,
                "old": [_old(edit, field, row.old, said, named) for field in edit.changes],
                "why": rules.WHY[row.why].say(language) if row.why else "",
            }
        )
        for row in page.items
    ]  # fmt: skip
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut(items=items, next=page.next, count=count)


@router.post("/bulk-edits/{edit_id}/carry-out", auth=require(BULK), response=BulkEditOut)
def carry_out(request: HttpRequest, edit_id: UUID, given: BulkReasonIn) -> BulkEditOut:
    """Carry out what one has prepared; what somebody changed meanwhile is left and reported."""
    return _out(request, actions.carry_out(actor_of(request), edit_id, given.reason))


@router.post("/bulk-edits/{edit_id}/undo", auth=require(BULK), response=BulkEditOut)
def undo(request: HttpRequest, edit_id: UUID, given: BulkReasonIn) -> BulkEditOut:
    """Take an edit back as a whole."""
    return _out(request, actions.undo_edit(actor_of(request), edit_id, given.reason))


def _chosen(given: BulkEditIn) -> actions.Chosen:
    if given.ids is not None:
        return given.ids
    if given.kind == BulkEdit.PERSON and given.people is not None:
        return PersonFilter(words=given.people.q, **given.people.dict(exclude={"q", "cursor", "limit"}))
    if given.kind == BulkEdit.DWELLING and given.homes is not None:
        return DwellingFilter(words=given.homes.q, **given.homes.dict(exclude={"q"}))
    raise Invalid(fields=(FieldProblem("ids", "required", _CHOOSE),))


def _out(request: HttpRequest, edit: BulkEdit) -> BulkEditOut:
    return _outs(request, [edit], queries.sums_of(edit))[0]


def _outs(request: HttpRequest, edits: Iterable[BulkEdit], sums: Iterable[Sum] = ()) -> list[BulkEditOut]:
    edits, language = list(edits), language_of(request)
    said = labels(language)
    named = names_of([*(e.area_code for e in edits), *(e.changes.get(rules.GRID) for e in edits)])
    people = actors.names_of(e.made_by for e in edits)
    counted = [
        {"outcome": s.outcome, "why": s.why, "text": rules.WHY[s.why].say(language) if s.why else "", "count": s.count}
        for s in sums
    ]
    shown = ("id", "kind", "state", "area_code", "chosen", "changed", "meanwhile", "reason", "made_at", "done_at",
             "undone_at", "undo_reason")  # fmt: skip
    return [
        BulkEditOut.model_validate(
            {
                **{name: getattr(edit, name) for name in shown},
                "area_name": named[edit.area_code], "made_by": actors.display_name(edit.made_by, people), "sums": counted,
                "fields": [
                    BulkFieldOut(
                        field=name, label=rules.label_of(edit.kind, name).say(language), value=value,
                        display=_display(edit.kind, name, value, said, named),
                    )
                    for name, value in edit.changes.items()
                ],
            }
        )
        for edit in edits
    ]  # fmt: skip


def _old(edit: BulkEdit, field: str, old: dict[str, str | None], said: Labels, named: dict[str, str]) -> BulkOldOut:
    held = old.get("area_code") if edit.kind == BulkEdit.DWELLING and field == rules.GRID else old.get(field)
    return BulkOldOut(field=field, value=held, display=_display(edit.kind, field, held, said, named))


def _display(kind: str, field: str, value: str | None, said: Labels, named: dict[str, str]) -> str | None:
    if not value:
        return None
    if field == rules.GRID:
        return named.get(value, value)
    listed = rules.LISTS[kind].get(field)
    return said.get((listed, value), value) if listed else value
