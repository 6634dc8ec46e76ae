"""Numbers of persons in free texts: telephone and identity numbers, however they are written. Pure.

A text others read names posts and units, never a number. Figures, days and the numbers of documents are let through.
"""

from __future__ import annotations

import re
import unicodedata

#: What may stand between the digits of one number: spaces, hyphens and dashes of all widths, dots, brackets.
_GAP = r"[\s\-‐‑‒–—―−－·.()（）]{0,3}"
_COUNTRY = rf"(?:(?:\+|00)?86{_GAP})?"
_MOBILE = rf"(?<!\d){_COUNTRY}1[3-9]\d(?:{_GAP}\d){{8}}(?!\d)"
#: 0533-5180000, 010 6000 0000: with its area code, for without one it cannot be told from a figure.
_LANDLINE = rf"(?<!\d){_COUNTRY}[(（]?0\d{{2,3}}{_GAP}[2-9]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"
#: Six digits of the place, the day of birth, three digits and a check digit (GB 11643-1999); in one run any eighteen.
_BIRTHDAY = (
    rf"(?:1{_GAP}9|2{_GAP}0){_GAP}\d{_GAP}\d{_GAP}(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:[0-2]{_GAP}\d|3{_GAP}[01])"
)
_IDENTITY = rf"(?<!\d)[1-9](?:{_GAP}\d){{5}}{_GAP}{_BIRTHDAY}(?:{_GAP}\d){{3}}{_GAP}[\dXx](?![\dA-Za-z])"
_PERSONAL = re.compile(rf"{_MOBILE}|{_LANDLINE}|{_IDENTITY}|(?<!\d)\d{{17}}[\dXx](?!\d)")
_ANY = re.compile(rf"\d(?:{_GAP}\d){{6,}}")


def holds_personal_number(text: str) -> bool:
    """Whether a text holds what looks like somebody's mobile, landline or identity number."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", text)) is not None


def holds_any_number(text: str) -> bool:
    """Whether a line that names a post or a unit holds a number one could call or look up: seven digits and more."""
    return _ANY.search(unicodedata.normalize("NFKC", text)) is not None
