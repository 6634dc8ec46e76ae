"""Files that no library here writes: OpenDocument spreadsheets, old .xls (BIFF8 in an OLE container), odd zips."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
Rows = Sequence[Sequence[Any]]


def ods_cell(value: Any) -> str:
    """A cell: numbers as numbers, text that begins with < as XML of one's own."""
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<"):
        return value
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>1E+17</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def ods(path: Path, sheets: Mapping[str, Rows | str], hidden: Iterable[str] = (), manifest: str = "") -> Path:
    """Write an .ods; a sheet may be given as the XML of its rows."""
    body = []
    for name, rows in sheets.items():
        inner = rows if isinstance(rows, str) else "".join(
            f"<table:table-row>{''.join(ods_cell(v) for v in row)}</table:table-row>" for row in rows
        )  # fmt: skip
        style = "off" if name in set(hidden) else "on"
        body.append(f'<table:table table:name="{escape(name)}" table:style-name="{style}">{inner}</table:table>')
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("on", "true"), ("off", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {SPACES} xmlns:calcext="urn:x">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{''.join(body)}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", SPREADSHEET, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return path


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str, width: str) -> bytes:
    return struct.pack(width, len(value)) + b"\x01" + value.encode("utf-16-le")


def _sheet(rows: Rows, merges: Sequence[tuple[int, int, int, int]]) -> bytes:
    parts = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str):
                parts.append(_record(0x0204, struct.pack("<HHH", r, c, 0) + _text(value, "<H")))
            elif value is not None:
                parts.append(_record(0x0203, struct.pack("<HHHd", r, c, 0, float(value))))
    if merges:
        body = struct.pack("<H", len(merges)) + b"".join(struct.pack("<HHHH", *m) for m in merges)
        parts.append(_record(0x00E5, body))
    return b"".join(parts) + _record(0x000A, b"")


def xls(
    path: Path,
    sheets: Mapping[str, Rows],
    *,
    hidden: Iterable[str] = (),
    merges: Sequence[tuple[int, int, int, int]] = (),
    password: bool = False,
) -> Path:
    """Write a BIFF8 workbook ([MS-XLS] 2.1.7.20.1); `merges`: first row, last row, first column, last column."""
    own = set(hidden)
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    if password:
        head += _record(0x002F, struct.pack("<HHH", 0, 0x1234, 0x5678))
    head += _record(0x0042, struct.pack("<H", 1200))
    pages = [_sheet(rows, merges) for rows in sheets.values()]
    bounds_size = sum(4 + 6 + 2 + 2 * len(name) for name in sheets)
    offset = len(head) + bounds_size + 4
    bounds = b""
    for name, page in zip(sheets, pages, strict=True):
        state = 1 if name in own else 0
        bounds += _record(0x0085, struct.pack("<IBB", offset, state, 0) + _text(name, "<B"))
        offset += len(page)
    path.write_bytes(_ole("Workbook", head + bounds + _record(0x000A, b"") + b"".join(pages)))
    return path


def _ole(name: str, stream: bytes) -> bytes:
    """A compound file with one stream ([MS-CFB] 2.2): header, one sector of FAT, one of directory, the stream."""
    stream += b"\0" * (-max(len(stream), 4096) % 512 if len(stream) >= 4096 else 4096 - len(stream))
    sectors = len(stream) // 512
    assert sectors <= 126, "one sector of FAT holds no more"
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    header += b"\xff" * (512 - len(header))
    chain = [0xFFFFFFFD, 0xFFFFFFFE] + [i + 3 for i in range(sectors - 1)] + [0xFFFFFFFE]
    fat = b"".join(struct.pack("<I", n) for n in chain).ljust(512, b"\xff")

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = title.encode("utf-16-le")
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(name, 2, 0xFFFFFFFF, 2, len(stream))
    return header + fat + directory.ljust(512, b"\0") + stream


def zip_of(path: Path, files: Mapping[str, bytes | Path], *, gbk: bool = False) -> Path:
    """Write a zip; with `gbk` the names as Windows in China writes them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            data = content.read_bytes() if isinstance(content, Path) else content
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    if gbk:
        for name in files:
            path.write_bytes(_renamed(path.read_bytes(), name.encode(), name.encode("gb18030")))
    return path


def _renamed(raw: bytes, old: bytes, new: bytes) -> bytes:
    """The archive with a name in other bytes, not marked as UTF-8."""
    source = zipfile.ZipFile(io.BytesIO(raw))
    out = io.BytesIO()

    class Raw(zipfile.ZipInfo):
        __slots__ = ("own",)

        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.own, self.flag_bits & ~0x800

    with zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            name = entry.filename.encode("cp437" if not entry.flag_bits & 0x800 else "utf-8")
            info = Raw(entry.filename)
            info.own = new if name == old else name
            target.writestr(info, source.read(entry))
    return out.getvalue()
