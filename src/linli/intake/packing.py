"""Several files, or a folder of them, as the one file that a batch keeps: an archive like one the user might bring."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from linli.kernel import files

from .limits import MEGABYTE, installed
from .problems import FileTooLarge, NoTables, TooManyFiles
from .reading.archive import RUBBISH, TABLES

Source = tuple[str, Path | BinaryIO]


@contextmanager
def packed(sources: Iterable[Source]) -> Iterator[Path]:
    """The files in one archive in a private folder, which goes with the block. The same files make the same bytes.

    Raises NoTables, TooManyFiles, FileTooLarge.
    """
    limits = installed()
    with files.scratch() as folder:
        target = folder / "files.zip"
        taken: set[str] = set()
        size = 0
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, source in sources:
                if len(taken) >= limits.archive_files:
                    raise TooManyFiles(files=len(taken) + 1, limit=limits.archive_files)
                entry = zipfile.ZipInfo(_free(name, taken))  # without a time: content alone tells files again
                entry.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(entry, "w", force_zip64=True) as copy, _opened(source) as content:
                    while block := content.read(MEGABYTE):
                        size += len(block)
                        if size > limits.file_mb * MEGABYTE:
                            raise FileTooLarge(size_mb=-(-size // MEGABYTE), limit_mb=limits.file_mb)
                        copy.write(block)
        if not taken:
            raise NoTables()
        yield target


def folder_files(folder: Path) -> Iterator[Source]:
    """The tables below a folder by their path in it, in order. Links are not followed, and what systems and office
    programs leave behind is passed over."""
    for where, below, names in os.walk(folder, followlinks=False):
        below.sort()
        for name in sorted(names):
            path = Path(where) / name
            inside = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or RUBBISH.search(inside):
                continue
            if path.suffix.lower().lstrip(".") in TABLES:
                yield inside, path


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as content:
            yield content
    else:
        yield source


def _free(name: str, taken: set[str]) -> str:
    """A name that is not used yet; of two files of one name the second says so."""
    plain = PurePosixPath(name.replace("\\", "/"))
    parts = [part for part in plain.parts if part not in ("/", "..", ".")] or ["table"]
    wanted = PurePosixPath(*parts)
    found, serial = str(wanted), 2
    while found.lower() in taken:
        found, serial = str(wanted.with_name(f"{wanted.stem} ({serial}){wanted.suffix}")), serial + 1
    taken.add(found.lower())
    return found
