"""Categories from texts: macro-F1, top-2, rows a second and CPU-seconds, through the commands of `linli text`.

The texts are our own (see `_departments.py`), so the figures say what helped and how fast it is, not how good it will be on
a district's own mail. Run: python bench/text.py [--seeds 3]
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _departments
import _setting
import numpy as np
import polars as pl

COLUMNS = ("--text", "标题", "--text", "内容")


def written(messages: list[_departments.Message], path: Path) -> Path:
    """Messages as a csv."""
    pl.DataFrame(
        {"标题": [m.title for m in messages], "内容": [m.body for m in messages], "类别": [m.label for m in messages]}
    ).write_csv(path)
    return path


def linli(*arguments: object) -> tuple[float, float]:
    """Wall and CPU seconds of a command."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-m", "linli.project.cli", *map(str, arguments)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def judged(out: Path, messages: list[_departments.Message]) -> tuple[float, float]:
    """Macro-F1 and the share of right answers among the first two."""
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    guessed, wanted = [r["label"] for r in rows], [m.label for m in messages]
    scores = []
    for label in _departments.SHARES:
        both = sum(g == w == label for g, w in zip(guessed, wanted, strict=True))
        scores.append(2 * both / max(1, guessed.count(label) + wanted.count(label)))
    two = [m.label in (r["label"], r["second"]) for r, m in zip(rows, messages, strict=True)]
    return float(np.mean(scores)), float(np.mean(two))


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=3)
    chosen = options.parse_args()
    print(_setting.machine())
    found: dict[str, list[tuple[float, float]]] = {}
    trained, speeds = [], []
    for seed in range(chosen.seeds):
        known, strange = _departments.split(seed)
        tests = {
            "sentences like those trained on": _departments.Writer(seed + 300, part="learn").messages(1500, known),
            "other sentences and titles": _departments.Writer(seed + 100, part="test").messages(1500, known),
            "topics never trained on": _departments.Writer(seed + 200).messages(700, strange),
        }
        with tempfile.TemporaryDirectory() as folder:
            at = Path(folder)
            table = written(_departments.Writer(seed, part="learn").messages(2200, known), at / "train.csv")
            trained.append(linli("text", "train", table, *COLUMNS, "--label", "类别", "--model", at / "m")[1])
            for name, messages in tests.items():
                asked = written(messages, at / "asked.csv")
                linli("text", "predict", asked, *COLUMNS, "--model", at / "m", "--out", at / "out.csv")
                found.setdefault(name, []).append(judged(at / "out.csv", messages))
            many = written(_departments.Writer(seed + 400, part="learn").messages(10_000, known), at / "many.csv")
            seconds = linli("text", "predict", many, *COLUMNS, "--model", at / "m", "--out", at / "out.csv")[0]
            speeds.append(10_000 / seconds)
    print("| held out (2,200 trained on) | macro-F1 | top-2 |\n|---|---:|---:|")
    for name, values in found.items():
        f1, two = np.mean(values, axis=0)
        print(f"| {name} | {f1:.3f} | {two:.3f} |")
    print(
        f"\ntraining {np.mean(trained):.1f} CPU-seconds; {np.mean(speeds):,.0f} rows/s, start of the program included"
    )


if __name__ == "__main__":
    main()
