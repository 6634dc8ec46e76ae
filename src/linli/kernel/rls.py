"""Row-level security as migration operations: the database itself enforces the areas of the actor.

Form of the policy and the measurements behind it: `docs/decisions/001-scope.md`. The range compares plain settings,
is leakproof and becomes an index condition; the list of areas is consulted only when there is more than one.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

LOW, HIGH = "current_setting('linli.lo', true)", "current_setting('linli.hi', true)"
ONE = "(SELECT current_setting('linli.one', true) = '1')"
AREAS = "(SELECT nullif(current_setting('linli.scope', true), ''))::text[]"


def in_scope(column: str = "area_code") -> str:
    """The SQL condition that `column` lies in the areas of the transaction's actor."""
    return f"({column} >= {LOW} AND {column} < {HIGH} AND ({ONE} OR {column} ^@ ANY({AREAS})))"


def any_in_scope(*columns: str) -> str:
    """The SQL condition that at least one of `columns` lies in scope."""
    return "(" + " OR ".join(in_scope(column) for column in columns) + ")"


def of_own_unit(column: str) -> str:
    """The SQL condition that `column` holds the unit of the transaction's actor: for rows handed to a unit wherever they
    lie. The setting is read once a statement."""
    return f"({column} = (SELECT nullif(current_setting('linli.unit', true), ''))::uuid)"


def read_by(mark: str = "restricted_to", area: str = "area_code") -> str:
    """The SQL condition that a row is for everybody (`mark` empty), or that the transaction's actor is one of the readers `mark`
    names where it lies. No sub-query but of a setting, so that any policy may lead here."""
    readers = "(SELECT nullif(current_setting('linli.readers', true), ''))::text[]"
    return f"({mark} = '' OR ({mark} || ':' || {area}) ^@ ANY({readers}) OR ('*:' || {area}) ^@ ANY({readers}))"


def restrict_readers(table: str, using: str | None = None, *, reads_only: bool = False) -> RunSQL:
    """A second fence on a protected table: whatever else lets a row through, it is its readers' alone (`using`, by default the
    mark in `restricted_to`). Both a row that is read and one that is written have to pass; `reads_only` where none is written."""
    using = using or read_by()
    command = "FOR SELECT " if reads_only else ""
    check = "" if reads_only else f" WITH CHECK ({using})"
    return RunSQL(
        f"CREATE POLICY readers ON {table} AS RESTRICTIVE {command}USING ({using}){check}",
        f"DROP POLICY readers ON {table}",
    )


def protect(table: str, using: str | None = None, check: str | None = None) -> RunSQL:
    """Enable and force row-level security on `table` with the condition `using` (its `area_code` in scope).

    `check` is the condition for new rows, where it differs.
    """
    using = using or in_scope()
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY scope ON {table} USING ({using}) WITH CHECK ({check or using});
        """,
        f"DROP POLICY scope ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;",
    )


def pin_search_path(function: str) -> str:
    """The statement that has a function with its owner's rights find our tables only.

    pg_temp comes last: unnamed, it is searched first, and a temporary table of the caller would stand in for ours.
    """
    return (
        f"DO $pin$ BEGIN EXECUTE format('ALTER FUNCTION {function} SET search_path = %I, pg_temp', current_schema()); "
        "END $pin$;"
    )


def append_only(table: str) -> RunSQL:
    """The program's role may add and read rows of `table`, never change or remove them."""
    return RunSQL(
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN "
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM linli_app; END IF; END $$",
        "",
    )
