"""How much one export may hold; the workbook itself is the kernel's."""

from __future__ import annotations

from linli.kernel.errors import Problem, Text
from linli.kernel.workbook import workbook

__all__ = ["MOST_ROWS", "TooMany", "workbook"]
MOST_ROWS = 50_000


class TooMany(Problem):
    """More rows than one export may hold."""

    status, code = 422, "registry.export_too_large"
    text = Text("超过 {most} 行，请先缩小范围再导出。", "More than {most} rows; narrow the list before exporting.")
