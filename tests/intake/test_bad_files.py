"""Files that cannot or must not be read: a clear error each, and never a crash, a hang or a run macro."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_tables import Table, with_sheet_xml

from linli.intake import problems
from linli.intake.limits import MEGABYTE, Limits
from linli.intake.reading import read_table

TextFile = Callable[..., Path]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize("content", [b"", b"  \r\n \t\n", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file(text_file: TextFile, content: bytes) -> None:
    with pytest.raises(problems.EmptyFile):
        read_table(text_file(content))


def test_a_workbook_with_an_empty_sheet(xlsx: Table) -> None:
    with pytest.raises(problems.HeaderMissing):
        read_table(xlsx([]))


def test_a_password_protected_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 2048)
    with pytest.raises(problems.ProtectedFile):
        read_table(path)


def test_a_zip_with_encrypted_entries(tmp_path: Path, xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]])
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    path.write_bytes(bytes(content))
    with pytest.raises(problems.ProtectedFile):
        read_table(path)


def test_a_file_over_the_size_setting(xlsx: Table) -> None:
    with pytest.raises(problems.FileTooLarge):
        read_table(xlsx([["姓名"], ["张三"]]), limits=Limits(file_mb=0))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"\xff\xd8\xff\xe0",
        b"Rar!\x1a",
        b"<html><table><tr><td>x",
        b"<?xml version='1.0'?><a/>",
        b"a\x00b\x00c",
    ],
)
def test_something_that_is_no_table(text_file: TextFile, content: bytes) -> None:
    with pytest.raises(problems.WrongKind):
        read_table(text_file(content, "people.xlsx"))


@pytest.mark.parametrize("part", ["word/document.xml", "ppt/presentation.xml", "readme.txt"])
def test_another_kind_of_zip(tmp_path: Path, part: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(part, "<x/>")
    with pytest.raises(problems.WrongKind):
        read_table(tmp_path / "a.xlsx")


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_off(xlsx: Table, cut: float) -> None:
    path = xlsx([["姓名"], *([f"张{i}"] for i in range(500))])
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    with pytest.raises(problems.UnreadableFile):
        read_table(path)


def test_a_sheet_whose_bytes_were_changed(xlsx: Table) -> None:
    path = xlsx([["姓名"], *([f"张{i}"] for i in range(2000))])
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        middle = entry.header_offset + 60 + entry.compress_size // 2
    content[middle] ^= 0x55
    path.write_bytes(bytes(content))
    with pytest.raises(problems.UnreadableFile):
        read_table(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/blank.bin", b"\0" * (200 * MEGABYTE))
    with pytest.raises(problems.SuspiciousFile):
        read_table(path, limits=Limits(unpacked_mb=100))
    with pytest.raises(problems.SuspiciousFile) as refused:  # by its ratio alone
        read_table(path)
    assert "250 times" in refused.value.text.say("en", refused.value.params)


def test_a_list_of_entries_that_is_too_long_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for serial in range(190):  # fewer than are allowed, but their list alone is 230 kB
            archive.writestr(f"{serial}{'x' * 1_200}.csv", "姓名")
    with pytest.raises(problems.TooManyFiles):
        read_table(path, limits=Limits(archive_files=200))
    with pytest.raises(problems.NoRows):
        read_table(path, limits=Limits(archive_files=400))


def test_workbooks_of_an_archive_may_not_together_be_larger_than_one_alone(tmp_path: Path, xlsx: Table) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("城里社区.xlsx", "城一社区.xlsx"):
            path = xlsx([["姓名"], ["张三"]], name=name)
            with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book:
                book.writestr("xl/media/blank.bin", b"\0" * (3 * MEGABYTE))
            assert read_table(path, limits=Limits(unpacked_mb=5)).frame.height == 1
            archive.write(path, name)
    with pytest.raises(problems.SuspiciousFile) as refused:
        read_table(tmp_path / "a.zip", limits=Limits(unpacked_mb=5))
    assert refused.value.params["file"] == "城里社区.xlsx"
    assert read_table(tmp_path / "a.zip", limits=Limits(unpacked_mb=7)).frame.height == 2


def test_a_bomb_that_lies_about_its_size_is_found_by_its_checksum(xlsx: Table) -> None:
    """The directory says 1 kB, the stream holds 64 MB: reading stops at what was declared."""
    path = xlsx([["姓名"], ["张三"]])
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if n != "xl/sharedStrings.xml"}
    bomb = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = bomb.compress(b"<sst>" + b" " * (64 * MEGABYTE)) + bomb.flush()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.writestr("xl/sharedStrings.xml", b"x" * 1000)
    raw = path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        entry = archive.getinfo("xl/sharedStrings.xml")
        start = entry.header_offset + 30 + len(entry.filename)
        old = entry.compress_size
    directory = raw.find(b"PK\x01\x02", start)
    grown = len(packed) - old
    body = raw[:start] + packed + raw[start + old :]
    body = bytearray(body)
    at = body.find(b"xl/sharedStrings.xml", directory + grown) - 46
    body[at + 20 : at + 24] = len(packed).to_bytes(4, "little")
    end = body.rfind(b"PK\x05\x06")
    body[end + 16 : end + 20] = (directory + grown).to_bytes(4, "little")
    path.write_bytes(bytes(body))
    with pytest.raises(problems.UnreadableFile):
        read_table(path)


def test_a_stray_far_cell_does_not_cost_memory(xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]])
    with_sheet_xml(
        path,
        lambda x: x.replace("</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
    )
    with pytest.raises(problems.TooManyColumns):
        read_table(path)
    with pytest.raises(problems.TooManyCells):
        read_table(path, limits=Limits(columns=20_000))


def test_five_thousand_columns(xlsx: Table) -> None:
    path = xlsx([[f"列{i}" for i in range(5000)], list(range(5000))])
    with pytest.raises(problems.TooManyColumns) as found:
        read_table(path)
    assert found.value.params["columns"] == 5000


@pytest.mark.parametrize("strange", [b"", b"\xff,"])
@pytest.mark.parametrize("before", [0, 2])
def test_a_line_without_end_is_never_read_whole(text_file: TextFile, strange: bytes, before: int) -> None:
    """A file of one giant line, as some exports without line breaks are; also where lines are in several encodings."""
    path = text_file("姓名,性别\n".encode() * before + strange + "张三,男,".encode() * 20_000)
    with pytest.raises(problems.LineTooLong) as refused:
        read_table(path, limits=Limits(line_characters=1000))
    assert refused.value.params == {"line": before + 1, "limit": 1000}


def test_more_rows_than_are_let_in(text_file: TextFile, xlsx: Table) -> None:
    """A text file may hold what a batch may; a sheet, which is read whole, has a bound of its own."""
    rows = [["姓名"], *(["张三"] for _ in range(6))]
    with pytest.raises(problems.TooManyRows):
        read_table(text_file("\n".join(row[0] for row in rows)), limits=Limits(batch_rows=6))
    with pytest.raises(problems.TooManyRows):
        read_table(xlsx(rows), limits=Limits(rows=6))
    assert read_table(text_file("\n".join(row[0] for row in rows)), limits=Limits(rows=6)).rows.height == 6


def test_more_rows_than_a_sheet_can_have(text_file: TextFile) -> None:
    assert read_table(text_file("姓名\n" + "张三\n" * 1_048_576)).rows.height == 1_048_576


def test_as_many_rows_as_a_sheet_can_have(text_file: TextFile) -> None:
    table = read_table(text_file("姓名,性别\n" + "张三,男\n" * 1_048_575))
    assert table.frame.height == 1_048_575
    assert table.frame["#row"][-1] == 1_048_576


@pytest.mark.parametrize(
    "rows",
    [[["张三", "370302199001011234", "男"], ["李四", "370302199001011235", "女"]], [["1", "2"], ["3", "4"]]],
)
def test_a_table_without_header(xlsx: Table, rows: list[list[str]]) -> None:
    with pytest.raises(problems.HeaderMissing):
        read_table(xlsx(rows))


def test_a_header_without_rows(xlsx: Table) -> None:
    with pytest.raises(problems.NoRows):
        read_table(xlsx([["姓名", "身份证号"]]))


def test_a_sheet_that_is_not_there(xlsx: Table) -> None:
    with pytest.raises(problems.SheetMissing):
        read_table(xlsx([["姓名"], ["张三"]]), sheet="没有")


def test_macros_are_noted_and_their_code_is_only_data(xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]], name="people.xlsm")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b'Sub Auto_Open() : Shell "calc" : End Sub')
    table = read_table(path)
    assert table.info.macros
    assert "file.macros_ignored" in {n.code for n in table.notes}


def test_entities_in_the_workbook_are_refused(tmp_path: Path, xlsx: Table) -> None:
    path = xlsx([["姓名"], ["张三"]])
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + content
            target.writestr(entry.filename, content)
    with pytest.raises(problems.DamagedFile):
        read_table(path)


def test_every_problem_speaks_both_languages() -> None:
    kinds = problems.UnreadableFile.__subclasses__()
    assert len({k.code for k in kinds}) == len(kinds) >= 12
    assert all(k.text.zh and k.text.en for k in kinds)


def test_an_old_xls_is_not_mistaken_for_a_protected_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(OLE + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 4096)
    with pytest.raises(problems.DamagedFile):
        read_table(path)
