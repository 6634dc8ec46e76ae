"""The figures of proposals as a workbook: by host, by year, and what each counts; no cell is a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text

from .figures import FIGURES, Counted, Counts

TITLE = Text("提案建议办理统计", "Figures of proposals")
OF_YEAR, ALL_YEARS = Text("{year} 年", "{year}"), Text("全部年份", "All years")
TAKEN = Text("{unit} {who}　{at}", "{unit} {who}, {at}")
HOSTS, YEARS, MEANS = Text("按主办单位", "By host"), Text("按年份", "By year"), Text("指标含义", "What is counted")
HOST, YEAR, NONE, TOTAL = (
    Text("主办单位", "Host"),
    Text("年份", "Year"),
    Text("尚未交办", "Not assigned"),
    Text("合计", "Together"),
)
SHARES = (
    (Text("答复率", "Replied %"), ("replied",), ("received",)),
    (Text("按期答复率", "In time %"), ("in_time",), ("replied",)),
    (Text("满意率（含基本满意）", "Satisfied % (with basically)"), ("satisfied", "basically"), ("satisfied", "basically", "dissatisfied")),
)  # fmt: skip
FIGURE, MEANING = Text("指标", "Figure"), Text("含义", "Meaning")


def workbook(actor: Actor, found: Counts, language: str) -> bytes:
    """Three sheets."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        forms = {
            "title": book.add_format({"bold": True, "font_size": 14}), "mark": book.add_format({"font_color": "#777777"}),
            "head": book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1, "text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%"}), "bold": book.add_format({"bold": True}),
        }  # fmt: skip
        at = f"{clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}"
        of = OF_YEAR.say(language, {"year": found.year}) if found.year else ALL_YEARS.say(language)
        above = (
            f"{TITLE.say(language)}　{of}",
            TAKEN.say(language, {"unit": actor.unit_name, "who": actor.name, "at": at}),
        )
        for name, first, lines, total in (
            (HOSTS, HOST, found.hosts, found.total), (YEARS, YEAR, found.years, None),
        ):  # fmt: skip
            sheet = book.add_worksheet(name.say(language))
            _table(sheet, above, first.say(language), lines, total, language, forms)
        meanings = book.add_worksheet(MEANS.say(language))
        meanings.set_column(0, 0, 22)
        meanings.set_column(1, 1, 60)
        for column, text in enumerate((FIGURE, MEANING)):
            meanings.write_string(0, column, text.say(language), forms["head"])
        for row, figure in enumerate(FIGURES, 1):
            meanings.write_string(row, 0, figure.label.say(language))
            meanings.write_string(row, 1, figure.meaning.say(language))
    return buffer.getvalue()


def _table(
    sheet: Any,
    above: Sequence[str],
    first: str,
    lines: Sequence[Counted],
    total: Counted | None,
    language: str,
    forms: dict[str, Any],
) -> None:
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, len(FIGURES) + len(SHARES), 11)
    for row, text in enumerate(above):
        sheet.write_string(row, 0, text, forms["mark" if row else "title"])
    head = len(above) + 1
    titles = [first, *(f.label.say(language) for f in FIGURES), *(share.say(language) for share, _, _ in SHARES)]
    for column, text in enumerate(titles):
        sheet.write_string(head, column, text, forms["head"])
    named = [(each.name or NONE.say(language), each.figures) for each in lines]
    if total is not None:
        named.append((TOTAL.say(language), total.figures))
    for row, (name, figures) in enumerate(named, head + 1):
        sheet.write_string(row, 0, name)
        for column, figure in enumerate(FIGURES, 1):
            sheet.write_number(row, column, figures[figure.code])
        for column, (_, over, under) in enumerate(SHARES, len(FIGURES) + 1):
            below = sum(figures[code] for code in under)
            if below:
                sheet.write_number(row, column, sum(figures[code] for code in over) / below, forms["share"])
    sheet.freeze_panes(head + 1, 1)
