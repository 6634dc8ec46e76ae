"""Facts about server processes: is it alive, is it ours, what does it say of itself.

Standard library only: the keeper imports this and must stay small.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1

#: postmaster.pid, line 8: what the server says of itself (PostgreSQL's `miscadmin.h`).
READY = "ready"
STARTING = "starting"


@dataclass(frozen=True)
class PidFile:
    """The complete lines of `postmaster.pid`; a half-written file reads as None (`read_pid_file`)."""

    pid: int
    data_dir: str
    status: str


def read_pid_file(data_dir: Path) -> PidFile | None:
    """Parse `postmaster.pid`; None when it is missing, empty or half-written."""
    try:
        lines = (data_dir / "postmaster.pid").read_text(errors="replace").splitlines()
        pid = int(lines[0])
    except (OSError, ValueError, IndexError):
        return None
    return PidFile(
        pid=abs(pid),
        data_dir=lines[1].strip() if len(lines) > 1 else "",
        status=lines[7].strip() if len(lines) > 7 else STARTING,
    )


def alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not: PID 1 of many containers never reaps, and there
    `kill(pid, 0)` calls a dead postmaster alive for ever."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return stat.rsplit(")", 1)[1].split()[0] not in ("Z", "X", "x")
    except (FileNotFoundError, ProcessLookupError, IndexError):
        if sys.platform.startswith("linux"):
            return False
    except OSError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def serves(pid: int, data_dir: Path) -> bool:
    """Whether the live process `pid` is a server on `data_dir`: PostgreSQL works in its data directory."""
    if not alive(pid):
        return False
    if not sys.platform.startswith("linux"):
        return True
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", data_dir) and Path(f"/proc/{pid}/comm").read_text().startswith(
            "postgres"
        )
    except OSError:
        return False


def find_postmaster(data_dir: Path) -> int | None:
    """The pid of the postmaster that runs on `data_dir`, though its pid file be missing or damaged."""
    noted = read_pid_file(data_dir)
    if noted is not None and serves(noted.pid, data_dir):
        return noted.pid
    if not sys.platform.startswith("linux"):
        return None
    found = [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and serves(int(entry), data_dir)]
    # Backends share the working directory; the postmaster is the one whose parent is not among them.
    return next((pid for pid in found if _parent(pid) not in found), None)


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, ValueError, IndexError):
        return 0


def die_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn` that has the kernel send `death_signal` to the child when its parent dies.

    It must run after the change of user (which clears the setting); `subprocess` does it in that order.
    The C library is loaded before the fork, since loading it in the child may dead-lock.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform.startswith("linux") else None

    def in_child() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it died between the fork and prctl
                os._exit(1)

    return in_child


def end_with(parent: int, death_signal: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send us `death_signal` when our parent dies; end at once if `parent` is not it any more."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)
