"""What a record of mediation says, and when it is whole. Pure.

After the People's Mediation Law (人民调解法, 2010: Art. 28 and 29 on oral and written agreements and what a written one states;
Art. 31 on following up whether it is fulfilled; Art. 26 on telling parties their other ways where it fails). Kinds of dispute
are those of the list in current use (secondary: reference list of 矛盾纠纷类别); the words of the form are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from linli.kernel.errors import FieldProblem, Text

from ..engine.states import State

Side = Literal["applicant", "respondent", "third"]
Form = Literal["", "oral", "written"]
Fulfilled = Literal["", "full", "part", "none"]
SIDES: dict[str, Text] = {
    "applicant": Text("申请人", "Applicant"),
    "respondent": Text("被申请人", "Respondent"),
    "third": Text("第三人", "Third party"),
}
KINDS: dict[str, Text] = {
    "marriage": Text("婚恋家庭", "Marriage and family"),
    "neighbours": Text("邻里", "Neighbours"),
    "personality": Text("人格权", "Personality rights"),
    "property": Text("物权", "Property"),
    "tort": Text("侵权", "Tort"),
    "contract": Text("合同", "Contract"),
    "labour": Text("劳动人事", "Labour"),
    "lending": Text("金融借贷", "Lending"),
    "land": Text("土地及资源权属", "Land and resources"),
    "civil": Text("其他民商事", "Other civil matters"),
    "building": Text("城乡建设发展", "Building and development"),
    "welfare": Text("涉民政", "Civil affairs"),
    "enforcement": Text("其他行政执法", "Administrative enforcement"),
    "litigation": Text("涉法涉诉", "Law and litigation"),
    "discipline": Text("涉组织涉纪检", "Organisation and discipline"),
    "religion": Text("涉民族宗教", "Ethnic and religious affairs"),
    "other": Text("其他", "Other"),
}
#: Where parties are told they may turn where no agreement is reached.
REFERRALS: dict[str, Text] = {
    "court": Text("人民法院", "The court"),
    "arbitration": Text("仲裁", "Arbitration"),
    "administration": Text("行政机关", "An authority"),
    "police": Text("公安机关", "The police"),
    "again": Text("另行调解", "Another mediation"),
}
LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT, LONGEST_PHONE, MOST_PARTIES, MOST_MEDIATORS = 40, 200, 2000, 30, 20, 10
#: The unit writes the record while it has the case, and what became of the agreement after that.
RECORDED_IN = (State.HANDLING, State.WAITING, State.SUSPENDED)
FOLLOWED_IN = (State.HANDED_BACK, State.TO_CLOSE, State.CLOSED, State.EVALUATED)
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("内容过长。", "This is too long.")
UNKNOWN = Text("请从列表中选择。", "Choose one of the list.")
TWO_SIDES = Text("至少填写一名申请人和一名被申请人。", "There is an applicant and a respondent at least.")
AHEAD = Text("调解时间不能晚于现在。", "It cannot have taken place later than now.")
NO_AGREEMENT = Text("达成协议的，请写明协议内容和形式。", "Say what was agreed, and how it was put down.")
NO_REFERRAL = Text("未达成协议的，请写明告知当事人的其他途径。", "Say which other way the parties were told of.")


@dataclass(frozen=True, slots=True)
class Party:
    """One of those in dispute. All of it is personal data and kept encrypted."""

    side: str
    name: str
    phone: str = ""
    id_number: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """What a mediation came to. `agreed` None: it goes on. `fulfil_by`: by when the parties promised to keep it."""

    kind: str
    mediators: tuple[str, ...]
    held_at: datetime | None
    place: str
    summary: str
    parties: tuple[Party, ...] = field(default=())
    organisation: str = ""
    agreed: bool | None = None
    form: str = ""
    agreement: str = ""
    fulfil_by: date | None = None
    referred_to: str = ""


def problems_of(record: Record, now: datetime) -> list[FieldProblem]:
    """What is missing or wrong with a record that somebody wants to keep."""
    found = []

    def bad(name: str, code: str, text: Text) -> None:
        found.append(FieldProblem(name, code, text))

    if record.kind not in KINDS:
        bad("kind", "unknown", UNKNOWN)
    if not record.mediators or not all(name.strip() for name in record.mediators):
        bad("mediators", "required", NEEDED)
    if record.held_at is None or record.held_at.tzinfo is None:
        bad("held_at", "required", NEEDED)
    elif record.held_at > now:
        bad("held_at", "future", AHEAD)
    for name in ("place", "summary"):
        if not getattr(record, name).strip():
            bad(name, "required", NEEDED)
    for name, most in (("place", LONGEST_LINE), ("organisation", LONGEST_LINE), ("summary", LONGEST_TEXT),
                       ("agreement", LONGEST_TEXT)):  # fmt: skip
        if len(getattr(record, name)) > most:
            bad(name, "too_long", LONG)
    if len(record.mediators) > MOST_MEDIATORS or any(len(name) > LONGEST_NAME for name in record.mediators):
        bad("mediators", "too_long", LONG)
    if record.agreed and (not record.agreement.strip() or record.form not in ("oral", "written")):
        bad("agreement", "required", NO_AGREEMENT)
    if record.agreed is False and record.referred_to not in REFERRALS:
        bad("referred_to", "required", NO_REFERRAL)
    return found + _of_parties(record.parties)


def _of_parties(parties: Sequence[Party]) -> list[FieldProblem]:
    if not {"applicant", "respondent"} <= {party.side for party in parties}:
        return [FieldProblem("parties", "sides", TWO_SIDES)]
    found = []
    for party in parties:
        if party.side not in SIDES:
            found.append(FieldProblem("parties", "unknown", UNKNOWN))
        if not party.name.strip():
            found.append(FieldProblem("parties", "required", NEEDED))
        longest = (
            (party.name, LONGEST_NAME), (party.phone, LONGEST_PHONE), (party.id_number, LONGEST_PHONE),
            (party.address, LONGEST_LINE),
        )  # fmt: skip
        if any(len(value) > most for value, most in longest):
            found.append(FieldProblem("parties", "too_long", LONG))
    if len(parties) > MOST_PARTIES:
        found.append(FieldProblem("parties", "too_long", LONG))
    return found


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Whether the parties kept what they agreed, as of a day."""

    fulfilled: str
    on: date | None
    note: str = ""


def problems_of_follow_up(given: FollowUp, agreed: bool | None, held: date, today: date) -> list[FieldProblem]:
    """What is wrong with what somebody found out about an agreement."""
    found = []
    if not agreed:
        found.append(
            FieldProblem("fulfilled", "no_agreement", Text("没有达成协议，无需回访履行。", "Nothing was agreed."))
        )
    if given.fulfilled not in ("full", "part", "none"):
        found.append(FieldProblem("fulfilled", "required", NEEDED))
    if given.on is None or not held <= given.on <= today:
        text = Text("回访日期须在调解之后、不晚于今天。", "A day after the mediation and no later than today.")
        found.append(FieldProblem("on", "day", text))
    if len(given.note) > LONGEST_LINE:
        found.append(FieldProblem("note", "too_long", LONG))
    return found
