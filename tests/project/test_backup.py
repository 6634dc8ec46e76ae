"""Backup and restore, as commands, between two homes."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from linli.kernel.embedded import connection_info, ensure_running, stop
from linli.project.backup import BackupError, _complete, _kept_files, export_keys, keyring_marks, read_manifest, unpack

SECRET = "370302199001010010"  # what must be readable after the restore, with the keys, and not without
IN_DJANGO = (
    "import sys; from linli.project.session import load_django; load_django(); from linli.kernel import secrets;"
)


@dataclass(frozen=True)
class Home:
    """A home and its command line."""

    path: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)

    def linli(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-m", "linli.project.cli", *map(str, arguments))

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("LINLI_")}
        return {**kept, "LINLI_HOME": str(self.path)}

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        info = connection_info(self.path)
        assert info.superuser is not None
        with psycopg.connect(info.superuser.conninfo(), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home with places, a kept file and an encrypted value."""
    with running_home(tmp_path_factory.mktemp("a")) as home:
        assert home.linli("migrate", "--quiet").returncode == 0
        done = home.run(sys.executable, "-c", f"{IN_DJANGO} print(secrets.encrypt('{SECRET}').hex())")
        assert done.returncode == 0, done.stderr
        home.sql(f"CREATE TABLE district.sealed AS SELECT '{done.stdout.strip()}'::text AS value")
        home.sql("GRANT SELECT ON district.sealed TO linli_app")
        kept = home.path / "files" / "kept" / "ab" / "upload"
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"\0encrypted")
        (home.path / "files" / "incoming").mkdir(exist_ok=True)
        (home.path / "files" / "incoming" / "half").write_text("unfinished")
        yield home


@pytest.fixture(scope="module")
def saved(source: Home, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A backup of `source` and its keys."""
    folder = tmp_path_factory.mktemp("saved")
    out, keys = folder / "linli.tar.gz", folder / "linli.keys"
    done = source.linli("backup", out, "--keys", keys)
    assert done.returncode == 0, done.stderr
    return out, keys


@pytest.fixture(scope="module")
def restored(saved: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A once empty home, into which the backup was restored with its keys."""
    with running_home(tmp_path_factory.mktemp("b")) as home:
        done = home.linli("restore", saved[0], "--keys", saved[1])
        assert done.returncode == 0, done.stderr
        yield home


class running_home:
    """A home whose server runs (without fsync) while the block lasts, wherever its cluster had to go."""

    def __init__(self, path: Path) -> None:
        self.home = Home(path)

    def __enter__(self) -> Home:
        self.info = ensure_running(self.home.path, fast_unsafe=True)
        return self.home

    def __exit__(self, *_error: object) -> None:
        stop(self.home.path)
        assert self.info.socket_dir is not None
        shutil.rmtree(self.info.socket_dir.parent, ignore_errors=True)


def test_a_backup_comes_back_whole_and_its_identifiers_can_be_read(source: Home, restored: Home) -> None:
    target = restored
    value = str(target.sql("SELECT value FROM sealed")[0][0])
    opened = target.run(sys.executable, "-c", f"{IN_DJANGO} print(secrets.decrypt(bytes.fromhex('{value}')))")
    assert opened.stdout.strip() == SECRET, opened.stderr
    assert (target.path / "files" / "kept" / "ab" / "upload").read_bytes() == b"\0encrypted"
    for question in (
        "SELECT app, name FROM django_migrations ORDER BY 1, 2",
        "SELECT tablename, tableowner, rowsecurity FROM pg_tables WHERE schemaname = 'district' ORDER BY 1",
        "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_schema = 'district' ORDER BY 1, 2, 3",
        "SELECT tablename, policyname, qual FROM pg_policies ORDER BY 1, 2",
        "SELECT datacl FROM pg_database WHERE datname = 'linli'",
        "SELECT defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, defaclacl FROM pg_default_acl"
        " ORDER BY 1, 2, 3",
    ):
        assert target.sql(question) == source.sql(question)
    assert target.sql("SELECT count(*) FROM pg_database WHERE datname LIKE 'linli%'") == [(1,)]


def test_a_home_with_data_is_replaced_only_by_force(saved: tuple[Path, Path], restored: Home) -> None:
    refused = restored.linli("restore", saved[0], "--keys", saved[1])
    assert refused.returncode == 1 and "already holds data" in refused.stderr
    restored.sql("INSERT INTO sealed VALUES ('later')")
    done = restored.linli("restore", saved[0], "--force")  # the keys of this home do
    assert done.returncode == 0, done.stderr
    assert restored.sql("SELECT count(*) FROM sealed") == [(1,)]


def test_without_its_keys_a_backup_is_not_restored(saved: tuple[Path, Path], tmp_path: Path) -> None:
    target = Home(tmp_path / "home")
    refused = target.linli("restore", saved[0])
    assert refused.returncode == 1 and "--keys" in refused.stderr
    others = tmp_path / "keys"
    others.mkdir()
    ring = {"active": 1, "data": {"1": "d3JhcHBlZA=="}, "lookup": "bG9va3Vw"}
    (others / "keyring.json").write_text(json.dumps(ring))
    export_keys(others, tmp_path / "wrong.keys")
    refused = target.linli("restore", saved[0], "--keys", tmp_path / "wrong.keys")
    assert refused.returncode == 1 and "do not belong" in refused.stderr
    assert not (target.path / "pg").exists()


def test_keys_and_passwords_never_travel_with_a_backup(source: Home, saved: tuple[Path, Path]) -> None:
    out, keys = saved
    secrets = [path.read_bytes().strip() for path in (source.path / "keys").rglob("*") if path.is_file()]
    with tarfile.open(out) as archive:
        assert {name.split("/")[0] for name in archive.getnames()} == {"database.dump", "manifest.json", "files"}
        assert "files/incoming/half" not in archive.getnames()
        contents = [archive.extractfile(name).read() for name in archive.getnames()]  # type: ignore[union-attr]
    assert not any(secret in content for secret in secrets for content in contents)
    with tarfile.open(keys) as archive:
        assert {"keyring.json", "master.key"} <= set(archive.getnames())
        assert not {"database", "app", "owner", "superuser"} & set(archive.getnames())
    for path in saved:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_backup_changes_nothing(saved: tuple[Path, Path], tmp_path: Path) -> None:
    for name in ("cut.tar.gz", "text.tar.gz"):
        bad = tmp_path / name
        bad.write_bytes(saved[0].read_bytes()[:2000] if name.startswith("cut") else b"no tar")
        with pytest.raises(BackupError, match="not a complete backup"):
            read_manifest(bad)
    manifest = read_manifest(saved[0])
    manifest["sha256"]["database.dump"] = "0" * 64
    with pytest.raises(BackupError, match="damaged"):
        unpack(saved[0], tmp_path / "x", manifest)


@pytest.mark.parametrize("name", ["../evil", "/evil", "files/../../evil", "unknown"])
def test_a_backup_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    bad = tmp_path / "bad.tar"
    (tmp_path / "content").write_text("x")
    with tarfile.open(bad, "w") as archive:
        archive.add(tmp_path / "content", name)
    with pytest.raises(BackupError, match="unexpected"):
        unpack(bad, tmp_path / "into", {"sha256": {}})
    assert not (tmp_path / "evil").exists()


def test_a_backup_of_a_newer_program_is_refused(saved: tuple[Path, Path], tmp_path: Path) -> None:
    newer = tmp_path / "newer.tar"
    manifest = {**read_manifest(saved[0]), "migrations": ["registry.9999_future"]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(newer, "w") as archive:
        archive.add(tmp_path / "manifest.json", "manifest.json")
    refused = Home(tmp_path / "home").linli("restore", newer)
    assert refused.returncode == 1 and "newer Linli" in refused.stderr


def test_an_interrupted_backup_leaves_no_file(tmp_path: Path) -> None:
    out = tmp_path / "linli.tar"
    out.write_text("the last good one")
    with pytest.raises(OSError, match="full"), _complete(out) as stream:
        stream.write(b"half")
        raise OSError(28, "disk full")
    assert out.read_text() == "the last good one"
    assert list(tmp_path.iterdir()) == [out]


def test_marks_of_keys_differ_and_open_nothing(tmp_path: Path) -> None:
    ring = {"active": 1, "data": {"1": "d3JhcHBlZA=="}, "lookup": "bG9va3Vw"}
    (tmp_path / "keyring.json").write_text(json.dumps(ring))
    marks = keyring_marks(tmp_path)
    assert set(marks) == {"1", "lookup"} and not {"d3JhcHBlZA==", "bG9va3Vw"} & set(marks.values())
    assert keyring_marks(tmp_path / "none") == {}


def test_files_of_the_moment_in_the_clear_are_no_part_of_a_backup(tmp_path: Path) -> None:
    for name in ("kept/ab/sealed", "scratch/12-x/file.xlsx", "incoming/one.upload", "kept/ab/half.draft"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [name for _, name in _kept_files(tmp_path)] == ["files/kept/ab/sealed"]
