"""Pages in a browser, loaded cold (new profile each time) from a server on this machine: the map, and a tower's page.

Bars: the map of the district with 885 grids drawn in the colours of its measure, and a click on a grid answered with its card,
within 1.5 s of the navigation; the page of a building of 544 homes answered within 300 ms by the API. Measured without a bar:
what a first turn of the wheel takes until the drawing engine has taken over, and the picture of the building. Needs a built
console and Chromium.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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


def cold(play: Any, site: str, cookies: list[Any], path: str, stages: Sequence[Stage]) -> list[float]:
    """Seconds until each stage, in a browser that has never seen the site but is signed in: from the navigation, or from
    the act that begins the stage."""
    browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.add_cookies(cookies)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(site + path, wait_until="commit")
    spent = []
    for stage in stages:
        begun = time.perf_counter() if stage.act_first else started
        stage.reach(page)
        spent.append(time.perf_counter() - begun)
    browser.close()
    return spent


@dataclass(frozen=True)
class Stage:
    """Something a page comes to; `act_first`: counted from what the user does, not from the navigation."""

    title: str
    reach: Callable[[Any], Any]
    act_first: bool = False


def drawn(page: Any) -> None:
    """The areas stand on the screen in the colours of their measure."""
    page.wait_for_selector("[data-idle=true]", state="attached")


def answered(page: Any) -> None:
    """A click into the middle of the areas is answered with the card of the one that lies there."""
    box = page.locator(".plain canvas").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.45)
    page.wait_for_selector(".picked h2")


def taken_over(page: Any) -> None:
    """One comes nearer, and the drawing engine stands in place of the plain picture."""
    page.mouse.wheel(0, -240)
    page.wait_for_selector(".plain", state="detached")


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

    on_map = (
        Stage("drawn", drawn),
        Stage("a click answered", answered),
        Stage("engine, from the first turn of the wheel", taken_over, act_first=True),
    )
    pages: dict[str, tuple[str, Sequence[Stage]]] = {
        "map, 885 grids": ("/map?layer=grids", on_map),
        "map, 13 towns": ("/map", on_map),
        "tower, 544 homes": (
            f"/buildings/{building}",
            (Stage("drawn", lambda page: page.locator(".picture .home").nth(543).wait_for(state="attached")),),
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
        for title, (path, stages) in pages.items():
            times = [cold(play, site, cookies, path, stages) for _ in range(loads + 1)][1:]
            for stage, passed in zip(stages, zip(*times, strict=True), strict=True):
                print(
                    f"| {title}: {stage.title} | {loads} | {statistics.median(passed):.2f} | {max(passed):.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
