"""The analytical database that pairs are judged in: in memory, bounded, with temporary files in a private folder only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MEMORY_MB = 900


@contextmanager
def opened(folder: Path, threads: int = 2, memory_mb: int = MEMORY_MB) -> Iterator[Any]:
    """A DuckDB connection that never reaches for the network or another file than its own. `folder` is private (0700)."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": f"{memory_mb}MB",
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        },
    )
    try:
        yield connection
    finally:
        connection.close()
