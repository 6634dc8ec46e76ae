"""Numbers, sessions, due days and the letter of proposals. Pure.

The letter has the parts of the published one this room was made after: issuing unit, title with body, session and serial, document
number and who signed, salutation, what was proposed, the answer, thanks, unit and day, contact. A number is the year and a serial
of four digits (20240076 is 第76号). Answering within three months is what rules for deputies' suggestions of the People's Congress
usually ask for; ours is only a default that the registrar changes (inferred).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from linli.kernel.errors import Text

Body = Literal["cppcc", "congress"]
Opinion = Literal["satisfied", "basically", "dissatisfied"]
Role = Literal["assisting", "separate"]
Openness = Literal["", "open", "closed"]

KINDS: dict[str, Text] = {"cppcc": Text("提案", "Proposal"), "congress": Text("建议", "Suggestion")}
BODIES: dict[str, Text] = {
    "cppcc": Text("政协", "CPPCC committee"),
    "congress": Text("人大", "People's Congress"),
}
OPINIONS: dict[str, Text] = {
    "satisfied": Text("满意", "Satisfied"),
    "basically": Text("基本满意", "Basically satisfied"),
    "dissatisfied": Text("不满意", "Not satisfied"),
}
ROLES: dict[str, Text] = {
    "assisting": Text("协办", "Assisting"),
    "separate": Text("分办", "Answering its part"),
}
#: Where a name is not shown.
LEFT_OUT = "(略)"
#: How many months there are to answer, where the registrar gives no day (inferred).
MONTHS = 3
LONGEST_TITLE, LONGEST_CONTENT, LONGEST_REPLY, LONGEST_CONTRIBUTION = 200, 20_000, 20_000, 5_000
LONGEST_LINE = 60
MOST_PROPOSERS, MOST_COHOSTS = 30, 20
FIRST_YEAR = 2000
_NUMBER = re.compile(r"(20\d\d)(\d{4})")
_DIGITS = "零一二三四五六七八九"


def number_of(typed: str) -> tuple[str, int, int] | None:
    """A number as it is kept, its year and its serial; None where it is none."""
    found = _NUMBER.fullmatch("".join(typed.split()))
    if found is None or int(found[2]) == 0:
        return None
    return found[0], int(found[1]), int(found[2])


def chinese(value: int) -> str:
    """A number from 1 to 99 in Chinese, as sessions are counted: 十三, 二十, 三."""
    if not 0 < value < 100:
        raise ValueError(value)
    tens, ones = divmod(value, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones else "")


def ordinal(value: int) -> str:
    """1st, 2nd, 13th."""
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def session_of(body: str, district: str, term: int, session: int) -> Text:
    """The session as the public page names it: 政协第十三届淄川区委员会第三次会议."""
    held, nth = chinese(term), chinese(session)
    if body == "cppcc":
        return Text(
            f"政协第{held}届{district}委员会第{nth}次会议",
            f"{ordinal(session)} session of the {ordinal(term)} CPPCC committee of {district}",
        )
    return Text(
        f"{district}第{held}届人民代表大会第{nth}次会议",
        f"{ordinal(session)} session of the {ordinal(term)} People's Congress of {district}",
    )


def due_by(assigned: date) -> date:
    """Three months later on the same day, or on the last of a shorter month."""
    months = assigned.month - 1 + MONTHS
    year, month = assigned.year + months // 12, months % 12 + 1
    return date(year, month, min(assigned.day, calendar.monthrange(year, month)[1]))


def in_time(answered_on: date, due_on: date | None) -> bool:
    """Whether an answer came by its day; without one there is nothing to be late for."""
    return due_on is None or answered_on <= due_on


# --- the letter -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of answer (答复函), part by part; texts of people are already what the reader may see."""

    issuer: str
    title: str
    document_number: str
    signed: str
    salutation: str
    opening: str
    paragraphs: tuple[str, ...]
    closing: str
    day: str
    contact: str

    def lines(self) -> tuple[str, ...]:
        """All of it as the public page has it, from top to bottom."""
        head = "　　".join(part for part in (self.document_number, self.signed) if part)
        parts = (self.issuer, self.title, head, self.salutation, self.opening, *self.paragraphs, self.closing)
        return tuple(part for part in (*parts, self.issuer, self.day, self.contact) if part)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter is made of. `names` are of the proposers a reader may know; `named`: all of them."""

    body: str
    district: str
    term: int
    session: int
    number: str
    title: str
    unit: str
    text: str
    document_number: str = ""
    signed_post: str = ""
    signed_name: str = ""
    answered_on: date | None = None
    contact_name: str = ""
    contact_phone: str = ""
    names: tuple[str, ...] = ()


def letter(facts: Facts, public: bool = False) -> Letter:
    """The letter in full, or as the public reads it: without who signed it and whom to call, like the published one.

    It is a document of its unit and as such in Chinese, whoever reads it.
    """
    cppcc = facts.body == "cppcc"
    who = "委员" if cppcc else "代表"
    signed = LEFT_OUT if public else " ".join(part for part in (facts.signed_post, facts.signed_name) if part)
    contact = "　".join(
        f"{label}：{LEFT_OUT if public else value}"
        for label, value in (("联系人", facts.contact_name), ("联系电话", facts.contact_phone))
        if value
    )
    district = f"区{BODIES[facts.body].zh}"
    return Letter(
        issuer=facts.unit,
        title=(
            f"对{district}{chinese(facts.term)}届{chinese(facts.session)}次会议"
            f"第{int(facts.number[4:])}号{KINDS[facts.body].zh}的答复"
        ),
        document_number=facts.document_number,
        signed=f"签发人：{signed}" if signed else "",
        salutation=f"{'、'.join(facts.names)}{who}：",
        opening=f"您提出的“{facts.title}”的{KINDS[facts.body].zh}收悉，现答复如下：",
        paragraphs=paragraphs(facts.text),
        closing="感谢您对我们工作的关心和支持，希望继续予以监督和指导。",
        day=day_of(facts.answered_on),
        contact=f"（{contact}）" if contact else "",
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs somebody typed: one a line, without blank ones and without their own indent."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def day_of(day: date | None) -> str:
    """A day as documents have it: 2024年7月31日."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def shown_names(proposers: Sequence[tuple[str, bool]]) -> tuple[str, ...]:
    """Of proposers with their consent: the names the public reads. Some of several without the others would be a wrong
    list, so "(略)" stands for those who did not agree."""
    names = tuple(name for name, shown in proposers if shown)
    return names if len(names) == len(proposers) else (*names, LEFT_OUT)
