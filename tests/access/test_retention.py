"""How long data is kept: floors nobody gets below, destruction in slices that survives a kill, certificates that hold."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import staff
from django.db import DataError, ProgrammingError, connection, transaction
from typer.testing import CliRunner

from linli.access import reads, seals
from linli.access.errors import BadRetention, DestructionHeld
from linli.access.keeping import actions, certificates, nightly, queries, rules
from linli.access.keeping.commands import retention_app
from linli.access.models import DeletionCertificate, DestructionRun, ReadLog
from linli.kernel import clock, retention, scope
from linli.kernel.actors import system

pytestmark = pytest.mark.usefixtures("db")
VICTIM = Path(__file__).with_name("destruction_victim.py")
LOG = "access.read_log"
OLD_DAYS, KEPT = (302, 301, 300), 200


@pytest.fixture
def logged(db: str) -> list[str]:
    """Three days of looks long ago and one look of today; sealed. Returns the ids of the old ones."""
    for ago in OLD_DAYS:
        with clock.frozen(clock.now() - timedelta(days=ago)), scope.acting(staff.OPERATOR):
            for serial in range(7):
                reads.note("detail", "person", subject_id=f"p{serial}", area=staff.TOWN)
    with scope.acting(staff.OPERATOR):
        reads.note("detail", "person", subject_id="today", area=staff.TOWN)
        seals.seal_days()
        return [str(i) for i in ReadLog.objects.exclude(subject_id="today").values_list("id", flat=True)]


def set_rule(days: int | None, kind: str = LOG, on: date | None = None) -> None:
    with scope.acting(staff.OPERATOR):
        actions.set_rule(staff.OPERATOR, kind, days, on, "测试")


def left() -> int:
    with scope.acting(staff.OPERATOR):
        return ReadLog.objects.count()


def broken() -> list[tuple[str, date]]:
    with scope.acting(staff.OPERATOR):
        return [(b.log, b.day) for b in seals.verify()]


def made() -> list[DeletionCertificate]:
    return list(DeletionCertificate.objects.order_by("serial"))


def destroy(kind: str = LOG, rows: int = 5) -> DeletionCertificate | None:
    return actions.destroy_due(actions.overseer(), actions.kind_of(kind), rows)


def test_a_log_is_kept_until_a_rule_says_otherwise(logged: list[str]) -> None:
    nightly.destroy_all()
    assert left() == 22 and not [c for c in made() if c.kind == LOG]


def test_what_is_due_goes_in_slices_and_leaves_one_certificate(logged: list[str]) -> None:
    set_rule(KEPT)
    certificate = destroy()
    assert certificate is not None and left() == 1
    assert (certificate.rows, certificate.days, certificate.files) == (21, KEPT, 0)
    assert clock.now() - certificate.oldest > timedelta(days=301) and certificate.newest < certificate.before
    named = [f"access_read_log/{each}" for each in reversed(logged)]
    assert certificate.ids_digest == rules.add_ids(b"", LOG, named), "a backup shows what the ids were, in any order"
    assert [c.serial for c in made()] == [1] and certificates.verify() == []
    assert broken() == [], "days under a certificate hold"
    assert destroy() is None and len(made()) == 1, "done twice it ends the same"
    assert not DestructionRun.objects.exists()


def test_killed_in_the_middle_it_goes_on_and_ends_in_one_whole_certificate(db: str, logged: list[str]) -> None:
    set_rule(KEPT)
    done = subprocess.run(
        [sys.executable, str(VICTIM), db, "5", "2"], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == -9, done.stderr
    assert left() == 12, "two slices are gone, the third came back"
    run = DestructionRun.objects.get()
    assert (run.rows, made()) == (10, [])
    assert broken() == [], "what is being destroyed is no forgery"
    set_rule(None)  # too late: what has begun is finished, under the rule it began with
    certificate = destroy()
    assert certificate is not None and (certificate.rows, certificate.days) == (21, KEPT)
    assert certificate.ids_digest == rules.add_ids(b"", LOG, [f"access_read_log/{each}" for each in logged])
    assert left() == 1 and broken() == []


def test_nobody_gets_below_six_months(logged: list[str]) -> None:
    with scope.acting(staff.OPERATOR), pytest.raises(BadRetention) as refused:
        actions.set_rule(staff.OPERATOR, LOG, 183)
    assert refused.value.fields[0].code == "below_floor"
    assert "184" in str(refused.value.document("zh-CN")["fields"]) and "网络安全法" in str(
        refused.value.document("zh-CN")["fields"]
    )


@pytest.mark.parametrize(
    ("table", "days"), [("access_read_log", 183), ("access_change_log", 1), ("registry_person_history", 364)]
)
def test_the_database_itself_keeps_the_floor(table: str, days: int) -> None:
    with pytest.raises(DataError, match="floor"), scope.acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT access_destroy(%s, %s, 10)", [table, clock.now() - timedelta(days=days)])


@pytest.mark.parametrize("table", ["registry_person", "access_account", "access_seal", "access_deletion_certificate"])
def test_the_functions_touch_nothing_but_logs_and_histories(table: str) -> None:
    with pytest.raises(ProgrammingError), scope.acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT access_destroy(%s, %s, 10)", [table, clock.now() - timedelta(days=9999)])


def test_days_that_do_not_match_their_seals_are_evidence_and_stay(logged: list[str], owner_sql: Any) -> None:
    set_rule(KEPT)
    owner_sql("UPDATE access_read_log SET subject_id = 'p9' WHERE id = %s", [logged[0]])
    with pytest.raises(DestructionHeld):
        destroy()
    outcomes = {outcome.kind.name: outcome for outcome in nightly.destroy_all()}
    assert outcomes[LOG].held is not None and left() == 22
    assert not DestructionRun.objects.filter(kind=LOG).exists()


def test_a_day_destroyed_without_a_certificate_is_still_a_forgery(logged: list[str], owner_sql: Any) -> None:
    owner_sql("DELETE FROM access_read_log WHERE id = ANY(%s)", [logged[:7]])
    assert len(broken()) == 1


def test_a_row_that_comes_back_under_a_certificate_shows(logged: list[str], owner_sql: Any) -> None:
    set_rule(KEPT)
    destroy()
    owner_sql(
        "INSERT INTO access_read_log SELECT gen_random_uuid(), at - interval '301 days', actor, unit_id, kind, "
        "subject_type, subject_id, area_code, count, purpose, request, ip, viewing_as FROM access_read_log"
    )
    assert [log for log, _ in broken()] == ["read"]


def test_certificates_hold_nothing_of_anybody(logged: list[str]) -> None:
    set_rule(KEPT)
    certificate = destroy()
    assert certificate is not None
    said = json.dumps({**certificates.facts_of(certificate)}, default=str)
    assert "p1" not in said and not any(each in said for each in logged)
    assert certificate.made_by == "system:retention"


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("UPDATE access_deletion_certificate SET rows = 99 WHERE serial = 2", [2]),
        ("UPDATE access_deletion_certificate SET before = now() WHERE serial = 1", [1]),
        ("DELETE FROM access_deletion_certificate WHERE serial = 2", [3]),
    ],
)
def test_a_certificate_that_was_changed_or_taken_away_is_found(owner_sql: Any, forgery: str, found: list[int]) -> None:
    for number in range(3):
        end_a_session(f"s{number}", owner_sql)
        assert destroy("access.session") is not None
    assert certificates.verify() == []
    owner_sql(forgery)
    assert certificates.verify() == found


def test_looking_at_one_verifies_a_stretch_of_the_chain_whatever_its_length(
    owner_sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "STRETCH", 2)
    for number in range(5):
        end_a_session(f"s{number}", owner_sql)
        assert destroy("access.session") is not None
    assert [certificates.verify_at(serial) for serial in (1, 2, 3, 5)] == [[]] * 4
    owner_sql("UPDATE access_deletion_certificate SET rows = 99 WHERE serial = 2")
    assert [certificates.verify_at(serial) for serial in (1, 2, 3, 4, 5)] == [[], [2], [2], [], []]
    assert certificates.verify() == [2], "the whole chain is still asked"
    owner_sql("DELETE FROM access_deletion_certificate WHERE serial = 3")
    assert [certificates.verify_at(serial) for serial in (4, 5)] == [[4], [3]]


def end_a_session(name: str, owner_sql: Any) -> None:
    staff.client(staff.staff(name, permissions=["places.view"]))
    owner_sql("UPDATE access_session SET expires_at = now() - interval '40 days'")


def test_the_program_can_neither_change_nor_remove_rules_and_certificates(owner_sql: Any) -> None:
    set_rule(400)
    end_a_session("gone", owner_sql)
    destroy("access.session")
    for table in ("access_retention_rule", "access_deletion_certificate"):
        for statement in (f"UPDATE {table} SET days = 1", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_certificates_are_sealed_with_the_logs(owner_sql: Any) -> None:
    end_a_session("gone", owner_sql)
    with clock.frozen(clock.now() - timedelta(days=2)):
        certificate = destroy("access.session")
    assert certificate is not None
    with scope.acting(staff.OPERATOR):
        seals.seal_days()
        assert "certificate" in seals.latest()
    owner_sql("UPDATE access_deletion_certificate SET rows = 7, seal = previous")
    assert [log for log, _ in broken()] == ["certificate"]


def test_a_rule_takes_effect_on_its_day_and_the_later_of_one_day_holds(logged: list[str]) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    set_rule(KEPT, on=tomorrow)
    assert destroy() is None
    set_rule(None, on=tomorrow)  # taken back
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert destroy() is None and left() == 22
    set_rule(KEPT)
    assert destroy() is not None


def test_a_preview_counts_and_changes_nothing(logged: list[str]) -> None:
    with scope.acting(staff.OPERATOR):
        due = actions.preview(staff.OPERATOR, LOG, KEPT)
    assert due.amount.rows == 21 and due.amount.oldest is not None and left() == 22 and not made()


def test_setting_is_logged_and_seen_by_who_may(logged: list[str], owner_sql: Any) -> None:
    officer = staff.staff(
        "officer", area=staff.DISTRICT, permissions=["access.retention.view", "access.retention.edit"]
    )
    browser = staff.client(officer)
    answer = browser.post(
        f"/api/retention/{LOG}",
        json.dumps({"days": 400, "reason": "淄网办〔2026〕1号"}),
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    kind = next(k for k in browser.get("/api/retention").json()["items"] if k["name"] == LOG)
    assert (kind["in_force"]["days"], kind["floor"], kind["certainty"]) == (400, 184, "official")
    assert kind["in_force"]["made_by"] == "用户officer"
    rows = owner_sql("SELECT detail FROM access_change_log WHERE action = 'access.retention.set'")
    assert rows[0][0]["days"] == 400
    refused = browser.post(f"/api/retention/{LOG}", json.dumps({"days": 30}), content_type="application/json")
    assert refused.status_code == 422 and refused.json()["fields"][0]["field"] == "days"
    assert browser.get(f"/api/retention/{LOG}/preview?days=30").status_code == 422
    assert browser.get("/api/retention/nothing/preview?days=30").status_code == 404
    destroy()
    page = browser.get("/api/deletion-certificates").json()
    assert page["items"] == []
    set_rule(KEPT)
    destroy()
    listed = browser.get("/api/deletion-certificates").json()["items"]
    one = browser.get(f"/api/deletion-certificates/{listed[0]['id']}").json()
    assert (one["rows"], one["sound"], one["kind_label"], one["rule_reason"]) == (21, True, "查询日志", "测试")


def test_attempts_answers_and_sessions_of_others_go_too(owner_sql: Any) -> None:
    account = staff.staff("somebody", permissions=["places.view"])
    staff.client(account)
    owner_sql(
        "INSERT INTO access_idempotency (id, actor, key, request_hash, content_type, created_at) "
        "VALUES (gen_random_uuid(), 'a', 'k', '', '', now() - interval '3 days'), "
        "(gen_random_uuid(), 'b', 'k', '', '', now())"
    )
    owner_sql(
        "INSERT INTO access_attempt (id, at, name_hash, ip, outcome) VALUES "
        "(gen_random_uuid(), now() - interval '200 days', '', '', 'tried'), (gen_random_uuid(), now(), '', '', 'tried')"
    )
    end_a_session("other", owner_sql)
    outcomes = nightly.destroy_all()
    counts = {o.kind.name: o.certificate.rows for o in outcomes if o.certificate}
    assert counts == {"access.answer": 1, "access.attempt": 1, "access.session": 2}
    assert owner_sql("SELECT actor FROM access_idempotency") == [("b",)]


def test_a_month_that_is_over_and_empty_goes(owner_sql: Any) -> None:
    owner_sql(
        "CREATE TABLE access_read_log_202001 PARTITION OF access_read_log FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')"
    )
    owner_sql("ALTER TABLE access_read_log_202001 OWNER TO linli_owner")
    with scope.acting(staff.OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_destroy('access_read_log', %s, 10)", [clock.now() - timedelta(days=200)])
    assert owner_sql("SELECT to_regclass('access_read_log_202001')") == [(None,)]
    assert owner_sql("SELECT to_regclass('access_read_log_rest')") != [(None,)]


def test_no_history_is_without_a_kind(owner_sql: Any) -> None:
    """Every table that grows by itself belongs to a kind of data, so that its time can be set."""
    from linli.cases.apps import HISTORIES as CASES
    from linli.funding.apps import HISTORIES as FUNDING
    from linli.intake.apps import HISTORIES as INTAKE
    from linli.places.retention import TABLES
    from linli.registry.apps import HISTORIES
    from linli.tiers.apps import HISTORIES as TIERS

    rows: Sequence[tuple[str]] = owner_sql(
        "SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = to_regnamespace('district')"
    )
    partitioned = {row[0] for row in rows}
    assert partitioned == {
        *TABLES, *HISTORIES, *CASES, *INTAKE, *FUNDING, *TIERS, "access_read_log", "access_change_log",
    }  # fmt: skip


def test_every_kind_says_what_it_is_in_both_languages() -> None:
    for kind in retention.kinds():
        for text in (kind.label, kind.covers, kind.basis):
            assert text.zh and text.en and re.search(r"[一-鿿]", text.zh)
        rooms = ("access", "messages", "places", "registry", "intake", "cases", "tiers", "funding")
        assert kind.name.partition(".")[0] in rooms


def test_the_command_line_sets_previews_runs_and_lists(logged: list[str]) -> None:
    run = CliRunner().invoke
    assert LOG in run(retention_app, ["list"]).output
    refused = run(retention_app, ["set", LOG, "30"])
    assert refused.exit_code == 1
    assert run(retention_app, ["set", LOG, str(KEPT), "--reason", "制度"]).exit_code == 0
    assert "21 older than" in run(retention_app, ["preview", LOG, str(KEPT)]).output
    assert left() == 22
    done = run(retention_app, ["run", LOG])
    assert done.exit_code == 0 and "21 destroyed, certificate 1" in done.output
    listed = run(retention_app, ["certificates", "--verify"])
    assert listed.exit_code == 0 and made()[0].seal.hex() in listed.output


def test_queries_ask_for_the_whole_district(logged: list[str]) -> None:
    from linli.kernel.errors import Forbidden

    town = staff.actor(staff.staff("town", area=staff.TOWN, permissions=["access.retention.view"]))
    for ask in (queries.kinds, queries.list_certificates):
        with scope.acting(town), pytest.raises(Forbidden):
            ask(town)
    with scope.acting(town), pytest.raises(Forbidden):
        actions.preview(town, LOG, KEPT)
    assert system("retention", staff.DISTRICT).may("access.retention.view")
