"""Identifiers: UUID version 7 (RFC 9562), made by the program so that they are known before the insert."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0  # milliseconds and counter of the newest identifier of this process


def uuid7() -> uuid.UUID:
    """A new identifier, greater than every earlier one of this process.

    The 12 bits after the version count within a millisecond (RFC 9562, 6.2, method 1), so that rows written
    one after the other also sort so; 62 random bits keep them unguessable.
    """
    global _last
    with _lock:
        _last = stamp = max(_last + 1, time.time_ns() // 1_000_000 << 12)
    value = (stamp >> 12 & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76 | (stamp & 0xFFF) << 64
    value |= 0b10 << 62 | int.from_bytes(os.urandom(8)) & 0x3FFFFFFFFFFFFFFF
    return uuid.UUID(int=value)


def uuid7_many(count: int) -> list[str]:
    """`count` new identifiers as text, in rising order, for bulk work.

    The 12 bits after the version hold a counter, so that rows of one millisecond keep their order and
    land side by side in the index; 62 random bits keep them unguessable.
    """
    import numpy as np  # a tenth of a second that most commands need not spend

    start = time.time_ns() // 1_000_000
    serial = np.arange(count, dtype=np.uint64)
    stamp = np.uint64(start) + (serial >> np.uint64(12))
    high = (stamp << np.uint64(16)) | np.uint64(0x7000) | (serial & np.uint64(0xFFF))
    low = np.frombuffer(os.urandom(8 * count), dtype=np.uint64)
    low = (low & np.uint64(0x3FFFFFFFFFFFFFFF)) | np.uint64(0x8000000000000000)
    raw = np.empty((count, 2), dtype=">u8")
    raw[:, 0], raw[:, 1] = high, low
    digits = np.frombuffer(raw.tobytes().hex().encode(), dtype=np.uint8).reshape(count, 32)
    text = np.full((count, 36), ord("-"), dtype=np.uint8)
    for begin, end, dashes in ((0, 8, 0), (8, 12, 1), (12, 16, 2), (16, 20, 3), (20, 32, 4)):
        text[:, begin + dashes : end + dashes] = digits[:, begin:end]
    together = text.tobytes().decode()
    return [together[i : i + 36] for i in range(0, 36 * count, 36)]
