"""Adding photos and files to a case: begun, sent in parts that can go on after a cut, then looked at, written anew and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7

from ..engine import sight
from ..engine.models import Case
from ..engine.states import FINISHED
from ..permissions import ACCEPT, CHECK, CLOSE, HANDLE, REPORT
from . import pictures, rules
from .models import Attachment, AttachmentPart
from .problems import Heic, NoSuchKind, NotAfter, NotYours, PhotosOnly, TooManyFiles, WrongOffset
from .scanning import scan

#: Whose the kept files are.
FILES_OF = "attachment"
EMPTY = Text("文件是空的。", "The file is empty.")
LARGE = Text("单个文件不能超过 {most} MB。", "A file may have {most} MB at most.")
BEYOND = Text("收到的内容比说明的更长。", "More has arrived than was announced.")
SMALL = Text("除最后一片外，每片不能小于 {least} KB。", "Every part but the last has {least} KB at least.")
NO_OFFSET = Text("请在 Upload-Offset 中写明起始字节。", "Say in Upload-Offset at which byte this begins.")


@dataclass(frozen=True, slots=True)
class NewFile:
    """What is about to be sent: its name, length in bytes and what it shows."""

    name: str
    size: int
    purpose: rules.Purpose


def begin(actor: Actor, case_id: UUID, given: NewFile) -> Attachment:
    """Announce a file. Raises NotFound, Forbidden, Invalid, TooManyFiles."""
    case = sight.one(actor, case_id)
    check_may_add(actor, case)
    check_size(given.size)
    if Attachment.objects.filter(case_id=case.id, removed_at=None).count() >= rules.MOST_FILES:
        raise TooManyFiles(most=rules.MOST_FILES)
    return Attachment.objects.create(**_begun(actor, case, given))


def append(actor: Actor, case_id: UUID, attachment_id: UUID, offset: int | None, content: bytes) -> Attachment:
    """Take the part that begins at `offset`; with the last one the file is finished. A part that was cut off on the way is
    not taken at all, and sending goes on from `received`. Raises NotFound, Forbidden, WrongOffset and what `finish` does."""
    case = sight.one(actor, case_id)
    check_may_add(actor, case)
    found = _own(actor, case, attachment_id)
    if offset is None:
        raise Invalid(fields=(FieldProblem("Upload-Offset", "required", NO_OFFSET),))
    if found.ready_at is not None or offset != found.received:
        raise WrongOffset(offset=found.received)
    if found.received + len(content) > found.size:
        raise Invalid(fields=(FieldProblem("size", "too_long", BEYOND),))
    if rules.part_is_too_small(found.received, len(content), found.size):
        problem = FieldProblem("size", "too_short", SMALL, {"least": rules.SMALLEST_PART // 1024})
        raise Invalid(fields=(problem,))
    if found.received + len(content) == found.size:
        return _finish(found, _sent(found) + content)
    if content:
        part = AttachmentPart(id=uuid7(), attachment=found, offset=offset, size=len(content), file_id=uuid4())
        files.keep_until_commit(BytesIO(content), part.file_id, FILES_OF)
        part.save(force_insert=True)
        found.received += len(content)
        found.save(update_fields=["received"])
    return found


def attach(actor: Actor, case: Case, given: NewFile, content: bytes) -> Attachment:
    """Add a photo that is there as a whole, for doors that take no parts and know nobody: they take pictures alone, which are
    written anew. Raises what `append` does."""
    check_size(len(content))
    sniffed = rules.sniff(content)
    if sniffed.kind is not None and not sniffed.is_image:
        raise PhotosOnly()
    return _finish(Attachment.objects.create(**_begun(actor, case, given)), content)


def check_may_add(actor: Actor, case: Case) -> None:
    """Evidence comes from who reports, checks, handles or supports. Raises Forbidden."""
    if not (
        actor.may(REPORT, case.area_code)
        or actor.may(CHECK, case.area_code)
        or (case.unit_id is not None and sight.unit_of(actor) == str(case.unit_id))
        or sight.supports(actor, case)
    ):
        raise Forbidden(permission=HANDLE if actor.may(HANDLE) else REPORT)


def check_size(size: int) -> None:
    """Raises Invalid for a file that is empty or larger than the setting allows."""
    most = int(settings.LINLI_ATTACHMENT_MB)
    if size <= 0:
        raise Invalid(fields=(FieldProblem("size", "empty", EMPTY),))
    if size > most * 1024 * 1024:
        raise Invalid(fields=(FieldProblem("size", "too_long", LARGE, {"most": most}),))


def withdraw(actor: Actor, case_id: UUID, attachment_id: UUID) -> None:
    """Take back what one added oneself, while the case is open: a photo of somebody's face, the wrong file. Who accepts or
    closes cases there may remove what others sent, whenever that is; it is logged. Raises NotFound, NotYours.
    """
    case = sight.one(actor, case_id)
    found = Attachment.objects.select_for_update().filter(id=attachment_id, case_id=case.id, removed_at=None).first()
    if found is None:
        raise NotFound()
    if may_remove(actor, case):
        changes.record(
            actor, "cases.attachment.remove", "case", case.id, case.area_code,
            {"attachment": str(found.id), "kind": found.kind, "sha256": found.sha256},
        )  # fmt: skip
    elif found.added_by != actor.id or case.state in FINISHED:
        raise NotYours()
    forget(found)


def release(actor: Actor, case_id: UUID, attachment_id: UUID, shown: bool) -> Attachment:
    """Show an 'after' picture to who reported, or show it no longer: by who closes cases there, who has looked at it for faces
    and numbers of others. Noted in the change log. Raises NotFound, Forbidden, NotAfter."""
    case = sight.one(actor, case_id)
    if not actor.may(CLOSE, case.area_code):
        raise Forbidden(permission=CLOSE)
    ready = Attachment.objects.select_for_update().filter(ready_at__isnull=False, removed_at=None)
    found = ready.filter(id=attachment_id, case_id=case.id).first()
    if found is None:
        raise NotFound()
    if found.purpose != "after" or found.small_id is None:
        raise NotAfter()
    if shown != (found.shown_at is not None):
        found.shown_at = clock.now() if shown else None
        found.save(update_fields=["shown_at"])
        changes.record(
            actor, "cases.attachment.show" if shown else "cases.attachment.hide", "case", case.id, case.area_code,
            {"attachment": str(found.id), "sha256": found.sha256},
        )  # fmt: skip
    return found


def may_show(actor: Actor, found: Attachment) -> bool:
    """Whether `actor` decides if who reported sees it."""
    return found.purpose == "after" and found.small_id is not None and actor.may(CLOSE, found.case.area_code)


def may_remove(actor: Actor, case: Case) -> bool:
    """Whether `actor` may remove what others added: somebody has to, where a stranger sent what must not stay."""
    return actor.may(ACCEPT, case.area_code) or actor.may(CLOSE, case.area_code)


def forget(found: Attachment) -> int:
    """Mark an attachment removed; its files go when that is committed. Returns how many they are."""
    gone = [each for each in (found.file_id, found.small_id) if each is not None]
    gone += list(AttachmentPart.objects.filter(attachment=found).values_list("file_id", flat=True))
    AttachmentPart.objects.filter(attachment=found).delete()
    found.removed_at, found.file_id, found.small_id = clock.now(), None, None
    found.save(update_fields=["removed_at", "file_id", "small_id"])
    _remove_on_commit(gone)
    return len(gone)


def expire(before: datetime, most: int) -> list[tuple[Attachment, int]]:
    """Forget files that were begun before a moment and never finished, with how many parts each had."""
    rows = Attachment.objects.select_for_update(skip_locked=True)
    left = rows.filter(ready_at=None, removed_at=None, added_at__lt=before).order_by("added_at", "id")[:most]
    return [(each, forget(each)) for each in left]


def clear_files() -> None:
    """Remove kept files whose row was never committed: what followed failed, or the process was killed."""
    left = files.unsettled(FILES_OF)
    if not left:
        return
    known = set(AttachmentPart.objects.filter(file_id__in=left).values_list("file_id", flat=True))
    for column in ("file_id", "small_id"):
        known |= set(Attachment.objects.filter(**{f"{column}__in": left}).values_list(column, flat=True))
    for file_id in left:
        files.settle(FILES_OF, file_id, wanted=file_id in known)


def _begun(actor: Actor, case: Case, given: NewFile) -> dict[str, object]:
    return {
        "id": uuid7(), "case": case, "purpose": given.purpose, "name": rules.plain_name(given.name, ""),
        "size": given.size, "case_version": case.version, "added_by": actor.id, "added_name": actor.name,
        "added_at": clock.now(),
    }  # fmt: skip


def _own(actor: Actor, case: Case, attachment_id: UUID) -> Attachment:
    """A file on its way, which is only its sender's to go on with, locked."""
    found = Attachment.objects.select_for_update().filter(
        id=attachment_id, case_id=case.id, added_by=actor.id, removed_at=None
    )
    first = found.first()
    if first is None:
        raise NotFound()
    return first


def _sent(found: Attachment) -> bytes:
    """What has arrived so far."""
    pieces = []
    for file_id in AttachmentPart.objects.filter(attachment=found).order_by("offset").values_list("file_id", flat=True):
        with files.opened(file_id) as path:
            pieces.append(path.read_bytes())
    return b"".join(pieces)


def _finish(found: Attachment, content: bytes) -> Attachment:
    """Look at a whole file, keep it, and forget its parts. Raises NoSuchKind, Heic, TooManyPixels, Unreadable, Infected,
    NotScanned, DiskFull."""
    sniffed = rules.sniff(content)
    if sniffed.kind is None:
        raise Heic() if sniffed.heic else NoSuchKind()
    found.scan, found.kind, found.sent_sha256 = scan(content), sniffed.kind, sha256(content).hexdigest()
    if sniffed.is_image:
        picture = pictures.written_anew(content)
        found.kind, content = "image/jpeg", picture.content
        found.width, found.height = picture.width, picture.height
        found.taken_at, found.lon, found.lat = picture.taken_at, picture.lon, picture.lat
        found.small_id = uuid4()
        files.keep_until_commit(BytesIO(picture.small), found.small_id, FILES_OF)
    found.file_id, found.name = uuid4(), rules.plain_name(found.name, found.kind)
    found.kept_size, found.sha256 = files.keep_until_commit(BytesIO(content), found.file_id, FILES_OF)
    found.received, found.ready_at = found.size, clock.now()
    found.save()
    parts = AttachmentPart.objects.filter(attachment=found)
    _remove_on_commit(list(parts.values_list("file_id", flat=True)))
    parts.delete()
    return found


def _remove_on_commit(gone: list[UUID]) -> None:
    def remove() -> None:
        for file_id in gone:
            files.remove(file_id)

    if gone:
        transaction.on_commit(remove)
