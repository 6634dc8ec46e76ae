"""Saved filters of a list: one's own in their order, then those shared in the unit by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel.actors import Actor

from ..models import ListDefault, SavedFilter
from .actors import display_name, names_of


@dataclass(frozen=True, slots=True)
class FilterItem:
    """A saved filter as its list offers it; `owner` is who shares it, empty for one's own."""

    id: UUID
    name: str
    values: Mapping[str, str]
    shared: bool
    own: bool
    owner: str
    default: bool


def in_sight(actor: Actor, list_name: str) -> QuerySet[SavedFilter]:
    """The filters of a list the actor may use: their own, and what their unit shares."""
    seen = Q(account_id=actor.id)
    if actor.unit_id:
        seen |= Q(unit_id=actor.unit_id, shared=True)
    return SavedFilter.objects.filter(seen, list=list_name)


def saved_filters(actor: Actor, list_name: str) -> list[FilterItem]:
    """What the list offers. Three queries."""
    rows = list(in_sight(actor, list_name))
    default = (
        ListDefault.objects.filter(account_id=actor.id, list=list_name).values_list("filter_id", flat=True).first()
    )
    names = names_of(str(row.account_id) for row in rows)
    items = [
        FilterItem(
            row.id, row.name, row.values, row.shared, own := str(row.account_id) == actor.id,
            "" if own else display_name(str(row.account_id), names), row.id == default,
        )
        for row in rows
    ]  # fmt: skip
    places = {row.id: row.position for row in rows}
    return sorted(items, key=lambda item: (not item.own, places[item.id] if item.own else 0, item.name))
