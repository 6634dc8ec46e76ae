"""What a number shows of its case to whoever holds it: stages, times, the unit's answers; no name of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.scope import acting
from linli.places.models import Region

from ..duplicates.models import CaseMerge
from ..engine import sight
from ..engine.models import Case, CaseFlow
from ..engine.states import STAGE_OF, Stage, State
from . import rules
from .actions import hashed, may_answer
from .desk import desk
from .models import CaseAnswer, Reporter, ReporterMessage


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the public sees it. `unit`: whom it was given to; `said`: what was written to the reporter."""

    at: datetime
    text: Text
    unit: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit answered."""

    at: datetime
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A case as whoever holds its number sees it: their own words, how it stands, what they may do. `within`: how the case
    stands that it was joined to."""

    number: str  # of the case, for the telephone
    state: State
    within: State | None
    stage: Stage
    description: str
    place: str
    due_at: datetime | None
    steps: Sequence[Step]
    answers: Sequence[Answer]
    question: str
    may: rules.May
    rating: tuple[bool | None, bool | None, bool | None]
    told_by: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its villages, to choose a place from: code and name each."""

    name: str
    villages: Sequence[tuple[str, str]]


def tracked(number: str) -> Tracked | None:
    """The case of a tracking number; None where there is none. Four queries at most."""
    with acting(desk()):
        reporter = Reporter.objects.select_related("case").filter(tracking=hashed(number)).first()
        if reporter is None:
            return None
        case, state = reporter.case, State(reporter.case.state)
        flow = list(CaseFlow.objects.filter(case_id=case.id).order_by("version"))
        answers = list(CaseAnswer.objects.filter(case_id=case.id).order_by("id"))
        within = _main_state(case) if state is State.MERGED else None
    steps = [_step(each) for each in flow if each.action in rules.STEPS]
    asked = [each.reason for each in flow if each.action == "ask_reporter"]
    running = state in (State.TO_DISPATCH, State.TO_TAKE, State.HANDLING)
    return Tracked(
        number=case.number, state=state, within=within, stage=STAGE_OF[within or state], description=case.description, place=case.place_text,
        due_at=case.due_at if running and not case.provisional else None, steps=steps,
        answers=[Answer(each.at, each.unit_name, each.text) for each in answers],
        question=asked[-1] if asked and state is State.WAITING else "",
        may=rules.may(state, case.closed_at, reporter.objections, clock.now()),
        rating=(case.responded, case.solved, case.satisfied), told_by=reporter.masked,
    )  # fmt: skip


def _main_state(case: Case) -> State | None:
    """How the case stands that this one was joined to. One query."""
    found = CaseMerge.objects.filter(case_id=case.id, undone_at=None).values_list("main__state", flat=True).first()
    return State(found) if found else None


def _step(each: CaseFlow) -> Step:
    said = each.reason if each.action in rules.SAID else ""
    return Step(each.at, rules.STEPS[each.action], str(each.detail.get("unit") or ""), said)


def towns() -> list[Town]:
    """The towns of the district with their villages, by code. One query."""
    with acting(desk()):
        found = Region.objects.filter(level__in=("town", "village"), valid_to=None).order_by("code")
        rows = list(found.values_list("code", "level", "short_name", "name"))
    named = {code: short or name for code, level, short, name in rows if level == "town"}
    below: dict[str, list[tuple[str, str]]] = {code: [] for code in named}
    for code, level, short, name in rows:
        if level == "village" and code[:9] in below:
            below[code[:9]].append((code, short or name))
    return [Town(named[code], villages) for code, villages in below.items() if villages]


@dataclass(frozen=True, slots=True)
class Following:
    """How a case is followed from outside, for its page: whether, where they are told, what was answered and told."""

    followed: bool
    told_by: str
    stopped: bool
    may_answer: bool
    answers: Sequence[CaseAnswer]
    messages: Sequence[ReporterMessage]


def following(actor: Actor, case_id: UUID) -> Following:
    """Whether and how somebody follows a case. Raises NotFound. Four queries."""
    case: Case = sight.one(actor, case_id)
    reporters = list(Reporter.objects.filter(case_id=case.id).order_by("id"))
    return Following(
        followed=bool(reporters),
        told_by="、".join(each.masked for each in reporters if each.masked),
        stopped=any(each.stopped_at for each in reporters),
        may_answer=bool(reporters) and may_answer(actor, case),
        answers=list(CaseAnswer.objects.filter(case_id=case.id).order_by("id")),
        messages=list(ReporterMessage.objects.filter(reporter__case_id=case.id).order_by("id")),
    )
