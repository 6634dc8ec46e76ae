"""Access reviews: who can see what, and why; marks of those who looked."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.kernel import clock
from linli.kernel.http import PageOut, actor_of, language_of, require

from .. import actions
from ..permissions import REVIEW
from ..queries import reviews, sight
from .accounts import UnitRefOut

router = Router(tags=["administration"])
Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$", description="区划代码 / area code")]


class SightQuery(Schema):
    """What is looked at (`area`, `permission`), and what the list is narrowed to.

    `way`: how the account came to it. `unused`: no sign-in for 90 days, or none yet. `whole`: sees all of the area, or
    only a part of it.
    """

    area: Area
    permission: str = Field("registry.person.view", max_length=100)
    role: str = Field("", max_length=100)
    unit: uuid.UUID | None = None
    way: Literal["", "area", "group", "unit", "grid_staff"] = ""
    second_factor: bool | None = None
    unused: bool | None = None
    whole: bool | None = None
    q: str = Field("", max_length=100)


class WayOut(Schema):
    """`kind` is area, group, unit or grid_staff; `named` the group or unit; `until` the first day without it."""

    post_id: uuid.UUID
    post_title: str
    role: str
    role_name: str
    role_name_en: str
    kind: str
    named: str
    area_code: str
    area_name: str
    whole: bool
    since: date
    until: date | None


class SightOut(Schema):
    """`known`: one may look the account up; of others the second factor and the last sign-in are not told."""

    id: uuid.UUID
    username: str
    name: str
    unit: UnitRefOut
    known: bool
    second_factor: bool | None
    last_sign_in_on: date | None
    ways: list[WayOut]


class SightExport(SightQuery):
    purpose: str = Field(max_length=200)


class AccessReviewOut(Schema):
    """`accounts` is how many there were; `latest` that no later review of the same follows."""

    id: uuid.UUID
    area_code: str
    area_name: str
    permission: str
    accounts: int
    reviewed_on: date
    reviewed_by: str
    due_on: date
    note: str
    latest: bool
    overdue: bool


class NewAccessReview(Schema):
    """`due_on`: the next time; half a year from today when not given."""

    area_code: Area
    permission: str = Field(max_length=100)
    due_on: date | None = None
    note: str = Field("", max_length=500)


def _wanted(asked: SightQuery) -> sight.SightFilter:
    return sight.SightFilter(
        asked.area, asked.permission, asked.q, asked.role, asked.unit, asked.way, asked.second_factor, asked.unused,
        asked.whole,
    )  # fmt: skip


@router.get("/access-review/accounts", auth=require(REVIEW), response=PageOut[SightOut])
def list_sight(
    request: HttpRequest, asked: Query[SightQuery], cursor: str | None = None, limit: int | None = None
) -> Any:
    """Accounts that hold a permission in an area today, by user name, each with every way it came to it."""
    return sight.accounts_with_sight(actor_of(request), _wanted(asked), cursor, limit)


@router.post("/access-review/export", auth=require(REVIEW))
def export_sight(request: HttpRequest, asked: SightExport) -> HttpResponse:
    """The same list as a workbook; the purpose goes into the read log."""
    content = actions.export_sight(actor_of(request), _wanted(asked), asked.purpose, language_of(request))
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="access-{asked.area}-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.get("/access-review/marks", auth=require(REVIEW), response=PageOut[AccessReviewOut])
def list_reviews(
    request: HttpRequest,
    area: str | None = None,
    permission: str = "",
    latest: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Who has looked through which rights when, newest first; `latest` leaves out what a later review replaced."""
    return reviews.reviews(
        actor_of(request), area=area, permission=permission, only_latest=latest, cursor=cursor, limit=limit
    )


@router.post("/access-review/marks", auth=require(REVIEW), response={201: AccessReviewOut})
def mark_reviewed(request: HttpRequest, data: NewAccessReview) -> Any:
    """Note that one has looked through who holds a permission in an area, and when it is due again."""
    actor = actor_of(request)
    made = actions.mark_reviewed(actor, **data.dict())
    page = reviews.reviews(actor, area=data.area_code, permission=data.permission, limit=1)
    return Status(201, next(item for item in page.items if item.id == made.id))
