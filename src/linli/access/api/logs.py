"""The read log and the change log."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, require

from ..permissions import LOG_VIEW
from ..queries import logs

router = Router(tags=["administration"])


class ReadOut(Schema):
    id: uuid.UUID
    at: datetime
    actor_id: str
    actor_name: str
    unit_name: str
    viewing_as: str
    kind: str
    subject: str
    subject_id: str
    area_code: str
    count: int | None
    purpose: str
    ip: str


class ChangeOut(Schema):
    id: uuid.UUID
    at: datetime
    actor_id: str
    actor_name: str
    room: str
    action: str
    subject: str
    subject_id: str
    area_code: str
    detail: dict[str, Any]


class Days(Schema):
    """The days looked at, both included."""

    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


@router.get("/read-log", auth=require(LOG_VIEW), response=PageOut[ReadOut])
def read_log(
    request: HttpRequest,
    days: Query[Days],
    account: str = "",
    person: str = "",
    kind: Literal["", "list", "detail", "search", "reveal", "export", "download"] = "",
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Who saw data about people, latest first: by or through whom (`account`), about whom (`person`), of a kind, in days."""
    return logs.reads(
        actor_of(request), account=account, person=person, kind=kind, area=area,
        span=logs.Span(days.first, days.last), cursor=cursor, limit=limit,
    )  # fmt: skip


@router.get("/change-log", auth=require(LOG_VIEW), response=PageOut[ChangeOut])
def change_log(
    request: HttpRequest,
    days: Query[Days],
    account: str = "",
    room: str = "",
    subject: str = "",
    area: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Any:
    """Who changed how the district is run, latest first."""
    return logs.changes(
        actor_of(request), account=account, room=room, subject=subject, area=area,
        span=logs.Span(days.first, days.last), cursor=cursor, limit=limit,
    )  # fmt: skip
