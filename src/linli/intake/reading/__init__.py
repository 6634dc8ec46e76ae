"""Files into raw tables: text columns under flat names, each row knowing its place in the user's own sheet."""

from .container import SheetInfo, WorkbookInfo, inspect
from .joined import SHEET_COLUMN, read_table
from .table import ROW, Part, RawColumn, RawTable, label_of

__all__ = [
    "ROW",
    "SHEET_COLUMN",
    "Part",
    "RawColumn",
    "RawTable",
    "SheetInfo",
    "WorkbookInfo",
    "inspect",
    "label_of",
    "read_table",
]
