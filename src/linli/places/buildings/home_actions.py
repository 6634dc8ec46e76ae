"""Changes of homes by hand: what is stated of one, homes no list has named, the codes on their doors."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.ids import uuid7

from ..models import Building, Compound, Dwelling, DwellingCode, Region
from ..permissions import HOMES
from ..rules import address_key, storey_of
from . import rules
from .actions import held
from .problems import once

HOME_FACTS = ("state", "state_on", "kind", "floor_area", "note")
# 128 random bits as 22 characters that a reader tells apart and an address takes as they are.
_CODE_BYTES = 16


@transaction.atomic
def state_home(actor: Actor, dwelling_id: UUID, facts: Mapping[str, Any]) -> Dwelling:
    """State how a home is lived in (自住, 出租, 空置, 其他) and since when that is known, its kind, area or a note.

    An empty state takes the statement back: then it follows again from who lives there. Raises Invalid, Forbidden,
    NotFound.
    """
    home = held(Dwelling, actor, dwelling_id)
    said = {name: facts[name] for name in HOME_FACTS if name in facts}
    if problems := rules.check_facts("home", said, clock.today()):
        raise Invalid(fields=tuple(problems))
    for name, value in said.items():
        setattr(home, name, value or None)
    if "state" in said:
        stated = bool(home.state)
        home.state_source = Building.BY_HAND if stated else None
        home.state_on = (said.get("state_on") or clock.today()) if stated else None
    home.save(update_fields=[*said, "state_source", "state_on"])
    changes.record(actor, "places.home.state", "dwelling", home.id, home.area_code, {"fields": sorted(said)})
    return home


@transaction.atomic
def add_home(actor: Actor, building_id: UUID, *, unit: str, room: str, floor: str = "") -> Dwelling:
    """A home of a building that no list has named yet: the gap in its picture. Raises PlaceExists, Invalid, Forbidden."""
    building = held(Building, actor, building_id)
    said = {"unit": unit, "room": room, "floor": floor}
    if problems := rules.check_facts("home", said, clock.today(), required=("room",)):
        raise Invalid(fields=tuple(problems))
    compound = Compound.objects.filter(id=building.compound_id).first() if building.compound_id else None
    parts = {
        "village_code": building.village_code, "compound": compound.name if compound else "", "road": building.road,
        "door": building.door, "building": building.number, "unit": unit, "floor": floor, "room": room,
    }  # fmt: skip
    frame = pl.DataFrame([parts])
    key = address_key(frame)[0]
    regions = {r.code: r for r in Region.objects.filter(code__in=[building.village_code, building.village_code[:9]])}
    town, village = regions.get(building.village_code[:9]), regions.get(building.village_code)
    shown = f"{room}室" if room[-1:].isascii() and room[-1:].isalnum() else room
    standard = (
        (town.name if town else "")
        + (village.short_name if village else "")
        + building.name
        + (f"{unit}单元" if unit else "")
        + shown
    )
    with once(standard):
        home = Dwelling.objects.create(
            id=uuid7(), area_code=building.area_code, village_code=building.village_code,
            compound_id=building.compound_id, building_id=building.id, road=building.road, door=building.door,
            building=building.number, unit=unit, floor=floor, room=room,
            storey=frame.select(storey_of(pl.col("floor"), pl.col("room"))).item(), standard=standard,
            address_key=key, created_at=clock.now(),
        )  # fmt: skip
    changes.record(actor, "places.home.add", "dwelling", home.id, home.area_code)
    return home


@transaction.atomic
def make_codes(actor: Actor, building_id: UUID) -> int:
    """Give every home of a building that has none a code for its door; returns how many were made."""
    building = held(Building, actor, building_id)
    coded = DwellingCode.objects.filter(dwelling_id__in=Dwelling.objects.filter(building_id=building.id).values("id"))
    homes = Dwelling.objects.restrict(actor, HOMES).filter(building_id=building.id)
    bare = homes.exclude(id__in=coded.values("dwelling_id")).values_list("id", "area_code")
    now = clock.now()
    made = DwellingCode.objects.bulk_create(
        [
            DwellingCode(id=uuid7(), dwelling_id=home, area_code=area, code=_code(), made_at=now, made_by=actor.id)
            for home, area in bare
        ],
        batch_size=500,
    )
    if made:
        changes.record(actor, "places.code.make", "building", building.id, building.area_code, {"count": len(made)})
    return len(made)


@transaction.atomic
def renew_code(actor: Actor, dwelling_id: UUID) -> DwellingCode:
    """Replace the code of a home; the printed one opens nothing any more. Raises NotFound for a home without one."""
    home = held(Dwelling, actor, dwelling_id)
    code = DwellingCode.objects.filter(dwelling_id=home.id).first()
    if code is None:
        raise NotFound()
    code.code, code.made_at, code.made_by = _code(), clock.now(), actor.id
    code.save(update_fields=["code", "made_at", "made_by"])
    changes.record(actor, "places.code.renew", "dwelling", home.id, home.area_code)
    return code


def _code() -> str:
    return secrets.token_urlsafe(_CODE_BYTES)
