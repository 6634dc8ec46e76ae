"""Old .xls, OpenDocument, tab-delimited and zipped tables read like any other: same rows, same places, same marks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from intake_tables import Table
from other_files import ods, xls, zip_of

from linli.intake import problems
from linli.intake.limits import Limits
from linli.intake.reading import ROW, read_table

TextFile = Callable[..., Path]
TITLED = [["某镇人口台账"], ["姓  名", "身份证号", "户号"], ["张三", 370302199001011234, "H1"], ["李四", "2", None]]


def test_an_old_xls_keeps_rows_marks_and_merges(tmp_path: Path) -> None:
    table = read_table(xls(tmp_path / "a.xls", {"人员": TITLED}, merges=[(2, 3, 2, 2)]))
    assert (table.info.kind, table.sheet, table.frame[ROW].to_list()) == ("xls", "人员", [3, 4])
    assert table.frame["姓名"].to_list() == ["张三", "李四"]
    assert table.frame["户号"].to_list() == ["H1", "H1"]
    assert table.marks.rounded.tolist() == [[3, 1]]


def test_an_old_xls_that_begins_further_down_and_right(tmp_path: Path) -> None:
    rows = [[], [], [None, "姓名", "电话"], [None, "张三", 13800000000]]
    table = read_table(xls(tmp_path / "a.xls", {"人员": rows}))
    assert [(c.name, c.letters) for c in table.columns] == [("姓名", "B"), ("电话", "C")]
    assert table.frame.rows() == [(4, "张三", "13800000000")]


def test_hidden_sheets_of_an_old_xls_are_passed_over(tmp_path: Path) -> None:
    path = xls(tmp_path / "a.xls", {"旧": TITLED, "新": TITLED}, hidden=["旧"])
    table = read_table(path)
    assert table.sheet == "新" and [s.label for s in table.skipped] == ["旧"]
    assert read_table(path, "旧").sheet == "旧"


@pytest.mark.parametrize("name", ["people.xlsx", "people.csv"])
def test_an_old_xls_under_a_wrong_ending_is_read_by_content(tmp_path: Path, name: str) -> None:
    table = read_table(xls(tmp_path / name, {"人员": TITLED}))
    assert table.frame.height == 2 and "file.extension_differs" in {n.code for n in table.notes}


@pytest.mark.parametrize("name", ["people.xls", "people.ods"])
def test_a_workbook_under_the_ending_of_an_old_one_is_read_by_content(xlsx: Table, name: str) -> None:
    assert read_table(xlsx([["姓名"], ["张三"]], name=name)).frame.height == 1


def test_an_old_xls_with_a_password(tmp_path: Path) -> None:
    with pytest.raises(problems.ProtectedFile):
        read_table(xls(tmp_path / "a.xls", {"人员": TITLED}, password=True))


def test_an_opendocument_sheet_keeps_rows_marks_and_merges(tmp_path: Path) -> None:
    merged = '<table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1"><text:p>H1</text:p></table:table-cell>'
    rows = [*TITLED[:2], ["张三", 370302199001011234, merged], ["李四", "2", "<table:covered-table-cell/>"]]
    table = read_table(ods(tmp_path / "a.ods", {"人员": rows}))
    assert (table.info.kind, table.frame[ROW].to_list()) == ("ods", [3, 4])
    assert table.frame["户号"].to_list() == ["H1", "H1"]
    assert table.marks.rounded.tolist() == [[3, 1]]


def test_opendocument_values_are_what_is_stated_not_what_is_shown(tmp_path: Path) -> None:
    cells = [
        '<table:table-cell office:value-type="date" office:date-value="1990-01-05"><text:p>5.1.</text:p></table:table-cell>',
        '<table:table-cell office:value-type="float" office:value="13800000000"><text:p>1.38E10</text:p></table:table-cell>',
        '<table:table-cell office:value-type="string"><text:p>城里<text:s text:c="2"/>社区</text:p><text:p>二</text:p>'
        "<office:annotation><text:p>批注</text:p></office:annotation></table:table-cell>",
        '<table:table-cell table:formula="of:=A1"/>',
        '<table:table-cell table:formula="of:=A1" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>',
    ]
    path = ods(tmp_path / "a.ods", {"人员": [["出生日期", "电话", "住址", "姓名", "性别"], cells]})
    table = read_table(path)
    assert table.frame.rows() == [(2, "1990-01-05", "13800000000", "城里  社区\n二", None, "#N/A")]
    assert (table.marks.uncomputed.tolist(), table.marks.failed.tolist()) == ([[2, 3]], [[2, 4]])


def test_repeated_rows_and_cells_of_opendocument(tmp_path: Path) -> None:
    rows = (
        "<table:table-row><table:table-cell><text:p>姓名</text:p></table:table-cell>"
        "<table:table-cell><text:p>电话</text:p></table:table-cell><table:table-cell table:number-columns-repeated='16382'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='3'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='2'>"
        "<table:table-cell table:number-columns-repeated='2'><text:p>张</text:p></table:table-cell></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048570'><table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    )
    table = read_table(ods(tmp_path / "a.ods", {"人员": rows}))
    assert table.frame.rows() == [(5, "张", "张"), (6, "张", "张")]


@pytest.mark.parametrize(("rows", "columns", "problem"), [
    (1_048_576, 16_384, problems.TooManyColumns),
    (1_048_576, 900, problems.TooManyCells),
    (9_000_000, 2, problems.TooManyRows),
])  # fmt: skip
def test_a_cell_repeated_a_million_times_is_counted_before_it_is_spelled_out(
    tmp_path: Path, rows: int, columns: int, problem: type[Exception]
) -> None:
    xml = (
        f"<table:table-row table:number-rows-repeated='{rows}'><table:table-cell "
        f"table:number-columns-repeated='{columns}'><text:p>姓名</text:p></table:table-cell></table:table-row>"
    )
    with pytest.raises(problem):
        read_table(ods(tmp_path / "a.ods", {"人员": xml}))


@pytest.mark.parametrize("number", ["1e-999999999", "0e-999999999", "1e999999999"])
def test_a_number_that_would_fill_the_memory_spelled_out(tmp_path: Path, number: str) -> None:
    cell = f'<table:table-cell office:value-type="float" office:value="{number}"/>'
    table = read_table(ods(tmp_path / "a.ods", {"人员": [["姓名", "身份证号"], ["张三", cell]]}))
    assert table.frame["身份证号"].to_list() == ["0" if number[0] == "0" else number]


def test_a_repeat_in_digits_of_another_script_counts_once(tmp_path: Path) -> None:
    cell = '<table:table-cell table:number-columns-repeated="²"><text:p>张三</text:p></table:table-cell>'
    assert read_table(ods(tmp_path / "a.ods", {"人员": [["姓名", "电话"], [cell, "1"]]})).frame["姓名"].to_list() == [
        "张三"
    ]


def test_of_a_cell_as_long_as_the_file_only_the_beginning_is_kept(tmp_path: Path) -> None:
    table = read_table(ods(tmp_path / "a.ods", {"人员": [["姓名", "备注"], ["张三", "好" * 3_000_000]]}))
    (kept,) = table.frame["备注"].str.len_chars().to_list()
    assert Limits().cell_characters < kept < 1_000_000


def test_hidden_sheets_of_opendocument_are_passed_over(tmp_path: Path) -> None:
    table = read_table(ods(tmp_path / "a.ods", {"旧": TITLED, "新": TITLED}, hidden=["旧"]))
    assert table.sheet == "新" and [(s.label, s.why) for s in table.skipped] == [("旧", "hidden")]


def test_an_opendocument_file_with_a_password(tmp_path: Path) -> None:
    with pytest.raises(problems.ProtectedFile):
        read_table(ods(tmp_path / "a.ods", {"人员": TITLED}, manifest="<manifest:encryption-data/>"))


def test_entities_in_an_opendocument_file_are_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", {"人员": TITLED})
    content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    path2 = zip_of(tmp_path / "b.ods", {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, "META-INF/manifest.xml": b"<m/>",
    })  # fmt: skip
    assert path.exists()
    with pytest.raises(problems.DamagedFile):
        read_table(path2)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_opendocument_and_zip_files_that_were_cut_off(tmp_path: Path, xlsx: Table, cut: float) -> None:
    inner = ods(tmp_path / "a.ods", {"人员": [["姓名"], *([f"张{i}"] for i in range(500))]})
    for path in (inner, zip_of(tmp_path / "b.zip", {"a.ods": inner})):
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * cut)])
        with pytest.raises(problems.UnreadableFile):
            read_table(path)
        path.write_bytes(content)


def test_tabs_delimit_a_tsv_however_many_commas_its_addresses_have(text_file: TextFile) -> None:
    path = text_file("姓名\t住址\n张三\t城里社区,3号楼,2单元,401\n李四\t城里社区,3号楼,2单元,402\n", "people.tsv")
    assert read_table(path).frame["住址"].to_list()[0] == "城里社区,3号楼,2单元,401"


def test_a_zip_of_tables_is_one_table_and_notes_are_named(tmp_path: Path, xlsx: Table) -> None:
    one = xlsx([["姓名", "身份证号"], ["张三", "1"]], name="1.xlsx")
    two = xls(tmp_path / "2.xls", {"名单": [["台账"], ["姓名", "公民身份号码", "电话"], ["李四", "2", "3"]]})
    files = {
        "10.csv": "姓名,身份证号\n王五,5\n".encode(),
        "1.xlsx": one,
        "2.xls": two,
        "说明.docx": b"PK",
        "读我.csv": b"hello",
    }
    table = read_table(zip_of(tmp_path / "all.zip", files))
    assert [p.label for p in table.parts] == ["1.xlsx/人员", "2.xls/名单", "10.csv"]
    assert table.frame.select("姓名", "身份证号", "电话").rows() == [
        ("张三", "1", None),
        ("李四", "2", "3"),
        ("王五", "5", None),
    ]
    starts = [p.start for p in table.parts]
    assert table.frame[ROW].to_list() == [starts[0] + 2, starts[1] + 3, starts[2] + 2]
    assert {(s.label, s.why) for s in table.skipped} == {("说明.docx", "no_file"), ("读我.csv", "no_table")}


def test_names_in_gbk_inside_a_zip(tmp_path: Path) -> None:
    content = {"城里社区.csv": "姓名\n张三\n".encode(), "城一社区.csv": "姓名\n李四\n".encode()}
    table = read_table(zip_of(tmp_path / "a.zip", content, gbk=True))
    assert {p.file for p in table.parts} == set(content)


@pytest.mark.parametrize("name", ["../a.csv", "x/../../a.csv", "/etc/a.csv", "C:/a.csv", "..\\a.csv"])
def test_entries_that_would_leave_their_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(problems.UnsafeArchive):
        read_table(zip_of(tmp_path / "a.zip", {name: b"x", "b.csv": "姓名\n张三\n".encode()}))


def test_links_inside_a_zip(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(problems.UnsafeArchive):
        read_table(tmp_path / "a.zip")


def test_archives_inside_archives(tmp_path: Path, xlsx: Table) -> None:
    inner = zip_of(tmp_path / "inner.zip", {"a.csv": "姓名\n张三\n".encode()})
    for name in ("inner.zip", "inner.xlsx", "inner.rar"):
        with pytest.raises(problems.UnreadableFile) as found:
            read_table(zip_of(tmp_path / "a.zip", {name: inner}))
        assert isinstance(found.value, problems.NestedArchive | problems.WrongKind)
        assert found.value.params["file"] == name


def test_a_zip_bomb_of_tables(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {f"{i}.csv": b"\0" * 40_000_000 for i in range(4)})
    with pytest.raises(problems.SuspiciousFile):  # by its ratio
        read_table(path)
    with pytest.raises(problems.SuspiciousFile):
        read_table(path, limits=Limits(unpacked_mb=100, unpack_ratio=100_000))
    with pytest.raises(problems.TooManyFiles):
        read_table(path, limits=Limits(archive_files=3))


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"a.csv": "姓名\n张三\n".encode()})
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(problems.ProtectedFile):
        read_table(path)


def test_a_zip_without_tables(tmp_path: Path) -> None:
    for files in ({}, {"照片.jpg": b"x"}):
        with pytest.raises(problems.NoTables):
            read_table(zip_of(tmp_path / "a.zip", files))


def test_a_bad_file_in_a_zip_is_named(tmp_path: Path) -> None:
    files = {"好.csv": "姓名\n张三\n".encode(), "坏.xlsx": b"%PDF-1.4"}
    with pytest.raises(problems.WrongKind) as found:
        read_table(zip_of(tmp_path / "a.zip", files))
    assert found.value.params["file"] == "坏.xlsx"


def test_more_rows_than_a_batch_may_have(tmp_path: Path) -> None:
    files = {f"{i}.csv": "姓名\n张三\n李四\n".encode() for i in range(3)}
    with pytest.raises(problems.TooManyRows):
        read_table(zip_of(tmp_path / "a.zip", files), limits=Limits(batch_rows=5))


def test_more_columns_than_a_batch_may_have(tmp_path: Path) -> None:
    """Each file within the limit, all of them together not: every row has the columns of all."""
    files = {f"{i}.csv": f"姓名,身份证号,甲{i},乙{i}\n张三,1,2,3\n".encode() for i in range(5)}
    with pytest.raises(problems.TooManyColumns):
        read_table(zip_of(tmp_path / "a.zip", files), limits=Limits(columns=10))
