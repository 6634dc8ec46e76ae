"""Keys: data keys wrapped by a master key which a provider holds (a file now; KMS or HSM by the same two calls).

The keyring file never holds an open data key. Losing the master key loses every identifier, so `linli backup --keys`
exports it apart from the data. Each data key has a number, which every ciphertext names: `rotate` adds one and makes
it the active one, `rewrap` changes the master key alone, `retire` takes out a key that nothing is under any more.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings

from . import clock
from .errors import Text, Unavailable

KEY_BYTES = 32
KEYRING, MASTER, LOCK = "keyring.json", "master.key", ".lock"
#: How often a process looks whether another has changed the keyring, in seconds. An unknown key number looks at once.
LOOK_EVERY = 1.0
LOOKUP = "lookup"


class KeysDamaged(Unavailable):
    """The keyring is there, and what opens it is not."""

    code = "kernel.keys_damaged"
    text = Text(
        "密钥文件 {file} 缺失或不匹配，无法打开加密数据。请从密钥备份恢复。",
        "The key file {file} is missing or does not belong to the keyring. Bring it back from your keys file.",
    )


class KeyInUse(Unavailable):
    """The key cannot be taken out: it is the active one, unknown, or something is still under it."""

    status, code = 409, "kernel.key_in_use"
    text = Text("密钥 {key} 不能移除：{why_zh}", "Key {key} cannot be retired: {why_en}")


class KeyProvider(Protocol):
    """Holds the master key; sees data keys only to wrap and unwrap them."""

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


class FileKeyProvider:
    """The master key in a file of its own, readable by the owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Make the master key, unless there is one."""
        write_private(self._path, os.urandom(KEY_BYTES))

    def _master(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError as error:
            raise KeysDamaged(file=self._path.name) from error

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self._master(), key)

    def unwrap(self, wrapped: bytes) -> bytes:
        try:
            return aes_key_unwrap(self._master(), wrapped)
        except InvalidUnwrap as error:
            raise KeysDamaged(file=self._path.name) from error


@dataclass(frozen=True, slots=True)
class Keyring:
    """Open keys in memory: data keys by their number, the active one, and the key of the lookup hashes.

    `made` says when a data key was made, where that is known.
    """

    data: dict[int, bytes]
    active: int
    lookup: bytes
    made: dict[int, datetime]


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner can read; never over an existing one (two starters: the first wins)."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        draft.unlink()


def marks(stored: dict[str, Any]) -> dict[str, str]:
    """What tells the keys of a ring apart and opens nothing, by number and for the lookup key.

    A key made before there were marks goes by a hash of how it was first wrapped, kept when the master key changes.
    """
    wrapped = {**{str(number): key for number, key in stored["data"].items()}, LOOKUP: stored["lookup"]}
    kept = stored.get("marks", {})
    return {name: kept.get(name) or hashlib.sha256(str(key).encode()).hexdigest()[:16] for name, key in wrapped.items()}


def keyring() -> Keyring:
    """The keyring of this installation, made at first use. What another process changed is seen within a second."""
    held = _held.get(settings.LINLI_KEYS_DIR)
    if held is None or time.monotonic() >= held.look_at:
        held = _look(held)
    return held.ring


def reload() -> Keyring:
    """The keyring as it lies on disk now: for whoever meets a key number they do not know."""
    return _look(None).ring


def rotate() -> int:
    """Make a new data key and have everything that is encrypted from now on be under it; returns its number."""
    with _changing() as (folder, stored):
        provider = _provider(folder, stored)
        number = max(map(int, stored["data"])) + 1
        stored["data"][str(number)] = _text(provider.wrap(os.urandom(KEY_BYTES)))
        stored.setdefault("made", {})[str(number)] = clock.now().isoformat()
        stored["marks"] = {**marks(stored), str(number): _mark()}
        stored["active"] = number
        return number


def rewrap() -> None:
    """Make a new master key and wrap every key by it; the keys themselves, and all that is encrypted, stay.

    Killed at any moment, the ring and the master key it names belong together: the ring changes in one step.
    """
    with _changing() as (folder, stored):
        before = _provider(folder, stored)
        number = 2
        while (folder / f"master-{number}.key").exists():
            number += 1
        fresh = FileKeyProvider(folder / f"master-{number}.key")
        fresh.create()
        stored["marks"] = marks(stored)
        stored["data"] = {n: _text(fresh.wrap(before.unwrap(_bytes(key)))) for n, key in stored["data"].items()}
        stored["lookup"] = _text(fresh.wrap(before.unwrap(_bytes(stored["lookup"]))))
        stored["master"] = f"master-{number}.key"
    with _locked() as folder:  # the one before, and what a killed rewrap left; never that of another one meanwhile
        named = json.loads((folder / KEYRING).read_bytes())["master"]
        for path in folder.glob("master*.key"):
            if path.name != named:
                path.unlink(missing_ok=True)


def retire(number: int) -> None:
    """Take a data key out of the ring. The caller knows that nothing is under it. Raises KeyInUse for the active one."""
    with _changing() as (_folder, stored):
        if str(number) not in stored["data"]:
            raise KeyInUse(key=number, why_zh="没有这个密钥", why_en="there is no such key")
        if number == stored["active"]:
            raise KeyInUse(key=number, why_zh="正在使用", why_en="it is the active one")
        del stored["data"][str(number)]
        for kept in ("made", "marks"):
            stored.get(kept, {}).pop(str(number), None)


@dataclass(frozen=True, slots=True)
class _Held:
    """A ring in memory, the change of the file it was read at, and when to look again."""

    ring: Keyring
    changed: tuple[int, int]
    look_at: float


_held: dict[Any, _Held] = {}


def _look(held: _Held | None) -> _Held:
    folder = Path(settings.LINLI_KEYS_DIR)
    path = folder / KEYRING
    if not path.exists():
        _create(folder)
    status = path.stat()
    changed = (status.st_mtime_ns, status.st_ino)
    ring = held.ring if held is not None and held.changed == changed else _open(folder)
    fresh = _Held(ring, changed, time.monotonic() + LOOK_EVERY)
    _held[settings.LINLI_KEYS_DIR] = fresh
    return fresh


def _create(folder: Path) -> None:
    provider = FileKeyProvider(folder / MASTER)
    provider.create()
    fresh = {
        "active": 1,
        "data": {"1": _text(provider.wrap(os.urandom(KEY_BYTES)))},
        "lookup": _text(provider.wrap(os.urandom(KEY_BYTES))),
        "made": {"1": clock.now().isoformat()},
        "marks": {"1": _mark(), LOOKUP: _mark()},
        "master": MASTER,
    }
    write_private(folder / KEYRING, json.dumps(fresh).encode())


def _open(folder: Path) -> Keyring:
    stored = json.loads((folder / KEYRING).read_bytes())
    provider = _provider(folder, stored)
    opened = {int(number): provider.unwrap(_bytes(key)) for number, key in stored["data"].items()}
    made = {int(number): datetime.fromisoformat(at) for number, at in stored.get("made", {}).items()}
    return Keyring(opened, stored["active"], provider.unwrap(_bytes(stored["lookup"])), made)


def _provider(folder: Path, stored: dict[str, Any]) -> KeyProvider:
    """Who holds the master key of a ring. A KMS or HSM would be told here by what the ring names."""
    return FileKeyProvider(folder / stored.get("master", MASTER))


@contextmanager
def _changing() -> Iterator[tuple[Path, dict[str, Any]]]:
    """The stored ring, changed by one process at a time and written in one step when the block ends well."""
    keyring()  # made, if there is none
    with _locked() as folder:
        stored = json.loads((folder / KEYRING).read_bytes())
        yield folder, stored
        draft = folder / f".{KEYRING}.next"
        draft.unlink(missing_ok=True)
        write_private(draft, json.dumps(stored).encode())
        os.replace(draft, folder / KEYRING)
        with suppress(OSError):  # some file systems sync no folders
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
    reload()


@contextmanager
def _locked() -> Iterator[Path]:
    """The folder of the keys, held by one process at a time."""
    folder = Path(settings.LINLI_KEYS_DIR)
    lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)


def _mark() -> str:
    return os.urandom(8).hex()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(key: str) -> bytes:
    return base64.b64decode(key)
