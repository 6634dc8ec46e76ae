"""`linli public`: the public doors in a process of their own, which knows one role of the database and no key."""

from __future__ import annotations

import os
from pathlib import Path

from linli.kernel.embedded import ensure_running, public_login
from linli.kernel.embedded.info import APP_URL, OWNER_URL, PUBLIC_URL
from linli.kernel.embedded.processes import end_with
from linli.project import hosts
from linli.project.commands_web import check_tls, serve
from linli.project.session import tell
from linli.project.supervisor import SUPERVISOR_PID

#: What the rest of the program is told by its environment and this process has no use for.
FOREIGN = (
    APP_URL, OWNER_URL, "DATABASE_BACKUP_URL", "LINLI_SECRET_KEY", "LINLI_OIDC_CLIENT_SECRET",
    "LINLI_OIDC_CLIENT_SECRET_FILE", "LINLI_KEYS_DIR",
)  # fmt: skip


def run(host: str, port: int, workers: int, threads: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Serve until stopped."""
    if parent := os.environ.pop(SUPERVISOR_PID, None):
        end_with(int(parent))
    check_tls(tls_cert, tls_key)
    login = public_login()  # says what is missing before anything is started
    if PUBLIC_URL not in os.environ:
        ensure_running(progress=tell)
        login = public_login()
        os.environ[PUBLIC_URL] = login.url()
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ[hosts.LISTEN] = host
    serve("linli.project.public_web:application", host, port, workers, threads, tls_cert, tls_key)
