"""Datums: every way there and back stays under two metres; a wrong datum does not go unnoticed."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.coordinates import Datum, distance_m, from_wgs84, to_wgs84

china = st.tuples(st.floats(73.5, 134.7), st.floats(18.2, 53.5))


@given(at=china, datum=st.sampled_from(list(Datum)))
def test_there_and_back_is_under_two_metres(at: tuple[float, float], datum: Datum) -> None:
    lon, lat = to_wgs84(*from_wgs84(*at, datum), datum)
    assert float(distance_m(*at, lon, lat)) < 2.0


def test_a_whole_column_is_under_a_millimetre_in_shandong() -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(115, 122.7, 200_000), rng.uniform(34.4, 38.4, 200_000)
    for datum in (Datum.GCJ02, Datum.BD09):
        back = to_wgs84(*from_wgs84(lon, lat, datum), datum)
        assert distance_m(lon, lat, *back).max() < 0.001


def test_known_positions() -> None:
    """Published pairs: the Tiananmen example of the common converters (GCJ-02, then BD-09)."""
    lon, lat = from_wgs84(116.391349, 39.907375, "gcj02")
    assert float(distance_m(lon, lat, 116.397590, 39.908776)) < 1.0
    lon, lat = from_wgs84(116.404, 39.915, "gcj02")
    assert (float(lon), float(lat)) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-8)
    lon, lat = from_wgs84(*to_wgs84(116.404, 39.915, "gcj02"), "bd09")
    assert (float(lon), float(lat)) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-6)


def test_a_missed_conversion_in_the_model_district_is_hundreds_of_metres() -> None:
    assert 400 < float(distance_m(118.0, 36.6, *from_wgs84(118.0, 36.6, "gcj02"))) < 700


def test_cgcs2000_is_taken_as_wgs84_and_outside_china_nothing_moves() -> None:
    assert to_wgs84(118.0, 36.6, "CGCS2000") == (118.0, 36.6)
    assert tuple(map(float, from_wgs84(2.35, 48.86, "gcj02"))) == (2.35, 48.86)


def test_missing_positions_stay_missing_and_unknown_datums_are_refused() -> None:
    lon, lat = to_wgs84([118.0, math.nan], [36.6, 36.6], "bd09")
    assert not math.isnan(lon[0])
    assert math.isnan(lon[1])
    with pytest.raises(ValueError, match="mars"):
        to_wgs84(118.0, 36.6, "mars")
