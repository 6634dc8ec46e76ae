"""Reads of messages: everybody's own notices, how one wants to be told, and for administrators how deliveries went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.db.models import QuerySet

from linli.access.queries.actors import display_name, names_of
from linli.kernel import area_names, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.paging import Count, Page

from . import kinds, rules
from .actions import account_of
from .delivering import said
from .models import Contact, Delivery, Notice, Preference, Robot
from .permissions import DELIVERY_VIEW, ROBOT_EDIT

#: Beyond this nobody counts.
MOST_UNREAD = 100


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A notice as its list shows it, in the reader's language."""

    id: UUID
    kind: str
    text: str
    path: str
    created_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """How an account is told. `contacts` are masked, by channel."""

    contacts: dict[str, str]
    inside_only: list[str]
    quiet_from: time
    quiet_until: time


@dataclass(frozen=True, slots=True)
class RobotItem:
    """A group robot; its address is never shown."""

    id: UUID
    unit_id: UUID
    unit_name: str
    name: str
    kinds: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryItem:
    """How one message went. `to` is the account's or the robot's name."""

    id: UUID
    channel: str
    to: str
    area_code: str
    area_name: str
    kind: str
    notices: int
    state: str
    due_at: datetime
    attempts: int
    finished_at: datetime | None
    problem: str


def notices(
    actor: Actor, language: str, *, unread: bool = False, cursor: str | None = None, limit: int | None = None
) -> Page[NoticeItem]:
    """One's own notices, the latest first. Two queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = Notice.objects.filter(account_id=account_of(actor))
    if unread:
        rows = rows.filter(read_at=None)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    found = list(_before(rows, after).order_by("-id")[: size + 1])
    items = [
        NoticeItem(row.id, row.kind, said(row.kind, row.params, language), row.path, row.created_at, row.read_at is not None)
        for row in found[:size]
    ]  # fmt: skip
    following = paging.encode([found[size - 1].id]) if len(found) > size else None
    return Page(items, following, Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def unread(actor: Actor) -> Count:
    """How many of one's own notices are unread, exact up to MOST_UNREAD. One query."""
    found = Notice.objects.filter(account_id=account_of(actor), read_at=None)[: MOST_UNREAD + 1].count()
    return Count(min(found, MOST_UNREAD), found <= MOST_UNREAD)


def ways(actor: Actor) -> Ways:
    """How one is told. Two queries."""
    account = account_of(actor)
    contacts = dict(Contact.objects.filter(account_id=account).values_list("channel", "masked"))
    wish = Preference.objects.filter(account_id=account).first()
    if wish is None:
        return Ways(contacts, [], *rules.QUIET)
    return Ways(contacts, wish.inside_only, wish.quiet_from, wish.quiet_until)


def robots(actor: Actor) -> list[RobotItem]:
    """The robots of units in the areas where one may manage them. One query."""
    rows = Robot.objects.restrict(actor, ROBOT_EDIT).select_related("unit").order_by("area_code", "name")
    return [RobotItem(r.id, r.unit_id, r.unit.name, r.name, r.kinds, r.created_at) for r in rows[: paging.MOST]]


def deliveries(
    actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[DeliveryItem]:
    """How messages went that left the console, the latest first. A fixed number of queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = Delivery.objects.restrict(actor, DELIVERY_VIEW)
    if state:
        rows = rows.filter(state=state)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    found = list(_before(rows, after).select_related("robot").order_by("-id")[: size + 1])
    shown = found[:size]
    people = names_of(str(row.account_id) for row in shown if row.account_id)
    areas = area_names.names_of(row.area_code for row in shown)
    items = [
        DeliveryItem(
            row.id, row.channel,
            display_name(str(row.account_id), people) if row.account_id else (row.robot.name if row.robot else ""),
            row.area_code, areas.get(row.area_code, row.area_code), row.kind, len(row.notices), row.state, row.due_at, row.attempts,
            row.finished_at, row.problem,
        )
        for row in shown
    ]  # fmt: skip
    following = paging.encode([shown[-1].id]) if len(found) > size else None
    return Page(items, following, Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def kind_labels(language: str, group: bool = False) -> list[dict[str, str]]:
    """The kinds of notices there are, in words; `group`: those that may be said before a group."""
    return [
        {"code": kind.code, "label": kind.label.say(language)}
        for kind in kinds.catalogue()
        if not (group and kind.personal)
    ]


def _before(rows: QuerySet[Notice] | QuerySet[Delivery], after: list[object] | None) -> QuerySet:  # type: ignore[type-arg]
    if after is None:
        return rows
    try:
        return rows.filter(id__lt=UUID(str(after[0])))
    except ValueError:
        raise Invalid(reason="cursor") from None
