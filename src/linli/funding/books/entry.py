"""The books as the API tells them: rows in the shape of `schemas`, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from linli.kernel.actors import Actor
from linli.tiers.systems.drafts import TIER_NAMES

from .. import rules
from .export import NOBODY, number
from .models import Account, BookLine, Entry, Party, Period, Source
from .posting import undone_by
from .reports import Report


def account_out(account: Account, language: str) -> dict[str, Any]:
    """An account, named."""
    return {
        "code": account.code, "name": _named(account, language), "kind": account.kind,
        "kind_label": rules.ACCOUNT_KINDS[account.kind].say(language), "money": account.money, "capital": account.capital,
    }  # fmt: skip


def source_out(source: Source, language: str) -> dict[str, Any]:
    """A source."""
    names = (
        "id", "kind", "name", "terms", "earmark", "spend_accounts", "valid_from", "valid_until", "certainty", "origin", "version",
    )  # fmt: skip
    return {name: getattr(source, name) for name in names} | {
        "kind_label": rules.SOURCE_KINDS[source.kind].say(language)
    }


def party_out(party: Party, language: str) -> dict[str, Any]:
    """A party."""
    names = ("id", "kind", "name", "credit_code", "note")
    return {name: getattr(party, name) for name in names} | {"kind_label": rules.PARTY_KINDS[party.kind].say(language)}


def entry_out(entry: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """An entry as `queries.told` gives it."""
    own = (
        "id",
        "month",
        "booked_on",
        "area_code",
        "source_id",
        "party_id",
        "text",
        "document",
        "posted_at",
        "posted_by_name",
    )
    return {name: getattr(entry, name) for name in own} | {
        "number": number(entry.month, entry.number), "area_name": names.get(entry.area_code, entry.area_code),
        "source_name": entry.source.name, "party_name": entry.party.name if entry.party else "", "amount": entry.amount,
        "reverses": entry.reverses_id, "reversed_by": entry.reversed_id,
    }  # fmt: skip


def detail_out(
    actor: Actor, entry: Entry, lines: Sequence[BookLine], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    """An entry with its lines."""
    told = entry_out(entry, names)
    award = getattr(entry, "award", None)
    undone = told["reverses"] is not None or told["reversed_by"] is not None
    return told | {
        "lines": [
            {
                "account": line.account_id, "account_name": _named(line.account, language), "debit": line.debit,
                "credit": line.credit, "note": line.note,
            }
            for line in lines
        ],
        "reverses_number": number(entry.reverses.month, entry.reverses.number) if entry.reverses else "",
        "may_reverse": not undone and all(actor.may(permission, entry.area_code) for permission in undone_by(entry)),
        "award": award and {
            "application_id": award.application_id, "year": award.year, "tier_label": TIER_NAMES[award.tier].say(language),
            "document": award.document, "awarded_on": award.awarded_on,
        },
    }  # fmt: skip


def period_out(found: Sequence[Period], closable: int | None, may_close: bool) -> dict[str, Any]:
    """The months."""
    items = [
        {"month": p.month, "entries": p.last_number, "closed_at": p.closed_at, "closed_by_name": p.closed_by_name}
        for p in found
    ]
    closed = max((p.month for p in found if p.closed_at is not None), default=None)
    return {"items": items, "closable": closable, "closed_through": closed, "may_close": may_close}


def report_out(report: Report, language: str) -> dict[str, Any]:
    """A report."""
    english = language.startswith("en")
    rows = [
        {
            "key": row.key, "name": (row.name_en if english else row.name) or NOBODY.say(language), "kind": row.kind,
            "figures": row.figures,
        }
        for row in report.rows
    ]  # fmt: skip
    return {
        "by": report.by, "first": report.first, "last": report.last, "rows": rows, "total": report.total,
        "balanced": report.balanced,
    }  # fmt: skip


def _named(account: Account, language: str) -> str:
    return account.name_en if language.startswith("en") else account.name_zh
