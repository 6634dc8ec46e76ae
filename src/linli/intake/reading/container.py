"""What kind of file this is, judged by its content, and whether it is safe to open; nothing is unpacked to disk."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from ..limits import MEGABYTE, Limits
from ..problems import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    ProtectedFile,
    SuspiciousFile,
    UnreadableFile,
    WrongKind,
)

Kind = Literal["xlsx", "xls", "csv"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes of what people bring by mistake, and what to call it.
FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG 图片"),
    (b"\xff\xd8\xff", "JPEG 图片"),
    (b"GIF8", "GIF 图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"SQLite format 3", "SQLite 数据库"),
)
ZIPPED: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "PPT 演示文稿"),
    ("xl/workbook.bin", "xlsb 二进制表格，请另存为 .xlsx"),
    ("content.xml", "ODF 文档，请另存为 .xlsx"),
)
SMALL_XML = 32 * MEGABYTE
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of the file; rows and columns as the file declares them, 0 where it does not."""

    name: str
    hidden: bool = False
    rows: int = 0
    columns: int = 0
    part: str = ""


@dataclass(frozen=True, slots=True)
class WorkbookInfo:
    """What a file is. `declared` is the kind its name claims; macros are never run, only noted."""

    kind: Kind
    declared: str
    size: int
    sheets: tuple[SheetInfo, ...]
    macros: bool = False


def inspect(path: Path, limits: Limits | None = None, filename: str | None = None) -> WorkbookInfo:
    """Judge a file by its content. Raises a kind of UnreadableFile that says why it cannot be taken in."""
    limits = limits or Limits()
    size = path.stat().st_size
    if size == 0:
        raise EmptyFile()
    if size > limits.file_mb * MEGABYTE:
        raise FileTooLarge(size_mb=-(-size // MEGABYTE), limit_mb=limits.file_mb)
    declared = Path(filename or path.name).suffix.lower().lstrip(".")
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"PK"):
        return _inspect_zip(path, size, declared, limits)
    if head.startswith(OLE):
        return _inspect_ole(path, size, declared)
    found = next((name for magic, name in FOREIGN if head.startswith(magic)), None) or _foreign_text(head)
    if found:
        raise WrongKind(found=found)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n") and (size <= len(head) or not _has_content(path)):
        raise EmptyFile()
    return WorkbookInfo("csv", declared, size, (SheetInfo(name="csv"),))


def _has_content(path: Path) -> bool:
    with path.open("rb") as file:
        while block := file.read(MEGABYTE):
            if block.strip():
                return True
    return False


def _foreign_text(head: bytes) -> str | None:
    """Web pages and 2003-style XML carry an .xls name in many export buttons; binary rubbish has zero bytes."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        return "网页，请用 Excel 打开后另存为 .xlsx"
    if start.startswith(b"<?xml") or b'progid="excel.sheet"' in start:
        return "XML 文件，请用 Excel 打开后另存为 .xlsx"
    if start.startswith(b"{\\rtf"):
        return "RTF 文档"
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\x00" in head:
        return "二进制文件"
    return None


def _inspect_ole(path: Path, size: int, declared: str) -> WorkbookInfo:
    """Old .xls, or the envelope Excel wraps around an encrypted .xlsx (MS-OFFCRYPTO)."""
    seen = dict.fromkeys(("EncryptedPackage", "Workbook", "Book", "WordDocument", "_VBA_PROJECT"), False)
    tail = b""
    with path.open("rb") as file:
        while block := file.read(4 * MEGABYTE):
            window = tail + block
            for name in seen:
                seen[name] = seen[name] or name.encode("utf-16-le") in window
            tail = block[-64:]
    if seen["EncryptedPackage"]:
        raise ProtectedFile()
    if not (seen["Workbook"] or seen["Book"]):
        raise WrongKind(found="Word 文档" if seen["WordDocument"] else "OLE 文件")
    import python_calamine

    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            sheets = tuple(
                SheetInfo(m.name, m.visible != python_calamine.SheetVisibleEnum.Visible)
                for m in book.sheets_metadata
                if m.typ == python_calamine.SheetTypeEnum.WorkSheet
            )
    except python_calamine.PasswordError as error:
        raise ProtectedFile() from error
    except Exception as error:
        # calamine reports a protected .xls and a broken one by the same class; its words tell them apart.
        raise (ProtectedFile() if "assword" in str(error) else DamagedFile()) from error
    return WorkbookInfo("xls", declared, size, sheets, seen["_VBA_PROJECT"])


def _inspect_zip(path: Path, size: int, declared: str, limits: Limits) -> WorkbookInfo:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if any(entry.flag_bits & 1 for entry in entries):
                raise ProtectedFile()
            if "xl/workbook.xml" not in names:
                raise WrongKind(found=next((what for name, what in ZIPPED if name in names), "ZIP 压缩包"))
            unpacked = sum(entry.file_size for entry in entries)
            allowed = limits.unpacked_mb * MEGABYTE
            if unpacked > allowed or (unpacked > 64 * MEGABYTE and unpacked > limits.unpack_ratio * max(size, 1)):
                raise SuspiciousFile(size_mb=unpacked // MEGABYTE, limit_mb=limits.unpacked_mb)
            sheets = _sheets(archive)
            macros = any(name.endswith("vbaProject.bin") for name in names)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, EOFError, OSError, ValueError) as error:
        raise DamagedFile() from error
    if not sheets:
        raise EmptyFile()
    return WorkbookInfo("xlsx", declared, size, sheets, macros)


def _small_xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A small part parsed. Document types are refused: no honest workbook has one, entity bombs do."""
    with archive.open(name) as file:
        content = file.read(SMALL_XML + 1)
    if len(content) > SMALL_XML or b"<!DOCTYPE" in content:
        raise DamagedFile()
    return ElementTree.fromstring(content)  # noqa: S314 – expat bounds expansion, and DTDs are refused above


def _sheets(archive: zipfile.ZipFile) -> tuple[SheetInfo, ...]:
    relations = _small_xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {
        node.get("Id", ""): node.get("Target", "") for node in relations if node.get("Type", "").endswith("/worksheet")
    }
    found = []
    for node in _small_xml(archive, "xl/workbook.xml").iter():
        if not node.tag.endswith("}sheet"):
            continue
        target = targets.get(node.get(RELATION) or node.get(STRICT_RELATION) or "")
        if target is None:
            continue  # chart sheets and macro sheets hold no table
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        rows, columns = _dimension(archive, part)
        hidden = node.get("state", "visible") != "visible"
        found.append(SheetInfo(node.get("name", ""), hidden, rows, columns, part))
    return tuple(found)


def _dimension(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    with archive.open(part) as file:
        head = file.read(4096)
    match = re.search(rb'dimension ref="(?:\$?[A-Z]+\$?\d+:)?\$?([A-Z]+)\$?(\d+)"', head)
    if not match:
        return 0, 0
    return int(match[2]), column_number(match[1].decode())


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """A for 0, AA for 26."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
