"""The keeper: a small detached process that owns the PostgreSQL server of one home.

Commands do not start the server themselves: whichever needs it first starts a keeper, and each holds a shared lock
on `run/users.lock` while it lives. The keeper starts PostgreSQL as its direct child, starts it again when it crashes,
and stops it when nobody has held the lock for a few seconds. So two commands share a server without knowing of each
other; a killed command lets go of its lock; and when the keeper itself is killed, the kernel sends the server
SIGINT (`PR_SET_PDEATHSIG`), which is a clean, fast shutdown.

Standard library only, about 10 MB of memory. Started by `cluster.py` as `python -m linli.kernel.embedded.keeper`.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from linli.kernel.embedded import locks, processes
from linli.kernel.embedded.orders import Orders

TICK = 0.5
FIRST_DELAY = 0.2
LONGEST_DELAY = 30.0
#: So many starts in a row that never became ready, and the keeper gives up and says why.
PATIENCE = 5
#: A fast shutdown writes a checkpoint; past this we prefer crash recovery at the next start.
SHUTDOWN_SECONDS = 300.0


class Keeper:
    """Owns one server until nobody needs it."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.data_dir = Path(orders.data_dir)
        self.run_dir = Path(orders.run_dir)
        self.child: subprocess.Popen[bytes] | None = None
        self.stop_asked = False
        self.failures = 0
        self.next_start = 0.0
        self.was_ready = False

    def run(self) -> int:
        """Keep the server until it is to stop; 0 when it stopped cleanly."""
        keeper_lock = locks.open_lock(self.run_dir / "keeper.lock")
        if not locks.try_exclusive(keeper_lock):
            return 0
        users_lock = locks.open_lock(self.run_dir / "users.lock")
        wake = self._listen_to_signals()
        self._note("running")
        status = 0
        idle_since: float | None = None
        self._clear_the_way()
        while not self.stop_asked:
            status = self._tend()
            if status:
                break
            select.select([wake], [], [], TICK)
            _drain(wake)
            if not locks.try_exclusive(users_lock):
                idle_since = None
                continue
            idle_since = idle_since if idle_since is not None else time.monotonic()
            if time.monotonic() - idle_since >= self.orders.linger:
                break  # and keep the exclusive lock: newcomers wait until the server is down, then start another
            locks.unlock(users_lock)
        self._stop_server()
        self._note("failed" if status else "stopped")
        os.close(keeper_lock)  # before users.lock, so that who waits there finds no keeper
        return status

    def _tend(self) -> int:
        """Start the server when it does not run; 1 when it will not."""
        if self.child is not None:
            self.was_ready = self.was_ready or self._ready()
            if self.child.poll() is None:
                return 0
            self.failures = 0 if self.was_ready else self.failures + 1
            self.child = None
            if self.failures >= PATIENCE:
                return 1
            delay = FIRST_DELAY * 2**self.failures
            self.next_start = time.monotonic() + min(delay, LONGEST_DELAY)
        if time.monotonic() >= self.next_start:
            self._start_server()
        return 0

    def _ready(self) -> bool:
        noted = processes.read_pid_file(self.data_dir)
        return (
            noted is not None
            and self.child is not None
            and noted.pid == self.child.pid
            and noted.status == processes.READY
        )

    def _start_server(self) -> None:
        self._remove_stale_pid_file()
        self.was_ready = False
        # What the server says before its own log opens; begun anew by each keeper, so it stays short.
        with open(self.orders.start_log, "ab" if self.failures else "wb") as log:
            self.child = subprocess.Popen(
                [self.orders.postgres, "-D", self.orders.data_dir],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.orders.data_dir,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),
                **self._identity(),
            )  # fmt: skip

    def _identity(self) -> dict[str, Any]:
        if self.orders.uid is None:
            return {}
        return {"user": self.orders.uid, "group": self.orders.gid, "extra_groups": []}

    def _clear_the_way(self) -> None:
        """End a server that outlived its keeper (it is being stopped already; see the module's docstring)."""
        pid = processes.find_postmaster(self.data_dir)
        if pid is None:
            return
        _signal(pid, signal.SIGINT)
        deadline = time.monotonic() + SHUTDOWN_SECONDS
        while processes.serves(pid, self.data_dir) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _remove_stale_pid_file(self) -> None:
        """PostgreSQL refuses to start over an empty pid file, or one that names a zombie or a stranger of the same
        user (pids repeat in containers). We know better: no process serves this directory."""
        if processes.find_postmaster(self.data_dir) is None:
            (self.data_dir / "postmaster.pid").unlink(missing_ok=True)

    def _stop_server(self) -> None:
        if self.child is None or self.child.poll() is not None:
            return
        for how, patience in ((signal.SIGINT, SHUTDOWN_SECONDS), (signal.SIGQUIT, 30.0), (signal.SIGKILL, 30.0)):
            _signal(self.child.pid, how)
            try:
                self.child.wait(patience)
                return
            except subprocess.TimeoutExpired:
                continue

    def _note(self, state: str) -> None:
        target = self.run_dir / "keeper.json"
        fresh = self.run_dir / ".keeper.json"
        try:
            fresh.write_text(json.dumps({"pid": os.getpid(), "state": state, "failures": self.failures}))
            os.replace(fresh, target)
        except OSError:  # a full disk must not take the server down
            pass

    def _listen_to_signals(self) -> int:
        """A descriptor that becomes readable on any signal; SIGTERM and SIGINT ask the keeper to stop."""
        reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(reader, False)
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

        def ask(_number: int, _frame: object) -> None:
            self.stop_asked = True

        signal.signal(signal.SIGTERM, ask)
        signal.signal(signal.SIGINT, ask)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        return reader


def _drain(fd: int) -> None:
    try:
        while os.read(fd, 512):
            pass
    except BlockingIOError:
        pass


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    sys.exit(Keeper(Orders.from_json(sys.argv[1])).run())
