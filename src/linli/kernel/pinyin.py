"""Readings of Chinese characters, one by one. They are stored or kept, because the database has no ICU."""

from __future__ import annotations

import os
from functools import lru_cache


@lru_cache(maxsize=65_536)
def syllable(character: str) -> str:
    """The commonest reading of one character; a Latin letter reads as itself, what nobody can read as nothing."""
    # Loads its dictionary, so not at import; the one of phrases, two thirds of it, serves no single character.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin

    if not character.isalpha():
        return ""
    if character.isascii():
        return character.lower()
    found = lazy_pinyin(character, style=Style.NORMAL)[0]
    return found.lower() if found.isascii() else ""


def initials(text: str) -> str:
    """The first letter of each reading, with letters and digits as they are: 阳光花园3号楼 gives yghy3hl."""
    return "".join(c.lower() if c.isascii() and c.isalnum() else syllable(c)[:1] for c in text)
