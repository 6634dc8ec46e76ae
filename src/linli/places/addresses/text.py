"""The first pass over address text: one alphabet, one set of dashes, no blanks, Arabic numerals before measure words."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

# Separator between pieces of place text that a number stood between; never part of what people write.
PIECE = "\x1f"

_DASHES = ["—", "–", "―", "−", "‐", "‑", "‒", "~", "～", "﹣", "/", "_"]
_HASHES = ["♯", "№"]
_NOISE = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "【",
    "】",
    "《",
    "》",
    "「",
    "」",
    "“",
    "”",
    "‘",
    "’",
    '"',
    "'",
]
_NOISE += ["*", "?", "!", "=", "&", "^", "%", "$", "@", "`", "…", "\u200b", "\ufeff", PIECE]
_MEASURES = r"(?:号楼|号院|号|栋|幢|座|#|单元|门洞|楼|层|室|户|组|队|排|巷)"
_DIGIT = "一二三四五六七八九"
_NUMERAL = (
    rf"(?:[{_DIGIT}两]?百[零〇{_DIGIT}十]*|[{_DIGIT}]?十[{_DIGIT}]?|[〇零○{_DIGIT}]{{3,4}}(?=[室号户])|[{_DIGIT}两])"
)
# A numeral that belongs to a village's name (八户村, 三区社区) is left alone.
_COUNTED = re.compile(rf"{_NUMERAL}(?={_MEASURES}(?!村(?!民)|社区|庄|屯|居))")
_HINT = rf"[〇零○{_DIGIT}十百两]{_MEASURES}"
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
        [*_DASHES, *_HASHES, *_NOISE], ["-"] * len(_DASHES) + ["#"] * len(_HASHES) + [""] * len(_NOISE)
    )
    # A blank or comma between two numbers is the dash people left out; twice, as each match eats both numbers.
    gap = r"([0-9A-Z#])[\s,，、.。;；:：|\\]+([0-9])"
    clean = clean.str.replace_all(gap, "$1-$2").str.replace_all(gap, "$1-$2")
    clean = clean.str.replace_all(r"[\s,，、.。;；:：|\\]+", "")
    return clean.str.replace_all(r"(?:地下|负)([0-9])", "B$1")


def with_arabic(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Turn counted Chinese numerals of `column` into digits; only rows that hold one are touched."""
    mask = frame[column].str.contains(_HINT)
    if not mask.any():
        return frame
    hit = frame[column].filter(mask)
    turned = pl.Series(column, [arabic(t) for t in hit.to_list()], dtype=pl.String)
    return frame.with_columns(frame[column].clone().scatter(mask.arg_true(), turned))
