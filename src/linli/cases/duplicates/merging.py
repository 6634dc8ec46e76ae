"""Merging a case into the one that tells of the same event, and undoing it: the duplicate then stands where it stood before.

The duplicate leaves every queue; nothing else of it changes. The time it was merged is none of its unit's: undone, its clock goes
on with what was left. Both flows show it. A case that
others were merged into is not merged itself, so there are no chains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from linli.kernel import clock, scope
from linli.kernel.actors import Actor, system
from linli.kernel.errors import FieldProblem, Forbidden, Text
from linli.kernel.ids import uuid7
from linli.kernel.outbox import actions as outbox

from ..categories import marks
from ..cooperation import holds
from ..engine import procedure, sight
from ..engine.act import STEP, check_step, none_of_it
from ..engine.effects import Given, reckon
from ..engine.models import Case, CaseFlow, CasePause
from ..engine.rules import BY_CODE, Action
from ..engine.states import OPEN, State
from ..telling import readers
from .models import CaseMerge
from .problems import BUSY, HAS_DUPLICATES, IS_DUPLICATE, ITSELF, NOT_HERE, OTHER_READERS, OVER, UNKNOWN, NotMergeable

MERGE, UNMERGE = "merge", "unmerge"


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge that holds: the duplicate and the main case, both locked."""

    case: Case
    main: Case


def merge(actor: Actor, case_id: UUID, main_id: UUID, version: int, reason: str) -> Case:
    """Merge a case into another. Raises NotFound, TakenMeanwhile, Forbidden, NotNow, Invalid, NotMergeable."""
    case = sight.locked(actor, case_id)
    action = procedure.of(case.procedure).by_code.get(MERGE)
    if action is None:
        raise none_of_it(case, MERGE)
    check_step(actor, case, action, Given(version, reason=reason))
    return do_merge(actor, Merged(case, check_main(actor, case, main_id)), reason.strip())


def check_main(actor: Actor, case: Case, main_id: UUID) -> Case:
    """The case to merge into, locked; the right to merge is wanted where it lies as well.

    Who holds it just now is not waited for: two merges crossing would wait for ever.
    """
    if main_id == case.id:
        raise _refused(ITSELF)
    main = sight.seen(actor).select_for_update(skip_locked=True).filter(id=main_id).first()
    if main is None:
        raise _refused(BUSY if sight.seen(actor).filter(id=main_id).exists() else UNKNOWN)
    way = procedure.of(main.procedure)
    if MERGE not in way.by_code:
        raise _refused(
            Text(*(NOT_HERE.say(language, {"way": way.label.say(language)}) for language in ("zh-CN", "en")))
        )
    needed = way.by_code[MERGE].permission
    if not actor.may(needed, main.area_code):
        raise Forbidden(permission=needed)
    into = CaseMerge.objects.filter(case_id=main_id, undone_at=None).first()
    if into is not None:
        number = into.main_number
        raise _refused(Text(IS_DUPLICATE.say("zh-CN", {"number": number}), IS_DUPLICATE.say("en", {"number": number})))
    if main.state not in OPEN:
        raise _refused(OVER)
    if main.restricted_to and case.restricted_to not in ("", main.restricted_to):
        raise _refused(OTHER_READERS)
    if main.restricted_to != case.restricted_to:
        mark = main.restricted_to or case.restricted_to
        if problems := readers.unread_family([case.id, main.id], mark, "main_id", besides=case.id):
            raise NotMergeable(fields=tuple(problems))
    if CaseMerge.objects.filter(main_id=case.id, undone_at=None).exists():
        raise _refused(HAS_DUPLICATES)
    return main


def do_merge(actor: Actor, checked: Merged, reason: str) -> Case:
    """Write a merge that was checked: the link, the duplicate's state, a step in both flows. Nobody supports the duplicate or
    is asked to take it over any more."""
    case, main, now = checked.case, checked.main, clock.now()
    merged, taken_in = (procedure.of(each.procedure).by_code[MERGE] for each in (case, main))
    link = CaseMerge.objects.create(
        id=uuid7(), case=case, main=main, from_state=case.state, main_number=main.number, number=case.number, description=case.description,
        place_text=case.place_text, reported_at=case.reported_at, merged_at=now, merged_by=actor.id,
        merged_by_name=actor.name, reason=reason, case_mark=case.restricted_to, main_mark=_mark_of(main),
    )  # fmt: skip
    if case.restricted_to != main.restricted_to:  # one matter has one circle of readers
        found = marks.level([case.id, main.id])
        case.restricted_to, main.restricted_to = found[case.id], found[main.id]
    _step(actor, case, merged, State.MERGED, reason, {"merged_into": main.number}, link)
    _step(actor, main, taken_in, State(main.state), reason, {"merged_from": case.number}, link)
    holds.follow(actor, case, merged)
    return case


def undo(actor: Actor, case_id: UUID, version: int, reason: str) -> Case:
    """Undo the merge of a case. Raises NotFound, TakenMeanwhile, Forbidden, NotNow, Invalid, NotMergeable."""
    case = sight.locked(actor, case_id)
    check_step(actor, case, _unmerge(case), Given(version, reason=reason))
    link = CaseMerge.objects.get(case_id=case.id, undone_at=None)
    main = sight.seen(actor).select_for_update(skip_locked=True).filter(id=link.main_id).first()
    if main is None and sight.seen(actor).filter(id=link.main_id).exists():
        raise _refused(BUSY)
    return do_undo(actor, case, link, main, reason.strip())


def do_undo(actor: Actor, case: Case, link: CaseMerge, main: Case | None, reason: str) -> Case:
    """Write that a merge is undone, and that the clock stood meanwhile. A main case out of the actor's sight gets no step."""
    now = clock.now()
    link.undone_at, link.undone_by, link.undone_by_name = now, actor.id, actor.name
    link.undone_reason = reason
    with scope.acting(system("cases", settings.LINLI_DISTRICT)):  # undone, it is seen by who sees both
        link.save()
    if case.clock_from is not None:
        CasePause.objects.create(id=uuid7(), case=case, kind="merged", since=link.merged_at, until=now)
        reckon(case)
    _step(actor, case, _unmerge(case), State(link.from_state), reason, {"merged_into": link.main_number}, link)
    if main is not None:
        _step(actor, main, _unmerge(main), State(main.state), reason, {"merged_from": case.number}, link)
    if case.restricted_to:
        marks.part({case.id: link.case_mark, link.main_id: link.main_mark})
    return case


def _mark_of(main: Case) -> str:
    """The mark of a main case without those that were merged into it: what it had when the first of them came."""
    if not main.restricted_to or (main.category is not None and main.category.restricted_to):
        return main.restricted_to
    first = CaseMerge.objects.filter(main_id=main.id, undone_at=None).order_by("id").first()
    return first.main_mark if first else main.restricted_to


def _unmerge(case: Case) -> Action:
    """The undoing as a case's procedure knows it; a merge that holds is undone even where it knows none."""
    return procedure.of(case.procedure).by_code.get(UNMERGE, BY_CODE[UNMERGE])


def _step(
    actor: Actor, case: Case, action: Action, to: State, reason: str, detail: dict[str, Any], link: CaseMerge
) -> None:
    before = case.state
    case.state, case.version = to, case.version + 1
    case.save(update_fields=["state", "version", "amber_at", "due_at", "provisional"])
    CaseFlow.objects.create(
        id=uuid7(), case=case, version=case.version, at=clock.now(), action=action.code, kind=action.kind,
        from_state=before, to_state=to, actor=actor.id, actor_name=actor.name, actor_unit=actor.unit_name,
        reason=reason, detail=detail, request=actor.request_id,
    )  # fmt: skip
    outbox.put(
        STEP,
        case.id,
        {"action": action.code, "version": case.version, "unit": str(case.unit_id or ""), "merge": str(link.id)},
    )


def _refused(why: Text) -> NotMergeable:
    return NotMergeable(fields=(FieldProblem("main_id", "not_mergeable", why),))
