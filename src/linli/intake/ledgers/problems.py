"""Why a template cannot be filled, and what somebody filling it should know: each with a code that stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from linli.kernel.errors import Problem, Text


class LedgerProblem(Problem):
    """Base of what keeps a ledger from being filled; nothing was written."""

    status, code = 422, "intake.ledger.problem"
    text = Text("台账没有生成。", "The ledger was not filled.")


class NotWorkbook(LedgerProblem):
    code = "intake.ledger.not_workbook"
    text = Text(
        "模板须是 .xlsx 工作簿（这是 {found}）。请在 Excel 或 WPS 中另存为 .xlsx 再用。",
        "A template must be an .xlsx workbook (this is {found}). Save it as .xlsx in Excel or WPS and use that.",
    )


class TemplateTooLarge(LedgerProblem):
    code = "intake.ledger.template_too_large"
    text = Text(
        "模板解压后有 {size_mb} MB（上限 {limit_mb} MB），多半是整列带有格式的空白行。请删去多余的行再用。",
        "The template unpacks to {size_mb} MB (limit {limit_mb} MB), mostly empty rows with a format. Delete them.",
    )


class TemplateTooFull(LedgerProblem):
    code = "intake.ledger.template_too_full"
    text = Text(
        "模板内容过多（全部工作表合计上限：单元格 {cells} 个、合并区域 {merges} 处、工作表 {sheets} 个）。"
        "请删去多余的行、合并区域或工作表再用。",
        "The template holds too much (limits over all sheets: {cells} cells, {merges} merged areas, {sheets} sheets). "
        "Delete rows, merged areas or sheets that are not needed.",
    )


class NoHeader(LedgerProblem):
    code = "intake.ledger.header_missing"
    text = Text(
        "模板中没有找到表头（如“姓名”“身份证号”所在的行），也不像一人一表。请补上列名。",
        "No header (a row with 姓名, 身份证号 and the like) was found, and it is no form either. Add column names.",
    )


class NothingBound(LedgerProblem):
    code = "intake.ledger.nothing_bound"
    text = Text(
        "模板的各列都没有对应的数据项，无法填写。请先用“linli ledger bind”写出对应关系，改好后再填。",
        "No column of the template is bound to anything the base holds. Write a binding with “linli ledger bind”, "
        "mend it and fill again.",
    )


class TooManySheets(LedgerProblem):
    code = "intake.ledger.too_many_sheets"
    text = Text(
        "模板有 {sheets} 个带表头的工作表，名称都不是所选区划内的村居，分不清各填哪里。"
        "请只留一个，或以村居命名；用命令填写的，也可以在对应关系的“sheets”里写明。",
        "{sheets} sheets of the template have a header and none is named after a village of the area chosen: it cannot be "
        "told what goes where. Keep one, or name them after villages; by command, “sheets” in the binding can say it.",
    )


class Nobody(LedgerProblem):
    code = "intake.ledger.nobody"
    text = Text(
        "在所选区划和条件下没有符合的记录，没有生成文件。请放宽条件，或加上允许空表的选项。",
        "Nothing in the area meets the condition; no file was written. Widen it, or ask for an empty ledger.",
    )


class TooManyRows(LedgerProblem):
    code = "intake.ledger.too_many_rows"
    text = Text(
        "符合条件的有 {rows} 条，超过一次（或一个工作表）的上限 {most} 条。请按镇街或村居分开生成，或由管理员用命令生成。",
        "{rows} rows meet the condition, more than the {most} of one go or one sheet. Fill it by town or village, or have "
        "it filled by command.",
    )


class TooManyForms(LedgerProblem):
    code = "intake.ledger.too_many_forms"
    text = Text(
        "一人一表共需 {rows} 份，超过上限 {most} 份。请缩小区划或条件。",
        "{rows} forms would be needed, more than {most}. Narrow the area or the condition.",
    )


class BindingInvalid(LedgerProblem):
    """The binding names columns the template does not have, or fields there are not; `fields` says which."""

    code = "intake.ledger.binding_invalid"
    text = Text("列的对应关系有误，请按提示更正。", "The binding of columns has errors; see the notes.")


class ConditionInvalid(LedgerProblem):
    code = "intake.ledger.condition_invalid"
    text = Text(
        "条件从第 {at} 个字起看不懂：{why_zh}。例：年龄>=60 且 独居；标签=低保 或 标签=特困；性别=女。",
        "The condition is not understood from character {at} on: {why_en}. Examples: age>=60 and lives_alone; sex=女.",
    )


class TagsWithheld(LedgerProblem):
    status, code = 403, "intake.ledger.tags_withheld"
    text = Text(
        "条件中用到人员标签，而您在此区划没有查看标签的权限。",
        "The condition asks for tags of people, which you may not see in this area.",
    )


NOTES: dict[str, Text] = {
    "intake.ledger.column_unbound": Text(
        "“{column}”列没有对应的数据项，留空。", "Column “{column}” is bound to nothing and stays empty."
    ),
    "intake.ledger.column_not_held": Text(
        "“{column}”列所要的内容库中不登记，留空。", "What column “{column}” asks for is not held; it stays empty."
    ),
    "intake.ledger.column_masked": Text(
        "“{column}”列按掩码填写（{rows} 行）：{why_zh}。",
        "Column “{column}” is masked in {rows} rows: {why_en}.",
    ),
    "intake.ledger.column_withheld": Text(
        "“{column}”列留空：领取人无权查看此项内容。", "Column “{column}” stays empty: its taker may not see this."
    ),
    "intake.ledger.names_people": Text(
        "模板工作表“{sheet}”的 {cell} 等 {cells} 个单元格像是人的姓名。登记后的模板全区都能下载；请确认是示例，不是真实人员。",
        "{cells} cells of the template look like names of people (sheet “{sheet}”, {cell} first). A registered template can be "
        "downloaded in all of the district: confirm that they are examples and nobody's names.",
    ),
    "intake.ledger.column_retired": Text(
        "“{column}”列的数据项已于 {day} 停用，不再采集，只填停用前登记的内容。",
        "The field of column “{column}” was retired on {day} and is asked no more; what was stated before stands in it.",
    ),
    "intake.ledger.macros_left_out": Text(
        "模板带有宏，宏没有运行，也没有带入填好的文件。", "The template's macros were not run and are not in the filled file."
    ),
    "intake.ledger.links_left_out": Text(
        "模板链接了其他文件，链接已去掉，原有的数值保留。",
        "The template's links to other files were cut; the values they had are kept.",
    ),
    "intake.ledger.drawings_left_out": Text(
        "模板中的图片、图表或文本框没有带入填好的文件。", "Pictures, charts or text boxes of the template are not in the filled file."
    ),
    "intake.ledger.formula_left_out": Text(
        "工作表“{sheet}”中有 {cells} 个会访问外部的公式，已改为其原有的数值。",
        "Formulas of sheet “{sheet}” that reach outside ({cells}) were replaced by the values they had.",
    ),
    "intake.ledger.rows_replaced": Text(
        "工作表“{sheet}”表头下原有 {rows} 行内容（示例或旧数据），已由库中数据代替。",
        "Rows below the header of sheet “{sheet}” ({rows}; examples or old data) were replaced by those of the base.",
    ),
    "intake.ledger.sheet_not_filled": Text(
        "工作表“{sheet}”没有填写：{why_zh}。", "Sheet “{sheet}” was not filled: {why_en}."
    ),
    "intake.ledger.sheet_empty": Text(
        "工作表“{sheet}”在所选区划和条件下没有记录。", "Nothing in the area and condition belongs to sheet “{sheet}”."
    ),
    "intake.ledger.outside_sheets": Text(
        "有 {rows} 条记录所在的村居没有对应的工作表，没有填入。",
        "{rows} records lie in villages that have no sheet and are not in the file.",
    ),
    "intake.ledger.list_not_filled": Text(
        "工作表“{sheet}”表内的名单（第 {row} 行起）没有填写。",
        "The list inside the form of sheet “{sheet}” (from row {row} on) was not filled.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """Something the taker of a ledger should know; `code` is one of NOTES."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The note in words."""
        return NOTES[self.code].say(language, self.params)
