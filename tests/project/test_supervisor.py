"""Children are kept, restarted, stopped, and never outlive their supervisor."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from linli.kernel.embedded import EmbeddedError, processes
from linli.project import commands_up, supervisor
from linli.project.commands_web import check_tls
from linli.project.supervisor import Part, Supervisor, append, pause_after


def script(text: str) -> list[str]:
    """A child that runs a few lines of Python."""
    return [sys.executable, "-c", text]


def turn_until(watched: Supervisor, condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Let the supervisor work until something is so."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        watched.turn(0.05)
    return condition()


@pytest.fixture
def said() -> list[str]:
    """What the supervisor told its operator."""
    return []


@pytest.fixture
def watched(said: list[str]) -> Supervisor:
    return Supervisor(said.append, grace=2)


def test_pauses_grow_to_a_limit() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 9)] == [1, 2, 4, supervisor.LONGEST_PAUSE]


def test_a_crashed_part_is_started_again_and_its_words_are_kept(
    watched: Supervisor, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    log = tmp_path / "part.log"
    watched.add(Part("part", script("print('hello'); raise SystemExit(3)"), log))
    assert turn_until(watched, lambda: len(said) >= 2)
    assert "part ended (exit 3)" in said[0] and str(log) in said[0]
    assert log.read_text().count("hello") >= 2
    assert log.stat().st_mode & 0o077 == 0
    watched.stop()


def test_a_part_with_an_end_is_not_started_again(watched: Supervisor, said: list[str], tmp_path: Path) -> None:
    child = watched.add(Part("demo", script("print('done')"), tmp_path / "demo.log", lasting=False))
    assert turn_until(watched, lambda: child.ended)
    watched.turn(0.05)
    assert child.process is None and said == []


def test_stopping_ends_even_a_child_that_does_not_want_to(watched: Supervisor, said: list[str], tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    log = tmp_path / "deaf.log"
    child = watched.add(Part("deaf", script(deaf), log))
    assert turn_until(watched, log.exists)
    watched.stop()
    assert child.process is not None and child.process.poll() == -signal.SIGKILL
    assert any("killed" in line for line in said)


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    child = (
        "import os, sys, time; from linli.kernel.embedded.processes import end_with;"
        "end_with(int(os.environ['LINLI_SUPERVISOR_PID'])); print(os.getpid(), flush=True); time.sleep(600)"
    )
    parent = (
        "import sys, pathlib; from linli.project.supervisor import Part, Supervisor;"
        f"log = pathlib.Path({str(tmp_path / 'c.log')!r}); s = Supervisor(print);"
        f"s.add(Part('c', [sys.executable, '-c', {child!r}], log));"
        "s.run()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(script(parent), env=environment) as process:
        log = tmp_path / "c.log"
        deadline = time.monotonic() + 20
        while not (log.exists() and log.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.02)
        pid = int(log.read_text())
        assert processes.alive(pid)
        process.kill()
    while processes.alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not processes.alive(pid)


def test_logs_are_of_bounded_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LOG_BYTES", 100)
    log = tmp_path / "web.log"
    for number in range(40):
        append(log, f"{number:050}\n".encode())
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["web.log", "web.log.1", "web.log.2", "web.log.3"]
    assert log.read_text().splitlines()[-1].endswith("39")


def test_a_taken_port_is_passed_over_and_a_wrong_address_explained() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = commands_up.free_port("127.0.0.1", port)
    assert port < found <= port + commands_up.PORTS_TRIED
    with pytest.raises(commands_up.UpError, match="--host"):
        commands_up.free_port("192.0.2.1", 8370)


def test_tls_needs_both_files_and_a_key_the_server_can_read(tmp_path: Path) -> None:
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"
    key.write_text("-----BEGIN RSA PRIVATE KEY-----\n")
    with pytest.raises(EmbeddedError, match="both"):
        check_tls(cert, None)
    with pytest.raises(EmbeddedError, match="openssl pkcs8"):
        check_tls(cert, key)


@pytest.mark.parametrize(
    ("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_loopback_is_known(host: str, expected: bool) -> None:
    assert commands_up.is_loopback(host) is expected
