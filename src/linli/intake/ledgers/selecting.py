"""Conditions as SQL over people, on real columns and equality only (docs/decisions/006), and how many meet them.

Rows of a ledger are chosen among people: `p` is the person, and `a` the area row through which the person is listed, if
there is one. Counts read the facets (`f`, docs/decisions/020), a narrow table with a row for each area row, and find exactly
the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.registry.facets.reading import sees_district
from linli.registry.models import TagKind
from linli.registry.permissions import TAG_VIEW, VIEW
from linli.registry.queries import sql
from linli.registry.queries.codes import all_items
from linli.registry.ties.queries import LIVE

from . import custom_conditions
from .columns import CUSTOM
from .conditions import CODED, All, Any_, Condition, Flag, Not, Test, fields_of, with_codes
from .problems import TagsWithheld

# 独居: of the living people with a current home, the only one whose home it is now.
_ALONE = (
    "(p.dwelling_id IS NOT NULL AND NOT EXISTS (SELECT FROM registry_residence o "
    "WHERE o.dwelling_id = p.dwelling_id AND o.until IS NULL AND o.person_id <> p.id))"
)
FLAGS = {
    "lives_alone": _ALONE,
    "is_head": "(p.household_id IS NOT NULL AND p.relation_to_head IS NOT DISTINCT FROM '0')",
    "has_id": "(p.id_number IS NOT NULL)",
    "has_phone": "(p.phone IS NOT NULL)",
    "has_home": "(p.dwelling_id IS NOT NULL)",
}
# Short names of shipped tags, which no name in the catalogue contains.
_SAID = {
    "低保": "minimum_living", "特困": "destitute", "五保": "destitute", "高龄": "elder_allowance", "退伍军人": "veteran",
}  # fmt: skip
_SIZE = "(SELECT count(*) FROM registry_person s WHERE s.household_id = p.household_id)"


@dataclass(frozen=True, slots=True)
class _Names:
    """How what conditions ask is called in a statement: the columns of `of`, the id and area of the person, the number of
    people in the household, and flags."""

    of: str
    person: str
    area: str
    size: str
    flags: Mapping[str, str]


_OF_PEOPLE = _Names("p", "p.id", "a.area_code", _SIZE, FLAGS)


def _of_facets(actor: Actor) -> _Names:
    """Of whoever does not see the district, what others of a household or home elsewhere decide is asked of those they see."""
    known = {"size": "f.household_size"} | {name: f"f.{name}" for name in FLAGS}
    if not sees_district(actor.areas):
        for name, asked in (("size", _SIZE), ("lives_alone", _ALONE)):
            known[name] = (
                f"(CASE WHEN f.kin_elsewhere THEN (SELECT {asked} FROM registry_person p WHERE p.id = f.person_id) "
                f"ELSE {known[name]} END)"
            )
    return _Names("f", "f.person_id", "f.area_code", known.pop("size"), known)


@dataclass(slots=True)
class Where:
    """A condition being written for one actor: `params` fill as it goes. `on` is the day ages are counted at."""

    actor: Actor
    params: dict[str, Any]
    on: date
    names: _Names = _OF_PEOPLE

    def sql(self, condition: Condition) -> str:
        """The condition over `p` and `a`; it is never unknown."""
        match condition:
            case All(parts):
                return "(" + " AND ".join(self.sql(p) for p in parts) + ")" if parts else "true"
            case Any_(parts):
                return "(" + " OR ".join(self.sql(p) for p in parts) + ")" if parts else "false"
            case Not(part):
                return f"(({self.sql(part)}) IS NOT TRUE)"
            case Flag(name):
                return self.names.flags[name]
            case Test():
                return self._test(condition)

    def _param(self, value: Any) -> str:
        name = f"w{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def _test(self, test: Test) -> str:
        if test.op == "!=":
            return f"(({self._test(replace(test, op='='))}) IS NOT TRUE)"
        if test.field.startswith(CUSTOM):
            return custom_conditions.sql(test, self.names.person, self.params)
        if test.field == "age":
            return self._age(test)
        if test.field == "household_size":
            size = self.names.size
            if test.op == "between":
                return f"({size} BETWEEN {self._param(test.values[0])} AND {self._param(test.values[1])})"
            compared = self._param(list(test.values)) if test.op == "=" else self._param(test.values[0])
            return f"({size} = ANY({compared}))" if test.op == "=" else f"({size} {test.op} {compared})"
        if test.field == "area":
            mark = f"w{len(self.params)}_"
            return sql.ranges([str(v) for v in test.values], self.names.area, self.params, mark=mark)
        if test.field == "tag":
            held = sql.ranges(sql.held(self.actor, TAG_VIEW), "t.area_code", self.params, mark=f"w{len(self.params)}_")
            self.params["today"] = clock.today()
            return (
                f"({self.names.person} IN (SELECT t.person_id FROM registry_tag t JOIN registry_tag_kind k ON k.code = t.kind "
                f"WHERE t.kind = ANY({self._param(list(test.values))}) AND {held} AND {LIVE}))"
            )
        return f"({self.names.of}.{test.field} = ANY({self._param(list(test.values))}))"

    def _age(self, test: Test) -> str:
        """Ages as ranges of days of birth, so that the column is compared as it stands."""
        first = int(test.values[0])
        match test.op:
            case ">=":
                return f"({self.names.of}.birth <= {self._param(birthday(first, self.on))})"
            case ">":
                return f"({self.names.of}.birth <= {self._param(birthday(first + 1, self.on))})"
            case "<=":
                return f"({self.names.of}.birth > {self._param(birthday(first + 1, self.on))})"
            case "<":
                return f"({self.names.of}.birth > {self._param(birthday(first, self.on))})"
            case "between":
                return self._between(first, int(test.values[1]))
            case _:
                return "(" + " OR ".join(self._between(int(v), int(v)) for v in test.values) + ")"

    def _between(self, low: int, high: int) -> str:
        born, low_day, high_day = f"{self.names.of}.birth", birthday(low, self.on), birthday(high + 1, self.on)
        return f"({born} <= {self._param(low_day)} AND {born} > {self._param(high_day)})"


def birthday(age: int, on: date) -> date:
    """The latest day of birth of somebody who is at least `age` on a day."""
    year = max(on.year - age, 1)
    try:
        return on.replace(year=year)
    except ValueError:  # 29 February
        return on.replace(year=year, day=28)


def understood(actor: Actor, condition: Condition) -> Condition:
    """The condition with labels read as codes and custom fields found. Raises ConditionInvalid."""
    condition = custom_conditions.understood(actor, condition)
    if not fields_of(condition) & set(CODED):
        return condition
    lists: dict[str, dict[str, str]] = {}
    for item in all_items():
        known = lists.setdefault(item.list, {})
        for word in (item.code, item.label_zh, item.label_en, *filter(None, item.variants.split("|"))):
            known.setdefault(word, item.code)
    if "tag" in fields_of(condition):
        lists["tag"] = tag_words()
    return with_codes(condition, lists)


def tag_words() -> dict[str, str]:
    """What the tags of the catalogue are called: codes, names, names up to the bracket, and what everybody says."""
    words: dict[str, str] = {}
    for kind in TagKind.objects.filter(active=True).order_by("code"):
        short = kind.name_zh.split("（")[0]
        for word in (kind.code, kind.name_zh, kind.name_en, short, short.removesuffix("对象").removesuffix("人员")):
            words.setdefault(word, kind.code)
    return words | {word: code for word, code in _SAID.items() if code in words and word not in words}


def check_tags(actor: Actor, condition: Condition, area: str | None) -> None:
    """Raise TagsWithheld where a condition asks for tags the actor may not see there."""
    if "tag" in fields_of(condition) and not (actor.may(TAG_VIEW, area) if area else actor.may(TAG_VIEW)):
        raise TagsWithheld()


def listed(actor: Actor, held: tuple[str, ...], params: dict[str, Any], row: str = "a") -> str:
    """That `a` lists its person once among the areas held: in the first of the person's own that are."""
    params["held"] = list(held)
    once = f"(SELECT FROM unnest({row}.prior_areas) x WHERE x ^@ ANY(%(held)s::text[]))"
    return f"{sql.ranges(held, f'{row}.area_code', params)} AND ({row}.prior_areas IS NULL OR NOT EXISTS {once})"


def count(actor: Actor, condition: Condition, area: str | None = None, on: date | None = None) -> int:
    """How many people in the actor's areas meet a condition, exactly. Raises ConditionInvalid, TagsWithheld."""
    condition = understood(actor, condition)
    check_tags(actor, condition, area)
    held = sql.held(actor, VIEW, area)
    if not held:
        return 0
    params: dict[str, Any] = {}
    where = Where(actor, params, on or clock.today(), _of_facets(actor)).sql(condition)
    # Everybody is listed somewhere in the district, so that a further row says nothing new.
    once = f"{sql.ranges(held, 'f.area_code', params)} AND f.prior_areas IS NULL" if sees_district(held) else ""
    chosen = once or listed(actor, held, params, "f")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM registry_person_facet f WHERE {chosen} AND {where}", params)
        (found,) = cursor.fetchone() or (0,)
    return int(found)
