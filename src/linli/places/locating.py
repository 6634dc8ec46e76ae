"""Which grid a position lies in, for one or a million positions at once.

A raster of labels answers for every position that is clear of an edge; the few near one are tested exactly against
the figures. A position on a shared edge belongs to the grid with the lower code, so each lies in exactly one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from linli.kernel.coordinates import Datum, to_wgs84

OUTSIDE: Final = -1
_UNSURE: Final = -2
_PIXELS: Final = 1536


class GridIndex:
    """Areas that tile a district, ready to be asked. Immutable; building it takes about half a second."""

    def __init__(self, codes: Sequence[str], figures: Sequence[BaseGeometry]) -> None:
        """`codes` and `figures` (WGS-84) belong together one to one. Raises ValueError when their numbers differ."""
        if len(codes) != len(figures):
            raise ValueError("as many codes as figures are needed")
        order = sorted(range(len(codes)), key=lambda i: codes[i])
        self.codes: NDArray[np.str_] = np.array([codes[i] for i in order] + [""], dtype=np.str_)
        self._figures = np.array([figures[i] for i in order], dtype=object)
        self._tree = shapely.STRtree(self._figures)
        if len(order):
            self._raster()

    def indices(self, lon: ArrayLike, lat: ArrayLike, datum: Datum | str = Datum.WGS84) -> NDArray[np.int32]:
        """Positions in degrees to indices into `codes`; OUTSIDE (-1) beyond the district, and for NaN."""
        x, y = to_wgs84(lon, lat, datum)
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        if len(self.codes) == 1:
            return np.full(x.shape, OUTSIDE, dtype=np.int32)
        with np.errstate(invalid="ignore"):
            column = np.floor((x - self._west) / self._size)
            row = np.floor((y - self._south) / self._size)
            covered = (column >= 0) & (column < self._labels.shape[1]) & (row >= 0) & (row < self._labels.shape[0])
        found = np.full(x.shape, OUTSIDE, dtype=np.int32)
        found[covered] = self._labels[row[covered].astype(np.intp), column[covered].astype(np.intp)]
        unsure = np.flatnonzero(found == _UNSURE)
        if len(unsure):
            found[unsure] = self._exact(x[unsure], y[unsure])
        return found

    def locate(self, lon: ArrayLike, lat: ArrayLike, datum: Datum | str = Datum.WGS84) -> NDArray[np.str_]:
        """Positions in degrees to area codes; an empty text beyond the district."""
        return np.asarray(self.codes[self.indices(lon, lat, datum)], dtype=np.str_)

    def _exact(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        point, figure = self._tree.query(shapely.points(x, y), predicate="intersects")
        found = np.full(len(x), np.iinfo(np.int32).max, dtype=np.int32)
        np.minimum.at(found, point, figure.astype(np.int32))
        return np.where(found == np.iinfo(np.int32).max, np.int32(OUTSIDE), found)

    def _raster(self) -> None:
        """Label every pixel no edge comes near; all pixels of a run between edges lie in the same area."""
        west, south, east, north = shapely.total_bounds(self._figures)
        self._size = max(east - west, north - south) / (_PIXELS - 4)
        self._west, self._south = west - 2 * self._size, south - 2 * self._size
        rows = int((north - self._south) / self._size) + 3
        columns = int((east - self._west) / self._size) + 3
        labels = np.full((rows, columns), 0, dtype=np.int32)
        self._mark_edges(labels)
        clear = labels != _UNSURE
        starts = clear.copy()
        starts[:, 1:] &= ~clear[:, :-1]
        at_row, at_column = np.nonzero(starts)
        middle_x = self._west + (at_column + 0.5) * self._size
        middle_y = self._south + (at_row + 0.5) * self._size
        run = np.cumsum(starts.ravel()).reshape(labels.shape) - 1
        values = self._exact(middle_x, middle_y)
        labels[clear] = values[run[clear]]
        self._labels = labels

    def _mark_edges(self, labels: NDArray[np.int32]) -> None:
        """Mark all pixels within one pixel of an edge: samples half a pixel apart, and the eight around each."""
        for figure in self._figures:
            for ring in shapely.get_rings(figure):
                line = shapely.segmentize(ring, self._size / 2)
                xy = shapely.get_coordinates(line)
                column = ((xy[:, 0] - self._west) / self._size).astype(np.intp)
                row = ((xy[:, 1] - self._south) / self._size).astype(np.intp)
                for down in (-1, 0, 1):
                    for across in (-1, 0, 1):
                        labels[row + down, column + across] = _UNSURE
