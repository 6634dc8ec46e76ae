"""Pinyin of names, for order and for search by initials. Stored, because the database has no ICU."""

from __future__ import annotations

from collections.abc import Iterable

from linli.kernel.pinyin import syllable

# Surnames whose usual reading differs from the character's commonest one.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "任": "ren", "华": "hua", "朴": "piao", "查": "zha",
    "区": "ou", "盖": "ge", "翟": "zhai", "尉": "wei", "覃": "qin", "缪": "miao", "葛": "ge", "乐": "yue",
    "种": "chong", "员": "yun", "洗": "xian", "燕": "yan", "纪": "ji", "宓": "mi", "句": "gou", "折": "she",
    "尹": "yin", "俞": "yu", "牟": "mu", "逄": "pang", "亓": "qi", "冼": "xian", "重": "chong", "秘": "bi",
}  # fmt: skip
COMPOUND_SURNAMES = {"尉迟": ("yu", "chi"), "长孙": ("zhang", "sun"), "万俟": ("mo", "qi"), "单于": ("chan", "yu")}


def syllables(name: str) -> list[str]:
    """The readings of a name's characters, the surname's first; characters nobody can read give none."""
    head: list[str]
    if name[:2] in COMPOUND_SURNAMES:
        head, rest = list(COMPOUND_SURNAMES[name[:2]]), name[2:]
    elif name[:1] in SURNAMES:
        head, rest = [SURNAMES[name[0]]], name[1:]
    else:
        head, rest = [], name
    return head + [s for s in map(syllable, rest) if s]


def sort_key(name: str) -> str:
    """Text that sorts names by pinyin, then by the characters themselves."""
    return " ".join(syllables(name)) + "\u0001" + name


def initials(name: str) -> str:
    """The first letters of the readings: 王建国 gives wjg."""
    return "".join(s[0] for s in syllables(name))


def keys_of(names: Iterable[str | None]) -> dict[str | None, str | None]:
    """name -> sort key, for every distinct name; None has none."""
    return {name: None if name is None else sort_key(name) for name in set(names)}
