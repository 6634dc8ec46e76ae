"""A man who is there twice becomes one and two again; the district changes which source counts; a clerk decides a conflict."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from screens import Visit
from test_pages import look

Visits = Callable[..., Visit]
VILLAGE = "370302102201"


@pytest.fixture
def known(site: str) -> None:
    """赵金柱 as the police know him and as a ledger does; 钱玉兰, of whose birth two registers differ."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "registry"))
    from people_frames import enter, merge, row

    def state() -> None:
        merge([row(71, "赵金柱", 71, VILLAGE), row(72, "钱玉兰", 72, VILLAGE, education="20")], "police")
        enter([row(73, "赵金拄", None, VILLAGE, phone="19900000071", record_key="Z73")], "community")
        merge([row(72, "钱玉兰", 72, VILLAGE, birth=date(1950, 4, 3), education="70")], "civil")
        from django.db import connections

        connections.close_all()

    # Playwright's loop runs on this thread; the ORM wants one without.
    worker = threading.Thread(target=state)
    worker.start()
    worker.join()


def test_one_record_for_one_person(visit: Visits, known: None) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people")
    page.get_by_role("textbox", name="姓名、首字母、号码或后四位、住址").fill("赵金柱")
    page.get_by_role("link", name="赵金柱").first.click()
    page.get_by_role("link", name="合并…").click()
    box = page.get_by_role("combobox", name="要并入的另一条记录")
    box.fill("赵金拄")
    page.get_by_role("option", name=re.compile("赵金拄")).first.click()
    page.get_by_role("columnheader", name=re.compile("合并后")).wait_for()
    assert look(here, "join") == []
    page.get_by_label("合并原因").fill("本人到场，两条均为本人")
    page.get_by_role("button", name="合并", exact=True).click()
    page.get_by_role("cell", name=re.compile("本人到场")).wait_for()
    assert look(here, "joined") == []
    page.get_by_role("button", name="撤销").click()
    dialog = page.get_by_role("dialog", name="撤销这次合并或拆分")
    dialog.get_by_label("原因").fill("认错了人")
    dialog.get_by_role("button", name="撤销").click()
    page.get_by_role("link", name="打开另一人").click()
    page.get_by_role("heading", name="赵金拄").wait_for()


def test_which_source_counts_is_changed_after_a_look(visit: Visits, known: None) -> None:
    here = visit("analyst")
    page: Any = here.page
    here.open("/settings/survivorship")
    page.get_by_label("学历，民政").fill("5")
    page.get_by_role("button", name="预览影响").click()
    page.get_by_role("heading", name="会改变什么").wait_for()
    page.get_by_role("cell", name="钱玉兰").first.wait_for()
    assert look(here, "survivorship") == []
    page.get_by_label("原因", exact=True).fill("民政每月核实")
    page.get_by_role("button", name="应用").click()
    page.get_by_role("cell", name=re.compile("民政每月核实")).first.wait_for()
    page.get_by_text("已完成").first.wait_for()


def test_a_conflict_is_decided_by_keyboard(visit: Visits, known: None) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/conflicts")
    page.get_by_role("article", name=re.compile("钱玉兰")).first.wait_for()
    assert look(here, "conflicts") == []
    # Earlier journeys may have left others before it; whichever is gone to is the one that keys are about.
    page.get_by_role("article", name=re.compile("钱玉兰")).get_by_role("link", name="钱玉兰").focus()
    page.keyboard.press("1")
    dialog = page.get_by_role("dialog", name=re.compile("钱玉兰"))
    dialog.get_by_label("原因").press("Enter")
    page.get_by_role("article", name=re.compile("钱玉兰")).wait_for(state="detached")
    page.get_by_role("tab", name="已核实").click()
    page.get_by_role("article", name=re.compile("钱玉兰")).first.wait_for()
