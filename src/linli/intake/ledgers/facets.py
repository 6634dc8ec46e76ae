"""Counts while a condition is built, over many people: the few columns conditions ask for, kept in memory for a while.

A scan of 540,000 people takes PostgreSQL 0.2 to 0.7 s whatever is asked, and a builder asks at every change. So in a
wide scope the columns are read once (no name, no number) beside the first answers, which the database gives, and the
next ones filter them in milliseconds; after KEPT seconds they are read again. What is kept belongs to a scope: the areas
held and those seen.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
import structlog
from django.db import connection, connections

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.paging import Count
from linli.kernel.scope import acting
from linli.registry.permissions import VIEW
from linli.registry.queries import sql

from . import selecting
from .conditions import CODED, All, Any_, Condition, Flag, Not, Test, fields_of
from .selecting import birthday, listed

KEPT = timedelta(seconds=300)
FEWEST = 30_000  # people below which the database answers quickly enough by itself
_MOST_SCOPES = 4  # about 25 MB each for a district
_CODES = tuple(name for name in CODED if name != "tag")
_FLAGS = ("lives_alone", "is_head", "has_id", "has_phone", "has_home")
_SCHEMA = {"area": pl.String, "birth": pl.Date, "household_size": pl.Int32} | dict.fromkeys(_CODES, pl.String) | dict.fromkeys(
    _FLAGS, pl.String
)  # fmt: skip
_kept: OrderedDict[tuple[Any, ...], tuple[datetime, pl.DataFrame]] = OrderedDict()
_reading: set[tuple[Any, ...]] = set()
_lock = threading.Lock()
log = structlog.get_logger("linli.intake")


@dataclass(frozen=True, slots=True)
class Told:
    """How many people meet a condition, and of when that is."""

    count: Count
    as_of: datetime


def count(actor: Actor, condition: Condition, area: str | None = None, on: date | None = None) -> Told:
    """How many people in the actor's areas meet a condition: from what is kept, else by the database, bounded.

    Raises ConditionInvalid, TagsWithheld.
    """
    held = sql.held(actor, VIEW, area)
    known = None if "tag" in fields_of(condition) else _known_frame(_key(actor, held))
    if known is None:
        return Told(selecting.count(actor, condition, area, on), clock.now())
    as_of, frame = known
    met = frame.lazy().select(_held(selecting.understood(condition), on or clock.today()).sum()).collect().item()
    return Told(Count(int(met or 0)), as_of)


def warm(actor: Actor, area: str | None = None) -> bool:
    """Read what counts over an area need, if it is wide and not kept; says whether it was read. Within a transaction."""
    held = sql.held(actor, VIEW, area)
    key = _key(actor, held)
    if _known_frame(key) is not None or not _many(held):
        return False
    now = clock.now()
    frame = _read(actor, held)
    with _lock:
        _kept[key] = (now, frame)
        while len(_kept) > _MOST_SCOPES:
            _kept.popitem(last=False)
    return True


def warm_beside(actor: Actor, area: str | None = None) -> None:
    """`warm` in a thread of its own, one at a time for a scope, so that nobody waits for it."""
    held = sql.held(actor, VIEW, area)
    key = (_key(actor, held), area)
    if _known_frame(key[0]) is not None or not _many(held):
        return
    with _lock:
        if key in _reading:
            return
        _reading.add(key)

    def read() -> None:
        try:
            with acting(actor):
                warm(actor, area)
        except Exception as error:  # the next question asks again; meanwhile the database answers
            log.warning("facets_not_read", error=type(error).__name__)
        finally:
            connections.close_all()
            with _lock:
                _reading.discard(key)

    threading.Thread(target=read, name="ledger-facets", daemon=True).start()


def _key(actor: Actor, held: tuple[str, ...]) -> tuple[Any, ...]:
    return (str(connection.settings_dict["NAME"]), held, actor.areas)


def _known_frame(key: tuple[Any, ...]) -> tuple[datetime, pl.DataFrame] | None:
    with _lock:
        return _known(key)


def _known(key: tuple[Any, ...]) -> tuple[datetime, pl.DataFrame] | None:
    found = _kept.get(key)
    if found is None:
        return None
    if clock.now() - found[0] >= KEPT:
        del _kept[key]
        return None
    _kept.move_to_end(key)
    return found


def _many(held: tuple[str, ...]) -> bool:
    params: dict[str, Any] = {"few": FEWEST}
    where = sql.ranges(held, "a.area_code", params)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM registry_person_area a WHERE {where} LIMIT %(few)s) x", params
        )
        (found,) = cursor.fetchone() or (0,)
    return int(found) >= FEWEST


def _read(actor: Actor, held: tuple[str, ...]) -> pl.DataFrame:
    """The columns of everybody listed in the areas held, through row-level security like any other read."""
    params: dict[str, Any] = {}
    flags = [f"CASE WHEN {selecting.FLAGS[name]} THEN '1' ELSE '' END" for name in _FLAGS if name != "lives_alone"]
    # Alone in a home, set by set: as a question for each person it would take longer than everything else.
    alone = (
        "CASE WHEN p.dwelling_id IS NOT NULL AND (l.low IS NULL OR (l.low = p.id::text AND l.high = p.id::text)) "
        "THEN '1' ELSE '' END"
    )
    statement = f"""
        SELECT a.area_code, p.birth, coalesce(s.members, 0), {", ".join(f"p.{name}" for name in _CODES)},
               {alone}, {", ".join(flags)}
        FROM registry_person_area a JOIN registry_person p ON p.id = a.person_id
        LEFT JOIN (SELECT household_id, count(*) AS members FROM registry_person
                   WHERE household_id IS NOT NULL GROUP BY 1) s ON s.household_id = p.household_id
        LEFT JOIN (SELECT dwelling_id, min(person_id::text) AS low, max(person_id::text) AS high
                   FROM registry_residence WHERE until IS NULL GROUP BY 1) l ON l.dwelling_id = p.dwelling_id
        WHERE {listed(actor, held, params)}
    """
    content = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)", params) as copy:
        for block in copy:
            content.write(block)
    content.seek(0)
    frame = (
        pl.read_csv(content, has_header=False, new_columns=list(_SCHEMA), schema=_SCHEMA)
        if content.getbuffer().nbytes
        else pl.DataFrame(schema=_SCHEMA)
    )
    return frame.with_columns(pl.col(*_CODES).cast(pl.Categorical), *(pl.col(name) == "1" for name in _FLAGS))


def expression(condition: Condition, on: date) -> pl.Expr:
    """A condition over the kept columns; the same as `selecting.Where` says in SQL."""
    match condition:
        case All(parts):
            return pl.all_horizontal(_held(p, on) for p in parts) if parts else pl.col("area").is_not_null()
        case Any_(parts):
            return pl.any_horizontal(_held(p, on) for p in parts) if parts else pl.col("area").is_null()
        case Not(part):
            return ~_held(part, on)
        case Flag(name):
            return pl.col(name)
        case Test():
            return _test(condition, on)


def _held(condition: Condition, on: date) -> pl.Expr:
    """What is not known does not hold."""
    return expression(condition, on).fill_null(False)


def _test(test: Test, on: date) -> pl.Expr:
    if test.op == "!=":
        return ~_test(Test(test.field, "=", test.values), on).fill_null(False)
    if test.field == "age":
        return _age(test, on)
    if test.field == "household_size":
        return _number(pl.col("household_size"), test)
    if test.field == "area":
        return pl.any_horizontal(pl.col("area").str.starts_with(str(code)) for code in test.values)
    return pl.col(test.field).is_in([str(v) for v in test.values])


def _age(test: Test, on: date) -> pl.Expr:
    born = pl.col("birth")

    def reached(age: int) -> pl.Expr:
        return born <= birthday(age, on)

    first = int(test.values[0])
    match test.op:
        case ">=":
            return reached(first)
        case ">":
            return reached(first + 1)
        case "<=":
            return born > birthday(first + 1, on)
        case "<":
            return born > birthday(first, on)
        case "between":
            return reached(first) & (born > birthday(int(test.values[1]) + 1, on))
        case _:
            return pl.any_horizontal(reached(int(v)) & (born > birthday(int(v) + 1, on)) for v in test.values)


def _number(column: pl.Expr, test: Test) -> pl.Expr:
    first = int(test.values[0])
    match test.op:
        case ">=":
            return column >= first
        case ">":
            return column > first
        case "<=":
            return column <= first
        case "<":
            return column < first
        case "between":
            return column.is_between(first, int(test.values[1]))
        case _:
            return column.is_in([int(v) for v in test.values])
