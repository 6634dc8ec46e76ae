"""`linli up` as a whole: it answers, mends itself, and leaves nothing behind however it ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from linli.kernel.embedded import ensure_running, layout, processes, stop
from linli.project.commands_up import answers, free_port

PATIENCE = 180.0


def until(condition: Callable[[], Any], seconds: float = PATIENCE) -> bool:
    """Wait for something other processes do."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose cluster was made without fsync; its server is down."""
    path = tmp_path_factory.mktemp("up")
    ensure_running(path, fast_unsafe=True)
    stop(path)
    yield path
    stop(path)
    shutil.rmtree(layout.find(path).base, ignore_errors=True)


PUBLIC_PORT = free_port("127.0.0.1", 18470)


def start(home: Path) -> subprocess.Popen[bytes]:
    """`linli up` on free ports, the public doors in a process of their own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
    command = [sys.executable, "-m", "linli.project.cli", "up", "--port", "18370", "--workers", "1",
               "--public-port", str(PUBLIC_PORT)]  # fmt: skip
    return subprocess.Popen(command, env={**kept, "LINLI_HOME": str(home)}, stderr=subprocess.DEVNULL)


def url(home: Path) -> str:
    """Where the running system says it is; empty while it does not."""
    import json

    try:
        return str(json.loads((home / "run" / "up.json").read_text())["url"])
    except (OSError, ValueError):
        return ""


def serving(home: Path) -> bool:
    """Whether the web server of this home answers."""
    where = url(home)
    return bool(where) and answers(where)


def ready(port: int) -> bool:
    """Whether the server on a port says that it can serve."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def pids(home: Path, what: str) -> set[int]:
    """Processes of this home whose command line holds `what`."""
    found = set()
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = Path(f"/proc/{entry}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if what in line and f"LINLI_HOME={home}".encode() in environment and processes.alive(int(entry)):
            found.add(int(entry))
    return found


def postmaster(home: Path) -> int | None:
    """The pid of the home's server."""
    return processes.find_postmaster(layout.find(home).data_dir)


def test_up_serves_mends_itself_and_a_killed_one_leaves_nothing_behind(home: Path) -> None:
    process = start(home)
    try:
        assert until(lambda: serving(home))

        assert until(lambda: answers(f"http://127.0.0.1:{PUBLIC_PORT}/"))
        assert until(lambda: ready(PUBLIC_PORT)), "its role may call its function"

        worker = pids(home, "project.cli worker")
        for pid in worker:
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: pids(home, "project.cli worker") - worker), "a killed worker is started again"

        server = postmaster(home)
        assert server is not None
        os.kill(server, signal.SIGKILL)
        assert until(lambda: postmaster(home) not in (None, server) and serving(home)), "so is a killed server"

        process.kill()
        process.wait()
        assert until(lambda: not pids(home, "project.cli")), "nothing outlives a killed supervisor"
        assert until(lambda: postmaster(home) is None)

        process = start(home)
        assert until(lambda: serving(home)), "and it starts again on what was left"
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert postmaster(home) is None and not pids(home, "project.cli"), "told to stop, it waits for the database"
    finally:
        process.kill()
        process.wait()


def test_jobs_of_dead_workers_are_taken_up_and_deadly_ones_given_up(
    db: str, owner_sql: Callable[..., Sequence[Any]]
) -> None:
    from procrastinate.contrib.django import app

    from linli.project.commands_worker import ATTEMPTS, take_up

    owner_sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes'), (now());"
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, worker_id)"
        " SELECT 'q', w.name, 'doing', w.attempts, (SELECT id FROM procrastinate_workers ORDER BY last_heartbeat"
        " OFFSET w.worker LIMIT 1)"
        f" FROM (VALUES ('left', 0, 0), ('deadly', {ATTEMPTS - 1}, 0), ('running', 0, 1)) AS w (name, attempts, worker)"
    )

    async def work() -> int:
        with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
            async with working.open_async():
                return await take_up(working, silence=40)

    assert asyncio.run(work()) == 2
    states = dict(owner_sql("SELECT task_name, status::text FROM procrastinate_jobs"))
    assert states == {"left": "todo", "deadly": "failed", "running": "doing"}


def test_a_job_left_behind_makes_way_for_the_same_one_that_waits(
    db: str, owner_sql: Callable[..., Sequence[Any]]
) -> None:
    """Two jobs of one queueing lock: one was begun by a worker that died, the other queued since. Only one may wait."""
    from procrastinate.contrib.django import app

    from linli.project.commands_worker import take_up

    owner_sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes');"
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock, worker_id)"
        " SELECT 'q', w.name, w.status::procrastinate_job_status, w.lock,"
        " (SELECT id FROM procrastinate_workers WHERE w.status = 'doing')"
        " FROM (VALUES ('left', 'doing', 'once'), ('waits', 'todo', 'once'), ('other', 'doing', 'alone'))"
        " AS w (name, status, lock)"
    )

    async def work() -> int:
        with app.replace_connector(app.connector.get_worker_connector()) as working:  # type: ignore[attr-defined]
            async with working.open_async():
                return await take_up(working, silence=40)

    assert asyncio.run(work()) == 2
    states = dict(owner_sql("SELECT task_name, status::text FROM procrastinate_jobs"))
    assert states == {"waits": "todo", "other": "todo"}, "and those after it are taken up all the same"


def test_of_two_who_queue_the_same_job_at_once_both_go_on_and_one_job_waits(
    db: str, owner_sql: Callable[..., Sequence[Any]]
) -> None:
    """The first has queued and not committed when the second queues: it waits, is told there is one, and writes its own."""
    from django.db import connections, transaction

    from linli.messages.jobs import enqueue_look

    queued, results = threading.Event(), []

    def second() -> None:
        try:
            queued.wait(timeout=PATIENCE)
            with transaction.atomic():
                enqueue_look()
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT 1")  # the transaction it stands in goes on
                    results.append(cursor.fetchone())
        finally:
            connections.close_all()

    thread = threading.Thread(target=second)
    thread.start()
    with transaction.atomic():
        enqueue_look()
        queued.set()
    thread.join(PATIENCE)
    assert results == [(1,)]
    assert owner_sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")[0][0] == 1
