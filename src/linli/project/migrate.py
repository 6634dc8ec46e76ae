"""Bring the database to the program's version: Django's migrations as the owner, then the rights that follow."""

from __future__ import annotations

from typing import Any

from linli.kernel.embedded.bootstrap import APP, PUBLIC
from linli.public.queries import FUNCTIONS

#: Two starts at once migrate one after the other (any number will do; it is ours in this database).
MIGRATION_LOCK = 370302


class NotPrepared(RuntimeError):
    """The database was not set up for Linli; the message says what an administrator is to run."""


def migrate(verbosity: int = 1) -> None:
    """Apply all migrations as `linli_owner`. Needs a configured Django; safe to call at every start.

    On a server of one's own an administrator has run the script that `linli migrate --sql` prints
    (roles, database, schema, default privileges). Raises NotPrepared when that is missing.
    """
    from django.core.management import call_command
    from django.db import connections

    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            _check_prepared(cursor)
            call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
            # Django's own note of what was applied is not the program's to change.
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {APP}")
            _open_public_doors(cursor)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    owner.close()


def _open_public_doors(cursor: Any) -> None:
    """Let the role of the public doors call its functions. A server prepared for an earlier Linli lacks the role."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [PUBLIC])
    if cursor.fetchone():
        for function in FUNCTIONS:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {PUBLIC}")


def pending() -> list[str]:
    """Migrations that the code has and the database has not, as `room.name`."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _check_prepared(cursor: object) -> None:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT to_regnamespace('district') IS NOT NULL AND has_schema_privilege('district', 'CREATE'),"
        " (SELECT count(*) FROM pg_default_acl a JOIN pg_roles r ON r.oid = a.defaclrole"
        "   WHERE r.rolname = current_user AND a.defaclnamespace = to_regnamespace('district'))"
    )
    owned, defaults = cursor.fetchone()  # type: ignore[attr-defined]
    if not owned or not defaults:
        raise NotPrepared(
            "The database is not set up for Linli: the schema 'district' or its default privileges are missing. "
            "Have an administrator run the script that `linli migrate --sql` prints."
        )
