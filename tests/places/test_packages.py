"""District packages: read whole from a folder or a zip, refused with the file and the reason."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from linli.places.packages import PACKAGED, PackageUnreadable, packaged, read_package, short_name


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGED / "370302", tmp_path / "p")
    return tmp_path / "p"


def test_the_packaged_district_is_whole() -> None:
    package = packaged()
    assert (len(package.towns), len(package.villages)) == (13, 474)
    assert all(t.foreign_code for t in package.towns)
    assert {t.name: t.foreign_code for t in package.towns}["昆仑镇"] == "370302101"
    assert Counter(v.kind for v in package.villages) == {"村委会": 415, "居委会": 59}
    assert all(v.short.endswith(("村", "社区")) for v in package.villages)
    assert package.boundary is not None


def test_a_zip_reads_as_its_folder(copy: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for file in copy.iterdir():
            archive.write(file, f"some/folder/{file.name}")
    assert read_package(tmp_path / "p.zip") == read_package(copy)


def test_gb18030_is_understood(copy: Path) -> None:
    towns = copy / "towns.csv"
    towns.write_bytes(towns.read_text("utf-8").encode("gb18030"))
    assert read_package(copy) == packaged()


@pytest.mark.parametrize(
    ("file", "spoil"),
    [
        ("district.json", lambda p: p.unlink()),
        ("district.json", lambda p: p.write_text("{")),
        ("district.json", lambda p: p.write_text(json.dumps({"code": "37", "name": "x"}))),
        ("towns.csv", lambda p: p.write_text("code,title\n370302001,甲镇\n")),
        ("towns.csv", lambda p: p.write_text("code,name\n370303001,甲镇\n")),
        ("towns.csv", lambda p: p.write_text("code,name\n370302001,\n")),
        ("villages.csv", lambda p: p.write_text("code,name\n370302999001,甲村\n")),
        ("villages.csv", lambda p: p.write_text("code,name\n370302001001,甲村\n370302001001,乙村\n")),
        ("villages.csv", lambda p: p.write_text("code,name,weight\n370302001001,甲村,many\n")),
        ("villages.csv", lambda p: p.write_text("code,name,weight\n370302001001,甲村,-1\n")),
        ("aliases.csv", lambda p: p.write_text("code,alias\n370302999001,甲\n")),
        (
            "boundary.geojson",
            lambda p: p.write_text(json.dumps({"type": "FeatureCollection", "features": []})),
        ),
        ("boundary.geojson", lambda p: p.write_text(p.read_text().replace("wgs84", "gcj02"))),
    ],
)
def test_a_spoilt_package_is_refused_and_the_file_is_named(
    copy: Path, file: str, spoil: Callable[[Path], object]
) -> None:
    spoil(copy / file)
    with pytest.raises(PackageUnreadable) as caught:
        read_package(copy)
    assert caught.value.params["file"] == file


def test_neither_folder_nor_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("no")
    with pytest.raises(PackageUnreadable):
        read_package(tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("城里社区居委会", "城里社区"),
        ("锦悦社区居民委员会", "锦悦社区"),
        ("坡子村村委会", "坡子村"),
        ("七里村委会", "七里村"),
        ("三里村民委员会", "三里村"),
        ("贾村村村民委员会", "贾村村"),
        ("洪五社区居民居委会", "洪五社区"),
        ("光正社区", "光正社区"),
    ],
)
def test_everyday_names_of_committees(name: str, short: str) -> None:
    assert short_name(name) == short


def test_everyday_names_agree_with_the_packaged_ones() -> None:
    assert [(v.name, v.short) for v in packaged().villages if short_name(v.name) != v.short] == []
