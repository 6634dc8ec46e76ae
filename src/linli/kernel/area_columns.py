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
    counts (`%(today)s` is the date); one that has ended keeps the code it ended with. `counted` is the condition under
    which a row that is carried is also counted: how many there are of what few may know of is told to nobody.
    """

    table: str
    column: str
    key: tuple[str, ...] = ("id",)
    follows: str | None = None
    many: bool = False
    live: str = "true"
    counted: str = "true"


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

    The temporary table `area_heir` (old_code, new_code, rank, opens) tells which areas are concerned; `opens` is whether
    rights in the old area become rights in the new one. `area_known` (subject, row_key, old_code, new_code) holds what
    is given back; rows a hook makes for another heir it enters in `area_opened` (the same columns), to be remembered.
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
    """Carry every declared column from the old areas to the new ones, set-based; returns the rows moved by table.column that
    are `counted`.

    `remember` keeps what each moved row held; `restore` gives rows back what an earlier change remembered of them,
    unless they have moved on since. Call it inside a transaction, as one who sees everything in the areas concerned.
    """
    _load()
    with connection.cursor() as cursor:
        _stage(cursor, moves, restore)
        for hook in _before:
            hook()
        if remember:
            cursor.execute(
                f"INSERT INTO {remember.table} (change_id, subject, row_key, old_code, new_code) "
                "SELECT %s, subject, row_key, old_code, new_code FROM area_opened",
                [remember.change_id],
            )
        moved = {}
        for column in columns():
            carry = _move_many if column.many else _move_one
            rows = carry(cursor, column, remember, restore)
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


def _stage(cursor: Any, moves: Moves, restore: Memory | None = None) -> None:
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.area_heir, pg_temp.area_placed, pg_temp.area_known, pg_temp.area_opened"
    )
    code = 'text COLLATE "C"'
    known = f"(subject text, row_key {code}, old_code {code}, new_code {code}) ON COMMIT DROP"
    cursor.execute(f"CREATE TEMP TABLE area_known {known}")
    cursor.execute(f"CREATE TEMP TABLE area_opened {known}")
    if restore:
        cursor.execute(
            f"INSERT INTO area_known SELECT subject, row_key, old_code, new_code FROM {restore.table} "
            "WHERE change_id = %s",
            [restore.change_id],
        )
        # Without figures PostgreSQL takes it for a row or two and walks through it for every row there is.
        cursor.execute("ANALYZE area_known")
    cursor.execute(
        f"CREATE TEMP TABLE area_heir (old_code {code}, new_code {code}, rank int, opens boolean) ON COMMIT DROP"
    )
    cursor.execute(f"CREATE TEMP TABLE area_placed (id uuid, old_code {code}, new_code {code}) ON COMMIT DROP")
    # Where two areas that stay move the line between them, rights in one are no rights in all of the other.
    pairs = [
        (old, new, rank, new == old or old not in heirs or new not in moves.heirs)
        for old, heirs in moves.heirs.items()
        for rank, new in enumerate(heirs)
    ]
    if pairs:
        cursor.execute(
            "INSERT INTO area_heir SELECT * FROM unnest(%s::text[], %s::text[], %s::int[], %s::boolean[])",
            [list(values) for values in zip(*pairs, strict=True)],
        )
    with cursor.copy("COPY area_placed (id, old_code, new_code) FROM STDIN") as copy:
        for place in moves.placed:
            copy.write_row((str(place.id), place.old, place.new))
    cursor.execute("ANALYZE area_heir")
    cursor.execute("ANALYZE area_placed")


def _move_one(cursor: Any, column: AreaColumn, remember: Memory | None, restore: Memory | None) -> int:
    table, name, subject = column.table, column.column, f"{column.table}.{column.column}"
    keys, row_key = ", ".join(f"t.{key} AS k{i}" for i, key in enumerate(column.key)), _row_key(column)
    placed = f"LEFT JOIN area_placed p ON p.id = t.{column.follows} AND p.old_code = t.{name}" if column.follows else ""
    known = ["p.new_code"] if column.follows else []
    kept = ""
    params: dict[str, Any] = {"subject": subject, "today": clock.today()}
    if restore:
        kept = f"LEFT JOIN area_known r ON r.subject = %(subject)s AND r.row_key = {row_key} AND r.new_code = t.{name}"
        known.insert(0, "r.old_code")
    new = f"coalesce({', '.join([*known, 'h.new_code'])})"
    cursor.execute("DROP TABLE IF EXISTS pg_temp.area_moved")
    cursor.execute(
        f"""
        CREATE TEMP TABLE area_moved ON COMMIT DROP AS
        SELECT {keys}, {row_key} AS row_key, t.{name} AS old_code, {new} AS new_code, ({column.counted}) AS counted
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
    if column.counted == "true":
        return int(cursor.rowcount)
    cursor.execute("SELECT count(*) FILTER (WHERE counted) FROM area_moved")
    return int(cursor.fetchone()[0])


def _row_key(column: AreaColumn) -> str:
    return "concat_ws(':', " + ", ".join(f"t.{key}" for key in column.key) + ")"


def _move_many(cursor: Any, column: AreaColumn, remember: Memory | None, restore: Memory | None) -> int:
    """An array gets all heirs of each code it holds: what was opened in an area stays open in all of it. What an earlier
    change remembered of a code (`area_known`; its keys end in old and new code) is given back instead."""
    name, row_key = column.column, _row_key(column)
    params = {"subject": f"{column.table}.{name}"}
    cursor.execute("DROP TABLE IF EXISTS pg_temp.area_moved")
    cursor.execute(
        f"""
        CREATE TEMP TABLE area_moved ON COMMIT DROP AS
        SELECT DISTINCT {row_key} AS row_key, held.code AS old_code, n.code AS new_code, n.known
        FROM {column.table} t CROSS JOIN LATERAL unnest(t.{name}) AS held(code)
        CROSS JOIN LATERAL (
            SELECT k.old_code AS code, true AS known FROM area_known k
            WHERE k.subject = %(subject)s AND k.new_code = held.code
              AND starts_with(k.row_key, ({row_key} || ':') COLLATE "C")
            UNION ALL SELECT h.new_code, false FROM area_heir h WHERE h.old_code = held.code AND h.opens
        ) n
        WHERE held.code IN (SELECT old_code FROM area_heir)
        """,
        params,
    )
    cursor.execute(
        "DELETE FROM area_moved m WHERE NOT m.known AND EXISTS "
        "(SELECT FROM area_moved k WHERE k.known AND k.row_key = m.row_key AND k.old_code = m.old_code)"
    )
    if remember:
        cursor.execute(
            f"INSERT INTO {remember.table} (change_id, subject, row_key, old_code, new_code) "
            "SELECT %(change)s, %(subject)s, concat_ws(':', row_key, old_code, new_code), old_code, new_code "
            # What stays beside what comes is remembered too: where two areas become one, both are told apart again.
            "FROM area_moved WHERE row_key IN (SELECT row_key FROM area_moved WHERE new_code <> old_code)",
            {**params, "change": remember.change_id},
        )
    cursor.execute(
        f"""
        UPDATE {column.table} t SET {name} = ARRAY(
            SELECT DISTINCT coalesce(m.new_code, held.code) FROM unnest(t.{name}) AS held(code)
            LEFT JOIN area_moved m ON m.row_key = {row_key} AND m.old_code = held.code ORDER BY 1)
        WHERE {row_key} IN (SELECT row_key FROM area_moved WHERE new_code <> old_code)
        """
    )
    return int(cursor.rowcount)
