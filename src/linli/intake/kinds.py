"""What a kind of table needs beyond its fields and checks: its way into the base and back.

Everything else of a batch (reading, mapping, findings, states, progress, files) is the same for all kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import polars as pl

from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, Text
from linli.registry.merge import Blocker, match_people, merge_people, undo_blockers, undo_people
from linli.registry.permissions import EXPORT, THING_EXPORT, VIEW
from linli.registry.queries.person import visible_people
from linli.registry.things import merge as things
from linli.registry.things.kinds import KINDS as THING_KINDS
from linli.registry.things.kinds import ThingKind
from linli.registry.things.queries import visible_things

from .fields import NAMES, PEOPLE

UNKNOWN = Text("没有这种表格。", "There is no such kind of table.")


class Counts(Protocol):
    """What every merge and its foretelling count; each kind adds its own."""

    @property
    def rows(self) -> int: ...
    @property
    def unchanged(self) -> int: ...
    @property
    def in_review(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Way:
    """The rows of a merge, slice by slice and read as often as wanted, and where they come from."""

    rows: Iterable[pl.DataFrame]
    source: str
    uploader: Actor
    district: str
    batch_id: UUID
    observed_on: date
    report: Callable[[str, float], None] = lambda stage, share: None
    with_raw: Callable[[pl.DataFrame], pl.DataFrame] = lambda touched: touched


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: what it is called, and how its checked rows are matched, merged and taken back.

    `undo` returns how many subjects it touched; `blockers` says what keeps a batch from being undone, and `visible` which
    of those the actor may be told; `elsewhere` which keys belong to what lies outside some areas, where rows of such
    may not be brought.
    """

    name: str
    zh: str
    en: str
    match: Callable[[Way], Counts]
    merge: Callable[[Way], Counts]
    undo: Callable[[UUID, Actor, str], int]
    blockers: Callable[[UUID, str], list[Blocker]]
    visible: Callable[[Actor, list[UUID]], list[UUID]]
    view: str  # permission to see what the registry holds of the kind
    export: str  # and to take it out as a workbook
    elsewhere: Callable[[pl.Series, tuple[str, ...], str], pl.Series] | None = None

    def label(self, language: str) -> str:
        """What it is called in a language."""
        return self.en if language.startswith("en") else self.zh


def _match_people(way: Way) -> Counts:
    return match_people(way.rows, way.source, way.uploader, way.district)


def _merge_people(way: Way) -> Counts:
    return merge_people(
        way.rows, source=way.source, batch_id=way.batch_id, uploader=way.uploader, district=way.district,
        observed_on=way.observed_on, report=way.report, with_raw=way.with_raw,
    )  # fmt: skip


def _match_things(kind: ThingKind, way: Way) -> Counts:
    return things.match_things(kind, pl.concat(list(way.rows)), way.source, way.uploader, way.district)


def _merge_things(kind: ThingKind, way: Way) -> Counts:
    return things.merge_things(
        kind, pl.concat(list(way.rows)), source=way.source, batch_id=way.batch_id, uploader=way.uploader, district=way.district,
        report=way.report, with_raw=way.with_raw,
    )  # fmt: skip


def _of_things(kind: ThingKind) -> TableKind:
    return TableKind(
        kind.path, kind.zh, kind.en, partial(_match_things, kind), partial(_merge_things, kind),
        partial(things.undo_things, kind), things.undo_blockers, partial(visible_things, kind),
        kind.view, THING_EXPORT, partial(things.keys_elsewhere, kind),
    )  # fmt: skip


KINDS: dict[str, TableKind] = {
    PEOPLE: TableKind(
        PEOPLE, "人口", "People", _match_people, _merge_people, undo_people, undo_blockers, visible_people, VIEW, EXPORT
    ),
    **{kind.path: _of_things(kind) for kind in THING_KINDS.values()},
}


def of(name: str) -> TableKind:
    """A kind by its name. Raises Invalid for one there is not."""
    if name not in KINDS:
        raise Invalid(fields=(FieldProblem("kind", "unknown", UNKNOWN),))
    return KINDS[name]


def holding(fields: Iterable[str], guessed: str) -> str:
    """The kind whose tables have all these fields: the guessed one where it does, else the first that does."""
    asked = frozenset(fields)
    return next((kind for kind in (guessed, *KINDS) if NAMES[kind] >= asked), guessed)


def listed(language: str) -> list[dict[str, Any]]:
    """Every kind with its label, people first."""
    return [{"name": kind.name, "label": kind.label(language)} for kind in KINDS.values()]
