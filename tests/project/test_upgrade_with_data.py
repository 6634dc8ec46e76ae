"""A district that works with an older version is brought to this one: what it holds stays, and what guards it goes on.

The base is as it was before the meetings that are called off, papers that are kept, contracts that change and cases handed over
outside; each table that a later migration touches has rows of two towns, some with a history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
import pytest
import template_db
from psycopg import sql
from psycopg.types.json import Jsonb
from template_db import TestDatabases, close_django, point_django_at

from linli.kernel.actors import Actor, Grant
from linli.kernel.ids import uuid7
from linli.kernel.scope import acting

#: Each room as far as it was then; others are as they are now.
OLD = {"tiers": "0007_studio", "cases": "0026_mediation_rounds", "funding": "0002_contracts"}
TOWN, OTHER = "370302001", "370302002"
COMMUNITIES = (f"{TOWN}099", f"{OTHER}099")
#: What a column that must hold something holds where a row says nothing of it, by its type.
PLAIN: dict[str, Any] = {
    "text": "", "integer": 1, "smallint": 1, "bigint": 1, "numeric": 1, "boolean": False, "date": "2026-03-02",
    "timestamp with time zone": "2026-03-02T01:00:00Z", "ARRAY": [], "jsonb": Jsonb([]),
}  # fmt: skip
#: Tables that keep their history, with a column anybody might mend.
KEPT = {
    "cases_case": "description", "cases_proposal": "title", "tiers_application": "decided_by", "tiers_meeting": "title",
    "tiers_study_visit": "topic", "tiers_practice_card": "title", "funding_project": "title", "funding_contract": "title",
    "funding_revenue_contract": "number", "funding_party": "note", "funding_account": "name_en",
}  # fmt: skip
#: Those whose history began with an upgrade.
KEPT_SINCE = {"funding_party", "funding_account"}
#: Django's and the queue's own books.
NOT_OURS = ("django_", "procrastinate_")
Run = Callable[..., Sequence[Any]]


class Filling:
    """Puts rows into a base of any version: columns that must hold something and are not named hold something plain."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def put(self, table: str, **said: Any) -> Any:
        """Add a row; its id, where it has one."""
        columns = self.connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'"
            " AND column_default IS NULL AND table_schema = 'district'", [table],
        ).fetchall()  # fmt: skip
        assert columns, table
        row = {name: uuid7() if kind == "uuid" else PLAIN[kind] for name, kind in columns} | said
        self.connection.execute(
            sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
            ), list(row.values()),
        )  # fmt: skip
        return row.get("id")


def district_of_then(connection: psycopg.Connection[Any]) -> None:
    """Rows of two towns in each table that changes on the way to now."""
    put = Filling(connection).put
    system = put("tiers_system", title="先行指标", source="", effective_from="2026-01-01")
    put("tiers_plan_year", id=(year := uuid7()), year=2025, title="2025 年", system_id=system)
    source = put("funding_source", kind="district_finance", name="区财政", certainty="local")
    put("funding_account", code="7001", name_zh="购置", name_en="Bought", kind="expense")
    put("funding_account", code="7002", name_zh="存款", name_en="Bank", kind="asset")
    category = put(
        "cases_category", kind="matter", code="9901", name="道路破损", certainty="local", procedure="standard"
    )
    secret = put(
        "cases_category", kind="matter", code="9902", name="治安", certainty="local", procedure="standard", restricted_to="public_security"
    )  # fmt: skip
    for n, area in enumerate(COMMUNITIES, 1):
        put("places_region", code=area[:9], level="town", name=f"演示镇{n}", short_name=f"演示镇{n}", about=Jsonb({}))
        put(
            "places_region", code=area, level="village", name=f"演示社区{n}", short_name=f"演示社区{n}", about=Jsonb({})
        )
        _ladder_of_then(put, area, year)
        _money_of_then(connection, put, area, n, source)
        case = put(
            "cases_case", number=f"A{n}", area_code=area, state="closed", source="hotline", description="路面坑洼", category_id=category,
            result="", reworks=0, suspensions=0,
        )  # fmt: skip
        put("cases_evaluation_fact", case_id=case, area_code=area)
        _families_of_then(put, area, n, category, secret)
        proposal = put("cases_proposal", body="cppcc", number=f"P{n}", title="建议", area_code=area, case_id=case)
        put("cases_proposal_reply", proposal_id=proposal, text="答复", drafted_by="staff:7" if n == 1 else "")


def _families_of_then(put: Callable[..., Any], area: str, n: int, category: Any, secret: Any) -> None:
    """A case that became a restricted one, merged into one that was split from another, and one that was parted from it again."""
    made = {
        name: put(
            "cases_case", number=f"{name}{n}", area_code=area, state="handling", source="hotline", description="演示", result="",
            category_id=secret if name == "S" else category, reworks=0, suspensions=0,
        )
        for name in "SPCDU"
    }  # fmt: skip
    for case, main, undone in (("S", "C", None), ("D", "P", None), ("U", "S", "2026-03-02T02:00:00Z")):
        put("cases_merge", case_id=made[case], main_id=made[main], undone_at=undone)
    put("cases_child", child_id=made["C"], parent_id=made["P"])
    for case in made.values():
        put("cases_evaluation_fact", case_id=case, area_code=area)


def _ladder_of_then(put: Callable[..., Any], area: str, year: Any) -> None:
    for offset, state in enumerate(("publicised", "withdrawn")):
        one = put(
            "tiers_application", area_code=area, tier="basic", state=state, plan_year_id=year, published_from="2026-04-01",
            published_until=f"2026-04-{6 + offset:02}", award_cents=None,
        )  # fmt: skip
        put(
            "tiers_objection",
            application_id=one,
            origin="public",
            text="有异议",
            contact=b"\x01\x02",
            masked="139****5678",
        )
    put("tiers_meeting", area_code=area, title="推进会", agenda=Jsonb(["一"]), decisions=Jsonb([]))
    put("tiers_study_visit", area_code=area, kind="training", topic="培训")
    for state in ("draft", "published"):
        card = put(
            "tiers_practice_card",
            area_code=area,
            state=state,
            title="做法",
            scenario="governance",
            tier="",
            certainty="own",
        )
        put("tiers_practice_metric", card_id=card, area_code=area, published=state == "published", metric="m")


def _money_of_then(
    connection: psycopg.Connection[Any], put: Callable[..., Any], area: str, n: int, source: Any
) -> None:
    party = put("funding_party", kind="operator", name=f"演示公司{n}")
    project = put(
        "funding_project", area_code=area, title="门禁", state="contracted", source_id=source, tender_method=""
    )
    put(
        "funding_contract", area_code=area, kind="purchase", number=f"HT-{n}", title="门禁采购", amount="12345.67", account_id="7001",
        party_id=party, source_id=source, project_id=project,
    )  # fmt: skip
    facility = put("funding_facility", area_code=area, name="充电桩", kind="charger")
    put(
        "funding_revenue_contract", area_code=area, kind="per_kwh", number=f"YY-{n}", rate="0.123456", facility_id=facility,
        party_id=party, source_id=source,
    )  # fmt: skip
    entry = put("funding_entry", month=202603, number=n, area_code=area, text="首付款", source_id=source)
    connection.execute(  # one statement: the lines of an entry balance
        "INSERT INTO funding_line (id, entry_id, position, account_id, area_code, debit, credit, note)"
        " VALUES (%s, %s, 1, '7001', %s, 12345.67, 0, ''), (%s, %s, 2, '7002', %s, 0, 12345.67, '')",
        [uuid7(), entry, area, uuid7(), entry, area],
    )


def mend(run: Run, table: str, column: str) -> list[dict[str, Any]]:
    """Change all rows of a table, as somebody at work would; the rows as they were."""
    before = rows_of(run, table)
    run(f"UPDATE {table} SET {column} = {column} || '改'")
    return before


def rows_of(run: Run, table: str) -> list[dict[str, Any]]:
    """All rows of a table, as JSON has them."""
    return [row for (row,) in run(f"SELECT to_jsonb(t) FROM {table} t")]


def holding(run: Run) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table of ours that holds any; a partitioned one speaks for its parts."""
    tables = [
        name for (name,) in run(
            "SELECT relname FROM pg_class WHERE relnamespace = 'district'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
            " ORDER BY relname"
        ) if not name.startswith(NOT_OURS)
    ]  # fmt: skip
    return {table: rows for table in tables if (rows := rows_of(run, table))}


def sorted_rows(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows as texts that compare, whatever order they came in."""
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.fixture(scope="module")
def upgraded(
    test_databases: TestDatabases, django_db_blocker: Any
) -> Iterator[tuple[Run, dict[str, list[dict[str, Any]]]]]:
    """`run` in the base brought to now, and what its tables held before."""

    def fill(dbname: str) -> None:
        from django.db import connections
        from django.db.migrations.executor import MigrationExecutor

        point_django_at(test_databases.info, dbname)
        executor = MigrationExecutor(connections["owner"])
        executor.migrate([(room, OLD.get(room, name)) for room, name in executor.loader.graph.leaf_nodes()])
        close_django()

    with django_db_blocker.unblock():
        mark = template_db.fingerprint(*template_db.SCHEMA_SOURCES)
        dbname = test_databases.clone(test_databases.template("then", mark, fill))
        with test_databases.connect(dbname) as connection:

            def run(statement: str, params: Sequence[Any] | None = None) -> Sequence[Any]:
                cursor = connection.execute(statement.encode(), params)
                return cursor.fetchall() if cursor.description else []

            with connection.transaction():
                district_of_then(connection)
            for table in sorted(KEPT.keys() - KEPT_SINCE):
                mend(run, table, KEPT[table])
            before = holding(run)
            template_db.migrate_template(test_databases.info)(dbname)
            point_django_at(test_databases.info, dbname)
            try:
                yield run, before
            finally:
                close_django()
        test_databases.retire(dbname)


def test_every_row_and_every_image_of_one_is_there_as_it_was(upgraded: tuple[Run, Any]) -> None:
    run, before = upgraded
    assert {*KEPT, *(f"{table}_history" for table in KEPT.keys() - KEPT_SINCE)} <= set(before)
    hidden = {str(case) for (case,) in run("SELECT id FROM cases_case WHERE restricted_to <> ''")}
    for table, rows in before.items():
        columns = rows[0].keys()
        now = [{name: row[name] for name in columns} for row in rows_of(run, table)]
        missing = set(sorted_rows(rows)) - set(sorted_rows(now))
        if table == "cases_evaluation_fact":
            missing -= set(sorted_rows([row for row in rows if row["case_id"] in hidden]))
        assert not missing, f"{table} lost {missing}"
        if table.endswith("_history"):
            assert len(now) == len(rows), f"{table}: an upgrade is no change of anybody's"


def test_the_whole_family_of_a_restricted_case_is_marked_and_leaves_the_figures(upgraded: tuple[Run, Any]) -> None:
    run, _ = upgraded
    assert run("SELECT DISTINCT left(number, 1), restricted_to FROM cases_case ORDER BY 1") == [
        ("A", ""), *((name, "public_security") for name in "CDPS"), ("U", ""),
    ]  # fmt: skip
    assert run(
        "SELECT DISTINCT left(c.number, 1) FROM cases_evaluation_fact f JOIN cases_case c ON c.id = f.case_id ORDER BY 1"
    ) == [("A",), ("U",)]


def test_what_is_new_of_a_row_is_filled_by_what_it_held(upgraded: tuple[Run, Any]) -> None:
    run, _ = upgraded
    for table in ("funding_contract", "funding_revenue_contract"):
        assert {keeper for (keeper,) in run(f"SELECT numbered_by FROM {table}")} == {TOWN, OTHER}
        assert {day for (day,) in run(f"SELECT cancelled_on FROM {table}")} == {None}
    assert run("SELECT number, version FROM funding_revenue_contract ORDER BY 1") == [("YY-1改", 1), ("YY-2改", 1)]
    assert sorted(who for (who,) in run("SELECT drafters FROM cases_proposal_reply")) == [[], ["staff:7"]]
    assert set(run("SELECT transferred FROM cases_case UNION ALL SELECT transferred FROM cases_evaluation_fact")) == {
        (False,)
    }
    assert set(run("SELECT cancelled_at, cancelled_reason FROM tiers_meeting")) == {(None, "")}
    assert run("SELECT withdrawn_at, withdrawn_reason FROM tiers_system WHERE title = '先行指标'") == [(None, "")]


@pytest.mark.parametrize("table", sorted(KEPT))
def test_the_history_goes_on_with_whole_rows_in_the_month_they_were_replaced(
    upgraded: tuple[Run, Any], table: str
) -> None:
    run, _ = upgraded
    assert run(f"SELECT count(*) FROM {table}_history_rest") == [(0,)], "images of before went to their month"
    already = {row["id" if "id" in row else "code"] for row in rows_of(run, f"{table}_history")}
    latest = run(f"SELECT coalesce(max(replaced_at), '1970-01-01') FROM {table}_history")[0][0]
    before = mend(run, table, KEPT[table])
    kept = [
        row
        for (row,) in run(
            f"SELECT to_jsonb(h) - '{{replaced_at,replaced_by,request,op}}'::text[] FROM {table}_history h"
            " WHERE replaced_at > %s AND op = 'U'", [latest],
        )
    ]  # fmt: skip
    assert sorted_rows(kept) == sorted_rows(before), "an image has every column, each with its own value"
    assert already or table in KEPT_SINCE
    assert run(f"SELECT count(*) FROM {table}_history_rest") == [(0,)]


def test_a_town_sees_its_own_and_nobody_s_rows_without_an_actor(upgraded: tuple[Run, Any]) -> None:
    from django.db import connection

    run, before = upgraded
    guarded = [
        table for table, rows in before.items()
        if "area_code" in rows[0] and table != "places_region" and not table.endswith("_history")
    ]  # fmt: skip
    assert len(guarded) >= 12

    def counts(area: str) -> dict[str, int]:
        with connection.cursor() as cursor:
            found = {}
            for table in guarded:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE area_code = %s", [area])
                found[table] = cursor.fetchone()[0]
        return found

    with acting(Actor("system", "system:test", "test", (Grant(TOWN, frozenset()),))):
        own, foreign = counts(COMMUNITIES[0]), counts(COMMUNITIES[1])
    had = {table: len(before[table]) // 2 for table in guarded}
    for table in ("cases_case", "cases_evaluation_fact"):
        had[table] -= 4  # a restricted case and its family, whose readers these are not
    assert own == had, "the two towns had alike"
    published = {"tiers_application": 1, "tiers_practice_card": 1, "tiers_practice_metric": 1}
    assert foreign == {table: published.get(table, 0) for table in guarded}, (
        "of others what is published and not withdrawn"
    )
    assert set(counts(COMMUNITIES[0]).values()) == {0}


def test_what_came_with_the_upgrade_cannot_be_changed_by_the_program(upgraded: tuple[Run, Any]) -> None:
    run, _ = upgraded
    for table in ("tiers_kept_paper", "funding_award_booking", "funding_revenue_terms"):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert run("SELECT has_table_privilege('linli_app', %s, %s)", [table, right]) == [(False,)]
        assert run("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(%s)", [table]) == [
            (True, True)
        ]
    with pytest.raises(psycopg.errors.CheckViolation):
        run("DELETE FROM funding_entry")


def test_nothing_is_left_to_do(upgraded: tuple[Run, Any]) -> None:
    from django.core.management import call_command

    from linli.project.migrate import pending

    assert pending() == []
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
