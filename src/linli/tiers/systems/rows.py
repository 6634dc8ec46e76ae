"""An indicator as plain values: what a revision keeps, what versions are compared by, and the form the strict reader takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .models import Indicator

Row = dict[str, Any]
#: Fields of an indicator, and what the reader calls them.
FIELDS: dict[str, str] = {
    "code": "id", "tier": "tier", "level1": "level1", "level1_certainty": "level1_certainty", "seq": "seq", "name": "name",
    "definition": "definition", "requirement": "requirement_text", "mode": "measure_mode", "weight": "weight",
    "records": "platform_data", "evidence_wanted": "evidence_files", "certainty": "certainty", "strength": "evidence_strength",
    "completeness": "completeness", "source": "source_url", "source_supports": "source_url_supports",
}  # fmt: skip
BOUND_FIELDS: dict[str, str] = {
    "metric": "metric_id", "op": "op", "value": "value", "unit": "unit", "certainty": "certainty", "source": "source", "note": "note",
}  # fmt: skip
ABOUT_FIELDS: dict[str, str] = {
    "title": "title", "authority": "authority", "document": "issued_with", "issued_on": "issued_on", "source": "source_page",
}  # fmt: skip
#: What is compared between versions, beside the bounds.
COMPARED = (
    "tier", "level1", "level1_certainty", "seq", "name", "definition", "requirement", "mode", "weight", "records", "evidence_wanted",
    "certainty", "strength", "completeness", "source", "source_supports",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A field of an indicator that differs. Of a bound the field is its metric, or one of its parts behind a point."""

    code: str
    field: str
    before: str | None
    after: str | None


def plain_number(value: Decimal) -> str:
    """A number without places that say nothing: 70, 66.6667."""
    return f"{value.normalize():f}"


def row_of(each: Indicator) -> Row:
    """An indicator with its bounds as plain values: numbers as text, yes and no as true and false."""
    row: Row = {name: getattr(each, name) for name in FIELDS}
    row["weight"] = None if each.weight is None else plain_number(each.weight)
    row["bounds"] = [
        {"metric": b.metric, "op": b.op, "value": _value(b.value, b.unit), "unit": b.unit, "certainty": b.certainty, "source": b.source,
         "note": b.note}
        for b in each.bounds.all()
    ]  # fmt: skip
    return row


def _value(value: Decimal | None, unit: str) -> str | bool | None:
    if value is None:
        return None
    return value == 1 if unit == "bool" else plain_number(value)


def document(about: Mapping[str, Any], rows: Iterable[Row]) -> dict[str, Any]:
    """The form `reading.read` takes; what is empty is left out, as in a file."""
    return {
        "meta": {theirs: about[ours] for ours, theirs in ABOUT_FIELDS.items() if about.get(ours)},
        "indicators": [
            {
                **{theirs: row[ours] for ours, theirs in FIELDS.items() if row.get(ours) not in (None, "")},
                "thresholds": [
                    {theirs: b[ours] for ours, theirs in BOUND_FIELDS.items() if b.get(ours) not in (None, "")}
                    for b in row["bounds"]
                ],
            }
            for row in rows
        ],
    }


def placed(rows: Sequence[Row], new: Row) -> list[Row]:
    """The rows with one in the place of that of its code, or behind the last of its tier."""
    codes = [row["code"] for row in rows]
    if new["code"] in codes:
        return [new if row["code"] == new["code"] else row for row in rows]
    at = max((i + 1 for i, row in enumerate(rows) if row["tier"] == new["tier"]), default=len(rows))
    return [*rows[:at], new, *rows[at:]]


def changes_between(before: Mapping[str, Row], after: Mapping[str, Row]) -> Iterator[Change]:
    """What differs in the indicators that both have, in the order of the first."""
    for code, row in before.items():
        if code not in after:
            continue
        old, new = facts(row), facts(after[code])
        for field in dict.fromkeys((*old, *new)):
            if old.get(field) != new.get(field):
                yield Change(code, field, old.get(field), new.get(field))


def facts(row: Row) -> dict[str, str | None]:
    """An indicator's fields as texts, its bounds by metric."""
    plain: dict[str, str | None] = {name: None if row[name] is None else str(row[name]) for name in COMPARED}
    for b in row["bounds"]:
        given = b["value"]
        value = "?" if given is None else str(int(given)) if isinstance(given, bool) else str(given)
        plain[b["metric"]] = f"{b['op']} {value} {b['unit']}"
        for part in ("certainty", "source", "note"):
            if b.get(part):
                plain[f"{b['metric']}.{part}"] = str(b[part])
    return plain
