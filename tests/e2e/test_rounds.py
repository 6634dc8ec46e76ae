"""A town asks its villages for a form; a village completes what is missing, sends it up, mends what comes back."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from house import apart
from playwright.sync_api import expect
from screens import PHONE, Visit
from test_pages import look

Visits = Callable[..., Visit]
VILLAGE = "370302102201"
#: Names of the two people and of the form, another set for a second try: what the first one changed stays changed.
TRIES = iter((("欧阳报送甲", "司马上报乙", "独居老人报送表", 0), ("欧阳又送丙", "司马又报丁", "独居老人再报表", 10)))


@pytest.fixture
def form(site: str, django_db_blocker: Any, tmp_path: Path) -> tuple[str, str, str]:
    """An approved form, and two people of the village of whom something is missing or old."""
    sys.path[:0] = [str(Path(__file__).parents[1] / "registry"), str(Path(__file__).parents[1] / "intake" / "rounds")]

    name, other, title, shift = next(TRIES)

    def make() -> None:
        import round_world
        from people_frames import merge, row

        more = {
            "birth": date(1931, 5, 6),
            "home_text": f"报送街{1 + shift}号",
            "home_standard": f"小昆仑村报送街{1 + shift}号",
        }
        merge([row(801 + shift, name, None, VILLAGE, **more)], observed_on=date(2024, 1, 1))
        # Of another day, home and sound: two who share these are asked about as one person.
        away = {
            "birth": date(1929, 11, 20),
            "home_text": f"报送街{7 + shift}号",
            "home_standard": f"小昆仑村报送街{7 + shift}号",
        }
        merge(
            [row(802 + shift, other, None, VILLAGE, phone=f"10079990{802 + shift}", **away)],
            observed_on=date(2024, 1, 1),
        )
        round_world.form(tmp_path, title, "age>=90")

    apart(django_db_blocker, make)
    return name, other, title


def none(person: Any, label: str) -> Any:
    """The box that says there is none."""
    asked = person.locator(".ask").filter(has=person.page.get_by_label(re.compile(f"^{label}")))
    return asked.get_by_role("checkbox")


def test_a_form_goes_from_the_village_to_the_town_and_back(visit: Visits, form: tuple[str, str, str]) -> None:
    name, other, title = form
    here = visit("kunlun")
    page: Any = here.page
    here.open("/rounds")
    page.get_by_role("button", name="发起报送").click()
    dialog = page.get_by_role("dialog", name="发起报送")
    dialog.get_by_role("combobox", name=re.compile("报表")).click()
    page.get_by_role("option", name=re.compile(title)).click()
    dialog.get_by_role("button", name="发起", exact=True).click()
    page.get_by_role("heading", name=re.compile(title)).wait_for()
    assert look(here, "round") == []
    page.get_by_role("link", name="小昆仑村").click()
    first = page.get_by_role("article", name=name)
    first.wait_for()
    assert look(here, "return-complete") == []

    # A number that is none is said beside its field, and stays there to be mended.
    first.get_by_label(re.compile("^联系电话")).fill("12")
    first.get_by_role("button", name="保存", exact=True).click()
    first.get_by_text("电话号码格式不正确").wait_for()
    # Without a signal nothing is lost, not by a reload either.
    page.context.set_offline(True)
    first.get_by_label(re.compile("^联系电话")).fill("10079990801")
    first.get_by_role("button", name="保存", exact=True).click()
    first.get_by_text("没有发出去").wait_for()
    page.context.set_offline(False)
    page.reload()
    expect(first.get_by_label(re.compile("^联系电话"))).to_have_value("10079990801")
    first.get_by_label(re.compile("^婚姻状况")).select_option("已婚")
    none(first, "证件号码").check()
    first.get_by_role("button", name="保存，其余没有变化").click()
    first.get_by_text("已保存").wait_for()
    second = page.get_by_role("article", name=other)
    second.get_by_label(re.compile("^婚姻状况")).select_option("丧偶")
    none(second, "证件号码").check()
    second.get_by_role("button", name="保存，其余没有变化").click()
    page.get_by_text("没有要补的").wait_for()

    page.get_by_role("button", name="上报昆仑镇").click()
    page.get_by_role("dialog", name=re.compile("上报小昆仑村")).get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("button", name="退回", exact=True).click()
    back = page.get_by_role("dialog", name=re.compile("退回小昆仑村"))
    back.get_by_role("button", name="退回", exact=True).click()
    back.get_by_text("请写明原因").wait_for()
    back.get_by_label("原因").fill("乙的婚姻状况请再核实")
    back.get_by_role("button", name="退回", exact=True).click()
    page.get_by_role("note").get_by_text("乙的婚姻状况请再核实").wait_for()
    page.get_by_role("tab", name="版本与经过").click()
    page.get_by_text("第 1 版", exact=True).first.wait_for()
    assert look(here, "return-history") == []
    page.get_by_role("tab", name="与上次的差异").click()
    page.get_by_text("没有变化的内容").wait_for()
    assert look(here, "return-differences") == []
    page.get_by_role("button", name="上报昆仑镇").click()
    page.get_by_role("dialog", name=re.compile("上报小昆仑村")).get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("button", name="通过", exact=True).click()
    page.get_by_role("dialog", name=re.compile("通过小昆仑村")).get_by_role("button", name="通过", exact=True).click()
    page.get_by_text("已通过", exact=True).first.wait_for()
    here.open("/rounds")
    page.get_by_role("link", name=title).wait_for()
    assert look(here, "rounds") == []

    small = visit("kunlun", size=PHONE, language="en")
    small.open("/rounds")
    small.page.get_by_role("link", name=title).wait_for()
    assert look(small, "rounds-phone-en") == []
