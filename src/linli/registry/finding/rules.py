"""What words typed into global search mean for places and things, and which finds come first. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from linli.registry.search import next_text, pieces

Kind = Literal["compound", "building", "entity", "place", "component", "rental"]
KINDS: tuple[Kind, ...] = ("compound", "building", "entity", "place", "component", "rental")
#: What is left out of names before they are taken apart; `tokens.PLAIN` says the same to the database.
NOISE = "[\\s·•.,()\\-_/、。《》'\"]"
#: More pieces find nothing else: what eight of them share is compared whole afterwards.
MOST_PIECES = 8

_NOISE = re.compile(NOISE, re.ASCII)
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_CODE = re.compile(r"(?=(?:.*\d){4})[0-9a-z]{4,18}")
_INITIALS = re.compile(r"[a-z][a-z0-9]*")
# Inside a building it is people and homes that are looked for; the building itself is named by what stands before.
_INSIDE = re.compile(r"(?<=[楼栋幢座])[0-9一二三四五六七八九十]+单元.*$")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look up: all of `tokens`, or any token in the range from `low` (included) to `high`.

    `whole` must stand in the name or an alias; it is empty where the range alone decides (initials, codes).
    """

    tokens: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    whole: str = ""


def plain(text: str) -> str:
    """A name as it is compared: compatibility forms (UAX #15), small Latin letters, without spaces and signs."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).translate(_SMALL))


def wanted(words: str) -> Wanted | None:
    """What to look up for typed words; None when there is nothing in them."""
    text = _INSIDE.sub("", plain(words))
    if not text:
        return None
    if _CODE.fullmatch(text):
        return _range("#" + text.upper())
    if _INITIALS.fullmatch(text):
        return _range("^" + text)
    if len(text) == 1:
        # Every character begins one piece, the last one thanks to its "$".
        return Wanted(low=text, high=next_text(text), whole=text)
    return Wanted(tokens=tuple(dict.fromkeys(pieces(text)))[:MOST_PIECES], whole=text)


def _range(prefix: str) -> Wanted:
    return Wanted(low=prefix, high=next_text(prefix))


def rank(sought: Wanted, name: str, aliases: tuple[str, ...] = ()) -> tuple[int, int] | None:
    """How well a find fits, the less the better; None when it does not: exact, beginning, inside, then by length."""
    if not sought.whole:
        return 0, len(name)
    best = min((_fit(sought.whole, plain(said)) for said in (name, *aliases)), default=3)
    return None if best == 3 else (best, len(name))


def _fit(whole: str, said: str) -> int:
    if said == whole:
        return 0
    return 1 if said.startswith(whole) else 2 if whole in said else 3
