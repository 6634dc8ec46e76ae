"""Households and homes over HTTP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from linli.access import reads
from linli.kernel import clock
from linli.kernel.area_names import names_of
from linli.kernel.http import CountOut, PageOut, actor_of, language_of, require
from linli.kernel.paging import Count
from linli.places.buildings import home_actions
from linli.places.permissions import HOMES
from linli.registry import schemas
from linli.registry.buildings.export import export_homes
from linli.registry.buildings.rules import State
from linli.registry.buildings.schemas import HomeEdit, MadeOut
from linli.registry.permissions import EXPORT, VIEW
from linli.registry.quality.indicators import HomeIndicator
from linli.registry.queries import homes
from linli.registry.queries.codes import labels
from linli.registry.things.queries import rental_of

from .people import member_out

router = Router(tags=["homes"])


def count_out(count: Count | None) -> CountOut | None:
    """A count as the API answers it."""
    return CountOut(value=count.value, exact=count.exact) if count else None


def _household(row: homes.HouseholdRow, named: dict[str, str]) -> dict[str, object]:
    return {
        "id": row.id, "no": row.number, "head_name": row.head_name, "size": row.members, "area_code": row.area_code,
        "area_name": named[row.area_code], "address": row.address, "updated_at": row.recorded_at,
    }  # fmt: skip


@router.get("/households", auth=require(VIEW), response=PageOut[schemas.HouseholdOut])
def list_households(
    request: HttpRequest,
    area: str | None = None,
    q: str = "",
    group: UUID | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[schemas.HouseholdOut]:
    """Households of the actor's areas; `group` is a named group of areas."""
    page = homes.households_page(actor_of(request), area, q, cursor, limit, group)
    reads.note("search" if q else "list", "household", area=area, count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    return PageOut(
        items=[schemas.HouseholdOut.model_validate(_household(row, named)) for row in page.items],
        next=page.next,
        count=count_out(page.count),
    )


@router.get("/households/{household_id}", auth=require(VIEW), response=schemas.HouseholdPageOut)
def get_household(request: HttpRequest, household_id: UUID) -> schemas.HouseholdPageOut:
    """A household and its members."""
    row, members = homes.household_detail(actor_of(request), household_id)
    reads.note("detail", "household", subject_id=household_id, area=row.area_code, count=len(members))
    said = labels(language_of(request))
    named = names_of([row.area_code])
    return schemas.HouseholdPageOut.model_validate(
        {**_household(row, named), "members": [member_out(m, said) for m in members]}
    )


def _dwelling(row: homes.DwellingRow, named: dict[str, str]) -> dict[str, object]:
    state = row.state
    shown = ("id", "standard", "area_code", "compound_id", "compound", "building_id", "building", "unit", "floor", "room",
             "residents", "state_on", "kind", "floor_area", "note")  # fmt: skip
    return {name: getattr(row, name) for name in shown} | {
        "area_name": named[row.area_code], "state": state.state, "stated": state.stated, "doubtful": state.doubtful,
    }  # fmt: skip


@router.get("/dwellings", auth=require(VIEW), response=PageOut[schemas.DwellingOut])
def list_dwellings(
    request: HttpRequest,
    area: str | None = None,
    q: str = "",
    compound: UUID | None = None,
    building: UUID | None = None,
    state: State | None = None,
    group: UUID | None = None,
    quality: HomeIndicator | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> PageOut[schemas.DwellingOut]:
    """Homes of the actor's areas; `q` is an address as people write it, `group` a named group of areas, `quality` an
    indicator that they fail."""
    wanted = homes.DwellingFilter(area, q, compound, building, state, group, quality)
    page = homes.dwellings_page(actor_of(request), wanted, cursor, limit)
    reads.note("search" if q else "list", "dwelling", area=area, count=len(page.items))
    named = names_of(row.area_code for row in page.items)
    return PageOut(
        items=[schemas.DwellingOut.model_validate(_dwelling(row, named)) for row in page.items],
        next=page.next,
        count=count_out(page.count),
    )


@router.post("/dwellings/export", auth=require(EXPORT))
def export_dwellings(request: HttpRequest, given: schemas.DwellingsExportIn) -> HttpResponse:
    """A workbook of the homes that match."""
    wanted = homes.DwellingFilter(
        given.area, given.q, given.compound, given.building, given.state, given.group, given.quality
    )
    content = export_homes(actor_of(request), wanted, given.purpose, language_of(request))
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="homes-{clock.today():%Y%m%d}.xlsx"'
    return response


@router.get("/dwellings/{dwelling_id}", auth=require(VIEW), response=schemas.DwellingPageOut)
def get_dwelling(request: HttpRequest, dwelling_id: UUID) -> schemas.DwellingPageOut:
    """A home and who lives or lived there."""
    actor = actor_of(request)
    row, residents = homes.dwelling_detail(actor, dwelling_id)
    reads.note("detail", "dwelling", subject_id=dwelling_id, area=row.area_code, count=len(residents))
    said = labels(language_of(request))
    let = rental_of(actor, dwelling_id)
    return schemas.DwellingPageOut.model_validate(
        {
            **_dwelling(row, names_of([row.area_code])),
            "may_edit": actor.may(HOMES, row.area_code),
            "rental": schemas.DwellingRentalOut(
                id=let.id, purpose=said.get(("rental_purpose", let.purpose or ""), let.purpose),
                state=said.get(("rental_state", let.state or ""), let.state), lessor=let.lessor,
                leased_until=let.leased_until, due_on=let.due_on,
            ) if let else None,
            "residents_list": [
                schemas.ResidentOut(
                    person_id=r.person_id, name=r.name, since=r.since, until=r.until, current=r.until is None,
                    kind=said.get(("home_kind", r.kind or ""), r.kind), household_id=r.household_id,
                )
                for r in residents
            ],
        }
    )  # fmt: skip


@router.patch("/dwellings/{dwelling_id}", auth=require(HOMES), response=MadeOut)
def state_home(request: HttpRequest, dwelling_id: UUID, given: HomeEdit) -> MadeOut:
    """State how a home is lived in (自住、出租、空置), its kind, area or a note."""
    home_actions.state_home(actor_of(request), dwelling_id, given.dict(exclude_unset=True))
    return MadeOut(id=dwelling_id)
