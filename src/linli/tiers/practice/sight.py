"""Who sees a card: what is published everybody who sees standings anywhere, anything else who writes or publishes there."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import areas
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound
from linli.kernel.scoped import within

from ..permissions import PRACTICE_EDIT, PRACTICE_PUBLISH, VIEW
from . import rules
from .models import PracticeCard


def own_areas(actor: Actor) -> tuple[str, ...]:
    """Where somebody sees cards that are not published."""
    return areas.minimal([*actor.areas_for(PRACTICE_EDIT), *actor.areas_for(PRACTICE_PUBLISH)])


def seen(actor: Actor) -> QuerySet[PracticeCard]:
    """The cards in sight. Raises Forbidden."""
    actor.require(VIEW)
    shown = Q(state="published")
    if own := own_areas(actor):
        shown |= within(own)
    return PracticeCard.objects.filter(shown)


def one(actor: Actor, card_id: UUID) -> PracticeCard:
    """A card in sight. Raises Forbidden, NotFound."""
    found = seen(actor).filter(id=card_id).first()
    if found is None:
        raise NotFound()
    return found


def own(actor: Actor, permission: str, card_id: UUID, *, locked: bool = True) -> PracticeCard:
    """A card that `permission` reaches. Raises NotFound, also for a published one of elsewhere."""
    rows = PracticeCard.objects.restrict(actor, permission).filter(id=card_id)
    found: PracticeCard | None = (rows.select_for_update() if locked else rows).first()
    if found is None:
        raise NotFound()
    return found


def removable(actor: Actor, card: PracticeCard) -> bool:
    """Whether somebody may delete a card: they wrote it, and nobody elsewhere ever read it; one that was given back among them."""
    unread = card.state != "published" and card.published_at is None and card.key is None
    return unread and card.created_by == actor.id and actor.may(PRACTICE_EDIT, card.area_code)


def lacking(card: PracticeCard) -> Sequence[str]:
    """What a card that is not published lacks before it can be."""
    if card.state == "published":
        return ()
    return rules.lacking(card.title, card.problem, card.done, card.contact_post, card.certainty)
