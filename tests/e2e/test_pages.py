"""Every page in both sizes: nothing axe calls serious, nothing wider than the screen, both languages, both themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from screens import PHONE, WEB, WIDE, Visit

Visits = Callable[..., Visit]
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
#: The words of buttons that are wider than the button, or reach over its edge.
RUNS_OUT = """() => [...document.querySelectorAll('main .el-button')]
  .filter((button) => button.checkVisibility() && button.scrollWidth > button.clientWidth + 1)
  .map((button) => button.textContent.trim())"""
PAGES = {
    "conflicts": ("kunlun", "/conflicts"),
    "reviews": ("kunlun", "/reviews"),
    "survivorship": ("analyst", "/settings/survivorship"),
    "home": ("analyst", "/"),
    "map": ("analyst", "/map"),
    "grids": ("manager", "/grids?area=370302001001"),
    "grids-unstaffed": ("manager", "/grids?staff=none"),
    "people": ("kunlun", "/people"),
    "person-new": ("kunlun", "/people/new"),
    "households": ("kunlun", "/households"),
    "homes": ("kunlun", "/homes"),
    "entities": ("kunlun", "/entities"),
    "key-places": ("kunlun", "/key-places"),
    "components": ("kunlun", "/components"),
    "rentals": ("kunlun", "/rentals"),
    "relations": ("kunlun", "/relations"),
    "tags": ("analyst", "/tags"),
    "transfers": ("kunlun", "/transfers"),
    "imports": ("kunlun", "/intake"),
    "upload": ("kunlun", "/intake/new"),
    "mappings": ("kunlun", "/intake/mappings"),
    "ledgers": ("kunlun", "/ledgers"),
    "ledger-fill": ("kunlun", "/ledgers/fill"),
    "ledger-new": ("civil", "/ledgers/new"),
    "pickups": ("analyst", "/intake/pickups"),
    "compounds": ("kunlun", "/compounds"),
    "buildings": ("kunlun", "/buildings"),
    "address-book": ("kunlun", "/address-book"),
    "recodes": ("manager", "/recodes"),
    "bulk-edits": ("kunlun", "/bulk-edits"),
    "help": ("kunlun", "/help"),
    "accounts": ("manager", "/admin/accounts"),
    "units": ("manager", "/admin/units"),
    "groups": ("manager", "/admin/groups"),
    "posts": ("manager", "/admin/posts"),
    "roles": ("manager", "/admin/roles"),
    "access-review": ("manager", "/admin/review"),
    "access-review-town": ("townadmin", "/admin/review"),
    "posts-town": ("townadmin", "/admin/posts"),
    "reads": ("auditor", "/logs/reads"),
    "changes": ("auditor", "/logs/changes"),
    "retention": ("manager", "/settings/retention"),
    "notices": ("kunlun", "/notices"),
    "messages": ("manager", "/settings/messages"),
    "installation": ("manager", "/settings/installation"),
    "account": ("auditor", "/account"),
    "tiers": ("kunlun", "/tiers"),
    "tier-plans": ("climber", "/tiers/plans"),
    "tier-systems": ("kunlun", "/tiers/systems"),
    "missing": ("auditor", "/no/such/page"),
    "forbidden": ("auditor", "/people"),
}


def look(here: Visit, name: str) -> list[str]:
    """What axe finds serious on the page shown, and whether it is wider than the screen."""
    page = here.page
    page.wait_for_selector("h1")
    here.settle()
    here.picture(name)
    found = []
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append(f"{name}: wider than the screen")
    cut = page.evaluate(RUNS_OUT)
    found += [f"{name}: words run out of the button “{words}”" for words in cut]
    if AXE.exists():
        # Into the page's own world by the debugger, which no content policy forbids.
        page.evaluate(AXE.read_text())
        result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
        found += [
            f"{name}: {v['id']} {[n['target'] for n in v['nodes'][:3]]}"
            for v in result["violations"]
            if v["impact"] in ("serious", "critical")
        ]
    return found


@pytest.mark.parametrize(
    ("size", "language", "theme"),
    [(WIDE, "zh-CN", "light"), (WIDE, "en", "dark"), (PHONE, "zh-CN", "dark"), (PHONE, "en", "light")],
    ids=["wide-zh-light", "wide-en-dark", "phone-zh-dark", "phone-en-light"],
)
def test_pages_are_accessible_and_fit(visit: Visits, size: dict[str, int], language: str, theme: str) -> None:
    found: list[str] = []
    mark = f"{size['width']}-{language}-{theme}"
    door = visit(size=size, language=language, theme=theme)
    door.open("/sign-in")
    found += look(door, f"sign-in-{mark}")
    visits: dict[str, Visit] = {}
    for name, (username, path) in PAGES.items():
        if username not in visits:
            visits[username] = visit(username, size=size, language=language, theme=theme)
        here = visits[username]
        here.open(path)
        found += look(here, f"{name}-{mark}")
    assert not found, "\n".join(found)


def test_the_navigation_works_by_keyboard_and_on_a_phone(visit: Visits) -> None:
    here = visit("kunlun", size=PHONE)
    page = here.page
    page.get_by_role("button", name="打开导航").click()
    page.get_by_role("link", name="实有人口", exact=True).click()
    page.get_by_role("heading", name="实有人口").wait_for()

    wide = visit("kunlun")
    wide.page.keyboard.press("Tab")
    assert wide.page.evaluate("document.activeElement.className") == "skip"
    wide.page.keyboard.press("Enter")
    assert wide.page.evaluate("document.activeElement.id") == "main"


def test_the_navigation_shows_where_one_is(visit: Visits) -> None:
    """The last of its pages lies below what fits; it is scrolled to, by whichever way one came, and on a phone too."""
    in_sight = (
        "() => { const item = document.querySelector('{0} .item.here'), box = item?.closest('.rooms');"
        " if (!item) return false; const a = item.getBoundingClientRect(), b = box.getBoundingClientRect();"
        " return box.scrollHeight > box.clientHeight && a.top >= b.top && a.bottom <= b.bottom }"
    )
    here = visit("manager", size={"width": 1440, "height": 600})
    here.open("/settings/retention")
    here.page.wait_for_function(in_sight.replace("{0}", "aside"))
    phone = visit("manager", size={"width": 390, "height": 640})
    phone.open("/settings/retention")
    for _ in range(2):  # opened again it shows it again
        phone.page.get_by_role("button", name="打开导航").click()
        phone.page.wait_for_function(in_sight.replace("{0}", ".el-drawer"))
        phone.page.keyboard.press("Escape")
        phone.page.locator(".el-drawer .item.here").wait_for(state="detached")


def test_the_map_is_drawn_and_a_list_stands_in_for_it(visit: Visits) -> None:
    here = visit("analyst")
    here.open("/map")
    here.page.wait_for_selector("[data-idle=true]")
    here.page.get_by_text("示意", exact=False).first.wait_for()
    here.picture("map")
    here.page.get_by_role("button", name="看列表").click()
    here.page.get_by_role("cell", name="昆仑镇").first.wait_for()
