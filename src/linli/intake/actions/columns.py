"""Saying what is in a table: which columns, sheets, kind; each change is checked anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from linli.kernel import clock
from linli.kernel.actors import Actor

from .. import kinds
from ..engine import columns_hash
from ..library.actions import note_use
from ..mapping import Mapping, fit, from_json
from ..models import Batch, Finding, RememberedConstants, RememberedMapping
from ..permissions import BATCH_UPLOAD
from ..problems import SheetMissing
from ..rules import State
from ..work import WrongState
from .batch import FileGone, find, queue, save

MOST_NAMED = 10


def _by_hand(batch: Batch) -> None:
    """Somebody has taken over: a batch that was picked up no longer goes on by itself."""
    batch.options = {name: value for name, value in batch.options.items() if name != "auto"}


def _check_kind(actor: Actor, batch: Batch, kind: str) -> None:
    """Raise Forbidden where the kind of table takes a right that is not held: else every row would be refused for its area."""
    for right in kinds.of(kind).rights:
        actor.require(right, batch.area_code)


def set_mapping(actor: Actor, batch_id: UUID, document: Any, library_id: UUID | None = None) -> Batch:
    """Say which columns are which fields. Checked findings and foretold outcomes no longer hold.

    `library_id`: the mapping of the library it was made from, which notes its use when the batch is checked.
    """
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    _check_kind(actor, batch, batch.kind)
    headers = [c["name"] for c in (batch.preview or {}).get("columns", [])]
    batch.mapping = fit(from_json(document), headers, batch.kind).to_json()
    _by_hand(batch)
    batch.options = batch.options | {"library": str(library_id) if library_id else None}
    batch.state, batch.check_counts, batch.match_counts, batch.problem = State.MAPPING, None, None, None
    save(batch, "options", "mapping", "check_counts", "match_counts", "problem")
    return batch


def set_kind(actor: Actor, batch_id: UUID, kind: str) -> Batch:
    """Say what a table is about; it is read again, and its columns are proposed anew."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    if batch.file_gone_at is not None:
        raise FileGone()
    _check_kind(actor, batch, kind)
    batch.kind = kinds.of(kind).name
    _by_hand(batch)
    batch.options = batch.options | {"kind": batch.kind}
    batch.state, batch.mapping, batch.check_counts, batch.match_counts = State.UPLOADED, None, None, None
    batch.problem, batch.by_command = None, False
    Finding.objects.filter(batch_id=batch.id).delete()
    save(batch, "kind", "options", "mapping", "check_counts", "match_counts", "problem", "by_command")
    queue("read", batch)
    return batch


def choose_sheets(actor: Actor, batch_id: UUID, labels: Sequence[str]) -> Batch:
    """Have the file read again with these of its sheets; none named means all that have the same columns."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    if batch.file_gone_at is not None:
        raise FileGone()
    known = {sheet["name"] for sheet in (batch.preview or {}).get("sheets", [])}
    if unknown := [label for label in labels if label not in known]:
        raise SheetMissing(sheet=unknown[0], sheets="、".join(sorted(known)[:MOST_NAMED]))
    _by_hand(batch)
    batch.options = batch.options | {"sheets": list(labels)}
    batch.sheet, batch.state, batch.problem, batch.by_command = None, State.UPLOADED, None, False
    batch.check_counts = batch.match_counts = batch.preview = batch.mapping = None
    Finding.objects.filter(batch_id=batch.id).delete()
    save(batch, "options", "sheet", "problem", "check_counts", "match_counts", "preview", "mapping", "by_command")
    queue("read", batch)
    return batch


def check_batch(actor: Actor, batch_id: UUID, *, by_hand: bool = True) -> Batch:
    """Have the batch checked and matched under its mapping."""
    batch = find(actor, batch_id, BATCH_UPLOAD, lock=True)
    if batch.state not in (State.MAPPING, State.MATCHED):
        raise WrongState(state=batch.state)
    headers = [c["name"] for c in (batch.preview or {}).get("columns", [])]
    remember(actor, batch, fit(from_json(batch.mapping or {}), headers, batch.kind))
    if batch.options.get("library"):
        note_use(actor, UUID(batch.options["library"]))
    if by_hand:
        _by_hand(batch)
    batch.state, batch.problem = State.MAPPING, None
    save(batch, "options", "problem")
    queue("check", batch)
    return batch


def remember(actor: Actor, batch: Batch, mapping: Mapping) -> None:
    """Keep a mapping for the next file of the source with these columns, its constants for the batch's area alone."""
    columns, used = columns_hash(list(mapping.columns)), {"used_by": actor.id, "used_at": clock.now()}
    RememberedMapping.objects.update_or_create(
        source_code=batch.source_code,
        columns_hash=columns,
        defaults={"mapping": replace(mapping, constants={}).to_json(), **used},
    )
    RememberedConstants.objects.update_or_create(
        area_code=batch.area_code,
        source_code=batch.source_code,
        columns_hash=columns,
        defaults={"constants": dict(mapping.constants), **used},
    )
