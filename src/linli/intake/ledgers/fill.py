"""Filling a department's own workbook: bound, selected, written row by row, told of in a cover note, and logged."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from linli.access import reads
from linli.kernel import area_names, clock, files
from linli.kernel.actors import Actor
from linli.kernel.scope import acting
from linli.registry.problems import PurposeMissing

from ..permissions import LEDGER_FILL
from . import binding as bindings
from . import condition_words, custom, forms, selecting, xlsx_rows
from .binding import Binding
from .columns import AREAS, PERMISSION, SEALED, Bindable
from .condition_text import from_text
from .conditions import EVERYBODY
from .cover import Facts, cover_xml, sources_xml
from .coverage import Coverage
from .problems import Nobody, Note, NothingBound, TooManyForms, TooManyRows
from .rows import Live, Piece, Supply, Wanted
from .skeleton import DateShape, date_shape, make_ready
from .template import Layout, Template, open_template
from .villages import Target, targets

_NOT_ASKED = ("没有要求填完整号码", "full numbers were not asked for")
_NOT_SHOWN = ("领取人无权查看完整号码", "who takes it may not see them in full")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `masked`: numbers are masked; only where that is off, and with a purpose, do those the
    actor may see stand in full. `empty`: a ledger of nobody is wanted;
    `most`: rows beyond which it is refused. `supply`: where the rows come from, if not from the base as it is now."""

    area: str
    binding: Binding | None = None
    where: str = ""
    on: date | None = None
    masked: bool = True
    empty: bool = False
    purpose: str = ""
    language: str = "zh"
    filename: str = ""
    most: int | None = None
    supply: Supply | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of it."""

    rows: int
    sheets: tuple[str, ...]
    binding: Binding
    coverage: Coverage
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Work:
    actor: Actor
    order: Order
    template: Template
    binding: Binding
    bound: dict[str, Bindable]
    wanted: Wanted
    coverage: Coverage
    report: Callable[[float], None]
    expected: int
    supply: Supply
    notes: list[Note] = field(default_factory=list)
    done: int = 0

    @property
    def renders(self) -> dict[str, str]:
        return {b.name: b.render for b in self.wanted.columns}


def look(path: Path, filename: str | None = None, subject: str | None = None) -> tuple[Template, Binding]:
    """A template and the binding proposed for it. Raises kinds of UnreadableFile and LedgerProblem."""
    template = open_template(path, bindings.is_known, filename)
    names = template.names
    return template, bindings.propose(names, subject or bindings.guess_subject(names))


def bind(path: Path, filename: str | None = None, subject: str | None = None) -> Binding:
    """The binding proposed for a template. Raises kinds of UnreadableFile and LedgerProblem."""
    return look(path, filename, subject)[1]


def fill(
    actor: Actor, path: Path, target: Path, order: Order, report: Callable[[float], None] = lambda share: None
) -> Filled:
    """Fill a template into `target`, whole or not at all.

    Raises Forbidden, PurposeMissing, kinds of UnreadableFile and LedgerProblem. What goes out is in the read log before it does.
    """
    area = _area(order.area)
    actor.require(LEDGER_FILL, area)
    if not order.masked and not order.purpose.strip():
        raise PurposeMissing()
    template = open_template(path, bindings.is_known, order.filename or path.name)
    given = order.binding
    if given is None:
        given = bindings.propose(template.names, bindings.guess_subject(template.names))
        given = custom.with_custom(given, custom.offered(actor))
    bound = bindings.fit(given, template.names, template.book.sheetnames)
    actor.require(PERMISSION[bound.subject], area)
    draft = target.with_name(f".{target.name}.draft")
    try:
        with acting(actor), files.scratch() as folder:
            filled = _fill(actor, template, bound, replace(order, area=area), folder, draft, report)
            _log(actor, area, order, filled)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return filled


def _area(code: str) -> str:
    """The area as it is now, where its code was changed."""
    return area_names.going_by(code)[-1]


def _fill(
    actor: Actor, template: Template, binding: Binding, order: Order, folder: Path, draft: Path,
    report: Callable[[float], None],
) -> Filled:  # fmt: skip
    condition = from_text(order.where or binding.where)
    if condition != EVERYBODY:
        condition = selecting.understood(actor, condition)
    notes = list(template.notes)
    bound = _bound(actor, template, binding, order.area, notes)
    fields = tuple({b.name: b for b in bound.values()}.values())
    wanted = Wanted(
        binding.subject, fields, order.area, condition, order.on, order.masked, order.language,
        _written(template, order.language),
    )  # fmt: skip
    chosen = targets(actor, template, binding, order.area, notes)
    supply = order.supply or Live(actor)
    counts = _counts(supply, template, chosen, wanted, order)
    everyone = sum(counts.values())
    if len(chosen) > 1 and (left := supply.total(wanted) - everyone) > 0:
        notes.append(Note("intake.ledger.outside_sheets", {"rows": left}))
    coverage = Coverage.of_columns(fields, order.language)
    work = _Work(actor, order, template, binding, bound, wanted, coverage, report, max(everyone, 1), supply, notes)
    skeleton = folder / "skeleton.xlsx"
    named = area_names.names_of([t.area for t in chosen])
    models = make_ready(template, {t.layout.sheet: named[t.area] for t in chosen}, wanted.day, bound, order.language)
    template.book.save(skeleton)
    _write(work, chosen, models, skeleton, draft)
    return Filled(coverage.rows, tuple(t.layout.sheet for t in chosen), binding, coverage, tuple(notes))


def _written(template: Template, language: str) -> str:
    """The language of the form itself: a department's Chinese form says 男 and 是, whoever fills it and in what language
    the cover note is read."""
    return "zh" if any("\u4e00" <= sign <= "\u9fff" for name in template.names for sign in name) else language


def _bound(actor: Actor, template: Template, binding: Binding, area: str, notes: list[Note]) -> dict[str, Bindable]:
    """What fills each column; notes tell of those that stay empty and why. Raises NothingBound."""
    bound: dict[str, Bindable] = {}
    known = custom.resolved(binding.subject, filter(None, binding.columns.values()))
    withheld = custom.withheld(actor, known.values())
    for name in template.names:
        found = known.get(binding.columns.get(name) or "")
        if found is not None and (
            found.name in withheld or (found.permission and not actor.may(found.permission, area))
        ):
            notes.append(Note("intake.ledger.column_withheld", {"column": name}))
        elif found is not None:
            bound[name] = found
            if found.retired is not None:
                told: dict[str, str | int] = {"column": name, "day": found.retired.isoformat()}
                notes.append(Note("intake.ledger.column_retired", told))
        elif name not in binding.constants:
            held = bindings.held_nowhere(name, binding.subject)
            notes.append(Note(f"intake.ledger.column_{'not_held' if held else 'unbound'}", {"column": name}))
    if not any(b.render != "serial" for b in bound.values()) and not binding.constants:
        raise NothingBound()
    return bound


def _counts(
    supply: Supply, template: Template, chosen: list[Target], wanted: Wanted, order: Order
) -> dict[str, int]:  # fmt: skip
    """How many rows each sheet gets. Each area is counted once, and nothing after the first bound that is passed."""
    of_area: dict[str, int] = {}
    counts: dict[str, int] = {}
    for target in chosen:
        if target.area not in of_area:
            of_area[target.area] = supply.total(replace(wanted, area=target.area))
        layout = target.layout
        count = counts[layout.sheet] = of_area[target.area]
        everyone = sum(counts.values())
        if order.most is not None and everyone > order.most:
            raise TooManyRows(rows=everyone, most=order.most)
        if layout.form and count > (most := forms.most(template.book[layout.sheet], layout)):
            raise TooManyForms(rows=count, most=most)
        if count > (most := xlsx_rows.MOST_SHEET_ROWS - layout.body_first - 100):
            raise TooManyRows(rows=count, most=most)
    if not any(counts.values()) and not order.empty:
        raise Nobody()
    return counts


def _write(work: _Work, chosen: list[Target], models: Mapping[str, int], skeleton: Path, draft: Path) -> None:
    with zipfile.ZipFile(skeleton) as archive:
        parts = xlsx_rows.parts_of(archive)
        texts = {name: xlsx_rows.SheetText.read(archive.read(part).decode()) for name, part in parts.items()
                 if name in models or name in {t.layout.sheet for t in chosen} or name in work.template.book.sheetnames[-2:]}  # fmt: skip
        workbook = archive.read("xl/workbook.xml").decode()
    cover, sources = work.template.book.sheetnames[-2:]
    bodies: dict[str, xlsx_rows.Body] = {}
    sheets: dict[str, Callable[[], Any]] = {}
    for target in chosen:
        name = target.layout.sheet
        make = _forms if target.layout.form else _table
        sheets[parts[name]] = partial(make, work, target, texts[name], models.get(name, 0), bodies)
    lines: list[pl.DataFrame] = []

    def told() -> Iterator[str]:
        lines.append(work.coverage.finish(work.order.language))
        _masked_notes(work)
        yield from cover_xml(texts[cover], _facts(work), work.coverage, work.notes, sources, work.order.language)

    sheets[parts[cover]] = told
    sheets[parts[sources]] = lambda: sources_xml(texts[sources], lines[0], _facts(work).counted, work.order.language)
    sheets["xl/workbook.xml"] = lambda: [_moved_names(workbook, work.template.book.sheetnames, bodies)]
    # Nobody else's from its first byte on, whatever the umask.
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    xlsx_rows.write(skeleton, draft, sheets)


def _values(work: _Work, layout: Layout, piece: Piece, shapes: Mapping[str, DateShape]) -> dict[str, pl.Series]:
    """What stands in the columns of a sheet, by their names."""
    shown = {}
    for name in layout.names:
        found = work.bound.get(name)
        if found is not None and found.render != "serial":
            shown[name] = _dated(piece.values[found.name], shapes.get(name), work.template.book.epoch.date())
        elif name in work.binding.constants:
            shown[name] = pl.Series([work.binding.constants[name]], dtype=pl.String).new_from_index(
                0, piece.values.height
            )
    return shown


def _dated(values: pl.Series, shape: DateShape | None, epoch: date) -> pl.Series:
    """Days as texts, or as days since the workbook's own epoch (1899-12-30, or 1904; ECMA-376 part 1, 18.17.4.1)."""
    if values.dtype != pl.Date:
        return values
    if shape is None or shape.pattern is None:
        return (values - epoch).dt.total_days()
    return values.dt.to_string(shape.pattern)


def _shapes(work: _Work, layout: Layout, model: int) -> dict[str, DateShape]:
    sheet = work.template.book[layout.sheet]
    shapes = {}
    if layout.form:
        for place in layout.places:
            shapes[place.name] = DateShape(date_shape(place.name, None, None).pattern)
    for column in layout.columns:
        example = layout.examples.get(column.index)
        shapes[column.name] = date_shape(column.name, example, sheet.cell(model, column.index))
    return shapes


def _through(work: _Work, area: str) -> Iterator[Piece]:
    for piece in work.supply.pieces(replace(work.wanted, area=area)):
        yield piece
        work.done += piece.values.height
        work.report(min(work.done / work.expected, 1.0))


def _table(
    work: _Work, target: Target, text: xlsx_rows.SheetText, model: int, bodies: dict[str, xlsx_rows.Body]
) -> Iterator[str]:
    layout = target.layout
    letters = {c.name: forms.letters(c.index) for c in layout.columns}
    serials = tuple(letters[c.name] for c in layout.columns if (b := work.bound.get(c.name)) and b.render == "serial")
    shapes = _shapes(work, layout, model)
    place = layout.body_first

    def frames() -> Iterator[pl.DataFrame]:
        nonlocal place
        for piece in _through(work, target.area):
            rows = piece.values.height
            work.coverage.add(piece, work.renders, layout.sheet, range(place, place + rows))
            place += rows
            shown = _values(work, layout, piece, shapes)
            yield (
                pl.DataFrame({letters[name]: values for name, values in shown.items()})
                if shown
                else pl.DataFrame({"#rows": range(rows)})
            )

    own = {cell.letters: cell for cell in xlsx_rows.model_cells(text, model)}
    for letter in letters.values():
        own.setdefault(letter, xlsx_rows.ModelCell(letter, "0"))
    cells = tuple(own[letter] for letter in sorted(own, key=lambda c: (len(c), c)))
    if model > layout.body_last:
        text = replace(text, rows={n: r for n, r in text.rows.items() if n != model})
    stretch = xlsx_rows.Stretch(text, layout.body_first, layout.body_last, model, frames(), serials, cells)
    yield from stretch.xml()
    bodies[layout.sheet] = stretch.body()
    _sheet_notes(work, layout, stretch.count)


def _forms(
    work: _Work, target: Target, text: xlsx_rows.SheetText, model: int, bodies: dict[str, xlsx_rows.Body]
) -> Iterator[str]:
    layout = target.layout
    shapes = _shapes(work, layout, model)
    counted = 0
    repeated = forms.Repeated(text, layout, ())

    def people() -> Iterator[Mapping[str, str | None]]:
        nonlocal counted
        for piece in _through(work, target.area):
            rows = piece.values.height
            places = [repeated.row_of(counted + i) for i in range(rows)]
            work.coverage.add(piece, work.renders, layout.sheet, places)
            shown = _values(work, layout, piece, shapes)
            serial = [name for name in layout.names if (b := work.bound.get(name)) and b.render == "serial"]
            for row in range(rows):
                counted += 1
                told = {name: forms.told(values[row]) for name, values in shown.items()}
                yield told | {name: str(counted) for name in serial}

    repeated.people = people()
    yield from repeated.xml()
    for row in layout.lists:
        work.notes.append(Note("intake.ledger.list_not_filled", {"sheet": layout.sheet, "row": row}))
    _sheet_notes(work, layout, counted)


def _sheet_notes(work: _Work, layout: Layout, count: int) -> None:
    if layout.replaced:
        work.notes.append(Note("intake.ledger.rows_replaced", {"sheet": layout.sheet, "rows": layout.replaced}))
    if not count:
        work.notes.append(Note("intake.ledger.sheet_empty", {"sheet": layout.sheet}))


def _masked_notes(work: _Work) -> None:
    columns = {b.name: name for name, b in reversed(work.bound.items())}
    for column in work.coverage.columns.values():
        if column.masked:
            why = _NOT_ASKED if work.order.masked else _NOT_SHOWN
            told: dict[str, str | int] = {"column": columns.get(column.name, column.label), "rows": column.masked}
            told |= {"why_zh": why[0], "why_en": why[1]}
            work.notes.append(Note("intake.ledger.column_masked", told))


def _facts(work: _Work) -> Facts:
    order, actor = work.order, work.actor
    return Facts(
        name=Path(order.filename).stem,
        area=area_names.names_of([order.area])[order.area],
        day=work.wanted.day.isoformat(),
        where=condition_words.in_words(actor, [order.where or work.binding.where], order.language)[0],
        rows=work.coverage.rows,
        taken_by=f"{actor.extra.get('viewer_name', actor.name)} {actor.unit_name}".strip(),
        taken_at=clock.now().astimezone(clock.LOCAL),
        purpose=order.purpose,
        counted=work.binding.subject == AREAS,
    )


def _moved_names(workbook: str, sheets: list[str], bodies: Mapping[str, xlsx_rows.Body]) -> str:
    """Areas of printing and filters follow the rows; names are kept by the position of their sheet."""

    def moved(found: re.Match[str]) -> str:
        body = bodies.get(sheets[int(found[2])]) if int(found[2]) < len(sheets) else None
        if body is None:
            return found[0]
        ranged = re.sub(
            r"\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)",
            lambda r: f"${r[1]}${body.at(int(r[2]))}:${r[3]}${body.until(int(r[4]))}",
            found[4],
        )
        return f'<definedName{found[1]}localSheetId="{found[2]}"{found[3]}>{ranged}</definedName>'

    return re.sub(r'<definedName([^>]*?)localSheetId="(\d+)"([^>]*)>(.*?)</definedName>', moved, workbook)


def _log(actor: Actor, area: str, order: Order, filled: Filled) -> None:
    """What was taken out, and how many numbers of it in full. Without the entry no file is given."""
    purpose = order.purpose.strip()
    reads.note("export", "ledger", area=area, count=filled.rows, purpose=purpose)
    for column in filled.coverage.columns.values():
        clear = column.filled - column.masked
        if column.render in SEALED and clear:
            reads.note("reveal", f"ledger.{column.name}", area=area, count=clear, purpose=purpose)
