"""What a case can be filed as: the categories in use, found by name, code or initials, and the conditions of one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from linli.kernel import clock
from linli.kernel.errors import NotFound

from ..categories.models import Category, FilingRule
from ..categories.queries import rules_on
from ..categories.rules import CategoryKey, lender

FEW, MOST = 30, 1000


def categories_to_choose(words: str = "", limit: int = FEW, marks: Sequence[str] = ()) -> Sequence[Category]:
    """Categories that new cases may be given today; those for restricted readers of `marks` alone. One query."""
    today = clock.today()
    found = Category.objects.filter(offered=True, restricted_to__in=["", *marks], valid_from__lte=today).filter(
        Q(valid_until=None) | Q(valid_until__gt=today)
    )
    text = words.strip()
    if text:
        found = found.filter(Q(name__contains=text) | Q(code__startswith=text) | Q(initials__startswith=text.lower()))
    return list(found.order_by("major", "kind", "code")[:limit])


def rules_to_choose(category_id: UUID) -> Sequence[FilingRule]:
    """The filing rules of a category that count today: the surest, the component's where it has none of its own.

    Raises NotFound. Two to four queries.
    """
    category = Category.objects.filter(id=category_id).first()
    if category is None:
        raise NotFound()
    return [rule for rule in rules_on(category, clock.today()) if rule.target == "handle"]


def lending(category: Category) -> Q:
    """The condition that a rule is a category's own, or lent to it."""
    own = Q(category_id=category.id)
    key = lender(CategoryKey(category.standard_ref, category.kind, category.code))
    if key is None:
        return own
    return own | Q(category__standard_ref=key.standard_ref, category__kind=key.kind, category__code=key.code)
