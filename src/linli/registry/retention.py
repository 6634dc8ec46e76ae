"""Kinds of data of the registry that are kept for a time: history, and rows as they came that something newer replaced.

Statements themselves stay: golden records are computed from them, and undoing an import computes again. What goes of a
replaced one is `raw`, the row in the words of the source; its canonical facts remain.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from linli.access.keeping.tables import YEAR, amount_of, destroy_in
from linli.access.retention import LEAST_TIME
from linli.kernel.errors import Text
from linli.kernel.retention import Amount, Kind, Slice, declare

from .apps import HISTORIES

STATEMENTS = ("registry_source_record", "registry_thing_record")
_DUE = """
FROM {table} r JOIN {table} newer ON newer.id = r.superseded_by
WHERE r.superseded_by IS NOT NULL AND r.raw IS NOT NULL AND newer.recorded_at < %(before)s
"""


def _raw(before: datetime) -> Amount:
    rows, oldest = 0, []
    with connection.cursor() as cursor:
        for table in STATEMENTS:
            cursor.execute(f"SELECT count(*), min(newer.recorded_at) {_DUE.format(table=table)}", {"before": before})
            count, first = cursor.fetchone()
            rows += count
            oldest += [first] if first else []
    return Amount(rows, min(oldest, default=None))


def _forget_raw(before: datetime, most: int, cursor_text: str) -> Slice:
    """Empty `raw`, by id; the cursor is "table/id"."""
    table, _, last = (cursor_text or f"{STATEMENTS[0]}/").partition("/")
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (
                SELECT r.id, newer.recorded_at {_DUE.format(table=table)} AND (%(last)s::uuid IS NULL OR r.id > %(last)s::uuid)
                ORDER BY r.id LIMIT %(most)s
            )
            UPDATE {table} r SET raw = NULL FROM due WHERE r.id = due.id RETURNING r.id::text, due.recorded_at
            """,
            {"before": before, "most": most, "last": last or None},
        )
        gone = cursor.fetchall()
    if len(gone) == most:
        return Slice(_named(table, gone), more=True, cursor=f"{table}/{max(each for each, _ in gone)}")
    following = STATEMENTS[STATEMENTS.index(table) + 1 :]
    return Slice(_named(table, gone), more=bool(following), cursor=f"{following[0]}/" if following else "")


def _named(table: str, gone: list[tuple[str, datetime]]) -> list[tuple[str, datetime]]:
    return [(f"{table}/{each}", at) for each, at in gone]


def _pictures(before: datetime) -> Amount:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(measured_at) FROM registry_quality_day WHERE measured_at < %s", [before])
        return Amount(*cursor.fetchone())


def _forget_pictures(before: datetime, most: int, _cursor: str) -> Slice:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM registry_quality_day d USING (
                SELECT area_code, source_code, day FROM registry_quality_day WHERE measured_at < %s
                ORDER BY day, area_code, source_code LIMIT %s
            ) old
            WHERE d.area_code = old.area_code AND d.source_code = old.source_code AND d.day = old.day
            RETURNING concat_ws('/', d.day, d.area_code, d.source_code), d.measured_at
            """,
            [before, most],
        )
        gone = cursor.fetchall()
    return Slice(gone, more=len(gone) == most)


declare(
    Kind(
        "registry.quality",
        Text("数据质量的每日快照", "Daily pictures of quality"),
        Text("各辖区、各来源每天的质量计数，不含个人信息", "Counts of quality by day, area and source, nothing about a person"),
        Text("为看清趋势；期限由本单位确定", "To see trends; the time is the district's to choose"), "inferred",
        default=None, floor=YEAR, ceiling=None, amount=_pictures, destroy=_forget_pictures,
    ),
    Kind(
        "registry.raw",
        Text("已被替代的来源原文", "Source rows that were replaced"),
        Text("来源表格中该行的原文；标准化后的内容和溯源保留", "The row in the words of its source; canonical facts and provenance stay"),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None, amount=_raw, destroy=_forget_raw,
    ),
    Kind(
        "registry.history",
        Text("人口、单位、部件变更历史", "History of people, entities and things"),
        Text("人口、居住、家庭、单位、重点场所、部件变更前的内容", "People, homes, households, entities, key places, components as they were"),
        LEAST_TIME, "inferred", default=None, floor=YEAR, ceiling=None,
        amount=amount_of(HISTORIES), destroy=destroy_in(HISTORIES),
    ),
)  # fmt: skip
