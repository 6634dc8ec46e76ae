"""Booking the award of an application: an entry of its amount is posted, or one that was posted by hand is named as it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from linli.access import changes
from linli.kernel import area_names, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.tiers.applying.models import Application

from ..books.export import number
from ..books.models import Account, Entry, Source
from ..books.posting import UNKNOWN, NewEntry, NewLine, post
from ..permissions import KEEP, VIEW
from .models import AwardBooking
from .problems import AwardBooked, AwardChanged
from .queries import INCOME, RECEIVABLE, alike, amount_of, fits, tier_name

BAD_DAY = Text("入账日期不能早于奖补日期 {first}。", "It is booked on {first} at the earliest, the day of the award.")
NOT_ALIKE = Text(
    "须为本社区、未冲销、贷记“上级补助收入”同一金额的凭证。",
    "It has to be an entry of this community, not reversed, with the same amount on grants from above.",
)
NOT_DEMO = Text(
    "演示数据的奖补只能记入标明“演示”的资金来源。",
    "The award of a demo goes into a source that is marked as demo only.",
)
NOT_ALIKE_DEMO = Text(
    "须为本社区、未冲销、贷记“上级补助收入”同一金额，且资金来源标明“演示”的凭证。",
    "It has to be an entry of this community, not reversed, with the same amount on grants from above, out of a source marked as demo.",
)


@dataclass(frozen=True, slots=True)
class Booking:
    """How an award is booked: out of which source, on which day, `onto` bank or receivables, from whom. `seen`: the amount in CNY that
    was looked at."""

    source_id: UUID
    booked_on: date
    onto: str
    seen: Decimal
    party_id: UUID | None = None


def book(actor: Actor, application_id: UUID, given: Booking) -> AwardBooking:
    """Post the entry of an award. Raises NotFound, Forbidden, Invalid, AwardBooked, AwardChanged, PeriodClosed."""
    try:
        with transaction.atomic():
            award, nth = _waiting(actor, application_id)
            amount = amount_of(award)
            if given.seen != amount:
                raise AwardChanged(amount=f"{amount:,}")
            found = []
            source = Source.objects.filter(id=given.source_id).first()
            if source is not None and not fits(award, source):
                found.append(FieldProblem("source_id", "demo", NOT_DEMO))
            if not Account.objects.filter(Q(money=True) | Q(code=RECEIVABLE), code=given.onto).exists():
                found.append(FieldProblem("onto", "unknown", UNKNOWN))
            if award.awarded_on is not None and given.booked_on < award.awarded_on:
                found.append(FieldProblem("booked_on", "early", BAD_DAY, {"first": str(award.awarded_on)}))
            if found:
                raise Invalid(fields=tuple(found))
            name = area_names.names_of([award.area_code])[award.area_code]
            text = f"奖补 {name} {award.plan_year.year}年度 {tier_name(award.tier).zh}智慧社区"
            lines = [NewLine(given.onto, debit=amount), NewLine(INCOME, credit=amount)]
            document = award.award_document[:400]
            entry = post(
                actor,
                NewEntry(award.area_code, given.source_id, given.booked_on, text, lines, given.party_id, document),
            )
            return _made(actor, award, nth, entry, posted=True)
    except IntegrityError as error:
        raise _first_come(actor, application_id, error) from None


def link(actor: Actor, application_id: UUID, entry_id: UUID) -> AwardBooking:
    """Name an entry that was posted by hand as the award of an application. Raises NotFound, Forbidden, Invalid, AwardBooked."""
    try:
        with transaction.atomic():
            award, nth = _waiting(actor, application_id)
            found = [entry for entry, _ in alike([award]) if entry.id == entry_id]
            if not found:
                raise Invalid(
                    fields=(FieldProblem("entry_id", "unlike", NOT_ALIKE_DEMO if award.synthetic else NOT_ALIKE),)
                )
            return _made(actor, award, nth, found[0], posted=False)
    except IntegrityError as error:
        raise _first_come(actor, application_id, error) from None


def _waiting(actor: Actor, application_id: UUID) -> tuple[Application, int]:
    """An award that is not in the books, with the how manieth booking its next one is. It is locked: nobody books it, or corrects its
    amount, meanwhile."""
    rows = Application.objects.restrict(actor, VIEW).select_related("plan_year")
    award: Application | None = (
        rows.select_for_update(of=("self",)).filter(id=application_id, award_cents__isnull=False).first()
    )
    if award is None:
        raise NotFound()
    actor.require(KEEP, award.area_code)
    before = AwardBooking.objects.filter(application_id=award.id)
    if (entry := _booked(award.id)) is not None:
        raise AwardBooked(number=number(entry.month, entry.number))
    return award, before.count() + 1


def _booked(application_id: UUID) -> Entry | None:
    """The entry by which an award is in the books."""
    return Entry.objects.filter(award__application_id=application_id, reversed_by=None).first()


def _made(actor: Actor, award: Application, nth: int, entry: Entry, *, posted: bool) -> AwardBooking:
    made: AwardBooking = AwardBooking.objects.create(
        id=uuid7(), area_code=entry.area_code, application_id=award.id, nth=nth, tier=award.tier, year=award.plan_year.year,
        amount=amount_of(award), awarded_on=award.awarded_on or entry.booked_on, document=award.award_document, entry=entry, posted=posted,
        booked_at=clock.now(), booked_by_name=actor.name,
    )  # fmt: skip
    told = {"entry": number(entry.month, entry.number), "amount": str(made.amount), "posted": posted}
    changes.record(actor, "funding.award.book", "tier_application", award.id, entry.area_code, told)
    return made


def _first_come(actor: Actor, application_id: UUID, error: IntegrityError) -> Exception:
    """Somebody booked the award, or named the entry, a moment before."""
    at = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if "award" not in at:
        return error
    entry = _booked(application_id)
    return AwardBooked(number=number(entry.month, entry.number) if entry else "—")
