"""Every finding there can be, declared once: its severity, the reason in words, and what to do about it.

Parameters in braces come with the finding: {label} the field, {value} the masked value, others as named.
Severity `error` keeps the row out of the base until it is mended; `warning` lets it in as described.
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any, Literal

from linli.kernel.errors import Text

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding."""

    code: str
    severity: Severity
    reason: Text
    remedy: Text

    def say(self, language: str, params: Dict[str, Any] | None = None) -> str:
        """Reason and remedy in one line, as in the comment of a marked cell."""
        params = params or {}
        joint = " " if language.startswith("en") else ""
        return self.reason.say(language, params) + joint + self.remedy.say(language, params)


KINDS: dict[str, FindingKind] = {}


def _declare(severity: Severity, code: str, zh: tuple[str, str], en: tuple[str, str]) -> None:
    KINDS[code] = FindingKind(code, severity, Text(zh[0], en[0]), Text(zh[1], en[1]))


def severity_of(code: str) -> Severity:
    """The severity of a finding code. Raises KeyError for one that is not declared."""
    return KINDS[code].severity


def _errors() -> None:
    e = "error"
    _declare(e, "name.missing", ("没有姓名。", "请补填姓名。"), ("There is no name.", "Fill it in."))
    _declare(
        e, "name.characters", ("姓名中有不应出现的字符。", "请核对姓名，去掉数字和符号。"),
        ("The name holds characters that names do not have.", "Check it; remove digits and signs."),
    )
    _declare(
        e, "id.rounded", ("证件号码被 Excel 当作数字，后几位已丢失，无法恢复。", "请把整列设为“文本”格式，从原始资料重新录入号码。"),
        ("Excel took the number for a figure and its last digits are lost for good.",
         "Set the column to “Text” and enter the number again from the original."),
    )
    _declare(
        e, "number.rounded", ("“{label}”超过 15 位，被 Excel 当作数字，后几位已丢失。", "请把整列设为“文本”格式后重新录入。"),
        ("“{label}” has more than 15 digits; Excel took it for a figure and lost the last ones.",
         "Set the column to “Text” and enter it again."),
    )
    _declare(
        e, "id.characters", ("证件号码中有数字和 X 以外的字符。", "请核对号码，或改正证件类型。"),
        ("The identity number holds characters other than digits and X.", "Check the number, or the kind of document."),
    )
    _declare(
        e, "id.length", ("身份证号码应为 18 位（旧号 15 位），这里是 {length} 位。", "请核对是否多位或漏位。"),
        ("An identity number has 18 digits (old ones 15); this has {length}.", "Look for a digit too many or missing."),
    )
    _declare(
        e, "id.region", ("号码前两位不是任何省份的代码。", "请核对前六位。"),
        ("The first two digits are no province's code.", "Check the first six digits."),
    )
    _declare(
        e, "id.birth", ("号码中的出生日期不存在或在将来。", "请核对第 7 至 14 位。"),
        ("The date of birth in the number does not exist or lies ahead.", "Check digits 7 to 14."),
    )
    _declare(
        e, "id.checksum", ("号码与末位校验码不符（GB 11643），有一位或几位录错。", "请对照证件核对整个号码。"),
        ("The number does not match its check digit (GB 11643): a digit is wrong.", "Compare it with the document."),
    )
    _declare(
        e, "id.synthetic", ("这是演示数据专用的号码（990302 开头），不属于任何人。", "正式库不接受演示号码，请删除此行。"),
        ("This is a number for demonstrations (990302…) that nobody has.", "Remove the row: this is no demo database."),
    )
    _declare(
        e, "id.kind_unknown", ("不像居民身份证号码，又没有注明证件类型。", "请增加“证件类型”列并注明（如护照、港澳居民来往内地通行证）。"),
        ("Not a resident's number, and no kind of document is given.", "Add a column 证件类型 that says which it is."),
    )
    _declare(
        e, "id.form", ("号码不符合该证件类型的格式。", "请核对号码和证件类型。"),
        ("The number does not have the form of that kind of document.", "Check the number and the kind."),
    )
    _declare(
        e, "id.duplicate", ("与本表第 {first} 行的证件号码相同，但其他内容不同。", "请保留正确的一行，删除另一行。"),
        ("The same identity number as in row {first}, with other contents.", "Keep the right row and delete the other."),
    )
    _declare(
        e, "record.duplicate", ("与本表第 {first} 行的记录编号相同。", "请核对编号，每条记录应各有编号。"),
        ("The same record number as in row {first}.", "Check it: each record has its own."),
    )
    _declare(
        e, "birth.differs", ("出生日期与身份证号码中的 {expected} 不一致。", "请核对两处，改正错的一处。"),
        ("The date of birth differs from {expected} in the identity number.", "Check both and mend the wrong one."),
    )
    _declare(
        e, "sex.differs", ("性别与身份证号码（第 17 位）不一致。", "请核对两处，改正错的一处。"),
        ("The sex differs from the identity number (digit 17).", "Check both and mend the wrong one."),
    )
    _declare(
        e, "phone.characters", ("电话号码中有数字以外的字符。", "请只保留号码。"),
        ("The phone number holds other characters than digits.", "Leave only the number."),
    )
    _declare(
        e, "phone.length", ("手机号码应为 11 位。", "请核对是否多位或漏位。"),
        ("A mobile number has 11 digits.", "Look for a digit too many or missing."),
    )
    _declare(
        e, "phone.range", ("没有这个号段的手机号码。", "请核对前三位。"),
        ("There are no mobile numbers in this range.", "Check the first three digits."),
    )
    _declare(
        e, "phone.form", ("不是手机号码，也不是固定电话号码。", "固定电话请写区号，如 0533-5180000。"),
        ("Neither a mobile nor a fixed-line number.", "Write fixed lines with the area code, as 0533-5180000."),
    )
    _declare(
        e, "phone.synthetic", ("这是演示数据专用的号码（100 开头），不可能接通。", "正式库不接受演示号码。"),
        ("This is a number for demonstrations (100…) that cannot be reached.", "This is no demo database."),
    )
    _declare(
        e, "code.unknown", ("“{label}”不认识这个值。", "请改为：{choices}。"),
        ("Not a value of “{label}”.", "Use one of: {choices}."),
    )
    _declare(
        e, "date.form", ("看不出是哪一天。", "请写成 2020-01-02 的样子。"),
        ("This cannot be read as a date.", "Write it as 2020-01-02."),
    )
    _declare(
        e, "date.impossible", ("没有这一天。", "请核对月份和日期。"),
        ("There is no such day.", "Check month and day."),
    )
    _declare(
        e, "date.future", ("日期在今天之后。", "请核对年份。"),
        ("The date lies in the future.", "Check the year."),
    )
    _declare(
        e, "date.ambiguous", ("分不清哪个是月、哪个是日。", "请写成 2020-01-02（年-月-日）。"),
        ("It is unclear which is the month and which the day.", "Write it as 2020-01-02 (year-month-day)."),
    )
    _declare(
        e, "date.lunar", ("这是农历日期，不能直接换算。", "请填公历日期。"),
        ("This is a date of the lunar calendar.", "Fill in the date of the common calendar."),
    )
    _declare(
        e, "area.unknown", ("本区没有这个{label}。", "请核对名称或代码。"),
        ("There is no such {label} in the district.", "Check the name or code."),
    )
    _declare(
        e, "area.unresolved", ("看不出属于哪个村居。", "请写明村居（如：昆仑镇聂村），或在上传时选定村居。"),
        ("It cannot be told which village this belongs to.", "Name the village, or choose one at upload."),
    )
    _declare(
        e, "area.ambiguous", ("可能是以下村居之一：{alternatives}。", "请写明镇街。"),
        ("It may be one of these villages: {alternatives}.", "Name the town as well."),
    )
    _declare(
        e, "area.outside", ("{area} 不在您的管理范围内。", "请删除此行，或交由当地导入。"),
        ("{area} is outside your area.", "Remove the row, or hand it to those in charge there."),
    )
    _declare(
        e, "area.elsewhere", ("地址不在本区。", "请核对地址；只登记本区的住处。"),
        ("The address is not in this district.", "Check it: only homes in the district are kept."),
    )
    _declare(
        e, "cell.formula_uncomputed", ("公式没有计算结果。", "请在 Excel 中打开、保存后再导入，或改为填写值。"),
        ("The formula has no stored result.", "Open and save the file in Excel, or write the value itself."),
    )
    _declare(
        e, "cell.error_value", ("单元格是错误值（如 #N/A）。", "请改正公式或填写值。"),
        ("The cell holds an error such as #N/A.", "Mend the formula or write the value."),
    )
    _declare(
        e, "cell.garbled", ("内容有乱码（文件混用了几种编码）。", "请重新录入这一格。"),
        ("The cell is garbled (the file mixes encodings).", "Enter it again."),
    )
    _declare(
        e, "cell.too_long", ("内容超过 {limit} 个字符。", "请缩短，或核对是否放错了列。"),
        ("More than {limit} characters.", "Shorten it, or check whether it is in the right column."),
    )  # fmt: skip


def _warnings() -> None:
    w = "warning"
    _declare(
        w, "name.short", ("姓名只有一个字。", "请核对是否完整。"),
        ("The name has one character only.", "Check that it is whole."),
    )
    _declare(
        w, "name.private_character", ("姓名中的生僻字用了自造字编码，别处可能显示不出。", "请用标准生僻字重新录入。"),
        ("A rare character of the name uses a private code that others cannot show.", "Enter the standard character."),
    )
    _declare(
        w, "id.missing", ("没有证件号码，只能按本来源的记录辨认，以后可能重复。", "有条件时请补填。"),
        ("No identity number: the person can only be told by this source's record.", "Add it where possible."),
    )
    _declare(
        w, "id.upgraded", ("15 位旧号已按 GB 11643 升为 18 位。", "无需处理，可顺便改正原表。"),
        ("The old number of 15 digits was widened to 18 (GB 11643).", "Nothing to do."),
    )
    _declare(
        w, "id.kind_differs", ("这是居民身份证号码，与填写的证件类型不同，按身份证处理。", "请核对证件类型。"),
        ("This is a resident's number, unlike the kind given; it is taken as such.", "Check the kind of document."),
    )
    _declare(
        w, "phone.several", ("一格中有几个电话，取第一个。", "无需处理；如第一个不是常用号码请调整。"),
        ("Several numbers in one cell; the first is taken.", "Reorder them if another is the usual one."),
    )
    _declare(
        w, "phone.no_area_code", ("固定电话没有区号。", "建议补上区号。"),
        ("A fixed line without area code.", "Better add it."),
    )
    _declare(
        w, "date.partial", ("只有年月（{partial}），没有日，此项留空。", "请补填到日。"),
        ("Only year and month ({partial}); left empty.", "Add the day."),
    )
    _declare(
        w, "birth.very_old", ("按出生日期已超过 {age} 岁。", "请核对是否仍健在、日期是否正确。"),
        ("By the date of birth more than {age} years old.", "Check the date, and whether the person lives."),
    )
    _declare(
        w, "address.unresolved", ("现住址没有认出村居，按“{area}”登记。", "请把地址写完整。"),
        ("The address names no known village; “{area}” is used.", "Complete the address."),
    )
    _declare(
        w, "address.ambiguous", ("地址可能是：{alternatives}；按“{area}”登记。", "请写明镇街。"),
        ("The address may be {alternatives}; “{area}” is used.", "Name the town as well."),
    )
    _declare(
        w, "address.differs", ("地址在“{parsed}”，与所填村居或网格（{area}）不一致，按后者登记。", "请核对。"),
        ("The address lies in “{parsed}”, unlike the village or grid given ({area}), which is used.", "Check both."),
    )
    _declare(
        w, "coordinate.invalid", ("经纬度不是有效的坐标，未采用。", "请核对，注意经度在前。"),
        ("Not a valid position; not used.", "Check it; longitude comes first."),
    )
    _declare(
        w, "coordinate.outside", ("坐标不在本区任何网格内，未采用。", "请核对坐标和坐标系。"),
        ("The position lies in no grid of the district; not used.", "Check it and its datum."),
    )
    _declare(
        w, "household.several_heads", ("同一户号有 {heads} 个户主。", "请核对与户主关系。"),
        ("{heads} heads in one household.", "Check the relations."),
    )
    _declare(
        w, "row.duplicate", ("与第 {first} 行完全相同，只导入一次。", "无需处理。"),
        ("The very same as row {first}; taken in once.", "Nothing to do."),
    )
    _declare(w, "row.total_skipped", ("这是合计行，没有导入。", "无需处理。"), ("A total, not taken in.", "Nothing to do."))
    _declare(
        w, "row.signature_skipped", ("这是表尾的签署或说明，没有导入。", "无需处理。"),
        ("A signature or note below the table, not taken in.", "Nothing to do."),
    )
    _declare(
        w, "row.header_skipped", ("这是重复的表头，没有导入。", "无需处理。"),
        ("A repeated header, not taken in.", "Nothing to do."),
    )
    _declare(
        w, "file.mixed_encoding", ("此行的文字编码与其他行不同，已分别识别。", "请核对文字是否正确。"),
        ("This line is in another encoding than the rest; read as such.", "Check that the text is right."),
    )
    _declare(
        w, "file.hidden_sheet", ("读取的是隐藏的工作表“{sheet}”。", "请确认确实要导入它。"),
        ("The sheet read, “{sheet}”, is hidden.", "Make sure that it is the one."),
    )
    _declare(
        w, "file.hidden_skipped", ("没有读取隐藏的工作表：{sheets}。", "需要时请指定工作表。"),
        ("Hidden sheets were not read: {sheets}.", "Name the sheet if it is needed."),
    )
    _declare(
        w, "file.merged_filled", ("有 {cells} 个合并单元格，已按合并范围填入各行。", "请核对。"),
        ("{cells} cells merged over rows were filled in each row.", "Check them."),
    )
    _declare(
        w, "file.column_unnamed", ("{letters} 列有内容但没有列名，没有导入。", "需要时请加列名或手工指定。"),
        ("Column {letters} has contents and no name; not taken in.", "Name it, or map it by hand."),
    )
    _declare(
        w, "file.extension_differs", ("文件名后缀是 {declared}，内容其实是 {kind}，按内容读取。", "请改正文件名。"),
        ("The name ends in {declared} and the content is {kind}; read by content.", "Mend the name."),
    )
    _declare(
        w, "file.macros_ignored", ("文件带有宏。宏没有、也不会运行，只读取了数据。", "建议另存为 .xlsx。"),
        ("The file holds macros. They were not run and never are; only data was read.", "Better save it as .xlsx."),
    )


_errors()
_warnings()
