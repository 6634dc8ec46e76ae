"""Reads of the mapping library. It is the district's: whoever may upload somewhere may see all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page

from ..mapping import from_json
from ..models import Batch
from ..permissions import BATCH_UPLOAD, SOURCE_EDIT
from .models import MappingVersion, NamedMapping
from .rules import Fit, resembling

MOST_COMPARED = 1_000


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A mapping as lists show it; `mine`: the actor may change and retire it."""

    id: UUID
    name: str
    note: str
    source_code: str
    kind: str
    version: int
    columns: int
    made_by_name: str
    made_at: datetime
    changed_by_name: str
    changed_at: datetime
    used_by_name: str
    used_at: datetime | None
    uses: int
    retired_at: datetime | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier version."""

    version: int
    name: str
    mapping: dict[str, Any]
    changed_by_name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A mapping that fits a batch's file."""

    id: UUID
    name: str
    source_code: str
    same_source: bool
    made_by_name: str
    used_at: datetime | None
    datum: str
    fit: Fit[UUID]


def mappings(
    actor: Actor,
    *,
    kind: str | None = None,
    source: str | None = None,
    retired: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[MappingRow]:
    """Mappings by name; `retired`: those that are offered no more."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    rows = NamedMapping.objects.filter(retired_at__isnull=not retired)
    if kind:
        rows = rows.filter(kind=kind)
    if source:
        rows = rows.filter(source_code=source)
    total = rows[: paging.EXACT_TO + 1].count()
    if after:
        name, following_id = str(after[0]), UUID(str(after[1]))
        rows = rows.filter(Q(name__gt=name) | Q(name=name, id__gt=following_id))
    found = list(rows.order_by("name", "id")[: size + 1])
    shown = [_row(actor, one) for one in found[:size]]
    following = paging.encode((shown[-1].name, str(shown[-1].id))) if len(found) > size else None
    return Page(shown, following, paging.Count(min(total, paging.EXACT_TO), total <= paging.EXACT_TO))


def mapping(actor: Actor, mapping_id: UUID) -> tuple[MappingRow, NamedMapping, list[Earlier]]:
    """One mapping with its earlier versions, the newest first. Raises NotFound."""
    found = NamedMapping.objects.filter(id=mapping_id).first()
    if found is None:
        raise NotFound()
    columns = ("version", "name", "mapping", "changed_by_name", "changed_at")
    earlier = MappingVersion.objects.filter(mapping_id=mapping_id).order_by("-version").values(*columns)[:50]
    return _row(actor, found), found, [Earlier(**row) for row in earlier]


def all_mappings(actor: Actor) -> list[NamedMapping]:
    """Everything that is offered, by kind and name."""
    return list(NamedMapping.objects.filter(retired_at=None).order_by("kind", "name")[:MOST_COMPARED])


def offers(actor: Actor, batch_id: UUID) -> list[Offer]:
    """The mappings whose columns a batch's file resembles; of the same source first. Raises NotFound."""
    found = (
        Batch.objects.restrict(actor, BATCH_UPLOAD)
        .filter(id=batch_id)
        .values_list("preview", "kind", "source_code")
        .first()
    )
    if found is None or found[0] is None:
        raise NotFound()
    preview, kind, source = dict(found[0]), str(found[1]), str(found[2])
    rows = {row.id: row for row in NamedMapping.objects.filter(retired_at=None, kind=kind)[:MOST_COMPARED]}
    headers = [column["name"] for column in preview["columns"]]
    fits = resembling(headers, ((row.id, from_json(row.mapping)) for row in rows.values()))
    offered = [_offer(rows[fit.id], fit, source) for fit in fits]
    return sorted(offered, key=lambda offer: not offer.same_source)


def _offer(row: NamedMapping, fit: Fit[UUID], source: str) -> Offer:
    return Offer(
        id=row.id,
        name=row.name,
        source_code=row.source_code,
        same_source=row.source_code == source,
        made_by_name=row.made_by_name,
        used_at=row.used_at,
        datum=row.mapping.get("datum", "wgs84"),
        fit=fit,
    )


def _row(actor: Actor, row: NamedMapping) -> MappingRow:
    mine = row.made_by == actor.id or actor.may(SOURCE_EDIT, settings.LINLI_DISTRICT)
    return MappingRow(
        id=row.id,
        name=row.name,
        note=row.note,
        source_code=row.source_code,
        kind=row.kind,
        version=row.version,
        columns=sum(1 for fields in row.mapping["columns"].values() if fields),
        made_by_name=row.made_by_name,
        made_at=row.made_at,
        changed_by_name=row.changed_by_name,
        changed_at=row.changed_at,
        used_by_name=row.used_by_name,
        used_at=row.used_at,
        uses=row.uses,
        retired_at=row.retired_at,
        mine=mine and row.retired_at is None,
    )
