"""Columns that hold ciphertext, declared by the room that owns them, so that a rotation of keys finds every one.

Each room declares them in `<room>/ciphertext.py`. `tests/intake/test_key_rotation.py` fails on a column of bytes that is neither
declared nor excused, on a place in the code that encrypts and is not known, and on ciphertext found anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with ciphertext: columns of one value each, and columns of JSON in which texts may be sealed.

    `key` tells a row, or nearly: of several rows with one key, each is found again by what it held.
    """

    table: str
    values: tuple[str, ...] = ()
    json: tuple[str, ...] = ()
    key: tuple[str, ...] = ("id",)


_tables: dict[str, SealedTable] = {}
_excused: dict[tuple[str, str], str] = {}
_loaded = False
_loading = RLock()  # two threads may be the first


def declare(table: str, *values: str, json: tuple[str, ...] = (), history: bool = False) -> None:
    """Enter the sealed columns of a table, and of its history if it has one."""
    _tables[table] = SealedTable(table, values, json)
    if history:
        _tables[f"{table}_history"] = SealedTable(f"{table}_history", values, json, ("id", "replaced_at"))


def excuse(table: str, *columns: str, why: str) -> None:
    """Say why columns of bytes hold no ciphertext: a hash, a geometry."""
    _excused.update({(table, column): why for column in columns})


def tables() -> tuple[SealedTable, ...]:
    """Every table with ciphertext of the rooms that are installed."""
    _load()
    return tuple(_tables[name] for name in sorted(_tables))


def excused() -> Mapping[tuple[str, str], str]:
    """Columns of bytes that hold none, and why."""
    _load()
    return dict(_excused)


def _load() -> None:
    global _loaded
    if not _loaded:
        from django.utils.module_loading import autodiscover_modules

        with _loading:
            autodiscover_modules("ciphertext")
            _loaded = True
