"""Pages in a browser, loaded cold (new profile each time) from a server on this machine: the map, and a tower's page.

Bars: the map of the district with 885 grids drawn and idle within 1.5 s of the navigation; the page of a building of 544 homes
answered within 300 ms by the API, and its picture on the screen (measured, no bar). Needs a built console and Chromium.
Run: python bench/screens.py [--home FOLDER] [--loads 7]
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import _setting

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Software WebGL, as on a machine without a graphics card: the slowest the map can be.
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PASSWORD = "nuan-chun-linli-2026"


@contextmanager
def server() -> Iterator[str]:
    """The program's own web process on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "linli.project.cli", "web", "--port", str(port)]
    child = subprocess.Popen(
        command, cwd=_setting.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(20)


def officer() -> str:
    """Somebody over the whole district who can sign in; the user name."""
    sys.path.insert(0, str(_setting.ROOT / "tests"))
    import staff

    from linli.access import actions
    from linli.access.models import Role
    from linli.kernel.scope import acting

    name = f"bench-s-{int(time.time())}"
    with acting(staff.OPERATOR):
        unit = actions.ensure_units(staff.OPERATOR, [actions.Region(_setting.DISTRICT, "测试区")])[_setting.DISTRICT]
        account = actions.create_account(
            staff.OPERATOR, username=name, name="测试", unit_id=unit, password=PASSWORD, must_change=False
        )
        staff.appoint(account, Role.objects.get(code="analyst"), _setting.DISTRICT)
    return name


def cold(play: Any, site: str, cookies: list[Any], path: str, ready: Callable[[Any], Any]) -> float:
    """Seconds from the navigation until `ready`, in a browser that has never seen the site but is signed in."""
    browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(site + path, wait_until="commit")
    ready(page)
    spent = time.perf_counter() - started
    browser.close()
    return spent


def tower() -> str:
    """A building of 544 homes with people in them; its id."""
    from building import build_towers
    from django.db import connection

    from linli.kernel.actors import operator
    from linli.kernel.scope import acting

    build_towers(1)
    with acting(operator("bench", _setting.DISTRICT)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT building_id FROM places_dwelling WHERE building_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        )
        return str((cursor.fetchone() or ("",))[0])


def main() -> None:
    """Print one table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--home", help="a home that holds a district with 885 grids")
    options.add_argument("--loads", type=int, default=7)
    chosen = options.parse_args()
    if CHROMIUM is None or not (_setting.ROOT / "web" / "dist" / "index.html").exists():
        raise SystemExit("needs Chromium and a built console (make build browser)")
    print(_setting.machine())
    with _setting.fresh_home(chosen.home):
        import django

        django.setup()
        name, building = officer(), tower()
        from django.db import connections

        connections.close_all()
        with server() as site:
            measure(site, name, building, chosen.loads)


def measure(site: str, name: str, building: str, loads: int) -> None:
    """Sign in once, then load each page `loads` times and once more before, which warms the server."""
    from playwright.sync_api import sync_playwright

    pages: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "map, 885 grids": (
            "/map?layer=grids",
            lambda page: page.wait_for_selector("[data-idle=true]", state="attached"),
        ),
        "map, 13 towns": ("/map", lambda page: page.wait_for_selector("[data-idle=true]", state="attached")),
        "tower, 544 homes": (
            f"/buildings/{building}",
            lambda page: page.locator(".picture .home").nth(543).wait_for(state="attached"),
        ),
    }
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(site + "/sign-in")
        page.locator("input[name=username], input[autocomplete=username]").first.fill(name)
        page.locator("input[name=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        cookies = context.cookies()
        spent = []
        for _ in range(21):
            started = time.perf_counter()
            answer = context.request.get(f"{site}/api/buildings/{building}")
            spent.append(time.perf_counter() - started)
            assert answer.ok, answer.status
        browser.close()
        print("| page | loads | median s | slowest s |\n|---|---:|---:|---:|")
        print(f"| API of the tower | 20 | {statistics.median(spent[1:]):.3f} | {max(spent[1:]):.3f} |")
        for title, (path, ready) in pages.items():
            times = [cold(play, site, cookies, path, ready) for _ in range(loads + 1)][1:]
            print(f"| {title} | {loads} | {statistics.median(times):.2f} | {max(times):.2f} |", flush=True)


if __name__ == "__main__":
    main()
