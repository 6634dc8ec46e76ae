"""Meetings with agenda and decisions, of which tasks are made; study visits and trainings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from . import rules, tasks, writing
from .models import PlanTask, StudyVisit, TierMeeting
from .problems import CalledOff, DecisionTaken, HeldAlready, NotCalledOff
from .tasks import TaskText

Held = TypeVar("Held", TierMeeting, StudyVisit)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_BAD_TIME = Text("请按 09:30 的格式填写。", "Write it like 09:30.")
_MANY = Text("最多 {most} 项。", "At most {most}.")
_ITEM = Text("没有这项议程。", "There is no such point on the agenda.")
_OUTSIDE = Text("任务所在区域须在会议的区域之内。", "A task lies in the area of its meeting.")


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the agenda; `id` None for a new one, `by` the unit that reports."""

    title: str
    by: str = ""
    notes: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MeetingText:
    """A meeting as it is entered. `begins` is the time of day, 09:30; `areas` take part."""

    title: str
    held_on: date
    begins: str = ""
    place: str = ""
    chair: str = ""
    attending: str = ""
    areas: Sequence[str] = ()
    agenda: Sequence[Point] = ()


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What was decided, on which point of the agenda, and the task that it becomes, in an area and perhaps a plan."""

    text: str
    item: UUID | None = None
    task: TaskText | None = None
    task_area: str = ""
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class VisitText:
    """A study visit or a training as it is entered."""

    kind: rules.VisitKind
    topic: str
    held_on: date
    host: str = ""
    place: str = ""
    attendance: int | None = None
    note: str = ""
    areas: Sequence[str] = ()


def new_meeting(actor: Actor, area_code: str, wanted: MeetingText) -> TierMeeting:
    """Call a meeting. Raises Forbidden, NotFound, Invalid."""
    writing.place(actor, area_code)
    check_meeting(area_code, wanted)
    with transaction.atomic():
        made = TierMeeting(id=uuid7(), area_code=area_code, created_by_unit=actor.unit_name, **writing.born(actor))
        _write_meeting(made, wanted)
        made.save(force_insert=True)
        changes.record(actor, "tiers.meeting.add", "meeting", made.id, area_code)
    return made


def change_meeting(actor: Actor, meeting_id: UUID, version: int, wanted: MeetingText) -> TierMeeting:
    """Change a meeting, its agenda and what was said. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff, Invalid."""
    with transaction.atomic():
        meeting = _standing(writing.locked(TierMeeting, actor, meeting_id, version))
        check_meeting(meeting.area_code, wanted)
        _write_meeting(meeting, wanted)
        writing.keep(actor, meeting)
        changes.record(actor, "tiers.meeting.change", "meeting", meeting.id, meeting.area_code)
    return meeting


def cancel_meeting(actor: Actor, meeting_id: UUID, version: int, reason: str) -> TierMeeting:
    """Call a meeting off, saying why. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff, HeldAlready, Invalid."""
    with transaction.atomic():
        meeting = _standing(writing.locked(TierMeeting, actor, meeting_id, version))
        if meeting.decisions:
            raise HeldAlready()
        _call_off(actor, meeting, reason)
        changes.record(actor, "tiers.meeting.cancel", "meeting", meeting.id, meeting.area_code)
    return meeting


def restore_meeting(actor: Actor, meeting_id: UUID, version: int, reason: str) -> TierMeeting:
    """Hold a meeting after all that was called off, saying why. Raises NotFound, Forbidden, ChangedMeanwhile, NotCalledOff, Invalid."""
    with transaction.atomic():
        meeting = writing.locked(TierMeeting, actor, meeting_id, version)
        _take_up(actor, meeting, reason)
        changes.record(actor, "tiers.meeting.restore", "meeting", meeting.id, meeting.area_code)
    return meeting


def check_meeting(area_code: str, wanted: MeetingText) -> None:
    """Whether a meeting may be as it is entered. Raises Invalid. At most one query."""
    problems = writing.check_line("title", wanted.title, needed=True)
    problems += writing.check_line("place", wanted.place) + writing.check_line("chair", wanted.chair, post=True)
    problems += writing.check_line("attending", wanted.attending, post=True, most=rules.LONGEST_TEXT)
    if wanted.begins and not _TIME.fullmatch(wanted.begins):
        problems.append(FieldProblem("begins", "time", _BAD_TIME))
    if len(wanted.agenda) > rules.MOST_ITEMS:
        problems.append(FieldProblem("agenda", "many", _MANY, {"most": rules.MOST_ITEMS}))
    for number, point in enumerate(wanted.agenda):
        problems += writing.check_line(f"agenda.{number}.title", point.title, needed=True)
        problems += writing.check_line(f"agenda.{number}.by", point.by, post=True)
        problems += writing.check_text(f"agenda.{number}.notes", point.notes)
    problems += writing.partakers(area_code, wanted.areas)
    if problems:
        raise Invalid(fields=tuple(problems))


def decide(actor: Actor, meeting_id: UUID, version: int, wanted: NewDecision) -> tuple[TierMeeting, PlanTask | None]:
    """Write down a decision, with the task it becomes. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff, PlanEnded,
    Invalid."""
    with transaction.atomic():
        meeting = _standing(writing.locked(TierMeeting, actor, meeting_id, version))
        check_decision(meeting, wanted)
        task = _task_of(actor, meeting, wanted)
        meeting.decisions = [
            *meeting.decisions,
            {
                "id": str(uuid7()), "item": str(wanted.item) if wanted.item else None, "text": wanted.text.strip(),
                "task": str(task.id) if task else None,
            },
        ]  # fmt: skip
        writing.keep(actor, meeting)
        changes.record(actor, "tiers.meeting.decide", "meeting", meeting.id, meeting.area_code)
    return meeting, task


def make_task(
    actor: Actor, meeting_id: UUID, decision_id: UUID, version: int, wanted: NewDecision
) -> tuple[TierMeeting, PlanTask]:
    """Make a task of a decision that has none. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff,
    DecisionTaken, PlanEnded, Invalid."""
    with transaction.atomic():
        meeting = _standing(writing.locked(TierMeeting, actor, meeting_id, version))
        decision = next((each for each in meeting.decisions if each["id"] == str(decision_id)), None)
        if decision is None:
            raise NotFound()
        if decision["task"] is not None:
            raise DecisionTaken()
        task = _task_of(actor, meeting, wanted)
        assert task is not None  # the door asks for one
        decision["task"] = str(task.id)
        writing.keep(actor, meeting)
        changes.record(actor, "tiers.meeting.decide", "meeting", meeting.id, meeting.area_code)
    return meeting, task


def check_decision(meeting: TierMeeting, wanted: NewDecision) -> None:
    """Whether a decision may be written down. Raises Invalid."""
    problems = writing.check_line("text", wanted.text, needed=True, most=rules.LONGEST_TEXT)
    if wanted.item is not None and all(point["id"] != str(wanted.item) for point in meeting.agenda):
        problems.append(FieldProblem("item", "unknown", _ITEM))
    if len(meeting.decisions) >= rules.MOST_ITEMS:
        problems.append(FieldProblem("text", "many", _MANY, {"most": rules.MOST_ITEMS}))
    if problems:
        raise Invalid(fields=tuple(problems))


def _task_of(actor: Actor, meeting: TierMeeting, wanted: NewDecision) -> PlanTask | None:
    if wanted.task is None:
        return None
    if not wanted.task_area.startswith(meeting.area_code):
        raise Invalid(fields=(FieldProblem("area_code", "outside", _OUTSIDE),))
    return tasks.new_task(actor, wanted.task_area, wanted.task, wanted.plan_id, meeting)


def _write_meeting(meeting: TierMeeting, wanted: MeetingText) -> None:
    known = {point["id"] for point in meeting.agenda}
    meeting.title, meeting.held_on, meeting.begins = wanted.title.strip(), wanted.held_on, wanted.begins
    meeting.place, meeting.chair, meeting.attending = (
        wanted.place.strip(),
        wanted.chair.strip(),
        wanted.attending.strip(),
    )
    meeting.areas = writing.with_towns(wanted.areas)
    meeting.agenda = [
        {
            "id": str(point.id) if str(point.id) in known else str(uuid7()), "title": point.title.strip(),
            "by": point.by.strip(), "notes": point.notes.strip(),
        }
        for point in wanted.agenda
    ]  # fmt: skip


def new_visit(actor: Actor, area_code: str, wanted: VisitText) -> StudyVisit:
    """Enter a study visit or a training. Raises Forbidden, NotFound, Invalid."""
    writing.place(actor, area_code)
    check_visit(area_code, wanted)
    with transaction.atomic():
        made = StudyVisit(id=uuid7(), area_code=area_code, **writing.born(actor))
        _write_visit(made, wanted)
        made.save(force_insert=True)
        changes.record(actor, "tiers.study_visit.add", "study_visit", made.id, area_code)
    return made


def change_visit(actor: Actor, visit_id: UUID, version: int, wanted: VisitText) -> StudyVisit:
    """Change one. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff, Invalid."""
    with transaction.atomic():
        visit = _standing(writing.locked(StudyVisit, actor, visit_id, version))
        check_visit(visit.area_code, wanted)
        _write_visit(visit, wanted)
        writing.keep(actor, visit)
        changes.record(actor, "tiers.study_visit.change", "study_visit", visit.id, visit.area_code)
    return visit


def cancel_visit(actor: Actor, visit_id: UUID, version: int, reason: str) -> StudyVisit:
    """Call a visit or a training off, saying why. Raises NotFound, Forbidden, ChangedMeanwhile, CalledOff, Invalid."""
    with transaction.atomic():
        visit = _standing(writing.locked(StudyVisit, actor, visit_id, version))
        _call_off(actor, visit, reason)
        changes.record(actor, "tiers.study_visit.cancel", "study_visit", visit.id, visit.area_code)
    return visit


def restore_visit(actor: Actor, visit_id: UUID, version: int, reason: str) -> StudyVisit:
    """Hold one after all that was called off, saying why. Raises NotFound, Forbidden, ChangedMeanwhile, NotCalledOff, Invalid."""
    with transaction.atomic():
        visit = writing.locked(StudyVisit, actor, visit_id, version)
        _take_up(actor, visit, reason)
        changes.record(actor, "tiers.study_visit.restore", "study_visit", visit.id, visit.area_code)
    return visit


def _standing(held: Held) -> Held:
    if held.cancelled_at is not None:
        raise CalledOff()
    return held


def _call_off(actor: Actor, held: TierMeeting | StudyVisit, reason: str) -> None:
    if problems := writing.check_reason(reason):
        raise Invalid(fields=tuple(problems))
    held.cancelled_at, held.cancelled_by_name, held.cancelled_reason = clock.now(), actor.name, reason.strip()
    held.restored_at, held.restored_by_name, held.restored_reason = None, "", ""
    writing.keep(actor, held)


def _take_up(actor: Actor, held: TierMeeting | StudyVisit, reason: str) -> None:
    """The history keeps the calling-off with its reason."""
    if held.cancelled_at is None:
        raise NotCalledOff()
    if problems := writing.check_reason(reason):
        raise Invalid(fields=tuple(problems))
    held.cancelled_at, held.cancelled_by_name, held.cancelled_reason = None, "", ""
    held.restored_at, held.restored_by_name, held.restored_reason = clock.now(), actor.name, reason.strip()
    writing.keep(actor, held)


def check_visit(area_code: str, wanted: VisitText) -> None:
    """Whether a visit may be as it is entered. Raises Invalid. At most one query."""
    problems = writing.check_line("topic", wanted.topic, needed=True)
    problems += writing.check_line("host", wanted.host, post=True) + writing.check_line("place", wanted.place)
    problems += writing.check_text("note", wanted.note) + writing.partakers(area_code, wanted.areas)
    if problems:
        raise Invalid(fields=tuple(problems))


def _write_visit(visit: StudyVisit, wanted: VisitText) -> None:
    visit.kind, visit.topic, visit.held_on = wanted.kind, wanted.topic.strip(), wanted.held_on
    visit.host, visit.place, visit.attendance = wanted.host.strip(), wanted.place.strip(), wanted.attendance
    visit.note, visit.areas = wanted.note.strip(), writing.with_towns(wanted.areas)
