"""Code lists: values with their standard and how sure we are of them. Shipped as data, replaceable by another district."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from django.db import connections

from linli.kernel.ids import uuid7


@dataclass(frozen=True, slots=True)
class Item:
    """One code with its labels; `variants` are other ways people write it."""

    list: str
    code: str
    label_zh: str
    label_en: str
    variants: tuple[str, ...]
    standard: str
    certainty: str


def shipped() -> list[Item]:
    """The lists in `data/codes/*.csv`, in their order."""
    items = []
    for file in sorted(files("linli.registry").joinpath("data/codes").iterdir(), key=lambda f: f.name):
        if not file.name.endswith(".csv"):
            continue
        with file.open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                items.append(
                    Item(
                        file.name.removesuffix(".csv"), row["code"], row["label_zh"], row["label_en"],
                        tuple(filter(None, row["variants"].split("|"))), row["standard"], row["certainty"],
                    )
                )  # fmt: skip
    return items


def tag_kinds() -> list[dict[str, str]]:
    """The shipped catalogue of tags: kinds with a law behind them, which a district may change."""
    with files("linli.registry").joinpath("data/tag_kinds.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def load_shipped(using: str) -> None:
    """Add the shipped values the database does not have; values edited by a district stay as they are."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('registry_tag_kind') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return  # migrated back to nothing
        cursor.executemany(
            """
            INSERT INTO registry_code_item (id, list, code, label_zh, label_en, variants, standard, certainty, position)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (list, code) DO NOTHING
            """,
            [
                (uuid7(), i.list, i.code, i.label_zh, i.label_en, "|".join(i.variants), i.standard, i.certainty, n)
                for n, i in enumerate(shipped())
            ],
        )
        cursor.executemany(
            """
            INSERT INTO registry_tag_kind
                (code, name_zh, name_en, source_code, legal_basis, months, active, certainty, changed_at)
            VALUES (%(code)s, %(name_zh)s, %(name_en)s, %(source_code)s, %(legal_basis)s, %(months)s, true, %(certainty)s,
                    now())
            ON CONFLICT (code) DO NOTHING
            """,
            tag_kinds(),
        )
        cursor.executemany(
            "INSERT INTO registry_source (code, name, name_en, priority, created_at) VALUES (%s, %s, %s, %s, now()) "
            "ON CONFLICT (code) DO NOTHING",
            SOURCES,
        )
        cursor.executemany(
            "INSERT INTO registry_field_priority (id, field, source_id, priority, valid_from) VALUES (%s, %s, %s, %s, %s) "
            "ON CONFLICT (field, source_id, valid_from) DO NOTHING",
            [(uuid7(), *row, SHIPPED_FROM) for row in FIELD_PRIORITIES],
        )


MANUAL = "manual"
INSPECTION = "inspection"
# code, names, priority: the lower counts more. Our defaults, to be changed by the district.
SOURCES = (
    (MANUAL, "人工更正", "Corrected by hand", 0),
    (INSPECTION, "现场检查", "Inspection on the spot", 30),
    ("police", "公安户籍", "Police household register", 10),
    ("market", "市场监管", "Market regulation", 20),
    ("civil", "民政", "Civil affairs", 30),
    ("health", "卫健", "Health", 30),
    ("fire", "消防救援", "Fire and rescue", 30),
    ("urban", "城市管理", "Urban management", 30),
    ("community", "社区台账", "Community ledger", 40),
    ("hotline", "12345 热线", "12345 hotline", 50),
)
SHIPPED_FROM = date(2000, 1, 1)
# Where people live and how to reach them is known best by those who knock at the door.
FIELD_PRIORITIES = (
    ("home", "community", 5),
    ("phone", "community", 5),
    ("marital", "civil", 5),
)
