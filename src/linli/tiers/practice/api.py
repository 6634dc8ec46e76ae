"""Good practice over HTTP: the library, a card, its steps, its photos, and taking it over."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, Router
from ninja.files import UploadedFile

from linli.access import reads
from linli.kernel.http import CountOut, actor_of, require

from ..permissions import COORDINATE, PRACTICE_EDIT, PRACTICE_PUBLISH, VIEW
from . import actions, photos, queries, rules
from .entry import card_out, choices_out, row_out
from .queries import PracticeFilter
from .schemas import (
    NewPracticeCardIn,
    PracticeCardChangeIn,
    PracticeCardIn,
    PracticeCardOut,
    PracticeChoicesOut,
    PracticeCopiedOut,
    PracticeCopyIn,
    PracticePhotoOut,
    PracticeQuery,
    PracticesOut,
    PracticeVersionIn,
    PracticeWithdrawalIn,
)

router = Router(tags=["tiers"])
INERT = "default-src 'none'; sandbox"


@router.get("/tiers/practice", auth=require(VIEW), response=PracticesOut, summary="案例库 / Good practice")
def list_practice(request: HttpRequest, wanted: Annotated[PracticeQuery, Query()]) -> Any:
    """The published cards, and those of one's own area that are not. `indicator`: what moved this indicator elsewhere."""
    actor = actor_of(request)
    narrowed = PracticeFilter(
        wanted.q, wanted.indicator, wanted.metric, wanted.tier, wanted.scenario, wanted.state, wanted.area, wanted.but
    )
    page = queries.library(actor, narrowed, wanted.cursor, wanted.limit)
    count = CountOut(value=page.count.value, exact=page.count.exact) if page.count else None
    return PracticesOut(
        items=[row_out(each) for each in page.items], next=page.next, count=count, may_write=actor.may(PRACTICE_EDIT)
    )


@router.get("/tiers/practice/choices", auth=require(VIEW), response=PracticeChoicesOut, summary="可选项 / Choices")
def practice_choices(request: HttpRequest) -> Any:
    """The metrics a card may be about, and the indicators to search by."""
    return choices_out(queries.indicators_by_metric(), queries.indicators_now())


@router.post(
    "/tiers/practice", auth=require(PRACTICE_EDIT), response={201: PracticeCardOut}, summary="编写案例 / Write a card"
)
def write_practice(request: HttpRequest, given: NewPracticeCardIn) -> Any:
    """Begin a card of a community, as a draft."""
    actor = actor_of(request)
    made = actions.write(actor, given.area_code, _text(given))
    return 201, card_out(queries.detail(actor, made.id))


@router.get("/tiers/practice/{uuid:card_id}", auth=require(VIEW), response=PracticeCardOut, summary="案例 / A card")
def get_practice(request: HttpRequest, card_id: UUID) -> Any:
    """A card with what it moved, read from assessments now."""
    return card_out(queries.detail(actor_of(request), card_id))


@router.put(
    "/tiers/practice/{uuid:card_id}", auth=require(PRACTICE_EDIT), response=PracticeCardOut, summary="修改案例 / Amend"
)
def amend_practice(request: HttpRequest, card_id: UUID, given: PracticeCardChangeIn) -> Any:
    """Write a card anew that is not published."""
    actor = actor_of(request)
    actions.amend(actor, card_id, given.version, _text(given))
    return card_out(queries.detail(actor, card_id))


@router.post(
    "/tiers/practice/{uuid:card_id}/submit", auth=require(PRACTICE_EDIT), response=PracticeCardOut,
    summary="提交案例 / Hand in",
)  # fmt: skip
def submit_practice(request: HttpRequest, card_id: UUID, given: PracticeVersionIn) -> Any:
    """Hand a card in to be published."""
    actor = actor_of(request)
    actions.submit(actor, card_id, given.version)
    return card_out(queries.detail(actor, card_id))


@router.post(
    "/tiers/practice/{uuid:card_id}/remove", auth=require(PRACTICE_EDIT), response={204: None},
    summary="删除草稿 / Delete a draft",
)  # fmt: skip
def remove_practice(request: HttpRequest, card_id: UUID, given: PracticeVersionIn) -> Any:
    """Delete a draft of one's own that was never published."""
    actions.remove(actor_of(request), card_id, given.version)
    return 204, None


@router.post(
    "/tiers/practice/{uuid:card_id}/publish", auth=require(PRACTICE_PUBLISH), response=PracticeCardOut,
    summary="发布案例 / Publish",
)  # fmt: skip
def publish_practice(request: HttpRequest, card_id: UUID, given: PracticeVersionIn) -> Any:
    """Show a card to all."""
    actor = actor_of(request)
    actions.publish(actor, card_id, given.version)
    return card_out(queries.detail(actor, card_id))


@router.post(
    "/tiers/practice/{uuid:card_id}/withdraw", auth=require(PRACTICE_PUBLISH), response=PracticeCardOut,
    summary="撤下案例 / Withdraw",
)  # fmt: skip
def withdraw_practice(request: HttpRequest, card_id: UUID, given: PracticeWithdrawalIn) -> Any:
    """Take a published card back, or give one that was handed in back, with a reason."""
    actor = actor_of(request)
    actions.withdraw(actor, card_id, given.version, given.reason)
    return card_out(queries.detail(actor, card_id))


@router.post(
    "/tiers/practice/{uuid:card_id}/copy", auth=require(COORDINATE), response={201: PracticeCopiedOut},
    summary="用到我的社区 / Take it over",
)  # fmt: skip
def copy_practice(request: HttpRequest, card_id: UUID, given: PracticeCopyIn) -> Any:
    """Draft an implementation plan with the upgrade measures that move what the card moved."""
    plan, measures = actions.copy(actor_of(request), card_id, given.area_code)
    return 201, PracticeCopiedOut(plan_id=plan, measures=measures)


@router.post(
    "/tiers/practice/{uuid:card_id}/photos", auth=require(PRACTICE_EDIT, upload=True), response={201: PracticePhotoOut},
    summary="添加照片 / Add a photo",
)  # fmt: skip
def add_practice_photo(request: HttpRequest, card_id: UUID, file: File[UploadedFile], caption: Form[str] = "") -> Any:
    """Add a photo. It is written anew: nothing of the file stays but its pixels."""
    made = photos.add(actor_of(request), card_id, caption, file.read(photos.largest() + 1))
    return 201, PracticePhotoOut(id=made.id, caption=made.caption, width=made.width, height=made.height)


@router.get("/tiers/practice/{uuid:card_id}/photos/{uuid:photo_id}", auth=require(VIEW), response={200: None})
def practice_photo(
    request: HttpRequest, card_id: UUID, photo_id: UUID, size: Annotated[Literal["full", "small"], Query()] = "full"
) -> HttpResponse:
    """The photo, small or in full."""
    content = photos.content_of(actor_of(request), card_id, photo_id, size == "small")
    reads.note("download", "tier.practice_photo", subject_id=photo_id, count=1) if size == "full" else None
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Content-Disposition"] = "inline; filename=photo.jpg"
    answer["Content-Security-Policy"] = INERT
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache" if size == "small" else "no-store"
    return answer


@router.post(
    "/tiers/practice/{uuid:card_id}/photos/{uuid:photo_id}/remove", auth=require(PRACTICE_EDIT), response={204: None}
)
def remove_practice_photo(request: HttpRequest, card_id: UUID, photo_id: UUID) -> Any:
    """Take a photo away."""
    photos.remove(actor_of(request), card_id, photo_id)
    return 204, None


def _text(given: PracticeCardIn) -> actions.CardText:
    return actions.CardText(
        title=given.title, scenario=given.scenario, tier=given.tier or "", problem=given.problem, done=given.done, cost=given.cost,
        cost_note=given.cost_note, parts=[rules.Part(p.name, p.quantity, p.unit, p.note) for p in given.parts],
        honours=given.honours, recognition_id=given.recognition_id, contact_unit=given.contact_unit,
        contact_post=given.contact_post, before_on=given.before_on, after_on=given.after_on, source=given.source,
        metrics=[actions.NamedMetric(m.metric, m.stated_before, m.stated_after) for m in given.metrics],
    )  # fmt: skip
