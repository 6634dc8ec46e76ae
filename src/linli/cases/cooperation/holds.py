"""What co-operation asks of the steps of a case, and what follows for it from them: called by `engine.act`."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Text

from .. import notices
from ..engine.effects import SHORTEST_REASON
from ..engine.models import Case
from ..engine.rules import Action, Option, Refusal
from ..engine.states import OPEN, State
from . import steps
from .models import CaseChild, CaseHandOver, CaseSupervision, CaseSupport
from .problems import CHILDREN_OPEN, STILL_OPEN


def closes(action: Action) -> bool:
    """Whether a case is over with a step, whatever its procedure calls it."""
    return action.kind == "close"


def ends(action: Action) -> bool:
    """Whether a case leaves the hands of its unit with a step for good: nobody need support it any more."""
    return action.target is State.HANDED_BACK or action.kind in ("close", "cancel")


def problems(case: Case, action: Action, reason: str) -> Sequence[FieldProblem]:
    """Why a step cannot be taken as given. Two queries at most, for the steps that may be held up."""
    found = []
    if closes(action):
        found = [
            FieldProblem("action", "children_open", CHILDREN_OPEN, {"numbers": waited})
            for waited in _open_children(case)
        ]
    if (closes(action) or action.target is State.HANDED_BACK) and len(reason.strip()) < SHORTEST_REASON:
        open_ones = CaseSupport.objects.filter(case_id=case.id, state="asked").order_by("id")
        if units := list(open_ones.values_list("unit_name", flat=True)):
            found.append(FieldProblem("reason", "supports_open", STILL_OPEN, {"units": "、".join(units)}))
    return found


def held(case: Case, offered: tuple[Option, ...]) -> tuple[Option, ...]:
    """The steps of a page, of which closing is refused while a child is open. One query where it may be closed, else none."""
    if not any(closes(option.action) and option.allowed for option in offered):
        return offered
    waiting = _open_children(case)
    if not waiting:
        return offered
    text = Text(*(CHILDREN_OPEN.say(language, {"numbers": waiting[0]}) for language in ("zh-CN", "en")))
    refused = Refusal("children_open", text)
    return tuple(Option(o.action, refused) if closes(o.action) else o for o in offered)


def _open_children(case: Case) -> list[str]:
    """The numbers of the child cases that are open, as one text, or none. Children lie where their parent does: whoever may
    close it sees them."""
    open_ones = CaseChild.objects.filter(parent_id=case.id, child__state__in=OPEN).order_by("number")
    numbers = "、".join(open_ones.values_list("number", flat=True))
    return [numbers] if numbers else []


def follow(actor: Actor, case: Case, action: Action) -> None:
    """What becomes of supporting units, offers and notes with a step that was taken. A few queries, for the steps that matter."""
    if "unit" in action.asks:
        moved(case)
    if case.unit_id is not None and (ends(action) or action.target is State.TO_DISPATCH):  # a unit's to offer
        for offer in CaseHandOver.objects.filter(case_id=case.id, state="asked"):
            offer.state, offer.ended_at, offer.ended_by, offer.ended_by_name = (
                "lapsed",
                clock.now(),
                actor.id,
                actor.name,
            )
            offer.save(update_fields=["state", "ended_at", "ended_by", "ended_by_name"])
            steps.tell(case, notices.HAND_OVER_WITHDRAWN, offer.id, [offer.to_id])
    if ends(action):
        waiting = list(CaseSupport.objects.filter(case_id=case.id, state="asked"))
        for row in waiting:
            row.state, row.ended_at = "lapsed", clock.now()
            row.ended_by, row.ended_by_name = actor.id, actor.name
            steps.tell(case, notices.SUPPORT_WITHDRAWN, row.id, [row.unit_id])
        if waiting:
            CaseSupport.objects.bulk_update(waiting, ["state", "ended_at", "ended_by", "ended_by_name"])


def moved(case: Case) -> None:
    """A case came to another unit, to which its supporting units then report, and which answers its open notes."""
    if case.unit_id is None:
        return
    supports = CaseSupport.objects.filter(case_id=case.id)
    supports.exclude(lead_id=case.unit_id).update(lead_id=case.unit_id)
    supports.filter(unit_id=case.unit_id, state="asked").update(state="lapsed", ended_at=clock.now())  # it leads now
    notes = CaseSupervision.objects.filter(case_id=case.id, state="open")
    notes.update(unit_id=case.unit_id, unit_name=case.unit_name)
