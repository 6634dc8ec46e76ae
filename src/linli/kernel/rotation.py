"""Bringing everything that is encrypted under the active key, in bounded slices, while the program runs.

Each slice is a transaction of its own and compares what it replaces with what it read, so that a change made meanwhile
wins; what is left under an older key is found by the key's number in the ciphertext itself. Killed at any moment, the
next run begins anew and finds only what is left. It runs as the owner of the tables: history is not the program's to
change, and a value under another key has not changed, so it leaves no history (`kernel.history`).
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections, transaction

from . import ciphertext, files, keys, secrets
from .ciphertext import SealedTable

SLICE = 2000
FEW = 1000
OWNER = "owner"
TYPES = {"id": "uuid", "replaced_at": "timestamptz"}
EVERYTHING = (
    "SELECT set_config('linli.lo', '', true), set_config('linli.hi', '~', true), set_config('linli.one', '1', true), "
    "set_config('linli.scope', '{}', true), set_config('linli.readers', '{*:}', true), set_config('linli.reseal', '1', true)"
)
Tell = Callable[[str, int], None]


def remaining(using: str = OWNER) -> dict[int, int]:
    """How many ciphertexts, and files, lie under each key but the active one. Reads every sealed column once."""
    active, found = keys.keyring().active, Counter[int]()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if using == OWNER:
            cursor.execute(EVERYTHING)
        for table in ciphertext.tables():
            for column in table.values:
                cursor.execute(
                    f"SELECT get_byte({column}, 1) * 256 + get_byte({column}, 2), count(*) FROM {table.table} "
                    f"WHERE substring({column} FROM 2 FOR 2) <> %s GROUP BY 1",
                    [active.to_bytes(2)],
                )
                found.update(dict(cursor.fetchall()))
            for column in table.json:
                found.update(_left_in_texts(cursor, table.table, column, active))
    found.update(number for _, number in files.kept() if number not in (None, active))  # type: ignore[misc]
    return dict(found)


def _left_in_texts(cursor: Any, table: str, column: str, active: int) -> Counter[int]:
    """As the texts say; where few are left, as they open: what somebody wrote may look like a ciphertext."""
    found = Counter[int]()
    where = f"FROM {table} WHERE {column}::text ~ %s"
    cursor.execute(
        f"SELECT head[1], count(*) FROM {table}, regexp_matches({column}::text, %s, 'g') AS head "
        f"WHERE {column}::text ~ %s GROUP BY 1",
        [_other(active, "(", ")"), _other(active)],
    )
    for head, count in cursor.fetchall():
        found[secrets.key_number(base64.b64decode(head[:4]))] += count
    if 0 < found.total() <= FEW:
        cursor.execute(f"SELECT {column}::text {where}", [_other(active)])
        found = Counter(number for (text,) in cursor.fetchall() for number in secrets.keys_in_text(text))
        found.pop(active, None)
    return found


def reseal_all(tell: Tell = lambda _table, _count: None, slice_rows: int = SLICE) -> int:
    """Bring every ciphertext under the active key; returns how many rows and files were. Raises Unavailable when a key
    is missing from the ring."""
    done = 0
    while True:  # again, until a pass finds nothing: rows that changed under our hands come in the next one
        passed = 0
        for table in ciphertext.tables():
            passed += _reseal_table(table, tell, slice_rows)
        for path, number in files.kept():
            if number is not None and number != keys.keyring().active:
                files.reseal(path)
                passed += 1
                tell("files", 1)
        done += passed
        if not passed:
            return done


def _reseal_table(table: SealedTable, tell: Tell, most: int) -> int:
    done, after = 0, None
    while True:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            cursor.execute(EVERYTHING)
            rows = _left(cursor, table, after, most)
            changed = _write(cursor, table, rows) if rows else 0
        done += changed
        if changed:
            tell(table.table, changed)
        if len(rows) < most:
            return done
        after = rows[-1][: len(table.key)]


def _left(cursor: Any, table: SealedTable, after: tuple[Any, ...] | None, most: int) -> list[tuple[Any, ...]]:
    """The next rows of which something is under another key than the active one: key, values, JSON as text."""
    active = keys.keyring().active
    named = ", ".join([*table.key, *table.values, *(f"{column}::text" for column in table.json)])
    due = [f"substring({column} FROM 2 FOR 2) <> %(active)s" for column in table.values]
    due += [f"{column}::text ~ %(other)s" for column in table.json]
    begun = (
        f"({', '.join(table.key)}) > ({', '.join(f'%(after{n})s' for n in range(len(table.key)))}) AND" if after else ""
    )
    cursor.execute(
        f"SELECT {named} FROM {table.table} WHERE {begun} ({' OR '.join(due)}) ORDER BY {', '.join(table.key)} LIMIT %(most)s",
        {
            "active": active.to_bytes(2), "other": _other(active), "most": most,
            **{f"after{n}": value for n, value in enumerate(after or ())},
        },
    )  # fmt: skip
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _write(cursor: Any, table: SealedTable, rows: list[tuple[Any, ...]]) -> int:
    """Replace what was read by the same values under the active key, where it is still what was read."""
    width, height = len(table.key), len(rows)
    columns = list(zip(*rows, strict=True))
    fresh: list[list[Any]] = [_resealed(column) for column in columns[width : width + len(table.values)]]
    texts = columns[width + len(table.values) :]
    fresh += [[None if text is None else secrets.reseal_text(text) for text in column] for column in texts]
    # What only looks like a ciphertext stays, and is no change.
    new = [n for n in range(height) if any(f[n] != c[n] for f, c in zip(fresh, columns[width:], strict=True))]
    if not new:
        return 0
    names = [*table.values, *table.json]
    kinds = ["bytea"] * len(table.values) + ["text"] * len(table.json)
    now = [*table.values, *(f"{column}::text" for column in table.json)]
    given = [
        *(f"%s::{TYPES[key]}[]" for key in table.key), *(f"%s::{kind}[]" for kind in kinds), *(f"%s::{kind}[]" for kind in kinds)
    ]  # fmt: skip
    alias = [
        *(f"k{n}" for n in range(width)),
        *(f"old{n}" for n in range(len(names))),
        *(f"new{n}" for n in range(len(names))),
    ]
    same = [f"t.{key} = v.k{n}" for n, key in enumerate(table.key)]
    same += [f"t.{column} IS NOT DISTINCT FROM v.old{n}" for n, column in enumerate(now)]
    written = [
        f"{name} = v.new{n}" + ("::jsonb" if name in table.json else "") for n, name in enumerate(names)
    ]  # fmt: skip
    cursor.execute(
        f"UPDATE {table.table} t SET {', '.join(written)} FROM unnest({', '.join(given)}) AS v ({', '.join(alias)}) "
        f"WHERE {' AND '.join(same)}",
        [[column[n] for n in new] for column in (*columns, *fresh)],
    )
    return int(cursor.rowcount)


def _resealed(column: tuple[Any, ...]) -> list[bytes | None]:
    """A column under the active key; what is already stays byte for byte."""
    values = [None if value is None else bytes(value) for value in column]
    active = keys.keyring().active
    due = [value for value in values if value is not None and secrets.key_number(value) != active]
    fresh = dict(zip(due, secrets.reseal_many(due), strict=True))
    return [None if value is None else fresh.get(value, value) for value in values]


def _other(active: int, before: str = "", after: str = "") -> str:
    """A pattern of PostgreSQL for a sealed text that is not under the active key: the first four letters of the Base64
    are the three bytes of algorithm and key number."""
    heads = "|".join(
        base64.b64encode(bytes([algorithm]) + active.to_bytes(2)).decode().replace("+", r"\+")
        for algorithm in (secrets.AES, secrets.SM4)
    )
    return f"{secrets.SEALED}(?!{heads}){before}A[Qg][A-Za-z0-9+/]{{38,}}{after}"
