"""Global search. Whatever is asked and found: one statement for people, one for places and things, one for areas.

Under row-level security only equality and ranges of tokens find anything by index (docs/decisions/006). Of each kind up
to CANDIDATES are read in the order of the index and put in order by `rules.rank`; nothing is counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from linli.kernel.actors import Actor
from linli.places.permissions import VIEW as PLACES
from linli.places.queries.finding import FoundArea, find_areas
from linli.registry.permissions import COMPONENT_VIEW, ENTITY_VIEW, PLACE_VIEW, RENTAL_VIEW, VIEW
from linli.registry.queries import sql
from linli.registry.queries.people import people_meant
from linli.registry.search import Meaning, Understood, next_text, pieces, understand

from .rules import KINDS, Kind, Wanted, rank, wanted

SHOWN = 6
CANDIDATES = 100


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """A person as a find; the number is still ciphertext."""

    id: UUID
    name: str
    sex: str | None
    birth: date | None
    id_number: bytes | None
    area_code: str


@dataclass(frozen=True, slots=True)
class FoundThing:
    """A compound, building, entity, key place, component or rented home. `code`: credit, component or registration code."""

    kind: Kind
    id: UUID
    name: str
    aliases: list[str]
    code: str | None
    address: str | None
    area_code: str


Find = TypeVar("Find")
Ranked = TypeVar("Ranked", FoundPerson, FoundThing)


@dataclass(frozen=True, slots=True)
class Finds(Generic[Find]):
    """The best finds of one group, and whether there are more."""

    items: tuple[Find, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Everything:
    """What the words find, in the groups the actor may look into; None where it may not."""

    understood_as: Meaning | None
    people: Finds[FoundPerson] | None
    areas: Finds[FoundArea]
    things: dict[Kind, Finds[FoundThing]]


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the row of a kind stands, and what one must be allowed."""

    table: str
    permission: str
    aliases: str = "ARRAY[]::text[]"
    code: str = "NULL"
    address: str = "NULL"


_SOURCES: dict[Kind, _Source] = {
    "compound": _Source("places_compound", PLACES, aliases="x.aliases"),
    "building": _Source("places_building", PLACES),
    "entity": _Source("registry_legal_entity", ENTITY_VIEW, code="x.credit_code", address="x.address"),
    "place": _Source("registry_key_place", PLACE_VIEW, code="x.credit_code", address="x.address"),
    "component": _Source("registry_component", COMPONENT_VIEW, code="x.component_code", address="x.address"),
    "rental": _Source("registry_rental", RENTAL_VIEW, code="x.registration_no", address="x.address"),
}


def find(actor: Actor, words: str) -> Everything:
    """Everything in the actor's sight that fits the words, best first in each group."""
    meant = understand(words)
    people = _people(actor, meant) if actor.may(VIEW) else None
    areas, more = find_areas(actor, words, SHOWN)
    return Everything(meant.meaning if meant else None, people, Finds(tuple(areas), more), _things(actor, words))


# --- people -------------------------------------------------------------------------------------------------------


def _people(actor: Actor, meant: Understood | None) -> Finds[FoundPerson]:
    if meant is None:
        return Finds()
    if meant.meaning in ("name", "initials"):
        found = _people_named(actor, meant)
        if found.items or len(meant.text) == 1 or meant.meaning == "initials":
            return found
        # A name nobody bears may be that of a village or compound: those who live there.
        meant = replace(meant, meaning="address")
    page = people_meant(actor, meant, SHOWN)
    rows = (FoundPerson(p.id, p.name, p.sex, p.birth, p.id_number, p.listed_area) for p in page.items)
    return Finds(tuple(rows), page.next is not None)


def _people_named(actor: Actor, meant: Understood) -> Finds[FoundPerson]:
    """By tokens alone and without the order of the list: a surname borne by thousands costs no more than a rare one."""
    text = meant.text
    params: dict[str, Any] = {"most": CANDIDATES}
    sought = (
        Wanted(low=text, high=next_text(text))
        if meant.meaning == "initials"
        else Wanted(low=text, high=next_text(text), whole=text)
        if len(text) == 1
        else Wanted(tokens=tuple(dict.fromkeys(pieces(text)))[:6], whole=text)
    )
    found = sql.rows(
        FoundPerson,
        f"""
        SELECT p.id, p.name, p.sex, p.birth, p.id_number, t.area_code
        FROM ({_matched("registry_name_token", "person_id", sought, sql.held(actor, VIEW), params)}) t
        JOIN registry_person p ON p.id = t.subject_id
        """,
        params,
    )
    return _best(sought, {person.id: person for person in reversed(found)}.values(), len(found))


# --- places and things --------------------------------------------------------------------------------------------


def _things(actor: Actor, words: str) -> dict[Kind, Finds[FoundThing]]:
    allowed = [kind for kind in KINDS if actor.may(_SOURCES[kind].permission)]
    sought = wanted(words)
    if sought is None or not allowed:
        return {kind: Finds() for kind in allowed}
    params: dict[str, Any] = {"most": CANDIDATES}
    parts = [_branch(kind, sought, sql.held(actor, _SOURCES[kind].permission), params) for kind in allowed]
    found = sql.rows(FoundThing, " UNION ALL ".join(parts), params)
    grouped: dict[Kind, dict[UUID, FoundThing]] = {kind: {} for kind in allowed}
    read = dict.fromkeys(allowed, 0)
    for thing in found:
        grouped[thing.kind][thing.id] = thing
        read[thing.kind] += 1
    return {kind: _best(sought, grouped[kind].values(), read[kind]) for kind in allowed}


def _branch(kind: Kind, sought: Wanted, held: tuple[str, ...], params: dict[str, Any]) -> str:
    source = _SOURCES[kind]
    matched = _matched("registry_find_token", "subject_id", sought, held, params, kind)
    return f"""
        (SELECT '{kind}' AS kind, x.id, x.name, {source.aliases} AS aliases, {source.code} AS code,
                {source.address} AS address, x.area_code
         FROM ({matched}) t JOIN {source.table} x ON x.id = t.subject_id)
    """


# --- both ---------------------------------------------------------------------------------------------------------


def _matched(
    table: str, subject: str, sought: Wanted, held: tuple[str, ...], params: dict[str, Any], kind: Kind | None = None
) -> str:
    """A query for (subject_id, area_code) of what has all the tokens, or one in the range."""
    of_kind = " AND t0.kind = '" + kind + "'" if kind else ""
    where = sql.ranges(held, "t0.area_code", params, f"{kind or 'person'}_") + of_kind
    if not sought.tokens:
        params |= {"low": sought.low, "high": sought.high}
        return (
            f"SELECT t0.{subject} AS subject_id, t0.area_code FROM {table} t0 "
            f"WHERE t0.token >= %(low)s AND t0.token < %(high)s AND {where} LIMIT %(most)s"
        )
    params |= {"tokens": list(sought.tokens), "all": len(sought.tokens)}
    # A token stands once in an area for each subject, so counting them is enough. A join for each token finds the same
    # and takes several hundred milliseconds to plan where a name has eight.
    return (
        f"SELECT t0.{subject} AS subject_id, t0.area_code FROM {table} t0 "
        f"WHERE t0.token = ANY(%(tokens)s::text[]) AND {where} "
        f"GROUP BY t0.{subject}, t0.area_code HAVING count(*) = %(all)s LIMIT %(most)s"
    )


def _best(sought: Wanted, found: Iterable[Ranked], read: int) -> Finds[Ranked]:
    """The best of the candidates; a full bucket of them means that there are more."""
    ranked = []
    for one in found:
        fit = rank(sought, one.name, tuple(getattr(one, "aliases", ())))
        if fit is not None:
            ranked.append((fit, one.area_code, one.name, str(one.id), one))
    ranked.sort(key=lambda entry: entry[:4])
    return Finds(tuple(entry[4] for entry in ranked[:SHOWN]), len(ranked) > SHOWN or read == CANDIDATES)
