"""Sheets of cases for tests: orders of the hotline and old cases, as ugly as they come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
from staff import DISTRICT

from linli.intake.runner import Outcome, run_file
from linli.kernel.actors import Actor, Grant, operator

OPERATOR = operator("tester", DISTRICT)
PLACE = "般阳路街道城里社区3号楼"
ORDER = {
    "工单编号": "ZC20240305001", "受理时间": "2024-03-05 09:10", "诉求内容": "小区门口的路灯不亮，晚上出行不便",
    "诉求类别": "", "事发地址": PLACE, "诉求人": "王小明", "联系电话": "10070000001", "办理时限": "2024-03-08 18:00",
    "承办单位": "昆仑镇", "紧急程度": "一般", "是否保密": "否",
}  # fmt: skip
OLD = {
    "案件编号": "OLD-0001", "案件来源": "网格员巡查", "案件类别": "01001", "问题描述": "井盖缺失", "事发地址": PLACE,
    "上报时间": "2023-03-01 08:00", "立案时间": "2023-03-01 08:30", "派遣时间": "2023-03-01 09:00",
    "处置完成时间": "2023-03-02 10:00", "结案时间": "2023-03-02 16:00", "处置截止时间": "2023-03-03 09:00", "处置单位": "昆仑镇",
    "处置结果": "已更换井盖", "满意度": "满意",
}  # fmt: skip


def order(**said: Any) -> dict[str, Any]:
    """An order with nothing wrong, but for what is said."""
    return ORDER | said


def old(**said: Any) -> dict[str, Any]:
    """An old case with nothing wrong, but for what is said."""
    return OLD | said


def sheet(path: Path, rows: Sequence[dict[str, Any]], *, title: str = "", more: Sequence[dict[str, Any]] = ()) -> Path:
    """A workbook of these rows; `title`: in a merged cell above the header; `more`: rows of a second sheet."""
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    for page, lines in ((first, rows), (book.create_sheet("二月"), more)) if more else ((first, rows),):
        header = list(rows[0])
        if title:
            page.append([title])
            page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(header))
        page.append(header)
        for line in lines:
            page.append([line.get(name) for name in header])
    book.save(path)
    return path


def take(path: Path, actor: Actor = OPERATOR, area: str = DISTRICT, **more: Any) -> Outcome:
    """The whole way of a sheet into the base, leaving out rows with errors."""
    return run_file(actor, path, area=area, **{"source": "hotline", "commit": True, "skip_bad": True, **more})


def codes(outcome: Outcome) -> dict[str, int]:
    """How often each finding was made."""
    return dict(outcome.check_counts["by_code"])


def actor(name: str, *grants: Grant) -> Actor:
    """Somebody who holds these grants and nothing else."""
    return Actor(kind="staff", id=f"staff:{name}", name=name, grants=grants)
