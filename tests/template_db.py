"""A real database for tests: migrated once into a template, cloned for each test.

The cluster lies in memory (/dev/shm: cloning takes 15 ms, on a disk 60 to 130; the temporary folder where there is
no room) and stays there between runs, so the second run starts in a fraction of a
second; runs at the same time share it. Durability is off: nothing in it is worth keeping. A template's name carries a
hash of what made it, so a changed migration makes a new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from linli.kernel.embedded import ClusterInfo, EmbeddedError, ensure_running, stop
from linli.kernel.embedded.bootstrap import OWNER, database_sql

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "linli"
#: What a migration says depends on these too.
SCHEMA_SOURCES = (
    "*/migrations/**/*.py", "**/*.sql", "kernel/rls.py", "kernel/history.py", "kernel/partitions.py",
    "kernel/embedded/bootstrap.py", "*/apps.py", "*/permissions.py", "access/actions/roles.py", "access/data/*",
    "registry/codes.py", "registry/data/**/*", "cases/categories/shipped.py", "cases/categories/models.py", "cases/data/*",
    "access/calendar/*.py", "access/calendar/data/*", "tiers/data/*", "tiers/shipped.py", "tiers/plans/catalogue.py",
    "tiers/practice/shipped.py",
)  # fmt: skip
TEMPLATES_KEPT = 6
ALIASES = ("default", "owner", "audit", "public")
LINGER = 10.0
MEMORY_NEEDED = 2 * 1024**3
#: In a test cluster's home: the folder of the checkout it serves.
CHECKOUT = "checkout"

_numbers = itertools.count(1)


def test_home() -> Path:
    """The home of the test cluster: one per user and checkout."""
    place = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_NEEDED
    home = (memory if roomy else Path(tempfile.gettempdir()).resolve()) / f"linli-tests-{os.geteuid()}-{place}"
    home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    if home.lstat().st_uid != os.geteuid() or home.is_symlink():
        raise RuntimeError(f"{home} belongs to somebody else; remove it")
    (home / CHECKOUT).write_text(str(ROOT))
    return home


def forget_lost_homes(among: Path) -> int:
    """Remove our test clusters in `among` whose checkout is gone; they hold memory. Returns how many there were."""
    lost = 0
    for mark in among.glob(f"linli-tests-{os.geteuid()}-*/{CHECKOUT}"):
        with contextlib.suppress(FileNotFoundError):  # another worker was quicker
            if mark.stat().st_uid == os.geteuid() and not Path(mark.read_text()).exists():
                stop(mark.parent)
                shutil.rmtree(mark.parent, ignore_errors=True)
                lost += 1
    return lost


def start_cluster(home: Path) -> ClusterInfo:
    """Start or join the test cluster; one that does not start any more (no fsync, power cut) is made anew."""
    forget_lost_homes(home.parent)
    try:
        return ensure_running(home, fast_unsafe=True, linger=LINGER)
    except EmbeddedError:
        stop(home)
        for part in ("pg", "cluster.json", "keys/database"):
            shutil.rmtree(home / part, ignore_errors=True) if (home / part).is_dir() else (home / part).unlink(
                missing_ok=True
            )
        return ensure_running(home, fast_unsafe=True, linger=LINGER)


def fingerprint(*patterns: str) -> str:
    """A short hash of the files under src/linli and tests that match the patterns."""
    digest = hashlib.sha256(importlib.metadata.version("procrastinate").encode())
    for pattern in patterns:
        base = ROOT if pattern.startswith("tests/") else SOURCE
        for path in sorted(base.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


class TestDatabases:
    """Makes templates and clones on the test cluster; one per process."""

    __test__ = False

    def __init__(self, info: ClusterInfo) -> None:
        assert info.home is not None and info.superuser is not None
        self.info = info
        self.home = info.home
        self._admin: psycopg.Connection[Any] | None = None
        self._retired: list[str] = []

    @property
    def admin(self) -> psycopg.Connection[Any]:
        """A superuser's connection to the maintenance database."""
        assert self.info.superuser is not None
        if self._admin is None or self._admin.closed or self._admin.broken:
            self._admin = psycopg.connect(self.info.superuser.conninfo("postgres"), autocommit=True)
        return self._admin

    def connect(self, dbname: str) -> psycopg.Connection[Any]:
        """A superuser's connection that looks behind row-level security; autocommit."""
        assert self.info.superuser is not None
        return psycopg.connect(self.info.superuser.conninfo(dbname), autocommit=True)

    def template(self, prefix: str, mark: str, fill: Callable[[str], None], base: str | None = None) -> str:
        """The name of a template database; `fill(name)` makes its contents when it does not exist yet."""
        name = f"{prefix}_{mark}"
        with self._lock():
            if not self._exists(name):
                self._sweep(prefix)
                draft = f"draft_{prefix}_{os.getpid()}"
                self.drop(draft)
                self._create(draft, base or "template0")
                if base is None:
                    with self.connect(draft) as connection:
                        connection.execute(database_sql(draft).encode())
                fill(draft)
                self._run("ALTER DATABASE {} RENAME TO {}", draft, name)
                self._run("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        return name

    def clone(self, template: str) -> str:
        """A fresh copy of a template."""
        name = f"t_{os.getpid()}_{next(_numbers)}"
        self._create(name, template)
        return name

    def retire(self, name: str | None = None) -> None:
        """Drop a clone a little later (without a name: all of them now). DROP DATABASE sleeps 100 ms when it finds
        a session, and one that was just closed takes a moment to end."""
        if name is not None:
            self._retired.append(name)
        while len(self._retired) > (2 if name else 0):
            self.drop(self._retired.pop(0))

    def drop(self, name: str) -> None:
        """Remove a database though somebody be connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _create(self, name: str, template: str) -> None:
        # Durability is off, so copying files beats writing pages through the log.
        self._run(f"CREATE DATABASE {{}} TEMPLATE {{}} OWNER {OWNER} STRATEGY FILE_COPY", name, template)

    def _run(self, text: str, *names: str) -> None:
        self.admin.execute(sql.SQL(text).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]

    def _exists(self, name: str) -> bool:
        return self.admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _names(self, like: str) -> Sequence[str]:
        rows = self.admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s ORDER BY oid DESC", [like])
        return [row[0] for row in rows.fetchall()]

    def _sweep(self, prefix: str) -> None:
        """Drop what killed runs left, and templates of long ago."""
        for name in (*self._names("t\\_%"), *self._names("draft\\_%")):
            pid = name.split("_")[1 if name.startswith("t_") else -1]
            if not pid.isdigit() or not Path(f"/proc/{pid}").exists():
                self.drop(name)
        for name in self._names(f"{prefix}\\_%")[TEMPLATES_KEPT:]:
            self.drop(name)

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with open(self.home / "run" / "template.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def point_django_at(info: ClusterInfo, dbname: str) -> None:
    """Let all of Django's aliases use one database, without pools (a clone lives for one test)."""
    from django.db import connections

    close_django()
    for alias in ALIASES:
        if alias in connections.settings:
            login = {"owner": info.owner, "public": info.public}.get(alias) or info.app
            entry = connections.settings[alias]
            entry.update(NAME=dbname, USER=login.user, PASSWORD=login.password, HOST=login.host, PORT=str(login.port))
            entry["OPTIONS"].pop("pool", None)
            entry["CONN_MAX_AGE"] = 0


def close_django() -> None:
    """Close this thread's connections."""
    from django.db import connections

    for alias in ALIASES:
        if alias in connections.settings:
            connections[alias].close()


def migrate_template(info: ClusterInfo) -> Callable[[str], None]:
    """Fill a template by running the migrations as the owner, as `linli migrate` does."""

    def fill(dbname: str) -> None:
        from linli.kernel import partitions
        from linli.project.migrate import migrate

        point_django_at(info, dbname)
        # Two years of partitions would double the files of each clone; tests live in this month and the next.
        kept, partitions.ensure_months.__defaults__ = partitions.ensure_months.__defaults__, (2,)
        try:
            migrate(verbosity=0)
        finally:
            partitions.ensure_months.__defaults__ = kept
        close_django()

    return fill
