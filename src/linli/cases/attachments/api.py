"""Photos and files over HTTP: announced, sent in parts as by tus (an offset, a PATCH), looked at through an address that asks
who looks. Nothing sent is served as anything but an inert picture or a download."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from linli.access import reads
from linli.kernel.actors import Actor
from linli.kernel.http import TooMany, actor_of, require
from linli.kernel.limiting.actions import Limiter

from ..permissions import HANDLE, VIEW
from . import actions, queries, rules
from .models import Attachment
from .schemas import AttachmentIn, AttachmentOut, AttachmentShownIn

router = Router(tags=["cases"])
#: Who sees the case gets here; who may add is asked where it lies (`actions.check_may_add`).
SEEN = require(VIEW, HANDLE)
INERT = "default-src 'none'; sandbox"
#: Files and parts from one account: a day's pictures of a patrol, sent at once when the line is back, pass.
begun, parts = Limiter("attachments", 200, 600.0), Limiter("attachment_parts", 2000, 600.0)


@router.get("/cases/{case_id}/attachments", auth=SEEN, response=list[AttachmentOut])
def list_attachments(request: HttpRequest, case_id: UUID) -> Any:
    """The photos and files of a case, and those of one's own that are still on their way."""
    actor = actor_of(request)
    return [_out(actor, each) for each in queries.of_case(actor, case_id)]


@router.post("/cases/{case_id}/attachments", auth=SEEN, response={201: AttachmentOut})
def begin_attachment(request: HttpRequest, case_id: UUID, given: AttachmentIn) -> Any:
    """Announce a file; its parts follow by PATCH."""
    actor = actor_of(request)
    _bounded(begun, actor)
    return 201, _out(actor, actions.begin(actor, case_id, actions.NewFile(given.name, given.size, given.purpose)))


@router.patch("/cases/{case_id}/attachments/{attachment_id}", auth=SEEN, response=AttachmentOut)
def send_part(
    request: HttpRequest,
    case_id: UUID,
    attachment_id: UUID,
    offset: Annotated[int | None, Header(alias="Upload-Offset")] = None,
) -> Any:
    """Take the bytes of the body as the part that begins at `Upload-Offset`. Answers how much is there; the last finishes it."""
    actor = actor_of(request)
    _bounded(parts, actor)
    return _out(actor, actions.append(actor, case_id, attachment_id, offset, request.body))


@router.get("/cases/{case_id}/attachments/{attachment_id}/content", auth=SEEN)
def attachment_content(
    request: HttpRequest,
    case_id: UUID,
    attachment_id: UUID,
    size: Annotated[Literal["full", "small"], Query()] = "full",
) -> HttpResponse:
    """The photo, small or in full, or the file as a download."""
    actor = actor_of(request)
    case, found = queries.one(actor, case_id, attachment_id)
    content = queries.content_of(found, small=size == "small")
    if size == "full":
        reads.note("download", "case.attachment", subject_id=found.id, area=case.area_code, count=1)
    answer = HttpResponse(content, content_type=rules.media_type(found.kind))
    shown = "inline" if found.kind == "image/jpeg" else "attachment"
    answer["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(found.name)}"
    answer["Content-Security-Policy"] = INERT
    answer["Cache-Control"] = "private, no-cache" if size == "small" else "no-store"
    return answer


@router.delete("/cases/{case_id}/attachments/{attachment_id}", auth=SEEN, response={204: None})
def withdraw_attachment(request: HttpRequest, case_id: UUID, attachment_id: UUID) -> Any:
    """Take back what one added oneself, before the case is closed; who accepts or closes cases removes anything."""
    actions.withdraw(actor_of(request), case_id, attachment_id)
    return 204, None


@router.put("/cases/{case_id}/attachments/{attachment_id}/shown", auth=SEEN, response=AttachmentOut)
def show_attachment(request: HttpRequest, case_id: UUID, attachment_id: UUID, given: AttachmentShownIn) -> Any:
    """Show a picture of afterwards to who reported, or no longer; by who closes cases."""
    actor = actor_of(request)
    return _out(actor, actions.release(actor, case_id, attachment_id, given.shown))


def _bounded(limiter: Limiter, actor: Actor) -> None:
    if wait := limiter.wait(actor.id):
        raise TooMany(wait=wait)


def _out(actor: Actor, found: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=found.id, purpose=cast(Any, found.purpose), name=found.name, kind=found.kind, size=found.size,
        received=found.received, ready=found.ready_at is not None, image=found.kind == "image/jpeg", width=found.width,
        height=found.height, taken_at=found.taken_at, lon=found.lon, lat=found.lat, sha256=found.sha256,
        scan=cast(Any, found.scan), added_name=found.added_name, added_at=found.added_at,
        mine=found.added_by == actor.id or actions.may_remove(actor, found.case),
        shown=found.shown_at is not None, may_show=actions.may_show(actor, found), part_size=rules.PART,
    )  # fmt: skip
