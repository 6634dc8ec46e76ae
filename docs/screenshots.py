"""Takes the pictures of the README from a demo: home, map, people, a person, a building, the findings of the
import wizard, the board of cases, the ladder.

    python docs/screenshots.py                     makes a demo of its own in a temporary folder, and removes it
    python docs/screenshots.py --site http://127.0.0.1:8370 --password …   looks at one that runs

Pictures go to docs/images/. The demo's people are invented; the marks they carry show it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "images"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SIZE = {"width": 1280, "height": 800}
#: How the homes of the building that is shown are lived in, over and over; a demo of our own alone is told so.
STATES = ("occupied", "occupied", "rented", "occupied", "empty", "occupied", "rented")
#: A picture of the README is to load quickly.
MOST_BYTES = 200 * 1024
START_SECONDS = 300


@contextlib.contextmanager
def demo(people: int) -> Iterator[tuple[str, str]]:
    """A running demo in a folder of its own, with every town taken in: its address and the password of its accounts."""
    linli = str(Path(sys.executable).parent / "linli")
    with tempfile.TemporaryDirectory(prefix="linli-pictures-") as home:
        surroundings = {**os.environ, "LINLI_HOME": home}
        made = [linli, "demo", "--people", str(people), "--foreground"]
        told = subprocess.run(made, env=surroundings, capture_output=True, text=True, check=True).stdout
        password = re.search(r"password: (\S+)", told)
        log = Path(home) / "up.txt"
        with log.open("w") as out:
            running = subprocess.Popen([linli, "up", "--workers", "1"], env=surroundings, stdout=out, stderr=out)
        try:
            until = time.monotonic() + START_SECONDS
            while password and time.monotonic() < until and running.poll() is None:
                site = re.search(r"^ +(https?://\S+?)/?\s", log.read_text(), re.MULTILINE)
                if site:
                    yield site[1], password[1]
                    return
                time.sleep(1)
            raise SystemExit(f"The demo did not come up:\n{log.read_text()[-2000:]}")
        finally:
            running.terminate()
            running.wait(60)


def take(site: str, password: str, language: str, own: bool) -> None:
    """Walk through the console as the first town's clerk and as the district's analyst; `own`: the demo is ours to change."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def visitor() -> Any:
            context = browser.new_context(viewport=SIZE, locale=language)
            context.add_init_script(
                f"localStorage.setItem('linli.language', '{language}'); localStorage.setItem('linli.theme', 'light')"
            )
            return context.new_page()

        def keep(page: Any, name: str) -> None:
            page.wait_for_load_state("networkidle")
            page.wait_for_function("!document.querySelector('main .el-skeleton')")
            page.mouse.move(0, 0)
            path = PICTURES / f"{name}.{language}.png"
            page.screenshot(path=str(path))
            lighten(path)
            size = path.stat().st_size
            print(path.relative_to(ROOT), size, "TOO LARGE" if size > MOST_BYTES else "")

        page = visitor()
        page.goto(f"{site}/sign-in")
        sign_in(page, "analyst", password)
        keep(page, "home")
        page.goto(f"{site}/map")
        page.wait_for_selector("[data-idle=true]")
        keep(page, "map")

        page = visitor()
        page.goto(f"{site}/sign-in")
        sign_in(page, "town1", password)
        page.goto(f"{site}/people")
        page.wait_for_selector("tbody a")
        keep(page, "people")
        page.locator("tbody a").first.click()
        page.wait_for_selector("[role=tab]")
        keep(page, "person")
        building = fullest_building(page)
        if own:
            state_homes(page, building)
        page.goto(f"{site}/buildings/{building}")
        page.wait_for_selector("table.picture")
        keep(page, "building")
        batches = page.evaluate("fetch('/api/intake/batches').then(r => r.json())")["items"]
        batch = max(batches, key=lambda one: (one["check_counts"] or {}).get("bad_rows", 0))
        page.goto(f"{site}/intake/{batch['id']}")
        page.locator("ol button").nth(2).click()
        page.wait_for_selector("tbody td")
        keep(page, "intake-findings")

        page = visitor()
        page.goto(f"{site}/sign-in")
        sign_in(page, "acceptor", password)
        page.goto(f"{site}/cases?view=board")
        page.wait_for_selector("a.case")
        keep(page, "cases")

        page = visitor()
        page.goto(f"{site}/sign-in")
        sign_in(page, "ladder", password)
        page.goto(f"{site}/tiers")
        page.wait_for_selector("tbody a")
        keep(page, "ladder")
        browser.close()


def lighten(path: Path) -> None:
    """The picture in 256 colours: a third of the bytes. By octree, which keeps the hues of small signs."""
    from PIL import Image

    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


def fullest_building(page: Any) -> str:
    """The building of the clerk's area with most homes on record."""
    found = page.evaluate("fetch('/api/buildings?limit=100').then(r => r.json())")["items"]
    return str(max(found, key=lambda building: building["homes"])["id"])


def state_homes(page: Any, building: str) -> None:
    """Say how the homes of a building are lived in, as a clerk would after a visit."""
    storeys = page.evaluate(f"fetch('/api/buildings/{building}').then(r => r.json())")["storeys"]
    homes = [home for storey in storeys for cell in storey["cells"] for home in cell]
    for at, home in enumerate(homes):
        status = page.evaluate(
            """async ([id, state]) => (await fetch(`/api/dwellings/${id}`, {
              method: 'PATCH', body: JSON.stringify({ state }),
              headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID(),
                'X-CSRFToken': document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? '' },
            })).status""",
            [home["id"], STATES[at % len(STATES)]],
        )
        if status != 200:
            raise SystemExit(f"The home {home['room']} could not be stated: {status}")


def sign_in(page: Any, username: str, password: str) -> None:
    """From the sign-in page to the home page."""
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def main() -> None:
    """Read the command line and take the pictures."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--site", help="address of a running demo; without it one is made")
    ask.add_argument("--password", default=os.environ.get("LINLI_DEMO_PASSWORD", ""), help="of the demo's accounts")
    ask.add_argument("--people", type=int, default=40_000, help="people of a demo that is made")
    ask.add_argument("--languages", nargs="+", default=["zh-CN", "en"])
    told = ask.parse_args()
    if CHROMIUM is None:
        raise SystemExit("No Chromium found: apt-get install chromium fonts-noto-cjk")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with contextlib.nullcontext((told.site, told.password)) if told.site else demo(told.people) as (site, password):
        for language in told.languages:
            take(site.rstrip("/"), password, language, own=not told.site)


if __name__ == "__main__":
    main()
