"""Compounds, buildings and their homes over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from linli.access import reads
from linli.access.queries import actors
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.kernel.paging import Page
from linli.places.buildings import actions, home_actions
from linli.places.permissions import HOMES
from linli.places.permissions import VIEW as VIEW_PLACES
from linli.registry.permissions import EXPORT

from . import codes, export, history, lists, schemas
from .picture import BuildingDetail, building_detail

router = Router(tags=["buildings"])
Words = Annotated[str, Query(max_length=60)]
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _count(page: Page[lists.CompoundRow] | Page[lists.BuildingRow]) -> CountOut | None:
    return CountOut(value=page.count.value, exact=page.count.exact) if page.count else None


# --- compounds ----------------------------------------------------------------------------------------------------


@router.get("/compounds", auth=require(VIEW_PLACES), response=PageOut[schemas.CompoundOut])
def list_compounds(
    request: HttpRequest,
    area: str | None = None,
    q: Words = "",
    kind: Words = "",
    vouched: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[schemas.CompoundOut]:
    """Compounds of the actor's areas; `vouched=false` are those that were only read out of addresses."""
    wanted = lists.CompoundFilter(area, q, kind or None, vouched)
    page = lists.compounds_page(actor_of(request), wanted, cursor, limit)
    named = names_of(row.area_code for row in page.items)
    return PageOut(items=[_compound(row, named) for row in page.items], next=page.next, count=_count(page))


def _compound(row: lists.CompoundRow, named: dict[str, str]) -> schemas.CompoundOut:
    return schemas.CompoundOut(area_name=named[row.area_code], **{f: getattr(row, f) for f in row.__slots__})


@router.post("/compounds", auth=require(HOMES), response={201: schemas.MadeOut})
def add_compound(request: HttpRequest, given: schemas.CompoundIn) -> tuple[int, schemas.MadeOut]:
    """Enter a compound by hand."""
    made = actions.add_compound(actor_of(request), given.area_code, given.dict(exclude={"area_code"}))
    return 201, schemas.MadeOut(id=made.id)


@router.post("/compounds/export", auth=require(EXPORT))
def export_compounds(request: HttpRequest, given: schemas.ExportCompoundsIn) -> HttpResponse:
    """A workbook of the compounds that match."""
    wanted = lists.CompoundFilter(given.area, given.q, given.kind, given.vouched)
    return _file("compounds", export.export_compounds(actor_of(request), wanted, given.purpose, language_of(request)))


def _file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.get("/compounds/{compound_id}", auth=require(VIEW_PLACES), response=schemas.CompoundPageOut)
def get_compound(request: HttpRequest, compound_id: UUID) -> schemas.CompoundPageOut:
    """A compound."""
    actor = actor_of(request)
    row = lists.compound_detail(actor, compound_id)
    shown = _compound(row, names_of([row.area_code]))
    return schemas.CompoundPageOut(**shown.dict(), may_edit=actor.may(HOMES, row.area_code))


@router.patch("/compounds/{compound_id}", auth=require(HOMES), response=schemas.MadeOut)
def edit_compound(request: HttpRequest, compound_id: UUID, given: schemas.CompoundEdit) -> schemas.MadeOut:
    """Change a compound's kind, aliases or position. One read out of addresses is vouched for by this."""
    actions.change_compound(actor_of(request), compound_id, given.dict(exclude_unset=True))
    return schemas.MadeOut(id=compound_id)


# --- buildings ----------------------------------------------------------------------------------------------------


@router.get("/buildings", auth=require(VIEW_PLACES), response=PageOut[schemas.BuildingOut])
def list_buildings(
    request: HttpRequest,
    area: str | None = None,
    q: Words = "",
    compound: UUID | None = None,
    kind: Words = "",
    leader: Literal["named", "missing"] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[schemas.BuildingOut]:
    """Buildings of the actor's areas with their homes, residents and leaders."""
    wanted = lists.BuildingFilter(area, q, compound, kind or None, leader)
    page = lists.buildings_page(actor_of(request), wanted, cursor, limit)
    named = names_of(row.area_code for row in page.items)
    items = [
        schemas.BuildingOut(area_name=named[row.area_code], **{f: getattr(row, f) for f in row.__slots__})
        for row in page.items
    ]
    return PageOut(items=items, next=page.next, count=_count(page))


@router.post("/buildings", auth=require(HOMES), response={201: schemas.MadeOut})
def add_building(request: HttpRequest, given: schemas.BuildingIn) -> tuple[int, schemas.MadeOut]:
    """Enter a building by hand."""
    facts = {name: getattr(given, name) for name in ("kind", "floors", "units", "built_year")}
    made = actions.add_building(
        actor_of(request), given.number, compound_id=given.compound_id, area_code=given.area_code or "",
        road=given.road, door=given.door, facts=facts,
    )  # fmt: skip
    return 201, schemas.MadeOut(id=made.id)


@router.post("/buildings/export", auth=require(EXPORT))
def export_buildings(request: HttpRequest, given: schemas.ExportBuildingsIn) -> HttpResponse:
    """A workbook of the buildings that match."""
    wanted = lists.BuildingFilter(given.area, given.q, given.compound, given.kind, given.leader)
    return _file("buildings", export.export_buildings(actor_of(request), wanted, given.purpose, language_of(request)))


@router.get("/buildings/{building_id}", auth=require(VIEW_PLACES), response=schemas.BuildingPageOut)
def get_building(request: HttpRequest, building_id: UUID, unit: Words | None = None) -> HttpResponse:
    """A building as storeys × units with who lives there; one unit of it where `unit` is given."""
    detail = building_detail(actor_of(request), building_id, unit)
    reads.note("detail", "building", subject_id=building_id, area=detail.building.area_code, count=detail.people)
    return HttpResponse(orjson.dumps(_building(detail)), content_type="application/json")


def _building(detail: BuildingDetail) -> dict[str, object]:
    """The fields of BuildingPageOut. A tower holds thousands of rows: orjson writes them as they are, in a fiftieth of the
    time that making schemas of them takes; a test compares the two.
    """
    building, drawn = detail.building, detail.picture
    shown = {name: getattr(building, name) for name in building.__slots__ if name != "source"}
    return shown | {
        "area_name": names_of([building.area_code])[building.area_code],
        "vouched": building.source != "intake",
        "unit": detail.unit,
        "unit_names": detail.units,
        "columns": drawn.columns,
        "storeys": drawn.rows,
        "loose": drawn.loose,
        "gaps": drawn.gaps,
        "states": detail.states,
        "homes": sum(detail.states.values()),
        "people": detail.people,
        "incomplete": detail.incomplete,
        "leaders": detail.leaders,
        "sees_people": detail.sees_people,
        "may_edit": detail.may_edit,
    }


@router.patch("/buildings/{building_id}", auth=require(HOMES), response=schemas.MadeOut)
def edit_building(request: HttpRequest, building_id: UUID, given: schemas.BuildingEdit) -> schemas.MadeOut:
    """Change what is stated of a building."""
    actions.change_building(actor_of(request), building_id, given.dict(exclude_unset=True))
    return schemas.MadeOut(id=building_id)


@router.post("/buildings/{building_id}/leaders", auth=require(HOMES), response={201: schemas.MadeOut})
def appoint_leader(request: HttpRequest, building_id: UUID, given: schemas.LeaderIn) -> tuple[int, schemas.MadeOut]:
    """Name the leader of a building or a unit (楼栋长、单元长); the one before leaves on that day."""
    made = actions.appoint_leader(actor_of(request), building_id, **given.dict())
    return 201, schemas.MadeOut(id=made.id)


@router.post("/leaders/{leader_id}/end", auth=require(HOMES), response=schemas.MadeOut)
def end_leader(request: HttpRequest, leader_id: UUID, given: schemas.LeaderEnd) -> schemas.MadeOut:
    """Note the day on which a leader leaves."""
    actions.end_leader(actor_of(request), leader_id, given.until)
    return schemas.MadeOut(id=leader_id)


# --- homes --------------------------------------------------------------------------------------------------------


@router.post("/buildings/{building_id}/homes", auth=require(HOMES), response={201: schemas.MadeOut})
def add_home(request: HttpRequest, building_id: UUID, given: schemas.HomeIn) -> tuple[int, schemas.MadeOut]:
    """Enter a home no list has named."""
    made = home_actions.add_home(actor_of(request), building_id, **given.dict())
    return 201, schemas.MadeOut(id=made.id)


@router.post("/buildings/{building_id}/codes", auth=require(HOMES), response=schemas.MadeOut)
def make_codes(request: HttpRequest, building_id: UUID) -> schemas.MadeOut:
    """Give every home of a building that has none a code for its door."""
    return schemas.MadeOut(id=building_id, count=home_actions.make_codes(actor_of(request), building_id))


@router.get("/buildings/{building_id}/codes", auth=require(HOMES), response=schemas.CodeSheetOut)
def get_codes(request: HttpRequest, building_id: UUID) -> schemas.CodeSheetOut:
    """The codes of a building's homes, to be printed and put on the doors."""
    name, lines = codes.codes_of(actor_of(request), building_id)
    reads.note("download", "home_codes", subject_id=building_id, count=len(lines))
    shown = []
    for line in lines:
        if line.code:
            url = request.build_absolute_uri(f"/q/{line.code}")
            size, path = codes.drawn(url)
            shown.append(
                schemas.CodeSheetLine(
                    dwelling_id=line.dwelling_id, standard=line.standard, unit=line.unit, room=line.room, url=url,
                    size=size, path=path,
                )
            )  # fmt: skip
    return schemas.CodeSheetOut(building_id=building_id, name=name, lines=shown, missing=len(lines) - len(shown))


@router.post("/dwellings/{dwelling_id}/code", auth=require(HOMES), response=schemas.MadeOut)
def renew_code(request: HttpRequest, dwelling_id: UUID) -> schemas.MadeOut:
    """Replace the code of a home, for one that was lost or copied: the printed one opens nothing any more."""
    home_actions.renew_code(actor_of(request), dwelling_id)
    return schemas.MadeOut(id=dwelling_id)


@router.get("/home-codes/{code}", auth=require(VIEW_PLACES), response=schemas.CodeMeansOut)
def get_meaning(request: HttpRequest, code: Annotated[str, Path(max_length=40)]) -> schemas.CodeMeansOut:
    """The home a scanned code stands for, to those who may see it."""
    return schemas.CodeMeansOut(dwelling_id=codes.meaning_of(actor_of(request), code))


# --- history ------------------------------------------------------------------------------------------------------


@router.get("/compounds/{compound_id}/history", auth=require(VIEW_PLACES), response=schemas.PlaceEventsOut)
def get_compound_history(request: HttpRequest, compound_id: UUID) -> schemas.PlaceEventsOut:
    """What changed of a compound."""
    return _history(history.place_history(actor_of(request), "compound", compound_id))


@router.get("/buildings/{building_id}/history", auth=require(VIEW_PLACES), response=schemas.PlaceEventsOut)
def get_building_history(request: HttpRequest, building_id: UUID) -> schemas.PlaceEventsOut:
    """What changed of a building."""
    return _history(history.place_history(actor_of(request), "building", building_id))


@router.get("/dwellings/{dwelling_id}/history", auth=require(VIEW_PLACES), response=schemas.PlaceEventsOut)
def get_home_history(request: HttpRequest, dwelling_id: UUID) -> schemas.PlaceEventsOut:
    """What was stated of a home, before and after."""
    return _history(history.place_history(actor_of(request), "dwelling", dwelling_id))


def _history(events: list[history.PlaceEvent]) -> schemas.PlaceEventsOut:
    names = actors.names_of(event.actor_id for event in events)
    return schemas.PlaceEventsOut(
        items=[
            schemas.PlaceEventOut(
                at=event.at,
                actor_name=actors.display_name(event.actor_id, names) if event.actor_id else "",
                changes=[schemas.PlaceChangeOut(field=f, old=old, new=new) for f, old, new in event.changes],
            )
            for event in events
        ]
    )
