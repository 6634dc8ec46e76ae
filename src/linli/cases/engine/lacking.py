"""What guards ask of a case beyond its own row (a photo, a record): looked up only where an action in reach asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import Exists, OuterRef

from .models import Case
from .rules import Action

Lookup = Callable[[Case], bool]
LOOKUPS: dict[str, Lookup] = {}


def declare(code: str, lookup: Lookup) -> None:
    """Say how to look up whether `code` is wanting in a case. Raises ValueError for one that is declared otherwise."""
    if LOOKUPS.setdefault(code, lookup) is not lookup:
        raise ValueError(f"lack {code} is declared twice")


def of(case: Case, actions: Sequence[Action]) -> frozenset[str]:
    """What is wanting in a case, of all that its actions ask for where it stands. One query for each, mostly none."""
    asked = {guard.lack for action in actions if case.state in action.sources for guard in action.guards if guard.lack}
    return frozenset(code for code in sorted(asked) if LOOKUPS[code](case))


def _photo(case: Case) -> bool:
    """The rule wants a photo, and none was taken after the handling of this round."""
    from ..attachments.models import Attachment

    if case.rule_id is None:
        return False
    shown = Attachment.objects.filter(
        case_id=OuterRef("pk"), purpose="after", kind__startswith="image/", ready_at__isnull=False, removed_at=None,
        added_at__gte=OuterRef("clock_from"),
    )  # fmt: skip
    return Case.objects.filter(~Exists(shown), id=case.id, rule__photo_needed=True).exists()


declare("photo", _photo)
