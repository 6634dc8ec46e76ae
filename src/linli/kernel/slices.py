"""Tables larger than memory: rows in slices of bounded size, in memory while there is one, in private files beyond.

A city's five million rows pass through reading, checking and merging slice by slice; only what is said of few rows
(keys that come again, findings) is gathered over all of them.
"""

from __future__ import annotations

import os
import re
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from . import files

# People of eight columns take about 1.5 kB a row while they are checked: 300 MB a slice.
ROWS = 200_000
_OS_ERROR = re.compile(r"os error (\d+)")
Words = np.ndarray[Any, np.dtype[np.uint64]]


class Slices:
    """Rows in the order they were appended, read as often as wanted. The files go with the object.

    Frames may bring columns that earlier ones lacked; every slice has all columns. `by`: a column of rising integers,
    by which `within` finds slices.
    """

    def __init__(self, by: str | None = None) -> None:
        self.height = 0
        self._by = by
        self._schema: dict[str, pl.DataType] = {}
        self._pending: list[pl.DataFrame] = []
        self._waiting = 0
        self._spilled: list[tuple[Path, int, int]] = []  # with the first and last value of `by`
        self._folder: Path | None = None

    @classmethod
    def of(cls, frames: pl.DataFrame | Iterable[pl.DataFrame], by: str | None = None) -> Slices:
        """The rows of a frame, or of several."""
        made = cls(by)
        for frame in [frames] if isinstance(frames, pl.DataFrame) else frames:
            made.append(frame)
        return made

    def append(self, frame: pl.DataFrame) -> None:
        """Add rows at the end. Raises DiskFull."""
        for name, kind in frame.schema.items():
            self._schema.setdefault(name, kind)
        self.height += frame.height
        while self._waiting + frame.height > ROWS:
            head = frame.head(ROWS - self._waiting)
            self._spill(self._joined([*self._pending, head]))
            frame = frame.slice(head.height)
            self._pending, self._waiting = [], 0
            if frame.height <= ROWS:
                frame = _own(frame)
        if frame.height or not self._pending:
            self._pending.append(frame)
            self._waiting += frame.height

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """Each slice in turn; at least one, which may be without rows."""
        for path, _, _ in self._spilled:
            yield self._joined([pl.read_ipc(path)])
        if self._waiting or not self._spilled:
            yield self._rest()

    def __len__(self) -> int:
        """How many slices there are."""
        return len(self._spilled) + bool(self._waiting or not self._spilled)

    @property
    def columns(self) -> list[str]:
        """The names of all columns."""
        return list(self._schema)

    @property
    def frame(self) -> pl.DataFrame:
        """All rows at once: for what is known to be small, and for tests."""
        return pl.concat(list(self), rechunk=len(self) > 1)

    def head(self, rows: int) -> pl.DataFrame:
        """The first rows."""
        taken: list[pl.DataFrame] = []
        for part in self:
            taken.append(part.head(rows))
            rows -= taken[-1].height
            if rows <= 0:
                break
        return pl.concat(taken)

    def last(self) -> pl.DataFrame:
        """The last row; none where there is none."""
        if self._waiting or not self._spilled:
            return self._rest().tail(1)
        return self._joined([pl.read_ipc(self._spilled[-1][0]).tail(1)])

    def within(self, low: int, high: int) -> Iterator[pl.DataFrame]:
        """The slices that may hold rows with `by` from `low` to `high`."""
        for path, first, last in self._spilled:
            if first <= high and last >= low:
                yield self._joined([pl.read_ipc(path)])
        if self._waiting:
            yield self._rest()

    def map(self, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Slices:
        """Each slice changed."""
        return Slices.of((change(part) for part in self), self._by)

    def _rest(self) -> pl.DataFrame:
        if len(self._pending) != 1:
            self._pending = [self._joined(self._pending)]
        return self._joined(self._pending)

    def _joined(self, frames: list[pl.DataFrame]) -> pl.DataFrame:
        if not frames:
            return pl.DataFrame(schema=self._schema)
        frame = frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal")
        missing = [pl.lit(None, kind).alias(name) for name, kind in self._schema.items() if name not in frame.columns]
        return frame.with_columns(missing).select(list(self._schema)) if missing else frame

    def _spill(self, frame: pl.DataFrame) -> None:
        if self._folder is None:
            stack = ExitStack()
            self._folder = stack.enter_context(files.scratch())
            weakref.finalize(self, stack.close)
        path = self._folder / f"{len(self._spilled)}.arrow"
        try:
            frame.write_ipc(path, compression="lz4")
        except OSError as error:  # Polars tells the number in words only
            told = _OS_ERROR.search(str(error))
            if told and int(told[1]) in files.NO_ROOM:
                raise files.DiskFull() from error
            raise
        ends = frame[self._by] if self._by else None
        first, last = (int(ends[0]), int(ends[-1])) if ends is not None else (0, 0)
        self._spilled.append((path, first, last))


class Changed:
    """Slices as a function makes them of others, anew at each reading; nothing is kept."""

    def __init__(self, source: Iterable[pl.DataFrame], change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
        self._source, self._change = source, change

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return map(self._change, self._source)


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    """The rest of a frame by itself: a slice of it would hold all of it in memory."""
    return pl.read_ipc(frame.write_ipc(None).getvalue())


class Repeats:
    """Finds keys that come again over all slices, in 20 bytes a row: keys are compared by 128-bit hashes.

    The hashes are salted anew each time, so nobody can bring two keys made to be taken for one.
    """

    def __init__(self) -> None:
        self._salts = os.urandom(8).hex(), os.urandom(8).hex()
        self._seeds = int.from_bytes(os.urandom(8)), int.from_bytes(os.urandom(8))
        self._rows: list[np.ndarray[Any, np.dtype[np.int32]]] = []
        self._hashes: tuple[list[Words], list[Words]] = ([], [])

    def add(self, rows: pl.Series, keys: pl.DataFrame) -> None:
        """Note rows (rising over all calls) and their keys; null is a value like another."""
        parts = [pl.col(name).cast(pl.String).fill_null("\x00") for name in keys.columns]
        for salt, seed, noted in zip(self._salts, self._seeds, self._hashes, strict=True):
            text = keys.select(pl.concat_str([pl.lit(salt), *parts], separator="\x1f")).to_series()
            noted.append(text.hash(seed).to_numpy())
        self._rows.append(rows.cast(pl.Int32).to_numpy())

    def found(self) -> pl.DataFrame:
        """The rows of keys that come more than once, in order: `row`, `first` of the same key, `serial` (0 for the
        first), `count`."""
        rows = np.concatenate(self._rows) if self._rows else np.empty(0, np.int32)
        one, two = (np.concatenate(h) if h else np.empty(0, np.uint64) for h in self._hashes)
        order = np.argsort(one, kind="stable")  # rows of one key keep their order
        one = one[order]
        alike = one[1:] == one[:-1]
        again = np.zeros(len(one), bool)
        again[1:] |= alike
        again[:-1] |= alike
        order = order[again]
        return (
            pl.DataFrame({"one": one[again], "two": two[order], "row": rows[order].astype(np.int64)})
            .with_columns(
                pl.col("row").first().over("one", "two").alias("first"),
                pl.int_range(pl.len()).over("one", "two").alias("serial"),
                pl.len().over("one", "two").alias("count"),
            )
            .filter(pl.col("count") > 1)
            .select("row", "first", "serial", "count")
            .sort("row")
        )
