"""At which desks an actor sits towards a return, and what the actor completes of it."""

from __future__ import annotations

from collections.abc import Sequence

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.registry.permissions import EDIT, TAG_VIEW

from ..ledgers.columns import PEOPLE, PERMISSION
from ..ledgers.condition_text import from_text
from ..ledgers.conditions import Condition, fields_of
from ..ledgers.selecting import check_tags
from ..permissions import ROUND_CHECK, ROUND_COMPLETE, ROUND_SUBMIT
from .models import Return, Round
from .rules import Case, Desk, State


def checked_for(actor: Actor) -> frozenset[str]:
    """The very areas for which an actor checks what is sent to them. Whoever holds the right for a wider one does not
    check for those in it, so that a town is never passed over."""
    return frozenset(grant.area for grant in actor.grants if grant.allows(ROUND_CHECK))


def desks_of(actor: Actor, owner: Return) -> frozenset[Desk]:
    """The desks at which an actor sits towards a return."""
    found = set()
    if actor.may(ROUND_SUBMIT, owner.area_code):
        found.add(Desk.OWN)
    if owner.receiver_code in checked_for(actor):
        found.add(Desk.RECEIVER)
    return frozenset(found)


def case_of(actor: Actor, owner: Return, round_: Round, below: Sequence[Return], above: Return | None) -> Case:
    """What a decision about a return rests on."""
    return Case(
        state=State(owner.state),
        open=round_.state == Round.State.OPEN,
        desks=desks_of(actor, owner),
        below=tuple(State(one.state) for one in below),
        above=State(above.state) if above else None,
    )


def completing(actor: Actor, place: str) -> tuple[str, ...]:
    """The areas of a return in which an actor completes it: all of it, or the grids they hold."""
    return areas.intersect(actor.areas_for(ROUND_COMPLETE), (place,))


def answerable(actor: Actor, owner: Return) -> tuple[str, ...]:
    """The areas of a return in which the actor sees people, completes the return and corrects the base: answers go there.
    None for forms about anything but people: they have nothing to complete."""
    return areas.intersect(seen(actor, owner), actor.areas_for(EDIT)) if owner.round.subject == PEOPLE else ()


def seen(actor: Actor, owner: Return) -> tuple[str, ...]:
    """The areas of a return whose people the actor sees and completes. Who is chosen by tags bears one: it takes seeing tags."""
    held = areas.intersect(completing(actor, owner.area_code), actor.areas_for(PERMISSION[owner.round.subject]))
    return areas.intersect(held, actor.areas_for(TAG_VIEW)) if chosen_by_tag(owner.round) else held


def check_sees(actor: Actor, owner: Return) -> None:
    """Whether the actor may see all the rows of a return. Raises Forbidden, TagsWithheld."""
    actor.require(PERMISSION[owner.round.subject], owner.area_code)
    check_tags(actor, _condition(owner.round), owner.area_code)


def chosen_by_tag(round_: Round) -> bool:
    """Whether a round asks about people for tags they bear or do not bear."""
    return "tag" in fields_of(_condition(round_))


def _condition(round_: Round) -> Condition:
    return from_text(str(round_.binding.get("where") or ""))
