"""The demo's entities, key places, components and rented homes: nobody's, the same each time, taken in through intake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from stdnum.cn import uscc

from linli.kernel.scope import acting
from linli.project.demo import base, loading, things
from linli.project.demo.base import DemoOrder
from linli.project.demo.places import DistrictPlaces

ORDER = DemoOrder(6_000, 42)
Sql = Callable[..., Sequence[Any]]
SPOTS = [("370302001001001", 117.96, 36.64), ("370302104201001", 117.8, 36.6)]


@pytest.fixture
def installation(seeded_db: str, settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.LINLI_HOME = tmp_path
    base.claim(ORDER)
    base.lay_places()
    yield tmp_path


def test_the_whole_district_has_as_many_as_the_model() -> None:
    assert [things.count_of(kind, 540_000) for kind in things.FULL] == [12_000, 8_000, 40_000, 6_000]
    assert things.count_of("components", 8_000) == 593


@pytest.mark.parametrize("kind", list(things.FULL))
def test_the_same_numbers_make_the_same_file(kind: str, places: DistrictPlaces, tmp_path: Path) -> None:
    spots = [(places.villages[i].code + "001", 117.9 + i / 1000, 36.6) for i in range(5)]
    first, second = (things.write_file(kind, 9_000, 7, places, spots, tmp_path / name) for name in ("a", "b"))
    assert first.path.read_bytes() == second.path.read_bytes()
    other = things.write_file(kind, 9_000, 8, places, spots, tmp_path / "c")
    assert other.path.read_bytes() != first.path.read_bytes()


def test_credit_codes_are_valid_and_nobodys() -> None:
    codes = things.credit_codes(pl.Series(["91", "92", "11"]), pl.Series([1, 999_999_999, 5]))
    assert all(uscc.is_valid(code) and code[2:8] == "990302" for code in codes)


def test_things_go_in_through_intake_and_a_second_time_changes_nothing(installation: Path, owner_sql: Sql) -> None:
    for kind in things.FULL:
        taken = loading.take_things_in(ORDER, kind)
        assert taken.rows == things.count_of(kind, ORDER.people) and taken.created + taken.skipped == taken.rows
        assert taken.skipped <= taken.rows * 0.02, (kind, taken)
        assert loading.take_things_in(ORDER, kind).before
    tables = ("registry_legal_entity", "registry_key_place", "registry_component", "registry_rental")
    for table in tables:
        ((count, placed, grids),) = owner_sql(
            f"SELECT count(*), count(lon), count(*) FILTER (WHERE length(area_code) = 15) FROM {table}"
        )
        assert placed > count * 0.8 and grids > count * 0.8, table
    by_code = owner_sql("SELECT code, severity, count(*) FROM intake_finding GROUP BY 1, 2 ORDER BY 3 DESC")
    assert {code for code, severity, _ in by_code if severity == "error"} <= {"credit.checksum"}, by_code
    with acting(base.demo_actor()):
        from linli.intake.models import Batch

        assert {b.kind for b in Batch.objects.all()} == set(things.FULL)
