"""Free texts that people type: which characters may stand in one, said the same way everywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from .errors import FieldProblem, Invalid, Text

UNPRINTABLE = Text("含有不可见字符，请删去。", "There are unprintable characters in it; take them out.")
_BREAKS = "\n\r\t"


def printable(text: str, lines: bool = False) -> bool:
    """Whether a text holds no control, format (such as those that turn the direction of writing) or surrogate
    characters; private-use ones are: rare names are written with them. `lines`: breaks and tabs may be in it."""
    return not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and not (lines and c in _BREAKS) for c in text)


def unprintable(texts: Iterable[tuple[str, str]], lines: bool = False) -> tuple[FieldProblem, ...]:
    """What is wrong with texts (field, text) that hold what nobody sees, each field once."""
    fields = dict.fromkeys(field for field, text in texts if not printable(text, lines))
    return tuple(FieldProblem(field, "unprintable", UNPRINTABLE) for field in fields)


def check_printable(*, lines: bool = False, **texts: str) -> None:
    """Raise Invalid for texts, by their fields, that hold what nobody sees."""
    if found := unprintable(texts.items(), lines):
        raise Invalid(fields=found)


def shown(text: str) -> str:
    """A text without what nobody sees: for names that files bring along, which nobody typed."""
    return "".join(c for c in text if printable(c))
