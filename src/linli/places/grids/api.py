"""The API of grids as they change: list, preview, change, undo; and who stands for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Path, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from linli.kernel.coordinates import Datum
from linli.kernel.faults import TooLarge
from linli.kernel.http import PageOut, actor_of, language_of, require

from ..permissions import EDIT, VIEW
from . import queries

router = Router(tags=["grids"])

Village = Annotated[str, Field(pattern=r"^[0-9]{12}$")]
Code = Annotated[str, Field(pattern=r"^[0-9]{15}$")]
Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]
Position = Annotated[list[float], Field(min_length=2, max_length=3)]
Name = Annotated[str, Field(max_length=50)]
VERTICES = 20_000
MOST_BYTES = 50 * 1024 * 1024


class PolygonIn(Schema):
    """A GeoJSON Polygon (RFC 7946) in WGS-84 (CGCS2000) degrees."""

    type: Literal["Polygon"]
    coordinates: Annotated[
        list[Annotated[list[Position], Field(min_length=3, max_length=VERTICES)]], Field(min_length=1, max_length=50)
    ]


class LineIn(Schema):
    """A GeoJSON LineString in WGS-84 (CGCS2000) degrees."""

    type: Literal["LineString"]
    coordinates: Annotated[list[Position], Field(min_length=2, max_length=VERTICES)]


class OperationIn(Schema):
    """One step. `draw`: figure, name, kind, carve; `split`: grid, line, names; `merge`: grids, name; `rename`: grid,
    name, kind; `close`: grid, into."""

    op: Literal["draw", "split", "merge", "rename", "close"]
    grid: str = Field("", max_length=15)
    grids: list[Code] = Field(default_factory=list, max_length=50)
    into: str = Field("", max_length=15)
    name: Name = ""
    names: list[Name] = Field(default_factory=list, max_length=20)
    kind: str = Field("", max_length=10)
    carve: bool = False
    figure: PolygonIn | None = None
    line: LineIn | None = None


class GridChangeIn(Schema):
    """Operations on the grids of one village, one after the other. `successors`: ended grid -> the heir (a code, or
    "+1", "+2" … for the grids made, in order) that takes rows whose place is not known."""

    village_code: Village
    operations: list[OperationIn] = Field(min_length=1, max_length=50)
    successors: dict[str, str] = Field(default_factory=dict)


class GridSaveIn(GridChangeIn):
    """`stamp` is what the preview answered; `effective_on` the day from which it holds (today)."""

    stamp: str = Field(max_length=64)
    effective_on: date | None = None
    reason: str = Field("", max_length=500)


class GridUndoIn(Schema):
    reason: str = Field("", max_length=500)


class GridTroubleOut(Schema):
    code: str
    message: str
    place: dict[str, Any] | None


class GridAfterOut(Schema):
    """A grid as it would stand. `state`: kept, added, redrawn, renamed."""

    code: str
    name: str
    kind: str
    state: str
    area_m2: float
    geometry: dict[str, Any]


class GridEffectOut(Schema):
    """How many of something lie in `old` now and would lie in `new`."""

    name: str
    label: str
    open_work: bool
    old: str
    new: str
    count: int


class GridPreviewOut(Schema):
    stamp: str
    troubles: list[GridTroubleOut]
    grids: list[GridAfterOut]
    ended: list[str]
    heirs: dict[str, list[str]]
    effect: list[GridEffectOut]


class BoundariesPreviewOut(Schema):
    """`outlines`: codes of villages whose outline would change; grids of all villages concerned as they would stand."""

    troubles: list[GridTroubleOut]
    outlines: list[str]
    grids: list[GridAfterOut]
    ended: list[str]
    effect: list[GridEffectOut]


class NamedGroupOut(Schema):
    """A named group of areas (开发区, 管区, 片区, 村民组) with the names of its areas."""

    id: uuid.UUID
    name: str
    kind: str
    codes: list[str]
    area_code: str
    area_name: str
    names: list[str]


class NamedGroupsOut(Schema):
    items: list[NamedGroupOut]


class GridStaffOut(Schema):
    """`until` is the first day without the duty."""

    id: uuid.UUID
    area_code: str
    area_name: str
    duty: str
    account_id: uuid.UUID
    name: str
    unit_name: str
    public_phone: str
    since: date
    until: date | None


class GridOut(Schema):
    """`valid_to` is the first day on which the grid is no more."""

    code: str
    name: str
    kind: str
    village_code: str
    village_name: str
    area_m2: float
    synthetic: bool
    source: str
    valid_from: date | None
    valid_to: date | None
    staff: list[GridStaffOut]


class GridChangeOut(Schema):
    """`summary`: codes added, ended, redrawn, renamed; `moved`: rows by table and column."""

    id: uuid.UUID
    kind: str
    area_code: str
    area_name: str
    effective_on: date
    reason: str
    summary: dict[str, Any]
    moved: dict[str, int]
    undone: bool
    undoable: bool
    made_at: datetime
    made_by: str


class NewGridStaff(Schema):
    area_code: Area
    duty: Literal["chief", "lead", "worker"]
    account_id: uuid.UUID
    since: date | None = None
    until: date | None = None
    public_phone: str = Field("", max_length=20, pattern=r"^[0-9+() -]*$")


class PhoneIn(Schema):
    public_phone: str = Field(max_length=20, pattern=r"^[0-9+() -]*$")


@router.get("/grids", response=PageOut[GridOut], auth=require(VIEW), summary="网格 / Grids")
def list_grids(
    request: HttpRequest, area: Area | None = None, ended: bool = False, staff: Literal["none"] | None = None,
    cursor: str | None = None, limit: int | None = None,
) -> Any:  # fmt: skip
    """Grids of one's areas in code order, with who stands for them; ended ones, and only those without staff, by wish."""
    return queries.grids(actor_of(request), area, ended, cursor, limit, unstaffed=staff == "none")


@router.post(
    "/grids/preview", response=GridPreviewOut, auth=require(EDIT), summary="网格变更预览 / What a change would do"
)
def preview(request: HttpRequest, data: GridChangeIn) -> GridPreviewOut:
    """Every trouble with its place, or the grids as they would stand and what goes where. Nothing is written."""
    from . import actions
    from .entry import operations_of, preview_out

    found = actions.preview_change(
        actor_of(request), data.village_code, operations_of(data.operations), data.successors
    )
    return preview_out(found, language_of(request))


@router.post("/grids/changes", response={201: GridChangeOut}, auth=require(EDIT), summary="网格变更 / Change grids")
def change(request: HttpRequest, data: GridSaveIn) -> Any:
    """Carry out what was previewed, as one dated action."""
    from . import actions
    from .entry import operations_of

    actor = actor_of(request)
    done = actions.change_grids(
        actor,
        data.village_code,
        operations_of(data.operations),
        stamp=data.stamp,
        successors=data.successors,
        effective_on=data.effective_on,
        reason=data.reason,
    )
    return Status(201, queries.change_item(done))


@router.get("/grids/changes", response=PageOut[GridChangeOut], auth=require(VIEW), summary="变更记录 / Changes")
def list_changes(
    request: HttpRequest, area: Area | None = None, cursor: str | None = None, limit: int | None = None
) -> Any:
    """Changes of grids in one's areas, newest first."""
    return queries.changes(actor_of(request), area, cursor, limit)


@router.post("/grids/changes/{change_id}/undo", response=GridChangeOut, auth=require(EDIT), summary="撤销 / Undo")
def undo(request: HttpRequest, change_id: uuid.UUID, data: GridUndoIn) -> Any:
    """Carry out the reverse of a change on which nothing rests yet."""
    from . import actions

    return queries.change_item(actions.undo_change(actor_of(request), change_id, data.reason))


@router.post(
    "/boundaries/preview",
    response=BoundariesPreviewOut,
    auth=require(EDIT, upload=True),
    summary="边界导入预览 / What boundaries would change",
)
def preview_boundaries(
    request: HttpRequest,
    file: File[UploadedFile],
    datum: Form[Datum],
    source: Form[str] = "",
    drawn: Form[bool] = False,
) -> BoundariesPreviewOut:
    """A GeoJSON file, or a zipped shapefile, of village outlines and grids: every trouble with its place, or what it would change."""
    from . import importing
    from .entry import import_preview_out

    found = importing.preview_boundaries(actor_of(request), _content(file), datum, source, drawn)
    return import_preview_out(found, language_of(request))


@router.post(
    "/boundaries",
    response={201: GridChangeOut},
    auth=require(EDIT, upload=True),
    summary="导入边界 / Import boundaries",
)
def import_boundaries(
    request: HttpRequest,
    file: File[UploadedFile],
    datum: Form[Datum],
    source: Form[str],
    drawn: Form[bool] = False,
    effective_on: Form[date | None] = None,
    reason: Form[str] = "",
) -> Any:
    """Take the boundaries of a GeoJSON file or a zipped shapefile, with their datum and source, as those that hold."""
    from . import importing

    done = importing.import_boundaries(
        actor_of(request),
        _content(file),
        datum=datum,
        source=source[:200],
        drawn=drawn,
        effective_on=effective_on,
        reason=reason[:500],
    )
    return Status(201, queries.change_item(done))


def _content(file: UploadedFile) -> bytes:
    if (file.size or 0) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    return bytes(file.read())


@router.get("/named-groups", response=NamedGroupsOut, auth=require(VIEW), summary="区域分组 / Named groups of areas")
def list_named_groups(request: HttpRequest) -> Any:
    """Groups of areas with a part in one's own; lists of people can be narrowed to one."""
    return {"items": queries.named_groups(actor_of(request))}


@router.get("/grid-staff", response=PageOut[GridStaffOut], auth=require(VIEW), summary="网格人员 / Grid staff")
def list_staff(
    request: HttpRequest, area: Area | None = None, ended: bool = False, cursor: str | None = None,
    limit: int | None = None,
) -> Any:  # fmt: skip
    """Who stands for the villages and grids of one's areas; those who did by wish."""
    return queries.staff(actor_of(request), area, ended, cursor, limit)


@router.post("/grid-staff", response={201: GridStaffOut}, auth=require(EDIT), summary="任命网格人员 / Assign")
def assign(request: HttpRequest, data: NewGridStaff) -> Any:
    """Give an account a duty with dates; the right to see the people there comes with it."""
    from . import staffing

    return Status(201, queries.staff_item(staffing.assign(actor_of(request), **data.dict())))


@router.patch("/grid-staff/{staff_id}", response=GridStaffOut, auth=require(EDIT), summary="公开电话 / Public phone")
def set_phone(request: HttpRequest, staff_id: uuid.UUID, data: PhoneIn) -> Any:
    """The number given to residents."""
    from . import staffing

    return queries.staff_item(staffing.set_phone(actor_of(request), staff_id, data.public_phone))


@router.delete("/grid-staff/{staff_id}", response=GridStaffOut, auth=require(EDIT), summary="免去 / Release")
def release(request: HttpRequest, staff_id: Annotated[uuid.UUID, Path()], until: date | None = None) -> Any:
    """End a duty, today or on the day given; the right ends with it."""
    from . import staffing

    return queries.staff_item(staffing.release(actor_of(request), staff_id, until))
