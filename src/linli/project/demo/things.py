"""The demo's legal entities, key places, components and rented homes: four files of a district, taken in through intake.

Nothing in them exists. Credit codes have the region 990302, which is in no edition of GB/T 2260, and a valid check
character; intake takes them in demo districts only. Positions lie near points inside the district's grids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from linli.kernel.coordinates import Datum, from_wgs84
from linli.project.demo.ages import REFERENCE
from linli.project.demo.identifiers import COUNTY, phone_numbers
from linli.project.demo.lists import given_names, surnames, words
from linli.project.demo.places import DistrictPlaces
from linli.registry.things.rules import ALPHABET, WEIGHTS

#: of the model district of 540,000 people
FULL = {"entities": 12_000, "key-places": 8_000, "components": 40_000, "rentals": 6_000}
MODEL_PEOPLE = 540_000
#: kind of table to the source that states it and the datum its positions are in
STATED_BY = {
    "entities": ("market", "gcj02"), "key-places": ("fire", "bd09"), "components": ("urban", "wgs84"),
    "rentals": ("police", "gcj02"),
}  # fmt: skip
#: one credit code in so many has a wrong check character, as lists in life do
WRONG_EVERY = 400
JITTER = 0.0006  # degrees: about 60 m around the point of the grid
PHONES_FROM = 9_000_000  # serials that no person of the demo has below a few million people
# 单位类别, first two characters of the code, weight, endings of its names, section of GB/T 4754
ENTITIES = (
    ("个体", "92", 6.0, ("超市", "饭店", "理发店", "五金店", "水果店", "快餐店", "文具店", "服装店"), "F"),
    ("非公企业", "91", 3.2, ("商贸有限公司", "陶瓷有限公司", "建材有限公司", "物流有限公司", "机械有限公司"), "C"),
    ("国有企业", "91", 0.1, ("供热有限公司", "水务有限公司"), "D"),
    ("农民专业合作社", "93", 0.4, ("果蔬种植专业合作社", "养殖专业合作社"), "A"),
    ("民办非企业单位", "52", 0.2, ("社会工作服务中心", "托育服务中心"), "Q"),
    ("社会团体", "51", 0.1, ("志愿者协会", "商会"), "S"),
    ("事业单位", "12", 0.1, ("文化站", "农技站"), "R"),
)
# 场所类别, weight, endings of its names, people there at most
PLACES = (
    ("小商店", 3.0, ("便利店", "小超市"), 20), ("小餐饮场所", 2.6, ("饭店", "面馆", "烧烤店"), 60),
    ("小美容洗浴场所", 1.0, ("理发店", "足疗店"), 20), ("小生产加工企业", 0.9, ("加工厂", "门窗厂"), 40),
    ("小旅馆", 0.4, ("旅馆", "宾馆"), 80), ("小医院", 0.5, ("诊所", "卫生室"), 30),
    ("小歌舞娱乐场所", 0.1, ("歌厅",), 120), ("小网吧", 0.1, ("网吧",), 90), ("小学校（幼儿园）", 0.3, ("托管班",), 60),
    ("学校", 0.15, ("小学", "中学"), 1500), ("幼儿园", 0.2, ("幼儿园",), 300), ("养老机构", 0.1, ("敬老院", "养老院"), 200),
    ("寄递物流网点", 0.3, ("快递驿站",), 15), ("加油（气、电）站", 0.1, ("加油站",), 30),
    ("宗教活动场所", 0.05, ("教堂",), 200),
)  # fmt: skip
# class of the directory (GB/T 47678.5), its name there, weight, department
COMPONENTS = (
    ("01037", "路灯", 6.0, "城市管理局"), ("04002", "行道树", 5.0, "园林管理中心"), ("03005", "垃圾箱", 3.0, "城市管理局"),
    ("01002", "污水井盖", 3.0, "排水管理处"), ("01003", "雨水井盖", 3.0, "排水管理处"), ("01001", "供水井盖", 2.0, "供水公司"),
    ("01007", "通信井盖", 2.0, "通信公司"), ("01030", "电力立杆", 2.0, "供电公司"), ("01050", "监控电子眼设施", 1.5, "公安分局"),
    ("02017", "交通护栏", 1.0, "公安分局"), ("02014", "交通信号灯", 0.4, "公安分局"), ("02004", "公交站设施", 0.6, "公交公司"),
    ("03001", "公共厕所", 0.2, "城市管理局"), ("01046", "户外健身设施", 0.5, "体育局"), ("01054", "充电桩", 0.6, "供电公司"),
    ("01075", "快递柜", 0.4, "快递公司"),
)  # fmt: skip


@dataclass(frozen=True)
class ThingFile:
    """A file that was written, and what intake needs beside it."""

    path: Path
    kind: str
    source_code: str
    datum: str
    mapping: dict[str, str]
    rows: int


def count_of(kind: str, people: int) -> int:
    """How many of a kind a demo of so many people has."""
    return max(round(FULL[kind] * people / MODEL_PEOPLE), 20)


def write_file(
    kind: str, people: int, seed: int, places: DistrictPlaces, spots: Sequence[tuple[str, float, float]], folder: Path
) -> ThingFile:
    """Write the file of one kind. `spots`: code, longitude and latitude (WGS-84) of a point inside each grid.

    The same arguments give the same rows.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    count = count_of(kind, people)
    source, datum = STATED_BY[kind]
    base = _ground(kind, count, seed, places, spots, datum)
    rng = np.random.default_rng([seed, 62, sorted(FULL).index(kind)])
    make = {"entities": _entities, "key-places": _places, "components": _components, "rentals": _rentals}[kind]
    frame, mapping = make(rng, base, places)
    name = {
        "entities": "市场主体名录", "key-places": "九小场所台账", "components": "管理部件普查", "rentals": "出租房屋台账",
    }[kind]  # fmt: skip
    path = folder / f"{name}_{places.name}.csv"
    path.write_bytes(b"\xef\xbb\xbf" + frame.write_csv().encode())
    shared = {"经度": "lon", "纬度": "lat"}
    return ThingFile(path, kind, source, datum, mapping | shared, frame.height)


def credit_codes(prefix: pl.Series, serial: pl.Series) -> pl.Series:
    """18-character codes (GB 32100) of nobody: two characters, region 990302, serial, check character."""
    body = prefix + COUNTY + serial.cast(pl.String).str.zfill(9)
    total = pl.sum_horizontal(
        [
            body.str.slice(i, 1).replace_strict(list(ALPHABET), list(range(31)), return_dtype=pl.Int64) * weight
            for i, weight in enumerate(WEIGHTS)
        ]
    )
    check = pl.select((31 - total % 31) % 31).to_series()
    return body + check.replace_strict(list(range(31)), list(ALPHABET), return_dtype=pl.String)


def _ground(
    kind: str, count: int, seed: int, places: DistrictPlaces, spots: Sequence[tuple[str, float, float]], datum: str
) -> pl.DataFrame:
    """Where each row lies: grid, village, an address, and for nine in ten a position in the source's datum."""
    rng = np.random.default_rng([seed, 61, sorted(FULL).index(kind)])
    names = pl.DataFrame(
        {
            "village_code": [v.code for v in places.villages],
            "village": [v.short for v in places.villages],
            "town": [places.town(v.town).name for v in places.villages],
            "weight": [5.0 if v.is_community else 1.0 for v in places.villages],
        }
    )
    grids = pl.DataFrame(list(spots), schema=["grid", "x", "y"], orient="row").with_columns(
        village_code=pl.col("grid").str.slice(0, 12)
    )
    grids = grids.join(names, on="village_code", how="inner", maintain_order="left")
    weights = grids["weight"].to_numpy()
    chosen = grids[rng.choice(grids.height, count, p=weights / weights.sum())]
    x = chosen["x"].to_numpy() + rng.uniform(-JITTER, JITTER, count)
    y = chosen["y"].to_numpy() + rng.uniform(-JITTER, JITTER, count)
    lon, lat = from_wgs84(x, y, Datum(datum))
    known = rng.random(count) < 0.9
    return (
        chosen.select("grid", "village", "town")
        .with_columns(
            pl.Series("door", rng.integers(1, 300, count)),
            pl.Series("lon", np.where(known, np.round(lon, 6), np.nan)).fill_nan(None),
            pl.Series("lat", np.where(known, np.round(lat, 6), np.nan)).fill_nan(None),
            pl.Series("row", np.arange(count)),
            address=pl.col("town") + pl.col("village"),
        )
        .with_columns(address=pl.col("address") + pl.col("door").cast(pl.String) + "号")
    )


def _drawn(rng: np.random.Generator, rows: Sequence[tuple], weight: int, count: int) -> np.ndarray:  # type: ignore[type-arg]
    shares = np.array([row[weight] for row in rows])
    return rng.choice(len(rows), count, p=shares / shares.sum())


def _words(rng: np.random.Generator, choices: Sequence[Sequence[str]], drawn: np.ndarray) -> pl.Series:
    """For each drawn row one of its words."""
    widest = max(len(c) for c in choices)
    table = np.array([[c[i % len(c)] for i in range(widest)] for c in choices])
    return pl.Series(table[drawn, rng.integers(0, widest, len(drawn))])


def _people(rng: np.random.Generator, count: int) -> pl.Series:
    family, weights = surnames()
    names = given_names()[1970, "1"]
    first, second = rng.choice(names.first, count), rng.choice(names.second, count)
    return pl.Series(rng.choice(family, count, p=weights)) + pl.Series(first) + pl.Series(second)


def _dates(rng: np.random.Generator, first: date, days: int, count: int) -> pl.Series:
    return pl.Series([first]).new_from_index(0, count) + pl.Series(rng.integers(0, days, count)).cast(
        pl.Duration("ms")
    ) * (24 * 3600 * 1000)


def _entities(
    rng: np.random.Generator, base: pl.DataFrame, places: DistrictPlaces
) -> tuple[pl.DataFrame, dict[str, str]]:
    count = base.height
    kind = _drawn(rng, ENTITIES, 2, count)
    stem = pl.Series(rng.choice(np.array(words("compound_first")), count))
    owner = _people(rng, count)
    ending = _words(rng, [e[3] for e in ENTITIES], kind)
    named = pl.select(
        pl.when(pl.Series(kind) == 0)
        .then(base["village"] + owner.str.slice(0, 1) + "记" + ending)
        .otherwise(places.name.removesuffix("区") + stem + base["row"].cast(pl.String) + "号" + ending)
    ).to_series()
    code = credit_codes(pl.Series(np.array([e[1] for e in ENTITIES])[kind]), base["row"] + 1)
    wrong = base["row"] % WRONG_EVERY == WRONG_EVERY - 1
    swapped = (
        code.str.slice(0, 17)
        + pl.select(pl.when(code.str.slice(17) == "0").then(pl.lit("1")).otherwise(pl.lit("0"))).to_series()
    )
    frame = pl.DataFrame(
        {
            "企业名称": named,
            "统一社会信用代码": pl.select(pl.when(wrong).then(swapped).otherwise(code)).to_series(),
            "单位类别": pl.Series(np.array([e[0] for e in ENTITIES])[kind]),
            "行业门类": pl.Series(np.array([e[4] for e in ENTITIES])[kind]),
            "经营状态": pl.Series(rng.choice(["在营", "停业", "注销"], count, p=[0.93, 0.05, 0.02])),
            "法定代表人": owner,
            "联系电话": phone_numbers(np.arange(count) + PHONES_FROM, 1),
            "从业人数": pl.Series(np.where(kind == 0, rng.integers(1, 6, count), rng.integers(5, 120, count))),
            "成立日期": _dates(rng, date(2004, 1, 1), 7_600, count).cast(pl.String).str.slice(0, 10),
            "经营地址": base["address"],
            "经度": base["lon"],
            "纬度": base["lat"],
        }
    )
    fields = ("entity_name", "credit_code", "entity_kind", "industry", "entity_status", "representative", "phone",
              "employees", "established_on", "home_text")  # fmt: skip
    return frame, dict(zip(frame.columns, fields, strict=False))


def _places(
    rng: np.random.Generator, base: pl.DataFrame, places: DistrictPlaces
) -> tuple[pl.DataFrame, dict[str, str]]:
    count = base.height
    kind = _drawn(rng, PLACES, 1, count)
    owner = _people(rng, count)
    most = np.array([p[3] for p in PLACES])[kind]
    last = _dates(rng, REFERENCE - timedelta(days=400), 390, count)
    following = last + pl.Series(rng.choice([90, 180, 365], count)).cast(pl.Duration("ms")) * (24 * 3600 * 1000)
    never = pl.Series(rng.random(count) < 0.1)
    frame = pl.DataFrame(
        {
            "场所编号": "CS" + base["row"].cast(pl.String).str.zfill(6),
            "场所名称": base["village"] + owner.str.slice(0, 1) + "氏" + _words(rng, [p[2] for p in PLACES], kind),
            "场所类别": pl.Series(np.array([p[0] for p in PLACES])[kind]),
            "负责人": owner,
            "负责人电话": phone_numbers(np.arange(count) + PHONES_FROM + 100_000, 1),
            "场所地址": base["address"],
            "容纳人数": pl.Series(np.maximum((most * rng.uniform(0.3, 1.0, count)).astype(np.int64), 3)),
            "关注程度": pl.Series(rng.choice(["一般关注", "重点关注", "严密关注"], count, p=[0.8, 0.16, 0.04])),
            "上次检查日期": pl.select(pl.when(~never).then(last.cast(pl.String).str.slice(0, 10))).to_series(),
            "下次检查日期": pl.select(pl.when(~never).then(following.cast(pl.String).str.slice(0, 10))).to_series(),
            "经度": base["lon"],
            "纬度": base["lat"],
        }
    )
    fields = ("record_key", "place_name", "place_kind", "manager", "phone", "home_text", "capacity", "attention",
              "inspected_on", "next_inspection_on")  # fmt: skip
    return frame, dict(zip(frame.columns, fields, strict=False))


def _components(
    rng: np.random.Generator, base: pl.DataFrame, places: DistrictPlaces
) -> tuple[pl.DataFrame, dict[str, str]]:
    count = base.height
    kind = _drawn(rng, COMPONENTS, 2, count)
    keepers = sorted({c[3] for c in COMPONENTS})
    department = pl.Series(np.array([c[3] for c in COMPONENTS])[kind])
    number = department.replace_strict(keepers, list(range(1, len(keepers) + 1)), return_dtype=pl.Int64)
    frame = pl.DataFrame(
        {
            "管理部件标识码": places.code
            + pl.Series(np.array([c[0] for c in COMPONENTS])[kind])
            + (base["row"] + 1).cast(pl.String).str.zfill(6),
            "管理部件名称": pl.Series(np.array([c[1] for c in COMPONENTS])[kind]),
            "主管部门代码": credit_codes(pl.Series(["11"]).new_from_index(0, count), number),
            "主管部门名称": places.name + department,
            "所在单元网格标识码": base["grid"],
            "管理部件状态": pl.Series(rng.choice(["完好", "破损", "丢失", "废弃"], count, p=[0.94, 0.04, 0.01, 0.01])),
            "初始日期": _dates(rng, date(2021, 1, 1), 1_500, count).cast(pl.String).str.slice(0, 10),
            "数据来源": pl.Series(rng.choice(["实测", "地形图"], count, p=[0.9, 0.1])),
            "位置": base["address"],
            "经度": base["lon"],
            "纬度": base["lat"],
        }
    )
    fields = ("component_code", "component_name", "department_code", "department_name", "grid", "component_state",
              "first_dated_on", "survey_source", "home_text")  # fmt: skip
    return frame, dict(zip(frame.columns, fields, strict=False))


def _rentals(
    rng: np.random.Generator, base: pl.DataFrame, places: DistrictPlaces
) -> tuple[pl.DataFrame, dict[str, str]]:
    """One row a home: doors are counted through each village, so that none is let twice."""
    count = base.height
    base = base.with_columns(pl.int_range(1, pl.len() + 1).over("town", "village").alias("door"))
    state = rng.choice(["在租", "待租", "停租"], count, p=[0.86, 0.1, 0.04])
    let = pl.Series(state == "在租")
    since = _dates(rng, REFERENCE - timedelta(days=700), 690, count)
    year = pl.Series(rng.choice([365, 730], count)).cast(pl.Duration("ms")) * (24 * 3600 * 1000)
    seen = _dates(rng, REFERENCE - timedelta(days=300), 290, count)
    following = seen + pl.Series(rng.choice([90, 180], count)).cast(pl.Duration("ms")) * (24 * 3600 * 1000)

    def only(where: pl.Series, values: pl.Series) -> pl.Series:
        return pl.select(pl.when(where).then(values.cast(pl.String).str.slice(0, 10))).to_series()

    inspected = pl.Series(rng.random(count) < 0.85)
    frame = pl.DataFrame(
        {
            "出租房屋地址": base["town"] + base["village"] + base["door"].cast(pl.String) + "号",
            "登记备案编号": f"CF{COUNTY}" + base["row"].cast(pl.String).str.zfill(6),
            "出租用途": pl.Series(
                rng.choice(["居住", "宿舍", "商铺", "仓库", "办公"], count, p=[0.72, 0.08, 0.14, 0.04, 0.02])
            ),
            "出租状态": pl.Series(state),
            "房主姓名": _people(rng, count),
            "房主电话": phone_numbers(np.arange(count) + PHONES_FROM + 200_000, 1),
            "承租人": only(let, _people(rng, count)),
            "承租人数": only(let, pl.Series(rng.integers(1, 6, count))),
            "租赁起始日期": only(let, since),
            "租赁截止日期": only(let, since + year),
            "管理责任人": _people(rng, count),
            "安全隐患": pl.Series(rng.choice(["", "消防", "治安"], count, p=[0.9, 0.08, 0.02])),
            "上次检查日期": only(inspected, seen),
            "下次检查日期": only(inspected, following),
            "经度": base["lon"],
            "纬度": base["lat"],
        }
    )
    fields = ("home_text", "registration_no", "rental_purpose", "rental_state", "lessor", "phone", "tenant", "tenants",
              "leased_from", "leased_until", "manager", "hazard", "inspected_on", "next_inspection_on")  # fmt: skip
    return frame, dict(zip(frame.columns, fields, strict=False))
