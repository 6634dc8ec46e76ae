"""Reads of awards: those of applications in sight, with the entry where they are in the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import DecimalField, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import Cast

from linli.kernel.actors import Actor
from linli.kernel.errors import NotFound, Text
from linli.kernel.paging import Count, Page
from linli.tiers.applying.models import Application
from linli.tiers.systems.drafts import TIER_NAMES

from ..books.models import Entry, Source
from ..pages import counted, newest_first
from ..permissions import KEEP, VIEW
from .models import AwardBooking

#: Grants from above (上级补助收入), on which awards are booked; receivables, until they are paid.
INCOME, RECEIVABLE = "4201", "1212"
#: The certainty of sources that are made up: awards of a demo go into no others.
DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Award:
    """An award with its booking; `alike`: entries posted by hand that may be it."""

    application: Application
    booking: AwardBooking | None = None
    alike: list[Entry] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        """Whether it was corrected after it was booked: the books have another amount."""
        return self.booking is not None and self.booking.amount != amount_of(self.application)


def awards(
    actor: Actor,
    area: str | None = None,
    waiting: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Award]:
    """Awards in sight, the newest application first; `waiting`: only those not in the books, or with another amount than the award is by
    now. Four statements. Raises Invalid."""
    page = newest_first(_awards(actor, VIEW, area, waiting), cursor, limit)
    return Page(_with_bookings(page.items), page.next, page.count)


def award(actor: Actor, application_id: UUID) -> Award:
    """One of them. Raises NotFound."""
    found = _with_bookings(list(_awards(actor, VIEW).filter(id=application_id)))
    if not found:
        raise NotFound()
    return found[0]


def waiting_count(actor: Actor) -> Count:
    """How many awards wait for being booked, or booked anew, where the actor keeps the books. One statement."""
    return counted(_awards(actor, KEEP, waiting=True))


def alike(found: Sequence[Application]) -> list[tuple[Entry, UUID]]:
    """Entries that may be awards of `found`: of the same community, with the same amount on grants from above in all, not reversed, and
    not the award of another application; those of a demo out of a made-up source. Each with whose it may be. One statement."""
    wanted: dict[tuple[str, Decimal], list[Application]] = {}
    for each in found:
        wanted.setdefault((each.area_code, amount_of(each)), []).append(each)
    entries = (
        Entry.objects.filter(
            area_code__in={area for area, _ in wanted}, lines__account=INCOME, reverses=None, reversed_by=None, award=None
        )
        .annotate(granted=Sum("lines__credit") - Sum("lines__debit"))
        .filter(granted__in={amount for _, amount in wanted})
        .select_related("source")
        .order_by("-booked_on", "-id")
    )  # fmt: skip
    return [
        (entry, each.id)
        for entry in entries
        for each in wanted.get((entry.area_code, entry.granted), [])
        if fits(each, entry.source)
    ]


def fits(award: Application, source: Source) -> bool:
    """Whether an award may go into a source: that of a demo into a made-up one only."""
    return not award.synthetic or source.certainty == DEMO


def amount_of(award: Application) -> Decimal:
    """What an application was awarded, in CNY."""
    return Decimal(award.award_cents or 0).scaleb(-2)


def tier_name(tier: str) -> Text:
    """The name of a tier."""
    return next(name for code, name in TIER_NAMES.items() if code == tier)


def _awards(actor: Actor, right: str, area: str | None = None, waiting: bool = False) -> QuerySet[Application]:
    found: QuerySet[Application] = (
        Application.objects.restrict(actor, right, area).filter(award_cents__isnull=False).select_related("plan_year")
    )
    if not waiting:
        return found
    cents = Cast(F("amount") * 100, DecimalField(max_digits=18, decimal_places=0))
    booked = AwardBooking.objects.annotate(cents=cents).filter(
        application_id=OuterRef("id"), entry__reversed_by=None, cents=OuterRef("award_cents")
    )
    return found.filter(~Exists(booked))


def _with_bookings(found: Sequence[Application]) -> list[Award]:
    """Two statements."""
    bookings = {
        each.application_id: each
        for each in AwardBooking.objects.filter(
            application_id__in=[one.id for one in found], entry__reversed_by=None
        ).select_related("entry")
    }
    open_ = [each for each in found if each.id not in bookings]
    may_be: dict[UUID, list[Entry]] = {}
    for entry, key in alike(open_):
        may_be.setdefault(key, []).append(entry)
    return [Award(each, bookings.get(each.id), may_be.get(each.id, [])) for each in found]
