"""What words of a sheet stand for: categories by code, name or as somebody said once; units by name or as said once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

import polars as pl

from linli.access.models import Unit
from linli.intake.checking.codes import NOTHING, word
from linli.kernel import clock

from ..categories.models import Category
from ..categories.rules import holds
from .models import CATEGORY, UNIT, CaseWord

#: Between the levels of a category as exports write a path: 城市管理-市容环境-暴露垃圾.
LEVELS = re.compile(r"[-—–>＞/／\\|→:：]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Per row: the id, and whether what is written is unknown or stands for something out of use."""

    id: pl.Series
    unknown: pl.Series
    closed: pl.Series


def categories(written: pl.Series, source: str, *, in_use: bool) -> Found:
    """The categories of a column. `in_use`: only those a case may be given today; one that was replaced counts as its
    successor. Else the one of that code or name, whatever became of it. Three queries."""
    rows = {c.id: c for c in Category.objects.all()}
    today, said = clock.today(), _said(source, CATEGORY)
    free = {id_ for id_, c in rows.items() if c.offered and not c.restricted_to and holds(c, today)}
    named: dict[str, set[UUID]] = {}
    for id_, category in rows.items():
        for name in (
            category.code,
            category.name,
            f"{category.code}{category.name}",
            f"{category.name}{category.code}",
        ):
            named.setdefault(word(name), set()).add(id_)

    def look(value: str) -> tuple[str | None, bool]:
        own = said.get(word(value))
        ways = [value, *reversed([part for part in LEVELS.split(value) if part.strip()])]
        for found in ({own} if own else set(), *(named.get(word(way), set()) for way in ways[:2])):
            usable = found & free or {now for id_ in found if (now := _now(id_, rows, free))}
            if in_use and len(usable) == 1:
                return str(next(iter(usable))), False
            if in_use and found and not usable:
                return None, True
            chosen = found if len(found) == 1 else found & free
            if not in_use and len(chosen) == 1:
                return str(next(iter(chosen))), False
        return None, False

    return _looked(written, look)


def units(written: pl.Series, source: str, district: str) -> Found:
    """The units of a column, by the name staff call them, with or without the district before it. Two queries."""
    said, named = _said(source, UNIT), dict[str, set[UUID]]()
    for id_, name in Unit.objects.values_list("id", "name"):
        for way in {word(name), word(name).removeprefix(word(district)), word(district) + word(name)}:
            if way:
                named.setdefault(way, set()).add(id_)

    def look(value: str) -> tuple[str | None, bool]:
        own = said.get(word(value))
        found = {own} if own else named.get(word(value), set())
        return (str(next(iter(found))), False) if len(found) == 1 else (None, False)

    return _looked(written, look)


def _now(id_: UUID, rows: dict[UUID, Category], free: set[UUID]) -> UUID | None:
    """What took the place of a category that is out of use."""
    seen: set[UUID] = set()
    here: UUID | None = id_
    while here is not None and here not in seen and here in rows:
        if here in free:
            return here
        seen.add(here)
        here = rows[here].superseded_by_id
    return None


def _said(source: str, what: str) -> dict[str, UUID]:
    return dict(CaseWord.objects.filter(source_code=source, what=what).values_list("written", "target_id"))


def _looked(written: pl.Series, look: Callable[[str], tuple[str | None, bool]]) -> Found:
    distinct = written.drop_nulls().unique()
    values: Iterable[str] = distinct.to_list()
    told = [(None, False, False) if word(v) in NOTHING else (*look(v), True) for v in values]
    ids = pl.Series([id_ for id_, _, _ in told], dtype=pl.String)
    closed = pl.Series([out for _, out, _ in told], dtype=pl.Boolean)
    unknown = pl.Series([asked and id_ is None and not out for id_, out, asked in told], dtype=pl.Boolean)

    def column(found: pl.Series, default: bool | None, kind: type[pl.DataType]) -> pl.Series:
        return written.replace_strict(distinct, found, default=default, return_dtype=kind)

    return Found(
        column(ids, None, pl.String),
        column(unknown, False, pl.Boolean).fill_null(False),
        column(closed, False, pl.Boolean).fill_null(False),
    )
