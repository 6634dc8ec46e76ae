"""Reads of photos and files: who sees the case sees them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from linli.kernel import files
from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound

from ..engine import sight
from ..engine.models import Case
from .models import Attachment


def of_case(actor: Actor, case_id: UUID) -> Sequence[Attachment]:
    """The photos and files of a case in the order they came, with one's own that are on their way. Raises NotFound.
    Two queries."""
    case = sight.one(actor, case_id)
    shown = Q(ready_at__isnull=False) | Q(added_by=actor.id)
    rows = Attachment.objects.filter(shown, case_id=case.id, removed_at=None).order_by("id")
    return list(rows.select_related("case"))


def one(actor: Actor, case_id: UUID, attachment_id: UUID) -> tuple[Case, Attachment]:
    """One that is there. Raises NotFound. Two queries."""
    case = sight.one(actor, case_id)
    ready = Attachment.objects.filter(ready_at__isnull=False, removed_at=None)
    found = ready.filter(id=attachment_id, case_id=case.id).first()
    if found is None:
        raise NotFound()
    return case, found


def content_of(found: Attachment, small: bool = False) -> bytes:
    """The kept file, or the small picture of it. Raises NotFound."""
    file_id = found.small_id if small else found.file_id
    if file_id is None:
        raise NotFound()
    with files.opened(file_id) as path:
        return path.read_bytes()
