"""The address book over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, require
from linli.places.buildings import alias_actions
from linli.places.permissions import HOMES
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.models import Resolution
from linli.registry.permissions import RESOLVE, VIEW

from . import queries, resolving

router = Router(tags=["addresses"])
Code = Annotated[str, Field(pattern=r"^\d{9}(\d{3})?$", description="镇街或村居代码，9 或 12 位")]


class AliasOut(Schema):
    """Another name of a town or village; `former`: of one that was merged into it."""

    id: UUID
    code: str
    area_name: str
    alias: str
    kind: str
    certainty: str


class AliasIn(Schema):
    code: Code
    alias: Annotated[str, Field(max_length=60)]
    kind: Literal["name", "former"] = "name"


class UnresolvedOut(Schema):
    """A home text without a home, and why; `homeless` are people nobody knows any home of."""

    text: str
    area_code: str
    area_name: str
    records: int
    people: int
    homeless: int
    reason: str
    standard: str
    alternatives: list[str]


class TextChangeOut(Schema):
    text: str
    standard: str
    records: int
    people: int


class ResolvingOut(Schema):
    """What reading again would change, the texts of most people first. `elsewhere` records would contradict their area."""

    texts: int
    records: int
    people: int
    elsewhere: int
    changes: list[TextChangeOut]


class ResolveIn(Schema):
    area: Annotated[str, Field(pattern=r"^\d{6,15}$")] | None = None


class ResolutionOut(Schema):
    """One time that texts were read again."""

    id: UUID
    area_code: str
    area_name: str
    texts: int
    records: int
    people: int
    made_at: datetime
    made_by: str
    undone_at: datetime | None


@router.get("/address-book/aliases", auth=require(VIEW_PLACES), response=PageOut[AliasOut])
def list_aliases(
    request: HttpRequest,
    area: str | None = None,
    q: Annotated[str, Query(max_length=60)] = "",
    kind: Literal["name", "former"] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[AliasOut]:
    """Other names of towns and villages, all or of one kind; compounds carry their own."""
    page = queries.aliases_page(actor_of(request), area, q, cursor, limit, kind=kind)
    named = names_of(row.code for row in page.items)
    items = [
        AliasOut(id=a.id, code=a.code, area_name=named[a.code], alias=a.alias, kind=a.kind, certainty=a.certainty)
        for a in page.items
    ]
    return PageOut(items=items, next=page.next)


@router.post("/address-book/aliases", auth=require(HOMES), response={201: AliasOut})
def add_alias(request: HttpRequest, given: AliasIn) -> tuple[int, AliasOut]:
    """Add another name of a town or village."""
    made = alias_actions.add_alias(actor_of(request), given.code, given.alias, given.kind)
    name = names_of([made.code])[made.code]
    return 201, AliasOut(
        id=made.id, code=made.code, area_name=name, alias=made.alias, kind=made.kind, certainty=made.certainty
    )


@router.delete("/address-book/aliases/{alias_id}", auth=require(HOMES), response={204: None})
def remove_alias(request: HttpRequest, alias_id: UUID) -> tuple[int, None]:
    """Take an alias back."""
    alias_actions.remove_alias(actor_of(request), alias_id)
    return 204, None


@router.get("/address-book/unresolved", auth=require(VIEW), response=PageOut[UnresolvedOut])
def list_unresolved(
    request: HttpRequest, area: str | None = None, cursor: str | None = None, limit: int | None = None
) -> PageOut[UnresolvedOut]:
    """Home texts of people that name no home yet, grouped, those of most people first."""
    page = queries.unresolved_page(actor_of(request), area, cursor, limit)
    reads.note("list", "home_text", area=area, count=len(page.items))
    named = names_of([*(r.area_code for r in page.items), *(c for r in page.items for c in r.alternatives[:6])])
    items = [
        UnresolvedOut(
            text=r.text, area_code=r.area_code, area_name=named[r.area_code], records=r.records, people=r.people,
            homeless=r.homeless, reason=r.reason, standard=r.standard,
            alternatives=[named.get(c, c) for c in r.alternatives[:6]],
        )
        for r in page.items
    ]  # fmt: skip
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PageOut(items=items, next=page.next, count=count)


@router.get("/address-book/resolving", auth=require(RESOLVE), response=ResolvingOut)
def preview_resolving(request: HttpRequest, area: str | None = None) -> ResolvingOut:
    """What reading unresolved texts again would change now."""
    found = resolving.preview(actor_of(request), area)
    reads.note("list", "home_text", area=area, count=len(found.changes))
    shown = [TextChangeOut(text=c.text, standard=c.standard, records=c.records, people=c.people) for c in found.changes]
    return ResolvingOut(
        texts=found.texts, records=found.records, people=found.people, elsewhere=found.elsewhere, changes=shown
    )


@router.post("/address-book/resolutions", auth=require(RESOLVE), response={201: ResolutionOut})
def resolve(request: HttpRequest, given: ResolveIn) -> tuple[int, ResolutionOut]:
    """Read unresolved texts again, as one action that can be undone."""
    return 201, _resolution(resolving.resolve(actor_of(request), given.area))


@router.get("/address-book/resolutions", auth=require(RESOLVE), response=PageOut[ResolutionOut])
def list_resolutions(
    request: HttpRequest, cursor: str | None = None, limit: int | None = None
) -> PageOut[ResolutionOut]:
    """What was read again, latest first."""
    page = queries.resolutions_page(actor_of(request), cursor, limit)
    named, names = names_of(r.area_code for r in page.items), actors.names_of(r.made_by for r in page.items)
    items = [
        ResolutionOut(
            id=r.id, area_code=r.area_code, area_name=named[r.area_code], texts=r.texts, records=r.records,
            people=r.people, made_at=r.made_at, made_by=actors.display_name(r.made_by, names), undone_at=r.undone_at,
        )
        for r in page.items
    ]  # fmt: skip
    return PageOut(items=items, next=page.next)


@router.post("/address-book/resolutions/{resolution_id}/undo", auth=require(RESOLVE), response=ResolutionOut)
def undo(request: HttpRequest, resolution_id: UUID) -> ResolutionOut:
    """Take one back: the statements hold as they did before."""
    return _resolution(resolving.undo(actor_of(request), resolution_id))


def _resolution(row: Resolution) -> ResolutionOut:
    names = actors.names_of([row.made_by])
    return ResolutionOut(
        id=row.id, area_code=row.area_code, area_name=names_of([row.area_code])[row.area_code], texts=row.texts,
        records=row.records, people=row.people, made_at=row.made_at, made_by=actors.display_name(row.made_by, names),
        undone_at=row.undone_at,
    )  # fmt: skip
