"""What keeps a file from being read by the commands of cases, in words for whoever runs them."""

from __future__ import annotations

from linli.kernel.errors import Invalid, Text


class TableRefused(Invalid):
    """The file cannot be read as a table of texts."""

    code = "cases.table_refused"
    text = Text("无法读取表格 {file}：{reason}", "Cannot read the table {file}: {reason}")


class ColumnMissing(Invalid):
    """A column that was named is not in the file."""

    code = "cases.column_missing"
    text = Text("没有“{column}”列，文件中有：{there}", "There is no column “{column}”; the file has: {there}")
