"""Temporary tables for a merge, filled by COPY from columns. They live and die with the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import polars as pl
from django.db import connection

from linli.kernel.slices import Slices

Item = TypeVar("Item")
SLICE = 50_000
FETCHED = 200_000

KEYS = {"row": "integer", "match_key": "bytea", "id_hash": "bytea", "content_hash": "bytea"}
WIDE = {
    "row": "integer", "outcome": "text", "person_id": "uuid", "previous_id": "uuid", "record_id": "uuid", "new_household_id": "uuid",
    "transfer_id": "uuid", "residence_id": "uuid",
    "fresh": "boolean", "match_key": "bytea", "content_hash": "bytea", "record_key": "text", "observed_on": "date",
    "area_code": 'text COLLATE "C"', "name": "text", "name_key": 'text COLLATE "C"',
    "former_name": "text", "sex": "text", "birth": "date", "nation": "text", "id_kind": "text", "id_sealed": "bytea",
    "id_hash": "bytea", "id_tail4": "bigint", "id_tail6": "bigint", "phone_sealed": "bytea", "phone_hash": "bigint",
    "phone_tail4": "bigint", "native_place": "text", "marital": "text", "education": "text", "political": "text",
    "occupation": "text", "workplace": "text", "nationality": "text", "population_kind": "text",
    "register_consistent": "text", "inflow_reason": "text", "permit_kind": "text", "left_behind_kind": "text",
    "register_address": "text", "register_area": 'text COLLATE "C"', "household_key": "bytea", "household_no": "text",
    "head_name": "text", "relation_to_head": "text", "dwelling_key": "bytea", "home_text": "text",
    "home_kind": "text", "home_area": 'text COLLATE "C"', "raw": "jsonb",
}  # fmt: skip
# What statements join and filter the stage by; the planner needs to know no more of it.
WIDE_ANALYZED = (
    "row", "outcome", "person_id", "previous_id", "record_id", "fresh", "household_key", "dwelling_key",
)  # fmt: skip
DWELLINGS = {
    "id": "uuid", "compound_id": "uuid", "building_id": "uuid", "dwelling_key": "bytea",
    "area_code": 'text COLLATE "C"', "village_code": "text", "road": "text", "door": "text", "compound": "text",
    "building": "text", "unit": "text", "floor": "text", "room": "text", "storey": "smallint", "standard": "text",
}  # fmt: skip


def create(name: str, columns: dict[str, str], unless_there: bool = False) -> None:
    """Create a temporary table that goes at the end of the transaction: an empty one, or what is there already."""
    body = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    with connection.cursor() as cursor:
        if not unless_there:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {name} ({body}) ON COMMIT DROP")


def fill(name: str, columns: dict[str, str], frame: pl.DataFrame) -> None:
    """COPY the named columns of `frame` into a temporary table, then analyse it."""
    fill_slices(name, columns, [frame])


def fill_slices(
    name: str, columns: dict[str, str], frames: Iterable[pl.DataFrame], analyzed: tuple[str, ...] = ()
) -> None:
    """COPY the named columns of frames, one after the other, then analyse the table: all of it, or `analyzed` columns.

    SLICE rows become text while the database still reads those before.
    """
    parts = (part for frame in frames for part in frame.iter_slices(SLICE))
    copy_in(name, columns, ahead(text_of(columns, part) for part in parts))
    run(f"ANALYZE {name} ({', '.join(analyzed)})" if analyzed else f"ANALYZE {name}")


def text_of(columns: dict[str, str], frame: pl.DataFrame) -> bytes:
    """The named columns of a frame as COPY takes them."""
    return frame.select(list(columns)).write_csv(include_header=False, null_value="").encode()


def copy_in(name: str, columns: dict[str, str], texts: Iterable[bytes]) -> None:
    """COPY what `text_of` gave into a temporary table."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {name} ({_listed(columns)}) FROM STDIN (FORMAT csv)") as copy,
    ):
        for text in texts:
            copy.write(text)


def enter(table: str, columns: dict[str, str], text: bytes) -> None:
    """Enter what `text_of` gave in a table: by way of a temporary one, since COPY does not write under row-level security.

    The same one for every slice: what a transaction creates and drops stays locked until it ends.
    """
    held = f"{table}_entering"
    create(held, columns, unless_there=True)
    copy_in(held, columns, [text])
    run(f"INSERT INTO {table} ({_listed(columns)}) SELECT {_listed(columns)} FROM {held}")
    run(f"TRUNCATE {held}")


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, the next one being made in a thread of its own while the present one is used."""
    end: Any = object()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = pool.submit(next, items, end)
            yield item


def fetch(query: str, schema: dict[str, Any]) -> pl.DataFrame:
    """The rows of a query over temporary tables, as columns."""
    return fetch_slices(query, schema).frame


def fetch_slices(query: str, schema: dict[str, Any], by: str | None = None) -> Slices:
    """The rows of a query over temporary tables, in slices; `by`: a column it orders them by."""
    rows, names = Slices(by), list(schema)
    rows.append(pl.DataFrame(schema=schema))

    def take(text: bytes) -> None:
        rows.append(pl.read_csv(text, has_header=False, new_columns=names, schema_overrides=schema, null_values=[""]))

    lines: list[bytes] = []
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for line in copy:
            lines.append(bytes(line))
            if len(lines) == FETCHED:
                take(b"".join(lines))
                lines = []
    if lines:
        take(b"".join(lines))
    return rows


def run(statement: str, params: dict[str, Any] | None = None) -> int:
    """Run one statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def analyze(written: int) -> None:
    """Refresh the planner's statistics of the registry where `written` rows are a sizeable share of a table.

    Without it the next merge, or the next statement of this one, is planned for a table a twentieth the size.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_analyze(%s)", [written])
