"""Bulk edits of homes: which rows would change; places itself changes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from linli.kernel import area_names, areas
from linli.kernel.actors import Actor
from linli.places.buildings.many_actions import IMAGE, Seen, change_homes, restore_homes
from linli.places.permissions import HOMES
from linli.registry.merge import compounds, stage
from linli.registry.permissions import BULK, VIEW
from linli.registry.queries import sql

from .models import BulkEdit
from .problems import ChangedSince
from .rules import GRID

_COLUMN = {"state": "state", "kind": "kind", GRID: "area_code"}


def editable(actor: Actor) -> list[str]:
    """The areas in which the actor may change many homes."""
    return list(areas.intersect(actor.areas_for(BULK), actor.areas_for(HOMES)))


def note_rows(actor: Actor, edit: BulkEdit, chosen: Sequence[UUID]) -> int:
    """Keep the chosen homes the actor sees as rows of the edit, each with what would become of it; returns how many."""
    changes = edit.changes
    params: dict[str, Any] = {
        "edit": edit.id, "chosen": list(chosen), "may": editable(actor),
        "village": (changes.get(GRID) or "")[:12], **{f"to_{name}": value or None for name, value in changes.items()},
    }  # fmt: skip
    seen = sql.ranges(sql.held(actor, VIEW), "d.area_code", params)
    same = " AND ".join(f"d.{_COLUMN[name]} IS NOT DISTINCT FROM %(to_{name})s" for name in changes)
    elsewhere = "WHEN d.village_code <> %(village)s THEN 'elsewhere'" if GRID in changes else ""
    return stage.run(
        f"""
        INSERT INTO registry_bulk_edit_row (edit_id, subject_id, area_code, old, outcome, why)
        SELECT %(edit)s, d.id, d.area_code, {IMAGE},
               CASE WHEN w.why <> '' THEN 'refused' WHEN {same} THEN 'same' ELSE 'change' END, w.why
        FROM unnest(%(chosen)s::uuid[]) AS c(id) JOIN places_dwelling d ON d.id = c.id
        CROSS JOIN LATERAL (
            SELECT CASE WHEN NOT d.area_code ^@ ANY(%(may)s::text[]) THEN 'forbidden' {elsewhere} ELSE '' END AS why
        ) w
        WHERE {seen}
        """,
        params,
    )


def carry_out(actor: Actor, edit: BulkEdit) -> int:
    """Change the homes that are as they were; returns how many."""
    stage.run(
        "UPDATE registry_bulk_edit_row r SET outcome = 'meanwhile' WHERE r.edit_id = %(edit)s AND r.outcome = 'change' "
        "AND NOT r.area_code ^@ ANY(%(may)s::text[])",
        {"edit": edit.id, "may": editable(actor)},
    )
    done = change_homes(_seen(edit, "change"), edit.changes, edit.id)
    stage.run(
        "UPDATE registry_bulk_edit_row SET outcome = CASE WHEN subject_id = ANY(%(done)s) THEN 'changed' "
        "ELSE 'meanwhile' END WHERE edit_id = %(edit)s AND outcome = 'change'",
        {"edit": edit.id, "done": done},
    )
    _settle(edit)
    return len(done)


def take_back(edit: BulkEdit) -> None:
    """Give the changed homes what they held. Raises ChangedSince where one holds something else by now.

    Areas that got another code since go by that, so that a recode in between keeps nobody from undoing.
    """
    seen, changes = _seen(edit, "changed"), dict(edit.changes)
    now = area_names.present([home.area_code for home in seen] + [grid for grid in [changes.get(GRID)] if grid])
    if grid := changes.get(GRID):
        changes[GRID] = now[grid]
    seen = [replace(home, area_code=now[home.area_code]) for home in seen]
    if other := restore_homes(seen, changes, edit.id):
        raise ChangedSince(count=other)
    _settle(edit)


@dataclass(frozen=True, slots=True)
class _Row:
    subject_id: UUID
    area_code: str
    image: str


def _seen(edit: BulkEdit, outcome: str) -> list[Seen]:
    found = sql.rows(
        _Row,
        "SELECT subject_id, area_code, old::text AS image FROM registry_bulk_edit_row "
        "WHERE edit_id = %(edit)s AND outcome = %(outcome)s ORDER BY subject_id",
        {"edit": edit.id, "outcome": outcome},
    )
    return [Seen(row.subject_id, row.area_code, row.image) for row in found]


def _settle(edit: BulkEdit) -> None:
    """Compounds and buildings that imports made lie where their homes lie."""
    if GRID in edit.changes:
        homes = "FROM registry_bulk_edit_row r JOIN places_dwelling d ON d.id = r.subject_id WHERE r.edit_id = %(edit)s"
        compounds.settle("compound", f"SELECT d.compound_id {homes}", {"edit": edit.id})
        compounds.settle("building", f"SELECT d.building_id {homes}", {"edit": edit.id})
