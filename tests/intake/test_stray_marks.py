"""Quotation marks in delimited text: right ones are understood, and a wrong one costs nothing but its own line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from linli.intake.reading import read_table
from linli.intake.reading.records import BREAKS, Records

TextFile = Callable[..., Path]
LETTERS = '甲乙1 ,"\n\r;'
#: With a letter first, so that a mark put before it opens nothing that could be meant.
CELL = st.builds(str.__add__, st.sampled_from("甲乙1"), st.text(LETTERS, max_size=5)) | st.just("")


def tables(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    """Tables of two to four columns."""
    return st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=7)
    )


def written(row: list[str], quoting: int) -> list[str]:
    """The cells of a row as `csv` writes them."""
    cells = []
    for cell in row:
        text = io.StringIO()
        csv.writer(text, quoting=quoting).writerow([cell, ""])  # type: ignore[arg-type]
        cells.append(text.getvalue().removesuffix(',""\r\n' if quoting == csv.QUOTE_ALL else ",\r\n"))
    return cells


def read(text: str) -> tuple[list[list[str]], list[int]]:
    records = Records(iter(io.StringIO(text, newline="")), ",")
    return list(records), records.stray


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@given(table=tables(st.text(LETTERS, max_size=BREAKS)), end=st.sampled_from(["\n", "\r\n"]))
def test_what_was_written_reads_back(quoting: int, table: list[list[str]], end: str) -> None:
    text = "".join(",".join(written(row, quoting)) + end for row in table)
    assert read(text) == (table, [])


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@given(table=tables(CELL), data=st.data())
def test_a_stray_mark_changes_no_other_row(quoting: int, table: list[list[str]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(table) - 1))
    column = data.draw(st.integers(0, len(table[0]) - 1))
    assume(quoting == csv.QUOTE_ALL or table[place][column])
    rows = [written(row, quoting) for row in table]
    rows[place][column] = '"' + rows[place][column]
    found, stray = read("".join(",".join(row) + "\r\n" for row in rows))
    after = table[place + 1 :]
    assert found[:place] == table[:place]
    assert found[len(found) - len(after) :] == after and len(found) >= len(table)
    assert stray and place + 1 <= stray[0]  # the lines before it may be of the same record


QUOTED = '"姓名","地址","备注"\n' + "".join(f'"张三","甲,{i}号","一\n""二"""\n' for i in range(40))


@pytest.mark.parametrize(
    ("last", "cells"),
    [
        ('"李四","乙,1号","无\n', ("李四", "乙,1号", "无")),
        ('"李四",""乙1号","无"\n"王五","丙,2号",""\n', ("李四", '乙1号"', "无")),
        ('"李四","乙,1号', ("李四", "乙,1号", None)),
    ],
    ids=["cut off in a cell", "a mark too many", "cut off"],
)
def test_a_quoted_file_with_one_wrong_mark_stays_as_it_was(
    text_file: TextFile, last: str, cells: tuple[str | None, ...]
) -> None:
    table = read_table(text_file(QUOTED + last))
    rows = table.frame.select("姓名", "地址", "备注").rows()
    assert rows[:40] == [("张三", f"甲,{i}号", '一\n"二"') for i in range(40)]
    assert rows[40:] == [cells, ("王五", "丙,2号", None)][: last.count("\n") or 1]
    assert [(n.code, n.row) for n in table.notes] == [("file.stray_mark", 42)]


@pytest.mark.parametrize("closing", ['李四,",乙,x', '李四",乙,x', '"李四,乙,x', '李四,乙,x"'])
def test_two_stray_marks_swallow_nothing_between_them(text_file: TextFile, closing: str) -> None:
    lines = ["姓名,地址,备注", "赵六,甲,x", '"张三,甲,x', *(f"孙{i},乙{i},x" for i in range(400)), closing, "周八,丁,x"]
    table = read_table(text_file("\n".join(lines)))
    rows = table.frame.select("姓名", "地址", "备注").rows()
    assert [row[0] for row in rows[2:402]] == [f"孙{i}" for i in range(400)]
    assert rows[0] == ("赵六", "甲", "x") and rows[1][1:] == ("甲", "x") and rows[-1] == ("周八", "丁", "x")
    assert 3 in [n.row for n in table.notes if n.code == "file.stray_mark"]


def test_cells_of_several_lines_stay_whole_in_tables_of_unequal_lines_or_of_two_columns(
    text_file: TextFile,
) -> None:
    unequal = "a,b,c,d,e\n1,x,y,z\n" + '2,"u\nv",w,z,r\n' + "3,x,y,z,r\n"
    assert read(unequal) == (
        [["a", "b", "c", "d", "e"], ["1", "x", "y", "z"], ["2", "u\nv", "w", "z", "r"], ["3", "x", "y", "z", "r"]],
        [],
    )
    prose = "\n".join(f"{i},第{i}项" for i in range(9))
    assert read(f'工单号,内容\nA1,"{prose}"\nA2,无\n') == ([["工单号", "内容"], ["A1", prose], ["A2", "无"]], [])


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_blanks_behind_a_closing_mark_are_no_damage(text_file: TextFile, delimiter: str) -> None:
    lines = '"姓名" ,"电话","地址"\n"张三"  ,"","甲\n乙" \n"李四","","丙" \n'.replace(",", delimiter)
    table = read_table(text_file(lines))
    assert table.frame.select("姓名", "地址").rows() == [("张三", "甲\n乙"), ("李四", "丙")]
    assert not table.notes


def test_lines_made_to_be_read_again_and_again_come_to_an_end() -> None:
    lines = 'x","y\n' * 3_000
    found, stray = read(lines)
    assert len(found) == 3_000 and len(stray) == 1_000
