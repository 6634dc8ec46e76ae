"""The accounts that come with the program: `funding/data/accounts.csv`, whose README tells how sure they are."""

from __future__ import annotations

import csv
from importlib.resources import files

from django.db import connections


def load_accounts(using: str) -> None:
    """Add the shipped accounts the database does not have; what a district renamed stays."""
    with files("linli.funding").joinpath("data/accounts.csv").open(encoding="utf-8") as handle:
        rows = [
            row | {"money": row["money"] == "1", "capital": row["capital"] == "1"} for row in csv.DictReader(handle)
        ]
    with connections[using].cursor() as cursor:
        cursor.executemany(
            "INSERT INTO funding_account (code, name_zh, name_en, kind, money, capital) VALUES (%(code)s, %(name_zh)s, "
            "%(name_en)s, %(kind)s, %(money)s, %(capital)s) ON CONFLICT (code) DO NOTHING",
            rows,
        )
