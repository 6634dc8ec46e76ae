"""`linli doctor` on the role of the public doors: it has what its functions need, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator

from linli.kernel.embedded.bootstrap import PUBLIC, SCHEMA
from linli.project.findings import Finding, Subject
from linli.public.queries import FUNCTIONS

_ROLE = "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication, oid FROM pg_roles WHERE rolname = %s"
_TOO_MUCH = """
SELECT 'member of ' || roleid::regrole::text FROM pg_auth_members WHERE member = %(role)s::regrole
UNION ALL
SELECT 'owner of ' || c.oid::regclass::text FROM pg_class c WHERE c.relowner = %(role)s::regrole
UNION ALL
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%(role)s, c.oid, 'USAGE, SELECT, UPDATE')
           WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f')
           THEN has_table_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
                OR has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END
UNION ALL
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = to_regnamespace(%(schema)s) AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')
  AND p.oid <> ALL(SELECT to_regprocedure(f)::oid FROM unnest(%(functions)s::text[]) f WHERE to_regprocedure(f) IS NOT NULL)
UNION ALL
SELECT 'CREATE in ' || n.nspname FROM pg_namespace n
WHERE n.nspname !~ '^pg_' AND has_schema_privilege(%(role)s, n.oid, 'CREATE')
LIMIT 5
"""
_MISSING = """
SELECT f FROM unnest(%(functions)s::text[]) f
WHERE to_regprocedure(f) IS NULL OR NOT has_function_privilege(%(role)s, to_regprocedure(f)::oid, 'EXECUTE')
"""


def check_public(subject: Subject) -> Iterator[Finding]:
    """The role of the public doors exists, may call its functions, and holds no right beside them."""
    values = {"role": PUBLIC, "schema": SCHEMA, "functions": list(FUNCTIONS)}
    role = subject.connection.execute(_ROLE, [PUBLIC]).fetchone()
    if role is None or subject.info.public is None:
        yield Finding(
            "public",
            "warn",
            "公众页面未启用：没有数据库角色 linli_public，或未设置 DATABASE_PUBLIC_URL",
            "the public doors are shut: there is no role linli_public, or DATABASE_PUBLIC_URL is not set",
            "请由数据库管理员执行 `linli migrate --sql` 打印的脚本，再运行 `linli migrate`，并设置 DATABASE_PUBLIC_URL",
            "Have an administrator run what `linli migrate --sql` prints, run `linli migrate`, set DATABASE_PUBLIC_URL",
        )
        return
    held = [name for (name,) in subject.connection.execute(_TOO_MUCH, values).fetchall()]
    if role[0]:
        held.insert(0, PUBLIC)
    missing = [name for (name,) in subject.connection.execute(_MISSING, values).fetchall()]
    if held:
        yield Finding(
            "public",
            "fail",
            f"公众页面的数据库角色权限过大：{'、'.join(held)}",
            f"the role of the public doors may do too much: {', '.join(held)}",
            "请收回这些权限（REVOKE），再检查一次",
            "Revoke these rights and check again",
        )
    elif missing:
        yield Finding(
            "public",
            "fail",
            f"公众页面的数据库角色缺少权限：{'、'.join(missing)}",
            f"the role of the public doors may not call {', '.join(missing)}",
            "请运行 `linli migrate`",
            "Run `linli migrate`",
        )
    else:
        yield Finding(
            "public",
            "ok",
            "公众页面的数据库角色只能调用其专用函数",
            f"{PUBLIC} may call its functions and read no table",
        )
