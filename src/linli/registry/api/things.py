"""Legal entities, key places, components and rented homes over HTTP: one set of doors for each kind, alike in everything."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linli.access import reads
from linli.access.queries import actors
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import PageOut, actor_of, language_of, require
from linli.registry import schemas
from linli.registry.permissions import THING_EDIT, THING_EXPORT, THING_REVEAL
from linli.registry.queries.codes import labels
from linli.registry.things.actions import export_things, reveal_phone
from linli.registry.things.correct import correct_thing, record_inspection
from linli.registry.things.history import BY_HAND, Event, thing_history
from linli.registry.things.kinds import KINDS, ThingField, ThingKind
from linli.registry.things.queries import Fact, ThingDetail, ThingFilter, ThingRow, points, thing_detail, things_page

from .homes import count_out
from .people import ELSEWHERE

# Forms of facts to the kinds of facts that pages know how to show and edit.
CONTROLS = {"code": "code", "date": "date", "phone": "identifier"}
Said = dict[tuple[str, str], str]


class ThingQuery(Schema):
    """Filters of a list; `q` is part of a name or address, or the beginning of a code.

    `group` is the kind (an entity's, a place's, a component's class) or its beginning, several with commas between; `due` is about
    the next inspection: overdue, soon (30 days), later, none.
    """

    area: str | None = Field(None, pattern=r"^\d{6}(\d{3}){0,3}$")
    q: str = Field("", max_length=100)
    group: str | None = Field(None, max_length=40)
    state: str | None = Field(None, max_length=8)
    due: Literal["overdue", "soon", "later", "none"] | None = None
    placed: bool | None = None
    cursor: str | None = None
    limit: int | None = None


class ThingBrief(Schema):
    """A thing as a line of a list."""

    id: UUID
    name: str
    code: str | None
    group: str | None
    group_label: str | None
    state: str | None
    state_label: str | None
    contact: str | None
    address: str | None
    due_on: date | None
    area_code: str
    area_name: str
    placed: bool
    updated_at: datetime


class RelatedOut(Schema):
    """Another thing that has to do with this one, and how."""

    kind: str
    path: str
    id: UUID
    name: str
    area_name: str
    why: Literal["place", "operator", "department", "owner", "keeper"]


class ThingMayOut(Schema):
    reveal: bool
    edit: bool
    inspect: bool


class ThingOut(Schema):
    """The page of a thing."""

    id: UUID
    kind: str
    name: str
    area_code: str
    area_path: str
    lon: float | None
    lat: float | None
    fields: list[schemas.FactOut]
    sources: list[schemas.RecordOut]
    related: list[RelatedOut]
    may: ThingMayOut
    dwelling_id: UUID | None = None
    version: int


class ThingExportIn(ThingQuery):
    purpose: str = Field(max_length=200)


class PurposeIn(Schema):
    purpose: str = Field(max_length=200)


class InspectionIn(Schema):
    """That somebody looked at it on a day, when it is due again, and in a few words what was found."""

    inspected_on: date
    next_inspection_on: date | None = None
    note: str = Field("", max_length=200)
    version: int


def router_for(kind: ThingKind) -> Router:
    """The doors of one kind."""
    router = Router(tags=[kind.path])
    base = f"/{kind.path}"

    def list_things(request: HttpRequest, wanted: Annotated[ThingQuery, Query()]) -> Any:
        page = things_page(kind, actor_of(request), _filter(wanted), wanted.cursor, wanted.limit)
        reads.note("search" if wanted.q else "list", kind.name, area=wanted.area, count=len(page.items))
        said = labels(language_of(request))
        named = names_of(row.area_code for row in page.items)
        items = [_brief(kind, row, said, named) for row in page.items]
        return PageOut(items=items, next=page.next, count=count_out(page.count) if page.count else None)

    def map_things(request: HttpRequest, wanted: Annotated[ThingQuery, Query()]) -> HttpResponse:
        found, single = points(kind, actor_of(request), _filter(wanted))
        reads.note("list", f"{kind.name}.map", area=wanted.area, count=len(found))
        return _geojson(found, single)

    def export(request: HttpRequest, wanted: ThingExportIn) -> HttpResponse:
        content = export_things(kind, actor_of(request), _filter(wanted), wanted.purpose, language_of(request))
        response = HttpResponse(
            content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        response["Content-Disposition"] = f'attachment; filename="{kind.path}-{clock.today():%Y%m%d}.xlsx"'
        return response

    def get_thing(request: HttpRequest, thing_id: UUID) -> Any:
        detail = thing_detail(kind, actor_of(request), thing_id)
        reads.note("detail", kind.name, subject_id=thing_id, area=detail.area_code, count=1)
        return _out(kind, detail, language_of(request))

    def get_history(request: HttpRequest, thing_id: UUID) -> Any:
        events = thing_history(kind, actor_of(request), thing_id)
        reads.note("detail", f"{kind.name}.history", subject_id=thing_id, count=len(events))
        return _events(events, language_of(request))

    def reveal(request: HttpRequest, thing_id: UUID, given: PurposeIn) -> Any:
        request.keep_answer = False  # type: ignore[attr-defined]  # a kept answer would be given again without a note
        return schemas.RevealOut(value=reveal_phone(kind, actor_of(request), thing_id, given.purpose))

    def correct(request: HttpRequest, thing_id: UUID, given: schemas.EditIn) -> Any:
        actor = actor_of(request)
        correct_thing(kind, actor, thing_id, given.changes, given.reason, given.version)
        return _out(kind, thing_detail(kind, actor, thing_id), language_of(request))

    def inspect(request: HttpRequest, thing_id: UUID, given: InspectionIn) -> Any:
        actor, following = actor_of(request), given.next_inspection_on
        record_inspection(kind, actor, thing_id, given.inspected_on, following, given.note, given.version)
        return _out(kind, thing_detail(kind, actor, thing_id), language_of(request))

    view, one = require(kind.view), base + "/{uuid:thing_id}"
    add = partial(_add, router, kind)
    add("GET", base, list_things, view, PageOut[ThingBrief], "列表", "List")
    add("GET", base + "/map.geojson", map_things, view, None, "地图点位", "Points of the map")
    add("POST", base + "/export", export, require(THING_EXPORT), None, "导出", "Take out as a workbook")
    add("GET", one, get_thing, view, ThingOut, "详情", "Page of one")
    add("GET", one + "/history", get_history, view, schemas.EventsOut, "变更记录", "History of one")
    add("PATCH", one, correct, require(THING_EDIT), ThingOut, "人工更正", "Correct facts by hand")
    if kind.due is not None:
        add("POST", one + "/inspections", inspect, require(THING_EDIT), ThingOut, "登记检查", "Record an inspection")
    if "phone" in kind.by_name:
        add("POST", one + "/reveal", reveal, require(THING_REVEAL), schemas.RevealOut, "查看完整电话", "Phone in full")
    return router


def _add(
    router: Router, kind: ThingKind, method: str, path: str, door: Any, auth: Any, response: Any, zh: str, en: str
) -> None:
    more = {} if response is None else {"response": response}
    router.add_api_operation(
        path, [method], door, auth=auth, operation_id=f"{kind.name}_{door.__name__}", summary=f"{kind.zh}{zh} / {en}",
        **more,
    )  # fmt: skip


def _filter(wanted: ThingQuery) -> ThingFilter:
    return ThingFilter(wanted.area, wanted.q, wanted.group, wanted.state, wanted.due, wanted.placed)


def _say(field: ThingField, value: str | None, said: Said) -> str | None:
    code_list = field.code_list
    return said.get((code_list, value), value) if code_list and value else value


def _brief(kind: ThingKind, row: ThingRow, said: Said, named: dict[str, str]) -> ThingBrief:
    return ThingBrief(
        **{f: getattr(row, f) for f in ThingBrief.model_fields if hasattr(row, f)},
        group_label=_say(kind.by_name[kind.group], row.group, said),
        state_label=_say(kind.by_name[kind.state], row.state, said),
        area_name=named[row.area_code],
    )


def _out(kind: ThingKind, detail: ThingDetail, language: str) -> ThingOut:
    said = labels(language)
    path = [detail.area_code[:n] for n in (9, 12, 15) if n <= len(detail.area_code)]
    named = names_of([*path, *(r.area_code for r in detail.related)])
    recorders = actors.names_of(r.recorded_by for r in detail.records if r.recorded_by)
    return ThingOut(
        id=detail.id,
        kind=kind.name,
        name=detail.name,
        area_code=detail.area_code,
        area_path=" / ".join(named[code] for code in path),
        lon=detail.lon,
        lat=detail.lat,
        fields=[_fact(fact, said, language, detail.may_reveal, detail.may_edit) for fact in detail.facts],
        sources=[
            schemas.RecordOut(
                **{f: getattr(r, f) for f in schemas.RecordOut.model_fields if hasattr(r, f) and f != "recorded_by"},
                number_set_aside=False,
                likeness=None,
                recorded_by=actors.display_name(r.recorded_by, recorders) if r.recorded_by else ELSEWHERE.say(language),
            )
            for r in detail.records
        ],
        related=[
            RelatedOut(
                kind=r.kind, path=KINDS[r.kind].path, id=r.id, name=r.name, area_name=named[r.area_code], why=r.why
            )
            for r in detail.related
        ],
        may=ThingMayOut(
            reveal=detail.may_reveal, edit=detail.may_edit, inspect=detail.may_edit and kind.due is not None
        ),
        dwelling_id=detail.dwelling_id,
        version=detail.version,
    )


def _fact(fact: Fact, said: Said, language: str, may_reveal: bool, may_edit: bool) -> schemas.FactOut:
    field, record = fact.field, fact.record
    return schemas.FactOut(
        name=field.name,
        label=field.en if language == "en" else field.zh,
        value=fact.value,
        display=_say(field, fact.value, said),
        code_list=field.code_list,
        kind=CONTROLS.get(field.form, "text"),
        standard=field.standard,
        editable=may_edit and not field.fixed,
        masked=fact.masked,
        revealable=fact.masked and may_reveal,
        source=schemas.SourceRefOut(code=record.source_code, name=record.source_name) if record else None,
        record_id=record.record_id if record else None,
        observed_on=record.observed_on if record else None,
        recorded_at=record.recorded_at if record else None,
        method=("declared" if record.source_code in BY_HAND else "imported") if record else None,
    )


def _events(events: list[Event], language: str) -> schemas.EventsOut:
    names = actors.names_of(event.actor_id for event in events if event.actor_id)
    said = labels(language)

    def word(code_list: str | None, value: str | None) -> str | None:
        return said.get((code_list, value), value) if code_list and value else value

    return schemas.EventsOut(
        items=[
            schemas.EventOut(
                at=event.at,
                actor_name=actors.display_name(event.actor_id, names) if event.actor_id else ELSEWHERE.say(language),
                kind=event.kind,
                batch_id=event.batch_id,
                reason=event.reason,
                changes=[
                    schemas.FactChangeOut(
                        field=change.field.name,
                        label=change.field.en if language == "en" else change.field.zh,
                        old=word(change.field.code_list, change.old),
                        new=word(change.field.code_list, change.new),
                    )
                    for change in event.changes
                ],
            )
            for event in events
        ]
    )


def _geojson(found: list[Any], single: bool) -> HttpResponse:
    """Points in WGS-84; `single`: things with id and name, else cells with the count of what lies in them."""
    import orjson

    features = [
        {
            "type": "Feature",
            "properties": {"id": p.id, "name": p.name, "group": p.group} if single else {"count": p.count},
            "geometry": {"type": "Point", "coordinates": [round(p.lon, 6), round(p.lat, 6)]},
        }
        for p in found
    ]
    content = orjson.dumps({"type": "FeatureCollection", "single": single, "features": features})
    answer = HttpResponse(content, content_type="application/geo+json")
    answer["Cache-Control"] = "private, no-store"
    return answer


router = Router()
for _kind in KINDS.values():
    router.add_router("", router_for(_kind))
