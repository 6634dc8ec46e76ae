"""Many people changed at once with a preview and taken back; a village renamed and named back; help where one stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import house
import pytest
from screens import PHONE, WIDE, Visit
from test_pages import look

Visits = Callable[..., Visit]
SEARCH = "姓名、首字母、号码或后四位、住址"


@pytest.fixture(scope="module", autouse=True)
def people(site: str, django_db_blocker: Any) -> None:
    """The people of a building are there."""
    house.apart(django_db_blocker, house.build)


def choose(page: Any, dialog: Any, label: str, option: str) -> None:
    """From a list, as by keyboard."""
    dialog.get_by_label(label).press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()


def test_several_people_get_one_value_after_a_preview_and_it_is_taken_back(visit: Visits) -> None:
    here = visit("kunlun")
    page = here.page
    here.open("/people")
    page.get_by_role("button", name="批量修改").click()
    page.get_by_role("checkbox", name=re.compile("^选择 ")).first.wait_for()
    # Picked the moment words were typed: rows can be picked only once they are those that the words found.
    page.get_by_role("textbox", name=SEARCH).fill(house.SURNAME)
    for name in ("慕容二", "慕容三"):
        page.get_by_label(f"选择 {name}", exact=True).check()
    page.get_by_text("已选 2 条").wait_for()
    page.get_by_role("button", name="修改所选").click()
    dialog = page.get_by_role("dialog", name="批量修改")
    choose(page, dialog, "修改哪一项", "婚姻状况")
    choose(page, dialog, "改成", "丧偶")
    assert look(here, "bulk-dialog") == []
    dialog.get_by_role("button", name="预览").click()
    dialog.get_by_role("row", name=re.compile("慕容二.*丧偶")).wait_for()
    dialog.get_by_role("button", name="修改 2 条").click()
    dialog.get_by_text("请写明原因").wait_for()

    # The network fails at the moment of saving: said in words, and what was typed is still there for another try.
    dialog.get_by_label("原因").fill("核对户口簿")
    page.context.set_offline(True)
    dialog.get_by_role("button", name="修改 2 条").click()
    dialog.get_by_role("alert").filter(has_text="连不上服务器").wait_for()
    page.context.set_offline(False)
    assert dialog.get_by_label("原因").input_value() == "核对户口簿"
    assert look(here, "bulk-preview") == []
    dialog.get_by_role("button", name="修改 2 条").click()
    dialog.get_by_role("status").filter(has_text="已完成").wait_for()
    dialog.get_by_role("button", name="关闭", exact=True).last.click()
    dialog.wait_for(state="hidden")

    page.get_by_role("link", name="慕容二", exact=True).click()
    page.get_by_role("button", name=re.compile("丧偶")).wait_for()
    here.open("/bulk-edits")
    line = page.get_by_role("row", name=re.compile("婚姻状况 → 丧偶")).first
    line.get_by_text("已完成").wait_for()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"bulk-edits-{size['width']}") == []
    page.set_viewport_size(WIDE)
    line.get_by_role("button", name="撤销").click()
    dialog = page.get_by_role("dialog", name="撤销这次批量修改")
    dialog.get_by_label("原因").fill("选错了人")
    dialog.get_by_role("button", name="撤销").click()
    line.get_by_text("已撤销").wait_for()
    line.get_by_role("button", name="明细").click()
    page.get_by_role("dialog", name="婚姻状况 → 丧偶").get_by_role("row", name=re.compile("慕容三")).wait_for()


def test_a_village_is_renamed_with_a_preview_and_named_back(visit: Visits) -> None:
    here = visit("manager")
    page = here.page
    here.open("/recodes")
    page.get_by_role("button", name="新的区划变更").click()
    dialog = page.get_by_role("dialog", name="新的区划变更")
    dialog.get_by_role("button", name=re.compile("要变更的镇街或村居")).click()
    page.get_by_placeholder("查找镇街、村居、网格").fill("小昆仑村")
    page.get_by_role("button", name=re.compile("^小昆仑村")).first.click()
    dialog.get_by_label("新名称（简称）").fill("昆仑新村")
    assert look(here, "recode-dialog") == []
    dialog.get_by_role("button", name="看影响").click()
    dialog.get_by_text("昆仑镇昆仑新村").or_(dialog.get_by_text("昆仑新村")).first.wait_for()
    dialog.get_by_label("原因").fill("民政批复")
    assert look(here, "recode-preview") == []
    dialog.get_by_role("button", name="执行变更").click()
    dialog.wait_for(state="hidden")
    line = page.get_by_role("row", name=re.compile("昆仑新村")).first
    line.get_by_text("有效", exact=True).wait_for()

    page.get_by_label("查旧代码").fill("370302102201")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("status").filter(has_text="昆仑新村").wait_for()
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        assert look(here, f"recodes-{size['width']}") == []
    page.set_viewport_size(WIDE)
    line.get_by_role("button", name="撤销").click()
    dialog = page.get_by_role("dialog", name="撤销区划变更")
    dialog.get_by_label("原因").fill("批复有误")
    dialog.get_by_role("button", name="撤销").click()
    dialog.wait_for(state="hidden")
    page.get_by_role("row", name=re.compile("昆仑新村")).filter(has_text="已撤销").first.wait_for()


@pytest.mark.parametrize(("language", "word"), [("zh-CN", "当前页面"), ("en", "the page you were on")])
def test_f1_opens_help_at_the_page_one_stands_on(visit: Visits, language: str, word: str) -> None:
    here = visit("kunlun", language=language)
    page = here.page
    here.open("/households")
    page.keyboard.press("F1")
    page.wait_for_url("**/help?page=households")
    first = page.get_by_role("article").first
    first.get_by_text(re.compile(word)).wait_for()
    assert look(here, f"help-{language}") == []
    first.get_by_role("link").first.click()
    page.wait_for_url(lambda url: "/help" not in url)
    page.get_by_role("heading", level=1).wait_for()
    # In a field a question mark is a question mark.
    here.open("/people")
    page.get_by_role("textbox").first.press("?")
    assert "/help" not in page.url
