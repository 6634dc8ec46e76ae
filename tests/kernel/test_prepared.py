"""Statements that a connection plans once: what they enter and read is what the framework would, and they outlive a rollback."""

from __future__ import annotations

from typing import Any

import pytest
import staff
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case, CaseFlow, RoutedCase
from linli.kernel import clock, prepared, scope
from linli.kernel.actors import Actor, Grant
from linli.kernel.ids import uuid7


def a_case(number: str, area: str = staff.VILLAGE) -> Case:
    now = clock.now()
    return Case(
        id=uuid7(), number=number, source="collector", description="井盖缺失", area_code=area, lon=118.1, lat=36.6,
        occurred_at=now, reported_at=now, reported_by="x", reporter_name=b"\x00\xff",
    )  # fmt: skip


def hanging(case: Case) -> tuple[CaseFlow, RoutedCase]:
    now = clock.now()
    step = CaseFlow(
        id=uuid7(), case=case, version=1, at=now, action="report", kind="forward", to_state="reported", actor="x",
        actor_name="某人", detail={"unit": "城管局", "amount": 2},
    )  # fmt: skip
    return step, RoutedCase(id=uuid7(), case=case, case_version=1, at=now, why={"rule": {"position": 3}})


def values(row: object) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


def test_rows_are_entered_and_read_as_the_framework_does(seeded_db: str) -> None:
    with scope.acting(staff.OPERATOR):
        case = a_case("370302202611260001")
        step, routed = hanging(case)
        prepared.insert(case)
        with CaptureQueriesContext(connection) as seen:
            prepared.insert(step, routed)
        assert len(seen) == 1 and '"position": 3' in seen.captured_queries[0]["sql"]
        for kind, entered in ((Case, case), (CaseFlow, step), (RoutedCase, routed)):
            (read,) = prepared.read(kind, "id = %s", [entered.pk])
            assert values(read) == values(kind.objects.get(pk=entered.pk)) == values(entered)
        told = prepared.row(f"SELECT {prepared.gathered(CaseFlow, 't.case_id = c.id', 't.version')} FROM cases_case c")[
            0
        ]
        assert [values(each) for each in prepared.apart(CaseFlow, told)] == [values(step)]
        case.refresh_from_db()
        case.place_text = "路口"
        case.save()  # it is known to be there
        case.reporter_name, case.unit_id, case.due_at = None, uuid7(), clock.now()
        prepared.update(case)
        assert values(Case.objects.get()) == values(case)
        with pytest.raises(DatabaseError):
            prepared.update(a_case("370302202611260009"))
        assert Case.objects.count() == 1


def test_statements_go_on_after_a_rollback_and_an_error(seeded_db: str) -> None:
    with scope.acting(staff.OPERATOR):
        prepared.insert(a_case("370302202611260001"))
    with pytest.raises(DatabaseError), scope.acting(staff.OPERATOR):
        with pytest.raises(DatabaseError), transaction.atomic():
            prepared.insert(a_case("370302202611260001"))  # the number is taken
        prepared.insert(a_case("370302202611260002"))
        prepared.insert(a_case("370302202611260002"))
    with scope.acting(staff.OPERATOR):
        prepared.insert(a_case("370302202611260002"))
        assert len(prepared.rows("SELECT id FROM cases_case")) == 2


def test_a_plan_that_is_kept_shows_each_actor_what_is_theirs(seeded_db: str) -> None:
    statement = "SELECT area_code FROM cases_case WHERE number >= %s ORDER BY number"
    with scope.acting(staff.OPERATOR):
        prepared.insert(a_case("370302202611260001"))
        prepared.insert(a_case("370302202611260002", staff.OTHER_TOWN + "001"))
    own = Actor("staff", "s1", "某人", (Grant(staff.TOWN, frozenset({"cases.case.view"})),))
    for _ in range(8):  # planned for all values from the sixth time on
        with scope.acting(staff.OPERATOR):
            assert len(prepared.rows(statement, ["37"])) == 2
        with scope.acting(own):
            assert prepared.rows(statement, ["37"]) == [(staff.VILLAGE,)]
    assert prepared.rows(statement, ["37"]) == []  # nobody acts


def test_a_connection_that_the_server_gave_up_is_made_anew(
    seeded_db: str, owner_sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with scope.acting(staff.OPERATOR):
        assert prepared.row("SELECT 1") == (1,)
    monkeypatch.setattr(connection, "health_check_enabled", True)
    owner_sql("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    connection.close_if_unusable_or_obsolete()  # a request begins
    assert prepared.row("SELECT 1") == (1,)
