"""The directory's words, and choosing from it: which rules hold on a day, and which limit where no condition is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from linli.kernel.errors import Text

#: The day from which something holds that has held as long as anybody asks.
SINCE_EVER = date(2000, 1, 1)


class Certainty(StrEnum):
    """How sure we are of a category or a limit; shown beside it wherever it is shown."""

    OFFICIAL = "official"
    SECONDARY = "secondary"
    LOCAL = "local"
    INFERRED = "inferred"


CERTAINTY_NAMES: dict[str, Text] = {
    Certainty.OFFICIAL: Text("官方文本", "Official text"),
    Certainty.SECONDARY: Text("二手转录", "Secondary copy"),
    Certainty.LOCAL: Text("本地规定", "Local rule"),
    Certainty.INFERRED: Text("系统推断", "Inferred"),
}
CERTAINTY_WORDS: dict[str, Text] = {
    Certainty.OFFICIAL: Text("取自官方文本", "Taken from the official text"),
    Certainty.SECONDARY: Text(
        "二手转录，未经官方文本核对", "From a secondary copy, not checked against the official text"
    ),
    Certainty.LOCAL: Text("本地自行规定", "Laid down by this place itself"),
    Certainty.INFERRED: Text(
        "本系统推断的默认值，没有文件依据", "A default inferred by this program, no document behind it"
    ),
}

KIND_NAMES = {
    "component": Text("管理部件", "Component"),
    "matter": Text("管理事项", "Matter"),
    "local": Text("地方扩展", "Local"),
}
PROCEDURE_NAMES = {
    "standard": Text("标准流程", "Standard"),
    "quick": Text("自行处置", "Handled on the spot"),
    "resident_request": Text("居民诉求", "Resident's request"),
    "mediation": Text("矛盾调解", "Mediation"),
    "hazard": Text("隐患整改", "Hazard"),
    "alarm": Text("告警处置", "Alarm"),
    "proposal": Text("提案建议办理", "Proposal"),
}
TARGET_NAMES = {
    "handle": Text("办结", "Handled"),
    "first_visit": Text("首次上门", "First visit"),
    "stop": Text("制止", "Stopped"),
}
# 运城 writes them 紧急工作时, 小时, 天 and 紧急工作日; what each counts is fixed by its clock.
CLOCK_NAMES = {
    "urgent_hour": Text("紧急工作时", "continuous hours"),
    "work_hour": Text("工作时", "working hours"),
    "work_day": Text("工作日", "working days"),
    "natural_day": Text("自然日", "calendar days"),
}
RESTRICTED_NAMES = {
    "public_security": Text("公安限定人员", "Restricted: public security"),
    "discipline": Text("纪检限定人员", "Restricted: discipline office"),
}
KINDS, PROCEDURES, TARGETS, CLOCKS = (
    tuple(names) for names in (KIND_NAMES, PROCEDURE_NAMES, TARGET_NAMES, CLOCK_NAMES)
)
CERTAINTIES = tuple(certainty.value for certainty in Certainty)
RESTRICTIONS = ("", *RESTRICTED_NAMES)

#: Majors of matters in GB/T 47678.5 that say "a component out of order" and have the components' own rules.
MAJORS_OF_COMPONENTS = ("01", "02", "03", "04", "05")


class Dated(Protocol):
    """Something that holds from one day to before another."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date | None: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class CategoryKey:
    """What a category is known by, in files and among people."""

    standard_ref: str
    kind: str
    code: str


def holds(thing: Dated, day: date) -> bool:
    """Whether a category or rule holds on `day`."""
    return thing.valid_from <= day and (thing.valid_until is None or day < thing.valid_until)


def holding(things: Iterable[D], day: date) -> list[D]:
    """Those that hold on `day`, in their order."""
    return [thing for thing in things if holds(thing, day)]


def lender(key: CategoryKey) -> CategoryKey | None:
    """The component whose rules a matter borrows: `<component>异常` (majors 01 to 05) has none of its own.

    Inferred: the sample table lists these rules under components only.
    """
    if key.kind != "matter" or key.code[:2] not in MAJORS_OF_COMPONENTS:
        return None
    return CategoryKey(key.standard_ref, "component", key.code)


# Choosing


class Limit(Protocol):
    """A limit as a filing rule has it."""

    @property
    def target(self) -> str: ...
    @property
    def filing_condition(self) -> str: ...
    @property
    def limit_value(self) -> int: ...
    @property
    def clock(self) -> str: ...
    @property
    def certainty(self) -> str: ...


class Rule(Limit, Dated, Protocol):
    """A filing rule: a limit on its days."""


L = TypeVar("L", bound=Limit)
R = TypeVar("R", bound=Rule)

#: What the place itself or an official text says goes before a copy, and a copy before our default.
_TIERS = {Certainty.OFFICIAL: 0, Certainty.LOCAL: 0, Certainty.SECONDARY: 1, Certainty.INFERRED: 2}
#: Hours on the wall that one unit of a clock takes on average (inferred: eight working hours on five days a week).
_WALL_HOURS = {"urgent_hour": 1.0, "work_hour": 168 / 40, "work_day": 8 * 168 / 40, "natural_day": 24.0}


def length(limit: Limit) -> float:
    """About how many hours on the wall a limit is: to compare limits of different clocks, never to end one."""
    return limit.limit_value * _WALL_HOURS[limit.clock]


def in_force(rules: Iterable[R], day: date) -> list[R]:
    """The rules of a category that hold on `day`, of those only the surest for each target.

    A district that lays down a limit of its own sets a sample's and a default's aside, without ending them.
    """
    held = holding(rules, day)
    surest: dict[str, int] = {}
    for rule in held:
        tier = _TIERS[Certainty(rule.certainty)]
        surest[rule.target] = min(tier, surest.get(rule.target, tier))
    return [rule for rule in held if _TIERS[Certainty(rule.certainty)] == surest[rule.target]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The rule taken where nobody chose a condition. `assumed`: others would have been possible."""

    rule: Limit
    assumed: bool


ASSUMED = Text(
    "未选立案条件，暂按最短的时限计算（系统推断），选定条件后重新计算。",
    "No filing condition was chosen: the shortest limit counts for now (inferred) and is computed again once one is.",
)


def without_condition(rules: Iterable[L], target: str = "handle") -> Choice | None:
    """The limit that counts while no filing condition is chosen; None where no rule is about `target`.

    A rule that has no condition of its own is meant for that; else the shortest counts, so that no case is late for want
    of a choice (inferred).
    """
    about = [rule for rule in rules if rule.target == target]
    if not about:
        return None
    general = [rule for rule in about if not rule.filing_condition]
    pool = general or about
    return Choice(min(pool, key=length), assumed=not general and len(about) > 1)


def in_words(limit: Limit, language: str) -> str:
    """`2紧急工作时`, `5工作日`; "2 continuous hours" in English."""
    name = CLOCK_NAMES[limit.clock]
    if not language.startswith("en"):
        return f"{limit.limit_value} {name.zh}"
    return f"{limit.limit_value} {name.en.removesuffix('s') if limit.limit_value == 1 else name.en}"


# Codes


def next_minor(major: str, taken: Iterable[str]) -> str | None:
    """The code for a new local minor of `major`: the highest free one from 99 downward, as 运城 numbers its own.

    None where all from 99 to 01 are taken.
    """
    used = set(taken)
    return next((code for minor in range(99, 0, -1) if (code := f"{major}{minor:03d}") not in used), None)
