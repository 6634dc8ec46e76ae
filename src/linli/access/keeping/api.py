"""The API of keeping: kinds of data with their rules, what a time would destroy, and certificates of deletion."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, language_of, require

from ..permissions import RETENTION_EDIT, RETENTION_VIEW
from . import actions, queries

router = Router(tags=["administration"])
LONGEST = 36_500


class RetentionRuleIn(Schema):
    """`days`: after how many days data goes; null keeps it. `effective_on` is today if not given."""

    days: int | None = Field(ge=1, le=LONGEST)
    effective_on: date | None = None
    reason: str = Field("", max_length=500)


class RetentionRuleOut(Schema):
    id: uuid.UUID | None
    days: int | None
    effective_on: date | None
    reason: str
    made_at: datetime | None
    made_by: str


class RetentionKindOut(Schema):
    """`certainty`: whether the basis gives the time (official) or only the duty (inferred). `default`, `ceiling`: days,
    null for none."""

    name: str
    label: str
    covers: str
    basis: str
    certainty: str
    default: int | None
    floor: int
    ceiling: int | None
    in_force: RetentionRuleOut
    upcoming: list[RetentionRuleOut]
    rules: list[RetentionRuleOut]
    destroyed_before: datetime | None
    running_since: datetime | None


class RetentionKindsOut(Schema):
    items: list[RetentionKindOut]


class RetentionDueOut(Schema):
    """What the next night would destroy under a time: everything kept since before `before`."""

    days: int
    before: datetime
    rows: int
    exact: bool
    oldest: datetime | None


class DeletionCertificateOut(Schema):
    """`rows` things destroyed, kept since `oldest` to `newest`; `ids_digest`, `previous` and `seal` in hexadecimal."""

    id: uuid.UUID
    serial: int
    at: datetime
    kind: str
    kind_label: str
    days: int
    basis: str
    rule_on: date | None
    rule_reason: str
    before: datetime
    began_at: datetime
    rows: int
    files: int
    oldest: datetime
    newest: datetime
    ids_digest: str
    made_by: str
    previous: str
    seal: str
    sound: bool | None


@router.get("/retention", auth=require(RETENTION_VIEW), response=RetentionKindsOut)
def list_kinds(request: HttpRequest) -> Any:
    """Every kind of data that is kept for a time, with its rules."""
    language = language_of(request)
    return {"items": [_kind(item, language) for item in queries.kinds(actor_of(request))]}


@router.get("/retention/{name}/preview", auth=require(RETENTION_VIEW), response=RetentionDueOut)
def preview(request: HttpRequest, name: str, days: int) -> Any:
    """How much a time would destroy in the next night. Changes nothing."""
    due = actions.preview(actor_of(request), name, max(1, min(days, LONGEST)))
    return RetentionDueOut(
        days=due.days, before=due.before, rows=due.amount.rows, exact=due.amount.exact, oldest=due.amount.oldest
    )


@router.post("/retention/{name}", auth=require(RETENTION_EDIT), response=RetentionRuleOut)
def set_rule(request: HttpRequest, name: str, body: RetentionRuleIn) -> Any:
    """Set how long a kind is kept from a day on. Of two rules for one day the later holds."""
    return actions.set_rule(actor_of(request), name, body.days, body.effective_on, body.reason)


@router.get("/deletion-certificates", auth=require(RETENTION_VIEW), response=PageOut[DeletionCertificateOut])
def list_certificates(request: HttpRequest, kind: str = "", cursor: str | None = None, limit: int | None = None) -> Any:
    """Certificates of deletion, latest first."""
    page = queries.list_certificates(actor_of(request), kind=kind, cursor=cursor, limit=limit)
    language = language_of(request)
    return {"items": [_certificate(item, language) for item in page.items], "next": page.next, "count": page.count}


@router.get("/deletion-certificates/{certificate_id}", auth=require(RETENTION_VIEW), response=DeletionCertificateOut)
def certificate(request: HttpRequest, certificate_id: uuid.UUID) -> Any:
    """A certificate, verified with the chain before it."""
    return _certificate(queries.certificate(actor_of(request), certificate_id), language_of(request))


def _kind(item: queries.KindItem, language: str) -> dict[str, Any]:
    kind = item.kind
    return {
        "name": kind.name, "label": kind.label.say(language), "covers": kind.covers.say(language),
        "basis": kind.basis.say(language), "certainty": kind.certainty, "default": kind.default, "floor": kind.floor,
        "ceiling": kind.ceiling, "in_force": item.in_force, "upcoming": item.upcoming, "rules": item.rules,
        "destroyed_before": item.destroyed_before, "running_since": item.running_since,
    }  # fmt: skip


def _certificate(item: queries.CertificateItem, language: str) -> dict[str, Any]:
    said = {name: getattr(item, name) for name in item.__slots__}
    return said | {"kind_label": item.kind_label.say(language), "basis": item.basis.say(language)}
