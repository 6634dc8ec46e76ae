"""District packages: the folder or zip that holds a district's towns, villages, aliases and boundary.

Reading is pure (no database), so that addresses can be parsed before any database exists. The format is
described for districts in `data/README.md`.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from linli.kernel.errors import Invalid, Text

PACKAGED = Path(__file__).parent / "data"
DEFAULT_DISTRICT = "370302"
_MOST_BYTES = 64 * 1024 * 1024


class PackageUnreadable(Invalid):
    """A district package lacks a file or holds rows that cannot be used; `file` and `reason` say where."""

    code = "places.package_unreadable"
    text = Text("区划数据包无法读取：{file}，{reason}", "The district package cannot be read: {file}, {reason}")


@dataclass(frozen=True, slots=True)
class District:
    """The county-level division the package describes; `above` names what it lies in, widest first."""

    code: str
    name: str
    short: str
    kind: str = ""
    above: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    list_date: str = ""
    foreign_scheme: str = ""


@dataclass(frozen=True, slots=True)
class Town:
    """A town-level division (街道, 镇, 乡); `foreign_code` is its number in the district's second scheme."""

    code: str
    name: str
    kind: str = ""
    foreign_code: str = ""
    hint: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Village:
    """A village or residents' committee; `short` is the name people use, without 委会."""

    code: str
    name: str
    short: str
    kind: str = ""
    valid_from: str = ""
    weight: float | None = None

    @property
    def town_code(self) -> str:
        return self.code[:9]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name of a region: kind `name` (in use) or `former` (of a merged town), with its source."""

    code: str
    alias: str
    kind: str = "name"
    source: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class DistrictPackage:
    """Everything a district brings; `boundary` is a GeoJSON geometry in WGS-84, None where there is none."""

    district: District
    towns: tuple[Town, ...]
    villages: tuple[Village, ...]
    aliases: tuple[Alias, ...] = ()
    boundary: dict[str, Any] | None = field(default=None, compare=False)


def short_name(name: str) -> str:
    """The everyday name of a committee: 城里社区居委会 → 城里社区, 坡子村村委会 → 坡子村, 七里村委会 → 七里村."""
    for ending in ("居民居委会", "居民委员会", "村民委员会", "居委会", "村委会", "委会"):
        if name.endswith(ending) and len(name) > len(ending):
            stem = name[: -len(ending)]
            # 七里村委会 is 七里村's committee, 坡子村村委会 is 坡子村's: one 村 always stays with the name.
            return stem if not ending.startswith("村") or stem.endswith("村") else stem + "村"
    return name


def read_package(path: Path) -> DistrictPackage:
    """Read a package from a folder or a zip. Raises PackageUnreadable with the file and the reason."""
    if path.is_dir():
        files = {f.name: f.read_bytes() for f in path.iterdir() if f.is_file() and f.suffix in _SUFFIXES}
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            wanted = [i for i in archive.infolist() if Path(i.filename).suffix in _SUFFIXES and not i.is_dir()]
            if sum(i.file_size for i in wanted) > _MOST_BYTES:
                raise PackageUnreadable(file=path.name, reason="解压后过大 / too large when unpacked")
            files = {Path(i.filename).name: archive.read(i) for i in wanted}
    else:
        raise PackageUnreadable(file=path.name, reason="既不是文件夹也不是 zip / neither a folder nor a zip")
    return _assemble(files)


@lru_cache(maxsize=4)
def packaged(code: str = DEFAULT_DISTRICT) -> DistrictPackage:
    """The package of a district that ships with the program."""
    return read_package(PACKAGED / code)


_SUFFIXES = {".json", ".csv", ".geojson"}


def _assemble(files: dict[str, bytes]) -> DistrictPackage:
    about = _json(files, "district.json")
    code = str(about.get("code", ""))
    if len(code) != 6 or not code.isdigit():
        raise PackageUnreadable(file="district.json", reason="code 应为 6 位数字 / code must have 6 digits")
    district = District(
        code=code,
        name=str(about["name"]),
        short=str(about.get("short") or about["name"].rstrip("区县市旗")),
        kind=str(about.get("kind", "")),
        above=tuple(about.get("above", ())),
        neighbours=tuple(about.get("neighbours", ())),
        list_date=str(about.get("list_date", "")),
        foreign_scheme=str(about.get("foreign_scheme", "")),
    )
    towns = tuple(_town(row, code) for row in _rows(files, "towns.csv", ("code", "name")))
    known = {t.code for t in towns}
    villages = tuple(_village(row, known, district.list_date) for row in _rows(files, "villages.csv", ("code", "name")))
    _no_twins("towns.csv", [t.code for t in towns])
    _no_twins("villages.csv", [v.code for v in villages])
    codes = known | {v.code for v in villages} | {code}
    aliases = []
    for row in _rows(files, "aliases.csv", ("code", "alias"), required=False):
        if row["code"] not in codes:
            raise PackageUnreadable(file="aliases.csv", reason=f"code {row['code']} 不存在 / does not exist")
        kind = row.get("kind") or "name"
        source, certainty = row.get("source") or "", row.get("certainty") or ""
        aliases.append(Alias(row["code"], row["alias"], kind, source, certainty))
    return DistrictPackage(district, towns, villages, tuple(aliases), _boundary(files))


def _json(files: dict[str, bytes], name: str) -> dict[str, Any]:
    if name not in files:
        raise PackageUnreadable(file=name, reason="缺少该文件 / the file is missing")
    try:
        content = json.loads(files[name].decode("utf-8-sig"))
    except ValueError as error:
        raise PackageUnreadable(file=name, reason=f"不是有效的 JSON / not valid JSON ({error})") from None
    if not isinstance(content, dict):
        raise PackageUnreadable(file=name, reason="应为 JSON 对象 / must be a JSON object")
    return content


def _rows(
    files: dict[str, bytes], name: str, columns: tuple[str, ...], required: bool = True
) -> Iterator[dict[str, str]]:
    if name not in files:
        if required:
            raise PackageUnreadable(file=name, reason="缺少该文件 / the file is missing")
        return
    try:
        text = files[name].decode("utf-8-sig")
    except UnicodeDecodeError:
        text = files[name].decode("gb18030")
    reader = csv.DictReader(io.StringIO(text))
    if missing := [c for c in columns if c not in (reader.fieldnames or ())]:
        raise PackageUnreadable(file=name, reason=f"缺少列 / columns missing: {', '.join(missing)}")
    for number, row in enumerate(reader, start=2):
        clean = {k: (v or "").strip() for k, v in row.items() if k is not None and not isinstance(v, list)}
        if not all(clean[c] for c in columns):
            raise PackageUnreadable(file=name, reason=f"第 {number} 行不完整 / line {number} is incomplete")
        yield clean


def _town(row: dict[str, str], district: str) -> Town:
    code = row["code"]
    if len(code) != 9 or not code.isdigit() or not code.startswith(district):
        raise PackageUnreadable(file="towns.csv", reason=f"镇街代码 {code} 应为本区 9 位 / bad town code")
    hint = None
    if row.get("hint_lon") and row.get("hint_lat"):
        hint = _number("towns.csv", row["hint_lon"]), _number("towns.csv", row["hint_lat"])
    return Town(code, row["name"], row.get("kind", ""), row.get("mca_code", ""), hint)


def _village(row: dict[str, str], towns: set[str], list_date: str) -> Village:
    code = row["code"]
    if len(code) != 12 or not code.isdigit() or code[:9] not in towns:
        raise PackageUnreadable(file="villages.csv", reason=f"村居代码 {code} 没有所属镇街 / no such town")
    weight = _number("villages.csv", row["weight"]) if row.get("weight") else None
    if weight is not None and not 0 < weight < 1e9:
        raise PackageUnreadable(file="villages.csv", reason=f"{code} 的 weight 应大于 0 / weight must be above 0")
    short = row.get("short") or short_name(row["name"])
    return Village(code, row["name"], short, row.get("kind", ""), row.get("valid_from") or list_date, weight)


def _number(file: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise PackageUnreadable(file=file, reason=f"不是数字 / not a number: {text}") from None


def _no_twins(file: str, codes: list[str]) -> None:
    if twins := sorted({c for c in codes if codes.count(c) > 1}):
        raise PackageUnreadable(file=file, reason=f"代码重复 / code given twice: {', '.join(twins[:5])}")


def _boundary(files: dict[str, bytes]) -> dict[str, Any] | None:
    if "boundary.geojson" not in files:
        return None
    content = _json(files, "boundary.geojson")
    features = content.get("features") if content.get("type") == "FeatureCollection" else [content]
    if not features or "geometry" not in features[0]:
        raise PackageUnreadable(file="boundary.geojson", reason="没有图形 / holds no geometry")
    datum = str(features[0].get("properties", {}).get("datum", "wgs84")).lower()
    if datum not in ("wgs84", "cgcs2000"):
        raise PackageUnreadable(file="boundary.geojson", reason=f"坐标系 {datum} 应先转为 WGS-84 / convert it first")
    geometry = features[0]["geometry"]
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise PackageUnreadable(file="boundary.geojson", reason="应为面 / must be a polygon")
    return dict(geometry)
