"""Reads of ledgers that were asked for: everybody's own alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db.models import Q

from linli.access.keeping.actions import kind_of, rule_of
from linli.kernel import area_names, clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.paging import Page

from ..ledgers import condition_words
from ..permissions import LEDGER_FILL
from .models import Generated

#: the kind of data under which retention knows the files
KEPT_AS = "intake.generated"
Shown = Literal["queued", "running", "done", "failed", "cancelled", "gone"]


@dataclass(frozen=True, slots=True)
class GeneratedRow:
    """A ledger as its list shows it."""

    id: UUID
    form_id: UUID
    form_name: str
    number: int
    area_code: str
    area_name: str
    day: date
    where: str
    masked: bool
    purpose: str
    state: Shown
    percent: int
    rows: int | None
    size: int | None
    filename: str
    notes: tuple[dict[str, Any], ...]
    problem: dict[str, Any] | None
    asked_at: datetime
    finished_at: datetime | None
    keep_until: date | None
    taken: int


def mine(
    actor: Actor, *, form: UUID | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[GeneratedRow]:
    """What `actor` asked for, the latest first. A fixed number of queries."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    rows = Generated.objects.restrict(actor, LEDGER_FILL).filter(asked_by=actor.id)
    if form:
        rows = rows.filter(version__form_id=form)
    total = rows[: paging.EXACT_TO + 1].count()
    if after:
        try:
            at, last = datetime.fromisoformat(str(after[0])), UUID(str(after[1]))
        except ValueError:
            raise Invalid(reason="cursor") from None
        rows = rows.filter(Q(asked_at__lt=at) | Q(asked_at=at, id__lt=last))
    found = list(rows.select_related("version__form").order_by("-asked_at", "-id")[: size + 1])
    shown = _rows(actor, found[:size])
    following = (
        paging.encode((found[size - 1].asked_at.isoformat(), str(found[size - 1].id))) if len(found) > size else None
    )
    return Page(shown, following, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def one(actor: Actor, generated_id: UUID) -> GeneratedRow:
    """One of them. Raises NotFound, also for somebody else's."""
    found = (
        Generated.objects.restrict(actor, LEDGER_FILL)
        .select_related("version__form")
        .filter(id=generated_id, asked_by=actor.id)
        .first()
    )
    if found is None:
        raise NotFound()
    return _rows(actor, [found])[0]


def _rows(actor: Actor, found: list[Generated]) -> list[GeneratedRow]:
    names = area_names.names_of(one.area_code for one in found)
    wheres = condition_words.in_words(actor, [one.where for one in found], actor.language)
    days = rule_of(kind_of(KEPT_AS), clock.today()).days
    return [
        GeneratedRow(
            id=one.id, form_id=one.version.form_id, form_name=one.version.form.name, number=one.version.number,
            area_code=one.area_code, area_name=names.get(one.area_code, one.area_code), day=one.day, where=where,
            masked=one.masked, purpose=one.purpose, state=shown(one), percent=one.percent, rows=one.rows, size=one.size,
            filename=one.filename, notes=tuple(one.notes or ()), problem=one.problem, asked_at=one.asked_at,
            finished_at=one.finished_at, taken=one.taken,
            keep_until=one.asked_at.astimezone(clock.LOCAL).date() + timedelta(days=days) if days is not None and one.file_id else None,
        )
        for one, where in zip(found, wheres, strict=True)
    ]  # fmt: skip


def shown(one: Generated) -> Shown:
    """The state as people know it."""
    if one.state == Generated.State.QUEUED:
        return "running" if one.started_at is not None else "queued"
    if one.state == Generated.State.DONE and one.gone_at is not None:
        return "gone"
    return one.state  # type: ignore[return-value]
