"""Reads of suggestions: for a text being written, for a case, and the versions of the model with how they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.kernel import clock, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Invalid
from linli.kernel.paging import Page
from linli.places.queries.lookup import address_parser

from ..categories.models import Category
from ..engine import sight
from ..permissions import CATEGORY_EDIT
from ..text.mentions import Mention, mentions, urgent
from .directory import directory_of
from .holding import held
from .models import Suggestion, TextVersion
from .rules import Offer, Offers, offered

if TYPE_CHECKING:
    from ..engine.models import Case

#: So many guesses are looked up, since some may be closed.
LOOKED_AT = 8
Figure = Literal["first", "second", "other", "undecided"]


@dataclass(frozen=True, slots=True)
class Told:
    """What is suggested by a version of the model."""

    version_id: UUID
    threshold: float
    offers: Offers[Category]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the program reads out of a text: categories (None: there is no model), times, places, urgent matters."""

    told: Told | None
    mentions: Sequence[Mention]
    urgent: Sequence[str]


@dataclass(frozen=True, slots=True)
class OfVersion:
    """A version with what people took of its suggestions."""

    version: TextVersion
    first: int
    second: int
    other: int
    undecided: int


def offers_for(text: str) -> Told | None:
    """The likeliest categories of a text that are in use; None where there is no model. Two queries."""
    found = held()
    if found is None:
        return None
    guesses = found.model.suggest(text, LOOKED_AT)
    known = directory_of([g.label for g in guesses])
    offers = offered([(g.label, g.probability) for g in guesses], known.of_label, found.threshold)
    return Told(found.version_id, found.threshold, offers)


def reading(text: str, said_on: date) -> Reading:
    """Everything that is suggested from a text, said on a day."""
    return Reading(offers_for(text) if text.strip() else None, _spans(text, said_on), urgent(text))


def reading_of(case: Case) -> Reading:
    """What the words of a case mention, as said on the day it was reported; its suggestion is kept beside it."""
    return Reading(
        None, _spans(case.description, case.reported_at.astimezone(clock.LOCAL).date()), urgent(case.description)
    )


def _spans(text: str, said_on: date) -> list[Mention]:
    from ..text.whereabouts import places

    return sorted((*mentions(text, said_on), *places(text, address_parser())), key=lambda m: (m.start, m.end))


def suggestion_of(actor: Actor, case_id: UUID) -> tuple[Case, Suggestion | None]:
    """A case in sight, and what was suggested for it when it was reported. Raises NotFound. Two queries."""
    case = sight.one(actor, case_id)
    found = Suggestion.objects.select_related("first", "second", "version").filter(case_id=case.id).first()
    return case, found


def still_offered(kept: Suggestion) -> Offers[Category]:
    """What was suggested for a case, as it can still be taken: once a person chose, as it was; before, what a category goes
    by today, and without one that was closed since. One query at most."""
    first = Offer(kept.first, kept.first_probability)
    second = Offer(kept.second, kept.second_probability or 0.0) if kept.second else None
    if kept.taken:
        return Offers(first, second, kept.sure)
    guesses = [(str(o.category.id), o.probability) for o in (first, second) if o]
    known = directory_of([label for label, _ in guesses])
    now = offered(guesses, known.of_label, 0.0)
    same = now.first is not None and now.first.category.id == kept.first_id
    return Offers(now.first, now.second, kept.sure and same)


def versions_page(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[OfVersion]:
    """The versions of the model, the newest first, with what was taken of what they suggested in sight. Two queries."""
    actor.require(CATEGORY_EDIT, settings.LINLI_DISTRICT)
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    found = TextVersion.objects.order_by("-id")
    if after:
        try:
            found = found.filter(id__lt=UUID(str(after[0])))
        except ValueError:
            raise Invalid(reason="cursor") from None
    rows = list(found[: size + 1])
    shown = rows[:size]
    counts = _taken([version.id for version in shown])
    items = [OfVersion(v, *(counts.get((v.id, word), 0) for word in ("first", "second", "other", ""))) for v in shown]
    return Page(items, paging.encode((shown[-1].id,)) if len(rows) > size else None, None)


def _taken(versions: Sequence[UUID]) -> dict[tuple[UUID, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version_id, taken, count(*) FROM cases_suggestion WHERE version_id = ANY(%s) GROUP BY 1, 2",
            [list(versions)],
        )
        return {(version, word): count for version, word, count in cursor.fetchall()}
