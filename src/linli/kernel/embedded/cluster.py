"""Make, start, share and stop the embedded database of one home."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from linli.kernel.embedded import binaries, bootstrap, conf, layout, locks, processes
from linli.kernel.embedded.errors import EmbeddedError
from linli.kernel.embedded.info import ClusterInfo, connection_info, embedded_info
from linli.kernel.embedded.layout import Layout
from linli.kernel.embedded.orders import Orders
from linli.kernel.embedded.osuser import OsUser, server_user

Progress = Callable[[str], None]

#: Seconds the server stays up after its last user, so that commands in a row do not restart it.
LINGER = 3.0
ROLES = ("superuser", "owner", "app", "public")

#: Our shared locks, by home. They end with the process, or by `release`.
_held: dict[Path, int] = {}


def ensure_running(
    home: Path | None = None,
    *,
    progress: Progress | None = None,
    fast_unsafe: bool = False,
    linger: float = LINGER,
) -> ClusterInfo:
    """Have the database of `home` (default: `default_home()`) running, and keep it so while this process lives.

    Makes the cluster on first use, starts the server when it is down, joins it when it is up. Safe with any number
    of callers at once. With DATABASE_URL and DATABASE_OWNER_URL set it only reads them. `fast_unsafe` is for tests:
    a crash of the machine may lose the data. Waits without limit while the server recovers, telling `progress`.
    Raises EmbeddedError, with the reason and what to do.
    """
    if home is None:
        named = connection_info()
        if not named.embedded:
            return named
    home = _resolved(home)
    tell = progress or (lambda _message: None)
    layout.prepare(home)
    users = _held.get(home)
    if users is None:
        users = locks.take_shared(layout.find(home).users_lock)  # waits out a server that is just stopping
    try:
        with locks.exclusive(layout.find(home).start_lock):
            place = _start(home, tell, fast_unsafe, linger)
    except BaseException as error:
        if home not in _held:
            os.close(users)
        if isinstance(error, OSError):
            raise EmbeddedError(_explain(f"The database of {home} cannot be started.", str(error))) from error
        raise
    _held[home] = users
    return embedded_info(place)


def release(home: Path | None = None) -> None:
    """Say that this process needs the server no more; the last user's release stops it after a few seconds."""
    users = _held.pop(_resolved(home), None)
    if users is not None:
        os.close(users)


def is_running(home: Path | None = None) -> bool:
    """Whether the server of `home` is up and ready, asked without starting it."""
    place = layout.find(_resolved(home))
    noted = processes.read_pid_file(place.data_dir) if locks.is_held(place.keeper_lock) else None
    return noted is not None and noted.status == processes.READY and processes.alive(noted.pid)


def stop(home: Path | None = None, *, wait: bool = True) -> None:
    """Stop the server now, whoever uses it (a clean, fast shutdown; sessions are ended)."""
    place = layout.find(_resolved(home))
    release(place.home)
    while locks.is_held(place.keeper_lock):
        pid = _keeper_pid(place)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        if not wait:
            return
        time.sleep(0.1)


def wait_until_unused(home: Path | None = None, timeout: float = 60.0) -> bool:
    """Release and wait until the server is down, unless others use it; for a supervisor whose end may be the
    machine's (PID 1 of a container). True when it is down."""
    place = layout.find(_resolved(home))
    release(place.home)
    if not place.run.is_dir():
        return True
    users = locks.open_lock(place.users_lock)
    try:
        if locks.try_exclusive(users):  # nobody else: no need to let the keeper linger
            locks.unlock(users)
            stop(place.home, wait=False)
            deadline = time.monotonic() + timeout
            while locks.is_held(place.keeper_lock) and time.monotonic() < deadline:
                time.sleep(0.05)
    finally:
        os.close(users)
    return not locks.is_held(place.keeper_lock)


def _resolved(home: Path | None) -> Path:
    return (home or layout.default_home()).resolve()


def _keeper_pid(place: Layout) -> int | None:
    import json

    try:
        return int(json.loads(place.keeper_state.read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _start(home: Path, tell: Progress, fast_unsafe: bool, linger: float) -> Layout:
    """Under the start lock: whatever is still missing, in order."""
    place = layout.find(home)
    if not is_running(home):
        user = server_user(place.data_dir)
        place = layout.choose_base(home, user)
        layout.prepare_server_dirs(place, user)
        if not place.initialised:
            tell("Creating the database (first start)")
            _make_passwords(place)
            _initdb(place, user, fast_unsafe)
        if not locks.is_held(place.keeper_lock):
            layout.replace_file(
                place.data_dir / "linli.conf", conf.render(place.socket_dir, fast_unsafe).encode(), user=user
            )
            keeper = _start_keeper(place, user, linger)
        else:
            keeper = None  # it is starting the server, or starting it again
        _wait_ready(place, keeper, tell)
    if layout.read_notes(home).get("bootstrap") != bootstrap.VERSION:
        _make_passwords(place)  # of roles that this version of the program added
        _bootstrap(place)
        layout.write_notes(home, bootstrap=bootstrap.VERSION)
    return place


def _make_passwords(place: Layout) -> None:
    folder = place.keys / "database"
    folder.mkdir(mode=0o700, exist_ok=True)
    for role in ROLES:
        if not (folder / role).exists():
            layout.replace_file(folder / role, secrets.token_urlsafe(32).encode())


def _initdb(place: Layout, user: OsUser, fast_unsafe: bool) -> None:
    """Make a cluster in a folder of its own and rename it when complete: a killed initdb leaves nothing half-done."""
    for abandoned in place.base.glob(".init-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix=".init-", dir=place.base))
    try:
        password = staging / "password"
        layout.replace_file(password, embedded_info(place).superuser.password.encode(), user=user)  # type: ignore[union-attr]
        if not user.is_self:
            os.chown(staging, user.uid, user.gid)
        # Builtin C.UTF-8: the same order on every system, though libc or ICU change. Order by pinyin is stored.
        command = [
            str(binaries.program("initdb", user)), "-D", str(staging / "pg"), "-U", "postgres", "-E", "UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
            "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", f"--pwfile={password}", "--no-instructions",
        ]  # fmt: skip
        if fast_unsafe:
            command += ["--no-sync", "-c", "scram_iterations=1"]
        done = subprocess.run(
            command, cwd=staging, env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, **_as_user(user),
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedError(
                _explain(f"The database could not be created in {place.base}.", done.stderr or done.stdout)
            )
        with open(staging / "pg" / "postgresql.conf", "a") as settings:
            settings.write(conf.INCLUDES)
        (staging / "pg" / "local.conf").write_text("# Your own settings; read last, never changed by Linli.\n")
        if not user.is_self:
            os.chown(staging / "pg" / "local.conf", user.uid, user.gid)
        os.rename(staging / "pg", place.data_dir)
    except OSError as error:
        raise EmbeddedError(_explain(f"The database could not be created in {place.base}.", str(error))) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _as_user(user: OsUser) -> dict[str, Any]:
    return {} if user.is_self else {"user": user.uid, "group": user.gid, "extra_groups": []}


def _start_keeper(place: Layout, user: OsUser, linger: float) -> subprocess.Popen[bytes]:
    orders = Orders(
        postgres=str(binaries.program("postgres", user)),
        data_dir=str(place.data_dir),
        run_dir=str(place.run),
        start_log=str(place.log / "postgres-start.log"),
        uid=None if user.is_self else user.uid,
        gid=None if user.is_self else user.gid,
        linger=linger,
    )
    place.keeper_state.unlink(missing_ok=True)
    source = str(Path(__file__).resolve().parents[3])
    with open(place.log / "keeper.log", "wb") as log:
        # A session of its own: Ctrl-C in a terminal must reach the commands, not the server beneath them.
        return subprocess.Popen(
            [sys.executable, "-m", "linli.kernel.embedded.keeper", orders.to_json()],
            cwd=place.home, env={**os.environ, "PYTHONPATH": source}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip


def _wait_ready(place: Layout, keeper: subprocess.Popen[bytes] | None, tell: Progress) -> None:
    """Wait while there is hope: the keeper lives. A long crash recovery is not a failure."""
    begun = time.monotonic()
    next_word = begun + 3
    while not is_running(place.home):
        gone = keeper.poll() is not None if keeper is not None else not locks.is_held(place.keeper_lock)
        if gone and not is_running(place.home):
            raise EmbeddedError(_explain("The database does not start.", _log_tail(place)))
        if time.monotonic() > next_word:
            tell(f"The database is still starting ({int(time.monotonic() - begun)} s); after a crash it recovers first")
            next_word = time.monotonic() + 10
        time.sleep(0.02)


def _bootstrap(place: Layout) -> None:
    """Roles, database, schema. Idempotent: an interrupted first start goes on here."""
    import psycopg

    logins = embedded_info(place)
    assert logins.superuser is not None and logins.public is not None
    roles = bootstrap.role_sql(logins.owner.password, logins.app.password, logins.public.password)
    try:
        with psycopg.connect(logins.superuser.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(roles.encode())
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [bootstrap.DATABASE]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {bootstrap.DATABASE} OWNER {bootstrap.OWNER}".encode())
        with psycopg.connect(logins.superuser.conninfo()) as connection:
            connection.execute(bootstrap.database_sql().encode())
    except psycopg.OperationalError as error:
        raise EmbeddedError(
            _explain(
                f"The database refuses its own passwords in {place.keys / 'database'}: were they replaced?", str(error)
            )
        ) from error


def _log_tail(place: Layout, lines: int = 12) -> str:
    """The last words of the server, from its start-up log and its newest daily log."""
    logs = [place.log / "keeper.log", place.log / "postgres-start.log"]
    daily = sorted((place.data_dir / "log").glob("postgresql-*.log"), key=lambda path: path.stat().st_mtime)
    words: list[str] = []
    for path in logs + daily[-1:]:
        try:
            words += path.read_text(errors="replace").splitlines()[-lines:]
        except OSError:
            continue
    return "\n".join(words[-2 * lines :])


#: What the system says, and what to do about it.
_ADVICE = (
    ("No space left on device", "The disk is full: free some space and start again. Nothing is lost."),
    ("Read-only file system", "The folder cannot be written: set LINLI_HOME to a local, writable folder."),
    (
        "Permission denied",
        "The folder is closed to the database's user: set LINLI_HOME to a local folder with room for it.",
    ),
    (
        "could not change permissions",
        "This file system keeps no owners or modes: set LINLI_HOME to a folder on a local Linux disk.",
    ),
    (
        "Operation not permitted",
        "This file system or container forbids changing the owner: run as an ordinary user, or set LINLI_HOME.",
    ),
    (
        "incompatible with server",
        "The cluster was made by another PostgreSQL version: restore a backup into an empty home.",
    ),
    (
        "database files are incompatible",
        "The cluster was made by another PostgreSQL version: restore a backup into an empty home.",
    ),
    ("could not create shared memory", "The container or machine has too little shared memory left."),
    (
        "could not map anonymous shared memory",
        "Too little memory: close other programs, or give the container at least 1 GB.",
    ),
)


def _explain(what: str, said: str) -> str:
    advice = next((advice for sign, advice in _ADVICE if sign in said), "")
    return "\n".join(part for part in (what, advice, said.strip()) if part)
