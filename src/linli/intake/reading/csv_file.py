"""Delimited text as people export it: UTF-8 with or without BOM, UTF-16, GB18030, or several of them in one file.

The file is read as a stream, once to tell its encoding and once for its records: a city's table has a gigabyte.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, zip_longest
from pathlib import Path

import polars as pl

from linli.kernel.slices import Slices

from ..limits import MEGABYTE, Limits
from ..problems import DamagedFile, LineTooLong, TooManyColumns, TooManyRows, WrongKind
from .records import Records

BLOCK_ROWS = 50_000
BLOCK_BYTES = 4 * MEGABYTE
DELIMITERS = ",\t;|,"
SAMPLE_LETTERS = 256 * 1024
SAMPLE_LINES = 200


@dataclass(frozen=True, slots=True)
class CsvText:
    """The records of a file as text columns c0…; `mixed_rows` are sheet rows that needed another encoding, `stray_rows`
    those with a quotation mark that opens or closes no cell."""

    rows: Slices
    encoding: str
    delimiter: str
    mixed_rows: tuple[int, ...]
    stray_rows: tuple[int, ...]

    @property
    def frame(self) -> pl.DataFrame:
        """All records at once."""
        return self.rows.frame


def read_csv(path: Path, limits: Limits, *, tabs: bool = False) -> CsvText:
    """Read a delimited file; `tabs` for one that says it is delimited by them, where addresses are full of commas.
    Raises TooManyRows, TooManyColumns, LineTooLong, DamagedFile."""
    most = limits.line_characters
    encoding, skip, mixed_lines = _encoding(path, most)

    def told() -> Iterator[str]:
        return _plain(path, encoding, skip, most) if mixed_lines is None else _mixed(path, skip, most)

    def lines() -> Iterator[str]:
        return (line.replace("\x00", "") for line in told())

    sample = _sample(told(), BLOCK_BYTES)
    if "\x00" in sample:
        raise WrongKind(found="二进制文件")
    sample = sample[:SAMPLE_LETTERS]
    delimiter = "\t" if tabs and "\t" in sample else sniff_delimiter(sample)
    records = Records(lines(), delimiter, mixed_lines or ())
    rows = _parse(records, limits)
    return CsvText(rows, encoding, delimiter, tuple(records.at), tuple(records.stray))


def _encoding(path: Path, most: int) -> tuple[str, int, list[int] | None]:
    """What the file is encoded in, the bytes of a mark to skip, and where it is in several: the lines (from 1) in another
    than most."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        if not _decodes(path, "utf-16", 0):
            raise DamagedFile()
        return "utf-16", 0, None
    skip = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name, skip):
            return f"{name}-sig" if skip and name == "utf-8" else name, skip, None
    return _of_lines(path, skip, most)


def _decodes(path: Path, encoding: str, skip: int) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        file.seek(skip)
        try:
            while block := file.read(BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _plain(path: Path, encoding: str, skip: int, most: int) -> Iterator[str]:
    """The lines of a file in one encoding, their ends kept. Raises LineTooLong before it has read such a line whole."""
    with path.open("rb") as binary:
        binary.seek(skip)
        with io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
            number = 0
            while line := text.readline(most + 1):
                number += 1
                if len(line) > most:
                    raise LineTooLong(line=number, limit=most)
                yield line


def _of_lines(path: Path, skip: int, most: int) -> tuple[str, int, list[int]]:
    """Mixed encodings, line by line: what most lines are in is the file's; the others are noted."""
    foreign: dict[str, list[int]] = {"utf-8": [], "gb18030": [], "": []}
    for number, line in enumerate(_byte_lines(path, skip, most), 1):
        if not line.isascii():
            foreign[_encoding_of(line)].append(number)
    main = "utf-8" if len(foreign["utf-8"]) >= len(foreign["gb18030"]) else "gb18030"
    other = "gb18030" if main == "utf-8" else "utf-8"
    return main, skip, sorted(foreign[other] + foreign[""])


def _encoding_of(line: bytes) -> str:
    for name in ("utf-8", "gb18030"):
        try:
            line.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return ""


def _mixed(path: Path, skip: int, most: int) -> Iterator[str]:
    """The lines of a file in several encodings; letters in none of them are replaced."""
    for line in _byte_lines(path, skip, most):
        name = _encoding_of(line)
        yield line.decode(name) if name else line.decode("utf-8", errors="replace")


def _byte_lines(path: Path, skip: int, most: int) -> Iterator[bytes]:
    """The lines as bytes, of which a character has at most four. Raises LineTooLong."""
    with path.open("rb") as file:
        file.seek(skip)
        rest, number = b"", 0
        while block := file.read(BLOCK_BYTES):
            *whole, rest = (rest + block).splitlines(keepends=True)  # a line feed may still belong to the last
            yield from whole
            number += len(whole)
            if len(rest) > 4 * most:
                raise LineTooLong(line=number + 1, limit=most)
        if rest:
            yield rest


def _sample(lines: Iterator[str], letters: int) -> str:
    """The first letters of a text, to the end of a line where lines are not longer than that."""
    found, size = [], 0
    for line in lines:
        found.append(line)
        size += len(line)
        if size >= letters:
            break
    return "".join(found)[:letters]


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first lines into the most columns most evenly; a comma for a single column."""
    lines = [line for line in text[:SAMPLE_LETTERS].splitlines() if line.strip()][:SAMPLE_LINES]
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


def _parse(records: Records, limits: Limits) -> Slices:
    """The records as text columns c0…, short ones filled with null, blank cells null."""
    following = iter(records)
    rows, width = Slices(), 0
    blank = pl.all().str.strip_chars(" \t\r\n\u3000\xa0\ufeff")
    while block := list(islice(following, BLOCK_ROWS)):
        columns = [pl.Series(f"c{i}", list(values), pl.String) for i, values in enumerate(zip_longest(*block))]
        width = max(width, len(columns))
        if width > limits.columns:
            raise TooManyColumns(columns=width, limit=limits.columns)
        # A block of blank records has no columns, yet its rows count: row numbers must stay true.
        columns = columns or [pl.repeat(None, len(block), dtype=pl.String, eager=True).alias("c0")]
        frame = pl.DataFrame(columns).with_columns(blank)
        rows.append(frame.with_columns(pl.when(pl.all() != "").then(pl.all())))
        if rows.height > limits.batch_rows:
            raise TooManyRows(rows=rows.height, limit=limits.batch_rows)
    return rows if width else Slices()
