"""Tables that the program's role may only add to, destroyed through two narrow functions of the database.

They take logs, histories, attempts to sign in and answers, nothing else, and refuse what their floors still protect.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection

from linli.kernel.retention import Amount, Slice

#: Six months are at most 184 days.
SIX_MONTHS = 184
YEAR = 365


def amount_of(tables: Sequence[str]) -> Callable[[datetime], Amount]:
    """How much of some tables is due."""

    def amount(before: datetime) -> Amount:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(sum(d.rows), 0)::bigint, min(d.oldest) FROM unnest(%s::text[]) AS t(name), "
                "LATERAL access_overdue(t.name, %s) AS d",
                [list(tables), before],
            )
            rows, oldest = cursor.fetchone()
        return Amount(rows, oldest)

    return amount


def destroy_in(tables: Sequence[str]) -> Callable[[datetime, int, str], Slice]:
    """Destroy a slice of some tables, one table after the other: the cursor is the number of the table."""

    def destroy(before: datetime, most: int, cursor_text: str) -> Slice:
        place = int(cursor_text or 0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, at FROM access_destroy(%s, %s, %s)", [tables[place], before, most])
            gone = [(f"{tables[place]}/{row[0]}", row[1]) for row in cursor.fetchall()]
        place += len(gone) < most
        return Slice(gone, more=place < len(tables), cursor=str(place))

    return destroy
