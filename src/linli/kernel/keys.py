"""Keys: data keys wrapped by a master key which a provider holds (a file now; KMS or HSM by the same two calls).

The keyring file never holds an open data key. Losing the master key loses every identifier, so `linli backup --keys`
exports it apart from the data.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings

KEY_BYTES = 32
KEYRING, MASTER = "keyring.json", "master.key"


class KeyProvider(Protocol):
    """Holds the master key; sees data keys only to wrap and unwrap them."""

    def wrap(self, key: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes) -> bytes: ...


class FileKeyProvider:
    """The master key in a file of its own, readable by the owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _master(self) -> bytes:
        if not self._path.exists():
            write_private(self._path, os.urandom(KEY_BYTES))
        return self._path.read_bytes()

    def wrap(self, key: bytes) -> bytes:
        return aes_key_wrap(self._master(), key)

    def unwrap(self, wrapped: bytes) -> bytes:
        return aes_key_unwrap(self._master(), wrapped)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Open keys in memory: data keys by their number, the active one, and the key of the lookup hashes."""

    data: dict[int, bytes]
    active: int
    lookup: bytes


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


def _load(folder: Path) -> Keyring:
    provider: KeyProvider = FileKeyProvider(folder / MASTER)
    path = folder / KEYRING
    if not path.exists():
        fresh = {
            "active": 1,
            "data": {"1": base64.b64encode(provider.wrap(os.urandom(KEY_BYTES))).decode()},
            "lookup": base64.b64encode(provider.wrap(os.urandom(KEY_BYTES))).decode(),
        }
        write_private(path, json.dumps(fresh).encode())
    stored = json.loads(path.read_bytes())
    opened = {int(k): provider.unwrap(base64.b64decode(v)) for k, v in stored["data"].items()}
    return Keyring(opened, stored["active"], provider.unwrap(base64.b64decode(stored["lookup"])))


@lru_cache(maxsize=4)
def _keyring(folder: Path) -> Keyring:
    return _load(folder)


def keyring() -> Keyring:
    """The keyring of this installation, made at first use."""
    return _keyring(Path(settings.LINLI_KEYS_DIR))
