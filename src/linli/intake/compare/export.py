"""Taking a comparison out as a workbook: own permission, purpose, watermark, log; numbers masked as on the page."""

from __future__ import annotations

from uuid import UUID

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.paging import MOST
from linli.registry.actions.workbook import MOST_ROWS, TooMany, workbook
from linli.registry.problems import PurposeMissing

from .. import kinds
from .queries import DiffRow, RowFilter, comparison, rows

HEAD = {
    "zh": ("结果", "姓名或名称", "号码", "所属区域", "原表行", "新表行", "变化"),
    "en": ("Outcome", "Name", "Number", "Area", "Row before", "Row after", "Changes"),
}
WIDTHS = (10, 16, 24, 24, 10, 10, 80)
OUTCOMES = {
    "zh": {"new": "新增", "gone": "不再出现", "changed": "有变化", "flawed": "有错误未比"},
    "en": {"new": "New", "gone": "Gone", "changed": "Changed", "flawed": "Has errors"},
}


def export_comparison(actor: Actor, comparison_id: UUID, wanted: RowFilter, purpose: str, language: str) -> bytes:
    """A workbook of the rows that match. Raises NotFound, Forbidden, PurposeMissing, TooMany."""
    told = comparison(actor, comparison_id, language)
    permission = kinds.of(told.kind).export
    if len(purpose.strip()) < 4:
        raise PurposeMissing()
    found: list[DiffRow] = []
    cursor: str | None = None
    while True:
        page = rows(
            actor, comparison_id, wanted, permission=permission, cursor=cursor, limit=MOST, language=language,
            counted=False,
        )  # fmt: skip
        found.extend(page.items)
        if len(found) > MOST_ROWS:
            raise TooMany(most=MOST_ROWS)
        cursor = page.next
        if cursor is None:
            break
    reads.note(
        "export", "comparison", subject_id=comparison_id, area=wanted.area or told.area_code, count=len(found),
        purpose=purpose.strip(),
    )  # fmt: skip
    key = "en" if language.startswith("en") else "zh"
    lines = (
        (
            OUTCOMES[key].get(row.outcome, row.outcome), row.name, row.mark, row.area_name, row.before_row,
            row.after_row, "\n".join(f"{c.label}: {c.before or '–'} → {c.after or '–'}" for c in row.changes),
        )
        for row in found
    )  # fmt: skip
    return workbook(actor, "Comparison" if key == "en" else "比较", HEAD[key], WIDTHS, lines, language)
