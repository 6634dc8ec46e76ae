"""Golden records: for every field the value of the source that counts most for it, then one that is not doubtful, then
the latest.

A pure function of the current linked records, computed for all people in the temporary table `affected` at once. The
SQL is written from `registry.fields`, so a new field is one declaration.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from linli.registry import carried
from linli.registry.codes import MANUAL
from linli.registry.facets import writing as facets
from linli.registry.fields import FIELDS, STORED, Field

from . import stage
from .priorities import Priorities, priorities

_LATEST = "r.observed_on DESC, r.recorded_at DESC, r.id DESC"


@dataclass(frozen=True, slots=True)
class _Looked:
    """What the statements at hand ask for beside the common order: whether any empties fields by hand, the fields of
    which some state a doubtful value, and those of which one of several corrections by hand repeats an earlier one."""

    cleared: bool
    doubted: frozenset[str]
    carried: frozenset[str]


def _look(people: str, whose: str = "person_id") -> _Looked:
    asked = {field.name: field for field in FIELDS if field.doubt}
    doubts = ", ".join(f"coalesce(bool_or({_states(field, 'r')} AND {field.doubt}), false)" for field in asked.values())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(r.cleared IS NOT NULL), false), coalesce(bool_or(r.carried IS NOT NULL), false), "
            f"{doubts} FROM {people} a "
            "JOIN registry_source_record r USING (person_id) WHERE r.superseded_by IS NULL AND r.state = 'linked'"
        )
        cleared, repeats, *found = cursor.fetchone() or (False, False, *(False for _ in asked))
        doubted = frozenset(name for name, any_of in zip(asked, found, strict=True) if any_of)
        if not repeats:
            return _Looked(cleared, doubted, frozenset())
        # Corrections outweigh every source, so their days matter only where people who were joined have several.
        cursor.execute(
            f"""
            SELECT DISTINCT k.field FROM (
                SELECT r.carried, count(*) OVER (PARTITION BY a.{whose}) AS several
                FROM {people} a JOIN registry_source_record r USING (person_id)
                WHERE r.source_code = '{MANUAL}' AND r.superseded_by IS NULL AND r.state = 'linked'
            ) h CROSS JOIN LATERAL jsonb_object_keys(h.carried) k (field)
            WHERE h.several > 1
            """
        )
        return _Looked(cleared, doubted, frozenset(field for (field,) in cursor.fetchall()))


def _states(field: Field, record: str) -> str:
    return "(" + " OR ".join(f"{record}.{lead} IS NOT NULL" for lead in field.leading) + ")"


def _pick(value: str, field: Field, order: str, cleared: bool) -> str:
    """A value over the weightiest record `o` that states the field; of one that empties it by hand, nothing. `order`: by which
    of several records is the weightiest; empty where there is one only.

    A field emptied by hand stays empty whatever other sources say, until a later statement by hand fills it.
    """
    told = stated = _states(field, "o")
    if cleared:
        emptied = f"'{field.name}' = ANY(coalesce(o.cleared, '{{}}'))"
        value, told = f"CASE WHEN {emptied} THEN NULL ELSE {value} END", f"{stated} OR {emptied}"
    if not order:
        return f"CASE WHEN {told} THEN {value} END AS"
    return f"(array_agg({value}{order}) FILTER (WHERE {told}))[1] AS"


def _query(known: Priorities, looked: _Looked, people: str = "affected", whose: str = "person_id") -> str:
    """The golden records of the people in a temporary table, into another; `whose` is the column that says which
    statements are one person's.
    """
    ranks = ""
    other = known.exceptions.keys() | looked.doubted | looked.carried
    own_order = [field for field in FIELDS if field.name in other]
    for serial, field in enumerate(own_order):
        doubt = f"coalesce({field.doubt}, false), " if field.name in looked.doubted else ""
        said = ""
        if field.name in looked.carried:
            # Of one day what was entered last: a correction that repeats a value enters it anew, and says nothing new of it.
            said = f"{carried.day(field.name)} DESC, {carried.moment(field.name)} DESC, {carried.origin(field.name)} DESC, "
        ranks += (
            f", row_number() OVER (PARTITION BY a.{whose} ORDER BY {known.sql(field.name)}, {doubt}{said}{_LATEST}) "
            f"AS rank_{serial}"
        )
    # The order stands in every aggregate: the planner is free to re-sort the input for one of them.
    orders = {
        field: f" ORDER BY o.rank_{own_order.index(field)}" if field in own_order else " ORDER BY o.rank"
        for field in FIELDS
    }
    # Most people have one statement: nothing is to be weighed, which takes a third of the time.
    one, several = (_columns(looked, by) for by in (dict.fromkeys(FIELDS, ""), orders))
    return f"""
        WITH o AS (
            SELECT r.*, a.{whose} AS whose, count(*) OVER (PARTITION BY a.{whose}) AS statements, row_number() OVER (
                PARTITION BY a.{whose} ORDER BY {known.sql()}, {_LATEST}) AS rank{ranks}
            FROM {people} a
            JOIN registry_source_record r ON r.person_id = a.person_id
            WHERE r.superseded_by IS NULL AND r.state = 'linked'
        )
        SELECT o.whose AS person_id, o.id AS main_record, o.area_code AS stated_area, o.statements,
               o.carried IS NOT NULL AS carries, {one}
        FROM o WHERE o.statements = 1
        UNION ALL
        SELECT o.whose, (array_agg(o.id ORDER BY o.rank))[1], (array_agg(o.area_code ORDER BY o.rank))[1], count(*),
               bool_or(o.carried IS NOT NULL), {several}
        FROM o WHERE o.statements > 1 GROUP BY o.whose
    """


def _columns(looked: _Looked, orders: dict[Field, str]) -> str:
    """The columns STORED, and `by_…` the record of each field."""
    picks: list[str] = []
    records: list[str] = []
    for field, order in orders.items():
        picks += [f"{_pick(f'o.{column}', field, order, looked.cleared)} {column}" for column in field.stored]
        records.append(f"{_pick(carried.origin(field.name, 'o'), field, order, looked.cleared)} by_{field.name}")
        if field.name == "home":
            records.append(f"{_pick(carried.day('home', 'o'), field, order, looked.cleared)} home_observed_on")
    return f"{', '.join(picks)}, {', '.join(records)}"


def recompute(created_at: datetime) -> int:
    """Compute and store the golden records of the people in `affected`; returns how many changed.

    People left without any record are removed by the caller (`undo`). A person's version rises only on a real change.
    """
    facets.note("affected")
    stage.run("DROP TABLE IF EXISTS pg_temp.golden")
    stage.run("CREATE TEMP TABLE golden ON COMMIT DROP AS " + _query(priorities(), _look("affected")))
    stage.run("ANALYZE golden (person_id)")
    sources = ", ".join(
        f"'{field.name}', CASE WHEN g.by_{field.name} <> g.main_record THEN g.by_{field.name} END" for field in FIELDS
    )
    new = ["coalesce(g.home_area, g.register_area, g.stated_area)", "g.main_record", "n.field_records"]
    old = ["p.area_code", "p.main_record", "p.field_records"]
    new += [f"g.{column}" for column in STORED]
    old += [f"p.{column}" for column in STORED]
    columns = ["area_code", "main_record", "field_records", *STORED]
    return stage.run(
        f"""
        UPDATE registry_person p
        SET {", ".join(f"{c} = {v}" for c, v in zip(columns, new, strict=True))},
            version = p.version + 1, updated_at = %(now)s
        FROM golden g,
             LATERAL (SELECT CASE WHEN g.carries OR g.statements > 1
                 THEN nullif(jsonb_strip_nulls(jsonb_build_object({sources})), '{{}}') END AS field_records) n
        WHERE p.id = g.person_id AND ({", ".join(old)}) IS DISTINCT FROM ({", ".join(new)})
        """,
        {"now": created_at},
    )


def foretell(people: Iterable[UUID]) -> dict[str, Any]:
    """The golden record these people would have together (columns STORED, and `by_…` the record of each field); nothing
    is written."""
    stage.run("DROP TABLE IF EXISTS pg_temp.together")
    stage.run(
        "CREATE TEMP TABLE together ON COMMIT DROP AS SELECT unnest(%(ids)s::uuid[]) AS person_id, 1 AS one",
        {"ids": list(people)},
    )
    with connection.cursor() as cursor:
        cursor.execute(_query(priorities(), _look("together", "one"), "together", "one"))
        names = [column.name for column in cursor.description]
        found = cursor.fetchone()
    return dict(zip(names, found, strict=True)) if found else {}


def under(known: Priorities, table: str) -> None:
    """Compute into a temporary table what the people in `affected` would be under other priorities; nothing else is
    written."""
    stage.run(f"DROP TABLE IF EXISTS pg_temp.{table}")
    stage.run(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS " + _query(known, _look("affected")))
    stage.run(f"ANALYZE {table}")
