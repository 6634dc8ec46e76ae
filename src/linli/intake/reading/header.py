"""Where the header is: below title rows, in one row or two merged ones, told from data by what the cells look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Row = Sequence[str | None]
LOOK_AT = 40
LONGEST_LABEL = 30
VALUE_LIKE = re.compile(
    r"^\d{15}$|^\d{17}[\dXx]$|^1\d{10}$|^\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2})?.*$|^-?\d+(\.\d+)?$|^[男女]$|"
    r"^\d[\d.E+]{12,}$|.*\d+(号楼|栋|幢|单元|室).*"
)
REMARK_LIKE = re.compile(r"[::]|填报|制表|单位名称|年\d*月|^附[件表]")


@dataclass(frozen=True, slots=True)
class Header:
    """The rows the header occupies (indexes into the rows looked at) and a flat name for every column or None."""

    first: int
    last: int
    names: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range in the same row and column indexes."""

    top: int
    left: int
    bottom: int
    right: int


def plain(text: str) -> str:
    """A header as written, without the spaces and line breaks that only spread it: "姓  名" is 姓名."""
    text = unicodedata.normalize("NFKC", text)
    if re.search(r"[\u2e80-\u9fff]", text):
        return re.sub(r"[\s\u200b\ufeff]+", "", text)
    return re.sub(r"\s+", " ", text).strip()


def find_header(
    rows: Sequence[Row], known: Callable[[str], bool], merges: Sequence[Merge] | None = None
) -> Header | None:
    """The header among the first rows, or None. `known` tells whether a name is in the synonym table.

    `merges` is None where merged ranges are unknown (csv); then blanks beside filled cells stand for them.
    """
    best, best_score = -1, 0.0
    for index, row in enumerate(rows[:LOOK_AT]):
        score = _score(row, known)
        if score > best_score:
            best, best_score = index, score
    if best < 0:
        return None
    first = last = best
    if best > 0 and _groups(rows[best - 1], rows[best], best - 1, merges):
        first = best - 1
    if first == best and best + 1 < len(rows) and _divides(rows[best], rows[best + 1], best, known, merges):
        last = best + 1
    return Header(first, last, _flatten(rows[first : last + 1], first, merges))


def _cells(row: Row) -> list[str]:
    return [plain(cell) for cell in row if cell]


def _score(row: Row, known: Callable[[str], bool]) -> float:
    """How much a row looks like a header; 0 when it does not. Known names weigh most, then many short labels."""
    cells = _cells(row)
    if not cells:
        return 0.0
    values = sum(bool(VALUE_LIKE.match(cell)) for cell in cells)
    recognised = sum(known(cell) for cell in cells)
    if values > max(1, recognised) or values * 2 > len(cells):
        return 0.0
    if recognised:
        return recognised * 10 + len(set(cells)) - values * 10
    labels = [c for c in cells if len(c) <= LONGEST_LABEL and not REMARK_LIKE.search(c)]
    # With no known name at all, only a full row of distinct short labels that say what a column holds will do.
    if len(labels) >= 2 and len(labels) == len(set(cells)) == len(cells) and not values:
        telling = sum(bool(re.search(r"[号码名称址期别型类数]$|编号|代码|id$", c, re.I)) for c in cells)
        return float(telling)
    return 0.0


def _span(row: Row, index: int, merges: Sequence[Merge], column: int) -> Merge | None:
    return next((m for m in merges if m.top <= index <= m.bottom and m.left <= column <= m.right), None)


def _groups(upper: Row, lower: Row, index: int, merges: Sequence[Merge] | None) -> bool:
    """Whether `upper` names groups of the columns that `lower` names: 家庭成员 above 姓名 | 关系."""
    cells = _cells(upper)
    if not cells or any(VALUE_LIKE.match(c) or REMARK_LIKE.search(c) or len(c) > LONGEST_LABEL for c in cells):
        return False
    width = max((i + 1 for i, cell in enumerate(lower) if cell), default=0)
    if merges is not None:
        spans = [m for m in merges if m.top == index and m.right > m.left]
        if any(m.left == 0 and m.right + 1 >= width for m in spans):
            return False  # a title over the whole table
        stacked = [m for m in merges if m.top == index and m.bottom == index + 1 and m.left == m.right]
        return bool(spans) and (len(cells) > 1 or bool(stacked) or any(m.left > 0 for m in spans))
    return len(cells) >= 2 and len(cells) < width


def _divides(upper: Row, lower: Row, index: int, known: Callable[[str], bool], merges: Sequence[Merge] | None) -> bool:
    """Whether `lower` divides columns that `upper`, the row with most known names, heads."""
    cells = _cells(lower)
    if not cells or any(VALUE_LIKE.match(c) or len(c) > LONGEST_LABEL for c in cells):
        return False
    if merges is not None:
        spans = [m for m in merges if m.top == index and m.bottom == index and m.right > m.left]
        stacked = any(m.top == index and m.bottom == index + 1 for m in merges)
        filled = any(lower[c] for m in spans for c in range(m.left, min(m.right + 1, len(lower))))
        return bool(spans) and filled and (stacked or any(known(c) for c in cells))
    under_blank = sum(1 for u, low in zip(upper, lower, strict=False) if low and not u)
    under_name = sum(1 for u, low in zip(upper, lower, strict=False) if u and not low)
    return under_blank >= 1 and under_name >= 1 and any(known(c) for c in cells)


def _flatten(rows: Sequence[Row], first: int, merges: Sequence[Merge] | None) -> tuple[str | None, ...]:
    width = max(len(row) for row in rows)
    names: list[str | None] = []
    carried = ""
    for column in range(width):
        lower = rows[-1][column] if column < len(rows[-1]) else None
        upper = rows[0][column] if column < len(rows[0]) else None
        if len(rows) == 1:
            names.append(plain(upper) if upper else None)
            continue
        if upper:
            carried = upper
        elif merges is not None:
            span = _span(rows[0], first, merges, column)
            upper = rows[0][span.left] if span else None
        elif lower:
            upper = carried  # csv: a blank to the right of a group name belongs to the group
        parts = [plain(part) for part in (upper, lower) if part]
        names.append("/".join(dict.fromkeys(parts)) or None)
    return tuple(names)
