"""A person entered by hand who looks like a known one: who enters is told whom, and the pair waits for review."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from case_steps import beside
from screens import PHONE, Visit
from test_pages import look

Visits = Callable[..., Visit]
KNOWN, WRITTEN, TELEPHONE, BORN = "欧阳建国", "欧阳建囯", "10079995317", date(1951, 3, 4)


@pytest.fixture
def known(site: str, django_db_blocker: Any) -> None:
    """Somebody of the village, from a list of the police."""

    def enter() -> None:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "registry"))
        from people_frames import merge, number, row

        merge([row(61, KNOWN, birth=BORN, phone=TELEPHONE, id_kind="111", id_number=number(761, BORN))], "police")

    beside(django_db_blocker, enter)


def test_who_enters_a_person_by_hand_is_told_whom_it_may_be_and_the_pair_waits(visit: Visits, known: None) -> None:
    here = visit("kunlun", size=PHONE)
    page: Any = here.page
    here.open("/people/new")
    page.locator("#new-area").click()
    page.locator(".el-popover input").fill("小昆仑村")
    page.get_by_role("button", name="小昆仑村", exact=False).first.click()
    page.locator("#new-name").fill(WRITTEN)
    page.get_by_role("combobox", name="性别").click()
    page.get_by_role("option", name="男", exact=True).click()
    page.locator("#new-birth").fill(f"{BORN}")
    page.locator("#new-phone").fill(TELEPHONE)
    page.locator("#new-reason").fill("上门登记")
    page.get_by_role("button", name="登记", exact=False).last.click()
    page.get_by_role("heading", name=f"“{WRITTEN}”已登记，可能与以下人员是同一人").wait_for()
    page.get_by_role("link", name=KNOWN).wait_for()
    assert look(here, "entered-alike") == []
    page.get_by_role("button", name="去核对").click()
    page.wait_for_url(lambda url: "/reviews" in url and "tab=pairs" in url)
    page.get_by_role("tab", selected=True).wait_for()
    assert look(here, "entered-alike-pair") == []
    waiting = page.evaluate(
        "fetch('/api/registry/proposals?limit=200').then((answer) => answer.json())"
    )  # others may come before it
    assert any(WRITTEN in str(pair) and KNOWN in str(pair) for pair in waiting["items"])
