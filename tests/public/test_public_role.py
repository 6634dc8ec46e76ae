"""The role of the public doors can read nothing but what its functions say, and these say no more than they should."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
import staff
from public_home import GRID, NOBODY, PRIVATE, Home, stand

from linli.kernel.embedded.bootstrap import PUBLIC, database_sql
from linli.public.queries import FUNCTIONS, Contact, door

OwnerSql = Callable[..., Sequence[Any]]
RIGHTS = "SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"


@pytest.fixture
def public(db: str, test_databases: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the role, as anybody who has its password could make it."""
    with test_databases.connect(db) as superuser:
        superuser.execute(database_sql(db).encode())  # rights on a database itself are not cloned with it
    with psycopg.connect(test_databases.info.on(db).public.conninfo(), autocommit=True) as connection:
        yield connection


def test_no_table_view_or_sequence_can_be_read(public: Any, owner_sql: OwnerSql, home: Home) -> None:
    relations = owner_sql(
        "SELECT n.nspname, c.relname, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind = ANY('{r,p,v,m,f,S}')"
    )
    assert len(relations) > 80
    assert {"registry_person", "places_dwelling", "access_account", "access_session"} <= {
        name for _, name, _ in relations
    }
    for schema, name, _kind in relations:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute(f'SELECT * FROM "{schema}"."{name}" LIMIT 1')


def test_no_right_on_any_relation_or_column_is_held_in_any_way(owner_sql: OwnerSql, db: str) -> None:
    held = owner_sql(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
        " AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%s, c.oid, 'USAGE, SELECT, UPDATE')"
        " WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN has_table_privilege(%s, c.oid, %s)"
        " OR has_any_column_privilege(%s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END",
        [PUBLIC, PUBLIC, RIGHTS, PUBLIC],
    )
    assert held == []


def test_only_the_functions_made_for_it_can_be_called(owner_sql: OwnerSql, db: str) -> None:
    callable_ones = owner_sql(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'district'::regnamespace"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        [PUBLIC],
    )
    assert {name.removeprefix("district.") for (name,) in callable_ones} == set(FUNCTIONS)
    for function in FUNCTIONS:
        [(definer, settings)] = owner_sql(
            "SELECT prosecdef, proconfig FROM pg_proc WHERE oid = to_regprocedure(%s)", [f"district.{function}"]
        )
        assert definer and settings == ["search_path=district, pg_temp"]


def test_nothing_can_be_made_and_no_other_role_taken(public: Any) -> None:
    for attempt in (
        "CREATE TABLE public.mine (a int)", "CREATE TABLE district.mine (a int)", "CREATE TEMP TABLE mine (a int)",
        "CREATE SCHEMA mine", "SET ROLE linli_app", "SET ROLE linli_owner", "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT pg_read_file('PG_VERSION')", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):  # fmt: skip
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            public.execute(attempt)


def test_the_role_itself_has_no_power(owner_sql: OwnerSql, db: str) -> None:
    assert owner_sql(
        "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit,"
        " (SELECT count(*) FROM pg_auth_members WHERE member = r.oid) FROM pg_roles r WHERE rolname = %s",
        [PUBLIC],
    ) == [(False, False, False, False, False, False, 40, 0)]


def test_the_function_says_where_the_door_is_and_nothing_of_the_home(public: Any, home: Home) -> None:
    stand("王网格", phone="0533-5180001")
    said = public.execute("SELECT public_door(%s)", [home.code]).fetchone()[0]
    assert said == {
        "district": "淄川区", "town": "昆仑镇", "village": "甲村", "kind": "", "grid": "第一网格", "compound": "阳光小区",
        "staff": [{"duty": "worker", "name": "王网格", "phone": "0533-5180001"}],
    }  # fmt: skip
    assert not [word for word in (NOBODY, PRIVATE, "301", "1号楼", home.id, home.standard) if word in str(said)]


def test_a_caller_cannot_widen_or_keep_the_sight_of_the_function(public: Any, home: Home) -> None:
    with public.transaction():
        public.execute(
            "SELECT set_config('linli.lo', '37', true), set_config('search_path', 'pg_temp, district', true)"
        )
        assert public.execute("SELECT public_door(%s)", [home.code]).fetchone()[0]["village"] == "甲村"
        assert public.execute("SELECT current_setting('linli.lo'), current_setting('linli.hi')").fetchone() == (
            "37",
            "",
        )


@pytest.mark.parametrize("code", ["", "A" * 22, "' OR true --", "%", "_" * 22])
def test_a_code_that_never_was_says_nothing(public: Any, home: Home, code: str) -> None:
    assert public.execute("SELECT public_door(%s)", [code]).fetchone() == (None,)


def test_only_those_who_stand_there_today_with_a_public_number_are_named(home: Home) -> None:
    stand("王网格", since=-1)
    stand("村长", staff.VILLAGE, "chief", "0533-5180009")
    stand("片长", duty="lead", phone="0533-5180002", until=5)
    stand("无号", phone="")
    stand("以前", until=-2)
    stand("以后", since=2)
    stand("已停", active=False)
    stand("别格", f"{staff.VILLAGE}002")
    stand("别村", staff.OTHER_VILLAGE, "chief")
    stand("镇上", staff.TOWN, "chief")
    found = door(home.code)
    assert found is not None
    assert found.staff == (
        Contact("worker", "王网格", "0533-5180001"), Contact("lead", "片长", "0533-5180002"),
        Contact("chief", "村长", "0533-5180009"),
    )  # fmt: skip


def test_a_home_that_is_in_no_grid_names_its_village_alone(home: Home, owner_sql: OwnerSql) -> None:
    owner_sql("UPDATE district.places_dwelling SET area_code = %s", [staff.VILLAGE])
    stand("王网格", GRID)
    stand("村长", staff.VILLAGE, "chief")
    found = door(home.code)
    assert found is not None
    assert (found.village, found.grid, [c.name for c in found.staff]) == ("甲村", "", ["村长"])
