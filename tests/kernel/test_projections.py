"""Plane coordinates to degrees, against positions computed by PROJ 9.7 (pyproj 3.7.2)."""

from __future__ import annotations

import numpy as np
import pytest

from linli.kernel.projections import Projection, UnknownProjection, of_prj

DEGREES = 'UNIT["Degree",0.0174532925199433]'


def degrees(system: str, datum: str, spheroid: str) -> str:
    return f'GEOGCS["{system}",DATUM["{datum}",SPHEROID[{spheroid}]],PRIMEM["Greenwich",0.0],{DEGREES}]'


CGCS = degrees("GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", '"CGCS2000",6378137.0,298.257222101')
WGS = degrees("GCS_WGS_1984", "D_WGS_1984", '"WGS_1984",6378137.0,298.257223563')
OLD = degrees("GCS_Beijing_1954", "D_Beijing_1954", '"Krasovsky_1940",6378245.0,298.3')
XIAN = degrees("GCS_Xian_1980", "D_Xian_1980", '"Xian_1980",6378140.0,298.257')


def plane(
    name: str, geographic: str, projection: str, easting: float, central: float, scale: float = 1.0, unit: str = "Meter"
) -> str:
    return (
        f'PROJCS["{name}",{geographic},PROJECTION["{projection}"],PARAMETER["False_Easting",{easting}],'
        f'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",{central}],PARAMETER["Scale_Factor",{scale}],'
        f'PARAMETER["Latitude_Of_Origin",0.0],UNIT["{unit}",1.0]]'
    )


@pytest.mark.parametrize(
    ("prj", "first", "second"),
    [
        (  # EPSG:4547
            plane("CGCS2000_3_Degree_GK_CM_114E", CGCS, "Gauss_Kruger", 500000.0, 114.0),
            (857987.748138905, 4059578.912030685),
            (854317.9611613463, 4064246.957247195),
        ),
        (  # EPSG:4528, the number of the zone before the easting
            plane("CGCS2000_3_Degree_GK_Zone_40", CGCS, "Gauss_Kruger", 40500000.0, 120.0),
            (40321037.877373196, 4053984.147221413),
            (40317670.8104528, 4058866.6854200945),
        ),
        (  # EPSG:32650
            plane("WGS_1984_UTM_Zone_50N", WGS, "Transverse_Mercator", 500000.0, 117.0, 0.9996),
            (589441.2954469086, 4050965.960876328),
            (585925.8501803082, 4055737.569584318),
        ),
    ],
)
def test_positions_are_those_of_proj_to_a_millimetre(
    prj: str, first: tuple[float, float], second: tuple[float, float]
) -> None:
    found = of_prj(prj)
    assert found is not None
    lon, lat = found.to_degrees([first[0], second[0]], [first[1], second[1]])
    assert np.allclose(lon, [118.0, 117.9612345], atol=1e-8, rtol=0)
    assert np.allclose(lat, [36.6, 36.6433333], atol=1e-8, rtol=0)


def test_the_wording_of_gdal_is_understood_too() -> None:
    wkt = (
        'PROJCS["CGCS2000 / 3-degree Gauss-Kruger CM 117E",GEOGCS["China Geodetic Coordinate System 2000",'
        'DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],'
        'PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",117],'
        'PARAMETER["scale_factor",1],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],'
        'UNIT["metre",1,AUTHORITY["EPSG","9001"]],AUTHORITY["EPSG","4548"]]'
    )
    assert of_prj(wkt) == Projection(117.0)


@pytest.mark.parametrize("prj", [CGCS, WGS, CGCS.replace(",", ",\n  ")])
def test_degrees_need_no_projection(prj: str) -> None:
    assert of_prj(prj) is None


@pytest.mark.parametrize(
    ("prj", "code"),
    [
        (OLD, "datum"),
        (XIAN, "datum"),
        (plane("Beijing_1954_3_Degree_GK_CM_117E", OLD, "Gauss_Kruger", 500000.0, 117.0), "datum"),
        ("", "datum"),
        ("garbage", "datum"),
        (plane("x", CGCS, "Mercator_Auxiliary_Sphere", 0.0, 0.0), "projection"),
        (plane("x", CGCS, "Gauss_Kruger", 500000.0, 117.0, unit="Foot_US"), "projection"),
        (plane("x", CGCS, "Gauss_Kruger", 500000.0, 117.0).replace("Central_Meridian", "Other"), "projection"),
    ],
)
def test_what_would_land_elsewhere_is_refused(prj: str, code: str) -> None:
    with pytest.raises(UnknownProjection, match=code):
        of_prj(prj)


def test_what_lies_nowhere_on_the_plane_has_no_position() -> None:
    lon, lat = Projection(117.0).to_degrees([1e9, 500_000.0], [0.0, 4e6])
    assert np.isnan(lon[0]) and np.isnan(lat[0]) and abs(lon[1] - 117) < 1e-12
