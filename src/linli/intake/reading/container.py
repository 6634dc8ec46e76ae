"""What kind of file this is, judged by its content, and whether it is safe to open; nothing is unpacked to disk."""

from __future__ import annotations

import re
import struct
import zipfile
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from ..limits import MEGABYTE, Limits
from ..problems import (
    DamagedFile,
    EmptyFile,
    FileTooLarge,
    NoTables,
    ProtectedFile,
    SuspiciousFile,
    UnreadableFile,
    WrongKind,
)
from .archive import contents, listed

Kind = Literal["xlsx", "xls", "ods", "csv", "zip"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Record BOF of BIFF8 for the workbook as a whole ([MS-XLS] 2.4.21), and the one that says it is scrambled.
WORKBOOK_BEGINS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
FILEPASS = 0x002F
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
    ("AndroidManifest.xml", "手机应用"),
    ("META-INF/MANIFEST.MF", "Java 程序"),
)
# ODF 1.3 part 2, §3.3: the kind of a document is the content of its entry `mimetype`.
SPREADSHEETS = (
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.spreadsheet-template",
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
    unpacked: int = 0  # bytes, where it is packed


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
    content = path.read_bytes()
    if seen["EncryptedPackage"] or _filepass(content):
        raise ProtectedFile()
    if not (seen["Workbook"] or seen["Book"]):
        raise WrongKind(found="Word 文档" if seen["WordDocument"] else "OLE 文件")
    import python_calamine

    try:
        # By content: from a path the reader would go by its ending.
        with python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as book:
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


def _filepass(content: bytes) -> bool:
    """Whether an .xls is scrambled with a password: record FILEPASS among the first of the workbook ([MS-XLS] 2.4.117).

    The reader knows the stronger way only; of the old one (XOR) it would make rubbish.
    """
    place = content.find(WORKBOOK_BEGINS)
    for _ in range(8):  # the stream begins a sector, so its first records lie together
        if place < 0 or place + 4 > len(content):
            return False
        kind, size = struct.unpack_from("<HH", content, place)
        if kind == FILEPASS:
            return True
        place += 4 + size
    return False


def _inspect_zip(path: Path, size: int, declared: str, limits: Limits) -> WorkbookInfo:
    try:
        with listed(path, limits) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names and not _is_spreadsheet(archive, names):
                return _archive(path, size, declared, names, limits)
            if any(entry.flag_bits & 1 for entry in entries):
                raise ProtectedFile()
            unpacked = sum(entry.file_size for entry in entries)
            allowed = limits.unpacked_mb * MEGABYTE
            if unpacked > allowed or (unpacked > 64 * MEGABYTE and unpacked > limits.unpack_ratio * max(size, 1)):
                raise SuspiciousFile(
                    size_mb=unpacked // MEGABYTE, limit_mb=limits.unpacked_mb, ratio=limits.unpack_ratio
                )
            if "xl/workbook.xml" not in names:
                return replace(_ods(archive, path, size, declared, names, limits), unpacked=unpacked)
            sheets = _sheets(archive)
            macros = any(name.endswith("vbaProject.bin") for name in names)
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, EOFError, OSError, ValueError) as error:
        raise DamagedFile() from error
    if not sheets:
        raise EmptyFile()
    return WorkbookInfo("xlsx", declared, size, sheets, macros, unpacked)


def _is_spreadsheet(archive: zipfile.ZipFile, names: set[str]) -> bool:
    if "mimetype" not in names:
        return False
    with archive.open("mimetype") as file:
        return file.read(256).decode("ascii", "replace").strip() in SPREADSHEETS


def _ods(
    archive: zipfile.ZipFile, path: Path, size: int, declared: str, names: set[str], limits: Limits
) -> WorkbookInfo:
    """An OpenDocument spreadsheet. One with a password keeps its entries readable and says so in the manifest."""
    from .ods_file import CONTENT, read_ods

    with archive.open("META-INF/manifest.xml") as file:
        sealed = b"encryption-data" in file.read(SMALL_XML)
    if sealed or "encrypted-package" in names:
        raise ProtectedFile()
    if CONTENT not in names:
        raise DamagedFile()
    sheets = tuple(SheetInfo(s.name, s.hidden) for s in read_ods(path, limits, lambda name, hidden: False))
    if not sheets:
        raise EmptyFile()
    return WorkbookInfo("ods", declared, size, sheets, any(name.startswith("Basic/") for name in names))


def _archive(path: Path, size: int, declared: str, names: set[str], limits: Limits) -> WorkbookInfo:
    """An archive of tables. One that carries a document's parts, or another kind's name and no table, is no such."""
    found = next((what for name, what in ZIPPED if name in names), None)
    if found:
        raise WrongKind(found=found)
    held = contents(path, limits)
    tables = [m for m in held.members if declared == "zip" or m.suffix != "txt"]
    if not tables:
        raise NoTables() if declared in ("zip", "") else WrongKind(found="ZIP 压缩包")
    return WorkbookInfo("zip", declared, size, tuple(SheetInfo(m.name) for m in tables))


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
