"""Rows streamed into a sheet: formulas, ranges and merged cells follow them, and any text is read back as it was."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.formatting.rule import CellIsRule

from linli.intake.ledgers.xlsx_rows import (
    RISKY,
    Body,
    SheetText,
    Stretch,
    model_cells,
    model_formula,
    moved_formula,
    parts_of,
    write,
)


def stretched(path: Path, frames: list[pl.DataFrame], first: int, last: int, model: int) -> Any:
    """A workbook whose first sheet has its body replaced; as openpyxl reads it."""
    out = path.with_name("out.xlsx")
    with zipfile.ZipFile(path) as archive:
        part = next(iter(parts_of(archive).values()))
        text = SheetText.read(archive.read(part).decode())
    stretch = Stretch(text, first, last, model, frames, ("A",), model_cells(text, model))
    write(path, out, {part: stretch.xml})
    return openpyxl.load_workbook(out)


def template(tmp_path: Path) -> Path:
    """Header in row 1, model row 2, blank row 3, totals in row 4, a remark in row 5."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    rows = (["序号", "姓名", "金额", "税"], [None, None, None, "=C2*0.1"], [None] * 4,
            ["合计", None, "=SUM(C2:C3)", "=C4-SUM($D$2:$D$3)"], ["=其他!C2"])  # fmt: skip
    for row in rows:
        page.append(row)
    for number, mark in enumerate("abcd", 1):
        page.cell(2, number).number_format = f'"{mark}"0'
    page.merge_cells("A4:B4")
    page.merge_cells("A2:A3")
    page.conditional_formatting.add("C2:C3", CellIsRule("lessThan", ["0"]))
    book.create_sheet("其他")["C2"] = "=Sheet!C4"
    path = tmp_path / "t.xlsx"
    book.save(path)
    return path


def test_what_lies_below_moves_and_what_covers_the_body_stretches(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"B": ["甲", None], "C": [1, 2]}), pl.DataFrame({"B": ["丙"] * 3, "C": [3, 4, 5]})]
    page = stretched(template(tmp_path), frames, 2, 3, 2).worksheets[0]
    read = [[cell.value for cell in row] for row in page.iter_rows()]
    assert read[1:6] == [[n, name, n, f"=C{n + 1}*0.1"] for n, name in enumerate(["甲", None, "丙", "丙", "丙"], 1)]
    assert read[6] == ["合计", None, "=SUM(C2:C6)", "=C7-SUM($D$2:$D$6)"] and read[7][0] == "=其他!C2"
    assert page["C6"].number_format == '"c"0' and [str(m) for m in page.merged_cells.ranges] == ["A7:B7"]
    assert [str(r.sqref) for r in page.conditional_formatting] == ["C2:C6"]


def test_without_rows_the_model_row_stays_blank(tmp_path: Path) -> None:
    page = stretched(template(tmp_path), [], 2, 3, 2).worksheets[0]
    assert [c.value for c in page[2]] == [None, None, None, "=C2*0.1"] and page["A3"].value == "合计"
    assert page["B2"].number_format == '"b"0' and page["C3"].value == "=SUM(C2:C2)"


texts = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r"), min_size=1, max_size=40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | texts, min_size=1, max_size=6))
def test_any_text_comes_back_and_none_is_a_formula(
    tmp_path_factory: pytest.TempPathFactory, values: list[str | None]
) -> None:
    path = template(tmp_path_factory.mktemp("texts"))
    page = stretched(
        path, [pl.DataFrame({"B": values, "C": [1] * len(values)}, schema={"B": pl.String, "C": pl.Int64})], 2, 3, 2
    )
    cells = [page.worksheets[0].cell(row, 2) for row in range(2, 2 + len(values))]
    illegal = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
    for cell, value in zip(cells, values, strict=True):
        kept = illegal.sub("", f"'{value}" if value and value.startswith(RISKY) else value or "")
        assert cell.data_type != "f" and (cell.value or "") == kept


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("SUM(A5:A9)", "SUM(A5:A14)"),
        ("SUM($A$5:$A$9)+A12", "SUM($A$5:$A$14)+A17"),
        ("SUM(A1:A4)", "SUM(A1:A4)"),
        ("Sheet2!A7+'二 月'!B8", "Sheet2!A7+'二 月'!B8"),
        ("COUNTIF(B5:B9,&quot;A7&quot;)", "COUNTIF(B5:B14,&quot;A7&quot;)"),
        ("LOG10(A11)+SUM(C:C)", "LOG10(A16)+SUM(C:C)"),
    ],
)  # fmt: skip
def test_formulas_outside_follow_ten_rows_where_five_were(formula: str, moved: str) -> None:
    assert moved_formula(formula, Body(5, 9, 10)) == moved


def test_a_model_formula_names_its_own_row_and_no_other() -> None:
    assert model_formula('IF(G5="G5",$B$5,B4+$C5)', 5) == 'IF(G\x00="G5",$B$5,B4+$C\x00)'


@given(st.integers(1, 50), st.integers(0, 50), st.integers(1, 500), st.integers(1, 120))
def test_rows_keep_their_order_wherever_they_go(first: int, length: int, count: int, row: int) -> None:
    body = Body(first, first + length - 1, count)
    assert body.at(row) <= body.at(row + 1) and body.until(row) <= body.until(row + 1)
    if row >= first + length:
        assert body.at(row) == body.until(row) == row + count - length
