"""When and how urgent: what a report says of times and of danger, as spans with a normal form. Pure rules.

Normal forms (ours, after ISO 8601): a day `2026-11-25`, a moment `2026-11-25T20:00`, a part of a day
`2026-11-25T18:00/24:00`; what recurs is `daily`, `weekly-6` or `monthly-5`, with a time of day behind a T where one is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a span tells of."""

    TIME = "time"
    URGENCY = "urgency"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters `start` to `end` of a text and what they mean. `certain`: it is told as a fact, not as a fear or a rule."""

    kind: Kind
    start: int
    end: int
    text: str
    normal: str
    certain: bool = True


_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九十")} | {"〇": 0, "两": 2}
_N = r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})"
_PARTS = {
    "凌晨": (0, 6), "清晨": (5, 8), "早晨": (6, 9), "早上": (6, 9), "上午": (8, 12), "中午": (11, 14), "下午": (13, 18),
    "傍晚": (17, 19), "晚上": (18, 24), "夜里": (20, 24), "夜间": (20, 24), "深夜": (22, 24), "半夜": (0, 4), "早": (6, 9),
    "晚": (18, 24),
}  # fmt: skip
_AGO = {"大前": 3, "前": 2, "昨": 1, "今": 0}
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六", start=1)} | {"日": 7, "天": 7, "末": 6}
_PART = "|".join(_PARTS)
_CLOCK = rf"(?P<hour>{_N})(?:[点时](?!间|候)(?:(?P<half>半)|(?P<quarter>一刻)|(?P<minute>{_N})分?)?|[:：](?P<minutes>\d{{2}}))"
_OF_DAY = rf"(?:(?P<part>{_PART})[\s的]?)?(?:{_CLOCK})?"
_DAY = (
    r"(?:(?P<year>20\d\d)[年\-./])?(?P<month>\d{1,2})(?:月(?P<day>\d{1,2})[日号]|[\-./](?P<day2>\d{1,2})(?![\d.]))"
    r"|(?P<ago>大前|前|昨|今)(?:[天日]|(?=[早晚]))"
    rf"|(?P<week>上上|上|本|这)(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    rf"|每(?:个)?(?:周|星期|礼拜)(?P<weekly>[一二三四五六日天末])|每月(?P<monthly>{_N})[日号]|(?P<daily>每天|每日|天天|每(?=[早晚]))"
)
_WHEN = re.compile(
    rf"(?<!\d)(?:(?:{_DAY})[\s，,]?{_OF_DAY}|(?:(?P<lone>{_PART})[\s的]?)(?:{_CLOCK.replace('?P<', '?P<lone_')}))"
)

_URGENT = {
    "fire": "着火|起火|失火|着大火|火灾|自燃|浓烟|火苗|爆燃",
    "explosion": "爆炸",
    "gas": r"漏气|(?:燃气|煤气|天然气|液化气)[^，。！？；]{0,6}(?:泄漏|泄露)|(?:煤气|燃气|天然气)味|一氧化碳中毒",
    "collapse": "塌陷|坍塌|垮塌|倒塌|塌方|塌了",
    "trapped": r"被困|困人|困在|(?:被|给)?(?:关|卡)在电梯",
    "flood": "管涌|溃坝|决口|山洪|洪水",
    "shock": "触电|漏电|高压线掉|电线掉|断线落地",
    "drowning": "溺水|落水|掉进(?:河|水库|井|塘)",
    "falling": "高空坠物|坠落|高空抛物",
    "missing": "走失|失联|走丢|联系不上",
    "life": "昏迷|晕倒|大出血|没有呼吸|奄奄一息|心脏骤停|生命危险",
    "self_harm": "轻生|自杀|跳楼|跳河|不想活",
    "violence": "持刀|行凶|砍人|绑架|家暴|斗殴",
    "poison": r"食物中毒|中毒|毒气|危化品[^，。]{0,4}泄漏",
}
_DANGER = re.compile("|".join(f"(?P<{name}>{words})" for name, words in _URGENT.items()))
# Told as a fear or a rule earlier in the same clause, denied right before the word, or made a topic right behind it.
_NOT_NOW = re.compile(
    r"(?:防止|预防|避免|谨防|严防|防范|以防|万一|一旦|如果|要是|假如|担心|害怕|生怕|就怕|怕|容易|可能|会不会|差点|险些)"
    r"[^，。！？；,.!?;\n]{0,8}$|(?:没有?|未|无)(?:人|发生|出现|有)?$"
)
_AFTER = re.compile(r"^(?:隐患|风险|的?危险|可能|怎么办|怎么处理|预案|演练|宣传|知识|防控|保险|事故案例)")


def mentions(text: str, said_on: date) -> tuple[Mention, ...]:
    """Times and urgent matters of a report said on a day, in the order of the text."""
    return tuple(sorted((*times(text, said_on), *urgencies(text)), key=lambda m: (m.start, m.end)))


def urgent(text: str) -> tuple[str, ...]:
    """What is urgent and told as a fact, each once, in the order of the text."""
    return tuple(dict.fromkeys(m.normal for m in urgencies(text) if m.certain))


def urgencies(text: str) -> Iterator[Mention]:
    """Words of danger; those in a fear, a rule or a denial are not certain."""
    for match in _DANGER.finditer(text):
        before, behind = text[max(0, match.start() - 20) : match.start()], text[match.end() : match.end() + 8]
        certain = _NOT_NOW.search(before) is None and _AFTER.match(behind) is None
        yield Mention(Kind.URGENCY, *match.span(), match[0], str(match.lastgroup), certain)


def times(text: str, said_on: date) -> Iterator[Mention]:
    """Days, moments and what recurs. A day without a year is the latest such day that is not after `said_on`."""
    for match in _WHEN.finditer(text):
        normal = _normal(match, said_on)
        if normal is not None:
            told = match[0].rstrip(" ，,的")
            yield Mention(Kind.TIME, match.start(), match.start() + len(told), told, normal)


def _normal(match: re.Match[str], said_on: date) -> str | None:
    clock = _time_of_day(match, "lone_" if match["lone"] else "")
    if clock is None:
        return None
    day = _day(match, said_on)
    return None if day is None else day + clock or None


def _day(match: re.Match[str], said_on: date) -> str | None:
    """The day in normal form, empty where only a time of day is told; None for a day that there is not."""
    if match["lone"]:
        return ""
    if match["daily"]:
        return "daily"
    if match["weekly"]:
        return f"weekly-{_WEEKDAYS[match['weekly']]}"
    if match["monthly"]:
        return f"monthly-{_number(match['monthly'])}"
    if match["ago"]:
        return (said_on - timedelta(days=_AGO[match["ago"]])).isoformat()
    if match["weekday"]:
        monday = said_on - timedelta(days=said_on.weekday() + 7 * {"上上": 2, "上": 1}.get(match["week"], 0))
        return (monday + timedelta(days=_WEEKDAYS[match["weekday"]] - 1)).isoformat()
    month, day = int(match["month"]), int(match["day"] or match["day2"])
    if not match["year"] and match["day2"]:
        return None  # 3-5, 3.5: more often a building's number or an amount than a day
    for year in [int(match["year"])] if match["year"] else range(said_on.year, said_on.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if match["year"] or found <= said_on:
            return found.isoformat()
    return None


def _time_of_day(match: re.Match[str], lone: str) -> str | None:
    """`T20:00`, `T18:00/24:00` or nothing; None for an hour that there is not."""
    part = _PARTS.get(match["lone"] if lone else match["part"] or "")
    told = match[f"{lone}hour"]
    if told is None:
        return f"T{part[0]:02}:00/{part[1]:02}:00" if part else ""
    hour = _number(told)
    minute = 30 if match[f"{lone}half"] else 15 if match[f"{lone}quarter"] else _number(
        match[f"{lone}minute"] or match[f"{lone}minutes"] or "0"
    )  # fmt: skip
    if part and part[0] >= 11 and 1 <= hour < 12 and hour + 12 <= part[1]:
        hour += 12
    if part and hour == 12 and part[1] in (24, 4):  # 晚上十二点 is midnight
        hour = 24 if part[1] == 24 else 0
    return f"T{hour:02}:{minute:02}" if hour <= 24 and minute < 60 else None


def _number(told: str) -> int:
    """1–99 in figures or Chinese numerals."""
    if told.isdigit():
        return int(told)
    tens, ten, ones = told.partition("十")
    if ten:
        return (_DIGITS[tens[0]] if tens else 1) * 10 + (_DIGITS.get(ones[:1], 0) if ones else 0)
    return _DIGITS.get(told[0], 0)
