"""Seals show what was changed in a log after its day, by whomever."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import Any

import pytest
import staff
from django.db import DatabaseError, transaction
from typer.testing import CliRunner

from linli.access import changes, reads, seals
from linli.access.commands import accounts_app
from linli.access.models import Seal
from linli.kernel import clock, scope

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def days(db: str) -> list[date]:
    """Three days of entries, sealed on the fourth, which is today."""
    start = clock.now() - timedelta(days=3)
    for number in range(3):
        with clock.frozen(start + timedelta(days=number)), scope.acting(staff.OPERATOR) as operator:
            for serial in range(3):
                reads.note("detail", "person", subject_id=f"p{serial}", area=staff.TOWN)
                changes.record(operator, "places.region.change", "region", serial, staff.TOWN, {"b": 1, "a": "甲"})
    with scope.acting(staff.OPERATOR):
        assert seals.seal_days() == 6
        assert seals.seal_days() == 0
    return [(start + timedelta(days=n)).astimezone(clock.LOCAL).date() for n in range(3)]


def verify() -> list[tuple[str, date]]:
    with scope.acting(staff.OPERATOR):
        return [(b.log, b.day) for b in seals.verify()]


def test_an_untouched_log_verifies(days: list[date]) -> None:
    assert verify() == []
    with scope.acting(staff.OPERATOR):
        assert list(Seal.objects.filter(log="read").order_by("day").values_list("day", "rows")) == [
            (d, 3) for d in days
        ]


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE access_read_log SET subject_id = 'p9' WHERE subject_id = 'p1' AND at::date = '{day}'",
        "DELETE FROM access_read_log WHERE subject_id = 'p1' AND at::date = '{day}'",
        "INSERT INTO access_read_log SELECT gen_random_uuid(), at, actor, unit_id, kind, subject_type, subject_id, "
        "area_code, count, purpose, request, ip, viewing_as FROM access_read_log WHERE subject_id = 'p1' AND at::date = '{day}'",
    ],
)
def test_changing_removing_or_adding_an_entry_shows(days: list[date], tamper: str, owner_sql: Any) -> None:
    owner_sql("SET timezone TO 'Asia/Shanghai'")
    owner_sql(tamper.format(day=days[1]))
    assert verify() == [("read", days[1])]


def test_days_sealed_before_there_were_views_as_others_still_hold(days: list[date], owner_sql: Any) -> None:
    """The column came later: an entry without it has the digest it always had, one with it another."""
    rows = owner_sql(
        "SELECT id, at AT TIME ZONE 'UTC', actor, unit_id, kind, subject_type, subject_id, area_code, count, purpose, "
        "request, ip FROM access_read_log WHERE (at AT TIME ZONE 'Asia/Shanghai')::date = %s ORDER BY at, id",
        [days[0]],
    )
    expected = sha256(b"")
    for row in rows:
        old = [row[0], row[1].replace(tzinfo=UTC), *row[2:]]
        expected.update(json.dumps(old, default=str, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    sealed = owner_sql("SELECT digest FROM access_seal WHERE log = 'read' AND day = %s", [days[0]])
    assert rows and bytes(sealed[0][0]) == expected.digest()
    owner_sql(
        "UPDATE access_read_log SET viewing_as = 'x' WHERE (at AT TIME ZONE 'Asia/Shanghai')::date = %s", [days[0]]
    )
    assert ("read", days[0]) in verify()


def test_a_rewritten_seal_breaks_the_chain_after_it(days: list[date], owner_sql: Any) -> None:
    owner_sql("UPDATE access_seal SET digest = sha256('x') WHERE log = 'change' AND day = %s", [days[0]])
    assert verify() == [("change", days[0]), ("change", days[1])]


def test_the_program_cannot_rewrite_seals(days: list[date]) -> None:
    for statement in (lambda: Seal.objects.update(rows=0), lambda: Seal.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            statement()


def test_the_command_says_which_day(days: list[date], owner_sql: Any) -> None:
    fine = CliRunner().invoke(accounts_app, ["seals"])
    assert fine.exit_code == 0 and fine.output.count(str(days[2])) == 2
    owner_sql("DELETE FROM access_change_log WHERE subject_id = '1'")
    bad = CliRunner().invoke(accounts_app, ["seals", "--all"])
    assert bad.exit_code == 2 and bad.output.count("CHANGED change") == 3


def test_every_entry_lies_where_an_auditor_sees_it() -> None:
    nobody = staff.actor(staff.staff("nobody"))
    with scope.acting(nobody):
        reads.note("search", "person", count=0)
        reads.note("list", "person", area="999999", count=0)
    auditor = staff.client(staff.staff("auditor1", "auditor", staff.DISTRICT))
    assert {i["area_code"] for i in auditor.get("/api/read-log").json()["items"]} == {staff.DISTRICT}
