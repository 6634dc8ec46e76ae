"""`linli address` and `linli places`: one line in, one line out, in order; and no database for addresses alone."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner

from linli.kernel.actors import operator
from linli.kernel.scope import acting
from linli.places.commands import ADDRESS_COLUMNS, address_app, places_app
from linli.places.models import Grid

LINES = ["城里社区3-2-401", "", "聂村12号", "昆仑镇城里社区3号楼", "城里社区3-2-401"]
VILLAGES = ["370302001001", "", "", "", "370302001001"]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation that has no database yet."""
    monkeypatch.setenv("LINLI_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_csv_out_line_by_line(nowhere: None, tmp_path: Path, encoding: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text("编号,地址\n" + "".join(f"{i},{a}\n" for i, a in enumerate(LINES)), encoding=encoding)
    out = tmp_path / "o.csv"
    result = CliRunner().invoke(address_app, ["parse", str(table), "--out", str(out)])
    assert result.exit_code == 0, result.output
    rows = read(out)
    assert tuple(rows[0]) == ADDRESS_COLUMNS
    assert [r["village_code"] for r in rows] == VILLAGES
    assert rows[2]["reason"].startswith("ambiguous")


def test_empty_lines_of_a_single_column_keep_their_place(nowhere: None, tmp_path: Path) -> None:
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text("地址\n" + "\n".join(LINES) + "\n", encoding="utf-8")
    assert CliRunner().invoke(address_app, ["parse", str(table), "--out", str(out)]).exit_code == 0
    assert [r["village_code"] for r in read(out)] == VILLAGES


def test_xlsx_in_and_an_area_that_settles_shared_names(nowhere: None, tmp_path: Path) -> None:
    table, out = tmp_path / "t.xlsx", tmp_path / "o.csv"
    with xlsxwriter.Workbook(table) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["住址", "n"])
        for row, text in enumerate(LINES, start=1):
            sheet.write(row, 0, text)
            sheet.write(row, 1, row)
    arguments = ["parse", str(table), "--column", "住址", "--out", str(out), "--within", "370302114"]
    assert CliRunner().invoke(address_app, arguments).exit_code == 0
    assert [r["village_code"] for r in read(out)][2] == "370302114206"
    assert len(read(out)) == len(LINES)


@pytest.mark.parametrize("arguments", [["--column", "没有"], ["--within", "37"], ["--sheet", "x"]])
def test_wrong_use_ends_with_a_sentence_and_status_one(nowhere: None, tmp_path: Path, arguments: list[str]) -> None:
    table = tmp_path / ("t.xlsx" if "--sheet" in arguments else "t.csv")
    if table.suffix == ".xlsx":
        with xlsxwriter.Workbook(table) as book:
            book.add_worksheet().write(0, 0, "地址")
    else:
        table.write_text("地址\nx\n", encoding="utf-8")
    result = CliRunner().invoke(address_app, ["parse", str(table), *arguments])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "empty"),
        ("b.xlsx", b"", "empty"),
        ("c.csv", b"\xff\xff\xff\xff\x00", "neither a workbook nor text"),
        ("d.xlsx", b"\x89PNG\r\n\x1a\n\xff\xff", "neither a workbook nor text"),
        ("e.xlsx", b"PK\x03\x04 cut off", "damaged"),
        ("f.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "protected by a password"),
        ("g.csv", '地址\n"城里社区1号\n'.encode() + "聂村2号\n".encode() * 20_000, "quotation mark"),
    ],
)
def test_files_that_are_no_tables_are_refused_with_the_reason(
    nowhere: None, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    result = CliRunner().invoke(address_app, ["parse", str(tmp_path / name)])
    assert result.exit_code == 1
    assert said in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_table_is_known_by_its_content_whatever_its_name(nowhere: None, tmp_path: Path) -> None:
    text, wide, book, out = tmp_path / "t.xlsx", tmp_path / "w.csv", tmp_path / "b.csv", tmp_path / "o.csv"
    text.write_text("地址\n城里社区3-2-401\n", encoding="utf-8")
    wide.write_text("编号\t地址\n1\t城里社区3-2-401\n", encoding="utf-16")
    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as made:
        made.add_worksheet().write_column(0, 0, ["地址", "城里社区3-2-401"])
    (tmp_path / "b.xlsx").rename(book)
    for table in (text, wide, book):
        result = CliRunner().invoke(address_app, ["parse", str(table), "--out", str(out)])
        assert result.exit_code == 0, result.output
        assert [r["village_code"] for r in read(out)] == ["370302001001"]


def test_a_result_that_cannot_be_written_is_told_in_a_sentence(nowhere: None, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("地址\n城里社区3-2-401\n", encoding="utf-8")
    arguments = ["parse", str(tmp_path / "t.csv"), "--out", str(tmp_path / "no" / "o.csv")]
    result = CliRunner().invoke(address_app, arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "cannot be written" in result.output


def test_addresses_need_neither_django_nor_a_database(nowhere: None, tmp_path: Path) -> None:
    """In a process of its own, from the public command down: no database is made on the way."""
    table = tmp_path / "t.csv"
    table.write_text("地址\n城里社区3-2-401\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", "from linli.places.commands import address_app as a; a()", "parse", str(table)],
        capture_output=True, text=True, check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert "370302001001" in run.stdout
    assert not (tmp_path / "home" / "pg").exists()


def test_load_grids_show_and_locate(db: str, tmp_path: Path) -> None:
    runner = CliRunner()
    assert "新增 488" in runner.invoke(places_app, ["load", "--grids", "500"]).output
    again = runner.invoke(places_app, ["load", "--grids", "500"])
    assert "nothing changed" in again.output
    shown = runner.invoke(places_app, ["show", "370302004204"]).output
    assert "高家村" in shown
    assert "高家社区" in shown
    assert "13" not in runner.invoke(places_app, ["show", "370302999"]).output
    with acting(operator("tester", "370302")):
        grid = Grid.objects.order_by("code").first()
    assert grid is not None
    table, out = tmp_path / "t.csv", tmp_path / "o.csv"
    table.write_text(f"lon,lat\n{grid.lon},{grid.lat}\n,\n1,1\nx,y\n", encoding="utf-8")
    assert runner.invoke(places_app, ["locate", str(table), "--out", str(out)]).exit_code == 0
    assert [r["area_code"] for r in read(out)] == [grid.code, "", "", ""]
    assert read(out)[0]["name"] == grid.name
    assert runner.invoke(places_app, ["locate", str(table), "--datum", "mars"]).exit_code == 1
    assert runner.invoke(places_app, ["load", str(tmp_path / "none")]).exit_code == 1
