"""Plane coordinates of surveys to degrees: Gauss-Krüger and UTM on CGCS2000 or WGS-84, as a .prj file (WKT 1) states them.

Surveys in China come in Gauss-Krüger zones of 3° or 6° (GB/T 17798, CGCS2000 by GB 22021; the names of the zones are
those ArcGIS and QGIS write, inferred from practice). The inverse is Krüger's series in the third flattening to its
fourth term: under a millimetre within a zone. Older datums (Beijing 54, Xi'an 80) lie about a hundred metres apart
from CGCS2000 by parameters that only the surveying office has, so they are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from .coordinates import FloatArray

MODERN: Final = ("cgcs2000", "china_2000", "china_geodetic_coordinate_system_2000", "wgs_1984", "wgs84", "wgs_84")
TRANSVERSE: Final = frozenset({"gauss_kruger", "transverse_mercator"})
METRES: Final = frozenset({"meter", "metre", "m"})
_NAME: Final = r'\[\s*"([^"]*)"'
_NUMBER: Final = r"\s*,\s*([-+0-9.eE]+)"
# Semi-major axis and inverse flattening of CGCS2000 and WGS-84, which differ from each other by far less than from others.
_ELLIPSOID: Final = ((6_378_137.0, 1.0), (298.2572, 0.01))


class UnknownProjection(ValueError):
    """The coordinates are on another datum, in another projection or unit; the message is a code: datum, projection."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A transverse Mercator plane in metres. Longitudes in degrees."""

    central: float
    false_easting: float = 500_000.0
    false_northing: float = 0.0
    scale: float = 1.0
    semi_major: float = 6_378_137.0
    inverse_flattening: float = 298.257222101

    def to_degrees(self, x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Longitudes and latitudes of plane positions; what lies nowhere on the plane becomes NaN."""
        n = 1 / (2 * self.inverse_flattening - 1)
        radius = self.semi_major / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
        beta = (
            n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
            n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
            17 * n**3 / 480 - 37 * n**4 / 840,
            4397 * n**4 / 161280,
        )
        delta = (
            2 * n - 2 * n**2 / 3 - 2 * n**3 + 116 * n**4 / 45,
            7 * n**2 / 3 - 8 * n**3 / 5 - 227 * n**4 / 45,
            56 * n**3 / 15 - 136 * n**4 / 35,
            4279 * n**4 / 630,
        )
        xi = (np.asarray(y, np.float64) - self.false_northing) / (self.scale * radius)
        eta = (np.asarray(x, np.float64) - self.false_easting) / (self.scale * radius)
        far = (np.abs(eta) > 1) | (np.abs(xi) > np.pi / 2)
        xi, eta = np.where(far, np.nan, xi), np.where(far, np.nan, eta)
        xi_, eta_ = xi.copy(), eta.copy()
        for k, b in enumerate(beta, start=1):
            xi_ -= b * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
            eta_ -= b * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
        conformal = np.arcsin(np.sin(xi_) / np.cosh(eta_))
        latitude = conformal.copy()
        for k, d in enumerate(delta, start=1):
            latitude += d * np.sin(2 * k * conformal)
        longitude = np.arctan2(np.sinh(eta_), np.cos(xi_))
        return self.central + np.degrees(longitude), np.degrees(latitude)


def of_prj(text: str) -> Projection | None:
    """The projection of a .prj file; None where it states degrees. Raises UnknownProjection."""
    flat = " ".join(text.split())
    datum = _first(rf"\bDATUM{_NAME}", flat).lower().removeprefix("d_")
    system = _first(rf"\bGEOGCS{_NAME}", flat).lower()
    if not any(name in told.replace(" ", "_") for name in MODERN for told in (datum, system)):
        raise UnknownProjection("datum")
    if not flat.lstrip().upper().startswith("PROJCS"):
        return None
    if _first(rf"\bPROJECTION{_NAME}", flat).lower() not in TRANSVERSE:
        raise UnknownProjection("projection")
    # The unit of the plane is the last one: that of the degrees stands inside GEOGCS.
    units = re.findall(rf"\bUNIT{_NAME}{_NUMBER}", flat, re.I)
    if not units or units[-1][0].lower() not in METRES or _number(units[-1][1]) != 1.0:
        raise UnknownProjection("projection")
    told = {name.lower(): _number(value) for name, value in re.findall(rf"\bPARAMETER{_NAME}{_NUMBER}", flat, re.I)}
    if "central_meridian" not in told or told.get("latitude_of_origin", 0.0) != 0.0:
        raise UnknownProjection("projection")
    spheroid = re.search(rf"\bSPHEROID{_NAME}{_NUMBER}{_NUMBER}", flat, re.I)
    more = {} if spheroid is None else {"semi_major": _number(spheroid[2]), "inverse_flattening": _number(spheroid[3])}
    if not all(abs(value - modern) < near for value, (modern, near) in zip(more.values(), _ELLIPSOID, strict=False)):
        raise UnknownProjection("datum")
    return Projection(
        central=told["central_meridian"],
        false_easting=told.get("false_easting", 0.0),
        false_northing=told.get("false_northing", 0.0),
        scale=told.get("scale_factor", 1.0),
        **more,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise UnknownProjection("projection") from None


def _first(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.I)
    return found[1] if found else ""
