"""What the labels of a model stand for in the directory as it is today.

A label is the id of a category. Seed texts carry codes, which become ids when a model is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from linli.kernel import clock, prepared

from ..categories.models import Category
from ..categories.rules import holds
from .rules import present_of


@dataclass(frozen=True, slots=True)
class Directory:
    """The categories by id, and for each what it goes by today (`present`; absent where it is closed)."""

    categories: Mapping[UUID, Category]
    present: Mapping[UUID, UUID]

    def of_label(self, label: str) -> Category | None:
        """The category that a label stands for now; None where it is closed or unknown."""
        id_ = _uuid(label)
        now = self.present.get(id_) if id_ else None
        return self.categories[now] if now else None


def directory() -> Directory:
    """The whole directory. One query over a few hundred rows."""
    found = {
        c.id: c
        for c in Category.objects.only(
            "id", "standard_ref", "kind", "code", "name", "major_name", "offered", "restricted_to", "valid_from",
            "valid_until", "superseded_by_id", "dispatch_first", "emergency_number",
        )
    }  # fmt: skip
    return _directory(found)


def directory_of(labels: list[str]) -> Directory:
    """The part of the directory that a few labels need: they, and what took their place. One query, two where one of
    them was superseded."""
    ids = [i for i in map(_uuid, labels) if i]
    found = {c.id: c for c in prepared.read(Category, "id = ANY(%s)", [ids])}
    if any(c.superseded_by_id and c.superseded_by_id not in found for c in found.values()):
        return directory()
    return _directory(found)


def _directory(found: Mapping[UUID, Category]) -> Directory:
    today = clock.today()

    def in_use(id_: UUID) -> bool:
        category = found.get(id_)
        return category is not None and category.offered and not category.restricted_to and holds(category, today)

    def successor(id_: UUID) -> UUID | None:
        return found[id_].superseded_by_id if id_ in found else None

    present = {id_: now for id_ in found if (now := present_of(id_, successor, in_use)) is not None}
    return Directory(found, present)


def ids_of_codes(known: Directory) -> dict[str, UUID]:
    """The category that a seed's code means: a matter or a local one that is in use."""
    return {
        c.code: c.id for c in known.categories.values() if c.kind != "component" and known.present.get(c.id) == c.id
    }


@cache
def _uuid(label: str) -> UUID | None:
    try:
        return UUID(label)
    except ValueError:
        return None
