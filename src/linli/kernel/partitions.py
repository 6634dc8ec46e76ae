"""Monthly partitions of append-only tables: made ahead by `linli migrate`, so that nothing lands in the default one."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

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
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(%s)", [table])
        present = {row[0] for row in cursor.fetchall()}
        for start, end in months(first, count):
            name = f"{table}_{start:%Y%m}"
            if name not in present:
                cursor.execute(f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{start}') TO ('{end}')")
                cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
