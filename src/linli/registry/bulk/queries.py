"""Reads of bulk edits: the list, one of them with its sums, and its rows with what changes from and to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from linli.kernel import paging
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.paging import Page
from linli.registry.permissions import BULK, VIEW
from linli.registry.queries import sql

from .models import BulkEdit


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows of an edit have an outcome; of refused ones, why."""

    outcome: str
    why: str
    count: int


@dataclass(frozen=True, slots=True)
class RowSeen:
    """A row of an edit with what people know it by, where the reader still sees it."""

    subject_id: UUID
    title: str | None
    area_code: str
    image: str  # JSON text
    outcome: str
    why: str

    @property
    def old(self) -> dict[str, str | None]:
        """What the row held."""
        held: dict[str, str | None] = json.loads(self.image)
        return held


_TITLE = {
    # Somebody who was joined since is called as they are now.
    "person": "SELECT p.name FROM registry_person p WHERE p.id = coalesce((SELECT o.person_id "
    "FROM registry_person_alias o WHERE o.old_id = r.subject_id), r.subject_id) AND EXISTS "
    "(SELECT FROM registry_person_area a WHERE a.person_id = p.id AND {seen})",
    "dwelling": "SELECT a.standard FROM places_dwelling a WHERE a.id = r.subject_id AND {seen}",
}


def edit_of(actor: Actor, edit_id: UUID) -> BulkEdit:
    """An edit of the actor's areas, or one of their own. Raises NotFound."""
    edit = BulkEdit.objects.filter(id=edit_id).first()
    own = edit is not None and edit.made_by == actor.id
    if edit is None or not (own or (actor.may(BULK, edit.area_code) and edit.state != BulkEdit.State.PREPARED)):
        raise NotFound()
    return edit


def sums_of(edit: BulkEdit) -> list[Sum]:
    """How many rows of an edit have which outcome."""
    return sql.rows(
        Sum,
        "SELECT outcome, why, count(*)::int AS count FROM registry_bulk_edit_row WHERE edit_id = %(edit)s "
        "GROUP BY outcome, why ORDER BY count(*) DESC, outcome, why",
        {"edit": edit.id},
    )


def rows_page(
    actor: Actor, edit: BulkEdit, outcome: str | None, cursor: str | None = None, limit: int | None = None
) -> Page[RowSeen]:
    """Rows of an edit where the actor may see people, in the order of their areas."""
    size, after = paging.limit(limit), paging.decode(cursor, 2)
    params: dict[str, Any] = {"edit": edit.id, "size": size + 1}
    seen = sql.ranges(sql.held(actor, VIEW), "a.area_code", params)
    # What a row held is about people, so it asks for the right to see them there, whatever else is in scope.
    where = f"r.edit_id = %(edit)s AND {sql.ranges(sql.held(actor, VIEW), 'r.area_code', params)}"
    if outcome:
        params["outcome"] = outcome
        where += " AND r.outcome = %(outcome)s"
    total = sql.count(f"SELECT 1 FROM registry_bulk_edit_row r WHERE {where}", params)
    if after:
        params |= {"c0": after[0], "c1": after[1]}
        where += " AND (r.area_code, r.subject_id) > (%(c0)s, %(c1)s::uuid)"
    found = sql.rows(
        RowSeen,
        f"SELECT r.subject_id, ({_TITLE[edit.kind].format(seen=seen)}) AS title, r.area_code, r.old::text AS image, r.outcome, r.why "
        f"FROM registry_bulk_edit_row r WHERE {where} ORDER BY r.area_code, r.subject_id LIMIT %(size)s",
        params,
    )
    shown = found[:size]
    following = paging.encode((shown[-1].area_code, shown[-1].subject_id)) if len(found) > size else None
    return Page(shown, following, total)


def edits_page(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[BulkEdit]:
    """What was changed in bulk in the actor's areas or by the actor, latest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = BulkEdit.objects.exclude(state=BulkEdit.State.PREPARED)
    inside = rows.restrict(actor, BULK)
    own = rows.filter(made_by=actor.id)
    found = (inside | own).order_by("-id")
    if after:
        found = found.filter(id__lt=after[0])
    page = list(found[: size + 1])
    shown = page[:size]
    return Page(shown, paging.encode((shown[-1].id,)) if len(page) > size else None)
