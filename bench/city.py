"""Intake of a city: five million people in one csv, beside the 540,000 of a district in the same run.

Run: python bench/city.py [--rows 5000000] [--beside 540000] [--home FOLDER] [--again]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import _setting

Made = TypeVar("Made")

MOST_MEGABYTES, MOST_TIMES = 3_000, 1.5


@dataclass
class Sessions:
    """The most memory, in MB, that the database's own sessions held together; shared buffers are not in it."""

    megabytes: int = 0


@contextlib.contextmanager
def watched(data: Path) -> Iterator[Sessions]:
    """Look at the sessions of the database twice a second."""
    seen, over = Sessions(), threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            seen.megabytes = max(
                seen.megabytes, sum(_private(pid, data) for pid in os.listdir("/proc") if pid.isdigit())
            )

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def _private(pid: str, data: Path) -> int:
    """What a server process of our own cluster holds by itself, in MB."""
    try:
        fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        ours = fields["Name"].strip() == "postgres" and Path(f"/proc/{pid}/cwd").resolve() == data
    except OSError:
        return 0  # it has ended, or is somebody else's
    return int(fields.get("RssAnon", "0 kB").split()[0]) // 1024 if ours else 0


def main() -> None:
    """Print one table. Every load goes into a home of its own, so that both begin with an empty base."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000)
    options.add_argument("--beside", type=int, default=540_000, help="rows of the load to compare with; 0 for none")
    options.add_argument("--home", help="keep the city's home in this folder")
    options.add_argument("--again", action="store_true", help="bring the city's file a second time")
    chosen = options.parse_args()
    print(_setting.machine())
    print(f"{'what':24} {'rows':>9} {'s':>8} {'rows/s':>7} {'MB':>6} {'sessions MB':>11}  outcome", flush=True)
    beside = apart(load, "a district", chosen.beside, None, False) if chosen.beside else None
    city = apart(load, "a city", chosen.rows, chosen.home, chosen.again)
    held = city.megabytes <= MOST_MEGABYTES
    print(f"\n{city.megabytes:,} MB of program and sessions, bar {MOST_MEGABYTES:,}: {'held' if held else 'not held'}")
    if beside:
        times = city.per_row / beside.per_row
        held = times <= MOST_TIMES
        print(f"{times:.2f} × the time per row of the district, bar {MOST_TIMES}: {'held' if held else 'not held'}")


def apart(work: Callable[..., Made], *given: Any) -> Made:
    """What some work comes to in a process of its own: one for each home, and its memory is given back."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


@dataclass(frozen=True)
class Load:
    """What a first load took."""

    per_row: float
    megabytes: int


def load(what: str, rows: int, home: str | None, again: bool) -> Load:
    """Take in `rows` people into an empty base, and once more if asked to."""
    from intake import take_in

    with _setting.fresh_home(home) as base, tempfile.TemporaryDirectory() as folder:
        from linli.project.demo.bench_file import write_bench_csv

        path = Path(folder) / "people.csv"
        written = apart(write_bench_csv, path, rows, 1)
        os.environ["LINLI_UPLOAD_LIMIT_MB"] = str(path.stat().st_size // 2**20 + 1)
        first = None
        for name in (what, f"{what} again")[: 2 if again else 1]:
            with watched(_setting.data_of(base)) as sessions:
                run = take_in(path)
            counts = run.json()["merge"]
            shown = ", ".join(f"{k} {v:,}" for k, v in counts.items() if isinstance(v, int) and v)
            print(
                f"{name:24} {written:9,} {run.seconds:8.1f} {written / run.seconds:7,.0f} {run.megabytes:6,} "
                f"{sessions.megabytes:11,}  {shown}",
                flush=True,
            )
            first = first or Load(run.seconds / written, run.megabytes + sessions.megabytes)
    assert first is not None
    return first


if __name__ == "__main__":
    main()
