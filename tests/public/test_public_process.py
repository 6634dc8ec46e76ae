"""The process of the public doors: it loads no room, knows no other login, and serves nothing but its addresses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from public_home import Home, stand

ASK = """
import json, sys
from linli.project.public_web import application
from django.conf import settings
from django.test import Client
found = {path: Client(HTTP_HOST="localhost").get(path) for path in json.loads(sys.argv[1])}
print(json.dumps({
    "loaded": sorted({".".join(name.split(".")[:2]) for name in sys.modules if name.startswith("linli.")}),
    "apps": settings.INSTALLED_APPS,
    "databases": {alias: entry.get("USER", "") for alias, entry in settings.DATABASES.items()},
    "answers": {path: [answer.status_code, answer.content.decode(), dict(answer.headers)] for path, answer in found.items()},
}))
"""


def ask(url: str, *paths: str, **environment: str) -> dict[str, Any]:
    """What a process with that login alone says."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LINLI_", "DATABASE_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", ASK, json.dumps(paths)],
        env={**kept, "DATABASE_PUBLIC_URL": url, "LINLI_HOME": "/nonexistent", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def url(db: str, test_databases: Any) -> str:
    return str(test_databases.info.on(db).public.url())


def test_it_serves_the_doors_and_knows_nothing_else(home: Home, url: str) -> None:
    stand("王网格")
    door = f"/q/{home.code}"
    said = ask(url, door, "/q/" + "A" * 22, "/readyz", "/healthz", "/", "/api/session", "/metrics", "/people")
    assert said["loaded"] == ["linli.kernel", "linli.project", "linli.public"]
    assert said["apps"] == [] and said["databases"] == {"default": "", "public": "linli_public"}
    status, page, headers = said["answers"][door]
    assert status == 200 and "王网格" in page and headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert [said["answers"][path][0] for path in ("/readyz", "/healthz", "/q/" + "A" * 22)] == [200, 200, 404]
    for path in ("/", "/api/session", "/metrics", "/people"):
        status, _, headers = said["answers"][path]
        assert status == 404 and headers["X-Content-Type-Options"] == "nosniff", path


def test_without_its_database_it_is_not_ready_and_says_so_to_people() -> None:
    away = "postgresql://linli_public:x@/linli?host=/nonexistent"
    said = ask(away, "/readyz", "/healthz", "/q/" + "A" * 22)
    assert [answer[0] for answer in said["answers"].values()] == [503, 200, 503]
    assert "tel:110" in said["answers"]["/q/" + "A" * 22][1]
