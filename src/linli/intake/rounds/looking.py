"""What stands in a return: its rows to complete, its differences, and the file of a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import polars as pl

from linli.access import reads
from linli.kernel import area_names, files, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.masking import mask_id, mask_phone, mask_secret
from linli.kernel.paging import Count, Page
from linli.kernel.scope import acting
from linli.kernel.texts import check_printable

from ..ledgers import custom
from ..ledgers.columns import Bindable
from ..ledgers.fill import Order, fill
from ..ledgers.rows import AREA
from . import differences, freezing, lineage, queries, rules
from .asking import KEY, LABEL, AskedRow, Asking, keeper
from .desks import check_sees, seen
from .differences import Kind
from .models import Return, ReturnVersion

#: No table is so long; what a cursor says beyond it is made up.
FURTHEST = 10**9


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows to complete: the form's columns by label, and the rows."""

    columns: tuple[Bindable, ...]
    page: Page[AskedRow]


@dataclass(frozen=True, slots=True)
class Changed:
    """A cell that changed, numbers masked."""

    field: str
    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Different:
    """A row that is different: `changes` are its cells, for those who came or went what stands in their row."""

    key: str
    label: str
    area_name: str
    kind: Kind
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """Differences of a return from an earlier version; `against` names that (None: there is none)."""

    against: ReturnVersion | None
    period: str
    counts: dict[str, int]
    page: Page[Different]


def rows(
    actor: Actor, return_id: UUID, *, every: bool = False, person: UUID | None = None, cursor: str | None = None, limit: int | None = None,
    language: str = "zh-CN",
) -> Rows:  # fmt: skip
    """The rows of a return that ask something of the actor, or `every` one. Raises NotFound."""
    size, after = paging.limit(limit), _place(paging.decode(cursor, 3))
    owner = queries.find(actor, return_id)
    held = seen(actor, owner)
    asking = Asking(owner.round, language)
    found = asking.page(owner.area_code, held, every=every, person=person, after=after, most=size + 1) if held else []
    shown = found[:size]
    following = paging.encode(shown[-1].place) if len(found) > size else None
    counted = asking.count(owner.area_code, held) if held else Count(0)
    reads.note("list", "return.rows", subject_id=return_id, area=owner.area_code, count=len(shown))
    return Rows(told(actor, asking.columns, owner.area_code), Page(shown, following, counted))


def told(actor: Actor, columns: Sequence[Bindable], area: str) -> tuple[Bindable, ...]:
    """The columns of which an actor may see what they hold. One query, if any field is custom."""
    kept = custom.withheld(actor, columns)
    return tuple(b for b in columns if b.name not in kept and (b.permission is None or actor.may(b.permission, area)))


def compared(
    actor: Actor, return_id: UUID, *, against: str, kind: Kind, number: int | None = None, cursor: str | None = None,
    limit: int | None = None, language: str = "zh-CN",
) -> Compared:  # fmt: skip
    """How a return as it is now, or a version of it, differs from the one accepted last `round`, or the one that was
    `returned`. Raises NotFound, Forbidden, TagsWithheld."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    if number is not None:
        owner, later = queries.version(actor, return_id, number)
    else:
        owner, later = queries.find(actor, return_id, whole=True), None
    check_sees(actor, owner)
    if later is None and owner.state in rules.SENT:
        later = lineage.last_version(owner)
    earlier = _earlier(owner, later, against)
    nothing: Page[Different] = Page([], None, Count(0))
    if earlier is None:
        return Compared(None, "", {}, nothing)
    # Versions are frozen in the form's own language: read in another, every 男 would have become a Male.
    asking = Asking(owner.round)
    now = freezing.all_rows(later) if later else _as_it_is(asking, owner)
    columns = {b.name: b for b in told(actor, asking.columns, owner.area_code)}
    before = freezing.who_now(freezing.all_rows(earlier))
    found = differences.compare(before, freezing.who_now(now), KEY, (AREA, KEY), tuple(columns))
    frame, start = found.frames[kind], _offset(after)
    piece = frame.slice(start, size)
    names = area_names.names_of(piece[AREA].to_list())
    shown = [
        Different(
            key=row[KEY],
            label=row[LABEL] or "",
            area_name=names[row[AREA]],
            kind=kind,
            changes=_cells(found, row, columns, kind, language),
        )
        for row in piece.iter_rows(named=True)
    ]
    following = paging.encode((start + size,)) if frame.height > start + size else None
    reads.note("list", "return.differences", subject_id=return_id, area=owner.area_code, count=len(shown))
    period = earlier.owner.round.period
    return Compared(earlier, period, found.counts, Page(shown, following, Count(frame.height)))


def _place(after: Sequence[object] | None) -> tuple[str, str, UUID] | None:
    if not after:
        return None
    area, order, last = map(str, after)
    try:
        return area, order, UUID(last)
    except ValueError:
        raise Invalid(reason="cursor") from None


def _offset(after: Sequence[object] | None) -> int:
    if not after:
        return 0
    (start,) = after
    if not isinstance(start, int) or not 0 <= start < FURTHEST:
        raise Invalid(reason="cursor")
    return start


def _earlier(owner: Return, later: ReturnVersion | None, against: str) -> ReturnVersion | None:
    if against == "round":
        return lineage.accepted_before(owner)
    return lineage.last_version(owner) if later is None else lineage.numbered(owner, later.number - 1)


def _as_it_is(asking: Asking, owner: Return) -> pl.DataFrame:
    with acting(keeper()):
        taken = asking.take(owner.area_code)
        return freezing.together(
            [taken.frame, freezing.of_versions(lineage.versions_below(lineage.reporting_to(owner)), taken.fields)],
            taken.fields,
        )


def _cells(
    found: differences.Differences, row: dict[str, str | None], columns: dict[str, Bindable], kind: Kind, language: str
) -> tuple[Changed, ...]:
    if kind == "changed":
        cells = found.changes(row)
    else:
        held = [(name, row.get(name)) for name in columns]
        cells = [(n, None, v) if kind == "added" else (n, v, None) for n, v in held if v is not None]
    return tuple(
        Changed(name, columns[name].label(language), _masked(columns[name], old), _masked(columns[name], new))
        for name, old, new in cells
    )


def _masked(column: Bindable, value: str | None) -> str | None:
    match column.render:
        case "id":
            return mask_id(value)
        case "phone":
            return mask_phone(value)
        case "secret":
            return mask_secret(value)
        case _:
            return value


def write_file(
    actor: Actor, return_id: UUID, number: int, target: Path, *, purpose: str, full: bool, language: str
) -> str:
    """Write the form of a version, as it was submitted whatever the base says now; returns a name for the file.

    Raises Invalid, NotFound, Forbidden, PurposeMissing, and kinds of LedgerProblem (TagsWithheld among them).
    """
    check_printable(purpose=purpose)
    owner, found = queries.version(actor, return_id, number)
    check_sees(actor, owner)
    round_ = owner.round
    order = Order(
        area=owner.area_code, binding=Asking(round_).binding, on=round_.as_of, masked=not full, empty=True,
        purpose=purpose, language=language, filename=round_.template_name,
        supply=freezing.Frozen(actor, freezing.where_now(freezing.all_rows(found), owner.area_code)),
    )  # fmt: skip
    with files.opened(round_.template_id, ".xlsx") as template:
        fill(actor, template, target, order)
    name = area_names.names_of([owner.area_code])[owner.area_code]
    return f"{round_.form_name}-{round_.period}-{name}-{number}.xlsx"
