"""What somebody means by the words typed into search: a name, initials, a number, its last digits, an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["name", "initials", "id", "id_tail", "phone", "tail", "address"]

_LETTERS = re.compile(r"[a-z]+(?: [a-z]+)*")
_IDENTITY = re.compile(r"\d{17}[\dx]|\d{15}")
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
_TAIL6 = re.compile(r"\d{5}[\dx]")
_TAIL4 = re.compile(r"\d{3}[\dx]")
# Passports, travel permits, and the fifteen characters of foreigners' cards of before 2023.
_PASSPORT = re.compile(r"[a-z]{1,2}\d{6,10}|[a-z]{3}\d{12}")
_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff·]+")
_ADDRESS = re.compile(r"\d|[号楼栋幢室路街巷]|单元|小区|花园|家园|[一-鿿]村$|社区$")


@dataclass(frozen=True, slots=True)
class Understood:
    """The meaning of a search and the text to look up, normalised."""

    meaning: Meaning
    text: str


def understand(words: str) -> Understood | None:
    """The likeliest meaning of `words`; None when there is nothing to look for.

    A name nobody bears is tried as an address afterwards by the query, since 张庄 may be either.
    """
    text = words.strip().translate(_FULL_WIDTH)
    compact = re.sub(r"[\s-]", "", text).lower()
    if not compact:
        return None
    if _IDENTITY.fullmatch(compact):
        return Understood("id", compact.upper())
    if _PHONE.fullmatch(compact):
        return Understood("phone", compact)
    if _TAIL6.fullmatch(compact):
        return Understood("id_tail", compact.upper())
    if _TAIL4.fullmatch(compact):
        return Understood("tail", compact.upper())
    if _PASSPORT.fullmatch(compact):
        return Understood("id", compact.upper())
    if _LETTERS.fullmatch(text.lower()):
        return Understood("initials", compact)
    if _HAN.fullmatch(text) and not _ADDRESS.search(text):
        return Understood("name", re.sub(r"[·\s]", "", text))
    return Understood("address", text)


def pieces(name: str) -> list[str]:
    """The name tokens that must all be present: overlapping pieces of two characters, or the one character."""
    return [name[i : i + 2] for i in range(len(name) - 1)] or [name]


def next_text(prefix: str) -> str:
    """The least text after every text that begins with `prefix`, for a range in byte order."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
