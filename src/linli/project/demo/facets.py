"""What is known of each person beside name and number: schooling, work, register, phone, why they came.

Everything follows from age, sex, family and place; codes are those of the standards named beside them.
"""

from __future__ import annotations

import numpy as np

from linli.project.demo.families import MARRIED
from linli.project.demo.lists import words

#: GB/T 4658 main classes
_EDUCATION = ("10", "20", "30", "40", "60", "70", "80", "90")
_EDUCATION_BY_AGE = (  # upper age bound, weights in the order above, for adults; town people get one class more often
    (30, (3, 30, 27, 13, 14, 12, 1, 0)),
    (40, (3, 20, 22, 14, 15, 25, 1, 0)),
    (50, (1, 9, 13, 11, 17, 44, 5, 0)),
    (60, (0, 3, 6, 6, 18, 53, 13, 1)),
    (70, (0, 1, 3, 4, 14, 42, 33, 3)),
    (80, (0, 1, 2, 3, 7, 26, 50, 11)),
    (200, (0, 0, 1, 2, 3, 11, 48, 35)),
)
PARTY_MEMBER, PROBATIONARY, LEAGUE, MASSES = "01", "02", "03", "13"
#: outside the district: where people who came in are registered
ORIGINS = (
    "山东省淄博市博山区源泉镇",
    "山东省淄博市张店区马尚街道",
    "山东省淄博市周村区王村镇",
    "山东省淄博市沂源县悦庄镇",
    "山东省潍坊市青州市王坟镇",
    "山东省潍坊市临朐县寺头镇",
    "山东省济南市章丘区普集街道",
    "山东省济南市莱芜区茶业口镇",
    "山东省滨州市邹平市临池镇",
    "山东省德州市庆云县尚堂镇",
    "山东省菏泽市曹县青堌集镇",
    "山东省临沂市沂水县高桥镇",
    "山东省聊城市莘县朝城镇",
    "山东省济宁市梁山县小路口镇",
    "河南省商丘市虞城县利民镇",
    "河南省周口市郸城县汲冢镇",
    "河北省邯郸市大名县龙王庙镇",
    "安徽省阜阳市临泉县鲖城镇",
    "江苏省徐州市丰县欢口镇",
    "黑龙江省绥化市海伦市共合镇",
    "四川省达州市宣汉县南坝镇",
    "云南省昭通市镇雄县以勒镇",
    "贵州省毕节市织金县猫场镇",
    "甘肃省陇南市礼县盐官镇",
)
_WORKS = (
    "陶瓷厂",
    "建陶车间",
    "水泥厂",
    "医药包装厂",
    "机械加工厂",
    "物流园",
    "纺织厂",
    "电瓷车间",
    "食品厂",
    "建筑工地",
)
_TRADES = (
    "便利店",
    "五金店",
    "饭店",
    "理发店",
    "快递网点",
    "汽修店",
    "服装店",
    "菜市场摊位",
    "装修队",
    "家政服务部",
)
#: GB/T 2659 alpha-3 of the few foreigners, with invented full names
FOREIGNERS = (
    ("KOR", "PARK JIHOON"),
    ("KOR", "KIM SEOYEON"),
    ("JPN", "TANAKA YUI"),
    ("PAK", "ALI HASSAN"),
    ("RUS", "IVANOVA DARIA"),
    ("USA", "MILLER JOHN"),
    ("DEU", "WEBER ANNA"),
    ("GBR", "TAYLOR EMMA"),
    ("IND", "SINGH ARJUN"),
    ("NGA", "OKORO CHIDI"),
    ("VNM", "NGUYEN THI LAN"),
    ("ITA", "ROSSI MARCO"),
    ("UKR", "KOVAL OLENA"),
    ("EGY", "MOHAMED OMAR"),
)


def education(rng: np.random.Generator, age: np.ndarray, urban: np.ndarray) -> np.ndarray:
    """GB/T 4658 codes; children by the school year they are in, nothing before school age."""
    out = np.full(len(age), "", dtype=object)
    codes = np.array(_EDUCATION, dtype=object)
    low = 22
    for high, weights in _EDUCATION_BY_AGE:
        rows = np.flatnonzero((age >= low) & (age < high))
        shares = np.array(weights, dtype=float)
        draw = rng.choice(len(codes), size=len(rows), p=shares / shares.sum())
        up = urban[rows] & (draw > 1) & (draw < 7) & (rng.random(len(rows)) < 0.3)
        out[rows] = codes[draw - up]
        low = high
    out[(age >= 6) & (age < 13)] = "80"
    out[(age >= 13) & (age < 16)] = "70"
    teens = np.flatnonzero((age >= 16) & (age < 22))
    out[teens] = codes[
        np.where(age[teens] < 19, rng.choice([3, 4], len(teens), p=[0.4, 0.6]), rng.choice([1, 2, 3], len(teens)))
    ]
    return out


def political(rng: np.random.Generator, age: np.ndarray, schooling: np.ndarray) -> np.ndarray:
    """GB/T 4762 codes; nothing for children under 14."""
    studied = np.isin(schooling, ["10", "20", "30"])
    member = (age >= 20) & (rng.random(len(age)) < np.where(studied, 0.19, 0.055) * np.where(age > 55, 1.5, 1.0))
    league = (age >= 14) & (age < 28) & (rng.random(len(age)) < 0.45)
    new = member & (age < 30) & (rng.random(len(age)) < 0.15)
    return np.select([age < 14, new, member, league], ["", PROBATIONARY, PARTY_MEMBER, LEAGUE], MASSES).astype(object)


def work(rng: np.random.Generator, age: np.ndarray, urban: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Occupation and workplace as people say them; empty where nothing is said."""
    count = len(age)
    draw = rng.random(count)
    job = np.select(
        [
            age < 6,
            age < 19,
            (age < 23) & (draw < 0.6),
            age >= 62,
            ~urban & (draw < 0.34),
            draw < 0.62,
            draw < 0.78,
            draw < 0.90,
        ],
        ["", "学生", "学生", "", "农民", "工人", "个体经营", "职员"],
        "",
    ).astype(object)
    retired = (age >= 60) & urban & (draw < 0.7)
    job[retired] = "退休"
    job[(age >= 62) & ~urban & (draw < 0.6)] = "农民"
    place = np.full(count, "", dtype=object)
    for title, names in (("工人", _WORKS), ("个体经营", _TRADES)):
        rows = np.flatnonzero((job == title) & (rng.random(count) < 0.55))
        place[rows] = np.array(names, dtype=object)[rng.integers(0, len(names), len(rows))]
    return job, place


def has_phone(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    """Who has a phone of their own."""
    share = np.select([age < 12, age < 16, age < 70, age < 80], [0.0, 0.45, 0.985, 0.8], 0.45)
    return rng.random(len(age)) < share


def left_behind(
    rng: np.random.Generator,
    age: np.ndarray,
    sex: np.ndarray,
    marital: np.ndarray,
    away_home: np.ndarray,
    rural: np.ndarray,
) -> np.ndarray:
    """留守人员类型 of GB/T 31000: 01 elders, 02 women, 03 children; `away_home` marks homes whose middle is away."""
    draw = rng.random(len(age))
    return np.select(
        [
            away_home & (age >= 60),
            away_home & (age < 16),
            rural & (age >= 65) & (draw < 0.05),
            rural & (sex == 2) & (marital == MARRIED) & (age >= 25) & (age < 52) & (draw < 0.02),
        ],
        ["01", "03", "01", "02"],
        "",
    ).astype(object)


def addresses_outside(rng: np.random.Generator, count: int) -> np.ndarray:
    """Registered addresses outside the district, one per household."""
    outside = words("village_outside")
    towns = rng.integers(0, len(ORIGINS), count)
    villages = rng.integers(0, len(outside), count)
    doors = rng.integers(1, 400, count)
    return np.array(
        [f"{ORIGINS[t]}{outside[v]}村{d}号" for t, v, d in zip(towns, villages, doors, strict=True)],
        dtype=object,
    )
