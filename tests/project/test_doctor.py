"""The doctor names what is wrong, says what to do, and is quiet about what is well."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from rich.console import Console

from linli.kernel.embedded import ClusterInfo
from linli.project import commands_doctor, doctor
from linli.project.doctor import examine
from linli.project.findings import Finding, Subject

OwnerSql = Callable[..., Sequence[Any]]


@pytest.fixture
def settings_of_a_sound_home(tmp_path: Path) -> SimpleNamespace:
    """Settings with which every check is content."""
    for folder in ("keys", "files", "web"):
        (tmp_path / folder).mkdir(mode=0o700)
    (tmp_path / "keys" / "master.key").touch(0o600)
    (tmp_path / "web" / "index.html").touch()
    return SimpleNamespace(
        LINLI_HOME=tmp_path, LINLI_KEYS_DIR=tmp_path / "keys", LINLI_FILES_DIR=tmp_path / "files",
        WEB_DIST=tmp_path / "web",
        DEBUG=False, TLS=False, LINLI_DISTRICT="370302", LINLI_HOSTS=[], SECURE_PROXY_SSL_HEADER=None,
        SECRET_KEY="a1b2c3d4e5f6g7h8i9j0" * 4,
    )  # fmt: skip


@pytest.fixture
def subject(db: str, test_databases: Any, settings_of_a_sound_home: SimpleNamespace) -> Iterator[Subject]:
    """A sound installation on this test's database."""
    info: ClusterInfo = test_databases.info.on(db)
    with psycopg.connect(info.app.conninfo()) as connection:
        yield Subject(info, settings_of_a_sound_home, connection)


def found(subject: Subject, check: str) -> Finding:
    """The finding of one check (the first, where there are several)."""
    subject.connection.rollback()
    return next(finding for finding in examine(subject) if finding.check == check)


def test_a_sound_installation_has_no_failure(subject: Subject) -> None:
    levels = {finding.check: finding.level for finding in examine(subject)}
    assert levels == {
        "database": "ok", "roles": "ok", "migrations": "ok", "row_security": "ok", "disk": levels["disk"],
        "clock": "ok", "keys": "ok", "rotation": "ok", "settings": "ok", "assets": "ok", "worker": "warn", "outbox": "ok", "offices": "ok",
        "seals": "ok", "certificates": "ok", "versions": "ok", "public": "ok",
    }  # fmt: skip


def test_every_finding_that_is_not_well_says_what_to_do_in_both_languages(subject: Subject) -> None:
    subject.settings.DEBUG = True
    subject.settings.SECRET_KEY = "short"
    subject.settings.WEB_DIST = Path("/nowhere")
    subject.settings.LINLI_KEYS_DIR.chmod(0o755)
    bad = [finding for finding in examine(subject) if finding.level != "ok"]
    assert {"settings", "assets", "keys", "worker"} <= {finding.check for finding in bad}
    assert all(finding.todo_zh and finding.todo_en and finding.zh for finding in bad)


def test_a_role_that_may_bypass_row_level_security_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    # Roles belong to the whole cluster, which other tests share: a role of our own stands for the program's.
    owner_sql("CREATE ROLE doctor_test LOGIN BYPASSRLS PASSWORD 'x'")
    try:
        login = subject.info.app
        with psycopg.connect(
            user="doctor_test", password="x", host=login.host, port=login.port, dbname=login.dbname
        ) as connection:
            finding = found(Subject(subject.info, subject.settings, connection), "roles")
        assert finding.level == "fail" and "doctor_test" in finding.en
    finally:
        owner_sql("DROP ROLE doctor_test")


def test_a_table_with_areas_but_without_row_level_security_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("CREATE TABLE district.leak (area_code text)")
    assert "leak" in found(subject, "row_security").en
    owner_sql("ALTER TABLE district.leak ENABLE ROW LEVEL SECURITY")
    assert found(subject, "row_security").level == "fail", "FORCE is asked too"
    owner_sql("ALTER TABLE district.leak FORCE ROW LEVEL SECURITY")
    assert found(subject, "row_security").level == "ok"


def test_a_migration_that_is_not_applied_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("DELETE FROM django_migrations WHERE app = 'registry' AND name >= '0002'")
    finding = found(subject, "migrations")
    assert finding.level == "fail" and "registry.0002" in finding.en and "linli migrate" in finding.todo_en


def test_a_clock_behind_the_records_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("UPDATE django_migrations SET applied = %s", [datetime.now(UTC) + timedelta(days=1)])
    assert found(subject, "clock").level == "fail"


def test_a_full_disk_is_found(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _path: SimpleNamespace(free=doctor.GB // 2))
    assert found(subject, "disk").level == "fail"


def test_jobs_that_wait_without_a_worker_are_a_failure(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'x')")
    assert found(subject, "worker").level == "fail"
    owner_sql("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert found(subject, "worker").level == "ok"
    owner_sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'")
    assert found(subject, "worker").level == "fail"
    owner_sql("UPDATE procrastinate_jobs SET status = 'failed'")
    assert found(subject, "jobs").level == "warn"


def test_a_check_that_breaks_is_a_finding_and_not_the_end(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("DROP TABLE procrastinate_workers CASCADE")
    findings = list(examine(subject))
    broken = next(finding for finding in findings if finding.check == "worker")
    assert "UndefinedTable" in broken.en and findings[-1].check == "public"


def test_a_log_changed_after_its_seal_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    from datetime import timedelta

    import staff

    from linli.access import changes, seals
    from linli.kernel import clock
    from linli.kernel.scope import acting

    yesterday = clock.now() - timedelta(days=2)
    with clock.frozen(yesterday), acting(staff.OPERATOR):
        changes.record(staff.OPERATOR, "access.test.note", "test", "1", staff.DISTRICT)
    with acting(staff.OPERATOR):
        assert seals.seal_days() > 0
    assert found(subject, "seals").level == "ok"
    owner_sql("UPDATE access_change_log SET action = 'access.test.other'")
    assert found(subject, "seals").level == "fail"


def test_it_prints_lines_for_people_and_json_for_machines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = [
        Finding("disk", "ok", "充足", "plenty"),
        Finding("assets", "fail", "未构建", "not built", "请构建", "Build it"),
    ]
    monkeypatch.setattr(commands_doctor, "collect", lambda: findings)
    monkeypatch.setattr("rich.console.Console", lambda **options: Console(**options, width=80, color_system=None))
    for language, words in (("zh_CN.UTF-8", "未构建"), ("en_US.UTF-8", "not built")):
        monkeypatch.setenv("LC_ALL", language)
        assert commands_doctor.run(as_json=False) == 1
        assert words in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "C")
    commands_doctor.run(as_json=False)
    assert capsys.readouterr().out == (
        "✓ disk         plenty\n✗ assets       not built\n               → Build it\n\n1 ok, 0 warn, 1 fail\n"
    )
    assert commands_doctor.run(as_json=True) == 1
    assert json.loads(capsys.readouterr().out)["findings"][1]["todo"] == "Build it"
    monkeypatch.setattr(commands_doctor, "collect", lambda: findings[:1])
    assert commands_doctor.run(as_json=False) == 0


def test_an_empty_home_is_told_as_such_and_stays_empty(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    home = tmp_path / "home"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    done = subprocess.run(
        [sys.executable, "-m", "linli.project.cli", "doctor", "--json"],
        capture_output=True, text=True, check=False, env={**kept, "LINLI_HOME": str(home)},
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert done.returncode == commands_doctor.NOTHING_INSTALLED == 3
    assert [finding["check"] for finding in answer["findings"]] == ["installation"] and not answer["ok"]
    assert "nothing is installed yet" in answer["findings"][0]["message"]
    assert "linli up" in answer["findings"][0]["todo"] and "linli up" in answer["findings"][0]["todo_zh"]
    assert not home.exists(), "looking makes nothing"


def test_a_folder_that_cannot_be_written_or_takes_no_more_files_is_found(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = {"f_bavail": 10**9, "f_bfree": 10**9, "f_blocks": 10**9, "f_frsize": 4096}
    nearly_full = SimpleNamespace(f_files=100_000, f_favail=3, **space)
    monkeypatch.setattr(doctor.os, "statvfs", lambda _path: nearly_full)
    assert found(subject, "disk").level == "fail" and "3 more files" in found(subject, "disk").en
    monkeypatch.setattr(doctor.os, "access", lambda _path, _mode: False)
    assert found(subject, "disk").level == "fail" and "cannot be written" in found(subject, "disk").en


@pytest.mark.parametrize(
    "right",
    [
        "SELECT ON district.places_region",
        "UPDATE (name) ON district.access_account",
        "EXECUTE ON FUNCTION district.access_factor(uuid)",
    ],
)
def test_any_right_of_the_public_role_beside_its_functions_is_found(
    subject: Subject, owner_sql: OwnerSql, right: str
) -> None:
    owner_sql(f"GRANT {right} TO linli_public")  # in this test's database alone
    finding = found(subject, "public")
    assert finding.level == "fail" and any(name in finding.en for name in ("places_region", "access_"))


def test_a_public_role_that_cannot_call_its_function_is_found(subject: Subject, owner_sql: OwnerSql) -> None:
    owner_sql("REVOKE EXECUTE ON FUNCTION district.public_door(text) FROM linli_public")
    finding = found(subject, "public")
    assert finding.level == "fail" and "public_door" in finding.en


def test_public_doors_that_no_login_was_named_for_are_said_to_be_shut(subject: Subject) -> None:
    from dataclasses import replace

    without = replace(subject, info=replace(subject.info, public=None))
    assert found(without, "public").level == "warn"


def test_a_forged_certificate_an_unfinished_destruction_and_a_held_one_are_found(
    subject: Subject, owner_sql: OwnerSql
) -> None:
    import staff

    from linli.access import reads, seals
    from linli.access.keeping import actions
    from linli.kernel import clock
    from linli.kernel.scope import acting

    for days in (400, 399):
        with clock.frozen(clock.now() - timedelta(days=days)), acting(staff.OPERATOR):
            reads.note("detail", "person", subject_id="p", area=staff.TOWN)
    with acting(staff.OPERATOR):
        seals.seal_days()
        actions.set_rule(staff.OPERATOR, "access.read_log", 399)
    assert found(subject, "certificates").level == "ok"
    assert actions.destroy_due(actions.overseer(), actions.kind_of("access.read_log")) is not None
    assert found(subject, "certificates").level == "ok" and found(subject, "seals").level == "ok"
    owner_sql("UPDATE access_read_log SET subject_id = 'q'")
    with acting(staff.OPERATOR):
        actions.set_rule(staff.OPERATOR, "access.read_log", 200)
    assert found(subject, "retention").level == "fail"
    owner_sql(
        "INSERT INTO access_destruction_run (id, kind, days, before, began_at, cursor, rows, files, ids_digest) "
        "VALUES (gen_random_uuid(), 'access.session', 1, now(), now() - interval '3 days', '', 0, 0, '')"
    )
    late = found(subject, "certificates")
    assert late.level == "fail" and "access.session" in late.en
    owner_sql("UPDATE access_deletion_certificate SET rows = 5")
    forged = found(subject, "certificates")
    assert forged.level == "fail" and "1" in forged.en and forged.todo_zh
