"""The table of past results as a workbook: the empty form with its choices, and reading one that was filled in."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import xlsxwriter

from .rules import COLUMNS, Finding, finding

SHEET = "认定结果"
MOST_ROWS, MOST_COLUMNS = 5000, 60
#: The most that a workbook may unfold to, in bytes.
UNFOLDED = 64 << 20
_CHOICES = {
    "范围": ["社区", "区", "市"], "创建类型": ["基础型", "成长型", "标杆型"], "结果": ["创建成功", "未达标准", "通过复核", "已失效"],
    "可靠程度": ["官方文件", "文中所述", "演示数据"],
}  # fmt: skip
_ABOUT = (
    ("说明", "每行是一份文件的一句话。文件之间互相矛盾的，各填一行，都保留。"),
    ("必填", "范围、结果、年度、发布机关、发布日期、来源文件、可靠程度。"),
    ("社区", "填区划代码，或本区唯一的名称；要有创建类型，不填数量。"),
    ("区、市", "填名称和数量；创建类型空着表示各类合计。"),
    ("重复导入", "同一句话只入库一次，可以再次导入同一个文件。"),
    ("Guide", "One row for each statement of a text. Statements that contradict each other are all kept; the same one is taken once."),
)  # fmt: skip
_EXAMPLE = ("区", "", "示例区", "基础型", "通过复核", "7", "2022", "", "某市某局",
            "2023-01-31", "某字〔2023〕1号（示例，请删除）", "官方文件", "")  # fmt: skip


def template() -> bytes:
    """The empty form, with one example that is not taken in unless somebody fills it."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF3F1", "bottom": 1})
        plain = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(SHEET)
        for column, (_, heading, needed, _most) in enumerate(COLUMNS):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, 26 if heading in ("来源文件", "备注", "发布机关") else 13, plain)
            if heading in _CHOICES:
                sheet.data_validation(1, column, MOST_ROWS, column, {"validate": "list", "source": _CHOICES[heading]})
            if needed:
                sheet.write_comment(0, column, "必填 / needed")
        sheet.freeze_panes(1, 0)
        about = book.add_worksheet("填写说明")
        about.set_column(0, 0, 12)
        about.set_column(1, 1, 90)
        for line, (name, words) in enumerate(_ABOUT):
            about.write_string(line, 0, name, bold)
            about.write_string(line, 1, words)
        about.write_string(len(_ABOUT) + 1, 0, "示例", bold)
        for column, value in enumerate(_EXAMPLE):
            about.write_string(len(_ABOUT) + 2, column, COLUMNS[column][1], bold)
            about.write_string(len(_ABOUT) + 3, column, value)
    return buffer.getvalue()


def rows_of(content: bytes) -> tuple[list[list[Any]], list[Finding]]:
    """The rows of the first sheet, or what is wrong with the file."""
    import python_calamine

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(part.file_size for part in archive.infolist()) > UNFOLDED:
                return [], [finding("", "large", most=UNFOLDED >> 20)]
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_name(SHEET if SHEET in book.sheet_names else book.sheet_names[0])
        if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
            return [], [finding("", "many", most=MOST_ROWS)]
        return sheet.to_python(), []
    except Exception:  # what is no workbook, or a damaged one, fails in many ways inside its reader
        return [], [finding("", "form")]
