"""Lists and search of people. Both read `registry_person_area`, so that they agree with each other and with counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from linli.kernel import clock, paging, secrets
from linli.kernel.actors import Actor
from linli.kernel.paging import Count
from linli.registry.identity import KINDS
from linli.registry.permissions import VIEW
from linli.registry.quality.filters import failing_people
from linli.registry.quality.indicators import PersonIndicator
from linli.registry.search import Meaning, Understood, next_text, pieces, understand
from linli.registry.ties.rules import CHILD_AGE

from . import sql
from .addressed import at_address


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What a list of people may be narrowed by. `words` is what was typed into search."""

    area: str | None = None
    words: str = ""
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None
    population_kind: str | None = None
    nation: str | None = None
    missing: Literal["phone", "id", "home", "guardian", "consent"] | None = None
    group: UUID | None = None
    quality: PersonIndicator | None = None  # those who fail it
    source: str | None = None  # as this source states them


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a line of a list; numbers are still ciphertext."""

    id: UUID
    name: str
    name_key: str
    sex: str | None
    birth: date | None
    nation: str | None
    id_kind: str | None
    id_number: bytes | None
    phone: bytes | None
    population_kind: str | None
    listed_area: str
    home: str | None
    dwelling_id: UUID | None
    household_id: UUID | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PeoplePage(paging.Page[PersonRow]):
    """A page of people and how the search was understood."""

    understood_as: Meaning | None = None


_ROW = """
SELECT p.id, p.name, p.name_key, p.sex, p.birth, p.nation, p.id_kind, p.id_number, p.phone, p.population_kind,
       a.area_code AS listed_area, coalesce(d.standard, p.home_text) AS home, p.dwelling_id, p.household_id,
       p.updated_at
"""
_GUARDED = (
    "EXISTS (SELECT FROM registry_relation g WHERE g.person_id = p.id AND g.kind = 'guardian' "
    "AND (g.ended_on IS NULL OR g.ended_on > %(today)s){0})"
)
# Guardians, and their consent, are missed of children only (个人信息保护法 第二十八条、第三十一条).
_MISSING = {
    "phone": "p.phone IS NULL", "id": "p.id_number IS NULL", "home": "p.dwelling_id IS NULL",
    "guardian": f"p.birth > %(child)s AND NOT {_GUARDED.format('')}",
    "consent": f"p.birth > %(child)s AND NOT {_GUARDED.format(' AND g.consent_on IS NOT NULL')}",
}  # fmt: skip


def people_page(
    actor: Actor, wanted: PersonFilter, cursor: str | None = None, limit: int | None = None, counted: bool = True
) -> PeoplePage:
    """A page of the people the actor may see, by area, then pinyin. Three queries at the most, whatever its size.

    Words nobody is named by are tried as an address (a village may be called like a person), which costs two more.
    """
    meant = understand(wanted.words)
    page = _page(actor, wanted, meant, cursor, limit, counted)
    if not page.items and cursor is None and meant and meant.meaning == "name" and len(meant.text) > 1:
        other = _page(actor, wanted, replace(meant, meaning="address"), cursor, limit, counted)
        return other if other.items else page
    return page


def _page(
    actor: Actor, wanted: PersonFilter, meant: Understood | None, cursor: str | None, limit: int | None, counted: bool
) -> PeoplePage:
    size = paging.limit(limit)
    after = paging.decode(cursor, 3)
    params: dict[str, Any] = {"size": size + 1}
    source = _source(actor, wanted, meant, params)
    if source is None:
        return PeoplePage((), None, Count(0), meant.meaning if meant else None)
    page_condition = ""
    if after:
        params |= {"c0": after[0], "c1": after[1], "c2": after[2]}
        page_condition = " AND (a.area_code, a.name_key, a.person_id) > (%(c0)s, %(c1)s, %(c2)s::uuid)"
    found = sql.rows(
        PersonRow,
        f"""
        {_ROW} {source.tables} LEFT JOIN places_dwelling d ON d.id = p.dwelling_id
        WHERE {source.condition}{page_condition}
        ORDER BY a.area_code, a.name_key, a.person_id LIMIT %(size)s
        """,
        params,
    )
    shown = found[:size]
    following = None
    if len(found) > size:
        last = shown[-1]
        following = paging.encode((last.listed_area, last.name_key, last.id))
    total = sql.count(f"SELECT 1 {source.counting} WHERE {source.condition}", params) if counted else None
    return PeoplePage(shown, following, total, meant.meaning if meant else None)


def people_matching(actor: Actor, wanted: PersonFilter, most: int) -> list[UUID]:
    """The ids of all people a list with this filter shows, in its order; one more than `most` where there are more."""
    meant = understand(wanted.words)
    found = _matching(actor, wanted, meant, most)
    if not found and meant and meant.meaning == "name" and len(meant.text) > 1:
        return _matching(actor, wanted, replace(meant, meaning="address"), most)
    return found


def _matching(actor: Actor, wanted: PersonFilter, meant: Understood | None, most: int) -> list[UUID]:
    params: dict[str, Any] = {"size": most + 1}
    source = _source(actor, wanted, meant, params)
    if source is None:
        return []
    found = sql.rows(
        _Id,
        f"SELECT p.id {source.tables} WHERE {source.condition} "
        "ORDER BY a.area_code, a.name_key, a.person_id LIMIT %(size)s",
        params,
    )
    return [row.id for row in found]


@dataclass(frozen=True, slots=True)
class _Id:
    id: UUID


def people_meant(actor: Actor, meant: Understood, limit: int) -> PeoplePage:
    """The first people found by words that have been understood, uncounted. One query, two where an address is read."""
    return _page(actor, PersonFilter(), meant, None, limit, counted=False)


def people_count(actor: Actor, wanted: PersonFilter) -> Count:
    """How many people the list of them shows, without its words. One query."""
    params: dict[str, Any] = {}
    source = _source(actor, wanted, None, params)
    return sql.count(f"SELECT 1 {source.counting} WHERE {source.condition}", params) if source else Count(0)


@dataclass(frozen=True, slots=True)
class _Source:
    tables: str
    counting: str
    condition: str


def _source(actor: Actor, wanted: PersonFilter, meant: Understood | None, params: dict[str, Any]) -> _Source | None:
    held = sql.held(actor, VIEW, wanted.area, wanted.group)
    if not held:
        return None
    conditions = [sql.ranges(held, "a.area_code", params)]
    params["held"] = list(held)
    # Somebody with two areas in sight is shown once, in the first of them.
    conditions.append(
        "(a.prior_areas IS NULL OR NOT EXISTS (SELECT FROM unnest(a.prior_areas) x WHERE x ^@ ANY(%(held)s::text[])))"
    )
    facts = _facts(wanted, params)
    conditions += facts
    found = _meaning(actor, wanted, meant, params)
    if found is None:
        return None
    join, searched, needs_person = found
    conditions += searched
    person = "JOIN registry_person p ON p.id = a.person_id"
    if wanted.quality or wanted.source:
        said, failing = failing_people(actor, wanted.quality, wanted.source, params)
        person, needs_person = f"{person} {said}", True
        conditions += failing
    tables = f"FROM registry_person_area a {join} {person}"
    counting = f"FROM registry_person_area a {join}" + (f" {person}" if facts or needs_person else "")
    return _Source(tables, counting, " AND ".join(conditions))


def _facts(wanted: PersonFilter, params: dict[str, Any]) -> list[str]:
    conditions = []
    for name in ("sex", "population_kind", "nation"):
        if value := getattr(wanted, name):
            params[name] = value
            conditions.append(f"p.{name} = %({name})s")
    if wanted.age_from is not None:
        params["born_by"] = birthday(wanted.age_from)
        conditions.append("p.birth <= %(born_by)s")
    if wanted.age_to is not None:
        params["born_after"] = birthday(wanted.age_to + 1)
        conditions.append("p.birth > %(born_after)s")
    if wanted.missing:
        params |= {"today": clock.today(), "child": birthday(CHILD_AGE)}
        conditions.append(_MISSING[wanted.missing])
    return conditions


def birthday(age: int) -> date:
    """The latest day of birth of somebody who is at least `age` today."""
    today = clock.today()
    year = max(today.year - age, 1)
    try:
        return today.replace(year=year)
    except ValueError:  # 29 February
        return today.replace(year=year, day=28)


def _meaning(
    actor: Actor, wanted: PersonFilter, meant: Understood | None, params: dict[str, Any]
) -> tuple[str, list[str], bool] | None:
    """Join, conditions, and whether they need the person's row; None when nothing can match."""
    if meant is None:
        return "", [], False
    text = meant.text
    match meant.meaning:
        case "name":
            return _by_name(text, params)
        case "initials":
            params |= {"t0": text, "t1": next_text(text)}
            # A range may meet a person twice only if two tokens begin alike; initials are one token a person.
            return (
                "JOIN registry_name_token t ON t.area_code = a.area_code AND t.person_id = a.person_id",
                ["t.token >= %(t0)s AND t.token < %(t1)s"],
                False,
            )
        case "id":
            params["hash"] = [secrets.fingerprint("identity", f"{kind}:{text}") for kind in KINDS]
            params["tail"] = secrets.lookup("tail4", text[-4:])
            return "", ["p.id_tail4 = %(tail)s", "p.id_hash = ANY(%(hash)s)"], True
        case "id_tail":
            params |= {"tail": secrets.lookup("tail4", text[-4:]), "tail6": secrets.lookup("tail6", text)}
            return "", ["p.id_tail4 = %(tail)s", "p.id_tail6 = %(tail6)s"], True
        case "phone":
            params |= {"tail": secrets.lookup("phone4", text[-4:]), "phone": secrets.lookup("phone", text)}
            return "", ["p.phone_tail4 = %(tail)s", "p.phone_hash = %(phone)s"], True
        case "tail":
            params |= {"tail": secrets.lookup("tail4", text), "phone": secrets.lookup("phone4", text)}
            return "", ["(p.id_tail4 = %(tail)s OR p.phone_tail4 = %(phone)s)"], True
        case "address":
            return _by_address(wanted, text, params)


def _by_name(text: str, params: dict[str, Any]) -> tuple[str, list[str], bool]:
    tokens = pieces(text)
    joins, conditions = "", []
    if len(text) == 1:
        # Every character begins one piece of a name; a name that repeats it has two, hence DISTINCT.
        params |= {"n0": text, "n1": next_text(text)}
        return (
            "JOIN (SELECT DISTINCT area_code, person_id FROM registry_name_token "
            "WHERE token >= %(n0)s AND token < %(n1)s) t USING (area_code, person_id)",
            [],
            False,
        )
    for serial, token in enumerate(tokens[:6]):
        alias = f"t{serial}_"
        joins += (
            f" JOIN registry_name_token {alias} ON {alias}.area_code = a.area_code AND {alias}.person_id = a.person_id"
        )
        params[f"n{serial}"] = token
        conditions.append(f"{alias}.token = %(n{serial})s")
    if len(tokens) > 1:
        params["whole"] = text
        conditions.append("position(%(whole)s in regexp_replace(a.name_key, '[\\s·•.]', '', 'g')) > 0")
    return joins, conditions, False


def _by_address(wanted: PersonFilter, text: str, params: dict[str, Any]) -> tuple[str, list[str], bool] | None:
    conditions = at_address(text, wanted.area, "h", params)
    if not conditions:
        return None
    # As an array, which is read by key: joined, the planner walks the list in its order until a page is full, which took
    # seconds over a district for a village late in it. An address is never wider than a village.
    lives = (
        "a.person_id = ANY(ARRAY(SELECT l.person_id FROM places_dwelling h JOIN registry_residence l "
        f"ON l.dwelling_id = h.id AND l.until IS NULL WHERE {' AND '.join(conditions)}))"
    )
    return "", [lives], False
