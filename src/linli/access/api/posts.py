"""Posts, their holders, and their grants."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, require

from .. import actions
from ..permissions import ACCOUNT_EDIT, ACCOUNT_VIEW, GRANT_EDIT
from ..queries import posts as queries
from .accounts import UnitRefOut

router = Router(tags=["administration"])


class AccountRefOut(Schema):
    id: uuid.UUID
    name: str
    unit_name: str


class HolderOut(Schema):
    """`until` is the first day on which the account no longer holds the post."""

    id: uuid.UUID
    account: AccountRefOut
    since: date
    until: date | None


class RoleRefOut(Schema):
    id: uuid.UUID
    code: str
    name: str
    name_en: str


class AreaRefOut(Schema):
    code: str
    name: str


class GrantOut(Schema):
    id: uuid.UUID
    role: RoleRefOut
    areas: list[AreaRefOut]
    area_code: str | None
    group_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    since: date
    until: date | None


class PostOut(Schema):
    id: uuid.UUID
    unit: UnitRefOut
    title: str
    area_code: str
    holders: list[HolderOut]
    grants: list[GrantOut]


class NewPost(Schema):
    unit_id: uuid.UUID
    title: str = Field(max_length=100)


class PostChange(Schema):
    title: str = Field(max_length=100)


class NewHolder(Schema):
    account_id: uuid.UUID
    since: date | None = None
    until: date | None = None


class NewGrant(Schema):
    """Exactly one of `area_code`, `group_id`, `unit_id`."""

    role_id: uuid.UUID
    area_code: str | None = Field(None, max_length=15)
    group_id: uuid.UUID | None = None
    unit_id: uuid.UUID | None = None
    since: date | None = None
    until: date | None = None


@router.get("/posts", auth=require(ACCOUNT_VIEW), response=PageOut[PostOut])
def list_posts(
    request: HttpRequest,
    unit: uuid.UUID | None = None,
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Posts by area, with holders past and present and current grants."""
    return queries.posts(actor_of(request), unit_id=unit, area=area, cursor=cursor, limit=limit)


@router.post("/posts", auth=require(ACCOUNT_EDIT), response={201: PostOut})
def create_post(request: HttpRequest, data: NewPost) -> Any:
    """A new post in a unit."""
    actor = actor_of(request)
    return Status(201, queries.post(actor, actions.create_post(actor, **data.dict()).id))


@router.get("/posts/{post_id}", auth=require(ACCOUNT_VIEW), response=PostOut)
def show_post(request: HttpRequest, post_id: uuid.UUID) -> Any:
    """One post."""
    return queries.post(actor_of(request), post_id)


@router.patch("/posts/{post_id}", auth=require(ACCOUNT_EDIT), response=PostOut)
def rename_post(request: HttpRequest, post_id: uuid.UUID, data: PostChange) -> Any:
    """Give a post another title."""
    actor = actor_of(request)
    actions.rename_post(actor, post_id, data.title)
    return queries.post(actor, post_id)


@router.post("/posts/{post_id}/holders", auth=require(GRANT_EDIT), response={201: PostOut})
def appoint(request: HttpRequest, post_id: uuid.UUID, data: NewHolder) -> Any:
    """Appoint an account to the post."""
    actor = actor_of(request)
    actions.appoint(actor, post_id=post_id, **data.dict())
    return Status(201, queries.post(actor, post_id))


@router.delete("/posts/{post_id}/holders/{holder_id}", auth=require(GRANT_EDIT), response=PostOut)
def end_appointment(request: HttpRequest, post_id: uuid.UUID, holder_id: uuid.UUID, until: date | None = None) -> Any:
    """End an appointment, today or on the day given."""
    actor = actor_of(request)
    actions.end_appointment(actor, post_id, holder_id, until)
    return queries.post(actor, post_id)


@router.post("/posts/{post_id}/grants", auth=require(GRANT_EDIT), response={201: PostOut})
def grant(request: HttpRequest, post_id: uuid.UUID, data: NewGrant) -> Any:
    """Give the post a role in an area, a group of areas, or the area of a unit."""
    actor = actor_of(request)
    target = actions.Target(data.area_code, data.group_id, data.unit_id)
    actions.grant(actor, post_id=post_id, role_id=data.role_id, target=target, since=data.since, until=data.until)
    return Status(201, queries.post(actor, post_id))


@router.delete("/posts/{post_id}/grants/{grant_id}", auth=require(GRANT_EDIT), response=PostOut)
def end_grant(request: HttpRequest, post_id: uuid.UUID, grant_id: uuid.UUID) -> Any:
    """Take a grant back."""
    actor = actor_of(request)
    actions.end_grant(actor, post_id, grant_id)
    return queries.post(actor, post_id)
