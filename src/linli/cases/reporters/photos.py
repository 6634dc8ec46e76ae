"""Pictures on the page of a tracking number: what its holder sent, and 'after' pictures that were released to them. Small ones."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel.scope import acting

from ..attachments.models import Attachment
from ..attachments.queries import content_of
from ..engine.models import Case
from .actions import hashed
from .desk import desk
from .joined import going_on_in
from .models import Reporter

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture to show. `own`: the reporter sent it; else it shows how it was mended."""

    id: UUID
    own: bool
    at: datetime


def photos_of(reporter: Reporter, cases: Collection[UUID]) -> Sequence[Photo]:
    """The pictures that a reporter may see, the own ones first. One query."""
    rows = _shown(reporter, cases).order_by("shown_at", "id")[:MOST_SHOWN]
    found = [Photo(each.id, each.shown_at is None, each.shown_at or each.added_at) for each in rows]
    return sorted(found, key=lambda photo: not photo.own)


def photo(number: str, photo_id: UUID) -> bytes | None:
    """A small picture, JPEG, for the holder of a tracking number; None where it is not theirs to see. Four queries."""
    with acting(desk()):
        reporter = Reporter.objects.select_related("case").filter(tracking=hashed(number)).first()
        if reporter is None:
            return None
        case: Case = reporter.case
        going_on, _ = going_on_in(case)
        found = _shown(reporter, {case.id, going_on.id}).filter(id=photo_id).first()
        return content_of(found, small=True) if found else None


def _shown(reporter: Reporter, cases: Collection[UUID]) -> QuerySet[Attachment]:
    """Theirs in their own case, and 'after' pictures released in any of `cases`."""
    own = Q(case_id=reporter.case_id, added_by=f"reporter:{reporter.id}", purpose="report")
    after = Q(case_id__in=cases, purpose="after", shown_at__isnull=False)
    return Attachment.objects.filter(own | after, small_id__isnull=False, ready_at__isnull=False, removed_at=None)
