"""Posting entries and undoing them. Nothing else writes entries: payments and settlements of other packages post through here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, Sum

from linli.access import changes
from linli.kernel import area_names, areas, clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet
from linli.places.models import Region

from .. import rules
from ..permissions import CONTRACT_EDIT, KEEP, VIEW
from .models import Account, BookLine, Entry, Party, Period, Source
from .problems import PeriodClosed, ReversedAlready

LONGEST, TOWN_LENGTH = 400, 9
#: Prepayments (预付账款): what was paid before it was delivered.
PREPAID = "1214"
NEEDED = Text("请填写此项。", "Please fill this in.")
LONG = Text("最多 {most} 个字。", "At most {most} characters.")
UNKNOWN = Text("没有这个选项。", "There is no such choice.")
BAD_AREA = Text("请选择本区、镇街或村居。", "Choose the district, a town or a community.")
BAD_DAY = Text("日期须在 {first} 至今天之间。", "The day lies between {first} and today.")
BAD_UNDOING = Text(
    "冲销日期不能早于原凭证日期 {day}，也不能晚于今天。",
    "A reversal lies between {day} and today.",
)
OUT_OF_PERIOD = Text("该日期不在资金来源的使用期限内（{span}）。", "The source may not be used on that day ({span}).")
EARMARKED = Text(
    "该资金来源为专款，只能用于：{accounts}。", "This source is earmarked: it may be spent on {accounts_en} only."
)
FAULTS: dict[rules.Fault, Text] = {
    "few": Text("至少两行分录。", "An entry has two lines at least."),
    "many": Text("一张凭证最多 50 行。", "An entry has 50 lines at most."),
    "form": Text("金额须为不小于零、最多两位小数的数。", "An amount is zero or more, in whole cents."),
    "side": Text("每行只填借方或贷方一个金额。", "Each line has an amount on one side only."),
    "unbalanced": Text(
        "借贷不平：借方 {debit}，贷方 {credit}，相差 {gap}。", "It does not balance: debit {debit}, credit {credit}, {gap} apart."
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as it is entered."""

    account: str
    debit: Decimal = rules.ZERO
    credit: Decimal = rules.ZERO
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry as it is entered: one area, one source, lines that balance."""

    area: str
    source_id: UUID
    booked_on: date
    text: str
    lines: Sequence[NewLine]
    party_id: UUID | None = None
    document: str = ""


@dataclass(frozen=True, slots=True)
class Postable:
    """An entry that was checked, with its area as it goes by now."""

    given: NewEntry
    area: str


def post(actor: Actor, given: NewEntry) -> Entry:
    """Post an entry. Raises Invalid, Forbidden, PeriodClosed."""
    with transaction.atomic():
        return do_post(actor, check_post(actor, given))


def check_post(actor: Actor, given: NewEntry) -> Postable:
    """Look at an entry before it is posted. Raises Invalid, Forbidden."""
    area = area_of(given.area)
    if area is not None:
        actor.require(KEEP, area)
    found = [*_words(given), *check_lines(given.lines)]
    if area is None:
        found.append(FieldProblem("area", "unknown", BAD_AREA))
    if not (first := rules.earliest(clock.today())) <= given.booked_on <= clock.today():
        found.append(FieldProblem("booked_on", "range", BAD_DAY, {"first": str(first)}))
    if given.party_id is not None and not Party.objects.filter(id=given.party_id).exists():
        found.append(FieldProblem("party_id", "unknown", UNKNOWN))
    source = Source.objects.filter(id=given.source_id).first()
    if source is None:
        found.append(FieldProblem("source_id", "unknown", UNKNOWN))
    else:
        found += _within(source, given)
    if found or area is None:
        raise Invalid(fields=tuple(found))
    return Postable(given, area)


def check_lines(lines: Sequence[NewLine]) -> list[FieldProblem]:
    """What is wrong with the lines of an entry, each named by its place (`lines.0.account`)."""
    accounts = set(Account.objects.filter(code__in={line.account for line in lines}).values_list("code", flat=True))
    found = [
        FieldProblem(f"lines.{at}.account", "unknown", UNKNOWN)
        for at, line in enumerate(lines)
        if line.account not in accounts
    ]
    found += [
        FieldProblem(f"lines.{at}.note", "too_long", LONG, {"most": LONGEST})
        for at, line in enumerate(lines)
        if len(line.note) > LONGEST
    ]
    plain = [rules.Line(line.account, line.debit, line.credit) for line in lines]
    faults = rules.faults(plain)
    debit, credit = (
        (sum((line.debit for line in plain), rules.ZERO), sum((line.credit for line in plain), rules.ZERO))
        if [fault.fault for fault in faults] == ["unbalanced"]
        else (rules.ZERO, rules.ZERO)
    )
    told = {"debit": f"{debit:,}", "credit": f"{credit:,}", "gap": f"{abs(debit - credit):,}"}
    return found + [
        FieldProblem("lines" if f.position is None else f"lines.{f.position}", f.fault, FAULTS[f.fault], told)
        for f in faults
    ]


def do_post(actor: Actor, checked: Postable, reverses: UUID | None = None) -> Entry:
    """Write an entry that was checked. Raises PeriodClosed. Inside a transaction."""
    given, month = checked.given, rules.month_of(checked.given.booked_on)
    entry = Entry.objects.create(
        id=uuid7(), month=month, number=_numbered(month), booked_on=given.booked_on, area_code=checked.area,
        source_id=given.source_id, party_id=given.party_id, text=given.text.strip(), document=given.document.strip(),
        reverses_id=reverses, posted_at=clock.now(), posted_by=actor.id, posted_by_name=actor.name,
    )  # fmt: skip
    # One statement: the database looks at all lines of an entry together.
    BookLine.objects.bulk_create(
        BookLine(
            id=uuid7(), entry=entry, position=at, area_code=checked.area, account_id=line.account, debit=line.debit,
            credit=line.credit, note=line.note.strip(),
        )
        for at, line in enumerate(given.lines, start=1)
    )  # fmt: skip
    action = "funding.entry.reverse" if reverses else "funding.entry.post"
    changes.record(actor, action, "entry", entry.id, entry.area_code, {"month": month, "number": entry.number})
    return entry


def reverse(actor: Actor, entry_id: UUID, booked_on: date, reason: str) -> Entry:
    """Undo an entry by one with its sides changed; that of a payment or settlement by who may post those: it is to be paid or settled
    anew. Raises NotFound, Forbidden, Invalid, PeriodClosed, ReversedAlready."""
    first: Entry | None = ScopedQuerySet(Entry).restrict(actor, VIEW).filter(id=entry_id).first()
    if first is None:
        raise NotFound()
    for permission in undone_by(first):
        actor.require(permission, first.area_code)
    found = []
    if len(reason.strip()) < 2 or len(reason) > LONGEST:
        found.append(FieldProblem("reason", "required", NEEDED))
    if not first.booked_on <= booked_on <= clock.today():
        found.append(FieldProblem("booked_on", "range", BAD_UNDOING, {"day": str(first.booked_on)}))
    if found:
        raise Invalid(fields=tuple(found))
    if first.reverses_id is not None or Entry.objects.filter(reverses_id=first.id).exists():
        raise ReversedAlready()
    lines = [
        NewLine(line.account_id, debit=line.credit, credit=line.debit, note=line.note)
        for line in first.lines.order_by("position")
    ]
    given = NewEntry(
        first.area_code,
        first.source_id,
        booked_on,
        reason.strip(),
        lines,
        first.party_id,
        f"{first.month}-{first.number:04}",
    )
    try:
        with transaction.atomic():
            return do_post(actor, Postable(given, first.area_code), reverses=first.id)
    except IntegrityError as error:
        if "reverses" not in str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")):
            raise
        raise ReversedAlready() from None


def undone_by(entry: Entry) -> tuple[str, ...]:
    """What one must be allowed to undo an entry: what it took to post it. One statement."""
    contracted = Entry.objects.filter(Q(payment__isnull=False) | Q(settlement__isnull=False), id=entry.id).exists()
    return (KEEP, CONTRACT_EDIT) if contracted else (KEEP,)


def area_of(code: str) -> str | None:
    """The area an entry or a budget may lie in, by its present code; None for none such."""
    if not areas.is_code(code) or areas.level(code) == "grid":
        return None
    present = area_names.present([code])[code]
    return present if Region.objects.filter(code=present, valid_to=None).exists() else None


def numbered_by(area: str) -> str:
    """Whose contracts a number is unique among: those of the town an area lies in, or of the district where it lies in none."""
    return area[:TOWN_LENGTH]


def last_closed() -> int | None:
    """The last month that is closed."""
    return Period.objects.filter(closed_at__isnull=False).order_by("-month").values_list("month", flat=True).first()


def _numbered(month: int) -> int:
    """The next number of a month. Its row stays locked to the end of the transaction: numbers have no gaps, and a month is not
    closed while an entry is on its way. Raises PeriodClosed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_period (month, last_number, closed_by, closed_by_name) VALUES (%s, 1, '', '') "
            "ON CONFLICT (month) DO UPDATE SET last_number = funding_period.last_number + 1 "
            "WHERE funding_period.closed_at IS NULL RETURNING last_number",
            [month],
        )
        row = cursor.fetchone()
    closed = last_closed()
    if row is None or rules.is_closed(month, closed):
        first = rules.first_day(rules.next_month(closed or month)).isoformat()
        told = {"month": f"{month // 100}-{month % 100:02}", "first": first}
        raise PeriodClosed(**told, fields=(FieldProblem("booked_on", "closed", PeriodClosed.text, told),))
    return int(row[0])


def _words(given: NewEntry) -> list[FieldProblem]:
    found = [] if given.text.strip() else [FieldProblem("text", "required", NEEDED)]
    return found + [
        FieldProblem(name, "too_long", LONG, {"most": LONGEST})
        for name in ("text", "document")
        if len(getattr(given, name)) > LONGEST
    ]


def _within(source: Source, given: NewEntry) -> list[FieldProblem]:
    """Whether the source may be used on the day, and for what the entry spends."""
    found = []
    if given.booked_on < source.valid_from or (source.valid_until is not None and given.booked_on > source.valid_until):
        span = f"{source.valid_from} – {source.valid_until or ''}"
        found.append(FieldProblem("booked_on", "period", OUT_OF_PERIOD, {"span": span}))
    if source.spend_accounts:
        told = named(source.spend_accounts)
        beside = _beside(source, given.lines)
        found += [
            FieldProblem(f"lines.{at}.account", "earmark", EARMARKED, told)
            for at, line in enumerate(given.lines)
            if line.debit > 0 and line.account in beside
        ]
    return found


def named(codes: Sequence[str]) -> dict[str, str]:
    """Accounts by code and name, in both languages, as EARMARKED tells them. One statement."""
    found = Account.objects.filter(code__in=codes).order_by("code")
    return {
        "accounts": "、".join(f"{each.code} {each.name_zh}" for each in found),
        "accounts_en": ", ".join(f"{each.code} {each.name_en}" for each in found),
    }


def _beside(source: Source, lines: Sequence[NewLine]) -> set[str]:
    """The accounts by whose debit an entry spends earmarked money on what it is not for.

    Expense and lasting things are looked at always. Where money goes out, everything is: else it would be spent elsewhere and
    only paid from here. What the source itself owes may be paid, up to that: it came of an entry that was looked at as well.
    """
    accounts = Account.objects.in_bulk({line.account for line in lines})
    known = [line for line in lines if line.account in accounts]
    pays = any(line.credit > 0 and accounts[line.account].money for line in known)
    debited = {accounts[line.account] for line in known if line.debit > 0} - {
        account for account in accounts.values() if account.code in source.spend_accounts
    }
    spends = {account.code for account in debited if account.kind == "expense" or account.capital}
    if not pays:
        return spends
    settled = {account.code for account in debited if account.kind == "liability" or account.code == PREPAID}
    over = _beyond_owed(source, settled, known) if settled else set()
    return spends | over | {account.code for account in debited if not account.money and account.code not in settled}


def _beyond_owed(source: Source, codes: set[str], lines: Sequence[NewLine]) -> set[str]:
    """Of accounts of debts, those that an entry debits by more than the source owes on them. Inside a transaction: whoever pays
    debts of the source at the same time waits."""
    Source.objects.select_for_update(no_key=True).get(id=source.id)
    owed = dict(
        BookLine.objects.filter(entry__source=source, account__in=codes)
        .values_list("account")
        .annotate(owed=Sum("credit") - Sum("debit"))
    )
    taken = {code: sum((x.debit - x.credit for x in lines if x.account == code), rules.ZERO) for code in codes}
    return {code for code in codes if taken[code] > max(owed.get(code, rules.ZERO), rules.ZERO)}
