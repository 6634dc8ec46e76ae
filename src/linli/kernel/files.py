"""Files people bring: encrypted at rest in a 0700 folder, opened only into private temporary files that go."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from . import secrets
from .errors import NotFound, Text, Unavailable

ABANDONED = 6 * 3600
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
DRAFT = ".draft"  # no part of what is kept, nor of a backup
RESEALED = f".resealed{DRAFT}"


class DiskFull(Unavailable):
    """There is not enough room to keep the file; nothing was kept."""

    status, code = 507, "kernel.disk_full"
    text = Text("服务器磁盘空间不足，文件没有保存。请联系管理员。", "The server's disk is full; the file was not kept.")


def _folder(name: str) -> Path:
    folder = Path(settings.LINLI_FILES_DIR) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(reference: str) -> Path:
    return _folder("kept") / reference[-2:] / str(uuid.UUID(reference))


def keep(content: BinaryIO, reference: uuid.UUID) -> tuple[int, str]:
    """Encrypt and keep a file under `reference`; returns its size and SHA-256. Whole or not at all."""
    hashed = _Hashing(content)
    with _room():
        return _kept(hashed, reference), hashed.digest.hexdigest()


def _kept(hashed: _Hashing, reference: uuid.UUID) -> int:
    target = _path(str(reference))
    target.parent.mkdir(exist_ok=True, mode=0o700)
    draft = target.with_suffix(DRAFT)
    try:
        with draft.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            size = secrets.encrypt_stream(hashed, file)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return size


@contextmanager
def opened(reference: uuid.UUID, suffix: str = "") -> Iterator[Path]:
    """The file in the clear, as a private temporary file that is removed at the end of the block."""
    source = _path(str(reference))
    if not source.exists():
        raise NotFound()
    with scratch() as folder:
        path = folder / f"file{suffix}"
        with _room(), source.open("rb") as sealed, path.open("wb") as clear:
            os.fchmod(clear.fileno(), 0o600)
            secrets.decrypt_stream(sealed, clear)
        yield path


@contextmanager
def _room() -> Iterator[None]:
    """Says a disk that is full as DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull() from error
        raise


def keep_until_commit(content: BinaryIO, reference: uuid.UUID, room: str) -> tuple[int, str]:
    """As `keep`, for a row that the open transaction writes. Should it be rolled back, or its process killed, the file is
    nobody's: it is `unsettled` then, and the room asks its rows whether it may go."""
    mark = _mark(room, reference)
    with _room():
        mark.touch(mode=0o600)
    told = keep(content, reference)
    transaction.on_commit(lambda: mark.unlink(missing_ok=True))
    return told


def unsettled(room: str) -> list[uuid.UUID]:
    """The files of a room whose transaction is long over and did not say that it was committed."""
    before = time.time() - ABANDONED
    found = []
    for mark in _folder(f"unsettled/{room}").iterdir():
        with suppress(FileNotFoundError):  # it has just been committed
            if mark.stat().st_mtime < before:
                found.append(uuid.UUID(mark.name))
    return found


def settle(room: str, reference: uuid.UUID, wanted: bool) -> None:
    """Say of an unsettled file whether it belongs to something; else it goes."""
    if not wanted:
        remove(reference)
    _mark(room, reference).unlink(missing_ok=True)


def _mark(room: str, reference: uuid.UUID) -> Path:
    return _folder(f"unsettled/{room}") / str(reference)


def remove(reference: uuid.UUID) -> None:
    """Forget a file; no error when it is gone already."""
    with _alone():
        _path(str(reference)).unlink(missing_ok=True)


def kept() -> Iterator[tuple[Path, int | None]]:
    """Every kept file with the number of the key it is under."""
    for path in sorted(_folder("kept").glob("*/*")):
        if not path.name.endswith(DRAFT):
            with suppress(FileNotFoundError), path.open("rb") as file:
                yield path, secrets.file_key_number(file.read(16))


def reseal(path: Path) -> None:
    """Encrypt a kept file under the active key. It is whole at every moment, and one removed meanwhile stays removed."""
    draft = path.with_name(f"{path.name}{RESEALED}")
    draft.unlink(missing_ok=True)  # of a process that was killed
    with scratch() as folder:
        clear = folder / "file"
        with path.open("rb") as sealed, clear.open("wb") as target:
            os.fchmod(target.fileno(), 0o600)
            secrets.decrypt_stream(sealed, target)
        with clear.open("rb") as source, draft.open("wb") as target:
            os.fchmod(target.fileno(), 0o600)
            secrets.encrypt_stream(source, target)
            target.flush()
            os.fsync(target.fileno())
    with _alone():
        if path.exists():
            draft.replace(path)
        else:
            draft.unlink()


@contextmanager
def _alone() -> Iterator[None]:
    """Removing a file and putting another in its place do not cross."""
    lock = os.open(_folder("kept"), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def scratch() -> Iterator[Path]:
    """A private folder that goes with the block; leftovers of killed processes go by `sweep`."""
    folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=_folder("scratch")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep() -> int:
    """Remove scratch folders whose process is gone, and uploads a killed process left in the clear; returns how many.

    An upload lies in `incoming` while its request lasts, which is never as long as ABANDONED.
    """
    gone = [f for f in _folder("scratch").iterdir() if not Path(f"/proc/{f.name.split('-')[0]}").exists()]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    left, before = 0, time.time() - ABANDONED
    for upload in Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*"):
        with suppress(FileNotFoundError):  # its request has just ended
            if upload.is_file() and upload.stat().st_mtime < before:
                upload.unlink()
                left += 1
    return len(gone) + left


class _Hashing:
    """A reader that hashes what passes through it."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self.digest = source, sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self.digest.update(block)
        return block
