"""Who sits at which screen, and what they do there."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parents[2] / "web"
PICTURES = WEB.parent / "build" / "screenshots"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "nuan-chun-linli-2026"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
#: Software WebGL, so that the map is drawn where there is no graphics card.
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
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

    def open(self, path: str) -> None:
        """Go to a page and wait until it has settled."""
        self.page.goto(self.site + path)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is being fetched."""
        self.page.wait_for_load_state("networkidle")

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
