"""Which source counts most for which field on a day: what survivorship asks, as data, written into SQL.

A rule holds from its day until a later one for the same field and source; one without a priority takes an exception back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from linli.kernel import clock

DEFAULT_PRIORITY = 50
#: Rules of this "field" hold for every field that has no exception for the source.
GENERAL = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """A source's priority for a field from a day on; None: that of GENERAL, of which the source's own."""

    field: str
    source: str
    priority: int | None


@dataclass(frozen=True, slots=True)
class Priorities:
    """Priorities of sources, and exceptions of fields. The lower counts more."""

    general: Mapping[str, int]
    exceptions: Mapping[str, Mapping[str, int]]

    def of(self, field: str, source: str) -> int:
        """A source's priority for a field."""
        return self.exceptions.get(field, {}).get(source, self.general.get(source, DEFAULT_PRIORITY))

    def sql(self, field: str = GENERAL, column: str = "r.source_code") -> str:
        """The priority of the source in `column`, as an expression."""
        known = dict(self.general) | dict(self.exceptions.get(field, {}))
        cases = " ".join(f"WHEN {_quoted(source)} THEN {priority}" for source, priority in sorted(known.items()))
        return f"CASE {column} {cases} ELSE {DEFAULT_PRIORITY} END" if cases else str(DEFAULT_PRIORITY)

    def changed(self, rules: Iterable[Rule], own: Mapping[str, int]) -> Priorities:
        """The same with rules laid over; `own` are the sources' priorities where no rule holds."""
        general, exceptions = dict(self.general), {field: dict(each) for field, each in self.exceptions.items()}
        for rule in rules:
            if rule.field == GENERAL:
                general[rule.source] = (
                    own.get(rule.source, DEFAULT_PRIORITY) if rule.priority is None else rule.priority
                )
                continue
            held = exceptions.setdefault(rule.field, {})
            if rule.priority is None:
                held.pop(rule.source, None)
            else:
                held[rule.source] = rule.priority
        return Priorities(general, {field: each for field, each in exceptions.items() if each})


def own_priorities() -> dict[str, int]:
    """The priority each source was entered with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, priority FROM registry_source")
        return dict(cursor.fetchall())


def standing(on: date) -> list[Rule]:
    """The rules that hold on a day, one for each field and source."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (field, source_id) field, source_id, priority FROM registry_field_priority "
            "WHERE valid_from <= %s ORDER BY field, source_id, valid_from DESC",
            [on],
        )
        return [Rule(*row) for row in cursor.fetchall()]


def priorities(on: date | None = None) -> Priorities:
    """What holds on a day, today by default."""
    own = own_priorities()
    return Priorities(own, {}).changed(standing(on or clock.today()), own)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
