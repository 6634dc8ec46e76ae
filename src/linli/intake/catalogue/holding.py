"""Whether people stand in a template: once kept it is read by everybody who fills forms, anywhere in the district."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import polars as pl

from linli.registry.identity import numbers_checked

from ..ledgers.template import Template, cells_of
from .problems import TemplateHoldsPeople

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")


def check_holds_nobody(template: Template) -> None:
    """Raise TemplateHoldsPeople for a template with an identity number (GB 11643, by its day and check digit) in a cell
    or a comment of any sheet, hidden ones among them. Made-up ones that do not add up stand as examples."""
    found = list(_like_numbers(template))
    real = numbers_checked(pl.Series([number for _, _, number in found], dtype=pl.String))["valid"]
    for (sheet, cell, _), valid in zip(found, real, strict=True):
        if valid:
            raise TemplateHoldsPeople(sheet=sheet, cell=cell)


def _like_numbers(template: Template) -> Iterator[tuple[str, str, str]]:
    """What has the form of a number: its sheet, its cell, itself."""
    for sheet in template.book.worksheets:
        for cell in cells_of(sheet):
            comment = getattr(cell, "comment", None)
            for text in (cell.value, comment.text if comment is not None else None):
                if isinstance(text, str):
                    for number in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
                        yield sheet.title, cell.coordinate, number
