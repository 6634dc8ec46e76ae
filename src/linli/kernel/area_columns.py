"""Columns that hold area codes, declared by the room that owns them, so that one change of areas carries them all.

A grid that is split, a village that is merged, a town whose code changes: whoever makes the change says where the old
areas go (`Moves`) and calls `move`. Every room declares its columns in `<room>/area_columns.py`; a test fails on a
column that holds area codes and is neither declared nor excused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from . import clock
from .errors import Text


@dataclass(frozen=True, slots=True)
class AreaColumn:
    """A column with an area code, or (`many`) with an array of them.

    `follows` names the column of the same table with the dwelling or compound the row lies in: where that is known to
    go somewhere else than the rest of the area, the row goes with it. `live` is the condition under which a row still
    counts (`%(today)s` is the date); one that has ended keeps the code it ended with.
    """

    table: str
    column: str
    key: tuple[str, ...] = ("id",)
    follows: str | None = None
    many: bool = False
    live: str = "true"


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Something a person wants counted by area before a change: `name`, its words, and where the rows lie.

    `source` is what stands after FROM; `open_work` marks work that waits for somebody in the area.
    """

    name: str
    label: Text
    source: str
    column: str
    follows: str = "NULL::uuid"
    open_work: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A dwelling or compound whose position says where it goes."""

    id: UUID
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Moves:
    """Where rows go. `heirs`: old area -> those that take it over; the first takes rows of which no more is known."""

    heirs: Mapping[str, tuple[str, ...]]
    placed: Sequence[Placed] = field(default=())


@dataclass(frozen=True, slots=True)
class Memory:
    """A table that remembers which row held which code (change_id, subject, row_key, old_code, new_code)."""

    table: str
    change_id: UUID


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of something go from one area to another."""

    name: str
    label: Text
    open_work: bool
    old: str
    new: str
    count: int


Hook = Callable[[], None]
_columns: dict[tuple[str, str], AreaColumn] = {}
_excused: dict[tuple[str, str], str] = {}
_counts: dict[str, AreaCount] = {}
_before: list[Hook] = []
_after: list[Hook] = []
_loaded = False


def declare(*columns: AreaColumn) -> None:
    """Enter columns that `move` carries."""
    _columns.update({(c.table, c.column): c for c in columns})


def excuse(table: str, *columns: str, why: str) -> None:
    """Say why columns with area codes are not carried: a log keeps what was, a derived table is computed anew."""
    _excused.update({(table, column): why for column in columns})


def count(*counts: AreaCount) -> None:
    """Enter what is counted by area before a change."""
    _counts.update({c.name: c for c in counts})


def around(before: Hook | None = None, after: Hook | None = None) -> None:
    """Hooks of a room: `before` any row moves (take its lock), `after` all have (compute anew what is derived).

    The temporary table `area_heir` (old_code, new_code, rank) tells which areas are concerned.
    """
    if before and before not in _before:
        _before.append(before)
    if after and after not in _after:
        _after.append(after)


def columns() -> tuple[AreaColumn, ...]:
    """Every declared column of the rooms that are installed."""
    _load()
    return tuple(_columns[key] for key in sorted(_columns))


def excused() -> Mapping[tuple[str, str], str]:
    """The columns that are not carried, and why."""
    _load()
    return dict(_excused)


def move(moves: Moves, remember: Memory | None = None, restore: Memory | None = None) -> dict[str, int]:
    """Carry every declared column from the old areas to the new ones, set-based; returns rows moved by table.column.

    `remember` keeps what each moved row held; `restore` gives rows back what an earlier change remembered of them,
    unless they have moved on since. Call it inside a transaction, as one who sees everything in the areas concerned.
    """
    _load()
    with connection.cursor() as cursor:
        _stage(cursor, moves)
        for hook in _before:
            hook()
        moved = {}
        for column in columns():
            rows = _move_many(cursor, column) if column.many else _move_one(cursor, column, remember, restore)
            if rows:
                moved[f"{column.table}.{column.column}"] = rows
        for hook in _after:
            hook()
    return moved


def effect(moves: Moves) -> list[Counted]:
    """What `move` would carry, counted by old and new area, for everything the rooms want counted."""
    _load()
    found = []
    with connection.cursor() as cursor:
        _stage(cursor, moves)
        for wanted in _counts.values():
            cursor.execute(
                f"""
                SELECT heir.old_code, coalesce(spot.new_code, heir.new_code), count(*)
                FROM {wanted.source}
                JOIN area_heir heir ON heir.old_code = {wanted.column} AND heir.rank = 0
                LEFT JOIN area_placed spot ON spot.id = {wanted.follows} AND spot.old_code = {wanted.column}
                GROUP BY 1, 2 ORDER BY 1, 2
                """
            )
            found += [Counted(wanted.name, wanted.label, wanted.open_work, *row) for row in cursor.fetchall()]
    return found


def _load() -> None:
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        _loaded = True
        autodiscover_modules("area_columns")


def _stage(cursor: Any, moves: Moves) -> None:
    cursor.execute("DROP TABLE IF EXISTS pg_temp.area_heir, pg_temp.area_placed")
    code = 'text COLLATE "C"'
    cursor.execute(f"CREATE TEMP TABLE area_heir (old_code {code}, new_code {code}, rank int) ON COMMIT DROP")
    cursor.execute(f"CREATE TEMP TABLE area_placed (id uuid, old_code {code}, new_code {code}) ON COMMIT DROP")
    pairs = [(old, new, rank) for old, heirs in moves.heirs.items() for rank, new in enumerate(heirs)]
    if pairs:
        cursor.execute(
            "INSERT INTO area_heir SELECT * FROM unnest(%s::text[], %s::text[], %s::int[])",
            [list(values) for values in zip(*pairs, strict=True)],
        )
    with cursor.copy("COPY area_placed (id, old_code, new_code) FROM STDIN") as copy:
        for place in moves.placed:
            copy.write_row((str(place.id), place.old, place.new))
    cursor.execute("ANALYZE area_heir")
    cursor.execute("ANALYZE area_placed")


def _move_one(cursor: Any, column: AreaColumn, remember: Memory | None, restore: Memory | None) -> int:
    table, name, subject = column.table, column.column, f"{column.table}.{column.column}"
    keys = ", ".join(f"t.{key} AS k{i}" for i, key in enumerate(column.key))
    row_key = "concat_ws(':', " + ", ".join(f"t.{key}" for key in column.key) + ")"
    placed = f"LEFT JOIN area_placed p ON p.id = t.{column.follows} AND p.old_code = t.{name}" if column.follows else ""
    known = ["p.new_code"] if column.follows else []
    kept = ""
    params: dict[str, Any] = {"subject": subject, "today": clock.today()}
    if restore:
        kept = (
            f"LEFT JOIN {restore.table} r ON r.change_id = %(restore)s AND r.subject = %(subject)s "
            f"AND r.row_key = {row_key} AND r.new_code = t.{name}"
        )
        known.insert(0, "r.old_code")
        params["restore"] = restore.change_id
    new = f"coalesce({', '.join([*known, 'h.new_code'])})"
    cursor.execute("DROP TABLE IF EXISTS pg_temp.area_moved")
    cursor.execute(
        f"""
        CREATE TEMP TABLE area_moved ON COMMIT DROP AS
        SELECT {keys}, {row_key} AS row_key, t.{name} AS old_code, {new} AS new_code
        FROM {table} t JOIN area_heir h ON h.old_code = t.{name} AND h.rank = 0 {placed} {kept}
        WHERE {new} <> t.{name} AND ({column.live})
        """,
        params,
    )
    if remember:
        cursor.execute(
            f"INSERT INTO {remember.table} (change_id, subject, row_key, old_code, new_code) "
            "SELECT %s, %s, row_key, old_code, new_code FROM area_moved",
            [remember.change_id, subject],
        )
    same = " AND ".join(f"t.{key} = m.k{i}" for i, key in enumerate(column.key))
    cursor.execute(f"UPDATE {table} t SET {name} = m.new_code FROM area_moved m WHERE {same}")
    return int(cursor.rowcount)


def _move_many(cursor: Any, column: AreaColumn) -> int:
    """An array gets all heirs of each code it holds: what was opened in an area stays open in all of it."""
    name = column.column
    cursor.execute(
        f"""
        UPDATE {column.table} t SET {name} = ARRAY(
            SELECT DISTINCT coalesce(h.new_code, held.code) FROM unnest(t.{name}) AS held(code)
            LEFT JOIN area_heir h ON h.old_code = held.code ORDER BY 1)
        WHERE EXISTS (SELECT FROM unnest(t.{name}) AS held(code) JOIN area_heir h ON h.old_code = held.code
                      WHERE h.new_code <> held.code)
        """
    )
    return int(cursor.rowcount)
