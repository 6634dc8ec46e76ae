"""Grids: drawing 885 of them, and finding the grid of 540,000 positions in each datum.

Run: python bench/grid.py [--points 540000]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from linli.kernel.coordinates import from_wgs84
from linli.places.gridding import draw
from linli.places.locating import GridIndex
from linli.places.packages import packaged


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=540_000)
    count = options.parse_args().points

    def measured(what: str, make):  # type: ignore[no-untyped-def]
        cpu, wall = time.process_time(), time.perf_counter()
        result = make()
        print(f"{what:34} {time.process_time() - cpu:7.2f} {time.perf_counter() - wall:7.2f}")
        return result

    print(f"{'what':34} {'CPU s':>7} {'wall s':>7}")
    drawing = measured("draw 885 grids", lambda: draw(packaged(), 885, 42))
    codes, figures = [g.code for g in drawing.grids], [g.figure for g in drawing.grids]
    index = measured("build the index", lambda: GridIndex(codes, figures))
    # All positions lie inside: those outside are answered faster.
    rng = np.random.default_rng(1)
    west, south, east, north = drawing.outlines[packaged().district.code].bounds
    lon, lat = rng.uniform(west, east, count * 3), rng.uniform(south, north, count * 3)
    inside = np.flatnonzero(index.indices(lon, lat) >= 0)[:count]
    lon, lat = lon[inside], lat[inside]
    for datum in ("wgs84", "gcj02", "bd09"):
        x, y = from_wgs84(lon, lat, datum)
        found = measured(f"locate {len(lon):,} points, {datum}", lambda x=x, y=y, d=datum: index.locate(x, y, d))
        if (found == "").any():
            # On the rim a position may leave the district by the micrometre the inverse leaves.
            print(f"  beyond the district: {(found == '').sum()}")


if __name__ == "__main__":
    main()
