"""Reads of the directory. It has no areas: whoever may see cases anywhere, or keeps it, reads all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from linli.kernel.actors import Actor
from linli.kernel.errors import Forbidden, NotFound

from ..permissions import CATEGORY_EDIT, VIEW
from . import rules
from .failures import FAILURE_MODES, FailureMode
from .models import Category, FilingRule
from .rules import CategoryKey, Choice

READERS = (VIEW, CATEGORY_EDIT)
HISTORY_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Version:
    """A category as it was before somebody changed it."""

    until: datetime
    by: str
    name: str
    procedure: str
    offered: bool
    certainty: str
    valid_from: date
    valid_until: date | None
    version: int


@dataclass(frozen=True, slots=True)
class Detail:
    """A category with its rules. `borrowed`: they are the component's. `faults`: what counts where there is no rule."""

    category: Category
    rules: Sequence[FilingRule]
    borrowed: Category | None
    in_force: frozenset[UUID]
    choice: Choice | None
    faults: Sequence[FailureMode]
    versions: Sequence[Version]
    replaced: Sequence[Category]


def categories(actor: Actor, q: str = "", day: date | None = None, kind: str | None = None) -> list[Category]:
    """Categories by standard, kind and code, with how many rules they have (`rule_count`, of those not ended).

    `q`: the beginning of the code or of the name's initials, or a part of the name. `day`: those that hold then.
    """
    found = _read(actor).select_related("superseded_by").order_by("kind", "code", "standard_ref")
    if day is not None:
        found = found.filter(held_on(day))
    if kind:
        found = found.filter(kind=kind)
    if words := q.strip():
        found = found.filter(
            Q(code__startswith=words) | Q(name__contains=words) | Q(initials__startswith=words.lower())
            | Q(major_name__contains=words)
        )  # fmt: skip
    return list(found.annotate(rule_count=Count("rules", filter=Q(rules__valid_until=None))))


def held_on(day: date, prefix: str = "") -> Q:
    """The condition that a category or rule holds on `day`."""
    begun = Q(**{f"{prefix}valid_from__lte": day})
    return begun & (Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": day}))


def category_of(key: CategoryKey) -> Category | None:
    """The category of a key, whoever asks."""
    found: Category | None = Category.objects.filter(
        standard_ref=key.standard_ref, kind=key.kind, code=key.code
    ).first()
    return found


def rules_of(category: Category) -> tuple[list[FilingRule], Category | None]:
    """All rules of a category, ended ones too; where it has none and is a component out of order, the component's and
    the component. One or three queries."""
    own = list(category.rules.order_by("position", "id"))
    lender = rules.lender(CategoryKey(category.standard_ref, category.kind, category.code))
    if own or lender is None:
        return own, None
    component = category_of(lender)
    if component is None:
        return [], None
    return list(component.rules.order_by("position", "id")), component


def rules_on(category: Category, day: date) -> list[FilingRule]:
    """The rules by which a case of a category is filed on `day`: the surest that hold, the component's where it has none."""
    return rules.in_force(rules_of(category)[0], day)


def detail(actor: Actor, category_id: UUID, day: date) -> Detail:
    """A category with all that is told of it. Raises Forbidden, NotFound. A fixed number of queries."""
    category: Category | None = _read(actor).select_related("superseded_by").filter(id=category_id).first()
    if category is None:
        raise NotFound()
    found, borrowed = rules_of(category)
    held = rules.in_force(found, day)
    choice = rules.without_condition(held)
    component = category.kind == "component" or rules.lender(_key(category)) is not None
    return Detail(
        category=category, rules=found, borrowed=borrowed, in_force=frozenset(rule.id for rule in held), choice=choice,
        faults=FAILURE_MODES if component and choice is None else (), versions=_versions(category.id),
        replaced=list(category.replaced.order_by("kind", "code")),
    )  # fmt: skip


def next_code(actor: Actor, standard_ref: str, kind: str, major: str) -> str | None:
    """The code that a new local minor would get."""
    taken = _read(actor).filter(standard_ref=standard_ref, kind=kind).values_list("code", flat=True)
    return rules.next_minor(major, taken)


def every_rule(actor: Actor) -> list[FilingRule]:
    """Every rule that has not ended, with its category, in the order of a table of them."""
    require_reader(actor)
    return list(
        FilingRule.objects.filter(valid_until=None).select_related("category")
        .order_by("rule_set", "category__kind", "category__code", "position", "id")
    )  # fmt: skip


def may_edit(actor: Actor) -> bool:
    """Whether `actor` keeps the directory."""
    return actor.may(CATEGORY_EDIT, settings.LINLI_DISTRICT)


def require_reader(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may see cases somewhere, or keeps the directory."""
    if not any(actor.may(permission) for permission in READERS):
        raise Forbidden(permission=VIEW)


def _read(actor: Actor) -> QuerySet[Category]:
    require_reader(actor)
    return Category.objects.all()


def _key(category: Category) -> CategoryKey:
    return CategoryKey(category.standard_ref, category.kind, category.code)


def _versions(category_id: UUID) -> list[Version]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT replaced_at, replaced_by, name, procedure, offered, certainty, valid_from, valid_until, version "
            "FROM cases_category_history WHERE id = %s ORDER BY replaced_at DESC, version DESC LIMIT %s",
            [category_id, HISTORY_SHOWN],
        )
        return [Version(*row) for row in cursor.fetchall()]
