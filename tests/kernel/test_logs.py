"""Log lines are JSON objects, from our own code and from libraries alike."""

from __future__ import annotations

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from linli.kernel import logs
logs.configure({"format": "json"})
structlog.get_logger("x").info("request", route="api/people", status=200)
logging.getLogger("procrastinate.worker").info("not shown")
logging.getLogger("procrastinate.worker").error("shown")
logging.getLogger("django.request").error("not shown: /api/people/1")
"""


def test_every_line_is_json_and_libraries_are_quiet() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert [e["event"] for e in entries] == ["request", "shown"]
    assert entries[0]["route"] == "api/people" and entries[0]["level"] == "info" and entries[0]["timestamp"]
