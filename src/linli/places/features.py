"""Figures with properties out of a file: GeoJSON (RFC 7946) or a zipped shapefile. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import shapely
from shapely.geometry import shape

from linli.kernel.coordinates import Datum

from . import shapefile
from .shapefile import Feature, Unreadable


def read(content: bytes, most: int, datum: Datum = Datum.WGS84) -> list[Feature]:
    """The features of a file, at most `most`, in degrees of `datum`. Raises Unreadable with a code that says why."""
    if shapefile.is_packed(content):
        return shapefile.read(content, most, datum)
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Unreadable("json") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise Unreadable("no_features")
    if len(features) > most:
        raise Unreadable("too_many")
    return [_feature(feature) for feature in features]


def _feature(feature: Any) -> Feature:
    properties = (feature.get("properties") or {}) if isinstance(feature, dict) else {}
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(properties, dict) or not isinstance(geometry, dict):
        raise Unreadable("no_geometry")
    try:
        return Feature(properties, shapely.force_2d(shape(geometry)))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        raise Unreadable("geometry") from None


def said(properties: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first of these properties that says anything, as text."""
    for name in names:
        value = properties.get(name)
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # as a .dbf keeps whole numbers
        if value not in (None, "") and (told := str(value).strip()):
            return told
    return ""
