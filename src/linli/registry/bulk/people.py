"""Bulk edits of people, set-based: which rows would change, and one statement by hand for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import polars as pl

from linli.kernel import areas, clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.ids import uuid7_many
from linli.registry import carried
from linli.registry.actions.elevated import recompute
from linli.registry.codes import MANUAL
from linli.registry.fields import BY_NAME, STORED
from linli.registry.merge import prepare, stage
from linli.registry.permissions import BULK, EDIT, VIEW
from linli.registry.queries import sql

from .models import BulkEdit
from .rules import GRID, HOME_KIND, PLAIN

_COLUMN = {**{name: name for name in PLAIN}, HOME_KIND: "home_kind", GRID: "home_area"}
_HOME = (GRID, HOME_KIND)
_STAGED = {"person_id": "uuid", "record_id": "uuid", "match_key": "bytea", "content_hash": "bytea"}
# What stands by hand now: the last correction, else the statement by which the person was entered (see `edit_person`).
_PREVIOUS = f"""
CREATE TEMP TABLE bulk_previous ON COMMIT DROP AS
SELECT b.person_id, r.id FROM bulk b CROSS JOIN LATERAL (
    SELECT r.id FROM registry_source_record r
    WHERE r.person_id = b.person_id AND r.source_code = '{MANUAL}' AND r.superseded_by IS NULL AND r.state = 'linked'
    ORDER BY (r.match_key = b.match_key) DESC, r.recorded_at DESC LIMIT 1
) r
"""


def editable(actor: Actor) -> list[str]:
    """The areas in which the actor may change facts of many people."""
    edit = actor.areas_for(EDIT)
    return list(areas.intersect(actor.areas_for(BULK), edit))


def note_rows(actor: Actor, edit: BulkEdit, chosen: Sequence[UUID]) -> int:
    """Keep the chosen people the actor sees as rows of the edit, each with what would become of it; returns how many."""
    changes = edit.changes
    params: dict[str, Any] = {
        "edit": edit.id, "chosen": list(chosen), "may": editable(actor),
        "village": (changes.get(GRID) or "")[:12], **{f"to_{name}": value or None for name, value in changes.items()},
    }  # fmt: skip
    seen = sql.ranges(sql.held(actor, VIEW), "a.area_code", params)
    same = " AND ".join(f"p.{_COLUMN[name]} IS NOT DISTINCT FROM %(to_{name})s" for name in changes)
    old = ", ".join(f"'{name}', p.{_COLUMN[name]}" for name in changes)
    return stage.run(
        f"""
        INSERT INTO registry_bulk_edit_row (edit_id, subject_id, area_code, version, old, outcome, why)
        SELECT %(edit)s, p.id, x.area_code, p.version, jsonb_build_object({old}),
               CASE WHEN w.why <> '' THEN 'refused' WHEN {same} THEN 'same' ELSE 'change' END, w.why
        FROM unnest(%(chosen)s::uuid[]) AS c(id)
        JOIN registry_person p ON p.id = c.id
        CROSS JOIN LATERAL (
            SELECT a.area_code, a.area_code ^@ ANY(%(may)s::text[]) AS mine FROM registry_person_area a
            WHERE a.person_id = p.id AND {seen} ORDER BY 2 DESC, a.kind, a.area_code LIMIT 1
        ) x
        CROSS JOIN LATERAL (SELECT CASE {_refusals(changes)} ELSE '' END AS why) w
        """,
        params,
    )


def _refusals(changes: Mapping[str, Any]) -> str:
    conditions = ["WHEN NOT x.mine THEN 'forbidden'"]
    if any(name in changes for name in _HOME):
        conditions += [
            "WHEN p.home_area IS NULL THEN 'no_home'",
            "WHEN NOT p.home_area ^@ ANY(%(may)s::text[]) THEN 'forbidden'",
        ]
    if GRID in changes:
        conditions += [
            "WHEN left(p.home_area, 12) <> %(village)s THEN 'elsewhere'",
            "WHEN p.dwelling_id IS NOT NULL THEN 'in_a_home'",
        ]
    return " ".join(conditions)


def carry_out(actor: Actor, edit: BulkEdit) -> int:
    """A statement by hand for every row that would change and whose person is as it was; returns how many.

    Runs over the district on behalf of the actor, under the lock of merges. The rest of what was stated by hand before
    is carried forward, as when one person is corrected.
    """
    # Where a home is changed, the right is asked for where the home lies too: it may be another area than the row's.
    there = " AND p.home_area ^@ ANY(%(may)s::text[])" if any(name in edit.changes for name in _HOME) else ""
    stage.run(
        "UPDATE registry_bulk_edit_row r SET outcome = 'meanwhile' WHERE r.edit_id = %(edit)s AND r.outcome = 'change' "
        "AND (NOT r.area_code ^@ ANY(%(may)s::text[]) OR NOT EXISTS "
        f"(SELECT FROM registry_person p WHERE p.id = r.subject_id AND p.version = r.version{there}))",
        {"edit": edit.id, "may": editable(actor)},
    )
    people = stage.fetch(
        "SELECT r.subject_id FROM registry_bulk_edit_row r JOIN registry_person p ON p.id = r.subject_id "
        f"WHERE r.edit_id = '{edit.id}' AND r.outcome = 'change' ORDER BY p.id FOR UPDATE OF p",
        {"person_id": pl.String},
    )["person_id"].to_list()
    if not people:
        return 0
    _stage(edit, people)
    stage.run(
        "UPDATE registry_source_record r SET superseded_by = b.record_id FROM bulk_previous q JOIN bulk b USING (person_id) "
        "WHERE r.id = q.id"
    )
    _state(actor, edit)
    recompute([UUID(person) for person in people])
    stage.run("DROP TABLE bulk, bulk_previous")
    stage.run(
        "UPDATE registry_bulk_edit_row SET outcome = 'changed' WHERE edit_id = %(edit)s AND outcome = 'change'",
        {"edit": edit.id},
    )
    return len(people)


def _stage(edit: BulkEdit, people: list[str]) -> None:
    stage.run("DROP TABLE IF EXISTS pg_temp.bulk, pg_temp.bulk_previous")
    stage.create("bulk", _STAGED)
    frame = pl.DataFrame(
        {
            "person_id": people,
            "record_id": uuid7_many(len(people)),
            "match_key": prepare.hexed(secrets.fingerprint_many("record", [f"m:{person}" for person in people])),
            "content_hash": prepare.hexed(secrets.fingerprint_many("content", [f"{edit.id}:{p}" for p in people])),
        }
    )
    stage.fill("bulk", _STAGED, frame)
    stage.run(_PREVIOUS)


def _state(actor: Actor, edit: BulkEdit) -> None:
    changes: Mapping[str, str | None] = edit.changes
    values = {column: f"o.{column}" for column in STORED}
    values |= {name: f"%(to_{name})s" for name in changes if name in PLAIN}
    stated = {name for name, value in changes.items() if value and name in PLAIN}
    if any(name in changes for name in _HOME):
        # The home survives as a whole, so the correction states all of it.
        values |= {column: f"p.{column}" for column in BY_NAME["home"].stored}
        values |= {_COLUMN[name]: f"%(to_{name})s" for name in _HOME if name in changes}
        stated.add("home")
    kept = [field for name, field in BY_NAME.items() if name not in stated and name not in changes]
    params: dict[str, Any] = {
        "batch": edit.id, "now": clock.now(), "today": clock.today(), "by": actor.id, "reason": edit.reason,
        "filled": sorted(stated), "emptied": sorted(n for n, v in changes.items() if not v and n in PLAIN),
        **{f"to_{name}": value or None for name, value in changes.items()},
    }  # fmt: skip
    stage.run(
        f"""
        INSERT INTO registry_source_record
            (id, source_code, batch_id, person_id, state, area_code, match_key, content_hash, observed_on, recorded_at,
             recorded_by, reason, name, name_key, cleared, carried, {", ".join(c for c in STORED if c not in ("name", "name_key"))})
        SELECT b.record_id, '{MANUAL}', %(batch)s, p.id, 'linked', p.area_code, b.match_key, b.content_hash, %(today)s,
               %(now)s, %(by)s, %(reason)s, o.name, o.name_key,
               nullif(ARRAY(SELECT unnest(coalesce(o.cleared, '{{}}')) EXCEPT SELECT unnest(%(filled)s::text[])
                            UNION SELECT unnest(%(emptied)s::text[]) ORDER BY 1), '{{}}'),
               {carried.repeated(kept)},
               {", ".join(values[c] for c in STORED if c not in ("name", "name_key"))}
        FROM bulk b JOIN registry_person p ON p.id = b.person_id
        LEFT JOIN bulk_previous q ON q.person_id = b.person_id
        LEFT JOIN registry_source_record o ON o.id = q.id
        """,
        params,
    )
