"""Templates as departments make them: titles, notes above the header, merged headers of two rows, numbered columns,
examples in red, totals and signatures below, a sheet a village, a form a person. Of our own writing, about nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
HEAD = Font(name="黑体", size=11, bold=True)
BODY = Font(name="仿宋", size=12)


def _title(page: Worksheet, text: str, width: int) -> None:
    page.append([text])
    page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    page["A1"].font = Font(name="方正小标宋简体", size=20, bold=True)
    page["A1"].alignment = CENTRE
    page.row_dimensions[1].height = 36


def _head(page: Worksheet, first: int, last: int, width: int) -> None:
    for row in page.iter_rows(first, last, 1, width):
        for cell in row:
            cell.font, cell.border, cell.alignment = HEAD, BOX, CENTRE
            cell.fill = PatternFill("solid", start_color="D9E1F2")


def _blank_lines(page: Worksheet, first: int, last: int, width: int, height: float = 24) -> None:
    for number in range(first, last + 1):
        page.row_dimensions[number].height = height
        for column in range(1, width + 1):
            cell = page.cell(number, column)
            cell.font, cell.border, cell.alignment = BODY, BOX, CENTRE


def elder_allowance(page: Worksheet) -> None:
    """高龄津贴: title, unit and day above, an example in red, a total with a sum, signatures."""
    _title(page, "××区80周岁以上老年人高龄津贴发放花名册", 10)
    page["A2"], page["H2"] = "填报单位（盖章）：", "填报日期：    年  月  日"
    page.append([])
    head = [
        "序号",
        "姓  名",
        "性别",
        "出生\n年月",
        "年龄",
        "公民身份号码",
        "户籍所在地",
        "现居住地址",
        "联系电话",
        "发放标准\n（元/月）",
    ]
    page.append(head)
    _head(page, 4, 4, 10)
    example = [
        "例",
        "张某某",
        "男",
        "1940.05",
        86,
        "3703021940********",
        "××镇××村",
        "××镇××村12号",
        "130****0000",
        100,
    ]
    page.append(example)
    _blank_lines(page, 5, 25, 10)
    for cell in page[5]:
        cell.font = Font(name="仿宋", size=12, color="FF0000", italic=True)
    page["A26"], page["J26"] = "合计", "=SUM(J6:J25)"
    page.merge_cells("A26:I26")
    _blank_lines(page, 26, 26, 10)
    page["A27"] = "填表人：            审核人：            分管负责人：            联系电话："
    page.merge_cells("A27:J27")
    page["A28"] = "说明：1.本表一式三份；2.年龄计算截至上月末。"
    page.merge_cells("A28:J28")
    for letter, width in zip("ABCDEFGHIJ", (6, 12, 6, 11, 6, 24, 26, 30, 16, 12), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A5"
    page.print_area = "A1:J28"
    page.print_title_rows = "1:4"


def disabled(page: Worksheet) -> None:
    """残疾人两项补贴: a header of two rows over merged groups, numbered columns, a drop-down over the lines."""
    _title(page, "困难残疾人生活补贴和重度残疾人护理补贴汇总表", 12)
    page.append(["乡镇（街道）：", None, None, None, None, "单位：元"])
    page.append(
        ["序\n号", "申请人基本情况", None, None, None, "残疾情况", None, None, "监护人", None, "低保\n对象", "备注"]
    )
    page.append([None, "姓名", "性别", "身份证号", "家庭住址", "残疾证号", "残疾类别", "残疾等级", "姓名", "联系电话"])
    for ref in ("A3:A4", "B3:E3", "F3:H3", "I3:J3", "K3:K4", "L3:L4"):
        page.merge_cells(ref)
    _head(page, 3, 4, 12)
    page.append(list(range(1, 13)))
    _blank_lines(page, 5, 15, 12)
    validation = DataValidation("list", formula1='"一级,二级,三级,四级"')
    validation.add("H6:H15")
    page.add_data_validation(validation)
    page["A16"] = "审批意见："
    page.merge_cells("A16:L16")


def floating(page: Worksheet) -> None:
    """流动人口: no title, columns with required stars and notes in brackets, lines numbered beforehand."""
    page.append(["序号", "*姓名", "*性别", "民族", "*身份证号（必填）", "户籍地址（详细到门牌）", "现居住地址", "来本地时间",
                 "居住事由", "工作单位", "联系方式（手机）", "房东姓名"])  # fmt: skip
    _head(page, 1, 1, 12)
    for number in range(1, 31):
        page.append([number])
    _blank_lines(page, 2, 31, 12, 18)


def rented(page: Worksheet) -> None:
    """出租房: the table begins in column B below an empty row, the address over three merged columns."""
    page["B2"] = "出租房屋登记台账"
    page.merge_cells("B2:L2")
    for column, text in zip("BCDGHIJKL", ("编号", "房东姓名", "房屋地址", "房东电话", "承租人", "出租用途", "租住人数",
                                          "租赁截止日期", "存在隐患"), strict=True):  # fmt: skip
        page[f"{column}4"] = text
    page.merge_cells("D4:F4")
    _head(page, 4, 4, 12)
    for row in range(5, 9):
        page.merge_cells(f"D{row}:F{row}")
    _blank_lines(page, 5, 8, 12)
    page["K5"].number_format = "yyyy/m/d"
    page["B9"] = "制表：　　　　　　　责任人签字："


def destitute(page: Worksheet) -> None:
    """特困供养: a form for one person with merged boxes, labels with and without colons, a list of the family."""
    _title(page, "特困人员救助供养审批表", 6)
    page["A2"], page["D2"] = "填报单位：", "填报日期："
    rows = [("姓名", "性别", "民族"), ("出生年月", "文化程度", "婚姻状况"), ("身份证号码", None, "联系电话"),
            ("户籍地址", None, None), ("家庭住址", None, None)]  # fmt: skip
    for number, labels in enumerate(rows, 3):
        for column, label in zip("ACE", labels, strict=True):
            page[f"{column}{number}"] = label
    for ref in ("B5:D5", "B6:F6", "B7:F7", "A8:F8", "A12:A13", "B12:F13"):
        page.merge_cells(ref)
    page["A8"] = "家庭成员情况"
    for column, label in zip("ABCDEF", ("姓名", "性别", "与户主关系", "身份证号", "联系电话", "备注"), strict=True):
        page[f"{column}9"] = label
    page["A12"] = "村（居）意见"
    _blank_lines(page, 3, 13, 6, 28)
    for number in range(3, 8):
        for column in "ACE":
            page[f"{column}{number}"].font = HEAD
    page.page_setup.orientation = "portrait"


def veterans(page: Worksheet) -> None:
    """退役军人: a header without lines below it at all, the signature right beneath."""
    _title(page, "退役军人及其他优抚对象信息采集汇总", 9)
    page.append(
        ["序号", "退役军人姓名", "性别", "公民身份证号", "政治面貌", "学历", "现居住地", "本人联系电话", "入伍时间"]
    )
    _head(page, 2, 2, 9)
    page["A3"] = "填表人：　　　　填表时间："


def village_figures(page: Worksheet) -> None:
    """村情统计: figures, one row a village, ages grouped under a merged header, sums at the end."""
    _title(page, "村（居）基本情况统计表", 11)
    page.append(["序号", "村居名称", "户数", "总人口", None, None, "年龄结构", None, None, "流动人口", "党员人数"])
    page.append([None, None, None, "总人口", "男", "女", "14岁以下", "60岁以上", "80岁以上"])
    for ref in ("A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:I2", "J2:J3", "K2:K3"):
        page.merge_cells(ref)
    _head(page, 2, 3, 11)
    _blank_lines(page, 4, 6, 11)
    page.append(["合计", None, *(f"=SUM({c}4:{c}6)" for c in "CDEFGHIJK")])
    _blank_lines(page, 7, 7, 11)


def insurance(page: Worksheet) -> None:
    """医保参保: households together, ages by a formula of the department's own, a filter over the table."""
    page.append(["××年度城乡居民基本医疗保险参保登记表"])
    page.merge_cells("A1:I1")
    page.append(
        [
            "户编号",
            "户主姓名",
            "参保人姓名",
            "与户主关系",
            "性别",
            "公民身份号码",
            "缴费金额",
            "应缴合计",
            "参保人联系电话",
        ]
    )
    _head(page, 2, 2, 9)
    _blank_lines(page, 3, 12, 9)
    page["H3"] = '=IF(G3="",0,G3*1)'
    page["A13"], page["H13"] = "合计", "=SUM(H3:H12)"
    page.auto_filter.ref = "A2:I12"


def one_sheet_a_village(book: openpyxl.Workbook, villages: Sequence[str]) -> None:
    """留守儿童: the same table on a sheet for each village, and a page of notes in front."""
    notes = book.active
    assert notes is not None
    notes.title = "填表说明"
    notes["A1"] = "请各村居在本村工作表中填写，不得改动表头。"
    for name in villages:
        page = book.create_sheet(name)
        _title(page, "留守儿童登记表", 6)
        page.append(["序号", "儿童姓名", "性别", "出生日期", "身份证号码", "监护人姓名"])
        _head(page, 2, 2, 6)
        _blank_lines(page, 3, 10, 6)


SINGLE: dict[str, tuple[str, Callable[[Worksheet], None]]] = {
    "elder_allowance": ("高龄津贴", elder_allowance),
    "disabled": ("残疾人两项补贴", disabled),
    "floating": ("流动人口", floating),
    "rented": ("出租房", rented),
    "destitute": ("特困供养", destitute),
    "veterans": ("退役军人", veterans),
    "village_figures": ("村情统计", village_figures),
    "insurance": ("医保参保", insurance),
}


def build(name: str, folder: Path, **more: Any) -> Path:
    """Write a template by its name; `villages` are the sheets of `by_village`."""
    book = openpyxl.Workbook()
    if name == "by_village":
        one_sheet_a_village(book, more["villages"])
    else:
        page = book.active
        assert page is not None
        page.title, fill = SINGLE[name][0], SINGLE[name][1]
        fill(page)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path
