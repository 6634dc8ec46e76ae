"""A batch as such: found, kept, queued, given up, and its file removed after its time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from linli.access import changes
from linli.kernel import clock, files
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, NotFound, Text

from .. import rules
from ..models import Batch, Finding
from ..permissions import BATCH_UPLOAD, BATCH_VIEW
from ..rules import State
from ..work import WrongState


class FileGone(Conflict):
    """The uploaded file was removed after its time."""

    code = "intake.batch.file_gone"
    text = Text("原文件已按期限删除，请重新上传。", "The file was removed after its time; upload it again.")


def find(actor: Actor, batch_id: UUID, permission: str, *, lock: bool = False) -> Batch:
    """A batch in an area where the actor holds the permission. Raises NotFound."""
    rows = Batch.objects.restrict(actor, permission)
    found: Batch | None = (rows.select_for_update() if lock else rows).filter(id=batch_id).first()
    if found is None:
        raise NotFound()
    return found


def same_content(actor: Actor, batch: Batch) -> Batch | None:
    """An earlier batch with exactly this file that is in the base, if the actor can see it: which files another town
    brought is that town's."""
    return (
        Batch.objects.restrict(actor, BATCH_VIEW)
        .filter(sha256=batch.sha256, state__in=rules.IN_BASE, source_code=batch.source_code)
        .exclude(id=batch.id)
        .order_by("-id")
        .first()
    )


def cancel_batch(actor: Actor, batch_id: UUID) -> Batch:
    """Give a batch up before it is merged. Work in progress ends at its next step; the base stays as it was."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if State(batch.state) not in rules.CANCELLABLE:
        raise WrongState(state=batch.state)
    if State(batch.state) in rules.WORKING:
        batch.cancel_asked = True
        save(batch, "cancel_asked")
    else:
        close(batch, State.CANCELLED)
    changes.record(actor, "intake.batch.cancel", "batch", batch.id, batch.area_code)
    return batch


def close(batch: Batch, state: State) -> None:
    """End a batch that never reached the base: its file and findings go, the line in the list stays."""
    now = clock.now()
    batch.state, batch.finished_at, batch.cancel_asked = state, now, False
    fields = ["finished_at", "cancel_asked"]
    if state == State.CANCELLED and batch.file_id is not None:
        files.remove(batch.file_id)
        batch.file_gone_at, batch.preview = now, None
        Finding.objects.filter(batch_id=batch.id).delete()
        _forget_comparisons(batch.id)
        fields += ["file_gone_at", "preview"]
    save(batch, *fields)


def _forget_comparisons(batch_id: UUID) -> None:
    from ..compare.actions import forget  # which stands on these actions

    forget(batch_id)


def expire_files(before: datetime, most: int) -> list[tuple[Batch, bool]]:
    """Remove the files, findings and previews of at most so many batches older than `before`; the line in the list stays.

    Returns the batches, and whether each had a file. Batches that somebody works on wait.
    """
    old = Batch.objects.filter(created_at__lt=before, file_gone_at=None).exclude(state__in=rules.WORKING)
    gone = list(old.select_for_update(skip_locked=True).order_by("id")[:most])
    for batch in gone:
        if batch.file_id is not None:
            files.remove(batch.file_id)
    ids = [batch.id for batch in gone]
    Finding.objects.filter(batch_id__in=ids).delete()
    Batch.objects.filter(id__in=ids).update(file_gone_at=clock.now(), preview=None)
    return [(batch, batch.file_id is not None) for batch in gone]


def save(batch: Batch, *fields: str) -> None:
    """Keep the state and these fields, with the time."""
    batch.changed_at = clock.now()
    batch.save(update_fields=["state", "changed_at", *fields])


def queue(what: str, batch: Batch) -> None:
    """Put the work into the queue, in the same transaction; one job of a kind for a batch at a time."""
    from ..jobs import enqueue

    if what != "read" and batch.by_command:  # from now on the queue looks after it
        batch.by_command = False
        batch.save(update_fields=["by_command"])
    enqueue(what, batch)
