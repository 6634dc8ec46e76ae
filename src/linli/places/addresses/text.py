"""The first pass over address text: one alphabet, one set of dashes, no blanks, Arabic numerals before measure words."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

# Separator between pieces of place text that a number stood between; never part of what people write.
PIECE = "\x1f"
# Separator before the pieces that stand behind a building, unit or room: a village may be named there, notes mostly are.
BEHIND = "\x1e"

_DASHES = ["—", "–", "―", "−", "‐", "‑", "‒", "~", "～", "﹣", "/", "_"]
_HASHES = ["♯", "№"]
_BRACKETS = ["(", ")", "[", "]", "{", "}", "<", ">", "【", "】", "《", "》", "「", "」"]
_NOISE = [
    "“",
    "”",
    "‘",
    "’",
    '"',
    "'",
]
_NOISE += ["*", "?", "!", "=", "&", "^", "%", "$", "@", "`", "…", "\u200b", "\ufeff", PIECE, BEHIND]
_BELOW = {f"{below}{numeral}": f"B{n}" for below in ("负", "地下") for n, numeral in enumerate("一二三", start=1)}
# What people write where there is nothing to say, or nothing that can be read without another cell.
NOTHING = (
    r"^(?:同[上左前]|同(?:户籍|户口|身份证)(?:所在)?(?:地|簿|本)?(?:址|地址|住址)?|(?:户籍|户口)(?:地址|所在地)"
    r"|[暂目]?[前]?无|没有|不详|不明|不清楚|未知|待[补核]充?|外地|本地|空白?|N-A|NA|NULL|NONE|NAN|0|-+)$"
)
_LABEL = r"^(?:现?居住地址?|现?居住地|家庭住址|家庭地址|现住址|住址|地址|现住|家住)"
_MEASURES = r"(?:号楼|号院|号|栋|幢|座|#|单元|门洞|楼|层|室|户|村民小组|小组|组|队|排|巷)"
_DIGIT = "一二三四五六七八九"
_NUMERAL = (
    rf"(?:[{_DIGIT}两]?百[零〇{_DIGIT}十]*|[{_DIGIT}]?十[{_DIGIT}]?|[〇零○{_DIGIT}]{{3,4}}(?=[室号户])|[{_DIGIT}两])"
)
# A numeral that belongs to a village's name (八户村, 三区社区) is left alone.
_COUNTED = re.compile(
    rf"{_NUMERAL}(?={_MEASURES}(?!村(?!民)|社区|庄|屯|居))"
    # 二单元四零一, 12号之一: behind a measure word, and with no word behind them.
    rf"|(?<=[元楼栋幢座层门号#\-])[〇零○{_DIGIT}]{{3,4}}(?![\u4e00-\u9fff])|(?<=号之)[{_DIGIT}十]{{1,2}}(?![\u4e00-\u9fff])"
)
_HINT = rf"[〇零○{_DIGIT}十百两]{_MEASURES}|[元楼栋幢座层门号#\-][〇零○{_DIGIT}]{{3}}|号之"
_VALUES = {c: i for i, c in enumerate(_DIGIT, start=1)} | {"〇": 0, "零": 0, "○": 0, "两": 2}


@lru_cache(maxsize=4096)
def numeral(text: str) -> str:
    """A Chinese numeral below a thousand, or digits read one by one (四零一), in Arabic digits."""
    if "百" not in text and "十" not in text:
        return "".join(str(_VALUES[c]) for c in text)
    hundreds, _, rest = text.rpartition("百")
    total = 100 * (_VALUES[hundreds] if hundreds else 1) if "百" in text else 0
    rest = rest.lstrip("零〇")
    tens, ten, ones = rest.rpartition("十")
    if ten:
        total += 10 * (_VALUES[tens] if tens else 1)
    elif "百" in text and ones and text[-2:-1] not in "零〇":
        return str(total + 10 * _VALUES[ones[0]])  # 一百二 is 120
    return str(total + (_VALUES[ones[-1]] if ones else 0))


def arabic(text: str) -> str:
    """Chinese numerals before a measure word turned into digits: 三号楼二单元 → 3号楼2单元."""
    return _COUNTED.sub(lambda found: numeral(found.group()), text)


def normal(text: pl.Expr) -> pl.Expr:
    """The expression that brings address text into the form the parser reads (all but Chinese numerals)."""
    clean = text.fill_null("").str.normalize("NFKC").str.to_uppercase()
    clean = clean.str.replace_many(
        [*_DASHES, *_HASHES, *_BRACKETS, *_NOISE, *_BELOW],
        ["-"] * len(_DASHES) + ["#"] * len(_HASHES) + [" "] * len(_BRACKETS) + [""] * len(_NOISE) + [*_BELOW.values()],
    )
    # A blank or comma between two numbers is the dash people left out; twice, as each match eats both numbers.
    gap = r"([0-9A-Z#])[\s,，、.。;；:：|\\]+([0-9])"
    clean = clean.str.replace_all(gap, "$1-$2").str.replace_all(gap, "$1-$2")
    # So is the comma behind a number: 401，楼下超市 is not 401楼.
    clean = clean.str.replace_all(r"([0-9])\s*[,，、。;；|]+\s*([\u{4e00}-\u{9fff}])", "$1-$2")
    clean = clean.str.replace_all(r"[\s,，、.。;；:：|\\]+", "")
    clean = clean.str.replace_all(r"(?:地下|负)([0-9])", "B$1")
    clean = clean.str.replace(_LABEL, "").str.replace(NOTHING, "")
    # 甲1号 is read as 1甲号, so that the number begins the tail.
    return clean.str.replace_all(r"([甲乙丙丁])([0-9]{1,4})号", "${2}${1}号")


def without_ordinals(column: str) -> pl.Expr:
    """第3排第5户 as 3排5户."""
    return pl.col(column).str.replace_all(r"第([0-9])", "$1")


def with_arabic(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Turn counted Chinese numerals of `column` into digits; only rows that hold one are touched."""
    mask = frame[column].str.contains(_HINT)
    if not mask.any():
        return frame
    hit = frame[column].filter(mask)
    turned = pl.Series(column, [arabic(t) for t in hit.to_list()], dtype=pl.String)
    return frame.with_columns(frame[column].clone().scatter(mask.arg_true(), turned))
