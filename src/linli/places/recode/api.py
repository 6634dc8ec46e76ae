"""The API of recodes: list, preview, carry out, undo."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, language_of, require

from ..permissions import EDIT, VIEW
from . import queries

router = Router(tags=["recodes"])

Code = Annotated[str, Field(pattern=r"^[0-9]{9}([0-9]{3})?$", description="乡镇 9 位或村居 12 位")]
Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]


class RecodeIn(Schema):
    """`new`: another code (a new one, or that of a village to be joined), or the same for a change of name or kind.

    `name` is the short name, `kind` 居委会, 村委会, 街道, 镇 or 乡; empty keeps what is. `effective_on` is today if
    not given.
    """

    old: Code
    new: Code
    name: str = Field("", max_length=50)
    kind: str = Field("", max_length=10)
    effective_on: date | None = None


class RecodeSaveIn(RecodeIn):
    reason: str = Field("", max_length=500)


class RecodeUndoIn(Schema):
    reason: str = Field("", max_length=500)


class RecodeEffectOut(Schema):
    """How many of something lie in `old` now and would lie in `new`."""

    name: str
    label: str
    open_work: bool
    old: str
    new: str
    count: int


class RecodePreviewOut(Schema):
    """`how`: rename, recode, move (to another town) or merge; `heirs`: each code that ends, and what it becomes."""

    how: str
    name: str
    full_name: str
    kind: str
    heirs: dict[str, str]
    effect: list[RecodeEffectOut]


class RecodeOut(Schema):
    """`was` and `name` are the short names before and after; `moved` rows by table and column."""

    id: uuid.UUID
    kind: str
    how: str
    old: str
    new: str
    was: str
    name: str
    area_code: str
    effective_on: date
    reason: str
    heirs: dict[str, str]
    moved: dict[str, int]
    undone: bool
    undoable: bool
    made_at: datetime
    made_by: str


@router.get("/recodes", response=PageOut[RecodeOut], auth=require(VIEW), summary="区划变更记录 / Recodes")
def list_recodes(
    request: HttpRequest, area: Area | None = None, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Recodes in one's areas, newest first."""
    return queries.recodes(actor_of(request), area, cursor, limit)


@router.post(
    "/recodes/preview", response=RecodePreviewOut, auth=require(EDIT), summary="区划变更预览 / What it would do"
)
def preview_recode(request: HttpRequest, data: RecodeIn) -> RecodePreviewOut:
    """Where every code would go, and how much of everything with it. Nothing is written."""
    from . import actions

    found = actions.preview_recode(actor_of(request), _wish(data), data.effective_on)
    language, plan = language_of(request), found.plan
    return RecodePreviewOut(
        how=plan.how,
        name=plan.short_name,
        full_name=plan.name,
        kind=plan.kind,
        heirs=dict(plan.heirs),
        effect=[
            RecodeEffectOut(
                name=c.name, label=c.label.say(language), open_work=c.open_work, old=c.old, new=c.new, count=c.count
            )
            for c in found.counts
        ],
    )


@router.post("/recodes", response={201: RecodeOut}, auth=require(EDIT), summary="区划变更 / Recode")
def recode(request: HttpRequest, data: RecodeSaveIn) -> Any:
    """Give an area another code, join it to another, move it, or rename it, as one dated action."""
    from . import actions

    done = actions.do_recode(actor_of(request), _wish(data), data.effective_on, data.reason)
    return Status(201, queries.recode_item(done))


@router.post("/recodes/{change_id}/undo", response=RecodeOut, auth=require(EDIT), summary="撤销区划变更 / Undo")
def undo_recode(request: HttpRequest, change_id: uuid.UUID, data: RecodeUndoIn) -> Any:
    """Carry out the reverse of a recode on which nothing rests yet."""
    from . import actions

    return queries.recode_item(actions.undo_recode(actor_of(request), change_id, data.reason))


def _wish(data: RecodeIn) -> Any:
    from .rules import Wish

    return Wish(data.old, data.new, data.name, data.kind)
