"""Datums at the door: GCJ-02 and BD-09 come in, WGS-84 (CGCS2000) is what Linli stores.

Everything here is pure, vectorised NumPy and good to under 2 m (in practice under a centimetre) anywhere in
China. A missed conversion is about 530 m in 淄川, a different village, so every caller must name the datum.

The GCJ-02 shift is the published reverse engineering of the Chinese map offset (Krasovsky 1940 ellipsoid); it
has no closed inverse, hence the fixed-point iteration. CGCS2000 and WGS-84 differ by centimetres and are taken
as one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]


class Datum(StrEnum):
    """The coordinate datums that reach a district: surveys, phones, Chinese web maps."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_SEMI_MAJOR: Final = 6378245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
_BAIDU_PI: Final = np.pi * 3000.0 / 180.0
# The offset is only applied inside this box; the maps' own code does the same.
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)
# The shift changes by less than 0.1 % over the distance of one shift, so each round gains three digits: four leave a micrometre.
_ROUNDS: Final = 4


def _shift(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Degrees by which GCJ-02 moves a WGS-84 position."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    d_lat += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    d_lon += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    root_magic = np.sqrt(magic)
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_SQUARED) / (magic * root_magic)
    parallel = _SEMI_MAJOR / root_magic * np.cos(phi)
    inside = (lon >= _CHINA[0]) & (lon <= _CHINA[2]) & (lat >= _CHINA[1]) & (lat <= _CHINA[3])
    with np.errstate(divide="ignore", invalid="ignore"):
        d_lon, d_lat = np.degrees(d_lon / parallel), np.degrees(d_lat / meridian)
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """WGS-84 degrees to GCJ-02 degrees (高德, 腾讯); identity outside China."""
    lon_, lat_ = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    d_lon, d_lat = _shift(lon_, lat_)
    return lon_ + d_lon, lat_ + d_lat


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """GCJ-02 degrees to WGS-84 degrees, by fixed-point iteration on the forward shift."""
    lon_, lat_ = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    out_lon, out_lat = lon_, lat_
    for _ in range(_ROUNDS):
        d_lon, d_lat = _shift(out_lon, out_lat)
        out_lon, out_lat = lon_ - d_lon, lat_ - d_lat
    return out_lon, out_lat


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """GCJ-02 degrees to BD-09 degrees (百度)."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_PI)
    theta = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_PI)
    return radius * np.cos(theta) + 0.0065, radius * np.sin(theta) + 0.006


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """BD-09 degrees to GCJ-02 degrees; the usual closed formula is off by up to 1.5 m, so this iterates too."""
    lon_, lat_ = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    out_lon, out_lat = lon_ - 0.0065, lat_ - 0.006
    for _ in range(_ROUNDS):
        back_lon, back_lat = gcj02_to_bd09(out_lon, out_lat)
        out_lon, out_lat = out_lon + (lon_ - back_lon), out_lat + (lat_ - back_lat)
    return out_lon, out_lat


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> tuple[FloatArray, FloatArray]:
    """Degrees in any known datum to WGS-84 degrees; scalars or arrays, NaN stays NaN.

    Raises ValueError for a datum that is not one of `Datum`.
    """
    match Datum(str(datum).lower()):
        case Datum.GCJ02:
            return gcj02_to_wgs84(lon, lat)
        case Datum.BD09:
            return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
        case _:
            return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum | str) -> tuple[FloatArray, FloatArray]:
    """WGS-84 degrees to degrees in any known datum, the inverse of `to_wgs84`."""
    match Datum(str(datum).lower()):
        case Datum.GCJ02:
            return wgs84_to_gcj02(lon, lat)
        case Datum.BD09:
            return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
        case _:
            return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def distance_m(lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike) -> FloatArray:
    """Metres between near WGS-84 positions (haversine on the mean sphere, 0.3 % at most)."""
    a_lon, a_lat, b_lon, b_lat = (np.radians(np.asarray(v, dtype=np.float64)) for v in (lon_a, lat_a, lon_b, lat_b))
    h = np.sin((b_lat - a_lat) / 2) ** 2 + np.cos(a_lat) * np.cos(b_lat) * np.sin((b_lon - a_lon) / 2) ** 2
    return np.asarray(2.0 * 6371008.8 * np.arcsin(np.sqrt(h)), dtype=np.float64)
