"""Backups of an older version of the program, backups onto a full disk, and what a killed backup leaves behind."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_backup import Home, running_home

from linli.project.backup import MANIFEST, BackupError, _cleared, read_manifest

#: A version of long ago, before buildings, things, second factors and pick-ups; each room as far as it was then.
OLD = {
    "access": "0003_seal", "places": "0002_protect", "registry": "0004_record_keys_and_numbers",
    "intake": "0003_constants_by_area",
}  # fmt: skip
MIGRATE_TO_OLD = """
import sys, json
from linli.project import session
info = session.open_database()
session.load_django()
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connections["owner"])
wanted = [tuple(t) for t in json.loads(sys.argv[1])]
wanted += [t for t in executor.loader.graph.leaf_nodes() if t[0] == "procrastinate"]
executor.migrate(wanted)
from linli.kernel.embedded import layout
layout.write_notes(info.home, schema=session.schema_state())  # a program of then would find nothing to do
"""
SOMEBODY = """
SET linli.lo = ''; SET linli.hi = '~'; SET linli.one = '1';
INSERT INTO places_region (code, level, kind, name, short_name, pinyin, initials)
VALUES ('370302001001', 'village', '村委会', '甲村村民委员会', '甲村', 'jiacun', 'jc');
INSERT INTO registry_household (id, area_code, key, number, recorded_at)
VALUES ('01900000-0000-7000-8000-000000000001', '370302001001', '\\x01', '7', now());
UPDATE registry_household SET number = '8';
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home as an older version of the program would have left it, with a household that changed once."""
    with running_home(tmp_path_factory.mktemp("old")) as home:
        done = home.run(sys.executable, "-c", MIGRATE_TO_OLD, json.dumps(list(OLD.items())))
        assert done.returncode == 0, done.stderr
        home.sql(SOMEBODY)
        yield home


def test_a_backup_of_an_older_version_is_restored_and_brought_to_this_one(old: Home, tmp_path: Path) -> None:
    out, keys = tmp_path / "old.tar", tmp_path / "old.keys"
    done = old.linli("backup", out, "--keys", keys)
    assert done.returncode == 0, done.stderr
    made = set(read_manifest(out)["migrations"])
    assert "registry.0004_record_keys_and_numbers" in made and not any(m.startswith("registry.0005") for m in made)
    with running_home(tmp_path / "new") as home:
        done = home.linli("restore", out, "--keys", keys)
        assert done.returncode == 0, done.stderr
        assert home.sql("SELECT number FROM registry_household") == [("8",)]
        assert home.sql("SELECT number, op FROM registry_household_history") == [("7", "U")]
        assert home.sql("SELECT count(*) FROM registry_household_history_rest") == [(0,)], "it moved to its month"
        assert home.sql("SELECT count(*) FROM registry_legal_entity") == [(0,)], "tables that came later are there"
        doctor = json.loads(home.linli("doctor", "--json").stdout)
        levels = {finding["check"]: finding["level"] for finding in doctor["findings"]}
        assert (levels["migrations"], levels["row_security"], levels["roles"]) == ("ok", "ok", "ok")


@pytest.mark.parametrize("mark", ["registry.9999_future", "weather.0001_initial", "procrastinate.9999_future"])
def test_what_a_newer_program_made_is_refused_whatever_part_of_it_is_new(tmp_path: Path, mark: str) -> None:
    newer = tmp_path / "newer.tar"
    (tmp_path / MANIFEST).write_text(
        json.dumps({"format": 1, "program": "9.9", "made": "2030", "migrations": [mark], "keyring": {}, "sha256": {}})
    )
    with tarfile.open(newer, "w") as archive:
        archive.add(tmp_path / MANIFEST, MANIFEST)
    refused = Home(tmp_path / "home").linli("restore", newer)
    assert refused.returncode == 1 and "newer Linli (9.9" in refused.stderr and mark in refused.stderr
    assert not (tmp_path / "home" / "pg").exists()


@pytest.mark.parametrize("name", ["linli.tar", "linli.tar.gz"])
@pytest.mark.parametrize("room", [20_000, 2_000_000], ids=["while-dumping", "while-packing"])
def test_a_backup_onto_a_full_disk_says_so_and_leaves_nothing(old: Home, tmp_path: Path, room: int, name: str) -> None:
    """A limit on the size of files stands for the full disk: to who writes both are the same, and it asks for no rights."""
    kept = old.path / "files" / "kept" / "aa"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "large").write_bytes(os.urandom(3_000_000))
    out = tmp_path / name
    out.write_text("the last good one")
    done = subprocess.run(
        [sys.executable, "-m", "linli.project.cli", "backup", str(out)],
        capture_output=True, text=True, check=False, env=old.environment,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "Free some space" in done.stderr and "磁盘空间不足" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name] and out.read_text() == "the last good one"


def test_no_part_of_a_backup_is_taken_for_a_backup(old: Home, tmp_path: Path) -> None:
    out = tmp_path / "whole.tar"
    assert old.linli("backup", out).returncode == 0
    content = out.read_bytes()
    with tarfile.open(out) as archive:
        last = archive.getmembers()[-1]
    assert last.name == MANIFEST, "what makes it complete is written last"
    for size in (0, 511, 10_000, len(content) // 2, last.offset, last.offset_data + 100):
        (tmp_path / "part.tar").write_bytes(content[:size])
        with pytest.raises(BackupError, match="not a complete backup"):
            read_manifest(tmp_path / "part.tar")


def test_what_a_killed_backup_left_goes_with_the_next_one(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (tmp_path / f".linli-{gone.pid}-abc").mkdir()
    (tmp_path / f".linli-{gone.pid}-abc" / "database.dump").write_text("half")
    (tmp_path / f".linli.tar.{gone.pid}.partial").write_text("half")
    (tmp_path / f".linli.tar.{os.getpid()}.partial").write_text("alive")
    (tmp_path / f".other.tar.{gone.pid}.partial").write_text("not of this backup")
    _cleared(tmp_path, tmp_path / "linli.tar")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {f".linli.tar.{os.getpid()}.partial", f".other.tar.{gone.pid}.partial"}
