"""A small world of money for the tests of the room: sources, a keeper, and entries posted as people post them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import staff

from linli.funding.books import keeping, posting
from linli.funding.books.keeping import PartyFacts, SourceFacts
from linli.funding.books.posting import NewEntry, NewLine
from linli.funding.models import Entry, Party, Source
from linli.funding.operations.queries import last_months
from linli.kernel.scope import acting

#: Communities of the packaged district.
HERE, THERE = "370302102201", "370302104201"
DAY = date(2026, 3, 5)


def source(name: str = "省级奖补（演示）", **told: Any) -> Source:
    facts = {"kind": "provincial_award", "name": name, "valid_from": date(2020, 1, 1), "certainty": "demo"} | told
    with acting(staff.OPERATOR):
        return keeping.add_source(staff.OPERATOR, SourceFacts(**facts))


def party(name: str = "演示充电运营公司", kind: str = "operator") -> Party:
    with acting(staff.OPERATOR):
        return keeping.add_party(staff.OPERATOR, PartyFacts(kind, name))


def lines(amount: str, debit: str = "1002", credit: str = "4201") -> list[NewLine]:
    return [NewLine(debit, debit=Decimal(amount)), NewLine(credit, credit=Decimal(amount))]


def entry(
    of: Source, amount: str = "100.00", area: str = HERE, day: date = DAY, text: str = "拨入（演示）", **told: Any
) -> Entry:
    sides = {name: told.pop(name) for name in ("debit", "credit") if name in told}
    with acting(staff.OPERATOR):
        return posting.post(staff.OPERATOR, NewEntry(area, of.id, day, text, lines(amount, **sides), **told))


def months_before(count: int) -> list[int]:
    """The last whole months, the oldest first."""
    return last_months(count)
