"""Reads of keeping: the kinds with their rules, and the certificates. For who may see it over the whole district."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max

from linli.kernel import clock, paging, retention
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound, Text
from linli.kernel.retention import Kind

from ..models import DeletionCertificate, DestructionRun, RetentionRule
from ..permissions import RETENTION_VIEW
from ..queries.actors import display_name, names_of
from . import certificates, rules
from .actions import bounds_of
from .rules import Rule


@dataclass(frozen=True, slots=True)
class RuleItem:
    """A rule as it was made. `id` is None for what the program ships."""

    id: UUID | None
    days: int | None
    effective_on: date | None
    reason: str
    made_at: datetime | None
    made_by: str


@dataclass(frozen=True, slots=True)
class KindItem:
    """A kind of data: the rule in force, those to come, those before; the last destruction, and one under way."""

    kind: Kind
    in_force: RuleItem
    upcoming: Sequence[RuleItem]
    rules: Sequence[RuleItem]
    destroyed_before: datetime | None
    running_since: datetime | None


@dataclass(frozen=True, slots=True)
class CertificateItem:
    """A certificate of deletion. `sound` is whether its seal holds, with the stretch of the chain before it; None in lists."""

    id: UUID
    serial: int
    at: datetime
    kind: str
    kind_label: Text
    days: int
    basis: Text
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
    sound: bool | None = None


def kinds(actor: Actor) -> list[KindItem]:
    """Every kind with its rules. A fixed number of queries. Raises Forbidden."""
    actor.require(RETENTION_VIEW, settings.LINLI_DISTRICT)
    made: dict[str, list[RetentionRule]] = defaultdict(list)
    for rule in RetentionRule.objects.order_by("id"):
        made[rule.kind].append(rule)
    names = names_of(rule.made_by for rules_of in made.values() for rule in rules_of)
    last = dict(DeletionCertificate.objects.values_list("kind").annotate(Max("before")))
    running = dict(DestructionRun.objects.values_list("kind", "began_at"))
    today, answer = clock.today(), []
    for kind in retention.kinds():
        items = [
            RuleItem(r.id, r.days, r.effective_on, r.reason, r.made_at, display_name(r.made_by, names))
            for r in made[kind.name]
        ]
        force = rules.in_force((Rule(r.id, r.days, r.effective_on) for r in items), bounds_of(kind), today)
        found = next((item for item in items if item.id == force.id), None)
        now = found or RuleItem(None, force.days, None, "", None, "")
        upcoming = [item for item in items if item.effective_on and item.effective_on > today]
        answer.append(KindItem(kind, now, upcoming, items[::-1], last.get(kind.name), running.get(kind.name)))
    return answer


def list_certificates(
    actor: Actor, *, kind: str = "", cursor: str | None = None, limit: int | None = None
) -> paging.Page[CertificateItem]:
    """A page of certificates, latest first. Raises Forbidden."""
    actor.require(RETENTION_VIEW, settings.LINLI_DISTRICT)
    rows = DeletionCertificate.objects.select_related("rule")
    if kind:
        rows = rows.filter(kind=kind)
    total = rows.order_by()[: paging.EXACT_TO + 1].count()
    after, size = paging.decode(cursor, 1), paging.limit(limit)
    if after is not None:
        rows = rows.filter(serial__lt=after[0])
    page = list(rows.order_by("-serial")[: size + 1])
    more, page = len(page) > size, page[:size]
    return paging.Page(
        [_item(row) for row in page],
        paging.encode([page[-1].serial]) if more else None,
        paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO),
    )


def certificate(actor: Actor, certificate_id: UUID) -> CertificateItem:
    """One certificate, verified with the stretch of the chain before it (`certificates.STRETCH`). Raises Forbidden, NotFound."""
    actor.require(RETENTION_VIEW, settings.LINLI_DISTRICT)
    row = DeletionCertificate.objects.select_related("rule").filter(id=certificate_id).first()
    if row is None:
        raise NotFound()
    broken = certificates.verify_at(row.serial)
    return _item(row, sound=not broken)


def _item(row: DeletionCertificate, sound: bool | None = None) -> CertificateItem:
    kind = retention.of(row.kind)
    plain = Text(row.kind, row.kind)
    return CertificateItem(
        id=row.id, serial=row.serial, at=row.at, kind=row.kind, kind_label=kind.label if kind else plain, days=row.days,
        basis=kind.basis if kind else plain, rule_on=row.rule.effective_on if row.rule else None,
        rule_reason=row.rule.reason if row.rule else "", before=row.before, began_at=row.began_at, rows=row.rows,
        files=row.files, oldest=row.oldest, newest=row.newest, ids_digest=bytes(row.ids_digest).hex(),
        made_by=display_name(row.made_by, {}), previous=bytes(row.previous).hex(), seal=bytes(row.seal).hex(), sound=sound,
    )  # fmt: skip
