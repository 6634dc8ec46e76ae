"""Photos of a card: looked at, written anew and kept, by the pipeline that photos of cases go through; place and time are dropped."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.cases.attachments import pictures
from linli.cases.attachments.problems import Heic
from linli.cases.attachments.rules import sniff
from linli.cases.attachments.scanning import scan
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..numbers import holds_personal_number
from ..permissions import PRACTICE_EDIT
from . import rules, sight
from .models import PracticeCard, PracticePhoto
from .problems import PhotoOnly, PhotosFull, PracticePublished

#: Whose the kept files are.
FILES_OF = "practice"
LONGEST_CAPTION = 100
_EMPTY = Text("文件是空的。", "The file is empty.")
_LARGE = Text("单个文件不能超过 {most} MB。", "A file may have {most} MB at most.")
_CAPTION = Text(
    "说明最多 {most} 个字，不写电话号码或证件号码。",
    "A caption has {most} characters at most, and no number of a person.",
)


def largest() -> int:
    """The most bytes a photo may have."""
    return int(settings.LINLI_ATTACHMENT_MB) * 1024 * 1024


def check_photo(content: bytes, caption: str) -> None:
    """Raises Invalid, PhotoOnly, Heic."""
    if not content:
        raise Invalid(fields=(FieldProblem("file", "empty", _EMPTY),))
    if len(content) > largest():
        raise Invalid(fields=(FieldProblem("file", "large", _LARGE, {"most": int(settings.LINLI_ATTACHMENT_MB)}),))
    if len(caption) > LONGEST_CAPTION or holds_personal_number(caption):
        raise Invalid(fields=(FieldProblem("caption", "caption", _CAPTION, {"most": LONGEST_CAPTION}),))
    sniffed = sniff(content)
    if sniffed.heic:
        raise Heic()
    if not sniffed.is_image:
        raise PhotoOnly()


def add(actor: Actor, card_id: UUID, caption: str, content: bytes) -> PracticePhoto:
    """Add a photo to a card that is not published. Raises NotFound, Forbidden, PracticePublished, PhotosFull, what `check_photo`
    does, and what is refused in looking at it and writing it anew: that takes a while, and nobody waits for the card meanwhile."""
    _open(actor, card_id, locked=False)
    check_photo(content, caption)
    scan(content)
    picture = pictures.written_anew(content)
    with transaction.atomic():
        card = _open(actor, card_id)
        if PracticePhoto.objects.filter(card=card, removed_at=None).count() >= rules.MOST_PHOTOS:
            raise PhotosFull(most=rules.MOST_PHOTOS)
        made = PracticePhoto(
            id=uuid7(), card=card, area_code=card.area_code, caption=caption.strip(), small_id=uuid4(), width=picture.width,
            height=picture.height, added_at=clock.now(), added_by=actor.id, added_by_name=actor.name,
        )  # fmt: skip
        made.size, made.sha256 = files.keep_until_commit(BytesIO(picture.content), made.id, FILES_OF)
        if made.small_id is not None:
            files.keep_until_commit(BytesIO(picture.small), made.small_id, FILES_OF)
        made.save(force_insert=True)
        _touch(actor, card)
        changes.record(actor, "tiers.practice.photo", "practice_card", card.id, card.area_code, {"photo": str(made.id)})
    return made


def remove(actor: Actor, card_id: UUID, photo_id: UUID) -> None:
    """Take a photo away; that it was there stays known. Raises NotFound, Forbidden, PracticePublished."""
    with transaction.atomic():
        card = _open(actor, card_id)
        found = PracticePhoto.objects.select_for_update().filter(id=photo_id, card=card, removed_at=None).first()
        if found is None:
            raise NotFound()
        small = found.small_id
        found.removed_at, found.removed_by_name, found.small_id = clock.now(), actor.name, None
        found.save(update_fields=["removed_at", "removed_by_name", "small_id"])
        _touch(actor, card)
        changes.record(
            actor, "tiers.practice.photo_remove", "practice_card", card.id, card.area_code, {"photo": str(photo_id)}
        )

        def gone() -> None:
            for reference in (photo_id, small):
                if reference is not None:
                    files.remove(reference)

        transaction.on_commit(gone)


def content_of(actor: Actor, card_id: UUID, photo_id: UUID, small: bool) -> bytes:
    """A photo of a card in sight. Raises Forbidden, NotFound."""
    card = sight.one(actor, card_id)
    found = PracticePhoto.objects.filter(id=photo_id, card=card, removed_at=None).first()
    if found is None:
        raise NotFound()
    with files.opened(found.small_id if small and found.small_id else found.id) as path:
        return path.read_bytes()


def clear_files() -> None:
    """Files whose row was never committed go."""
    for reference in files.unsettled(FILES_OF):
        held = PracticePhoto.objects.filter(removed_at=None)
        wanted = held.filter(id=reference).exists() or held.filter(small_id=reference).exists()
        files.settle(FILES_OF, reference, wanted)


def _touch(actor: Actor, card: PracticeCard) -> None:
    """A photo changes what the card shows: who read it before does not publish it unseen."""
    card.version += 1
    card.changed_at, card.changed_by, card.changed_by_name = clock.now(), actor.id, actor.name
    card.save(update_fields=["version", "changed_at", "changed_by", "changed_by_name"])


def _open(actor: Actor, card_id: UUID, *, locked: bool = True) -> PracticeCard:
    """A card that takes and gives photos."""
    if not actor.may(PRACTICE_EDIT):
        raise Forbidden(permission=PRACTICE_EDIT)
    found = sight.own(actor, PRACTICE_EDIT, card_id, locked=locked)
    if found.state == "published":
        raise PracticePublished()
    return found
