"""Files into raw tables: text columns under flat names, each row knowing its place in the user's own sheet."""

from .container import SheetInfo, WorkbookInfo, inspect
from .table import ROW, RawColumn, RawTable, read_table

__all__ = ["ROW", "RawColumn", "RawTable", "SheetInfo", "WorkbookInfo", "inspect", "read_table"]
