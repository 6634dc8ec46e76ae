"""Decisions about forms as pure functions: whether one may be asked for, what it asks, and what others ask already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from linli.kernel.errors import FieldProblem, Text
from linli.kernel.texts import unprintable

from ..ledgers.binding import Binding
from ..ledgers.condition_text import from_text
from ..ledgers.conditions import EVERYBODY
from ..reading.header import plain

Status = Literal["proposed", "approved", "refused", "withdrawn", "expired"]
STATUSES: tuple[Status, ...] = get_args(Status)
Cycle = Literal["once", "month", "quarter", "half_year", "year", "demand"]
CYCLES: tuple[Cycle, ...] = get_args(Cycle)
STATUS_NAMES: dict[str, Text] = {
    "proposed": Text("待审批", "Waiting for approval"),
    "approved": Text("已准入", "Approved"),
    "refused": Text("未准入", "Refused"),
    "withdrawn": Text("已停用", "Withdrawn"),
    "expired": Text("已到期", "Expired"),
}
LONGEST_NAME, LONGEST_BASIS, SHORTEST_BASIS, LONGEST_NOTE, SHORTEST_REASON = 60, 200, 4, 400, 2
#: a column without a field is asked under its own name
COLUMN = "column:"
#: From this share of what the smaller of two forms asks on, they are told to be looked at as duplicates (our own choice,
#: inferred).
ALIKE = 0.8

_REQUIRED = Text("不能为空。", "This cannot be empty.")
_LONG = Text("内容过长（最多 {most} 字）。", "Too long (at most {most} characters).")
_CYCLE = Text("请选择报送周期。", "Please choose how often it is asked for.")
_PAST = Text("日期应不早于今天。", "The day cannot lie in the past.")
_BASIS = Text("请写明依据文件（至少 4 个字）。", "Name the document it rests on (at least 4 characters).")


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A form as somebody describes it; `valid_until` is the last day on which it may be asked for."""

    name: str
    issuer_name: str
    legal_basis: str
    cycle: str
    basis_number: str = ""
    valid_until: date | None = None
    note: str = ""


def check_facts(facts: FormFacts, today: date) -> tuple[FieldProblem, ...]:
    """What is wrong with a form's description."""
    problems = []
    for field, text, most in (
        ("name", facts.name, LONGEST_NAME),
        ("issuer_name", facts.issuer_name, LONGEST_NAME),
    ):
        if not text.strip():
            problems.append(FieldProblem(field, "required", _REQUIRED))
        elif len(text) > most:
            problems.append(FieldProblem(field, "long", _LONG, {"most": most}))
    if len(facts.legal_basis.strip()) < SHORTEST_BASIS:
        problems.append(FieldProblem("legal_basis", "required", _BASIS))
    for field, text, most in (
        ("legal_basis", facts.legal_basis, LONGEST_BASIS),
        ("basis_number", facts.basis_number, LONGEST_NAME),
        ("note", facts.note, LONGEST_NOTE),
    ):
        if len(text) > most:
            problems.append(FieldProblem(field, "long", _LONG, {"most": most}))
    lines = ("name", "issuer_name", "legal_basis", "basis_number")
    problems += unprintable((field, getattr(facts, field)) for field in lines)
    problems += unprintable([("note", facts.note)], lines=True)
    if facts.cycle not in CYCLES:
        problems.append(FieldProblem("cycle", "code", _CYCLE))
    if facts.valid_until is not None and facts.valid_until < today:
        problems.append(FieldProblem("valid_until", "past", _PAST))
    return tuple(problems)


def check_approval(number: str, until: date | None, today: date) -> tuple[FieldProblem, ...]:
    """What is wrong with an approval's number and its last day."""
    past = (FieldProblem("until", "past", _PAST),) if until is not None and until < today else ()
    return past + unprintable([("number", number)])


def status(state: str, approved_until: date | None, valid_until: date | None, today: date) -> Status:
    """Whether a form may be asked for on a day. One that is past its time is expired, whether it was approved or waits."""
    if state in ("refused", "withdrawn"):
        return state  # type: ignore[return-value]
    if valid_until is not None and valid_until < today:
        return "expired"
    if state == "approved":
        return "expired" if approved_until is not None and approved_until < today else "approved"
    return "proposed"


def needs_approval(before: FormFacts, after: FormFacts) -> bool:
    """Whether an approval of a form as it was says nothing of it as it is to be. A shorter time, another name or note
    need none."""
    other = any(
        getattr(before, field) != getattr(after, field)
        for field in ("issuer_name", "legal_basis", "basis_number", "cycle")
    )
    longer = before.valid_until is not None and (after.valid_until is None or after.valid_until > before.valid_until)
    return other or longer


def involved(
    made_by: str, versions: Iterable[tuple[str, datetime]], decisions: Iterable[tuple[str, str, datetime]]
) -> frozenset[str]:
    """Those who do not decide on a form: who entered it, and who uploaded (by, when) or changed and handed in (state, by,
    when) anything since it was last approved. What somebody else has changed after them is still in part theirs."""
    decided = list(decisions)
    since = max((at for state, _, at in decided if state == "approved"), default=None)
    hands = [(by, at) for state, by, at in decided if state == "proposed"]
    return frozenset({made_by} | {by for by, at in (*versions, *hands) if since is None or at >= since})


def last_day(approved_until: date | None, valid_until: date | None) -> date | None:
    """The last day on which an approved form may be asked for; None without an end."""
    return min(filter(None, (approved_until, valid_until)), default=None)


# What a form asks


def asks_of(columns: Iterable[str], binding: Binding, serials: Collection[str] = ("serial",)) -> tuple[str, ...]:
    """What a form asks of each row, each once: fields, and columns no field fills. Running numbers and constants are
    nobody's to answer."""
    asked: dict[str, None] = {}
    for name in columns:
        field = binding.columns.get(name)
        if field in serials or (field is None and name in binding.constants):
            continue
        asked[field if field is not None else COLUMN + plain(name)] = None
    return tuple(asked)


def new_in(asks: Iterable[str]) -> tuple[str, ...]:
    """What of it the base does not hold."""
    return tuple(one for one in asks if one.startswith(COLUMN))


def asks_more(
    before: Binding,
    columns_before: Sequence[str],
    after: Binding,
    columns: Sequence[str],
    called: Mapping[str, Collection[str]],
) -> bool:
    """Whether a version asks for something that the one before did not, or of others: an approval says nothing of that.

    A column counts by what fills it: one that was to be written in by hand is not approved for identity numbers. Only
    what is `called` (name of the field -> its labels) as the column was, is what was asked for under that name; and a
    column that nothing fills any more asks for the same as before.
    """
    asked = [name for name in columns_before if asks_of([name], before)]
    known = set(asks_of(asked, before))
    known |= {COLUMN + plain(part) for name in asked for part in (name, name.rpartition("/")[2])}
    fresh = [
        one
        for one in asks_of(columns, after)
        if one not in known and not any(COLUMN + plain(label) in known for label in called.get(one, ()))
    ]
    return bool(fresh) or after.subject != before.subject or _of_others(before.where, after.where)


def _of_others(before: str, after: str) -> bool:
    """Whether a condition may choose others than one before: it is another. Of everybody, any choice is less."""
    chosen = from_text(before)
    return chosen not in (EVERYBODY, from_text(after))


@dataclass(frozen=True, slots=True)
class Other:
    """Another form that is asked for now, and what it asks."""

    id: object
    name: str
    issuer_name: str
    subject: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a form asks that another asks too. `alike`: nearly all of the smaller one."""

    other: Other
    shared: tuple[str, ...]
    alike: bool


def overlaps(subject: str, asks: Sequence[str], others: Iterable[Other]) -> tuple[Overlap, ...]:
    """The forms about the same kind of rows that share something with one, the most first."""
    own = set(asks)
    found = []
    for other in others:
        shared = tuple(one for one in asks if one in set(other.asks)) if other.subject == subject else ()
        if shared:
            smaller = min(len(own), len(set(other.asks)))
            found.append(Overlap(other, shared, len(shared) >= ALIKE * smaller and len(shared) > 1))
    return tuple(sorted(found, key=lambda o: (-len(o.shared), o.other.name, str(o.other.id))))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many fields a form asks, how many of them the base holds, and how many are new."""

    asked: int
    held: int
    new: int


def counts(asks: Sequence[str]) -> Counts:
    new = len(new_in(asks))
    return Counts(len(asks), len(asks) - new, new)


SENTENCE = Text("共 {asked} 项：{held} 项底座已有，{new} 项新增", "{asked} fields: {held} already held, {new} new")
SHARED = Text("；其中 {shared} 项“{form}”也在要", "; {shared} are also asked by {form}")


def sentence(found: Counts, shared: Sequence[Overlap], language: str) -> str:
    """What an upload is told at once: “12 fields: 11 already held, 1 new; 9 are also asked by 残联2024-03”."""
    told = SENTENCE.say(language, {"asked": found.asked, "held": found.held, "new": found.new})
    if shared:
        told += SHARED.say(language, {"shared": len(shared[0].shared), "form": shared[0].other.name})
    return told + ("。" if not language.startswith("en") else ".")


WITHHELD = Text("其他单位自用的数据项", "a field another office keeps to itself")


def labelled(asks: Iterable[str], labels: Mapping[str, str], language: str) -> list[str]:
    """What is asked, as people call it."""
    return [
        labels.get(one) or (one.removeprefix(COLUMN) if one.startswith(COLUMN) else WITHHELD.say(language))
        for one in asks
    ]
