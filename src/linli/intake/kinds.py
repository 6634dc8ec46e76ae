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
from linli.registry.permissions import EXPORT, TAG_VIEW, THING_EXPORT, VIEW
from linli.registry.queries.person import visible_people
from linli.registry.things import merge as things
from linli.registry.things.kinds import KINDS as THING_KINDS
from linli.registry.things.kinds import ThingKind
from linli.registry.things.queries import visible_things
from linli.registry.ties import incoming as ties

from . import declared
from .fields import NAMES, PEOPLE, RELATIONS, TAGS, TIES

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
    """The rows of a merge, slice by slice and read as often as wanted, and where they come from.

    `areas`: those the batch may bring rows for.
    """

    rows: Iterable[pl.DataFrame]
    source: str
    uploader: Actor
    district: str
    batch_id: UUID
    observed_on: date
    areas: tuple[str, ...]
    report: Callable[[str, float], None] = lambda stage, share: None
    with_raw: Callable[[pl.DataFrame], pl.DataFrame] = lambda touched: touched


@dataclass(frozen=True, slots=True)
class TableKind:
    """A kind of table: what it is called, and how its checked rows are matched, merged and taken back.

    `undo` returns how many subjects it touched; `blockers` says what keeps a batch from being undone, and `visible` which
    of those the actor may be told; `elsewhere` which keys belong to what lies outside some areas, where rows of such
    may not be brought. `tied` says whom rows of relations and tags are about. `rights`: permissions that bringing such
    rows takes beyond those of an import; `compared`: whether two batches can be compared.
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
    tied: Callable[[pl.DataFrame, tuple[str, ...], str], pl.DataFrame] | None = None
    rights: tuple[str, ...] = ()
    compared: bool = True

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


def _match_ties(name: ties.Name, way: Way) -> Counts:
    return ties.match_ties(name, pl.concat(list(way.rows)), way.areas, way.district)


def _merge_ties(name: ties.Name, way: Way) -> Counts:
    return ties.merge_ties(
        name, pl.concat(list(way.rows)), areas=way.areas, source=way.source, batch_id=way.batch_id,
        uploader=way.uploader, district=way.district, report=way.report,
    )  # fmt: skip


def _of_ties(name: ties.Name, view: str) -> TableKind:
    return TableKind(
        name, *TIES[name], partial(_match_ties, name), partial(_merge_ties, name), partial(ties.undo_ties, name),
        partial(ties.undo_blockers, name), visible_people, view, EXPORT, tied=partial(ties.look_up, name),
        rights=(VIEW, ties.STATING[name]), compared=False,
    )  # fmt: skip


KINDS: dict[str, TableKind] = {
    PEOPLE: TableKind(
        PEOPLE, "人口", "People", _match_people, _merge_people, undo_people, undo_blockers, visible_people, VIEW, EXPORT
    ),
    **{kind.path: _of_things(kind) for kind in THING_KINDS.values()},
    RELATIONS: _of_ties("relations", VIEW),
    TAGS: _of_ties("tags", TAG_VIEW),
}


def declare(kind: TableKind, told: declared.Declared) -> None:
    """Take up a kind that a room above brings."""
    declared.declare(told)
    KINDS[kind.name] = kind


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


declared.load()
