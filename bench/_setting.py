"""What the benchmarks share: a home of their own with an empty demo district, and commands timed with their memory."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DISTRICT = "370302"


@dataclass(frozen=True)
class Run:
    """A command's wall time in seconds, peak memory of the heaviest process in MB, and what it printed."""

    seconds: float
    megabytes: int
    out: str
    code: int

    def json(self) -> Any:
        return json.loads(self.out[self.out.index("{") :])


@contextmanager
def fresh_home(keep: str | None = None) -> Iterator[Path]:
    """A new home with places, grids and the mark of a demo; removed afterwards unless it was given."""
    home = Path(keep).resolve() if keep else Path(tempfile.mkdtemp(prefix="linli-bench-"))
    os.environ["LINLI_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.project.settings"
    from linli.kernel.embedded import ensure_running, release

    ensure_running(home)
    try:
        if not (home / ".bench").exists():
            linli("migrate")
            linli("places", "load")
            linli("places", "grids", "885")
            _mark_demo()
            (home / ".bench").touch()
        yield home
    finally:
        release(home)
        if not keep:
            time.sleep(5)  # the database stops when its last user has left
            shutil.rmtree(data_of(home).parent, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)


def data_of(home: Path) -> Path:
    """Where the database of a home lies: in it, or elsewhere when the server's user cannot enter it."""
    from linli.kernel.embedded import layout

    return layout.find(home).data_dir


def _mark_demo() -> None:
    import django

    django.setup()
    from linli.registry.models import District

    District.objects.update_or_create(code=DISTRICT, defaults={"demo": True})


def linli(*arguments: str, ok: tuple[int, ...] = (0,)) -> Run:
    """Run a `linli` command as a user would; memory is the peak of that process."""
    # Where compiled modules are not kept, every command would compile all of them.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "linli.project.cli", *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=kept
    )
    out = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in ok:
        raise SystemExit(f"linli {' '.join(arguments)} ended with {code}\n{out[-2000:]}")
    return Run(time.perf_counter() - started, usage.ru_maxrss // 1024, out, code)


def machine() -> str:
    """One line about where this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, {memory} GiB, Python {sys.version.split()[0]}, load {load:.1f} at the start"


def own_megabytes() -> int:
    """The peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
