"""Delimited text as people export it: UTF-8 with or without BOM, UTF-16, GB18030, or several of them in one file."""

from __future__ import annotations

import codecs
import csv
import io
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path
from typing import Literal

import polars as pl

from ..limits import MEGABYTE, Limits
from ..problems import DamagedFile, TooManyColumns, TooManyRows, WrongKind

BLOCK_ROWS = 50_000
DELIMITERS = ",\t;|,"
SAMPLE_LINES = 200
Quoting = Literal[0, 3]


@dataclass(frozen=True, slots=True)
class CsvText:
    """The records of a file as text columns c0…; `mixed_rows` are sheet rows that needed another encoding."""

    frame: pl.DataFrame
    encoding: str
    delimiter: str
    mixed_rows: tuple[int, ...]


def read_csv(path: Path, limits: Limits, *, tabs: bool = False) -> CsvText:
    """Read a delimited file; `tabs` for one that says it is delimited by them, where addresses are full of commas.
    Raises TooManyRows, TooManyColumns, DamagedFile."""
    content = path.read_bytes()
    encoding, text, mixed_lines = _decode(content)
    del content
    if "\x00" in text[: 4 * MEGABYTE]:
        raise WrongKind(found="二进制文件")
    text = text.replace("\x00", "")
    delimiter = "\t" if tabs and "\t" in text[: 256 * 1024] else sniff_delimiter(text)
    try:
        quoting: Quoting = csv.QUOTE_MINIMAL
        frame = _parse(text, delimiter, limits, quoting)
    except csv.Error:
        # One stray quotation mark swallows the rest of the file; then marks are plain letters.
        quoting = csv.QUOTE_NONE
        frame = _parse(text, delimiter, limits, quoting)
    mixed = _records_at(text, delimiter, quoting, mixed_lines) if mixed_lines else ()
    return CsvText(frame, encoding, delimiter, mixed)


def _decode(content: bytes) -> tuple[str, str, list[int]]:
    """The text, what it was encoded in, and the line numbers (from 1) that were in another encoding."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            try:
                return name, content.decode(name), []
            except UnicodeDecodeError:
                if name == "utf-16":
                    raise DamagedFile() from None
                content = content[len(mark) :]
                break
    for name in ("utf-8", "gb18030"):
        try:
            return name, content.decode(name), []
        except UnicodeDecodeError:
            continue
    return _decode_lines(content)


def _decode_lines(content: bytes) -> tuple[str, str, list[int]]:
    """Mixed encodings, line by line: what most lines are in is the file's; the others are noted."""
    lines: list[str] = []
    foreign: dict[str, list[int]] = {"utf-8": [], "gb18030": [], "": []}
    for number, line in enumerate(content.splitlines(keepends=True), 1):
        if line.isascii():
            lines.append(line.decode("ascii"))
            continue
        for name in ("utf-8", "gb18030"):
            try:
                lines.append(line.decode(name))
                foreign[name].append(number)
                break
            except UnicodeDecodeError:
                continue
        else:
            lines.append(line.decode("utf-8", errors="replace"))
            foreign[""].append(number)
    main = "utf-8" if len(foreign["utf-8"]) >= len(foreign["gb18030"]) else "gb18030"
    other = "gb18030" if main == "utf-8" else "utf-8"
    return main, "".join(lines), sorted(foreign[other] + foreign[""])


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the most columns most evenly; a comma for a single column."""
    lines = [line for line in text[: 256 * 1024].splitlines() if line.strip()][:SAMPLE_LINES]
    best, best_score = ",", 0.0
    for candidate in dict.fromkeys(DELIMITERS):
        counts = [line.count(candidate) for line in lines]
        if not counts or max(counts) == 0:
            continue
        common = max(set(counts), key=counts.count)
        score = common * counts.count(common) / len(counts)
        if score > best_score:
            best, best_score = candidate, score
    return best


def _parse(text: str, delimiter: str, limits: Limits, quoting: Quoting) -> pl.DataFrame:
    """The records as text columns c0…, short ones filled with null, blank cells null."""
    csv.field_size_limit(MEGABYTE // 4)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    blocks: list[pl.DataFrame] = []
    rows = width = 0
    for block in _blocks(reader):
        rows += len(block)
        if rows > limits.rows:
            raise TooManyRows(rows=rows, limit=limits.rows)
        columns = [pl.Series(f"c{i}", list(values), pl.String) for i, values in enumerate(zip_longest(*block))]
        width = max(width, len(columns))
        if width > limits.columns:
            raise TooManyColumns(columns=width, limit=limits.columns)
        # A block of blank records has no columns, yet its rows count: row numbers must stay true.
        height = pl.DataFrame({"#": pl.repeat(None, len(block), dtype=pl.String, eager=True)})
        blocks.append(height.hstack(columns))
    if not blocks:
        return pl.DataFrame()
    frame = pl.concat(blocks, how="diagonal").drop("#")
    blank = pl.all().str.strip_chars(" \t\r\n\u3000\xa0\ufeff")
    frame = frame.with_columns(blank).with_columns(pl.when(pl.all() != "").then(pl.all()))
    return frame


def _blocks(reader: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while block := list(islice(reader, BLOCK_ROWS)):
        yield block


def _records_at(text: str, delimiter: str, quoting: Quoting, lines: list[int]) -> tuple[int, ...]:
    """The records (from 1) that the given lines belong to; they differ where quoted cells hold line breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    ends = [reader.line_num for _ in reader]
    return tuple(sorted({bisect_left(ends, line) + 1 for line in lines}))
