"""The directory that comes with the program: `cases/data/*.csv`, whose README tells the sources and how sure they are."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import Any

from django.db import connections

from linli.kernel.ids import uuid7
from linli.kernel.pinyin import initials

from .rules import SINCE_EVER


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a shipped table: `categories` or `filing_rules`."""
    with files("linli.cases").joinpath(f"data/{name}.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def load_shipped(using: str) -> None:
    """Add the shipped categories the database does not have, and the rules of rule sets it has none of.

    What a district changed, closed or replaced stays as it is.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT standard_ref, kind, code FROM cases_category")
        there = {tuple(row) for row in cursor.fetchall()}
        cursor.execute("SELECT DISTINCT rule_set FROM cases_filing_rule")
        sets = {row[0] for row in cursor.fetchall()}
        new = [row for row in rows("categories") if (row["standard_ref"], row["kind"], row["code"]) not in there]
        cursor.executemany(_CATEGORY, [_category(row) for row in new])
        cursor.executemany(
            _RULE,
            [
                _flags(row, "photo_needed") | {"id": uuid7(), "position": serial, "since": SINCE_EVER}
                for serial, row in enumerate(rows("filing_rules"))
                if row["rule_set"] not in sets
            ],
        )


def _category(row: dict[str, str]) -> dict[str, Any]:
    own = {"id": uuid7(), "initials": initials(row["name"]), "since": SINCE_EVER}
    return _flags(row, "dispatch_first", "offered") | own


def _flags(row: dict[str, str], *names: str) -> dict[str, Any]:
    return row | {name: row[name] == "1" for name in names}


_CATEGORY = """
INSERT INTO cases_category (id, standard_ref, kind, major, major_name, code, name, initials, procedure, dispatch_first,
    emergency_number, restricted_to, offered, certainty, source, note, valid_from, version, changed_at, changed_by,
    changed_by_name)
VALUES (%(id)s, %(standard_ref)s, %(kind)s, %(major)s, %(major_name)s, %(code)s, %(name)s, %(initials)s,
    %(procedure)s, %(dispatch_first)s, %(emergency_number)s, %(restricted_to)s, %(offered)s, %(certainty)s, %(source)s,
    %(note)s, %(since)s, 1, now(), 'system:shipped', '')
"""
_RULE = """
INSERT INTO cases_filing_rule (id, category_id, target, filing_condition, closing_condition, limit_value, clock,
    unit_text, photo_needed, rule_set, source_class, certainty, source, position, valid_from, changed_at, changed_by,
    changed_by_name)
SELECT %(id)s, c.id, %(target)s, %(filing_condition)s, %(closing_condition)s, %(limit_value)s, %(clock)s, %(unit_text)s,
    %(photo_needed)s, %(rule_set)s, %(source_class)s, %(certainty)s, %(source)s, %(position)s, %(since)s, now(),
    'system:shipped', ''
FROM cases_category c WHERE (c.standard_ref, c.kind, c.code) = (%(standard_ref)s, %(kind)s, %(code)s)
"""
