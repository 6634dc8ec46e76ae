"""`linli web`: Granian over WSGI, which measured twice as fast here as ASGI (reference figures in bench/)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from linli.kernel.embedded.errors import EmbeddedError
from linli.kernel.embedded.processes import end_with
from linli.project import hosts, session
from linli.project.supervisor import SUPERVISOR_PID


def run(host: str, port: int, workers: int, threads: int, tls_cert: Path | None, tls_key: Path | None) -> None:
    """Serve until stopped."""
    if parent := os.environ.pop(SUPERVISOR_PID, None):
        end_with(int(parent))
    check_tls(tls_cert, tls_key)
    os.environ[hosts.LISTEN] = host
    if tls_cert is not None:
        os.environ["LINLI_TLS_CERT"] = str(tls_cert)
    session.ready()
    close_connections()  # the processes are forked from this one, and a connection must not be
    serve("linli.project.web:application", host, port, workers, threads, tls_cert, tls_key)


def serve(
    target: str, host: str, port: int, workers: int, threads: int, tls_cert: Path | None, tls_key: Path | None
) -> None:
    """Granian over an application until stopped."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings
    from granian.server.common import SSLProtocols  # type: ignore[attr-defined]

    secure: dict[str, Any] = {}
    if tls_cert is not None:
        # TLS 1.2 too: web views on older phones know no 1.3.
        secure = {"ssl_cert": tls_cert, "ssl_key": tls_key, "ssl_protocol_min": SSLProtocols.tls12}
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        # More than the threads can serve wait in the queue; beyond it the kernel makes them wait.
        backpressure=threads * 16,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_access=False,
        **secure,
    ).serve()


def check_tls(cert: Path | None, key: Path | None) -> None:
    """Both or neither, and a key in the form the server reads."""
    if (cert is None) != (key is None):
        raise EmbeddedError("TLS needs both --tls-cert and --tls-key.")
    if key is not None and b"-----BEGIN PRIVATE KEY-----" not in key.read_bytes():
        raise EmbeddedError(
            f"{key} is not an unencrypted PKCS#8 key. Convert it: "
            f"openssl pkcs8 -topk8 -nocrypt -in {key.name} -out key.pkcs8.pem"
        )


def close_connections() -> None:
    """Close this process's connections and pools."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        close_pool = getattr(connection, "close_pool", None)
        if close_pool is not None:
            close_pool()
