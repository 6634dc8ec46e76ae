"""Units and named groups of areas."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel.http import actor_of, require

from .. import actions
from ..permissions import ACCOUNT_EDIT, ACCOUNT_VIEW, GRANT_EDIT
from ..queries import posts as queries

router = Router(tags=["administration"])


class UnitOut(Schema):
    id: uuid.UUID
    parent_id: uuid.UUID | None
    name: str
    kind: str
    area_code: str
    accounts: int
    ended_on: date | None


class UnitEnd(Schema):
    """The day from which nothing new is given to a unit; none takes that back. `reason`: the ground."""

    on: date | None
    reason: str = Field(max_length=200)


class UnitsOut(Schema):
    items: list[UnitOut]


class NewUnit(Schema):
    name: str = Field(max_length=100)
    kind: Literal["district", "department", "town", "village"]
    area_code: str = Field(max_length=15)
    parent_id: uuid.UUID | None = None


class UnitChange(Schema):
    name: str | None = Field(None, max_length=100)
    area_code: str | None = Field(None, max_length=15)
    parent_id: uuid.UUID | None = None


class GroupOut(Schema):
    id: uuid.UUID
    name: str
    kind: str
    codes: list[str]
    area_code: str


class GroupsOut(Schema):
    items: list[GroupOut]


class NewGroup(Schema):
    name: str = Field(max_length=100)
    kind: Literal["", "development_zone", "section", "part", "villager_group"] = ""
    codes: list[str] = Field(max_length=2000)


@router.get("/units", auth=require(ACCOUNT_VIEW), response=UnitsOut)
def list_units(request: HttpRequest, area: str | None = None) -> Any:
    """Every unit in scope; `parent_id` makes them a tree."""
    return {"items": queries.units(actor_of(request), area=area)}


@router.post("/units", auth=require(ACCOUNT_EDIT), response={201: UnitOut})
def create_unit(request: HttpRequest, data: NewUnit) -> Any:
    """A new unit."""
    actor = actor_of(request)
    return Status(201, queries.unit(actor, actions.create_unit(actor, **data.dict()).id))


@router.patch("/units/{unit_id}", auth=require(ACCOUNT_EDIT), response=UnitOut)
def change_unit(request: HttpRequest, unit_id: uuid.UUID, data: UnitChange) -> Any:
    """Rename a unit, put it under another, or give it another area."""
    actor = actor_of(request)
    actions.change_unit(actor, unit_id, **data.dict(exclude_none=True))
    return queries.unit(actor, unit_id)


@router.put("/units/{unit_id}/end", auth=require(ACCOUNT_EDIT), response=UnitOut)
def end_unit(request: HttpRequest, unit_id: uuid.UUID, data: UnitEnd) -> Any:
    """End a unit on a day, or take that back: its open cases go back to dispatch then, and its people are told."""
    actor = actor_of(request)
    actions.end_unit(actor, unit_id, data.on, data.reason)
    return queries.unit(actor, unit_id)


GroupKind = Literal["", "development_zone", "section", "part", "villager_group"]


class GroupChange(Schema):
    """What is left out stays."""

    name: str | None = Field(None, max_length=100)
    kind: GroupKind | None = None
    codes: list[str] | None = Field(None, max_length=2000)


@router.get("/area-groups", auth=require(ACCOUNT_VIEW), response=GroupsOut)
def list_groups(request: HttpRequest) -> Any:
    """Named groups of areas (开发区, 管区, 片区) that grants may name."""
    return {"items": queries.groups(actor_of(request))}


@router.post("/area-groups", auth=require(GRANT_EDIT), response={201: GroupOut})
def create_group(request: HttpRequest, data: NewGroup) -> Any:
    """A named group of areas of one district."""
    return Status(201, actions.create_group(actor_of(request), **data.dict()))


@router.patch("/area-groups/{group_id}", auth=require(GRANT_EDIT), response=GroupOut)
def change_group(request: HttpRequest, group_id: uuid.UUID, data: GroupChange) -> Any:
    """Another name, kind or other areas: rights over the group follow at once."""
    return actions.change_group(actor_of(request), group_id, **data.dict(exclude_none=True))


@router.delete("/area-groups/{group_id}", auth=require(GRANT_EDIT), response={204: None})
def delete_group(request: HttpRequest, group_id: uuid.UUID) -> Any:
    """Remove a group that no grant ever named."""
    actions.delete_group(actor_of(request), group_id)
    return Status(204, None)
