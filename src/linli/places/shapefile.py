"""Shapefiles (ESRI Shapefile Technical Description, 1998) as a zip of .shp, .shx, .dbf and, where there, .prj and .cpg.

What comes out is what a GeoJSON file would hold: properties and a figure in degrees, in the datum the user names. Plane
coordinates are brought to degrees by the .prj. Texts of the .dbf are read as the .cpg says, else by the code page in its
head (0x4D is GBK), else as UTF-8 where they are, else as GB18030, which is what Windows in China writes.
"""

from __future__ import annotations

import codecs
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from linli.kernel.coordinates import Datum
from linli.kernel.projections import Projection, UnknownProjection, of_prj

PACKED: Final = b"PK\x03\x04"
NEEDED: Final = (".shp", ".shx", ".dbf")
PARTS: Final = frozenset({*NEEDED, ".prj", ".cpg"})
NOTHING: Final = {"type": "GeometryCollection", "geometries": []}  # a record without a figure
MOST_FILES: Final = 200
MOST_LISTED: Final = MOST_FILES * 1024  # bytes of the list of entries: 46 and a name each (APPNOTE.TXT 4.3.12)
MOST_UNPACKED: Final = 100 * 1024 * 1024
# A vertex is 16 bytes here and over a hundred as the reader gives it.
MOST_OF: Final = {".shp": 48 * 1024 * 1024, ".prj": 64 * 1024, ".cpg": 64 * 1024}
UTF8_NAME: Final = 0x800
CUT: Final = "\N{REPLACEMENT CHARACTER}"
# Language driver in byte 29 of a .dbf, as programs in China write it.
CODE_PAGES: Final = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "cp950", 0x78: "cp950"}


class Unreadable(Exception):
    """The file cannot be read; the message is a code that says why (`grids.problems.FileUnreadable.WHY`)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One record: its properties and its figure, in degrees."""

    properties: Mapping[str, Any]
    figure: BaseGeometry


class _Listing(io.BytesIO):
    """An archive of which no more than an honest list of entries is read while it is opened: the list comes in one
    piece, whatever count of entries the archive states."""

    opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        """As of the bytes. Raises Unreadable for a list that is too long."""
        if self.opening and size is not None and size > MOST_LISTED:
            raise Unreadable("too_large")
        return super().read(size)


def is_packed(content: bytes) -> bool:
    """Whether a file is a zip archive."""
    return content.startswith(PACKED)


def read(content: bytes, most: int, datum: Datum) -> list[Feature]:
    """The records of the one shapefile in an archive, at most `most`, in degrees of `datum`. Raises Unreadable."""
    files = _files(content)
    projection = _projection(files.get(".prj"))
    if projection is not None and datum not in (Datum.WGS84, Datum.CGCS2000):
        raise Unreadable("prj_plane")  # no map of the web is measured on a plane
    encoding = _encoding(files)
    import shapefile  # imported late: few requests bring one

    try:
        with shapefile.Reader(
            shp=io.BytesIO(files[".shp"]),
            shx=io.BytesIO(files[".shx"]),
            dbf=io.BytesIO(files[".dbf"]),
            encoding=encoding,
            encodingErrors="replace",  # programs cut long texts amid a character
        ) as reader:
            if len(reader) > most:
                raise Unreadable("too_many")
            found = [
                (
                    one.record.as_dict(),
                    NOTHING if one.shape.shapeType == shapefile.NULL else one.shape.__geo_interface__,
                )
                for one in reader.iterShapeRecords()
            ]
    except Unreadable:
        raise
    except Exception as error:  # the reader meets damage with whatever its parsing stumbles upon
        raise Unreadable("shapefile") from error
    if not found:
        raise Unreadable("no_features")
    return [Feature(_whole(properties), _figure(geometry, projection)) for properties, geometry in found]


def _whole(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Names of columns are cut after ten bytes; of a character cut amid nothing is left."""
    return {name.rstrip(CUT): value for name, value in properties.items()}


def _files(content: bytes) -> dict[str, bytes]:
    """The parts of the one shapefile in the archive, by ending. Raises Unreadable."""
    found: dict[str, dict[str, bytes]] = {}
    try:
        file = _Listing(content)
        with zipfile.ZipFile(file) as archive:
            file.opening = False
            entries = [e for e in archive.infolist() if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
            wanted = [(e, PurePosixPath(_name(e))) for e in entries]
            wanted = [(e, path) for e, path in wanted if path.suffix.lower() in PARTS]
            if len(entries) > MOST_FILES or sum(e.file_size for e, _ in wanted) > MOST_UNPACKED:
                raise Unreadable("too_large")
            if any(e.file_size > MOST_OF.get(path.suffix.lower(), MOST_UNPACKED) for e, path in wanted):
                raise Unreadable("too_large")
            for entry, path in wanted:
                with archive.open(entry) as packed:
                    part = packed.read(entry.file_size + 1)
                if len(part) != entry.file_size:
                    raise Unreadable("shapefile")
                found.setdefault(str(path.with_suffix("")).lower(), {})[path.suffix.lower()] = part
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError) as error:
        raise Unreadable("shapefile") from error
    layers = [parts for parts in found.values() if ".shp" in parts]
    if len(layers) > 1:
        raise Unreadable("several_layers")
    if not layers or not all(needed in layers[0] for needed in NEEDED):
        raise Unreadable("parts_missing")
    return layers[0]


def _name(entry: zipfile.ZipInfo) -> str:
    """The entry's name; only which files belong together is told by it."""
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("gb18030", "replace")
    except UnicodeEncodeError:
        return name


def _projection(prj: bytes | None) -> Projection | None:
    if prj is None:
        return None
    try:
        return of_prj(prj.decode("utf-8", "replace"))
    except UnknownProjection as error:
        raise Unreadable(f"prj_{error}") from None


def _encoding(files: Mapping[str, bytes]) -> str:
    """What the texts of the .dbf are written in."""
    said = files.get(".cpg", b"").decode("ascii", "ignore").strip().lower().replace("ansi ", "cp")
    said = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(
        said, said
    )
    if said:
        try:
            return codecs.lookup(said).name
        except LookupError:
            pass
    dbf = files[".dbf"]
    if len(dbf) < 32:
        raise Unreadable("shapefile")
    if dbf[29] in CODE_PAGES:
        return CODE_PAGES[dbf[29]]
    (head,) = struct.unpack_from("<H", dbf, 8)
    names = [dbf[start : start + 11].split(b"\0")[0] for start in range(32, head - 32, 32)]
    try:
        for name in names:  # a character may be cut amid
            codecs.getincrementaldecoder("utf-8")().decode(name)
        dbf[head:].decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return "gb18030"


def _figure(geometry: Any, projection: Projection | None) -> BaseGeometry:
    try:
        figure = shapely.force_2d(shape(geometry))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
        raise Unreadable("geometry") from error
    if projection is None:
        return figure

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(projection.to_degrees(points[:, 0], points[:, 1]))

    return shapely.transform(figure, convert)
