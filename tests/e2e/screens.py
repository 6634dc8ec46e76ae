"""Who sits at which screen, and what they do there."""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parents[2] / "web"
PICTURES = WEB.parent / "build" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "nuan-chun-linli-2026"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Software WebGL, so that the map is drawn where there is no graphics card.
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
#: So many times slower the browser works, and by up to a fifth of so many seconds answers of the API come late, in any
#: order: what passes only on a quick machine shows.
SLOW = float(os.environ.get("LINLI_SLOW", "1"))
#: username: role, area, area of the unit (the auditor sits in the district's office).
DISTRICT, TOWN, OTHER_TOWN = "370302", "370302102", "370302104"
PEOPLE = {
    "kunlun": ("town_clerk", TOWN),
    "lingzi": ("town_clerk", OTHER_TOWN),
    "manager": ("district_admin", DISTRICT),
    "analyst": ("analyst", DISTRICT),
    "auditor": ("auditor", DISTRICT),
    "stepper": ("town_clerk", TOWN),
    "demanded": ("officer", TOWN),
    "townadmin": ("town_admin", TOWN),
    "sysadmin": ("system_admin", DISTRICT),
    "secadmin": ("security_admin", DISTRICT),
    "twofold": ("town_clerk", TOWN),
    "guide": ("support", DISTRICT),
    "guided": ("grid_worker", TOWN),
    "civil": ("officer", DISTRICT),
    "approver": ("form_approver", DISTRICT),
    "acceptor": ("acceptor", DISTRICT),
    "dispatcher": ("dispatcher", DISTRICT),
    "second": ("dispatcher", DISTRICT),
    "handler": ("unit_handler", TOWN),
    "climber": ("tier_officer", DISTRICT),
    "steward": ("village_clerk", TOWN),
}


@dataclass
class Visit:
    """Somebody at a screen."""

    page: Any
    site: str
    troubles: list[str]
    fetching: set[Any] = field(default_factory=set)
    answered: float = 0.0

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._over)
        self.page.on("requestfailed", self._over)

    def _asked(self, request: Any) -> None:
        if request.is_navigation_request():
            self.fetching.clear()  # what the page before was waiting for, nobody does any more
        if request.url.startswith(self.site):
            self.fetching.add(request)

    def _over(self, request: Any) -> None:
        self.fetching.discard(request)
        self.answered = time.monotonic()

    def open(self, path: str) -> None:
        """Go to a page and wait until it has settled."""
        self.page.goto(self.site + path)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing has been fetched for a while. (Playwright's `networkidle` comes once for each document.)"""
        self.page.wait_for_load_state()
        began = time.monotonic()
        while time.monotonic() < began + 20 * SLOW:
            self.page.wait_for_timeout(50)  # lets the events come in
            now = time.monotonic()
            if not self.fetching and now - self.answered > 0.4 * SLOW and now - began > 0.1 * SLOW:
                return

    def sign_in(self, username: str, password: str = PASSWORD) -> None:
        """From the sign-in page to the home page."""
        self.page.goto(self.site + "/sign-in")
        self.page.get_by_label(re.compile("用户名|User name")).fill(username)
        self.page.locator("input[name=password]").fill(password)
        self.page.get_by_role("button", name=re.compile("^(登录|Sign in)$")).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        self.settle()

    def picture(self, name: str) -> None:
        """Keep what is seen, for people to look at; the folder is not in git."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(PICTURES / f"{name}.png"))
