"""The one way to mask: what is shown of an identifier where it may not be read in full.

A masked value says which one is meant to somebody who knows it, and no more. Each rule exists for one value and as a
column expression that gives the same text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

HIDDEN = "*"
# Full-width digits count too, and so does a number written in groups, if it is as long as that of a phone.
LONG_NUMBER = re.compile(r"\d(?:[ \-]?\d){10,}[Xx]?|[0-9A-Za-z]*\d{5,}[0-9A-Za-z]*")

# No code of a list is longer than six digits, and no number of a person that short.
LONGER_THAN_A_CODE = re.compile(r"\d(?:[ \-]?\d){10,}[Xx]?|[0-9A-Za-z]*\d{7,}[0-9A-Za-z]*")


def _ends(value: str, head: int, tail: int) -> str:
    """The first `head` and last `tail` characters; short values lose more, so that at least half is hidden."""
    if len(value) < 2 * (head + tail):
        head, tail = len(value) // 6, len(value) // 4
    return value[:head] + HIDDEN * (len(value) - head - tail) + value[len(value) - tail :]


def mask_id(value: str | None) -> str | None:
    """An identity number: 370***********123X."""
    return None if value is None else _ends(value, 3, 4)


def mask_phone(value: str | None) -> str | None:
    """A phone number: 13******678."""
    return None if value is None else _ends(value, 2, 3)


def mask_name(value: str | None) -> str | None:
    """A name: the first character, then one star for each further one."""
    return None if value is None else value[:1] + HIDDEN * (len(value) - 1)


def mask_text(value: str | None, longest: int = 40) -> str | None:
    """Free text: numbers of five and more digits masked like identifiers, cut to `longest` characters."""
    return None if value is None else _shortened(LONG_NUMBER.sub(_number, value), longest)


def mask_code(value: str | None, longest: int = 40) -> str | None:
    """What is to be an entry of a code list: codes in clear, which tell of nobody; what else stands there as free text."""
    return None if value is None else _shortened(LONGER_THAN_A_CODE.sub(_number, value), longest)


def _number(found: re.Match[str]) -> str:
    return _ends(found[0], 2, 2)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def mask_secret(value: str | None) -> str | None:
    """A value of which nothing may be told, not even its length."""
    return None if value is None else HIDDEN * 6


def masked_column(values: pl.Series, kind: str) -> pl.Series:
    """A column masked by the rule of `kind`: id, phone, name, text, code, secret. Each distinct value is masked once."""
    import polars as pl

    rule = {
        "id": mask_id,
        "phone": mask_phone,
        "name": mask_name,
        "text": mask_text,
        "code": mask_code,
        "secret": mask_secret,
    }[kind]
    distinct = values.drop_nulls().unique()
    shown = pl.Series([rule(value) for value in distinct.to_list()], dtype=pl.String)
    return values.replace_strict(distinct, shown, default=None, return_dtype=pl.String)
