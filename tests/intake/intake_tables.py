"""Tables for the tests of the intake: numbers that pass and are nobody's, rows with nothing wrong, strange XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
VILLAGE, OTHER_VILLAGE = "370302001001", "370302001002"  # 城里社区, 城一社区
TOWN, OTHER_TOWN, DISTRICT = "370302001", "370302116", "370302"
HEADER = ["姓名", "公民身份号码", "联系电话", "现住址"]

Cell = Any
Table = Callable[..., Path]


def number(serial: int = 1, born: date = date(1980, 5, 17), county: str = "990302") -> str:
    """An identity number that passes GB 11643 and, with the default county, is nobody's."""
    day = born + timedelta(days=serial // 1000)
    first = f"{county}{day:%Y%m%d}{serial % 1000:03d}"
    return first + "10X98765432"[sum(int(c) * w for c, w in zip(first, WEIGHTS, strict=True)) % 11]


def person(serial: int, *, name: str = "", address: str = "城里社区3号楼2单元401", **cells: str) -> list[str]:
    """A row under HEADER that has nothing wrong with it."""
    return [
        cells.get("name", name or "赵钱孙李周吴郑王"[serial % 8] + "小明"),
        cells.get("id", number(serial)),
        cells.get("phone", f"1007{serial:07d}"),
        cells.get("address", address),
    ]


def with_sheet_xml(path: Path, change: Callable[[str], str]) -> Path:
    """Rewrite the XML of the first sheet of a workbook, for what no library writes."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = change(content.decode()).encode()
            target.writestr(entry.filename, content)
    return path
