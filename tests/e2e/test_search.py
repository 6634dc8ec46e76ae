"""Ctrl-K from the keyboard alone: places, things, areas and pages; what was opened stands there again, nothing is kept."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from screens import Visit
from test_pages import look

Visits = Callable[..., Visit]
FIELD = "搜索人员、地点、单位和页面"


@pytest.fixture(scope="module")
def places(site: str, django_db_blocker: Any) -> None:
    """A compound with a building, and a shop beside it; on a thread of its own, since Playwright's loop may run here."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as thread:
        thread.submit(_make_places).result()


def _make_places() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "registry"))
    import staff  # not above: it loads models, and this file is read before Django is set up
    from django.db import connections
    from thing_rows import bring, thing

    from linli.kernel import clock
    from linli.kernel.ids import uuid7
    from linli.kernel.scope import acting
    from linli.places.models import Building, Compound
    from linli.registry.things.kinds import KINDS

    with acting(staff.OPERATOR):
        own = {"area_code": staff.VILLAGE, "village_code": staff.VILLAGE, "created_at": clock.now()}
        compound = Compound.objects.create(id=uuid7(), name="银杏雅苑", aliases=["二厂宿舍"], source="manual", **own)
        Building.objects.create(id=uuid7(), number="7", name="银杏雅苑7号楼", compound_id=compound.id, **own)
    bring(KINDS["entity"], [thing(KINDS["entity"], 71, staff.VILLAGE, "银杏便民超市")])
    connections.close_all()


def test_everything_is_found_from_the_keyboard_and_nothing_is_written_down(visit: Visits, places: None) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/households")
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=FIELD)
    field.fill("银杏")
    for group, name in (("小区院落", "银杏雅苑"), ("楼栋", "银杏雅苑7号楼"), ("法人单位", "银杏便民超市")):
        page.get_by_role("group", name=group).get_by_role("option", name=re.compile(name)).first.wait_for()
    assert not look(here, "search")

    # From group to group, into the entity.
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.locator("[role=option][aria-selected=true]", has_text="银杏便民超市").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="银杏便民超市").wait_for()

    # By the initials of an alias; a page by the initials of its name comes first.
    page.keyboard.press("Control+k")
    page.get_by_role("group", name=re.compile("刚才打开的")).get_by_role(
        "option", name=re.compile("银杏便民超市")
    ).wait_for()
    field.fill("ecss")
    page.get_by_role("option", name=re.compile("银杏雅苑")).first.wait_for()
    field.fill("jth")
    page.locator("[role=option][aria-selected=true]", has_text="家庭户").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/households"))
    page.get_by_role("heading", name="家庭户").wait_for()

    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])")
    assert not [word for word in ("银杏", "ecss", "jth") if word in kept]


def test_pages_one_may_not_open_are_not_offered(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name=FIELD)
    field.fill("账号")
    page.get_by_text("没有找到“账号”").wait_for()
    page.keyboard.press("Escape")
    field.wait_for(state="hidden")
