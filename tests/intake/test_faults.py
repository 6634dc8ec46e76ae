"""Faults at any moment: the base is as before or as after, and the batch goes on or is cleared at the next start."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from intake_tables import DISTRICT, HEADER, Table, person
from test_jobs_and_api import work
from test_runs import OPERATOR, fingerprint, people, run

from linli.intake import actions, perform
from linli.intake.models import Batch
from linli.intake.runner import run_file
from linli.intake.work import Busy
from linli.kernel import files
from linli.kernel.actors import Actor
from linli.kernel.files import DiskFull
from linli.kernel.scope import acting
from linli.registry.models import District

Sql = Callable[..., Sequence[Any]]
VICTIM = Path(__file__).with_name("intake_victim.py")
ROWS = [HEADER, *(person(i) for i in range(1, 40))]
pytestmark = pytest.mark.usefixtures("demo_district")


@pytest.fixture
def demo_district(seeded_db: str) -> str:
    with acting(OPERATOR):
        District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})
    return seeded_db


def victim(database: str, what: str, moment: str, subject: object) -> int:
    done = subprocess.run(
        [sys.executable, str(VICTIM), database, what, moment, str(subject)], capture_output=True, timeout=120
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()[-2000:]
    return done.returncode


def state_of(batch_id: object) -> str:
    return str(perform.load(UUID(str(batch_id))).state)


@pytest.mark.parametrize(
    "moment",
    ["uploaded/", "reading/", "reading/read", "mapping/", "checking/address", "checked/", "merging/", "merging/match",
     "merging/prepare", "merging/write", "merging/golden"],
)  # fmt: skip
def test_a_command_killed_at_any_moment_leaves_the_base_as_before_and_is_cleared(
    demo_district: str, xlsx: Table, owner_sql: Sql, moment: str
) -> None:
    run(xlsx([HEADER, person(99)], name="before.xlsx"), commit=True)
    before = fingerprint(owner_sql)
    path = xlsx(ROWS)
    assert victim(demo_district, "command", moment, path) == -signal.SIGKILL
    assert fingerprint(owner_sql) == before
    (left,) = owner_sql("SELECT id FROM intake_batch WHERE filename = 'people.xlsx'")
    perform.recover()
    assert state_of(left[0]) in ("cancelled", "matched")
    assert not list((Path(files._folder("scratch"))).iterdir())
    assert run(path, commit=True).merge_counts["new"] == 39


def test_a_command_killed_right_after_the_merge_leaves_the_base_as_after(
    demo_district: str, xlsx: Table, owner_sql: Sql
) -> None:
    assert victim(demo_district, "command", "merged/", xlsx(ROWS)) == -signal.SIGKILL
    (left,) = owner_sql("SELECT id FROM intake_batch")
    assert perform.recover() == [] and (state_of(left[0]), people()) == ("merged", 39)


@pytest.mark.parametrize(
    ("step", "moment", "goes_back_to"),
    [
        ("read", "reading/read", "uploaded"),
        ("check", "checking/address", "mapping"),
        ("check", "checked/match", "mapping"),
        ("merge", "merging/match", "matched"),
        ("merge", "merging/golden", "matched"),
    ],
)
def test_a_worker_killed_at_any_moment_goes_on_at_the_next_start(
    demo_district: str, xlsx: Table, owner_sql: Sql, step: str, moment: str, goes_back_to: str
) -> None:
    batch = queued(xlsx(ROWS), until=step)
    assert victim(demo_district, f"perform:{step}", moment, batch.id) == -signal.SIGKILL
    assert people() == 0 and state_of(batch.id) in ("reading", "checking", "checked", "merging")
    owner_sql("DELETE FROM procrastinate_jobs")  # the queue's own retry is not what is proved here
    assert [(b, str(s)) for b, s in perform.recover()] == [(batch.id, goes_back_to)]
    work()
    wanted = {"read": "mapping", "check": "matched", "merge": "merged"}[step]
    assert state_of(batch.id) == wanted and people() == (39 if step == "merge" else 0)


def queued(path: Path, until: str) -> Batch:
    """A batch of the wizard's way on which the step `until` is waiting to be done."""
    with acting(OPERATOR), path.open("rb") as content:
        batch = actions.upload_batch(
            OPERATOR, content, filename=path.name, size=path.stat().st_size, source="community", area=DISTRICT
        )
    if until == "read":
        return batch
    perform.perform("read", batch.id)
    with acting(OPERATOR):
        actions.check_batch(OPERATOR, batch.id)
    if until == "check":
        return batch
    perform.perform("check", batch.id)
    with acting(OPERATOR):
        return actions.merge_batch(OPERATOR, batch.id)


def test_an_undo_killed_midway_leaves_the_batch_merged_and_goes_on(
    demo_district: str, xlsx: Table, owner_sql: Sql
) -> None:
    done = run(xlsx(ROWS), commit=True)
    before = fingerprint(owner_sql)
    assert done.batch_id is not None
    with acting(OPERATOR):
        actions.undo_batch(OPERATOR, done.batch_id)
    assert victim(demo_district, "perform:undo", "undoing/undo", done.batch_id) == -signal.SIGKILL
    assert fingerprint(owner_sql) == before
    owner_sql("DELETE FROM procrastinate_jobs")
    assert [(b, str(s)) for b, s in perform.recover()] == [(done.batch_id, "merged")]
    work()
    assert state_of(done.batch_id) == "undone" and people() == 0


def test_a_batch_somebody_works_on_is_left_alone(xlsx: Table) -> None:
    batch = queued(xlsx(ROWS), until="merge")
    held = threading.Event()
    done = threading.Event()

    def other() -> None:
        with perform.hold(batch, OPERATOR):
            held.set()
            done.wait(30)
        connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    held.wait(30)
    with pytest.raises(Busy):
        perform.perform("merge", batch.id)
    with acting(OPERATOR):
        Batch.objects.filter(id=batch.id).update(state="merging")
    assert perform.recover() == [] and state_of(batch.id) == "merging"
    done.set()
    thread.join()


def test_two_people_importing_the_same_file_at_once(xlsx: Table, owner_sql: Sql) -> None:
    path, outcomes, errors = xlsx(ROWS), [], []
    together = threading.Barrier(2)

    def one(name: str) -> None:
        actor = Actor("operator", f"operator:{name}", name, OPERATOR.grants)

        def watch(state: Any, stage: str, percent: int) -> None:
            if (str(state), stage) == ("merging", ""):
                together.wait(60)  # both have checked against an empty base

        try:
            outcomes.append(run_file(actor, path, source="community", area=DISTRICT, commit=True, watcher=watch))
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(o.merge_counts["new"] for o in outcomes) == [0, 39]
    assert sorted(o.merge_counts["nothing_changed"] for o in outcomes) == [False, True]
    assert people() == 39
    assert owner_sql("SELECT count(*), count(DISTINCT id_hash) FROM registry_person") == [(39, 39)]


def test_the_database_stopping_midway_loses_nothing(
    demo_district: str, xlsx: Table, owner_sql: Sql, test_databases: Any
) -> None:
    """Every connection of the program is cut in the middle of the merge, as a fast shutdown of the server does."""
    run(xlsx([HEADER, person(99)], name="before.xlsx"), commit=True)
    before = fingerprint(owner_sql)
    batch = queued(xlsx(ROWS), until="merge")
    hold = perform.hold

    def cut(state: Any, stage: str, percent: int) -> None:
        if stage == "golden":
            owner_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )

    perform.hold = lambda b, a, w=None: hold(b, a, cut)  # type: ignore[assignment]
    try:
        with pytest.raises(Exception) as failure:
            perform.perform("merge", batch.id)
    finally:
        perform.hold = hold
        connections.close_all()
    assert perform.worth_retrying(failure.value)
    assert fingerprint(owner_sql) == before
    assert state_of(batch.id) == "merging"
    assert perform.perform("merge", batch.id) == "merged"
    assert people() == 40


def test_a_full_disk_keeps_neither_file_nor_batch(xlsx: Table) -> None:
    path = xlsx([HEADER, *(person(i) for i in range(3000))])
    before = sorted(p for p in Path(files._folder("kept")).rglob("*") if p.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(DiskFull):
            run(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert sorted(p for p in Path(files._folder("kept")).rglob("*") if p.is_file()) == before
    with acting(OPERATOR):
        assert Batch.objects.count() == 0


def test_a_disk_that_fills_while_reading_fails_with_its_reason(xlsx: Table) -> None:
    batch = queued(xlsx([HEADER, *(person(i) for i in range(3000))]), until="read")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        perform.perform("read", batch.id)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    now = perform.load(batch.id)
    assert (now.state, now.problem["code"]) == ("failed", "kernel.disk_full")


def test_a_file_changed_at_rest_is_not_trusted(xlsx: Table) -> None:
    batch = queued(xlsx(ROWS), until="merge")
    kept = files._path(str(batch.file_id))
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(bytes(content))
    perform.perform("merge", batch.id)
    now = perform.load(batch.id)
    assert (now.state, now.problem["code"], people()) == ("matched", "intake.file.damaged", 0)
