"""The API of messages: one's own notices and how one is told; robots of units; how deliveries went."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require, signed_in

from . import actions, queries
from .models import Channel
from .permissions import DELIVERY_VIEW, ROBOT_EDIT

router = Router(tags=["messages"])
StateName = Literal["waiting", "sending", "sent", "failed", "unsure", "dropped"]


class NoticeOut(Schema):
    """A notice in the reader's language, with the page behind it."""

    id: UUID
    kind: str
    text: str
    path: str
    created_at: datetime
    read: bool


class NoticeQuery(Schema):
    unread: bool = False
    cursor: str | None = None
    limit: int | None = None


class NoticesReadIn(Schema):
    """Which notices were read; without ids, all."""

    ids: list[UUID] | None = Field(None, max_length=200)


class NoticeKindOut(Schema):
    code: str
    label: str


class NoticeWaysOut(Schema):
    """How one is told: contacts masked by channel, kinds that stay in the console, quiet hours (local time)."""

    contacts: dict[str, str]
    inside_only: list[str]
    quiet_from: time
    quiet_until: time
    kinds: list[NoticeKindOut]


class NoticeWaysIn(Schema):
    inside_only: list[Annotated[str, Field(max_length=60)]] = Field(max_length=100)
    quiet_from: time
    quiet_until: time


class NoticeContactIn(Schema):
    address: str = Field(max_length=254)


class RobotIn(Schema):
    """`address` is the webhook that 企业微信 shows when the robot is made; it is kept encrypted and not shown again."""

    unit: UUID
    name: str = Field(max_length=60)
    address: str = Field(max_length=500)
    kinds: list[Annotated[str, Field(max_length=60)]] = Field(max_length=100)


class RobotOut(Schema):
    id: UUID
    unit_id: UUID
    unit_name: str
    name: str
    kinds: list[str]
    created_at: datetime


class RobotsOut(Schema):
    items: list[RobotOut]
    kinds: list[NoticeKindOut]


class MessageDeliveryOut(Schema):
    """How one message went; what it said and the address are not shown."""

    id: UUID
    channel: str
    to: str
    area_code: str
    area_name: str
    kind: str
    notices: int
    state: StateName
    due_at: datetime
    attempts: int
    finished_at: datetime | None
    problem: str


class MessageDeliveryQuery(Schema):
    state: StateName | None = None
    cursor: str | None = None
    limit: int | None = None


@router.get("/notices", auth=signed_in, response=PageOut[NoticeOut], summary="我的消息 / One's own notices")
def list_notices(request: HttpRequest, filters: Query[NoticeQuery]) -> Any:
    """One's own notices, the latest first."""
    return queries.notices(actor_of(request), language_of(request), **filters.dict())


@router.get("/notices/unread", auth=signed_in, response=CountOut, summary="未读数 / How many are unread")
def count_unread(request: HttpRequest) -> Any:
    """How many of one's own notices are unread."""
    return queries.unread(actor_of(request))


@router.post("/notices/read", auth=signed_in, response={204: None}, summary="标为已读 / Mark read")
def mark_read(request: HttpRequest, given: NoticesReadIn) -> Status[None]:
    """Mark one's own notices read; others' are left alone."""
    actions.read(actor_of(request), given.ids)
    return Status(204, None)


@router.get("/notices/ways", auth=signed_in, response=NoticeWaysOut, summary="接收方式 / How one is told")
def show_ways(request: HttpRequest) -> Any:
    """How one is told."""
    return _ways(request)


@router.put(
    "/notices/ways", auth=signed_in, response=NoticeWaysOut, summary="设置接收方式 / Say how one wants to be told"
)
def change_ways(request: HttpRequest, given: NoticeWaysIn) -> Any:
    """Kinds that stay in the console, and hours in which nothing but urgent goes out."""
    actions.prefer(actor_of(request), **given.dict())
    return _ways(request)


@router.put(
    "/notices/contacts/{channel}", auth=signed_in, response=NoticeWaysOut, summary="登记联系方式 / Give a contact"
)
def keep_contact(request: HttpRequest, channel: Literal["email", "sms"], given: NoticeContactIn) -> Any:
    """An e-mail address or phone of one's own for notices."""
    actions.keep_contact(actor_of(request), Channel(channel), given.address)
    return _ways(request)


@router.delete(
    "/notices/contacts/{channel}", auth=signed_in, response=NoticeWaysOut, summary="删除联系方式 / Take a contact back"
)
def forget_contact(request: HttpRequest, channel: Literal["email", "sms"]) -> Any:
    """Have nothing sent that way any more."""
    actions.forget_contact(actor_of(request), Channel(channel))
    return _ways(request)


@router.get("/messages/robots", auth=require(ROBOT_EDIT), response=RobotsOut, summary="群机器人 / Group robots")
def list_robots(request: HttpRequest) -> Any:
    """The robots of units, without their addresses."""
    return {"items": queries.robots(actor_of(request)), "kinds": queries.kind_labels(language_of(request), group=True)}


@router.post(
    "/messages/robots", auth=require(ROBOT_EDIT), response={201: RobotsOut}, summary="添加机器人 / Add a robot"
)
def add_robot(request: HttpRequest, given: RobotIn) -> Any:
    """Give a unit a robot."""
    actions.keep_robot(actor_of(request), given.unit, given.name, given.address, given.kinds)
    return Status(201, list_robots(request))


@router.delete(
    "/messages/robots/{uuid:robot_id}",
    auth=require(ROBOT_EDIT),
    response={204: None},
    summary="移除机器人 / Remove a robot",
)
def remove_robot(request: HttpRequest, robot_id: UUID) -> Status[None]:
    """Take a robot away."""
    actions.remove_robot(actor_of(request), robot_id)
    return Status(204, None)


@router.get(
    "/messages/deliveries",
    auth=require(DELIVERY_VIEW),
    response=PageOut[MessageDeliveryOut],
    summary="外发情况 / Deliveries",
)
def list_deliveries(request: HttpRequest, filters: Query[MessageDeliveryQuery]) -> Any:
    """How messages went that left the console."""
    return queries.deliveries(actor_of(request), **filters.dict())


@router.post(
    "/messages/deliveries/{uuid:delivery_id}/again",
    auth=require(DELIVERY_VIEW),
    response={204: None},
    summary="重发 / Send again",
)
def send_again(request: HttpRequest, delivery_id: UUID) -> Status[None]:
    """Send again what failed or may not have arrived."""
    actions.send_again(actor_of(request), delivery_id)
    return Status(204, None)


def _ways(request: HttpRequest) -> dict[str, Any]:
    found = queries.ways(actor_of(request))
    return {name: getattr(found, name) for name in ("contacts", "inside_only", "quiet_from", "quiet_until")} | {
        "kinds": queries.kind_labels(language_of(request))
    }
