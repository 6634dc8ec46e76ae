"""A first start of the full demo, as `make run` does it, and how the program answers a clerk while the rest loads.

Prints when the address, the accounts and the first town were there, when everything was in, what is in, and how long a
town clerk's requests took meanwhile. Run: python bench/demo.py [--people N] [--home FOLDER] [--port N]
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import _setting

PAUSE = 2.0  # seconds between two rounds of a clerk's requests
MOST = 45 * 60.0  # seconds after which it gives up
ASKED = {
    "people of the town": "/api/people?area={town}&limit=50",
    "a search by name": "/api/people/search",
    "figures of the town": "/api/figures/people?level=village&area={town}",
    "imports": "/api/intake/batches?area={town}",
}
COUNTED = {
    "people": "registry_person",
    "homes": "places_dwelling",
    "homes in buildings": "places_dwelling WHERE building_id IS NOT NULL",
    "compounds": "places_compound",
    "legal entities": "registry_legal_entity",
    "key places": "registry_key_place",
    "components": "registry_component",
    "accounts": "access_account",
}


class Clerk:
    """Somebody at a browser."""

    def __init__(self, site: str) -> None:
        self.site, self.jar = site.rstrip("/"), http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.town = ""

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer to one request. Raises URLError and HTTPError."""
        token = next((c.value for c in self.jar if c.name == "csrftoken"), "") or ""
        headers = {"X-CSRFToken": token, "Idempotency-Key": str(uuid.uuid4()), "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        with self.opener.open(urllib.request.Request(self.site + path, data, headers), timeout=60) as answer:
            return json.load(answer)

    def sign_in(self, username: str, password: str) -> None:
        self.ask("/api/session")
        self.town = self.ask("/api/session", {"username": username, "password": password})["areas"][0]["code"]

    def round(self, times: dict[str, list[float]]) -> None:
        for name, path in ASKED.items():
            body = {"q": "王", "area": self.town} if path.endswith("/search") else None
            began = time.perf_counter()
            self.ask(path.format(town=urllib.parse.quote(self.town)), body)
            times.setdefault(name, []).append((time.perf_counter() - began) * 1000)


def follow(child: subprocess.Popen[str], began: float, seen: dict[str, float], site: list[str]) -> None:
    """Note when the lines one waits for were printed."""
    marks = {"Demo accounts": "accounts printed", "the first town can be used": "first town usable"}
    for line in child.stdout or ():
        words = line.strip()
        if words.startswith("http://") and not site:
            site.append(words)
            seen["address printed"] = time.monotonic() - began
        for mark, name in marks.items():
            if mark in words:
                seen.setdefault(name, time.monotonic() - began)


def waiting() -> tuple[int, int]:
    """How many jobs of the demo wait or run, and how many failed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status IN ('todo', 'doing')), count(*) FILTER (WHERE status = 'failed') "
            "FROM procrastinate_jobs WHERE task_name LIKE 'demo.%'"
        )
        found = cursor.fetchone() or (0, 0)
    return int(found[0]), int(found[1])


def counts() -> dict[str, int]:
    """Rows of each kind, over the whole district."""
    from django.db import connection

    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    found = {}
    with acting(operator("bench", _setting.DISTRICT)), connection.cursor() as cursor:
        for name, table in COUNTED.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[name] = int((cursor.fetchone() or (0,))[0])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=540_000)
    parser.add_argument("--port", type=int, default=8391)
    parser.add_argument("--home", help="a folder that is kept")
    given = parser.parse_args()
    home = Path(given.home or tempfile.mkdtemp(prefix="linli-bench-")).resolve()
    os.environ |= {"LINLI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "linli.project.settings"}
    print(_setting.machine(), flush=True)
    command = [sys.executable, "-m", "linli.project.cli", "up", "--demo", "--port", str(given.port)]
    began = time.monotonic()
    child = subprocess.Popen(
        [*command, "--people", str(given.people)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    seen: dict[str, float] = {}
    site: list[str] = []
    threading.Thread(target=follow, args=(child, began, seen, site), daemon=True).start()
    times: dict[str, list[float]] = {}
    failed = 0
    try:
        while "first town usable" not in seen:
            _wait(child, began)
        import django

        django.setup()
        clerk = Clerk(site[0])
        clerk.sign_in("town1", json.loads((home / "demo" / "accounts.json").read_text())["password"])
        idle = 0
        while idle < 2:  # twice: between the last job and one that it defers nothing waits
            clerk.round(times)
            _wait(child, began)
            todo, failed = waiting()
            idle = idle + 1 if todo == 0 and child_settled(home) else 0
        seen["everything in"] = time.monotonic() - began
        found = counts()
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(60)
    print("\n| what | seconds | bar |\n|---|---:|---|")
    bars = {"first town usable": "≤ 60 s", "everything in": "≤ 15 min"}
    for name, at in seen.items():
        print(f"| {name} | {at:.0f} | {bars.get(name, '')} |")
    print("\n| in the base | rows |\n|---|---:|")
    for name, rows in found.items():
        print(f"| {name} | {rows:,} |")
    print(
        "\n| a town clerk's request while the rest loads | n | median ms | p95 ms | max ms |\n|---|---:|---:|---:|---:|"
    )
    for name, taken in times.items():
        taken.sort()
        p95 = taken[int(len(taken) * 0.95)]
        print(f"| {name} | {len(taken)} | {statistics.median(taken):.0f} | {p95:.0f} | {taken[-1]:.0f} |")
    if failed:
        raise SystemExit(f"{failed} jobs of the demo failed")


def child_settled(home: Path) -> bool:
    """Whether `linli demo` has put everything into the queue: its last line is in its log."""
    log = home / "log" / "demo.log"
    words = log.read_text(errors="replace") if log.exists() else ""
    return "in the background" in words or "everything is taken in" in words


def _wait(child: subprocess.Popen[str], began: float) -> None:
    time.sleep(PAUSE)
    if child.poll() is not None or time.monotonic() - began > MOST:
        raise SystemExit("the program ended, or it took too long")


if __name__ == "__main__":
    main()
