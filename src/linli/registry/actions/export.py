"""Taking people out as a workbook: own permission, purpose, watermark, log."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from linli.access import reads
from linli.kernel import clock, secrets
from linli.kernel.actors import Actor
from linli.kernel.area_names import names_of
from linli.kernel.errors import Problem, Text
from linli.kernel.masking import mask_id, mask_phone
from linli.kernel.paging import MOST
from linli.registry.permissions import EXPORT, VIEW
from linli.registry.problems import PurposeMissing
from linli.registry.queries.codes import labels
from linli.registry.queries.people import PersonFilter, PersonRow, people_page

MOST_ROWS = 50_000
_RISKY = ("=", "+", "-", "@", "\t", "\r")
_HEAD = {
    "zh": ("姓名", "性别", "出生日期", "民族", "证件号码（掩码）", "电话（掩码）", "人口类型", "所属区域", "现住址"),
    "en": ("Name", "Sex", "Date of birth", "Ethnic group", "Identity number (masked)", "Phone (masked)",
           "Kind of population", "Area", "Home"),
}  # fmt: skip


class TooMany(Problem):
    """More rows than one export may hold."""

    status, code = 422, "registry.export_too_large"
    text = Text("超过 {most} 行，请先缩小范围再导出。", "More than {most} rows; narrow the list before exporting.")


def export_people(actor: Actor, wanted: PersonFilter, purpose: str, language: str) -> bytes:
    """A workbook of the people that match, numbers masked, the taker's name and the time on every page.

    Needs the export permission in the areas taken out. Raises Forbidden, PurposeMissing, TooMany.
    """
    actor.require(EXPORT, wanted.area)
    if len(purpose.strip()) < 4:
        raise PurposeMissing()
    allowed = Actor(
        kind=actor.kind, id=actor.id, name=actor.name, unit_id=actor.unit_id, unit_name=actor.unit_name,
        grants=tuple(g for g in actor.grants if g.allows(EXPORT) and g.allows(VIEW)), request_id=actor.request_id,
        address=actor.address,
    )  # fmt: skip
    rows: list[PersonRow] = []
    cursor: str | None = None
    while True:
        page = people_page(allowed, wanted, cursor, MOST, counted=False)
        rows.extend(page.items)
        if len(rows) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = page.next
        if cursor is None:
            break
    reads.note("export", "person", area=wanted.area, count=len(rows), purpose=purpose.strip())
    return _workbook(actor, rows, language)


def _workbook(actor: Actor, rows: list[PersonRow], language: str) -> bytes:
    said = labels(language)
    named = names_of(row.listed_area for row in rows)
    taken = f"{actor.name} {actor.unit_name} {clock.now().astimezone(clock.LOCAL):%Y-%m-%d %H:%M}".strip()
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("人口" if not language.startswith("en") else "People")
        mark = book.add_format({"font_color": "#999999", "italic": True})
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        sheet.set_header(f"&C&K999999{_plain(taken).replace('&', '&&')}")
        sheet.set_column(0, 3, 12)
        sheet.set_column(4, 8, 24)
        sheet.write_string(0, 0, _plain(("导出人：" if not language.startswith("en") else "Taken by: ") + taken), mark)
        for column, title in enumerate(_HEAD["en" if language.startswith("en") else "zh"]):
            sheet.write_string(1, column, title, bold)
        for line, row in enumerate(rows, start=2):
            values: tuple[Any, ...] = (
                row.name, said.get(("sex", row.sex or ""), ""), row.birth.isoformat() if row.birth else "",
                said.get(("nation", row.nation or ""), ""),
                mask_id(secrets.decrypt(row.id_number)) if row.id_number else "",
                mask_phone(secrets.decrypt(row.phone)) if row.phone else "",
                said.get(("population_kind", row.population_kind or ""), ""), named[row.listed_area], row.home or "",
            )  # fmt: skip
            for column, value in enumerate(values):
                sheet.write_string(line, column, _plain(str(value or "")))
    return buffer.getvalue()


def _plain(text: str) -> str:
    """Text no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_RISKY) else text
