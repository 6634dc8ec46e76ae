"""The API of pick-ups, below /api/intake: folders on the server from which files are taken in by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from linli.kernel import area_names
from linli.kernel.http import PageOut, actor_of, language_of, require

from . import pickup
from .models import Pickup
from .permissions import SOURCE_EDIT
from .pickup import PickupForm
from .wording import problem_said

router = Router(tags=["intake"])
Area = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$")]


class PickupIn(Schema):
    """`directory` is relative to the server's pick-up folder; `pattern` is of file names, as *.xlsx."""

    area: Area
    source: str = Field(max_length=32)
    directory: str = Field("", max_length=200)
    pattern: str = Field("*", max_length=100)
    then: Literal["check", "merge", "skip_bad"] = "check"
    active: bool = True


class PickupOut(Schema):
    """A pick-up with when it last looked, and what kept it from taking files."""

    id: UUID
    area_code: str
    area_name: str
    source_code: str
    directory: str
    pattern: str
    then: str
    active: bool
    owner_name: str
    created_at: datetime
    looked_at: datetime | None
    problem: str | None


class PickupQuery(Schema):
    cursor: str | None = None
    limit: int | None = None


@router.get("/pickups", response=PageOut[PickupOut], auth=require(SOURCE_EDIT))
def list_pickups(request: HttpRequest, filters: Query[PickupQuery]) -> Any:
    """Pick-ups in the actor's areas."""
    page = pickup.pickups(actor_of(request), filters.cursor, filters.limit)
    return {"items": _out(request, list(page.items)), "next": page.next, "count": page.count}


@router.post("/pickups", response={201: PickupOut}, auth=require(SOURCE_EDIT))
def add_pickup(request: HttpRequest, body: PickupIn) -> Any:
    """Set a pick-up. Its batches have the rights of whoever sets it."""
    return Status(201, _out(request, [pickup.save_pickup(actor_of(request), PickupForm(**body.dict()))])[0])


@router.put("/pickups/{uuid:pickup_id}", response=PickupOut, auth=require(SOURCE_EDIT))
def change_pickup(request: HttpRequest, pickup_id: UUID, body: PickupIn) -> Any:
    """Change a pick-up, or stop it (`active`)."""
    return _out(request, [pickup.save_pickup(actor_of(request), PickupForm(**body.dict()), pickup_id)])[0]


@router.delete("/pickups/{uuid:pickup_id}", response={204: None}, auth=require(SOURCE_EDIT))
def remove_pickup(request: HttpRequest, pickup_id: UUID) -> Any:
    """Take no more files; what was taken stays."""
    pickup.remove_pickup(actor_of(request), pickup_id)
    return Status(204, None)


def _out(request: HttpRequest, rows: list[Pickup]) -> list[dict[str, Any]]:
    names = area_names.names_of(row.area_code for row in rows)
    language = language_of(request)
    columns = [name for name in PickupOut.model_fields if name not in ("area_name", "problem")]
    return [
        {name: getattr(row, name) for name in columns}
        | {
            "area_name": names.get(row.area_code, row.area_code),
            "problem": problem_said(row.problem["code"], row.problem["params"], language) if row.problem else None,
        }
        for row in rows
    ]
