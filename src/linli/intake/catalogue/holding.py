"""Whether people stand in a template: once kept it is read by everybody who fills forms, anywhere in the district."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from linli.registry.identity import numbers_checked

from ..ledgers.binding import Binding
from ..ledgers.template import Layout, Template, cells_of
from ..reading.header import plain
from .problems import TemplateHoldsPeople

_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
#: fields that are names of people, and what other columns of names are called
_NAMES = frozenset({"name", "former_name", "head_name", "guardian_name"})
_NAME_COLUMN = re.compile(r"(姓名|名字|户主|承租人|房东|fullname)$", re.I)
#: Two to four characters (with the dot of translated names, up to twelve), as names of people are (our own choice, inferred).
_LIKE_NAME = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")
#: What stands in examples and names nobody.
_NOBODY = re.compile(r"某|示例|样例|举例|范例|姓名|名字|合计|小计|总计|张三|李四|王五|赵六|填写|同上")


@dataclass(frozen=True, slots=True)
class Named:
    """That cells of a template look like names of people: the first of them, and how many."""

    sheet: str
    cell: str
    cells: int


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


def names_in(template: Template, binding: Binding) -> Named | None:
    """What looks like names of people in columns of names, where rows or places to fill are. Whether they are real, only
    whoever made the template can tell."""
    found = [(layout.sheet, cell) for layout in template.layouts for cell in _like_names(template, layout, binding)]
    return Named(*found[0], len(found)) if found else None


def _like_names(template: Template, layout: Layout, binding: Binding) -> Iterator[str]:
    sheet = template.book[layout.sheet]
    columns = [(c.name, c.index, range(layout.body_first, layout.body_last + 1)) for c in layout.columns]
    places = [(p.name, p.column, range(p.row, p.row + 1)) for p in layout.places]
    for name, column, rows in columns + places:
        if binding.columns.get(name) in _NAMES or _NAME_COLUMN.search(plain(name)):
            for row in rows:
                value = sheet.cell(row, column).value
                if isinstance(value, str) and _names_somebody(value):
                    yield sheet.cell(row, column).coordinate


def _names_somebody(text: str) -> bool:
    said = "".join(unicodedata.normalize("NFKC", text[:40]).split())
    return _LIKE_NAME.fullmatch(said) is not None and _NOBODY.search(said) is None
