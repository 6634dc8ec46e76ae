"""Monthly partitions of append-only tables: made ahead by `linli migrate`, so that nothing lands in the default one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from django.db import transaction

MONTHS_AHEAD = 24


def months(first: date, count: int) -> list[tuple[date, date]]:
    """`count` months as half-open ranges of dates, beginning with the month of `first`."""
    starts = [
        date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1) for i in range(count + 1)
    ]
    return list(pairwise(starts))


def ensure_months(connection: Any, table: str, first: date, count: int = MONTHS_AHEAD) -> None:
    """Create the partitions `{table}_YYYYMM` that are missing. Must run as the owner of the table.

    Each gets row-level security without a policy: nobody reads around the parent's policy by naming a partition.
    What has gone to the default partition meanwhile (a program that ran on past its last month) moves to its month.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(%s)", [table])
        present = {row[0] for row in cursor.fetchall()}
        # "RANGE (at)": our partitioned tables are so by one column of time
        cursor.execute(
            "SELECT substring(pg_get_partkeydef(oid) from '\\((.+)\\)') FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        column = cursor.fetchone()[0]
        for start, end in months(first, count):
            name = f"{table}_{start:%Y%m}"
            if name not in present:
                _make(connection, cursor, table, name, f"{column} >= '{start}' AND {column} < '{end}'", (start, end))


def _make(connection: Any, cursor: Any, table: str, name: str, inside: str, span: tuple[date, date]) -> None:
    bounds = f"FOR VALUES FROM ('{span[0]}') TO ('{span[1]}')"
    with transaction.atomic(using=connection.alias):
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table}_rest WHERE {inside})")
        if cursor.fetchone()[0]:
            cursor.execute(f"CREATE TABLE {name} (LIKE {table})")
            cursor.execute(
                f"WITH late AS (DELETE FROM {table}_rest WHERE {inside} RETURNING *) INSERT INTO {name} SELECT * FROM late"
            )
            cursor.execute(f"ALTER TABLE {table} ATTACH PARTITION {name} {bounds}")
        else:
            cursor.execute(f"CREATE TABLE {name} PARTITION OF {table} {bounds}")
        cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
