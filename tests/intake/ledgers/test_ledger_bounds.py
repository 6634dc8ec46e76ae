"""Templates that would make far more of themselves than they weigh: refused before anything is laid out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from intake_tables import with_sheet_xml

from linli.intake.ledgers import bounds
from linli.intake.ledgers.binding import is_known
from linli.intake.ledgers.problems import TemplateTooFull
from linli.intake.ledgers.template import Template, open_template
from linli.intake.problems import DamagedFile, TooManyCells

HEAD = ["姓名", "性别", "身份证号"]


def book(path: Path, sheets: int = 1) -> Path:
    made = openpyxl.Workbook()
    for page in (made.active, *(made.create_sheet() for _ in range(sheets - 1))):
        assert page is not None
        page.append(HEAD)
    made.save(path)
    return path


def changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """The package with one part rewritten, or added."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    parts = {name: source.read(name) for name in source.namelist()}
    parts[part] = change(parts.get(part, b"").decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return path


def opened(path: Path) -> Template:
    return open_template(path, is_known)


def after_rows(more: str) -> Callable[[str], str]:
    return lambda xml: xml.replace("</sheetData>", f"</sheetData>{more}")


@pytest.fixture
def never_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library that lays workbooks out is not even asked."""

    def load(*_: object, **__: object) -> None:
        raise AssertionError("was laid out")

    monkeypatch.setattr(openpyxl, "load_workbook", load)


@pytest.mark.usefixtures("never_loaded")
@pytest.mark.parametrize(
    "more",
    [
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>',
        '<mergeCells><mergeCell ref="A:XFD"/></mergeCells>',
        '<x:mergeCells xmlns:x="urn:x"><x:mergeCell ref="$A$1:$XFD$1048576"/></x:mergeCells>',
    ],
)
def test_an_area_over_a_whole_sheet_is_refused_unseen(tmp_path: Path, more: str) -> None:
    with pytest.raises(TooManyCells):
        opened(with_sheet_xml(book(tmp_path / "t.xlsx"), after_rows(more)))


@pytest.mark.usefixtures("never_loaded")
def test_the_sum_of_all_sheets_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_CELLS", 1000)
    areas = '<mergeCells><mergeCell ref="A2:J41"/><mergeCell ref="A2:J41"/><mergeCell ref="A2:J41"/></mergeCells>'
    cells = lambda xml: xml.replace("</sheetData>", f"<row>{'<c/>' * 990}</row></sheetData>")  # noqa: E731
    for change in (after_rows(areas), cells):
        with pytest.raises((TemplateTooFull, TooManyCells)):
            opened(with_sheet_xml(book(tmp_path / "t.xlsx"), change))
    # Each sheet would do for itself: 400 cells of three.
    three = book(tmp_path / "three.xlsx", 3)
    for number in (1, 2, 3):
        part = f"xl/worksheets/sheet{number}.xml"
        changed(three, part, after_rows('<mergeCells><mergeCell ref="A2:J41"/></mergeCells>'))
    with pytest.raises(TemplateTooFull) as caught:
        opened(three)
    assert caught.value.params["cells"] == 1000
    monkeypatch.setattr(bounds, "MOST_CELLS", 100)
    # One part that three sheets are made of counts three times.
    one = changed(
        book(tmp_path / "one.xlsx", 3),
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace("sheet2.xml", "sheet1.xml").replace("sheet3.xml", "sheet1.xml"),
    )
    with_sheet_xml(one, after_rows('<mergeCells><mergeCell ref="A2:C14"/></mergeCells>'))
    with pytest.raises(TemplateTooFull):
        opened(one)


@pytest.mark.usefixtures("never_loaded")
def test_shared_formulas_merges_sheets_and_relations_are_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = "".join(f'<c r="D{n}"><f t="shared" si="0">{"1+" * 400 if n == 2 else ""}1</f></c>' for n in range(2, 50))
    path = with_sheet_xml(
        book(tmp_path / "f.xlsx"), lambda xml: xml.replace("</sheetData>", f'<row r="2">{shared}</row></sheetData>')
    )
    with monkeypatch.context() as patched:
        patched.setattr(bounds, "MOST_CELLS", 4000)
        with pytest.raises(TemplateTooFull):
            opened(path)
    two = '<mergeCells><mergeCell ref="A2:B2"/><mergeCell ref="A3:B3"/></mergeCells>'
    for bound, changed_to, made in (
        ("MOST_MERGES", 1, with_sheet_xml(book(tmp_path / "m.xlsx"), after_rows(two))),
        ("MOST_SHEETS", 2, book(tmp_path / "s.xlsx", 3)),
        ("MOST_ELEMENTS", 20, book(tmp_path / "e.xlsx")),
        ("MOST_RELATED", 1000, book(tmp_path / "r.xlsx")),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(bounds, bound, changed_to)
            with pytest.raises(TemplateTooFull):
                opened(made)


@pytest.mark.usefixtures("never_loaded")
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml"])
def test_a_document_type_is_refused_in_every_part(tmp_path: Path, part: str) -> None:
    def with_type(xml: str) -> str:
        start = xml.find("<", xml.find("?>") + 1 if xml.startswith("<?xml") else 0)
        return f'{xml[:start]}<!DOCTYPE a [<!ENTITY b "c">]>{xml[start:]}'

    with pytest.raises(DamagedFile):
        opened(changed(book(tmp_path / "t.xlsx"), part, with_type))
    utf16 = changed(book(tmp_path / "u.xlsx"), part, lambda xml: xml)
    source = zipfile.ZipFile(io.BytesIO(utf16.read_bytes()))
    with zipfile.ZipFile(utf16, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, "<!DOCTYPE a []><a/>".encode("utf-16") if name == part else content)
    with pytest.raises(DamagedFile):
        opened(utf16)


def test_long_texts_and_formulas_are_cut_before_they_are_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append([*HEAD, "说明" * 500, "姓名:" + " " * 5000 + "x"])
    page["A3"], page["B3"] = "=" + "1+" * 4100 + "1", "=SUM(1,2)"
    made.defined_names["长"] = openpyxl.workbook.defined_name.DefinedName("长", attr_text="[" * 9000)
    made.defined_names["外"] = openpyxl.workbook.defined_name.DefinedName("外", attr_text="[[预算.xlsx]Sheet1!$A$1")
    made.save(path)
    template = opened(path)
    assert max(len(name) for name in template.names) <= 200
    assert {n.code: n.params.get("cells") for n in template.notes} == {"intake.ledger.formula_left_out": 1}
    assert template.book["Sheet"]["B3"].value == "=SUM(1,2)" and not template.book.defined_names
