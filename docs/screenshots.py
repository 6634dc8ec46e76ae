"""Takes the pictures of the README from a demo: sign-in, home, people, a person, the findings of the import wizard, the map.

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
SIZE = {"width": 1440, "height": 900}
START_SECONDS = 300


@contextlib.contextmanager
def demo(people: int) -> Iterator[tuple[str, str]]:
    """A running demo in a folder of its own: its address and the password of its accounts."""
    with tempfile.TemporaryDirectory(prefix="linli-pictures-") as home:
        command = [
            str(Path(sys.executable).parent / "linli"),
            "up",
            "--demo",
            "--people",
            str(people),
            "--workers",
            "1",
        ]
        log = Path(home) / "up.txt"
        with log.open("w") as out:
            running = subprocess.Popen(command, env={**os.environ, "LINLI_HOME": home}, stdout=out, stderr=out)
        try:
            until = time.monotonic() + START_SECONDS
            while time.monotonic() < until and running.poll() is None:
                said = log.read_text()
                site = re.search(r"https?://\S+?(?=/?\s)", said)
                password = re.search(r"password: (\S+)", said)
                if site and password and "can be used" in said:
                    yield site[0], password[1]
                    return
                time.sleep(1)
            raise SystemExit(f"The demo did not come up:\n{log.read_text()[-2000:]}")
        finally:
            running.terminate()
            running.wait(60)


def take(site: str, password: str, language: str) -> None:
    """Walk through the console as the first town's clerk and as the district's analyst."""
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
            page.mouse.move(0, 0)
            path = PICTURES / f"{name}.{language}.png"
            page.screenshot(path=str(path))
            print(path.relative_to(ROOT))

        page = visitor()
        page.goto(f"{site}/sign-in")
        keep(page, "sign-in")
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
        batch = next(b for b in page.evaluate("fetch('/api/intake/batches').then(r => r.json())")["items"] if b["rows"])
        page.goto(f"{site}/intake/{batch['id']}")
        page.locator("ol button").nth(2).click()
        page.wait_for_selector("tbody td")
        keep(page, "intake-findings")
        browser.close()


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
            take(site.rstrip("/"), password, language)


if __name__ == "__main__":
    main()
