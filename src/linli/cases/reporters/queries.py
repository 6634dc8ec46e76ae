"""What a number shows of its case to whoever holds it: stages, times, the unit's answers; no name of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel.actors import Actor
from linli.kernel.errors import Text
from linli.kernel.scope import acting
from linli.places.models import Region

from ..duplicates.models import CaseMerge
from ..engine import sight
from ..engine.models import Case, CaseFlow
from ..engine.states import STAGE_OF, Stage, State
from . import contacts, rules
from .actions import hashed, may_answer, may_in
from .desk import desk
from .joined import merge_of, reporters_of
from .models import CaseAnswer, Reporter, ReporterMessage
from .numbers import DESK, may_issue
from .photos import Photo, photos_of


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
    stands that it was joined to, whose steps and answers since then are shown with their own, but nobody else's words.
    `transferred`: a body outside goes on with it, or with that one.
    `unproved`: where they are told was not confirmed; `left_alone`: whoever holds that address wants no messages."""

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
    unproved: bool = False
    left_alone: bool = False
    photos: Sequence[Photo] = ()
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its villages, to choose a place from: code and name each."""

    name: str
    villages: Sequence[tuple[str, str]]


def tracked(number: str) -> Tracked | None:
    """The case of a tracking number; None where there is none. Nine queries at most."""
    with acting(desk()):
        reporter = Reporter.objects.select_related("case").filter(tracking=hashed(number)).first()
        if reporter is None:
            return None
        case = reporter.case
        joined = merge_of(case.id) if case.state == State.MERGED else None
        main = joined.main if joined else case
        ids = {case.id, main.id}
        course = list(CaseFlow.objects.filter(case_id__in=ids).order_by("at", "version"))
        answers = [
            each for each in CaseAnswer.objects.filter(case_id__in=ids).order_by("id")
            if each.case_id == case.id or (joined is not None and each.at > joined.merged_at)
        ]  # fmt: skip
        standing = contacts.standing(bytes(reporter.contact_hash)) if reporter.contact_hash else None
        photos = photos_of(reporter, ids)
    state, going = State(case.state), State(main.state)
    asked = [each.reason for each in course if each.action == "ask_reporter" and each.case_id == main.id]
    running = going in (State.TO_DISPATCH, State.TO_TAKE, State.HANDLING)
    rating = (case.responded, case.solved, case.satisfied)
    if joined:
        rating = (reporter.responded, reporter.solved, reporter.satisfied)
    return Tracked(
        number=case.number, state=state, within=going if joined else None, stage=STAGE_OF[going],
        description=case.description, place=case.place_text, due_at=main.due_at if running and not main.provisional else None,
        steps=[_step(each) for each in course if each.action in rules.STEPS and _theirs(each, case, joined)],
        answers=[Answer(each.at, each.unit_name, each.text) for each in answers],
        question=asked[-1] if asked and going is State.WAITING else "", may=may_in(main, reporter, joined is not None),
        rating=rating, told_by=reporter.masked, unproved=standing is not None and not standing.confirmed,
        left_alone=standing is not None and standing.stopped, photos=photos, transferred=main.transferred,
    )  # fmt: skip


def _theirs(each: CaseFlow, case: Case, joined: CaseMerge | None) -> bool:
    """Whether a step is the reporter's to see: of their own case, and of the one it went into since it did."""
    if each.case_id == case.id:
        return True
    return joined is not None and each.at > joined.merged_at and "merged_from" not in each.detail


def _step(each: CaseFlow) -> Step:
    said = each.reason if each.action in rules.SAID else ""
    return Step(each.at, rules.STEPS[each.action], str(each.detail.get("unit") or each.detail.get("body") or ""), said)


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
    """How a case is followed from outside, for its page: whether, where they are told, what was answered and told. Who reported
    it in a case that was joined to this one follows it as well. `may_issue`, `issued`: a number given out by staff. `ratings`:
    of those whose report was joined to this one."""

    followed: bool
    told_by: str
    stopped: bool
    may_answer: bool
    may_issue: bool
    issued: bool
    answers: Sequence[CaseAnswer]
    messages: Sequence[ReporterMessage]
    ratings: Sequence[Reporter]


def following(actor: Actor, case_id: UUID) -> Following:
    """Whether and how somebody follows a case. Raises NotFound. Four queries."""
    case: Case = sight.one(actor, case_id)
    reporters = list(reporters_of([case.id]).order_by("id"))
    return Following(
        followed=bool(reporters),
        told_by="、".join(each.masked for each in reporters if each.masked),
        stopped=any(each.stopped_at for each in reporters),
        may_answer=bool(reporters) and may_answer(actor, case),
        may_issue=may_issue(actor, case, reporters),
        issued=any(each.via == DESK for each in reporters if each.case_id == case.id),
        answers=list(CaseAnswer.objects.filter(case_id=case.id).order_by("id")),
        messages=list(ReporterMessage.objects.filter(reporter__in=[each.id for each in reporters]).order_by("id")),
        ratings=[each for each in reporters if each.rated_at and each.case_id != case.id],
    )
