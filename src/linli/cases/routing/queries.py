"""Reads of routing: the rules with what is wrong with them, what may be chosen, and one case's unit with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from linli.access.models import Unit
from linli.access.models.units import in_use
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import Forbidden
from linli.places.models import Grid, Region

from ..categories.models import Category
from ..categories.rules import CategoryKey
from ..categories.rules import holds as category_holds
from ..engine import sight
from ..engine.adjusting import facts_of
from ..engine.models import Case
from ..engine.rules import BY_CODE, refusal
from ..permissions import DISPATCH, ROUTING_EDIT, ROUTING_VIEW
from .compiled import Named, call, category_names, compiled, directory, open_rules, rule_of, stamp_now, units
from .deciding import last_of, look, why_of
from .drafts import Line
from .findings import Known, RuleFinding, findings
from .models import RoutedCase, RoutingRule
from .past import Past, past_cases
from .rules import Rule

READERS = (ROUTING_VIEW, ROUTING_EDIT)
#: The steps that hand a case to a unit.
HANDING = (BY_CODE["dispatch"], BY_CODE["dispatch_first"])


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules by priority, what their reach is called, what is wrong with them, and the state they are in."""

    rules: Sequence[RoutingRule]
    named: Mapping[str, Named]
    units: Mapping[str, str]
    findings: Sequence[RuleFinding]
    stamp: str
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a case should go as things stand: by a rule with why, or as past cases suggest; `in_sight`: whether whoever asks
    may dispatch there. With neither, nothing is known."""

    unit_id: UUID | None
    unit_name: str
    why: Mapping[str, object]
    past: Past | None
    in_sight: bool


@dataclass(frozen=True, slots=True)
class CaseRouting:
    """By which rule a case was routed, and, for a dispatcher before whom it lies, where it should go now."""

    routed: RoutedCase | None
    proposal: Proposal | None


def rule_set(actor: Actor) -> RuleSet:
    """The rules that are open, with everything their editor should see. Raises Forbidden. A fixed number of queries."""
    require_reader(actor)
    rows = open_rules()
    rules = [rule_of(row) for row in rows]
    categories = directory()
    held = known(rules, categories)
    return RuleSet(
        rows,
        named(rules, categories),
        held.units.names,
        findings(rules, held, clock.today()),
        stamp_now(),
        may_edit(actor),
    )


def named(rules: Sequence[Rule], categories: Sequence[Category]) -> dict[str, Named]:
    """What rules' reaches are called, by their ids. One query."""
    areas, names = names_of(rule.reach.area for rule in rules), category_names(categories)
    return {rule.id: call(rule.reach, areas, names) for rule in rules}


def named_lines(lines: Sequence[Line]) -> list[Named]:
    """What the reaches of a draft are called, line by line. Two queries."""
    areas, categories = names_of(line.reach.area for line in lines), category_names()
    return [call(line.reach, areas, categories) for line in lines]


def known(rules: Iterable[Rule], categories: Iterable[Category]) -> Known:
    """What the rules are held against: the directory, the areas they name, all units."""
    today = clock.today()
    ever, held = set[CategoryKey](), set[CategoryKey]()
    for category in categories:
        key = CategoryKey(category.standard_ref, category.kind, category.code)
        ever.add(key)
        if category.offered and category_holds(category, today):
            held.add(key)
    regions = dict(Region.objects.filter(valid_to=None).values_list("code", "level"))
    grids = {rule.reach.area for rule in rules if len(rule.reach.area) == 15}
    standing = set(regions) | set(Grid.objects.filter(code__in=grids, valid_to=None).values_list("code", flat=True))
    return Known(
        frozenset(held), frozenset(ever), standing, units(),
        sorted(code for code, level in regions.items() if level == "town"),
        sorted(code for code, level in regions.items() if level == "village"),
    )  # fmt: skip


def categories_to_name() -> list[Category]:
    """The categories that hold today and cases may be given, for choosing what a rule is about. One query."""
    today = clock.today()
    found = Category.objects.filter(offered=True).order_by("kind", "code", "standard_ref")
    return [category for category in found if category_holds(category, today)]


def units_to_name(actor: Actor) -> list[Unit]:
    """The units a rule may name: departments first. One query."""
    rank = {"department": 0, "district": 1, "town": 2, "village": 3}
    found = list(Unit.objects.restrict(actor, ROUTING_EDIT).filter(in_use(clock.today())))
    return sorted(found, key=lambda unit: (rank[unit.kind], unit.area_code, unit.name))


def case_routing(actor: Actor, case_id: UUID) -> CaseRouting:
    """How a case in sight was routed, and where it should go. Raises NotFound. A fixed number of queries."""
    case = sight.one(actor, case_id)
    doer, facts = sight.doer(actor, case.area_code), facts_of(case)
    open_here = any(refusal(action, facts, doer) is None for action in HANDING)
    return CaseRouting(last_of(case.id), _proposal(actor, case) if open_here else None)


def may_edit(actor: Actor) -> bool:
    """Whether `actor` keeps the rules."""
    return actor.may(ROUTING_EDIT, settings.LINLI_DISTRICT)


def require_reader(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may read the rules."""
    if not any(actor.may(permission) for permission in READERS):
        raise Forbidden(permission=ROUTING_VIEW)


def _proposal(actor: Actor, case: Case) -> Proposal:
    made = compiled()
    match, asked = look(case, made)
    why = why_of(match, asked, case, made)
    past = past_cases(actor, case) if match is None else None
    unit_id: UUID | None = past.unit_id if past else None
    name = past.unit_name if past else ""
    if match is not None:
        unit_id, name = UUID(match.unit_id), made.matcher.units.names[match.unit_id]
    seen = unit_id is not None and Unit.objects.restrict(actor, DISPATCH).filter(id=unit_id).exists()
    return Proposal(unit_id, name, why, past, seen)
