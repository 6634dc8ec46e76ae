"""Drawing a document as docx or PDF: kept as a pair, so that what one learns the other does too."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linli.kernel import clock, pdf

from .document import Document, Facts, Heading, Paragraph, Seal, Table, day_of, plain

if TYPE_CHECKING:
    from docx.document import Document as Made

TEMPLATE = Path(__file__).parent / "data" / "paper.typ"
#: Fonts by their names on office machines (GB/T 9704-2012 clause 5.2.2); one that lacks them takes a like one.
BODY, HEAVY, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"
RED, LINE = "C8102E", "8D9699"
#: Sizes in points: 二号, 三号, 四号, 小四, 一号.
SIZE_TITLE, SIZE_TEXT, SIZE_FOOT, SIZE_CELL, SIZE_ISSUER = 22, 16, 14, 12, 26
LINE_PITCH = 29


def render_pdf(document: Document) -> bytes:
    """The document on A4 as PDF. Raises NoFont."""
    return pdf.render(TEMPLATE, document.values(), clock.now())


def render_docx(document: Document) -> bytes:
    """The document on A4 as docx, to be finished and printed in an office."""
    import docx  # not needed by the web process until somebody asks for a paper

    made = docx.Document()
    _page(made, document)
    # Dates of the file itself are those of the program's clock, not of the library's template.
    made.core_properties.title, made.core_properties.author = plain(document.title), plain(document.issuer)
    made.core_properties.created = made.core_properties.modified = clock.now().replace(tzinfo=None)
    made.core_properties.comments = ""
    _head(made, document)
    for block in document.blocks:
        match block:
            case Paragraph():
                for line in plain(block.text).split("\n"):
                    _line(made.add_paragraph(), line, indent=block.indent)
            case Heading():
                _line(made.add_paragraph(), plain(block.text), font=HEAVY, indent=True, keep=True)
            case Facts():
                _table(made, [], [list(row) for row in block.rows], (1, 3))
            case Table():
                _table(made, block.head, block.rows, block.widths)
    for seal in document.seals:
        _seal(made, seal)
    if document.foot:
        _line(made.add_paragraph(), plain(document.foot), size=SIZE_CELL, pitch=18)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Made, document: Document) -> None:
    """Margins of clause 5.2.1: a type area of 156 by 225 mm, 37 mm above, 28 mm at the binding."""
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    if document.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
            Mm(28),
            Mm(26),
            Mm(25),
            Mm(25),
        )
    _base(made)
    number = section.footer.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(number, "— ", SIZE_FOOT, BODY)
    _field(number, "PAGE")
    _run(number, " —", SIZE_FOOT, BODY)
    if document.draft:
        head = section.header.paragraphs[0]
        head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(head, plain(document.draft), SIZE_TEXT, HEAVY, colour=LINE)


def _base(made: Made) -> None:
    from docx.shared import Pt

    style: Any = made.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(SIZE_TEXT)
    _east_asian(style.element.get_or_add_rPr(), BODY)


def _head(made: Made, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    middle = WD_ALIGN_PARAGRAPH.CENTER
    if document.form == "letter":
        _line(
            made.add_paragraph(),
            plain(document.issuer),
            size=SIZE_ISSUER,
            font=TITLE,
            align=middle,
            colour=RED,
            pitch=40,
        )
        number = made.add_paragraph()
        _line(number, plain(document.number), align=WD_ALIGN_PARAGRAPH.RIGHT)
        _rule(number)
    title = made.add_paragraph()
    size = 36 if document.form == "certificate" else SIZE_TITLE
    _line(title, plain(document.title), size=size, font=TITLE, align=middle, pitch=round(size * 1.6), around=14)
    if document.form != "letter" and document.number:
        _line(made.add_paragraph(), plain(document.number), align=middle)


def _line(
    paragraph: Any, text: str, *, size: int = SIZE_TEXT, font: str = BODY, align: Any = None, colour: str = "", indent: bool = False,
    pitch: int = LINE_PITCH, around: int = 0, keep: bool = False,
) -> None:  # fmt: skip
    from docx.shared import Pt

    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = Pt(pitch), Pt(around), Pt(around)
    form.keep_with_next = keep
    if indent:
        form.first_line_indent = Pt(size * 2)
    if align is not None:
        paragraph.alignment = align
    _run(paragraph, text, size, font, colour)


def _run(paragraph: Any, text: str, size: int, font: str, colour: str = "") -> Any:
    from docx.shared import Pt, RGBColor

    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), "Times New Roman"
    _east_asian(run._element.get_or_add_rPr(), font)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run


def _east_asian(properties: Any, font: str) -> None:
    """The font for Chinese, which python-docx has no name for."""
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)


def _field(paragraph: Any, code: str) -> None:
    """A field that the reader fills: the number of the page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = _run(paragraph, "", SIZE_FOOT, BODY)
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._element.append(part)


def _rule(paragraph: Any) -> None:
    """The red line below the head of a letter (clause 7.2.7)."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders, below = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", RED)):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    paragraph._element.get_or_add_pPr().append(borders)


def _table(made: Made, head: Any, rows: Any, widths: Any) -> None:
    from docx.shared import Emu

    section = made.sections[0]
    room = int(section.page_width or 0) - int(section.left_margin or 0) - int(section.right_margin or 0)
    lines = [*([list(head)] if head else []), *rows]
    if not lines:
        return
    table = made.add_table(rows=len(lines), cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    cells = table._cells  # once: asked for by row and column, every look walks the table
    for place, text in enumerate(text for line in lines for text in line):
        column = place % len(widths)
        cell = cells[place]
        cell.width = Emu(room * widths[column] // sum(widths))
        heavy = (bool(head) and place < len(widths)) or (not head and column == 0)
        _line(cell.paragraphs[0], plain(text), size=SIZE_CELL, font=HEAVY if heavy else BODY, pitch=18)
    if head:
        _repeated(table.rows[0])


def _repeated(row: Any) -> None:
    """The head of a table on each of its pages."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    again = OxmlElement("w:tblHeader")
    again.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(again)


def _seal(made: Made, seal: Seal) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    right = WD_ALIGN_PARAGRAPH.RIGHT
    _line(made.add_paragraph(), f"{plain(seal.unit)}　　", align=right, around=0, pitch=LINE_PITCH, keep=True)
    # Room for a seal of 42 mm over the signature and the day (clause 7.3.5).
    _line(made.add_paragraph(), f"{plain(seal.label)}　　", size=SIZE_CELL, align=right, around=24, keep=True)
    _line(made.add_paragraph(), f"{day_of(seal.day)}　　", align=right)
