"""Global search over HTTP: one door, answered in groups. Words come in the body, so that they stand in no address."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from linli.access import reads
from linli.kernel import clock, secrets
from linli.kernel.area_names import names_of
from linli.kernel.http import actor_of, signed_in
from linli.kernel.masking import mask_id
from linli.registry.api.people import age

from .queries import Everything, FoundPerson, FoundThing, find
from .rules import Kind

router = Router(tags=["search"])
Group = Literal["person", "area", "compound", "building", "entity", "place", "component", "rental"]


class FindIn(Schema):
    """What was typed: a name or part of one, an alias, pinyin initials, a number or its end, a code, an address."""

    q: str = Field("", max_length=100)


class HitOut(Schema):
    """One find. `id` of an area is its code. `code` is a masked identity number, or a code as it is; `sex` is of the list."""

    id: UUID | str
    name: str
    code: str | None = None
    area_code: str
    area_name: str
    note: str | None = None
    sex: str | None = None
    age: int | None = None


class FindGroupOut(Schema):
    """The best finds of one kind; `more` says that the list of that kind holds further ones."""

    kind: Group
    hits: list[HitOut]
    more: bool


class FoundOut(Schema):
    """Groups with finds, in the order they are shown; how the words were understood where people were looked for."""

    groups: list[FindGroupOut]
    understood_as: str | None = None


@router.post("/search", auth=signed_in, response=FoundOut, summary="全局搜索 / Search everything")
def search(request: HttpRequest, wanted: FindIn) -> FoundOut:
    """People, areas, compounds, buildings, entities, key places, components and rented homes in the actor's sight; no counts."""
    found = find(actor_of(request), wanted.q)
    _note(found)
    named = names_of(
        [p.area_code for p in (found.people.items if found.people else ())]
        + [t.area_code for finds in found.things.values() for t in finds.items]
    )
    groups = [
        FindGroupOut(
            kind="area", hits=[_area(a.code, a.name, a.path) for a in found.areas.items], more=found.areas.more
        )
    ]
    if found.people is not None:
        people = [_person(p, named) for p in found.people.items]
        groups.insert(0, FindGroupOut(kind="person", hits=people, more=found.people.more))
    for kind, finds in found.things.items():
        groups.append(FindGroupOut(kind=kind, hits=[_thing(t, named) for t in finds.items], more=finds.more))
    return FoundOut(groups=[g for g in groups if g.hits], understood_as=found.understood_as if found.people else None)


def _note(found: Everything) -> None:
    """That people were searched is noted even where nobody was found; of the rest, what was shown."""
    if found.people is not None:
        reads.note("search", "person", over=[p.area_code for p in found.people.items], count=len(found.people.items))
    kinds: list[Kind] = [kind for kind, finds in found.things.items() if finds.items]
    for kind in kinds:
        items = found.things[kind].items
        reads.note("search", kind, over=[t.area_code for t in items], count=len(items))


def _area(code: str, name: str, path: str) -> HitOut:
    return HitOut(id=code, name=name, area_code=code, area_name=name, note=path or None)


def _person(person: FoundPerson, named: dict[str, str]) -> HitOut:
    return HitOut(
        id=person.id,
        name=person.name,
        code=mask_id(secrets.decrypt(person.id_number)) if person.id_number else None,
        area_code=person.area_code,
        area_name=named[person.area_code],
        sex=person.sex,
        age=age(person.birth, clock.today()),
    )


def _thing(thing: FoundThing, named: dict[str, str]) -> HitOut:
    return HitOut(
        id=thing.id, name=thing.name, code=thing.code, area_code=thing.area_code, area_name=named[thing.area_code],
        note=thing.address,
    )  # fmt: skip
