"""Roles, database and schema: what a superuser sets up once, before Linli's own migrations.

Four roles: a superuser used for set-up and backup only; `linli_owner`, which owns the schema and runs migrations;
`linli_app`, as which web, jobs and commands connect: it owns and creates nothing, and row-level security binds it;
`linli_public`, as which the public doors connect: no right on any table, only on the functions made for it.
"""

from __future__ import annotations

DATABASE = "linli"
SCHEMA = "district"
OWNER = "linli_owner"
APP = "linli_app"
PUBLIC = "linli_public"
SEARCH_PATH = f"{SCHEMA},public"

#: Raise when the statements below change, so that existing clusters get them at their next start.
VERSION = 2

_ROLES = f"""
DO $$ BEGIN CREATE ROLE {OWNER}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE {APP}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE {PUBLIC}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
ALTER ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS CREATEDB PASSWORD {{owner_password}};
ALTER ROLE {APP} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB PASSWORD {{app_password}};
ALTER ROLE {PUBLIC} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB NOINHERIT CONNECTION LIMIT 40
    PASSWORD {{public_password}};
ALTER ROLE {PUBLIC} SET statement_timeout = '5s';
"""

_DATABASE = f"""
REVOKE ALL ON DATABASE {{database}} FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE {{database}} TO {APP};
GRANT CONNECT ON DATABASE {{database}} TO {PUBLIC};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS {SCHEMA} AUTHORIZATION {OWNER};
GRANT USAGE ON SCHEMA {SCHEMA} TO {APP}, {PUBLIC};
"""

_GRANTS = f"""
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA {SCHEMA} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA {SCHEMA} GRANT USAGE, SELECT ON SEQUENCES TO {APP};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA {SCHEMA} GRANT EXECUTE ON FUNCTIONS TO {APP};
"""


def _literal(text: str) -> str:
    if "\\" in text or "\0" in text:
        raise ValueError("a password must not contain a backslash or NUL")
    return "'" + text.replace("'", "''") + "'"


def role_sql(owner_password: str, app_password: str, public_password: str) -> str:
    """Create or mend the three roles; run in any database as a superuser."""
    return _ROLES.format(
        owner_password=_literal(owner_password),
        app_password=_literal(app_password),
        public_password=_literal(public_password),
    )


def database_sql(database: str = DATABASE) -> str:
    """Close the database, make the schema, set default privileges; run in that database as a superuser."""
    return _DATABASE.format(database=f'"{database}"') + _GRANTS


def bootstrap_sql(database: str = DATABASE) -> str:
    """A psql script for the administrator of a server of your own (PostgreSQL 15 or later, UTF-8).

    It is safe to run again. It asks psql for the three passwords as variables:
    `psql -v owner_password=… -v app_password=… -v public_password=… -f bootstrap.sql postgres`
    """
    roles = _ROLES.format(
        owner_password=":'owner_password'", app_password=":'app_password'", public_password=":'public_password'"
    )
    return (
        "-- Linli: roles, database and schema on a PostgreSQL server of your own (15 or later).\n"
        "-- Run as a superuser:\n"
        "--   psql -v owner_password=... -v app_password=... -v public_password=... -f bootstrap.sql postgres\n"
        "-- Then: DATABASE_URL=postgresql://linli_app:...@HOST/linli\n"
        "--       DATABASE_OWNER_URL=postgresql://linli_owner:...@HOST/linli\n"
        "--       DATABASE_PUBLIC_URL=postgresql://linli_public:...@HOST/linli\n"
        "\\set ON_ERROR_STOP on\n"
        f"{roles}"
        f"SELECT 'CREATE DATABASE \"{database}\" OWNER {OWNER} ENCODING ''UTF8'' TEMPLATE template0'\n"
        f"  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec\n"
        f'\\connect "{database}"\n'
        f"{database_sql(database)}"
    )
