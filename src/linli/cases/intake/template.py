"""The workbook to fill in: one sheet with the columns and no rows, one that says of each column what to write, with an example.

The examples stand beside the names of the columns, not under them: nobody takes them in by forgetting to remove them.
"""

from __future__ import annotations

import csv
import io
from importlib.resources import files

import xlsxwriter

from linli.intake.fields import Target

from .fields import HISTORIES, LABELS, ORDERS, TARGETS, heads

LEFT_OUT = ("default_village",)
NOTE_HEAD = {
    "zh": ("列名", "必填", "怎么写", "示例"), "en": ("Column", "Required", "What to write", "Example"),
}  # fmt: skip
TITLES = {"zh": ("填写", "说明"), "en": ("Fill in", "Notes")}
YES = {"zh": "是", "en": "yes"}


def notes() -> dict[str, dict[str, str]]:
    """By field: how to write it in both languages (`zh`, `en`), and an `example`."""
    text = files("linli.cases").joinpath("data/intake_notes.csv").read_text("utf-8")
    return {row["field"]: row for row in csv.DictReader(text.splitlines())}


def template(kind: str, language: str) -> bytes:
    """The workbook of a kind of sheet (`fields.ORDERS`, `fields.HISTORIES`) in a language."""
    key = "en" if language.startswith("en") else "zh"
    targets = [target for target in TARGETS[kind] if target.name not in LEFT_OUT]
    told, buffer = notes(), io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        text, wrap = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
        rows, listing = (book.add_worksheet(title) for title in TITLES[key])
        for place, target in enumerate(targets):
            rows.set_column(place, place, 34 if target.name in ("case_text", "home_text", "case_result") else 17, text)
            rows.write_string(0, place, head_of(kind, target, key), bold)
        rows.freeze_panes(1, 0)
        for place, (name, width) in enumerate(zip(NOTE_HEAD[key], (22, 10, 60, 26), strict=True)):
            listing.set_column(place, place, width)
            listing.write_string(0, place, name, bold)
        for line, target in enumerate(targets, start=1):
            said = told[target.name]
            needed = YES[key] if target.required else ""
            for place, cell in enumerate((head_of(kind, target, key), needed, said[key], said["example"])):
                listing.write_string(line, place, cell, wrap)
    return buffer.getvalue()


def head_of(kind: str, target: Target, key: str) -> str:
    """What a column of the template is called: as most exports call it."""
    return target.en if key == "en" else heads(kind).get(target.name, target.zh)


def file_name(kind: str, language: str) -> str:
    """What the file is called."""
    label = LABELS[kind][language.startswith("en")]
    return f"{label}.xlsx"


__all__ = ["HISTORIES", "ORDERS", "file_name", "template"]
