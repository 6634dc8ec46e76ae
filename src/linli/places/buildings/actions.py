"""Changes of compounds, buildings and their leaders, by hand. What somebody looked after is vouched for from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction

from linli.access import changes
from linli.kernel import areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid, NotFound
from linli.kernel.ids import uuid7

from ..actions import raise_edition
from ..models import Building, BuildingLeader, Compound, Dwelling, Region
from ..permissions import HOMES, VIEW
from . import rules
from .problems import LeaderEnded, once

Thing = TypeVar("Thing", bound=models.Model)
COMPOUND_FACTS = ("kind", "aliases", "lon", "lat")
BUILDING_FACTS = ("kind", "floors", "units", "built_year", "lon", "lat")


def held(model: type[Thing], actor: Actor, thing_id: UUID) -> Thing:
    """A row the actor may change, locked. Raises NotFound for one out of sight, Forbidden for one not theirs to keep."""
    found = model._default_manager.restrict(actor, VIEW).select_for_update().filter(pk=thing_id).first()  # type: ignore[attr-defined]
    if found is None:
        raise NotFound()
    actor.require(HOMES, found.area_code)
    return found  # type: ignore[no-any-return]


def _refuse(problems: list[Any]) -> None:
    if problems:
        raise Invalid(fields=tuple(problems))


def _village(area_code: str) -> Region:
    village = Region.objects.filter(code=area_code[:12], level="village", valid_to=None).first()
    if village is None or not areas.is_code(area_code):
        raise NotFound()
    return village


# --- compounds ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_compound(actor: Actor, area_code: str, facts: Mapping[str, Any]) -> Compound:
    """A compound nobody has named yet, in a village or a grid of one. Raises PlaceExists, Invalid, Forbidden."""
    actor.require(HOMES, area_code)
    village = _village(area_code)
    _refuse(rules.check_facts("compound", facts, clock.today(), required=("name",)))
    with once(facts["name"]):
        made = Compound.objects.create(
            id=uuid7(), area_code=area_code, village_code=village.code, name=facts["name"],
            kind=facts.get("kind") or "", aliases=_aliases(facts.get("aliases")), lon=facts.get("lon"),
            lat=facts.get("lat"), source=Building.BY_HAND, created_at=clock.now(),
        )  # fmt: skip
    raise_edition()
    changes.record(actor, "places.compound.add", "compound", made.id, made.area_code)
    return made


@transaction.atomic
def change_compound(actor: Actor, compound_id: UUID, facts: Mapping[str, Any]) -> Compound:
    """Change facts of a compound other than its name, by which homes are told; another name is an alias.

    One that an import made is vouched for by this: from now on its names tell the village of an address. Raises Invalid,
    Forbidden, NotFound.
    """
    compound = held(Compound, actor, compound_id)
    said = {name: facts[name] for name in COMPOUND_FACTS if name in facts}
    _refuse(rules.check_facts("compound", said, clock.today()))
    for name, value in said.items():
        setattr(compound, name, _aliases(value) if name == "aliases" else (value or "" if name == "kind" else value))
    compound.source = Building.BY_HAND
    compound.save(update_fields=[*said, "source"])
    raise_edition()
    changes.record(actor, "places.compound.edit", "compound", compound.id, compound.area_code, {"fields": sorted(said)})
    return compound


def _aliases(given: Any) -> list[str]:
    return list(dict.fromkeys(text.strip()[:60] for text in given or [] if text.strip()))[:50]


# --- buildings ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_building(
    actor: Actor,
    number: str,
    *,
    compound_id: UUID | None = None,
    area_code: str = "",
    road: str = "",
    door: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Building:
    """A building no home has named yet: of a compound, else at a road and door of a village.

    Raises PlaceExists, Invalid, Forbidden, NotFound.
    """
    compound = held(Compound, actor, compound_id) if compound_id else None
    area = area_code or (compound.area_code if compound else "")
    actor.require(HOMES, area)
    village = _village(area)
    if compound is not None and village.code != compound.village_code:
        raise NotFound()
    said = {"number": number, "road": road, "door": door, **(facts or {})}
    _refuse(rules.check_facts("building", said, clock.today(), required=("number",)))
    place = compound.name if compound else (road + (f"{door}号" if door else "")) or village.short_name
    key = {
        "village_code": village.code,
        "compound_id": compound.id if compound else None,
        "road": "" if compound else road,
        "door": "" if compound else door,
        "number": number,
    }
    name = place + number + ("座" if number.isascii() and number.isalpha() else "号楼")
    with once(name):
        made = Building.objects.create(
            id=uuid7(), area_code=area, name=name, source=Building.BY_HAND, created_at=clock.now(), **key,
            **{f: (facts or {}).get(f) for f in BUILDING_FACTS if f != "kind"}, kind=(facts or {}).get("kind") or "",
        )  # fmt: skip
    changes.record(actor, "places.building.add", "building", made.id, made.area_code)
    return made


@transaction.atomic
def change_building(actor: Actor, building_id: UUID, facts: Mapping[str, Any]) -> Building:
    """Change what is stated of a building. Raises Invalid, Forbidden, NotFound."""
    building = held(Building, actor, building_id)
    said = {name: facts[name] for name in BUILDING_FACTS if name in facts}
    _refuse(rules.check_facts("building", said, clock.today()))
    for name, value in said.items():
        setattr(building, name, (value or "") if name == "kind" else value)
    building.save(update_fields=list(said))
    changes.record(actor, "places.building.edit", "building", building.id, building.area_code, {"fields": sorted(said)})
    return building


# --- leaders ------------------------------------------------------------------------------------------------------


@transaction.atomic
def appoint_leader(
    actor: Actor, building_id: UUID, *, name: str, phone: str, since: date, unit: str = ""
) -> BuildingLeader:
    """Name the leader of a building, or of a unit of it, from a day on; the one before leaves on that day.

    Raises Invalid (a day before the present leader's), Forbidden, NotFound.
    """
    building = held(Building, actor, building_id)
    said = {"name": name, "phone": phone, "unit": unit, "since": since}
    _refuse(rules.check_facts("leader", said, clock.today(), required=("name",)))
    if unit and not Dwelling.objects.filter(building_id=building.id, unit=unit).exists():
        raise NotFound()
    present = BuildingLeader.objects.filter(building_id=building.id, unit=unit, until=None).first()
    if present is not None:
        _refuse(rules.check_end(present.since, since))
        present.until = since
        present.save(update_fields=["until"])
    made = BuildingLeader.objects.create(
        id=uuid7(), area_code=building.area_code, building_id=building.id, unit=unit, name=name.strip(),
        phone=phone.strip(), since=since,
    )  # fmt: skip
    changes.record(actor, "places.leader.appoint", "building", building.id, building.area_code, {"unit": unit})
    return made


@transaction.atomic
def end_leader(actor: Actor, leader_id: UUID, until: date) -> None:
    """Note the day on which a leader leaves. Raises LeaderEnded, Invalid, Forbidden, NotFound."""
    leader = held(BuildingLeader, actor, leader_id)
    if leader.until is not None:
        raise LeaderEnded()
    _refuse(rules.check_end(leader.since, until))
    leader.until = until
    leader.save(update_fields=["until"])
    changes.record(actor, "places.leader.end", "building", leader.building_id, leader.area_code, {"unit": leader.unit})
