"""Backup and restore: one tar of a consistent dump and the kept files; the keys that open them go apart.

    manifest.json     what this is, of which version, with the SHA-256 of every member
    database.dump     pg_dump, custom format: one snapshot of the whole database
    files/…           uploads and generated files, encrypted as they lie on disk

A keys file is a tar of the keys folder without the database's passwords, which belong to one cluster only.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from linli import __version__
from linli.kernel.embedded import ClusterInfo, Login, layout
from linli.kernel.embedded.binaries import program

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
#: A role that sees every row of a server of one's own (superuser or BYPASSRLS); the program's own roles do not.
BACKUP_URL = "DATABASE_BACKUP_URL"
#: Folders of the moment, uploads on their way in and files opened for a job: unfinished, and in the clear.
NOT_KEPT = ("incoming", "scratch")
PASSWORDS = "database"
#: A full disk, a quota, a limit on the size of files.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
ADVICE = (
    "Nothing was kept of it. Free some space or choose another folder, and try again. 磁盘空间不足，未留下任何文件。"
)

Tell = Callable[[str], None]


class BackupError(RuntimeError):
    """Nothing was written or changed; the message says why and what to do."""


@dataclass(frozen=True)
class Places:
    """Folders a backup reads and a restore fills. As in settings, which a restore cannot load yet."""

    home: Path
    files: Path
    keys: Path

    @classmethod
    def of(cls, home: Path) -> Places:
        return cls(
            home,
            Path(os.environ.get("LINLI_FILES_DIR", home / "files")),
            Path(os.environ.get("LINLI_KEYS_DIR", home / "keys")),
        )


def backup(info: ClusterInfo, out: Path, keys: Path | None, tell: Tell = lambda _message: None) -> dict[str, Any]:
    """Write a backup of the database and files to `out`, and the keys to `keys`. Returns the manifest.

    The files appear complete or not at all, readable by their owner alone. Raises BackupError.
    """
    places = Places.of(info.home or layout.default_home())
    began = time.monotonic()
    with (
        _explained(f"{out} could not be written"),
        tempfile.TemporaryDirectory(prefix=f".linli-{os.getpid()}-", dir=_cleared(_folder(out), out)) as work,
    ):
        dump = Path(work) / DUMP
        tell("Dumping the database")
        _dump(_dumper(info), dump)
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "program": __version__,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "migrations": _applied(info),
            "keyring": keyring_marks(places.keys),
            "sha256": {DUMP: _sha256(dump)},
        }
        with _complete(out) as stream, tarfile.open(fileobj=stream, mode=_mode(out)) as archive:
            count = 0
            for path, name in _kept_files(places.files):
                try:
                    content = path.read_bytes()
                except FileNotFoundError:
                    continue  # deleted meanwhile, as is its row
                manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
                _add(archive, name, content)
                count += 1
            archive.add(dump, DUMP, filter=_anonymous)
            _add(archive, MANIFEST, json.dumps(manifest, indent=1).encode())
    tell(f"Saved {out} ({out.stat().st_size / 1e6:.1f} MB, {count} files, {time.monotonic() - began:.0f} s)")
    if keys is None:
        tell("The keys are not in it. Save them once with --keys OUT.keys, and keep them elsewhere. 密钥不在备份中。")
    else:
        export_keys(places.keys, keys)
        tell(f"Keys saved in {keys}: who has both can read every identifier. Keep them apart. 请与备份分开保管。")
    return manifest


def export_keys(folder: Path, out: Path) -> None:
    """Write the keys folder, without the database's passwords, to `out`."""
    with (
        _explained(f"{out} could not be written"),
        _complete(out) as stream,
        tarfile.open(fileobj=stream, mode="w") as archive,
    ):
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                _add(archive, path.name, path.read_bytes())


def keyring_marks(folder: Path) -> dict[str, str]:
    """What identifies the keys a database was written with, by number.

    They tell whether keys and backup belong together, and open nothing.
    """
    from linli.kernel.keys import KEYRING, marks

    try:
        return marks(json.loads((folder / KEYRING).read_bytes()))
    except (OSError, ValueError, KeyError):
        return {}


def read_manifest(source: Path) -> dict[str, Any]:
    """The manifest of a backup. Raises BackupError when `source` is none, or of a format to come."""
    try:
        with tarfile.open(source) as archive:
            member = archive.extractfile(MANIFEST)
            manifest: dict[str, Any] = json.loads(member.read()) if member else {}
    except (tarfile.TarError, KeyError, ValueError, EOFError, OSError) as error:
        raise BackupError(f"{source} is not a complete backup of Linli: {error}") from error
    if manifest.get("format") != FORMAT:
        raise BackupError(f"{source} was made by another version (format {manifest.get('format')}); use a newer Linli.")
    return manifest


def unpack(source: Path, into: Path, manifest: dict[str, Any]) -> Path:
    """Unpack dump and files into a folder and check every hash; returns the dump. Raises BackupError.

    Only what the manifest names is taken, and names that would leave the folder are refused.
    """
    expected: dict[str, str] = dict(manifest["sha256"])
    with tarfile.open(source) as archive:
        for member in archive:
            if member.name == MANIFEST:
                continue
            parts = PurePosixPath(member.name).parts
            if not member.isreg() or member.name.startswith("/") or ".." in parts or member.name not in expected:
                raise BackupError(f"{source} holds something unexpected: {member.name!r}. Nothing was restored.")
            target = into.joinpath(*parts)
            target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
            stream = archive.extractfile(member)
            assert stream is not None
            with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            if _sha256(target) != expected.pop(member.name):
                raise BackupError(f"{source} is damaged: {member.name} does not match its hash. Nothing was restored.")
    if expected:
        raise BackupError(f"{source} is incomplete: {len(expected)} files are missing. Nothing was restored.")
    return into / DUMP


def pg_environment(login: Login, dbname: str | None = None) -> dict[str, str]:
    """Connection settings for PostgreSQL's own programs: by environment, since arguments are open to all users."""
    named = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PGHOST": login.host, "PGPORT": str(login.port), "PGUSER": login.user, "PGPASSWORD": login.password,
        "PGDATABASE": dbname or login.dbname,
        **{named[name]: value for name, value in login.extra if name in named},
    }  # fmt: skip


def _dumper(info: ClusterInfo) -> Login:
    if info.superuser is not None:
        return info.superuser
    url = os.environ.get(BACKUP_URL)
    if not url:
        raise BackupError(
            "Row-level security hides every row from Linli's own roles. On a server of your own, back up with your "
            f"administrator's tools, or set {BACKUP_URL} to a role that is superuser or has BYPASSRLS."
        )
    from linli.kernel.embedded.info import login_from_url

    return login_from_url(url)


def _dump(login: Login, target: Path) -> None:
    # The wheel's pg_dump speaks no TLS; for a server elsewhere the system's own is better.
    tool = program("pg_dump") if login.host.startswith("/") else Path(shutil.which("pg_dump") or program("pg_dump"))
    done = subprocess.run(
        [str(tool), "--format=custom", "--compress=gzip:3", "--no-password", f"--file={target}"],
        env=pg_environment(login), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        # A limit on the size of files ends a program of PostgreSQL by a signal, without a word.
        full = done.returncode == -signal.SIGXFSZ or any(os.strerror(number) in done.stderr for number in FULL)
        said = done.stderr.strip() or f"pg_dump ended with {done.returncode}"
        raise BackupError(f"The database could not be dumped: {said}" + (f" {ADVICE}" if full else ""))
    target.chmod(0o600)


def _applied(info: ClusterInfo) -> list[str]:
    import psycopg

    with psycopg.connect(info.app.conninfo()) as connection:
        rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def _kept_files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        parts = path.relative_to(folder).parts
        if path.is_file() and not path.is_symlink() and parts[0] not in NOT_KEPT and not path.name.endswith(".draft"):
            yield path, "/".join(("files", *parts))


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
    archive.addfile(member, io.BytesIO(content))


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _mode(out: Path) -> Any:
    return "w:gz" if out.name.endswith((".gz", ".tgz")) else "w"


def _cleared(folder: Path, out: Path) -> Path:
    """Rid a folder of what backups left that were killed: their process is gone, and nothing else reads it."""
    ours = re.compile(rf"\.linli-(\d+)-|{re.escape(f'.{out.name}.')}(\d+)\.partial$")
    for path in folder.iterdir():
        found = ours.match(path.name)
        if found and not Path(f"/proc/{found[1] or found[2]}").exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return folder


def _folder(out: Path) -> Path:
    folder = out.absolute().parent
    if not folder.is_dir():
        raise BackupError(f"The folder {folder} does not exist.")
    return folder


def _sha256(path: Path) -> str:
    with open(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _complete(out: Path) -> Iterator[Any]:
    """A stream that becomes `out` when all was written and lies safely on disk."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.partial")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = f" {ADVICE}" if error.errno in FULL else ""
        raise BackupError(f"{what}: {error.strerror or error}.{advice}") from error
