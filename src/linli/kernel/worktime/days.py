"""Kinds of days, and the statutory days off of years whose arrangement is not known so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Final


class DayKind(StrEnum):
    """What a day is: an ordinary one, a weekend, one off by a holiday, or a weekend that is worked instead (调休)."""

    PLAIN = "plain"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    WORKDAY = "workday"


HOLIDAY: Final = DayKind.HOLIDAY
WORKDAY: Final = DayKind.WORKDAY


@dataclass(frozen=True, slots=True)
class Mark:
    """That a day is not what its weekday says: `kind` is `HOLIDAY` (放假) or `WORKDAY` (调休上班)."""

    kind: DayKind
    name: str = ""

    def __post_init__(self) -> None:
        if self.kind not in (HOLIDAY, WORKDAY):
            raise ValueError(f"a mark says that a day is off or worked, not {self.kind}")


#: Month and day of each festival of the lunar calendar (GB/T 33661-2017) and of 清明: 正月初一, 清明, 五月初五, 八月十五.
LUNAR: Final = {
    2027: (206, 405, 609, 915), 2028: (126, 404, 528, 1003), 2029: (213, 404, 616, 922), 2030: (203, 405, 605, 912),
    2031: (123, 405, 624, 1001), 2032: (211, 404, 612, 919), 2033: (131, 404, 601, 908), 2034: (219, 405, 620, 927),
    2035: (208, 405, 610, 916), 2036: (128, 404, 530, 1004), 2037: (215, 404, 618, 924), 2038: (204, 405, 607, 913),
    2039: (124, 405, 527, 1002), 2040: (212, 404, 614, 920), 2041: (201, 404, 603, 910), 2042: (122, 404, 622, 928),
    2043: (210, 405, 611, 917), 2044: (130, 404, 531, 1005), 2045: (217, 404, 619, 925), 2046: (206, 404, 608, 915),
    2047: (126, 405, 529, 1004), 2048: (214, 404, 615, 922), 2049: (202, 404, 604, 911),
}  # fmt: skip


@cache
def statutory(year: int) -> dict[date, str]:
    """The days off that the law itself names for a year, by name: 13, of which 6 need no lunar calendar.

    全国年节及纪念日放假办法, 国令第 795 号, in force since 2025-01-01 (official). How they are joined with weekends is
    arranged each autumn for the year after; before that, only these are known, and what is computed from them is
    provisional (inferred). Beyond the table of lunar days only the 6 are named.
    """
    found = {date(year, 1, 1): "元旦", date(year, 5, 1): "劳动节", date(year, 5, 2): "劳动节"}
    if year in LUNAR:
        spring, qingming, dragon_boat, mid_autumn = (_day(year, said) for said in LUNAR[year])
        found |= {spring + timedelta(days): "春节" for days in (-1, 0, 1, 2)}
        found |= {qingming: "清明节", dragon_boat: "端午节", mid_autumn: "中秋节"}
    return found | {date(year, 10, day): "国庆节" for day in (1, 2, 3)}


def _day(year: int, said: int) -> date:
    return date(year, said // 100, said % 100)
