"""Keeping sources, parties and budgets, and closing months. Every change is in the change log; what was is in the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Max, Min, Q

from linli.access import changes
from linli.kernel import clock
from linli.kernel.actors import Actor
from linli.kernel.errors import FieldProblem, Forbidden, Invalid, NotFound, Text
from linli.kernel.ids import uuid7
from linli.kernel.scoped import ScopedQuerySet

from .. import rules
from ..permissions import CLOSE, KEEP, VIEW
from .models import Account, Budget, Party, Period, Source
from .posting import BAD_AREA, FAULTS, LONG, NEEDED, UNKNOWN, area_of, last_closed
from .problems import ChangedMeanwhile, NameTaken, NotClosable

LONGEST_NAME, LONGEST_TEXT = 60, 2000
BAD_SPAN = Text("结束日期不能早于开始日期。", "The last day cannot lie before the first.")
BAD_CODE = Text("统一社会信用代码为 18 位字母或数字。", "A credit code has 18 letters or digits.")
BAD_YEAR = Text("年份须在 2000 至 2099 之间。", "The year is between 2000 and 2099.")


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A source as it is entered. `spend_accounts`: what it may be spent on, none named: anything."""

    kind: str
    name: str
    valid_from: date
    valid_until: date | None = None
    terms: str = ""
    earmark: str = ""
    spend_accounts: tuple[str, ...] = ()
    certainty: str = "local"
    origin: str = ""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A party as it is entered."""

    kind: str
    name: str
    credit_code: str = ""
    note: str = ""


def add_source(actor: Actor, facts: SourceFacts) -> Source:
    """Enter a source. Raises Forbidden, Invalid, NameTaken."""
    actor.require(KEEP, settings.LINLI_DISTRICT)
    _refuse(check_source(facts))
    with _named_once(facts.name):
        made: Source = Source.objects.create(id=uuid7(), **_kept(facts), **_traces(actor))
    changes.record(actor, "funding.source.add", "source", made.id, settings.LINLI_DISTRICT, {"kind": made.kind})
    return made


def change_source(actor: Actor, source_id: UUID, facts: SourceFacts, version: int) -> Source:
    """Change a source; entries keep it. Raises Forbidden, NotFound, Invalid, ChangedMeanwhile, NameTaken."""
    actor.require(KEEP, settings.LINLI_DISTRICT)
    _refuse(check_source(facts))
    with transaction.atomic():
        source = Source.objects.select_for_update().filter(id=source_id).first()
        if source is None:
            raise NotFound()
        if source.version != version:
            raise ChangedMeanwhile(by=source.changed_by_name)
        told = _kept(facts) | _traces(actor)
        changed = [f.name for f in fields(facts) if getattr(source, f.name) != told[f.name]]
        for name, value in told.items():
            setattr(source, name, value)
        source.version += 1
        with _named_once(facts.name):
            source.save()
        changes.record(
            actor, "funding.source.change", "source", source.id, settings.LINLI_DISTRICT, {"changed": changed}
        )
    return source


def check_source(facts: SourceFacts) -> list[FieldProblem]:
    """What is wrong with a source as it is entered."""
    found = _named(facts.name)
    found += [
        FieldProblem(name, "too_long", LONG, {"most": LONGEST_TEXT})
        for name in ("terms", "earmark", "origin")
        if len(getattr(facts, name)) > LONGEST_TEXT
    ]
    if facts.kind not in rules.SOURCE_KINDS:
        found.append(FieldProblem("kind", "unknown", UNKNOWN))
    if facts.certainty not in rules.CERTAINTIES:
        found.append(FieldProblem("certainty", "unknown", UNKNOWN))
    if facts.valid_until is not None and facts.valid_until < facts.valid_from:
        found.append(FieldProblem("valid_until", "early", BAD_SPAN))
    if facts.spend_accounts:
        known = Account.objects.filter(code__in=facts.spend_accounts).count()
        if known != len(set(facts.spend_accounts)):
            found.append(FieldProblem("spend_accounts", "unknown", UNKNOWN))
    return found


def add_party(actor: Actor, facts: PartyFacts) -> Party:
    """Enter a party. Raises Forbidden, Invalid, NameTaken."""
    actor.require(KEEP)
    found = _named(facts.name)
    if facts.kind not in rules.PARTY_KINDS:
        found.append(FieldProblem("kind", "unknown", UNKNOWN))
    code = facts.credit_code.strip().upper()
    if code and not (len(code) == 18 and code.isascii() and code.isalnum()):
        found.append(FieldProblem("credit_code", "form", BAD_CODE))
    if len(facts.note) > LONGEST_TEXT:
        found.append(FieldProblem("note", "too_long", LONG, {"most": LONGEST_TEXT}))
    _refuse(found)
    with _named_once(facts.name):
        made: Party = Party.objects.create(
            id=uuid7(), kind=facts.kind, name=facts.name.strip(), credit_code=code, note=facts.note.strip(),
            made_at=clock.now(), made_by=actor.id,
        )  # fmt: skip
    changes.record(actor, "funding.party.add", "party", made.id, actor.areas_for(KEEP)[0], {"kind": made.kind})
    return made


def add_budget(actor: Actor, source_id: UUID, year: int, area: str, amount: Decimal, note: str) -> Budget:
    """Grant a budget, beside those there are. Raises Forbidden, Invalid."""
    present = area_of(area)
    if present is not None:
        actor.require(KEEP, present)
    found = _of_budget(amount, note)
    if present is None:
        found.append(FieldProblem("area", "unknown", BAD_AREA))
    if not 2000 <= year <= 2099:
        found.append(FieldProblem("year", "range", BAD_YEAR))
    if not Source.objects.filter(id=source_id).exists():
        found.append(FieldProblem("source_id", "unknown", UNKNOWN))
    _refuse(found)
    assert present is not None
    made: Budget = Budget.objects.create(
        id=uuid7(),
        source_id=source_id,
        year=year,
        area_code=present,
        amount=amount,
        note=note.strip(),
        **_traces(actor),
    )
    changes.record(actor, "funding.budget.add", "budget", made.id, present, {"year": year, "amount": str(amount)})
    return made


def change_budget(actor: Actor, budget_id: UUID, amount: Decimal, note: str, version: int) -> Budget:
    """Set a budget to another amount. Raises NotFound, Forbidden, Invalid, ChangedMeanwhile."""
    with transaction.atomic():
        budget: Budget | None = (
            ScopedQuerySet(Budget).restrict(actor, VIEW).select_for_update().filter(id=budget_id).first()
        )
        if budget is None:
            raise NotFound()
        actor.require(KEEP, budget.area_code)
        _refuse(_of_budget(amount, note))
        if budget.version != version:
            raise ChangedMeanwhile(by=budget.changed_by_name)
        before = str(budget.amount)
        budget.amount, budget.note, budget.version = amount, note.strip(), budget.version + 1
        for name, value in _traces(actor).items():
            setattr(budget, name, value)
        budget.save()
        changes.record(
            actor,
            "funding.budget.change",
            "budget",
            budget.id,
            budget.area_code,
            {"before": before, "after": str(amount)},
        )
    return budget


def close(actor: Actor, month: int) -> Period:
    """Close the month that is due, for good. Raises Forbidden, NotClosable."""
    district = str(settings.LINLI_DISTRICT)
    actor.require(CLOSE, district)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Waits for entries on their way, and lets none begin, of whatever month.
            cursor.execute("LOCK TABLE funding_period IN SHARE ROW EXCLUSIVE MODE")
        due = closable()
        if month != due:
            raise NotClosable(month=f"{due // 100}-{due % 100:02}" if due else "—")
        period, _ = Period.objects.get_or_create(month=month)  # a month without entries has no row yet
        period.closed_at, period.closed_by, period.closed_by_name = clock.now(), actor.id, actor.name
        period.save()
        changes.record(actor, "funding.period.close", "period", month, district, {"entries": period.last_number})
    return period


def closable() -> int | None:
    """The month that may be closed now."""
    first = Period.objects.aggregate(first=Min("month"))["first"]
    return rules.closable(last_closed(), first, rules.month_of(clock.today()))


def waiting_months(actor: Actor) -> list[int]:
    """The months that are over and not closed, for who may close them: the whole district's keeper. One statement."""
    if not actor.may(CLOSE, str(settings.LINLI_DISTRICT)):
        return []
    told = Period.objects.aggregate(first=Min("month"), closed=Max("month", filter=Q(closed_at__isnull=False)))
    first = rules.closable(told["closed"], told["first"], this := rules.month_of(clock.today()))
    return [month for month in rules.months(first, this) if month < this] if first else []


def require_reader(actor: Actor) -> None:
    """Raise Forbidden unless `actor` may see books somewhere: sources, accounts and parties have no area."""
    if not actor.may(VIEW):
        raise Forbidden(permission=VIEW)


def _kept(facts: SourceFacts) -> dict[str, Any]:
    told = asdict(facts) | {"spend_accounts": sorted(set(facts.spend_accounts))}
    return {name: value.strip() if isinstance(value, str) else value for name, value in told.items()}


def _of_budget(amount: Decimal, note: str) -> list[FieldProblem]:
    found = [] if rules.is_money(amount) else [FieldProblem("amount", "form", FAULTS["form"])]
    return found + (
        [FieldProblem("note", "too_long", LONG, {"most": LONGEST_TEXT})] if len(note) > LONGEST_TEXT else []
    )


def _named(name: str) -> list[FieldProblem]:
    if not name.strip():
        return [FieldProblem("name", "required", NEEDED)]
    return [FieldProblem("name", "too_long", LONG, {"most": LONGEST_NAME})] if len(name) > LONGEST_NAME else []


def _traces(actor: Actor) -> dict[str, Any]:
    return {"changed_at": clock.now(), "changed_by": actor.id, "changed_by_name": actor.name}


def _refuse(found: list[FieldProblem]) -> None:
    if found:
        raise Invalid(fields=tuple(found))


@contextmanager
def _named_once(name: str) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if not str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")).endswith("_name"):
            raise
        problem = FieldProblem("name", "taken", NameTaken.text, {"name": name})
        raise NameTaken(name=name, fields=(problem,)) from None
