"""The two sheets a filled ledger has besides its own: the cover note of what it covers, and the hidden one of sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from .coverage import Coverage
from .forms import text_of
from .problems import Note
from .xlsx_rows import ModelCell, SheetText, row_xml

PLAIN = 3  # columns of a styled line
HEADS = {
    "zh": ("列", "已填", "空白", "填写率", "掩码", "来源（条数）", "数据日期"),
    "en": ("Column", "Filled", "Blank", "Share", "Masked", "Sources (cells)", "Stated between"),
}
SOURCE_HEADS = {
    "zh": ("工作表", "行", "主要来源", "数据日期", "其他来源"),
    "en": ("Sheet", "Row", "Main source", "Stated on", "Other sources"),
}
COUNTED = {"zh": "按人口库统计", "en": "counted from the base"}
COMMA = {"zh": "，", "en": ", "}
ELSEWHERE = {"zh": "（来源不在可见范围）", "en": "(source out of sight)"}
LINES = {
    "zh": {
        "title": "填报说明", "ledger": "台账", "area": "区划", "day": "截至日期", "where": "条件", "rows": "条数",
        "taken": "生成", "purpose": "用途", "notes": "说明", "none": "全部", "gaps": "空白最多的列",
        "sources": "每行的来源和数据日期见隐藏的工作表“{sheet}”。",
    },
    "en": {
        "title": "Cover note", "ledger": "Ledger", "area": "Area", "day": "As of", "where": "Condition", "rows": "Rows",
        "taken": "Taken by", "purpose": "Purpose", "notes": "Notes", "none": "everybody", "gaps": "Most often blank",
        "sources": "Where each row comes from, and of which day it is, stands in the hidden sheet “{sheet}”.",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What the cover note says of a ledger as a whole."""

    name: str
    area: str
    day: str
    where: str
    rows: int
    taken_by: str
    taken_at: datetime
    purpose: str
    counted: bool = False  # its rows are figures counted from the base, which no single source states


def cover_xml(
    text: SheetText, facts: Facts, coverage: Coverage, notes: Sequence[Note], sources_sheet: str, language: str
) -> Iterator[str]:
    """The cover note as the XML of its sheet."""
    key = "en" if language.startswith("en") else "zh"
    said = LINES[key]
    title, head, plain = _styles(text)
    lines: list[tuple[str, tuple[str | int | None, ...]]] = [(title, (said["title"],)), ("0", ())]
    for name, value in (
        ("ledger", facts.name), ("area", facts.area), ("day", facts.day), ("where", facts.where or said["none"]),
        ("rows", facts.rows), ("taken", f"{facts.taken_by}  {facts.taken_at:%Y-%m-%d %H:%M}"), ("purpose", facts.purpose),
    ):  # fmt: skip
        lines.append(("0", (said[name], value)))
    lines += [("0", ()), (head, HEADS[key])]
    for column in coverage.columns.values():
        share = "" if column.share is None else f"{column.share:.1%}"
        stated = [f"{name or ELSEWHERE[key]} {count}" for name, count in column.sources.most_common(6)]
        told = COUNTED[key] if facts.counted else COMMA[key].join(stated)
        days = " – ".join(dict.fromkeys(str(day) for day in (column.first, column.last) if day))
        lines.append((plain, (column.label, column.filled, column.blank, share, column.masked or None, told, days)))
    gaps = sorted((c for c in coverage.columns.values() if c.blank), key=lambda c: -c.blank)[:5]
    if gaps:
        lines += [("0", ()), ("0", (said["gaps"], COMMA[key].join(f"{c.label} {c.blank}" for c in gaps)))]
    lines += [("0", ()), ("0", (said["notes"],))]
    lines += [("0", (note.say(language),)) for note in notes]
    lines.append(("0", (said["sources"].format(sheet=sources_sheet),)))
    yield text.head + "<sheetData>"
    for number, (style, cells) in enumerate(lines, 1):
        yield _line(number, style, cells)
    yield "</sheetData>" + text.tail


def _styles(text: SheetText) -> tuple[str, str, str]:
    """The styles that the skeleton left in the note's first cells: title, head, text."""
    import re

    cells = text.rows[1][1]
    found = [re.search(rf'<c r="{letter}1" s="(\d+)"', cells) for letter in "ABC"]
    title, head, plain = (f[1] if f else "0" for f in found)
    return title, head, plain


def _line(number: int, style: str, cells: Sequence[str | int | None]) -> str:
    made = []
    for letter, value in zip("ABCDEFG", cells, strict=False):
        begin = f'<c r="{letter}{number}" s="{style}"'
        if value is None:
            made.append(f"{begin}/>")
        elif isinstance(value, int):
            made.append(f"{begin}><v>{value}</v></c>")
        else:
            made.append(f'{begin} t="inlineStr"><is><t xml:space="preserve">{text_of(value)}</t></is></c>')
    return f'<row r="{number}">{"".join(made)}</row>'


def sources_xml(text: SheetText, lines: pl.DataFrame, counted: bool, language: str) -> Iterator[str]:
    """A line for every row of the ledger: its place, its main source with the date, and what is from elsewhere."""
    key = "en" if language.startswith("en") else "zh"
    yield text.head + "<sheetData>" + _line(1, "0", SOURCE_HEADS[key])
    model = tuple(ModelCell(letter, "0") for letter in "ABCDE")
    named = lines.select(
        A="sheet",
        B="place",
        C=pl.col("source").fill_null((COUNTED if counted else ELSEWHERE)[key]),
        D=pl.col("dated").cast(pl.String),
        E="others",
    )
    for start in range(0, named.height, 50_000):
        yield row_xml(named.slice(start, 50_000), model, "", start + 2)
    yield "</sheetData>" + text.tail
