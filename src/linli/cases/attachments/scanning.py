"""The virus scan: a command or clamd, by setting; off by default, and then every file says that it was not scanned.

`LINLI_SCAN=command:/usr/bin/clamdscan --no-summary -` (the file on standard input; 0 clean, 1 refused) or
`LINLI_SCAN=clamd:/run/clamav/clamd.ctl`, `LINLI_SCAN=clamd:scanner.internal:3310` (INSTREAM of clamd's manual).
A scanner that is set up and does not answer keeps everything out.
"""

from __future__ import annotations

import shlex
import socket
import subprocess
from typing import Literal

from django.conf import settings

from .problems import Infected, NotScanned

TIMEOUT = 30.0
_CHUNK = 256 * 1024
Scan = Literal["off", "clean"]


def scan(content: bytes) -> Scan:
    """Have content looked at. Raises Infected, and NotScanned where the scanner does not say."""
    way, _, where = str(settings.LINLI_SCAN).partition(":")
    if not way:
        return "off"
    try:
        clean = _by_command(where, content) if way == "command" else _by_clamd(where, content)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NotScanned() from error
    if not clean:
        raise Infected()
    return "clean"


def _by_command(command: str, content: bytes) -> bool:
    done = subprocess.run(shlex.split(command), input=content, capture_output=True, timeout=TIMEOUT, check=False)
    if done.returncode not in (0, 1):
        raise OSError(f"the scanner ended with {done.returncode}")
    return done.returncode == 0


def _by_clamd(where: str, content: bytes) -> bool:
    with _connected(where) as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            block = content[start : start + _CHUNK]
            line.sendall(len(block).to_bytes(4) + block)
        line.sendall((0).to_bytes(4))
        said = b""
        while not said.endswith(b"\0") and (more := line.recv(4096)):
            said += more
    verdict = said.rstrip(b"\0\n").rpartition(b": ")[2]
    if verdict == b"OK":
        return True
    if verdict.endswith(b"FOUND"):
        return False
    raise OSError("clamd gave no verdict")


def _connected(where: str) -> socket.socket:
    if where.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT)
        line.connect(where)
        return line
    host, _, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), TIMEOUT)
