"""History of a table: every replaced or deleted row kept whole, by statement-level triggers, as migration operations.

The live row and its replaced images together are the full history; inserts are not copied (the row itself, its
`recorded_at` and its source record hold them), which halves the cost of a first load.
"""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

from .rls import in_scope, pin_search_path


def keep_history(table: str, using: str | None = None, key: str = "id") -> RunSQL:
    """Create `{table}_history` (replaced_at, replaced_by, request, op, then the columns of `table`) and its triggers.

    Partitioned by month of `replaced_at`; months are made by `linli migrate`, a default partition takes the rest.
    The function belongs to the owner, so the program's role can read history but never write it by hand. `key`: the table's
    primary key.
    """
    history, function = f"{table}_history", f"{table}_keep_history"
    return RunSQL(
        f"""
        CREATE TABLE {history} (
            replaced_at timestamptz NOT NULL, replaced_by text NOT NULL, request text NOT NULL, op text NOT NULL,
            LIKE {table}
        ) PARTITION BY RANGE (replaced_at);
        CREATE TABLE {history}_rest PARTITION OF {history} DEFAULT;
        CREATE INDEX ON {history} ({key}, replaced_at);
        ALTER TABLE {history} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY scope ON {history} FOR SELECT USING ({using or in_scope()});
        ALTER TABLE {history}_rest ENABLE ROW LEVEL SECURITY;
        DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'linli_app') THEN
            REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {history}, {history}_rest FROM linli_app;
        END IF; END $$;
        {_function(table, key)}
        CREATE TRIGGER keep_updates AFTER UPDATE ON {table}
            REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        CREATE TRIGGER keep_deletes AFTER DELETE ON {table}
            REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION {function}();
        """,
        f"""
        DROP TRIGGER keep_updates ON {table}; DROP TRIGGER keep_deletes ON {table};
        DROP FUNCTION {function}(); DROP TABLE {history};
        """,
    )


def reseals_leave_no_history(*tables: str) -> RunSQL:
    """For histories made before keys were rotated: their functions anew, as `keep_history` makes them now."""
    return RunSQL("".join(_function(table) for table in tables), RunSQL.noop)


def _function(table: str, key: str = "id") -> str:
    """The trigger's function. Values that the owner encrypts under another key (`kernel.rotation`) have not changed; the
    program's role cannot say so: the session has to be the owner's own."""
    history, function = f"{table}_history", f"{table}_keep_history"
    return f"""
        CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $body$
        DECLARE
            actor text := coalesce(current_setting('linli.actor', true), '');
            request text := coalesce(current_setting('linli.request', true), '');
        BEGIN
            IF session_user = current_user AND current_setting('linli.reseal', true) = '1' THEN
                RETURN NULL;
            END IF;
            IF TG_OP = 'UPDATE' THEN
                INSERT INTO {history} SELECT now(), actor, request, 'U', o.*
                FROM old_rows o JOIN new_rows n USING ({key}) WHERE o IS DISTINCT FROM n;
            ELSE
                INSERT INTO {history} SELECT now(), actor, request, 'D', o.* FROM old_rows o;
            END IF;
            RETURN NULL;
        END $body$;
        {pin_search_path(f"{function}()")}
        """
