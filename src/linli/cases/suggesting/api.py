"""Suggestions over HTTP: while a report is typed, on the case, and the versions of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from linli.access import reads
from linli.kernel import clock
from linli.kernel.http import PageOut, actor_of, require

from ..categories.models import Category
from ..permissions import ACCEPT, CATEGORY_EDIT, HANDLE, REPORT, VIEW
from ..text.mentions import Mention
from . import actions, queries
from .rules import Offer, Offers
from .schemas import CaseSuggestionOut, MentionOut, SuggestedCategoryOut, SuggestedOut, TextIn, TextVersionOut

router = Router(tags=["cases"])


@router.post("/cases/suggestions", auth=require(REPORT, ACCEPT), response=SuggestedOut)
def suggest(request: HttpRequest, given: TextIn) -> Any:
    """What the words of a report suggest: two categories, times, places, urgent matters. Nothing is kept."""
    found = queries.reading(given.text, clock.today())
    offers: Offers[Category] = found.told.offers if found.told else Offers()
    return SuggestedOut(
        available=found.told is not None or not given.text.strip(), first=_category(offers.first),
        second=_category(offers.second), sure=offers.sure, mentions=_mentions(found.mentions), urgent=list(found.urgent),
    )  # fmt: skip


@router.get("/cases/{case_id}/suggestion", auth=require(VIEW, HANDLE), response=CaseSuggestionOut)
def case_suggestion(request: HttpRequest, case_id: UUID) -> Any:
    """What was suggested for a case when it was reported, and what its words mention."""
    case, kept = queries.suggestion_of(actor_of(request), case_id)
    reads.note("detail", "case", subject_id=case_id, area=case.area_code, count=1)
    spans = queries.reading_of(case)
    offers: Offers[Category] = queries.still_offered(kept) if kept else Offers()
    return CaseSuggestionOut(
        available=kept is not None, first=_category(offers.first), second=_category(offers.second), sure=offers.sure,
        mentions=_mentions(spans.mentions), urgent=list(spans.urgent), taken=cast(Any, kept.taken if kept else ""),
        suggested_at=kept.suggested_at if kept else None,
    )  # fmt: skip


@router.get("/text-versions", auth=require(CATEGORY_EDIT), response=PageOut[TextVersionOut])
def list_text_versions(
    request: HttpRequest, cursor: str | None = None, limit: Annotated[int | None, Query()] = None
) -> Any:
    """The versions of the model with their figures, the newest first."""
    page = queries.versions_page(actor_of(request), cursor, limit)
    return PageOut[TextVersionOut](items=[_version(item) for item in page.items], next=page.next, count=None)


@router.post("/text-versions/{version_id}/use", auth=require(CATEGORY_EDIT), response={204: None})
def use_text_version(request: HttpRequest, version_id: UUID) -> Any:
    """Put a version to use, an earlier one too."""
    actions.use(actor_of(request), version_id)
    return 204, None


def _category(offer: Offer[Category] | None) -> SuggestedCategoryOut | None:
    if offer is None:
        return None
    c = offer.category
    return SuggestedCategoryOut(
        id=c.id, code=c.code, name=c.name, major_name=c.major_name, probability=round(offer.probability, 4),
        urgent=c.dispatch_first, procedure=c.procedure, emergency_number=c.emergency_number,
    )  # fmt: skip


def _mentions(found: Sequence[Mention]) -> list[MentionOut]:
    return [
        MentionOut(
            kind=cast(Any, str(m.kind)), start=m.start, end=m.end, text=m.text, normal=m.normal, certain=m.certain
        )
        for m in found
    ]


def _version(item: queries.OfVersion) -> TextVersionOut:
    v = item.version
    return TextVersionOut(
        id=v.id, made_at=v.made_at, current=v.current, outcome=cast(Any, v.outcome), seeds=v.seeds, cases=v.cases,
        labels=v.labels, held_out=v.held_out, macro_f1=v.macro_f1, accuracy=v.accuracy, top2=v.top2,
        before_macro_f1=v.before_macro_f1, threshold=v.threshold, size=v.size, has_file=v.has_file,
        chosen_at=v.chosen_at, chosen_by_name=v.chosen_by_name, first=item.first, second=item.second, other=item.other,
        undecided=item.undecided,
    )  # fmt: skip
