"""The ways people write the same thing: dates in seven notations, addresses from full to barely told, labels."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

NATION_LABELS = {
    "01": "汉",
    "02": "蒙古",
    "03": "回",
    "04": "藏",
    "05": "维吾尔",
    "06": "苗",
    "07": "彝",
    "08": "壮",
    "10": "朝鲜",
    "11": "满",
    "12": "侗",
    "15": "土家",
}
EDUCATION_LABELS = {
    "10": "研究生",
    "20": "大学本科",
    "30": "大学专科",
    "40": "中专",
    "60": "高中",
    "70": "初中",
    "80": "小学",
    "90": "文盲",
}
MARITAL_LABELS = {"10": "未婚", "20": "已婚", "30": "丧偶", "40": "离婚"}
POLITICAL_LABELS = {"01": "中共党员", "02": "中共预备党员", "03": "共青团员", "13": "群众"}
SEX_LABELS = {"1": "男", "2": "女"}
SEX_VARIANTS = {"1": ("男性", "1", "M"), "2": ("女性", "2", "F")}
KIND_LABELS = {"01": "户籍人口", "02": "流动人口", "03": "境外人员"}
INFLOW_LABELS = {
    "01": "务工",
    "02": "务农",
    "03": "经商",
    "04": "学习培训",
    "05": "婚嫁",
    "06": "随迁",
    "07": "治病",
    "08": "投亲",
    "09": "调动",
    "99": "其他",
}
LEFT_BEHIND_LABELS = {"01": "留守老人", "02": "留守妇女", "03": "留守儿童"}
DOCUMENT_LABELS = {"111": "身份证", "414": "护照"}
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_DIGITS = "〇一二三四五六七八九十"
_VAGUE = (
    "村委会南边",
    "村委会东邻",
    "大队院后",
    "小学西侧",
    "老供销社对面",
    "村东头",
    "村西头桥边",
    "卫生室北边",
)

#: notations of a date: all but the last are text, the last is a real date cell
DATE_STYLES = ("iso", "slash", "dot", "solid", "chinese", "time", "cell")


def write_date(value: date, style: str) -> str | date:
    """A date in one of DATE_STYLES; `cell` stays a date for a real date cell."""
    y, m, d = value.year, value.month, value.day
    match style:
        case "iso":
            return f"{y}-{m:02}-{d:02}"
        case "slash":
            return f"{y}/{m}/{d}"
        case "dot":
            return f"{y}.{m:02}.{d:02}"
        case "solid":
            return f"{y}{m:02}{d:02}"
        case "chinese":
            return f"{y}年{m}月{d}日"
        case "time":
            return f"{y}-{m:02}-{d:02} 00:00:00"
        case "cell":
            return value
        case "partial":
            return f"{y}年{m}月"
        case "impossible":
            return f"{y}-02-30" if m % 2 else f"{y}-{m:02}-{d + 31}"
    raise ValueError(style)


def numeral(value: int) -> str:
    """A number below a hundred as a Chinese numeral: 3 三, 12 十二, 20 二十."""
    tens, ones = divmod(value, 10)
    head = "" if not tens else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def spaced(name: str) -> str:
    """A name of two characters spread to the width of three, any other with a blank at its end."""
    return f"{name[0]}  {name[1]}" if len(name) == 2 else f"{name} "


def stem(short: str) -> str:
    """A village's name as people say it: without 村 or 社区 where two characters are left."""
    for ending in ("社区", "村"):
        if short.endswith(ending) and len(short) - len(ending) >= 2:
            return short.removesuffix(ending)
    return short


#: how much of the places above the home is written
FULL, FROM_DISTRICT, FROM_TOWN, FROM_VILLAGE, OFFICIAL, STEM, NOTHING = range(7)


def address_texts(homes: pl.DataFrame, rng: np.random.Generator, above: tuple[float, ...], vague: float) -> pl.Series:
    """Home addresses as free text, one per row.

    `homes` has the columns of `sheets.with_homes`; `above` weighs how much stands before the compound or door
    (FULL … NOTHING); `vague` is the share of village houses only told by what stands near. People of one
    dwelling share a notation most of the time, as whoever fills the list in copies the line above.
    """
    rows = homes.height
    # drawn per dwelling, so that a family's lines look alike
    code = homes["dwelling_no"].fill_null(0).to_numpy()
    _, inverse = np.unique(code, return_inverse=True)
    dwellings = int(inverse.max()) + 1 if rows else 0
    prefix = rng.choice(len(above), dwellings, p=np.array(above) / sum(above))[inverse]
    tail = rng.choice(10, dwellings, p=[0.26, 0.2, 0.14, 0.07, 0.05, 0.06, 0.08, 0.06, 0.04, 0.04])[inverse]
    told = (rng.random(dwellings) < vague)[inverse]
    near = np.array(_VAGUE)[rng.integers(0, len(_VAGUE), dwellings)][inverse] if rows else np.array([], dtype=str)
    frame = homes.with_columns(
        prefix=pl.Series(prefix, dtype=pl.Int64),
        tail=pl.Series(tail, dtype=pl.Int64),
        told=pl.Series(told, dtype=pl.Boolean),
        near=pl.Series(near.tolist(), dtype=pl.String),
    )
    return frame.select(_prefix_text() + _tail_text()).to_series().alias("address")


def _prefix_text() -> pl.Expr:
    # Without the village only what is unique in the town may be written, i.e. a compound; else the village stands.
    bare = (pl.col("prefix") == NOTHING) & pl.col("compound").is_not_null()
    return (
        pl.when(pl.col("prefix") == FULL)
        .then(pl.col("above_text") + pl.col("town_name") + pl.col("village_name"))
        .when(pl.col("prefix") == FROM_DISTRICT)
        .then(pl.col("district_name") + pl.col("town_name") + pl.col("village_name"))
        .when(pl.col("prefix") == FROM_TOWN)
        .then(pl.col("town_name") + pl.col("village_name"))
        .when(pl.col("prefix") == OFFICIAL)
        .then(pl.col("town_name") + pl.col("village_official"))
        .when(pl.col("prefix") == STEM)
        .then(pl.col("town_name") + pl.col("village_stem"))
        .when(bare)
        .then(pl.lit(""))
        .otherwise(pl.col("village_name"))
    )


def _tail_text() -> pl.Expr:
    b, u, r, c = (pl.col(n).cast(pl.String) for n in ("building", "unit", "room", "compound"))
    words = {i: numeral(i) for i in range(100)}
    b_word, u_word = (
        pl.col(n).replace_strict(words, default=None, return_dtype=pl.String) for n in ("building", "unit")
    )
    wide = [str(i) for i in range(10)], [str(i).translate(_WIDE) for i in range(10)]
    plain = pl.concat_str(c, b, pl.lit("号楼"), u, pl.lit("单元"), r, pl.lit("室"))
    road = pl.col("road").fill_null("")
    door = pl.concat_str(road, pl.col("door").cast(pl.String), pl.lit("号"))
    t = pl.col("tail")
    flat = (
        pl.when(t == 1)
        .then(pl.concat_str(c, b, pl.lit("号楼"), u, pl.lit("单元"), r))
        .when(t == 2)
        .then(pl.concat_str(c, b, pl.lit("-"), u, pl.lit("-"), r))
        .when(t == 3)
        .then(pl.concat_str(c, b, pl.lit("#"), u, pl.lit("单元"), r))
        .when(t == 4)
        .then(pl.concat_str(c, b, pl.lit("#楼"), u, pl.lit("-"), r))
        .when(t == 5)
        .then(plain.str.replace_many(*wide))
        .when(t == 6)
        .then(pl.concat_str(c, pl.lit(" "), b, pl.lit("号楼 "), u, pl.lit("单元 "), r))
        .when(t == 7)
        .then(pl.concat_str(c, b, pl.lit("幢"), u, pl.lit("单元"), r, pl.lit("室")))
        .when(t == 8)
        .then(pl.concat_str(c, b_word, pl.lit("号楼"), u_word, pl.lit("单元"), r))
        .when(t == 9)
        .then(pl.concat_str(c, b, pl.lit("栋"), u, pl.lit("单元"), r, pl.lit("室")))
        .otherwise(plain)
    )
    house = (
        pl.when("told")
        .then(pl.col("near"))
        .when(t == 5)
        .then(door.str.replace_many(*wide))
        .when(t == 6)
        .then(pl.lit(" ") + door)
        .when((t == 2) & (road == ""))
        .then(pl.col("door").cast(pl.String))
        .otherwise(door)
    )
    return pl.when(pl.col("compound").is_not_null()).then(flat).otherwise(house).fill_null("")
