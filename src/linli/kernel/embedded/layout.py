"""Where the embedded database and its companions lie on disk.

    $LINLI_HOME/            0700 (0711 when root, so that the server's user can pass)
      pg/                   the cluster, 0700, owned by the server's user
      socket/               the Unix socket, 0700, same owner
      keys/                 0700: what must never travel with a backup
        database/           generated passwords of the database roles, 0600
      log/  run/            the keeper's log; lock files

`pg/` and `socket/` move to `/var/lib/linli/<hash of home>/` when root's home cannot be entered by the server's user
(a checkout under /root, say); `cluster.json` in the home remembers it. A socket path over 107 bytes moves to a 0700
folder under the temporary directory.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linli.kernel.embedded.errors import EmbeddedError
from linli.kernel.embedded.osuser import OsUser, can_enter

PORT = 5432  # names the socket file only: the server listens on no TCP port
SOCKET_FILE = f".s.PGSQL.{PORT}"
SOCKET_PATH_LIMIT = 107  # sun_path is 108 bytes with its closing NUL
SYSTEM_BASE = Path("/var/lib/linli")


def default_home() -> Path:
    """`$LINLI_HOME`; else `var/` of the checkout the program runs from; else the user's data folder.

    The answer never depends on the working directory, so that two commands meet at the same database.
    """
    named = os.environ.get("LINLI_HOME")
    if named:
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parents[4]
    if (checkout / "pyproject.toml").is_file() and (checkout / "src" / "linli").is_dir():
        return checkout / "var"
    if os.geteuid() == 0:
        return SYSTEM_BASE / "home"
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "linli"


@dataclass(frozen=True)
class Layout:
    """The paths of one home. `base` is `home` unless the server's user cannot get there."""

    home: Path
    base: Path

    @property
    def data_dir(self) -> Path:
        return self.base / "pg"

    @property
    def socket_dir(self) -> Path:
        beside = self.base / "socket"
        if len(os.fsencode(beside / SOCKET_FILE)) <= SOCKET_PATH_LIMIT:
            return beside
        # /tmp rather than $TMPDIR: every command must come to the same answer.
        return Path("/tmp") / f"linli-{_hash(self.base)}"  # noqa: S108  (checked by `private_dir`)

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def start_lock(self) -> Path:
        return self.run / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.run / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.run / "keeper.lock"

    @property
    def keeper_state(self) -> Path:
        return self.run / "keeper.json"

    @property
    def initialised(self) -> bool:
        """Whether a cluster lies here (initdb writes into another folder and renames it when complete)."""
        return (self.data_dir / "PG_VERSION").is_file()


def find(home: Path) -> Layout:
    """The layout of `home` as it is noted, without creating or changing anything."""
    noted = read_notes(home).get("base")
    return Layout(home, Path(noted) if noted else home)


def choose_base(home: Path, user: OsUser) -> Layout:
    """Like `find`, but decides where a new cluster goes, and notes it."""
    layout = find(home)
    if layout.initialised or can_enter(layout.base, user):
        return layout
    elsewhere = SYSTEM_BASE / _hash(home)
    if not can_enter(SYSTEM_BASE, user):
        raise EmbeddedError(
            f"The database runs as user id {user.uid}, which can enter neither {home} nor {SYSTEM_BASE}. "
            "Set LINLI_HOME to a folder whose parents are open to all (chmod o+x), or run Linli as an ordinary user."
        )
    write_notes(home, base=str(elsewhere))
    return Layout(home, elsewhere)


def prepare(home: Path) -> None:
    """Make the home and its private folders."""
    try:
        home.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        for folder in ("run", "log", "keys"):
            (home / folder).mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename}: not writable. Run Linli as the user who owns {home}, "
            "or set LINLI_HOME to a folder of your own."
        ) from error
    except FileExistsError as error:
        raise EmbeddedError(f"{error.filename} is a file, not a folder. Set LINLI_HOME to a folder.") from error


def prepare_server_dirs(layout: Layout, user: OsUser) -> None:
    """Make the base and the socket folder, closed to everybody but the server's user (and root)."""
    if layout.base != layout.home:
        layout.base.mkdir(parents=True, mode=0o711, exist_ok=True)
    private_dir(layout.socket_dir, user)


def private_dir(path: Path, user: OsUser) -> None:
    """Make a 0700 folder of `user`'s; refuse one that somebody else put there first (the temp folder is shared)."""
    try:
        path.mkdir(mode=0o700)
        if not user.is_self:
            os.chown(path, user.uid, user.gid)
    except FileExistsError:
        facts = path.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid not in (user.uid, os.geteuid()):
            raise EmbeddedError(
                f"{path} belongs to somebody else. Remove it, or set LINLI_HOME to a shorter path."
            ) from None
        if facts.st_uid != user.uid:
            os.chown(path, user.uid, user.gid)
        if stat.S_IMODE(facts.st_mode) != 0o700:
            path.chmod(0o700)


def read_notes(home: Path) -> dict[str, Any]:
    """What `cluster.json` says of this home; empty when there is none."""
    try:
        notes = json.loads((home / "cluster.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        raise EmbeddedError(f"{home} belongs to another user. Run Linli as that user, or set LINLI_HOME.") from error
    except ValueError as error:
        raise EmbeddedError(f"{home / 'cluster.json'} is damaged: {error}") from error
    return notes if isinstance(notes, dict) else {}


def write_notes(home: Path, **changes: object) -> None:
    """Change entries of `cluster.json`, all or nothing."""
    replace_file(home / "cluster.json", json.dumps({**read_notes(home), **changes}, indent=1).encode())


def replace_file(path: Path, content: bytes, mode: int = 0o600, user: OsUser | None = None) -> None:
    """Write a file so that a crash leaves the old or the new one, never half of it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(fd, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if user is not None and not user.is_self:
            os.chown(fresh, user.uid, user.gid)
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:16]
