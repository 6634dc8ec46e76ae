"""Statements that a connection plans once and then only runs, for what nearly every request asks.

Under row-level security planning a look-up of a case by its key takes the database ten times as long as running it (0.75 ms
against 0.07: bench/README.md), and the framework's own making of the statement as long again. So what is asked at every report,
page and step goes through here. It is for look-ups by key and new rows, whose best plan does not hang on the values; lists, whose
does, are planned each time. Behind a pooler that gives every transaction another connection, LINLI_PREPARED=off plans them each
time as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from uuid import UUID

import orjson
from django.db import DatabaseError, connections, models
from psycopg import ClientCursor, Cursor

Row = TypeVar("Row", bound=models.Model)
Params = Sequence[Any] | Mapping[str, Any]


class Prepared(Cursor[Any]):
    """A cursor of the driver that prepares whatever it runs, and sends values apart from the statement."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run a statement, prepared on its connection the first time."""
        return super().execute(query, params, **(options | {"prepare": True}))


class Logged(Prepared):
    """The same where statements are written down (tests, debugging): whole, as the framework's own cursors tell them."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        """Run a statement, and keep it with its values in it."""
        try:
            return super().execute(query, params, **options)
        finally:
            self._query = cast(
                Any, SimpleNamespace(query=ClientCursor(self.connection).mogrify(query, params).encode())
            )


@contextmanager
def cursor(using: str = "default") -> Iterator[Any]:
    """A cursor whose statements are prepared; otherwise as `connection.cursor()`, counted and logged like any other."""
    connection = cast(Any, connections[using])
    connection.close_if_health_check_failed()  # as the framework's own: the server may have gone since the last request
    connection.ensure_connection()
    kind = Logged if connection.queries_logged else Prepared
    with connection._prepare_cursor(kind(connection.connection)) as found:
        yield found


def rows(statement: str, params: Params = (), using: str = "default") -> list[Any]:
    """Every row that a statement answers, as tuples."""
    with cursor(using) as found:
        found.execute(statement, params)
        return found.fetchall()  # type: ignore[no-any-return]


def row(statement: str, params: Params = (), using: str = "default") -> Any:
    """The first row that a statement answers; None where there is none."""
    with cursor(using) as found:
        found.execute(statement, params)
        return found.fetchone()


def run(statement: str, params: Params = (), using: str = "default") -> int:
    """Run a statement that answers nothing; how many rows it touched."""
    with cursor(using) as found:
        found.execute(statement, params)
        return int(found.rowcount)


# --- tables -----------------------------------------------------------------------------------------------------


@cache
def columns(kind: type[models.Model], alias: str = "") -> str:
    """The columns of a table in the order `made` takes them, for SELECT; `alias`: what the statement calls the table."""
    return ", ".join(f'{alias}{"." if alias else ""}"{field.column}"' for field in kind._meta.concrete_fields)


@cache
def names(kind: type[models.Model]) -> tuple[str, ...]:
    """The attributes that the columns of a table are, in their order."""
    return tuple(field.attname for field in kind._meta.concrete_fields)


def made(kind: type[Row], values: Sequence[Any], using: str = "default") -> Row:
    """The instance that a row of `columns` is, as the driver gives it."""
    if documents := _documents(kind):
        values = list(values)
        for at in documents:
            values[at] = None if values[at] is None else orjson.loads(values[at])
    return kind.from_db(using, names(kind), values)


@cache
def _documents(kind: type[models.Model]) -> tuple[int, ...]:
    """Where a table has JSON, which the framework has the driver leave as text."""
    return tuple(at for at, field in enumerate(kind._meta.concrete_fields) if isinstance(field, models.JSONField))


def read(kind: type[Row], condition: str, params: Params = (), using: str = "default") -> list[Row]:
    """The rows of a table that fulfil a condition in SQL (which may go on with ORDER BY), as instances."""
    statement = f"SELECT {columns(kind)} FROM {kind._meta.db_table} WHERE {condition}"
    return [made(kind, values, using) for values in rows(statement, params, using)]


@cache
def gathered(kind: type[models.Model], condition: str, order: str) -> str:
    """SQL of one value that holds all rows of a table fulfilling a condition, in order, for `apart`: what hangs on a row is read
    with it in one statement. The table is called `t`. Not for tables with bytes or money."""
    return (
        f"(SELECT json_agg(json_build_array({columns(kind, 't')}) ORDER BY {order})::text "
        f"FROM {kind._meta.db_table} t WHERE {condition})"
    )


def apart(kind: type[Row], value: str | None, using: str = "default") -> list[Row]:
    """The instances that a value of `gathered` holds."""
    if not value:
        return []
    turns = _turns(kind)
    found = []
    for values in orjson.loads(value):
        for at, turn in turns:
            if values[at] is not None:
                values[at] = turn(values[at])
        found.append(kind.from_db(using, names(kind), values))
    return found


@cache
def _turns(kind: type[models.Model]) -> tuple[tuple[int, Any], ...]:
    """Where a table has what JSON does not know, and what makes it of the text it is there."""
    known = {"UUIDField": UUID, "DateTimeField": datetime.fromisoformat, "DateField": date.fromisoformat}
    found = []
    for at, field in enumerate(kind._meta.concrete_fields):
        inner = field.target_field if isinstance(field, models.ForeignKey) else field
        if inner.get_internal_type() in known:
            found.append((at, known[inner.get_internal_type()]))
    return tuple(found)


def insert(*new: models.Model, using: str = "default") -> None:
    """Enter new rows, all in one statement, as `save(force_insert=True)` would one by one; no signals are sent.

    None of them sees another: a row whose policy asks for one of the others is entered after it.
    """
    connection, params, parts = connections[using], [], []
    for each in new:
        statement, fields = _entry(type(each))
        parts.append(statement)
        params += [field.get_db_prep_save(field.pre_save(each, True), connection) for field in fields]
    *before, last = parts
    beside = ", ".join(f"r{serial} AS ({part})" for serial, part in enumerate(before))
    run(f"WITH {beside} {last}" if before else last, params, using)
    for each in new:
        each._state.adding, each._state.db = False, using


def update(row: models.Model, using: str = "default") -> None:
    """Write every column of a row that was read, as `save(force_update=True)` would. Raises DatabaseError where it is gone."""
    connection, (statement, fields) = connections[using], _change(type(row))
    params = [field.get_db_prep_save(field.pre_save(row, False), connection) for field in fields]
    if run(statement, [*params, row.pk], using) != 1:
        raise DatabaseError(f"no row of {row._meta.db_table} was updated")


@cache
def _change(kind: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(field for field in kind._meta.concrete_fields if not field.primary_key)
    (key,) = (field for field in kind._meta.concrete_fields if field.primary_key)
    named = ", ".join(f'"{field.column}" = %s' for field in fields)
    return f'UPDATE {kind._meta.db_table} SET {named} WHERE "{key.column}" = %s', fields


@cache
def _entry(kind: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(kind._meta.concrete_fields)
    named, values = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {kind._meta.db_table} ({named}) VALUES ({values})", fields
