"""Cases over HTTP from 4 clients on 127.0.0.1: report, file, list of 50, case page, board, map of 4,000.

The program serves as `linli up` has it serve (2 processes); clients keep their connections and share the machine with it. Each
kind of request runs for --seconds after a warm-up, with the queries of one such request counted beside it. The district has 100 rules of
routing and a model of texts: a report keeps its first step, is routed, and gets a category suggested; its clock begins when it is filed,
which is measured apart. The model is learnt before anything is measured (a minute). Bars at 100,000
cases: report 120 req/s with p95 <= 100 ms and at most 20 queries; list 100 req/s, 80 ms, 12 queries; page 150 req/s; map 60
req/s; at 1,000,000 cases lists and pages take at most 1.5 times as long.
Run: python bench/cases.py [--home FOLDER] [--cases 100000] [--more 1000000] [--seconds 10] [--clients 4]
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import _setting
from _cases import analysed, filled, ruled, taught
from screens import server

LONGEST = 30.0


@dataclass(frozen=True)
class Kind:
    """A kind of request: what it is called, what to send, and its bars (req/s, p95 ms, queries)."""

    name: str
    method: str
    make: Callable[[random.Random], tuple[str, dict[str, Any] | None]]
    bars: tuple[float | None, float | None, int | None] = (None, None, None)
    grows: bool = True


@dataclass
class Result:
    """Milliseconds of each request that was answered well, and how many were not."""

    spent: list[float] = field(default_factory=list)
    failed: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.spent) / self.seconds if self.seconds else 0.0

    @property
    def p95(self) -> float:
        ordered = sorted(self.spent)
        return ordered[int(len(ordered) * 0.95)] if ordered else float("nan")


class Client:
    """Somebody signed in, over one connection that is kept."""

    def __init__(self, address: str, session: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=LONGEST)
        self.cookie, self.token = f"{_cookie()}={session}", ""
        _, headers = self.ask("GET", "/api/session", None)
        self.token = headers.partition("csrftoken=")[2].partition(";")[0]
        self.cookie += f"; csrftoken={self.token}"

    def ask(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[int, str]:
        """Status of an answer that was read to its end, and the cookies it set."""
        headers = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Idempotency-Key": str(uuid.uuid4())}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        self.connection.request(method, path, data, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, " ".join(answer.headers.get_all("Set-Cookie") or [])


def _cookie() -> str:
    from linli.kernel.http import SESSION_COOKIE

    return SESSION_COOKIE


def sessions(count: int) -> list[str]:
    """Acceptors over the whole district, each with a session; their tokens."""
    sys.path.insert(0, str(_setting.ROOT / "tests"))
    import staff

    from linli.access.models import Account
    from linli.kernel.scope import acting
    from linli.project.demo.base import demo_actor

    found = []
    for serial in range(count):
        name = f"bench-acceptor-{serial}"
        with acting(demo_actor()):
            account = Account.objects.filter(username=name).first()
        account = account or staff.staff(name, "acceptor", _setting.DISTRICT)
        found.append(str(staff.client(account).cookies[_cookie()].value))
    return found


def kinds() -> list[Kind]:
    """What is asked, with cases and places that are there."""
    from linli.cases.models import Case, Category
    from linli.kernel.scope import acting
    from linli.project.demo.base import demo_actor
    from linli.project.demo.case_kinds import KINDS

    with acting(demo_actor()):
        pages = [str(each) for each in Case.objects.order_by("-id").values_list("id", flat=True)[:5000]]
        places = list(Case.objects.order_by("-id").values_list("lon", "lat")[:5000])
        category = str(Category.objects.get(kind="component", code="01001").id)
        reported = Case.objects.filter(state="reported", version=1, category__code="01001").order_by("-id")
        waiting = deque(str(each) for each in reported.values_list("id", flat=True)[:20_000])
    words = [text for kind in KINDS for text in kind.words]

    def new(rng: random.Random) -> tuple[str, dict[str, Any] | None]:
        lon, lat = rng.choice(places)
        return "/api/cases", {
            "description": f"{rng.choice(words)}，{rng.randrange(10**6)}", "lon": lon, "lat": lat, "category_id": category,
        }  # fmt: skip

    def filed(rng: random.Random) -> tuple[str, dict[str, Any] | None]:
        body = {"version": 1, "category_id": category, "limit_value": 2, "clock": "work_day"}
        return f"/api/cases/{waiting.popleft()}/actions/file", body

    lists = (
        "/api/cases?limit=50",
        "/api/cases?limit=50&open=true&order=due",
        "/api/cases?limit=50&queue=acceptance&order=due",
    )
    return [
        Kind("report a case: history, route, suggestion", "POST", new, (120, 100, 20), grows=False),
        *([Kind("file it: clock, route again", "POST", filed, grows=False)] if waiting else []),
        Kind("list of 50", "GET", lambda rng: (rng.choice(lists), None), (100, 80, 12)),
        Kind("case page", "GET", lambda rng: (f"/api/cases/{rng.choice(pages)}", None), (150, None, None)),
        Kind("board", "GET", lambda rng: ("/api/cases/board?open=true", None)),
        Kind("map of 4,000", "GET", lambda rng: ("/api/cases/points", None), (60, None, None)),
    ]


def measured(kind: Kind, clients: list[Client], seconds: float) -> Result:
    """All clients ask as fast as they are answered."""
    result, lock = Result(), threading.Lock()
    until = time.perf_counter() + seconds

    def work(client: Client, seed: int) -> None:
        rng, spent, failed = random.Random(seed), [], 0
        while time.perf_counter() < until:
            try:
                path, body = kind.make(rng)
            except IndexError:  # every case that waited was filed
                break
            started = time.perf_counter()
            status, _ = client.ask(kind.method, path, body)
            spent.append((time.perf_counter() - started) * 1000)
            failed += status >= 400
        with lock:
            result.spent += spent
            result.failed += failed

    threads = [threading.Thread(target=work, args=(client, seed)) for seed, client in enumerate(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - started
    return result


def queries_of(kind: Kind, session: str) -> int:
    """Statements of one request after another like it, on both of the program's connections."""
    from django.db import connections
    from django.test import Client as Browser
    from django.test.utils import CaptureQueriesContext

    browser, rng = Browser(HTTP_HOST="127.0.0.1"), random.Random(1)
    browser.cookies[_cookie()] = session
    with CaptureQueriesContext(connections["default"]) as own, CaptureQueriesContext(connections["audit"]) as audit:
        counted = 0
        for _ in range(2):
            before = len(own) + len(audit)
            path, body = kind.make(rng)
            if body is None:
                browser.get(path)
            else:
                browser.post(path, body, content_type="application/json")
            counted = len(own) + len(audit) - before
    return counted


def table(count: int, options: argparse.Namespace) -> dict[str, Result]:
    """Fill up to `count` cases and print one table."""
    there, seconds = filled(count)
    rules, texts = ruled(), taught()
    analysed("cases_case", "cases_flow", "cases_pause")
    print(
        f"\n{there:,} cases (entered in {seconds:.0f} s), {rules} rules, a model of {texts:,} texts, {options.clients} clients, "
        f"{options.seconds:g} s each\n"
    )
    print(
        "| what | req/s | median ms | p95 ms | queries | failed | bar | held? |\n|---|---:|---:|---:|---:|---:|---|---|"
    )
    tokens, found = sessions(options.clients), {}
    with server() as site:
        clients = [Client(site.removeprefix("http://"), token) for token in tokens]
        told = kinds()
        while told:
            kind = told.pop(0)
            measured(kind, clients, min(2.0, options.seconds))
            result, queries = measured(kind, clients, options.seconds), queries_of(kind, tokens[0])
            if kind.name.startswith("report"):  # those just reported wait to be filed
                told = kinds()[1:]
            found[kind.name] = result
            rate, p95, most = kind.bars
            held = (
                (rate is None or result.rate >= rate)
                and (p95 is None or result.p95 <= p95)
                and (most is None or queries <= most)
            )
            said = (
                (f"≥ {rate:g} req/s" if rate else "–")
                + (f", p95 ≤ {p95:g} ms" if p95 else "")
                + (f", ≤ {most} queries" if most else "")
            )
            middle = sorted(result.spent)[len(result.spent) // 2] if result.spent else float("nan")
            print(
                f"| {kind.name} | {result.rate:.1f} | {middle:.1f} | {result.p95:.1f} | {queries} | {result.failed} | {said} "
                f"| {'yes' if held and not result.failed else '**no**'} |",
                flush=True,
            )
    return found


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home")
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--more", type=int, default=1_000_000, help="0: only the first table")
    options.add_argument("--seconds", type=float, default=10.0)
    options.add_argument("--clients", type=int, default=4)
    chosen = options.parse_args()
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        few = table(chosen.cases, chosen)
        if chosen.more > chosen.cases:
            many = table(chosen.more, chosen)
            print("\n| what | times as long at the larger size | bar |\n|---|---:|---|")
            for kind in kinds():
                if kind.grows:
                    print(f"| {kind.name} | {few[kind.name].rate / max(many[kind.name].rate, 1e-9):.2f} | ≤ 1.5 |")


if __name__ == "__main__":
    main()
