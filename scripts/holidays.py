"""Write the calendar that the program ships, from the package chinesecalendar (MIT), which knows years to 2026.

Its dates are those of the State Council's yearly notices. Run where the package is installed, which the program itself
does not need: `python scripts/holidays.py src/linli/access/calendar/data`. Names are the festivals' own.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from chinese_calendar import constants  # type: ignore[import-not-found]

PACKAGE = "国务院办公厅当年节假日安排通知，据 chinesecalendar 1.11.0 (MIT) 整理"
#: Compared by us with the notice itself.
COMPARED = {2026: "国办发明电〔2025〕7号"}
NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节"}
LONG = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"
CHINESE = {member.value: NAMES.get(member.chinese, member.chinese) for member in constants.Holiday}


def main(folder: Path) -> None:
    marks = [(day, "holiday", name) for day, name in constants.holidays.items()]
    marks += [(day, "workday", name) for day, name in constants.workdays.items()]
    with (folder / "days.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("day", "kind", "name"))
        out.writerows(
            (day.isoformat(), kind, CHINESE[name].replace(LONG, "抗战胜利纪念日")) for day, kind, name in sorted(marks)
        )
    with (folder / "years.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("year", "source", "certainty"))
        for year in sorted({day.year for day, *_ in marks}):
            out.writerow((year, COMPARED.get(year, PACKAGE), "official" if year in COMPARED else "secondary"))


main(Path(sys.argv[1]))
