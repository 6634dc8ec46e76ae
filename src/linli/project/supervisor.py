"""Keeps child processes running: starts them, starts a crashed one again with growing pauses, stops them all.

Children end with us, however we end: each asks the kernel for it (`processes.end_with`), told by SUPERVISOR_PID.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

#: Set for our children: the process they must not outlive.
SUPERVISOR_PID = "LINLI_SUPERVISOR_PID"

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
#: A part that ran so long has recovered; its next crash is a first one again.
STEADY_SECONDS = 60.0
LOG_BYTES = 10 * 1024 * 1024
LOGS_KEPT = 3


@dataclass(frozen=True)
class Part:
    """One child: what to run, and what follows when it ends."""

    name: str
    command: Sequence[str]
    log: Path
    #: False: it has an end (a demo load); its end is told and not repaired.
    lasting: bool = True
    #: Show its words as they come, besides writing them to its log.
    echo: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


def pause_after(crashes: int) -> float:
    """Seconds to wait before start number `crashes` + 1: 1, 2, 4 … 30."""
    return float(min(FIRST_PAUSE * 2.0 ** max(0, crashes - 1), LONGEST_PAUSE))


class Child:
    """A running, pausing or ended part."""

    def __init__(self, part: Part, tell: Callable[[str], None]) -> None:
        self.part = part
        self.tell = tell
        self.process: subprocess.Popen[bytes] | None = None
        self.crashes = 0
        self.started = 0.0
        self.next_start = 0.0
        self.ended = False

    @property
    def output(self) -> IO[bytes] | None:
        """What the child writes, until it closes it."""
        stream = self.process.stdout if self.process else None
        return None if stream is None or stream.closed else stream

    def start(self) -> None:
        """Start it now."""
        self.started = time.monotonic()
        environment = {**os.environ, **self.part.environment, SUPERVISOR_PID: str(os.getpid()), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            self.part.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the others in order
        )  # fmt: skip
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)

    def tend(self) -> None:
        """Notice its end; start it when its pause is over."""
        if self.process is not None:
            self.drain()
            code = self.process.poll()
            if code is None:
                return
            self.drain()
            self.process = None
            if not self.part.lasting:
                self.ended = True
                if code:
                    self.tell(f"{self.part.name} failed (exit {code}); see {self.part.log}")
                return
            self.crashes = 1 if time.monotonic() - self.started > STEADY_SECONDS else self.crashes + 1
            pause = pause_after(self.crashes)
            self.next_start = time.monotonic() + pause
            self.tell(
                f"{self.part.name} ended (exit {code}); starting it again in {pause:.0f} s. Its log: {self.part.log}"
            )
        elif not self.ended and time.monotonic() >= self.next_start:
            self.start()

    def drain(self) -> None:
        """Write what the child said to its log, and show it if asked."""
        output = self.output
        while output is not None:
            try:
                words = os.read(output.fileno(), 65536)
            except BlockingIOError:
                return
            if not words:
                output.close()
                return
            append(self.part.log, words)
            if self.part.echo:
                sys.stderr.buffer.write(words)
                sys.stderr.buffer.flush()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def append(log: Path, words: bytes) -> None:
    """Append to a log of bounded size: full ones are numbered .1 to .3. A full disk costs the log, not the program."""
    try:
        if log.exists() and log.stat().st_size > LOG_BYTES:
            for number in range(LOGS_KEPT - 1, 0, -1):
                older = log.with_name(f"{log.name}.{number}")
                if older.exists():
                    older.replace(log.with_name(f"{log.name}.{number + 1}"))
            log.replace(log.with_name(f"{log.name}.1"))
        with open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab") as out:
            out.write(words)
    except OSError:
        pass


class Supervisor:
    """Runs parts until told to stop."""

    def __init__(
        self, tell: Callable[[str], None], tick: Callable[[], None] = lambda: None, grace: float = 40.0
    ) -> None:
        self.tell = tell
        self.tick = tick
        self.grace = grace
        self.children: list[Child] = []
        self.stopping = False
        self._wake, self._waker = os.pipe()
        for end in (self._wake, self._waker):
            os.set_blocking(end, False)

    def listen(self) -> None:
        """Stop on SIGTERM, SIGINT and SIGHUP; wake up when a child ends. Main thread only."""
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._ask)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _ask(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def add(self, part: Part) -> Child:
        """Start one more part."""
        child = Child(part, self.tell)
        self.children.append(child)
        child.start()
        return child

    def turn(self, seconds: float = 1.0) -> None:
        """Wait for something to happen, then see to it."""
        outputs: list[Any] = [child.output for child in self.children if child.output is not None]
        select.select([self._wake, *outputs], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 512)
        if not self.stopping:
            for child in self.children:
                child.tend()
            self.tick()

    def run(self) -> None:
        """Until told to stop."""
        while not self.stopping:
            self.turn()

    def stop(self) -> None:
        """SIGTERM to all, then wait; what does not go within the grace is killed."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        for child in self.children:
            while child.process is not None and child.process.poll() is None:
                child.drain()
                if time.monotonic() > deadline:
                    self.tell(
                        f"{child.part.name} does not stop; it is killed. Unfinished jobs go on at the next start."
                    )
                    child.signal(signal.SIGKILL)
                    deadline += 5
                time.sleep(0.05)
            child.drain()
