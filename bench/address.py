"""Address parsing: rows per CPU second on addresses that are all different, and villages right on labelled ones.

Run: python bench/address.py [--rows 540000]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from linli.places.addresses import AddressParser, Gazetteer, Home
from linli.places.packages import packaged
from tests.places.labelled import labelled


def distinct(rows: int) -> pl.Series:
    """`rows` different addresses over all villages and ways of writing."""
    found: dict[str, None] = {}
    seed = 0
    while len(found) < rows:
        seed += 1
        found.update(dict.fromkeys(example.text for example in labelled(packaged(), rows, seed)))
    return pl.Series(list(found)[:rows])


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=540_000)
    rows = options.parse_args().rows
    villages = packaged().villages
    homes = [Home(f"第{n}花园{n % 7}里", villages[n % len(villages)].code) for n in range(2200)]
    parsers = {
        "packaged names": AddressParser(Gazetteer.packaged()),
        "and 2,200 compounds": AddressParser(Gazetteer.packaged().with_compounds(homes)),
    }
    texts = distinct(rows)
    examples = labelled(packaged(), 20_000, seed=99)
    print(f"{'names':22} {'rows':>8} {'CPU s':>7} {'wall s':>7} {'rows/CPU s':>11}")
    for name, parser in parsers.items():
        parser.parse("预热1号")
        for count in sorted({min(20_000, rows), rows}):
            part = texts.sample(count, seed=1, shuffle=True)
            cpu, wall = time.process_time(), time.perf_counter()
            parser.parse_many(part)
            cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
            print(f"{name:22} {count:8,} {cpu:7.2f} {wall:7.2f} {count / cpu:11,.0f}")
    answers = parsers["packaged names"].parse_many(pl.Series([e.text for e in examples]))
    pairs = list(zip(examples, answers["village_code"], strict=True))
    sure = [(e, got) for e, got in pairs if e.village]
    open_ = [(e, got) for e, got in pairs if not e.village]
    right = sum(e.village == got for e, got in sure) / len(sure)
    guessed = sum(bool(got) for _, got in open_)
    wrong = sum(bool(got) and got != e.village for e, got in pairs)
    print(
        f"village right: {right:.4f} of {len(sure):,}; wrong: {wrong}; shared names guessed: {guessed} of {len(open_):,}"
    )


if __name__ == "__main__":
    main()
