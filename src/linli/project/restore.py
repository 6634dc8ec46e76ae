"""Bring a backup into a home: everything is unpacked, checked and loaded beside, then changed over at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from linli.kernel.embedded import ClusterInfo, connection_info, layout, locks
from linli.kernel.embedded.binaries import program
from linli.kernel.embedded.bootstrap import DATABASE, OWNER, SCHEMA, database_sql
from linli.project.backup import (
    BackupError,
    Places,
    Tell,
    keyring_marks,
    pg_environment,
    read_manifest,
    unpack,
)

INCOMING = "linli_incoming"


def restore(source: Path, keys: Path | None, *, force: bool, tell: Tell = lambda _message: None) -> None:
    """Restore `source` with the keys of `keys` (default: those of this home).

    Refuses a home that holds data unless `force`, a running system, a damaged or newer backup, and keys that do not
    belong to it. Until all is loaded nothing that is there changes. Raises BackupError.
    """
    if not connection_info().embedded:
        raise BackupError(
            "On a server of your own, unpack the backup (it is a tar) and load database.dump with pg_restore as an "
            "administrator, into an empty database prepared by `linli migrate --sql`."
        )
    places = Places.of(layout.default_home())
    manifest = read_manifest(source)
    _check_not_newer(source, manifest)
    layout.prepare(places.home)
    busy = locks.open_lock(places.home / "run" / "up.lock")
    if not locks.try_exclusive(busy):
        raise BackupError("Linli is running here. Stop `linli up` first. 请先停止系统。")
    try:
        _restore(source, keys, manifest, places, force, tell)
    finally:
        os.close(busy)


def _restore(
    source: Path, keys: Path | None, manifest: dict[str, Any], places: Places, force: bool, tell: Tell
) -> None:
    from linli.kernel.embedded import ensure_running
    from linli.project import session

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=places.home) as folder:
        work = Path(folder)
        new_keys = _unpack_keys(keys, work / "keys") if keys else None
        _check_keys(manifest, new_keys or places.keys, given=new_keys is not None)
        tell("Unpacking and checking")
        dump = unpack(source, work, manifest)
        info = ensure_running(progress=tell)
        if not force:
            _check_empty(info, places)
        tell("Loading the database")
        _load(info, dump)
        # From here on everything is known to be good; what follows are renames.
        if new_keys is not None:
            _change_keys(new_keys, places.keys)
        _change_database(info)
        _change_files(work / "files", places.files)
        assert info.home is not None
        layout.write_notes(info.home, schema=None)
    session.load_django()
    session.run_migrations(session.open_database(), verbosity=0)
    tell(f"Restored {source}, made {manifest['made']} ({time.monotonic() - began:.0f} s)")


def _unpack_keys(keys: Path, into: Path) -> Path:
    into.mkdir(mode=0o700)
    try:
        with tarfile.open(keys) as archive:
            for member in archive:
                if not member.isreg() or len(PurePosixPath(member.name).parts) != 1 or member.name.startswith("."):
                    raise BackupError(f"{keys} is not a keys file of Linli.")
                stream = archive.extractfile(member)
                assert stream is not None
                with open(os.open(into / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    shutil.copyfileobj(stream, out)
    except tarfile.TarError as error:
        raise BackupError(f"{keys} is not a keys file of Linli: {error}") from error
    return into


def _check_keys(manifest: dict[str, Any], folder: Path, given: bool) -> None:
    """Every key the backup was written with must be there, else its identifiers could never be read again."""
    needed: dict[str, str] = manifest.get("keyring", {})
    held = keyring_marks(folder)
    if any(held.get(number) != mark for number, mark in needed.items()):
        raise BackupError(
            "These keys do not belong to this backup. Give the file written by the same `linli backup --keys`."
            if given
            else "The keys of this home do not open this backup. Give its keys: linli restore IN.tar --keys IN.keys"
        )


def _check_empty(info: ClusterInfo, places: Places) -> None:
    import psycopg
    from psycopg import sql

    assert info.superuser is not None
    with psycopg.connect(info.superuser.conninfo()) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = 'area_code'",
            [SCHEMA],
        ).fetchall()
        counted = sql.SQL("SELECT EXISTS (SELECT FROM {})")
        filled = any(
            connection.execute(counted.format(sql.Identifier(SCHEMA, name))).fetchone() == (True,) for (name,) in tables
        )
    kept = places.files / "kept"
    if filled or (kept.is_dir() and any(kept.rglob("*"))):
        raise BackupError(
            f"{places.home} already holds data. Restore into an empty one (LINLI_HOME=/new/folder), "
            "or replace what is there with --force. 目标目录已有数据。"
        )


def _load(info: ClusterInfo, dump: Path) -> None:
    """Load the dump into a database beside the live one."""
    import psycopg

    admin = info.superuser
    assert admin is not None
    with psycopg.connect(admin.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {INCOMING} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {INCOMING} OWNER {OWNER} TEMPLATE template0".encode())
    done = subprocess.run(
        [str(program("pg_restore")), "--exit-on-error", "--no-password", f"--jobs={os.cpu_count() or 1}",
         f"--dbname={INCOMING}", str(dump)],
        env=pg_environment(admin, INCOMING), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        with psycopg.connect(admin.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {INCOMING} WITH (FORCE)".encode())
        raise BackupError(f"The dump could not be loaded, and nothing was changed: {_first_error(done.stderr)}")
    with psycopg.connect(admin.conninfo(INCOMING), autocommit=True) as connection:
        connection.execute(database_sql(INCOMING).encode())  # rights on a database are no part of its dump
        connection.execute("ANALYZE")


def _first_error(words: str) -> str:
    """The first error without its detail, which may quote a row."""
    return next((line for line in words.splitlines() if "error" in line.lower()), "unknown error")[:200]


def _change_database(info: ClusterInfo) -> None:
    import psycopg

    assert info.superuser is not None
    with psycopg.connect(info.superuser.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)".encode())
        connection.execute(f"ALTER DATABASE {INCOMING} RENAME TO {DATABASE}".encode())


def _change_keys(fresh: Path, folder: Path) -> None:
    """Old keys are set aside, never deleted: they may be the only ones to another backup."""
    folder.mkdir(mode=0o700, exist_ok=True)
    aside = folder / f"before-{time.strftime('%Y%m%d-%H%M%S')}"
    for path in sorted(fresh.iterdir()):
        current = folder / path.name
        if current.exists() and current.read_bytes() != path.read_bytes():
            aside.mkdir(mode=0o700, exist_ok=True)
            os.replace(current, aside / path.name)
        shutil.copyfile(path, current)
        current.chmod(0o600)


def _change_files(fresh: Path, folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {entry.name for entry in fresh.iterdir()} if fresh.is_dir() else set()
    for entry in (path for path in folder.iterdir() if path.name != "incoming" and path.is_dir()):
        shutil.rmtree(entry)
    for name in kept:
        shutil.move(fresh / name, folder / name)


def _check_not_newer(source: Path, manifest: dict[str, Any]) -> None:
    """A migration this program has no file of means that a newer one made the backup, be it of a room to come."""
    rooms = Path(__file__).resolve().parents[1]
    for mark in manifest.get("migrations", []):
        room, _, name = str(mark).partition(".")
        folder = _queue_migrations() if room == "procrastinate" else rooms / room / "migrations"
        if not (folder / f"{name}.py").is_file():
            raise BackupError(
                f"{source} was made by a newer Linli ({manifest['program']}; {mark}). Install that version first. "
                "备份来自更新的版本，请先升级程序。"
            )


def _queue_migrations() -> Path:
    """Where the queue keeps its migrations, without loading it."""
    found = find_spec("procrastinate")
    assert found is not None and found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "contrib" / "django" / "migrations"
