"""Roles and the catalogue of permissions."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel import permissions as catalogue
from linli.kernel.http import actor_of, require

from .. import actions
from ..permissions import ACCOUNT_VIEW, ROLE_EDIT
from ..queries import posts as queries

router = Router(tags=["administration"])


class RoleOut(Schema):
    id: uuid.UUID
    code: str
    name: str
    name_en: str
    permissions: list[str]
    builtin: bool
    second_factor: bool


class RolesOut(Schema):
    items: list[RoleOut]


class NewRole(Schema):
    name: str = Field(max_length=50)
    name_en: str = Field("", max_length=100)
    permissions: list[str] = Field(max_length=200)


class RoleChange(Schema):
    name: str | None = Field(None, max_length=50)
    name_en: str | None = Field(None, max_length=100)
    permissions: list[str] | None = Field(None, max_length=200)
    second_factor: bool | None = None


class PermissionOut(Schema):
    code: str
    label_zh: str
    label_en: str
    room: str


class PermissionsOut(Schema):
    items: list[PermissionOut]


@router.get("/roles", auth=require(ACCOUNT_VIEW), response=RolesOut)
def list_roles(request: HttpRequest) -> Any:
    """Every role, built-in ones first."""
    return {"items": queries.roles()}


@router.post("/roles", auth=require(ROLE_EDIT), response={201: RoleOut})
def create_role(request: HttpRequest, data: NewRole) -> Any:
    """A role of the district's own."""
    return Status(201, queries.role_item(actions.create_role(actor_of(request), **data.dict())))


@router.patch("/roles/{role_id}", auth=require(ROLE_EDIT), response=RoleOut)
def change_role(request: HttpRequest, role_id: uuid.UUID, data: RoleChange) -> Any:
    """Change a role of the district's own; of built-in roles only whether they ask for a second factor."""
    return queries.role_item(actions.change_role(actor_of(request), role_id, **data.dict(exclude_unset=True)))


@router.get("/permissions", auth=require(ACCOUNT_VIEW), response=PermissionsOut)
def list_permissions(request: HttpRequest) -> Any:
    """Everything that can be permitted, by room."""
    return {
        "items": [
            {"code": p.code, "label_zh": p.label.zh, "label_en": p.label.en, "room": p.room}
            for p in catalogue.catalogue()
        ]
    }
