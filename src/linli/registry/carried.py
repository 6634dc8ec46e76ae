"""What a correction by hand repeats of earlier ones: such a value is of the day, and of the statement, it was made in.

The latest correction holds everything that stands by hand, so `SourceRecord.carried` names for each field it only
repeats the statement in which that was said. Golden records name that one as their source, and recency asks its day.
"""

from __future__ import annotations

from collections.abc import Iterable

from .fields import Field


def origin(field: str, record: str = "r") -> str:
    """SQL: the statement in which what `record` says of a field was said."""
    return f"coalesce(({record}.carried->>'{field}')::uuid, {record}.id)"


def day(field: str, record: str = "r") -> str:
    """SQL: the day of what `record` says of a field."""
    said = day_of(f"({record}.carried->>'{field}')::uuid")
    return (
        f"CASE WHEN {record}.carried->>'{field}' IS NULL THEN {record}.observed_on "
        f"ELSE coalesce({said}, {record}.observed_on) END"
    )


def moment(field: str, record: str = "r") -> str:
    """SQL: when what `record` says of a field was entered, whatever was entered with it again later."""
    entered = _of_statement(f"({record}.carried->>'{field}')::uuid", "recorded_at")
    return (
        f"CASE WHEN {record}.carried->>'{field}' IS NULL THEN {record}.recorded_at "
        f"ELSE coalesce({entered}, {record}.recorded_at) END"
    )


def day_of(statement: str) -> str:
    """SQL: the day of the statement whose id an expression gives."""
    return _of_statement(statement, "observed_on")


def _of_statement(statement: str, column: str) -> str:
    # The id is reckoned apart: under row-level security no index serves a comparison with what may leak, as casts of text do.
    return (
        f"(SELECT s.{column} FROM (SELECT {statement} AS id OFFSET 0) w JOIN registry_source_record s ON s.id = w.id)"
    )


def repeated(fields: Iterable[Field], earlier: str = "o") -> str:
    """SQL: `carried` of a correction that repeats of these fields what `earlier` states or leaves empty by hand."""
    named = ", ".join(
        f"'{field.name}', CASE WHEN {' OR '.join(f'{earlier}.{lead} IS NOT NULL' for lead in field.leading)} "
        f"OR '{field.name}' = ANY(coalesce({earlier}.cleared, '{{}}')) THEN {origin(field.name, earlier)} END"
        for field in fields
    )
    return f"nullif(jsonb_strip_nulls(jsonb_build_object({named})), '{{}}')"
