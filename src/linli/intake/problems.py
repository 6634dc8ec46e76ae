"""Why a file as a whole cannot be taken in. Row by row troubles are findings (`findings.py`), not problems."""

from __future__ import annotations

from linli.kernel.errors import Problem, Text

REQUIRED = Text("请填写此项。", "Please fill this in.")
UNKNOWN_SOURCE = Text("没有这个数据来源，请先登记。", "There is no such source; enter it first.")


class UnreadableFile(Problem):
    """Base: the file cannot be read as a table. The batch fails with this code and nothing is merged."""

    status, code = 422, "intake.file.unreadable"
    text = Text("文件无法读取。", "The file cannot be read.")


class EmptyFile(UnreadableFile):
    code = "intake.file.empty"
    text = Text("文件是空的，请选择有内容的表格。", "The file is empty; choose a table with content.")


class FileTooLarge(UnreadableFile):
    status, code = 413, "intake.file.too_large"
    text = Text(
        "文件 {size_mb} MB，超过上限 {limit_mb} MB。请拆分后分批导入，或请管理员调整上限。",
        "The file has {size_mb} MB, over the limit of {limit_mb} MB. Split it, or ask an administrator to raise it.",
    )


class ProtectedFile(UnreadableFile):
    code = "intake.file.protected"
    text = Text(
        "文件设有打开密码。请在 Excel 或 WPS 中取消密码、另存后再导入。",
        "The file is protected by a password. Remove it in Excel or WPS, save, and bring the file again.",
    )


class WrongKind(UnreadableFile):
    code = "intake.file.wrong_kind"
    text = Text(
        "这不是表格文件（看起来是{found}）。请提供 .xlsx、.xls、.ods、.csv、.tsv 或 .zip 文件。",
        "This is not a table (it looks like {found}). Bring an .xlsx, .xls, .ods, .csv, .tsv or .zip file.",
    )


class DamagedFile(UnreadableFile):
    code = "intake.file.damaged"
    text = Text(
        "文件已损坏或不完整。请在 Excel 或 WPS 中打开、另存后再导入。",
        "The file is damaged or incomplete. Open it in Excel or WPS, save it again, and bring that.",
    )


class SuspiciousFile(UnreadableFile):
    code = "intake.file.bomb"
    text = Text(
        "文件解压后达 {size_mb} MB（上限 {limit_mb} MB，且不超过原大小的 {ratio} 倍），疑似压缩炸弹，已拒绝读取。",
        "The file would unpack to {size_mb} MB (at most {limit_mb} MB and {ratio} times its own size) and looks like a zip "
        "bomb; it was not opened.",
    )


class UnsafeArchive(UnreadableFile):
    code = "intake.file.unsafe_archive"
    text = Text(
        "压缩包中有指向包外的条目或链接，已拒绝读取。请重新打包。",
        "The archive has entries that point outside of it, or links; it was not opened. Pack it again.",
    )


class NestedArchive(UnreadableFile):
    code = "intake.file.nested_archive"
    text = Text(
        "压缩包里还有压缩包，没有读取。请解压后把表格直接打包。",
        "The archive holds another archive and was not read. Unpack it and put the tables themselves into one.",
    )


class TooManyFiles(UnreadableFile):
    code = "intake.file.too_many_files"
    text = Text(
        "共有 {files} 个文件，超过上限 {limit} 个。请分批导入。",
        "There are {files} files, over the limit of {limit}. Bring them in several batches.",
    )


class NoTables(UnreadableFile):
    code = "intake.file.no_tables"
    text = Text(
        "其中没有表格文件（.xlsx、.xls、.ods、.csv、.tsv）。",
        "It holds no tables (.xlsx, .xls, .ods, .csv, .tsv).",
    )


class TooManyRows(UnreadableFile):
    code = "intake.file.too_many_rows"
    text = Text(
        "工作表有 {rows} 行，超过上限 {limit} 行。请拆分后分批导入。",
        "The sheet has {rows} rows, over the limit of {limit}. Split it.",
    )


class TooManyColumns(UnreadableFile):
    code = "intake.file.too_many_columns"
    text = Text(
        "工作表有 {columns} 列，超过上限 {limit} 列。请只保留需要的列。",
        "The sheet has {columns} columns, over the limit of {limit}. Keep only the columns that are needed.",
    )


class LineTooLong(UnreadableFile):
    code = "intake.file.line_too_long"
    text = Text(
        "第 {line} 行超过 {limit} 个字符，不像表格的一行。请用办公软件另存为 CSV 或 xlsx 后再导入。",
        "Line {line} has more than {limit} characters, which is no line of a table. Save the table as CSV or xlsx again.",
    )


class TooManyCells(UnreadableFile):
    code = "intake.file.too_many_cells"
    text = Text(
        "工作表范围为 {rows} 行 × {columns} 列，过大。请删除远处的空白格式单元格后再导入。",
        "The sheet spans {rows} rows × {columns} columns, too many. Delete the stray cells far out and bring it again.",
    )


class SheetMissing(UnreadableFile):
    code = "intake.file.sheet_missing"
    text = Text("文件中没有工作表“{sheet}”。现有：{sheets}", "There is no sheet “{sheet}”. There are: {sheets}")


class HeaderMissing(UnreadableFile):
    code = "intake.file.header_missing"
    text = Text(
        "没有找到表头（列名所在的行，如“姓名”“身份证号”）。请在数据上方加一行列名。",
        "No header row was found (column names such as 姓名, 身份证号). Add one above the data.",
    )


class NoRows(UnreadableFile):
    code = "intake.file.no_rows"
    text = Text("表头下面没有数据行。", "There are no rows of data below the header.")


class MappingInvalid(Problem):
    """The mapping names columns or fields that do not exist, or leaves out what is required; `fields` says which."""

    status, code = 422, "intake.mapping.invalid"
    text = Text("列对应关系有误，请按提示更正。", "The mapping of columns has errors; see the notes.")


class UnknownAccount(Problem):
    """A command was asked to act as an account that does not exist or is closed."""

    status, code = 422, "intake.account_unknown"
    text = Text("没有可用的账号“{user}”。", "There is no account “{user}” that may act.")
