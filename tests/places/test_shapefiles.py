"""Boundaries as shapefiles: the same checked way as GeoJSON, in the encodings and projections departments send."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
import shapefile
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from shapely.geometry import Polygon, mapping

from linli.kernel.coordinates import Datum
from linli.kernel.projections import Projection
from linli.places import shapefile as shapefiles
from linli.places.models import Grid

from .grid_world import EAST, WEST, V, square
from .test_grid_boundaries import HALVES, SURVEY, same, surveyor

CGCS = (
    'GEOGCS["GCS_China_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
PLANE = f'PROJCS["GK",{CGCS},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["Central_Meridian",117.0],UNIT["Meter",1.0]]'
OLD = CGCS.replace("D_China_2000", "D_Beijing_1954").replace("GCS_China_2000", "GCS_Beijing_1954")
CODE, NAME = "网格代码", "网格名称"


@pytest.fixture
def editor(db: str) -> Any:
    return surveyor()


def packed(
    figures: list[tuple[Any, dict[str, Any]]],
    *,
    encoding: str = "gbk",
    cpg: str | None = None,
    prj: str | None = CGCS,
    stem: str = "网格边界",
    leave_out: tuple[str, ...] = (),
) -> bytes:
    """A zipped shapefile as a program in China writes it."""
    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, encoding=encoding, shapeType=shapefile.POLYGON) as writer:
        for name in figures[0][1] if figures else (CODE,):
            writer.field(name, "C", size=60)
        for figure, properties in figures:
            if figure is None:
                writer.null()
            else:
                writer.shape(mapping(figure))
            writer.record(*properties.values())  # names are cut after ten bytes
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name not in leave_out:
                archive.writestr(f"{stem}.{name}", content.getvalue())
        for name, text in (("cpg", cpg), ("prj", prj)):
            if text is not None:
                archive.writestr(f"{stem}.{name}", text)
    return packed.getvalue()


def halves(**more: Any) -> bytes:
    return packed([(figure, {CODE: code, NAME: f"{code[-1]}网格"}) for code, figure in HALVES], **more)


def send(browser: Any, content: bytes, expect: int, preview: bool = False, **more: str) -> Any:
    body = {"file": SimpleUploadedFile("b.zip", content), "datum": "cgcs2000", "source": SURVEY, **more}
    answer = browser.post("/api/boundaries" + ("/preview" if preview else ""), body)
    assert answer.status_code == expect, answer.content.decode()
    return json.loads(answer.content)


def why(browser: Any, content: bytes, **more: str) -> str:
    told = send(browser, content, 422, preview=True, **more)
    assert told["code"] == "places.boundaries_unreadable"
    return str(told["params"]["reason"])


@pytest.mark.parametrize(
    ("encoding", "cpg"), [("gbk", None), ("gbk", "GBK"), ("gbk", "936"), ("utf-8", "UTF-8"), ("utf-8", None)]
)
def test_a_shapefile_is_taken_in_as_a_geojson_is_whatever_its_encoding(
    editor: Any,
    encoding: str,
    cpg: str | None,
) -> None:
    send(editor, halves(encoding=encoding, cpg=cpg), 201)
    west = Grid.objects.get(code=WEST)
    assert (west.name, west.source, west.synthetic) == ("1网格", SURVEY, False)
    assert same(shapely.from_wkb(bytes(west.geometry)), HALVES[0][1])


def to_plane(figure: Any) -> Any:
    """Metres of the zone of 117° that come back to these degrees; Newton's way on the program's own inverse."""
    zone = Projection(117.0)

    def convert(points: Any) -> Any:
        x, y = np.full(len(points), 500_000.0), np.full(len(points), 4_050_000.0)
        for _ in range(40):
            lon, lat = zone.to_degrees(x, y)
            x = x + (points[:, 0] - lon) * 111_320 * np.cos(np.radians(points[:, 1]))
            y = y + (points[:, 1] - lat) * 110_950
        return np.column_stack((x, y))

    return shapely.transform(figure, convert)


def test_plane_coordinates_are_brought_to_degrees_by_the_prj(editor: Any) -> None:
    figures = [(to_plane(figure), {CODE: code, NAME: "甲"}) for code, figure in HALVES]
    assert figures[0][0].bounds[0] > 180
    content = packed(figures, prj=PLANE)
    assert why(editor, content, datum="gcj02") == "prj_plane"
    (trouble, *_) = send(editor, packed(figures, prj=None), 200, preview=True)["troubles"]
    assert trouble["code"] == "not_degrees"
    send(editor, packed([(f, p | {NAME: p[CODE][-1]}) for f, p in figures], prj=PLANE), 201)
    assert same(shapely.from_wkb(bytes(Grid.objects.get(code=WEST).geometry)), HALVES[0][1])


def test_a_number_that_a_dbf_keeps_as_a_number_is_still_a_code() -> None:
    parts = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
    with shapefile.Writer(**parts, shapeType=shapefile.POLYGON) as writer:
        writer.field("code", "N", size=18, decimal=1)
        writer.shape(mapping(square(0, 0, 0.012)))
        writer.record(code=float(WEST))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(f"a.{name}", content.getvalue())
    from linli.places.grids import boundaries

    (found,) = boundaries.read(packed.getvalue())
    assert (found.code, found.village) == (WEST, V)


BOW = Polygon([(118, 36.6), (118.012, 36.612), (118.012, 36.6), (118, 36.612)])


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ([(BOW, WEST), (square(0.012, 0, 0.012), EAST)], "self_crossing"),
        ([(square(0, 0, 0.014), WEST), (square(0.012, 0, 0.012), EAST)], "overlap"),
        ([(None, WEST), (square(0.012, 0, 0.012), EAST)], "empty"),
        ([(square(1, 1, 0.012), WEST), (square(1.012, 1, 0.012), EAST)], "elsewhere"),
    ],
)
def test_bad_figures_are_refused_with_the_place_shown(editor: Any, figures: Any, code: str) -> None:
    content = packed([(figure, {CODE: one, NAME: one[-1]}) for figure, one in figures])
    troubles = send(editor, content, 200, preview=True)["troubles"]
    assert code in {t["code"] for t in troubles}
    if code in ("self_crossing", "overlap"):
        assert next(t for t in troubles if t["code"] == code)["place"] is not None
    assert send(editor, content, 422)["code"] == "places.bad_boundaries"


def test_archives_that_are_no_shapefile_are_refused_with_the_reason(editor: Any) -> None:
    assert why(editor, halves(leave_out=("shx",))) == "parts_missing"
    assert why(editor, halves(prj=OLD)) == "prj_datum"
    assert why(editor, halves(prj=PLANE.replace("Gauss_Kruger", "Albers"))) == "prj_projection"
    assert why(editor, halves(prj=PLANE.replace("117.0", "1.1.7"))) == "prj_projection"
    assert why(editor, halves(prj=PLANE.replace("298.257222101", "0.5"))) == "prj_datum"
    assert why(editor, packed([])) == "no_features"
    two = io.BytesIO(halves())
    with zipfile.ZipFile(two, "a") as archive:
        archive.writestr("另一个.shp", b"x")
    assert why(editor, two.getvalue()) == "several_layers"
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(halves())) as whole, zipfile.ZipFile(broken, "w") as archive:
        for entry in whole.infolist():
            archive.writestr(entry.filename, whole.read(entry)[:40])
    assert why(editor, broken.getvalue()) == "shapefile"
    assert why(editor, halves()[:-30]) == "shapefile"
    assert why(editor, b"PK\x03\x04" + b"\0" * 100) == "shapefile"


def test_an_archive_that_unpacks_to_too_much_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapefiles, "MOST_UNPACKED", 100_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("shp", "shx", "dbf"):
            archive.writestr(f"a.{name}", b"\0" * 100_000)
    with pytest.raises(shapefiles.Unreadable, match="too_large"):
        shapefiles.read(bomb.getvalue(), 10, Datum.WGS84)
    with pytest.raises(shapefiles.Unreadable, match="too_many"):
        shapefiles.read(halves(), 1, Datum.WGS84)
    monkeypatch.setitem(shapefiles.MOST_OF, ".shp", 100)  # figures take far more room once they are read
    with pytest.raises(shapefiles.Unreadable, match="too_large"):
        shapefiles.read(halves(), 10, Datum.WGS84)


def test_a_list_of_entries_without_end_is_never_read() -> None:
    crowd = io.BytesIO()
    with zipfile.ZipFile(crowd, "w") as archive:
        for number in range(shapefiles.MOST_LISTED // 46 + 1):
            archive.writestr(str(number), b"")
    with pytest.raises(shapefiles.Unreadable, match="too_large"):
        shapefiles.read(crowd.getvalue(), 10, Datum.WGS84)
