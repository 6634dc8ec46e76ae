"""A ledger as communities keep them: titles, a two-row header, odd names of columns, mistakes, a total, a hidden sheet."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.styles import Font
from stdnum.cn import ric

TITLE, HEADER_ROW = "昆仑镇聂村常住人口登记表", 4
#: The person the journeys look for: initials ZQS.
SOUGHT = ("赵清霜", "10079990001")


def ledger(folder: Path) -> Path:
    """Forty good rows, one with a wrong check digit, one number Excel has rounded, one without a name."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "花名册"
    page.append([TITLE])
    page["A1"].font = Font(size=16, bold=True)
    page.append(["填报单位：聂村村委会", None, None, None, None, "单位：人"])
    page.append(["序号", "基本信息", None, None, None, "居住", None])
    page.append([None, "姓  名", "公民身份号码", "性别", "联系电话", "现住址", "备注"])
    for merged in ("A1:G1", "A3:A4", "B3:E3", "F3:G3"):
        page.merge_cells(merged)
    rows: list[list[object]] = [
        [i, f"{'钱孙李周吴郑王冯陈褚'[i % 10]}{'一二三四五六七八九十'[i // 10]}明", number(i, date(1960 + i % 40, 3, 8)),
         sex_of(number(i, date(1960 + i % 40, 3, 8))), f"1007000{i:04d}", f"聂村{i % 9 + 1}号楼{i % 3 + 1}单元{i % 6 + 1}01", None]
        for i in range(1, 40)
    ]  # fmt: skip
    sought = number(777, date(1958, 3, 12))
    rows.append([40, SOUGHT[0], sought, sex_of(sought), SOUGHT[1], "聂村12号楼2单元401", "独居"])
    good = number(537, date(1988, 8, 8))
    rows.append(
        [
            41,
            "卫错位",
            good[:-1] + ("0" if good[-1] != "0" else "1"),
            sex_of(good),
            "10070005001",
            "聂村3号楼1单元101",
            None,
        ]
    )
    rows.append([42, "蒋科学", 990302198505170000, "男", "10070005002", "聂村3号楼1单元102", None])
    nameless = number(501, date(1990, 1, 5))
    rows.append([43, None, nameless, sex_of(nameless), "10070005003", "聂村3号楼1单元103", None])
    for row in rows:
        page.append(row)
    page.append(["合计", None, None, None, None, None, 43])
    book.create_sheet("填表说明").sheet_state = "hidden"
    path = folder / "昆仑镇聂村花名册.xlsx"
    book.save(path)
    return path


def moved(folder: Path) -> Path:
    """The sought person again, as another town has her, in the encoding that Excel writes."""
    path = folder / "岭子镇新迁入.csv"
    row = (SOUGHT[0], number(777, date(1958, 3, 12)), "宝山社区1号楼1单元101")
    path.write_bytes(f"姓名,身份证号,住址\r\n{','.join(row)}\r\n".encode("gb18030"))
    return path


def number(serial: int, born: date) -> str:
    """An identity number that passes GB 11643 and is nobody's: there is no county 990302."""
    first = f"990302{born:%Y%m%d}{serial % 1000:03d}"
    return first + ric.calc_check_digit(first + "0")


def sex_of(identity: str) -> str:
    """What the seventeenth digit says (GB 11643)."""
    return "男" if int(identity[16]) % 2 else "女"
