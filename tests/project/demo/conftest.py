"""A small district and its spreadsheets, generated once for all tests of the demo."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.project.demo.district import District, generate
from linli.project.demo.places import DistrictPlaces, shipped
from linli.project.demo.sheets import SourceFile
from linli.project.demo.workbooks import write_spreadsheets

TOWNS = ("370302001", "370302004", "370302115")  # one town of each ledger layout


@pytest.fixture(scope="session")
def places() -> DistrictPlaces:
    return shipped()


@pytest.fixture(scope="session")
def district(places: DistrictPlaces) -> District:
    """40,000 people over all thirteen towns."""
    return generate(40_000, 42, places)


@pytest.fixture(scope="session")
def spreadsheets(district: District, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[SourceFile]]:
    """The files of three towns, with the truth beside them."""
    folder = tmp_path_factory.mktemp("spreadsheets")
    return folder, write_spreadsheets(district, folder, [TOWNS[0], "370302002", TOWNS[1]])
