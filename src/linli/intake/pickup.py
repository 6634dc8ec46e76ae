"""Files taken in by themselves from folders on the server: the settings, the taking, and what follows it.

Nothing in the folders is moved, changed or followed elsewhere. A file is taken once, by its content, in the transaction
that opens its batch: a process killed at any moment leaves either both or neither, and the next look goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from uuid import UUID

import structlog
from django.conf import settings
from django.db import IntegrityError

from linli.access import changes
from linli.kernel import clock, files, paging
from linli.kernel.actors import Actor
from linli.kernel.errors import Conflict, FieldProblem, Invalid, NotFound, Problem, Text
from linli.kernel.paging import Page
from linli.kernel.scope import acting

from . import actions, rules
from .limits import MEGABYTE
from .models import Batch, PickedFile, Pickup
from .perform import UploaderGone, actor_of, overseer
from .permissions import BATCH_MERGE, BATCH_UPLOAD, SOURCE_EDIT
from .problems import REQUIRED, EmptyFile, FileTooLarge
from .reading.archive import RUBBISH
from .rules import State

THEN = ("check", "merge", "skip_bad")
# A file is looked at when nobody has written to it for so long; one written more slowly is taken when it changes.
SETTLED_SECONDS = 60
MOST_AT_ONCE = 50
OUTSIDE = Text(
    "目录须在服务器的接收目录（LINLI_PICKUP_DIR）之内，写相对路径，如“卫健/月报”。",
    "The folder must lie within the server's pick-up folder (LINLI_PICKUP_DIR); write it relative to that.",
)
PATTERN = Text("文件名规则最长 100 字，不含“/”，如“*.xlsx”。", "A pattern of file names has no slash, such as *.xlsx.")
log = structlog.get_logger("linli.intake")


class FolderMissing(Conflict):
    """The folder of a pick-up is not there, or leads out of the pick-up folder."""

    code = "intake.pickup.folder_missing"
    text = Text(
        "服务器上没有这个接收目录，或它指向别处。", "There is no such folder on the server, or it leads elsewhere."
    )


class Unsettled(Exception):
    """The file changed while it was being kept; it is left for the next look."""


@dataclass(frozen=True, slots=True)
class PickupForm:
    """A pick-up as somebody sets it."""

    area: str
    source: str
    directory: str
    pattern: str
    then: str
    active: bool = True


def root() -> Path:
    """The folder below which pick-ups may look: nothing else on the server can be read through them."""
    return Path(settings.LINLI_PICKUP_DIR)


def pickups(actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[Pickup]:
    """The pick-ups of the actor's areas, newest first."""
    size, after = paging.limit(limit), paging.decode(cursor, 1)
    rows = Pickup.objects.restrict(actor, SOURCE_EDIT)
    if after:
        rows = rows.filter(id__lt=UUID(str(after[0])))
    found = list(rows.order_by("-id")[: size + 1])
    following = paging.encode((str(found[size - 1].id),)) if len(found) > size else None
    return Page(found[:size], following)


def check_pickup(actor: Actor, form: PickupForm) -> None:
    """Raise what keeps a pick-up from being set: rights, unknown source, a folder outside, no pattern.

    The folders lie side by side for the whole district, so setting one asks for the district: who holds a town alone
    could name another office's folder and read its files.
    """
    actor.require(SOURCE_EDIT, settings.LINLI_DISTRICT)
    if form.then != "check":
        actor.require(BATCH_MERGE, form.area)
    actions.check_upload(actor, form.source, form.area, 1, None)
    problems = []
    parts = PurePosixPath(form.directory).parts
    if form.directory.startswith("/") or "\\" in form.directory or ".." in parts or "\0" in form.directory:
        problems.append(FieldProblem("directory", "outside", OUTSIDE))
    if not form.pattern.strip() or len(form.pattern) > 100 or "/" in form.pattern:
        problems.append(FieldProblem("pattern", "form", PATTERN))
    if form.then not in THEN:
        problems.append(FieldProblem("then", "unknown", REQUIRED))
    if problems:
        raise Invalid(fields=tuple(problems))


def save_pickup(actor: Actor, form: PickupForm, pickup_id: UUID | None = None) -> Pickup:
    """Set a pick-up, or change one; its batches will have the rights of whoever set it last. Raises NotFound."""
    held = None
    if pickup_id is not None:
        held = Pickup.objects.restrict(actor, SOURCE_EDIT).select_for_update().filter(id=pickup_id).first()
        if held is None:
            raise NotFound()
    check_pickup(actor, form)
    pickup = held or Pickup(created_at=clock.now())
    pickup.area_code, pickup.source_code, pickup.then = form.area, form.source, form.then
    pickup.directory, pickup.pattern = str(PurePosixPath(form.directory or ".")), form.pattern.strip()
    pickup.active, pickup.problem = form.active, None
    pickup.owner, pickup.owner_name = actor.id, actor.name
    pickup.save()
    told = {"source": form.source, "then": form.then, "active": form.active}
    changes.record(actor, "intake.pickup.save", "pickup", pickup.id, form.area, told)
    return pickup


def remove_pickup(actor: Actor, pickup_id: UUID) -> None:
    """Take no more files; the batches stay. Raises NotFound."""
    pickup = Pickup.objects.restrict(actor, SOURCE_EDIT).filter(id=pickup_id).first()
    if pickup is None:
        raise NotFound()
    changes.record(actor, "intake.pickup.remove", "pickup", pickup.id, pickup.area_code)
    PickedFile.objects.filter(pickup_id=pickup.id).delete()
    pickup.delete()


def look() -> int:
    """One look into every folder, and the next step of batches that wait for it; returns how many files were taken."""
    with acting(overseer()):
        active = list(Pickup.objects.filter(active=True).order_by("id"))
    taken = 0
    for pickup in active:
        problem: Problem | None = None
        try:
            taken += _look_into(pickup)
        except Problem as error:
            problem = error
        said = {"code": problem.code, "params": {}} if problem else None
        with acting(overseer()):
            Pickup.objects.filter(id=pickup.id).update(looked_at=clock.now(), problem=said)
    with acting(overseer()):
        waiting = Batch.objects.filter(state__in=[State.MAPPING, State.MATCHED], options__has_key="auto")
        ready = list(waiting.filter(problem__isnull=True).values_list("id", flat=True)[:MOST_AT_ONCE])
    for batch_id in ready:
        advance(batch_id)
    return taken


def _look_into(pickup: Pickup) -> int:
    folder = (root() / pickup.directory).resolve()
    if not folder.is_relative_to(root().resolve()) or not folder.is_dir():
        raise FolderMissing()
    try:
        actor = actor_of(pickup.owner)
    except NotFound:
        raise UploaderGone() from None
    with acting(overseer()):
        known = set(PickedFile.objects.filter(pickup_id=pickup.id).values_list("name", "size", "modified_ns"))
    taken = 0
    for path, state in _settled(folder, pickup.pattern):
        if taken >= MOST_AT_ONCE:
            break
        if (path.name, state.st_size, state.st_mtime_ns) in known:
            continue
        try:
            taken += _take(pickup, actor, path, state)
        except (Unsettled, FileNotFoundError, IntegrityError):
            continue  # still being written, gone, or taken by another worker
    return taken


def _settled(folder: Path, pattern: str) -> Iterator[tuple[Path, os.stat_result]]:
    """Plain files that match and that nobody writes to any more; links are never followed."""
    before = clock.now().timestamp() - SETTLED_SECONDS
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if e.is_file(follow_symlinks=False) and fnmatch(e.name, pattern))
    for name in names:
        path = folder / name
        try:
            state = path.stat(follow_symlinks=False)
        except FileNotFoundError:
            continue
        if state.st_mtime <= before and not RUBBISH.search(name):
            yield path, state


def _take(pickup: Pickup, actor: Actor, path: Path, state: os.stat_result) -> bool:
    """Open a batch for a file unless its content was taken before. Raises Unsettled, IntegrityError."""
    digest = _digest(path)
    seen = {"name": path.name, "size": state.st_size, "modified_ns": state.st_mtime_ns}
    with acting(overseer()):
        if PickedFile.objects.filter(pickup_id=pickup.id, sha256=digest).update(**seen):
            return False
    kept: UUID | None = None
    try:
        with acting(actor):
            batch = _batch(pickup, actor, path, state, digest)
            kept = batch.file_id
            now = path.stat(follow_symlinks=False)
            if (now.st_size, now.st_mtime_ns) != (state.st_size, state.st_mtime_ns) or batch.sha256 != digest:
                raise Unsettled()
            PickedFile.objects.create(
                pickup_id=pickup.id, area_code=pickup.area_code, sha256=digest, batch_id=batch.id,
                taken_at=clock.now(), **seen,
            )  # fmt: skip
    except BaseException:
        if kept is not None:
            files.remove(kept)
        raise
    log.info("picked_up", pickup=str(pickup.id), batch=str(batch.id))
    return True


def _batch(pickup: Pickup, actor: Actor, path: Path, state: os.stat_result, digest: str) -> Batch:
    """The batch of a file; one that may not even be kept fails where everybody looks for it."""
    try:
        with _opened(path) as content:
            return actions.upload_batch(
                actor,
                content,
                filename=path.name,
                size=state.st_size,
                source=pickup.source_code,
                area=pickup.area_code,
                options={"auto": pickup.then},
            )
    except (EmptyFile, FileTooLarge) as error:
        return _failed(
            actor, error, filename=path.name, size=state.st_size, digest=digest, source=pickup.source_code,
            area=pickup.area_code,
        )  # fmt: skip


def _failed(actor: Actor, problem: Problem, *, filename: str, size: int, digest: str, source: str, area: str) -> Batch:
    """A batch for a file that could not even be kept, so that its failure is seen where files are looked for."""
    now = clock.now()
    batch = Batch.objects.create(
        area_code=area,
        unit_id=actor.unit_id,
        uploader=actor.id,
        uploader_name=actor.name,
        source_code=source,
        filename=filename[-200:],
        file_size=size,
        sha256=digest,
        file_gone_at=now,
        observed_on=clock.today(),
        state=State.FAILED,
        problem={"code": problem.code, "params": problem.params},
        created_at=now,
        changed_at=now,
        finished_at=now,
    )
    changes.record(actor, "intake.batch.upload", "batch", batch.id, area, {"source": source, "problem": problem.code})
    return batch


def _opened(path: Path) -> BinaryIO:
    """A file to read, never by a link: one put in its place since it was looked at would lead anywhere on the server.
    Raises Unsettled."""
    try:
        return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK))
    except FileNotFoundError:
        raise
    except OSError:
        raise Unsettled() from None


def _digest(path: Path) -> str:
    found = sha256()
    with _opened(path) as content:
        while block := content.read(MEGABYTE):
            found.update(block)
    return found.hexdigest()


def advance(batch_id: UUID) -> None:
    """Ask for the next step of a batch that was picked up; whatever needs a person waits for one.

    It is merged without a person only under a mapping that one has used before: columns newly guessed wait.
    """
    with acting(overseer()):
        batch = Batch.objects.filter(id=batch_id).first()
    if batch is None or batch.problem is not None or (then := batch.options.get("auto")) not in THEN:
        return
    try:
        actor = actor_of(batch.uploader)
        with acting(actor):
            if batch.state == State.MAPPING and actor.may(BATCH_UPLOAD, batch.area_code):
                actions.check_batch(actor, batch.id, by_hand=False)
            elif batch.state == State.MATCHED and then != "check" and _remembered(batch):
                bad = int((batch.check_counts or {}).get("bad_rows", 0))
                if not rules.blocks_merge(bad, then == "skip_bad"):
                    actions.merge_batch(actor, batch.id, skip_bad=then == "skip_bad")
    except Problem as error:
        with acting(overseer()):
            Batch.objects.filter(id=batch.id, state=batch.state).update(
                problem={"code": error.code, "params": {}}, changed_at=clock.now()
            )


def _remembered(batch: Batch) -> bool:
    columns = (batch.preview or {}).get("columns", [])
    used = (batch.mapping or {}).get("columns", {})
    return all(c["reason"] == "remembered" for c in columns if used.get(c["name"]))
