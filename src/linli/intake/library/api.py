"""The API of the mapping library, below /api/intake: named ways to read tables, shared by the district."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.kernel.http import PageOut, actor_of, require

from ..permissions import BATCH_UPLOAD, SOURCE_EDIT
from . import actions, queries
from .actions import MappingForm
from .models import NamedMapping
from .queries import MappingRow
from .rules import in_order

router = Router(tags=["intake"])


class NamedMappingOut(Schema):
    """A mapping of the library; `mine`: the caller may change and retire it."""

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


class EarlierMappingOut(Schema):
    version: int
    name: str
    mapping: dict[str, Any]
    changed_by_name: str
    changed_at: datetime


class NamedMappingDetailOut(NamedMappingOut):
    """A mapping with what it says, in the documented form, and its earlier versions."""

    mapping: dict[str, Any]
    earlier: list[EarlierMappingOut]


class LibraryMappingIn(Schema):
    """Columns to fields as in a batch's mapping; constants are no part of the library."""

    version: int = 1
    columns: dict[str, str | list[str] | None]
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class NamedMappingIn(Schema):
    name: str = Field(max_length=60)
    kind: str = Field(max_length=32)
    source: str = Field("", max_length=32)
    note: str = Field("", max_length=200)
    mapping: LibraryMappingIn


class NamedMappingChangeIn(NamedMappingIn):
    """`version`: the one that was read; refused (409) when somebody has changed the mapping since."""

    version: int


class OfferOut(Schema):
    """A mapping that fits a batch's file: what the file's own columns become, and which columns of it are not there."""

    id: UUID
    name: str
    source_code: str
    same_source: bool
    made_by_name: str
    used_at: datetime | None
    datum: str
    share: float
    missing: list[str]
    columns: dict[str, list[str]]


class MappingsFileIn(Schema):
    """One mapping as `GET /mappings/{id}/file` gives it, or several under `mappings`."""

    document: dict[str, Any]


class BroughtOut(Schema):
    made: int
    changed: int
    same: int


class MappingQuery(Schema):
    kind: str | None = Field(None, max_length=32)
    source: str | None = Field(None, max_length=32)
    retired: bool = False
    cursor: str | None = None
    limit: int | None = None


@router.get("/mappings", response=PageOut[NamedMappingOut], auth=require(BATCH_UPLOAD, SOURCE_EDIT))
def list_mappings(request: HttpRequest, filters: Query[MappingQuery]) -> Any:
    """The library by name; `retired`: what is offered no more."""
    page = queries.mappings(actor_of(request), **filters.dict())
    return {"items": [_plain(row) for row in page.items], "next": page.next, "count": page.count}


@router.post("/mappings", response={201: NamedMappingOut}, auth=require(BATCH_UPLOAD))
def keep_mapping(request: HttpRequest, body: NamedMappingIn) -> Any:
    """Keep a mapping under a name, for everybody in the district."""
    actor = actor_of(request)
    row = actions.keep_mapping(actor, _form(body))
    return Status(201, _plain(queries.mapping(actor, row.id)[0]))


@router.get("/mappings/file", response=dict[str, Any], auth=require(BATCH_UPLOAD, SOURCE_EDIT))
def take_mappings(request: HttpRequest) -> Any:
    """The whole library as one file."""
    return {
        "format": actions.FORMAT,
        "mappings": [actions.to_document(r) for r in queries.all_mappings(actor_of(request))],
    }


@router.post("/mappings/file", response=BroughtOut, auth=require(SOURCE_EDIT))
def bring_mappings(request: HttpRequest, body: MappingsFileIn) -> Any:
    """Bring in mappings from a file: new names are made, known ones become a further version."""
    return actions.bring_mappings(actor_of(request), body.document)


@router.get("/mappings/{uuid:mapping_id}", response=NamedMappingDetailOut, auth=require(BATCH_UPLOAD, SOURCE_EDIT))
def get_mapping(request: HttpRequest, mapping_id: UUID) -> Any:
    """A mapping with its earlier versions."""
    row, held, earlier = queries.mapping(actor_of(request), mapping_id)
    return _plain(row) | {"mapping": in_order(held.kind, held.mapping), "earlier": earlier}


@router.put("/mappings/{uuid:mapping_id}", response=NamedMappingOut, auth=require(BATCH_UPLOAD))
def change_mapping(request: HttpRequest, mapping_id: UUID, body: NamedMappingChangeIn) -> Any:
    """Change a mapping: its maker, or who looks after sources. The earlier version is kept."""
    actor = actor_of(request)
    actions.change_mapping(actor, mapping_id, _form(body), body.version)
    return _plain(queries.mapping(actor, mapping_id)[0])


@router.delete("/mappings/{uuid:mapping_id}", response={204: None}, auth=require(BATCH_UPLOAD))
def retire_mapping(request: HttpRequest, mapping_id: UUID) -> Any:
    """Offer a mapping no more."""
    actions.retire_mapping(actor_of(request), mapping_id)
    return Status(204, None)


@router.get("/mappings/{uuid:mapping_id}/file", response=dict[str, Any], auth=require(BATCH_UPLOAD, SOURCE_EDIT))
def take_mapping(request: HttpRequest, mapping_id: UUID) -> Any:
    """A mapping as a file; `linli intake run --map` takes it too."""
    held: NamedMapping = queries.mapping(actor_of(request), mapping_id)[1]
    return actions.to_document(held)


@router.get("/batches/{uuid:batch_id}/offers", response=list[OfferOut], auth=require(BATCH_UPLOAD))
def list_offers(request: HttpRequest, batch_id: UUID) -> Any:
    """The mappings of the library that fit the file's columns, the best first, at most three."""
    return [
        {
            name: getattr(offer, name)
            for name in ("id", "name", "source_code", "same_source", "made_by_name", "used_at", "datum")
        }
        | {
            "share": offer.fit.share,
            "missing": list(offer.fit.missing),
            "columns": {c: list(f) for c, f in offer.fit.columns.items()},
        }
        for offer in queries.offers(actor_of(request), batch_id)
    ]


def _form(body: NamedMappingIn) -> MappingForm:
    return MappingForm(body.name, body.kind, body.mapping.dict(), body.source, body.note)


def _plain(row: MappingRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}
