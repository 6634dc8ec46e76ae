"""Zip archives of tables: which entries are tables, what they are called, and which archives are refused unopened.

Entries are unpacked one at a time into a private folder and go again before the next; their own paths are never used
as paths. Names that are not marked as UTF-8 are read as GB18030, which is what Windows in China writes (APPNOTE.TXT
4.4.4 bit 11; that the others are GBK is inferred from practice).
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..limits import MEGABYTE, Limits
from ..problems import (
    DamagedFile,
    NestedArchive,
    ProtectedFile,
    SuspiciousFile,
    TooManyFiles,
    UnsafeArchive,
)

UTF8_NAME = 0x800
TABLES = frozenset({"xlsx", "xlsm", "xltx", "xltm", "xls", "et", "xlt", "ods", "ots", "csv", "tsv", "tab", "txt"})
ARCHIVES = frozenset({"zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz"})
# What systems and office programs leave beside files; nobody means them to be brought.
RUBBISH = re.compile(r"(^|/)(__MACOSX/|\.|~\$|Thumbs\.db$|desktop\.ini$)", re.I)


@dataclass(frozen=True, slots=True)
class Member:
    """A table in the archive under the name a user knows it by."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        """The ending of its name in small letters, without the dot."""
        return PurePosixPath(self.name).suffix.lower().lstrip(".")


@dataclass(frozen=True, slots=True)
class Contents:
    """The tables of an archive in the order of their names, and the names of what else is in it."""

    members: tuple[Member, ...]
    others: tuple[str, ...]


# What an entry takes in the list at an archive's end: 46 bytes and its name (APPNOTE.TXT 4.3.12), with room to spare.
LISTED_BYTES = 1_024
END_BYTES = 128 * 1_024  # where the end of an archive is looked for, at most


class _Listing:
    """A file of which nothing larger than an honest list of entries is read at once: the list comes in one piece,
    whatever count of entries the archive states."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """As of the file. Raises TooManyFiles for a list that is too long."""
        most = self._limits.archive_files
        if size > max(most * LISTED_BYTES, END_BYTES):
            raise TooManyFiles(files=size // LISTED_BYTES, limit=most)
        return self._file.read(size)


@contextmanager
def listed(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """An archive whose list of entries is not too long to be read. Raises TooManyFiles, and what zipfile does."""
    with path.open("rb") as file, zipfile.ZipFile(_Listing(file, limits)) as archive:  # type: ignore[arg-type]
        yield archive


def name_of(entry: zipfile.ZipInfo) -> str:
    """The entry's name as it was meant."""
    name = entry.filename
    if not entry.flag_bits & UTF8_NAME and not name.isascii():
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name  # it came with a Unicode name of its own
        for encoding in ("utf-8", "gb18030"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return name


def contents(path: Path, limits: Limits) -> Contents:
    """What an archive holds. Raises ProtectedFile, UnsafeArchive, NestedArchive, SuspiciousFile, TooManyFiles,
    DamagedFile."""
    try:
        with listed(path, limits) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise DamagedFile() from error
    if len(entries) > limits.archive_files:
        raise TooManyFiles(files=len(entries), limit=limits.archive_files)
    members, others = [], []
    for entry in entries:
        name = name_of(entry).replace("\\", "/")
        if _escapes(entry, name):
            raise UnsafeArchive(file=name[:80])
        if entry.is_dir() or name.endswith("/") or RUBBISH.search(name):
            continue
        if entry.flag_bits & 1:
            raise ProtectedFile(file=name)
        suffix = PurePosixPath(name).suffix.lower().lstrip(".")
        if suffix in ARCHIVES:
            raise NestedArchive(file=name)
        if suffix in TABLES:
            members.append(Member(name, entry))
        else:
            others.append(name)
    _bounded(path, members, limits)
    return Contents(tuple(sorted(members, key=lambda m: _natural(m.name))), tuple(others))


def _escapes(entry: zipfile.ZipInfo, name: str) -> bool:
    """Whether an entry would leave its folder, or points elsewhere: signs that somebody means harm."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        return True
    return name.startswith("/") or re.match(r"[A-Za-z]:", name) is not None or ".." in name.split("/") or "\0" in name


def _bounded(path: Path, members: list[Member], limits: Limits) -> None:
    size, unpacked = path.stat().st_size, sum(member.entry.file_size for member in members)
    allowed = limits.unpacked_mb * MEGABYTE
    if unpacked > allowed or (unpacked > 64 * MEGABYTE and unpacked > limits.unpack_ratio * max(size, 1)):
        raise SuspiciousFile(size_mb=unpacked // MEGABYTE, limit_mb=limits.unpacked_mb, ratio=limits.unpack_ratio)


def unpack(archive: zipfile.ZipFile, member: Member, folder: Path, number: int) -> Path:
    """One table in the clear, under a name of ours. Raises DamagedFile when it is not what the archive says."""
    suffix = member.suffix if member.suffix.isalnum() else "dat"
    target = folder / f"{number}.{suffix}"
    left = member.entry.file_size
    try:
        with archive.open(member.entry) as source, target.open("xb") as copy:
            while block := source.read(MEGABYTE):
                left -= len(block)
                if left < 0:
                    raise DamagedFile(file=member.name)
                copy.write(block)
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, NotImplementedError, RuntimeError) as error:  # type: ignore[attr-defined]
        raise DamagedFile(file=member.name) from error
    return target


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Sorts 2 before 10."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part]
