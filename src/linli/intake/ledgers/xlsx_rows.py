"""Many rows into a workbook that is otherwise as it was: the sheet's own XML is kept before and after its body, and the
body is written as a stream of rows in the styles of one model row (ECMA-376 part 1, 18.3.1).

openpyxl holds about 500 bytes a cell, XlsxWriter cannot start from a template: 540,000 rows of ten columns need neither.
It works on what openpyxl saves (one element a cell, no prefixes), which is why templates pass through openpyxl first.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import polars as pl

LONGEST_CELL = 32_767  # characters; ECMA-376 leaves it open, Excel does not
LEVEL = 2  # of compression: sheets of people shrink to a tenth already
MOST_SHEET_ROWS = 1_048_576
# Characters XML 1.0 cannot hold, and Excel's own escape for them, which must not be read as one.
_ILLEGAL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]"
_ESCAPED = r"_x([0-9A-Fa-f]{4})_"
#: what a spreadsheet might take for a formula when a table is saved as text and opened again
RISKY = ("=", "+", "-", "@", "\t", "\r")
_ROW = re.compile(r"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.S)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
# A cell of this sheet; one of another (Sheet2!A5) stays as it is.
_OWN = r"(?<![A-Za-z0-9_.!$:])"
_REFERENCE = re.compile(_OWN + r"(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(?![\d(A-Za-z_!])")
_RANGE = re.compile(_OWN + r"(\$?[A-Z]{1,3}\$?\d{1,7}):(\$?[A-Z]{1,3}\$?\d{1,7})(?![\d(A-Za-z_!])")


@dataclass(frozen=True, slots=True)
class ModelCell:
    """A cell of the model row: its column, the style it gives, and its own formula if it has one."""

    letters: str
    style: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class SheetText:
    """A saved sheet taken apart: the XML before its rows, the rows by number, the XML after them."""

    head: str
    rows: dict[int, tuple[str, str]]  # number -> attributes, cells
    tail: str

    @classmethod
    def read(cls, xml: str) -> SheetText:
        """Take a sheet's XML apart. Raises ValueError for one that has no rows element."""
        begin = re.search(r"<sheetData\s*/>|<sheetData>", xml)
        if begin is None:
            raise ValueError("no sheetData")
        if begin[0].endswith("/>"):
            return cls(xml[: begin.start()], {}, xml[begin.end() :])
        end = xml.index("</sheetData>", begin.end())
        rows = {}
        for found in _ROW.finditer(xml, begin.end(), end):
            number = re.search(r'\br="(\d+)"', found[1])
            if number:
                rows[int(number[1])] = (found[1], found[2] or "")
        return cls(xml[: begin.start()], rows, xml[end + len("</sheetData>") :])


@dataclass(frozen=True, slots=True)
class Body:
    """Where the rows go: `first` to `last` of the sheet are replaced (none where last < first), `model` lends its styles.

    Once `count` rows stand there, `at` and `until` say where a row of the sheet has gone.
    """

    first: int
    last: int
    count: int

    @property
    def shift(self) -> int:
        """By how much what lies below moves."""
        return self.count - (self.last - self.first + 1)

    def at(self, row: int) -> int:
        """Where a range that begins in `row` begins now."""
        if row < self.first:
            return row
        return self.first if row <= self.last else row + self.shift

    def until(self, row: int) -> int:
        """Where a range that ends in `row` ends now."""
        if row < self.first:
            return row
        return self.first + self.count - 1 if row <= self.last else row + self.shift


def attributes_without_number(attributes: str) -> str:
    """A row's attributes (height, style) without its number and its span of columns."""
    return re.sub(r'\s*\b(?:r|spans)="[^"]*"', "", attributes)


def model_cells(text: SheetText, row: int) -> tuple[ModelCell, ...]:
    """The cells of a row of the sheet as a model, in their order."""
    cells = []
    for found in _CELL.finditer(text.rows.get(row, ("", ""))[1]):
        place = re.search(r'\br="([A-Z]+)\d+"', found[1])
        style = re.search(r'\bs="(\d+)"', found[1])
        formula = re.search(r"<f>(.*?)</f>", found[2] or "", re.S)
        if place:
            cells.append(ModelCell(place[1], style[1] if style else "0", formula[1] if formula else ""))
    return tuple(cells)


def escaped(values: pl.Expr) -> pl.Expr:
    """Texts as the content of an XML element, cut to what a cell holds."""
    return (
        values.str.slice(0, LONGEST_CELL)
        .str.replace_all(_ILLEGAL, "")
        .str.replace_all(_ESCAPED, "_x005F_x${1}_")
        .str.replace_all("&", "&amp;", literal=True)
        .str.replace_all("<", "&lt;", literal=True)
        .str.replace_all(">", "&gt;", literal=True)
    )


def harmless(values: pl.Expr) -> pl.Expr:
    """Texts no spreadsheet takes for a formula, also after they went through a text file."""
    risky = pl.any_horizontal([values.str.starts_with(mark) for mark in RISKY])
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), values)).otherwise(values)


def row_xml(frame: pl.DataFrame, model: Sequence[ModelCell], attributes: str, first: int) -> str:
    """The rows of a frame as XML, from sheet row `first` on.

    The frame's columns are named by the letters of the sheet's: texts become texts, numbers numbers, null an empty cell
    in the model's style. Columns of the frame must be among the model's. A model cell that the frame leaves out keeps
    its formula, moved to each row.
    """
    if not frame.height:
        return ""
    number = pl.int_range(first, first + frame.height).cast(pl.String).alias("#")
    made = frame.with_columns(number)
    pieces: list[pl.Expr] = [pl.lit('<row r="'), pl.col("#"), pl.lit(f'"{attributes}>')]
    for cell in model:
        begin = [pl.lit(f'<c r="{cell.letters}'), pl.col("#"), pl.lit(f'" s="{cell.style}"')]
        if cell.letters not in frame.columns:
            ends = (
                [pl.lit("><f>"), *_moved(cell.formula, pl.col("#")), pl.lit("</f></c>")]
                if cell.formula
                else [pl.lit("/>")]
            )
            pieces += [*begin, *ends]
            continue
        value = pl.col(cell.letters)
        if frame.schema[cell.letters].is_numeric():
            filled = pl.concat_str(pl.lit("><v>"), value.cast(pl.String), pl.lit("</v></c>"))
        else:
            filled = pl.concat_str(
                pl.lit(' t="inlineStr"><is><t xml:space="preserve">'), escaped(harmless(value)), pl.lit("</t></is></c>")
            )
        pieces += [*begin, pl.when(value.is_null()).then(pl.lit("/>")).otherwise(filled)]
    pieces.append(pl.lit("</row>"))
    return str(made.select(pl.concat_str(pieces).str.join("")).item())


def _moved(formula: str, row: pl.Expr) -> list[pl.Expr]:
    """A model row's formula for every row: marked by `model_formula` where it names its own row."""
    parts = formula.split("\x00")
    moved: list[pl.Expr] = [pl.lit(parts[0])]
    for part in parts[1:]:
        moved += [row, pl.lit(part)]
    return moved


def model_formula(formula: str, row: int) -> str:
    """A formula with each relative reference to its own row marked, so that it can be written for any row."""

    def marked(found: re.Match[str]) -> str:
        if found[3] or int(found[4]) != row:
            return found[0]
        return f"{found[1]}{found[2]}\x00"

    return _outside_quotes(formula, lambda piece: _REFERENCE.sub(marked, piece))


def moved_formula(formula: str, body: Body) -> str:
    """A formula outside of the body, its ranges over the body stretched and what lies below it followed."""

    def cell(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}{body.at(int(found[4]))}"

    def end(found: re.Match[str]) -> str:
        return f"{found[1]}{found[2]}{found[3]}{body.until(int(found[4]))}"

    def several(piece: str) -> str:
        # Ranges first: their end moves otherwise than a single cell does.
        out, place = [], 0
        for found in _RANGE.finditer(piece):
            low, high = _REFERENCE.sub(cell, found[1]), _REFERENCE.sub(end, found[2])
            out += [_REFERENCE.sub(cell, piece[place : found.start()]), f"{low}:{high}"]
            place = found.end()
        return "".join([*out, _REFERENCE.sub(cell, piece[place:])])

    return _outside_quotes(formula, several)


def _outside_quotes(formula: str, change: Callable[[str], str]) -> str:
    """Change a formula, but not its texts and quoted names of sheets."""
    parts = re.split(r"(\"[^\"]*\"|&quot;.*?&quot;|'[^']*'!?[$A-Z0-9:]*)", formula)
    return "".join(part if i % 2 else change(part) for i, part in enumerate(parts))


def moved_row(number: int, attributes: str, cells: str, to: int, body: Body | None = None) -> str:
    """A row of the sheet at another place, with its formulas following `body` if it is given."""
    attributes = re.sub(r'\br="\d+"', f'r="{to}"', attributes)
    cells = re.sub(rf'(<c\b[^>]*?\br="[A-Z]+){number}"', rf'\g<1>{to}"', cells)
    if body is not None:
        cells = re.sub(r"<f>(.*?)</f>", lambda f: f"<f>{moved_formula(f[1], body)}</f>", cells, flags=re.S)
        cells = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", cells)  # the value it had is not the one it will have
    return f"<row{attributes}>{cells}</row>"


def moved_tail(tail: str, body: Body, model: int, *, most_merges: int = 200_000) -> str:
    """What follows the rows, with merged cells, rules and validations over the body stretched and the rest moved.

    Cells merged within the model row are merged in every row; other merges inside the body go with its rows.
    """

    def area(ref: str) -> str:
        ends = ref.replace("$", "").split(":")
        (a, low), (b, high) = _place(ends[0]), _place(ends[-1])
        return f"{a}{body.at(low)}" if len(ends) == 1 else f"{a}{body.at(low)}:{b}{body.until(high)}"

    def merges(found: re.Match[str]) -> str:
        kept: list[str] = []
        for ref in re.findall(r'<mergeCell ref="([^"]+)"', found[0]):
            ends = ref.split(":")
            (a, low), (b, high) = _place(ends[0]), _place(ends[-1])
            if body.first <= low and high <= body.last:
                if low == high == model and body.count <= most_merges:
                    kept += [f"{a}{row}:{b}{row}" for row in range(body.first, body.first + body.count)]
                continue
            kept.append(area(ref))
        listed = "".join(f'<mergeCell ref="{ref}"/>' for ref in kept)
        return f'<mergeCells count="{len(kept)}">{listed}</mergeCells>' if kept else ""

    def several(found: re.Match[str]) -> str:
        return f'{found[1]}"{" ".join(area(ref) for ref in found[2].split())}"'

    tail = re.sub(r"<mergeCells\b.*?</mergeCells>", merges, tail, flags=re.S)
    tail = re.sub(r'(\bsqref=)"([A-Z$0-9: ]+)"', several, tail)
    tail = re.sub(r'(<autoFilter\b[^>]*?\bref=)"([A-Z$0-9:]+)"', several, tail)
    return re.sub(r'(<brk\b[^>]*?\bid=)"(\d+)"', lambda f: f'{f[1]}"{body.until(int(f[2]))}"', tail)


def _place(reference: str) -> tuple[str, int]:
    found = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", reference)
    if found is None:
        raise ValueError(reference)
    return found[1], int(found[2])


@dataclass(slots=True)
class Stretch:
    """A sheet whose body is replaced by rows that come in pieces; `count` is known when the last has been written."""

    text: SheetText
    first: int
    last: int
    model: int
    pieces: Iterable[pl.DataFrame]
    numbers: tuple[str, ...] = ()  # letters of columns of running numbers
    cells: tuple[ModelCell, ...] = field(default=())
    count: int = 0

    def body(self) -> Body:
        """The body as it is written; an empty one keeps its model row, so that the layout stays."""
        return Body(self.first, self.last, max(self.count, 1))

    def xml(self) -> Iterator[str]:
        """The sheet from its first to its last letter."""
        yield re.sub(r"<dimension\b[^>]*/>", "", self.text.head) + "<sheetData>"
        for number in sorted(n for n in self.text.rows if n < self.first):
            yield "<row{}>{}</row>".format(*self.text.rows[number])
        attributes = attributes_without_number(self.text.rows.get(self.model, ("", ""))[0])
        cells = tuple(
            ModelCell(c.letters, c.style, model_formula(c.formula, self.model) if c.formula else "") for c in self.cells
        )
        for piece in self.pieces:
            numbered = piece.with_columns(
                pl.int_range(self.count + 1, self.count + 1 + piece.height).alias(letters) for letters in self.numbers
            )
            yield row_xml(numbered, cells, attributes, self.first + self.count)
            self.count += piece.height
        if not self.count:
            blank = pl.DataFrame({c.letters: [None] for c in cells if not c.formula}, schema_overrides=None)
            yield row_xml(
                blank.cast(pl.String) if blank.width else pl.DataFrame({"#blank": [1]}), cells, attributes, self.first
            )
        body = self.body()
        for number in sorted(n for n in self.text.rows if n > self.last):
            yield moved_row(number, *self.text.rows[number], number + body.shift, body)
        yield "</sheetData>" + moved_tail(self.text.tail, body, self.model)


def write(skeleton: Path, target: Path, sheets: Mapping[str, Callable[[], Iterable[str]]]) -> None:
    """A workbook with some parts written anew, in the order of `sheets`, and all others as they are.

    What is written first may decide what is written later: a part is asked for when it is its turn.
    """
    with (
        zipfile.ZipFile(skeleton) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        for name in source.namelist():
            if name not in sheets:
                with source.open(name) as old, archive.open(name, "w") as new:
                    new.write(old.read())
        for name, pieces in sheets.items():
            with archive.open(name, "w", force_zip64=True) as part:
                _pour(part, pieces())


def _pour(part: IO[bytes], pieces: Iterable[str]) -> None:
    for piece in pieces:
        part.write(piece.encode("utf-8"))


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of every sheet of a workbook that openpyxl saved, by the sheet's name."""
    from ..reading.container import _sheets

    return {sheet.name: sheet.part for sheet in _sheets(archive)}
