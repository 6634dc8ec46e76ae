"""The rules as they hold now, compiled, kept by each worker until the base says that they are others.

The base's word is a stamp that every save renews, and the edition of the areas, which a recode renews. Units are read for all
areas, whoever asks: which unit handles a thing is no secret, and a grid worker's report goes to a department of the district.
Their names are read again after a minute at most, since units are renamed without a word to us.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.conf import settings
from django.db import connection

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import actors, clock, prepared, scope
from linli.kernel.area_names import names_of

from ..categories.models import Category
from ..categories.rules import CategoryKey
from .models import RoutingEdition, RoutingRule
from .rules import Matcher, Reach, Rule, Target, Units

KEPT_SECONDS = 60.0
_STAMP = "SELECT (SELECT stamp FROM cases_routing_edition WHERE key = 1), (SELECT max(number) FROM places_edition)"
_kept: dict[str, tuple[tuple[Any, ...], float, Compiled]] = {}


@dataclass(frozen=True, slots=True)
class Named:
    """A rule's reach by the names people use; empty where it is not narrowed."""

    category: str
    area: str


@dataclass(frozen=True, slots=True)
class Compiled:
    """The matcher of the rules, and by rule what its reach is called."""

    matcher: Matcher
    named: Mapping[str, Named]


def compiled() -> Compiled:
    """The rules ready for asking. One query, and four more when they changed."""
    base = str(connection.settings_dict["NAME"])
    stamp = cast("tuple[Any, ...]", prepared.row(_STAMP))
    held = _kept.get(base)
    if held is None or held[0] != stamp or time.monotonic() - held[1] > KEPT_SECONDS:
        held = _kept[base] = (stamp, time.monotonic(), _compile())
    return held[2]


def stamp_now() -> str:
    """The state the rules are in, to be named by who changes them; empty before there were any."""
    found = RoutingEdition.objects.values_list("stamp", flat=True).first()
    return str(found or "")


def units() -> Units:
    """Every unit of the district that has not ended, whoever asks."""
    with scope.acting(actors.system("routing", settings.LINLI_DISTRICT)):
        found = list(Unit.objects.filter(in_use(clock.today())).values_list("id", "name", "kind", "area_code"))
    return Units(
        {str(i): name for i, name, _, _ in found},
        {area: str(i) for i, _, kind, area in found if kind in ("town", "village")},
    )


def rule_of(row: RoutingRule) -> Rule:
    """A row as the rule it is."""
    return Rule(
        str(row.id), row.version, row.position,
        Reach(row.standard_ref, row.kind, row.code, row.area_code or "", row.ownership), cast(Target, row.target),
        str(row.unit_id or ""), row.basis, row.certainty, row.valid_from, row.valid_until,
    )  # fmt: skip


def call(reach: Reach, areas: Mapping[str, str], categories: Mapping[CategoryKey, tuple[str, str]]) -> Named:
    """What a reach is called: a category by code and name, a class of them by the major's name."""
    area = areas.get(reach.area, reach.area)
    if not reach.code:
        return Named("", area)
    meant = [(key, names) for key, names in categories.items() if reach.has_category(key)]
    if len(reach.code) == 5:
        name = meant[0][1][0] if meant else ""
    else:
        majors = {names[1] for _, names in meant}
        name = majors.pop() if len(majors) == 1 else ""
    return Named(f"{reach.code} {name}".strip(), area)


def directory() -> list[Category]:
    """Every category there is or was, with what names and tells it apart. One query."""
    columns = ("standard_ref", "kind", "code", "name", "major_name", "valid_from", "valid_until", "offered")
    return list(Category.objects.order_by("kind", "code").only(*columns))


def category_names(categories: Iterable[Category] | None = None) -> dict[CategoryKey, tuple[str, str]]:
    """The name and the major's name of every category that cases may be given: another city's classes are there to be read and
    have codes of their own. One query, or none where the directory was read."""
    found = directory() if categories is None else categories
    return {
        CategoryKey(c.standard_ref, c.kind, c.code): (c.name, c.major_name) for c in found if c.offered
    }  # fmt: skip


def open_rules() -> list[RoutingRule]:
    """The rules that have no end, or end after today, by priority."""
    found = RoutingRule.objects.order_by("position", "id")
    return [row for row in found if row.valid_until is None or row.valid_until > clock.today()]


def _compile() -> Compiled:
    rules = [rule_of(row) for row in open_rules()]
    if not rules:
        return Compiled(Matcher((), Units()), {})
    areas, categories = names_of(rule.reach.area for rule in rules), category_names()
    return Compiled(Matcher(rules, units()), {rule.id: call(rule.reach, areas, categories) for rule in rules})
