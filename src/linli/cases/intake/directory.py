"""What words of a sheet stand for: categories by code or name, units by name, and only what nothing is called as somebody said
once: a remembered word never takes the place of a real name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

import polars as pl

from linli.access.models import Unit
from linli.intake.checking.codes import NOTHING, word
from linli.kernel import clock

from ..categories.models import Category
from ..categories.rules import holds
from .models import CATEGORY, UNIT, CaseWord

#: So many of what a word may mean are named.
CANDIDATES = 4
#: Between the levels of a category as exports write a path: 城市管理-市容环境-暴露垃圾.
LEVELS = re.compile(r"[-—–>＞/／\\|→:：]+")


#: Why a word gives no id: nobody knows it, it is out of use, it may mean several, or its matters are for restricted readers alone.
Why = Literal["unknown", "closed", "ambiguous", "restricted"]
Looked = tuple[str | None, Why | None]


@dataclass(frozen=True, slots=True)
class Found:
    """Per row: the id, or why there is none (`Why`); neither where nothing is written. `meant`: by ambiguous word what it may mean."""

    id: pl.Series
    why: pl.Series
    meant: Mapping[str, tuple[Category, ...]] = field(default_factory=dict)


def categories(written: pl.Series, source: str, *, in_use: bool) -> Found:
    """The categories of a column. `in_use`: only those a case may be given today; one that was replaced counts as its
    successor. Else the one of that code or name, whatever became of it. Two queries."""
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

    meant: dict[str, tuple[Category, ...]] = {}

    def look(value: str) -> Looked:
        exact, own = named.get(word(value), set()), said.get(word(value))
        last = [part for part in LEVELS.split(value) if part.strip()][-1:]
        closed, several = False, set[UUID]()
        for found in (exact, {own} if own in rows else set(), *(named.get(word(part), set()) for part in last)):
            if found and all(rows[id_].restricted_to for id_ in found):
                return None, "restricted"
            usable = (found & free or {now for id_ in found if (now := _now(id_, rows, free))}) if in_use else found
            chosen = usable if len(usable) == 1 else usable & free
            if len(chosen) == 1:
                return str(next(iter(chosen))), None
            several = several or (chosen or usable if len(usable) > 1 else set())
            closed = closed or bool(found and not usable)
            if closed and found is not exact:
                break
        if several:
            meant[value] = tuple(sorted((rows[id_] for id_ in several), key=lambda c: (c.kind, c.code)))[:CANDIDATES]
            return None, "ambiguous"
        return None, "closed" if closed else "unknown"

    return replace(_looked(written, look), meant=meant)


def units(written: pl.Series, source: str, district: str) -> Found:
    """The units of a column, by the name staff call them, with or without the district before it. Two queries."""
    said, named = _said(source, UNIT), dict[str, set[UUID]]()
    names = dict(Unit.objects.values_list("id", "name"))
    for id_, name in names.items():
        for way in {word(name), word(name).removeprefix(word(district)), word(district) + word(name)}:
            if way:
                named.setdefault(way, set()).add(id_)

    def look(value: str) -> Looked:
        found, own = named.get(word(value), set()), said.get(word(value))
        if len(found) != 1 and own in names:
            return str(own), None
        return (str(next(iter(found))), None) if len(found) == 1 else (None, "unknown")

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


def _looked(written: pl.Series, look: Callable[[str], Looked]) -> Found:
    """Each distinct word is looked up once."""
    distinct = written.drop_nulls().unique()
    told: list[Looked] = [(None, None) if word(value) in NOTHING else look(value) for value in distinct.to_list()]
    ids, whys = (
        written.replace_strict(distinct, pl.Series(column, dtype=pl.String), default=None, return_dtype=pl.String)
        for column in ([id_ for id_, _ in told], [why for _, why in told])
    )
    return Found(ids, whys)
