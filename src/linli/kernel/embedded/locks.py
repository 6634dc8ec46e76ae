"""File locks by which commands share one embedded database without knowing of each other.

`flock` locks vanish with the process that holds them, however it ends: nothing stale is ever left behind.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open (and create, 0600) a lock file; the descriptor is not inherited by programs we start."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_exclusive(fd: int) -> bool:
    """Take the exclusive lock if nobody holds any; never waits."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(fd: int) -> None:
    """Give the lock back but keep the file open."""
    fcntl.flock(fd, fcntl.LOCK_UN)


def take_shared(path: Path) -> int:
    """Wait for a shared lock; it is held until the returned descriptor is closed."""
    fd = open_lock(path)
    fcntl.flock(fd, fcntl.LOCK_SH)
    return fd


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the exclusive lock on `path` for the length of the block, waiting for it if need be."""
    fd = open_lock(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def is_held(path: Path) -> bool:
    """Whether another open of this file holds an exclusive lock on it."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
