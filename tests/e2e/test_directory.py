"""The directory of cases: found and read, a minor and a rule entered by keyboard, an edition loaded after a look."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
WHY = "某区城管〔2026〕1号"


def test_a_category_is_found_by_initials_and_says_how_sure_it_is(visit: Visits) -> None:
    here = visit("kunlun")
    page: Any = here.page
    here.open("/cases/directory")
    search = page.get_by_role("textbox", name="编码、名称或拼音首字母")
    search.fill("bllj")
    search.press("Enter")
    page.get_by_role("heading", name=re.compile("06010 暴露垃圾")).wait_for()
    page.get_by_text("二手转录，未经官方文本核对").first.wait_for()
    assert page.get_by_role("button", name="新增规则").count() == 0
    assert look(here, "directory") == []


@pytest.mark.parametrize(
    ("size", "language", "theme"), [(PHONE, "en", "light"), (WIDE, "en", "dark"), (PHONE, "zh-CN", "dark")],
    ids=["phone-en", "wide-en-dark", "phone-zh-dark"],
)  # fmt: skip
def test_it_is_read_on_a_phone_and_in_english(
    visit: Visits, size: dict[str, int], language: str, theme: str, request: pytest.FixtureRequest
) -> None:
    here = visit("analyst", size=size, language=language, theme=theme)
    page: Any = here.page
    name = request.node.callspec.id
    here.open("/cases/directory")
    assert look(here, f"directory-list-{name}") == []
    for code, shown in (("52003", "call"), ("01001", "both")):
        here.open("/cases/directory")
        page.get_by_role("textbox", name=re.compile("拼音首字母|pinyin initials")).fill(code)
        page.get_by_role("navigation").get_by_role("link", name=re.compile(code)).first.click()
        page.get_by_role("heading", name=re.compile(code)).wait_for()
        assert look(here, f"directory-{shown}-{name}") == []


def test_the_keeper_adds_a_minor_and_a_rule_and_ends_it(visit: Visits) -> None:
    here = visit("analyst")
    page: Any = here.page
    here.open("/cases/directory")
    page.get_by_role("button", name="新增小类").click()
    dialog = page.get_by_role("dialog", name="新增小类")
    dialog.get_by_role("combobox", name="大类").click()
    page.get_by_role("option", name="08 施工管理类").click()
    dialog.get_by_text("编码将是 08099").wait_for()
    dialog.get_by_label("名称").fill("夜间装卸")
    dialog.get_by_label("依据").fill(WHY)
    assert look(here, "directory-add") == []
    dialog.get_by_label("依据").press("Enter")
    page.get_by_role("heading", name=re.compile("08099 夜间装卸")).wait_for()
    page.get_by_role("button", name="新增规则").click()
    dialog = page.get_by_role("dialog", name=re.compile("新增规则"))
    dialog.get_by_label("立案条件").fill("22时后装卸")
    dialog.get_by_label("依据").fill(WHY)
    dialog.get_by_label("依据").press("Enter")
    page.get_by_role("cell", name=re.compile("22时后装卸")).wait_for()
    page.get_by_role("button", name="停止").click()
    dialog = page.get_by_role("dialog", name=re.compile("停止"))
    dialog.get_by_label("依据").fill("重复")
    dialog.get_by_role("button", name="停止").click()
    page.get_by_text("含已停止的 1 条").wait_for()


def test_an_edition_is_looked_at_before_it_is_loaded(visit: Visits) -> None:
    here = visit("analyst")
    page: Any = here.page
    here.open("/cases/directory")
    page.get_by_role("button", name="装入文件").click()
    dialog = page.get_by_role("dialog", name="装入文件")
    text = io.StringIO()
    rows = [["标准", "类型", "大类名称", "编码", "名称"], ["某市", "事项", "夜市类", "12001", "夜市超时经营"]]
    csv.writer(text).writerows(rows)
    dialog.locator("input[type=file]").set_input_files(
        {"name": "目录.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    dialog.get_by_role("button", name="看看会改变什么").click()
    dialog.get_by_text("新增 1", exact=True).wait_for()
    assert look(here, "directory-load") == []
    dialog.get_by_label("依据").fill(WHY)
    dialog.get_by_role("button", name="装入文件").click()
    dialog.wait_for(state="detached")
    page.get_by_role("textbox", name="编码、名称或拼音首字母").fill("12001")
    page.get_by_role("link", name=re.compile("夜市超时经营")).wait_for()
