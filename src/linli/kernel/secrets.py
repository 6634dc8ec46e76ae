"""Personal identifiers: ciphertext for keeping, keyed hashes for finding.

Ciphertext is `algorithm (1 byte) · key number (2) · nonce (12) · AES-256-GCM or SM4-GCM ciphertext and tag`. The SM4
here is software and holds no 密评 certificate. Lookup hashes are keyed BLAKE2b over a purpose and the value: without
the key, even the ten thousand possible last-four digits cannot be tried out.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import BinaryIO, Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4 as SM4Cipher
from cryptography.hazmat.primitives.ciphers.modes import GCM
from django.conf import settings

from .errors import Unavailable
from .keys import Keyring, keyring, reload

Purpose = Literal[
    "identity", "tail4", "tail6", "phone", "phone4", "record", "household", "content", "match", "tracking", "source"
]
AES, SM4 = 1, 2
NONCE, TAG = 12, 16
POSITIVE = 0x7FFFFFFFFFFFFFFF
BLOCK = 1 << 20
MAGIC = b"LINLI\x01"
#: Before the Base64 text of a ciphertext, where one stands inside JSON.
SEALED = "enc:"
#: Its whole Base64 quartets; head, nonce and tag alone are 42 letters.
SEALED_TEXT = SEALED + "((?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)"


def _sealer(ring: Keyring) -> Callable[[bytes], bytes]:
    key, number = ring.data[ring.active], ring.active.to_bytes(2)
    if settings.LINLI_CIPHER == "sm4":
        head, short = bytes([SM4]) + number, key[:16]

        def seal_sm4(plain: bytes) -> bytes:
            nonce = os.urandom(NONCE)
            encryptor = Cipher(SM4Cipher(short), GCM(nonce)).encryptor()
            return head + nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

        return seal_sm4
    head, cipher = bytes([AES]) + number, AESGCM(key)

    def seal_aes(plain: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return head + nonce + cipher.encrypt(nonce, plain, None)

    return seal_aes


def _open(sealed: bytes, ring: Keyring) -> bytes:
    algorithm, number = sealed[0], int.from_bytes(sealed[1:3])
    nonce, body = sealed[3 : 3 + NONCE], sealed[3 + NONCE :]
    key = ring.data.get(number) or reload().data.get(number)
    if key is None:
        raise Unavailable(reason="key", key=number)
    if algorithm == SM4:
        decryptor = Cipher(SM4Cipher(key[:16]), GCM(nonce, body[-TAG:])).decryptor()
        return decryptor.update(body[:-TAG]) + decryptor.finalize()
    return AESGCM(key).decrypt(nonce, body, None)


def encrypt(plain: str) -> bytes:
    """The ciphertext of one value; different at every call."""
    return _sealer(keyring())(plain.encode())


def decrypt(sealed: bytes) -> str:
    """The value behind a ciphertext. Raises Unavailable when its key is not in the ring."""
    return _open(bytes(sealed), keyring()).decode()


def encrypt_many(values: Sequence[str | None]) -> list[bytes | None]:
    """Ciphertexts of a column, None where there is no value (about 1 µs a value with AES)."""
    seal = _sealer(keyring())
    return [None if value is None else seal(value.encode()) for value in values]


def decrypt_many(sealed: Sequence[bytes | None]) -> list[str | None]:
    """The values behind a column of ciphertexts. Raises Unavailable when a key is not in the ring."""
    ring = keyring()
    return [None if each is None else _open(each, ring).decode() for each in sealed]


def key_number(sealed: bytes) -> int:
    """The number of the key a ciphertext is under."""
    return int.from_bytes(sealed[1:3])


def reseal_many(sealed: Sequence[bytes]) -> list[bytes]:
    """The same values under the active key. Raises Unavailable when a key is not in the ring."""
    ring = keyring()
    seal = _sealer(ring)
    return [seal(_open(each, ring)) for each in sealed]


def reseal_text(text: str) -> str:
    """A text (of JSON) with every ciphertext in it under the active key. What only looks like one stays as it is: people
    write what they like into their tables."""
    ring = keyring()
    seal = _sealer(ring)

    def anew(found: re.Match[str]) -> str:
        sealed = base64.b64decode(found[1])
        if key_number(sealed) == ring.active or (plain := _opened(sealed, ring)) is None:
            return found[0]
        return SEALED + base64.b64encode(seal(plain)).decode()

    return re.sub(SEALED_TEXT, anew, text)


def keys_in_text(text: str) -> list[int]:
    """The number of the key of each ciphertext in a text, without what is none."""
    ring = keyring()
    found = [base64.b64decode(each) for each in re.findall(SEALED_TEXT, text)]
    return [
        number
        for sealed in found
        if (number := key_number(sealed)) not in ring.data or _opened(sealed, ring) is not None
    ]


def _opened(sealed: bytes, ring: Keyring) -> bytes | None:
    if sealed[0] not in (AES, SM4) or key_number(sealed) not in ring.data:
        return None
    try:
        return _open(sealed, ring)
    except InvalidTag:
        return None


def file_key_number(head: bytes) -> int | None:
    """The number of the key a file is under, by its first bytes; None when it is no file of ours."""
    return int.from_bytes(head[len(MAGIC) : len(MAGIC) + 2]) if head.startswith(MAGIC) else None


def fingerprint(purpose: Purpose, value: str) -> bytes:
    """A keyed 16-byte hash for exact matching."""
    return blake2b(value.encode(), key=keyring().lookup, digest_size=16, person=purpose.encode()).digest()


def fingerprint_many(purpose: Purpose, values: Sequence[str | None]) -> list[bytes | None]:
    """`fingerprint` over a column."""
    key, person = keyring().lookup, purpose.encode()
    return [None if v is None else blake2b(v.encode(), key=key, digest_size=16, person=person).digest() for v in values]


def lookup(purpose: Purpose, value: str) -> int:
    """A keyed 63-bit hash for search columns: small in the index, confirmed by the record itself."""
    (found,) = lookup_many(purpose, [value])
    assert found is not None
    return found


def lookup_many(purpose: Purpose, values: Sequence[str | None]) -> list[int | None]:
    """`lookup` over a column."""
    key, person = keyring().lookup, purpose.encode()
    return [
        None
        if v is None
        else int.from_bytes(blake2b(v.encode(), key=key, digest_size=8, person=person).digest()) & POSITIVE
        for v in values
    ]


def encrypt_stream(source: BinaryIO, target: BinaryIO) -> int:
    """Encrypt a file block by block (each bound to its place, the last marked); returns the plain size in bytes."""
    ring = keyring()
    prefix = os.urandom(7)
    target.write(MAGIC + ring.active.to_bytes(2) + prefix)
    cipher, size, serial = AESGCM(ring.data[ring.active]), 0, 0
    block = source.read(BLOCK)
    while True:
        following = source.read(BLOCK)
        last = b"\x01" if not following else b"\x00"
        target.write(cipher.encrypt(prefix + serial.to_bytes(4) + last, block, None))
        size, serial = size + len(block), serial + 1
        if not following:
            return size
        block = following


def decrypt_stream(source: BinaryIO, target: BinaryIO) -> None:
    """The reverse of `encrypt_stream`. Raises InvalidTag for a file changed, cut or reordered."""
    head = source.read(len(MAGIC) + 9)
    number, prefix = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 2]), head[len(MAGIC) + 2 :]
    key = keyring().data.get(number) or reload().data.get(number)
    if key is None or not head.startswith(MAGIC):
        raise Unavailable(reason="key", key=number)
    cipher, serial = AESGCM(key), 0
    block = source.read(BLOCK + TAG)
    while True:
        following = source.read(BLOCK + TAG)
        last = b"\x01" if not following else b"\x00"
        target.write(cipher.decrypt(prefix + serial.to_bytes(4) + last, block, None))
        serial += 1
        if not following:
            return
        block = following
